"""The kernel: a batch of texts in, a batch of labels out, always the same for the same rows.

`load()` reads the lexicon, the rules and the model that came with the package; `bundle` is the digest of all
of them and stands beside every label. `annotate` opens nothing, keeps the order of rows and never looks from
one row to another.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from kelisim.annotation.flags import Flag
from kelisim.annotation.language_model import CLASSES, LanguageModel
from kelisim.annotation.normalise import normalise
from kelisim.annotation.schema import ANNOTATIONS
from kelisim.annotation.signatures import text_keys
from kelisim.annotation.views import Normalised

__all__ = ["SECOND_LANGUAGE_MARGIN", "Kernel", "language_model", "load"]

# Below this margin the next likely language is kept beside the first: people change languages in one comment.
SECOND_LANGUAGE_MARGIN = 0.2
_SCRIPTS = ("Cyrl", "Latn", "Arab", "other")


@lru_cache(maxsize=1)
def language_model() -> LanguageModel:
    """The language model of the package; its card is in the handbook."""
    return LanguageModel.from_bytes((files("kelisim.annotation") / "models" / "language.npz").read_bytes())


@dataclass(frozen=True, eq=False)
class Kernel:
    """Labels for texts.

    version : of the code
    bundle : BLAKE2b digest of lexicon, rules and models
    """

    version: str
    bundle: str
    model: LanguageModel

    def annotate(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Labels for the rows of a batch, in their order; a null text gets null labels.

        batch : with the columns item_id and text of `ITEMS`; further columns are not looked at
        Returns: batch of `ANNOTATIONS`.

        >>> batch = pa.record_batch({"item_id": [7, 8], "text": ["Өзбек тілі", None]})
        >>> load().annotate(batch).column("item_id").to_pylist()
        [7, 8]
        """
        texts = batch.column("text")
        empty = texts.is_null().to_numpy(zero_copy_only=False)
        view = normalise(texts)
        found = self.model.identify(view)
        kazakh = found.first == CLASSES.index("kk")
        letterless = kazakh & (view.counts[:, 0] > 0) & (view.counts[:, 3] == 0)
        script = _script(view, found.first)
        columns: dict[str, pa.Array] = {
            "item_id": batch.column("item_id").cast(pa.int64()),
            "text_key": pa.array(text_keys(view), mask=empty),
            "lang": _words(CLASSES, found.first, found.first < 0),
            "lang2": _words(
                CLASSES, found.second, (found.margin >= SECOND_LANGUAGE_MARGIN) | (found.second < 0)
            ),
            "lang_margin": pa.array(found.margin, mask=found.first < 0),
            "script": _words(_SCRIPTS, script, script < 0),
            "flags": pa.array(view.flags | letterless * np.int32(Flag.LETTERLESS), mask=empty),
            "kernel": _one_word(self.version, len(batch)),
            "bundle": _one_word(self.bundle, len(batch)),
        }
        for name in ("mentions", "places", "frames", "cues"):
            columns[name] = _lists(name, np.zeros(len(batch) + 1, dtype=np.int32), empty)
        return pa.record_batch(
            [
                columns.get(field.name, pa.nulls(len(batch), field.type)).cast(field.type)
                for field in ANNOTATIONS
            ],
            schema=ANNOTATIONS,
        )


def load() -> Kernel:
    """The kernel with the lexicon, rules and model of the package."""
    return Kernel(version=version("kelisim"), bundle=language_model().digest, model=language_model())


def _script(view: Normalised, language: NDArray[np.int8]) -> NDArray[np.int8]:
    """Index into _SCRIPTS of the script with most letters; -1 without letters."""
    script: NDArray[np.int8] = view.counts[:, :3].argmax(axis=1).astype(np.int8)
    script[~view.counts.any(axis=1)] = _SCRIPTS.index("other")
    script[language < 0] = -1
    return script


def _words(words: tuple[str, ...], codes: NDArray[np.int8], missing: NDArray[np.bool_]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=missing), pa.array(words))


def _one_word(word: str, rows: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, dtype=np.int32)), pa.array([word]))


def _lists(name: str, offsets: NDArray[np.int32], empty: NDArray[np.bool_]) -> pa.Array:
    kind = ANNOTATIONS.field(name).type
    values = pa.array([], kind.value_type)
    return pa.ListArray.from_arrays(pa.array(offsets), values, type=kind, mask=pa.array(empty))
