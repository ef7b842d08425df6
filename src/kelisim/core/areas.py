"""Areas: country, oblasts, districts, settlements, each with its names, parent and period of validity.

Owns the hierarchy and the join from a printed name to a code. Boundaries change: `valid_from`, `valid_to`
and `split_from` say which units existed on a day, so a table is compared with the units of its own date.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from kelisim.core.errors import AreasError, UnknownArea
from kelisim.core.languages import Words, looks_key, match_key
from kelisim.core.periods import PartialDate

__all__ = ["Area", "Areas"]


@dataclass(frozen=True, slots=True)
class Area:
    """One territorial unit.

    level : word of the study ("country", "oblast", "district", "settlement" ...)
    parent : area_id of the unit above, None for a root
    kato : code of the national classifier of territorial units, "" where unknown
    valid_from, valid_to : when the unit existed; None means "not known to have changed"
    split_from : units whose territory it took over
    printed : the name as sources print it, in any spelling
    """

    area_id: str
    level: str
    names: Words
    parent: str | None
    kato: str = ""
    valid_from: PartialDate | None = None
    valid_to: PartialDate | None = None
    split_from: tuple[str, ...] = ()
    printed: tuple[str, ...] = ()
    note: str = ""

    def existed(self, day: date) -> bool:
        """Whether the unit may have existed on that day, by what is declared."""
        begun = self.valid_from is None or self.valid_from.first <= day
        return begun and (self.valid_to is None or day <= self.valid_to.last)


@dataclass(frozen=True)
class Areas:
    """All areas of a study. Build with `Areas.of`, which checks the hierarchy."""

    by_id: dict[str, Area]
    _keys: dict[str, tuple[str, ...]] = field(repr=False, compare=False)

    @classmethod
    def of(cls, areas: Iterable[Area]) -> Areas:
        """Check codes, parents and cycles, and index the names.

        Raises: AreasError naming the area at fault.
        """
        by_id: dict[str, Area] = {}
        for area in areas:
            if area.area_id in by_id:
                raise AreasError(f"area '{area.area_id}' is declared twice. Keep one row per code.")
            by_id[area.area_id] = area
        for area in by_id.values():
            _check_line(area, by_id)
        keys: dict[str, list[str]] = {}
        for area in by_id.values():
            for name in {*area.names.as_dict().values(), *area.printed, area.area_id, area.kato} - {""}:
                owners = keys.setdefault(match_key(name), [])
                if area.area_id not in owners:
                    owners.append(area.area_id)
        return cls(by_id, {key: tuple(owners) for key, owners in keys.items()})

    def __getitem__(self, area_id: str) -> Area:
        try:
            return self.by_id[area_id]
        except KeyError:
            raise UnknownArea(area_id, self.nearest(area_id)) from None

    def __iter__(self) -> Iterator[Area]:
        return iter(self.by_id.values())

    def __len__(self) -> int:
        return len(self.by_id)

    def __contains__(self, area_id: object) -> bool:
        return area_id in self.by_id

    def children(self, area_id: str, day: date | None = None, levels: Iterable[str] = ()) -> tuple[Area, ...]:
        """Units directly below, in declared order: those that existed on `day` and have one of `levels`."""
        wanted = set(levels)
        return tuple(
            area
            for area in self
            if area.parent == area_id
            and (day is None or area.existed(day))
            and (not wanted or area.level in wanted)
        )

    def line(self, area_id: str) -> tuple[Area, ...]:
        """The area and everything above it, nearest first."""
        found: list[Area] = []
        current: str | None = area_id
        while current is not None:
            found.append(self[current])
            current = found[-1].parent
        return tuple(found)

    def resolve(self, name: str, level: str | None = None) -> str:
        """The code of a name or code as printed.

        A name shared by two areas (a city and its oblast) is resolved only when `level` decides.
        Raises: UnknownArea with the nearest candidates, or with the areas that share the name.
        """
        if name in self.by_id:
            return name
        owners = self._keys.get(match_key(name), ())
        if level is not None and len(owners) > 1:
            owners = tuple(owner for owner in owners if self.by_id[owner].level == level)
        if len(owners) == 1:
            return owners[0]
        nearest = [f"{owner} ({self.by_id[owner].level})" for owner in owners] or self.nearest(name)
        raise UnknownArea(name, nearest)

    def nearest(self, name: str) -> list[str]:
        """Up to three declared areas whose names look most alike."""
        found: list[str] = []
        looks = looks_key(name)
        alike = [key for key in self._keys if looks_key(key) == looks]
        for key in alike or difflib.get_close_matches(match_key(name), self._keys, n=6, cutoff=0.5):
            for owner in self._keys[key]:
                shown = f"{owner} ({self.by_id[owner].names.kk})"
                if shown not in found:
                    found.append(shown)
        return found[:3]


def _check_line(area: Area, by_id: dict[str, Area]) -> None:
    seen = [area.area_id]
    parent = area.parent
    while parent is not None:
        if parent not in by_id:
            raise AreasError(
                f"area '{seen[-1]}' has the parent '{parent}', which is not declared. "
                "Add the parent or leave the field empty for a root."
            )
        if parent in seen:
            raise AreasError(
                f"the parents of area '{area.area_id}' form a circle: {' -> '.join([*seen, parent])}. "
                "Correct one parent so that the line ends in a root."
            )
        seen.append(parent)
        parent = by_id[parent].parent
