"""A questionnaire as XLSForm, the workbook that ODK, Kobo and their relatives make telephone forms from.

Routing becomes `relevant`, limits become `constraint` with a message in every language. Rows of a grid are
questions of their own inside a group, named as the columns of the answers are, so that what comes back needs
no table of names. Options that are not read out stand last, marked in words; whether an option is read, which
silence it stands for and its score go along as further columns of the sheet of choices.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from kelisim.core.questionnaire import Condition, FormLanguage, Item, Option, Questionnaire
from kelisim.publish.forms.words import (
    form_word,
    instruction,
    number,
    option_text,
    options_in_order,
    range_in_words,
)
from kelisim.publish.workbooks import without_time

__all__ = ["LANGUAGE_NAMES", "choice_rows", "settings_row", "survey_rows", "xlsform"]

LANGUAGE_NAMES: dict[FormLanguage, str] = {
    "kk": "Қазақша (kk)",
    "ru": "Русский (ru)",
    "en": "English (en)",
    "uz": "Ўзбекча (uz)",
}
_UNREVIEWED: dict[FormLanguage, str] = {
    "kk": "Қазақша, тексерілмеген (kk)",
    "ru": "Русский, не проверено (ru)",
    "en": "English, not reviewed (en)",
    "uz": "Ўзбекча, текширилмаган (uz)",
}
_META = ("start", "end")  # when the interview began and ended: its length is checked on import
_DAY = datetime(2000, 1, 1)  # the same declaration gives the same bytes
_PLAIN = {"open": "text", "date": "date"}
_Row = dict[str, str]


def xlsform(questionnaire: Questionnaire) -> bytes:
    """The workbook with the sheets survey, choices and settings; equal input gives equal bytes."""
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.remove(workbook.active)
    workbook.properties.created = workbook.properties.modified = _DAY
    sheets: dict[str, Sequence[Mapping[str, str]]] = {
        "survey": list(survey_rows(questionnaire)),
        "choices": list(choice_rows(questionnaire)),
        "settings": [settings_row(questionnaire)],
    }
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        head = list(dict.fromkeys(key for row in rows for key in row)) or ["list_name", "name"]
        for line, row in enumerate([dict(zip(head, head, strict=True)), *rows], start=1):
            for place, key in enumerate(head, start=1):
                if key in row:
                    cell = sheet.cell(line, place)
                    cell.value = row[key]
                    cell.data_type = "s"  # a label that begins with = is no formula
    made = io.BytesIO()
    workbook.save(made)
    return without_time(made.getvalue())


def settings_row(questionnaire: Questionnaire) -> _Row:
    """The row of the sheet of settings."""
    first = questionnaire.languages[0]
    return {
        "form_title": questionnaire.title[first],
        "form_id": questionnaire.questionnaire_id,
        "version": questionnaire.version,
        "default_language": _language(questionnaire, first),
    }


def choice_rows(questionnaire: Questionnaire) -> Iterator[_Row]:
    """The rows of the sheet of choices: a list for each item, in the order of the form."""
    for item in questionnaire.items:
        for option in options_in_order(item):
            row = {"list_name": _list(item), "name": option.code}
            row |= {
                f"label::{_language(questionnaire, language)}": option_text(option, language)
                for language in questionnaire.languages
            }
            row["do_not_read"] = "1" if option.do_not_read else "0"
            row["missing_kind"] = option.missing_kind or ""
            row["score"] = "" if option.score is None else number(option.score)
            yield {key: value for key, value in row.items() if value}


def survey_rows(questionnaire: Questionnaire) -> Iterator[_Row]:
    """The rows of the sheet of questions."""
    for name in _META:
        yield {"type": name, "name": name}
    for item in questionnaire.items:
        if item.type == "grid":
            yield from _grid(questionnaire, item)
        else:
            yield _question(questionnaire, item)
        for option in item.options:
            if option.open_text:
                yield _words_of(questionnaire, item, option)


def _language(questionnaire: Questionnaire, language: FormLanguage) -> str:
    return (_UNREVIEWED if language in questionnaire.unreviewed else LANGUAGE_NAMES)[language]


def _list(item: Item) -> str:
    return f"options_{item.code}"


def _question(questionnaire: Questionnaire, item: Item) -> _Row:
    row = {"type": _type(item), "name": item.code}
    for language in questionnaire.languages:
        name = _language(questionnaire, language)
        row[f"label::{name}"] = item.label[language]
        hints = [item.hint.get(language, ""), instruction(item, language) if item.type == "multiple" else ""]
        if hint := ". ".join(text.rstrip(".") for text in hints if text):
            row[f"hint::{name}"] = hint
        if message := _message(item, language):
            row[f"constraint_message::{name}"] = message
    row["required"] = "yes" if item.required else "no"
    row |= _given("relevant", _relevant(questionnaire, item.ask_if))
    return row | _given("constraint", _constraint(item))


def _given(key: str, value: str) -> _Row:
    return {key: value} if value else {}


def _type(item: Item) -> str:
    if item.type == "number":
        return "integer" if item.whole else "decimal"
    if item.type in _PLAIN:
        return _PLAIN[item.type]
    return f"{'select_multiple' if item.type == 'multiple' else 'select_one'} {_list(item)}"


def _grid(questionnaire: Questionnaire, item: Item) -> Iterator[_Row]:
    head = {"type": "begin_group", "name": item.code}
    for language in questionnaire.languages:
        texts = [item.label[language], item.hint.get(language, "")]
        head[f"label::{_language(questionnaire, language)}"] = " ".join(text for text in texts if text)
    head["appearance"] = "field-list"
    yield head | _given("relevant", _relevant(questionnaire, item.ask_if))
    for code, label in item.rows.items():
        row = {"type": f"select_one {_list(item)}", "name": f"{item.code}_{code}"}
        for language in questionnaire.languages:
            row[f"label::{_language(questionnaire, language)}"] = label[language]
        yield row | {"required": "yes" if item.required else "no"}
    yield {"type": "end_group", "name": item.code}


def _words_of(questionnaire: Questionnaire, item: Item, option: Option) -> _Row:
    row = {"type": "text", "name": f"{item.code}_{option.code}_text"}
    for language in questionnaire.languages:
        text = f"{option.label[language]} – {form_word(language, 'write')}"
        row[f"label::{_language(questionnaire, language)}"] = text
    row["required"] = "no"
    row["relevant"] = f"selected(${{{item.code}}}, '{option.code}')"
    return row


def _relevant(questionnaire: Questionnaire, conditions: Sequence[Condition]) -> str:
    parts = []
    for condition in conditions:
        chosen = [f"selected(${{{condition.question}}}, '{code}')" for code in condition.codes]
        parts.append(chosen[0] if len(chosen) == 1 else f"({' or '.join(chosen)})")
    return " and ".join(parts)


def _constraint(item: Item) -> str:
    if item.type == "number":
        ends = [f". >= {number(item.low)}" if item.low is not None else ""]
        ends.append(f". <= {number(item.high)}" if item.high is not None else "")
        return " and ".join(end for end in ends if end)
    if item.type != "multiple":
        return ""
    parts = [] if item.max_selections is None else [f"count-selected(.) <= {item.max_selections}"]
    alone = " or ".join(f"selected(., '{option.code}')" for option in item.options if option.alone)
    if alone:
        parts.append(f"not(({alone}) and count-selected(.) > 1)")
    return " and ".join(parts)


def _message(item: Item, language: FormLanguage) -> str:
    if item.type == "number" and (said := range_in_words(item, language)):
        return form_word(language, "outside", said)
    if item.type != "multiple":
        return ""
    parts = [] if item.max_selections is None else [instruction(item, language)]
    alone = [f"«{option.label[language]}»" for option in item.options if option.alone]
    if alone:
        parts.append(form_word(language, "alone", ", ".join(alone)))
    return ". ".join(parts)
