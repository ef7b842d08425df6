"""The register of events on its page: both halves by month and area, and what each voice called an event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from kelisim.core.foresight import EventView, HiddenEvents, KnownEvent, MonthSeen
from kelisim.publish import charts
from kelisim.publish.view import View

__all__ = ["register_charts", "registers"]

_LATEST = 15
_FILES = ("events.csv", "events.geojson", "events.ics")


def registers(view: View) -> list[dict[str, Any]]:
    """What the page says of each register of the release."""
    return [_register(view, seen) for seen in view.release.events]


def register_charts(view: View) -> Mapping[str, charts.Chart]:
    """Per register and half one chart of months; those that will still grow are lighter."""
    found = {}
    for seen in view.release.events:
        for half in ("conflicts", "accords"):
            if seen.months:
                found[f"{half}-{seen.table_id}"] = _chart(view, seen, half)
    return found


def _hidden(view: View, hidden: HiddenEvents) -> dict[str, Any]:
    """What no list has, with the lists it is told from; or that they share too few events."""
    word, say = view.speaker.word, view.speaker
    names = [words.say(view.language) for words in hidden.lists]
    rows = [
        (", ".join(name for name, mark in zip(names, key, strict=True) if mark == "1"), say.number(n, 0))
        for key, n in hidden.on
    ]
    if hidden.total is None or hidden.low is None or hidden.high is None:
        said = word("hidden.refused").format(n=say.number(hidden.shared, 0), needed=hidden.needed)
    else:
        unseen, low, high = (end - hidden.known for end in (hidden.total, hidden.low, hidden.high))
        said = word("hidden.said").format(
            known=say.number(hidden.known, 0), unseen=say.number(max(unseen, 0.0), 0),
            low=say.number(max(low, 0.0), 0), high=say.number(max(high, 0.0), 0),
            level=say.number(100 * hidden.level, 0),
        )  # fmt: skip
    return {"said": said, "rows": rows, "told": hidden.total is not None}


def _chart(view: View, seen: EventView, half: str) -> charts.Chart:
    word, say = view.speaker.word, view.speaker
    kinds = {
        False: word("event_register.known_bar"),
        True: word("event_register.provisional_bar"),
    }
    items = [
        charts.Month(
            each.month.first,
            each.conflicts if half == "conflicts" else each.cooperation,
            kinds[each.provisional],
        )
        for each in seen.months
    ]
    title = word(f"event_register.{half}")
    head = tuple(word(f"event_register.{key}") for key in ("month", "number", "state"))
    rows = tuple(
        (say.date(each.month), say.number(item.count, 0), _still(view, each, item.kind, half))
        for each, item in zip(seen.months, items, strict=True)
    )
    spec = charts.months(title, view.under_chart(seen.table_id), word("event_register.axis"), items)
    alt = word("event_register.chart.alt")
    return charts.Chart(f"chart-{half}-{seen.table_id}", spec, title, alt, head, rows)


def _still(view: View, month: MonthSeen, kind: str, half: str) -> str:
    """The state of a month, and what it is likely to come to."""
    if month.likely is None or half != "conflicts":
        return kind
    low, high = (view.speaker.number(end, 0) for end in month.likely)
    return f"{kind}: {view.speaker.word('event_register.likely').format(low=low, high=high)}"


def _register(view: View, seen: EventView) -> dict[str, Any]:
    word, number = view.speaker.word, view.speaker.number
    conflicts = [event for event in seen.events if not event.cooperation]
    accords = [event for event in seen.events if event.cooperation]
    spoken = [event for event in seen.events if len(event.voices) > 1]
    differ = [event for event in spoken if len({label for _, label in event.voices}) > 1]
    decided = sum(event.adjudicated is not None for event in seen.events)
    corrected = sum(event.corrected for event in seen.events)
    known = word("event_register.known").format(day=view.speaker.day(view.study.as_of))
    return {
        "title": view.title(seen.table_id),
        "hidden": None if seen.hidden is None else _hidden(view, seen.hidden),
        "charts": [f"{half}-{seen.table_id}" for half in ("conflicts", "accords") if seen.months],
        "known": known.replace("..", "."),  # a date may end in a full stop of its own
        "counts": word("event_register.counts").format(
            conflicts=number(len(conflicts), 0), accords=number(len(accords), 0),
            corrected=number(corrected, 0), withdrawn=number(seen.withdrawn, 0),
        ),
        "maps": [_map(view, whole, conflicts, accords) for whole in view.wholes()] if seen.events else [],
        "types": [
            (word("event_register.conflict_half"), _types(view, conflicts)),
            (word("events.accord"), _types(view, accords)),
        ],
        "disagree": word("event_register.disagree").format(
            n=number(len(spoken), 0), m=number(len(differ), 0), k=number(decided, 0)
        ),
        **_voices(view, seen),
        "latest": [_latest(view, event) for event in _newest(seen)],
        "files": word("event_register.latest.note").split("{files}"),
        "names": _FILES,
    }  # fmt: skip


def _newest(seen: EventView) -> list[KnownEvent]:
    return sorted(seen.events, key=lambda e: (e.first.first, e.event), reverse=True)[:_LATEST]


def _types(view: View, events: list[KnownEvent]) -> list[tuple[str, str]]:
    counts = Counter(event.event_type for event in events)
    return [
        (view.speaker.word(f"event_type.{kind}"), view.speaker.number(n, 0))
        for kind, n in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    ]


def _map(view: View, whole: str, conflicts: list[KnownEvent], accords: list[KnownEvent]) -> str:
    children = {area.area_id for area in view.tree(whole)}
    both = []
    for events in (conflicts, accords):
        tiles = (
            next((a.area_id for a in view.study.areas.line(event.area_id) if a.area_id in children), None)
            for event in events
        )
        both.append(Counter(tile for tile in tiles if tile is not None))
    number = view.speaker.number
    values = {
        area_id: f"{number(both[0][area_id], 0)} / {number(both[1][area_id], 0)}" for area_id in children
    }
    return view.map(whole, view.speaker.word("event_register.map"), values)


def _voices(view: View, seen: EventView) -> dict[str, Any]:
    """Counts of labels by voice: each column for itself, none added to another."""
    counts = Counter((label, voice) for event in seen.events for voice, label in event.voices)
    voices = list(dict.fromkeys(voice for event in seen.events for voice, _ in event.voices))
    labels = sorted({label for label, _ in counts}, key=lambda label: (-_all(counts, label), label))
    number, word = view.speaker.number, view.speaker.word
    return {
        "voices": [word(f"voice.{voice}") for voice in voices],
        "labels": [
            (
                word(f"event_label_{label}"),
                [number(counts[label, v], 0) if counts[label, v] else "–" for v in voices],
            )
            for label in labels
        ],
    }


def _all(counts: Counter[tuple[str, str]], label: str) -> int:
    return sum(n for (each, _), n in counts.items() if each == label)


def _latest(view: View, event: KnownEvent) -> dict[str, Any]:
    word, say = view.speaker.word, view.speaker
    return {
        "happened": say.date(event.first),
        "reported": say.date(event.reported_on),
        "area_id": event.area_id,
        "kind": word(f"event_type.{event.event_type}"),
        "cooperation": event.cooperation,
        "parties": view.parties(event.parties),
        "called": [
            f"{word(f'voice.{voice}')}: {word(f'event_label_{label}')}" for voice, label in event.voices
        ],
    }
