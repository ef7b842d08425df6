"""The slow clock: the risk of a year that an area carries by its whole past, whatever happened lately.

It moves over years, with what an area is; the fast signal moves over weeks, with what was reported. They are
shown beside each other and never added.
"""

from __future__ import annotations

from math import exp

from kelisim.core.errors import CountsError, NotDefined

__all__ = ["PSEUDO_MONTHS", "yearly_risk"]

PSEUDO_MONTHS = 6.0
"""What the region's mean is worth, in months of an area's own history."""


def yearly_risk(events: int, months: float, region: float, level: float) -> tuple[float, float, float]:
    """P(at least one event within a year) from all months of a history, each weighing the same.

    The monthly rate is Gamma(s + 6 m, n + 6) with s events in n months and the region's mean m (Robbins
    1956); p is the mean of 1 - exp(-12 rate), 1 - ((n + 6) / (n + 18))^(s + 6 m), its interval from quantiles
    of the rate.
    events : in the area; months : looked at; region : mean events of an area in a month; level : of the
    interval
    Returns: p, low, high.  Raises: NotDefined("no_exposure") without a month, CountsError.

    >>> [round(x, 2) for x in yearly_risk(5, 60, 0.1, 0.9)]
    [0.61, 0.35, 0.84]
    """
    from scipy.special import gammaincinv

    if events < 0 or events != int(events) or region < 0:
        raise CountsError(f"a number of events is a whole number from 0 on, not {events}")
    if months <= 0:
        raise NotDefined("no_exposure", "no month of this area was looked at")
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not at {level}")
    shape, worth = events + PSEUDO_MONTHS * region, months + PSEUDO_MONTHS
    if shape == 0:
        raise NotDefined("too_few_events", "nothing happened anywhere in the region, so no rate can be told")
    ends = gammaincinv(shape, [(1 - level) / 2, (1 + level) / 2]) / worth
    mean = 1 - (worth / (worth + 12)) ** shape
    return mean, 1 - exp(-12 * float(ends[0])), 1 - exp(-12 * float(ends[1]))
