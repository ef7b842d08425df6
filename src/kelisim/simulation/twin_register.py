"""Five invented years of a register of events, with everything planted that its pages must show at work.

Planted: a rate for every area; a surge that goes on to the end; one summer in which an incident brings the
next; an intake that was silent for three months; an area where twice as much is read from some month on, so
that reports double and nothing else does; reports that come late; voices that call one event by different
names; corrections; two lists that overlap; co-operation in every
area.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

__all__ = [
    "EFFORT_COLUMNS",
    "MONTHS_COLUMNS",
    "RECORD_COLUMNS",
    "InventedRegister",
    "invented_months",
    "invented_register",
]

RECORD_COLUMNS = (
    "event", "known_on", "record", "source", "first", "event_type", "area", "parties", "conflict_type",
    "calming_voices", "outcome", "voice", "label",
)  # fmt: skip
EFFORT_COLUMNS = ("area", "month", "effort")
MONTHS_COLUMNS = ("area", "month", "indicator", "value")


@dataclass(frozen=True, slots=True)
class _Planted:
    """Something planted in one area (by its place in the list) from a month on, both counted from 0."""

    area: int
    begun: int
    ended: int = 59
    factor: float = 1.0
    branching: float = 0.0
    seeds: int = 0


_FIRST, _MONTHS = 2019 * 12 + 1, 60  # February 2019 to January 2024
_RATES = (0.6, 0.3, 0.4, 0.9, 0.35, 0.25, 0.5, 0.2, 0.4, 0.1, 0.7, 0.3, 0.15, 0.05)
_SURGE = _Planted(area=4, begun=55, factor=6.0)
_EPISODE = _Planted(area=7, begun=28, ended=34, branching=0.7, seeds=3)
_OUTAGE = _Planted(area=2, begun=52, ended=54)
_MORE_READ = _Planted(area=10, begun=50, factor=2.0)
_SHARED_RATE = 0.2  # of co-operation, per area and month
_DAYS_OPEN = 20
_AT_ONCE, _MEAN_DELAY_DAYS = 0.5, 25.0
_LISTS = {"desk": 0.7, "press": 0.5}  # chance of each list to hold an event, one not knowing the other
_PRESS_FIRST = 0.4  # share of events that the press reports first
_TYPES = (
    ("dispute", 0.45),
    ("brawl", 0.2),
    ("threat", 0.15),
    ("property_destruction", 0.12),
    ("clash", 0.08),
)
_UP_TO = np.cumsum([share for _, share in _TYPES])
_SHARED = ("mutual_aid", "joint_celebration", "joint_work", "dialogue_meeting", "mediation", "reconciliation")
_ABOUT = ("socio_economic", "cultural_linguistic_confessional", "territorial")
_ENDED = ("dispersed", "reconciled", "negotiated", "faded", "prosecuted")
_SAID = {
    "law_enforcement": ("hooliganism", "domestic_quarrel"),
    "media": ("ethnic", "brawl"),
    "residents": ("land", "water", "labour"),
    "local_authority": ("domestic_quarrel", "labour"),
}


@dataclass(frozen=True)
class InventedRegister:
    """records, effort : rows under `RECORD_COLUMNS` and `EFFORT_COLUMNS`; truth : what was planted"""

    records: tuple[tuple[str, ...], ...]
    effort: tuple[tuple[str, str, int], ...]
    truth: Mapping[str, Any]


def invented_register(
    rng: np.random.Generator, areas: Sequence[str], groups: Sequence[str], as_of: date
) -> InventedRegister:
    """The register of 14 areas as it stood on a day: what was known later is not in it."""
    conflicts = rng.poisson(_expected())
    conflicts[_EPISODE.area] += _episode(rng)
    effort = np.full(conflicts.shape, _DAYS_OPEN)
    effort[_OUTAGE.area, _OUTAGE.begun : _OUTAGE.ended + 1] = 0
    effort[_MORE_READ.area, _MORE_READ.begun :] = int(_DAYS_OPEN * _MORE_READ.factor)
    happened = conflicts.copy()
    conflicts[effort == 0] = 0  # it happened, and nobody was there to write it down
    shared = np.where(effort == 0, 0, rng.poisson(_SHARED_RATE, conflicts.shape))
    days = [
        (_day(rng, month), area, is_conflict)
        for is_conflict, counts in ((True, conflicts), (False, shared))
        for area, month in zip(*np.nonzero(counts), strict=True)
        for _ in range(counts[area, month])
    ]
    twice = rng.spawn(1)[0]  # a stream of its own, so that a second list changes no event
    said: list[tuple[str, ...]] = []
    corrected = withdrawn = late = 0
    for number, (day, area, is_conflict) in enumerate(sorted(days), 1):
        told = _told(rng, f"R{number:03d}", day, areas[area], groups, is_conflict)
        if is_conflict:
            told += _also_listed(twice, told[0])
        known = [row for row in told if row[1] <= as_of.isoformat()]
        said += known
        corrected += any(row[2] == "correction" for row in known)
        withdrawn += any(row[2] == "withdrawal" for row in known)
        late += not known
    said.sort(key=lambda row: (row[1], row[0]))
    written = tuple(
        (areas[a], _month(m), int(effort[a, m])) for m in range(_MONTHS) for a in range(len(areas))
    )
    truth = {
        "first_month": _month(0), "last_month": _month(_MONTHS - 1),
        "rate_per_month": dict(zip(areas, _RATES, strict=True)), "incidents": _rows_of(areas, happened),
        "surge": _named(_SURGE, areas), "episode": _named(_EPISODE, areas),
        "outage": _named(_OUTAGE, areas), "more_read": _named(_MORE_READ, areas),
        "cooperation_per_area_month": _SHARED_RATE,
        "delay_days": {"at_once": _AT_ONCE, "mean_of_the_rest": _MEAN_DELAY_DAYS},
        "lists": dict(_LISTS), "corrected": corrected, "withdrawn": withdrawn, "not_yet_known": late,
    }  # fmt: skip
    return InventedRegister(tuple(said), written, truth)


def invented_months(
    rng: np.random.Generator, areas: Sequence[str]
) -> tuple[tuple[str, str, str, float], ...]:
    """Two series by area and month that know nothing of what is to come: the tone of comments scatters around
    the mean of its area, unemployment drifts. A gate that lets one of them in is too wide."""
    tone = 30 + 6 * rng.normal(size=(len(areas), 1)) + 4 * rng.normal(size=(len(areas), _MONTHS))
    drift = 5 + np.cumsum(0.1 * rng.normal(size=(len(areas), _MONTHS)), axis=1)
    return tuple(
        (areas[a], _month(m), name, round(float(max(values[a, m], 0.1)), 1))
        for name, values in (("hostile_comments", tone), ("unemployment", drift))
        for m in range(_MONTHS)
        for a in range(len(areas))
    )


def _expected() -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    rates = np.repeat(np.array(_RATES)[:, None], _MONTHS, axis=1)
    rates[_SURGE.area, _SURGE.begun :] *= _SURGE.factor
    # Twice as many are seen where twice as much is read.
    rates[_MORE_READ.area, _MORE_READ.begun :] *= _MORE_READ.factor
    return rates


def _episode(rng: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Incidents of one summer: each brings `branching` more on average, most within the next two months."""
    found = np.zeros(_MONTHS, dtype=np.int64)
    waiting = [_EPISODE.begun] * _EPISODE.seeds
    while waiting:
        month = waiting.pop()
        if month > _EPISODE.ended:
            continue
        found[month] += 1
        waiting += [month + int(rng.integers(0, 3)) for _ in range(rng.poisson(_EPISODE.branching))]
    return found


