"""The ledger held against a register of events: what no warning announced, and what the rules themselves say.

A resolution rule names kinds, severity, days and an area, so a program can read the register by it. What it
reads is a third pair of eyes and no judge: an outcome is still what two persons say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kelisim.forecasting.ledger import Standing
from kelisim.forecasting.ledger_entries import IssuedWarning
from kelisim.stats.rates import proportion_interval

__all__ = [
    "Missed",
    "RegisteredEvent",
    "RuleReading",
    "read_by_rule",
    "readings_that_differ",
    "timely_misses",
]

LineOf = Callable[[str], Iterable[str]]
"""An area and everything above it."""


@dataclass(frozen=True, slots=True)
class RegisteredEvent:
    """An event of the register, to ask what was missed. severity : None where nobody measured it."""

    event_id: str
    day: date
    area_id: str
    kind: str
    severity: int | None


@dataclass(frozen=True, slots=True)
class Missed:
    """Events that alarms had announced and had not, and the share announced with its exact interval."""

    warned: tuple[str, ...]
    missed: tuple[str, ...]
    recall: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True)
class RuleReading:
    """What a program reads in the register by the rule of a warning.

    outcome : "cannot_tell" where only events of unmeasured severity might count
    events : those that count, in order of day; first_day : of the first of them
    """

    outcome: Literal["happened", "did_not_happen", "cannot_tell"]
    events: tuple[str, ...]
    first_day: date | None


def read_by_rule(warning: IssuedWarning, events: Iterable[RegisteredEvent], line_of: LineOf) -> RuleReading:
    """Read a register by the resolution rule of a warning: kinds, lowest severity, days, area or below."""
    rule = warning.rule
    within = [event for event in events if _within(warning, event, set(line_of(event.area_id)))]
    sure = sorted(
        (e for e in within if rule.min_severity == 0 or (e.severity or 0) >= rule.min_severity),
        key=lambda e: (e.day, e.event_id),
    )
    if sure:
        return RuleReading("happened", tuple(e.event_id for e in sure), sure[0].day)
    unmeasured = any(event.severity is None for event in within)
    return RuleReading("cannot_tell" if unmeasured else "did_not_happen", (), None)


def readings_that_differ(
    standings: Iterable[Standing], events: Sequence[RegisteredEvent], line_of: LineOf
) -> tuple[tuple[str, ...], int]:
    """Warnings whose settled outcome is another than the rule reads in the register, and how many were
    compared.

    "Acted upon" says that nothing happened, so it is compared as such; "unclear" is not compared.
    """
    differ, compared = [], 0
    for standing in standings:
        said = "did_not_happen" if standing.outcome == "acted_upon" else standing.outcome
        read = read_by_rule(standing.warning, events, line_of).outcome
        if said not in ("happened", "did_not_happen") or read == "cannot_tell":
            continue
        compared += 1
        if said != read:
            differ.append(standing.warning.warning_id)
    return tuple(differ), compared


def timely_misses(
    standings: Sequence[Standing],
    events: Iterable[RegisteredEvent],
    line_of: LineOf,
    day: date,
    level: float,
) -> Missed:
    """Events after the first warning that had, or had not, been announced by an alarm before their day.

    An alarm announces an event of a kind and severity that counts for it, within its window and its area or
    an area below. An event of unmeasured severity counts, so that a gap of the register hides no miss.
    line_of : an area and everything above it; level : of the exact interval of the share announced
    """
    alarms = [s for s in standings if s.warning.alarm and s.state != "withdrawn"]
    watched = {kind for s in standings for kind in s.warning.rule.kinds}
    since = min((s.issued_at.date() for s in standings), default=None)
    warned: list[str] = []
    missed: list[str] = []
    for event in sorted(events, key=lambda e: (e.day, e.event_id)):
        if since is None or not since < event.day <= day or event.kind not in watched:
            continue
        above = set(line_of(event.area_id))
        announced = any(_announces(alarm, event, above) for alarm in alarms)
        (warned if announced else missed).append(event.event_id)
    count = len(warned) + len(missed)
    recall = None
    if count:
        recall = (len(warned) / count, *proportion_interval(len(warned), count, level, "clopper-pearson"))
    return Missed(tuple(warned), tuple(missed), recall)


def _announces(alarm: Standing, event: RegisteredEvent, above: set[str]) -> bool:
    severity = event.severity
    return (
        alarm.issued_at.date() < event.day
        and _within(alarm.warning, event, above)
        and (severity is None or severity >= alarm.warning.rule.min_severity)
    )


def _within(warning: IssuedWarning, event: RegisteredEvent, above: set[str]) -> bool:
    rule = warning.rule
    return rule.first <= event.day <= rule.last and event.kind in rule.kinds and warning.area_id in above
