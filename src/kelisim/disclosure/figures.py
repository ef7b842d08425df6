"""Figures at the gate: what was printed passes, what rests on protected counts is verified, the rest is held
back.

A figure is closed when its table or any of its cells belongs to a closed table, whatever class it claims.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from kelisim.core.errors import GateError
from kelisim.core.estimates import Figure
from kelisim.core.groups import TOTAL, unscoped
from kelisim.core.study import Study
from kelisim.disclosure.answers import protect_answers
from kelisim.disclosure.linking import Count, protect_counts
from kelisim.disclosure.policy import Policy
from kelisim.disclosure.rounding import nearest

__all__ = ["gated_figures"]

_ESTIMATES = "area_estimates"  # their kind: estimates of a survey with size and error, no exact counts


def gated_figures(figures: tuple[Figure, ...], study: Study, policy: Policy) -> tuple[Figure, ...]:
    """Figures as they may leave, in the order given.

    - printed figures and arithmetic on them (classes "published" and "derived") are untouched;
    - figures of protected tables (see `closed_tables`) pass, counts after comparison with the table;
    - figures of a wave with answers of persons are protected by rows, see `answers`;
    - other counts of persons of class "computed" are protected here, as one system;
    - other shares leave where share and complement both rest on k persons, as quotients of rounded counts;
    - any other figure of a closed table is withheld, since exact counts would undo the rounding;
    - any other computed figure, estimates of closed surveys too, leaves where it rests on k persons and its
      interval has a width.
    Input cells of anything closed or computed are never quoted. Raises: GateError.
    """
    sensitivity = {t.use.file: t.use.sensitivity for t in study.tables.values()}
    surveyed = {t.use.file for t in study.tables.values() if t.use.kind == _ESTIMATES}
    leaving = _leaving(study)
    out: list[Figure] = []
    counts: list[int] = []
    shares: list[int] = []
    for index, figure in enumerate(protect_answers(figures, policy)):
        if figures[index].tally is not None:
            out.append(figure)
            continue
        table = study.tables.get(re.split(r"[ @]", figure.variant, maxsplit=1)[0])
        state = {sensitivity.get(cell.file, "open") for cell in figure.cells}
        state |= {table.use.sensitivity} if table is not None else set()
        files = {cell.file for cell in figure.cells} | ({table.use.file} if table is not None else set())
        exact = any(sensitivity.get(file) == "closed" and file not in surveyed for file in files)
        quoted = tuple(c for c in figure.cells if sensitivity.get(c.file, "open") == "open")
        if "closed" not in state and "protected" in state:
            _verify(figure, leaving)
            figure = replace(figure, cells=quoted)
        elif figure.klass == "computed" or "closed" in state:
            figure = replace(figure, klass="computed", cells=())
            if figure.estimate.value is not None:
                if figure.estimate.unit == "persons" and figure.estimate.n == figure.estimate.value:
                    counts.append(index)
                elif exact:
                    figure = _hidden(figure, "exact_counts")
                elif figure.estimate.unit == "percent":
                    shares.append(index)
                else:
                    figure = _checked(figure, policy)
        out.append(figure)
    _protect_counts(out, counts, study, policy)
    _protect_shares(out, shares, policy)
    return tuple(out)


def _hidden(figure: Figure, reason: str) -> Figure:
    estimate = replace(
        figure.estimate, value=None, low=None, high=None, level=None, n=None, se=None, df=None, deff=None,
        flag="withheld", reasons=(*figure.estimate.reasons, reason),
    )  # fmt: skip
    return replace(figure, estimate=estimate, cells=())


def _verify(figure: Figure, leaving: Mapping[tuple[str, str, str], float]) -> None:
    """A count of a protected table is the count that the table lets leave, or it does not leave."""
    if figure.indicator != "population" or figure.estimate.value is None:
        return
    key = (figure.variant, figure.area_id, unscoped(figure.group_id or TOTAL))
    if leaving.get(key) != figure.estimate.value:
        raise GateError(
            f"the count {figure.key} is not the one that its protected table lets leave. "
            "Way out: compute figures from the study that `guarded` returns."
        )


def _leaving(study: Study) -> dict[tuple[str, str, str], float]:
    return {
        (table.use.table_id, str(row["area"]), str(row["group"])): float(row["count_persons"])
        for table in study.tables.values()
        if table.use.sensitivity == "protected"
        for row in table.rows()
    }


def _checked(figure: Figure, policy: Policy) -> Figure:
    estimate = figure.estimate
    if estimate.n is None or estimate.n < policy.min_persons:
        return _hidden(figure, "too_few_persons")
    if estimate.se == 0 or (estimate.low is not None and estimate.low == estimate.high):
        return _hidden(figure, "no_spread")
    n = int(nearest(np.array([float(estimate.n)]), policy.round_to)[0])
    return replace(figure, estimate=replace(estimate, n=n, se=None, df=None, deff=None))


def _protect_counts(out: list[Figure], which: list[int], study: Study, policy: Policy) -> None:
    counts = [
        Count(
            register=(out[index].indicator, out[index].period_id),
            table=out[index].variant,
            area=out[index].area_id,
            group=out[index].group_id or TOTAL,
            persons=float(out[index].estimate.value or 0.0),
        )
        for index in which
    ]
    for index, value in zip(which, protect_counts(counts, study.areas, policy), strict=True):
        figure = out[index]
        if np.isnan(value):
            out[index] = _hidden(figure, "too_few_persons_or_protects_others")
        else:
            # An interval, if any, was made of the exact count and would give it back.
            estimate = replace(
                figure.estimate, value=value, n=int(value), low=None, high=None, level=None, se=None,
                df=None, deff=None,
            )  # fmt: skip
            out[index] = replace(figure, estimate=estimate)


def _protect_shares(out: list[Figure], which: list[int], policy: Policy) -> None:
    """Shares of n persons: small ones are withheld together with enough others of their row to hide them."""
    rows: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index in which:
        figure = out[index]
        # "answer.Q1.friendly" and "answer.Q1.hostile" stand in one row; so do the groups of one indicator.
        asked = figure.indicator.rpartition(".")[0] if figure.indicator.count(".") > 1 else figure.indicator
        rows[asked, figure.area_id, figure.period_id, figure.variant].append(index)
    k = policy.min_persons
    for members in rows.values():
        part = {i: float(out[i].estimate.value or 0.0) / 100 * float(out[i].estimate.n or 0) for i in members}
        hidden = [i for i in members if min(part[i], float(out[i].estimate.n or 0) - part[i]) < k - 1e-9]
        rest = sorted((i for i in members if i not in hidden), key=lambda i: (part[i], out[i].key))
        while hidden and rest and (len(hidden) < 2 or sum(part[i] for i in hidden) < 2 * k):
            hidden.append(rest.pop(0))
        for index in members:
            out[index] = (
                _hidden(out[index], "too_few_persons") if index in hidden else _of_rounded(out[index], policy)
            )


def _of_rounded(figure: Figure, policy: Policy) -> Figure:
    """The share again, from rounded counts; its interval moves along and is opened to whole points."""
    estimate, base = figure.estimate, policy.round_to
    value, n = float(estimate.value or 0.0), float(estimate.n or 0)
    counts = nearest(np.array([value / 100 * n, n]), base)
    share = 100.0 * float(counts[0]) / float(counts[1])
    low, high = estimate.low, estimate.high
    if low is not None and high is not None:
        moved = share - value
        low = max(0.0, float(np.floor(min(low + moved, share))))
        high = min(100.0, float(np.ceil(max(high + moved, share))))
    new = replace(estimate, value=share, n=int(counts[1]), low=low, high=high, se=None, df=None, deff=None)
    return replace(figure, estimate=new)
