"""What a bare survey file says of a scale: reliability, likeness within places, and languages compared."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kelisim.core.errors import NotDefined
from kelisim.runs.bare_file import read_bare
from kelisim.stats.scales.alpha import Alpha, ClusterInterval, cluster_interval, cronbach
from kelisim.stats.scales.differential import DifferentialItem, differential_items
from kelisim.stats.scales.gates import ScaleVerdict, judge_scale
from kelisim.stats.scales.invariance import Invariance, measurement_invariance
from kelisim.stats.scales.items import Items, read_items
from kelisim.stats.scales.omega import Correlations, Omega, omega_total
from kelisim.stats.scales.places import PlaceCorrelation, place_correlation
from kelisim.stats.survey.design import Design
from kelisim.stats.survey.sample import Sample

__all__ = ["GroupAlpha", "ScaleReport", "scale_report"]


@dataclass(frozen=True, slots=True)
class GroupAlpha:
    """Alpha in one group; None with the reason where it has none."""

    group: str
    alpha: Alpha | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScaleReport:
    """Everything about one scale; what could not be had is None and named in `missing` as (what, reason)."""

    items: Items
    alpha: Alpha
    clusters: ClusterInterval | None
    omega: Omega | None
    verdict: ScaleVerdict
    places: tuple[PlaceCorrelation, ...]
    groups: tuple[GroupAlpha, ...]
    invariance: Invariance | None
    differential: tuple[DifferentialItem, ...]
    missing: tuple[tuple[str, str], ...]


def scale_report(
    path: Path,
    design: Design,
    items: tuple[str, ...],
    *,
    reverse: tuple[str, ...],
    by: str | None,
    level: float,
    correlations: Correlations,
    draws: int,
    rng: np.random.Generator,
) -> ScaleReport:
    """Reliability of a scale, and with `by` its invariance over the languages of that column.

    Raises: Refused, ValueError, NotDefined where alpha itself has no value.
    """
    labels = [] if by is None else [by]
    sample = read_bare(path, design, numbers=items, labels=labels).sample
    read = read_items(sample, items, reverse=reverse)
    missing: list[tuple[str, str]] = []
    weights = sample.weights[read.used]
    if read.scores.shape[0] < 2:
        raise NotDefined("few_records", "one record answers all items, and alpha needs at least two")
    alpha = cronbach(read.scores, level=level, weights=weights, names=read.names)
    clusters = omega = None
    if design.carries_margin:
        clusters = cluster_interval(sample, read, level=level, draws=draws, rng=rng)
    else:
        missing.append(("cluster interval", "no_margin"))
    if len(items) < 3:
        missing.append(("omega", "few_items"))
    else:
        try:
            omega = omega_total(read.scores, correlations=correlations, names=read.names)
        except NotDefined as why:
            missing.append(("omega", why.reason))
    places = _places(sample, read, level, missing) if design.psu else ()
    groups: tuple[GroupAlpha, ...] = ()
    invariance: Invariance | None = None
    differential: tuple[DifferentialItem, ...] = ()
    if by is not None:
        groups = _by_group(sample, items, reverse, by, level)
        if len(items) < 3:
            missing.append(("invariance", "few_items"))
        else:
            try:
                invariance = measurement_invariance(sample, read, by)
                differential = differential_items(read, sample.codes(by), level=level)
            except NotDefined as why:
                what = "invariance" if invariance is None else "differential items"
                missing.append((what, why.reason))
    return ScaleReport(
        items=read,
        alpha=alpha,
        clusters=clusters,
        omega=omega,
        verdict=judge_scale(alpha, omega),
        places=places,
        groups=groups,
        invariance=invariance,
        differential=differential,
        missing=tuple(missing),
    )


def _places(
    sample: Sample, read: Items, level: float, missing: list[tuple[str, str]]
) -> tuple[PlaceCorrelation, ...]:
    # Units of the first stage as the design knows them: codes may repeat between strata.
    unit = sample.unit
    for stage in reversed(sample.stages[1:]):
        unit = stage.parent[unit]
    try:
        return tuple(
            place_correlation(read.scores.mean(axis=1), unit[read.used], level=level, method=method)
            for method in ("anova", "reml")
        )
    except NotDefined as why:
        missing.append(("likeness within places", why.reason))
        return ()


def _by_group(
    sample: Sample, items: tuple[str, ...], reverse: tuple[str, ...], by: str, level: float
) -> tuple[GroupAlpha, ...]:
    coded = sample.codes(by)
    made = []
    for code, label in enumerate(coded.labels):
        try:
            own = read_items(sample, items, reverse=reverse, where=coded.codes == code)
            if own.scores.shape[0] < 2:
                raise NotDefined("few_records")
            weights = sample.weights[own.used]
            alpha = cronbach(own.scores, level=level, weights=weights, names=own.names)
            made.append(GroupAlpha(label, alpha, ""))
        except NotDefined as why:
            made.append(GroupAlpha(label, None, why.reason))
    return tuple(made)
