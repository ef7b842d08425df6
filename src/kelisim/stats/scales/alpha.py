"""Cronbach's alpha with two intervals, and what each item adds.

Feldt's interval holds for independent interviews. People of one village resemble each other, so the interval
that counts in a clustered sample draws sampling units: every draw is a product of unit factors with sums by
unit, and alpha is taken anew. It is made of log(1 - alpha), whose spread hardly depends on alpha.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kelisim.core.errors import NotDefined
from kelisim.stats.scales.items import Items
from kelisim.stats.survey.intervals import t_quantile
from kelisim.stats.survey.replicates import bootstrap
from kelisim.stats.survey.sample import Sample
from kelisim.stats.survey.stages import Floats
from kelisim.stats.survey.variance import degrees, lay_pairs

__all__ = ["Alpha", "ClusterInterval", "ItemStatistics", "cluster_interval", "cronbach", "feldt_interval"]


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """rest : correlation with the sum of the other items, None where one of the two does not vary
    alpha_without : alpha of the other items, None when fewer than two or nothing of them varies"""

    name: str
    mean: float
    sd: float
    rest: float | None
    alpha_without: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alpha:
    """Alpha, Feldt's interval for independent interviews, the items, and records behind it.

    mean_correlation : mean of the correlations between items, None where an item does not vary
    """

    value: float
    low: float
    high: float
    level: float
    n: int
    items: tuple[ItemStatistics, ...]
    mean_correlation: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterInterval:
    """Interval by drawing sampling units; None where no degree of freedom is left.

    se_log : standard error of log(1 - coefficient); df : units minus strata; psus : units with answers
    """

    low: float | None
    high: float | None
    level: float
    se_log: float
    df: float
    psus: int
    draws: int


def cronbach(
    scores: ArrayLike, *, level: float, weights: ArrayLike | None = None, names: tuple[str, ...] = ()
) -> Alpha:
    """Cronbach's alpha, k / (k - 1) (1 - sum of item variances / variance of the sum) (Cronbach 1951).

    scores : (records, items) complete answers, reversed items turned; weights : (records,) survey weights
    Interval: 1 - (1 - alpha) F with F quantiles of n - 1 and (n - 1)(k - 1) degrees of freedom (Feldt 1965),
    for independent interviews of equal weight.

    Raises: NotDefined("one_category") when the sum of the items does not vary, ValueError.

    >>> answers = [[4, 5, 4, 3], [2, 2, 3, 1], [5, 5, 4, 4], [3, 2, 2, 3], [1, 2, 1, 2]]
    >>> made = cronbach(answers, level=0.95)
    >>> round(made.value, 4), [round(item.rest, 3) for item in made.items]
    (0.9254, [0.954, 0.901, 0.788, 0.714])
    """
    table = np.asarray(scores, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] < 2 or table.shape[0] < 2 or not np.all(np.isfinite(table)):
        raise ValueError("scores are a table of at least two records by two items, without gaps")
    w = np.ones(table.shape[0]) if weights is None else np.asarray(weights, dtype=np.float64)
    if w.shape != table.shape[:1] or not (np.all(w > 0) and np.all(np.isfinite(w))):
        raise ValueError("weights are one number above 0 for each record")
    n, k = table.shape
    mean = w @ table / w.sum()
    off = table - mean
    covariance = (off * w[:, None]).T @ off / w.sum() * n / (n - 1)
    value = float(_alpha(covariance[None])[0])
    if not np.isfinite(value):
        raise NotDefined("one_category", "every record has the same sum, so items cannot be compared")
    low, high = feldt_interval(value, n, k, level)
    names = names or tuple(f"item {i + 1}" for i in range(k))
    items = tuple(_item(i, names[i], float(mean[i]), covariance) for i in range(k))
    sd = np.sqrt(np.diag(covariance))
    between = None
    if np.all(sd > 0):
        between = float((covariance / np.outer(sd, sd)).sum() - k) / (k * (k - 1))
    return Alpha(value=value, low=low, high=high, level=level, n=n, items=items, mean_correlation=between)


def feldt_interval(alpha: float, n: int, k: int, level: float) -> tuple[float, float]:
    """Feldt's interval of an alpha of k items and n independent interviews.

    >>> [round(end, 4) for end in feldt_interval(0.927417984, 10, 4, 0.95)]
    [0.809, 0.9798]
    """
    from scipy.stats import f

    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, such as 0.95, not at {level}")
    if n < 2 or k < 2:
        raise ValueError("an interval of alpha needs at least two records and two items")
    tail, df = (1 - level) / 2, (n - 1, (n - 1) * (k - 1))
    return 1 - (1 - alpha) * float(f.isf(tail, *df)), 1 - (1 - alpha) * float(f.ppf(tail, *df))


def cluster_interval(
    sample: Sample, items: Items, *, level: float, draws: int, rng: np.random.Generator
) -> ClusterInterval:
    """Interval of alpha from a rescaled bootstrap of sampling units within strata (Rao and Wu 1988).

    1 - (1 - alpha) exp(-+ t(df) s), s^2 the mean square of log(1 - alpha) in draws about that of the sample;
    alpha is that of the weighted answers. A draw in which nothing varies is left out.
    Raises: Refused for designs with lonely units that the bootstrap cannot keep, NotDefined as `cronbach`.
    """
    made = bootstrap(sample, draws, rng=rng, centre="replicates")
    sums = _unit_sums(sample, items)
    full = float(_alpha(_covariances(sums.sum(axis=0)[None], len(items.names)))[0])
    if not np.isfinite(full):
        raise NotDefined("one_category", "every record has the same sum, so items cannot be compared")
    assert made.factors is not None
    drawn = _alpha(_covariances(made.factors @ sums, len(items.names)))
    with np.errstate(invalid="ignore", divide="ignore"):
        logs = np.log1p(-drawn)
    logs = logs[np.isfinite(logs)]
    pairs = lay_pairs(sample, None, 1, items.used, 1)
    present = np.bincount(pairs.pair, minlength=pairs.domain.size) > 0
    df = float(degrees(pairs, present)[0])
    se = float(np.sqrt(np.square(logs - np.log1p(-full)).mean())) if logs.size and full < 1 else 0.0
    half = float(t_quantile(np.array(df), level)) * se
    known = np.isfinite(half) and full < 1
    return ClusterInterval(
        low=1 - (1 - full) * float(np.exp(half)) if known else None,
        high=1 - (1 - full) * float(np.exp(-half)) if known else None,
        level=level,
        se_log=se,
        df=df,
        psus=int(present.sum()),
        draws=int(logs.size),
    )


def _alpha(covariance: Floats) -> Floats:
    """Alpha of covariance matrices (..., items, items); NaN where the sum does not vary."""
    k = covariance.shape[-1]
    own = np.trace(covariance, axis1=-2, axis2=-1)
    total = covariance.sum(axis=(-2, -1))
    scale = np.abs(covariance).sum(axis=(-2, -1))
    # The variance of a constant sum is a rounding error of its parts.
    safe = np.where(total > 1e-12 * scale, total, np.nan)
    made: Floats = k / (k - 1) * (1 - own / safe)
    return made


def _item(i: int, name: str, mean: float, covariance: Floats) -> ItemStatistics:
    others = np.delete(np.arange(covariance.shape[0]), i)
    inner = covariance[np.ix_(others, others)]
    rest = None
    if covariance[i, i] > 0 and inner.sum() > 1e-12 * np.abs(inner).sum() > 0:
        rest = float(covariance[i, others].sum() / np.sqrt(covariance[i, i] * inner.sum()))
    without = float(_alpha(inner[None])[0]) if others.size > 1 else np.nan
    return ItemStatistics(
        name, mean, float(np.sqrt(covariance[i, i])), rest, without if np.isfinite(without) else None
    )


def _unit_sums(sample: Sample, items: Items) -> Floats:
    """(units, 1 + items + items^2) sums of w, w x and w x x' in every sampling unit of the last stage."""
    unit, w = sample.unit[items.used], sample.weights[items.used]
    # About the mean, so that squares do not drown the differences.
    x = items.scores - items.scores.mean(axis=0)
    k, units = x.shape[1], sample.last.units
    columns = [w, *(w * x.T), *(w * x[:, i] * x[:, j] for i in range(k) for j in range(k))]
    return np.stack([np.bincount(unit, weights=c, minlength=units) for c in columns], axis=1)


def _covariances(sums: Floats, k: int) -> Floats:
    """Covariance matrices of sums as in `_unit_sums`; a draw without any record is NaN."""
    size = np.where(sums[:, :1] > 0, sums[:, :1], np.nan)
    mean = sums[:, 1 : k + 1] / size
    square = (sums[:, k + 1 :] / size).reshape(-1, k, k)
    made: Floats = square - mean[:, :, None] * mean[:, None, :]
    return made
