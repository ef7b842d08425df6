"""The declaration of a study, `study.yaml`: what may stand in it. Unknown keys are refused."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from kelisim.core.cards import NoData
from kelisim.sources.foresight import ForesightDocument
from kelisim.sources.layout_document import LayoutDocument
from kelisim.sources.statements_document import (
    BenchmarkDocument,
    InterviewsDocument,
    LabelDocument,
    ProductDocument,
    QuantityDocument,
    WordsDocument,
)

__all__ = [
    "AreasDocument",
    "CodedDocument",
    "DesignDocument",
    "DiscourseDocument",
    "ExposureDocument",
    "ExtraArea",
    "FeedDocument",
    "FigureUseDocument",
    "FillsDocument",
    "GroupsDocument",
    "IncidentDocument",
    "IndexChoicesDocument",
    "IndicatorDocument",
    "LocalShareDocument",
    "MappedDocument",
    "OutageDocument",
    "PeriodDocument",
    "QuestionDocument",
    "RandomisationDocument",
    "SeriesDocument",
    "SeriesPointDocument",
    "SourceDocument",
    "StudyDocument",
    "TableDocument",
    "TextsDocument",
    "ThresholdsDocument",
    "WaveDocument",
    "ZonesDocument",
]

Language = Literal["kk", "ru", "en"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def _no_number(value: Any) -> Any:
    # A bare 2024 would otherwise be read as seconds since 1970.
    if isinstance(value, int | float):
        raise ValueError("write a day as YYYY-MM-DD")
    return value


Day = Annotated[date, BeforeValidator(_no_number), Field(ge=date(1700, 1, 1), le=date(2200, 12, 31))]
# Keys become names of pages and files, so they hold nothing that a path or a link could trip over.
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=64)]


class ExtraArea(_Strict):
    """An area that the file of areas does not list."""

    level: str
    parent: str
    names: WordsDocument


class AreasDocument(_Strict):
    """File of areas, further printed names and further areas."""

    file: str
    name_variants: dict[str, str] = {}
    extra_areas: dict[Key, ExtraArea] = {}


class GroupsDocument(_Strict):
    """File of groups, and which of them are remainders such as "others"."""

    file: str
    remainders: list[str] = []


class PeriodDocument(_Strict):
    """A period: its print and its reference date or span."""

    printed: str
    first: Day
    last: Day | None = None
    known: bool


class SourceDocument(_Strict):
    """A source and its licence."""

    title: WordsDocument
    licence: str
    citation: str
    named: bool


class TableDocument(_Strict):
    """One table: its kind, file, source, period and columns."""

    kind: str
    file: str
    title: WordsDocument
    source: str
    period: str | None = None
    whole: str | None = None
    unit_level: list[str] = []
    complete_groups: bool = False
    base: Literal["", "within_area", "across_areas"] = ""
    counts_table: str | None = None
    repeats: Literal["refuse", "prints"] = "refuse"
    sensitivity: Literal["open", "closed"] = "open"
    columns: dict[str, str]
    constants: dict[str, str] = {}
    layout: LayoutDocument | None = None


class FillsDocument(_Strict):
    """Which indicator card the answers fill, and by which options."""

    card: str
    options: list[str] = Field(min_length=1)
    definition: Literal["met", "differs"]


class QuestionDocument(_Strict):
    """A question of the form with its options in three languages."""

    label: WordsDocument
    type: Literal["single", "multiple", "integer", "open_text"]
    max_selections: int | None = None
    options: dict[str, WordsDocument] = {}
    do_not_read: list[str] = []
    asked_of_part: bool = False
    base_printed: int | None = Field(default=None, ge=1)
    fills: FillsDocument | None = None


class FigureUseDocument(_Strict):
    """One printed figure: table and the figure's own name."""

    table: str
    figure: str


class IndicatorDocument(_Strict):
    """An indicator and the printed figures that fill it."""

    label: WordsDocument
    unit: str
    rhythm_years: float = Field(gt=0)
    subject: Literal["economy", "media"]
    figures: list[FigureUseDocument]
    fills: str | None = None
    definition: Literal["met", "differs"] = "met"


class ExposureDocument(_Strict):
    """The window over which events are counted."""

    first: Day
    last: Day
    area: str
    kinds: list[str] = Field(min_length=1)
    severity: WordsDocument | None = None


class SeriesPointDocument(_Strict):
    """One printed point: a table of counts, or a figure of a table of figures, and the day it speaks of."""

    table: str
    figure: str | None = None
    year: str = ""
    period: str
    unit_persons: float = Field(default=1, gt=0)
    remark: WordsDocument | None = None


class SeriesDocument(_Strict):
    """A population at several printed points; growth is computed from each to the next."""

    label: WordsDocument
    area: str
    group: str
    points: list[SeriesPointDocument] = Field(min_length=2)


class LocalShareDocument(_Strict):
    """The printed share of a group in one place, in percent, and the counts it is held against."""

    area: str
    group: str
    table: str
    figure: str
    counts_table: str


class RandomisationDocument(_Strict):
    """Null hypothesis, number of draws and seed for segregation by chance."""

    null_model: Literal["evenness", "systematic", "person_permutation"]
    draws: int = Field(ge=99, le=100_000)
    seed: int = Field(ge=0)


class ThresholdsDocument(_Strict):
    """Limits of the gate and of the context flags.

    The three keys that may be left out take the strictest value; `record.json` states what a run used.
    """

    min_persons: int = Field(ge=3)
    round_to: int = Field(ge=1)
    protection_persons: int | None = Field(default=None, ge=2)
    rounding: Literal["controlled", "nearest"] = "controlled"
    zeros: Literal["withhold", "show"] = "withhold"
    enclave_share_pct: float
    enclave_quotient: float
    interval_level: float = Field(gt=0.5, lt=1)


