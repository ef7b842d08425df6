"""What is strange about the interviews of a wave: a closed report for those who run the fieldwork.

It gathers what the import set aside, lengths, equal and nearly equal interviews, straight lines, effects of
interviewers, silence and the number of interviews in a cluster. Interviewers appear by code, in the order of
their codes, never ranked; nothing of it leaves the closed warehouse. A screen points where to look and
accuses nobody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kelisim.core.answers import Answers
from kelisim.core.errors import NotDefined
from kelisim.evidence.survey.interview_tables import item_table, measured_columns, role_table
from kelisim.evidence.survey.matching_answers import equal_records, maximum_match
from kelisim.evidence.survey.straight_lines import straight_lines
from kelisim.stats.group_effect import intraclass_one_way

__all__ = ["CheckReport", "InterviewFinding", "Limits", "Remark", "check_interviews"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Where a screen begins to speak.

    short, long : length over the median; match : share of equal answers [1]_; match_columns : columns from
    which that share means anything; line : answers that make a straight line; silence : share of those asked
    who did not answer; most_pairs : records up to which all pairs are compared; level : of intervals

    .. [1] Kuriakose and Robbins (2016), Statistical Journal of the IAOS 32(3), 283-291.
    """

    short: float = 0.5
    long: float = 3.0
    match: float = 0.85
    match_columns: int = 75
    equal_answers: int = 8
    line: int = 4
    silence: float = 0.1
    most_pairs: int = 20_000
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class InterviewFinding:
    """One thing to look at. kind "fault" is against the form, "screen" may be honest.

    where : question, cluster or interviewer, by code; records : how many are concerned
    lines : rows of the file in which some of them stand
    """

    code: str
    kind: Literal["fault", "screen"]
    where: str
    records: int
    message: str
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that could not be checked, and why."""

    check: str
    reason: str


@dataclass(frozen=True)
class CheckReport:
    """Findings, what could not be checked, and the tables behind them (lists of plain rows)."""

    records: int
    findings: tuple[InterviewFinding, ...]
    remarks: tuple[Remark, ...]
    items: tuple[dict[str, Any], ...]
    interviewers: tuple[dict[str, Any], ...]
    clusters: tuple[dict[str, Any], ...]
    effects: tuple[dict[str, Any], ...]
    lengths: dict[str, float | int]


def check_interviews(answers: Answers, limits: Limits) -> CheckReport:
    """All checks of a wave. Each says what it could not do; none changes an answer."""
    remarks: list[Remark] = []
    effects = _effects(answers, limits, remarks)
    lengths = _lengths(answers)
    found = [
        *_aside(answers),
        *_length_findings(answers, lengths, limits, remarks),
        *_overlaps(answers, remarks),
        *_equal(answers, limits),
        *_matches(answers, limits, remarks),
        *_lines(answers, limits, remarks),
        *_effect_findings(effects, limits),
        *_silent(answers, limits),
        *_small_clusters(answers, remarks),
    ]
    return CheckReport(
        len(answers),
        tuple(found),
        tuple(remarks),
        tuple(item_table(answers)),
        tuple(role_table(answers, "interviewer")),
        tuple(role_table(answers, "cluster") or role_table(answers, "place")),
        tuple(effects),
        lengths,
    )


_ASIDE_WORDS = {
    "unknown_option": "answers are no option of the question",
    "not_asked": "answers were given to a question that the routing led past",
    "too_many": "answers hold more options than allowed",
    "alone_with_others": "answers hold an option that stands alone together with others",
    "impossible_value": "answers are impossible values",
    "layouts_disagree": "answers differ between the joined column and the columns of options",
    "two_readings": "answers can be cut into options in two ways",
    "row_broken": "rows could not be cut into cells",
    "row_unreadable": "rows hold lost letters or cells that cannot be read",
    "row_shifted": "rows have their cells under wrong headings",
    "row_repeated": "rows repeat a submission",
    "row_empty": "rows hold no answer",
}


def _aside(answers: Answers) -> Iterator[InterviewFinding]:
    """What the import set aside, by question and reason."""
    count = Counter((one.question, one.code) for one in answers.set_aside)
    for (question, code), times in count.items():
        lines = [s.line for s in answers.set_aside if (s.question, s.code) == (question, code)]
        message = f"{times} {_ASIDE_WORDS[code]}; set aside at import."
        yield InterviewFinding(code, "fault", question, times, message, tuple(lines[:10]))


def _lengths(answers: Answers) -> dict[str, float | int]:
    minutes = answers.minutes[answers.minutes >= 0]
    if not len(minutes):
        return {"n": 0}
    low, middle, high = np.quantile(minutes, [0.25, 0.5, 0.75])
    return {"n": len(minutes), "quartile_1": float(low), "median": float(middle), "quartile_3": float(high)}


def _length_findings(
    answers: Answers, lengths: dict[str, float | int], limits: Limits, remarks: list[Remark]
) -> Iterator[InterviewFinding]:
    negative = answers.minutes < 0
    if negative.any():
        yield _finding(
            answers, negative, "ends_before_it_begins", "fault", "", "interviews end before they begin"
        )
    if not lengths["n"]:
        remarks.append(Remark("length", "the file does not say when interviews began and ended"))
        return
    median = lengths["median"]
    short = (answers.minutes >= 0) & (answers.minutes < limits.short * median)
    if short.any():
        words = f"interviews took less than {limits.short:g} of the median of {median:.1f} minutes"
        yield _finding(answers, short, "short", "screen", "", words)
    long = answers.minutes > limits.long * median
    if median > 0 and long.any():
        words = f"interviews took more than {limits.long:g} times the median of {median:.1f} minutes"
        yield _finding(answers, long, "long", "screen", "", words)


def _overlaps(answers: Answers, remarks: list[Remark]) -> Iterator[InterviewFinding]:
    who = answers.role("interviewer")
    known = ~np.isnat(answers.started) & (answers.minutes > 0)
    if who is None:
        remarks.append(Remark("interviewers", "the form has no item with the role `interviewer`"))
        return
    if not known.any():
        return
    for code in np.unique(who[known].astype(str)):
        mine = np.flatnonzero(known & (who == code))
        mine = mine[np.argsort(answers.started[mine], kind="stable")]
        begin = answers.started[mine].astype(np.int64)
        end = np.maximum.accumulate(begin + 60 * answers.minutes[mine])
        over = np.zeros(len(answers), dtype=bool)
        over[mine[1:][begin[1:] < end[:-1]]] = True
        if over.any():
            words = "interviews began before the interviewer's earlier one had ended"
            yield _finding(answers, over, "overlap", "screen", str(code), words)


def _equal(answers: Answers, limits: Limits) -> Iterator[InterviewFinding]:
    for group in equal_records(answers, least=limits.equal_answers):
        mask = np.zeros(len(answers), dtype=bool)
        mask[group] = True
        yield _finding(
            answers, mask, "equal_answers", "screen", "", "interviews have the same answers throughout"
        )


def _matches(answers: Answers, limits: Limits, remarks: list[Remark]) -> Iterator[InterviewFinding]:
    try:
        match = maximum_match(answers, least=limits.equal_answers, most_records=limits.most_pairs)
    except NotDefined as undefined:
        remarks.append(Remark("matching answers", str(undefined)))
        return
    if match.columns < limits.match_columns:
        reason = (
            f"{match.columns} columns; below {limits.match_columns} honest interviews often agree in "
            f"{100 * limits.match:g} % of them, so only interviews with the same answers throughout are shown"
        )
        remarks.append(Remark("matching answers", reason))
        return
    high = match.share > limits.match
    if high.any():
        words = f"interviews agree with another in more than {100 * limits.match:g} % of their answers"
        yield _finding(answers, high, "high_match", "screen", "", f"{words}; a screen and no proof")


def _lines(answers: Answers, limits: Limits, remarks: list[Remark]) -> Iterator[InterviewFinding]:
    sets = straight_lines(answers, least=limits.line)
    if not sets:
        remarks.append(
            Remark("straight lines", f"no grid or battery of {limits.line} questions with one scale")
        )
    for one in sets:
        if one.straight.any():
            share = 100 * one.straight.sum() / max(one.answered.sum(), 1)
            words = f"interviews give one answer to all of {len(one.columns)} questions ({share:.0f} %)"
            yield _finding(answers, one.straight, "straight_line", "screen", one.name, words)


def _effects(answers: Answers, limits: Limits, remarks: list[Remark]) -> list[dict[str, Any]]:
    who = answers.role("interviewer")
    if who is None:
        return []
    asked = answers.answered(answers.questionnaire.with_role("interviewer").code)  # type: ignore[union-attr]
    made = []
    for name, values in measured_columns(answers):
        try:
            effect = intraclass_one_way(values[asked], who[asked].astype(str), level=limits.level)
        except NotDefined as undefined:
            if undefined.reason in ("one_group", "one_per_group"):
                remarks.append(Remark("effects of interviewers", str(undefined)))
                break
            continue
        ends = {"value": effect.value, "low": effect.low, "high": effect.high, "p": effect.p}
        made.append({"column": name, **ends, "n": effect.n, "interviewers": effect.groups})
    return made


def _effect_findings(effects: list[dict[str, Any]], limits: Limits) -> Iterator[InterviewFinding]:
    # So many columns are tested that one in twenty would stand out by chance: Bonferroni.
    for effect in effects:
        if effect["p"] * len(effects) < 1 - limits.level and effect["value"] > 0:
            message = (
                f"answers go with the interviewer: intraclass correlation {effect['value']:.3f} "
                f"({effect['low']:.3f} to {effect['high']:.3f}, {effect['interviewers']} interviewers). "
                "Where each works in a place of their own it may be the place."
            )
            yield InterviewFinding("interviewer_effect", "screen", effect["column"], effect["n"], message)


def _silent(answers: Answers, limits: Limits) -> Iterator[InterviewFinding]:
    for row in item_table(answers):
        item = answers.questionnaire.item(row["question"])
        if item is None or not item.required or not row["asked"] or not row["not_answered"]:
            continue
        share = row["not_answered"] / row["asked"]
        if share > limits.silence:
            words = f"{row['not_answered']} of {row['asked']} who were asked did not answer"
            message = f"{words} ({100 * share:.0f} %)."
            yield InterviewFinding("silence", "screen", item.code, row["not_answered"], message)


def _small_clusters(answers: Answers, remarks: list[Remark]) -> Iterator[InterviewFinding]:
    rows = role_table(answers, "cluster")
    if not rows:
        remarks.append(Remark("clusters", "the form has no item with the role `cluster`"))
    for row in rows:
        if row["interviews"] == 1:
            message = "one interview in the cluster: nothing can be said of the spread inside it."
            yield InterviewFinding("lonely_interview", "screen", row["cluster"], 1, message)


def _finding(
    answers: Answers,
    where: NDArray[np.bool_],
    code: str,
    kind: Literal["fault", "screen"],
    place: str,
    words: str,
) -> InterviewFinding:
    lines = tuple(int(line) for line in answers.lines[where][:10])
    count = int(where.sum())
    return InterviewFinding(code, kind, place, count, f"{count} {words}.", lines)
