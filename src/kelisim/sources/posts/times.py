"""Times as platforms write them: seconds since 1970, ISO 8601, or civil time without a zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

__all__ = ["from_seconds", "moment"]

_NUMBER = re.compile(r"\d{9,16}(?:\.\d+)?")
_FORMS = (
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
)


def from_seconds(value: Any) -> datetime | None:
    """Seconds (or milli- or microseconds) since 1970; None where that is no time of ours.

    >>> from_seconds("1700000000").isoformat()
    '2023-11-14T22:13:20+00:00'
    """
    if isinstance(value, bool):
        return None
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    if not seconds > 0:
        return None
    for _ in range(2):
        if seconds > 1e11:
            seconds /= 1000
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def moment(value: Any, zone: ZoneInfo) -> datetime | None:
    """A time however it is written; without a zone it is civil time of the study.

    >>> moment("14.11.2023 22:13", ZoneInfo("UTC")).isoformat()
    '2023-11-14T22:13:00+00:00'
    """
    if value is None or value == "" or isinstance(value, bool | dict | list):
        return None
    if isinstance(value, int | float):
        return from_seconds(value)
    text = str(value).strip()
    if _NUMBER.fullmatch(text):
        return from_seconds(text)
    try:
        found = datetime.fromisoformat(
            text.removesuffix(" UTC") + ("+00:00" if text.endswith(" UTC") else "")
        )
    except ValueError:
        for form in _FORMS:
            try:
                found = datetime.strptime(text, form)
                break
            except ValueError:
                continue
        else:
            return None
    try:
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None
