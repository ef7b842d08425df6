"""The gate for covariates: a series from outside enters the forecast only if it made past forecasts better.

A covariate (tone of comments, trust in a survey, unemployment) is declared with the direction it is expected
to work in, before it is tried. It moves the pool's draws by a factor fitted on past origins only. It is
admitted at a horizon where its addition lowered the CRPS of past origins with an interval that excludes 0;
otherwise it is reported as not admitted, with the same figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.core.errors import CountsError
from kelisim.forecasting.backtest import Backtest, Case, Difference, difference, scored_case
from kelisim.forecasting.nowcast import LONGEST_DELAY
from kelisim.forecasting.replay import Issue
from kelisim.forecasting.vintages import Vintages

__all__ = ["Admission", "Covariate", "Judgement", "admit", "moved", "shifted"]

Judgement = Literal["admitted", "not_admitted", "against_direction", "too_little_data"]

_LEAST_FITTED, _LEAST_JUDGED = 12, 12  # origins to fit a factor on, and origins to judge it by
_RIDGE = 0.5  # prior standard deviation of the coefficient of a standardised covariate
_WIDEST = 4.0  # factors are cut to a quarter and to four times
_WITH, _WITHOUT = "with", "without"

_Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Covariate:
    """A series by area and month, as it was known in that month.

    values : array, shape (areas, months); nan where it was not measured, which leaves the forecast alone
    direction : +1 where more of it is expected to bring more incidents, -1 where fewer
    delay : months until a value is known; a forecast sees the value of that many months before its last one
    """

    name: str
    values: _Array
    direction: Literal[-1, 1]
    delay: int

    @classmethod
    def of(cls, name: str, values: ArrayLike, *, direction: Literal[-1, 1], delay: int) -> Covariate:
        """Check the series. Raises: CountsError for a wrong shape, infinite values or a negative delay."""
        given = np.array(values, dtype=np.float64)
        if given.ndim != 2 or np.isinf(given).any() or delay < 0 or direction not in (-1, 1):
            raise CountsError(f"covariate '{name}': finite values by area and month, a direction and a delay")
        given.setflags(write=False)
        return cls(name, given, direction, delay)

    def seen(self, origin: int) -> _Array:
        """Standardised values that a forecast from that origin sees, shape (areas,), 0 where not measured.

        Mean and spread are those of all values known by then.
        """
        last = origin - 1 - self.delay
        if last < 0:
            return np.zeros(len(self.values))
        past = self.values[:, : last + 1]
        known = past[np.isfinite(past)]
        if known.size < 2 or known.std() == 0:
            return np.zeros(len(self.values))
        return np.asarray(np.nan_to_num((past[:, -1] - known.mean()) / known.std()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What the gate said at one horizon.

    coefficient : log factor per standard deviation, fitted on all ended windows; difference : CRPS with less
    CRPS without, over the origins judged; None where there were too few
    """

    covariate: str
    horizon: int
    judgement: Judgement
    coefficient: float
    difference: Difference | None


def admit(
    covariates: Sequence[Covariate],
    issues: Sequence[Issue],
    vintages: Vintages,
    *,
    level: float,
    resamples: int,
    rng: np.random.Generator,
) -> tuple[Admission, ...]:
    """Judge every declared covariate by itself at every horizon.

    issues : past forecasts in order of origin, as `replay` gives them. At each of them the factor is fitted
    on the windows that had ended by then, at least 12, and the pool is scored with and without it.
    level : of the interval for one covariate; with k of them each is judged at 1 - (1 - level) / k, so that
    trying many does not admit one by chance (Dunn 1961).
    Raises: CountsError where a covariate does not fit the register.
    """
    for covariate in covariates:
        if covariate.values.shape != (len(vintages.areas), vintages.months):
            raise CountsError(f"covariate '{covariate.name}' has not the areas and months of the register")
    strict = 1 - (1 - level) / max(len(covariates), 1)
    horizons = sorted(issues[0].draws["pool"]) if issues else []
    return tuple(
        _judged(covariate, h, issues, vintages, strict, resamples, rng)
        for covariate in covariates
        for h in horizons
    )


