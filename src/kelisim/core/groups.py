"""Ethnic groups as tables count them. "Other" belongs to the table that printed it.

Two tables may both print "others" and mean different remainders, so a group of that kind is always
written with its table: `other@table1`. "Total" is not a group; it is the whole that groups are parts of.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kelisim.core.errors import AreasError, UnknownGroup
from kelisim.core.languages import Words, looks_key, match_key

__all__ = ["TOTAL", "Group", "Groups", "scoped", "unscoped"]

TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a classification of population.

    remainder : True for "others", whose content depends on the table that printed it
    """

    group_id: str
    names: Words
    printed: tuple[str, ...] = ()
    remainder: bool = False


@dataclass(frozen=True)
class Groups:
    """All groups of a study, with the join from printed names. Build with `Groups.of`."""

    by_id: dict[str, Group]
    _keys: dict[str, str] = field(repr=False, compare=False)

    @classmethod
    def of(cls, groups: Iterable[Group]) -> Groups:
        """Index groups by code and name. Raises: AreasError when a code is declared twice."""
        by_id: dict[str, Group] = {}
        keys: dict[str, str] = {match_key(TOTAL): TOTAL}
        for group in groups:
            if group.group_id in by_id or group.group_id == TOTAL:
                raise AreasError(
                    f"group '{group.group_id}' is declared twice or is the reserved word 'total'."
                )
            by_id[group.group_id] = group
            for name in {*group.names.as_dict().values(), *group.printed, group.group_id} - {""}:
                keys.setdefault(match_key(name), group.group_id)
        return cls(by_id, keys)

    def __getitem__(self, group_id: str) -> Group:
        try:
            return self.by_id[unscoped(group_id)]
        except KeyError:
            raise UnknownGroup(group_id, self.nearest(group_id)) from None

    def __iter__(self) -> Iterator[Group]:
        return iter(self.by_id.values())

    def __len__(self) -> int:
        return len(self.by_id)

    def __contains__(self, group_id: object) -> bool:
        return isinstance(group_id, str) and unscoped(group_id) in self.by_id

    def resolve(self, name: str) -> str:
        """The code of a group, or "total". Raises: UnknownGroup with the nearest candidates."""
        if name in self.by_id or name == TOTAL:
            return name
        found = self._keys.get(match_key(name))
        if found is None:
            raise UnknownGroup(name, self.nearest(name))
        return found

    def nearest(self, name: str) -> list[str]:
        """Up to three declared groups whose names look most alike."""
        looks = looks_key(name)
        alike = [key for key in self._keys if looks_key(key) == looks]
        keys = alike or difflib.get_close_matches(match_key(name), self._keys, n=6, cutoff=0.5)
        return list(dict.fromkeys(self._keys[key] for key in keys))[:3]


def scoped(group: Group, table_id: str) -> str:
    """The group's code in figures: remainders carry their table.

    >>> scoped(Group("other", Words.same("others"), remainder=True), "table1")
    'other@table1'
    """
    return f"{group.group_id}@{table_id}" if group.remainder else group.group_id


def unscoped(group_id: str) -> str:
    """The code without the table it is scoped to."""
    return group_id.partition("@")[0]
