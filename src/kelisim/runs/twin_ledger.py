"""The ledger of the synthetic study: invented warnings written as they would have been, day by day."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from kelisim.core.languages import Words
from kelisim.forecasting.chain import head_of, linked
from kelisim.forecasting.ledger import replay
from kelisim.forecasting.ledger_entries import (
    Action,
    Entry,
    Evidence,
    IssuedWarning,
    Opened,
    Resolution,
    ResolutionRule,
    body_of,
)
from kelisim.simulation.twin import twin_files
from kelisim.simulation.twin_warnings import InventedWarning, invented_warnings

__all__ = ["twin_ledger"]

_LATE_DAYS = 30
_NUMBER = 110
_LAST = date(2024, 1, 31)
_DISTRICTS = tuple(f"SY{number}" for number in range(1, 11))
_SAYS = Words("Ойдан шығарылған ескерту", "Вымышленное предупреждение", "Invented warning")
_KINDS = ("brawl", "property_destruction", "clash")
_RULE = Words(
    "Ауданда кемінде бір төбелес, мүлікті бүлдіру немесе соқтығыс тізілімге жазылса, болды деп есептеледі",
    "Считается сбывшимся, если в реестр записана хотя бы одна драка, порча имущества или столкновение",
    "It happened if the register holds at least one brawl, destruction of property or clash in the district",
)
# Digests of nobody: the judges are invented like everything else.
_JUDGES = ("1" * 32, "2" * 32, "3" * 32)
_ANALYST = "4" * 32


def twin_ledger(seed: int) -> bytes:
    """Lines of a ledger of invented warnings about the districts of the twin; one seed, the same bytes.

    It ends on the day of the study, so that some warnings are still open.
    """
    stories = invented_warnings(np.random.default_rng(seed), _days(seed), _NUMBER, _LAST)
    told = (entry for one in stories for entry in _story(one) if entry[0] <= _LAST)
    entries = sorted(told, key=lambda entry: entry[0])
    lines = [linked(head_of(()), *body_of(Opened("synthetic", True)), _at(entries[0][0]))]
    for day, entry in entries:
        lines.append(linked(head_of(lines), *body_of(entry), _at(day)))
    replay(lines)
    return b"".join(line.as_bytes() for line in lines)


def _days(seed: int) -> dict[str, list[date]]:
    """Days of the events that count in the register of the same seed, as known at its end."""
    rows = list(csv.DictReader(io.StringIO(twin_files(seed)["data/incidents.csv"])))
    types = {row["event"]: row["event_type"] for row in rows if row["record"] == "report"}
    types |= {row["event"]: row["event_type"] for row in rows if row["record"] == "correction"}
    gone = {row["event"] for row in rows if row["record"] == "withdrawal"}
    found: dict[str, list[date]] = {area: [] for area in _DISTRICTS}
    for row in rows:
        counts = types[row["event"]] in _KINDS and row["event"] not in gone
        if row["record"] == "report" and counts and row["area"] in found:
            found[row["area"]].append(date.fromisoformat(row["first"]))
    return found


def _at(day: date) -> datetime:
    return datetime.combine(day, time(9), tzinfo=UTC)


def _story(one: InventedWarning) -> list[tuple[date, Entry]]:
    zones = {"zone_from": "green", "zone_to": "red"} if one.kind == "zone_change" else {}
    person = one.kind == "human_warning"
    rule = ResolutionRule(_RULE, "1", _KINDS, 0, one.first, one.last, _LATE_DAYS)
    warning = IssuedWarning(
        one.name, one.kind, one.area_id, _SAYS, one.probability, one.base_rate, "synthetic-register",
        one.horizon_months, one.issued, rule, (Evidence("synthetic-figure"),),
        "analyst" if person else "rule", _ANALYST if person else "", one.made_by, "1", **zones,
    )  # fmt: skip
    told: list[tuple[date, Entry]] = [(one.issued, warning)]
    if one.acted_on is not None:
        told.append((one.acted_on, Action(one.name, "measure-1", "effect-1", one.acted_on, "area_officer")))
    judged = one.last + timedelta(days=_LATE_DAYS + 5)
    for judge, said in zip(_JUDGES, one.answers, strict=False):
        happened = said == "happened"
        told.append((judged, Resolution(
            one.name, said, (f"event-{one.name}",) if happened else (),
            one.event_date if happened else None, "measure-1" if said == "acted_upon" else "",
            "reviewer", judge,
        )))  # fmt: skip
    return told
