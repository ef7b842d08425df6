"""Items of a scale as a table of complete answers, turned so that more means more of the same thing.

Which items are reversed is declared by whoever wrote them and is never guessed from the data. A record that
lacks an answer to one item is left out of the scale, and the number of such records is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kelisim.core.errors import NotDefined
from kelisim.stats.survey.sample import Bools, Sample
from kelisim.stats.survey.stages import Floats

__all__ = ["Items", "read_items"]


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """names : of the items; used : (records,) True where every item is answered
    scores : (used records, items) answers, reversed items turned around the middle of what was answered
    left_out : records without an answer to one item or more; reverse : names of the items that were turned
    """

    names: tuple[str, ...]
    used: Bools
    scores: Floats
    left_out: int
    reverse: tuple[str, ...]


def read_items(
    sample: Sample, names: Sequence[str], *, reverse: Sequence[str] = (), where: Bools | None = None
) -> Items:
    """The items of a scale.

    reverse : items worded the other way; x becomes least + greatest answer - x, so that only the mean of the
        item depends on which answers occurred
    where : records to look at; others are neither used nor counted

    Raises: ValueError for fewer than two items, names given twice and unknown reversed items;
    NotDefined("no_answers").
    """
    if isinstance(names, str) or len(names) < 2:
        raise ValueError("a scale has at least two items")
    if len(set(names)) < len(names):
        raise ValueError("an item stands twice in the scale")
    if unknown := sorted(set(reverse) - set(names)):
        raise ValueError(f"reversed items that are not in the scale: {', '.join(unknown)}")
    columns = np.stack([sample.numbers(name) for name in names], axis=1)
    inside = np.ones(sample.size, dtype=bool) if where is None else np.asarray(where, dtype=bool)
    if sample.inside is not None:
        inside = inside & sample.inside
    used = inside & ~np.isnan(columns).any(axis=1)
    if not used.any():
        raise NotDefined("no_answers", f"no record answers all of {', '.join(names)}")
    scores = columns[used]
    for place, name in enumerate(names):
        if name in reverse:
            scores[:, place] = scores[:, place].min() + scores[:, place].max() - scores[:, place]
    scores.setflags(write=False)
    left_out = int(inside.sum() - used.sum())
    return Items(tuple(names), used, scores, left_out, tuple(reverse))
