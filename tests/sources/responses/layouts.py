"""Invented forms and submissions, and every layout in which programs write them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from kelisim.core.answers import Answers, joined
from kelisim.core.questionnaire import NOT_ANSWERED, NOT_ASKED, Condition, Item, Option, Questionnaire
from kelisim.sources.responses.reading import How, Reading, open_responses

__all__ = ["KEY", "LAYOUTS", "Submission", "agree", "expected", "forms", "read", "submissions_to"]

KEY = b"k" * 32
# Commas, slashes, brackets, labels that begin like others, spaces: what breaks a splitter.
_LABELS = (
    "wages, salary", "wages", "own business", "own business, with family", "pension (old age)", "a/b",
    "help of relatives", "yes", "no", "нет, никогда", "нет", "иә, әрине", "иә", "5", "very good: 10",
)  # fmt: skip
_OWN = ("мұғалім", "работаю и учусь", "x, y, z", "что-то; ещё", "n")
_TEXTS = ("", "Өзбекстан", "Russia, Omsk", 'he said "no"', "две\nстроки", "=1+1", "NA", "a;b\tc")
Submission = dict[str, Any]  # item -> code, tuple of codes, row -> code, number, day or words; "Q/1" words


@st.composite
def forms(draw: st.DrawFn) -> Questionnaire:
    """A form of three to six questions in Russian and Kazakh; some are asked only after an answer."""
    items: list[Item] = []
    kinds = st.sampled_from(("single", "multiple", "multiple", "grid", "number", "date", "open"))
    types = draw(st.lists(kinds, min_size=2, max_size=5))
    for number, kind in enumerate(("single", *types), 1):
        code = f"Q{number}"
        options: tuple[Option, ...] = ()
        if kind in ("single", "multiple", "grid"):
            labels = draw(st.lists(st.sampled_from(_LABELS), min_size=2, max_size=5, unique=True))
            options = tuple(_option(k, label, kind, len(labels)) for k, label in enumerate(labels, 1))
        rows = {"kaz": _two("Қазақтар"), "uzb": _two("Өзбектер, [Түркістан]")} if kind == "grid" else {}
        asked = ()
        if number > 1 and draw(st.booleans()):
            asked = (Condition("Q1", (items[0].options[0].code,)),)
        most = draw(st.sampled_from((None, 2))) if kind == "multiple" else None
        items.append(
            Item(
                code,
                kind,
                _two(f"Сұрақ {number}: қалай? ({kind})"),
                options=options,
                rows=rows,
                max_selections=most,
                ask_if=asked,
            )
        )
    return Questionnaire("invented", _two("Form"), ("ru", "kk"), tuple(items), "1")


def _two(text: str) -> dict[str, str]:
    return {"ru": f"{text} р", "kk": f"{text} қ"}


def _option(number: int, label: str, kind: str, last: int) -> Option:
    missing = "dont_know" if kind == "multiple" and number == last else None
    return Option(str(number), _two(label), missing_kind=missing, open_text=kind != "grid" and number == 1)


@st.composite
def submissions_to(draw: st.DrawFn, form: Questionnaire) -> list[Submission]:
    """Submissions that keep to the form."""
    return [_submission(draw, form) for _ in range(draw(st.integers(1, 6)))]


def _submission(draw: st.DrawFn, form: Questionnaire) -> Submission:
    made: Submission = {}
    for item in form.items:
        if any(made.get(c.question) not in c.codes for c in item.ask_if) or (
            item.code != "Q1" and draw(_RARELY)
        ):
            continue
        codes = [option.code for option in item.options]
        if item.type == "single":
            made[item.code] = draw(st.sampled_from(codes))
        elif item.type == "multiple":
            most = item.max_selections or len(codes)
            chosen = draw(st.lists(st.sampled_from(codes[:-1]), min_size=0, max_size=most, unique=True))
            made[item.code] = tuple(sorted(chosen)) or (codes[-1],)
        elif item.type == "grid":
            made[item.code] = {row: draw(st.sampled_from(codes)) for row in item.rows}
        elif item.type == "number":
            made[item.code] = draw(st.sampled_from((0.0, 18.0, 45.5, 100.0)))
        elif item.type == "date":
            made[item.code] = draw(st.sampled_from(("2024-01-08", "1999-12-31")))
        else:
            made[item.code] = draw(st.sampled_from(_TEXTS))
        if "1" in made[item.code] if isinstance(made[item.code], (str, tuple)) and codes else False:
            made[f"{item.code}/1"] = draw(st.sampled_from(_OWN))
    return made


_RARELY = st.sampled_from((False, False, False, True))


def expected(form: Questionnaire, submissions: list[Submission]) -> dict[str, np.ndarray[Any, Any]]:
    """What must be read, whatever the layout."""
    made: dict[str, Any] = {}
    for column in form.columns():
        item, values = column.item, []
        for one in submissions:
            asked = all(one.get(c.question) in c.codes for c in item.ask_if)
            answer, blank = one.get(item.code), NOT_ANSWERED if asked else NOT_ASKED
            if column.holds == "code":
                answer = answer[column.part] if column.part and answer else answer
                values.append(answer or blank)
            elif column.holds == "chosen":
                values.append(float(column.part in answer) if answer else np.nan)
            elif column.holds == "number":
                values.append(np.nan if answer is None else answer)
            elif column.holds == "date":
                values.append(np.datetime64(answer or "NaT", "D"))
            else:
                text = one.get(f"{item.code}/{column.part}" if column.part else item.code, "")
                values.append(" ".join(text.split()))
        made[column.name] = np.array(values, dtype=object if column.holds == "text" else None)
    for item in form.items:
        asked = [all(one.get(c.question) in c.codes for c in item.ask_if) for one in submissions]
        made[f"asked {item.code}"] = np.array(asked)
    return made


def agree(read_: Answers, wanted: dict[str, np.ndarray[Any, Any]]) -> list[str]:
    """Columns that differ."""
    got = read_.arrays()
    return [
        name
        for name, values in wanted.items()
        if not np.array_equal(got[name], values, equal_nan=values.dtype.kind in "fM")
    ]


def read(path: Path, form: Questionnaire, **how: Any) -> Answers:
    """All answers of a file."""
    chosen = How(**how)
    return joined(list(Reading(form, open_responses(path, form, chosen), KEY, chosen)))


@dataclass(frozen=True)
class Layout:
    """write : form, submissions -> bytes; ending : of the file; how : options of the import."""

    write: Callable[[Questionnaire, list[Submission]], bytes]
    ending: str = ".csv"
    how: tuple[tuple[str, str], ...] = ()


def _cells(
    form: Questionnaire, one: Submission, group: str, several: str, language: str | None
) -> dict[str, str]:
    """A submission as columns; several : "joined", "split" or "both"; language : labels instead of codes."""
    made: dict[str, str] = {}
    for item in form.items:
        name = group + (item.label[language] if language else item.code)
        answer = one.get(item.code)
        say = {o.code: o.label[language] if language else o.code for o in item.options}
        if item.type == "multiple":
            if several != "split":
                made[name] = " ".join(say[code] for code in answer or ())
            if several != "joined":
                for option in item.options:
                    made[f"{name}/{say[option.code]}"] = str(int(option.code in answer)) if answer else ""
        elif item.type == "grid":
            for row, labels in item.rows.items():
                at = f"{name} [{labels[language]}]" if language else f"{name}_{row}"
                made[at] = say[answer[row]] if answer else ""
        elif item.type == "single":
            made[name] = say[answer] if answer else ""
        else:
            made[name] = "" if answer is None else f"{answer:g}" if isinstance(answer, float) else answer
        for option in item.options:
            if option.open_text:
                made[f"{group}{item.code}_{option.code}_text"] = one.get(f"{item.code}/{option.code}", "")
    return made


def _table(rows: list[dict[str, str]], delimiter: str = ",", ids: bool = True) -> str:
    page = io.StringIO(newline="")
    named = [{"_uuid": f"u{k}", **row} if ids else row for k, row in enumerate(rows)]
    writer = csv.DictWriter(page, list(named[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(named)
    return page.getvalue()


def _csv(
    group: str, several: str, language: str | None = None, delimiter: str = ",", code: str = "utf-8"
) -> Any:
    def write(form: Questionnaire, given: list[Submission]) -> bytes:
        rows = [_cells(form, one, group, several, language) for one in given]
        return _table(rows, delimiter).encode(code)

    return write


def _google(language: str) -> Any:
    def write(form: Questionnaire, given: list[Submission]) -> bytes:
        rows = []
        for number, one in enumerate(given):
            row = {"Timestamp": f"2024/01/08 10:{number:02d}:00 AM GMT+5"}
            for item in form.items:
                answer, label = one.get(item.code), item.label[language] + " *"
                say = {o.code: one.get(f"{item.code}/{o.code}") or o.label[language] for o in item.options}
                if item.type == "grid":
                    for at, labels in item.rows.items():
                        row[f"{item.label[language]} [{labels[language]}]"] = (
                            say[answer[at]] if answer else ""
                        )
                elif item.type == "multiple":
                    # Words of the respondent's own stand at the end.
                    order = sorted(answer or (), key=lambda code: f"{item.code}/{code}" in one)
                    row[label] = ", ".join(say[code] for code in order)
                elif item.type == "single":
                    row[label] = say[answer] if answer else ""
                else:
                    row[label] = (
                        "" if answer is None else f"{answer:g}" if isinstance(answer, float) else answer
                    )
            rows.append(row)
        return _table(rows, ids=False).encode()

    return write


def _limesurvey(form: Questionnaire, given: list[Submission]) -> bytes:
    rows = []
    for number, one in enumerate(given):
        row = {"id": str(number), "submitdate": "2024-01-08 10:00:00", "startlanguage": "ru"}
        row |= _cells(form, one, "", "split", None)
        for item in form.items:
            if item.type == "multiple":
                for k, option in enumerate(item.options, 1):
                    row.pop(f"{item.code}/{option.code}")
                    row[f"{item.code}_SQ{k:03d}"] = "Y" if option.code in one.get(item.code, ()) else ""
        rows.append(row)
    return _table(rows, ids=False).encode()


def _xlsx(form: Questionnaire, given: list[Submission]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    rows = [{"_uuid": f"u{k}", **_cells(form, one, "g/", "both", None)} for k, one in enumerate(given)]
    book.active.append(list(rows[0]))
    for row in rows:
        # Excel keeps codes and numbers as numbers.
        book.active.append([_stored(cell) for cell in row.values()])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _stored(cell: str) -> Any:
    try:
        return float(cell)
    except ValueError:
        return ("'" + cell)[1:] if not cell.startswith("=") else " " + cell


def _kobo(form: Questionnaire, given: list[Submission]) -> bytes:
    found = []
    for number, one in enumerate(given):
        held = {name: cell for name, cell in _cells(form, one, "g/h/", "joined", None).items() if cell}
        found.append({"_id": number, "_uuid": f"u{number}", "_geolocation": [43.3, 68.2], **held})
    return json.dumps({"count": len(found), "next": None, "results": found}).encode()


def _central(form: Questionnaire, given: list[Submission]) -> bytes:
    found = []
    for number, one in enumerate(given):
        held = {name: cell or None for name, cell in _cells(form, one, "", "joined", None).items()}
        system = {"submitterName": "A", "submissionDate": "2024-01-08T10:00:00Z"}
        found.append({"__id": f"uuid:u{number}", "__system": system, "first": {"second": held}})
    return json.dumps({"value": found}).encode()


LAYOUTS = {
    "joined codes": Layout(_csv("g/h/", "joined")),
    "split codes": Layout(_csv("", "split")),
    "both, group with points": Layout(_csv("g.", "both")),
    "group with hyphens, semicolons": Layout(_csv("g-h-", "joined", delimiter=";")),
    "group with colons, tabs, utf-16": Layout(_csv("g:", "split", delimiter="\t", code="utf-16")),
    "joined labels, Russian": Layout(_csv("Группа/", "joined", "ru", code="utf-8-sig")),
    "split labels, Kazakh": Layout(_csv("", "split", "kk")),
    "both labels": Layout(_csv("", "both", "kk", delimiter=";")),
    "Google Forms": Layout(_google("kk")),
    "LimeSurvey": Layout(_limesurvey),
    "workbook": Layout(_xlsx, ".xlsx"),
    "Kobo JSON": Layout(_kobo, ".json"),
    "Central OData": Layout(_central, ".json"),
}
