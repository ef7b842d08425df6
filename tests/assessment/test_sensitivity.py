"""Sensitivity: one step changed at a time, and what it does to an area's level."""

from __future__ import annotations

import numpy as np

from kelisim.assessment.items import index_recipe
from kelisim.assessment.recipe import recipe_id
from kelisim.assessment.sensitivity import variants
from tests.assessment.worlds import rows, world


def test_every_variant_changes_exactly_one_step() -> None:
    base = index_recipe()
    runs = list(variants(base, 5, 40.0, np.random.default_rng(1)))
    # Five weights, two other aggregations, ranks, and each of four parts left out.
    assert len(runs) == 5 + 2 + 1 + 4
    for run in runs:
        changed = [n for n in base.__dataclass_fields__ if getattr(run, n) != getattr(base, n)]
        assert len(changed) == 1, changed
    assert len({recipe_id(run) for run in runs} | {recipe_id(base)}) == len(runs) + 1


def test_an_area_far_from_the_cuts_does_not_react() -> None:
    _, made = world(rows("S1", 0.5) + rows("S2", 0.1) + rows("S3", 0.9))
    for zone in made.zones[:3]:
        assert zone.reaction is not None and zone.reaction.changed <= 0.05


def test_an_area_of_unlike_parts_reacts() -> None:
    uneven = rows("S1", 0.47, felt_tension=9.5)
    _, made = world(uneven + rows("S2", 0.5) + rows("S3", 0.6))
    reaction = made.zones[0].reaction
    assert reaction is not None
    assert reaction.changed > 0.05 and reaction.low < 0.5 < reaction.high


def test_no_index_no_reaction() -> None:
    _, made = world(rows("S1", 0.5, items=("felt_tension",)))
    assert all(zone.reaction is None for zone in made.zones)
