"""The page of associations: how many of which kind, their youth wings, and the groups without one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from kelisim.publish.view import View

__all__ = ["institutions"]


def institutions(view: View) -> Mapping[str, Any]:
    """Counts by register and kind, and the registers themselves."""
    tables = view.records("associations")
    counts: Counter[tuple[str, str, str]] = Counter()
    wings: Counter[tuple[str, str, str]] = Counter()
    for table in tables:
        for row in table.rows():
            key = str(row.get("level", "")), str(row["kind"]), str(row.get("year", ""))
            counts[key] += 1
            wings[key] += row.get("youth_wing") == "yes"
    return {
        "tables": tables,
        "counts": [(*key, number, wings[key]) for key, number in counts.items()],
        "total": sum(counts.values()),
        "with_wing": sum(wings.values()),
        "without": view.release.lists.get("groups_without_association", ()),
    }
