"""The declaration of a study, `study.yaml`: what may stand in it. Unknown keys are refused."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

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
    "ExposureDocument",
    "ExtraArea",
    "FigureUseDocument",
    "GroupsDocument",
    "IndicatorDocument",
    "PeriodDocument",
    "QuestionDocument",
    "SourceDocument",
    "StudyDocument",
    "TableDocument",
    "ThresholdsDocument",
]

Language = Literal["kk", "ru", "en"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ExtraArea(_Strict):
    """An area that the file of areas does not list."""

    level: str
    parent: str
    names: WordsDocument


class AreasDocument(_Strict):
    """File of areas, further printed names and further areas."""

    file: str
    name_variants: dict[str, str] = {}
    extra_areas: dict[str, ExtraArea] = {}


class GroupsDocument(_Strict):
    """File of groups, and which of them are remainders such as "others"."""

    file: str
    remainders: list[str] = []


class PeriodDocument(_Strict):
    """A period: its print and its reference date or span."""

    printed: str
    first: date
    last: date | None = None
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


class QuestionDocument(_Strict):
    """A question of the form with its options in three languages."""

    label: WordsDocument
    type: Literal["single", "multiple", "integer", "open_text"]
    max_selections: int | None = None
    options: dict[str, WordsDocument] = {}
    do_not_read: list[str] = []
    asked_of_part: bool = False
    base_printed: int | None = Field(default=None, ge=1)


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


class ExposureDocument(_Strict):
    """The window over which events are counted."""

    first: date
    last: date
    area: str
    kinds: list[str] = Field(min_length=1)
    severity: WordsDocument | None = None


class ThresholdsDocument(_Strict):
    """Limits of the gate and of the context flags."""

    min_persons: int = Field(ge=3)
    round_to: int = Field(ge=1)
    enclave_share_pct: float
    enclave_quotient: float
    interval_level: float = Field(gt=0.5, lt=1)


class StudyDocument(_Strict):
    """The whole of `study.yaml`."""

    study: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    title: WordsDocument
    synthetic: bool
    seed: int | None = None
    languages: list[Language] = Field(min_length=1)
    as_of: date
    focus: str
    areas: AreasDocument
    groups: GroupsDocument
    periods: dict[str, PeriodDocument]
    sources: dict[str, SourceDocument]
    tables: dict[str, TableDocument]
    questions: dict[str, QuestionDocument] = {}
    indicators: dict[str, IndicatorDocument] = {}
    labels: list[LabelDocument] = []
    claims: str | None = None
    products: list[ProductDocument] = []
    quantities: list[QuantityDocument] = []
    benchmarks: list[BenchmarkDocument] = []
    interviews: InterviewsDocument | None = None
    exposure: ExposureDocument | None = None
    thresholds: ThresholdsDocument
    grid: dict[str, tuple[int, int]] = {}
    n_printed: int | None = Field(default=None, ge=1)
