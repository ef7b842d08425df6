"""The table of one question, or of a question with several answers, from a bare survey file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kelisim.runs.bare_file import read_bare
from kelisim.stats.survey.chisq import ChiSquare, independence
from kelisim.stats.survey.design import Design
from kelisim.stats.survey.intervals import ShareMethod
from kelisim.stats.survey.multiple import Multiple, multiple
from kelisim.stats.survey.reliability import Limits, Verdict, judge_shares
from kelisim.stats.survey.table import MissingKind, Percent, Table, table

__all__ = ["AskedTable", "MultipleTable", "SingleTable", "multiple_table", "single_table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedTable:
    """What a table is asked to show.

    cols : columns of groups; missing : answer -> kind of missing answer; nets : name -> answers joined
    """

    cols: tuple[str, ...]
    missing: Mapping[str, MissingKind]
    nets: Mapping[str, tuple[str, ...]]
    level: float
    interval: ShareMethod
    planned_deff: float | None


@dataclass(frozen=True, slots=True, eq=False)
class SingleTable:
    """The table, and the test of independence where it was asked for."""

    table: Table
    test: ChiSquare | None


@dataclass(frozen=True, slots=True, eq=False)
class MultipleTable:
    """Both columns of figures, verdicts on the shares of respondents, and answers by kind of missing."""

    made: Multiple
    options: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    left_out: tuple[tuple[str, int], ...]


def single_table(
    path: Path, design: Design, rows: str, asked: AskedTable, *, percent: Percent, tests: bool
) -> SingleTable:
    """Shares of the answers to one question.  Raises: Refused, ValueError, NotDefined."""
    if tests and (percent != "col" or not asked.cols):
        raise ValueError("--tests compares the groups of --cols, so it needs --percent col")
    if tests and not design.carries_margin:
        raise ValueError("a picked sample has no margin of error, so --tests cannot compare its groups")
    sample = read_bare(path, design, numbers=[], labels=[rows, *asked.cols]).sample
    unknown = sorted(set(asked.missing) - set(sample.codes(rows).labels))
    made = table(
        sample,
        rows,
        level=asked.level,
        by=asked.cols,
        percent=percent,
        # A code that nobody got is no fault: the list is often that of the whole questionnaire.
        missing={code: kind for code, kind in asked.missing.items() if code not in unknown},
        nets=asked.nets or None,
        interval=asked.interval,
        planned_deff=asked.planned_deff,
    )
    test = None
    if tests and len(asked.cols) == 1:
        coded = sample.codes(rows)
        out = [
            i for i, code in enumerate(coded.labels) if asked.missing.get(code, "dont_know") != "dont_know"
        ]
        test = independence(sample, rows, asked.cols[0], where=~np.isin(coded.codes, out))
    return SingleTable(made, test)


def multiple_table(
    path: Path,
    design: Design,
    pattern: tuple[str, ...],
    asked: AskedTable,
    *,
    base: str | None,
    exclusive: tuple[str, ...],
    most: int | None,
) -> MultipleTable:
    """Shares of respondents and of answers for a question with one 0/1 column per option.

    base : column that is 1 where the question was asked
    Raises: Refused, ValueError, NotDefined.
    """
    if asked.nets:
        raise ValueError("nets join the answers to one question, not the options of several")
    numbers = [] if base is None else [base]
    read = read_bare(
        path,
        design,
        numbers=numbers,
        labels=asked.cols,
        pattern=pattern,
        no_answer=frozenset(asked.missing),
    )
    options = tuple(name for name in read.matched if name != base)
    if unknown := sorted(set(exclusive) - set(options)):
        raise ValueError(f"--exclusive names no option of the question: {', '.join(unknown)}")
    routed = np.ones(read.sample.size, dtype=bool)
    if base is not None:
        routed = read.sample.numbers(base) == 1
    made = multiple(
        read.sample,
        options,
        level=asked.level,
        asked=routed,
        exclusive=exclusive,
        most=most,
        interval=asked.interval,
        planned_deff=asked.planned_deff,
        by=asked.cols,
    )
    places = [read.grid.header.index(name) for name in options]
    kinds: dict[str, int] = {}
    for row in read.grid.rows:
        found = {asked.missing[row[i].strip()] for i in places if row[i].strip() in asked.missing}
        for kind in found:
            kinds[kind] = kinds.get(kind, 0) + 1
    verdicts = judge_shares(made.respondents, Limits())
    return MultipleTable(made, options, verdicts, tuple(sorted(kinds.items())))
