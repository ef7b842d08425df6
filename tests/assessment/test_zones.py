"""Zones: grey first, the rule on P(tense), what flips a colour and what data would help."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.assessment.items import ITEMS
from kelisim.assessment.zones import classify, grey_reasons
from kelisim.core.zones import AreaZone, Outage
from kelisim.disclosure.release import release
from tests.assessment.worlds import HELD, at, day, rows, rule, world


def zone(listed: list, area: str = "S1", **more: object) -> AreaZone:  # type: ignore[type-arg]
    _, made = world(listed, **more)  # type: ignore[arg-type]
    return {z.area_id: z for z in made.zones}[area]


@pytest.mark.parametrize(
    ("state", "colour"), [(0.15, "red"), (0.335, "yellow"), (0.5, "green"), (0.9, "green")]
)
def test_a_well_measured_area_gets_its_colour(state: float, colour: str) -> None:
    found = zone(rows("S1", state, se=0.004))
    assert not found.grey and found.likeliest == colour
    assert (found.flip_probability or 0.0) < 0.05


def test_the_rule_cuts_where_it_says() -> None:
    tense = np.array([0.0, 0.0499, 0.05, 0.79, 0.80, 1.0])
    assert classify(tense, rule()).tolist() == [0, 0, 1, 1, 2, 2]


def test_an_area_without_an_estimate_is_grey() -> None:
    found = zone(rows("S1", 0.5), area="S2")
    assert found.grey == ("outside_sample", "few_resilience")
    assert found.probabilities == {} and found.flip is None
    assert found.needs[0].items == tuple(ITEMS)
    assert found.needs[1].interviews == {0.5: 99, 0.7: 231, 0.8: 396}


def test_grey_reasons_in_order() -> None:
    everything = grey_reasons(weight=0.25, parts=1, reliable=0.2, resilience=2, outage=True)
    assert everything == ("few_parts", "unreliable", "few_resilience", "outage")
    assert grey_reasons(weight=0.75, parts=3, reliable=0.5, resilience=3, outage=False) == ()


@pytest.mark.parametrize(("n", "reason"), [(98, ("unreliable",)), (99, ())])
def test_the_gate_of_reliability(n: int, reason: tuple[str, ...]) -> None:
    found = zone(rows("S1", 0.5, n=n))
    assert found.grey == reason
    assert bool(found.levels) == (not reason)


def test_three_indicators_of_accord_are_needed() -> None:
    found = zone(rows("S1", 0.5, held=HELD[:2]))
    assert found.grey == ("few_resilience",) and found.resilience == 2
    assert found.levels, "the level itself is known"
    assert [need.kind for need in found.needs] == ["resilience"]
    assert not set(HELD[:2]) & set(found.needs[0].items)


def test_an_outage_makes_grey_and_silence_is_no_calm() -> None:
    silent = rule(outages=(Outage("S1", day("2021-05-01"), day("2021-07-01")),))
    assert zone(rows("S1", 0.5), rule=silent).grey == ("outage",)
    assert zone(rows("S2", 0.5), area="S2", rule=silent).grey == ()
    everywhere = rule(outages=(Outage(None, day("2021-05-01"), day("2021-07-01")),))
    assert zone(rows("S2", 0.5), area="S2", rule=everywhere).grey == ("outage",)
    past = rule(outages=(Outage("S1", day("2020-05-01"), day("2020-07-01")),))
    assert zone(rows("S1", 0.5), rule=past).grey == ()


def test_grey_replaces_green_but_never_an_alarm() -> None:
    some = ("hostility_towards", "hostility_from", "felt_tension")
    bad, good = zone(rows("S1", 0.15, items=some)), zone(rows("S1", 0.6, items=some))
    assert bad.grey == good.grey == ("few_parts",)
    assert bad.alarm and bad.probabilities["red"] > 0.8
    assert not good.alarm and good.probabilities == {}


def test_the_flip_is_the_nearest_move() -> None:
    listed = rows("S1", 0.40, se=0.004)
    # The error of felt tension is five times that of the others: in its own errors it is the nearest.
    listed = [(*r[:3], r[3] * 5, *r[4:]) if r[1] == "felt_tension" else r for r in listed]
    found = zone(listed)
    assert found.likeliest == "green" and found.flip is not None
    assert (found.flip.item, found.flip.to) == ("felt_tension", "yellow")
    assert found.flip.errors > 0, "more tension is a higher value"
    # Moved as far as it says the colour does change, and a little less it does not.
    for share, colour in ((0.9, "green"), (1.1, "yellow")):
        moved = at(0.40, "felt_tension") + share * found.flip.errors * 0.004 * 50
        again = [(*r[:2], moved, *r[3:]) if r[1] == "felt_tension" else r for r in listed]
        assert zone(again).likeliest == colour


def test_a_border_case_asks_for_more_interviews_or_for_another_border() -> None:
    near, on = zone(rows("S1", 0.36, se=0.03)), zone(rows("S1", 0.3615, se=0.03))
    for found in (near, on):
        assert found.flip_probability and found.flip_probability > 0.2
        assert [need.kind for need in found.needs] in (["interviews"], ["border"])


@settings(max_examples=5, deadline=None)
@given(st.floats(0.1, 0.8), st.lists(st.floats(0, 0.3), min_size=7, max_size=7))
def test_no_zone_turns_greener_when_everything_worsens(state: float, worse: list[float]) -> None:
    before = zone(rows("S1", state, se=0.01))
    moved = {item: at(max(0.0, state - drop), item) for item, drop in zip(ITEMS, worse, strict=True)}
    after = zone(rows("S1", state, se=0.01, **moved))
    assert after.probabilities["green"] <= before.probabilities["green"] + 1e-12
    assert after.probabilities["red"] >= before.probabilities["red"] - 1e-12


def test_the_same_study_gives_the_same_zones() -> None:
    listed = rows("S1", 0.34, se=0.03) + rows("S2", 0.5)
    assert world(listed)[1].zones == world(listed)[1].zones


def test_a_study_without_a_rule_has_no_zones_and_still_has_cards() -> None:
    _, made = world(rows("S1", 0.5), rule=None)
    assert made.zones == () and len(made.cards) == 59


def test_the_gate_silences_zones_of_few_persons() -> None:
    given, made = world(rows("S1", 0.15, n=8, se=0.01) + rows("S2", 0.5, n=300), sensitivity="closed")
    assert {z.area_id: z.klass for z in made.zones}["S1"] == "computed"
    out = release(
        given, made.figures, (), {}, run_id="r", code_version="c", cards=made.cards, zones=made.zones
    )
    silent = {z.area_id: z for z in out.zones}["S1"]
    assert silent.grey and not silent.alarm and silent.n is None and silent.reliability is None
    assert silent.probabilities == {} and silent.levels == {}
    shown = [f for f in out.figures if f.area_id == "S1" and f.estimate.value is not None]
    assert shown == []
    assert all(v.area_id != "S1" for card in out.cards for v in card.values)


def test_unreliable_means_are_withheld_where_they_are_not_public_already() -> None:
    for sensitivity, flag in (("closed", "withheld"), ("open", "ok")):
        _, made = world(rows("S1", 0.5, n=60), sensitivity=sensitivity)
        own = [f for f in made.figures if f.estimate.method == "area_estimate"]
        assert {f.estimate.flag for f in own} == {flag}


def test_the_flip_probability_is_what_is_left() -> None:
    found = zone(rows("S1", 0.5))
    changed = replace(found, probabilities={"green": 0.6, "yellow": 0.3, "red": 0.1})
    assert changed.flip_probability == pytest.approx(0.4)
