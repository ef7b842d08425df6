"""Questionnaires read from their declaration: what is taken, and every fault with its row and question."""

from __future__ import annotations

import copy
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from kelisim.core.errors import KelisimError, Refused
from kelisim.core.questionnaire import Condition
from kelisim.sources.batteries import battery_document, battery_names, battery_text
from kelisim.sources.questionnaire import battery_questionnaire, read_questionnaire
from tests.questionnaires import EVERY_KIND, declared, documents, labels, read_text, written

ROOT = Path(__file__).resolve().parents[2]


def changed(place: list[Any], value: Any) -> dict[str, Any]:
    document = copy.deepcopy(EVERY_KIND)
    at: Any = document
    for key in place[:-1]:
        at = at[key]
    if value is None:
        del at[place[-1]]
    else:
        at[place[-1]] = value
    return document


def refusal(document: dict[str, Any] | str) -> str:
    with pytest.raises(Refused) as refused:
        read_text(document if isinstance(document, str) else written(document))
    assert all(fault.way_out for fault in refused.value.faults)
    return str(refused.value)


def test_every_kind_of_question_is_read() -> None:
    questionnaire = declared(EVERY_KIND)
    assert [column.name for column in questionnaire.columns()] == [
        "who", "ok", "A", "B_1", "B_2", "B_3", "B_8", "C", "D", "D_2_text", "E", "F_x", "F_y", "G", "H",
    ]  # fmt: skip
    steps = questionnaire.item("E").options
    assert [option.score for option in steps] == list(range(11))
    assert steps[0].label["kk"] == "0 – none kk" and steps[1].label["kk"] == "1"
    assert questionnaire.item("F").reversed_rows == ("y",)
    assert Condition("A", ("1", "2")) in questionnaire.item("B").ask_if
    assert questionnaire.item("C").whole


QUESTIONS = {question["code"]: k for k, question in enumerate(EVERY_KIND["questions"])}


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (["B", "label", "ru"], "", "B.label.ru: the text in 'ru' is missing"),
        (["B", "hint", "en"], None, "B.hint.en: the text in 'en' is missing"),
        (["B", "options", 1, "label", "kk"], None, "B.options.2.label.kk: the text in 'kk' is missing"),
        (["E", "options", 0, "label", "en"], " ", "E.options.0.label.en"),
        (["F", "rows", 0, "label", "ru"], None, "F.rows.x.label.ru"),
        (["B", "label", "kk"], "a ${B} b", "holds '${'"),
        (["C", "ask_if", "question"], "Z", "there is no question 'Z'"),
        (["C", "ask_if", "question"], "D", "which is asked later"),
        (["C", "ask_if", "question"], "C", "in a circle: C -> C"),
        (["C", "ask_if", "question"], "who", "of type open and has no options"),
        (["C", "ask_if", "in"], [7], "'B' has no option 7"),
        (["A", "options", 2, "goto"], "who", "leads back to 'who'"),
        (["A", "options", 2, "goto"], "Dx", "did you mean 'D'"),
        (["B", "options", 0, "goto"], "D", "several answers may lead to different"),
        (["A", "required"], False, "would not be led on"),
        (["ok", "options", 1, "goto"], None, "a refusal does not end the interview"),
        (["A", "role"], "consent", "has the role consent already"),
        (["B", "max_selections"], 4, "is no limit that works"),
        (["B", "max_selections"], 1, "is no limit that works"),
        (["A", "max_selections"], 2, "only a multiple question has a maximum"),
        (["B", "options", 1, "code"], 1, "the option '1' stands 2 times"),
        (["B", "options", 1, "code"], "01", "are one number to other programs"),
        (["A", "options", 1, "code"], "a b", "is no code that forms and tables can hold"),
        (["A", "options", 1, "code"], True, 'in quotes, "yes"'),
        (["D", "code"], "a", "two questions have the code 'A'"),
        (["D", "code"], "F_X", "its column 'F_x' is also a column of 'F_X'"),
        (["D", "code"], "with", "keep for themselves"),
        (["D", "code"], "end", "keep for themselves"),
        (["D", "code"], "1D", "is no name of a variable"),
        (["D", "code"], "D" * 33, "at most 32 characters"),
        (["D", "code"], "D" * 30, "has more than 32 letters"),
        (["D", "type"], "select_one or_other", "or_other loses translations"),
        (["D", "type"], "choice", "Input should be 'single'"),
        (["D", "options"], "agre", "there is no list 'agre'"),
        (["D", "options"], None, "there is no option to choose"),
        (["G", "options"], "agree", "of type date has no options"),
        (["F", "rows"], None, "a grid needs rows"),
        (["C", "low"], 99, "99 is not below 99"),
        (["E", "low"], 0.5, "the steps cannot be written out"),
        (["A", "reverse"], True, "there are no scores to turn round"),
        (["G", "block"], "start", "the block 'start' is not declared"),
        (["H", "role"], "weight", "a weight is a number"),
        (["H", "lable"], labels("x"), "did you mean 'label'?"),
    ],
)  # fmt: skip
def test_a_fault_is_told_by_question(place: list[Any], value: Any, said: str) -> None:
    told = refusal(changed(["questions", QUESTIONS[place[0]], *place[1:]], value))
    assert said in told and "form.yaml, row " in told


