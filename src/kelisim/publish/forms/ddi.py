"""The codebook as DDI Codebook 2.5, which archives of social data read.

A variable is a column of the answers. Labels stand in every language of the form; who was asked stands as the
universe, and an answer that is a silence is marked as missing. Elements follow the order the standard sets.
"""

from __future__ import annotations

from xml.etree import ElementTree

from kelisim.core.questionnaire import AnswerColumn, FormLanguage, Labels, Questionnaire
from kelisim.publish.forms.tabulation import PlannedTable, tabulation_plan
from kelisim.publish.forms.words import condition_in_words, instruction, number, options_in_order

__all__ = ["NAMESPACE", "ddi_codebook"]

NAMESPACE = "ddi:codebook:2_5"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_DOMAINS = {"code": "category", "chosen": "category", "number": "numeric", "date": "other", "text": "text"}
_GROUPS = {"multiple": "multipleResp", "grid": "grid"}


def ddi_codebook(questionnaire: Questionnaire) -> bytes:
    """The document; equal input gives equal bytes."""
    languages = questionnaire.languages
    root = ElementTree.Element(
        "codeBook", {"xmlns": NAMESPACE, "version": "2.5", "ID": questionnaire.questionnaire_id}
    )
    for holder in ("docDscr", "stdyDscr"):
        citation = _under(_under(root, holder), "citation")
        title = _under(citation, "titlStmt")
        _under(title, "titl", questionnaire.title[languages[0]], lang=languages[0])
        for language in languages[1:]:
            _under(title, "parTitl", questionnaire.title[language], lang=language)
        version = _under(_under(citation, "verStmt"), "version", questionnaire.version)
        version.set("type", "questionnaire")
    file = _under(root, "fileDscr")
    file.set("ID", "answers")
    _under(_under(file, "fileTxt"), "fileName", f"{questionnaire.questionnaire_id}.csv")
    data = _under(root, "dataDscr")
    plans = {plan.item.code: plan for plan in tabulation_plan(questionnaire)}
    for plan in plans.values():
        if plan.item.type in _GROUPS:
            _group(data, plan, languages)
    for column in questionnaire.columns():
        _variable(data, questionnaire, plans[column.item.code], column)
    ElementTree.indent(root)
    made: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return made + b"\n"


def _under(
    parent: ElementTree.Element, name: str, text: str | None = None, lang: str = ""
) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, name, {_LANG: lang} if lang else {})
    element.text = text
    return element


def _labels(
    parent: ElementTree.Element, name: str, labels: Labels, languages: tuple[FormLanguage, ...]
) -> None:
    for language in languages:
        _under(parent, name, labels[language], lang=language)


def _group(data: ElementTree.Element, plan: PlannedTable, languages: tuple[FormLanguage, ...]) -> None:
    group = _under(data, "varGrp")
    words = {f"{plan.item.code}_{option.code}_text" for option in plan.item.options}
    group.set("ID", f"G_{plan.item.code}")
    group.set("type", _GROUPS[plan.item.type])
    group.set("var", " ".join(f"V_{name}" for name in plan.columns if name not in words))
    _labels(group, "labl", plan.item.label, languages)


def _variable(
    data: ElementTree.Element, questionnaire: Questionnaire, plan: PlannedTable, column: AnswerColumn
) -> None:
    item, languages = column.item, questionnaire.languages
    whole = column.holds in ("code", "chosen") or (column.holds == "number" and item.whole)
    variable = _under(data, "var")
    for key, value in (("ID", f"V_{column.name}"), ("name", column.name), ("files", "answers")):
        variable.set(key, value)
    variable.set("intrvl", "discrete" if whole or column.holds == "text" else "contin")
    _labels(variable, "labl", _label(column), languages)
    for language in languages:
        question = _under(variable, "qstn", lang=language)
        question.set("responseDomainType", _DOMAINS[column.holds])
        _under(question, "qstnLit", item.label[language], lang=language)
        said = [item.hint.get(language, ""), instruction(item, language)]
        if notes := ". ".join(text.rstrip(".") for text in said if text):
            _under(question, "ivuInstr", notes, lang=language)
    if column.holds == "number" and (item.low is not None or item.high is not None):
        span = _under(_under(variable, "valrng"), "range")
        for key, end in (("min", item.low), ("max", item.high)):
            if end is not None:
                span.set(key, number(end))
    for language in languages if plan.base else ():
        asked = condition_in_words(plan.base, questionnaire, language)
        _under(variable, "universe", asked, lang=language).set("clusion", "I")
    _categories(variable, column, languages)
    _under(variable, "varFormat").attrib.update({"type": _format(column), "schema": "other"})


def _label(column: AnswerColumn) -> Labels:
    option = column.item.option(column.part)
    label = column.item.rows.get(column.part) or (option.label if option is not None else column.item.label)
    return label


def _categories(
    variable: ElementTree.Element, column: AnswerColumn, languages: tuple[FormLanguage, ...]
) -> None:
    if column.holds == "chosen":
        for value in ("1", "0"):
            _under(_under(variable, "catgry"), "catValu", value)
    for option in options_in_order(column.item) if column.holds == "code" else ():
        category = _under(variable, "catgry")
        if option.missing_kind is not None:
            category.set("missing", "Y")
            category.set("missType", option.missing_kind)
        _under(category, "catValu", option.code)
        _labels(category, "labl", option.label, languages)


def _format(column: AnswerColumn) -> str:
    if column.holds in ("chosen", "number"):
        return "numeric"
    codes = [option.code for option in column.item.options]
    numeric = column.holds == "code" and all(code.lstrip("-").isdecimal() for code in codes)
    return "numeric" if numeric else "character"
