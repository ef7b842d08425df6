"""Agreement of coders: Krippendorff's alpha with a bootstrap interval, Gwet's AC1 and a table by category.

Units that were coded alike are one pattern (how often each value was given), so a file of a million units
is a few dozen patterns, and every bootstrap draw is a product of pattern weights with their sums. Observed
and expected disagreement are both counted anew in every draw. Data in which nothing can be compared, or in
which one value alone occurs, have no alpha: that is a finding with its reason, and neither 1 nor 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.core.errors import NotDefined
from kelisim.stats.survey.coding import compress

__all__ = ["METRICS", "Agreement", "CategoryAgreement", "Metric", "agreement", "krippendorff_alpha"]

Metric = Literal["nominal", "ordinal", "interval", "ratio"]
METRICS: tuple[str, ...] = get_args(Metric)
Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
_MOST_VALUES = 1024
_BLOCK = 4_000_000
_SHARE_OF_DRAWS = 0.95


@dataclass(frozen=True, slots=True)
class CategoryAgreement:
    """One value against all others: its part of the codes, and alpha of "this value or not".

    alpha : None where every code, or none, is this value
    """

    label: str
    share: float
    alpha: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Alpha and what stands beside it.

    alpha, low, high, level : the coefficient and its percentile interval; the ends are None where more than
        one draw in twenty has no alpha of its own
    units : units with two codes or more; codes : their codes; single : units with one code, left out
    ac1 : Gwet's coefficient of agreement in names, which does not fall when one value is very frequent
    categories : one row per value; as ac1, for nominal and ordinal data alone
    resampled : "units" or "clusters"; draws : bootstrap draws with an alpha
    """

    alpha: float
    low: float | None
    high: float | None
    level: float
    metric: Metric
    units: int
    codes: int
    single: int
    coders: int
    ac1: float | None
    categories: tuple[CategoryAgreement, ...]
    resampled: Literal["units", "clusters"]
    draws: int


def krippendorff_alpha(codes: ArrayLike, *, metric: Metric, order: Sequence[Any] | None = None) -> float:
    """Krippendorff's alpha, 1 - observed / expected disagreement (Krippendorff 2019).

    codes : (units, coders) numbers with NaN, or text with "" or None, where a coder gave nothing
    metric : squared difference of two values c, k: "nominal" 1[c != k]; "ordinal" of their mid-ranks among
        all codes; "interval" (c - k)^2; "ratio" ((c - k) / (c + k))^2
    order : values of ordinal text from lowest to highest

    Observed: sum over units of (ordered pairs of codes within the unit) / (m_u - 1), by the metric; expected:
    the same over all pairs of codes / (n - 1). Units with one code count in neither.

    Raises: NotDefined("nothing_pairable" | "one_value"), ValueError.

    >>> round(krippendorff_alpha([[1, 1], [2, 2], [3, 2], [1, 1]], metric="ordinal"), 4)
    0.9
    """
    return _point(_patterns(_coded(codes, metric, order), metric, None).several(), metric)


