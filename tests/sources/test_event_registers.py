"""Registers from outside: known layouts read, bad rows told and left out, names of people left behind."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kelisim.core.areas import Area, Areas
from kelisim.core.errors import Refused
from kelisim.core.groups import Group, Groups
from kelisim.core.languages import Words
from kelisim.core.outlines import Outlines
from kelisim.core.periods import PartialDate
from kelisim.evidence.events.register import Register
from kelisim.sources.registers.file import HEADER, Place, read_register, rows_of
from kelisim.sources.registers.importing import Imported, Incoming, import_rows
from kelisim.sources.registers.layouts import layout_of, mapped
from kelisim.sources.registers.rows import Row, read_rows

ENTERED = date(2024, 3, 1)
AREAS = Areas.of(
    [
        Area("R", "oblast", Words.same("Region"), None),
        Area("N", "district", Words.same("North"), "R", valid_from=PartialDate.parse("2021")),
        Area("O", "district", Words.same("Old North"), "R", valid_to=PartialDate.parse("2020")),
        Area("S", "district", Words.same("South"), "R"),
    ]
)
GROUPS = Groups.of([Group("hill", Words.same("Hill people")), Group("lake", Words.same("Lake people"))])
SQUARE = ((68.0, 43.0), (69.0, 43.0), (69.0, 44.0), (68.0, 44.0), (68.0, 43.0))
OUTLINES = (Outlines("d", date(2022, 1, 1), "office", "CC BY", False, {"S": (SQUARE,)}),)
ACLED: dict[str, str] = {
    "event_id_cnty": "K1", "event_date": "18 July 2022", "time_precision": "1", "event_type": "Riots",
    "sub_event_type": "Mob violence", "actor1": "Akhmet Example", "assoc_actor_1": "Hill people",
    "actor2": "x",
    "assoc_actor_2": "", "admin1": "Region", "admin2": "South", "location": "Spring", "latitude": "43.4",
    "longitude": "68.5", "geo_precision": "1", "source": "paper", "notes": "Akhmet Example hit somebody",
    "fatalities": "0", "tags": "crowd size=about 1,200", "timestamp": "1658300000",
}  # fmt: skip
UCDP: dict[str, str] = {
    "id": "77", "type_of_violence": "2", "date_prec": "1", "date_start": "2022-03-04",
    "date_end": "2022-03-06",
    "adm_1": "Region", "adm_2": "South", "country": "Land", "latitude": "43.5", "longitude": "68.5",
    "where_prec": "2", "side_a": "Hill people", "side_b": "Somebody", "source_article": "names", "low": "1",
    "best": "2", "high": "5",
}  # fmt: skip
POST = {
    "Post ID": "9", "Title": "A name", "Description": "text", "Post Date (UTC)": "2022-05-01 10:00:00",
    "Post Status": "published", "Categories": "Other, brawl", "Location.lat": "43.5", "Location.lon": "68.5",
    "Contact": "+7 000", "Created (UTC)": "2022-05-02 08:00:00",
}  # fmt: skip


def table(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def taken(
    data: bytes, *, file: str = "in.csv", held: Register | None = None, source: str = "out",
    known_on: date | None = ENTERED, outlines: tuple[Outlines, ...] = (), event_type: str | None = None,
    columns: dict[str, str] | None = None,
) -> Imported:  # fmt: skip
    header, rows = read_rows(data, file, tuple(HEADER))
    layout = mapped(columns) if columns else layout_of(header)
    assert layout is not None
    incoming = Incoming(file, source, known_on, event_type)
    return import_rows(header, rows, layout, incoming, held or Register.of(()), AREAS, GROUPS, outlines)


def only(made: Imported) -> dict[str, Any]:
    assert not made.quarantined, made.quarantined
    (statement,) = made.statements
    return {"event": statement.event, "known_on": statement.known_on, **statement.values}


def test_acled() -> None:
    made = taken(table(ACLED))
    assert only(made) == {
        "event": "out:K1", "known_on": ENTERED, "first": "2022-07-18", "event_type": "mob_violence",
        "area": "S", "place": "Spring", "place_precision": "settlement", "longitude": 68.5, "latitude": 43.4,
        "parties": "hill",
        "participants_best": 1200.0, "killed_best": 0.0,
    }  # fmt: skip
    assert {"notes", "source"} <= set(made.dropped) and made.unknown_actors == 2
    assert "Akhmet" not in rows_of(made.statements)
    assert only(taken(table(ACLED), known_on=None))["known_on"] == date(2022, 7, 20)
    week = only(taken(table({**ACLED, "time_precision": "2"})))
    assert (week["first"], week["last"]) == ("2022-07-15", "2022-07-21")
    assert only(taken(table({**ACLED, "time_precision": "3"})))["first"] == "2022-07"


def test_ucdp() -> None:
    said = only(taken(table(UCDP)))
    assert (said["event"], said["first"], said["last"], said["event_type"]) == (
        "out:77", "2022-03-04", "2022-03-06", "armed_clash",
    )  # fmt: skip
    assert [said[f"killed_{end}"] for end in ("low", "best", "high")] == [1, 2, 5]
    assert said["parties"] == "hill" and said["area"] == "S"
    assert only(taken(table({**UCDP, "date_prec": "4", "date_end": "2022-03-31"})))["first"] == "2022-03"
    assert only(taken(table({**UCDP, "date_prec": "5"})))["first"] == "2022"


def test_ushahidi() -> None:
    made = taken(table(POST), known_on=None, outlines=OUTLINES)
    said = only(made)
    assert (said["area"], said["event_type"], said["known_on"]) == ("S", "brawl", date(2022, 5, 2))
    assert {"Title", "Description", "Contact"} <= set(made.dropped)
    assert "names none" not in str(taken(table(POST), outlines=OUTLINES).quarantined)
    draft = taken(table({**POST, "Post Status": "draft"}), outlines=OUTLINES)
    assert "status 'draft'" in draft.quarantined[0].reason
    untyped = taken(table({**POST, "Categories": "Roads"}), outlines=OUTLINES)
    assert untyped.quarantined[0].field == "event_type"
    assert only(taken(table({**POST, "Categories": "Roads"}), outlines=OUTLINES, event_type="dispute"))


def test_workbooks_geojson_and_mapped_columns(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Register of the desk"])
    book.active.append(["Day", "District", "Kind", "Injured"])
    book.active.append([date(2022, 7, 1), "South", "brawl", 3])
    path = tmp_path / "desk.xlsx"
    book.save(path)
    columns = {"first": "Day", "area": "District", "event_type": "Kind", "injured_best": "Injured"}
    said = only(taken(path.read_bytes(), file="desk.xlsx", columns=columns))
    assert (said["event"], said["first"], said["injured_best"]) == ("out:row3", "2022-07-01", 3.0)
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [68.5, 43.5]},
        "properties": {"day": "2022-07", "kind": "mutual_aid"},
    }
    data = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    columns = {"first": "day", "event_type": "kind", "longitude": "longitude", "latitude": "latitude"}
    said = only(taken(data, file="x.geojson", columns=columns, outlines=OUTLINES))
    assert (said["area"], said["event_type"], said["first"]) == ("S", "mutual_aid", "2022-07")


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"event_date": "13/02/2022"}, "event_date", "no date that can be read in one way"),
        ({"event_date": "31 February 2022"}, "event_date", "no date"),
        ({"event_date": "18 July 2025"}, "first", "when it was known"),
        ({"sub_event_type": "", "event_type": "Parade"}, "event_type", "no type of ACLED"),
        ({"fatalities": "-1"}, "killed_best", "negative"),
        ({"fatalities": "some"}, "killed_best", "not a number"),
        ({"admin2": "Nowhere", "admin1": "", "location": ""}, "area", "no declared area"),
        ({"admin2": "Old North", "location": ""}, "area", "did not exist on 2022-07-18"),
        ({"latitude": "143.4"}, "latitude", "not on the globe"),
        ({"latitude": "53.4"}, "longitude", "outside all areas of the study"),
    ],
)
def test_a_bad_row_is_told_and_the_good_ones_are_kept(change: dict[str, str], field: str, words: str) -> None:
    bad, good = {**ACLED, **change}, {**ACLED, "event_id_cnty": "K2"}
    outlines = OUTLINES if "outside" in words else ()
    made = taken(table(bad, good), outlines=outlines)
    assert [s.event for s in made.statements] == ["out:K2"]
    (fault,) = made.quarantined
    assert (fault.file, fault.row, fault.field) == ("in.csv", 2, field)
    assert words in fault.reason and fault.way_out
    assert (made.rows, made.bad_rows) == (2, 1)


def test_importing_again_adds_nothing_and_a_changed_row_is_a_correction() -> None:
    held = Register.of(taken(table(ACLED)).statements)
    again = taken(table(ACLED), held=held)
    assert (again.statements, again.same) == ((), 1)
    changed = taken(table({**ACLED, "fatalities": "1"}), held=held, known_on=date(2024, 5, 1))
    (correction,) = changed.statements
    assert (correction.record, correction.values) == ("correction", {"killed_best": 1.0})
    assert changed.corrected == 1


def test_one_id_of_two_sources_and_one_id_twice() -> None:
    own = {"event": "E1", "known_on": "2024-03-01", "record": "report", "source": "a", "first": "2022-01-01",
           "event_type": "brawl", "area": "S"}  # fmt: skip
    held = Register.of(taken(table(own)).statements)
    other = taken(table({**own, "source": "b"}), held=held)
    assert "belongs to an event of the source 'a'" in other.quarantined[0].reason
    twice = taken(table(own, {**own, "area": "R"}))
    assert len(twice.statements) == 1 and "already stands in row 2" in twice.quarantined[0].reason
    early = taken(table({**own, "event": "E2", "known_on": "2023-01-01"}), held=held)
    assert "before the register's latest" in early.quarantined[0].reason
    orphan = taken(table({**own, "event": "E9", "record": "correction", "outcome": "faded"}))
    assert "no event 'E9' was reported" in orphan.quarantined[0].reason
    for column, word in (("stage", "boiling"), ("event_type", "parade"), ("parties", "martians")):
        assert taken(table({**own, column: word})).quarantined[0].field == column


def test_the_register_file_survives_a_round_trip_and_refuses_a_clock_that_runs_back() -> None:
    made = taken(table(ACLED, {**ACLED, "event_id_cnty": "K2", "time_precision": "3"}))
    data = (",".join(HEADER) + "\n" + rows_of(made.statements)).encode()
    place = Place(AREAS, GROUPS)
    again = read_register(data, "register.csv", place)
    assert again.as_known_on(date.max) == Register.of(made.statements).as_known_on(date.max)
    assert rows_of(again.statements) == rows_of(made.statements)
    assert read_register(data, "register.csv", None).head == ENTERED
    backwards = data.replace(b"out:K2,2024-03-01", b"out:K2,2023-03-01")
    with pytest.raises(Refused, match=r"row 3, known_on.*the clock runs backwards"):
        read_register(backwards, "register.csv", place)


def test_files_that_are_no_registers_are_refused() -> None:
    for file, data in (("x.geojson", b"{}"), ("x.geojson", b"\xff"), ("x.csv", b""), ("x.xlsx", b"no")):
        with pytest.raises(Refused):
            read_rows(data, file, ("a",))
    assert layout_of(("a", "b")) is None
    assert Row(1, {"a": "b"}).cells["a"] == "b"


def test_a_week_around_a_month_stays_the_month() -> None:
    assert only(taken(table({**ACLED, "event_date": "2022-07", "time_precision": "2"})))["first"] == "2022-07"
