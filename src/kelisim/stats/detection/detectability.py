"""Can this be watched at all? One verdict per area and indicator, from the power of its best chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kelisim.stats.detection.history import History
from kelisim.stats.detection.power import Power

__all__ = ["Detectability", "Verdict", "detectability"]

Verdict = Literal["seen", "chance", "short", "silent"]
_FEWEST_MONTHS, _SILENT_FROM = 12, 3
_ABOVE_CHANCE = 0.1


@dataclass(frozen=True, slots=True)
class Detectability:
    """What can be said of watching one area and indicator.

    verdict : "seen" with the share of cases; "chance" where a rise shows hardly more often than a false
        alarm; "short" where the history is too short for a baseline; "silent" where nothing was observed of
        late
    factor, months : the rise and the span spoken of; share, chance : as in `Power`
    observed : months with a count; silent : months without one at the end
    """

    verdict: Verdict
    factor: float
    months: int
    share: float | None
    chance: float | None
    observed: int
    silent: int


def detectability(
    history: History, powers: Sequence[Power], *, factor: float = 3.0, months: int = 6
) -> Detectability:
    """The verdict for a rise by `factor` within `months`, from the power of one or several charts.

    Not to be watched: fewer than 12 observed months; nothing observed for the last 3 months; or within a
    year the best chart shows the rise in fewer than 10 of 100 cases beyond those in which it would sound
    anyhow.
    powers : of all charts together; empty where no chart could be set up
    """
    observed = int(history.observed.sum())
    silent = 0
    for seen in history.observed[::-1]:
        if seen:
            break
        silent += 1
    mine = [p for p in powers if p.factor == factor and p.months == months]
    if observed < _FEWEST_MONTHS or not mine:
        return Detectability("short", factor, months, None, None, observed, silent)
    best = max(mine, key=lambda p: p.seen - p.chance)
    year = [p.seen - p.chance for p in powers if p.factor == factor]
    verdict: Verdict = (
        "silent" if silent >= _SILENT_FROM else "seen" if max(year) >= _ABOVE_CHANCE else "chance"
    )
    return Detectability(verdict, factor, months, best.seen, best.chance, observed, silent)
