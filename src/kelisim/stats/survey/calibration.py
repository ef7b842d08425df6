"""Calibration: the weights nearest to the base weights whose totals are the known ones (Deville and Särndal
1992).

w = d g(x'lambda), and lambda solves sum d g(x'lambda) x = T by Newton steps on the dual, halved while the
error does not fall, to a relative error of 1e-10. The variance is that of residuals from the regression on
x, so that the total of a calibrated variable has no doubt left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np

from kelisim.core.errors import Fault, Refused
from kelisim.stats.survey.sample import Adjustment, Sample, kish_n_eff
from kelisim.stats.survey.stages import Floats

__all__ = [
    "Calibration",
    "Kind",
    "ResidualWeights",
    "calibrate",
    "declare_calibrated",
    "poststratify",
    "rake",
]

Kind = Literal["linear", "raking", "logit"]
ResidualWeights = Literal["regression", "rake_compat"]
Pull = Callable[[Floats], tuple[Floats, Floats]]
_TOLERANCE = 1e-10
_STEPS = 100
_FEW = 20


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """The sample with adjusted weights, and what the adjustment did.

    g_low, g_high : range of w / d; n_eff : Kish's, after; steps : Newton steps
    thin : categories of margins with fewer than 20 records, as "column=label"
    """

    sample: Sample
    g_low: float
    g_high: float
    n_eff: float
    steps: int
    thin: tuple[str, ...]


def calibrate(
    sample: Sample,
    *,
    kind: Kind,
    population: float | None = None,
    numbers: Mapping[str, float] | None = None,
    margins: Mapping[str, Mapping[Any, float]] | None = None,
    bounds: tuple[float, float] | None = None,
) -> Calibration:
    """Calibrate to the population size, totals of numeric columns and counts of categories.

    kind : "linear" g = 1 + u, cut at the bounds where given; "raking" g = exp u, likewise; "logit" the curve
        of Deville and Särndal between its bounds, which it needs
    bounds : least and greatest w / d, around 1

    Raises: Refused for empty categories, labels without a total, margins of different size, records without
    an answer, and when no weights within the bounds meet the totals.
    """
    numbers, margins = dict(numbers or {}), dict(margins or {})
    if not numbers and not margins and population is None:
        raise ValueError("calibration needs at least one known total")
    names, columns, totals = _numeric(sample, population, numbers)
    more, targets, labels = _margins(sample, margins, population)
    columns, totals = columns + more, np.concatenate((totals, targets))
    pull = _pull(kind, bounds)
    return _adjusted(sample, columns, totals, names + labels, pull, kind, len(margins), "regression")


def rake(
    sample: Sample, margins: Mapping[str, Mapping[Any, float]], *, variance: ResidualWeights
) -> Calibration:
    """Raking to margins, w = d exp(sum of effects) (Deming and Stephan 1940).

    variance : "regression" takes residuals with the base weights; "rake_compat" with equal weights, which is
        what R's `rake` does: the same weights, another standard error
    """
    columns, totals, labels = _margins(sample, margins, None)
    pull = _pull("raking", None)
    return _adjusted(sample, columns, totals, labels, pull, "raking", len(margins), variance)


def poststratify(sample: Sample, cells: Mapping[str, Mapping[Any, float]]) -> Calibration:
    """Post-stratify to the counts of one column of cells: w = d T_c / sum of d in the cell.

    cells : one column and the count of each label

    >>> from kelisim.stats.survey.design import Design
    >>> data = {"w": [1, 1, 2, 2], "sex": ["f", "m", "f", "m"]}
    >>> sample = Sample(data, Design(kind="probability", weights="w", lonely="fail"))
    >>> poststratify(sample, {"sex": {"f": 60, "m": 30}}).sample.weights.round(6).tolist()
    [20.0, 10.0, 40.0, 20.0]
    """
    if len(cells) != 1:
        raise ValueError("post-stratification takes one column of cells; rake takes several margins")
    columns, totals, labels = _margins(sample, cells, None)
    pull = _pull("linear", None)
    return _adjusted(sample, columns, totals, labels, pull, "post-stratification", 1, "regression")


def declare_calibrated(
    sample: Sample,
    base: Floats,
    *,
    numbers: Mapping[str, float] | None = None,
    margins: Mapping[str, Mapping[Any, float]] | None = None,
) -> Sample:
    """The sample of weights that were calibrated elsewhere, with the variance that calibration gives.

    base : (records,) weights before; the sample's own weights must meet the totals to one part in a million
    Serves linearisation; replicates would have to repeat a calibration whose method is not known here.

    Raises: Refused where the weights do not meet the totals, or as `calibrate`.
    """
    from scipy.sparse import csr_array, hstack

    margins, numbers = dict(margins or {}), dict(numbers or {})
    names, columns, totals = _numeric(sample, None, numbers)
    more, targets, labels = _margins(sample, margins, None)
    names, totals = names + labels, np.concatenate((totals, targets))
    x = csr_array(hstack([*columns, *more], format="csr"))
    met = x.T @ sample.weights
    off = np.abs(met - totals) / np.maximum(np.abs(totals), 1e-8 * np.abs(totals).max())
    faults = [
        sample.place.fault(
            None,
            name.split("=")[0],
            f"the weights give '{name}' {found:.6g} and not {total:.6g}.",
            "Give the totals that the weights were made with, or make the weights again.",
        )
        for name, found, total, wrong in zip(names, met, totals, off > 1e-6, strict=True)
        if wrong
    ]
    if faults:
        raise Refused(faults)

    def repeat(_: Floats) -> Floats:
        raise ValueError("replicates of weights calibrated elsewhere cannot be calibrated again")

    adjustment = Adjustment(x, np.asarray(base, dtype=np.float64), "calibrated weights from the file", repeat)
    return sample.with_weights(sample.weights, base, adjustment)


def _adjusted(
    sample: Sample,
    columns: list[Any],
    totals: Floats,
    labels: list[str],
    pull: Pull,
    words: str,
    parts: int,
    variance: ResidualWeights,
) -> Calibration:
    from scipy.sparse import csr_array, hstack

    if variance not in ("regression", "rake_compat"):
        raise ValueError(f"residuals are weighted by 'regression' or 'rake_compat', not '{variance}'")
    if sample.adjustment is not None:
        reason = "these weights are calibrated already, and the second variance would forget the first."
        raise Refused([sample.place.fault(None, "", reason, "Give all known totals in one call.")])
    x = csr_array(hstack(columns, format="csr"))
    solve = partial(_weights, x, totals, labels, pull, words == "raking", parts, sample)
    w, steps = solve(sample.weights)
    if variance == "rake_compat":
        words += ", rake_compat"
    base = sample.weights if variance == "regression" else (sample.weights > 0).astype(np.float64)
    adjustment = Adjustment(x, base, words, lambda d: solve(d)[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        g = (w / sample.weights)[sample.weights > 0]
    counts = np.diff(x.tocsc().indptr)
    thin = tuple(name for name, n in zip(labels, counts.tolist(), strict=True) if n < _FEW and "=" in name)
    adjusted = sample.with_weights(w, sample.weights, adjustment)
    return Calibration(adjusted, float(g.min()), float(g.max()), kish_n_eff(w), steps, thin)


def _weights(
    x: Any, totals: Floats, labels: list[str], pull: Pull, scale: bool, parts: int, sample: Sample, d: Floats
) -> tuple[Floats, int]:
    """Weights d g(x'lambda) that meet the totals, and the number of steps."""
    dual = np.zeros(totals.size)
    if scale and parts:
        # Every record is once in every margin, so an equal effect brings the size near before the first step.
        counts = np.array(["=" in label for label in labels])
        dual[counts] = np.log(totals[counts].sum() / parts / d.sum()) / parts
    size = np.maximum(np.abs(totals), 1e-8 * np.abs(totals).max())
    g, slope = pull(x @ dual)
    error = (totals - x.T @ (d * g)) / size
    for step in range(_STEPS):
        if np.abs(error).max() <= _TOLERANCE:
            return d * g, step
        normal = (x.T @ (x * (d * slope)[:, None])).toarray()
        move = _solve(normal, error * size)
        length, better = 1.0, False
        while length > 1e-8 and not better:
            with np.errstate(over="ignore", invalid="ignore"):
                trial, trial_slope = pull(x @ (dual + length * move))
                trial_error = (totals - x.T @ (d * trial)) / size
            better = bool(np.linalg.norm(trial_error) < np.linalg.norm(error))
            length /= 1 if better else 2
        if not better:
            break
        dual, g, slope, error = dual + length * move, trial, trial_slope, trial_error
    if np.abs(error).max() <= 1e-7:
        return d * g, _STEPS
    worst = int(np.argmax(np.abs(error)))
    reason = f"no weights meet the totals: '{labels[worst]}' stays {error[worst]:.2%} off."
    raise Refused(
        [
            sample.place.fault(
                None,
                labels[worst].split("=")[0],
                reason,
                "Widen the bounds, join small categories, or check the totals.",
            )
        ]
    )


def _solve(normal: Floats, right: Floats) -> Floats:
    root = np.sqrt(np.maximum(np.diag(normal), 1e-300))
    found: Floats = (
        np.linalg.pinv(normal / np.outer(root, root), rcond=1e-11, hermitian=True) @ (right / root) / root
    )
    return found


def _pull(kind: Kind, bounds: tuple[float, float] | None) -> Pull:
    """g and its slope as a function of u = x'lambda."""
    if kind not in ("linear", "raking", "logit"):
        raise ValueError(f"calibration is 'linear', 'raking' or 'logit', not '{kind}'")
    if bounds is not None and not bounds[0] < 1 < bounds[1]:
        raise ValueError(f"bounds of w / d lie around 1, unlike {bounds}")
    if kind == "logit":
        if bounds is None or not all(np.isfinite(bounds)):
            raise ValueError("logit calibration needs two finite bounds")
        return partial(_logit, *bounds)
    low, high = bounds or (-np.inf, np.inf)
    return partial(_linear if kind == "linear" else _raking, low, high)


def _linear(low: float, high: float, u: Floats) -> tuple[Floats, Floats]:
    g = 1 + u
    return np.clip(g, low, high), ((g >= low) & (g <= high)).astype(np.float64)


def _raking(low: float, high: float, u: Floats) -> tuple[Floats, Floats]:
    g = np.exp(u)
    return np.clip(g, low, high), np.where((g >= low) & (g <= high), g, 0.0)


def _logit(low: float, high: float, u: Floats) -> tuple[Floats, Floats]:
    a = (high - low) / ((1 - low) * (high - 1))
    # Written with exp(-|a u|), which cannot overflow.
    small = np.exp(-np.abs(a * u))
    up, down = np.where(u >= 0, 1.0, small), np.where(u >= 0, small, 1.0)
    below = (high - 1) * down + (1 - low) * up
    g = (low * (high - 1) * down + high * (1 - low) * up) / below
    return g, (g - low) * (high - g) / (high - low) * a


def _numeric(
    sample: Sample, population: float | None, numbers: Mapping[str, float]
) -> tuple[list[str], list[Any], Floats]:
    from scipy.sparse import csr_array

    names, columns, totals = [], [], []
    if population is not None:
        names, columns, totals = ["population"], [csr_array(np.ones((sample.size, 1)))], [float(population)]
    for name, total in numbers.items():
        values = sample.numbers(name)
        _no_nulls(sample, name, np.isnan(values))
        names.append(name)
        columns.append(csr_array(values[:, None]))
        totals.append(float(total))
    return names, columns, np.array(totals)


def _margins(
    sample: Sample, margins: Mapping[str, Mapping[Any, float]], population: float | None
) -> tuple[list[Any], Floats, list[str]]:
    """Indicator columns of every margin, their totals and their names."""
    from scipy.sparse import csr_array

    columns, totals, labels = [], [], []
    faults: list[Fault] = []
    sizes: dict[str, float] = {} if population is None else {"population": float(population)}
    for name, declared in margins.items():
        counts = {str(label): float(count) for label, count in declared.items()}
        coded = sample.codes(name)
        _no_nulls(sample, name, coded.codes < 0)
        used = np.bincount(coded.codes[sample.weights > 0], minlength=len(coded.labels)) > 0
        present = {label for label, here in zip(coded.labels, used, strict=True) if here}
        for label in sorted(present - set(counts)):
            faults.append(
                sample.place.fault(
                    None,
                    name,
                    f"'{label}' occurs and has no known total.",
                    "Give its total, or join it with another category.",
                )
            )
        for label, count in counts.items():
            if not (np.isfinite(count) and count > 0):
                faults.append(
                    sample.place.fault(
                        None,
                        name,
                        f"the total of '{label}' is {count}.",
                        "Give a number above 0, or leave the category out.",
                    )
                )
            elif label not in present:
                faults.append(
                    sample.place.fault(
                        None, name, f"nobody was interviewed in '{label}'.", "Join it with another category."
                    )
                )
        sizes[name] = sum(counts.values())
        kept = [label for label in coded.labels if label in counts]
        place = np.array([kept.index(label) if label in counts else 0 for label in coded.labels])
        shape = (sample.size, len(kept))
        where = (np.arange(sample.size), place[coded.codes])
        columns.append(csr_array((np.ones(sample.size), where), shape=shape))
        totals += [counts[label] for label in kept]
        labels += [f"{name}={label}" for label in kept]
    if sizes and max(sizes.values()) - min(sizes.values()) > 1e-6 * max(sizes.values()):
        words = ", ".join(f"{name} {size:g}" for name, size in sizes.items())
        faults.append(
            sample.place.fault(
                None,
                "",
                f"the margins add up to different populations: {words}.",
                "Bring them to one total and one year.",
            )
        )
    if faults:
        raise Refused(faults)
    return columns, np.array(totals), labels


def _no_nulls(sample: Sample, name: str, null: Any) -> None:
    null = null & (sample.weights > 0)
    if null.any():
        raise Refused(
            sample.faults(
                np.flatnonzero(null),
                name,
                "a record to be weighted has no answer here.",
                "Impute it, or give the category 'unknown' its own total.",
            )
        )
