"""A study: what is observed, where, when and from which sources, with the tables that were read.

This is the value that travels through the house. It is built by `sources.study` from a folder and read by the
auditor and by the steps of a run; nothing in it can be changed on the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from kelisim.core.areas import Areas
from kelisim.core.discourse import DiscourseRule
from kelisim.core.errors import TableError
from kelisim.core.foresight import ForesightRule
from kelisim.core.groups import Groups
from kelisim.core.languages import Language, Words
from kelisim.core.outlines import Outlines
from kelisim.core.periods import Period
from kelisim.core.statements import Interviews, Statements
from kelisim.core.tables import Table
from kelisim.core.texts import Watch
from kelisim.core.waves import Wave
from kelisim.core.zones import ZoneRule

__all__ = [
    "Exposure",
    "FigureUse",
    "Fills",
    "Indicator",
    "LocalShare",
    "Question",
    "Randomisation",
    "Remark",
    "Repair",
    "Series",
    "SeriesPoint",
    "Source",
    "Study",
    "Thresholds",
]


@dataclass(frozen=True, slots=True)
class Source:
    """Where figures come from and what may be done with them."""

    source_id: str
    title: Words
    licence: str
    citation: str
    named: bool


@dataclass(frozen=True, slots=True)
class FigureUse:
    """One printed figure that fills an indicator: the table and the figure's own name in it."""

    table_id: str
    figure: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator of the passport: its words, unit, rhythm in years and the printed figures that fill it.

    fills : key of the indicator card its figures fill; definition_met : False where they are only a part of
        it
    """

    indicator: str
    label: Words
    unit: str
    rhythm_years: float
    subject: str
    figures: tuple[FigureUse, ...]
    fills: str | None = None
    definition_met: bool = True


@dataclass(frozen=True, slots=True)
class Fills:
    """Which indicator card answers to a question fill, by which options; whether they are all the card
    means."""

    card: str
    options: tuple[str, ...]
    definition_met: bool


@dataclass(frozen=True, slots=True)
class Exposure:
    """The window over which events are counted, fixed beforehand.

    first, last : first and last day, both inclusive
    area_id : the area whose events count
    kinds : kinds of event that count
    severity : how grave an event must be to count, in words; None where the study does not say
    """

    first: date
    last: date
    area_id: str
    kinds: tuple[str, ...]
    severity: Words | None = None


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Limits the study declares: of the gate and of the context flags.

    min_persons : a computed cell resting on fewer persons is withheld
    round_to : published counts of computed class are rounded to this base
    protection_persons : width that sums must leave around a withheld small cell; None stands for min_persons
    rounding : "controlled", so that what is shown adds up, or "nearest"
    zeros : "withhold" an empty cell like a small one, or "show" it
    enclave_share_pct, enclave_quotient : share and location quotient from which a place is called an enclave
    interval_level : confidence level of intervals
    """

    min_persons: int
    round_to: int
    enclave_share_pct: float
    enclave_quotient: float
    interval_level: float
    protection_persons: int | None = None
    rounding: Literal["controlled", "nearest"] = "controlled"
    zeros: Literal["withhold", "show"] = "withhold"


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the source's form: how it may be answered and which options it offers.

    options : code -> label; do_not_read : codes that the interviewer does not read out
    asked_of_part : True when a filter leads past it, so that fewer than all answer
    base_printed : number of answers that the source prints for it, None where it prints none
    """

    code: str
    label: Words
    type: str
    max_selections: int | None
    options: Mapping[str, Words]
    do_not_read: tuple[str, ...]
    asked_of_part: bool = False
    base_printed: int | None = None
    fills: Fills | None = None


@dataclass(frozen=True, slots=True)
class Repair:
    """A name or address in which look-alike letters of another alphabet were replaced."""

    table_id: str
    file: str
    row: int
    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What the reading of a table passed over or met, so that nothing is left out in silence.

    what : "notes_below" rows below the table that were not read as data; "hidden" rows and columns that the
           spreadsheet hides and that were read all the same; "mixed_letters" headings that mix alphabets
    places : rows and columns as the spreadsheet names them
    """

    table_id: str
    file: str
    what: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """One printed point of a series: a count of a table, or a figure of a text.

    figure, year : the figure's own name and printed year; figure is None for tables of counts
    period_id : the day the print speaks of
    unit_persons : persons in one unit of the print, 1000 for thousands
    remark : what else is printed beside it, for instance a share that is no plain number
    """

    table_id: str
    figure: str | None
    year: str
    period_id: str
    unit_persons: float
    remark: Words | None


