"""What a study states about its own numbers: labels, claims, products, one thing printed in several places.

These are the declarations that the auditor judges. A statement is never repaired or weighed: it holds, it
fails, or the tables at hand cannot judge it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from kelisim.core.expressions import Node
from kelisim.core.languages import Words
from kelisim.core.provenance import Cell

__all__ = [
    "VERDICTS",
    "Benchmark",
    "Claim",
    "Expression",
    "Interviews",
    "JudgedClaim",
    "Label",
    "Product",
    "Quantity",
    "Statements",
    "Verdict",
]

Verdict = Literal["holds", "fails", "cannot be judged"]
VERDICTS: tuple[str, ...] = get_args(Verdict)


@dataclass(frozen=True, slots=True)
class Label:
    """A label that is used for a quantity: two different definitions under one label are a finding."""

    label: str
    table_id: str
    figure: str
    definition: Words


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression as written and as read."""

    text: str
    tree: Node


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement of a source in the study's own words, bound to tables by an expression.

    file, line : where the study writes it
    """

    claim_id: str
    statement: Words
    expression: Expression
    source_id: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """A claim with its verdict, the comparisons that were made, in words, its cells and its tables."""

    claim: Claim
    verdict: Verdict
    reason: Words
    cells: tuple[Cell, ...]
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """A printed total that should be the product of printed means and numbers of things."""

    what: Words
    total: Expression
    factors: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity that is printed in several places; each expression gives it in the same unit."""

    what: Words
    values: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Tables of counts whose totals an independent series (area, date, persons) can date."""

    series: str
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statements:
    """All statements of a study."""

    labels: tuple[Label, ...] = ()
    claims: tuple[Claim, ...] = ()
    products: tuple[Product, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    benchmarks: tuple[Benchmark, ...] = ()


@dataclass(frozen=True, slots=True)
class Interviews:
    """Who was interviewed, and of whom the answers are said to speak.

    table_id : table of printed marginals
    selection : whether the places were drawn at random or chosen
    places : places of interviews: area and name
    weighted : whether the printed shares are weighted
    planning_icc : lowest and highest intraclass correlation of answers within a place that is planned for
    describes_area, describes_table : population that the answers are said to describe; "" for none
    group_question : question whose options are groups; "" for none
    """

    table_id: str
    selection: Literal["random", "chosen"]
    places: tuple[tuple[str, Words], ...]
    weighted: bool
    planning_icc: tuple[float, float] | None
    describes_area: str
    describes_table: str
    group_question: str
