"""Cards of a study: what fills them, at what grade, and the reason where nothing does."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kelisim.core.cards import NO_DATA, CardState
from kelisim.core.study import Study
from kelisim.runs.release import released_study
from tests.assessment.worlds import rows, world
from tests.studies import TURKISTAN, read, unwatched_synthetic


@pytest.fixture(scope="module")
def turkistan() -> dict[str, CardState]:
    return {state.card.key: state for state in released_study(read(TURKISTAN)).cards}


def test_printed_figures_fill_their_cards(turkistan: dict[str, CardState]) -> None:
    unemployment = turkistan["unemployment"].values
    assert len(unemployment) == 2 and {v.area_id for v in unemployment} == {"KZ61"}
    assert all("too_old" in v.faults and v.grade == "poor" for v in unemployment)
    assert turkistan["policy_support"].filled and turkistan["civic_identity"].filled


def test_a_part_of_a_card_says_so(turkistan: dict[str, CardState]) -> None:
    for key in ("relative_wage", "output_growth", "clashes", "dissimilarity", "discrimination"):
        assert all("definition_differs" in v.faults for v in turkistan[key].values), key
        assert turkistan[key].filled, key


def test_every_empty_card_has_a_reason(turkistan: dict[str, CardState]) -> None:
    for state in turkistan.values():
        assert state.filled != bool(state.reason)
        assert state.reason in (*NO_DATA, "")
    assert turkistan["hostility"].reason == turkistan["felt_tension"].reason == "not_asked"
    assert turkistan["clash_danger"].reason == "not_asked"
    assert turkistan["youth_share"].reason == "only_prose"
    assert turkistan["rumours"].reason == "needs_signals"
    assert turkistan["external_pressure"].reason == "needs_panel"


def test_the_peace_half_of_turkistan_has_two_of_eleven(turkistan: dict[str, CardState]) -> None:
    held = [s for s in turkistan.values() if s.card.kind == "resilience" and s.filled]
    assert sorted(s.card.key for s in held) == ["civic_identity", "policy_support"]


def test_estimates_by_area_fill_the_card_of_their_name() -> None:
    _, made = world(rows("S1", 0.5))
    states = {state.card.key: state for state in made.cards}
    assert [v.grade for v in states["trust_local_bodies"].values] == ["good"]
    assert len(states["hostility"].values) == 2
    # The card counts people in percent, the item is a mean of four steps.
    assert all("definition_differs" in v.faults for v in states["clash_danger"].values)


def test_only_the_last_wave_stands_on_the_card() -> None:
    listed = [("S1", "felt_tension", 5.0, 0.1, 30.0, 200, 1.0, "good", "y2019"),
              ("S1", "felt_tension", 6.0, 0.1, 30.0, 200, 1.0, "good", "y2021")]  # fmt: skip
    from kelisim.assessment.assess import item_units
    from kelisim.assessment.filling import fill
    from kelisim.evidence.survey.area_estimates import area_estimates
    from tests.assessment.worlds import COLUMNS
    from tests.cast import study, table

    given = study(table("area_estimates", (*COLUMNS, "wave"), listed))
    figures = tuple(area_estimates(given.tables["area_estimates"], item_units(), 0.95))
    state = fill(given, figures)[-1]
    assert [v.estimate_id for v in state.values] == [figures[1].estimate_id]


def test_permuted_group_labels_change_no_zone() -> None:
    declared = read(unwatched_synthetic())

    def zones(change: Callable[[Study], Study]) -> object:
        return released_study(change(declared)).zones

    def permuted(study: Study) -> Study:
        """Rename north -> lake -> steppe -> north in every table at once."""
        import numpy as np

        turn = {"north": "lake", "lake": "steppe", "steppe": "north"}
        tables = {}
        for key, table in study.tables.items():
            data = dict(table.data)
            if "group" in data:
                data["group"] = np.array([turn.get(g, g) for g in data["group"]], dtype=object)
            if "parties" in data:
                named = [";".join(turn.get(g, g) for g in p.split(";")) for p in data["parties"]]
                data["parties"] = np.array(named, dtype=object)
            tables[key] = type(table)(table.spec, table.use, data, table.lines, table.prints)
        from dataclasses import replace

        return replace(study, tables=tables)

    assert zones(permuted) == zones(lambda study: study)