def shifted(draws: NDArray[np.int64], factor: _Array, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draws whose means are multiplied by a factor for each area, shape (areas, draws).

    Below 1 every incident is kept with that probability. Above 1 each future gains Poisson((f - 1) c), c its
    credible intensity z d + (1 - z) m with mean m of the area, its draw d and z = max(0, 1 - m / variance)
    (Buhlmann 1967): exact in the mean, and wide futures stay wide.

    >>> shifted(np.array([[2, 4]]), np.array([1.0]), np.random.default_rng(1)).tolist()
    [[2, 4]]
    """
    kept = rng.binomial(draws, np.minimum(factor, 1.0)[:, None])
    mean, variance = draws.mean(axis=1, keepdims=True), draws.var(axis=1, keepdims=True)
    z = np.clip(1 - mean / np.maximum(variance, 1e-12), 0, 1)
    added = rng.poisson(np.maximum(factor - 1, 0.0)[:, None] * (z * draws + (1 - z) * mean))
    return np.asarray(kept + added)


def moved(
    covariate: Covariate, h: int, issues: Sequence[Issue], vintages: Vintages, rng: np.random.Generator
) -> NDArray[np.int64]:
    """The pool's draws of the latest issue, moved by a covariate that the gate admitted at this horizon.

    The factor is fitted on every window that had ended by then, reports included.
    """
    last = issues[-1]
    settle = LONGEST_DELAY if vintages.dated else 0
    ended = [issue for issue in issues if issue.origin + h + settle <= last.origin]
    fitted = _fit(
        {issue.origin: covariate.seen(issue.origin) for issue in ended},
        {issue.origin: issue.draws["pool"][h].mean(axis=1) for issue in ended},
        {issue.origin: last.seen.after(issue.origin, h) for issue in ended},
        h,
    )
    return shifted(last.draws["pool"][h], _factor(*fitted, covariate.seen(last.origin)), rng)


def _judged(
    covariate: Covariate,
    h: int,
    issues: Sequence[Issue],
    vintages: Vintages,
    level: float,
    resamples: int,
    rng: np.random.Generator,
) -> Admission:
    final = vintages.final()
    x = {issue.origin: covariate.seen(issue.origin) for issue in issues}
    mean = {issue.origin: issue.draws["pool"][h].mean(axis=1) for issue in issues}
    # Where reports come late, a window counts once they have come in.
    settle = LONGEST_DELAY if vintages.dated else 0
    cases: list[Case] = []
    for issue in issues:
        earlier = [origin for origin in x if origin + h + settle <= issue.origin]
        if len(earlier) < _LEAST_FITTED or issue.origin + h > vintages.months:
            continue
        fitted = _fit(x, mean, {origin: issue.seen.after(origin, h) for origin in earlier}, h)
        made, outcome = issue.draws["pool"][h], final.after(issue.origin, h)
        moved = shifted(made, _factor(*fitted, x[issue.origin]), rng)
        for name, draws in ((_WITH, moved), (_WITHOUT, made)):
            cases.append(scored_case(name, h, issue.origin, draws, outcome))
    ended = {origin: final.after(origin, h) for origin in x if origin + h <= vintages.months}
    beta = _fit(x, mean, ended, h)[0] if ended else 0.0
    found = Admission(
        covariate=covariate.name, horizon=h, judgement="too_little_data", coefficient=beta, difference=None
    )
    if len(cases) < 2 * _LEAST_JUDGED:
        return found
    gap = difference(
        Backtest(tuple(cases)), _WITH, _WITHOUT, h, "crps", level=level, resamples=resamples, rng=rng
    )
    if gap.high is None:
        return replace(found, difference=gap)
    if beta * covariate.direction < 0:
        # An effect against what was declared is a finding to think about, not a reason to trust the series.
        return replace(found, judgement="against_direction", difference=gap)
    return replace(found, judgement="admitted" if gap.shows_skill else "not_admitted", difference=gap)


def _factor(beta: float, level: float, x: _Array) -> _Array:
    return np.asarray(np.clip(np.exp(beta * x + level), 1 / _WIDEST, _WIDEST))


def _fit(
    x: Mapping[int, _Array], mean: Mapping[int, _Array], outcomes: Mapping[int, NDArray[np.int64]], h: int
) -> tuple[float, float]:
    """beta and level of y ~ quasi-Poisson(m exp(beta x + level)), m the mean of the pool's draws.

    The level keeps the sum of all means, so that a covariate gets no credit for a pool that lies too low.
    Overlapping windows are worth 1 / h each; the spread beyond Poisson divides the weight of the data.
    """
    from scipy.optimize import minimize_scalar

    origins = list(outcomes)
    xs, y = (np.concatenate([part[o] for o in origins]) for part in (x, outcomes))
    m = np.concatenate([mean[o] for o in origins]) + 1e-6
    worth = 1 / (h * max(1.0, float(np.mean((y - m) ** 2 / m))))

    def level(beta: float) -> float:
        return -float(np.log((m * np.exp(beta * xs)).sum() / m.sum()))

    def loss(beta: float) -> float:
        return beta**2 / (2 * _RIDGE**2) - worth * float(beta * (y * xs).sum() + level(beta) * y.sum())

    beta = float(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x)
    return beta, level(beta)
