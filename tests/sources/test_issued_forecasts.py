"""Forecasts and outcomes from bare files: what is joined, what is left over, every fault at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kelisim.core.errors import Refused
from kelisim.sources.issued_forecasts import IssuedForecasts, read_issued


def files(folder: Path, forecasts: str, outcomes: str) -> IssuedForecasts:
    (folder / "f.csv").write_text(forecasts, encoding="utf-8")
    (folder / "o.csv").write_text(outcomes, encoding="utf-8")
    return read_issued(folder / "f.csv", folder / "o.csv")


def faults(folder: Path, forecasts: str, outcomes: str) -> list[str]:
    with pytest.raises(Refused) as refused:
        files(folder, forecasts, outcomes)
    return [str(fault) for fault in refused.value.faults]


def test_both_files_are_joined(tmp_path: Path) -> None:
    made = files(
        tmp_path,
        "area;period;probability;note\nB;2024-Q2;0,2;x\nA;2023-Q4;0.1;y\nA;2024-Q2;;z\n",
        "period,area,happened\n2023-Q4,A,yes\n2024-Q2,B,\n2024-Q2,A,1\n2024-Q1,B,0\n",
    )
    assert (made.areas, made.periods) == (("A", "B"), ("2023-Q4", "2024-Q1", "2024-Q2"))
    assert made.periods_a_year == 4 and made.years.tolist() == [2023, 2024, 2024]
    np.testing.assert_equal(made.probability, [[0.1, np.nan, np.nan], [np.nan, np.nan, 0.2]])
    np.testing.assert_equal(made.happened, [[1, np.nan, 1], [np.nan, 0, np.nan]])
    # The event of A in 2024-Q2 had an empty forecast: it can be counted, and not scored.
    assert made.unforecast_events == 1


@pytest.mark.parametrize(("text", "years"), [("2024", 1), ("2024-Q3", 4), ("2024Q3", 4), ("2024-07", 12)])
def test_periods(tmp_path: Path, text: str, years: int) -> None:
    made = files(tmp_path, f"area,period,probability\nA,{text},0.5\n", f"area,period,happened\nA,{text},0\n")
    assert made.periods_a_year == years and made.years.tolist() == [2024]


def test_draws_are_kept_by_place(tmp_path: Path) -> None:
    head = ",".join(f"draw_{i}" for i in range(20))
    drawn = ",".join(f"{0.1 + i / 100:.2f}" for i in range(20))
    made = files(
        tmp_path,
        f"area,period,probability,{head}\nA,2023,0.2,{drawn}\nA,2024,0.2,{',' * 19}\n",
        "area,period,happened\nA,2023,0\n",
    )
    assert list(made.draws) == [(0, 0)] and len(made.draws[0, 0]) == 20


def test_every_fault_of_both_files_is_told(tmp_path: Path) -> None:
    told = faults(
        tmp_path,
        "area,period,probability\nA,2024-13,0.1\nA,2024-01,20 %\n,2024-02,0.1\nA,2024-03,much\n"
        "A,2024-04,0.1\nA,2024-04,0.2\nA,2024-Q1,0.1\n",
        "area,period,happened\nA,2024-04,perhaps\nC,2024-04,1\n",
    )
    for words in (
        "f.csv, row 2, period: '2024-13' is no period",
        "f.csv, row 3, probability: 20 % does not lie",
        "f.csv, row 4, area: the area is missing",
        "f.csv, row 5, probability: 'much' is no number",
        "f.csv, row 7, period: A in 2024-04 stands already in row 6",
        "f.csv, period: years, quarters and months",
        "o.csv, row 2, happened: 'perhaps' is neither",
        "o.csv, area: the area 'C' has outcomes and not one forecast",
    ):
        assert any(words in line for line in told), words
    assert all("Way out" in line for line in told)


@pytest.mark.parametrize(
    ("forecasts", "words"),
    [
        ("area,period\nA,2024\n", "no such column"),
        ("area,period,probability\n", "not one forecast"),
        ("area,period,probability\nA,1000,0.1\nA,2999,0.1\n", "span more than"),
        ("area,period,probability,draw_1\nA,2024,0.1,0.1\n", "draws tell no doubt"),
        (
            "area,period,probability,"
            + ",".join(f"draw_{i}" for i in range(20))
            + "\nA,2024,0.9"
            + ",0.1" * 20,
            "outside all of its draws",
        ),
        ("area,period,probability,draw_1,draw_2\nA,2024,0.1,0.1,\n", "a draw is missing"),
        ("", "empty"),
    ],
)
def test_files_that_say_nothing(tmp_path: Path, forecasts: str, words: str) -> None:
    assert any(words in line for line in faults(tmp_path, forecasts, "area,period,happened\nA,2024,0\n"))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"f\.csv: the file cannot be read"):
        read_issued(tmp_path / "f.csv", tmp_path / "o.csv")


cells = st.text(st.sampled_from('A2024-Q1.,;"\n 0é'), max_size=12)


@given(st.lists(cells, max_size=12), st.lists(cells, max_size=12))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_read_or_refused(tmp_path: Path, one: list[str], two: list[str]) -> None:
    heads = ("area,period,probability\n", "area,period,happened\n")
    try:
        files(tmp_path, heads[0] + "\n".join(one), heads[1] + "\n".join(two))
    except Refused as refused:
        assert refused.faults
