"""A sample that does not contain the population it is said to describe."""

from __future__ import annotations

from typing import Any

from kelisim.audit.samples import samples
from kelisim.core.findings import Finding
from kelisim.core.languages import Words
from kelisim.core.statements import Interviews
from tests.cast import counts, marginals, question, study

PEOPLE = counts(
    [
        ("S", "total", 1000), ("S", "alder", 700), ("S", "birch", 295), ("S", "cedar", 5),
        ("S1", "total", 600), ("S2", "total", 300), ("S3", "total", 100),
    ],
    table_id="people", whole="S", unit_level=("oblast",),
)  # fmt: skip
ASKED = question("G", ("alder", "birch", "cedar"), type="open_text")


def found(
    groups: dict[str, str], places: tuple[str, ...], selection: Any = "chosen", n: int | None = 200
) -> list[Finding]:
    rows = [("G", group, share) for group, share in groups.items()]
    named = tuple((area, Words.same(area)) for area in places)
    who = Interviews("marginals", selection, named, False, None, "S", "people", "G")
    return list(samples(study(PEOPLE, marginals(rows), questions=[ASKED], interviews=who, n_printed=n)))


def test_a_group_nobody_was_asked_of_is_found_by_cell() -> None:
    (one,) = found({"birch": "97,0", "cedar": "3,0"}, ("S1", "S2", "S3"))
    assert (one.code, one.level, one.values["absent"]) == ("sample_without_group", "gap", ("alder",))
    assert [(c.file, c.row) for c in one.cells] == [
        ("data/marginals.csv", 2), ("data/marginals.csv", 3), ("data/people.csv", 3), ("data/people.csv", 2),
    ]  # fmt: skip
    assert "Alders (70.0%)" in one.message.en


def test_a_share_of_nought_is_nobody() -> None:
    (one,) = found({"alder": "0", "birch": "97,0"}, ("S1", "S2", "S3"))
    assert one.values["absent"] == ("alder",)


def test_a_small_group_may_be_missed_by_chance() -> None:
    assert not found({"alder": "70,0", "birch": "30,0"}, ("S1", "S2", "S3"))
    assert not found({"alder": "70,0", "birch": "30,0"}, ("S1", "S2", "S3"), n=None)


def test_few_chosen_places_are_a_note_and_a_random_draw_is_not() -> None:
    groups = {"alder": "70,0", "birch": "30,0"}
    (one,) = found(groups, ("S1",))
    assert (one.code, one.level) == ("sample_of_few_places", "note")
    assert one.values["without_interviews"] == ("S2", "S3")
    assert not found(groups, ("S1",), "random")