ROW = [{"code": "x", "label": labels("x")}]


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (["title", "kk"], "", "title.kk: the text in 'kk' is missing"),
        (["blocks", "end", "ru"], None, "blocks.end.ru"),
        (["languages"], ["kk", "de"], "languages.1"),
        (["languages"], ["kk", "ru", "en", "uz"], "the text in 'uz' is missing"),
        (["version"], 1.1, "in quotes"),
        (["questionnaire"], "Қ", "questionnaire"),
        (["questions"], [], "questions"),
        (["questions", 3], 7, "this is no question"),
        (["questions", 3], {"use": "contct"}, "did you mean contact?"),
        (["questions", 3], {"use": "social_distance"}, "no rows are given"),
        (["questions", 3], {"use": "threat", "rows": ROW}, "leave `rows` out"),
        (["questions", 3], {"use": "contact", "without": ["x"]}, "no question x to leave out"),
        (["scales", 0, "items"], ["Z"], "there is no question 'Z'"),
        (["scales", 0, "items"], ["A"], "'A' has no scores"),
        (["scales", 0, "least_items"], 3, "write up to 2"),
        (["scales", 0, "per_row"], "x", "scales.0.per_row"),
        (["colour"], "red", "this key is not known"),
    ],
)  # fmt: skip
def test_a_fault_of_the_whole_is_told(place: list[Any], value: Any, said: str) -> None:
    assert said in refusal(changed(place, value))


def test_the_row_is_the_row_of_the_file() -> None:
    text = written(changed(["questions", QUESTIONS["B"], "options", 2, "label", "ru"], ""))
    [line] = [k for k, said in enumerate(text.splitlines(), start=1) if said.strip() == "ru: ''"]
    assert f"form.yaml, row {line}, B.options.3.label.ru" in refusal(text)


def test_all_faults_are_told_at_once() -> None:
    document = changed(["questions", QUESTIONS["B"], "label", "ru"], "")
    document["questions"][QUESTIONS["D"]]["options"] = []
    document["questions"][QUESTIONS["C"]]["ask_if"] = {"question": "Z", "in": [1]}
    document["questions"].append(5)
    assert refusal(document).startswith("4 faults")


def test_a_circle_is_named_whole() -> None:
    document = copy.deepcopy(EVERY_KIND)
    document["questions"][QUESTIONS["A"]]["ask_if"] = {"question": "D", "in": [1]}
    document["questions"][QUESTIONS["D"]]["ask_if"] = {"question": "A", "in": [1]}
    assert "in a circle: A -> D -> A" in refusal(document)


def test_a_question_nobody_reaches_is_told() -> None:
    document = copy.deepcopy(EVERY_KIND)
    document["questions"][QUESTIONS["C"]]["ask_if"] = [
        {"question": "A", "in": [1]},
        {"question": "A", "in": [2]},
    ]
    assert "C.ask_if: no answers lead to this question" in refusal(document)


def test_a_question_before_the_consent_is_told() -> None:
    document = copy.deepcopy(EVERY_KIND)
    document["questions"].insert(0, document["questions"].pop(QUESTIONS["H"]))
    assert "it is asked before the consent" in refusal(document)


def test_labels_may_be_written_flat() -> None:
    document = copy.deepcopy(EVERY_KIND)
    question = document["questions"][QUESTIONS["D"]]
    question |= {f"label_{language}": text for language, text in question.pop("label").items()}
    assert declared(document) == declared(EVERY_KIND)
    question["label"] = labels("D")
    assert "this key is not known" in refusal(document)


