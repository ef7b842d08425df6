"""The list of watched sources of a study, `sources.csv`: every fault of it is told, by row."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kelisim.core.areas import Areas
from kelisim.core.errors import Fault, Refused, UnknownName
from kelisim.core.texts import PLATFORMS, Watch, WatchedSource
from kelisim.sources.delimited import Grid
from kelisim.sources.study_document import DiscourseDocument

__all__ = ["COLUMNS", "watch_from"]

COLUMNS = (
    "id", "name", "platform", "address", "feed", "language", "area", "rhythm_hours", "of_a_person",
    "pages", "retired_on",
)  # fmt: skip
_NEEDED = COLUMNS[:9]
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_LONGEST_RHYTHM_HOURS = 24.0 * 366


def watch_from(
    document: DiscourseDocument, grid: Grid, areas: Areas, lines: dict[Any, int], study_file: str
) -> Watch:
    """The watch of a study from its declaration and list. Raises: Refused with every fault."""
    faults: list[Fault] = []
    try:
        ZoneInfo(document.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        line = lines.get(("discourse", "timezone"))
        reason = f"'{document.timezone}' is no time zone."
        faults.append(Fault(study_file, line, "discourse.timezone", reason, "write one such as Asia/Almaty."))
    if document.last is not None and document.last < document.first:
        line = lines.get(("discourse", "last"))
        faults.append(
            Fault(study_file, line, "discourse.last", "the watch ends before it begins.", "swap the days.")
        )
    file = document.sources
    for name in _NEEDED:
        if name not in grid.header:
            faults.append(Fault(file, 1, name, "there is no such column.", "add it; cells may be empty."))
    for name in sorted(set(grid.header) - set(COLUMNS)):
        faults.append(Fault(file, 1, name, "no such column is known.", f"columns: {', '.join(COLUMNS)}."))
    if faults:
        raise Refused(faults)
    sources: list[WatchedSource] = []
    seen: dict[str, int] = {}
    for line, row in zip(grid.lines, grid.rows, strict=True):
        cells = dict.fromkeys(COLUMNS, "") | dict(zip(grid.header, (c.strip() for c in row), strict=True))
        found = list(_row_faults(file, line, cells, areas))
        if cells["id"] in seen:
            reason = f"'{cells['id']}' already stands in row {seen[cells['id']]}."
            found.append(Fault(file, line, "id", reason, "give every source an id of its own."))
        seen.setdefault(cells["id"], line)
        faults += found
        if not found:
            sources.append(_source(cells, areas))
    if not grid.rows:
        way_out = "add one row per source, or leave `discourse` out of the study."
        faults.append(Fault(file, None, "", "no source is listed.", way_out))
    if faults:
        raise Refused(faults)
    return Watch(tuple(sources), document.timezone, document.first, document.last)


def _row_faults(file: str, line: int, cells: dict[str, str], areas: Areas) -> Iterator[Fault]:
    def fault(field: str, reason: str, way_out: str) -> Fault:
        return Fault(file, line, field, reason, way_out)

    if not _ID.fullmatch(cells["id"]):
        yield fault("id", f"'{cells['id']}' is no id.", "use small Latin letters, digits, '-', '_' and '.'.")
    if not cells["name"]:
        yield fault("name", "the cell is empty.", "write the name of the portal or account.")
    if cells["platform"] not in PLATFORMS:
        yield fault("platform", f"'{cells['platform']}' is none.", f"one of: {', '.join(PLATFORMS)}.")
    for field in ("address", "feed"):
        if cells[field] and not _is_address(cells[field]):
            yield fault(field, f"'{cells[field]}' is no address.", "write https://... or leave it empty.")
    if not _LANGUAGE.fullmatch(cells["language"]):
        yield fault("language", f"'{cells['language']}' is no language.", "write kk, ru, uz, tg or the like.")
    if cells["area"]:
        try:
            areas.resolve(cells["area"])
        except UnknownName as error:
            yield fault("area", str(error), "correct it, or leave it empty for the whole country.")
    hours = _hours(cells["rhythm_hours"])
    if hours is None:
        way_out = "write the hours between two looks: 0.5, 24, 168; at least 0.05."
        yield fault("rhythm_hours", f"'{cells['rhythm_hours']}' is no number of hours.", way_out)
    for field in ("of_a_person", "pages"):
        if cells[field] not in ("yes", "no") and not (field == "pages" and not cells[field]):
            yield fault(field, f"'{cells[field]}' is neither yes nor no.", "write yes or no.")
    if cells["pages"] == "yes" and not cells["feed"]:
        yield fault("pages", "pages are found through a feed, and there is none.", "give the feed, or no.")
    if cells["retired_on"] and _day(cells["retired_on"]) is None:
        yield fault("retired_on", f"'{cells['retired_on']}' is no day.", "write YYYY-MM-DD or nothing.")


def _source(cells: dict[str, str], areas: Areas) -> WatchedSource:
    return WatchedSource(
        source_id=cells["id"],
        name=cells["name"],
        platform=cells["platform"],  # type: ignore[arg-type]
        address=cells["address"],
        feed=cells["feed"],
        language=cells["language"],
        area_id=areas.resolve(cells["area"]) if cells["area"] else None,
        rhythm_hours=_hours(cells["rhythm_hours"]) or 24.0,
        of_a_person=cells["of_a_person"] == "yes",
        pages=cells["pages"] == "yes",
        retired_on=_day(cells["retired_on"]),
    )


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
    except ValueError:
        return False


def _hours(text: str) -> float | None:
    try:
        hours = float(text.replace(",", "."))
    except ValueError:
        return None
    return hours if math.isfinite(hours) and 0.05 <= hours <= _LONGEST_RHYTHM_HOURS else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
