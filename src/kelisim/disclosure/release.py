"""The gate and what passes it.

Figures that a source already published, and arithmetic on those alone, pass unchanged. What we compute
ourselves from microdata, registers or text is held to the study's thresholds: cells resting on fewer persons
than the minimum are withheld, one more cell of the row is withheld where a total would give the first away,
and counts are rounded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kelisim.core.errors import GateError
from kelisim.core.estimates import Figure
from kelisim.core.findings import Finding
from kelisim.core.groups import TOTAL
from kelisim.core.languages import Words
from kelisim.core.question_bases import QuestionBases
from kelisim.core.statements import JudgedClaim
from kelisim.core.study import Study, Thresholds
from kelisim.core.tables import Table

__all__ = ["Release", "release"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Release:
    """Everything that may leave: figures, findings, public records and the words around them."""

    study: Study
    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...]
    records: Mapping[str, Table]
    titles: Mapping[str, Words]
    lists: Mapping[str, tuple[str, ...]]
    run_id: str
    code_version: str
    claims: tuple[JudgedClaim, ...] = ()
    bases: tuple[QuestionBases, ...] = ()


def release(
    study: Study,
    figures: Iterable[Figure],
    findings: Iterable[Finding],
    lists: Mapping[str, tuple[str, ...]],
    *, run_id: str, code_version: str,
    claims: Iterable[JudgedClaim] = (), bases: Iterable[QuestionBases] = (),
) -> Release:  # fmt: skip
    """Pass figures through the gate. Raises: GateError when two figures claim one identity."""
    passed = _withhold(tuple(figures), study.thresholds)
    seen: dict[str, Figure] = {}
    for figure in passed:
        if figure.estimate_id in seen:
            raise GateError(f"two figures have the identity {figure.key}; give one of them a variant")
        seen[figure.estimate_id] = figure
    if study.synthetic:
        passed = tuple(_marked(figure) for figure in passed)
    closed = {t.use.file for t in study.tables.values() if t.use.sensitivity == "closed"}
    records = {name: t for name, t in study.tables.items() if t.use.sensitivity == "open"}
    return Release(
        study=replace(study, tables={}, repairs=tuple(r for r in study.repairs if r.file not in closed)),
        figures=passed,
        # A finding quotes exact cells: those of closed tables are for `kelisim check`, not for the street.
        findings=tuple(f for f in findings if not _speaks_of(f, study, closed)),
        records=records,
        titles={name: table.use.title for name, table in study.tables.items()},
        lists=lists,
        run_id=run_id,
        code_version=code_version,
        claims=tuple(c for c in claims if not any(cell.file in closed for cell in c.cells)),
        bases=tuple(b for b in bases if b.table_id in records),
    )


def _speaks_of(finding: Finding, study: Study, closed: set[str]) -> bool:
    table = study.tables.get(finding.table_id)
    own = table is not None and table.use.file in closed
    return own or any(cell.file in closed for cell in finding.cells)


def _marked(figure: Figure) -> Figure:
    if figure.estimate.flag != "ok":
        return figure
    return replace(figure, estimate=replace(figure.estimate, flag="synthetic"))


def _hide(figure: Figure, reason: str) -> Figure:
    estimate = replace(
        figure.estimate, value=None, low=None, high=None, level=None, n=None, se=None, flag="withheld",
        reasons=(*figure.estimate.reasons, reason),
    )  # fmt: skip
    return replace(figure, estimate=estimate, cells=())


def _withhold(figures: tuple[Figure, ...], limits: Thresholds) -> tuple[Figure, ...]:
    small: set[int] = set()
    rows: dict[tuple[str, str, str, str], list[int]] = defaultdict(list)
    for index, figure in enumerate(figures):
        if figure.klass != "computed" or figure.estimate.value is None:
            continue
        rows[figure.indicator, figure.area_id, figure.period_id, figure.variant].append(index)
        if figure.estimate.n is None or figure.estimate.n < limits.min_persons:
            small.add(index)
    second: set[int] = set()
    for members in rows.values():
        parts = [i for i in members if figures[i].group_id not in (None, TOTAL)]
        if len(small.intersection(parts)) == 1:
            rest = [i for i in parts if i not in small]
            if rest:
                second.add(min(rest, key=lambda i: figures[i].estimate.n or 0))
    out = []
    for index, figure in enumerate(figures):
        if index in small:
            out.append(_hide(figure, "too_few_persons"))
        elif index in second:
            out.append(_hide(figure, "protects_another_cell"))
        else:
            out.append(_rounded(figure, limits.round_to))
    return tuple(out)


def _rounded(figure: Figure, base: int) -> Figure:
    value = figure.estimate.value
    if figure.klass != "computed" or figure.estimate.unit != "persons" or value is None or base <= 1:
        return figure
    kept = base * round(value / base)
    return replace(figure, estimate=replace(figure.estimate, value=float(kept), n=int(kept)))
