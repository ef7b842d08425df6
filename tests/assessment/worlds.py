"""Small studies for the tests of index and zones: an invented oblast with estimates by area."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from kelisim.assessment.assess import Assessed, assess, item_units
from kelisim.assessment.items import ITEMS
from kelisim.core.study import Study
from kelisim.core.zones import ZoneRule
from kelisim.evidence.survey.area_estimates import area_estimates
from kelisim.simulation.twin import RULE
from tests.cast import study, table

COLUMNS = ("area", "item", "value", "se", "df", "n", "deff", "grade")
# Half the draws of the shipped rule: enough for what these tests compare.
FEWER = replace(RULE, index=replace(RULE.index, draws=1000))
HELD = ("trust_local_bodies", "perceived_fairness", "contact_quality")


def at(state: float, item: str) -> float:
    """The value of an item on its own scale for a state in 0..1, 1 being the best."""
    it = ITEMS[item]
    return it.worst + state * (it.best - it.worst)


def rows(
    area: str, state: float, *, n: int = 400, se: float = 0.01, items: Iterable[str] = tuple(ITEMS),
    held: Iterable[str] = HELD, grade: str = "good", **moved: float,
) -> list[tuple[Any, ...]]:  # fmt: skip
    """Estimates of one area, all items at one state; se is a part of the scale; `moved` sets single items."""
    out: list[tuple[Any, ...]] = []
    for item in items:
        width = abs(ITEMS[item].best - ITEMS[item].worst)
        value = moved.get(item, at(state, item))
        out.append((area, item, value, se * width, 30.0, n, 1.0, grade))
    return out + [(area, card, 6.0, 0.1, 30.0, n, 1.0, "good") for card in held]


def world(listed: list[tuple[Any, ...]], rule: ZoneRule | None = FEWER, **use: Any) -> tuple[Study, Assessed]:
    """A study of Saryn with these estimates of 2021, and what assessment makes of it."""
    use = {"period_id": "y2021", "table_id": "wave"} | use
    given = study(table("area_estimates", COLUMNS, listed, **use), zones=rule)
    figures = area_estimates(given.tables["wave"], item_units(), 0.95)
    return given, assess(given, figures, np.random.default_rng(7))


def rule(**changed: Any) -> ZoneRule:
    """The rule of the twin with single choices changed."""
    index: Mapping[str, Any] = changed.pop("index", {})
    return replace(FEWER, index=replace(FEWER.index, **index), **changed)


def day(text: str) -> date:
    """A day from its ISO form."""
    return date.fromisoformat(text)
