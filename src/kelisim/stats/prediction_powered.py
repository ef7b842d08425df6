"""Means and regressions on codes of which most are predicted and some, drawn with known chances, are true.

Predictions that err make a regression on them biased, often even in sign. The design-adjusted outcome puts
the error of each drawn unit back, blown up by its chance: whatever the predictions are worth, the estimate is
unbiased, and the better they are the shorter the interval (Egami et al. 2023; Angelopoulos et al. 2023).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.core.errors import CountsError, NotDefined

__all__ = ["Coefficients", "adjusted_mean", "adjusted_outcome", "adjusted_regression"]

Floats = NDArray[np.float64]
Link = Literal["linear", "logit"]
_STEPS = 100


@dataclass(frozen=True, slots=True, eq=False)
class Coefficients:
    """values, se : shape (columns,); n : units of the frame, drawn : those with a true code"""

    values: Floats
    se: Floats
    n: int
    drawn: int

    def intervals(self, level: float) -> tuple[Floats, Floats]:
        """Ends of the normal intervals."""
        from scipy.special import ndtri

        if not 0 < level < 1:
            raise ValueError(f"a level lies between 0 and 1, such as 0.95, not at {level}")
        half = float(ndtri(0.5 + level / 2)) * self.se
        return self.values - half, self.values + half


def adjusted_outcome(predicted: ArrayLike, rows: ArrayLike, codes: ArrayLike, chance: ArrayLike) -> Floats:
    """f_i + (y_i - f_i) / p_i for the units drawn, f_i for the others; shape (units,).

    predicted : f of every unit of the frame, from models that did not see its true code
    rows : places of the units drawn; codes : their true values y; chance : their chances p to be drawn
    Raises: CountsError where the shapes do not fit or a chance is not in (0, 1].

    >>> adjusted_outcome([0.2, 0.2, 0.9, 0.9], [1, 2], [1.0, 1.0], [0.5, 0.5]).round(2).tolist()
    [0.2, 1.8, 1.1, 0.9]
    """
    made = np.array(predicted, dtype=np.float64)
    place = np.asarray(rows, dtype=np.int64)
    y, p = np.asarray(codes, dtype=np.float64), np.asarray(chance, dtype=np.float64)
    if made.ndim != 1 or not (place.shape == y.shape == p.shape) or len(set(place.tolist())) != len(place):
        raise CountsError("every unit drawn has one place, code and chance")
    if not np.isfinite(made).all() or not np.isfinite(y).all() or not ((p > 0) & (p <= 1)).all():
        raise CountsError("predictions and codes are numbers, and chances lie above 0 and up to 1")
    if place.size and not (place.min() >= 0 and place.max() < len(made)):
        raise CountsError("a unit drawn has no place in the frame")
    made[place] += (y - made[place]) / p
    return made


def adjusted_mean(
    predicted: ArrayLike, rows: ArrayLike, codes: ArrayLike, chance: ArrayLike, strata: ArrayLike
) -> tuple[float, float]:
    """Mean of the true codes over the frame and its standard error, for a sample drawn within strata.

    value = mean f + sum over strata of W_h (mean of y - f among those drawn); variance = sum of W_h^2
    (1 - n_h / N_h) s_h^2 / n_h with s_h that of y - f (difference estimator; Saerndal et al. 1992).
    strata : of every unit of the frame

    Raises: NotDefined("single_unit") where a stratum has one unit drawn, CountsError.

    >>> f = np.array([0.1, 0.1, 0.1, 0.1])
    >>> mean, se = adjusted_mean(f, [0, 1], [0.0, 1.0], [0.5, 0.5], [0, 0, 0, 0])
    >>> round(mean, 3), round(se, 3)
    (0.5, 0.354)
    """
    adjusted_outcome(predicted, rows, codes, chance)  # the same checks
    f, place, y = np.asarray(predicted, float), np.asarray(rows), np.asarray(codes, float)
    owner = np.unique(np.asarray(strata), return_inverse=True)[1].ravel()
    size = np.bincount(owner).astype(np.float64)
    drawn = np.bincount(owner[place], minlength=len(size)).astype(np.float64)
    if (drawn < 1).any() or ((drawn < 2) & (size > drawn)).any():
        raise NotDefined("single_unit", "a stratum has fewer than two units with a true code")
    off = y - f[place]
    mean = np.bincount(owner[place], weights=off, minlength=len(size)) / drawn
    spread = np.bincount(owner[place], weights=np.square(off - mean[owner[place]]), minlength=len(size))
    weight = size / size.sum()
    variance = np.square(weight) * (1 - drawn / size) * spread / np.maximum(drawn - 1, 1) / drawn
    return float(f.mean() + weight @ mean), float(np.sqrt(variance.sum()))


def adjusted_regression(
    columns: ArrayLike,
    predicted: ArrayLike,
    rows: ArrayLike,
    codes: ArrayLike,
    chance: ArrayLike,
    *,
    link: Link,
    clusters: ArrayLike | None = None,
) -> Coefficients:
    """Regression of the true code on columns known for every unit, by the design-adjusted outcome.

    Solves sum of x_i (y~_i - g(x_i b)) = 0 with y~ the adjusted outcome and g the identity or the logistic
    function; variance by the sandwich, over clusters where they are given (Egami et al. 2023).
    columns : shape (units, columns), a column of ones among them where a constant is wanted

    Raises: NotDefined("collinear") where the columns tell nothing apart, NotDefined("no_solution") where
    the equations have none, CountsError.
    """
    x = np.asarray(columns, dtype=np.float64)
    y = adjusted_outcome(predicted, rows, codes, chance)
    if x.ndim != 2 or len(x) != len(y):
        raise CountsError("there is one row of columns for each unit")
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise NotDefined("collinear", "some columns are the same but for a constant factor or a sum")
    b: Floats = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        fitted, slope = _mean(x @ b, link)
        bread = x.T @ (x * slope[:, None])
        try:
            step = np.linalg.solve(bread, x.T @ (y - fitted))
        except np.linalg.LinAlgError:
            raise NotDefined("no_solution", "the codes are all but determined by the columns") from None
        b = b + step
        if np.abs(step).max() < 1e-10:
            break
    else:
        raise NotDefined("no_solution", "the equations of the regression were not solved")
    fitted, slope = _mean(x @ b, link)
    score = x * (y - fitted)[:, None]
    small = 1.0
    if clusters is not None:
        owner = np.unique(np.asarray(clusters).astype(str), return_inverse=True)[1].ravel()
        groups = int(owner.max()) + 1
        if groups < 2:
            raise NotDefined("one_cluster", "all units lie in one cluster")
        summed = np.zeros((groups, x.shape[1]))
        np.add.at(summed, owner, score)
        score, small = summed, groups / (groups - 1)
    inverse = np.linalg.inv(x.T @ (x * slope[:, None]))
    covariance = small * inverse @ (score.T @ score) @ inverse
    return Coefficients(b, np.sqrt(np.diag(covariance)), len(y), len(np.asarray(rows)))


def _mean(linear: Floats, link: Link) -> tuple[Floats, Floats]:
    if link == "linear":
        return linear, np.ones_like(linear)
    from scipy.special import expit

    p = expit(linear)
    return p, p * (1 - p)
