"""Which counts of persons are tied by sums: groups in a total, areas in the area above, tables of one
register.

Counts of one source and one period are one system, whatever table shows them. Where two tables give one cell
the same value, it is one cell; where they differ, they are two, and withholding one withholds the other.
Counts that open tables print for the same period are known to everybody and are part of the system as such.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kelisim.core.areas import Areas
from kelisim.core.groups import TOTAL
from kelisim.disclosure.cells import LinkedCells, Relation, linked
from kelisim.disclosure.policy import Policy
from kelisim.disclosure.protection import Protected, protect

__all__ = ["Count", "protect_counts"]

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One count of persons, as a table shows it.

    register : what counts must share to be tied: source, period, indicator
    table : the table that shows it; group : the group, a remainder carrying its table, or "total"
    persons : nan where the table has none
    public : whether everybody knows it, since an open table prints it
    """

    register: tuple[str, ...]
    table: str
    area: str
    group: str
    persons: float
    public: bool = False


@dataclass(frozen=True, slots=True)
class _Whole:
    """What a table declares: its units make up an area."""

    area: str
    units: frozenset[str]


def protect_counts(
    counts: Sequence[Count],
    areas: Areas,
    policy: Policy,
    wholes: Mapping[str, tuple[str, Iterable[str]]] | None = None,
) -> list[float]:
    """The counts that may leave, in the order given: rounded, or nan where withheld.

    wholes : table -> area that its units make up, and these units
    Public counts come back unchanged: they are context, not part of what leaves here.
    Raises: GateError when the audit fails.
    """
    declared = {table: _Whole(area, frozenset(units)) for table, (area, units) in (wholes or {}).items()}
    out = [float("nan")] * len(counts)
    registers: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index, count in enumerate(counts):
        registers[count.register].append(index)
    for members in registers.values():
        system, place = _system([counts[i] for i in members], areas, declared)
        protected = protect(system, policy)
        hidden = _tied([counts[i] for i in members], place, protected)
        for index, cell in zip(members, place, strict=True):
            if counts[index].public:
                out[index] = counts[index].persons
            # A small number that an open table prints may stand for something else there: the mark stays.
            elif cell not in hidden and not 0 < system.values[cell] < policy.min_persons:
                out[index] = float(protected.values[cell])
    return out


def _tied(counts: Sequence[Count], place: Sequence[int], protected: Protected) -> set[int]:
    """Withheld cells, and those that show the same area and group with another value."""
    alike: dict[_Key, set[int]] = defaultdict(set)
    for count, cell in zip(counts, place, strict=True):
        if not count.public:
            alike[count.area, count.group].add(cell)
    hidden = set(np.flatnonzero(protected.withheld).tolist())
    for cells in alike.values():
        if cells & hidden:
            hidden |= cells
    return hidden


def _system(
    counts: Sequence[Count], areas: Areas, wholes: Mapping[str, _Whole]
) -> tuple[LinkedCells, list[int]]:
    values: list[float] = []
    place: list[int] = []
    known: dict[tuple[str, str, float], int] = {}
    public = {(c.area, c.group): c.persons for c in counts if c.public}
    for count in counts:
        key = (count.area, count.group, count.persons)
        if count.persons != count.persons or key not in known:  # a missing count is like no other
            known[key] = len(values)
            values.append(count.persons)
        place.append(known[key])
    open_cells = {cell for c, cell in zip(counts, place, strict=True) if c.public}
    closed = [(c, cell) for c, cell in zip(counts, place, strict=True) if not c.public]
    relations: list[Relation] = []
    everything = {(c.area, c.group): cell for c, cell in reversed(closed)}
    for table in dict.fromkeys(c.table for c, _ in closed):
        own = {(c.area, c.group): cell for c, cell in closed if c.table == table}
        at = everything | own
        mine = {group for _, group in own}
        relations += _over_groups(at, mine)
        relations += _over_areas(at, areas, mine)
        relations += _over_units(at, wholes.get(table), mine)
    if len({c.table for c, _ in closed}) > 1:
        relations += _over_groups(everything, {g for _, g in everything if "@" not in g})
    # With what open tables print a sum counts only where it holds exactly: the tables may speak of other
    # things.
    beside = {key: cell for key, cell in _first(counts, place).items() if key in public} | everything
    groups = {group for _, group in beside}
    for relation in [*_over_groups(beside, groups), *_over_areas(beside, areas, groups)] if public else ():
        members = {relation.whole, *relation.parts}
        total = sum(values[part] for part in relation.parts)
        if members & open_cells and not members <= open_cells and values[relation.whole] == total:
            relations.append(relation)
    return linked(values, relations, open_cells), place


def _first(counts: Sequence[Count], place: Sequence[int]) -> dict[_Key, int]:
    return {
        (c.area, c.group): cell for c, cell in reversed(list(zip(counts, place, strict=True))) if c.public
    }


def _over_groups(at: Mapping[_Key, int], groups: set[str]) -> Iterator[Relation]:
    parts: dict[str, list[int]] = defaultdict(list)
    for (area, group), cell in at.items():
        if group != TOTAL and group in groups:
            parts[area].append(cell)
    for area, cells in parts.items():
        if (area, TOTAL) in at:
            yield Relation(at[area, TOTAL], tuple(cells))


def _over_areas(at: Mapping[_Key, int], areas: Areas, groups: set[str]) -> Iterator[Relation]:
    for group in sorted(groups):
        present = {area for area, g in at if g == group and area in areas}
        below: dict[str, list[int]] = defaultdict(list)
        for area in present:
            above = next((a.area_id for a in areas.line(area)[1:] if a.area_id in present), None)
            if above is not None:
                below[above].append(at[area, group])
        for area in sorted(below):
            yield Relation(at[area, group], tuple(sorted(below[area])))


def _over_units(at: Mapping[_Key, int], whole: _Whole | None, groups: set[str]) -> Iterator[Relation]:
    if whole is None:
        return
    for group in sorted(groups):
        units = tuple(at[unit, group] for unit in sorted(whole.units) if (unit, group) in at)
        if (whole.area, group) in at and units:
            yield Relation(at[whole.area, group], units)
