"""The form on paper and the codebook: every word in each language, routing said, DDI in its order."""

from __future__ import annotations

import copy
import csv
import io
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings

from kelisim.core.errors import Refused
from kelisim.core.questionnaire import FormLanguage
from kelisim.publish.forms.codebook import codebook_files, codebook_page
from kelisim.publish.forms.ddi import NAMESPACE, ddi_codebook
from kelisim.publish.forms.printed import content_of_print, printed_form
from kelisim.publish.forms.tabulation import tabulation_plan
from kelisim.sources.questionnaire import battery_questionnaire
from tests.questionnaires import EVERY_KIND, declared, documents, labels

SIXTEEN = battery_questionnaire("relations_16", {}, ("kk", "ru", "en", "uz"))
# Order of the elements of a variable in DDI Codebook 2.5, those we use.
ORDER = ["labl", "qstn", "valrng", "universe", "catgry", "varFormat"]
D = f"{{{NAMESPACE}}}"


def squeezed(text: str) -> str:
    # A line may be broken anywhere a hyphen or a space allows it.
    return re.sub(r"[\s-]+", "", text)


@pytest.mark.parametrize(
    ("language", "goto", "ask_if"),
    [
        ("kk", "→ Q10 сұрағына өтіңіз", "Мына жағдайда ғана сұралады: Q8 – «Иә»"),
        ("ru", "→ перейти к вопросу Q10", "Спрашивать, только если: Q8 – «Да»"),
        ("en", "→ go to Q10", "Ask only if: Q8 – «Yes»"),
        ("uz", "→ Q10 саволига ўтинг", "Фақат шу ҳолда сўралади: Q8 – «Ҳа»"),
    ],
)
def test_the_sixteen_questions_on_paper(language: FormLanguage, goto: str, ask_if: str) -> None:
    from pypdf import PdfReader

    pages = PdfReader(io.BytesIO(printed_form(SIXTEEN, language))).pages
    text = squeezed("".join(page.extract_text() for page in pages))
    assert 2 <= len(pages) <= 4
    for item in SIXTEEN.items:
        assert squeezed(item.label[language]) in text, item.code
        for option in item.options:
            assert squeezed(option.label[language]) in text, (item.code, option.code)
    assert text.count(squeezed(goto)) == 3 and squeezed(ask_if) in text
    warned = "текширмаган" in text
    assert warned == (language == "uz")


def test_what_the_form_asks_itself_is_not_asked_above_it() -> None:
    assert len(content_of_print(SIXTEEN, "kk")["head"]) == 4
    content = content_of_print(declared(EVERY_KIND), "en")
    assert len(content["head"]) == 3  # the interviewer is an item of the form
    questions = {q["code"]: q for part in content["parts"] for q in part["questions"]}
    assert questions["ok"]["options"][1]["goto"] == "→ end the interview"
    assert questions["A"]["options"][2]["goto"] == "→ go to D"
    assert questions["A"]["ask_if"] == ""  # that the person agreed goes without saying
    assert questions["E"]["steps"] == [str(k) for k in range(11)]
    assert content["parts"][-1]["heading"] == "End en"
    with pytest.raises(ValueError, match="not in uz"):
        printed_form(declared(EVERY_KIND), "uz")


def test_a_step_that_is_named_or_leads_on_stands_in_a_line_of_its_own() -> None:
    for more in ({"code": 5, "label": labels("half")}, {"code": 0, "label": labels("none"), "goto": "G"}):
        document = copy.deepcopy(EVERY_KIND)
        question = next(q for q in document["questions"] if q["code"] == "E")
        question["options"] = [*question["options"], more][-2:] if more["code"] else [more]
        [shown] = [
            q
            for part in content_of_print(declared(document), "en")["parts"]
            for q in part["questions"]
            if q["code"] == "E"
        ]
        assert shown["kind"] == "options" and len(shown["options"]) == 11
        assert shown["options"][0]["goto"] == ("→ go to G" if "goto" in more else "")


