"""Intraclass correlations of a complete table of targets by raters: the six forms of Shrout and Fleiss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kelisim.core.errors import NotDefined

__all__ = ["FORMS", "Intraclass", "intraclass"]

FORMS: tuple[str, ...] = ("1", "2", "3", "1k", "2k", "3k")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intraclass:
    """form : "1" raters differ between targets; "2" the same raters, drawn from many; "3" these raters alone;
    with "k" of the mean over raters.  low, high : F interval, exact for forms 1 and 3 under normality, by
    Satterthwaite's degrees of freedom for form 2."""

    form: str
    value: float
    low: float
    high: float
    level: float
    targets: int
    raters: int


def intraclass(scores: ArrayLike, *, level: float) -> tuple[Intraclass, ...]:
    """ICC(1), (2,1), (3,1) and their forms for the mean of k raters (Shrout and Fleiss 1979), by ANOVA.

    scores : (targets, raters) numbers without gaps
    With mean squares B between targets, W within them, J between raters and E of the rest, n targets:
    ICC(1) = (B - W) / (B + (k - 1) W), ICC(2,1) = (B - E) / (B + (k - 1) E + k (J - E) / n),
    ICC(3,1) = (B - E) / (B + (k - 1) E).  Negative values mean that targets differ less than chance has it.

    Raises: NotDefined("one_category") when nothing varies, ValueError.

    >>> ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> [(one.form, round(one.value, 2)) for one in intraclass(ratings, level=0.95)]
    [('1', 0.17), ('2', 0.29), ('3', 0.71), ('1k', 0.44), ('2k', 0.62), ('3k', 0.91)]
    """
    from scipy.stats import f

    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, such as 0.95, not at {level}")
    x = np.asarray(scores, dtype=np.float64)
    if x.ndim != 2 or min(x.shape) < 2 or not np.all(np.isfinite(x)):
        raise ValueError("scores are a table of at least two targets by two raters, without gaps")
    n, k = x.shape
    x = x - x.mean()
    between = k * np.square(x.mean(axis=1)).sum() / (n - 1)
    raters = n * np.square(x.mean(axis=0)).sum() / (k - 1)
    within = np.square(x - x.mean(axis=1, keepdims=True)).sum() / (n * (k - 1))
    rest_table = x - x.mean(axis=1, keepdims=True) - x.mean(axis=0, keepdims=True)
    rest = np.square(rest_table).sum() / ((n - 1) * (k - 1))
    if between + within <= 1e-24:
        raise NotDefined("one_category", "every rating is the same")
    tail = (1 - level) / 2
    tiny = np.finfo(float).tiny
    made: dict[str, tuple[float, float, float]] = {}
    for form, noise, df in (("1", within, n * (k - 1)), ("3", rest, (n - 1) * (k - 1))):
        ratio = between / max(noise, tiny)
        ends = ratio / f.isf(tail, n - 1, df), ratio * f.isf(tail, df, n - 1)
        made[form] = tuple(float((r - 1) / (r + k - 1)) for r in (ratio, *ends))  # type: ignore[assignment]
        made[f"{form}k"] = tuple(float(1 - 1 / r) if r > 0 else -np.inf for r in (ratio, *ends))  # type: ignore[assignment]
    below = between + (k - 1) * rest + k * (raters - rest) / n
    two = (between - rest) / below
    shift = raters / max(rest, tiny)
    load = n * (1 + (k - 1) * two) - k * two
    df = (
        (k - 1) * (n - 1) * (k * shift * two + load) ** 2
        / ((n - 1) * k**2 * shift**2 * two**2 + load**2)
    )  # fmt: skip
    up, down = f.isf(tail, n - 1, df), f.isf(tail, df, n - 1)
    spread = k * raters + (k * n - k - n) * rest
    low = n * (between - up * rest) / (up * spread + n * between)
    high = n * (down * between - rest) / (spread + n * down * between)
    made["2"] = (float(two), float(low), float(high))
    made["2k"] = (
        float((between - rest) / (between + (raters - rest) / n)),
        float(low * k / (1 + low * (k - 1))),
        float(high * k / (1 + high * (k - 1))),
    )
    return tuple(
        Intraclass(
            form=form,
            value=made[form][0],
            low=made[form][1],
            high=made[form][2],
            level=level,
            targets=n,
            raters=k,
        )
        for form in FORMS
    )
