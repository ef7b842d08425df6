"""What alerts cost and save: precision, false alarms a year, and value by the cost-loss ratio.

C is the cost of acting on an alarm (a visit), L the loss of an event that came without one. Only their ratio
matters. Whoever holds p for honest acts from p >= C/L on (Murphy 1977). The value of doing so is told on a
scale where 0 is the best that can be done without forecasts (always act, or never) and 1 is a perfect
forecast (Richardson 2000); it can be negative, and the table says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.assessment.past_cells import PastCells
from kelisim.core.errors import NotDefined

__all__ = [
    "COST_RATIOS",
    "AlertEconomics",
    "CostLossRow",
    "act",
    "alert_economics",
    "cost_loss_table",
    "relative_value",
]

_Floats = NDArray[np.float64]

COST_RATIOS: tuple[float, ...] = (0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6)
"""The grid on which a curve of value is drawn: the positions of the slider."""

_LEAST_USABLE = 0.95
# With two or three missed events the value hangs on them, and resampling cannot tell how many there might
# have been.
_LEAST_EVENTS = 5


@dataclass(frozen=True, slots=True)
class AlertEconomics:
    """What an alert of known quality amounts to at a base rate.

    ppv : share of alarms that prove right, None where nothing ever alarms
    alarms_year, false_alarms_year, missed_year : expected over all cells of a year
    """

    ppv: float | None
    alarms_year: float
    false_alarms_year: float
    missed_year: float


@dataclass(frozen=True, slots=True)
class CostLossRow:
    """One position of the slider: acting from p >= ratio on, as it went in past cells.

    alarmed : share of cells with an alarm; missed : share of event cells without one; ppv : share of alarms
    that proved right, None without alarms; false_alarms_year : in all areas together
    value : relative economic value, low, high : its bootstrap interval, None where it cannot be given
    own : the ratio the office declared for itself
    """

    ratio: float
    alarmed: float
    missed: float
    ppv: float | None
    false_alarms_year: float
    value: float
    low: float | None
    high: float | None
    own: bool


def act(probability: float, ratio: float) -> bool:
    """Whether acting is the cheaper choice: p >= C/L.

    Expected cost of acting is C, of waiting p L (Murphy 1977).

    >>> act(0.1, 0.1), act(0.09, 0.1)
    (True, False)
    """
    return probability >= ratio


def alert_economics(
    base: float, sensitivity: float, false_alarm_rate: float, *, cells_a_year: float
) -> AlertEconomics:
    """Positive predictive value and expected false alarms a year at a base rate.

    ppv = s h / (s h + (1 - s) f) with s = base, h = sensitivity, f = false alarm rate; false alarms a year =
    cells f (1 - s).
    base : share of cells with an event; sensitivity : share of event cells with an alarm; false_alarm_rate :
    share of quiet cells with an alarm; cells_a_year : areas times periods a year.  Raises: ValueError.

    >>> found = alert_economics(4 / (14 * 17 * 12), 0.8, 0.1, cells_a_year=17 * 12)
    >>> round(100 * found.ppv, 1), round(found.false_alarms_year)
    (1.1, 20)
    """
    if not all(0.0 <= share <= 1.0 for share in (base, sensitivity, false_alarm_rate)) or cells_a_year < 0:
        raise ValueError("rates lie between 0 and 1, and cells are not negative")
    right, wrong = base * sensitivity, (1.0 - base) * false_alarm_rate
    ppv = right / (right + wrong) if right + wrong > 0 else None
    return AlertEconomics(
        ppv, cells_a_year * (right + wrong), cells_a_year * wrong, cells_a_year * base * (1.0 - sensitivity)
    )


def relative_value(
    base: ArrayLike, sensitivity: ArrayLike, false_alarm_rate: ArrayLike, ratio: ArrayLike
) -> _Floats:
    """Relative economic value, (E_const - E_forecast) / (E_const - E_perfect), in units of the loss [1]_.

    E_const = min(a, s), E_perfect = a s, E_forecast = a (s h + (1 - s) f) + s (1 - h), a = C/L. Arguments
    broadcast; nan where the base rate is 0 or 1, because then no forecast could do better than none.
    ratio : in (0, 1).  Raises: ValueError.

    .. [1] Richardson (2000), Quarterly Journal of the Royal Meteorological Society 126, 649-667.

    >>> float(relative_value(0.25, 0.8, 0.2, 0.25).round(3)), float(relative_value(0.25, 1, 0, 0.1))
    (0.6, 1.0)
    """
    s, h, f, a = (np.asarray(x, dtype=np.float64) for x in (base, sensitivity, false_alarm_rate, ratio))
    if not ((a > 0.0) & (a < 1.0)).all():
        raise ValueError("the ratio of cost to loss lies between 0 and 1")
    const, perfect = np.minimum(a, s), a * s
    forecast = a * (s * h + (1.0 - s) * f) + s * (1.0 - h)
    gain = const - perfect
    return np.where(gain > 0.0, (const - forecast) / np.where(gain > 0.0, gain, 1.0), np.nan)


def cost_loss_table(
    cells: PastCells,
    *,
    own_ratio: float | None,
    cells_a_year: float,
    level: float,
    resamples: int,
    rng: np.random.Generator,
    ratios: Sequence[float] = COST_RATIOS,
) -> tuple[CostLossRow, ...]:
    """The slider as a table: what acting from p >= C/L on would have cost and saved, for every C/L.

    Intervals by bootstrap over area-years: the periods of one area in one year are drawn together, because
    they depend on each other. No interval where a twentieth of the samples or more has no event or nothing
    but events, where there is one area-year only, or where fewer than five events were caught or missed.
    own_ratio : C/L the office declared, added to the grid and marked; cells_a_year : areas times periods a
        year
    Raises: NotDefined("one_outcome") where nothing happened, or something everywhere; ValueError.
    """
    if not 0.0 < level < 1.0 or resamples < 1:
        raise ValueError("a level lies between 0 and 1, and at least one sample is drawn")
    if len(cells) == 0 or cells.happened.all() or not cells.happened.any():
        raise NotDefined("one_outcome", "without both events and quiet periods no value can be told")
    grid = sorted({*ratios, *(() if own_ratio is None else (own_ratio,))})
    a = np.asarray(grid)
    sums = _block_sums(cells, a)
    whole = sums.sum(axis=0)
    base, h, f = _rates(whole, len(a))
    values = relative_value(base, h, f, a)
    low, high = _interval(sums, a, level, resamples, rng)
    caught = whole[2 : 2 + len(a)]
    told_at = np.minimum(caught, whole[1] - caught) >= _LEAST_EVENTS
    rows = []
    for j, ratio in enumerate(grid):
        told = alert_economics(float(base), float(h[j]), float(f[j]), cells_a_year=cells_a_year)
        rows.append(
            CostLossRow(
                ratio=ratio,
                alarmed=float(base * h[j] + (1.0 - base) * f[j]),
                missed=float(1.0 - h[j]),
                ppv=told.ppv,
                false_alarms_year=told.false_alarms_year,
                value=float(values[j]),
                low=float(low[j]) if low is not None and told_at[j] else None,
                high=float(high[j]) if high is not None and told_at[j] else None,
                own=ratio == own_ratio,
            )
        )
    return tuple(rows)


def _block_sums(cells: PastCells, ratios: _Floats) -> _Floats:
    """By area-year: cells, events, then alarms on events and on quiet cells for every ratio."""
    _, area = np.unique(cells.areas, return_inverse=True)
    _, block = np.unique(np.stack([area, cells.years]), axis=1, return_inverse=True)
    alarm = cells.probabilities[:, None] >= ratios
    event = cells.happened[:, None]
    columns = np.hstack([np.ones_like(event), event, alarm & event, alarm & ~event]).astype(np.float64)
    sums = np.zeros((int(block.max()) + 1, columns.shape[1]))
    np.add.at(sums, block.ravel(), columns)
    return sums


def _rates(sums: _Floats, ratios: int) -> tuple[_Floats, _Floats, _Floats]:
    n, events = sums[..., 0], sums[..., 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        h = sums[..., 2 : 2 + ratios] / events[..., None]
        f = sums[..., 2 + ratios :] / (n - events)[..., None]
    return np.asarray(events / n), h, f


def _interval(
    sums: _Floats, ratios: _Floats, level: float, resamples: int, rng: np.random.Generator
) -> tuple[_Floats | None, _Floats | None]:
    blocks = len(sums)
    if blocks < 2:
        return None, None
    times = rng.multinomial(blocks, np.full(blocks, 1.0 / blocks), size=resamples).astype(np.float64)
    base, h, f = _rates(times @ sums, len(ratios))
    usable = (base > 0.0) & (base < 1.0)
    if usable.mean() <= _LEAST_USABLE:
        return None, None
    values = relative_value(base[usable, None], h[usable], f[usable], ratios)
    low, high = np.quantile(values, [(1.0 - level) / 2.0, (1.0 + level) / 2.0], axis=0)
    return low, high
