"""Answers of persons as files for the analyst inside the office: SPSS with labels, workbook, CSV, Parquet.

Codes stand as in the questionnaire. A blank says which blank it is, `not_asked` or `not_answered`; SPSS has
numbers for these two, declared as user-missing together with "refused". "Hard to answer" is an answer.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from kelisim.core.answers import Answers
from kelisim.core.errors import OutputError
from kelisim.core.questionnaire import NOT_ANSWERED, NOT_ASKED, AnswerColumn, FormLanguage
from kelisim.store.sav import Variable, sav_bytes

__all__ = ["FORMATS", "MicrodataFormat", "write_microdata"]

MicrodataFormat = Literal["sav", "xlsx", "csv", "parquet"]
FORMATS: tuple[MicrodataFormat, ...] = get_args(MicrodataFormat)
# Numbers of the two blanks in SPSS; no option of a form has a negative code of this size.
_STATES = {NOT_ANSWERED: -99, NOT_ASKED: -98}
_STATE_WORDS = {
    "kk": {NOT_ANSWERED: "жауап жоқ", NOT_ASKED: "сұралмады"},
    "ru": {NOT_ANSWERED: "нет ответа", NOT_ASKED: "не спрашивали"},
    "en": {NOT_ANSWERED: "not answered", NOT_ASKED: "not asked"},
    "uz": {NOT_ANSWERED: "жавоб йўқ", NOT_ASKED: "сўралмаган"},
}
_CHOSEN = {"kk": ("жоқ", "иә"), "ru": ("нет", "да"), "en": ("no", "yes"), "uz": ("йўқ", "ҳа")}


@dataclass(frozen=True, eq=False, slots=True)
class _Column:
    """A column as it is written: name, what it holds, words about it, and its values as text."""

    name: str
    declared: AnswerColumn
    label: str
    values: NDArray[Any]


def write_microdata(
    path: Path, answers: Answers, kind: MicrodataFormat, language: FormLanguage, *, with_sensitive: bool
) -> int:
    """Write the answers to one file that its owner alone may read; returns the number of columns.

    language : of labels, one the form has; with_sensitive : also items declared sensitive
    Raises: OutputError when the file cannot be written.
    """
    columns = [
        _Column(declared.name, declared, _label(declared, language), _values(answers, declared))
        for declared in answers.questionnaire.columns()
        if with_sensitive or not declared.item.sensitive
    ]
    write: dict[MicrodataFormat, Callable[[Path, list[_Column], FormLanguage], None]] = {
        "sav": _sav, "xlsx": _xlsx, "csv": _csv, "parquet": _parquet,
    }  # fmt: skip
    try:
        # A folder of our own, so that nobody reads the file before its rights are set.
        with tempfile.TemporaryDirectory(prefix=".kelisim-", dir=path.parent) as folder:
            aside = Path(folder) / path.name
            write[kind](aside, columns, language)
            aside.chmod(0o600)
            aside.replace(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"'{path}' cannot be written ({reason}). Way out: name another file.") from error
    return len(columns)


def _label(column: AnswerColumn, language: FormLanguage) -> str:
    item, words = column.item, column.item.label[language]
    if column.part in item.rows:
        return f"{words} – {item.rows[column.part][language]}"
    option = item.option(column.part)
    return words if option is None else f"{words} – {option.label[language]}"


def _values(answers: Answers, column: AnswerColumn) -> NDArray[Any]:
    """Codes and texts as they are; numbers as numbers, blanks by their state."""
    values = answers.data[column.name]
    if column.holds in ("code", "text"):
        return np.array(values, dtype=object)
    if column.holds == "date":
        return np.where(np.isnat(values), "", np.datetime_as_string(values, unit="D")).astype(object)
    made = np.array(values, dtype=object)
    made[~answers.answered(column.name)] = None
    if column.holds == "chosen":
        state = answers.state(column.name)
        blank = state != ""
        made[~blank] = values[~blank].astype(int)
        made[blank] = state[blank]
    return made


def _rows(columns: list[_Column]) -> Iterator[list[Any]]:
    for index in range(len(columns[0].values)):
        yield ["" if (value := column.values[index]) is None else value for column in columns]


def _csv(path: Path, columns: list[_Column], language: FormLanguage) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(column.name for column in columns)
        writer.writerows(_rows(columns))


def _parquet(path: Path, columns: list[_Column], language: FormLanguage) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays, fields = [], []
    for column in columns:
        number = column.declared.holds == "number"
        kind = pa.float64() if number else pa.string()
        values = column.values if number else [None if v is None else str(v) for v in column.values]
        arrays.append(pa.array(values, kind))
        fields.append(pa.field(column.name, kind, metadata={"label": column.label}))
    pq.write_table(pa.table(arrays, schema=pa.schema(fields)), path, compression="zstd")


def _xlsx(path: Path, columns: list[_Column], language: FormLanguage) -> None:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("answers")

    def cell(value: Any) -> Any:
        made = WriteOnlyCell(sheet, value)
        if isinstance(value, str):
            made.data_type = "s"  # words that begin like a formula stay words
        return made

    sheet.append([column.name for column in columns])
    for row in _rows(columns):
        sheet.append([cell(value) for value in row])
    book = workbook.create_sheet("codebook")
    book.append(["column", "question", "label", "holds", "code", "meaning", "kind"])
    for line in _codebook(columns, language):
        book.append([cell(value) for value in line])
    workbook.save(path)


def _codebook(columns: list[_Column], language: FormLanguage) -> Iterator[tuple[str, ...]]:
    for column in columns:
        item = column.declared.item
        head = (column.name, item.code, column.label, column.declared.holds)
        meanings: list[tuple[str, str, str]] = []
        if column.declared.holds == "code":
            meanings = [(o.code, o.label[language], o.missing_kind or "answer") for o in item.options]
        elif column.declared.holds == "chosen":
            meanings = [(str(k), words, "answer") for k, words in enumerate(_CHOSEN[language])]
        if meanings:
            meanings += [(state, words, "blank") for state, words in _STATE_WORDS[language].items()]
        for code, words, kind in meanings or [("", "", "")]:
            yield (*head, code, words, kind)


def _sav(path: Path, columns: list[_Column], language: FormLanguage) -> None:
    variables = []
    for column in columns:
        held = column.declared.holds
        if held in ("text", "date"):
            texts = [str(value) for value in column.values]
            variables.append(Variable(column.name, column.label, texts, text=True))
            continue
        numbers, words = _numbers(column, language)
        refused = [o.code for o in column.declared.item.options if o.missing_kind == "refused"]
        variables.append(
            Variable(
                column.name,
                column.label,
                numbers,
                labels=words,
                missing_range=(-99.0, -98.0) if words else None,
                missing_one=float(_number_of(column, refused[0])) if refused and held == "code" else None,
                measure=3 if held == "number" else 1,
                decimals=3 if held == "number" else 0,
            )
        )
    path.write_bytes(sav_bytes(variables, "kelisim"))


def _numbers(column: _Column, language: FormLanguage) -> tuple[list[float], dict[float, str]]:
    """Values as numbers with the words of each: codes that are numbers stay, others are counted from 1."""
    states: dict[float, str] = {_STATES[state]: words for state, words in _STATE_WORDS[language].items()}
    if column.declared.holds == "number":
        return [np.nan if value is None else float(value) for value in column.values], {}
    if column.declared.holds == "chosen":
        known: dict[float, str] = dict(enumerate(_CHOSEN[language]))
        values = [float(_STATES.get(str(value), 0)) if isinstance(value, str) else float(value)
                  for value in column.values]  # fmt: skip
        return values, {**known, **states}
    options = column.declared.item.options
    place = {option.code: _number_of(column, option.code) for option in options}
    named: dict[float, str] = {place[o.code]: o.label[language] for o in options}
    values = [float(_STATES[v]) if v in _STATES else float(place[v]) for v in map(str, column.values)]
    return values, {**named, **states}


def _number_of(column: _Column, code: str) -> int:
    codes = [option.code for option in column.declared.item.options]
    if all(one.lstrip("-").isdecimal() and int(one) > -90 for one in codes):
        return int(code)
    return codes.index(code) + 1
