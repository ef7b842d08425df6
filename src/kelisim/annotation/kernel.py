"""The kernel: a batch of texts in, a batch of labels out, always the same for the same rows.

`load()` reads the lexicon, the rules and the model that came with the package; `bundle` is the digest of all
of them and stands beside every label. `annotate` opens nothing, keeps the order of rows and never looks from
one row to another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from importlib.metadata import version
from importlib.resources import files
from typing import overload

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from kelisim.annotation import columns
from kelisim.annotation.flags import Flag
from kelisim.annotation.frames import Codebook, load_codebook
from kelisim.annotation.hits import SENSES, Hits
from kelisim.annotation.language_model import CLASSES, LanguageModel, Languages
from kelisim.annotation.lexicon import Lexicon, load_lexicon
from kelisim.annotation.matching import Matcher
from kelisim.annotation.normalise import normalise
from kelisim.annotation.places import PlaceMention, area_concepts, places_of
from kelisim.annotation.rules import Evaluator, Label
from kelisim.annotation.schema import ANNOTATIONS
from kelisim.annotation.senses import mentioned
from kelisim.annotation.signatures import bands, text_keys
from kelisim.annotation.views import Normalised
from kelisim.core.areas import Areas

__all__ = [
    "SCRIPTS",
    "SECOND_LANGUAGE_MARGIN",
    "Found",
    "Kernel",
    "language_model",
    "letterless",
    "load",
    "scripts",
]

# Below this margin the next likely language is kept beside the first: people change languages in one comment.
SECOND_LANGUAGE_MARGIN = 0.2
SCRIPTS = ("Cyrl", "Latn", "Arab", "other")
_CODES = np.array([*CLASSES, ""])  # -1, no letters, is the last


@lru_cache(maxsize=1)
def language_model() -> LanguageModel:
    """The language model of the package; its card is in the handbook."""
    return LanguageModel.from_bytes((files("kelisim.annotation") / "models" / "language.npz").read_bytes())


@dataclass(frozen=True, eq=False)
class Found:
    """What every step found in a batch, before it is laid out in columns; `explain` shows it."""

    view: Normalised
    languages: Languages
    hits: Hits
    places: list[PlaceMention]
    labels: list[Label]


@dataclass(frozen=True, eq=False)
class Kernel:
    """Labels for texts.

    version : of the code
    lexicon : names and the words beside them
    codebook : rules of frames and cues, with their own words
    model : of languages
    """

    version: str
    lexicon: Lexicon
    codebook: Codebook
    model: LanguageModel

    @cached_property
    def bundle(self) -> str:
        """BLAKE2b digest of lexicon, rules and model."""
        parts = (self.lexicon.digest, self.codebook.digest, self.model.digest)
        return blake2b(" ".join(parts).encode(), digest_size=16).hexdigest()

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self.lexicon)

    @cached_property
    def _evaluator(self) -> Evaluator:
        return Evaluator(self.codebook, self.lexicon)

    @cached_property
    def _concepts(self) -> tuple[str, ...]:
        return tuple(concept.id for concept in self.lexicon.concepts)

    def find(self, texts: pa.Array, areas: Sequence[str | None]) -> Found:
        """What is in a column of texts.

        texts : (rows,) string or large_string
        areas : (rows,) area of each text's source, None where unknown
        """
        view = normalise(texts)
        languages = self.model.identify(view)
        hits = self._matcher.find(view, _CODES[languages.first])
        places = places_of(hits, self.lexicon, areas)
        return Found(view, languages, hits, places, self._evaluator.evaluate(hits, view, _Stored(texts)))

    def annotate(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Labels for the rows of a batch, in their order; a null text gets null labels.

        batch : with the columns item_id and text of `ITEMS`, and area_id if places of one name are to be told
            apart by the source; further columns are not looked at
        Returns: batch of `ANNOTATIONS`.

        >>> batch = pa.record_batch({"item_id": [7, 8], "text": ["Өзбектер қазақ тілін біледі", None]})
        >>> labels = load().annotate(batch)
        >>> [(m["concept"], m["sense"]) for m in labels.column("mentions")[0].as_py()]
        [('uzbek', 'group'), ('kazakh', 'language')]
        >>> labels.column("lang").to_pylist()
        ['kk', None]
        """
        rows = batch.num_rows
        texts = batch.column("text").cast(pa.large_string(), safe=False)
        empty = texts.is_null().to_numpy(zero_copy_only=False)
        areas = batch.column("area_id") if "area_id" in batch.schema.names else [None] * rows
        found = self.find(texts, areas if isinstance(areas, list) else areas.to_pylist())
        made = {
            "item_id": batch.column("item_id"),
            "text_key": pa.array(text_keys(found.view), mask=empty),
            "bands": bands(found.view),
            **_language_columns(found, empty),
            "mentions": self._mentions(found, empty),
            "places": _places(found, empty),
            **{
                name: columns.labels(
                    [label for label in found.labels if label.kind == kind],
                    empty,
                    ANNOTATIONS.field(name).type,
                )
                for name, kind in (("frames", "frame"), ("cues", "cue"))
            },
            "kernel": columns.words((self.version,), np.zeros(rows, dtype=np.int32)),
            "bundle": columns.words((self.bundle,), np.zeros(rows, dtype=np.int32)),
        }
        return pa.record_batch(
            [made[field.name].cast(field.type) for field in ANNOTATIONS], schema=ANNOTATIONS
        )

    def _mentions(self, found: Found, empty: NDArray[np.bool_]) -> pa.Array:
        hits = found.hits.take(mentioned(found.hits, self.lexicon))
        starts, ends = found.view.spans(hits.start, hits.end)
        fields = {
            "concept": columns.words(self._concepts, hits.concept),
            "sense": columns.words(SENSES, hits.sense),
            "start": pa.array(starts),
            "end": pa.array(ends),
        }
        return columns.lists(hits.row, fields, empty, ANNOTATIONS.field("mentions").type)


