"""What can be written into the ledger of warnings: frozen values, and the one way from and to plain JSON.

A warning says, before the outcome, how probable what is, where, until when, by which rule it will be judged,
on which evidence, and in which role somebody speaks. Persons appear only as keyed digests, never by name, and
roles come from a closed list, so that no name can stand where a role belongs. Whether an entry may be written
at a given moment is the matter of `forecasting.ledger`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from kelisim.core.errors import MalformedEntry, Problem
from kelisim.core.languages import Words
from kelisim.forecasting.entry_fields import CODE, CONTACT, REFERENCE, Fields, short

__all__ = [
    "ENTRY_KINDS",
    "OUTCOMES",
    "ROLES",
    "WARNING_KINDS",
    "WHY_CORRECTED",
    "ZONES",
    "Action",
    "ClockNote",
    "Correction",
    "Entry",
    "Evidence",
    "IssuedWarning",
    "Opened",
    "Outcome",
    "Resolution",
    "ResolutionRule",
    "Withdrawal",
    "body_of",
    "entry_of",
]

WarningKind = Literal["alert", "zone_change", "human_warning"]
Outcome = Literal["happened", "did_not_happen", "unclear", "acted_upon"]
WARNING_KINDS: tuple[str, ...] = get_args(WarningKind)
OUTCOMES: tuple[str, ...] = get_args(Outcome)
ROLES = ("rule", "analyst", "area_officer", "expert_panel", "registrar", "reviewer")
"""In which capacity somebody speaks; "rule" is a program that nobody stood behind at that moment."""
ZONES = ("green", "yellow", "red", "grey")
WHY_CORRECTED = ("late_report", "source_revised", "mistake")

_PERSON = re.compile(r"[0-9a-f]{32}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ResolutionRule:
    """What would count as happened, said to people and to programs before anybody knows.

    words : the rule in three languages; version : of the rule
    kinds : kinds of events of the register that count; min_severity : lowest severity that counts
    first, last : days on which it must happen, both inclusive
    late_days : days after the last one that late reports are waited for
    """

    words: Words
    version: str
    kinds: tuple[str, ...]
    min_severity: int
    first: date
    last: date
    late_days: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What lay on the table: a reference, and the SHA-256 of what it stood for where it has one."""

    reference: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class IssuedWarning:
    """A warning, as it stood when it was issued.

    probability : lowest and highest probability that is meant, equal for a point
    base_rate : declared probability of the same thing without the warning; base_rate_source says from where
    horizon_months : the horizon the rule is scored under
    as_of : last day of knowledge behind it
    role, issuer : in which capacity, and the keyed digest of the person; "" for a rule
    made_by, version : rule or model and its version
    zone_from, zone_to : for a zone change; replaces : warning withdrawn in favour of this one, or ""
    """

    warning_id: str
    kind: str
    area_id: str
    says: Words
    probability: tuple[float, float]
    base_rate: float | None
    base_rate_source: str
    horizon_months: int
    as_of: date
    rule: ResolutionRule
    evidence: tuple[Evidence, ...]
    role: str
    issuer: str
    made_by: str
    version: str
    zone_from: str = ""
    zone_to: str = ""
    replaces: str = ""

    @property
    def middle(self) -> float:
        """The probability that is scored: the middle of what is meant."""
        return (self.probability[0] + self.probability[1]) / 2

    @property
    def alarm(self) -> bool:
        """Whether it calls for attention; a zone that turns green or grey does not."""
        return self.kind != "zone_change" or self.zone_to in ("yellow", "red")


@dataclass(frozen=True, slots=True)
class Action:
    """A measure taken because of a warning, written down before the outcome with its declared effect.

    reference : of the measure; expects : reference of the declared expected effect; taken_on : its first day
    """

    warning_id: str
    reference: str
    expects: str
    taken_on: date
    role: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """One person's judgement of what came of a warning.

    events : references of the events that count; event_date : day of the first of them, for "happened"
    action : reference of the action, for "acted_upon"
    corrects : "" or why an earlier judgement of the same person is replaced
    """

    warning_id: str
    outcome: str
    events: tuple[str, ...]
    event_date: date | None
    action: str
    role: str
    person: str
    corrects: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """Better words for a warning. Probability, place, time and rule cannot be corrected, only withdrawn."""

    warning_id: str
    says: Words
    rule_words: Words
    role: str


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A warning taken back before its window opens; it stays in the ledger and is counted as withdrawn."""

    warning_id: str
    reference: str
    role: str


@dataclass(frozen=True, slots=True)
class ClockNote:
    """The clock had been ahead: both times are kept, and the lines before count as known now."""

    ahead: str
    role: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The first line: whose ledger this is, whether it is invented, and by which key persons are recognised.

    key_check : digest of a fixed word under that key, so that a wrong key is noticed; "" for no key
    """

    study_id: str
    synthetic: bool
    key_check: str = ""
    format: int = 1


