"""Worlds of invented warnings with planted calibration: judges err, some warnings are acted upon and prevent.

`truth` is what would have happened without any action; the ledger never sees it where an action was taken and
nothing happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from kelisim.forecasting.ledger import Ledger
from kelisim.forecasting.ledger_entries import Action, Entry, Resolution
from tests.forecasting.ledgers import ledger, warning

__all__ = ["World", "warned_world"]

JUDGES = ("a" * 32, "b" * 32, "d" * 32)
SAID = ("happened", "did_not_happen", "unclear", "acted_upon")
BEGIN = date(2015, 1, 1)
END = date(2026, 1, 1)


@dataclass(frozen=True)
class World:
    """A ledger, and in the order of its warnings: probability of each, planted chance, and hidden outcome."""

    ledger: Ledger
    probability: NDArray[np.float64]
    chance: NDArray[np.float64]
    truth: NDArray[np.bool_]


def warned_world(
    rng: np.random.Generator,
    alerts: int = 500,
    slope: float = 0.6,
    shift: float = -0.3,
    together: float = 0.5,
    judges_err: float = 0.03,
    acting: float = 0.5,
) -> World:
    """One world. slope, shift : of the calibration curve on the logit scale, 1 and 0 honest; together : how
    much warnings of one area and year share their luck; acting : largest chance of an action."""
    day = np.sort(rng.integers(0, 3650, alerts))
    area = rng.integers(0, 25, alerts)
    probability = np.clip(rng.beta(1.2, 4.0, alerts), 0.02, 0.95).round(3)
    logit = np.log(probability / (1 - probability))
    chance = 1 / (1 + np.exp(-(shift + slope * logit)))
    luck = rng.normal(size=(25, 11))[area, day // 365]
    own = rng.normal(size=alerts)
    truth = ndtr(np.sqrt(together) * luck + np.sqrt(1 - together) * own) < chance
    acted = rng.random(alerts) < acting * probability**0.5
    prevented = acted & (rng.random(alerts) < 0.7)
    happened = truth & ~prevented
    entries: list[tuple[date, Entry]] = []
    for number in range(alerts):
        entries += _story(number, BEGIN + timedelta(days=int(day[number])), int(area[number]),
                          float(probability[number]), bool(happened[number]), bool(acted[number]),
                          judges_err, rng)  # fmt: skip
    entries.sort(key=lambda entry: entry[0])
    return World(ledger(*entries), probability, chance, truth)


def _story(
    number: int, day: date, area: int, probability: float, happened: bool, acted: bool, judges_err: float,
    rng: np.random.Generator,
) -> list[tuple[date, Entry]]:  # fmt: skip
    name = f"w{number}"
    first, last = day + timedelta(days=1), day + timedelta(days=30)
    rule = {"first": first.isoformat(), "last": last.isoformat(), "late_days": 30}
    issued = warning(name, area_id=f"D{area}", probability=probability, base_rate=0.2, horizon_months=1,
                     as_of=day.isoformat(), rule=rule)  # fmt: skip
    story: list[tuple[date, Entry]] = [(day, issued)]
    if acted:
        story.append((first, Action(name, "measure", "effect", first, "area_officer")))
    right = "happened" if happened else "acted_upon" if acted else "did_not_happen"
    possible = [said for said in SAID if said != "acted_upon" or acted]
    answers: list[str] = []
    for judge in JUDGES:
        if len(answers) == 2 and answers[0] == answers[1]:
            break
        wrong = [said for said in possible if said != right]
        answers.append(right if rng.random() >= judges_err else wrong[rng.integers(len(wrong))])
        said = answers[-1]
        so = said == "happened"
        story.append((last + timedelta(days=40), Resolution(
            name, said, ("event",) if so else (), first if so else None,
            "measure" if said == "acted_upon" else "", "analyst", judge)))  # fmt: skip
    return story
