"""Invented warnings for a synthetic study, with planted calibration, and what invented judges said.

The planted calibration is p' = logistic(-0.2 + 0.8 logit p): a little too sure of itself. Half of the likely
warnings are acted upon, and two of three measures prevent what was to come, so that the pages show what is
known of a record where prevention works. Outcomes are those of the invented register, except where a judge
errs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
    rng: np.random.Generator, days_of: Mapping[str, Sequence[date]], number: int, last: date
) -> tuple[InventedWarning, ...]:
    """Warnings in the order of issue, from January 2021 over about three years.

    days_of : area -> days of the events that count, up to `last`. What is said to have happened stands in it,
    and what is said not to have happened does not: a warning is put where the register fits its outcome.
    """
    rates = {h: _base_rate(days_of, days, last) for h, days in _WINDOWS.items()}
    made = sorted((_one(rng, days_of, rates) for _ in range(number)), key=lambda one: one.issued)
    return tuple(replace(one, name=f"{index + 1:03d}") for index, one in enumerate(made))


def _one(
    rng: np.random.Generator, days_of: Mapping[str, Sequence[date]], rates: Mapping[int, float]
) -> InventedWarning:
    made_by, kind = _RULES[int(rng.choice(3, p=[0.5, 0.25, 0.25]))]
    horizon = int(rng.choice(list(_WINDOWS)))
    p = round(float(np.clip(rng.beta(1.6, 2.6), 0.05, 0.9)), 2)
    half = 0.04 if kind == "human_warning" else 0.0
    to_come = bool(rng.random() < 1 / (1 + np.exp(0.2 - 0.8 * np.log(p / (1 - p)))))
    acted = bool(rng.random() < 0.5 * p**0.5)
    happened = to_come and not (acted and rng.random() < 2 / 3)
    area_id, issued = _placed(rng, days_of, _WINDOWS[horizon], happened)
    first = issued + timedelta(days=1)
    last = first + timedelta(days=_WINDOWS[horizon] - 1)
    right = "happened" if happened else "acted_upon" if acted else "did_not_happen"
    # A judge who errs names a day as well.
    some_day = first + timedelta(days=_WINDOWS[horizon] // 2)
    return InventedWarning(
        "", kind, made_by, area_id, issued, horizon, first, last,
        (round(p - half, 2), round(p + half, 2)), rates[horizon],
        first if acted else None, _answers(rng, right),
        _first_within(days_of[area_id], first, last) or some_day,
    )  # fmt: skip


def _placed(
    rng: np.random.Generator, days_of: Mapping[str, Sequence[date]], window: int, happened: bool
) -> tuple[str, date]:
    areas = list(days_of)
    while True:
        area_id = areas[int(rng.integers(len(areas)))]
        issued = _FIRST + timedelta(days=int(rng.integers(_DAYS)))
        found = _first_within(days_of[area_id], issued + timedelta(days=1), issued + timedelta(days=window))
        if (found is not None) == happened:
            return area_id, issued


def _first_within(days: Sequence[date], first: date, last: date) -> date | None:
    return min((day for day in days if first <= day <= last), default=None)


def _base_rate(days_of: Mapping[str, Sequence[date]], window: int, last: date) -> float:
    """Share of windows of this length with an event, over all areas: the usual frequency."""
    starts = [_FIRST + timedelta(days=k) for k in range(0, (last - _FIRST).days - window, 7)]
    hits = [
        _first_within(days, start, start + timedelta(days=window - 1)) is not None
        for days in days_of.values()
        for start in starts
    ]
    return round(float(np.mean(hits)), 2)


def _answers(rng: np.random.Generator, right: str) -> tuple[str, ...]:
    """Two judges who err in one case of twenty, and a third where they differ."""
    said: list[str] = []
    while len(said) < 2 or (len(said) == 2 and said[0] != said[1]):
        wrong = [other for other in _OTHERS if other != right]
        said.append(right if rng.random() < 0.95 else wrong[int(rng.integers(len(wrong)))])
    return tuple(said)
