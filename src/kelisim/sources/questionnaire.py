"""A questionnaire from its declaration: read question by question, batteries put in, all faults gathered.

What the form asks for in words (`goto`, scales from 0 to 10 of which only the ends are named, batteries of
the library) is written out here, so that the value handed on holds nothing but items, options, conditions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kelisim.core.errors import Fault, Refused
from kelisim.core.questionnaire import Condition, FormLanguage, Item, Labels, Option, Questionnaire, Scale
from kelisim.sources.batteries import battery_document, nearest_battery
from kelisim.sources.documents import utf8_text, validated
from kelisim.sources.files import read_file
from kelisim.sources.questionnaire_checks import faults_of_form
from kelisim.sources.questionnaire_document import (
    BatteryDocument,
    FormDocument,
    ItemDocument,
    LabelsDocument,
    OptionDocument,
    RowDocument,
    ScaleDocument,
    UseDocument,
    with_list,
)
from kelisim.sources.questionnaire_routing import Declared, routed
from kelisim.sources.yaml_file import load_yaml

__all__ = ["battery_questionnaire", "questionnaire_from", "read_questionnaire"]

_LARGEST_BYTES = 2**20
_WAY_OUT = "see the page on questionnaires in the handbook, or `kelisim survey new`."
_MOST_STEPS = 101


def read_questionnaire(path: Path) -> Questionnaire:
    """The questionnaire declared in a YAML file.

    Raises: Refused with every fault: row of the file, question, reason and way out.
    """
    data, _ = read_file(path.parent, path.name, _LARGEST_BYTES)
    return questionnaire_from(utf8_text(data, path.name), path.name)


def questionnaire_from(text: str, file: str) -> Questionnaire:
    """The questionnaire declared in a YAML text; file : its name, for messages. Raises: Refused."""
    raw, lines = load_yaml(text, file)
    form = validated(FormDocument, raw, lines, file, way_out=_WAY_OUT)
    declared, scales, faults, unread = _questions(form, lines, file)
    languages = tuple(dict.fromkeys(form.languages))
    questionnaire = Questionnaire(
        questionnaire_id=form.questionnaire,
        title=_labels(form.title, languages),
        languages=languages,
        items=tuple(one.item for one in declared),
        version=form.version,
        unreviewed=_unreviewed(form, declared, languages),
        file=file,
        blocks={name: _labels(label, languages) for name, label in form.blocks.items()},
        scales=(*scales, *(_scale(scale, languages, "") for scale in form.scales)),
    )
    faults += faults_of_form(questionnaire, declared, lines, unread)
    if faults:
        raise Refused(faults)
    return replace(questionnaire, items=routed(declared))


def battery_questionnaire(
    name: str, rows: Mapping[str, Labels], languages: Sequence[FormLanguage]
) -> Questionnaire:
    """A form that holds one battery of the library and nothing else; rows : of its grids.

    Raises: KelisimError.
    """
    document = battery_document(name)
    declared = [
        Declared(_with_rows(_item(item, languages, name), rows), (), _gotos(item))
        for item in document.questions
    ]
    return Questionnaire(
        questionnaire_id=name,
        title=_labels(document.name, languages),
        languages=tuple(languages),
        items=routed(declared),
        version="1",
        unreviewed=tuple(language for language in languages if language in document.unreviewed),
        scales=tuple(_scale(scale, languages, name) for scale in document.scales),
    )


def _unreviewed(
    form: FormDocument, declared: Sequence[Declared], languages: Sequence[FormLanguage]
) -> tuple[FormLanguage, ...]:
    used = {one.item.battery for one in declared if one.item.battery}
    unread = {language for name in used for language in battery_document(name).unreviewed}
    unread = (unread | {*form.unreviewed}) - {*form.reviewed}
    return tuple(language for language in languages if language in unread)


def _questions(
    form: FormDocument, lines: Mapping[Any, int], file: str
) -> tuple[list[Declared], list[Scale], list[Fault], set[str]]:
    """Items with the place of each, scales of batteries, faults, and codes of questions that could not be
    read."""
    declared: list[Declared] = []
    scales: list[Scale] = []
    faults: list[Fault] = []
    unread: set[str] = set()
    for index, raw in enumerate(form.questions):
        at = ("questions", index)
        try:
            if isinstance(raw, Mapping) and "use" in raw:
                use = validated(UseDocument, raw, lines, file, at, _WAY_OUT)
                found, more = _battery(use, at, form, lines, file)
                declared += found
                scales += more
            elif not isinstance(raw, Mapping):
                reason = "this is no question."
                way_out = "write `code`, `type` and `label`, or `use` and the name of a battery."
                faults.append(Fault(file, lines.get(at), f"questions.{index}", reason, way_out))
            else:
                item = validated(
                    ItemDocument, _with_list(raw, form, at, lines, file), lines, file, at, _WAY_OUT
                )
                made = _item(item, form.languages, "")
                declared.append(Declared(made, at, _gotos(item), order=_order(item)))
        except Refused as refused:
            told = raw if isinstance(raw, Mapping) else {}
            unread |= {str(told.get("code", ""))} | _codes_of(str(told.get("use", "")))
            faults += (_named(fault, index, str(told.get("code", ""))) for fault in refused.faults)
    return declared, scales, faults, unread


def _with_list(
    raw: Mapping[str, Any], form: FormDocument, at: tuple[str | int, ...], lines: Mapping[Any, int], file: str
) -> Any:
    try:
        return with_list(raw, form.lists)
    except ValueError as error:
        line, where = lines.get((*at, "options")), f"{raw.get('code', '')}.options"
        raise Refused(
            [Fault(file, line, where, f"{error}.", "declare the list, or correct its name.")]
        ) from error


def _named(fault: Fault, index: int, code: str) -> Fault:
    """The fault with the question's own code where it has one."""
    head = f"questions.{index}"
    return replace(fault, field=code + fault.field.removeprefix(head)) if code else fault


