"""The index of an area: by hand, by draws, and not at all where too little was asked."""

from __future__ import annotations

import numpy as np
import pytest

from kelisim.assessment.index import AreaIndex, NotEnoughData, area_index, judgements
from kelisim.assessment.items import ITEMS, PARTS
from kelisim.core.errors import Refused
from kelisim.core.estimates import Figure
from tests.assessment.worlds import at, rows, rule, world
from tests.cast import study, table

SURE = judgements(0.0, 1, np.random.default_rng(1))


def found(figures: tuple[Figure, ...], indicator: str, area: str) -> Figure:
    (one,) = [f for f in figures if f.indicator == indicator and f.area_id == area]
    return one


def parts(*values: float) -> np.ndarray:
    return np.array([values], dtype=float)


def test_levels_begin_at_their_cut_points() -> None:
    for value, level in ((1 / 3 - 1e-9, "tense"), (1 / 3, "normal"), (2 / 3, "benevolent")):
        made = area_index(parts(*[value] * 4), value, SURE, 0.95)
        assert isinstance(made, AreaIndex) and made.levels[level] == 1.0


@pytest.mark.parametrize("present", [0, 1, 2])
def test_fewer_than_three_parts_are_not_enough(present: int) -> None:
    values = [0.5] * present + [np.nan] * (4 - present)
    assert area_index(parts(*values), 0.5, SURE, 0.95) == NotEnoughData(PARTS[:present])


def test_three_parts_carry_the_weight_of_the_fourth() -> None:
    made = area_index(parts(0.2, 0.2, 0.2, np.nan), 0.2, SURE, 0.95)
    assert isinstance(made, AreaIndex) and made.low == pytest.approx(0.2)


def test_the_index_by_hand() -> None:
    _, made = world(rows("S1", 0.5, hostility_towards=at(0.9, "hostility_towards"), felt_tension=2.0))
    # Parts .7 (mean of .9 and .5), .5, .5 and .8; their mean .625.
    index = found(made.figures, "interaction_index", "S1").estimate
    assert index.value == pytest.approx(0.625)
    assert index.low < 0.625 < index.high and index.n == 400 and len(index.recipe) == 64  # type: ignore[operator]
    assert found(made.figures, "part_hostility", "S1").estimate.value == pytest.approx(0.7)
    assert found(made.figures, "part_felt_tension", "S1").estimate.value == pytest.approx(0.8)


def test_the_source_s_own_form_gives_no_index() -> None:
    _, made = world(rows("S1", 0.5, items=("climate_place", "climate_country")))
    index = found(made.figures, "interaction_index", "S1").estimate
    assert (index.value, index.flag) == (None, "missing")
    assert not [f for f in made.figures if f.indicator.startswith(("level_", "zone_"))]
    assert made.zones[0].parts == ("interethnic_climate",)


def test_half_of_a_part_is_no_part() -> None:
    _, made = world(rows("S1", 0.5, items=[item for item in ITEMS if item != "clash_danger_country"]))
    assert made.zones[0].parts == ("hostility", "interethnic_climate", "felt_tension")
    assert found(made.figures, "interaction_index", "S1").estimate.value == pytest.approx(0.5)


def test_a_value_of_poor_grade_is_shown_and_not_used() -> None:
    _, made = world(rows("S1", 0.5, grade="poor"))
    assert made.zones[0].parts == ()
    assert found(made.figures, "felt_tension", "S1").estimate.value == 5.0


def test_probabilities_sum_to_one_and_carry_the_recipe() -> None:
    _, made = world(rows("S1", 0.34, se=0.05) + rows("S2", 0.6))
    for area in ("S1", "S2"):
        for kind, names in (
            ("level", ("tense", "normal", "benevolent")),
            ("zone", ("green", "yellow", "red")),
        ):
            figures = [found(made.figures, f"{kind}_{name}", area) for name in names]
            assert sum(f.estimate.value or 0.0 for f in figures) == pytest.approx(1.0)
            assert len({f.estimate.recipe for f in figures}) == 1
            assert all(f.cells for f in figures)


def test_a_wider_error_widens_the_index() -> None:
    widths = []
    for se in (0.005, 0.02, 0.05):
        _, made = world(rows("S1", 0.5, se=se))
        index = found(made.figures, "interaction_index", "S1").estimate
        widths.append((index.high or 0.0) - (index.low or 0.0))
    assert widths == sorted(widths) and widths[0] < widths[-1]


def test_items_of_one_survey_err_together() -> None:
    widths = []
    for r in (0.0, 0.9):
        _, made = world(rows("S1", 0.5, se=0.03), rule(index={"correlation": r, "doubt": 0.0}))
        index = found(made.figures, "interaction_index", "S1").estimate
        widths.append((index.high or 0.0) - (index.low or 0.0))
    # Weights 1/8 six times and 1/4 once: variance of the mean .15625 (1 - r) + r in units of one item's.
    assert widths[1] / widths[0] == pytest.approx(np.sqrt((0.15625 * 0.1 + 0.9) / 0.15625), rel=0.08)


def test_an_old_wave_falls_one_grade_and_two_waves_widen_instead() -> None:
    old = rows("S1", 0.5)
    _, made = world(old, period_id="y2019")
    assert found(made.figures, "interaction_index", "S1").estimate.grade == "acceptable"


def test_faults_of_estimates_are_gathered_by_row_and_field() -> None:
    from kelisim.assessment.assess import item_units
    from kelisim.evidence.survey.area_estimates import area_estimates

    columns = ("area", "item", "value", "se", "df", "n", "deff", "grade")
    bad = [
        ("S1", "climate_place", 7.0, 0.1, 20.0, 100.0, 1.0, "good"),
        ("S1", "climat_place", 3.0, 0.1, 20.0, 100.0, 1.0, "good"),
        ("S1", "felt_tension", 3.0, -0.1, 0.0, 0.0, 0.0, "fine"),
    ]
    given = study(table("area_estimates", columns, bad))
    with pytest.raises(Refused) as refused:
        list(area_estimates(given.tables["area_estimates"], item_units(), 0.95))
    places = {(fault.row, fault.field) for fault in refused.value.faults}
    assert places == {(2, "value"), (3, "item"), (4, "se"), (4, "df"), (4, "n"), (4, "deff"), (4, "grade")}


def test_an_estimate_without_error_has_no_interval() -> None:
    _, made = world([("S1", "climate_place", 3.0, None, None, 100, None, "acceptable")])
    one = found(made.figures, "climate_place", "S1").estimate
    assert one.low is None and "error_unknown" in one.reasons
