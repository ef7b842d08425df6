"""Invented warnings for a synthetic study, with planted calibration, and what invented judges said.

The planted calibration is p' = logistic(-0.2 + 0.8 logit p): a little too sure of itself. Half of the likely
warnings are acted upon, and two of three measures prevent what was to come, so that the pages show what is
known of a record where prevention works.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

__all__ = ["InventedWarning", "invented_warnings"]

_FIRST = date(2021, 1, 4)
_DAYS = 1000
_WINDOWS = {1: 30, 3: 91, 6: 182}
_RULES = (("pool-alert", "alert"), ("zone-rule", "zone_change"), ("analyst-judgement", "human_warning"))
_OTHERS = ("happened", "did_not_happen", "unclear")


@dataclass(frozen=True, slots=True)
class InventedWarning:
    """One warning and its story.

    probability : lowest and highest; horizon_months, first, last : its window
    acted_on : day of the measure, or None; answers : what each judge said, in turn
    event_date : the day on which it happened, if it did
    """

    name: str
    kind: str
    made_by: str
    area_id: str
    issued: date
    horizon_months: int
    first: date
    last: date
    probability: tuple[float, float]
    base_rate: float
    acted_on: date | None
    answers: tuple[str, ...]
    event_date: date | None


def invented_warnings(
    rng: np.random.Generator, area_ids: Sequence[str], number: int
) -> tuple[InventedWarning, ...]:
    """Warnings in the order of issue, from January 2021 over about three years."""
    days = np.sort(rng.integers(0, _DAYS, number))
    return tuple(
        _one(rng, f"{index + 1:03d}", area_ids[int(rng.integers(len(area_ids)))], int(day))
        for index, day in enumerate(days)
    )


def _one(rng: np.random.Generator, name: str, area_id: str, day: int) -> InventedWarning:
    made_by, kind = _RULES[int(rng.choice(3, p=[0.5, 0.25, 0.25]))]
    horizon = int(rng.choice(list(_WINDOWS)))
    issued = _FIRST + timedelta(days=day)
    first = issued + timedelta(days=1)
    last = first + timedelta(days=_WINDOWS[horizon] - 1)
    p = round(float(np.clip(rng.beta(1.6, 2.6), 0.05, 0.9)), 2)
    half = 0.04 if kind == "human_warning" else 0.0
    to_come = bool(rng.random() < 1 / (1 + np.exp(0.2 - 0.8 * np.log(p / (1 - p)))))
    when = first + timedelta(days=int(rng.integers(_WINDOWS[horizon])))
    acted = bool(rng.random() < 0.5 * p**0.5)
    acted_on = first if acted else None
    happened = to_come and not (acted and rng.random() < 2 / 3)
    right = "happened" if happened else "acted_upon" if acted else "did_not_happen"
    return InventedWarning(
        name, kind, made_by, area_id, issued, horizon, first, last,
        (round(p - half, 2), round(p + half, 2)), {1: 0.15, 3: 0.25, 6: 0.35}[horizon],
        acted_on, _answers(rng, right), when,
    )  # fmt: skip


def _answers(rng: np.random.Generator, right: str) -> tuple[str, ...]:
    """Two judges who err in one case of twenty, and a third where they differ."""
    said: list[str] = []
    while len(said) < 2 or (len(said) == 2 and said[0] != said[1]):
        wrong = [other for other in _OTHERS if other != right]
        said.append(right if rng.random() < 0.95 else wrong[int(rng.integers(len(wrong)))])
    return tuple(said)
