"""Answers in the closed warehouse: what is written is read, only the owner opens it, nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kelisim.core.answers import Answers, SetAside, joined
from kelisim.core.errors import OutputError, StoreError, TableError
from kelisim.core.questionnaire import Condition, Item, Option, Questionnaire
from kelisim.store.answers import QUARANTINE, read_answers, waves, write_answers

YES_NO = (Option("1", {"en": "yes"}), Option("2", {"en": "no"}))
FORM = Questionnaire(
    "form",
    {"en": "Form"},
    ("en",),
    (
        Item("Q1", "single", {"en": "Move?"}, options=YES_NO),
        Item("Q2", "open", {"en": "Where?"}, ask_if=(Condition("Q1", ("1",)),)),
        Item("Q3", "multiple", {"en": "Which?"}, options=YES_NO),
        Item("Q4", "number", {"en": "Age"}),
        Item("Q5", "date", {"en": "Since"}),
    ),
    "1",
)
ASIDE = SetAside("a.csv", 3, "r2", "Q4", "=1+1", "impossible_value", "no number.", "correct it.")


def answers(records: list[str], first: str = "1") -> Answers:
    n = len(records)
    data: dict[str, Any] = {
        "Q1": np.array([first] + ["2"] * (n - 1)),
        "Q2": np.array(["Өзбекстан"] + [""] * (n - 1), dtype=object),
        "Q3_1": np.array([1.0] + [np.nan] * (n - 1)),
        "Q3_2": np.array([0.0] + [np.nan] * (n - 1)),
        "Q4": np.array([41.5] + [np.nan] * (n - 1)),
        "Q5": np.array(["2024-01-08"] + ["NaT"] * (n - 1), dtype="datetime64[D]"),
    }
    asked = {item.code: np.ones(n, dtype=bool) for item in FORM.items}
    asked["Q2"] = data["Q1"] == "1"
    started = np.array(["2024-01-08T10:00:00"] + ["NaT"] * (n - 1), dtype="datetime64[s]")
    minutes, languages = np.array([12.5] + [np.nan] * (n - 1)), np.array(["kk"] * n)
    return Answers(
        FORM, data, asked, np.array(records), np.arange(n) + 2, started, minutes, languages, (ASIDE,)
    )


def write(place: Path, given: Any, existing: Any = "same") -> Any:
    return write_answers(
        place, "2024-1", given, code_version="kelisim test", inputs={"a.csv": "0"}, existing=existing
    )


def same(one: Answers, other: Answers) -> bool:
    left, right = one.arrays(), other.arrays()
    return list(left) == list(right) and all(
        np.array_equal(left[k], right[k], equal_nan=left[k].dtype.kind in "fM") for k in left
    )


def test_what_is_written_is_read(tmp_path: Path) -> None:
    given = answers(["r1", "r2", "r3"])
    stored = write(tmp_path / "answers", given)
    read = read_answers(tmp_path / "answers", "2024-1")
    assert same(read, given) and read.questionnaire == FORM and read.set_aside == (ASIDE,)
    assert (stored.records, stored.set_aside, stored.before) == (3, 1, 0)
    assert waves(tmp_path / "answers") == ("2024-1",)


def test_parts_give_the_same_as_the_whole(tmp_path: Path) -> None:
    given = answers(["r1", "r2", "r3"])
    write(tmp_path / "answers", (given.where(np.array([k])) for k in range(3)))
    assert same(read_answers(tmp_path / "answers", "2024-1"), given)
    assert same(joined([given.where(np.array([0, 1])), given.where(np.array([2]))]), given)


def test_only_the_owner_opens_it(tmp_path: Path) -> None:
    place = tmp_path / "study" / ".kelisim" / "answers"
    stored = write(place, answers(["r1"]))
    assert {p.stat().st_mode & 0o777 for p in (place.parent, place, stored.folder)} == {0o700}
    assert {p.stat().st_mode & 0o777 for p in stored.folder.iterdir()} == {0o600}
    assert (place.parent / ".gitignore").read_text() == "*\n"


def test_the_same_submissions_again_change_nothing(tmp_path: Path) -> None:
    write(tmp_path, answers(["r1", "r2"]))
    before = {p.name: p.read_bytes() for p in (tmp_path / "2024-1").iterdir()}
    again = write(tmp_path, answers(["r1", "r2"]))
    assert {p.name: p.read_bytes() for p in (tmp_path / "2024-1").iterdir()} == before
    assert (again.before, again.kept) == (2, 0)


def test_stored_submissions_are_not_lost_by_an_import(tmp_path: Path) -> None:
    write(tmp_path, answers(["r1", "r2", "r3"]))
    with pytest.raises(OutputError, match="2 submissions that this file does not have"):
        write(tmp_path, answers(["r1", "r9"]))
    assert list(read_answers(tmp_path, "2024-1").records) == ["r1", "r2", "r3"]
    added = write(tmp_path, answers(["r3", "r9"], first="2"), "add")
    read = read_answers(tmp_path, "2024-1")
    assert list(read.records) == ["r3", "r9", "r1", "r2"] and list(read.data["Q1"]) == ["2", "2", "1", "2"]
    assert (added.before, added.kept, added.records) == (3, 2, 4)
    write(tmp_path, answers(["r9"]), "replace")
    assert list(read_answers(tmp_path, "2024-1").records) == ["r9"]


def test_damage_is_noticed(tmp_path: Path) -> None:
    write(tmp_path, answers(["r1"]))
    with (tmp_path / "2024-1" / QUARANTINE).open("a") as file:
        file.write("more\n")
    with pytest.raises(StoreError, match=r"'quarantine.csv' was changed"):
        read_answers(tmp_path, "2024-1")
    with pytest.raises(StoreError, match=r"waves there: 2024-1"):
        read_answers(tmp_path, "2025-1")


def test_a_part_that_fails_leaves_the_wave_as_it_was(tmp_path: Path) -> None:
    write(tmp_path, answers(["r1"]))

    def broken() -> Any:
        yield answers(["r1"])
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="what was there is unchanged"):
        write(tmp_path, broken(), "replace")
    assert list(read_answers(tmp_path, "2024-1").records) == ["r1"]
    assert [p.name for p in tmp_path.iterdir()] == ["2024-1"]


def test_a_name_that_leads_elsewhere_is_no_wave(tmp_path: Path) -> None:
    for name in ("../x", "", ".hidden", "a/b"):
        with pytest.raises(OutputError, match="cannot name a wave"):
            write_answers(tmp_path, name, answers(["r"]), code_version="kelisim", inputs={}, existing="same")


def test_blanks_tell_why_they_are_blank() -> None:
    given = answers(["r1", "r2"])
    assert list(given.state("Q2")) == ["", "not_asked"]
    assert list(given.state("Q3_1")) == ["", "not_answered"]
    assert list(given.state("Q5")) == ["", "not_answered"]


def test_columns_that_the_form_does_not_declare_are_refused() -> None:
    given = answers(["r1"])
    with pytest.raises(TableError, match="no column 'Q9'"):
        Answers(FORM, {**given.data, "Q9": given.data["Q1"]}, *list(vars(given).values())[2:])


def test_the_manifest_says_from_what(tmp_path: Path) -> None:
    stored = write(tmp_path, answers(["r1"]))
    manifest = json.loads((stored.folder / "manifest.json").read_text())
    assert manifest["inputs"] == {"a.csv": "0"} and manifest["version"] == "1"
