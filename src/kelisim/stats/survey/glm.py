"""Generalised linear models on a designed sample: gaussian, logit and poisson, with an offset.

Coefficients solve sum w x (y - mu) = 0; their covariance is A^-1 B A^-1, with A the weighted information and
B the design's covariance of the totals of the scores (Binder 1983).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from kelisim.core.errors import NotDefined
from kelisim.stats.survey.coding import Ints
from kelisim.stats.survey.domains import Domains, make_domains
from kelisim.stats.survey.estimation import counted, variance_method
from kelisim.stats.survey.intervals import t_interval
from kelisim.stats.survey.replicates import Replicates, ReplicateSpread
from kelisim.stats.survey.results import Cell, Estimates, Spread
from kelisim.stats.survey.sample import Bools, Sample
from kelisim.stats.survey.stages import Floats
from kelisim.stats.survey.variance import Pairs, degrees, lay_pairs, taylor, weighted_sums

__all__ = ["Family", "glm"]

Family = Literal["gaussian", "logit", "poisson"]
_STEPS = 40


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
    _check_outcome(kept_y, family)
    w = pairs.take(None)
    beta, residual, information = _fit(x, kept_y, w, kept_shift, family, tolerance, None, names)
    inverse = np.linalg.inv(information)

    def linearise(s: Sequence[Floats], d: Ints) -> Floats:
        made: Floats = np.concatenate(s, axis=1) @ inverse
        return made

    scores = [_spread_out(part * residual, pairs) for part in x]
    sums = weighted_sums(pairs, scores)
    counts = counted(pairs, weighted_sums(pairs, [None]).parts[0], None, 1)
    spread: Spread | None = None
    df = np.full(1, np.nan)
    if sample.design.carries_margin:
        own = degrees(pairs, counts.present) if replicates is None else np.array([replicates.df])
        df = own + 1 - len(names)
        if df[0] <= 0:
            raise NotDefined(
                "too_many_terms", f"{len(names)} coefficients leave no degree of freedom of {own[0]:g}"
            )
        if replicates is None:
            spread = taylor(sums, linearise)
        else:
            values = np.empty((replicates.rscales.size, 1, len(names)))
            for r in range(len(values)):
                weights = replicates.record_weights(r)[rows]
                eta = beta @ x + kept_shift
                values[r, 0] = _fit(
                    x, kept_y, weights, kept_shift, family, min(tolerance, 1e-12), eta, names
                )[0]
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


def _check_outcome(y: Floats, family: Family) -> None:
    if family == "logit" and not np.all((y >= 0) & (y <= 1)):
        raise ValueError("a logit model needs an outcome between 0 and 1")
    if family == "poisson" and not np.all(y >= 0):
        raise ValueError("a poisson model needs an outcome of 0 or more")


def _fit(
    x: Floats,
    y: Floats,
    w: Floats,
    shift: Floats | float,
    family: Family,
    tolerance: float,
    eta: Floats | None,
    names: list[str],
) -> tuple[Floats, Floats, Floats]:
    """Coefficients, r with scores w x r, and information sum w v x x', by iteratively reweighted least
    squares.

    eta : linear predictor to start from; None starts from the outcome itself
    """
    _check_terms(x, y, w, names, family)
    if eta is None:
        eta = _start(y, w, family)
    residual, slope, deviance = _working(y, w, eta, family)
    for _ in range(_STEPS):
        information = (x * (w * slope)) @ x.T
        scale = np.sqrt(np.diag(information))
        if np.any(scale == 0) or np.linalg.cond(information / np.outer(scale, scale)) > 1e13:
            raise NotDefined("separation", _SEPARATION)
        right = x @ (w * (slope * (eta - shift) + residual))
        beta = np.linalg.solve(information / np.outer(scale, scale), right / scale) / scale
        eta = beta @ x + shift
        before, old_slope = deviance, slope
        residual, slope, deviance = _working(y, w, eta, family)
        if family == "gaussian":
            return beta, residual, information
        if not np.isfinite(deviance):
            break
        if (
            abs(deviance - before) < tolerance * (abs(deviance) + 0.1)
            or abs(deviance - before) < 1e-13 * w.sum()
        ):
            if family == "logit" and deviance < 1e-7 * w.sum():
                break
            # Scores and information of the last working weights, as programs of this family have it.
            ratio = np.divide(old_slope, slope, out=np.ones(slope.size), where=slope > 0)
            return beta, residual * ratio, information
    raise NotDefined("separation", _SEPARATION)


_SEPARATION = "a term foretells the outcome without fail, so its effect has no finite estimate"


def _check_terms(x: Floats, y: Floats, w: Floats, names: list[str], family: Family) -> None:
    """Terms that cannot be told apart, and outcomes without variation, before the first step."""
    normal = (x * w) @ x.T
    scale = np.sqrt(np.maximum(np.diag(normal), 0.0))
    if np.any(scale == 0):
        raise NotDefined("collinear", f"'{names[int(np.argmin(scale))]}' is zero for every record")
    if np.linalg.cond(normal / np.outer(scale, scale)) > 1e13:
        raise NotDefined(
            "collinear", "one term is a combination of others, so their effects cannot be told apart"
        )
    if family != "gaussian" and (not y.any() or (family == "logit" and y.min() == 1)):
        raise NotDefined("separation", "the outcome is the same for every record")


def _start(y: Floats, w: Floats, family: Family) -> Floats:
    if family == "gaussian":
        return np.zeros(y.size)
    if family == "poisson":
        return np.log(y + 0.1)
    relative = w / w.mean()
    mu: Floats = (relative * y + 0.5) / (relative + 1)
    return np.log(mu) - np.log1p(-mu)


def _working(y: Floats, w: Floats, eta: Floats, family: Family) -> tuple[Floats, Floats, float]:
    """y - mu, the slope of mu, and the deviance."""
    if family == "gaussian":
        return y - eta, np.ones(y.size), 0.0
    if family == "poisson":
        from scipy.special import xlogy

        mu = np.exp(np.minimum(eta, 700.0))
        return y - mu, mu, 2 * float(np.dot(w, xlogy(y, y) - y * eta - (y - mu)))
    small = np.exp(-np.abs(eta))
    below = 1 / (1 + small)
    mu = np.where(eta >= 0, below, small * below)
    deviance = 2 * float(np.dot(w, np.log1p(small) + np.maximum(eta, 0.0) - y * eta))
    return y - mu, small * below * below, deviance + _saturated(y, w)


def _saturated(y: Floats, w: Floats) -> float:
    """What a deviance of shares between 0 and 1 has beside that of zeros and ones."""
    from scipy.special import xlog1py, xlogy

    between = np.flatnonzero((y > 0) & (y < 1))
    y = y[between]
    return 2 * float(np.dot(w[between], xlogy(y, y) + xlog1py(1 - y, -y)))


def _spread_out(values: Floats, pairs: Pairs) -> Floats:
    if pairs.used is None:
        return values
    full = np.zeros(pairs.sample.size)
    full[pairs.used] = values
    return full
