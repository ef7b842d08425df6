"""Counts of the population by area and traits, over which a model's answers are added up.

Offices seldom print the joint table of everything. From the tables they do print (area by age, area by group
...) a joint one is built by iterative proportional fitting: the table nearest to independence that has these
margins. That it is no more than this is an assumption, and goes with every figure made from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from kelisim.core.errors import Fault, Refused
from kelisim.stats.survey.coding import Ints
from kelisim.stats.survey.stages import Floats

__all__ = ["Cells", "joint", "tabulate"]

_MOST = 20_000_000
_STEPS = 1000
_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A table of counts in long form.

    names : traits; labels : of each trait; codes : (cells, traits) places in the labels; count : (cells,)
    persons; assumption : how the joint was made where it was not printed, "" where it was
    """

    names: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    codes: Ints
    count: Floats
    assumption: str = ""

    def column(self, name: str) -> tuple[Ints, tuple[str, ...]]:
        """Codes and labels of one trait.  Raises: Refused."""
        if name not in self.names:
            words = f"Take one of: {', '.join(self.names)}."
            raise Refused([Fault("cells", 1, name, "the counts have no such column.", words)])
        place = self.names.index(name)
        return self.codes[:, place], self.labels[place]


def tabulate(names: Sequence[str], rows: Sequence[Sequence[str]], count: Sequence[float]) -> Cells:
    """A table from its rows of labels and their counts; rows with the same labels are added.

    Raises: Refused for counts that are negative or no numbers, labels that are missing, and an empty table.

    >>> cells = tabulate(["area", "sex"], [("a", "f"), ("a", "m"), ("a", "f")], [10, 20, 5])
    >>> cells.labels, cells.count.tolist()
    ((('a',), ('f', 'm')), [15.0, 20.0])
    """
    numbers = np.asarray(count, dtype=np.float64)
    faults = [
        Fault("cells", row + 1, "", f"the count {numbers[row]} is none.", "write persons, 0 or more.")
        for row in np.flatnonzero(~(np.isfinite(numbers) & (numbers >= 0))).tolist()
    ]
    faults += [
        Fault("cells", row + 1, "", "a label is missing.", "name the category.")
        for row, labels in enumerate(rows)
        if len(labels) != len(names) or not all(labels)
    ]
    if not faults and not numbers.sum() > 0:
        faults = [Fault("cells", None, "", "nobody is counted in it.", "give at least one count above 0.")]
    if faults:
        raise Refused(faults)
    columns = [
        np.unique(np.array(column, dtype=object), return_inverse=True) for column in zip(*rows, strict=True)
    ]
    labels = tuple(tuple(str(label) for label in found) for found, _ in columns)
    key = np.ravel_multi_index([codes for _, codes in columns], [len(found) for found in labels])
    used, place = np.unique(key, return_inverse=True)
    codes = np.stack(np.unravel_index(used, [len(found) for found in labels]), axis=1)
    return Cells(tuple(names), labels, codes, np.bincount(place, weights=numbers).astype(np.float64))


def joint(tables: Sequence[Cells]) -> Cells:
    """The joint table of several tables by iterative proportional fitting (Deming and Stephan 1940).

    Begins with 1 in every cell, so that traits no table crosses are independent given those it does; cells
    that a table counts as 0 stay empty. One table is given back as it is.

    Raises: Refused for tables of different totals, labels that only one of two tables has, and tables that
    contradict each other.

    >>> sex = tabulate(["area", "sex"], [("a", "f"), ("a", "m")], [60, 40])
    >>> age = tabulate(["area", "age"], [("a", "old"), ("a", "young")], [50, 50])
    >>> joint([sex, age]).count.round(6).tolist()
    [30.0, 30.0, 20.0, 20.0]
    """
    if len(tables) == 1:
        return tables[0]
    names = tuple(dict.fromkeys(name for table in tables for name in table.names))
    labels = tuple(_shared_labels(name, tables) for name in names)
    shape = tuple(len(found) for found in labels)
    if prod(shape) > _MOST:
        words = f"the joint of {' x '.join(names)} has {prod(shape):,} cells; up to {_MOST:,} are built."
        raise Refused([Fault("cells", None, "", words, "join categories, or leave a trait out.")])
    margins = [_dense(table, names, labels) for table in tables]
    totals = [float(margin.sum()) for margin in margins]
    if max(totals) - min(totals) > 1e-6 * max(totals):
        words = f"the tables count {', '.join(f'{total:,.0f}' for total in totals)} persons."
        raise Refused(
            [Fault("cells", None, "", words, "take tables of one census, or scale them to one total.")]
        )
    made = _fitted(shape, margins)
    codes = np.stack(np.nonzero(made > 0), axis=1)
    words = "joint of " + ", ".join(" x ".join(table.names) for table in tables) + " assumed by IPF"
    return Cells(names, labels, codes, made[tuple(codes.T)], words)


def _fitted(shape: tuple[int, ...], margins: Sequence[Floats]) -> Floats:
    made = np.ones(shape)
    off = np.inf
    for _ in range(_STEPS):
        off = 0.0
        for margin in margins:
            spread = tuple(axis for axis, size in enumerate(margin.shape) if size == 1 and shape[axis] > 1)
            now = made.sum(axis=spread, keepdims=True)
            off = max(off, float(np.abs(now - margin).max()))
            made = made * np.divide(margin, now, out=np.zeros_like(now), where=now > 0)
        if off <= _TOLERANCE * margins[0].sum():
            return made
    words = f"no joint table has all these margins: they still differ by {off:,.0f} persons."
    raise Refused([Fault("cells", None, "", words, "correct the tables, or leave one of them out.")])


def _shared_labels(name: str, tables: Sequence[Cells]) -> tuple[str, ...]:
    found = [set(table.labels[table.names.index(name)]) for table in tables if name in table.names]
    every = set[str]().union(*found)
    lone = sorted(label for label in every if not all(label in own for own in found))
    if lone:
        words = f"only some of the tables count {', '.join(repr(label) for label in lone[:5])}."
        raise Refused([Fault("cells", None, name, words, "spell categories alike in all tables.")])
    return tuple(sorted(found[0]))


def _dense(table: Cells, names: tuple[str, ...], labels: tuple[tuple[str, ...], ...]) -> Floats:
    """The table as an array over all traits, of width 1 along those it does not have."""
    shape = tuple(len(found) if name in table.names else 1 for name, found in zip(names, labels, strict=True))
    made = np.zeros(shape)
    index = []
    for name, found in zip(names, labels, strict=True):
        if name in table.names:
            codes, own = table.column(name)
            index.append(np.array([found.index(label) for label in own])[codes])
        else:
            index.append(np.zeros(table.count.size, dtype=np.intp))
    np.add.at(made, tuple(index), table.count)
    return made
