"""Figures that reach the gate unprotected: shares, indices, intervals, counts that are not the protected."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kelisim.core.errors import GateError
from kelisim.core.estimates import Estimate, Figure
from kelisim.disclosure.closed_tables import guarded
from kelisim.disclosure.release import release
from kelisim.runs.evidence import figures_of
from tests import cast
from tests.disclosure.closed import closed_table, counts_shown, with_totals

INNER = {("S1", "alder"): 4.0, ("S1", "birch"): 61.0, ("S2", "alder"): 57.0, ("S2", "birch"): 48.0}
STUDY = cast.study(closed_table(with_totals(INNER), complete_groups=True, whole="S"), synthetic=False)


def test_measures_of_spread_need_every_unit() -> None:
    figures = list(figures_of(guarded(STUDY)))
    names = ("exposure", "local_segregation", "location_quotient", "theil_h", "dissimilarity")
    spread = [f for f in figures if f.indicator.startswith(names)]
    assert spread and all(f.estimate.flag == "withheld" for f in spread)


def share(option: str, value: float, n: int | None, **more: object) -> Figure:
    estimate = Estimate(value=value, unit="percent", n=n, method="m", grade="good", source="book", **more)  # type: ignore[arg-type]
    return Figure(
        indicator=f"answer.Q1.{option}", area_id="S1", period_id="y2019", estimate=estimate, klass="computed"
    )


def passed(*figures: Figure) -> tuple[Figure, ...]:
    return release(STUDY, figures, (), {}, run_id="r", code_version="c").figures


def test_measures_of_an_unguarded_study_are_held_back() -> None:
    out = release(STUDY, figures_of(STUDY), (), {}, run_id="r", code_version="c")
    assert all(f.estimate.flag == "withheld" for f in out.figures if f.indicator != "population")
    shown = {k: f.estimate.value for k, f in counts_shown(out).items()}
    assert shown["S1", "alder"] is None
    assert all(value is None or value % 5 == 0 for value in shown.values())
    assert not any(f.cells for f in out.figures)


def test_a_count_that_is_not_the_protected_one_is_refused() -> None:
    leaving = guarded(STUDY)
    figures = list(figures_of(leaving))
    place = next(i for i, f in enumerate(figures) if f.estimate.unit == "persons" and f.estimate.value)
    exact = replace(figures[place].estimate, value=float(figures[place].estimate.value or 0) + 1)
    figures[place] = replace(figures[place], estimate=exact)
    with pytest.raises(GateError, match="protected"):
        release(leaving, figures, (), {}, run_id="r", code_version="c")


def test_a_share_and_its_base_do_not_give_the_count_back() -> None:
    n, k = 214, 67
    (out,) = passed(share("a", 100 * k / n, n))
    assert out.estimate.n == 215 and out.estimate.value == pytest.approx(100 * 65 / 215)
    fits = [
        (kk, nn)
        for nn in range(1, 400)
        for kk in range(nn + 1)
        if round(100 * kk / nn, 2) == round(out.estimate.value, 2) and nn == out.estimate.n
    ]
    assert (k, n) not in fits


def test_a_small_share_takes_another_with_it() -> None:
    out = passed(
        share("a", 100 * 3 / 200, 200), share("b", 100 * 80 / 200, 200), share("c", 100 * 117 / 200, 200)
    )
    assert [f.estimate.flag for f in out] == ["withheld", "withheld", "ok"]


def test_unanimity_and_a_complement_of_few_are_withheld() -> None:
    for value in (100.0, 0.0, 100 * 196 / 200):
        assert passed(share("a", value, 200))[0].estimate.flag == "withheld"
    index = replace(share("a", 0.5, 50).estimate, unit="index 0-1", se=0.0)
    assert passed(replace(share("a", 0.5, 50), estimate=index))[0].estimate.flag == "withheld"


def test_an_interval_moves_with_its_share_and_is_opened() -> None:
    (out,) = passed(share("a", 100 * 67 / 214, 214, low=25.43, high=37.81, level=0.95, se=3.17))
    e = out.estimate
    assert e.low is not None and e.high is not None and e.value is not None
    assert e.low == int(e.low) and e.high == int(e.high) and e.low <= e.value <= e.high
    assert e.se is None


def test_a_figure_without_its_size_does_not_leave() -> None:
    assert passed(share("a", 40.0, None))[0].estimate.flag == "withheld"
