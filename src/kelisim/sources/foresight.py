"""The section `foresight` of a study: how its register of events is watched and forecast."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator

from kelisim.core.areas import Areas
from kelisim.core.errors import Fault, Refused
from kelisim.core.foresight import CovariateRule, ForesightRule
from kelisim.core.languages import Words
from kelisim.core.periods import PartialDate
from kelisim.core.tables import Table
from kelisim.evidence.economy.tables import AREA_MONTHS
from kelisim.evidence.events.months import last_whole_month, month_number, monthly
from kelisim.evidence.events.records import doubts, statements_of
from kelisim.evidence.events.register import Register
from kelisim.evidence.events.tables import EVENT_EFFORT, EVENT_RECORDS
from kelisim.evidence.events.vocabulary import EVENT_TYPES
from kelisim.sources.foresight_zones import DynamicZonesDocument, faults_of_zones, zones_rule
from kelisim.sources.statements_document import WordsDocument

__all__ = ["CovariateDocument", "ForesightDocument", "foresight_from"]

_FILE = "study.yaml"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _WatchDocument(_Strict):
    months: int = Field(ge=3, le=60)
    budget: float = Field(gt=0, le=2)
    charts: list[Literal["cusum", "ewma"]] = Field(min_length=1)


class _ForecastDocument(_Strict):
    horizons: list[Annotated[int, Field(ge=1, le=24)]] = Field(min_length=1)
    draws: int = Field(ge=200, le=10_000)
    replayed: int = Field(ge=12, le=60)


class CovariateDocument(_Strict):
    """A series declared before it is tried: where it stands, which way it should work, when it is known."""

    title: WordsDocument
    table: str
    indicator: str
    expected: Literal["more", "fewer"]
    delay_months: int = Field(ge=0, le=24)


class ForesightDocument(_Strict):
    """Which register, what counts in it, and the choices of watch and forecast."""

    table: str
    effort: str | None = None
    area: str
    first: str
    counted: list[str] = Field(min_length=1)
    watch: _WatchDocument
    forecast: _ForecastDocument
    zones: DynamicZonesDocument | None = None
    lists: dict[str, WordsDocument] = {}
    covariates: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")], CovariateDocument] = {}
    seed: int = Field(ge=0)

    @field_validator("first", mode="before")
    @classmethod
    def _a_month(cls, value: Any) -> str:
        try:
            if isinstance(value, str) and PartialDate.parse(value).precision == "month":
                return value
        except ValueError:
            pass
        raise ValueError("write a month as 2019-02")


def foresight_from(
    document: ForesightDocument | None, tables: Mapping[str, Table], areas: Areas, as_of: date,
    lines: Mapping[Any, int],
) -> ForesightRule | None:  # fmt: skip
    """The rule as declared. Raises: Refused with all faults of the section and of the tables it names."""
    if document is None:
        return None
    faults = [
        Fault(_FILE, lines.get(("foresight", key), lines.get(("foresight",))), f"foresight.{key}", *why)
        for key, why in _faults(document, tables, areas, as_of)
    ]
    if not faults:
        faults = list(_of_tables(document, tables, areas, as_of))
    if faults:
        raise Refused(faults)
    return ForesightRule(
        table_id=document.table,
        effort_id=document.effort,
        area_id=document.area,
        first=PartialDate.parse(document.first),
        counted=tuple(dict.fromkeys(document.counted)),
        watched_months=document.watch.months,
        budget=document.watch.budget,
        charts=tuple(dict.fromkeys(document.watch.charts)),
        horizons=tuple(sorted(set(document.forecast.horizons))),
        draws=document.forecast.draws,
        replayed=document.forecast.replayed,
        seed=document.seed,
        zones=zones_rule(document.zones),
        lists=tuple((code, Words(w.kk, w.ru, w.en)) for code, w in document.lists.items()),
        covariates=tuple(
            CovariateRule(
                name,
                Words(c.title.kk, c.title.ru, c.title.en),
                c.table,
                c.indicator,
                1 if c.expected == "more" else -1,
                c.delay_months,
            )
            for name, c in document.covariates.items()
        ),
    )


def _faults(
    document: ForesightDocument, tables: Mapping[str, Table], areas: Areas, as_of: date
) -> Iterator[tuple[str, tuple[str, str]]]:
    for key, name, kind in (
        ("table", document.table, EVENT_RECORDS.kind),
        ("effort", document.effort, EVENT_EFFORT.kind),
    ):
        if name is None:
            continue
        if name not in tables:
            yield key, (f"'{name}' is not declared.", "declare it under `tables`, or correct the name.")
        elif tables[name].use.kind != kind:
            reason = f"'{name}' is a table of kind '{tables[name].use.kind}', not '{kind}'."
            yield key, (reason, f"name a table of kind '{kind}'.")
    if document.area not in areas.by_id:
        yield "area", (f"'{document.area}' is not declared.", "name an area of the list of areas.")
    elif not areas.children(document.area, as_of):
        reason = f"'{document.area}' has no parts on {as_of}."
        yield "area", (reason, "name the area whose parts are watched.")
    for word in document.counted:
        if word not in EVENT_TYPES:
            yield "counted", (f"'{word}' is no type of event.", f"take some of: {', '.join(EVENT_TYPES)}.")
    if document.lists:
        yield from (("lists", why) for why in _against_lists(document, tables))
    for name, covariate in document.covariates.items():
        yield from (("covariates", why) for why in _against(name, covariate, tables))
    if document.zones is not None:
        yield from faults_of_zones(document.zones, as_of)
    first = PartialDate.parse(document.first).first
    months = last_whole_month(as_of) - month_number(first) + 1
    if months < 1:
        reason = f"no month from {document.first} on has ended by {as_of}."
        yield "first", (reason, "name the first month from which the register was kept.")
    elif months > 1200:
        yield "first", (f"it is {months:,} months before {as_of}.", "up to 1,200 months are looked at.")


def _against_lists(document: ForesightDocument, tables: Mapping[str, Table]) -> Iterator[tuple[str, str]]:
    if len(document.lists) not in (2, 3):
        yield f"{len(document.lists)} lists are named.", "name two or three lists of the register."
    table = tables.get(document.table)
    if table is not None and table.use.kind == EVENT_RECORDS.kind:
        known = sorted(set(map(str, table["source"])))
        for code in document.lists:
            if code not in known:
                yield f"no row of '{document.table}' comes from '{code}'.", f"it has: {', '.join(known)}."


def _against(
    name: str, covariate: CovariateDocument, tables: Mapping[str, Table]
) -> Iterator[tuple[str, str]]:
    table = tables.get(covariate.table)
    if table is None:
        yield f"{name}: '{covariate.table}' is not declared.", "declare it under `tables`."
    elif table.use.kind != AREA_MONTHS.kind:
        reason = f"{name}: '{covariate.table}' is a table of kind '{table.use.kind}'."
        yield reason, f"name a table of kind '{AREA_MONTHS.kind}'."
    elif table.use.sensitivity != "open":
        reason = f"{name}: '{covariate.table}' is closed, and a forecast would tell of it."
        yield reason, "give an open series, or leave it out."
    elif covariate.indicator not in (known := sorted(set(map(str, table["indicator"])))):
        reason = f"{name}: '{covariate.table}' holds no indicator '{covariate.indicator}'."
        yield reason, f"it has: {', '.join(known)}."


def _of_tables(
    document: ForesightDocument, tables: Mapping[str, Table], areas: Areas, as_of: date
) -> Iterator[Fault]:
    table = tables[document.table]
    said = statements_of(table)
    found = [(each, doubt) for each in said for doubt in doubts(each, areas)]
    for each, doubt in found:
        yield Fault(table.use.file, each.line, doubt.field, doubt.reason, doubt.way_out)
    for name in dict.fromkeys(covariate.table for covariate in document.covariates.values()):
        yield from _no_months(tables[name])
    if document.effort is None:
        return
    effort = tables[document.effort]
    bad = list(_no_months(effort))
    yield from bad
    if bad or found:
        return
    first = PartialDate.parse(document.first).first
    events = Register.of(said).as_known_on(as_of)
    seen = monthly(events, areas, document.area, document.counted, first, as_of, effort)
    for area, month in zip(*np.nonzero((seen.counts() > 0) & (seen.effort == 0)), strict=True):
        reason = f"{seen.areas[area]} has events in {seen.named(int(month))}, where no effort is given."
        yield Fault(effort.use.file, None, "effort", reason, "give the effort of that month.")


def _no_months(table: Table) -> Iterator[Fault]:
    for row in range(len(table)):
        text = str(table["month"][row])
        if PartialDate.parse(text).precision != "month":
            reason = f"'{text}' is no month."
            yield Fault(table.use.file, int(table.lines[row]), "month", reason, "write YYYY-MM.")
