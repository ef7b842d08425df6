"""Mentions measured on hand-labelled Kazakh news: KazNERD, validation part, read from the reference data.

The sentences are cut in two by a checksum. The rules of sense were tuned while looking at part 0; part 1 was
only counted.
"""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from kelisim.annotation.hits import SENSES
from kelisim.annotation.lexicon import SUFFIXES
from kelisim.annotation.normalise import normalise
from tests.annotation.found import matcher

__all__ = ["Quality", "measured"]

# -лық and its kin: of a place or a country its people. The rest of the class names peoples and believers.
_DERIVED = ("лық", "лік", "дық", "дік", "тық", "тік")


@dataclass(frozen=True)
class Quality:
    """How one set of mentions agrees with one set of labels.

    labelled, found : how many labels there are, and how many of them a mention meets
    mentions, right : how many mentions there are, and how many meet a label of the class
    stray : mentions that meet no label of any class
    """

    labelled: int
    found: int
    mentions: int
    right: int
    stray: int

    @property
    def recall(self) -> float:
        return self.found / self.labelled

    @property
    def strict(self) -> float:
        """Share of right mentions among all."""
        return self.right / self.mentions

    @property
    def pure(self) -> float:
        """The same without mentions that are names of another class."""
        return self.right / (self.right + self.stray)


@dataclass(frozen=True)
class _Span:
    first: int
    last: int
    name: str
    text: str

    def meets(self, other: _Span) -> bool:
        return self.first < other.last and other.first < self.last


def _sentences(part: int) -> Iterator[list[tuple[str, str]]]:
    data = os.environ.get("KELISIM_REFERENCE_DATA")
    if not data:
        pytest.skip("needs KELISIM_REFERENCE_DATA")
    with gzip.open(Path(data) / "text/kaznerd/IOB2_valid.txt.gz", "rt", encoding="utf-8") as file:
        for block in file.read().split("\n\n"):
            words = [tuple(line.rsplit(" ", 1)) for line in block.splitlines() if line.strip()]
            if words and zlib.crc32(" ".join(word for word, _ in words).encode()) % 2 == part:
                yield [(word, label) for word, label in words]


def _labels(sentence: list[tuple[str, str]]) -> list[_Span]:
    spans: list[_Span] = []
    at = 0
    for word, label in sentence:
        end = at + len(word)
        if label.startswith("B-"):
            spans.append(_Span(at, end, label[2:], word))
        elif label.startswith("I-"):
            last = spans.pop()
            spans.append(_Span(last.first, end, last.name, f"{last.text} {word}"))
        at = end + 1
    return spans


def _role(kind: str, sense: str, inhabitants: bool) -> str:
    if sense == "place":
        return "inhabitants" if inhabitants else "place"
    return sense


@cache
def _read(part: int) -> list[tuple[list[_Span], list[_Span]]]:
    """Labels and mentions of every sentence; the name of a mention is its role."""
    sentences = list(_sentences(part))
    view = normalise(pa.array([" ".join(word for word, _ in s) for s in sentences], pa.large_string()))
    hits = matcher().find(view, np.array(["kk"] * len(sentences)))
    starts, ends = view.spans(hits.start, hits.end)
    found: list[list[_Span]] = [[] for _ in sentences]
    for number in range(len(hits)):
        concept = matcher().lexicon.concepts[hits.concept[number]]
        role = _role(concept.kind, SENSES[hits.sense[number]], SUFFIXES[hits.suffix[number]] == "quality")
        span = _Span(int(starts[number]), int(ends[number]), role, concept.kind)
        found[hits.row[number]].append(span)
    return [(_labels(sentence), spans) for sentence, spans in zip(sentences, found, strict=True)]


def measured(
    part: int, roles: tuple[str, ...], classes: tuple[str, ...], *, peoples: bool = False
) -> Quality:
    """Mentions in some roles against labels of some classes.

    part : 0, which the rules were tuned on, or 1, held apart
    peoples : count only labels of one word that is not made with -лық
    """
    labelled = found = mentions = right = stray = 0
    for labels, spans in _read(part):
        wanted = [
            span
            for span in labels
            if span.name in classes
            and not (peoples and (" " in span.text or any(end in span.text.lower() for end in _DERIVED)))
        ]
        ours = [span for span in spans if span.name in roles]
        labelled += len(wanted)
        found += sum(any(span.meets(mine) for mine in ours) for span in wanted)
        for mine in ours:
            met = [span for span in labels if span.meets(mine)]
            mentions += 1
            right += any(span.name in classes for span in met)
            stray += not met
    return Quality(labelled, found, mentions, right, stray)
