"""Generalised linear models on a designed sample: gaussian, logit and poisson, with an offset.

Coefficients solve sum w x (y - mu) = 0; their covariance is A^-1 B A^-1, with A the weighted information and
B the design's covariance of the totals of the scores (Binder 1983).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kelisim.core.errors import NotDefined
from kelisim.stats.survey.coding import Ints
from kelisim.stats.survey.domains import Domains, make_domains
from kelisim.stats.survey.estimation import counted, variance_method
from kelisim.stats.survey.intervals import t_interval
from kelisim.stats.survey.irls import Family, check_outcome, fit
from kelisim.stats.survey.replicates import Replicates, ReplicateSpread
from kelisim.stats.survey.results import Cell, Estimates, Spread
from kelisim.stats.survey.sample import Bools, Sample
from kelisim.stats.survey.stages import Floats
from kelisim.stats.survey.variance import Pairs, degrees, lay_pairs, taylor, weighted_sums

__all__ = ["glm"]


def glm(
    sample: Sample,
    outcome: str,
    terms: Sequence[str],
    *,
    family: Family,
    level: float,
    reference: Mapping[str, str] | None = None,
    offset: str | None = None,
    where: Bools | None = None,
    replicates: Replicates | None = None,
    tolerance: float = 1e-8,
) -> Estimates:
    """Regression of an outcome on columns, with an intercept.

    terms : numeric columns; those named in `reference` are categories, coded against the label given there
    family : "gaussian" with identity, "logit" binomial with 0/1 outcome, "poisson" with log link
    offset : numeric column added to the linear predictor
    tolerance : relative change of the deviance at which steps stop. The default, with the information of the
        last working weights, is the rule of R's glm, so that printed digits agree; 1e-14 goes on to the
        solution

    Returns: coefficients, the category of each being its term ("x", "g=b"); df = design df + 1 -
    coefficients.
    Raises: NotDefined("collinear" | "separation" | "no_answers" | "too_many_terms"), Refused for faulty
    columns.

    >>> from kelisim.stats.survey.design import Design
    >>> data = {"w": [1] * 5, "x": [0, 1, 2, 3, 4], "y": [1, 3, 5, 7, 9]}
    >>> sample = Sample(data, Design(kind="probability", weights="w", lonely="fail"))
    >>> [round(e.value, 9) for e in glm(sample, "y", ["x"], family="gaussian", level=0.95)]
    [1.0, 2.0]
    """
    if family not in ("gaussian", "logit", "poisson"):
        raise ValueError(f"a family is 'gaussian', 'logit' or 'poisson', not '{family}'")
    domains = make_domains(sample, (), where)
    y, names, columns, shift, valid = _columns(sample, outcome, terms, dict(reference or {}), offset, domains)
    pairs = lay_pairs(sample, None, 1, valid, len(names))
    if pairs.pair.size == 0:
        raise NotDefined("no_answers", "no record has all the answers the model needs")
    rows = slice(None) if pairs.used is None else pairs.used
    x = np.stack([np.ones(pairs.pair.size), *(column[rows] for column in columns)])
    kept_y, kept_shift = y[rows], shift[rows] if isinstance(shift, np.ndarray) else shift
    check_outcome(kept_y, family)
    own = np.array([np.nan if replicates is None else replicates.df])
    counts = counted(pairs, weighted_sums(pairs, [None]).parts[0], None, 1)
    if replicates is None:
        own = degrees(pairs, counts.present)
    df = own + 1 - len(names)
    if sample.design.carries_margin and not df[0] > 0:
        words = f"{len(names)} coefficients leave no degree of freedom of {own[0]:g}"
        raise NotDefined("too_many_terms", words)
    w = pairs.take(None)
    beta, residual, information = fit(x, kept_y, w, kept_shift, family, tolerance, None, names)
    inverse = np.linalg.inv(information)

    def linearise(s: Sequence[Floats], d: Ints) -> Floats:
        made: Floats = np.concatenate(s, axis=1) @ inverse
        return made

    scores = [_spread_out(part * residual, pairs) for part in x]
    sums = weighted_sums(pairs, scores)
    spread: Spread | None = None
    if not sample.design.carries_margin:
        df = np.full(1, np.nan)
    else:
        if replicates is None:
            spread = taylor(sums, linearise)
        else:
            values = np.empty((replicates.rscales.size, 1, len(names)))
            for r in range(len(values)):
                weights = replicates.record_weights(r)[rows]
                end = min(tolerance, 1e-12)
                values[r, 0] = fit(x, kept_y, weights, kept_shift, family, end, beta, names)[0]
            spread = ReplicateSpread(replicates, values, beta[None, :])
    return _results(pairs, outcome, names, beta, spread, df, level, counts.n, counts.weighted, replicates)


def _results(
    pairs: Pairs,
    outcome: str,
    names: list[str],
    beta: Floats,
    spread: Spread | None,
    df: Floats,
    level: float,
    n: Ints,
    weighted: Floats,
    replicates: Replicates | None,
) -> Estimates:
    size = len(names)
    nothing = np.full(size, np.nan)
    se = nothing if spread is None else np.sqrt(np.maximum(spread.variances()[0], 0.0))
    df = np.repeat(df, size)
    low, high = t_interval(beta, se, df, level)
    n = np.repeat(n, size)
    return Estimates(
        statistic="coefficient",
        variable=outcome,
        cells=tuple(Cell(name) for name in names),
        value=beta,
        se=se,
        df=df,
        low=low,
        high=high,
        level=level,
        interval="t",
        n=n,
        cases=n,
        deff=nothing,
        deff_kind="none",
        weighted_n=np.repeat(weighted, size),
        n_eff=nothing,
        design_kind=pairs.sample.design.kind,
        spread=spread,
        method=variance_method(pairs.sample, replicates),
        reasons=() if spread is not None else ("no_margin",),
    )


def _columns(
    sample: Sample,
    outcome: str,
    terms: Sequence[str],
    reference: dict[str, str],
    offset: str | None,
    domains: Domains,
) -> tuple[Floats, list[str], list[Floats], Floats | float, Bools | None]:
    if isinstance(terms, str):
        raise ValueError(f"terms is a list of columns: terms=[{terms!r}]")
    y = sample.numbers(outcome)
    names, columns, valid = ["(intercept)"], [], domains.valid
    needed = [y]
    for term in terms:
        if term in reference:
            coded, base = sample.codes(term), str(reference[term])
            if base not in coded.labels:
                raise ValueError(f"'{term}' has no category '{base}'; take one of {', '.join(coded.labels)}")
            if coded.has_null:
                valid = coded.codes >= 0 if valid is None else valid & (coded.codes >= 0)
            for code, label in enumerate(coded.labels):
                if label != base:
                    names.append(f"{term}={label}")
                    columns.append((coded.codes == code).astype(np.float64))
        else:
            names.append(term)
            columns.append(sample.numbers(term))
            needed.append(columns[-1])
    shift: Floats | float = 0.0
    if offset is not None:
        shift = sample.numbers(offset)
        needed.append(shift)
    for column in needed:
        if np.isnan(column.sum()):
            valid = ~np.isnan(column) if valid is None else valid & ~np.isnan(column)
    return y, names, columns, shift, valid


def _spread_out(values: Floats, pairs: Pairs) -> Floats:
    if pairs.used is None:
        return values
    full = np.zeros(pairs.sample.size)
    full[pairs.used] = values
    return full
