"""Outlines of areas: joined by code, whole on one day, borders still shared, taken back."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kelisim.cli.main import main
from kelisim.core.areas import Area, Areas
from kelisim.core.errors import Fault, Refused
from kelisim.core.languages import Words
from kelisim.core.periods import PartialDate
from kelisim.sources.outlines import Taken, take_outlines
from tests.sources.invented import DECLARATION, read, write_study

AREAS = Areas.of(
    [
        Area("T", "oblast", Words.same("Тау"), None, kato="610000000"),
        Area("T1", "district", Words.same("Көл"), "T", kato="611000000"),
        Area("T2", "city_administration", Words.same("Өзен"), "T", kato="612000000"),
        Area(
            "T3",
            "district",
            Words.same("Жаңа"),
            "T",
            kato="613000000",
            valid_from=PartialDate.parse("2021"),
            split_from=("T1",),
        ),
    ]
)
COAST = [[70.0 + k / 100, 45.0 + 0.001 * math.sin(k)] for k in range(101)]


def feature(code: object, ring: list[list[float]], **properties: object) -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    return {"type": "Feature", "properties": {"KATO": code, **properties}, "geometry": geometry}


NORTH = feature("611000000", [*COAST, [71.0, 46.0], [70.0, 46.0]], NAME="Кoл")  # a Latin letter
SOUTH = feature(612000000, [*COAST[::-1], [70.0, 44.0], [71.0, 44.0]])
EAST = feature("613000000", [[71.0, 46.0], [71.0, 44.0], [72.0, 44.0], [72.0, 46.0]])


def collection(*features: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def take(data: bytes, day: date = date(2020, 1, 1), **changed: Any) -> Taken:
    settings = {"key": "KATO", "day": day, "attribution": "an office", "licence": "CC BY 4.0", "within": None}
    return take_outlines(data, "map.geojson", AREAS, **{**settings, **changed})


def faults_of(data: bytes, day: date = date(2020, 1, 1), **changed: Any) -> tuple[Fault, ...]:
    with pytest.raises(Refused) as refused:
        take(data, day, **changed)
    assert all(fault.reason and fault.way_out for fault in refused.value.faults)
    return refused.value.faults


def test_outlines_are_joined_by_code_as_text_or_number() -> None:
    taken = take(collection(NORTH, SOUTH))
    assert sorted(taken.shapes) == ["T1", "T2"]
    assert any("Latin" in note and "Кoл" in note for note in taken.notes)


def test_a_shared_border_stays_shared_and_has_fewer_points() -> None:
    taken = take(collection(NORTH, SOUTH))
    points = {area: set(shape[0][0]) for area, shape in taken.shapes.items()}
    border = points["T1"] & points["T2"]
    inner = {(x, y) for x, y in points["T1"] if y < 45.5}
    assert border == inner
    assert 2 < len(border) < 101
    assert taken.document.points_after < taken.document.points_before


def test_a_map_older_than_the_day_is_refused_with_the_days_it_fits() -> None:
    found = faults_of(collection(NORTH, SOUTH), date(2023, 1, 1))
    assert [f.field for f in found] == ["T3"]
    assert "founded 2021" in found[0].reason and "before 2021-01-01" in found[0].way_out


def test_a_map_younger_than_the_day_is_refused() -> None:
    found = faults_of(collection(NORTH, SOUTH, EAST), date(2020, 1, 1))
    assert [f.field for f in found] == ["T3"] and "did not exist" in found[0].reason
    assert sorted(take(collection(NORTH, SOUTH, EAST), date(2022, 1, 1)).shapes) == ["T1", "T2", "T3"]


def test_a_city_missing_among_the_districts_is_noticed() -> None:
    assert [f.field for f in faults_of(collection(NORTH))] == ["T2"]


def test_codes_that_the_study_does_not_know_are_all_listed() -> None:
    strange = [feature(f"79{k}000000", [[70, 44], [71, 44], [71, 43]]) for k in (1, 2)]
    found = faults_of(collection(NORTH, SOUTH, *strange))
    assert [f.field for f in found] == ["feature 3", "feature 4"]
    taken = take(collection(NORTH, SOUTH, *strange), within="T")
    assert sorted(taken.shapes) == ["T1", "T2"] and taken.left_out == 2


def test_one_area_has_one_outline() -> None:
    assert "has an outline already, feature 1" in faults_of(collection(NORTH, SOUTH, NORTH))[0].reason


def test_an_area_inside_another_of_the_file_is_refused() -> None:
    whole = feature("610000000", [[70, 44], [71, 44], [71, 46], [70, 46]])
    assert any("lies within another area" in f.reason for f in faults_of(collection(NORTH, SOUTH, whole)))


def swapped(one: dict[str, Any]) -> dict[str, Any]:
    ring = [[y, x] for x, y in one["geometry"]["coordinates"][0]]
    return {**one, "geometry": {"type": "Polygon", "coordinates": [ring]}}


CASES = {
    "not json": (b"{", "no GeoJSON"),
    "not utf-8": (b"\xff\xfe\x00", "no GeoJSON"),
    "a list": (b"[]", "no FeatureCollection"),
    "no features": (collection(), "no FeatureCollection"),
    "another reference system": (
        collection(NORTH, SOUTH, crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}),
        "EPSG::3857",
    ),
    "metres": (collection(feature("611000000", [[7e6, 5e6], [7.1e6, 5e6], [7e6, 5.1e6]])), "degrees"),
    "swapped": (collection(swapped(NORTH), swapped(SOUTH)), "latitude stands before longitude"),
    "elsewhere": (
        collection(feature("611000000", [[10, 50], [11, 50], [11, 51]]), SOUTH),
        "outside Kazakhstan",
    ),
    "a bow": (collection(feature("611000000", [[70, 44], [71, 45], [71, 44], [70, 45]])), "crosses"),
    "open ring": (
        collection(
            {**NORTH, "geometry": {"type": "Polygon", "coordinates": [[[70, 44], [71, 44], [71, 45]]]}}
        ),
        "not closed",
    ),
    "a line": (collection({**NORTH, "geometry": {"type": "LineString", "coordinates": []}}), "LineString"),
    "no geometry": (collection({**NORTH, "geometry": None}), "without geometry"),
    "words for numbers": (
        collection({**NORTH, "geometry": {"type": "Polygon", "coordinates": [[["a", "b"]]]}}),
        "no pair of numbers",
    ),
    "no code": (collection(feature(None, [[70, 44], [71, 44], [71, 45]])), "no code"),
    "deep": (b'{"type":' + b"[" * 100_000, "no GeoJSON"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_file_that_cannot_be_a_map_says_why(case: str) -> None:
    data, word = CASES[case]
    assert any(word in fault.reason for fault in faults_of(data)), faults_of(data)


def test_a_file_of_many_bytes_is_refused() -> None:
    assert "at most" in faults_of(b" " * 5_000_001)[0].reason


def command(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["areas", *map(str, words)])


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    folder.mkdir()
    areas = (
        "area_id,level,name_kk,name_ru,name_en,parent,kato\nT,oblast,Тау,Тауская,Tau,,610000000\n"
        "T1,district,Көл,Кольский,Kol,T,611000000\nT2,district,Өзен,Озенский,Ozen,T,612000000\n"
    )
    (tmp_path / "map.geojson").write_bytes(collection(NORTH, SOUTH))
    return write_study(folder, DECLARATION, areas)


WORDS = ("--name", "districts", "--day", "2020-01-01", "--attribution", "An office", "--licence", "ODbL 1.0")


def test_a_trial_run_changes_nothing_and_says_what_would_be_written(study: Path) -> None:
    done = command("import", study.parent / "map.geojson", study, *WORDS)
    assert done.exit_code == 0, done.output
    assert "Nothing was written" in done.output and "share-alike" in done.output
    assert not (study / "outlines").exists()


def test_written_outlines_are_read_back_with_their_licence_and_taken_out(study: Path) -> None:
    assert command("import", study.parent / "map.geojson", study, *WORDS, "--write").exit_code == 0
    (found,) = read(study).outlines
    assert (found.name, found.licence, found.share_alike) == ("districts", "ODbL 1.0", True)
    assert set(found.shapes) == {"T1", "T2"} and found.day == date(2020, 1, 1)
    assert "outlines/districts.geojson" in read(study).inputs
    assert command("undo", study, "--name", "districts").exit_code == 0
    assert read(study).outlines == ()
    again = command("undo", study, "--name", "districts")
    assert again.exit_code == 2 and "nothing to take back" in again.output


def test_undo_puts_back_what_was_replaced(study: Path) -> None:
    command("import", study.parent / "map.geojson", study, *WORDS, "--write")
    before = (study / "outlines/districts.yaml").read_bytes()
    other = [word if word != "An office" else "Another office" for word in WORDS]
    assert command("import", study.parent / "map.geojson", study, *other, "--write").exit_code == 0
    assert read(study).outlines[0].attribution == "Another office"
    assert "stands again" in command("undo", study, "--name", "districts").output
    assert (study / "outlines/districts.yaml").read_bytes() == before


@pytest.mark.parametrize("missing", ["--day", "--attribution", "--licence", "--name"])
def test_what_must_be_said_has_no_default(missing: str, study: Path) -> None:
    words = list(WORDS)
    del words[words.index(missing) : words.index(missing) + 2]
    done = command("import", study.parent / "map.geojson", study, *words)
    assert done.exit_code == 2 and missing in done.output


@pytest.mark.parametrize("name", ["../out", "A", "", "a/b", "a" * 50])
def test_a_name_is_no_path(name: str, study: Path) -> None:
    words = [word if word != "districts" else name for word in WORDS]
    done = command("import", study.parent / "map.geojson", study, *words, "--write")
    assert done.exit_code == 2 and not (study / "outlines").exists()


def test_spoiled_outlines_refuse_the_study_with_the_way_out(study: Path) -> None:
    command("import", study.parent / "map.geojson", study, *WORDS, "--write")
    (study / "outlines/districts.geojson").write_text("{", encoding="utf-8")
    with pytest.raises(Refused, match="no GeoJSON"):
        read(study)
    (study / "outlines/districts.geojson").unlink()
    with pytest.raises(Refused, match="areas undo"):
        read(study)