def load(areas: Areas | None = None) -> Kernel:
    """The kernel with the lexicon, rules and model of the package.

    areas : areas of a study, whose names are then looked for as places too
    """
    kernel = _packaged()
    if areas is None:
        return kernel
    lexicon = kernel.lexicon.with_concepts(area_concepts(areas, kernel.lexicon))
    return Kernel(kernel.version, lexicon, kernel.codebook, kernel.model)


@lru_cache(maxsize=1)
def _packaged() -> Kernel:
    return Kernel(version("kelisim"), load_lexicon(), load_codebook(), language_model())


def letterless(found: Found) -> NDArray[np.bool_]:
    """(rows,) whether a text is Kazakh in Cyrillic letters and has none that only Kazakh has."""
    kazakh = found.languages.first == CLASSES.index("kk")
    counts = found.view.counts
    return np.asarray(kazakh & (counts[:, 0] > 0) & (counts[:, 3] == 0))


def scripts(found: Found) -> NDArray[np.int64]:
    """(rows,) index into SCRIPTS of the script with most letters; without meaning where there are none."""
    counts = found.view.counts[:, :3]
    most: NDArray[np.int64] = counts.argmax(axis=1)
    most[~counts.any(axis=1)] = SCRIPTS.index("other")
    return most


def _language_columns(found: Found, empty: NDArray[np.bool_]) -> dict[str, pa.Array]:
    languages = found.languages
    silent = languages.first < 0
    alone = (languages.margin >= SECOND_LANGUAGE_MARGIN) | (languages.second < 0)
    flags = found.view.flags | letterless(found) * np.int32(Flag.LETTERLESS)
    return {
        "lang": columns.words(CLASSES, languages.first, silent),
        "lang2": columns.words(CLASSES, languages.second, alone),
        "lang_margin": pa.array(languages.margin, mask=silent),
        "script": columns.words(SCRIPTS, scripts(found), silent),
        "flags": pa.array(flags, mask=empty),
    }


def _places(found: Found, empty: NDArray[np.bool_]) -> pa.Array:
    places = found.places
    starts, ends = found.view.spans(
        np.array([place.start for place in places], dtype=np.int64),
        np.array([place.end for place in places], dtype=np.int64),
    )
    fields = {
        "place": pa.array([place.place for place in places], pa.string()).dictionary_encode(),
        "area": pa.array([place.area for place in places], pa.string()).dictionary_encode(),
        "start": pa.array(starts),
        "end": pa.array(ends),
    }
    rows = np.array([place.row for place in places], dtype=np.int64)
    return columns.lists(rows, fields, empty, ANNOTATIONS.field("places").type)


class _Stored(Sequence[str]):
    """Texts as they are stored, read one by one where a rule asks for them."""

    def __init__(self, texts: pa.Array) -> None:
        self._texts = texts

    def __len__(self) -> int:
        return len(self._texts)

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[str]: ...
    def __getitem__(self, row: int | slice) -> str | Sequence[str]:
        if isinstance(row, slice):
            return _Stored(self._texts[row])
        buffer = self._texts[row].as_buffer()
        return "" if buffer is None else str(buffer, "utf-8", "replace")
