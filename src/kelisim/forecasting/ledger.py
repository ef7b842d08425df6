"""The ledger of warnings: what may be written into it when, and what it says as known on a day.

Nothing in it is ever changed; corrections, withdrawals and second thoughts are lines of their own. A warning
is judged by two persons, neither of them its issuer; where they differ a third decides, and where all three
differ it stays unclear. Whoever judges says that it happened as soon as it did, and everything else only
after the window and the days that late reports are waited for. "Acted upon" means: warned, a measure taken
and written down before the outcome, and nothing happened; whether it would have happened nobody knows, so it
is censored and never a false alarm. What happened in spite of a measure happened.

Days are days of UTC. Lines stand in the order of writing, so a line was known no later than any line after
it: where a clock had been ahead and was put right, the earlier lines count from the corrected time on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from kelisim.core.errors import BrokenChain, MalformedEntry, Problem
from kelisim.core.languages import Words
from kelisim.forecasting.chain import Line
from kelisim.forecasting.ledger_entries import (
    Action,
    ClockNote,
    Correction,
    Entry,
    IssuedWarning,
    Opened,
    Resolution,
    Withdrawal,
    entry_of,
)

__all__ = ["CLOCK_SLACK", "STATES", "Ledger", "Standing", "replay"]

CLOCK_SLACK = timedelta(seconds=120)
"""How far a clock may step back when it is adjusted by the network; more is refused."""
STATES = (
    "waiting",
    "running",
    "due",
    "one_answer",
    "disputed",
    "withdrawn",
    "happened",
    "did_not_happen",
    "unclear",
    "acted_upon",
)
_FARTHEST = 3660
_DAYS_OF_MONTH = 31


@dataclass(frozen=True, slots=True)
class Standing:
    """What the ledger says of one warning on a day.

    line, issued_at : where and when it was written
    says, rule_words : the words in their latest form
    state : one of STATES; "waiting" before its window, "running" in it or while late reports are waited for
    outcome : what two persons agree on; None while that is open
    first_outcome : what they agreed on first, before late evidence
    event_date : day of the first event, where it happened
    answers : number of persons who judged; agreed : whether the first two said the same, None before
    actions : references of measures written down before the outcome
    """

    warning: IssuedWarning
    line: int
    issued_at: datetime
    says: Words
    rule_words: Words
    state: str
    outcome: str | None
    first_outcome: str | None
    event_date: date | None
    answers: int
    agreed: bool | None
    actions: tuple[str, ...]

    @property
    def due_on(self) -> date:
        """The day from which everything but "happened" can be said."""
        return _due(self.warning)


@dataclass
class _Case:
    """One warning while the lines are read."""

    warning: IssuedWarning
    line: int
    at: datetime
    says: Words
    rule_words: Words
    withdrawn: bool = False
    actions: list[Action] = field(default_factory=list)
    answers: dict[str, Resolution] = field(default_factory=dict)
    first_outcome: str | None = None
    agreed: bool | None = None


@dataclass(frozen=True, eq=False)
class Ledger:
    """A ledger that was read and found in order. Make it with `replay`.

    lines : of the chain; known : when each of them was known at the latest; opened : its first entry
    """

    lines: tuple[Line, ...]
    known: tuple[datetime, ...]
    opened: Opened | None
    _cases: dict[str, _Case] = field(repr=False)

    def as_known_on(self, day: date) -> Ledger:
        """The ledger at the end of that day: the lines known by then, and nothing that came later."""
        kept = sum(at.date() <= day for at in self.known)
        return self if kept == len(self.lines) else _replayed(self.lines[:kept], self.known[:kept])

    def standings(self, day: date) -> tuple[Standing, ...]:
        """Every warning in the order of issue, as this ledger tells it on `day`."""
        return tuple(_standing(case, day) for case in self._cases.values())

    def standing(self, warning_id: str, day: date) -> Standing | None:
        """One warning, or None where there is none of this name."""
        case = self._cases.get(warning_id)
        return None if case is None else _standing(case, day)

    def objections(self, entry: Entry, at: datetime) -> tuple[Problem, ...]:
        """Everything that speaks against writing this entry now; nothing where it may be written."""
        return (*_objections_of_time(self.lines, entry, at), *_objections(self._cases, entry, at.date()))

    def judged_by(self, warning_id: str, person: str) -> bool:
        """Whether this person has judged the warning already."""
        case = self._cases.get(warning_id)
        return case is not None and person in case.answers


def replay(lines: Iterable[Line]) -> Ledger:
    """Read the lines of a whole chain in their order.

    Raises: BrokenChain("inadmissible") at the first line that could not have been written by the rules, such
    as a judgement of the issuer or a second warning of one name.
    """
    found = tuple(lines)
    known: list[datetime] = []
    for line in reversed(found):
        known.append(min(line.at, known[-1]) if known else line.at)
    return _replayed(found, tuple(reversed(known)))


def _replayed(lines: Sequence[Line], known: Sequence[datetime]) -> Ledger:
    cases: dict[str, _Case] = {}
    opened: Opened | None = None
    for number, line in enumerate(lines):
        try:
            entry = entry_of(line.kind, line.body)
        except MalformedEntry as error:
            raise BrokenChain(line.seq, "inadmissible", str(error)) from error
        if isinstance(entry, Opened) != (number == 0):
            raise BrokenChain(
                line.seq, "inadmissible", "a ledger is opened by its first line, and only once."
            )
        wrong = (
            *_objections_of_time(lines[max(0, number - 1) : number], entry, line.at),
            *_objections(cases, entry, line.at.date()),
        )
        if wrong:
            raise BrokenChain(line.seq, "inadmissible", "; ".join(f"{p.field}: {p.reason}" for p in wrong))
        opened = entry if isinstance(entry, Opened) else opened
        _take(cases, entry, line)
    return Ledger(tuple(lines), tuple(known), opened, cases)


def _take(cases: dict[str, _Case], entry: Entry, line: Line) -> None:
    if isinstance(entry, IssuedWarning):
        cases[entry.warning_id] = _Case(entry, line.seq, line.at, entry.says, entry.rule.words)
    elif isinstance(entry, Action):
        cases[entry.warning_id].actions.append(entry)
    elif isinstance(entry, Withdrawal):
        cases[entry.warning_id].withdrawn = True
    elif isinstance(entry, Correction):
        case = cases[entry.warning_id]
        case.says, case.rule_words = entry.says, entry.rule_words
    elif isinstance(entry, Resolution):
        case = cases[entry.warning_id]
        case.answers[entry.person] = entry
        if len(case.answers) == 2 and case.agreed is None:
            case.agreed = len({answer.outcome for answer in case.answers.values()}) == 1
        case.first_outcome = case.first_outcome or _outcome(case)


def _outcome(case: _Case) -> str | None:
    """What at least two persons say; "unclear" where three say three things."""
    said = Counter(answer.outcome for answer in case.answers.values())
    if said and said.most_common(1)[0][1] >= 2:
        return said.most_common(1)[0][0]
    return "unclear" if sum(said.values()) >= 3 else None


def _due(warning: IssuedWarning) -> date:
    return warning.rule.last + timedelta(days=warning.rule.late_days + 1)


def _state(case: _Case, outcome: str | None, day: date) -> str:
    if case.withdrawn:
        return "withdrawn"
    if outcome is not None:
        return outcome
    if len(case.answers) >= 2:
        return "disputed"
    if case.answers:
        return "one_answer"
    if day < case.warning.rule.first:
        return "waiting"
    return "running" if day < _due(case.warning) else "due"


def _standing(case: _Case, day: date) -> Standing:
    outcome = _outcome(case)
    dates = [a.event_date for a in case.answers.values() if a.outcome == "happened" and a.event_date]
    return Standing(
        warning=case.warning,
        line=case.line,
        issued_at=case.at,
        says=case.says,
        rule_words=case.rule_words,
        state=_state(case, outcome, day),
        outcome=None if case.withdrawn else outcome,
        first_outcome=None if case.withdrawn else case.first_outcome,
        event_date=min(dates) if dates and outcome == "happened" else None,
        answers=len(case.answers),
        agreed=case.agreed,
        actions=tuple(action.reference for action in case.actions),
    )


def _objections_of_time(lines: Sequence[Line], entry: Entry, at: datetime) -> tuple[Problem, ...]:
    if isinstance(entry, ClockNote) and (not lines or at >= lines[-1].at):
        return (Problem("clock", "the clock is not behind the last line.", "leave --clock-was-ahead out."),)
    if not lines or at >= lines[-1].at - CLOCK_SLACK:
        return ()
    last = lines[-1].at.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(entry, ClockNote) and entry.ahead == last:
        return ()
    reason = f"the clock says {at:%Y-%m-%dT%H:%M:%SZ}, but the last line was written at {last}."
    way_out = (
        "put the clock right; if the clock that wrote the last line was ahead, say so with --clock-was-ahead."
    )
    return (Problem("clock", reason, way_out),)


def _objections(cases: dict[str, _Case], entry: Entry, today: date) -> tuple[Problem, ...]:
    if isinstance(entry, IssuedWarning):
        return tuple(_against_warning(cases, entry, today))
    if isinstance(entry, Opened | ClockNote):
        return ()
    case = cases.get(entry.warning_id)
    if case is None:
        near = ", ".join(sorted(cases)[-3:])
        reason = f"no warning '{entry.warning_id}' stands in the ledger."
        return (Problem("warning_id", reason, f"the latest are: {near}." if near else "issue it first."),)
    if case.withdrawn:
        reason = f"the warning '{entry.warning_id}' was withdrawn."
        return (Problem("warning_id", reason, "issue a new one."),)
    if isinstance(entry, Resolution):
        return tuple(_against_resolution(case, entry, today))
    if isinstance(entry, Action):
        return tuple(_against_action(case, entry, today))
    if today >= case.warning.rule.first:
        reason = f"its window opened on {case.warning.rule.first}, and from then on it stands as it is."
        return (Problem("warning_id", reason, "let it be judged."),)
    return ()


def _against_warning(cases: dict[str, _Case], entry: IssuedWarning, today: date) -> Iterable[Problem]:
    rule = entry.rule
    standing = cases.get(entry.warning_id)
    if standing is not None:
        same = " with the same content" if standing.warning == entry else " with other content"
        reason = f"'{entry.warning_id}' stands in line {standing.line}{same}."
        yield Problem("warning_id", reason, "give a new warning a name of its own.")
    if entry.as_of > today:
        yield Problem(
            "as_of", f"{entry.as_of} lies after today, {today}.", "write the last day of knowledge."
        )
    if rule.last < today:
        yield Problem(
            "rule.last", f"the horizon is past: it ended on {rule.last}.", "warn of what is to come."
        )
    elif rule.first < today:
        reason = f"the window opens on {rule.first}, before the day of issue, {today}."
        yield Problem("rule.first", reason, "begin it today: what happened before is no forecast.")
    if (rule.last - today).days > _FARTHEST:
        yield Problem("rule.last", f"{rule.last} lies more than ten years ahead.", "correct the year.")
    elif (rule.last - today).days > (entry.horizon_months + 1) * _DAYS_OF_MONTH:
        reason = f"{rule.last} lies farther than the horizon of {entry.horizon_months} months."
        yield Problem("horizon_months", reason, "make window and horizon agree.")
    replaced = cases.get(entry.replaces)
    if entry.replaces and (replaced is None or not replaced.withdrawn):
        reason = f"no withdrawn warning '{entry.replaces}' stands in the ledger."
        yield Problem("replaces", reason, "withdraw it first, or take the field out.")


def _against_action(case: _Case, entry: Action, today: date) -> Iterable[Problem]:
    rule = case.warning.rule
    if today > rule.last:
        reason = f"the window closed on {rule.last}, and an action counts only if it was written down before."
        yield Problem("reference", reason, "nothing: what was not written down in time does not censor.")
    if not case.at.date() <= entry.taken_on <= today:
        reason = f"{entry.taken_on} does not lie between issue and today."
        yield Problem("taken_on", reason, "write the day on which it began.")
    if entry.reference in {action.reference for action in case.actions}:
        yield Problem("reference", f"'{entry.reference}' stands already.", "name another action.")
    if case.answers:
        yield Problem("warning_id", "the warning is being judged already.", "nothing: it is too late.")


def _against_resolution(case: _Case, entry: Resolution, today: date) -> Iterable[Problem]:
    rule, due = case.warning.rule, _due(case.warning)
    if entry.role == "rule":
        yield Problem("role", "a program cannot judge.", "two persons have to.")
    if entry.person == case.warning.issuer:
        yield Problem("person", "this person issued the warning.", "somebody else has to judge it.")
    if entry.outcome == "happened" and entry.event_date is not None:
        if not rule.first <= entry.event_date <= rule.last:
            reason = f"{entry.event_date} lies outside the window, {rule.first} to {rule.last}."
            yield Problem("event_date", reason, "what lies outside does not count as happened.")
        if entry.event_date > today:
            yield Problem("event_date", f"{entry.event_date} lies after today, {today}.", "correct it.")
    elif entry.outcome != "happened" and today < due:
        reason = f"late reports are waited for; before {due} only 'happened' can be said."
        yield Problem("outcome", reason, f"come back on {due}.")
    if entry.outcome == "acted_upon" and entry.action not in {action.reference for action in case.actions}:
        reason = f"no action '{entry.action}' was written down for this warning before its window closed."
        yield Problem("action", reason, "say 'did_not_happen' or 'unclear'.")
    before = entry.person in case.answers
    if before and not entry.corrects:
        reason = "this person has judged it already."
        yield Problem("person", reason, "a second thought needs --corrects with its cause.")
    if entry.corrects and not before:
        yield Problem("corrects", "this person has not judged it yet.", "leave --corrects out.")
    if not before and len(case.answers) >= 2 and _outcome(case) is not None:
        reason = f"it is judged: {_outcome(case)}."
        yield Problem("warning_id", reason, "late evidence is brought in by one of those who judged.")