@dataclass(frozen=True, slots=True)
class Series:
    """A population at several printed points: of one group, or of all ("total"), in one area."""

    label: Words
    area_id: str
    group_id: str
    points: tuple[SeriesPoint, ...]


@dataclass(frozen=True, slots=True)
class LocalShare:
    """The share of a group in one place as a source prints it, and the counts it is held against."""

    area_id: str
    group_id: str
    table_id: str
    figure: str
    counts_table_id: str


@dataclass(frozen=True, slots=True)
class Randomisation:
    """How segregation is held against chance: null hypothesis, number of draws, seed of the draws."""

    null_model: Literal["evenness", "systematic", "person_permutation"]
    draws: int
    seed: int


@dataclass(frozen=True, eq=False, kw_only=True)
class Study:
    """A study as read.

    synthetic : True when the data were generated; every page then says so
    as_of : the day the bulletin speaks of; ages of figures are counted to it
    focus : area the study is about
    inputs : file inside the study folder -> SHA-256 of its bytes
    remarks : what the reading of tables passed over
    outlines : outlines of areas that the office supplied, for maps; none by default
    zones : the declared rule of zones; None where nobody declared one
    foresight : how the register of events is watched and forecast; None where it is not
    no_data : indicator card -> why the study has no figure for it
    watch : media and networks that are watched; None where none are
    discourse : texts and codes of people that belong to the study; None where nothing is watched
    waves : surveys with answers of persons, which are closed
    """

    study_id: str
    title: Words
    synthetic: bool
    seed: int | None
    languages: tuple[Language, ...]
    as_of: date
    focus: str
    areas: Areas
    groups: Groups
    periods: Mapping[str, Period]
    sources: Mapping[str, Source]
    tables: Mapping[str, Table]
    indicators: Mapping[str, Indicator]
    questions: Mapping[str, Question]
    statements: Statements
    interviews: Interviews | None
    exposure: Exposure | None
    thresholds: Thresholds
    grid: Mapping[str, tuple[int, int]]
    n_printed: int | None
    repairs: tuple[Repair, ...]
    inputs: Mapping[str, str]
    declaration: Mapping[str, Any]
    remarks: tuple[Remark, ...] = ()
    outlines: tuple[Outlines, ...] = ()
    zones: ZoneRule | None = None
    foresight: ForesightRule | None = None
    watch: Watch | None = None
    discourse: DiscourseRule | None = None
    no_data: Mapping[str, str] = field(default_factory=dict)
    series: Mapping[str, Series] = field(default_factory=dict)
    local_shares: tuple[LocalShare, ...] = ()
    randomisation: Randomisation | None = None
    waves: Mapping[str, Wave] = field(default_factory=dict)

    @property
    def closed_files(self) -> frozenset[str]:
        """Files whose contents are not public: closed tables, answers of waves, texts and their codes."""
        tables = {table.use.file for table in self.tables.values() if table.use.sensitivity != "open"}
        texts = set() if self.discourse is None else set(self.discourse.files)
        return frozenset(tables | texts | {wave.file for wave in self.waves.values()})

    def table(self, table_id: str) -> Table:
        """One table by its id. Raises: TableError when the study has none of that id."""
        try:
            return self.tables[table_id]
        except KeyError:
            raise TableError(f"the study '{self.study_id}' has no table '{table_id}'") from None

    def of_kind(self, kind: str) -> tuple[Table, ...]:
        """All tables of one kind, in declared order."""
        return tuple(table for table in self.tables.values() if table.use.kind == kind)

    def period(self, table: Table) -> Period:
        """The period a table speaks of. Raises: TableError when it declares none."""
        if table.use.period_id is None:
            raise TableError(f"table '{table.use.table_id}' declares no period")
        return self.periods[table.use.period_id]