def _codes_of(battery: str) -> set[str]:
    return set() if nearest_battery(battery) else {item.code for item in battery_document(battery).questions}


def _battery(
    use: UseDocument, at: tuple[str | int, ...], form: FormDocument, lines: Mapping[Any, int], file: str
) -> tuple[list[Declared], list[Scale]]:  # fmt: skip
    line = lines.get((*at, "use"))
    if nearest := nearest_battery(use.use):
        reason = f"the library has no battery '{use.use}'."
        raise Refused([Fault(file, line, f"use {use.use}", reason, f"did you mean {nearest}?")])
    document = battery_document(use.use)
    if fault := _misused(use, document, form):
        raise Refused([Fault(file, line, f"use {use.use}", *fault)])
    languages = form.languages
    rows = _rows(use.rows, languages)
    declared = []
    for item in document.questions:
        if item.code in use.without:
            continue
        made = _with_rows(_item(item, languages, use.use), rows)
        declared.append(Declared(replace(made, block=use.block or made.block), at, _gotos(item), inside=True))
    whole = [scale for scale in document.scales if not set(scale.items) & set(use.without)]
    return declared, [_scale(scale, languages, use.use) for scale in whole]


def _misused(use: UseDocument, document: BatteryDocument, form: FormDocument) -> tuple[str, str] | None:
    if use.block and use.block not in form.blocks:
        return f"the block '{use.block}' is not declared.", "add it with its heading under `blocks`."
    if document.asks_rows and not use.rows:
        return (
            "its grid has a row per group, and no rows are given.",
            "add `rows:` with code and label of each.",
        )
    if use.rows and not document.asks_rows:
        return "rows are given, and the battery has its own or none.", "leave `rows` out."
    if lost := set(use.without) - {item.code for item in document.questions}:
        return f"it has no question {', '.join(sorted(lost))} to leave out.", "correct `without`."
    codes = [row.code for row in use.rows]
    if len({code.lower() for code in codes}) < len(codes):
        return "a row stands twice.", "give each row a code of its own."
    return None


def _with_rows(item: Item, rows: Mapping[str, Labels]) -> Item:
    return replace(item, rows=dict(rows)) if item.type == "grid" and not item.rows else item


def _labels(document: LabelsDocument, languages: Iterable[FormLanguage]) -> Labels:
    """The texts of a label in the languages of the form, as far as they are there."""
    texts = {language: getattr(document, language) for language in languages}
    return {language: " ".join(text.split()) for language, text in texts.items() if text and text.strip()}


def _item(document: ItemDocument, languages: Sequence[FormLanguage], battery: str) -> Item:
    return Item(
        code=document.code,
        type=document.type,
        label=_labels(document.label, languages),
        hint=_labels(document.hint, languages),
        options=tuple(_options(document, languages)),
        rows=_rows(document.rows, languages),
        max_selections=document.max_selections,
        low=document.low,
        high=document.high,
        ask_if=tuple(Condition(c.question, tuple(dict.fromkeys(c.codes))) for c in document.ask_if),
        required=document.required,
        sensitive=document.sensitive,
        role=document.role,
        block=document.block,
        battery=battery,
        reverse=document.reverse,
        whole=document.whole,
        reversed_rows=tuple(row.code for row in document.rows if row.reverse),
    )


def _rows(rows: Iterable[RowDocument], languages: Sequence[FormLanguage]) -> dict[str, Labels]:
    return {row.code: _labels(row.label, languages) for row in rows}


def _options(document: ItemDocument, languages: Sequence[FormLanguage]) -> Iterator[Option]:
    """The options; those of a scale from `low` to `high` are written out, named ones with their number."""
    given = {option.code: option for option in document.options}
    steps = _steps(document)
    for step in steps:
        option = given.pop(step, None)
        label: dict[str, str] = dict.fromkeys(languages, step)
        if option is not None:
            # A named step that lacks a language stays lacking, so that the check can say so.
            label = {lang: f"{step} – {text}" for lang, text in _labels(option.label, languages).items()}
        yield Option(step, label, score=float(step))
    for option in document.options if not steps else given.values():
        yield _option(option, languages)


def _steps(document: ItemDocument) -> list[str]:
    low, high = document.low, document.high
    if document.type not in ("scale", "grid") or low is None or high is None:
        return []
    if low != int(low) or high != int(high) or not 0 < high - low < _MOST_STEPS:
        return []
    return [str(step) for step in range(int(low), int(high) + 1)]


def _option(document: OptionDocument, languages: Sequence[FormLanguage]) -> Option:
    return Option(
        code=document.code,
        label=_labels(document.label, languages),
        do_not_read=document.do_not_read,
        missing_kind=document.missing_kind,
        open_text=document.open_text,
        excludes=document.excludes,
        score=document.score,
    )


def _gotos(document: ItemDocument) -> dict[str, str]:
    return {option.code: option.goto for option in document.options if option.goto is not None}


def _order(document: ItemDocument) -> dict[tuple[str, str], int]:
    order = {("options", option.code): k for k, option in enumerate(document.options)}
    return order | {("rows", row.code): k for k, row in enumerate(document.rows)}


def _scale(document: ScaleDocument, languages: Sequence[FormLanguage], battery: str) -> Scale:
    return Scale(
        key=document.key,
        label=_labels(document.label, languages),
        items=tuple(document.items),
        aggregate=document.aggregate,
        least_items=document.least_items,
        direction=document.direction,
        per_row=document.per_row,
        battery=battery,
        card=document.card,
    )
