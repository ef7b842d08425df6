"""The event register of an office: rows taken in from outside, and views of any day handed out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import numpy as np

from kelisim.core.errors import Fault, Refused
from kelisim.evidence.events.lists import list_cells
from kelisim.evidence.events.register import Contradiction, Event, Register
from kelisim.evidence.events.vocabulary import Half
from kelisim.runs.studies import read_whole
from kelisim.sources.registers.file import Place, continuation, read_register
from kelisim.sources.registers.importing import Imported, Incoming, import_rows
from kelisim.sources.registers.layouts import LAYOUTS, layout_of, mapped
from kelisim.sources.registers.rows import read_rows
from kelisim.stats.capture_recapture import Hidden, three_lists, two_lists
from kelisim.store.appending import append_rows

__all__ = ["EXPORTS", "Seen", "exported", "plain", "read_existing", "seen_on", "take_in", "unreported"]

Export = Literal["csv", "geojson", "ics"]
EXPORTS: tuple[Export, ...] = ("csv", "geojson", "ics")


@dataclass(frozen=True, slots=True)
class Seen:
    """A view of the register on a day, and what contradicts itself in it."""

    day: date
    events: tuple[Event, ...]
    contradictions: tuple[Contradiction, ...]
    head: date | None


def take_in(
    file: Path, register: Path, study: Path, *, source: str, known_on: date | None, layout: str | None,
    columns: Mapping[str, str], event_type: str | None, write: bool,
) -> Imported:  # fmt: skip
    """Read a foreign file against a study, and append its good rows to the register where `write` says so.

    Raises: Refused for a file or register that cannot be read; OutputError.
    """
    declared = read_whole(study)
    place = Place(declared.areas, declared.groups)
    before, held = read_existing(register, place)
    wanted = tuple(columns.values()) or tuple(
        sorted({name for each in LAYOUTS.values() for name in each.carried})
    )
    header, rows = read_rows(_bytes(file), file.name, wanted)
    if columns:
        chosen = mapped(columns)
        missing = sorted(set(columns.values()) - set(header))
        if missing:
            known = ", ".join(header)
            raise Refused(
                Fault(file.name, 1, name, "there is no such column.", f"the file has: {known}.")
                for name in missing
            )
    else:
        found = LAYOUTS.get(layout) if layout else layout_of(header)
        if found is None or not found.marks <= {name.strip().lower() for name in header}:
            reason = f"its columns are of no known layout ({', '.join(LAYOUTS)})."
            raise Refused(
                [Fault(file.name, 1, "", reason, "say which column is which with --map OURS=THEIRS.")]
            )
        chosen = found
    incoming = Incoming(file.name, source, known_on, event_type)
    made = import_rows(header, rows, chosen, incoming, held, *_known(declared))
    if write and made.statements:
        ordered = sorted(made.statements, key=lambda said: said.known_on)
        append_rows(register, before, continuation(before, register.name, ordered, place))
    return made


def _known(study: Any) -> tuple[Any, Any, Any]:
    return study.areas, study.groups, study.outlines


def seen_on(register: Path, day: date, study: Path | None) -> Seen:
    """The register as it was known on a day. Raises: Refused."""
    place = None
    if study is not None:
        declared = read_whole(study)
        place = Place(declared.areas, declared.groups)
    before, held = read_existing(register, place)
    if not before:
        reason = "there is no such register, or it is empty."
        raise Refused(
            [Fault(register.name, None, "", reason, "make one with kelisim events import --write.")]
        )
    # What contradicted itself later was not known on that day either.
    known = Register.of(said for said in held.statements if said.known_on <= day)
    return Seen(day, held.as_known_on(day), tuple(known.contradictions()), held.head)


def unreported(
    register: Path, day: date, lists: Sequence[str], half: Half, *, level: float, seed: int
) -> tuple[dict[str, int], Hidden]:
    """How many events two or three lists hold, and how many there may be that none of them has.

    Raises: Refused; NotDefined("overlap_too_small").
    """
    _, held = read_existing(register, None)
    known = {said.source for said in held.statements}
    listed = ", ".join(sorted(known))
    faults = [
        Fault(register.name, None, "source", f"no row is of the list '{name}'.", f"it has: {listed}.")
        for name in lists
        if name not in known
    ]
    if faults:
        raise Refused(faults)
    cells = list_cells(held, day, lists, half)
    if len(lists) == 2:
        return cells, two_lists(*(cells.get(key, 0) for key in ("10", "01", "11")), level=level)
    return cells, three_lists(cells, np.random.default_rng(seed), level=level)


def exported(seen: Seen, to: Export) -> str:
    """A view as a file: a table, points on a map, or days of a calendar."""
    return {"csv": _csv, "geojson": _geojson, "ics": _calendar}[to](seen)


def plain(event: Event) -> dict[str, Any]:
    """An event as plain values."""
    return {
        "event": event.event,
        "source": event.source,
        "half": event.half,
        "first": str(event.happened),
        "last": str(event.last) if event.last else None,
        "reported_on": event.reported_on.isoformat(),
        "changed_on": event.changed_on.isoformat(),
        **{k: int(v) if isinstance(v, float) and v.is_integer() else v for k, v in event.values.items()},
        "labels": [
            {"voice": v.voice, "label": v.label, "source": v.source, "known_on": v.known_on.isoformat()}
            for v in event.voices
        ],
        "adjudicated": event.adjudicated,
        "disputed": list(event.disputed),
    }


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = f"it cannot be read: {error.strerror or error}."
        raise Refused([Fault(path.name, None, "", reason, "give the path of a file.")]) from error


def read_existing(register: Path, place: Place | None) -> tuple[bytes, Register]:
    """Bytes and statements of a register; nothing where there is no file yet. Raises: Refused."""
    if not register.exists():
        return b"", Register.of(())
    data = _bytes(register)
    return data, read_register(data, register.name, place) if data.strip() else Register.of(())


def _csv(seen: Seen) -> str:
    import csv
    import io

    rows = [plain(event) for event in seen.events]
    for row in rows:
        row["labels"] = "; ".join(f"{each['voice']}: {each['label']}" for each in row["labels"])
        row["disputed"] = ";".join(row["disputed"])
    names = list(dict.fromkeys(name for row in rows for name in row)) or ["event"]
    text = io.StringIO()
    writer = csv.DictWriter(text, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: "" if v is None else v for k, v in row.items()} for row in rows)
    return text.getvalue()


def _geojson(seen: Seen) -> str:
    features = []
    for event in seen.events:
        row = plain(event)
        at = [row.pop("longitude", None), row.pop("latitude", None)]
        geometry = None if None in at else {"type": "Point", "coordinates": at}
        features.append({"type": "Feature", "id": event.event, "geometry": geometry, "properties": row})
    document = {"type": "FeatureCollection", "known_on": seen.day.isoformat(), "features": features}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _calendar(seen: Seen) -> str:
    """iCalendar (RFC 5545) by hand: no library among the pins writes it. Days only; a year is no day."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//kelisim//event register//EN"]
    for event in seen.events:
        if event.happened.precision == "year":
            continue
        last = (event.last or event.happened).last
        after = last + timedelta(days=1) if last < date.max else last
        where = str(event.values.get("place") or event.values.get("area", ""))
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_escaped(event.event)}@kelisim",
            f"DTSTAMP:{_digits(event.changed_on)}T000000Z",
            f"DTSTART;VALUE=DATE:{_digits(event.happened.first)}",
            f"DTEND;VALUE=DATE:{_digits(after)}",
            f"SUMMARY:{_escaped(str(event.values['event_type']).replace('_', ' '))}",
            f"LOCATION:{_escaped(where)}",
            "END:VEVENT",
        ]
    return "".join(_folded(line) for line in [*lines, "END:VCALENDAR"])


def _digits(day: date) -> str:
    return day.isoformat().replace("-", "")


def _escaped(text: str) -> str:
    out = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return " ".join(out.split())


def _folded(line: str) -> str:
    """Lines of at most 75 bytes; what follows begins with a space. A letter is never cut in two."""
    parts, part = [], ""
    for sign in line:
        if len((part + sign).encode()) > 74:
            parts.append(part)
            part = ""
        part += sign
    return "\r\n ".join([*parts, part]) + "\r\n"
