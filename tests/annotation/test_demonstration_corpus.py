"""The kernel on the demonstration corpus, whose truth is known: language, letterless spelling, mentions.

The corpus was written without looking at the lexicon, but by the same project: these floors show that the
parts fit together, not how well the kernel does on texts of others.
"""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache

import numpy as np
import pyarrow as pa

from kelisim.annotation.kernel import load
from tests.studies import SYNTHETIC

Row = dict[str, str]


@cache
def _labelled() -> list[tuple[Row, dict[str, object]]]:
    """What is true of each text, and what the kernel says of it."""
    with (SYNTHETIC / "data/texts.csv").open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    with (SYNTHETIC / "texts_truth.csv").open(encoding="utf-8", newline="") as file:
        truth = list(csv.DictReader(file))
    batch = pa.record_batch({"item_id": np.arange(len(texts)), "text": pa.array(texts, pa.large_string())})
    labels = load().annotate(batch).to_pylist()
    return [({**true, "text": text}, said) for true, text, said in zip(truth, texts, labels, strict=True)]


def _share(kept: list[bool]) -> float:
    assert len(kept) > 25
    return sum(kept) / len(kept)


def test_language_is_found_in_short_texts_of_all_three_and_without_kazakh_letters() -> None:
    for language, least in (("kk", 0.97), ("ru", 0.97), ("uz", 0.9)):
        found = [said["lang"] == language for true, said in _labelled() if true["lang"] == language]
        assert _share(found) >= least, language
    found = [said["lang"] == "kk" for true, said in _labelled() if true["letterless"] == "1"]
    assert _share(found) >= 0.93


def test_groups_are_found_with_their_sense_and_nearly_nothing_else_is() -> None:
    right = missed = wrong = 0
    for true, said in _labelled():
        # Citizens are mentions of a country, which the corpus tells by its people.
        wanted = Counter(m for m in true["mentions"].split(";") if m and not m.endswith(":citizens"))
        mentions = said["mentions"]
        assert isinstance(mentions, list)
        found = Counter(f"{m['concept']}:{m['sense']}" for m in mentions if f"{m['concept']}" in _groups())
        found = Counter({name: n for name, n in found.items() if not name.endswith(":citizens")})
        right += (wanted & found).total()
        missed += (wanted - found).total()
        wrong += (found - wanted).total()
    assert right / (right + missed) >= 0.93
    assert right / (right + wrong) >= 0.95


@cache
def _groups() -> frozenset[str]:
    from kelisim.simulation.corpus.words import GROUPS

    return frozenset(GROUPS)
