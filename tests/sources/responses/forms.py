"""One small form with every kind of trap, for tests that spoil a file in one place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kelisim.core.answers import Answers
from kelisim.core.questionnaire import Condition, Item, Option, Questionnaire
from tests.sources.responses.layouts import read

__all__ = ["FORM", "HEADER", "row", "table", "taken"]

YES_NO = (Option("1", {"kk": "иә, көшемін", "ru": "да"}), Option("2", {"kk": "жоқ", "ru": "нет"}))
GROUPS = (
    Option("1", {"kk": "Қазақстан азаматтары", "ru": "граждане Казахстана"}),
    Option("2", {"kk": "өз тобым, туыстарым", "ru": "своя группа"}),
    Option("3", {"kk": "көршілер", "ru": "соседи"}),
    Option("9", {"kk": "ешкім", "ru": "ни с кем"}, excludes=True),
    Option("5", {"kk": "басқа", "ru": "другое"}, open_text=True),
)
FORM = Questionnaire(
    "form",
    {"kk": "Сауалнама", "ru": "Анкета"},
    ("kk", "ru"),
    (
        Item("Q1", "single", {"kk": "Көшесіз бе?", "ru": "Вы переедете?"}, options=YES_NO),
        Item("Q2", "open", {"kk": "Қайда?", "ru": "Куда?"}, ask_if=(Condition("Q1", ("1",)),)),
        Item("Q3", "multiple", {"kk": "Кіммен бірліктесіз?", "ru": "С кем единство?"}, options=GROUPS,
             max_selections=2),
        Item("Q4", "number", {"kk": "Жасыңыз", "ru": "Возраст"}, low=18, high=110, whole=True),
        Item("INT", "open", {"kk": "Сұрақ қоюшы", "ru": "Интервьюер"}, role="interviewer"),
    ),
    "1",
)  # fmt: skip
HEADER = "_uuid,Q1,Q2,Q3,Q4,INT"


def row(number: int, **cells: str) -> str:
    """A good row, but for the cells given."""
    good = {
        "_uuid": f"u{number}",
        "Q1": "2",
        "Q2": "",
        "Q3": "1 3",
        "Q4": str(18 + number % 60),
        "INT": "Әсел",
    }
    return ",".join({**good, **cells}.values())


def table(*rows: str, header: str = HEADER) -> bytes:
    """A text table."""
    return "\n".join([header, *rows, ""]).encode()


def taken(folder: Path, data: bytes, name: str = "a.csv", **how: Any) -> Answers:
    """What is read of a file with these bytes."""
    path = folder / name
    path.write_bytes(data)
    return read(path, FORM, **how)
