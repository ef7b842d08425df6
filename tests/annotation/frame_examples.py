"""Examples of frames and cues with what the kernel makes of them, once for all tests.

`frames_*`, `cues_*` and `neighbours` are open: rules are tuned on them. `held_*` was written before the
words, `fresh_*` on purpose in other words (and then the words were widened), `last_*` when the rules were
finished.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow as pa
import yaml

from kelisim.annotation.kernel import load

__all__ = ["Share", "entries", "examples", "labels", "share", "total"]

FOLDER = Path(__file__).parent / "examples"
_NAMES = {"call1": "call_1", "call2": "call_2", "call3": "call_3"}


@dataclass(frozen=True)
class Share:
    """How many examples of an entry got its label, and which did not; the same for near misses."""

    hits: int
    found: int
    near: int
    wrong: int
    missed: tuple[str, ...]
    mistaken: tuple[str, ...]

    @property
    def recall(self) -> float:
        return self.found / self.hits

    @property
    def wrong_share(self) -> float:
        return self.wrong / self.near


@cache
def _file(name: str) -> Mapping[str, Mapping[str, object]]:
    loaded: Mapping[str, Mapping[str, object]] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    return {_NAMES.get(entry, entry): examples for entry, examples in loaded.items()}


def entries(name: str) -> tuple[str, ...]:
    return tuple(_file(name))


def examples(name: str, entry: str, language: str | None = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Examples and near misses of one entry."""
    found: object = _file(name)[entry]
    if language is not None:
        found = found[language]  # type: ignore[index]
    return tuple(found["hit"]), tuple(found["miss"])  # type: ignore[index]


def labels(texts: tuple[str, ...]) -> list[set[str]]:
    """Frames and cues of each text."""
    batch = pa.record_batch({"item_id": range(len(texts)), "text": pa.array(texts, pa.large_string())})
    made = load().annotate(batch)
    columns = (made.column("frames").to_pylist(), made.column("cues").to_pylist())
    return [{found["frame"] for found in (*frames, *cues)} for frames, cues in zip(*columns, strict=True)]


@cache
def share(name: str, entry: str, language: str | None = None) -> Share:
    hits, near = examples(name, entry, language)
    seen = labels(hits + near)
    missed = tuple(text for text, found in zip(hits, seen, strict=False) if entry not in found)
    mistaken = tuple(text for text, found in zip(near, seen[len(hits) :], strict=True) if entry in found)
    return Share(len(hits), len(hits) - len(missed), len(near), len(mistaken), missed, mistaken)


def total(name: str, language: str | None = None) -> Share:
    """All entries of a file together."""
    shares = [share(name, entry, language) for entry in entries(name)]

    def summed(fields: Iterator[int]) -> int:
        return sum(fields)

    return Share(
        hits=summed(s.hits for s in shares),
        found=summed(s.found for s in shares),
        near=summed(s.near for s in shares),
        wrong=summed(s.wrong for s in shares),
        missed=tuple(text for s in shares for text in s.missed),
        mistaken=tuple(text for s in shares for text in s.mistaken),
    )