class OutageDocument(_Strict):
    """Days on which a source did not work; without an area, everywhere."""

    area: str | None = None
    first: Day
    last: Day


class IndexChoicesDocument(_Strict):
    """What the index needs to be told."""

    doubt: float = Field(ge=0, lt=0.25)
    intraclass: float = Field(gt=0, lt=1)
    correlation: float = Field(ge=0, lt=1)
    draws: int = Field(ge=500, le=20_000)
    seed: int = Field(ge=0)


class ZonesDocument(_Strict):
    """The rule of zones: a judgement on P(tense), who declared it, when and in which words."""

    declared_by: WordsDocument
    declared_on: Day
    wording: WordsDocument
    yellow: float = Field(gt=0, lt=1)
    red: float = Field(gt=0, le=1)
    named_from: float = Field(ge=0.5, lt=1)
    index: IndexChoicesDocument
    outages: list[OutageDocument] = []

    @model_validator(mode="after")
    def _in_order(self) -> ZonesDocument:
        if not self.yellow < self.red:
            raise ValueError("yellow must begin below red")
        return self


class DesignDocument(_Strict):
    """How people were drawn, by questions of the form; the rule for lonely units has no default."""

    kind: Literal["probability", "quota", "convenience"]
    lonely: Literal["fail", "remove", "certainty", "adjust", "average", "collapse"]
    weights: str | None = None
    strata: list[str] = []
    psu: list[str] = []
    fpc: list[str] = []
    nest: bool = True
    collapse: dict[str, str] | None = None
    quotas: list[str] = []

    @model_validator(mode="after")
    def _fits(self) -> DesignDocument:
        if self.kind == "probability" and self.weights is None:
            raise ValueError("a sample drawn by chance needs its weights")
        if (self.lonely == "collapse") != (self.collapse is not None):
            raise ValueError("lonely: collapse and the pairing of strata in `collapse` belong together")
        return self


class FeedDocument(_Strict):
    """The question that fills a card or an item of the index: the share of options, or the mean of scores."""

    question: str
    options: list[str] = []


class MappedDocument(_Strict):
    """A question whose options are areas or groups, and which option is which."""

    question: str
    codes: dict[str, str]


class WaveDocument(_Strict):
    """A survey with answers of persons.

    answers : a file as the form's service exports it, or `stored` with the name of a wave that
        `kelisim survey import` put into the closed warehouse of the study
    """

    title: WordsDocument
    period: str
    source: str
    questionnaire: str | None = None
    answers: str | None = None
    stored: str | None = None
    design: DesignDocument
    area: str | MappedDocument | None = None
    group: str | MappedDocument | None = None
    invited: int | None = Field(default=None, ge=1)
    margins: dict[str, dict[str, float]] = {}
    feeds: dict[str, FeedDocument] = {}
    feeds_areas: bool = True

    @model_validator(mode="after")
    def _one_place(self) -> WaveDocument:
        if (self.answers is None) == (self.stored is None):
            raise ValueError("give `answers` (a file) or `stored` (a wave of the warehouse), one of them")
        if self.answers is not None and self.questionnaire is None:
            raise ValueError("answers in a file need their `questionnaire`")
        return self


class TextsDocument(_Strict):
    """An export of texts that belongs to the study, and the file that says when each source was read."""

    file: str
    source: str
    columns: dict[str, str]
    looks: str


class CodedDocument(_Strict):
    """Folder of a coded sample that belongs to the study, and which of its variables are told."""

    folder: str
    variables: list[str] = Field(min_length=1)


class IncidentDocument(_Strict):
    """An incident whose spread through the sources is followed."""

    title: WordsDocument
    area: str
    groups: list[str] = []
    first: Day
    days: int = Field(ge=1, le=92)


class DiscourseDocument(_Strict):
    """Media and networks that are watched.

    sources : CSV with one row per portal or account; timezone : civil time in which days begin and end
    first, last : days of the watch; without a last one it goes on
    texts, coded, incidents : what belongs to the study itself; draws, seed : of intervals of coded shares
    """

    sources: str
    timezone: str
    first: Day
    last: Day | None = None
    texts: TextsDocument | None = None
    coded: list[CodedDocument] = []
    incidents: dict[Key, IncidentDocument] = {}
    draws: int = Field(default=4000, ge=200, le=100_000)
    seed: int = Field(default=0, ge=0)


class StudyDocument(_Strict):
    """The whole of `study.yaml`."""

    study: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    title: WordsDocument
    synthetic: bool
    seed: int | None = None
    languages: list[Language] = Field(min_length=1)
    as_of: Day
    focus: str
    areas: AreasDocument
    groups: GroupsDocument
    periods: dict[Key, PeriodDocument]
    sources: dict[Key, SourceDocument]
    tables: dict[Key, TableDocument]
    questions: dict[Key, QuestionDocument] = {}
    indicators: dict[Key, IndicatorDocument] = {}
    labels: list[LabelDocument] = []
    claims: str | None = None
    products: list[ProductDocument] = []
    quantities: list[QuantityDocument] = []
    benchmarks: list[BenchmarkDocument] = []
    interviews: InterviewsDocument | None = None
    exposure: ExposureDocument | None = None
    series: dict[str, SeriesDocument] = {}
    local_shares: list[LocalShareDocument] = []
    randomisation: RandomisationDocument | None = None
    thresholds: ThresholdsDocument
    grid: dict[str, tuple[int, int]] = {}
    n_printed: int | None = Field(default=None, ge=1)
    zones: ZonesDocument | None = None
    foresight: ForesightDocument | None = None
    no_data: dict[str, NoData] = {}
    discourse: DiscourseDocument | None = None
    waves: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")], WaveDocument] = {}
