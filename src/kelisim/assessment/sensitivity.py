"""What an area's level does when one step of the recipe is changed at a time.

Changed are the weights (Dirichlet around the declared ones), the aggregation, the normalisation, and the set
of parts (each left out once). A variant that lives on another scale is first put on that of the declared
recipe, or the change of scale would pass for an effect. Each run is a whole recipe with an identifier of its
own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kelisim.assessment.items import CUTS
from kelisim.assessment.recipe import Aggregate, Component, Normalise, Recipe
from kelisim.assessment.steps import Measured, apply
from kelisim.core.zones import Reaction

__all__ = ["reactions", "variants"]

_Floats = NDArray[np.float64]


def variants(
    recipe: Recipe, weights: int, concentration: float, rng: np.random.Generator
) -> Iterator[Recipe]:
    """Recipes that differ from the declared one in exactly one step.

    weights : number of Dirichlet draws of component weights
    concentration : the larger, the nearer to the declared weights
    """
    components = recipe.weight.components
    declared = np.array([component.weight for component in components.values()])
    for row in rng.dirichlet(concentration * declared / declared.sum(), size=weights):
        drawn = {
            name: replace(component, weight=float(weight))
            for (name, component), weight in zip(components.items(), row, strict=True)
        }
        yield replace(recipe, weight=replace(recipe.weight, basis="declared", components=drawn))
    for rule in ("arithmetic", "geometric", "three_worst"):
        if rule != recipe.aggregate.rule:
            step = Aggregate(rule=rule, least_components=recipe.aggregate.least_components)
            yield replace(recipe, aggregate=step)
    yield replace(recipe, normalise=Normalise(rule="rank"))
    for name in components:
        left: dict[str, Component] = {n: c for n, c in components.items() if n != name}
        yield replace(recipe, weight=replace(recipe.weight, basis="declared", components=left))


def reactions(
    recipe: Recipe, measured: Measured, runs: Sequence[Recipe], rng: np.random.Generator
) -> tuple[Reaction | None, ...]:
    """For every area the range of P(tense) over the runs, and the share of runs in which its level changes.

    None where the declared recipe gives the area no index.
    """
    base = apply(recipe, measured, rng).total
    given = np.flatnonzero(~np.isnan(base).any(axis=0))
    out: list[Reaction | None] = [None] * base.shape[1]
    if not runs or not len(given):
        return tuple(out)
    level = _levels(base[:, given])
    tense, changed = [], []
    for run in runs:
        total = apply(run, measured, rng).total[:, given]
        if run.normalise.rule != recipe.normalise.rule:
            total = _on_scale_of(base[:, given], total)
        shares = _shares(total)
        tense.append(shares[0])
        changed.append((shares.argmax(axis=0) != level) & ~np.isnan(shares).any(axis=0))
    low, high = np.nanmin(tense, axis=0), np.nanmax(tense, axis=0)
    share = np.mean(changed, axis=0)
    for place, area in enumerate(given):
        out[area] = Reaction(float(low[place]), float(high[place]), float(share[place]), len(runs))
    return tuple(out)


def _on_scale_of(base: _Floats, total: _Floats) -> _Floats:
    spread = np.nanstd(total)
    if not spread > 0:
        return base
    out: _Floats = base.mean() + (total - np.nanmean(total)) * base.std() / spread
    return out


def _shares(total: _Floats) -> _Floats:
    tense = (total < CUTS[0]).mean(axis=0)
    benevolent = (total >= CUTS[1]).mean(axis=0)
    missing = np.isnan(total).any(axis=0)
    return np.where(missing, np.nan, np.stack([tense, 1.0 - tense - benevolent, benevolent]))


def _levels(total: _Floats) -> NDArray[np.int64]:
    return np.asarray(_shares(total).argmax(axis=0), dtype=np.int64)
