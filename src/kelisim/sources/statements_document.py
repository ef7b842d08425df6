"""The declarations that the auditor judges, as they may stand in `study.yaml` and `claims.yaml`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from kelisim.core.expressions import parse_expression

__all__ = [
    "BenchmarkDocument",
    "ClaimDocument",
    "ClaimsDocument",
    "InterviewsDocument",
    "LabelDocument",
    "PlaceDocument",
    "ProductDocument",
    "QuantityDocument",
    "WordsDocument",
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _readable(text: str) -> str:
    parse_expression(text)
    return text


ExpressionText = Annotated[str, Field(min_length=1), AfterValidator(_readable)]


class WordsDocument(_Strict):
    """Words in Kazakh, Russian and English."""

    kk: str = Field(min_length=1)
    ru: str = Field(min_length=1)
    en: str = Field(min_length=1)


class LabelDocument(_Strict):
    """A label with its definition, as one figure uses it."""

    label: str
    table: str
    figure: str
    definition: WordsDocument


class ProductDocument(_Strict):
    """A printed total and the factors whose product it should be, each an expression."""

    what: WordsDocument
    total: ExpressionText
    factors: list[ExpressionText] = Field(min_length=2)


class QuantityDocument(_Strict):
    """One quantity printed in several places, each an expression in the same unit."""

    what: WordsDocument
    values: list[ExpressionText] = Field(min_length=2)


class BenchmarkDocument(_Strict):
    """A table of kind `population_series`, and the tables of counts whose totals it can date."""

    series: str
    tables: list[str] = Field(min_length=1)


class PlaceDocument(_Strict):
    """A place of interviews: the area it lies in and its name."""

    area: str
    name: WordsDocument


class InterviewsDocument(_Strict):
    """Who was interviewed, and of whom the answers are said to speak."""

    table: str
    selection: Literal["random", "chosen"]
    places: list[PlaceDocument] = []
    weighted: bool = False
    planning_icc: tuple[float, float] | None = None
    describes_area: str = ""
    describes_table: str = ""
    group_question: str = ""


class ClaimDocument(_Strict):
    """A statement of the source in the study's own words, and the expression that judges it."""

    statement: WordsDocument
    expression: ExpressionText
    source: str


class ClaimsDocument(_Strict):
    """The whole of `claims.yaml`."""

    claims: dict[str, ClaimDocument]
