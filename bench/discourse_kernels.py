"""What the bench of discourse runs in every engine: normalisation and 2,000 stems, and the rest if asked."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa

from kelisim.annotation.hits import SENSES, Hits
from kelisim.annotation.kernel import language_model
from kelisim.annotation.language_model import CLASSES
from kelisim.annotation.lexicon import Concept, Lexicon
from kelisim.annotation.matching import Matcher
from kelisim.annotation.normalise import normalise
from kelisim.annotation.schema import ANNOTATIONS
from kelisim.annotation.signatures import bands, text_keys
from kelisim.annotation.views import Normalised
from kelisim.simulation.corpus.short_texts import ShortTexts, Vocabulary, short_texts, vocabulary

SEED = 11
# Names the file of stems: a worker that drew the words anew would be weighed with them.
STEMS = "KELISIM_BENCH_STEMS"
# Endings of the invented Russian words, as the lexicon writes them.
_RUSSIAN_ENDINGS = "{,а,у,ом,е,ы,ов,ам,ами,ах,ый,ая,ого,ость,ать,ил,ила,ение}"


@cache
def words() -> Vocabulary:
    """The words of all benches, and the stem list they look for."""
    return vocabulary(np.random.default_rng(SEED))


def drawn(seed: int, size: int) -> ShortTexts:
    """Texts of one shard."""
    return short_texts(words(), np.random.default_rng([SEED, seed]), size)


def column(texts: ShortTexts) -> pa.Array:
    """The texts as an Arrow column, without a copy."""
    size = len(texts.offsets) - 1
    return pa.LargeStringArray.from_buffers(size, pa.py_buffer(texts.offsets), pa.py_buffer(texts.letters))


@cache
def matcher() -> Matcher:
    """The project's matcher with the 2,000 stems: Kazakh ones by its grammar, Russian ones in their forms."""
    stems = json.loads(Path(os.environ[STEMS]).read_text(encoding="utf-8"))
    half = len(stems) // 2
    forms = [{"kk": (stem,)} for stem in stems[:half]]
    forms += [{"ru": (stem + _RUSSIAN_ENDINGS,)} for stem in stems[half:]]
    return Matcher(Lexicon.of(Concept(f"stem{k}", "act", form) for k, form in enumerate(forms)))


class StemAnnotator:
    """Normalisation and the 2,000 stems; `whole` adds what the kernel of the package does besides."""

    bundle = "bench"

    def __init__(self, whole: bool) -> None:
        self.whole = whole
        self.matcher = matcher()
        self.names = pa.array([concept.id for concept in self.matcher.lexicon.concepts])

    def annotate(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Labels of a batch, the columns not asked for empty."""
        rows = len(batch)
        view = normalise(batch.column("text"))
        columns = {"item_id": batch.column("item_id"), "text_key": pa.array(text_keys(view))}
        if self.whole:
            found = language_model().identify(view)
            codes = pa.array(found.first.astype(np.int32), mask=found.first < 0)
            columns["lang"] = pa.DictionaryArray.from_arrays(codes, pa.array(CLASSES))
            columns["bands"] = bands(view)
        columns["mentions"] = self._mentions(self.matcher.find(view, languages_of(view)), rows)
        return pa.record_batch(
            [columns.get(field.name, pa.nulls(rows, field.type)).cast(field.type) for field in ANNOTATIONS],
            schema=ANNOTATIONS,
        )

    def _mentions(self, hits: Hits, rows: int) -> pa.Array:
        offsets = np.searchsorted(hits.row, np.arange(rows + 1)).astype(np.int32)
        concept = pa.DictionaryArray.from_arrays(pa.array(hits.concept.astype(np.int32)), self.names)
        sense = pa.DictionaryArray.from_arrays(pa.array(hits.sense.astype(np.int32)), pa.array(SENSES))
        spans = [pa.array(ends.astype(np.int32)) for ends in (hits.start, hits.end)]
        kind = ANNOTATIONS.field("mentions").type
        struct = pa.StructArray.from_arrays([concept, sense, *spans], fields=list(kind.value_type))
        return pa.ListArray.from_arrays(pa.array(offsets), struct, type=kind)


def languages_of(view: Normalised) -> np.ndarray:
    """Kazakh where there is a Kazakh letter: the invented words are of no language that the model knows."""
    return np.where(view.counts[:, 3] > 0, "kk", "ru")


def stems_only() -> StemAnnotator:
    """Normalisation and stems."""
    return StemAnnotator(False)


def with_language_and_bands() -> StemAnnotator:
    """Normalisation, stems, language and signatures of all texts."""
    return StemAnnotator(True)