Entry = Opened | IssuedWarning | Action | Resolution | Correction | Withdrawal | ClockNote


def entry_of(kind: str, body: Mapping[str, Any]) -> Entry:
    """The entry that a line or a document holds. Raises: MalformedEntry with every problem of it."""
    if kind not in _READERS:
        known = ", ".join(_READERS)
        raise MalformedEntry(
            (Problem("kind", f"no entry is of the kind '{short(kind)}'.", f"take {known}."),)
        )
    fields = Fields(body, "", [])
    entry = _READERS[kind](fields)
    fields.done()
    if fields.problems:
        raise MalformedEntry(tuple(fields.problems), entry)
    return entry


def body_of(entry: Entry) -> tuple[str, dict[str, Any]]:
    """Kind and plain body of an entry; `entry_of` reads the same entry back."""
    return next(kind for kind, made in _MADE.items() if type(entry) is made), _plain(entry)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Words):
        return value.as_dict()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        named = ((name, getattr(value, name)) for name in value.__dataclass_fields__)
        # What is empty says nothing, and a field that a later version adds changes no older line.
        return {name: _plain(item) for name, item in named if item not in (None, "", ())}
    return value


def _warning(fields: Fields) -> IssuedWarning:
    kind = fields.choice("kind", WARNING_KINDS)
    role = fields.choice("role", ROLES)
    issuer = _person(fields, "issuer", needed=bool(role) and role != "rule")
    zones = {key: fields.choice(key, ZONES, needed=kind == "zone_change") for key in ("zone_from", "zone_to")}
    if kind and kind != "zone_change" and any(zones.values()):
        fields.wrong("zone_to", "only a zone change has zones.", "take them out or change the kind.")
    if kind == "zone_change" and zones["zone_from"] and zones["zone_from"] == zones["zone_to"]:
        fields.wrong("zone_to", "the zone does not change.", "write the zone before and after.")
    base = fields.take("base_rate", needed=False)
    source = fields.reference("base_rate_source", needed=base is not None)
    probability = _probability(fields)
    return IssuedWarning(
        warning_id=fields.code("warning_id"),
        kind=kind,
        area_id=fields.code("area_id"),
        says=fields.words("says"),
        probability=probability,
        base_rate=None if base is None else fields.chance("base_rate", base),
        base_rate_source=source,
        horizon_months=fields.number("horizon_months", 1, 120),
        as_of=fields.day("as_of") or date.min,
        rule=_rule(fields.below("rule")),
        evidence=fields.several("evidence", lambda item, name: _evidence(item, name, fields)),
        role=role,
        issuer=issuer,
        made_by=fields.code("made_by"),
        version=fields.code("version"),
        replaces=fields.code("replaces", needed=False),
        **zones,
    )


def _probability(fields: Fields) -> tuple[float, float]:
    value = fields.take("probability")
    if value is None:
        return 0.5, 0.5
    ends = list(value) if isinstance(value, list | tuple) else [value, value]
    if len(ends) != 2:
        fields.wrong("probability", "it has neither one nor two ends.", "write 0.2 or [0.1, 0.3].")
        return 0.5, 0.5
    low, high = (fields.chance("probability", end) for end in ends)
    if low > high:
        fields.wrong(
            "probability", f"its ends stand the wrong way round, {low} and {high}.", "exchange them."
        )
    return low, high