def test_what_a_battery_has_not_reviewed_the_form_has_not() -> None:
    head = {"questionnaire": "one", "version": "1", "title": labels("t", ("kk", "uz"))}
    form = {**head, "languages": ["kk", "uz"], "questions": [{"use": "threat"}]}
    assert declared(form).unreviewed == ("uz",)
    assert declared(form | {"reviewed": ["uz"]}).unreviewed == ()
    assert declared(form | {"unreviewed": ["kk"]}).unreviewed == ("kk", "uz")


def test_no_file_and_a_foreign_encoding(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        read_questionnaire(tmp_path / "none.yaml")
    (tmp_path / "form.yaml").write_bytes(written(EVERY_KIND).encode().replace(b"Title", "Қ".encode("kz1048")))
    with pytest.raises(Refused, match="not UTF-8"):
        read_questionnaire(tmp_path / "form.yaml")


@given(documents())
@settings(max_examples=40, deadline=None)
def test_what_is_declared_is_read(document: dict[str, Any]) -> None:
    try:
        questionnaire = declared(document)
    except Refused as refused:
        assert all("no answers lead" in fault.reason for fault in refused.faults)
        return
    assert [item.code for item in questionnaire.items] == [q["code"] for q in document["questions"]]
    for item, question in zip(questionnaire.items, document["questions"], strict=True):
        assert item.label == {k: " ".join(text.split()) for k, text in question["label"].items()}


@pytest.mark.parametrize("name", battery_names())
def test_a_battery_is_whole(name: str) -> None:
    document = battery_document(name)
    assert document.battery == name and document.unreviewed == ["uz"]
    rows = {"a": labels("a", ("kk", "ru", "en", "uz")), "b": labels("b", ("kk", "ru", "en", "uz"))}
    form = battery_questionnaire(name, rows, ("kk", "ru", "en", "uz"))
    head = {"questionnaire": "one", "version": "1", "title": labels("t", ("kk", "ru", "en", "uz"))}
    use: dict[str, Any] = {"use": name}
    if document.asks_rows:
        use["rows"] = [{"code": code, "label": label} for code, label in rows.items()]
    # Through the front door, so that every check of a form holds for the library too.
    read = declared({**head, "languages": ["kk", "ru", "en", "uz"], "questions": [use]})
    assert read.items == form.items and read.scales == form.scales
    known = (ROOT / "docs/refs.bib").read_text(encoding="utf-8")
    assert all(f"{{{key}," in known for key in document.source)
    scored = {code for scale in read.scales for code in scale.items}
    assert scored <= {item.code for item in read.items}


def test_cards_of_scales_exist() -> None:
    from kelisim.assessment.cards.catalogue import CARDS

    cards = {scale.card for name in battery_names() for scale in battery_document(name).scales} - {""}
    assert cards and cards <= CARDS.keys()


@pytest.mark.floor
def test_the_sixteen_questions_are_those_of_the_source() -> None:
    data = os.environ.get("KELISIM_REFERENCE_DATA")
    if data is None:
        pytest.skip("KELISIM_REFERENCE_DATA is not set")
    path = Path(data) / "turkistan/questionnaire_appendix_a.yaml"
    printed = yaml.safe_load(path.read_text(encoding="utf-8"))["questions"]
    ours = battery_questionnaire("relations_16", {}, ("kk", "ru", "en")).items
    kinds = {"open_text": "open", "integer": "number"}
    assert [item.code for item in ours] == [question["code"] for question in printed]
    for item, question in zip(ours, printed, strict=True):
        assert item.type == kinds.get(question["type"], question["type"])
        assert item.max_selections == question.get("max_selections")
        assert item.sensitive == question.get("sensitive", False)
        assert item.block == question.get("block", "")
        options = question.get("options", [])
        assert [(o.code, o.do_not_read, o.missing_kind, o.open_text) for o in item.options] == [
            (
                str(o["code"]), o.get("do_not_read", False), o.get("missing_kind"), o.get("open_text", False),
            )
            for o in options
        ]  # fmt: skip
        asked_if = question.get("ask_if")
        expected = (Condition(asked_if["question"], tuple(map(str, asked_if["in"]))),) if asked_if else ()
        assert item.ask_if == expected


def test_an_unknown_battery_has_a_neighbour() -> None:
    with pytest.raises(KelisimError, match=r"no battery 'treat'. Nearest: threat"):
        battery_text("treat")