def _told(
    rng: np.random.Generator, event: str, day: date, area: str, groups: Sequence[str], is_conflict: bool
) -> list[tuple[str, ...]]:
    """All that is ever said of one event."""
    waits = 0 if rng.random() < _AT_ONCE else int(np.ceil(rng.exponential(_MEAN_DELAY_DAYS)))
    known = day + timedelta(days=waits)
    source = ("desk", "press")[int(rng.random() < _PRESS_FIRST)]
    one = int(rng.integers(len(groups)))
    pair = sorted((one, (one + 1 + int(rng.integers(len(groups) - 1))) % len(groups)))
    facts = {"first": day.isoformat(), "area": area, "parties": ";".join(groups[k] for k in pair)}
    if not is_conflict:
        facts |= {"event_type": _any(rng, _SHARED)}
        return [_row(event, known, "report", source, **facts)]
    facts |= {
        "event_type": _TYPES[int(np.searchsorted(_UP_TO, rng.random()))][0],
        "conflict_type": _any(rng, _ABOUT),
        "calming_voices": ("no", "yes")[int(rng.random() < 0.3)],
        "outcome": _any(rng, _ENDED),
    }  # fmt: skip
    rows = [_row(event, known, "report", source, **facts)]
    if rng.random() < 0.3:
        voices = list(_SAID)
        for _ in range(int(rng.integers(2, 4))):
            voice = voices.pop(int(rng.integers(len(voices))))
            when = known + timedelta(days=int(rng.integers(0, 10)))
            rows.append(_row(event, when, "label", source, voice=voice, label=_any(rng, _SAID[voice])))
        if rng.random() < 0.25:
            when = known + timedelta(days=40)
            rows.append(_row(event, when, "adjudication", "desk", label=_any(rng, _SAID["residents"])))
    elif rng.random() < 0.06:
        when = known + timedelta(days=int(rng.integers(5, 60)))
        rows.append(_row(event, when, "correction", "desk", event_type="dispute", outcome="reconciled"))
    elif rng.random() < 0.015:
        rows.append(_row(event, known + timedelta(days=30), "withdrawal", "desk"))
    return rows


