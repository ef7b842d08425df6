"""Reading the ledger of a study or of a bare file: check it, show it as known on a day, score it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from kelisim.core.study import Study
from kelisim.forecasting.chain import Head, check_head, head_of
from kelisim.forecasting.ledger import Ledger, Standing, replay
from kelisim.forecasting.misses import (
    Missed,
    RegisteredEvent,
    RuleReading,
    read_by_rule,
    timely_misses,
)
from kelisim.forecasting.track_record import Scoring, TrackRecord, records_by, track_record
from kelisim.runs.ledger_book import FILE, Book, lines_of
from kelisim.runs.registered_events import registered_events
from kelisim.sources.event_list import read_event_list
from kelisim.store.digests import digest_of
from kelisim.store.ledger_file import read_lines

__all__ = ["BY", "Checked", "Scores", "known_on", "rule_readings", "score", "verify", "with_ledger"]

_SEED = 1

BY: Mapping[str, Callable[[Standing], str]] = {
    "rule": lambda standing: f"{standing.warning.made_by} {standing.warning.version}",
    "area": lambda standing: standing.warning.area_id,
    "horizon": lambda standing: f"{standing.warning.horizon_months:03d} months",
}
"""What a score can be broken down by."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A ledger that is whole, its head, the bytes of a torn line, and whether a head stood beside it."""

    ledger: Ledger
    head: Head
    torn: int
    head_beside: bool


@dataclass(frozen=True, slots=True)
class Scores:
    """The record of all warnings, by rule, area and horizon, and what was missed where events were given."""

    day: date
    whole: TrackRecord
    parts: Mapping[str, Mapping[str, TrackRecord]]
    missed: Missed | None


def verify(target: Path, kept: Head | None = None) -> Checked:
    """Check chain, head, and that every line could have been written by the rules.

    kept : a head that stands elsewhere, such as in a release
    Raises: BrokenChain naming the first line at fault; StoreError.
    """
    file = target / FILE if target.is_dir() else target
    stored = read_lines(file)
    if kept is not None:
        check_head(stored.lines, kept)
    return Checked(replay(stored.lines), head_of(stored.lines), len(stored.torn), stored.head is not None)


def known_on(target: Path, day: date) -> tuple[Ledger, tuple[Standing, ...]]:
    """The ledger as known at the end of a day, and its warnings as they stood then."""
    ledger = verify(target).ledger.as_known_on(day)
    return ledger, ledger.standings(day)


def rule_readings(
    target: Path, standings: Sequence[Standing], day: date, events: Path | None = None
) -> Mapping[str, RuleReading]:
    """What the rules of warnings read in a register, by warning: a help for judges, and no judgement.

    events : a list; without one the open register of the study, and nothing where there is none
    """
    found = _events(target, day, events)
    if found is None:
        return {}
    listed, line_of = found
    return {s.warning.warning_id: read_by_rule(s.warning, listed, line_of) for s in standings}


def score(target: Path, day: date, choices: Scoring, events: Path | None = None) -> Scores:
    """Score the ledger as known on a day. events : a list for the question what was missed; without one the
    open register of the study."""
    _, standings = known_on(target, day)
    rng = np.random.default_rng(_SEED)
    missed, found = None, _events(target, day, events)
    if found is not None:
        missed = timely_misses(standings, *found, day, choices.level)
    return Scores(
        day,
        track_record(standings, day, choices, rng),
        {name: records_by(standings, key, day, choices, rng) for name, key in BY.items()},
        missed,
    )


def _events(
    target: Path, day: date, events: Path | None
) -> tuple[tuple[RegisteredEvent, ...], Callable[[str], tuple[str, ...]]] | None:
    book = Book(target)
    if events is not None:
        return read_event_list(events, book.areas), lines_of(book.areas)
    if book.study is None or not registered_events(book.study, day):
        return None
    return registered_events(book.study, day), lines_of(book.areas)


def with_ledger(study: Study, folder: Path) -> tuple[Study, Ledger | None]:
    """The ledger of a study, where it keeps one, and the study with its file among the inputs.

    Raises: BrokenChain, StoreError: a study whose ledger was tampered with is not published.
    """
    if not (folder / FILE).exists():
        return study, None
    checked = verify(folder)
    return replace(study, inputs={**study.inputs, FILE: digest_of(folder / FILE)}), checked.ledger
