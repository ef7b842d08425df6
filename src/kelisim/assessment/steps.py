"""The seven steps of a recipe at work on arrays of shape (draws, areas, items); nan is missing.

Each step is a function of the measured values and its record; it returns the new values and a line for the
log, which also says when there was nothing to do. What the rules forbid is refused with the item's name: a
weight on composition, an unknown unit, constants without variance, the sample's own minimum and maximum, a
mixture of clocks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kelisim.assessment.recipe import (
    Denominate,
    Impute,
    Normalise,
    Recipe,
    Screen,
    Treat,
    Weight,
    recipe_id,
)
from kelisim.core.cards import Clock, Direction
from kelisim.core.errors import RecipeError

__all__ = ["MOST_IMPUTED", "Composite", "Item", "Measured", "apply"]

_Floats = NDArray[np.float64]
MOST_IMPUTED = 0.30


@dataclass(frozen=True, slots=True)
class Item:
    """What a step must know of an item. form : "mean" of a scale, "share" in 0..1, "count" or "amount"."""

    key: str
    form: Literal["mean", "share", "count", "amount"]
    unit: str
    direction: Direction
    clock: Clock


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Measured:
    """Values to be composed.

    values : (draws, areas, items), nan where nothing was measured
    poor : (areas, items), True where the grade is poor
    exposures : name -> (areas,), what counts are divided by
    earlier : last known values, like `values`; rhythms : (areas, items), rhythms since then
    imputed : (areas, items), True where a gap was filled
    """

    areas: tuple[str, ...]
    items: tuple[Item, ...]
    values: _Floats
    poor: NDArray[np.bool_]
    exposures: Mapping[str, _Floats]
    earlier: _Floats | None = None
    rhythms: _Floats | None = None
    imputed: NDArray[np.bool_] | None = None


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Composite:
    """What a recipe made: components (draws, areas, components) and total (draws, areas), higher being
    better.

    present : (areas, components); too_much_imputed : areas whose values were filled in by more than 30 %
    log : one line for each step
    """

    components: _Floats
    total: _Floats
    names: tuple[str, ...]
    present: NDArray[np.bool_]
    too_much_imputed: NDArray[np.bool_]
    log: tuple[str, ...]
    recipe: str


def apply(recipe: Recipe, measured: Measured, rng: np.random.Generator) -> Composite:
    """Run the seven steps in their order. Raises: RecipeError naming step and item."""
    _refuse_weights(recipe.weight, measured)
    log = []
    current = measured
    for step in (_screen, _impute, _denominate, _treat, _normalise):
        name = step.__name__[1:]
        current, line = step(current, getattr(recipe, name), rng)
        log.append(f"{name}: {line}")
    components, names, line = _weight(current, recipe.weight)
    log.append(f"weight: {line}")
    total, line = _aggregate(components, names, recipe, current)
    log.append(f"aggregate: {line}")
    imputed = current.imputed if current.imputed is not None else np.zeros(current.poor.shape, dtype=bool)
    return Composite(
        components=components,
        total=total,
        names=names,
        present=_any_seen(components),
        too_much_imputed=imputed.mean(axis=1) > MOST_IMPUTED,
        log=tuple(log),
        recipe=recipe_id(recipe),
    )


def _any_seen(values: _Floats) -> NDArray[np.bool_]:
    seen: NDArray[np.bool_] = np.asarray((~np.isnan(values)).any(axis=0))
    return seen


def _refuse_weights(weight: Weight, measured: Measured) -> None:
    known = {item.key: item for item in measured.items}
    named = [key for component in weight.components.values() for key in component.items]
    if len(named) != len(set(named)):
        raise RecipeError("weight: an item stands in two components; give it to one.")
    for name, component in weight.components.items():
        if not component.weight >= 0 or not all(part >= 0 for part in component.items.values()):
            raise RecipeError(
                f"weight: component '{name}' has a negative weight; turn the item round instead."
            )
        for key, part in component.items.items():
            if key not in known:
                raise RecipeError(f"weight: '{key}' is not among the items: {', '.join(known)}.")
            if known[key].direction == 0 and part != 0:
                raise RecipeError(
                    f"weight: '{key}' is context (direction 0) and can never carry weight. "
                    "Way out: use it as a denominator or a stratum."
                )
    if not sum(component.weight for component in weight.components.values()) > 0:
        raise RecipeError("weight: all weights are 0.")


def _per_item(step: str, rules: Mapping[str, str], measured: Measured) -> list[str]:
    missing = [item.key for item in measured.items if item.key not in rules]
    if missing:
        raise RecipeError(
            f"{step}: nothing is said of {', '.join(missing)}; write `none` where nothing is done."
        )
    return [rules[item.key] for item in measured.items]


def _screen(measured: Measured, step: Screen, rng: np.random.Generator) -> tuple[Measured, str]:
    blank = [item.key for item in measured.items if not item.unit]
    if blank:
        raise RecipeError(f"screen: the unit of {', '.join(blank)} is not known.")
    if step.rule == "none":
        return measured, "none"
    if step.coverage is None or not 0 <= step.coverage <= 1:
        raise RecipeError(f"screen: coverage is a share of areas, not {step.coverage}.")
    values = np.where(measured.poor, np.nan, measured.values)
    covered = _any_seen(values).mean(axis=0)
    out = covered < step.coverage
    values = np.where(out, np.nan, values)
    left = [item.key for item, gone in zip(measured.items, out, strict=True) if gone]
    poor = int((measured.poor & _any_seen(measured.values)).sum())
    line = f"left out for coverage: {', '.join(left) or 'none'}; values of poor grade left out: {poor}"
    return replace(measured, values=values), line


def _impute(measured: Measured, step: Impute, rng: np.random.Generator) -> tuple[Measured, str]:
    gaps = ~_any_seen(measured.values)
    if step.rule == "none":
        return measured, f"none; gaps kept: {int(gaps.sum())}"
    if not gaps.any():
        return measured, f"{step.rule}; no gap, nothing done"
    if step.rule == "last_value":
        values, filled = _from_last(measured, step, gaps, rng)
    else:
        values, filled = _from_region(measured, gaps, rng)
    line = f"{step.rule}; filled {int(filled.sum())} of {int(gaps.sum())} gaps"
    return replace(measured, values=values, imputed=filled), line


def _from_last(
    measured: Measured, step: Impute, gaps: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[_Floats, NDArray[np.bool_]]:
    if measured.earlier is None or measured.rhythms is None:
        raise RecipeError("impute: `last_value` needs earlier values and the rhythms since.")
    growth = np.array([(step.growth or {}).get(item.key, np.nan) for item in measured.items])
    known = gaps & _any_seen(measured.earlier)
    constant = [measured.items[j].key for j in np.flatnonzero(known.any(axis=0) & ~(growth > 0))]
    if constant:
        # A last value carried forward without added variance would pretend that nothing can have changed.
        raise RecipeError(f"impute: no variance per rhythm is given for {', '.join(constant)}.")
    spread = np.sqrt(np.where(known, np.nan_to_num(growth) * measured.rhythms, 0.0))
    moved = measured.earlier + spread * rng.standard_normal(measured.values.shape)
    return np.where(known, moved, measured.values), known


def _from_region(
    measured: Measured, gaps: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[_Floats, NDArray[np.bool_]]:
    measured_areas = (~gaps).sum(axis=0)
    usable = gaps & (measured_areas >= 3)
    values = measured.values.copy()
    for j in np.flatnonzero(usable.any(axis=0)):
        seen = values[:, ~gaps[:, j], j]
        mean, spread = seen.mean(axis=1), seen.std(axis=1, ddof=1)
        for area in np.flatnonzero(usable[:, j]):
            # A new area scatters round the mean as the measured ones do, and the mean is itself uncertain.
            wide = spread * np.sqrt(1.0 + 1.0 / seen.shape[1])
            values[:, area, j] = mean + wide * rng.standard_normal(len(mean))
    return values, usable


def _denominate(measured: Measured, step: Denominate, rng: np.random.Generator) -> tuple[Measured, str]:
    rules = _per_item("denominate", step.by, measured)
    values, done = measured.values.copy(), []
    for j, (item, name) in enumerate(zip(measured.items, rules, strict=True)):
        if name == "none":
            if item.form == "count":
                raise RecipeError(f"denominate: '{item.key}' is a count; say what it is divided by.")
            continue
        if item.form in ("share", "mean"):
            raise RecipeError(f"denominate: '{item.key}' is a {item.form}; it has its denominator already.")
        if name not in measured.exposures:
            raise RecipeError(f"denominate: there is no exposure '{name}' for '{item.key}'.")
        exposure = np.asarray(measured.exposures[name], dtype=np.float64)
        if not (exposure > 0).all():
            raise RecipeError(
                f"denominate: '{name}' is 0 or missing in an area; an outage is missing, not 0."
            )
        values[:, :, j] /= exposure
        done.append(f"{item.key} by {name}")
    return replace(measured, values=values), ", ".join(done) or "none"


def _treat(measured: Measured, step: Treat, rng: np.random.Generator) -> tuple[Measured, str]:
    rules = _per_item("treat", step.rules, measured)
    values, done = measured.values.copy(), []
    for j, (item, rule) in enumerate(zip(measured.items, rules, strict=True)):
        if rule == "none":
            continue
        column = values[:, :, j]
        with np.errstate(invalid="ignore"):
            if rule == "log":
                if (column <= 0).any():
                    # log(1 + rate) would depend on the unit the rate is written in, so it is no way out.
                    raise RecipeError(f"treat: '{item.key}' has rates of 0; draw them from counts, no log1p.")
                values[:, :, j] = np.log(column)
            elif rule == "logit":
                if item.form != "share" or ((column <= 0) | (column >= 1)).any():
                    raise RecipeError(f"treat: '{item.key}' is not a share strictly between 0 and 1.")
                values[:, :, j] = np.log(column) - np.log1p(-column)
            elif rule == "winsorise":
                if not step.bounds or item.key not in step.bounds:
                    raise RecipeError(f"treat: no bounds of the reference period for '{item.key}'.")
                values[:, :, j] = np.clip(column, *step.bounds[item.key])
            else:
                raise RecipeError(f"treat: there is no rule '{rule}'; take none, log, logit or winsorise.")
        done.append(f"{item.key} {rule}")
    return replace(measured, values=values), ", ".join(done) or "none"


def _normalise(measured: Measured, step: Normalise, rng: np.random.Generator) -> tuple[Measured, str]:
    if step.rule == "rank":
        return replace(measured, values=_ranks(measured)), "rank"
    if step.rule not in ("goalposts", "reference"):
        raise RecipeError(
            f"normalise: there is no rule '{step.rule}'. The minimum and maximum of the sample move when one "
            "area changes; take goalposts, reference or rank."
        )
    points = step.points or {}
    missing = [item.key for item in measured.items if item.key not in points]
    if missing:
        raise RecipeError(f"normalise: no fixed points for {', '.join(missing)}.")
    values = measured.values.copy()
    for j, item in enumerate(measured.items):
        one, two = points[item.key]
        if step.rule == "goalposts":
            if one == two or (item.direction != 0 and (two > one) != (item.direction < 0)):
                raise RecipeError(
                    f"normalise: worst {one} and best {two} of '{item.key}' go against its direction."
                )
            values[:, :, j] = (values[:, :, j] - one) / (two - one)
        else:
            if not two > 0:
                raise RecipeError(f"normalise: the reference spread of '{item.key}' is {two}.")
            values[:, :, j] = -item.direction * (values[:, :, j] - one) / two
    return replace(measured, values=values), step.rule


def _ranks(measured: Measured) -> _Floats:
    values = measured.values
    signed = values * np.array([-item.direction for item in measured.items])
    ranks = np.full(values.shape, np.nan)
    for j in range(values.shape[2]):
        seen = np.flatnonzero(_any_seen(values[:, :, j]))
        column = signed[:, seen, j]
        below = (column[:, :, None] > column[:, None, :]).sum(axis=2)
        tied = (column[:, :, None] == column[:, None, :]).sum(axis=2) - 1
        ranks[:, seen, j] = (below + 0.5 * tied + 0.5) / len(seen)
    return ranks


def _weight(measured: Measured, step: Weight) -> tuple[_Floats, tuple[str, ...], str]:
    place = {item.key: j for j, item in enumerate(measured.items)}
    columns = []
    for component in step.components.values():
        used = [place[key] for key in component.items]
        weights = np.array(list(component.items.values()), dtype=np.float64)
        # A component with a gap in it is missing: a half of it would be another quantity under the same name.
        columns.append(measured.values[:, :, used] @ weights / weights.sum())
    return np.stack(columns, axis=2), tuple(step.components), step.basis


def _aggregate(
    components: _Floats, names: tuple[str, ...], recipe: Recipe, measured: Measured
) -> tuple[_Floats, str]:
    step = recipe.aggregate
    used = {key for component in recipe.weight.components.values() for key in component.items}
    clocks = {item.clock for item in measured.items if item.key in used}
    if len(clocks) > 1:
        raise RecipeError("aggregate: slow and fast indicators are never added into one number; draw both.")
    weights = np.array([component.weight for component in recipe.weight.components.values()])
    present = ~np.isnan(components)
    enough = present.sum(axis=2) >= step.least_components
    weights = np.where(present, weights, 0.0)
    whole = weights.sum(axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        if step.rule == "arithmetic":
            total = np.where(present, weights * components, 0.0).sum(axis=2) / whole
        elif step.rule == "geometric":
            if (components < 0).any():
                raise RecipeError("aggregate: a geometric mean needs components of 0 or more.")
            total = np.exp(np.where(present, weights * np.log(components), 0.0).sum(axis=2) / whole)
        elif step.rule == "three_worst":
            worst = np.sort(np.where(present, components, np.inf), axis=2)[:, :, :3]
            total = np.where(np.isfinite(worst), worst, 0.0).sum(axis=2) / np.isfinite(worst).sum(axis=2)
        else:
            raise RecipeError(f"aggregate: there is no rule '{step.rule}'.")
    return np.where(enough & (whole > 0), total, np.nan), step.rule
