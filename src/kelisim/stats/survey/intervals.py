"""Ends of intervals: t for means and totals, and four declared methods for shares.

The rule for shares: logit t is the default, and the beta interval of Korn and Graubard stands in where the
estimate is 0 or 1; beta is also what decides publication, since it is conservative where that is right.
Wilson is offered with the effective n. The interval p +- t SE is not offered for shares: it misses rare
answers.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from kelisim.stats.survey.stages import Floats

__all__ = ["SHARE_METHODS", "ShareMethod", "share_interval", "t_interval", "t_quantile"]

ShareMethod = Literal["logit", "wilson", "beta", "beta-uncapped"]
SHARE_METHODS: tuple[str, ...] = get_args(ShareMethod)


def t_quantile(df: Floats, level: float) -> Floats:
    """Two-sided t quantile; NaN where no degree of freedom is left."""
    from scipy.special import stdtrit

    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, such as 0.95, not at {level}")
    df = np.asarray(df, dtype=np.float64)
    found: Floats = np.where(df > 0, stdtrit(np.maximum(df, 1e-3), (1 + level) / 2), np.nan)
    return found


def t_interval(value: Floats, se: Floats, df: Floats, level: float) -> tuple[Floats, Floats]:
    """value -+ t(df) se.

    >>> [round(float(end), 3) for end in t_interval(np.array(5.0), np.array(1.0), np.array(3.0), 0.95)]
    [1.818, 8.182]
    """
    half = t_quantile(df, level) * se
    return value - half, value + half


def share_interval(
    p: Floats,
    se: Floats,
    df: Floats,
    n: Floats,
    psus: Floats,
    level: float,
    method: ShareMethod,
    planned_deff: float | None,
) -> tuple[Floats, Floats]:
    """Ends of the interval of shares; arrays of one shape.

    "logit": logit p -+ t(df) se / (p (1 - p)), mapped back; at 0 and 1 the beta interval.
    "beta": quantiles of Beta(x, n* - x + 1) and Beta(x + 1, n* - x) with x = n* p and
        n* = n_eff (t_{n-1} / t_df)^2, n_eff = p (1 - p) / se^2, not more than n (Korn and Graubard 1998);
        "beta-uncapped" leaves n_eff as it is, for agreement with programs that do.
    "wilson": the p with |p_hat - p| <= t(df) sqrt(p (1 - p) / n_eff).
    At 0 and 1 no effect of the design can be seen: n_eff = n / planned_deff, and without a planned one every
    first-stage unit counts as one answer, the worst case.

    >>> ends = share_interval(*(np.array([x]) for x in (0.3, 0.05, 20.0, 300.0, 25.0)), 0.95, "logit", None)
    >>> [round(float(end[0]), 4) for end in ends]
    [0.2069, 0.4132]
    """
    if method not in SHARE_METHODS:
        raise ValueError(
            f"no interval of shares is called '{method}'; take one of {', '.join(SHARE_METHODS)}"
        )
    if planned_deff is not None and not planned_deff > 0:
        raise ValueError(f"a design effect is above 0, not {planned_deff}")
    t = t_quantile(df, level)
    edge = (p <= 0) | (p >= 1) | (se <= 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        seen = p * (1 - p) / np.square(se)
    worst = psus if planned_deff is None else n / planned_deff
    n_eff = np.where(edge, np.minimum(worst, n), seen)
    if method == "wilson":
        return _wilson(p, n_eff, t)
    low, high = _beta(p, n_eff, n, t, level, capped=method != "beta-uncapped")
    if method == "logit":
        logit_low, logit_high = _logit(p, se, t)
        low, high = np.where(edge, low, logit_low), np.where(edge, high, logit_high)
    return low, high


def _logit(p: Floats, se: Floats, t: Floats) -> tuple[Floats, Floats]:
    from scipy.special import expit, logit

    with np.errstate(divide="ignore", invalid="ignore"):
        middle, half = logit(p), t * se / (p * (1 - p))
        return expit(middle - half), expit(middle + half)


def _beta(
    p: Floats, n_eff: Floats, n: Floats, t: Floats, level: float, capped: bool
) -> tuple[Floats, Floats]:
    from scipy.special import betaincinv

    if capped:
        n_eff = np.minimum(n_eff, n)
    star = n_eff * np.square(t_quantile(n - 1, level) / t)
    x, tail = star * p, (1 - level) / 2
    safe = np.isfinite(star)
    x, rest = np.where(safe, x, 1.0), np.where(safe, star - x, 1.0)
    low = np.where(x <= 0, 0.0, betaincinv(np.maximum(x, 1e-300), rest + 1, tail))
    high = np.where(rest <= 0, 1.0, betaincinv(x + 1, np.maximum(rest, 1e-300), 1 - tail))
    return np.where(safe, low, np.nan), np.where(safe, high, np.nan)


def _wilson(p: Floats, n_eff: Floats, t: Floats) -> tuple[Floats, Floats]:
    square = np.square(t)
    middle = (p + square / (2 * n_eff)) / (1 + square / n_eff)
    half = t / (1 + square / n_eff) * np.sqrt(p * (1 - p) / n_eff + square / (4 * np.square(n_eff)))
    # At the ends the formula gives exactly 0 and 1; floats miss them by the last binary digit.
    return np.where(p <= 0, 0.0, middle - half), np.where(p >= 1, 1.0, middle + half)
