"""The one table of a question by groups: percent, interval, n, N, design effect, effective n, status,
letters.

All cells come from one pass. Columns are lettered A, B, C ...; a cell carries the letters of the columns it
is significantly above, by t tests from the joint covariance with Holm's adjustment over all pairs of its row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal, TypedDict

import numpy as np

from kelisim.core.errors import NotDefined
from kelisim.stats.survey.coding import Coded
from kelisim.stats.survey.contrasts import holm
from kelisim.stats.survey.domains import By, make_domains
from kelisim.stats.survey.intervals import ShareMethod
from kelisim.stats.survey.moments import share_of
from kelisim.stats.survey.reliability import Limits, Verdict, judge_shares
from kelisim.stats.survey.replicates import Replicates
from kelisim.stats.survey.results import Cell, Estimates, SurveyEstimate
from kelisim.stats.survey.sample import Bools, Sample
from kelisim.stats.survey.stages import Floats

__all__ = ["MissingKind", "Row", "Table", "table"]

Percent = Literal["col", "row", "total"]
MissingKind = Literal["dont_know", "refused", "not_asked", "not_answered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One cell of the table.

    estimate : share of the category (or net) with everything about it; its category and domain say which cell
    verdict : reliability; letters : columns this cell is above; net : whether it joins categories
    without_dont_know : the share among substantive answers alone, where it differs by more than a point
    """

    estimate: SurveyEstimate
    verdict: Verdict
    letters: str
    net: bool
    without_dont_know: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """rows in the order of columns and categories; columns : letter -> domain;
    left_out : numbers of records by kind of missing answer; percent : what sums to 100."""

    rows: tuple[Row, ...]
    columns: tuple[tuple[str, By], ...]
    percent: Percent
    left_out: tuple[tuple[str, int], ...]


def table(
    sample: Sample,
    variable: str,
    *,
    level: float,
    by: Sequence[str] = (),
    percent: Percent = "col",
    missing: Mapping[str, MissingKind] | None = None,
    nets: Mapping[str, Sequence[str]] | None = None,
    interval: ShareMethod = "logit",
    planned_deff: float | None = None,
    limits: Limits | None = None,
    where: Bools | None = None,
    replicates: Replicates | None = None,
) -> Table:
    """Shares of the categories of a question in the groups of other columns.

    percent : "col" each group sums to 100; "row" each category does, over the groups; "total" all cells
        together
    missing : label -> kind of missing answer. "dont_know" stays in the base and is shown; the others leave it
    nets : name -> labels that are shown together as well, from their joint covariance

    Letters need percent "col" and at least two groups. Errors as for `share`.
    """
    if percent not in ("col", "row", "total"):
        raise ValueError(f"percentages are by 'col', 'row' or 'total', not '{percent}'")
    if percent != "col" and (nets or not by):
        raise ValueError("nets are of one group, and 'row' and 'total' need groups: take percent='col'")
    kinds = {str(label): kind for label, kind in (missing or {}).items()}
    coded, left_out = _base(sample, variable, kinds)
    options: _Options = {
        "level": level,
        "interval": interval,
        "planned_deff": planned_deff,
        "replicates": replicates,
    }
    if percent == "col":
        shares = share_of(sample, variable, coded, nets=nets, by=by, where=where, **options)
    else:
        shares = _across(sample, variable, coded, by, percent == "row", where, options)
    width = len(coded.labels) + len(nets or {})
    domains = [shares.cells[i].by for i in range(0, len(shares), width)] if percent == "col" else []
    names = [_letter(i) for i in range(len(domains))]
    letters = _letters(shares, width, names) if len(domains) > 1 and shares.spread else [""] * len(shares)
    beside: list[float | None] = [None] * len(shares)
    if percent == "col" and "dont_know" in kinds.values():
        beside = _without_dont_know(sample, variable, coded, kinds, shares, by, where)
    verdicts = judge_shares(shares, limits or Limits())
    rows = tuple(
        Row(
            estimate=shares[i],
            verdict=verdicts[i],
            letters=letters[i],
            without_dont_know=beside[i],
            net=percent == "col" and i % width >= len(coded.labels),
        )
        for i in range(len(shares))
    )
    columns = tuple(zip(names, domains, strict=True))
    return Table(rows=rows, columns=columns, percent=percent, left_out=left_out)


class _Options(TypedDict):
    level: float
    interval: ShareMethod
    planned_deff: float | None
    replicates: Replicates | None


