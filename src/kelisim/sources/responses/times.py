"""When an interview began and how long it took, from what telephones and forms write about themselves."""

from __future__ import annotations

import re
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

__all__ = ["minutes_between", "moment_of", "seconds_as_minutes", "started_from"]

_POINTS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ ,T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_YEAR_FIRST = re.compile(
    r"(\d{4})/(\d{1,2})/(\d{1,2})(?:[ ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[\s\u202f]*([AaPp])\.?[Mm]\.?)?)?"
)
_SLASHES = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4})(?:[ ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[\s\u202f]*([AaPp])\.?[Mm]\.?)?)?"
)
_LONGEST_MINUTES = 60.0 * 24 * 366


def moment_of(cell: str) -> datetime | None:
    """A point in time; None where it is blank, unreadable, or may be two days (3/4/2024).

    >>> moment_of("2024-01-08T10:23:45.000+05:00").hour, moment_of("08.01.2024 10:23").day
    (10, 8)
    >>> moment_of("3/4/2024 10:23")
    """
    body = cell.strip()
    if not body:
        return None
    try:
        return datetime.fromisoformat(body)
    except ValueError:
        pass
    try:
        if found := _POINTS.match(body):
            return _moment(found[3], found[2], found[1], *found.groups()[3:6], None)
        if found := _YEAR_FIRST.match(body):
            return _moment(found[1], found[2], found[3], *found.groups()[3:7])
        if found := _SLASHES.match(body):
            first, second = int(found[1]), int(found[2])
            if first > 12 >= second or first == second:
                return _moment(found[3], found[2], found[1], *found.groups()[3:7])
            if second > 12 >= first:
                return _moment(found[3], found[1], found[2], *found.groups()[3:7])
    except (ValueError, OverflowError):
        pass
    return None


def _moment(*parts: str | None) -> datetime:
    year, month, day, hour, minute, second = (int(part or 0) for part in parts[:6])
    half = (parts[6] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return datetime(year, month, day, hour, minute, second)


def started_from(moments: list[datetime | None]) -> NDArray[np.datetime64]:
    """Local time by the clock of the place, without its distance from UTC."""
    plain = [None if m is None or m.year < 1900 else m.replace(tzinfo=None, microsecond=0) for m in moments]
    return np.array(plain, dtype="datetime64[s]")


def minutes_between(started: list[datetime | None], ended: list[datetime | None]) -> NDArray[np.float64]:
    """Length in minutes, below 0 where the end stands before the beginning; nan where one is missing."""
    return np.array([_between(a, b) for a, b in zip(started, ended, strict=True)], dtype=np.float64)


def _between(start: datetime | None, end: datetime | None) -> float:
    if start is None or end is None:
        return float("nan")
    if (start.tzinfo is None) != (end.tzinfo is None):
        start, end = start.replace(tzinfo=None), end.replace(tzinfo=None)
    return round((end - start).total_seconds() / 60, 3)


def seconds_as_minutes(cells: list[str]) -> NDArray[np.float64]:
    """Length in minutes from seconds as text; nan where there is no number."""
    made = np.full(len(cells), np.nan)
    for place, cell in enumerate(cells):
        try:
            made[place] = float(cell.replace(",", ".")) / 60
        except ValueError:
            continue
    made[~(np.abs(made) < _LONGEST_MINUTES)] = np.nan
    return made
