"""Which groups have an association of their own, and which have none."""

from __future__ import annotations

from kelisim.core.tables import Table

__all__ = ["groups_without_association"]


def groups_without_association(table: Table, groups: tuple[str, ...]) -> tuple[str, ...]:
    """Groups of the population table that no listed association represents by its own name.

    An association of several groups counts for those it is coded to; the list says nothing about need.
    """
    covered = {str(group) for group in table["group"] if group}
    joint = {part for group in covered for part in group.split("_")}
    return tuple(group for group in groups if group not in covered and group not in joint)