def test_the_plan_of_tables() -> None:
    plan = {table.item.code: table for table in tabulation_plan(declared(EVERY_KIND))}
    kinds = {code: table.kind for code, table in plan.items()}
    assert kinds == {
        "who": "none", "ok": "none", "A": "shares", "B": "several_answers", "C": "numbers", "D": "shares",
        "E": "shares_and_mean", "F": "rows_and_means", "G": "numbers", "H": "none",
    }  # fmt: skip
    assert [condition.question for condition in plan["C"].base] == ["ok", "A", "B"]
    assert plan["B"].silent == ("8",)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_codebook_page(language: Any) -> None:
    page = codebook_page(SIXTEEN, language)
    for column in SIXTEEN.columns():
        assert f"`{column.name}`" in page
    assert page.count("\n## ") == 16
    if language != "en":
        prose = re.sub(r"`[^`]*`|Q\d+|PhD", " ", page)
        assert not re.findall(r"[A-Za-z]{2,}", prose)


def test_the_tables_of_the_codebook() -> None:
    files = codebook_files(SIXTEEN)
    columns = list(csv.DictReader(io.StringIO(files["columns.csv"].decode())))
    assert [row["column"] for row in columns] == [column.name for column in SIXTEEN.columns()]
    assert [row["column"] for row in columns if row["sensitive"] == "1"] == ["Q14"]
    tables = {row["question"]: row for row in csv.DictReader(io.StringIO(files["tables.csv"].decode()))}
    assert tables["Q9"]["asked_if"] == "Q8 in 1" and tables["Q14"]["table"] == "none"
    options = list(csv.DictReader(io.StringIO(files["options.csv"].decode())))
    assert len(options) == sum(len(item.options) for item in SIXTEEN.items)


def test_ddi_holds_every_variable_in_every_language() -> None:
    root = ElementTree.fromstring(ddi_codebook(SIXTEEN))
    assert root.tag == f"{D}codeBook" and root.attrib["version"] == "2.5"
    assert [child.tag.removeprefix(D) for child in root] == ["docDscr", "stdyDscr", "fileDscr", "dataDscr"]
    variables = list(root.iter(f"{D}var"))
    assert [v.attrib["name"] for v in variables] == [column.name for column in SIXTEEN.columns()]
    for variable in variables:
        order = [ORDER.index(child.tag.removeprefix(D)) for child in variable]
        assert order == sorted(order)
        langs = [
            label.attrib["{http://www.w3.org/XML/1998/namespace}lang"]
            for label in variable.findall(f"{D}labl")
        ]
        assert langs == ["kk", "ru", "en", "uz"]
    q1 = next(v for v in variables if v.attrib["name"] == "Q1")
    missing = [c.findtext(f"{D}catValu") for c in q1.findall(f"{D}catgry") if c.get("missing") == "Y"]
    assert missing == ["3"]
    ids = [element.attrib["ID"] for element in root.iter() if "ID" in element.attrib]
    assert len(ids) == len(set(ids))
    groups = {g.attrib["ID"]: g.attrib for g in root.iter(f"{D}varGrp")}
    assert set(groups["G_Q7"]["var"].split()) <= set(ids) and groups["G_Q7"]["type"] == "multipleResp"


@given(documents())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_form_has_a_codebook(document: dict[str, Any]) -> None:
    try:
        questionnaire = declared(document)
    except Refused:
        return
    root = ElementTree.fromstring(codebook_files(questionnaire)["codebook.xml"])
    said = " ".join(root.itertext())
    for item in questionnaire.items:
        assert all(text in said for text in item.label.values())


@pytest.mark.proof
@given(documents())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_form_can_be_printed(document: dict[str, Any]) -> None:
    try:
        questionnaire = declared(document)
    except Refused:
        return
    assert printed_form(questionnaire, questionnaire.languages[0]).startswith(b"%PDF")
