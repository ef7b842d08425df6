"""Means, totals, ratios and shares, for the whole population or for domains in one pass.

Each takes a `Sample` and names of columns. `by` makes a domain of every combination of these columns that
occurs; `where` keeps records of interest. Records without an answer count as zero and stay in the design.
Results come with standard error, degrees of freedom, interval, design effect and joint covariance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from kelisim.core.errors import NotDefined
from kelisim.stats.survey.coding import Coded, Ints
from kelisim.stats.survey.domains import Domains, make_domains
from kelisim.stats.survey.estimation import Counts, DeffKind, counted, finish, spread_of
from kelisim.stats.survey.intervals import ShareMethod
from kelisim.stats.survey.replicates import Replicates
from kelisim.stats.survey.results import Estimates
from kelisim.stats.survey.sample import Bools, Sample
from kelisim.stats.survey.stages import Floats
from kelisim.stats.survey.variance import Pairs, Sums, lay_pairs, weighted_sums

__all__ = ["mean", "ratio", "share", "share_of", "total"]

_BLOCK = 65_536


def mean(
    sample: Sample,
    variable: str,
    *,
    level: float,
    by: Sequence[str] = (),
    where: Bools | None = None,
    deff: DeffKind = "wor",
    replicates: Replicates | None = None,
) -> Estimates:
    """Mean of a variable, m = sum w y / sum w; linearised w (y - m) / W (Binder 1983).

    level : of the t interval; deff : "wor" compares with a simple random sample without replacement,
    S^2 / n (1 - n / W), "replace" with S^2 / n

    Raises: Refused for faults in the columns, NotDefined("no_answers") when nobody answered.

    >>> from kelisim.stats.survey.design import Design
    >>> data = {"w": [10, 10, 30, 30], "place": [1, 1, 2, 2], "y": [1.0, 3.0, 4.0, 6.0]}
    >>> sample = Sample(data, Design(kind="probability", weights="w", psu=("place",), lonely="fail"))
    >>> one = mean(sample, "y", level=0.95).one()
    >>> one.value, round(one.se, 6), one.df
    (4.25, 1.125, 1.0)
    """
    y, domains, pairs, counts, sums = _prepare(sample, variable, by, where)
    totals = sums.totals

    def value(t: Sequence[Floats]) -> Floats:
        return _over(t[1], t[0])

    def linearise(s: Sequence[Floats], d: Ints) -> Floats:
        return (s[1] - s[0] * middle[d]) / size[d]

    middle, size = value(totals), _positive(totals[0])
    simple = _scatter(pairs, y, middle[:, 0], counts) / counts.n.clip(1)
    return finish(
        statistic="mean",
        variable=variable,
        pairs=pairs,
        domains=domains,
        categories=(None,),
        value=middle,
        spread=spread_of(sums, value, linearise, replicates),
        counts=counts,
        simple=simple[:, None],
        level=level,
        deff=deff,
        replicates=replicates,
    )


def total(
    sample: Sample,
    variable: str,
    *,
    level: float,
    by: Sequence[str] = (),
    where: Bools | None = None,
    deff: DeffKind = "wor",
    replicates: Replicates | None = None,
) -> Estimates:
    """Total of a variable, sum w y; records without an answer add nothing (Horvitz and Thompson 1952).

    Arguments, errors and fields as for `mean`.

    >>> from kelisim.stats.survey.design import Design
    >>> data = {"w": [10, 10, 30, 30], "place": [1, 1, 2, 2], "y": [1.0, 3.0, 4.0, 6.0]}
    >>> sample = Sample(data, Design(kind="probability", weights="w", psu=("place",), lonely="fail"))
    >>> one = total(sample, "y", level=0.95).one()
    >>> one.value, one.se
    (340.0, 260.0)
    """
    y, domains, pairs, counts, sums = _prepare(sample, variable, by, where)
    middle = _over(sums.totals[1], sums.totals[0])
    simple = _scatter(pairs, y, middle[:, 0], counts) / counts.n.clip(1) * np.square(counts.weighted)

    def value(t: Sequence[Floats]) -> Floats:
        return t[1]

    def linearise(s: Sequence[Floats], d: Ints) -> Floats:
        return s[1]

    return finish(
        statistic="total",
        variable=variable,
        pairs=pairs,
        domains=domains,
        categories=(None,),
        value=sums.totals[1],
        spread=spread_of(sums, value, linearise, replicates),
        counts=counts,
        simple=simple[:, None],
        level=level,
        deff=deff,
        replicates=replicates,
    )


def ratio(
    sample: Sample,
    numerator: str,
    denominator: str,
    *,
    level: float,
    by: Sequence[str] = (),
    where: Bools | None = None,
    deff: DeffKind = "wor",
    replicates: Replicates | None = None,
) -> Estimates:
    """Ratio of two totals, R = sum w y / sum w x; linearised w (y - R x) / X. Records need both answers.

    Arguments, errors and fields as for `mean`.

    >>> from kelisim.stats.survey.design import Design
    >>> data = {"w": [1, 1, 1, 1], "place": [1, 1, 2, 2], "y": [1, 3, 4, 6], "x": [1, 1, 2, 2]}
    >>> sample = Sample(data, Design(kind="probability", weights="w", psu=("place",), lonely="fail"))
    >>> round(ratio(sample, "y", "x", level=0.95).one().value, 6)
    2.333333
    """
    x = sample.numbers(denominator)
    y, domains, pairs, counts, sums = _prepare(sample, numerator, by, where, x)

    def value(t: Sequence[Floats]) -> Floats:
        return _over(t[1], t[2])

    def linearise(s: Sequence[Floats], d: Ints) -> Floats:
        return (s[1] - s[2] * quotient[d]) / below[d]

    quotient = value(sums.totals)
    below = np.where(sums.totals[2] == 0, np.nan, sums.totals[2])
    here = quotient[0, 0] if domains.codes is None else quotient[domains.codes, 0]
    residual = y - here * x
    with np.errstate(invalid="ignore"):
        simple = _scatter(pairs, residual, np.zeros(pairs.domains), counts) / counts.n.clip(1)
        simple = simple * np.square(counts.weighted / below[:, 0])
    return finish(
        statistic="ratio",
        variable=f"{numerator}/{denominator}",
        pairs=pairs,
        domains=domains,
        categories=(None,),
        value=quotient,
        spread=spread_of(sums, value, linearise, replicates),
        counts=counts,
        simple=simple[:, None],
        level=level,
        deff=deff,
        replicates=replicates,
    )


def share(
    sample: Sample,
    variable: str,
    *,
    level: float,
    interval: ShareMethod = "logit",
    planned_deff: float | None = None,
    by: Sequence[str] = (),
    where: Bools | None = None,
    deff: DeffKind = "wor",
    replicates: Replicates | None = None,
) -> Estimates:
    """Shares of all categories of a variable among those who answered; linearised w (1[k] - p_k) / W.

    interval, planned_deff : as in `intervals.share_interval`; other arguments and errors as for `mean`

    >>> from kelisim.stats.survey.design import Design
    >>> data = {"w": [1, 1, 1, 1], "place": [1, 1, 2, 2], "z": ["yes", "no", "no", ""]}
    >>> sample = Sample(data, Design(kind="probability", weights="w", psu=("place",), lonely="fail"))
    >>> [(e.category, round(e.value, 4), e.n) for e in share(sample, "z", level=0.95)]
    [('no', 0.6667, 3), ('yes', 0.3333, 3)]
    """
    return share_of(
        sample,
        variable,
        sample.codes(variable),
        level=level,
        interval=interval,
        planned_deff=planned_deff,
        by=by,
        where=where,
        deff=deff,
        replicates=replicates,
    )


def share_of(
    sample: Sample,
    variable: str,
    coded: Coded,
    *,
    level: float,
    nets: Mapping[str, Sequence[str]] | None = None,
    interval: ShareMethod = "logit",
    planned_deff: float | None = None,
    by: Sequence[str] = (),
    where: Bools | None = None,
    deff: DeffKind = "wor",
    replicates: Replicates | None = None,
) -> Estimates:
    """Shares of the categories of a column that was coded apart, and of nets: name -> categories joined.

    Nets follow the categories of each domain. Arguments and errors as for `share`; ValueError for an unknown
    label.
    """
    domains = make_domains(sample, by, where)
    valid = domains.valid
    if coded.has_null:
        valid = coded.codes >= 0 if valid is None else valid & (coded.codes >= 0)
    cells, joined = max(len(coded.labels), 1), _joined(coded, nets or {})
    pairs = lay_pairs(sample, domains.codes, len(domains.labels), valid, cells)
    _some(pairs, variable)
    sums = weighted_sums(pairs, [None], coded.codes, cells)
    counts = counted(pairs, sums.parts[0], coded.codes, cells)

    def with_nets(shares: Floats) -> Floats:
        return np.concatenate((shares, shares @ joined), axis=-1) if nets else shares

    def value(t: Sequence[Floats]) -> Floats:
        return with_nets(_over(t[0], t[0].sum(axis=-1, keepdims=True)))

    def linearise(s: Sequence[Floats], d: Ints) -> Floats:
        return with_nets((s[0] - s[0].sum(axis=1, keepdims=True) * p[d, :cells]) / size[d])

    p, size = value(sums.totals), _positive(sums.totals[0].sum(axis=1, keepdims=True))
    simple = p * (1 - p) / np.maximum(counts.n - 1, 1)[:, None]
    if nets:
        cases = np.concatenate((counts.cases, counts.cases @ joined.astype(np.intp)), axis=1)
        counts = replace(counts, cases=cases)
    return finish(
        statistic="share",
        variable=variable,
        pairs=pairs,
        domains=domains,
        categories=(*coded.labels, *(nets or {})),
        value=p,
        spread=spread_of(sums, value, linearise, replicates),
        counts=counts,
        simple=simple,
        level=level,
        deff=deff,
        replicates=replicates,
        share=(interval, planned_deff),
    )


def _joined(coded: Coded, nets: Mapping[str, Sequence[str]]) -> Floats:
    """(categories, nets) 1 where a category belongs to a net."""
    made = np.zeros((max(len(coded.labels), 1), len(nets)))
    for column, labels in enumerate(nets.values()):
        for label in labels:
            if str(label) not in coded.labels:
                raise ValueError(f"a net joins '{label}', which is none of {', '.join(coded.labels)}")
            made[coded.labels.index(str(label)), column] = 1.0
    return made


def _prepare(
    sample: Sample, variable: str, by: Sequence[str], where: Bools | None, second: Floats | None = None
) -> tuple[Floats, Domains, Pairs, Counts, Sums]:
    y = sample.numbers(variable)
    domains = make_domains(sample, by, where)
    valid, columns = domains.valid, [y] if second is None else [y, second]
    for column in columns:
        # A sum is NaN as soon as one record is, and is read faster than a mask is made.
        if np.isnan(column.sum()):
            known = ~np.isnan(column)
            valid = known if valid is None else valid & known
    pairs = lay_pairs(sample, domains.codes, len(domains.labels), valid, 1)
    _some(pairs, variable)
    sums = weighted_sums(pairs, [None, *columns])
    return y, domains, pairs, counted(pairs, sums.parts[0], None, 1), sums


def _some(pairs: Pairs, variable: str) -> None:
    if pairs.pair.size == 0:
        raise NotDefined("no_answers", f"no record of the domain has an answer to '{variable}'")


def _over(top: Floats, bottom: Floats) -> Floats:
    found: Floats = np.divide(
        top, bottom, out=np.full(np.broadcast_shapes(top.shape, bottom.shape), np.nan), where=bottom != 0
    )
    return found


def _positive(weights: Floats) -> Floats:
    return np.where(weights == 0, 1.0, weights)


def _scatter(pairs: Pairs, y: Floats, middle: Floats, counts: Counts) -> Floats:
    """S_w^2 = n / (n - 1) sum w (y - m)^2 / W of each domain."""
    y = y if pairs.used is None else y[pairs.used]
    w = pairs.take(None)
    if pairs.domains == 1:
        total = 0.0
        for first in range(0, y.size, _BLOCK):
            off = y[first : first + _BLOCK] - middle[0]
            total += float(np.einsum("i,i,i->", w[first : first + _BLOCK], off, off))
        squares = np.array([total])
    else:
        domain = pairs.domain[pairs.pair]
        off = y - middle[domain]
        squares = np.bincount(domain, weights=w * np.square(off, out=off), minlength=pairs.domains)
    found: Floats = squares / _positive(counts.weighted) * counts.n / np.maximum(counts.n - 1, 1)
    return found
