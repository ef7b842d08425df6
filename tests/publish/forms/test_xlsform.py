"""XLSForm: what is declared arrives in the form, is taken by pyxform and, with Java, by ODK Validate."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kelisim.core.errors import KelisimError, Refused
from kelisim.core.questionnaire import Item, Questionnaire
from kelisim.core.routing import asked
from kelisim.publish.forms.validation import check_form
from kelisim.publish.forms.xlsform import choice_rows, survey_rows, xlsform
from kelisim.sources.batteries import battery_names
from kelisim.sources.questionnaire import battery_questionnaire
from tests.questionnaires import EVERY_KIND, declared, documents

LANGUAGES = ("kk", "ru", "en", "uz")
ROWS = {code: dict.fromkeys(LANGUAGES, code) for code in ("kazakh", "uzbek", "tajik")}
X = "{http://www.w3.org/2002/xforms}"


def by_name(questionnaire: Questionnaire) -> dict[str, Mapping[str, str]]:
    return {row["name"]: row for row in survey_rows(questionnaire) if row["type"] != "end_group"}


def converted(workbook: bytes) -> ElementTree.Element:
    from pyxform.xls2xform import convert

    return ElementTree.fromstring(convert(workbook, file_type=".xlsx").xform)


def test_rows_of_every_kind() -> None:
    rows = by_name(declared(EVERY_KIND))
    assert rows["A"]["type"] == "select_one options_A" and rows["B"]["type"] == "select_multiple options_B"
    assert rows["A"]["relevant"] == "selected(${ok}, '1')"
    assert rows["C"]["type"] == "integer" and rows["C"]["constraint"] == ". >= 0 and . <= 99"
    assert rows["C"]["relevant"] == (
        "(selected(${B}, '1') or selected(${B}, '2')) and selected(${ok}, '1')"
        " and (selected(${A}, '1') or selected(${A}, '2'))"
    )
    assert rows["B"]["constraint"] == (
        "count-selected(.) <= 2 and not((selected(., '8')) and count-selected(.) > 1)"
    )
    assert rows["B"]["hint::Русский (ru)"] == "Hint ru. Не больше 2 ответов"
    assert rows["D_2_text"] == {
        "type": "text",
        "name": "D_2_text",
        "label::Қазақша (kk)": "option 2 kk – жазыңыз",
        "label::Русский (ru)": "option 2 ru – запишите",
        "label::English (en)": "option 2 en – write it down",
        "required": "no",
        "relevant": "selected(${D}, '2')",
    }
    assert rows["F"]["type"] == "begin_group" and rows["F_x"]["type"] == "select_one options_F"
    assert rows["G"]["type"] == "date" and rows["H"]["required"] == "no"


def test_what_is_not_read_out_is_marked_and_last() -> None:
    questionnaire = declared(EVERY_KIND)
    choices = [row for row in choice_rows(questionnaire) if row["list_name"] == "options_B"]
    assert choices[-1]["label::Қазақша (kk)"] == "[ОҚЫЛМАЙДЫ] option 8 kk"
    assert (choices[-1]["do_not_read"], choices[-1]["missing_kind"]) == ("1", "dont_know")
    turned = dict(EVERY_KIND) | {"unreviewed": ["en"]}
    first = by_name(declared(turned))["A"]
    assert "label::English, not reviewed (en)" in first


def test_the_same_declaration_gives_the_same_bytes() -> None:
    assert xlsform(declared(EVERY_KIND)) == xlsform(declared(EVERY_KIND))


def test_a_label_that_looks_like_a_formula_stays_words() -> None:
    from openpyxl import load_workbook

    document = dict(EVERY_KIND) | {"title": dict.fromkeys(("kk", "ru", "en"), "=1+1")}
    book = load_workbook(io.BytesIO(xlsform(declared(document))))
    assert book["settings"]["A2"].value == "=1+1" and book["settings"]["A2"].data_type == "s"


@pytest.mark.parametrize("validate", [False, pytest.param(True, marks=pytest.mark.proof)])
@pytest.mark.floor
def test_the_form_of_every_kind_is_taken(validate: bool) -> None:
    if validate and shutil.which("java") is None:
        pytest.skip("there is no Java")
    check = check_form(xlsform(declared(EVERY_KIND)), validate)
    assert check.converted and check.validated == validate and not check.warnings and not check.skipped


def texts_of(form: ElementTree.Element) -> dict[str, set[str]]:
    return {
        translation.attrib["lang"]: {
            "".join(value.itertext()) for value in translation.iter(f"{X}value")
        }
        for translation in form.iter(f"{X}translation")
    }  # fmt: skip


def expected(item: Item, language: str) -> set[str]:
    labels = [item.label, *(option.label for option in item.options), *item.rows.values()]
    return {label[language] for label in labels}


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@given(documents())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_declared_form_converts_with_every_word_in_it(document: dict[str, Any]) -> None:
    try:
        questionnaire = declared(document)
    except Refused:
        return
    form = converted(xlsform(questionnaire))
    names = {element.tag.removeprefix(X) for element in form.iter()}
    holders = {"multiple": lambda i, p: i.code, "grid": lambda i, p: f"{i.code}_{p}"}
    for column in questionnaire.columns():
        name = column.name if column.holds == "text" else holders.get(column.item.type, lambda i, p: i.code)(
            column.item, column.part
        )  # fmt: skip
        assert name in names, name
    said = {lang[-3:-1]: " ".join(map(plain, texts)) for lang, texts in texts_of(form).items()}
    for language in questionnaire.languages:
        for item in questionnaire.items:
            for text in expected(item, language):
                assert plain(text) in said[language], (text, said[language])


def holds(relevant: str, given: Mapping[str, tuple[str, ...]]) -> bool:
    """A condition of the form, worked out as the telephone does: what is not asked is empty."""

    def said(found: re.Match[str]) -> str:
        return str(found.group(2) in given.get(found.group(1), ()))

    formula = re.sub(r"selected\(\$\{(\w+)\}, '([^']+)'\)", said, relevant)
    assert re.fullmatch(r"(True|False|and|or|[() ])*", formula), formula
    return bool(eval(formula)) if formula else True


@given(documents(), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_telephone_asks_what_the_routing_says(document: dict[str, Any], rng: Any) -> None:
    try:
        questionnaire = declared(document)
    except Refused:
        return
    rows = by_name(questionnaire)
    chosen = {
        item.code: tuple(o.code for o in item.options if rng.random() < 0.4)[
            : 1 if item.type != "multiple" else 9
        ]
        for item in questionnaire.items
    }
    shown: dict[str, tuple[str, ...]] = {}
    for item in questionnaire.items:
        if holds(rows[item.code].get("relevant", ""), shown):
            shown[item.code] = chosen[item.code]
    assert tuple(shown) == asked(questionnaire, chosen)


@pytest.mark.proof
@pytest.mark.floor
@pytest.mark.parametrize("name", battery_names())
def test_a_battery_passes_odk_validate(name: str) -> None:
    if shutil.which("java") is None:
        pytest.skip("there is no Java")
    form = xlsform(battery_questionnaire(name, ROWS, LANGUAGES))
    check = check_form(form, validate=True)
    assert check.validated and not check.warnings


@pytest.mark.proof
@given(documents())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_form_passes_odk_validate(document: dict[str, Any]) -> None:
    if shutil.which("java") is None:
        pytest.skip("there is no Java")
    try:
        questionnaire = declared(document)
    except Refused:
        return
    assert check_form(xlsform(questionnaire), validate=True).validated


@pytest.mark.proof
@pytest.mark.floor
def test_odk_validate_looks_into_formulas(monkeypatch: pytest.MonkeyPatch) -> None:
    # Otherwise the tests above could not fail: pyxform alone takes a broken constraint.
    if shutil.which("java") is None:
        pytest.skip("there is no Java")
    from kelisim.publish.forms import xlsform as module

    monkeypatch.setattr(
        module, "_constraint", lambda item: "count-selected(. <= 2" if item.code == "B" else ""
    )
    broken = xlsform(declared(EVERY_KIND))
    assert check_form(broken, validate=False).converted
    with pytest.raises(KelisimError, match="refuses it"):
        check_form(broken, validate=True)


def test_without_java_the_check_says_what_was_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    check = check_form(xlsform(declared(EVERY_KIND)), validate=True)
    assert check.converted and not check.validated and "Java" in check.skipped


def test_the_sixteen_questions_are_golden() -> None:
    # Who changes a line of the form sees here what changes on every telephone; write the file anew if meant.
    form = battery_questionnaire("relations_16", {}, LANGUAGES)
    keys = (
        "type",
        "name",
        "required",
        "relevant",
        "constraint",
        "label::Қазақша (kk)",
        "label::Русский (ru)",
    )
    lines = [" | ".join(row.get(key, "") for key in keys) for row in survey_rows(form)]
    keys = ("list_name", "name", "missing_kind", "score", "label::Қазақша (kk)", "label::Русский (ru)")
    lines += [" | ".join(row.get(key, "") for key in keys) for row in choice_rows(form)]
    golden = Path(__file__).with_name("relations_16.txt").read_text(encoding="utf-8")
    assert "\n".join(lines) + "\n" == golden
