"""One common factor in several groups at once, by maximum likelihood of means and covariances.

Item = intercept + loading x factor + rest. In the first group the factor has mean 0 and variance 1; what is
held equal between groups tells how much of the others' factor can be compared with it. The covariance matrix
of a group is a diagonal plus one product, so its inverse is written out, and so is the gradient (Lawley and
Maxwell 1971; Joreskog 1971 for several groups). With the covariance that the sampling design gives to means
and covariances, chi-square is divided by its expected size (Satorra and Bentler 1994) and its p-value taken
from F with the degrees of freedom that its spread and the design leave (Rao and Scott 1984), so that
villages and weights do not pass for misfit.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from kelisim.core.errors import NotDefined
from kelisim.stats.survey.stages import Floats

__all__ = ["DesignCovariance", "Fit", "Level", "Moments", "chi2_p", "difference", "fit_factor", "moments"]

Level = Literal["configural", "metric", "scalar"]
_LEAST_REST = 1e-4
_STEPS = 2000
_SCORING = 60


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Records n, weighted mean (items,) and covariance (items, items), divided by the sum of weights."""

    n: int
    mean: Floats
    covariance: Floats


@dataclass(frozen=True, slots=True, eq=False)
class DesignCovariance:
    """covariance : joint one of means and covariances (lower triangles by rows), one group after the other;
    df : degrees of freedom of the design, units minus strata"""

    covariance: Floats
    df: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """A fitted model, in the units of the items.

    chi2, df, p : likelihood ratio against unrestricted means and covariances, divided by `scaling`
    scaling : expected chi-square / df of a true model under the design; 1 for independent interviews
    misfit : what the model leaves of the moments' information, times their covariance by the design; None
        without a design
    cfi, rmsea : comparative fit index, and root mean square error of approximation (times the root of the
        number of groups, as is usual for several groups)
    loadings, intercepts, uniquenesses : (groups, items); factor_mean, factor_variance : (groups,)
    factor_mean_se : standard errors from the expected information; 0 in the first group and where no
        mean is estimated
    heywood : whether a uniqueness lies at its lower limit; free : items whose loading, intercept are not held
    """

    level: Level
    chi2: float
    df: int
    p: float
    scaling: float
    misfit: Floats | None
    cfi: float
    rmsea: float
    loadings: Floats
    intercepts: Floats
    uniquenesses: Floats
    factor_mean: Floats
    factor_mean_se: Floats
    factor_variance: Floats
    heywood: bool
    free: tuple[tuple[int, ...], tuple[int, ...]]


def moments(scores: Floats, weights: Floats | None = None) -> Moments:
    """Moments of the answers (records, items) of one group, weighted where wanted.

    Raises: NotDefined where an item does not vary
    or one item is a combination of others.

    >>> moments(np.array([[1.0, 2.0], [3.0, 2.5], [2.0, 4.0]])).mean.tolist()
    [2.0, 2.8333333333333335]
    """
    w = np.ones(scores.shape[0]) if weights is None else weights
    mean = w @ scores / w.sum()
    off = scores - mean
    covariance = (off * w[:, None]).T @ off / w.sum()
    sd = np.sqrt(np.diag(covariance))
    if np.any(sd <= 0):
        raise NotDefined("one_category", "every record of a group gives the same answer to an item")
    if np.linalg.cond(covariance / np.outer(sd, sd)) > 1e10:
        raise NotDefined("collinear", "one item follows from the others in a group")
    return Moments(scores.shape[0], mean, covariance)