def agreement(
    codes: ArrayLike,
    *,
    metric: Metric,
    level: float,
    draws: int,
    rng: np.random.Generator,
    clusters: Sequence[Any] | NDArray[Any] | None = None,
    order: Sequence[Any] | None = None,
) -> Agreement:
    """Alpha with its bootstrap interval, AC1 and the table by category.

    clusters : outlet, day or author of each unit: whole clusters are drawn, since their units resemble each
        other; None draws units
    draws : bootstrap draws; the interval is between their percentiles

    AC1 = (p - e) / (1 - e) with p the share of agreeing pairs and e = sum pi_c (1 - pi_c) / (q - 1) over the
    q values (Gwet 2008).  Other arguments and errors as for `krippendorff_alpha`; NotDefined("one_cluster").

    >>> rng = np.random.default_rng(1)
    >>> truth = rng.integers(1, 4, 200)
    >>> second = np.where(rng.random(200) < 0.9, truth, rng.integers(1, 4, 200))
    >>> codes = np.column_stack((truth, second))
    >>> made = agreement(codes, metric="nominal", level=0.95, draws=499, rng=rng)
    >>> made.low < made.alpha < made.high, made.units
    (True, 200)
    """
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, such as 0.95, not at {level}")
    if draws < 2:
        raise ValueError("a bootstrap needs at least 2 draws")
    coded = _coded(codes, metric, order)
    owner = None if clusters is None else _owners(clusters, coded.codes.shape[0])
    every = _patterns(coded, metric, owner)
    found = every.several()
    alpha = _point(found, metric)
    drawn = _drawn(found, metric, draws, rng)
    known = drawn[np.isfinite(drawn)]
    tail = (1 - level) / 2
    ends: tuple[float | None, float | None] = (None, None)
    if known.size >= _SHARE_OF_DRAWS * draws:
        low, high = np.quantile(known, [tail, 1 - tail])
        # A percentile interval may lie beside a value at the edge of what is possible.
        ends = (min(float(low), alpha), max(float(high), alpha))
    named = metric in ("nominal", "ordinal")
    return Agreement(
        alpha=alpha,
        low=ends[0],
        high=ends[1],
        level=level,
        metric=metric,
        units=int(found.times.sum()),
        codes=int(found.times @ found.size),
        single=int(every.times[every.size == 1].sum()),
        coders=coded.codes.shape[1],
        ac1=_ac1(every) if named else None,
        categories=_categories(found, coded.labels) if named else (),
        resampled="units" if owner is None else "clusters",
        draws=int(known.size),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Coded:
    """codes : (units, coders) places in `values`, -1 where nothing was given; numbers : values as numbers."""

    codes: Ints
    labels: tuple[str, ...]
    numbers: Floats


def _coded(codes: ArrayLike, metric: Metric, order: Sequence[Any] | None) -> _Coded:
    if metric not in METRICS:
        raise ValueError(f"no metric is called '{metric}'; take one of {', '.join(METRICS)}")
    array = np.asarray(codes)
    if array.ndim != 2 or array.shape[1] < 2:
        raise ValueError("codes are a table of units by at least two coders")
    if array.dtype.kind in "biuf":
        return _coded_numbers(array, metric, order)
    return _coded_text(array, metric, order)


def _coded_numbers(array: NDArray[Any], metric: Metric, order: Sequence[Any] | None) -> _Coded:
    if order is not None:
        raise ValueError("numbers are in their own order; `order` is for text")
    given: NDArray[np.bool_] | None = None
    if array.dtype.kind == "f":
        null = np.isnan(array)
        given = ~null if null.any() else None
        if np.isinf(array).any():
            raise ValueError("a code is infinite")
        filled = array if given is None else np.where(given, array, 0.0)
        whole = filled.astype(np.int64) if np.abs(filled).max(initial=0.0) < 2**53 else None
        array = whole if whole is not None and np.array_equal(whole, filled) else filled
    else:
        array = array.astype(np.int64)
    flat = array.ravel() if given is None else array[given]
    if array.dtype.kind == "f":
        values, places = np.unique(flat, return_inverse=True)
    else:
        places, values = compress(flat)
    codes = places.reshape(array.shape) if given is None else np.full(array.shape, -1, dtype=np.intp)
    if given is not None:
        codes[given] = places
    numbers = values.astype(np.float64)
    if metric == "ratio" and numbers.size and numbers.min() < 0:
        raise ValueError("a ratio scale has no values below 0")
    return _Coded(codes, tuple(f"{x:g}" for x in numbers[: _MOST_VALUES + 1].tolist()), numbers)


def _coded_text(array: NDArray[Any], metric: Metric, order: Sequence[Any] | None) -> _Coded:
    if metric in ("interval", "ratio"):
        raise ValueError(f"metric '{metric}' needs numbers, not text")
    if metric == "ordinal" and order is None:
        raise ValueError("ordinal text needs `order`, its values from lowest to highest")
    texts = [["" if x is None or x != x else str(x) for x in row] for row in array.tolist()]
    present = {text for row in texts for text in row if text}
    labels = sorted(present) if order is None else [str(x) for x in order]
    if unknown := sorted(present - set(labels)):
        raise ValueError(f"`order` does not name {', '.join(repr(text) for text in unknown[:5])}")
    place = {label: i for i, label in enumerate(labels)} | {"": -1}
    codes = np.array([[place[text] for text in row] for row in texts], dtype=np.intp)
    return _Coded(codes.reshape(array.shape), tuple(labels), np.arange(len(labels), dtype=np.float64))


def _owners(clusters: Sequence[Any] | NDArray[Any], units: int) -> Ints:
    places = np.unique(np.asarray(clusters).astype(str), return_inverse=True)[1].astype(np.intp)
    if places.shape != (units,):
        raise ValueError(f"clusters name one cluster for each of the {units} units")
    if not units or places.max() < 1:
        raise NotDefined("one_cluster", "all units lie in one cluster, so clusters cannot be drawn")
    return places


@dataclass(frozen=True, slots=True, eq=False)
class _Patterns:
    """Distinct units and how often they occur.

    counts : (patterns, values) how often each value was given; for interval data (patterns, 3), the number
        of codes, their sum and the sum of their squares
    size : (patterns,) codes of a unit; times : units of each pattern
    by_cluster : (clusters, patterns) sparse numbers of units, None when units are drawn
    """

    counts: Floats
    size: Floats
    times: Floats
    numbers: Floats
    by_cluster: Any = None

    def several(self) -> _Patterns:
        """Units with two codes or more.  Raises: NotDefined("nothing_pairable")."""
        keep = self.size > 1
        if not keep.any():
            raise NotDefined("nothing_pairable", "no unit was coded by two coders")
        by_cluster = None if self.by_cluster is None else self.by_cluster[:, np.flatnonzero(keep)]
        return _Patterns(self.counts[keep], self.size[keep], self.times[keep], self.numbers, by_cluster)


def _patterns(coded: _Coded, metric: Metric, owner: Ints | None) -> _Patterns:
    from scipy.sparse import csr_array

    codes, values, coders = coded.codes, coded.numbers.size, coded.codes.shape[1]
    if not values:
        raise NotDefined("nothing_pairable", "no unit was coded")
    if values > _MOST_VALUES and metric != "interval":
        raise ValueError(f"{values} different values are too many for metric '{metric}'; group them")
    # A sum of powers tells how often each value was given, whoever gave it.
    if values * np.log2(coders + 1) < 62:
        power = np.append((coders + 1) ** np.arange(values, dtype=np.int64), 0)
        key = power[codes[:, 0]]
        for column in codes.T[1:]:
            key += power[column]
        place, found = compress(key)
        counts: Any = found[:, None] // power[None, :-1] % (coders + 1)
    else:
        rows, place = np.unique(np.sort(codes, axis=1), axis=0, return_inverse=True)
        place = place.ravel()
        counts = None if metric == "interval" else _tally(rows, values)
    if metric == "interval":
        numbers = coded.numbers - coded.numbers.mean()
        if counts is None:
            each = np.where(rows < 0, 0.0, numbers[rows])
            columns = ((rows >= 0).sum(axis=1), each.sum(axis=1), np.square(each).sum(axis=1))
        else:
            columns = (counts.sum(axis=1), counts @ numbers, counts @ np.square(numbers))
        counts = np.stack(columns, axis=1)
    counts = np.asarray(counts, dtype=np.float64)
    size = counts[:, 0] if metric == "interval" else counts.sum(axis=1)
    times = np.bincount(place, minlength=counts.shape[0]).astype(np.float64)
    by_cluster = None
    if owner is not None:
        by_cluster = csr_array((np.ones(place.size), (owner, place)), shape=(owner.max() + 1, times.size))
    return _Patterns(counts, size, times, coded.numbers, by_cluster)


def _tally(rows: Ints, values: int) -> Floats:
    counts = np.zeros((rows.shape[0], values + 1))
    for column in rows.T:
        counts[np.arange(rows.shape[0]), column] += 1
    return counts[:, :-1]


def _point(found: _Patterns, metric: Metric) -> float:
    alpha = float(_alphas(found, metric)(found.times[None, :])[0])
    if not np.isfinite(alpha):
        raise NotDefined("one_value", "one value occurs alone, so no disagreement could be expected")
    return alpha


def _alphas(found: _Patterns, metric: Metric) -> Callable[[Floats], Floats]:
    """Alpha as a function of pattern weights (draws, patterns); NaN where nothing can be expected."""
    counts, pairs = found.counts, 1 / (found.size - 1)
    if metric == "interval":
        spread = 2 * (counts[:, 0] * counts[:, 2] - np.square(counts[:, 1])) * pairs
    elif metric == "nominal":
        spread = (np.square(found.size) - np.square(counts).sum(axis=1)) * pairs
    elif metric == "ratio":
        apart = _ratio(found.numbers)
        spread = np.einsum("pc,ck,pk->p", counts, apart, counts, optimize=True) * pairs

    def alphas(weights: Floats) -> Floats:
        total = weights @ counts
        if metric == "interval":
            n, observed = total[:, 0], weights @ spread
            expected = 2 * (n * total[:, 2] - np.square(total[:, 1]))
            # Sums of equal numbers leave a rounding error where there is no difference at all.
            expected = np.where(expected > 1e-12 * n * total[:, 2], expected, 0.0)
        elif metric == "ordinal":
            n = total.sum(axis=1)
            rank = np.cumsum(total, axis=1) - total / 2 - n[:, None] / 2
            within = found.size * (np.square(rank) @ counts.T) - np.square(rank @ counts.T)
            observed = 2 * np.einsum("rp,rp,p->r", weights, within, pairs)
            expected = 2 * n * np.einsum("rv,rv,rv->r", total, rank, rank)
        else:
            n, observed = total.sum(axis=1), weights @ spread
            if metric == "nominal":
                expected = np.square(n) - np.square(total).sum(axis=1)
            else:
                expected = np.einsum("rc,rc->r", total @ apart, total)
        with np.errstate(divide="ignore", invalid="ignore"):
            made: Floats = np.where(expected > 0, 1 - (n - 1) * observed / expected, np.nan)
        return made

    return alphas


def _ratio(numbers: Floats) -> Floats:
    total = numbers[:, None] + numbers[None, :]
    off = numbers[:, None] - numbers[None, :]
    found: Floats = np.square(np.divide(off, total, out=np.zeros_like(off), where=total != 0))
    return found


def _drawn(found: _Patterns, metric: Metric, draws: int, rng: np.random.Generator) -> Floats:
    alphas, made = _alphas(found, metric), np.empty(draws)
    units = found.times if found.by_cluster is None else np.ones(found.by_cluster.shape[0])
    chances, size = units / units.sum(), int(units.sum())
    step = max(1, _BLOCK // max(units.size, found.times.size))
    for first in range(0, draws, step):
        part = slice(first, min(first + step, draws))
        weights = rng.multinomial(size, chances, size=part.stop - part.start).astype(np.float64)
        if found.by_cluster is not None:
            weights = (found.by_cluster.T @ weights.T).T
        made[part] = alphas(weights)
    return made


def _ac1(every: _Patterns) -> float:
    """Gwet's AC1 of the values as categories, from units with any code."""
    given, several = every.size > 0, every.size > 1
    part = every.counts[given] / every.size[given, None]
    chance = every.times[given] @ part / every.times[given].sum()
    counts, size, times = every.counts[several], every.size[several], every.times[several]
    agreeing = times @ ((counts * (counts - 1)).sum(axis=1) / (size * (size - 1))) / times.sum()
    expected = float((chance * (1 - chance)).sum()) / (chance.size - 1)
    return float((agreeing - expected) / (1 - expected))


def _categories(found: _Patterns, labels: Sequence[str]) -> tuple[CategoryAgreement, ...]:
    total = found.times @ found.counts
    rows = []
    for place, label in enumerate(labels):
        alpha, own = None, found.counts[:, place]
        if 0 < total[place] < total.sum():
            binary = _Patterns(
                np.stack((found.size - own, own), axis=1), found.size, found.times, np.arange(2.0)
            )
            alpha = _point(binary, "nominal")
        rows.append(CategoryAgreement(label, float(total[place] / total.sum()), alpha))
    return tuple(rows)