def _base(
    sample: Sample, variable: str, kinds: Mapping[str, str]
) -> tuple[Coded, tuple[tuple[str, int], ...]]:
    """The column without missing kinds other than don't know, and how many records each kind took."""
    coded = sample.codes(variable)
    out: dict[str, int] = {}
    for kind in kinds.values():
        if kind not in ("dont_know", "refused", "not_asked", "not_answered"):
            raise ValueError(f"'{kind}' is no kind of missing answer")
    drop = [code for code, label in enumerate(coded.labels) if kinds.get(label, "dont_know") != "dont_know"]
    for code in drop:
        kind = kinds[coded.labels[code]]
        out[kind] = out.get(kind, 0) + int((coded.codes == code).sum())
    if coded.has_null:
        out["blank"] = int((coded.codes < 0).sum())
    return _without(coded, drop), tuple(sorted(out.items()))


def _without(coded: Coded, drop: Sequence[int]) -> Coded:
    keep = [code for code in range(len(coded.labels)) if code not in drop]
    place = np.full(len(coded.labels) + 1, -1, dtype=np.int32)
    place[keep] = np.arange(len(keep), dtype=np.int32)
    return Coded(place[coded.codes], tuple(coded.labels[code] for code in keep))


def _across(
    sample: Sample,
    variable: str,
    coded: Coded,
    by: Sequence[str],
    rows: bool,
    where: Bools | None,
    options: _Options,
) -> Estimates:
    """Shares over the groups within each category (rows), or of every cell in the whole."""
    known = coded.codes >= 0 if where is None else (coded.codes >= 0) & where
    groups = make_domains(sample, by, known)
    inside = known if groups.valid is None else known & groups.valid
    group = np.where(inside, 0 if groups.codes is None else groups.codes, -1)
    if rows:
        over = Coded(group.astype(np.int32), tuple(str(i) for i in range(len(groups.labels))))
        made = share_of(sample, variable, over, by=[variable], where=known, **options)
        cells = [Cell(cell.by[0][1], groups.labels[int(str(cell.category))]) for cell in made.cells]
    else:
        width = len(groups.labels)
        joint = np.where(inside, coded.codes * width + group, -1)
        over = Coded(joint.astype(np.int32), tuple(str(i) for i in range(width * len(coded.labels))))
        made = share_of(sample, variable, over, where=known, **options)
        cells = [Cell(coded.labels[i // width], groups.labels[i % width]) for i in range(len(made))]
    return replace(made, cells=tuple(cells))


def _letter(i: int) -> str:
    return chr(65 + i % 26) * (1 + i // 26)


def _letters(shares: Estimates, width: int, names: Sequence[str]) -> list[str]:
    """Letters of the columns that each cell is significantly above."""
    above: list[list[str]] = [[] for _ in range(len(shares))]
    for k in range(width):
        # At 0 and 1 no variance is seen, and a t test would call any difference certain.
        cells = [i for i in range(k, len(shares), width) if shares.se[i] > 0 and shares.df[i] > 0]
        pairs = list(combinations(range(len(cells)), 2))
        if not pairs:
            continue
        covariance = shares.vcov(cells)
        first, second = np.array(pairs).T
        off = shares.value[cells][first] - shares.value[cells][second]
        variance = (
            covariance.diagonal()[first] + covariance.diagonal()[second] - 2 * covariance[first, second]
        )
        df = np.minimum(shares.df[cells][first], shares.df[cells][second])
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.where(variance > 0, np.abs(off) / np.sqrt(np.maximum(variance, 0.0)), 0.0)
        adjusted = holm(2 * _stdtr(df, -t))
        for (a, b), gap, p in zip(pairs, off, adjusted, strict=True):
            if p <= 1 - shares.level:
                high, low = (a, b) if gap > 0 else (b, a)
                above[cells[high]].append(names[cells[low] // width])
    return ["".join(sorted(letters)) for letters in above]


def _stdtr(df: Floats, t: Floats) -> Floats:
    """Distribution function of t."""
    from scipy.special import stdtr

    found: Floats = stdtr(df, t)
    return found


def _without_dont_know(
    sample: Sample,
    variable: str,
    coded: Coded,
    kinds: Mapping[str, str],
    shares: Estimates,
    by: Sequence[str],
    where: Bools | None,
) -> list[float | None]:
    """Shares among substantive answers, where they differ by more than a point."""
    drop = [code for code, label in enumerate(coded.labels) if kinds.get(label) == "dont_know"]
    try:
        substantive = share_of(
            sample, variable, _without(coded, drop), level=shares.level, by=by, where=where
        )
    except NotDefined:
        return [None] * len(shares)
    other = {
        (cell.category, cell.by): value
        for cell, value in zip(substantive.cells, substantive.value, strict=True)
    }
    beside = [other.get((cell.category, cell.by), np.nan) for cell in shares.cells]
    far = np.abs(np.array(beside) - shares.value) > 0.01
    return [float(value) if differs else None for value, differs in zip(beside, far, strict=True)]
