"""Which counts of persons are tied by sums: groups in a total, areas in one above, tables of one register.

All counts that leave together are one system. Within a register (one source, one period) every sum of the
structure counts, and where two tables give one cell different values, withholding one withholds the other.
Between registers, and with what open tables print, a cell or a sum counts where it holds exactly or all but a
few persons: then it is most likely the same thing, and an attacker may try it.
"""

from __future__ import annotations

import math
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

    register : what counts share that are surely tied: source, period, indicator
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
    if all(count.public for count in counts):
        return [count.persons for count in counts]
    every = [*counts, *_implied_totals(counts)]
    system, place = _system(every, areas, declared, policy.min_persons)
    protected = protect(system, policy)
    hidden = _tied(every, place, protected)
    out = []
    for count, cell in zip(counts, place, strict=False):
        # A small number that an open table prints may stand for something else there: the mark stays.
        small = 0 < system.values[cell] < policy.min_persons
        left = float("nan") if cell in hidden or small else float(protected.values[cell])
        out.append(count.persons if count.public else left)
    return out


def _implied_totals(counts: Sequence[Count]) -> Iterator[Count]:
    """Totals that a table does not print and that others give away: the whole less the areas that print one.

    They are treated as if they left with the rest, which asks for more protection and never for less.
    """
    closed = [count for count in counts if not count.public]
    totals = {(c.register, c.area) for c in closed if c.group == TOTAL}
    rows: dict[tuple[tuple[str, ...], str, str], list[float]] = defaultdict(list)
    for count in closed:
        if (count.register, count.area) not in totals and not math.isnan(count.persons):
            rows[count.register, count.table, count.area].append(count.persons)
    for (register, table, area), persons in rows.items():
        if len(persons) > 1:
            yield Count(register=register, table=table, area=area, group=TOTAL, persons=sum(persons))


def _tied(counts: Sequence[Count], place: Sequence[int], protected: Protected) -> set[int]:
    """Withheld cells, and those of the same register that show the same area and group with another value."""
    alike: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for count, cell in zip(counts, place, strict=True):
        if not count.public:
            alike[*count.register, count.area, count.group].add(cell)
    hidden = set(np.flatnonzero(protected.withheld).tolist())
    for cells in alike.values():
        if cells & hidden:
            hidden |= cells
    return hidden


def _system(
    counts: Sequence[Count], areas: Areas, wholes: Mapping[str, _Whole], small: int
) -> tuple[LinkedCells, list[int]]:
    values: list[float] = []
    place: list[int] = []
    known: dict[tuple[object, ...], int] = {}
    for count in counts:
        key = (count.register, count.area, count.group, count.persons)
        if math.isnan(count.persons) or key not in known:  # a missing count is like no other
            known[key] = len(values)
            values.append(count.persons)
        place.append(known[key])
    open_cells = {cell for c, cell in zip(counts, place, strict=True) if c.public}
    relations: list[Relation] = []
    closed = [(c, cell) for c, cell in zip(counts, place, strict=True) if not c.public]
    tables = list(dict.fromkeys((c.register, c.table) for c, _ in closed))
    for register, table in tables:
        own = {(c.area, c.group): k for c, k in closed if (c.register, c.table) == (register, table)}
        same = {(c.area, c.group): k for c, k in reversed(closed) if c.register == register}
        mine = {group for _, group in own}
        relations += _sums(same | own, areas, mine, wholes.get(table))
        if sum(r == register for r, _ in tables) > 1:
            relations += _over_groups(same, {g for _, g in same if "@" not in g})
        beside = {
            (c.area, c.group): k
            for c, k in reversed(list(zip(counts, place, strict=True)))
            if c.register != register or c.public
        }
        relations += _likely(_sums(beside | own, areas, mine, wholes.get(table)), values, small)
        relations += _likely(_sums(own | beside, areas, {g for _, g in beside}, None), values, small)
        relations += [
            Relation(beside[key], (cell,))
            for key, cell in own.items()
            if key in beside and beside[key] != cell and values[beside[key]] == values[cell]
            and not {cell, beside[key]} & open_cells
        ]  # fmt: skip
    return linked(values, relations, open_cells), place


def _sums(at: Mapping[_Key, int], areas: Areas, groups: set[str], whole: _Whole | None) -> Iterator[Relation]:
    yield from _over_groups(at, groups)
    yield from _over_areas(at, areas, groups)
    yield from _over_units(at, whole, groups)


def _likely(sums: Iterable[Relation], values: Sequence[float], small: int) -> Iterator[Relation]:
    """Sums between tables that may speak of other things: those that hold, or miss a few persons."""
    for relation in sums:
        rest = values[relation.whole] - sum(values[part] for part in relation.parts)
        if 0 <= rest < small:
            yield relation


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