def fit_factor(
    groups: Sequence[Moments],
    level: Level,
    *,
    free_loadings: Collection[int] = (),
    free_intercepts: Collection[int] = (),
    design: DesignCovariance | None = None,
    errors: bool = False,
) -> Fit:
    """Fit one factor with mean structure.

    level : "configural" the same items on one factor; "metric" equal loadings; "scalar" equal loadings and
        intercepts as well
    free_loadings, free_intercepts : items that are not held equal; an item with a free loading has a free
        intercept too, since its line differs anyway
    design : covariance of the moments as the sampling design gives it; None for independent normal answers
    errors : whether standard errors of the factor means are wanted; NaN without

    chi2 = sum n_g (log |S_g| + tr(C_g S_g^-1) + d' S_g^-1 d - log |C_g| - items), S the fitted and C the
    observed covariance, d observed less fitted means.
    Raises: NotDefined("few_items" | "no_fit").
    """
    model = _Model(groups, level, free_loadings, free_intercepts)
    found = model.minimise()
    total = sum(group.n for group in groups)
    plain = max(float(found) * total, 0.0)
    p, g = groups[0].mean.size, len(groups)
    base_df = g * p * (p - 1) // 2
    df = g * (p * (p + 3) // 2) - model.parameters
    scaling = scaling_base = 1.0
    misfit = None
    if design is not None:
        misfit = model.misfit(design.covariance, total)
        scaling = _least(np.trace(misfit), df)
        scaling_base = _least(np.trace(_Independence(groups).misfit(design.covariance, total)), base_df)
    # Excess over its expectation, so that both indices keep their meaning under the design.
    excess = max(plain - scaling * df, 0.0)
    most = max(excess, _independence(groups) - scaling_base * base_df, 0.0)
    chi2 = plain / scaling
    values = model.unpacked()
    return Fit(
        level=level,
        chi2=chi2,
        df=df,
        p=chi2_p(chi2, df) if misfit is None or design is None else _f_p(plain, misfit, df, design.df),
        scaling=scaling,
        misfit=misfit,
        cfi=1 - excess / most if most > 0 else 1.0,
        rmsea=float(np.sqrt(excess / df / total) * np.sqrt(g)) if df > 0 else 0.0,
        loadings=values.loadings * model.scale,
        intercepts=model.centre + values.intercepts * model.scale,
        uniquenesses=values.rest * np.square(model.scale),
        factor_mean=values.mean,
        factor_mean_se=model.mean_errors(total, None if design is None else design.covariance)
        if errors
        else np.full(g, np.nan),
        factor_variance=values.variance,
        heywood=bool(np.any(values.rest <= _LEAST_REST * 1.01)),
        free=(tuple(sorted(free_loadings)), tuple(sorted(free_intercepts))),
    )


def chi2_p(chi2: float, df: int) -> float:
    """Chance of a chi-square at least this large; 1 without degrees of freedom.

    >>> round(chi2_p(3.841459, 1), 6)
    0.05
    """
    from scipy.special import chdtrc

    return float(chdtrc(df, chi2)) if df > 0 else 1.0


def difference(narrow: Fit, wide: Fit, design: DesignCovariance | None) -> tuple[float, int, float]:
    """Chi-square of the difference of a model and a wider one, its degrees of freedom and p-value.

    Scaled as each fit is, by what the narrow model leaves of the moments beyond the wide one.
    """
    df = narrow.df - wide.df
    if df == 0:
        return 0.0, 0, 1.0
    plain = max(narrow.chi2 * narrow.scaling - wide.chi2 * wide.scaling, 0.0)
    if design is None or narrow.misfit is None or wide.misfit is None:
        return plain, df, chi2_p(plain, df)
    apart = narrow.misfit - wide.misfit
    # The two are taken at different estimates; in small samples their difference may lose its sense.
    if np.trace(apart) < 0.1 * df:
        apart = narrow.misfit * df / narrow.df
    return plain / _least(np.trace(apart), df), df, _f_p(plain, apart, df, design.df)


def _least(trace: Any, df: int) -> float:
    # A design that gives no spread at all would divide by nothing.
    return max(float(trace) / df, 1e-6) if df > 0 else 1.0


def _f_p(plain: float, misfit: Floats, df: int, design_df: float) -> float:
    """P-value of a sum of chi-squares of unequal size: F, its first degrees of freedom by Satterthwaite."""
    from scipy.special import fdtrc

    trace, squares = float(np.trace(misfit)), float(np.sum(misfit * misfit.T))
    if df == 0 or not design_df > 0:
        return 1.0
    first = min(max(trace * trace / squares, 1e-3), float(df)) if squares > 0 and trace > 0 else float(df)
    return float(fdtrc(first, first * design_df, plain / max(trace, 1e-6 * df)))


def _independence(groups: Sequence[Moments]) -> float:
    """Chi-square of the model without any factor."""
    total = 0.0
    for group in groups:
        sd = np.sqrt(np.diag(group.covariance))
        total -= group.n * float(np.linalg.slogdet(group.covariance / np.outer(sd, sd))[1])
    return total


@dataclass(frozen=True, slots=True, eq=False)
class _Values:
    """Parameters by group, in units of the pooled standard deviations."""

    loadings: Floats
    intercepts: Floats
    rest: Floats
    mean: Floats
    variance: Floats


class _Scaled:
    """The expected chi-square of a model under a given covariance of moments."""

    scale: Floats

    def fitted(self) -> Floats:
        """(groups, items, items) in units of the pooled standard deviations."""
        raise NotImplementedError

    def derivatives(self) -> Floats:
        """(all moments, parameters) derivatives of the fitted moments."""
        raise NotImplementedError

    def weights(self, sizes: Floats) -> Floats:
        """Information about the moments of independent normal answers, one group after the other."""
        fitted = self.fitted()
        g, p = fitted.shape[:2]
        rows, columns = np.tril_indices(p)
        twice = np.where(rows == columns, 1.0, 2.0)
        inverse = np.linalg.inv(fitted)
        size = p + rows.size
        made = np.zeros((g * size, g * size))
        for group in range(g):
            inv = inverse[group]
            cross = inv[np.ix_(rows, rows)] * inv[np.ix_(columns, columns)]
            cross = cross + inv[np.ix_(rows, columns)] * inv[np.ix_(columns, rows)]
            at = group * size
            made[at : at + p, at : at + p] = inv * sizes[group]
            inner = cross / 4 * twice[:, None] * twice[None, :]
            made[at + p : at + size, at + p : at + size] = inner * sizes[group]
        return made

    def standardised(self, design: Floats) -> Floats:
        rows, columns = np.tril_indices(self.scale.size)
        one = np.concatenate((self.scale, self.scale[rows] * self.scale[columns]))
        unit = np.tile(one, design.shape[0] // one.size)
        made: Floats = design / np.outer(unit, unit)
        return made

    def sizes(self, total: int) -> Floats:
        raise NotImplementedError

    def misfit(self, design: Floats, total: int) -> Floats:
        """(W - W D (D'W D)^-1 D'W) V: its trace is the expected chi-square of a true model."""
        weights, spread = self.weights(self.sizes(total)), self.standardised(design)
        slopes = self.derivatives()
        inner = slopes.T @ weights
        bread = np.linalg.pinv(inner @ slopes, hermitian=True)
        made: Floats = (weights - inner.T @ bread @ inner) @ spread
        return made


class _Independence(_Scaled):
    """Items without anything in common."""

    def __init__(self, groups: Sequence[Moments]) -> None:
        self.groups = groups
        pooled = sum(group.n * np.diag(group.covariance) for group in groups)
        self.scale = np.sqrt(pooled / sum(group.n for group in groups))

    def sizes(self, total: int) -> Floats:
        return np.array([group.n for group in self.groups], dtype=np.float64)

    def fitted(self) -> Floats:
        own = [np.diag(np.diag(group.covariance) / np.square(self.scale)) for group in self.groups]
        return np.array(own)

    def derivatives(self) -> Floats:
        p = self.scale.size
        rows, columns = np.tril_indices(p)
        one = np.concatenate((np.ones(p), (rows == columns).astype(float)))
        every = np.tile(one, len(self.groups))
        found: Floats = np.eye(every.size)[:, every > 0]
        return found


class _Model(_Scaled):
    """Which parameters are shared, the discrepancy and its gradient."""

    def __init__(
        self,
        groups: Sequence[Moments],
        level: Level,
        free_loadings: Collection[int],
        free_intercepts: Collection[int],
    ) -> None:
        if level not in ("configural", "metric", "scalar"):
            raise ValueError(f"a level is 'configural', 'metric' or 'scalar', not '{level}'")
        self.g, self.p = len(groups), groups[0].mean.size
        if self.p < 3:
            raise NotDefined("few_items", "one factor needs at least three items")
        share = np.array([group.n for group in groups], dtype=np.float64)
        self.share = share / share.sum()
        self.centre = np.einsum("g,gi->i", self.share, [group.mean for group in groups])
        pooled = np.einsum("g,gij->ij", self.share, [group.covariance for group in groups])
        self.scale = np.sqrt(np.diag(pooled))
        self.observed = np.array([m.covariance for m in groups]) / np.outer(self.scale, self.scale)
        self.means = (np.array([m.mean for m in groups]) - self.centre) / self.scale
        self.logs = np.linalg.slogdet(self.observed)[1]
        p, g = self.p, self.g
        loose = set(free_loadings) if level != "configural" else set(range(p))
        moving = set(free_intercepts) | loose if level == "scalar" else set(range(p))
        # One place of the parameter vector for every group, or one shared by all.
        self.at = -np.ones((5, g, p), dtype=np.intp)
        count = 0
        for kind, apart in ((0, loose), (1, moving), (2, set(range(p)))):
            for i in range(p):
                for group in range(g):
                    if group == 0 or i in apart:
                        self.at[kind, group, i] = count
                        count += 1
                    else:
                        self.at[kind, group, i] = self.at[kind, 0, i]
        for group in range(1, g):
            if level == "scalar" and len(moving) < p:
                self.at[3, group, 0] = count
                count += 1
            if level != "configural" and len(loose) < p:
                self.at[4, group, 0] = count
                count += 1
        self.parameters = count
        self.x = self._start()

    def _start(self) -> Floats:
        from kelisim.stats.scales.omega import minres

        x = np.zeros(self.parameters)
        pooled = np.einsum("g,gij->ij", self.share, self.observed)
        loadings = minres(pooled[None])[0]
        for group in range(self.g):
            x[self.at[0, group]] = loadings
            x[self.at[1, group]] = self.means[group]
            own = np.diag(self.observed[group])
            x[self.at[2, group]] = np.maximum(own - np.square(loadings), 0.2 * own)
            if self.at[4, group, 0] >= 0:
                x[self.at[4, group, 0]] = 1.0
        shared = self.at[1, 0] == self.at[1, -1]
        if self.g > 1:
            # Shared intercepts begin at the first group's means, and the others' factor where it fits best.
            x[self.at[1, 0]] = self.means[0]
            for group in range(1, self.g):
                if self.at[3, group, 0] >= 0:
                    off = (self.means[group] - self.means[0])[shared]
                    load = loadings[shared]
                    x[self.at[3, group, 0]] = off @ load / max(load @ load, 1e-9)
        return x

    def unpacked(self, x: Floats | None = None) -> _Values:
        x = self.x if x is None else x
        mean = np.where(self.at[3, :, 0] >= 0, x[self.at[3, :, 0]], 0.0)
        variance = np.where(self.at[4, :, 0] >= 0, x[self.at[4, :, 0]], 1.0)
        return _Values(x[self.at[0]], x[self.at[1]], x[self.at[2]], mean, variance)

    def discrepancy(self, x: Floats) -> tuple[float, Floats]:
        """Sum of group discrepancies weighted by share, and its gradient."""
        v = self.unpacked(x)
        weighted = v.loadings / v.rest
        inner = np.einsum("gi,gi->g", weighted, v.loadings)
        grown = 1 + v.variance * inner
        inverse = -np.einsum("g,gi,gj->gij", v.variance / grown, weighted, weighted)
        each = np.arange(self.p)
        inverse[:, each, each] += 1 / v.rest
        log_fitted = np.log(v.rest).sum(axis=1) + np.log(grown)
        off = self.means - v.intercepts - v.loadings * v.mean[:, None]
        seen = self.observed + off[:, :, None] * off[:, None, :]
        # tr(C S^-1) + d' S^-1 d are one trace of the moments about the fitted means.
        traces = np.einsum("gij,gij->g", inverse, seen)
        value = float(self.share @ (log_fitted + traces - self.logs - self.p))
        gap = (inverse - inverse @ seen @ inverse) * self.share[:, None, None]
        pull = -2 * np.einsum("gij,gj->gi", inverse, off) * self.share[:, None]
        across = np.einsum("gij,gj->gi", gap, v.loadings)
        gradient = np.zeros(x.size)
        np.add.at(gradient, self.at[0], 2 * v.variance[:, None] * across + pull * v.mean[:, None])
        np.add.at(gradient, self.at[1], pull)
        np.add.at(gradient, self.at[2], gap[:, each, each])
        for kind, slope in (
            (3, np.einsum("gi,gi->g", pull, v.loadings)),
            (4, np.einsum("gi,gi->g", across, v.loadings)),
        ):
            has = self.at[kind, :, 0] >= 0
            gradient[self.at[kind, has, 0]] += slope[has]
        return value, gradient

    def jacobian(self, v: _Values) -> tuple[Floats, Floats]:
        """Derivatives of the fitted means (groups, 3 items + 2, items) and covariances (..., items, items)
        by loadings, intercepts, rests, factor mean and factor variance of each group."""
        g, p = self.g, self.p
        each = np.arange(p)
        means, covariances = np.zeros((g, 3 * p + 2, p)), np.zeros((g, 3 * p + 2, p, p))
        across = v.variance[:, None] * v.loadings
        covariances[:, each, each, :] += across[:, None, :]
        covariances[:, each, :, each] += across[None, :, :]
        means[:, each, each] = v.mean[:, None]
        means[:, p + each, each] = 1.0
        covariances[:, 2 * p + each, each, each] = 1.0
        means[:, 3 * p] = v.loadings
        covariances[:, 3 * p + 1] = v.loadings[:, :, None] * v.loadings[:, None, :]
        return means, covariances

    def places(self) -> Any:
        """(groups, 3 items + 2) place of each of a group's parameters in the vector, -1 where it is fixed."""
        return np.concatenate(
            (self.at[0], self.at[1], self.at[2], self.at[3, :, :1], self.at[4, :, :1]), axis=1
        )

    def information(self, x: Floats) -> Floats:
        """Expected second derivatives of the discrepancy."""
        v = self.unpacked(x)
        fitted = v.variance[:, None, None] * v.loadings[:, :, None] * v.loadings[:, None, :]
        each = np.arange(self.p)
        fitted[:, each, each] += v.rest
        inverse = np.linalg.inv(fitted)
        means, covariances = self.jacobian(v)
        turned = np.einsum("gij,gajk->gaik", inverse, covariances)
        own = np.einsum("gaik,gbki->gab", turned, turned)
        own += 2 * np.einsum("gai,gij,gbj->gab", means, inverse, means)
        own *= self.share[:, None, None]
        made = np.zeros((self.parameters, self.parameters))
        for place, part in zip(self.places(), own, strict=True):
            known = place >= 0
            np.add.at(made, np.ix_(place[known], place[known]), part[np.ix_(known, known)])
        return made

    def minimise(self) -> float:
        """The least discrepancy: scoring steps, and a bounded search where they leave the possible."""
        low = np.full(self.parameters, -np.inf)
        low[self.at[2].ravel()] = _LEAST_REST
        low[self.at[4][self.at[4] >= 0]] = _LEAST_REST
        x = np.maximum(self.x, low)
        value, slope = self.discrepancy(x)
        for _ in range(_SCORING):
            try:
                move = -np.linalg.solve(self.information(x), slope)
            except np.linalg.LinAlgError:
                break
            if -float(slope @ move) < 1e-14:
                self.x = x
                return value
            length = 1.0
            while length > 1e-4:
                trial = x + length * move
                if np.all(trial > low):
                    found, trial_slope = self.discrepancy(trial)
                    if found < value:
                        break
                length /= 2
            else:
                if -float(slope @ move) < 1e-11 and np.all(x + move > low):
                    # No lower value can be told from rounding.
                    self.x = x
                    return value
                break
            x, value, slope = trial, found, trial_slope
        self.x = x
        return self._search(low)

    def _search(self, low: Floats) -> float:
        from scipy.optimize import minimize

        bounds = [(None if end == -np.inf else float(end), None) for end in low]
        options: dict[str, Any] = {"maxiter": _STEPS, "maxfun": 10 * _STEPS, "ftol": 1e-13, "gtol": 1e-8}
        options["maxcor"] = 30
        found = minimize(
            self.discrepancy, self.x, jac=True, method="L-BFGS-B", bounds=bounds, options=options
        )
        if not np.isfinite(found.fun) or found.nit >= _STEPS:
            raise NotDefined("no_fit", "no one-factor model could be fitted to these answers")
        self.x = np.asarray(found.x, dtype=np.float64)
        return float(found.fun)

    def sizes(self, total: int) -> Floats:
        made: Floats = self.share * total
        return made

    def fitted(self) -> Floats:
        v = self.unpacked()
        made: Floats = v.variance[:, None, None] * v.loadings[:, :, None] * v.loadings[:, None, :]
        each = np.arange(self.p)
        made[:, each, each] += v.rest
        return made

    def derivatives(self) -> Floats:
        means, covariances = self.jacobian(self.unpacked())
        rows, columns = np.tril_indices(self.p)
        size = self.p + rows.size
        made = np.zeros((self.g * size, self.parameters))
        for group, place in enumerate(self.places()):
            both = np.concatenate((means[group], covariances[group][:, rows, columns]), axis=1)
            for own, at in zip(both, place, strict=True):
                if at >= 0:
                    made[group * size : (group + 1) * size, at] += own
        return made

    def mean_errors(self, total: int, design: Floats | None) -> Floats:
        """Standard errors of the factor means: from the information, or by the design around it."""
        places, made = self.at[3, :, 0], np.zeros(self.g)
        known = places >= 0
        if not np.any(known):
            return made
        slopes, weights = self.derivatives(), self.weights(self.sizes(total))
        inner = slopes.T @ weights
        covariance = np.linalg.pinv(inner @ slopes, hermitian=True)
        if design is not None:
            covariance = covariance @ inner @ self.standardised(design) @ inner.T @ covariance
        made[known] = np.sqrt(np.maximum(np.diag(covariance)[places[known]], 0.0))
        return made
