"""Names, telephones, places and devices stay out, and the list of what was left holds no value of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kelisim.core.questionnaire import Item, Questionnaire
from kelisim.sources.responses.door import Door, why_foreign
from kelisim.sources.responses.reading import How, Reading, open_responses
from tests.sources.responses.forms import FORM, HEADER, row, table, taken
from tests.sources.responses.layouts import KEY, read


@pytest.mark.parametrize(
    ("column", "why"),
    [
        ("phone", "telephone number"),
        ("Телефон нөірі", "telephone number"),
        ("g/contact_email", "address of mail"),
        ("_geolocation", "exact coordinates"),
        ("GPS-Latitude", "exact coordinates"),
        ("location/coordinates", "exact coordinates"),
        ("deviceid", "device"),
        ("IP address", "device"),
        ("username", "name of a person"),
        ("Аты-жөні", "name of a person"),
        ("ФИО респондента", "name of a person"),
        ("SubmitterName", "name of a person"),
        ("__version__", "not declared in the questionnaire"),
    ],
)
def test_why_a_column_is_left(column: str, why: str) -> None:
    assert why_foreign(column) == why


def test_nothing_of_a_person_comes_in(tmp_path: Path) -> None:
    secrets = ["+77011234567", "Ахметов", "43.297500", "a@b.kz", "355458061234567"]
    header = HEADER + ",phone,fio,gps,email,imei"
    rows = [row(k, Q1="1", Q2="Омбы") + "," + ",".join(secrets) for k in range(3)]
    path = tmp_path / "a.csv"
    path.write_bytes(table(*rows, header=header))
    reading = Reading(FORM, open_responses(path, FORM, How()), KEY, How())
    answers = next(iter(reading))
    held = repr(answers.arrays()) + repr(answers.set_aside) + repr(reading.dropped)
    assert not any(secret in held for secret in [*secrets, "Әсел", "u1"])
    assert [(d.column, d.filled) for d in reading.dropped] == [
        (n, 3) for n in ("phone", "fio", "gps", "email", "imei")
    ]


def test_interviewers_are_known_by_a_digest(tmp_path: Path) -> None:
    answers = taken(tmp_path, table(row(1), row(2, INT="әсел "), row(3, INT="Нұрлан")))
    one, same, other = answers.data["INT"]
    assert one == same != other and len(one) == 12


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("звоните 8 701 123-45-67 вечером", "звоните [telephone] вечером"),
        ("+77011234567", "[telephone]"),
        ("пишите a.b@mail.kz", "пишите [mail]"),
        ("43.29751, 68.25114", "[place]"),
        ("в 1991 году, 18 631 человек", "в 1991 году, 18 631 человек"),
        ("2024-01-08 and 2024-01-09", "2024-01-08 and 2024-01-09"),
    ],
)
def test_words_that_would_find_a_person_are_blotted_out(words: str, kept: str) -> None:
    assert Door().blotted("Q2", words) == kept


def test_a_declared_telephone_is_left_too(tmp_path: Path) -> None:
    form = Questionnaire("f", {"kk": "f"}, ("kk",), (*FORM.items, Item("phone", "open", {"kk": "Тел."})), "1")
    path = tmp_path / "a.csv"
    path.write_bytes(table(row(1) + ",+77011234567", header=HEADER + ",phone"))
    reading = Reading(form, open_responses(path, form, How()), KEY, How())
    assert list(next(iter(reading)).data["phone"]) == [""]
    assert reading.dropped[0].why == "telephone number, even where declared"


def test_a_submission_is_the_same_in_every_export_and_another_under_another_key(tmp_path: Path) -> None:
    one, other = tmp_path / "a.csv", tmp_path / "b.csv"
    one.write_bytes(table(row(1), row(2)))
    other.write_bytes(table(row(2, _uuid="uuid:u2"), row(1)))
    assert list(read(one, FORM).records) == list(read(other, FORM).records)[::-1]
    opened = open_responses(one, FORM, How())
    assert not set(next(iter(Reading(FORM, opened, b"x" * 32, How()))).records) & set(read(one, FORM).records)


def test_a_telephone_in_a_wrong_cell_is_not_quoted(tmp_path: Path) -> None:
    answers = taken(tmp_path, table(row(1, Q4="+7 701 123 45 67"), row(2)))
    assert [(one.code, one.value) for one in answers.set_aside] == [("impossible_value", "[telephone]")]
    assert "701" not in answers.set_aside[0].reason


def test_submissions_without_a_number_are_known_by_their_content(tmp_path: Path) -> None:
    header = HEADER.replace("_uuid", "note")
    path = tmp_path / "a.csv"
    path.write_bytes(table(row(1), row(2), row(1), header=header))
    first = read(path, FORM)
    assert len(set(first.records)) == 3 and list(read(path, FORM).records) == list(first.records)
