"""Demography of a study: parts of chance, who meets whom, enclaves, growth between prints, two levels."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kelisim.core.areas import Area, Areas
from kelisim.core.errors import Refused
from kelisim.core.estimates import Figure
from kelisim.core.languages import Words
from kelisim.core.periods import Period
from kelisim.core.study import LocalShare, Randomisation, Series, SeriesPoint, Study
from kelisim.runs.evidence import figures_of, lists_of
from kelisim.sources.study_document import RandomisationDocument
from tests import cast
from tests.studies import TURKISTAN, read, text_of, write_study

RANDOM = Randomisation("person_permutation", 199, 5)


def by_key(study: Study) -> dict[tuple[str, str, str | None, str], Figure]:
    return {(f.indicator, f.area_id, f.group_id, f.variant): f for f in figures_of(study)}


def people(
    *rows: tuple[str, int, int, int], table_id: str = "people", whole: str = "S", **use: object
) -> cast.Table:
    groups = ("alder", "birch", "other")
    cells = [
        (area, group, float(n)) for area, *counts in rows for group, n in zip(groups, counts, strict=True)
    ]
    return cast.counts(cells, table_id=table_id, whole=whole, complete_groups=True, **use)


THREE = people(("S1", 700, 200, 100), ("S2", 100, 850, 50), ("S3", 400, 400, 200))


@pytest.fixture(scope="module")
def turkistan() -> Study:
    return read(TURKISTAN)


@pytest.fixture(scope="module")
def found(turkistan: Study) -> dict[tuple[str, str, str | None, str], Figure]:
    return by_key(turkistan)


def test_parts_of_chance_stand_beside_the_value_and_never_in_it() -> None:
    figures = by_key(cast.study(THREE, randomisation=RANDOM))
    for key, group in (("theil_h", None), ("dissimilarity", "alder"), ("isolation", "other@people")):
        value, null, p, beyond, sample = (
            figures[key + part, "S", group, "people"].estimate
            for part in ("", ".null", ".p", ".corrected", ".if_sample")
        )
        assert value.low is None
        assert value.value is not None and null.value is not None and beyond.value is not None
        assert 0 < null.value < value.value
        assert p.value == pytest.approx(1 / 200)
        assert beyond.value == pytest.approx((value.value - null.value) / (1 - null.value))
        assert sample.low is not None and sample.high is not None
        assert (sample.value, sample.level, sample.method) == (value.value, 0.95, "unit_bootstrap")
        assert null.method == "person_permutation"


def test_without_a_declared_null_there_are_no_parts() -> None:
    assert not [key for key, *_ in by_key(cast.study(THREE)) if key.endswith((".p", ".null", ".if_sample"))]


def test_a_further_table_changes_no_draw_of_the_others() -> None:
    alone = by_key(cast.study(THREE, randomisation=RANDOM))
    second = people(("S1", 5, 6, 7), ("S2", 6, 5, 7), table_id="second")
    together = by_key(cast.study(second, THREE, randomisation=RANDOM))
    assert all(together[key].estimate == figure.estimate for key, figure in alone.items())


def test_a_table_of_one_group_says_why_it_has_no_value() -> None:
    figures = by_key(cast.study(people(("S1", 5, 0, 0), ("S2", 6, 0, 0)), randomisation=RANDOM))
    assert figures["theil_h", "S", None, "people"].estimate.reasons == ("one_group",)
    assert ("theil_h.p", "S", None, "people") not in figures


def test_exposures_and_isolation_of_a_group_sum_to_one() -> None:
    figures = by_key(cast.study(THREE))
    for own in ("alder", "birch", "other@people"):
        met = [
            f.estimate.value for key, f in figures.items() if key[0].startswith("exposure.") and key[2] == own
        ]
        alone = figures["isolation", "S", own, "people"].estimate.value
        assert len(met) == 2
        assert math.fsum([*met, alone]) == pytest.approx(1)  # type: ignore[list-item]


def test_the_enclaves_of_turkistan(found: dict[tuple[str, str, str | None, str], Figure]) -> None:
    flags = {(key[1], key[2]): f.estimate.value for key, f in found.items() if key[0] == "enclave"}
    assert flags == {("KZ6152", "uzbek"): 1.0, ("KZ6152-karabulak", "uzbek"): 1.0}
    village = found[
        "location_quotient", "KZ6152-karabulak", "uzbek", "figures karabulak_uzbek_share"
    ].estimate
    assert village.value == pytest.approx(99 / (100 * 344937 / 2016037))
    share = found["group_share", "KZ6152-karabulak", "uzbek", "figures karabulak_uzbek_share"]
    assert (share.estimate.value, share.klass) == (99.0, "published")


def test_limits_of_the_flag_are_those_of_the_study() -> None:
    table = people(("S1", 10, 85, 5), ("S2", 800, 100, 100), ("S3", 780, 120, 100))
    study = cast.study(table)
    low = replace(study.thresholds, enclave_share_pct=86.0)
    assert ("enclave", "S1", "birch", "people") in by_key(study)
    assert ("enclave", "S1", "birch", "people") not in by_key(replace(study, thresholds=low))


def test_a_printed_share_below_the_limits_carries_the_flag_no() -> None:
    text = cast.table(
        "figures", ("figure", "area", "value"), [("birch_share", "S1", 60.0)], table_id="text"
    )  # fmt: skip
    counted = people(("S", 800, 100, 100), ("S1", 400, 60, 40), ("S2", 400, 40, 60))
    use = LocalShare("S1", "birch", "text", "birch_share", "people")
    flag = by_key(cast.study(counted, text, local_shares=(use,)))[
        "enclave", "S1", "birch", "text birch_share"
    ]
    assert flag.estimate.value == 0.0
    assert len(flag.cells) == 2


def test_growth_of_the_uzbeks_between_prints(found: dict[tuple[str, str, str | None, str], Figure]) -> None:
    first = found["annual_growth", "KZ", "uzbek", "uzbeks_of_kazakhstan year_1999"].estimate
    assert first.value == pytest.approx(100 * ((520 / 370) ** (1 / 16) - 1), abs=0.01)
    # Prints in whole thousands and days not printed: 15 to 17 years, 370 +- 0.5 and 520 +- 0.5 thousand.
    assert first.low == pytest.approx(100 * ((519.5 / 370.5) ** (1 / 17) - 1), abs=0.01)
    assert first.high == pytest.approx(100 * ((520.5 / 369.5) ** (1 / 15) - 1), abs=0.01)
    second = found["annual_growth", "KZ", "uzbek", "uzbeks_of_kazakhstan year_2015"]
    assert second.estimate.value == pytest.approx(100 * ((605137 / 520000) ** (1 / 4.5) - 1), abs=0.02)
    assert [cell.printed for cell in second.cells] == ["520", "605 137"]
    assert second.estimate.grade == "poor"


def test_prints_that_are_no_numbers_make_no_point_and_exact_points_no_range() -> None:
    text = cast.table(
        "figures",
        ("figure", "area", "value"),
        [("alders", "S", None), ("birches", "S", 40.0)],
        table_id="text",
    )
    counted = people(("S", 44_100, 50_000, 0), ("S1", 20_000, 25_000, 0), ("S2", 24_100, 25_000, 0))
    periods = {
        "y2019": cast.PERIODS["y2019"],
        "y2017": Period("y2017", "2017", date(2017, 1, 1), date(2017, 1, 1), True),
    }
    now = SeriesPoint("people", None, "", "y2019", 1, None)
    points = {
        "alder": SeriesPoint("text", "alders", "", "y2017", 1000, None),
        "birch": SeriesPoint("text", "birches", "", "y2017", 1000, None),
    }
    series = {group: Series(Words.same(group), "S", group, (now, point)) for group, point in points.items()}
    figures = by_key(cast.study(counted, text, series=series, periods=periods))
    assert not [key for key in figures if key[0] == "annual_growth" and key[2] == "alder"]
    rate = figures["annual_growth", "S", "birch", "birch y2017"].estimate
    assert rate.value == pytest.approx(100 * ((50 / 40) ** 0.5 - 1), abs=0.01)
    assert rate.low is not None and rate.low < rate.value < rate.high  # type: ignore[operator]
    exact = SeriesPoint("text", "birches", "", "y2017", 1, None)
    bare = {"birch": Series(Words.same("birch"), "S", "birch", (exact, now))}
    figures = by_key(cast.study(counted, text, series=bare, periods=periods))
    assert figures["annual_growth", "S", "birch", "birch y2017"].estimate.low is None


def nested_areas() -> Areas:
    below = [
        Area(f"S{k}{part}", "district", Words.same(f"{k}{part}"), f"S{k}") for k in (1, 2) for part in "ab"
    ]
    return Areas.of([*cast.AREAS, *below])


UPPER = people(("S1", 300, 100, 0), ("S2", 100, 300, 0), table_id="upper")
LOWER = {
    "S1": people(("S1a", 250, 0, 0), ("S1b", 50, 100, 0), table_id="first", whole="S1"),
    "S2": people(("S2a", 50, 150, 0), ("S2b", 50, 150, 0), table_id="second", whole="S2"),
}


def test_two_levels_are_split_where_every_unit_is_divided() -> None:
    study = cast.study(UPPER, *LOWER.values(), areas=nested_areas())
    figures = by_key(study)
    between, within = (
        figures[f"mutual_information.{part}", "S", None, "upper"].estimate.value
        for part in ("between", "within")
    )
    inside = [
        figures["mutual_information.inside", unit, None, "upper"].estimate.value for unit in ("S1", "S2")
    ]
    assert between == pytest.approx(figures["mutual_information", "S", None, "upper"].estimate.value)
    assert within == pytest.approx(sum(inside))  # type: ignore[arg-type]
    assert inside[1] == 0
    assert lists_of(study)["not_nested"] == ()


@pytest.mark.parametrize(
    ("tables", "reason"),
    [
        ((UPPER, LOWER["S1"]), "units_not_divided"),
        ((UPPER, *LOWER.values(), people(("S1a", 1, 1, 1), ("S1b", 1, 1, 1), table_id="third", whole="S1")),
         "unit_in_two_tables"),
        ((UPPER, LOWER["S1"], people(("S2a", 1, 1, 1), ("S2b", 1, 1, 1), table_id="later", whole="S2",
                                     period_id="y2021")), "different_dates"),
        ((UPPER, LOWER["S1"], people(("S2a", 50, 150, 0), table_id="part", whole="S2")), "sums_differ"),
    ],
)  # fmt: skip
def test_two_levels_are_not_split_where_something_is_missing(
    tables: tuple[cast.Table, ...], reason: str
) -> None:
    study = cast.study(*tables, areas=nested_areas())
    assert reason in lists_of(study)["not_nested"]
    assert not [key for key in by_key(study) if key[0] == "mutual_information.between"]


def test_turkistan_says_why_its_levels_cannot_be_split(turkistan: Study) -> None:
    assert lists_of(turkistan)["not_nested"] == ("units_not_divided", "different_groups")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("series: {a: {label: {kk: a, ru: a, en: a}, area: XX, group: north, points: [{table: census, period: census}, {table: census, period: census}]}}", "'XX' is not declared"),  # noqa: E501
        ("series: {a: {label: {kk: a, ru: a, en: a}, area: SY, group: north, points: [{table: census, figure: f, period: census}, {table: census, period: census}]}}", "not 'figures'"),  # noqa: E501
        ("local_shares: [{area: SY1, group: nobody, table: census, figure: f, counts_table: census}]", "'nobody' is not declared"),  # noqa: E501
        ("local_shares: [{area: SY1, group: north, table: census, figure: f, counts_table: census}]", "not 'figures'"),  # noqa: E501
    ],
)  # fmt: skip
def test_a_wrong_declaration_is_refused_with_its_place(wrong: str, said: str, tmp_path: Path) -> None:
    folder = write_study(tmp_path / "study", study=text_of("study.yaml") + wrong + "\n")
    with pytest.raises(Refused) as refused:
        read(folder)
    assert said in str(refused.value)
    assert all(fault.row is not None for fault in refused.value.faults)


def test_draws_that_are_too_few_are_refused() -> None:
    with pytest.raises(ValueError, match="99"):
        RandomisationDocument(null_model="evenness", draws=10, seed=1)
