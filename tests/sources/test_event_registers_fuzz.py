"""Whatever stands in a foreign register, it is read, left out with a reason, or refused; nothing breaks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.core.errors import Refused
from kelisim.sources.registers.rows import read_rows
from tests.sources.test_event_registers import ACLED, ENTERED, OUTLINES, POST, UCDP, table, taken

OWN = {
    "event": "E1", "known_on": "2024-03-01", "record": "report", "source": "a", "first": "2022-01-01",
    "event_type": "brawl", "area": "S", "longitude": "68.5", "latitude": "43.5", "killed_low": "1",
    "stage": "", "voice": "", "label": "", "parties": "hill",
}  # fmt: skip
LEGACY = {
    "#": "1", "INCIDENT TITLE": "a name", "INCIDENT DATE": "2022-05-01", "LOCATION": "South",
    "CATEGORY": "brawl", "LATITUDE": "43.5", "LONGITUDE": "68.5", "APPROVED": "YES",
}  # fmt: skip
NASTY = st.one_of(
    st.sampled_from(
        ["", " ", "-1", "1e400", "nan", "inf", "-inf", "0000-00-00", "9999-12-31", "0001-01-01", "31.12.9999",
         "99999999999", "1/2/3", "²", "١", "=1+1", "a;b", "hill;hill", "'\"", "R", "kk", "1.5", "1,5", "yes"]
    ),
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=12),
)  # fmt: skip


@given(st.sampled_from([ACLED, UCDP, POST, OWN, LEGACY]), st.data())
def test_no_cell_breaks_the_reading(row: dict[str, str], data: st.DataObject) -> None:
    changed = dict(row)
    for column in data.draw(st.lists(st.sampled_from(sorted(row)), min_size=1, max_size=4)):
        changed[column] = data.draw(NASTY)
    try:
        known_on = ENTERED if data.draw(st.booleans()) else None
        outlines = OUTLINES if data.draw(st.booleans()) else ()
        made = taken(table(changed, row), outlines=outlines, known_on=known_on, event_type="dispute")
    except Refused:
        return
    assert made.rows == 2 and made.bad_rows <= 2
    assert made.bad_rows + len(made.statements) + made.same >= 1
    assert all(fault.reason and fault.way_out and fault.row in (2, 3) for fault in made.quarantined)


@given(st.binary(max_size=300), st.sampled_from(["x.csv", "x.xlsx", "x.geojson"]))
def test_no_file_breaks_the_reading(data: bytes, file: str) -> None:
    try:
        header, rows = read_rows(data, file, ("event",))
    except Refused:
        return
    assert all(set(row.cells) <= set(header) for row in rows)


@pytest.mark.parametrize(
    "row", [ACLED, UCDP, POST, OWN, LEGACY], ids=["acled", "ucdp", "post", "own", "report"]
)
def test_every_layout_reads_its_own_row(row: dict[str, str]) -> None:
    assert not taken(table(row), outlines=OUTLINES).quarantined