def _rule(fields: Fields) -> ResolutionRule:
    first, last = fields.day("first"), fields.day("last")
    if first and last and last < first:
        fields.wrong("last", f"{last} lies before the first day, {first}.", "exchange or correct them.")
    made = ResolutionRule(
        words=fields.words("words"),
        version=fields.code("version"),
        kinds=fields.several("kinds", lambda item, name: _code(item, name, fields)),
        min_severity=fields.number("min_severity", 0, 10),
        first=first or date.min,
        last=last or date.min,
        late_days=fields.number("late_days", 0, 730),
    )
    fields.done()
    return made


def _code(item: Any, name: str, fields: Fields) -> str:
    if isinstance(item, str) and CODE.fullmatch(item):
        return item
    fields.wrong(name, f"'{short(item)}' is no code.", "write Latin letters, digits, _ . and -.")
    return ""


def _reference(item: Any, name: str, fields: Fields) -> str:
    if isinstance(item, str) and REFERENCE.fullmatch(item) and not CONTACT.search(item):
        return item
    fields.wrong(name, f"'{short(item)}' is no reference.", "write a code without blanks.")
    return ""


def _evidence(item: Any, name: str, fields: Fields) -> Evidence:
    if isinstance(item, str):
        return Evidence(_reference(item, name, fields))
    if not isinstance(item, Mapping):
        fields.wrong(name, "it is no reference.", "write a reference, or reference and sha256.")
        return Evidence("")
    inner = Fields(item, f"{name}.", fields.problems)
    found = Evidence(
        inner.reference("reference"), inner.matching("sha256", _DIGEST, "a SHA-256 of 64 signs", needed=False)
    )
    inner.done()
    return found


def _person(fields: Fields, key: str, needed: bool) -> str:
    return fields.matching(key, _PERSON, "a keyed digest of 32 signs, never a name", needed)


def _action(fields: Fields) -> Action:
    return Action(
        fields.code("warning_id"),
        fields.reference("reference"),
        fields.reference("expects"),
        fields.day("taken_on") or date.min,
        fields.choice("role", ROLES),
    )


def _resolution(fields: Fields) -> Resolution:
    outcome = fields.choice("outcome", OUTCOMES)
    happened, acted = outcome == "happened", outcome == "acted_upon"
    made = Resolution(
        fields.code("warning_id"),
        outcome,
        fields.several("events", lambda item, name: _reference(item, name, fields), needed=happened),
        fields.day("event_date", needed=happened),
        fields.reference("action", needed=acted),
        fields.choice("role", ROLES),
        _person(fields, "person", needed=True),
        fields.choice("corrects", WHY_CORRECTED, needed=False),
    )
    if outcome and not happened and (made.events or made.event_date):
        fields.wrong("events", f"'{outcome}' goes with no event.", "take events and date out.")
    if outcome and not acted and made.action:
        fields.wrong("action", f"'{outcome}' goes with no action.", "take it out: what happened, happened.")
    return made


def _correction(fields: Fields) -> Correction:
    return Correction(
        fields.code("warning_id"),
        fields.words("says"),
        fields.words("rule_words"),
        fields.choice("role", ROLES),
    )


def _withdrawal(fields: Fields) -> Withdrawal:
    return Withdrawal(fields.code("warning_id"), fields.reference("reference"), fields.choice("role", ROLES))


def _clock(fields: Fields) -> ClockNote:
    stamp = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)
    return ClockNote(
        fields.matching("ahead", stamp, "a time such as 2026-01-31T12:00:00Z"), fields.choice("role", ROLES)
    )


def _opened(fields: Fields) -> Opened:
    synthetic = fields.take("synthetic")
    if not isinstance(synthetic, bool):
        fields.wrong("synthetic", "it is neither true nor false.", "say whether the ledger is invented.")
    key = _person(fields, "key_check", needed=False)
    return Opened(fields.code("study_id"), synthetic is True, key, fields.number("format", 1, 1))


_READERS: dict[str, Callable[[Fields], Entry]] = {
    "opened": _opened,
    "warning": _warning,
    "action": _action,
    "resolution": _resolution,
    "correction": _correction,
    "withdrawal": _withdrawal,
    "clock": _clock,
}
_MADE: dict[str, type[Entry]] = {
    "opened": Opened,
    "warning": IssuedWarning,
    "action": Action,
    "resolution": Resolution,
    "correction": Correction,
    "withdrawal": Withdrawal,
    "clock": ClockNote,
}
ENTRY_KINDS: tuple[str, ...] = tuple(_READERS)
