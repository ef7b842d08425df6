"""Which column of a file belongs to which question: by code, by label in any language, or by declaration.

A column is known by the code of its question, with or without the groups of the form before it, or by the
question's label, which offices often edit. `Q7`, `group/Q7/3`, `group.Q7.3`, `group-Q7`, `Q7_3`, `Q7[3]` and
"Which groups ...? [Row]" are all read. A column that fits two questions is refused; one that fits none is
left at the door.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kelisim.core.errors import Fault, Refused
from kelisim.core.languages import match_key
from kelisim.core.questionnaire import Item, Questionnaire

__all__ = ["ABOUT", "HeaderPlan", "Known", "Target", "known_names", "plan_of"]

Kind = Literal["whole", "split", "row", "words"]
About = Literal["record", "started", "ended", "stamped", "seconds", "language"]

# What forms write about the interview itself, best source first.
ABOUT: dict[About, tuple[str, ...]] = {
    "record": ("meta/instanceid", "meta-instanceid", "instanceid", "_uuid", "key", "__id", "_id",
               "response id", "id"),
    "started": ("start", "startdate", "date started"),
    "ended": ("end", "submitdate", "date submitted"),
    "stamped": ("timestamp", "отметка времени", "уақыт белгісі", "_submission_time", "submissiondate",
                "__system/submissiondate", "datestamp"),
    "seconds": ("interviewtime", "total time"),
    "language": ("startlanguage", "start language"),
}  # fmt: skip
_SEPARATORS = re.compile(r"[/:.\-]")
_LEADING_CODE = re.compile(r"\s*([A-Za-z]\w*)\s*[.:)\s\]]")
_NUMBERED = re.compile(r"\s*(?:[A-Za-zА-Яа-я]{0,2}\d{1,3}[.):]\s*)+")
_DASH = re.compile(r"\s+[-–—]\s+")
_BRACKETS = re.compile(r"^(.*\S)\s*\[([^\[\]]+)\]\s*$", re.DOTALL)
_LEAST_EDITED = 12  # signs of a label that must stand at the beginning of an edited heading


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """What a column tells: the answer as a whole, one option of several, a row of a grid, or words."""

    item: str
    kind: Kind
    part: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """Names under which a questionnaire's columns may appear; a name that two share stands for None.

    words : labels of options with a line for words, which forms put before "– write"
    """

    codes: Mapping[str, Target | None]
    labels: Mapping[str, Target | None]
    words: Mapping[str, Target | None]
    form: Questionnaire


@dataclass(frozen=True, slots=True)
class HeaderPlan:
    """What becomes of every column, by its position.

    targets : position -> what it tells; by_label : positions that were known by their label
    about : what is said about the interview -> position
    foreign : positions of columns that belong to no question; spare : further columns about the interview
    """

    targets: Mapping[int, Target]
    by_label: frozenset[int]
    about: Mapping[About, int]
    foreign: tuple[int, ...]
    spare: tuple[int, ...]


def known_names(form: Questionnaire) -> Known:
    """Every name of every column of a questionnaire."""
    codes: dict[str, Target | None] = {}
    labels: dict[str, Target | None] = {}
    words: dict[str, Target | None] = {}
    for item in form.items:
        for name, target in _code_names(item):
            _enter(codes, name.lower(), target)
    for item in form.items:
        # The code of a question itself goes before a name made of code and option.
        codes[item.code.lower()] = Target(item.code, "whole")
        for label, target in _label_names(item):
            _enter(labels, match_key(label), target)
        for option in item.options:
            for label in option.label.values() if option.open_text else ():
                _enter(words, match_key(label), Target(item.code, "words", option.code))
    return Known(codes, labels, words, form)


def _enter(names: dict[str, Target | None], name: str, target: Target) -> None:
    if name:
        names[name] = target if names.get(name, target) == target else None


def _code_names(item: Item) -> Iterator[tuple[str, Target]]:
    yield item.code, Target(item.code, "whole")
    open_text = [option for option in item.options if option.open_text]
    for number, option in enumerate(item.options, 1):
        if item.type == "multiple":
            target = Target(item.code, "split", option.code)
            yield from ((f"{item.code}{mark}{option.code}", target) for mark in "_/.:")
            yield f"{item.code}[{option.code}]", target
            # LimeSurvey numbers subquestions in their order.
            yield f"{item.code}_SQ{number:03d}", target
            yield f"{item.code}[SQ{number:03d}]", target
        if option.open_text:
            words = Target(item.code, "words", option.code)
            yield from ((f"{item.code}_{option.code}_{end}", words) for end in ("text", "other"))
            yield f"{item.code}[{option.code}_text]", words
            if len(open_text) == 1 and option.code != "other":
                yield f"{item.code}_other", words
                yield f"{item.code}[other]", words
    for row in item.rows:
        target = Target(item.code, "row", row)
        yield from ((f"{item.code}{mark}{row}", target) for mark in "_/.:")
        yield f"{item.code}[{row}]", target


def _label_names(item: Item) -> Iterator[tuple[str, Target]]:
    for language, label in item.label.items():
        if not label.strip():
            continue
        if item.type != "grid":
            yield label, Target(item.code, "whole")
        for row, labels in item.rows.items():
            if row_label := labels.get(language, "").strip():
                yield f"{label}/{row_label}", Target(item.code, "row", row)
                yield row_label, Target(item.code, "row", row)
        for option in item.options if item.type == "multiple" else ():
            if option_label := option.label.get(language, "").strip():
                yield f"{label}/{option_label}", Target(item.code, "split", option.code)


def plan_of(
    known: Known, header: Sequence[str], file: str, declared: Mapping[str, str], titles: Mapping[str, str]
) -> HeaderPlan:
    """What becomes of the columns of a header.

    declared : column -> question or column of the questionnaire, said by the person who imports
    titles : column -> question in words, where the file has names and words
    Raises: Refused where a column fits two questions, or two columns the same one.
    """
    faults: list[Fault] = []
    targets: dict[int, Target] = {}
    by_label: set[int] = set()
    rest: list[int] = []
    for strange in sorted(set(declared) - set(header)):
        nearest = difflib.get_close_matches(strange, header, n=2) or list(header)[:6]
        faults.append(
            Fault(file, 1, strange, "there is no such column.", f"the file has: {', '.join(nearest)}.")
        )
    for place, name in enumerate(header):
        found, labelled = _found(known, name, declared, titles, faults, file)
        if found is None:
            rest.append(place)
            continue
        targets[place] = found
        if labelled:
            by_label.add(place)
    twice = [target for target, times in Counter(targets.values()).items() if times > 1]
    for target in sorted(twice)[:20]:
        both = " and ".join(f"'{header[place]}'" for place in targets if targets[place] == target)
        reason = f"the columns {both} both belong to {_named(target)}."
        faults.append(Fault(file, 1, target.item, reason, "delete or rename one of them."))
    if faults:
        raise Refused(faults)
    about, spare = _about(header, rest)
    foreign = tuple(place for place in rest if place not in about.values() and place not in spare)
    return HeaderPlan(targets, frozenset(by_label), about, foreign, spare)


def _named(target: Target) -> str:
    return f"question {target.item}" + (f", part {target.part}" if target.part else "")


def _found(
    known: Known,
    name: str,
    declared: Mapping[str, str],
    titles: Mapping[str, str],
    faults: list[Fault],
    file: str,
) -> tuple[Target | None, bool]:
    if name in declared:
        wanted = declared[name]
        target = known.codes.get(wanted.lower())
        if target is None:
            nearest = (
                ", ".join(difflib.get_close_matches(wanted, [i.code for i in known.form.items], n=3))
                or "none"
            )
            faults.append(Fault(file, 1, name, f"there is no question '{wanted}'.", f"nearest: {nearest}."))
        return target, False
    for tail in _tails(name.strip()):
        if tail.lower() in known.codes:
            return _one(known.codes[tail.lower()], name, faults, file), False
    labelled = _labelled(known, name)
    if labelled is _NOTHING and name in titles:
        labelled = _labelled(known, titles[name])
    if labelled is not _NOTHING:
        return _one(labelled, name, faults, file), True
    return None, False


_NOTHING = Target("", "whole")


def _one(target: Target | None, name: str, faults: list[Fault], file: str) -> Target | None:
    if target is None:
        way_out = "say which with --column 'HEADING=CODE', or name the columns by the codes of the questions."
        faults.append(Fault(file, 1, name, "two questions have this name.", way_out))
    return target


def _tails(name: str) -> Iterator[str]:
    """The name, and what follows each mark that may part groups from questions."""
    yield name
    for mark in _SEPARATORS.finditer(name):
        yield name[mark.end() :]


def _labelled(known: Known, name: str) -> Target | None:
    in_brackets = _BRACKETS.match(name)
    spelled = [f"{in_brackets[1]}/{in_brackets[2]}"] if in_brackets else []
    for text in (*spelled, name):
        for tail in _tails(text):
            for body in (tail, _NUMBERED.sub("", tail, count=1)):
                if (key := match_key(body)) in known.labels:
                    return known.labels[key]
    # "Q7. Which groups ..." and a label to which the office added a hint.
    leading = _LEADING_CODE.match(name)
    if leading and leading[1].lower() in known.codes:
        target = known.codes[leading[1].lower()]
        if target is not None and target.kind == "whole":
            return _part(known.form, target, in_brackets[2] if in_brackets else "")
    for tail in _tails(_DASH.split(name)[0]) if _DASH.search(name) else ():
        if (words := known.words.get(match_key(tail))) is not None:
            return words
    return _edited(known, name)


def _part(form: Questionnaire, target: Target, words: str) -> Target | None:
    item = form.item(target.item)
    if item is None or not words:
        return target
    for row, labels in item.rows.items():
        if match_key(words) in {match_key(label) for label in labels.values()}:
            return Target(item.code, "row", row)
    for option in item.options if item.type == "multiple" else ():
        if match_key(words) in {match_key(label) for label in option.label.values()}:
            return Target(item.code, "split", option.code)
    return target


def _edited(known: Known, name: str) -> Target | None:
    key = match_key(_NUMBERED.sub("", name, count=1))
    begun = {
        label: t for label, t in known.labels.items() if len(label) >= _LEAST_EDITED and key.startswith(label)
    }
    if not begun:
        return _NOTHING
    return begun[max(begun, key=len)]


def _about(header: Sequence[str], rest: Sequence[int]) -> tuple[dict[About, int], tuple[int, ...]]:
    found: dict[About, int] = {}
    spare: list[int] = []
    names = {place: header[place].strip().lower() for place in rest}
    # Numbers of paper forms repeat from village to village; only LimeSurvey's are one per submission.
    own_numbers = not {"startlanguage", "submitdate", "lastpage"} & set(names.values())
    names = {place: name for place, name in names.items() if not (name == "id" and own_numbers)}
    for about, known in ABOUT.items():
        places = [place for name in known for place in names if _is(names[place], name)]
        if places:
            found[about] = places[0]
            spare += [place for place in places[1:] if place not in found.values()]
    return found, tuple(place for place in dict.fromkeys(spare) if place not in found.values())


def _is(name: str, known: str) -> bool:
    # "meta/instanceID" may itself stand in a group; a bare "id" in a group is another thing.
    return name == known or (("/" in known or "-" in known) and name.endswith(("/" + known, "-" + known)))
