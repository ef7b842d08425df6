"""Statements of a study: their references checked against what the study declares, and built into values."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kelisim.core.areas import Areas
from kelisim.core.errors import Fault, Refused, UnknownName
from kelisim.core.expressions import Node, parse_expression
from kelisim.core.groups import Groups
from kelisim.core.languages import Words
from kelisim.core.periods import PartialDate
from kelisim.core.statements import (
    Benchmark,
    Claim,
    Expression,
    Interviews,
    Label,
    Product,
    Quantity,
    Statements,
)
from kelisim.core.tables import Table
from kelisim.sources.statements_document import ClaimsDocument, InterviewsDocument, WordsDocument

if TYPE_CHECKING:
    from kelisim.sources.study_document import StudyDocument

__all__ = ["Known", "claims_from", "interviews_from", "statements_from"]

# What the arguments of a function must be: a table of a kind, an area, a group, a day, or any word.
_ARGUMENTS: dict[str, tuple[str, ...]] = {
    "count": ("population_count", "area", "group"),
    "share": ("population_share", "area", "group"),
    "figure": ("figures", "any", "area", "any"),
    "answer": ("marginals", "any", "any"),
    "series": ("population_series", "area", "day"),
    "rows": ("table",),
    "total": ("table", "any"),
    "units": ("population_count",),
    "groups": ("population_count",),
    "top_groups": ("population_count", "area", "any"),
    "rank_of_group": ("population_count", "area", "group"),
    "rank_of_area": ("population_count", "area", "group"),
}
_WORDED = ("population_count", "population_share", "figures", "marginals", "population_series")


@dataclass(frozen=True)
class Known:
    """What a statement may refer to."""

    areas: Areas
    groups: Groups
    tables: Mapping[str, Table]
    sources: Collection[str]


def statements_from(
    document: StudyDocument, known: Known, lines: Mapping[Any, int], claims: tuple[Claim, ...]
) -> Statements:
    """All statements of `study.yaml`, with the claims. Raises: Refused with every broken reference."""
    faults: list[Fault] = []
    for index, label in enumerate(document.labels):
        faults += _named(("labels", index, "table"), label.table, known.tables, lines)
    for index, mark in enumerate(document.benchmarks):
        path = ("benchmarks", index)
        faults += _of_kind((*path, "series"), mark.series, "population_series", known, lines)
        for name in mark.tables:
            faults += _of_kind((*path, "tables"), name, "population_count", known, lines)
    texts = [
        (("products", i, "factors"), text)
        for i, product in enumerate(document.products)
        for text in (product.total, *product.factors)
    ]
    texts += [(("quantities", i, "values"), t) for i, q in enumerate(document.quantities) for t in q.values]
    for place, text in texts:
        for reason in _broken(parse_expression(text), known):
            faults.append(_fault("study.yaml", place, reason, lines))
    if faults:
        raise Refused(faults)
    return Statements(
        labels=tuple(Label(d.label, d.table, d.figure, _words(d.definition)) for d in document.labels),
        claims=claims,
        products=tuple(
            Product(_words(d.what), _read(d.total), tuple(map(_read, d.factors))) for d in document.products
        ),
        quantities=tuple(Quantity(_words(d.what), tuple(map(_read, d.values))) for d in document.quantities),
        benchmarks=tuple(Benchmark(d.series, tuple(d.tables)) for d in document.benchmarks),
    )


def claims_from(
    document: ClaimsDocument, file: str, known: Known, lines: Mapping[Any, int]
) -> tuple[Claim, ...]:
    """The claims of a file. Raises: Refused with every broken reference."""
    faults: list[Fault] = []
    found = []
    for key, claim in document.claims.items():
        path = ("claims", key)
        expression = _read(claim.expression)
        faults += [
            _fault(file, (*path, "expression"), reason, lines) for reason in _broken(expression.tree, known)
        ]
        if expression.tree.kind in ("number", "text", "list", "+", "-", "*", "/", "neg"):
            faults.append(_fault(file, (*path, "expression"), "it compares nothing", lines))
        if claim.source not in known.sources:
            faults.append(_fault(file, (*path, "source"), f"'{claim.source}' is not declared", lines))
        found.append(Claim(key, _words(claim.statement), expression, claim.source, file, lines.get(path, 1)))
    if faults:
        raise Refused(faults)
    return tuple(found)


def interviews_from(
    document: InterviewsDocument | None, known: Known, questions: Collection[str], lines: Mapping[Any, int]
) -> Interviews | None:
    """The declaration of the interviews. Raises: Refused with every broken reference."""
    if document is None:
        return None
    path = ("interviews",)
    faults = list(_of_kind((*path, "table"), document.table, "marginals", known, lines))
    for place in document.places:
        faults += _named((*path, "places"), place.area, known.areas.by_id, lines)
    if document.describes_area:
        faults += _named((*path, "describes_area"), document.describes_area, known.areas.by_id, lines)
    if document.describes_table:
        faults += _of_kind(
            (*path, "describes_table"), document.describes_table, "population_count", known, lines
        )
    if document.group_question:
        faults += _named((*path, "group_question"), document.group_question, questions, lines)
    icc = document.planning_icc
    if icc is not None and not 0 <= icc[0] <= icc[1] < 1:
        reason = "an intraclass correlation lies from 0 to below 1, the lower one first"
        faults.append(_fault("study.yaml", (*path, "planning_icc"), reason, lines))
    if bool(document.describes_area) != bool(document.describes_table):
        reason = "`describes_area` and `describes_table` go together"
        faults.append(_fault("study.yaml", path, reason, lines))
    if faults:
        raise Refused(faults)
    return Interviews(
        document.table,
        document.selection,
        tuple((place.area, _words(place.name)) for place in document.places),
        document.weighted,
        icc,
        document.describes_area,
        document.describes_table,
        document.group_question,
    )


def _words(words: WordsDocument) -> Words:
    return Words(words.kk, words.ru, words.en)


def _read(text: str) -> Expression:
    return Expression(text, parse_expression(text))


def _fault(file: str, path: tuple[Any, ...], reason: str, lines: Mapping[Any, int]) -> Fault:
    line = next((lines[path[:k]] for k in range(len(path), 0, -1) if path[:k] in lines), None)
    return Fault(file, line, ".".join(map(str, path)), f"{reason}.", "declare it or correct the name.")


def _named(
    path: tuple[Any, ...], name: str, known: Collection[str], lines: Mapping[Any, int]
) -> Iterator[Fault]:
    if name not in known:
        yield _fault("study.yaml", path, f"'{name}' is not declared{_nearest(name, known)}", lines)


def _of_kind(
    path: tuple[Any, ...], name: str, kind: str, known: Known, lines: Mapping[Any, int]
) -> Iterator[Fault]:
    yield from _named(path, name, known.tables, lines)
    if name in known.tables and known.tables[name].use.kind != kind:
        reason = f"'{name}' is a table of kind '{known.tables[name].use.kind}', and '{kind}' is needed"
        yield _fault("study.yaml", path, reason, lines)


def _nearest(name: str, known: Collection[str]) -> str:
    found = difflib.get_close_matches(name, list(known), n=3)
    return f" (nearest: {', '.join(found)})" if found else ""


def _broken(tree: Node, known: Known) -> Iterator[str]:
    """What the calls of an expression refer to and the study does not have."""
    for call in tree.calls():
        wanted = _ARGUMENTS.get(str(call.value), ())
        for argument, kind in zip(call.parts, wanted, strict=False):
            yield from _broken_argument(str(call.value), argument, kind, known)
        for name, argument in call.named:
            if name == "area":
                yield from _broken_argument(str(call.value), argument, "area", known)
        if call.value in ("rows", "total") and call.parts and call.parts[0].value in known.tables:
            yield from _broken_columns(call, known.tables[str(call.parts[0].value)])


def _broken_argument(function: str, argument: Node, kind: str, known: Known) -> Iterator[str]:
    if kind == "any":
        return
    word = str(argument.value)
    if argument.kind not in ("text", "number"):
        yield f"'{function}' takes names here, not expressions"
    elif kind == "table" or kind in _WORDED:
        table = known.tables.get(word)
        if table is None:
            yield f"'{word}' is not a table of the study{_nearest(word, known.tables)}"
        elif kind not in ("table", table.use.kind):
            yield f"'{function}' reads tables of kind '{kind}', and '{word}' is '{table.use.kind}'"
    elif kind == "day":
        try:
            PartialDate.parse(word)
        except ValueError as error:
            yield str(error)
    else:
        try:
            known.areas[word] if kind == "area" else known.groups.resolve(word)
        except UnknownName as error:
            yield str(error).rstrip(".")


def _broken_columns(call: Node, table: Table) -> Iterator[str]:
    asked = [name.removesuffix("_from").removesuffix("_to") for name, _ in call.named]
    if call.value == "total" and len(call.parts) > 1:
        asked.append(str(call.parts[1].value))
    for name in asked:
        if not table.has(name):
            known = ", ".join(sorted(table.data))
            yield f"the table '{table.use.table_id}' has no column '{name}'; it has {known}"
