"""The items of the index "level of interethnic interaction": four parts, seven questions, the ends of their
scales.

The source document names the parts and prints no items, weights or thresholds; items, equal weights and cut
points are ours and are declared here once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kelisim.assessment.cards.catalogue import CARDS
from kelisim.assessment.recipe import (
    Aggregate,
    Component,
    Denominate,
    Impute,
    Normalise,
    Recipe,
    Screen,
    Treat,
    Weight,
)
from kelisim.assessment.steps import Item

__all__ = ["CUTS", "ITEMS", "LEAST_PARTS", "PARTS", "IndexItem", "index_recipe", "item_of"]

CUTS = (1.0 / 3.0, 2.0 / 3.0)
LEAST_PARTS = 3


@dataclass(frozen=True, slots=True)
class IndexItem:
    """One question: its part, the form of its answers and the worst and best end of its scale.

    form : "mean" of a scale, or "share" in percent
    """

    key: str
    part: str
    form: Literal["mean", "share"]
    worst: float
    best: float

    @property
    def low(self) -> float:
        """Lower end of the scale."""
        return min(self.worst, self.best)

    @property
    def high(self) -> float:
        """Upper end of the scale."""
        return max(self.worst, self.best)


ITEMS: dict[str, IndexItem] = {
    item.key: item
    for item in (
        IndexItem("hostility_towards", "hostility", "mean", 10.0, 0.0),
        IndexItem("hostility_from", "hostility", "mean", 10.0, 0.0),
        IndexItem("clash_danger_country", "clash_danger", "mean", 4.0, 1.0),
        IndexItem("clash_danger_place", "clash_danger", "mean", 4.0, 1.0),
        IndexItem("climate_place", "interethnic_climate", "mean", 1.0, 5.0),
        IndexItem("climate_country", "interethnic_climate", "share", 0.0, 100.0),
        IndexItem("felt_tension", "felt_tension", "mean", 10.0, 0.0),
    )
}
PARTS: tuple[str, ...] = tuple(dict.fromkeys(item.part for item in ITEMS.values()))


def item_of(item: IndexItem) -> Item:
    """What the steps of a recipe need to know of an index item; direction and clock are those of its card."""
    card = CARDS[item.part]
    unit = "percent" if item.form == "share" else f"scale {item.low:g}-{item.high:g}"
    return Item(item.key, item.form, unit, card.direction, card.clock)


def index_recipe() -> Recipe:
    """The default recipe: gaps stay gaps, ends of the scales as goalposts, equal weights, arithmetic mean."""
    nothing = dict.fromkeys(ITEMS, "none")
    components = {
        part: Component(1.0 / len(PARTS), {key: 1.0 for key, item in ITEMS.items() if item.part == part})
        for part in PARTS
    }
    return Recipe(
        screen=Screen(rule="coverage", coverage=0.0),
        impute=Impute(rule="none"),
        denominate=Denominate(by=nothing),
        treat=Treat(rules=nothing),
        # Shares are drawn in 0..1, means in the units of their scale.
        normalise=Normalise(
            rule="goalposts",
            points={
                key: (0.0, 1.0) if item.form == "share" else (item.worst, item.best)
                for key, item in ITEMS.items()
            },
        ),
        weight=Weight(basis="equal", components=components),
        aggregate=Aggregate(rule="arithmetic", least_components=LEAST_PARTS),
    )
