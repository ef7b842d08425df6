"""What a declared form must keep: words in every language, codes that other programs hold, rules of types.

Converters of forms pass a missing translation without a word, so it is looked for here, label by label.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import get_args

from kelisim.core.errors import Fault
from kelisim.core.questionnaire import Item, Labels, Questionnaire, Role, Scale
from kelisim.sources.questionnaire_routing import Declared, faults_of_reach, faults_of_references

__all__ = ["faults_of_form"]

_Lines = Mapping[tuple[str | int, ...], int]
_Said = tuple[tuple[str | int, ...], str, str]

# Names that hold in XLSForm, SPSS (64 bytes, no reserved word) and Stata (32 signs) alike.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*[A-Za-z0-9]|[A-Za-z]")
_PART = re.compile(r"[A-Za-z0-9_]*[A-Za-z0-9]")
_OPTION = re.compile(r"-?[A-Za-z0-9_]*[A-Za-z0-9]")
_LONGEST_COLUMN = 32
_LONGEST_MISSING = 8  # a text value that SPSS can declare as missing
_WORDS_OF_SPSS = {"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"}
# What forms on telephones and their servers name themselves.
_WORDS_OF_FORMS = {
    "start", "end", "today", "deviceid", "username", "phonenumber", "audit", "meta", "instanceid",
    "instancename", "key", "submissiondate", "formhub", "id", "uuid", "version", "notes", "validationstatus",
    "label", "name",
}  # fmt: skip
_WITH_OPTIONS = ("single", "multiple", "scale", "grid")
_ONCE: tuple[Role, ...] = tuple(role for role in get_args(Role) if role)


def faults_of_form(
    questionnaire: Questionnaire, declared: Sequence[Declared], lines: _Lines, unread: set[str]
) -> list[Fault]:
    """Every fault of a form whose single declarations could be read."""
    file, languages = questionnaire.file, questionnaire.languages
    found = list(_faults_of_whole(questionnaire, lines))
    for one in declared:
        for path, reason, way_out in (*_lost_words(one.item, languages), *_rules(one.item, questionnaire)):
            found.append(one.fault(file, lines, path, reason, way_out))
    found += _twice(declared, file, lines)
    found += _faults_of_consent(declared, file, lines)
    found += _faults_of_scales(questionnaire, file, lines, unread)
    found += faults_of_references(declared, file, lines, unread)
    return found or ([] if unread else list(faults_of_reach(declared, file, lines)))


def _faults_of_whole(questionnaire: Questionnaire, lines: _Lines) -> Iterator[Fault]:
    labels: dict[tuple[str, ...], Labels] = {("title",): questionnaire.title}
    labels |= {("blocks", name): label for name, label in questionnaire.blocks.items()}
    for path, label in labels.items():
        for path_of, reason, way_out in _lost(path, label, questionnaire.languages):
            yield Fault(questionnaire.file, lines.get(path), ".".join(map(str, path_of)), reason, way_out)


def _lost(path: tuple[str | int, ...], label: Labels, languages: Iterable[str]) -> Iterator[_Said]:
    for language in languages:
        if not label.get(language):
            reason = f"the text in '{language}' is missing."
            yield (*path, language), reason, f"write it, or take '{language}' out of `languages`."
        elif "${" in label[language]:
            # Programs for forms read it as a reference to another question.
            yield (*path, language), "the text holds '${'.", "write the words without it."


def _lost_words(item: Item, languages: Sequence[str]) -> Iterator[_Said]:
    yield from _lost(("label",), item.label, languages)
    if item.hint:
        yield from _lost(("hint",), item.hint, languages)
    for option in item.options:
        yield from _lost(("options", option.code, "label"), option.label, languages)
    for row, label in item.rows.items():
        yield from _lost(("rows", row, "label"), label, languages)


def _rules(item: Item, questionnaire: Questionnaire) -> Iterator[_Said]:
    yield from _codes(item)
    yield from _rules_of_type(item)
    yield from _rules_of_options(item)
    if item.block and item.block not in questionnaire.blocks and not item.battery:
        yield (
            ("block",),
            f"the block '{item.block}' is not declared.",
            "add it with its heading under `blocks`.",
        )
    if item.role == "weight" and item.type != "number":
        yield ("type",), "a weight is a number.", "make the item a number."
    if item.role and item.type in ("multiple", "grid"):
        yield ("type",), f"the role {item.role} needs one answer.", "make the item single, open or a number."


def _codes(item: Item) -> Iterator[_Said]:
    if not _NAME.fullmatch(item.code):
        yield (
            ("code",),
            f"'{item.code}' is no name of a variable.",
            "use Latin letters, digits and _; a letter first.",
        )
    if item.code.lower() in _WORDS_OF_SPSS | _WORDS_OF_FORMS:
        reason = f"'{item.code}' is a word that forms or statistical programs keep for themselves."
        yield ("code",), reason, "choose another code."
    numbers: dict[float, str] = {}
    for option in item.options:
        path = ("options", option.code, "code")
        in_name = item.type == "multiple" or option.open_text
        if not (_PART if in_name else _OPTION).fullmatch(option.code):
            yield (
                path,
                f"'{option.code}' is no code that forms and tables can hold.",
                "use digits or Latin letters.",
            )
        elif option.code.lstrip("-").isdecimal():
            if numbers.setdefault(float(option.code), option.code) != option.code:
                reason = (
                    f"'{option.code}' and '{numbers[float(option.code)]}' are one number to other programs."
                )
                yield path, reason, "give each option a number of its own."
        elif option.missing_kind and len(option.code) > _LONGEST_MISSING:
            reason = f"'{option.code}' is too long for a code of no answer in SPSS."
            yield path, reason, f"use up to {_LONGEST_MISSING} letters, or a number."
    for row in item.rows:
        if not _PART.fullmatch(row):
            yield ("rows", row, "code"), f"'{row}' is no part of a name.", "use Latin letters and digits."


def _rules_of_type(item: Item) -> Iterator[_Said]:
    if item.type in _WITH_OPTIONS and not any(option.missing_kind is None for option in item.options):
        yield ("options",), "there is no option to choose.", "list the options, or make the question open."
    if item.type not in _WITH_OPTIONS and item.options:
        yield ("options",), f"a question of type {item.type} has no options.", "make it single or multiple."
    if item.type == "grid" and not item.rows:
        yield ("rows",), "a grid needs rows.", "list them with code and label."
    if item.type != "grid" and item.rows:
        yield ("rows",), f"a question of type {item.type} has no rows.", "make it a grid."
    if item.max_selections is not None:
        together = sum(not option.alone for option in item.options)
        if item.type != "multiple":
            yield ("max_selections",), "only a multiple question has a maximum.", "leave it out."
        elif not 2 <= item.max_selections <= together:
            reason = (
                f"up to {item.max_selections} of {together} options that go together is no limit that works."
            )
            yield ("max_selections",), reason, "make it single, correct the number, or leave it out."
    if (item.low is not None or item.high is not None) and item.type not in ("number", "scale", "grid"):
        yield ("low",), f"a question of type {item.type} has no lowest and highest value.", "leave them out."
    if item.low is not None and item.high is not None and item.low >= item.high:
        yield ("low",), f"{item.low:g} is not below {item.high:g}.", "put the lower value first."
    if item.type in ("scale", "grid") and (item.low is not None or item.high is not None):
        steps = {option.code for option in item.options if option.score is not None}
        if item.low is None or item.high is None or f"{item.low:g}" not in steps:
            yield (
                ("low",),
                "the steps cannot be written out.",
                "give `low` and `high` as whole numbers, up to 100 apart.",
            )
    if item.type == "scale" and not _scored(item):
        yield (
            ("options",),
            "a scale needs numbers.",
            "give the options a `score`, or the scale `low` and `high`.",
        )
    if item.whole and item.type != "number":
        yield ("whole",), "only a number is counted in whole units.", "leave it out."
    if (item.reverse or item.reversed_rows) and sum(option.score is not None for option in item.options) < 2:
        yield ("reverse",), "there are no scores to turn round.", "give the options a `score`."


def _rules_of_options(item: Item) -> Iterator[_Said]:
    if item.options and all(option.do_not_read for option in item.options):
        yield ("options",), "no option is read out.", "leave `do_not_read` out at some."
    for option in item.options:
        path = ("options", option.code)
        if option.open_text and item.type not in ("single", "multiple"):
            yield (
                (*path, "open_text"),
                f"a {item.type} has no line for words.",
                "leave it out, or ask in words after it.",
            )
        if option.excludes and item.type != "multiple":
            yield (*path, "excludes"), "one answer excludes all others anyway.", "leave it out."
        if option.missing_kind and option.score is not None:
            yield (*path, "score"), "no answer has no score.", "leave the score out."
        if option.missing_kind and option.open_text:
            yield (*path, "open_text"), "no answer has no words.", "leave one of the two out."


def _twice(declared: Sequence[Declared], file: str, lines: _Lines) -> Iterator[Fault]:
    """Codes and names of columns that stand more than once; capital and small letters are one."""
    seen: dict[str, str] = {}
    for one in declared:
        first = seen.setdefault(one.item.code.lower(), one.item.code)
        if sum(other.item.code.lower() == one.item.code.lower() for other in declared) > 1:
            reason = f"two questions have the code '{first}'."
            yield one.fault(
                file, lines, ("code",), reason, "give each a code of its own, also in small letters."
            )
        for code, count in Counter(option.code.lower() for option in one.item.options).items():
            if count > 1:
                yield one.fault(
                    file,
                    lines,
                    ("options",),
                    f"the option '{code}' stands {count} times.",
                    "give each its own code.",
                )
        for code, count in Counter(row.lower() for row in one.item.rows).items():
            if count > 1:
                yield one.fault(
                    file,
                    lines,
                    ("rows",),
                    f"the row '{code}' stands {count} times.",
                    "give each its own code.",
                )
    yield from _columns_twice(declared, file, lines)


def _columns_twice(declared: Sequence[Declared], file: str, lines: _Lines) -> Iterator[Fault]:
    owner: dict[str, tuple[str, str]] = {}
    for one in declared:
        alone = Questionnaire("", {}, (), (one.item,), "")
        for name in dict.fromkeys([one.item.code, *(column.name for column in alone.columns())]):
            if len(name) > _LONGEST_COLUMN:
                reason = f"the column '{name}' of the answers has more than {_LONGEST_COLUMN} letters."
                yield one.fault(
                    file, lines, ("code",), reason, "shorten the codes; some programs hold no more."
                )
            what = (one.item.code, name)
            first = owner.setdefault(name.lower(), what)
            if first != what and first[0].lower() != one.item.code.lower():
                reason = f"its column '{name}' is also a column of '{first[0]}'."
                yield one.fault(file, lines, ("code",), reason, "rename one of the two questions.")


def _faults_of_consent(declared: Sequence[Declared], file: str, lines: _Lines) -> Iterator[Fault]:
    for role in _ONCE:
        having = [one for one in declared if one.item.role == role]
        for first, other in pairwise(having):
            reason = f"'{first.item.code}' has the role {role} already."
            yield other.fault(file, lines, ("role",), reason, "leave one of them.")
    for one in declared:
        if one.item.role != "consent":
            continue
        if one.item.type != "single" or "END" not in one.gotos.values():
            reason = "a refusal does not end the interview."
            yield one.fault(
                file, lines, ("role",), reason, "make it single and give the refusal `goto: END`."
            )
        for before in declared[: declared.index(one)]:
            if not before.item.role:
                reason = "it is asked before the consent."
                yield before.fault(file, lines, ("code",), reason, f"move it after '{one.item.code}'.")


def _faults_of_scales(
    questionnaire: Questionnaire, file: str, lines: _Lines, unread: set[str]
) -> Iterator[Fault]:
    own = [scale for scale in questionnaire.scales if not scale.battery]
    keys = Counter(scale.key for scale in questionnaire.scales)
    for index, scale in enumerate(own):

        def fault(key: str, reason: str, way_out: str, index: int = index, name: str = scale.key) -> Fault:
            line = lines.get(("scales", index, key), lines.get(("scales", index)))
            return Fault(file, line, f"scales.{name}.{key}", reason, way_out)

        for path, reason, way_out in _lost(("label",), scale.label, questionnaire.languages):
            yield fault("label", f"{path[-1]}: {reason}", way_out)
        rows = {tuple(item.rows) for item in map(questionnaire.item, scale.items) if item is not None}
        if scale.per_row and (len(rows) > 1 or () in rows):
            yield fault("per_row", "its items are not grids with the same rows.", "leave `per_row` out.")
        if keys[scale.key] > 1:
            yield fault("key", f"two scales have the key '{scale.key}'.", "give each its own.")
        if rows and scale.least_items > _many(questionnaire, scale):
            yield fault(
                "least_items",
                "there are fewer items than that.",
                f"write up to {_many(questionnaire, scale)}.",
            )
        for code in scale.items:
            item = questionnaire.item(code)
            if item is None and code not in unread:
                yield fault("items", f"there is no question '{code}'.", "name questions of this form.")
            elif item is not None and not _scored(item):
                yield fault("items", f"'{code}' has no scores.", "give its options a `score`.")


def _many(questionnaire: Questionnaire, scale: Scale) -> int:
    found = [questionnaire.item(code) for code in scale.items]
    return sum(1 if scale.per_row or item is None else max(1, len(item.rows)) for item in found)


def _scored(item: Item) -> bool:
    """Whether its answers stand for numbers; "does not apply" may stand beside them without one."""
    return sum(option.score is not None for option in item.options) > 1
