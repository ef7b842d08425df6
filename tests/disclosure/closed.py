"""Closed tables of Saryn, and what leaves of them through the whole gate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kelisim.core.estimates import Figure
from kelisim.core.study import Study
from kelisim.core.tables import Table
from kelisim.disclosure.closed_tables import guarded
from kelisim.disclosure.release import Release, release
from kelisim.runs.evidence import figures_of, lists_of
from tests import cast
from tests.disclosure.attacker import Key

PARENTS = {area.area_id: area.parent for area in cast.AREAS}


def closed_table(truth: Mapping[Key, float | None], name: str = "register", **use: Any) -> Table:
    """A closed register of counts by area and group."""
    rows = [(area, group, value) for (area, group), value in truth.items()]
    settings: dict[str, Any] = {"table_id": name, "sensitivity": "closed", "period_id": None, **use}
    return cast.counts(rows, **settings)


def released(*tables: Table, **changed: Any) -> Release:
    """What leaves of a study with these tables."""
    return through(cast.study(*tables, **{"synthetic": False, **changed}))


def through(study: Study) -> Release:
    """What leaves of a study."""
    leaving = guarded(study)
    return release(leaving, figures_of(leaving), (), lists_of(leaving), run_id="r", code_version="c")


def counts_shown(out: Release, table: str = "register") -> dict[Key, Figure]:
    """Population figures of one table by area and group."""
    return {
        (f.area_id, (f.group_id or "total").partition("@")[0]): f
        for f in out.figures
        if f.indicator == "population" and f.variant == table
    }


def split(found: Mapping[Key, Figure]) -> tuple[dict[Key, float], list[Key]]:
    """Counts that are shown, and keys of those withheld."""
    shown = {k: f.estimate.value for k, f in found.items() if f.estimate.value is not None}
    return shown, [k for k, f in found.items() if f.estimate.flag == "withheld"]


def with_totals(inner: Mapping[Key, float]) -> dict[Key, float]:
    """The counts of the oblasts with totals of areas, and with the country as their sum."""
    full = dict(inner)
    areas = dict.fromkeys(area for area, _ in inner)
    groups = dict.fromkeys(group for _, group in inner)
    for group in groups:
        full["S", group] = sum(inner[area, group] for area in areas)
    for area in (*areas, "S"):
        full[area, "total"] = sum(full[area, group] for group in groups)
    return full
