"""The form on paper, in one language: boxes to tick, lines to write on, the way to go on said in words."""

from __future__ import annotations

import json
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any

from kelisim.core.errors import KelisimError
from kelisim.core.questionnaire import FormLanguage, Item, Option, Questionnaire
from kelisim.core.routing import next_after
from kelisim.publish.fonts import font_folder
from kelisim.publish.forms.words import (
    condition_in_words,
    form_word,
    instruction,
    option_text,
    options_in_order,
)

__all__ = ["content_of_print", "printed_form"]

_LONG = 12  # options or rows from which a question may run over to the next page


def printed_form(questionnaire: Questionnaire, language: FormLanguage) -> bytes:
    """The form as PDF/UA-1.

    Raises: ValueError where the form has no such language; KelisimError without the report parts.
    """
    if find_spec("typst") is None or find_spec("fontpkg_noto_sans") is None:
        raise KelisimError("a form on paper needs the report parts. Way out: install kelisim[reports].")
    import typst

    data = json.dumps(content_of_print(questionnaire, language), ensure_ascii=False)
    template = Path(__file__).parents[1] / "templates" / "form.typ"
    pdf: bytes = typst.compile(
        str(template),
        font_paths=[font_folder()],
        ignore_system_fonts=True,
        sys_inputs={"data": data},
        pdf_standards=["ua-1"],
    )
    return pdf


def content_of_print(questionnaire: Questionnaire, language: FormLanguage) -> dict[str, Any]:
    """What stands on the paper, part by part. Raises: ValueError where the form has no such language."""
    if language not in questionnaire.languages:
        raise ValueError(f"the form is declared in {', '.join(questionnaire.languages)}, not in {language}")
    head = ["sheet", "day"]
    head += [role for role in ("interviewer", "place") if questionnaire.with_role(role) is None]
    return {
        "lang": language,
        "id": questionnaire.questionnaire_id,
        "title": questionnaire.title[language],
        "version": form_word(language, "version", questionnaire.version),
        "pages": form_word(language, "pages"),
        "unreviewed": form_word(language, "unreviewed") if language in questionnaire.unreviewed else "",
        "head": [form_word(language, name) for name in head],
        "help": form_word(language, "help"),
        "parts": [
            {
                "heading": questionnaire.blocks.get(block, {}).get(language, ""),
                "questions": [_question(questionnaire, item, language) for item in items],
            }
            for block, items in groupby(questionnaire.items, lambda item: item.block)
        ],
    }


def _question(questionnaire: Questionnaire, item: Item, language: FormLanguage) -> dict[str, Any]:
    consent = questionnaire.with_role("consent")
    # That the person agreed goes without saying at every later question.
    conditions = [c for c in item.ask_if if consent is None or c.question != consent.code]
    notes = [instruction(item, language), item.hint.get(language, "")]
    options = options_in_order(item)
    row_of_steps = item.type == "scale" and _only_ends_named(questionnaire, item, language)
    steps = [option for option in options if row_of_steps and option.score is not None]
    beside = [option for option in options if option not in steps]
    return {
        "code": item.code,
        "label": item.label[language],
        "note": ". ".join(text.rstrip(".") for text in notes if text),
        "ask_if": form_word(language, "ask_if", condition_in_words(conditions, questionnaire, language))
        if conditions
        else "",
        "kind": _kind(item, row_of_steps),
        "steps": [option.code for option in (options if item.type == "grid" else steps)],
        "ends": [option.label[language] for option in (steps[:1] + steps[-1:])],
        "legend": [_named(option, language) for option in options if option.label[language] != option.code],
        "rows": [label[language] for label in item.rows.values()],
        "options": [_option(questionnaire, item, option, language) for option in beside],
        "long": max(len(item.options), len(item.rows)) > _LONG,
    }


def _only_ends_named(questionnaire: Questionnaire, item: Item, language: FormLanguage) -> bool:
    """Whether the steps fit in one line: numbers between two named ends, and none that leads elsewhere."""
    if item.low is None or any(_goto(questionnaire, item, option, language) for option in item.options):
        return False
    steps = [option for option in item.options if option.score is not None]
    return all(option.label[language] == option.code for option in steps[1:-1])


def _kind(item: Item, row_of_steps: bool) -> str:
    if item.type == "grid":
        return "grid"
    if row_of_steps:
        return "steps"
    return "options" if item.options else "write"


def _named(option: Option, language: FormLanguage) -> str:
    label = option_text(option, language)
    return label if label.startswith(f"{option.code} – ") else f"{option.code} – {label}"


def _option(
    questionnaire: Questionnaire, item: Item, option: Option, language: FormLanguage
) -> dict[str, Any]:
    return {
        "code": option.code,
        "label": option_text(option, language),
        "silent": option.do_not_read,
        "write": form_word(language, "write") if option.open_text else "",
        "goto": _goto(questionnaire, item, option, language),
    }


def _goto(questionnaire: Questionnaire, item: Item, option: Option, language: FormLanguage) -> str:
    """Where to go on, where that is not simply the next question."""
    place = questionnaire.items.index(item)
    if item.type not in ("single", "scale") or place + 1 == len(questionnaire.items):
        return ""
    target = next_after(questionnaire, item, option.code)
    if target is None:
        return form_word(language, "end")
    return "" if target == questionnaire.items[place + 1] else form_word(language, "goto", target.code)
