"""The register of events as pages show it: when, where, who, what, and what each voice called it."""

from __future__ import annotations

from dataclasses import dataclass

from kelisim.core.areas import Area
from kelisim.core.periods import PartialDate
from kelisim.publish.view import View

__all__ = ["ACCORD", "Entry", "Voice", "entries"]

ACCORD = ("co-operation",)


@dataclass(frozen=True)
class Voice:
    """What one kind of source called an event."""

    voice: str
    label: str


@dataclass(frozen=True)
class Entry:
    """One event in one language.

    when : None where the source prints no date; basis : how the date is known
    inside : whether it lies in the area of the exposure window
    younger : the area, where it was founded only after the event
    """

    event: str
    when: PartialDate | None
    date: str
    basis: str
    kind: str
    area_id: str
    place: str
    parties: str
    what: str
    inside: bool
    younger: Area | None
    voices: tuple[Voice, ...]

    @property
    def accord(self) -> bool:
        """Whether it is an event of co-operation."""
        return self.kind in ACCORD


def entries(view: View) -> list[Entry]:
    """All events of the release, those with a date in the order of time, those without one last."""
    voices: dict[str, list[Voice]] = {}
    for table in view.records("event_labels"):
        for row in table.rows():
            said = Voice(str(row["voice"]), str(row[f"label_{view.language}"]))
            voices.setdefault(str(row["event"]), []).append(said)
    found = []
    for table in view.records("events"):
        told: dict[str, list[dict[str, object]]] = {}
        for row in table.rows():
            told.setdefault(str(row["event"]), []).append(row)
        # One event that is told twice is one entry, with every place that is named.
        found += [_entry(view, rows, tuple(voices.get(event, ()))) for event, rows in told.items()]
    return sorted(found, key=lambda e: (e.when is None, e.when.first.toordinal() if e.when else 0))


def _entry(view: View, tellings: list[dict[str, object]], voices: tuple[Voice, ...]) -> Entry:
    study, say, row = view.study, view.speaker, tellings[0]
    places = dict.fromkeys(str(telling[f"place_{view.language}"]) for telling in tellings)
    when = PartialDate.read(str(row["date"]))
    area = study.areas[str(row["area"])]
    home = study.exposure.area_id if study.exposure else study.focus
    return Entry(
        event=str(row["event"]),
        when=when,
        date=say.date(when) if when else str(row["date"]) or say.word("events.undated"),
        basis=str(row["date_basis"]),
        kind=str(row["kind"]),
        area_id=area.area_id,
        place=" / ".join(places),
        parties=view.parties(str(row["parties"])),
        what=str(row[f"what_{view.language}"]),
        inside=home in {a.area_id for a in study.areas.line(area.area_id)},
        younger=area if when and not area.existed(when.last) else None,
        voices=voices,
    )