def _also_listed(rng: np.random.Generator, report: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The other list has the event too, or not: as often as if both had found events each for itself.

    With chances d and p of the lists, an event on one of them is on both with d p / (d + p - d p).
    """
    facts = dict(zip(RECORD_COLUMNS, report, strict=True))
    d, p = _LISTS["desk"], _LISTS["press"]
    known = d + p - d * p
    first = {"desk": 1 - _PRESS_FIRST, "press": _PRESS_FIRST}[facts["source"]]
    alone = {"desk": d * (1 - p), "press": p * (1 - d)}[facts["source"]] / known
    if rng.random() < alone / first:
        return []
    other, voice = {"desk": ("press", "media"), "press": ("desk", "local_authority")}[facts["source"]]
    when = date.fromisoformat(facts["known_on"]) + timedelta(days=int(rng.integers(0, 6)))
    return [_row(facts["event"], when, "label", other, voice=voice, label=_any(rng, _SAID[voice]))]


def _any(rng: np.random.Generator, words: Sequence[str]) -> str:
    return words[int(rng.integers(len(words)))]


def _row(event: str, known: date, record: str, source: str, **facts: str) -> tuple[str, ...]:
    cells = {"event": event, "known_on": known.isoformat(), "record": record, "source": source, **facts}
    return tuple(cells.get(name, "") for name in RECORD_COLUMNS)


def _day(rng: np.random.Generator, month: int) -> date:
    first = date.fromisoformat(f"{_month(month)}-01")
    after = date.fromisoformat(f"{_month(month + 1)}-01")
    return first + timedelta(days=int(rng.integers((after - first).days)))


def _month(month: int) -> str:
    year, rest = divmod(_FIRST + month, 12)
    return f"{year}-{rest + 1:02d}"


def _rows_of(areas: Sequence[str], counts: np.ndarray[Any, np.dtype[np.int64]]) -> dict[str, str]:
    return {area: " ".join(map(str, row)) for area, row in zip(areas, counts.tolist(), strict=True)}


def _named(planted: _Planted, areas: Sequence[str]) -> dict[str, Any]:
    """With the area's code and the names of months in place of positions."""
    found = {"area": areas[planted.area], "from": _month(planted.begun), "to": _month(planted.ended)}
    more = {"factor": planted.factor, "branching": planted.branching, "seeds": planted.seeds}
    return found | {key: value for key, value in more.items() if value != (1.0 if key == "factor" else 0)}
