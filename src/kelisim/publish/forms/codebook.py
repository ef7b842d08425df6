"""The codebook of a form: for people as a page of Markdown, for programs as tables of columns and options.

The same files hold the plan of tables: what each question gives and who stands behind its percentages.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kelisim.core.languages import LANGUAGES, Language
from kelisim.core.questionnaire import NOT_ANSWERED, NOT_ASKED, Item, Questionnaire, Scale
from kelisim.core.scales import scale_columns
from kelisim.publish.forms.ddi import ddi_codebook
from kelisim.publish.forms.tabulation import PlannedTable, tabulation_plan
from kelisim.publish.forms.words import (
    condition_in_words,
    form_word,
    instruction,
    number,
    option_text,
    options_in_order,
)
from kelisim.publish.package import csv_bytes
from kelisim.publish.words import catalogue

__all__ = ["codebook_files", "codebook_page"]


def codebook_files(questionnaire: Questionnaire) -> dict[str, bytes]:
    """File name -> content: a page per language of the site, three tables, and DDI Codebook 2.5."""
    files = {
        f"codebook-{language}.md": codebook_page(questionnaire, language).encode()
        for language in LANGUAGES
        if language in questionnaire.languages
    }
    tables = {
        "columns.csv": _column_rows(questionnaire),
        "options.csv": _option_rows(questionnaire),
        "tables.csv": _table_rows(questionnaire),
    }
    files |= {name: csv_bytes([*rows]) for name, rows in tables.items()}
    return files | {"codebook.xml": ddi_codebook(questionnaire)}


def codebook_page(questionnaire: Questionnaire, language: Language) -> str:
    """The codebook as Markdown."""
    lines = [
        f"# {_plain(questionnaire.title[language])}",
        f"{_word(language, 'title')} · {form_word(language, 'version', questionnaire.version)}",
        *_unreviewed(questionnaire, language),
        _states(language),
    ]
    for plan in tabulation_plan(questionnaire):
        lines += _item_lines(questionnaire, plan, language)
    if questionnaire.scales:
        lines.append(f"## {_word(language, 'scales')}")
        for scale in questionnaire.scales:
            lines += _scale_lines(questionnaire, scale, language)
    return "\n\n".join(lines) + "\n"


def _word(language: Language, key: str) -> str:
    return catalogue(language)[f"codebook.{key}"]


def _unreviewed(questionnaire: Questionnaire, language: Language) -> Iterator[str]:
    if questionnaire.unreviewed:
        names = ", ".join(_word(language, f"language.{one}") for one in questionnaire.unreviewed)
        yield f"**{_word(language, 'unreviewed').replace('{}', names)}**"


def _states(language: Language) -> str:
    text = _word(language, "states")
    for state in (NOT_ASKED, NOT_ANSWERED):
        text = text.replace(f"{{{state}}}", f"`{state}`")
    return text


def _plain(text: str) -> str:
    """Words of a form with the signs that Markdown would take for its own marked as plain."""
    for sign in "\\`*_[]<>#|":
        text = text.replace(sign, f"\\{sign}")
    return text


def _item_lines(questionnaire: Questionnaire, plan: PlannedTable, language: Language) -> Iterator[str]:
    item = plan.item
    yield f"## {_plain(item.code)}. {_plain(item.label[language])}"
    if notes := [_plain(text) for text in (item.hint.get(language, ""), instruction(item, language)) if text]:
        yield ". ".join(text.rstrip(".") for text in notes)
    base = condition_in_words(plan.base, questionnaire, language)
    facts = [
        f"{_word(language, 'base')}: {_plain(base) if base else _word(language, 'everybody')}",
        f"{_word(language, 'table')}: {_word(language, f'table.{plan.kind}')}",
        f"{_word(language, 'columns')}: {', '.join(f'`{name}`' for name in plan.columns)}",
    ]
    if item.battery:
        facts.append(f"{_word(language, 'battery')}: `{item.battery}`")
    if item.sensitive:
        facts.append(_word(language, "sensitive"))
    yield "\n".join(f"- {fact}" for fact in facts)
    if item.options:
        yield "\n".join(_option_lines(item, language))
    if item.rows:
        yield "\n".join(
            f"- `{code}` – {_plain(label[language])}"
            + (f" ({_word(language, 'reversed')})" if code in item.reversed_rows else "")
            for code, label in item.rows.items()
        )


def _option_lines(item: Item, language: Language) -> Iterator[str]:
    heads = [_word(language, name) for name in ("code", "answer", "score", "silence")]
    yield f"| {' | '.join(heads)} |"
    yield "|---|---|---|---|"
    for option in options_in_order(item):
        silence = _word(language, option.missing_kind) if option.missing_kind else ""
        score = "" if option.score is None else number(option.score)
        yield f"| {option.code} | {_plain(option_text(option, language))} | {score} | {silence} |"


def _scale_lines(questionnaire: Questionnaire, scale: Scale, language: Language) -> Iterator[str]:
    yield f"### {_plain(scale.label[language])}"
    facts = [
        _word(language, scale.aggregate),
        f"{_word(language, 'least')}: {scale.least_items}",
        _word(language, f"direction.{scale.direction}"),
    ]
    if scale.card:
        facts.append(f"{_word(language, 'card')}: `{scale.card}`")
    for row, parts in scale_columns(questionnaire, scale).items():
        names = [f"`{c.name}`{' ↺' if turned else ''}" for c, turned in parts]
        facts.append(f"{f'`{row}`' if row else _word(language, 'columns')}: {', '.join(names)}")
    yield "\n".join(f"- {fact}" for fact in facts)


def _column_rows(questionnaire: Questionnaire) -> Iterator[dict[str, Any]]:
    """The import schema: what each column of the answers holds."""
    for column in questionnaire.columns():
        item = column.item
        yield {
            "column": column.name,
            "question": item.code,
            "part": column.part,
            "holds": column.holds,
            "type": item.type,
            "required": int(item.required),
            "sensitive": int(item.sensitive),
            "role": item.role,
            "low": item.low if column.holds == "number" else None,
            "high": item.high if column.holds == "number" else None,
            "max_selections": item.max_selections,
            "battery": item.battery,
        } | {f"label_{language}": item.label[language] for language in questionnaire.languages}


def _option_rows(questionnaire: Questionnaire) -> Iterator[dict[str, Any]]:
    for item in questionnaire.items:
        for option in item.options:
            yield {
                "question": item.code,
                "code": option.code,
                "score": option.score,
                "do_not_read": int(option.do_not_read),
                "missing_kind": option.missing_kind or "",
                "open_text": int(option.open_text),
                "alone": int(option.alone),
            } | {f"label_{language}": option.label[language] for language in questionnaire.languages}


def _table_rows(questionnaire: Questionnaire) -> Iterator[dict[str, Any]]:
    for plan in tabulation_plan(questionnaire):
        yield {
            "question": plan.item.code,
            "table": plan.kind,
            "columns": " ".join(plan.columns),
            "asked_if": " & ".join(f"{c.question} in {'|'.join(c.codes)}" for c in plan.base),
            "silent_options": " ".join(plan.silent),
        }
