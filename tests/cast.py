"""The cast of the tests: a small invented country, and tables of it built from plain rows.

Saryn (country) has three oblasts, Aqsu, Boran and Zhaz, and a city, Qala, founded in 2020. Its groups are
alder, birch, cedar and the remainder "other". Nobody lives there, so tests may plant any fault in its tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np

from kelisim.core.areas import Area, Areas
from kelisim.core.expressions import parse_expression
from kelisim.core.groups import Group, Groups
from kelisim.core.languages import Words
from kelisim.core.periods import PartialDate, Period
from kelisim.core.statements import Expression, Statements
from kelisim.core.study import Question, Source, Study, Thresholds
from kelisim.core.tables import Table, TableSpec, TableUse
from kelisim.evidence.demography.tables import TABLES as DEMOGRAPHY
from kelisim.evidence.discourse.tables import TABLES as DISCOURSE
from kelisim.evidence.economy.tables import TABLES as ECONOMY
from kelisim.evidence.events.tables import TABLES as EVENTS
from kelisim.evidence.survey.tables import TABLES as SURVEY

__all__ = [
    "counts", "events", "expression", "figures", "marginals", "question", "series", "shares", "study",
    "table", "watchlist",
]  # fmt: skip

_SPECS: dict[str, TableSpec] = {
    spec.kind: spec for spec in (*DEMOGRAPHY, *ECONOMY, *SURVEY, *EVENTS, *DISCOURSE)
}
_NUMBERS = ("count", "number", "figure", "integer")

AREAS = Areas.of(
    [
        Area("S", "country", Words("Сарын", "Сарын", "Saryn"), None),
        Area("S1", "oblast", Words("Ақсу", "Аксуская", "Aqsu"), "S"),
        Area("S2", "oblast", Words("Боран", "Боранская", "Boran"), "S"),
        Area("S3", "oblast", Words("Жаз", "Жазская", "Zhaz"), "S"),
        Area("S4", "city", Words("Қала", "Кала", "Qala"), "S", valid_from=PartialDate.parse("2020")),
    ]
)
GROUPS = Groups.of(
    [
        Group("alder", Words("Қандағаштар", "Ольховцы", "Alders")),
        Group("birch", Words("Қайыңдар", "Берёзовцы", "Birches")),
        Group("cedar", Words("Самырсындар", "Кедровцы", "Cedars")),
        Group("other", Words("Басқалар", "Другие", "Others"), remainder=True),
    ]
)
PERIODS = {
    "y2019": Period("y2019", "2019", date(2019, 1, 1), date(2019, 1, 1), True),
    "y2021": Period("y2021", "2021", date(2021, 1, 1), date(2021, 1, 1), True),
}


def table(kind: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]], **use: Any) -> Table:
    """A table of any kind from rows; `None` is a missing number. Repeated keys count as further prints."""
    spec, listed = _SPECS[kind], list(rows)
    data: dict[str, Any] = {}
    for index, name in enumerate(columns):
        values = [row[index] for row in listed]
        if spec.column(name).type in _NUMBERS:
            data[name] = np.array([np.nan if v is None else float(v) for v in values])
        else:
            data[name] = np.array([str(v) for v in values], dtype=object)
    seen: dict[tuple[Any, ...], int] = {}
    prints = []
    keys = [columns.index(name) for name in spec.key if name in columns]
    for row in listed:
        key = tuple(row[index] for index in keys)
        seen[key] = seen.get(key, 0) + 1
        prints.append(seen[key])
    settings: dict[str, Any] = {
        "table_id": kind,
        "title": Words("Кесте", "Таблица", "Table"),
        "period_id": "y2019",
    }
    settings |= use
    settings["columns"] = {name: name for name in columns} | settings.get("columns", {})
    declared = TableUse(
        kind=kind,
        file=f"data/{settings['table_id']}.csv",
        source_id="book",
        constants={},
        **settings,
    )
    lines = np.arange(2, 2 + len(listed))
    return Table(spec, declared, data, lines, np.array(prints, dtype=np.int64))


def counts(rows: Iterable[tuple[str, str, float | None]], **use: Any) -> Table:
    """Persons by area and group."""
    return table("population_count", ("area", "group", "count_persons"), rows, **use)


def shares(rows: Iterable[tuple[str, str, str]], **use: Any) -> Table:
    """Shares by area and group from prints such as "33,3"; an empty print is a missing value."""
    read = [(area, group, _value(printed), printed) for area, group, printed in rows]
    return table("population_share", ("area", "group", "share_pct", "printed"), read, **use)


def marginals(rows: Iterable[tuple[str, str, str]], **use: Any) -> Table:
    """Shares of answers by question and option from prints."""
    read = [(asked, option, _value(printed), printed) for asked, option, printed in rows]
    return table("marginals", ("question", "option", "share_pct", "printed"), read, repeats="prints", **use)


def series(rows: Iterable[tuple[str, str, float | None]], **use: Any) -> Table:
    """Persons by area and day."""
    return table("population_series", ("area", "date", "count_persons"), rows, period_id=None, **use)


def events(rows: Iterable[tuple[str, str, str, str]], **use: Any) -> Table:
    """Events by name, day, area and place; all else is the same for each."""
    columns = ("event", "date", "area", "place_kk", "place_ru", "place_en", "date_basis", "kind", "parties")
    full = [(e, d, a, p, p, p, "printed", "clash", "alder;birch") for e, d, a, p in rows]
    return table("events", columns, full, period_id=None, repeats="prints", **use)


def watchlist(rows: Iterable[tuple[str, str]], **use: Any) -> Table:
    """Portals by name and address, numbered from 1."""
    numbered = [(number, name, address) for number, (name, address) in enumerate(rows, 1)]
    return table("watchlist", ("number", "name", "address"), numbered, **use)


def expression(text: str) -> Expression:
    """An expression as a study declares it."""
    return Expression(text, parse_expression(text))


def figures(rows: Iterable[tuple[str, float]], **use: Any) -> Table:
    """Named figures with a value."""
    return table("figures", ("figure", "value"), rows, **use)


def _value(printed: str) -> float | None:
    return float(printed.replace(",", ".").rstrip(" %")) if printed else None


def question(
    code: str, options: Iterable[str], type: str = "single", do_not_read: tuple[str, ...] = ()
) -> Question:
    """A question whose labels are its code and those of its options."""
    labels = {option: Words.same(f"option {option}") for option in options}
    return Question(code, Words.same(f"question {code}"), type, None, labels, do_not_read)


def study(
    *tables: Table, questions: Iterable[Question] = (), statements: Statements | None = None, **changed: Any
) -> Study:
    """A study of Saryn with these tables."""
    parts: dict[str, Any] = {
        "study_id": "saryn",
        "title": Words("Сарын", "Сарын", "Saryn"),
        "synthetic": True,
        "seed": 1,
        "languages": ("kk", "ru", "en"),
        "as_of": date(2021, 6, 1),
        "focus": "S",
        "areas": AREAS,
        "groups": GROUPS,
        "periods": PERIODS,
        "sources": {"book": Source("book", Words("Кітап", "Книга", "Book"), "facts", "A book", False)},
        "tables": {each.use.table_id: each for each in tables},
        "indicators": {},
        "questions": {each.code: each for each in questions},
        "statements": statements or Statements(),
        "interviews": None,
        "exposure": None,
        "thresholds": Thresholds(10, 5, 70.0, 2.0, 0.95),
        "grid": {},
        "n_printed": None,
        "repairs": (),
        "inputs": {},
        "declaration": {},
    }
    return Study(**{**parts, **changed})
