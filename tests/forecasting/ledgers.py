"""Warnings and ledgers in memory, for tests; nobody in them is real."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from kelisim.forecasting.chain import Line, head_of, linked
from kelisim.forecasting.ledger import Ledger, replay
from kelisim.forecasting.ledger_entries import Entry, IssuedWarning, Opened, body_of, entry_of

__all__ = [
    "ANNA",
    "BOLAT",
    "DANA",
    "DAY",
    "at",
    "body",
    "chain",
    "later",
    "ledger",
    "opened",
    "warning",
    "written",
]

DAY = date(2026, 3, 1)
ANNA, BOLAT, DANA = "a" * 32, "b" * 32, "d" * 32
WORDS = {"kk": "қақтығыс болады", "ru": "будет столкновение", "en": "there will be a clash"}


def at(day: date, hour: int = 12) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=UTC)


def body(warning_id: str = "w1", **changes: Any) -> dict[str, Any]:
    """A warning as plain fields: issued on DAY for the following March and April."""
    rule = {
        "words": WORDS, "version": "1", "kinds": ["clash"], "min_severity": 1,
        "first": "2026-03-02", "last": "2026-04-30", "late_days": 90,
    }  # fmt: skip
    rule.update(changes.pop("rule", {}))
    made = {
        "warning_id": warning_id, "kind": "alert", "area_id": "D1", "says": WORDS, "probability": [0.3, 0.3],
        "base_rate": 0.1, "base_rate_source": "register", "horizon_months": 3, "as_of": "2026-02-28",
        "rule": rule, "evidence": [{"reference": "figure-1"}], "role": "rule", "made_by": "pool",
        "version": "1",
    }  # fmt: skip
    made.update(changes)
    return {name: value for name, value in made.items() if value is not None}


def warning(warning_id: str = "w1", **changes: Any) -> IssuedWarning:
    made = entry_of("warning", body(warning_id, **changes))
    assert isinstance(made, IssuedWarning)
    return made


def opened(day: date = DAY) -> tuple[Line, ...]:
    return (linked(head_of(()), *body_of(Opened("invented", True)), at(day, 0)),)


def chain(*entries: tuple[date, Entry]) -> tuple[Line, ...]:
    lines = list(opened(entries[0][0] if entries else DAY))
    for day, entry in entries:
        lines.append(linked(head_of(lines), *body_of(entry), at(day)))
    return tuple(lines)


def ledger(*entries: tuple[date, Entry]) -> Ledger:
    """A ledger of these entries; BrokenChain where one of them may not be written on its day."""
    return replay(chain(*entries))


def written(lines: tuple[Line, ...]) -> bytes:
    return b"".join(line.as_bytes() for line in lines)


def later(days: int) -> date:
    return DAY + timedelta(days=days)
