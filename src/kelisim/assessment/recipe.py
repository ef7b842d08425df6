"""The recipe of an index: seven steps, each exactly once and in order, as frozen records with one identifier.

`screen impute denominate treat normalise weight aggregate`. A step that does nothing is written as `none`,
never left out. The identifier is the SHA-256 of the recipe's canonical JSON and travels with every value
made by it, so two values can be compared only when they were made alike.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from kelisim.core.errors import RecipesDiffer
from kelisim.core.estimates import Estimate

__all__ = [
    "Aggregate",
    "Component",
    "Denominate",
    "Impute",
    "Normalise",
    "Recipe",
    "Screen",
    "Treat",
    "Weight",
    "difference",
    "recipe_id",
    "same_recipe",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """Which values may enter.

    coverage : share of areas in which an item must be measured; None for rule "none"
    """

    rule: Literal["none", "coverage"]
    coverage: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Impute:
    """What is done about gaps.

    growth : item -> variance added for every rhythm since the last value (rule "last_value")
    """

    rule: Literal["none", "last_value", "regional_mean"]
    growth: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Denominate:
    """What counts are divided by: item -> "none" or the name of the exposure (residents, posts read, hotline
    days)."""

    by: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Treat:
    """How shapes are tamed: item -> "none", "log" (rates), "logit" (shares in 0..1) or "winsorise".

    bounds : item -> lower and upper bound of the reference period, for "winsorise"
    """

    rules: Mapping[str, str]
    bounds: Mapping[str, tuple[float, float]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalise:
    """One scale for all, higher being better: "goalposts" item -> (worst, best) fixed beforehand;
    "reference" item -> (mean, sd) frozen on the reference period; "rank" among the areas.
    """

    rule: Literal["goalposts", "reference", "rank"]
    points: Mapping[str, tuple[float, float]] | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """A component: its weight in the whole, and the weight of its items within it."""

    weight: float
    items: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """Components by name. basis : "equal" or "declared"; weights are never fitted to the outcome."""

    basis: Literal["equal", "declared"]
    components: Mapping[str, Component]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """How components make the whole, and how many must be there."""

    rule: Literal["arithmetic", "geometric", "three_worst"]
    least_components: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The seven steps in their order. Leaving one out is a TypeError, which is the point."""

    screen: Screen
    impute: Impute
    denominate: Denominate
    treat: Treat
    normalise: Normalise
    weight: Weight
    aggregate: Aggregate


def recipe_id(recipe: Recipe) -> str:
    """SHA-256 of the canonical JSON: steps in order, keys of mappings sorted, 12 significant digits.

    The order in which a mapping was written does not matter; any changed step does.
    """
    steps = [[step.name, _plain(asdict(getattr(recipe, step.name)))] for step in fields(recipe)]
    text = json.dumps(steps, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    # 1 and 1.0 are one number and must give one identifier.
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value:.12g}" if is_number else value


def same_recipe(*estimates: Estimate, linked: frozenset[frozenset[str]] = frozenset()) -> None:
    """Pass when all values were made by one recipe, or by two that a declared back-cast links.

    linked : pairs of recipe identifiers between which values were applied back
    Raises: RecipesDiffer.
    """
    recipes = sorted({estimate.recipe for estimate in estimates})
    for other in recipes[1:]:
        if frozenset((recipes[0], other)) not in linked:
            raise RecipesDiffer(
                f"the values were made by different recipes ({recipes[0][:12] or 'none'}, {other[:12]}). "
                "Way out: recompute both by one recipe, or declare the back-cast that links them."
            )


def difference(
    later: Estimate, earlier: Estimate, linked: frozenset[frozenset[str]] = frozenset()
) -> float | None:
    """Later value minus earlier value; None where one is missing. Raises: RecipesDiffer."""
    same_recipe(later, earlier, linked=linked)
    if later.value is None or earlier.value is None:
        return None
    return later.value - earlier.value
