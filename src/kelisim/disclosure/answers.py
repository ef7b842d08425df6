"""Figures of a survey at the gate: rows of answers leave whole or not at all, rounded, and never alone.

A row is one question among one part of the respondents: all, a district, a language, a group. It holds its
answers that exclude each other. Four rules.

1. A row leaves only where every answer in it, the rest to its base included, was given by k persons. So no
   answer follows from 100 minus the others, and nobody's answer from all having said the same.
2. Parts that do not leave follow from the whole minus the parts that do. What an attacker then knows of the
   hidden parts is a table with known margins, n_d of every part and S_j of every answer, and the ends of a
   cell are Fréchet's [1]_: max(0, n_d + S_j - N) and min(n_d, S_j). Where they are narrower than
   `rules.required_intervals` asks for a small cell, the smallest part that still leaves is hidden too, and so
   on; where all parts are hidden and it is not enough, the whole is hidden. Parts that nobody names, such as
   those who would not say their group, count as one hidden part. The same is asked of weighted counts.
3. A figure that others would give away, or that would give them away, leaves only with their whole rows.
4. Values and ends of intervals are multiples of `round_to` persons of the base, ends opened outwards;
   numbers of persons are rounded to the base; design effects to one decimal; errors and degrees stay inside.

.. [1] Dobra & Fienberg (2000), PNAS 97(22), 11885-11892.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kelisim.core.estimates import Estimate, Figure, Tally
from kelisim.core.waves import ALL, Wave, WaveNote
from kelisim.disclosure.cells import LinkedCells
from kelisim.disclosure.policy import Policy
from kelisim.disclosure.rounding import nearest
from kelisim.disclosure.rules import required_intervals

__all__ = ["note_of", "protect_answers"]

_Floats = NDArray[np.float64]
_RowKey = tuple[str, str, str]
_SCALE = re.compile(r"scale (-?\d+(?:\.\d+)?)(?:-|\.\.)(-?\d+(?:\.\d+)?)")


@dataclass(frozen=True, eq=False, slots=True)
class _Row:
    """Counts of a row by answer, unweighted and weighted, the rest last; one cell, all who answered, for a
    mean."""

    cases: _Floats
    weighted: _Floats
    sound: bool

    @property
    def n(self) -> float:
        return float(self.cases.sum())


def protect_answers(figures: Sequence[Figure], policy: Policy) -> list[Figure]:
    """Figures with a tally as they may leave, in the order given and without it."""
    members: dict[_RowKey, list[tuple[Figure, Tally]]] = defaultdict(list)
    for figure in figures:
        if (tally := figure.tally) is not None:
            members[tally.question, tally.split, tally.part].append((figure, tally))
    answers: dict[str, dict[str, None]] = defaultdict(dict)
    for (question, _, _), row in members.items():
        answers[question] |= {figure.indicator: None for figure, tally in row if tally.cases is not None}
    rows = {key: _row(list(answers[key[0]]), row, policy) for key, row in members.items()}
    leaving = {key for key, row in rows.items() if row.sound}
    for question in answers:
        leaving -= _given_away(question, rows, leaving, policy)
    return [_passed(figure, rows, leaving, policy) for figure in figures]


def note_of(wave: Wave, policy: Policy) -> WaveNote:
    """What may be said of a wave beside its figures: its form, its design, and rounded numbers of it."""
    drawn, data = wave.drawn, wave.answers.data
    counts = {
        "interviews": len(wave.answers),
        "invited": wave.invited,
        "units": len(set(data[drawn.psu[0]].tolist())) if drawn.psu else None,
        "strata": len(set(data[drawn.strata[0]].tolist())) if drawn.strata else None,
    }
    few = len(wave.answers) < policy.min_persons
    persons = {name: None if few or counts[name] is None else _to_base(counts[name], policy)
               for name in ("interviews", "invited")}  # fmt: skip
    return WaveNote(
        wave_id=wave.wave_id, title=wave.title, source_id=wave.source_id, period_id=wave.period_id,
        area_id=wave.area_id, questionnaire=wave.answers.questionnaire, drawn=drawn, feeds=wave.feeds,
        margins=tuple(wave.margins), units=None if few else counts["units"],
        strata=None if few else counts["strata"], group_item=wave.group_item, area_item=wave.area_item,
        **persons,
    )  # fmt: skip


def _to_base(persons: int | None, policy: Policy) -> int:
    return int(nearest(np.array([float(persons or 0)]), policy.round_to)[0])


def _row(answers: Sequence[str], row: Sequence[tuple[Figure, Tally]], policy: Policy) -> _Row:
    base = row[0][1]
    if not answers:
        sound = base.n >= policy.min_persons and all(_within_scale(f.estimate, t, policy) for f, t in row)
        return _Row(np.array([float(base.n)]), np.array([base.weighted]), sound)
    told = {figure.indicator: tally for figure, tally in row}
    cases = np.array([float(told[a].cases or 0) if a in told else 0.0 for a in answers])
    weighted = np.array([float(told[a].weighted_cases or 0.0) if a in told else 0.0 for a in answers])
    cases = np.append(cases, max(0.0, base.n - cases.sum()))
    weighted = np.append(weighted, max(0.0, base.weighted - weighted.sum()))
    # The rest is an answer of its own where only one is told, or where some are not.
    present = cases if cases[-1] > 0 or len(answers) == 1 else cases[:-1]
    empty_too = policy.zeros == "withhold" or np.count_nonzero(present) < 2
    few = (present < policy.min_persons) & ((present > 0) | empty_too)
    return _Row(cases, weighted, base.n >= policy.min_persons and not bool(few.any()))


def _within_scale(estimate: Estimate, tally: Tally, policy: Policy) -> bool:
    """A mean at an end of its scale says that all answered alike; an error of zero says the same."""
    if estimate.value is None:
        return True
    if estimate.se == 0:
        return False
    found = _SCALE.fullmatch(estimate.unit)
    if found is None:
        return True
    ends = [float(end) for end in found.groups()]
    return tally.n * min(estimate.value - ends[0], ends[1] - estimate.value) >= policy.min_persons


def _given_away(
    question: str, rows: dict[_RowKey, _Row], leaving: set[_RowKey], policy: Policy
) -> set[_RowKey]:
    """Rows of a question that must stay as well, so that those that stay do not follow from the whole."""
    whole = rows.get((question, ALL, ""))
    own = {key for key in rows if key[0] == question}
    if whole is None:
        return set()
    more: set[_RowKey] = set()
    for split in dict.fromkeys(key[1] for key in own if key[1] != ALL):
        parts = [key for key in own if key[1] == split]
        hidden = [key for key in parts if key not in leaving]
        shown = sorted((key for key in parts if key in leaving), key=lambda key: (rows[key].n, key))
        unnamed = _unnamed(whole, [rows[key] for key in parts])
        rest = [unnamed] if unnamed.n > 0 else []
        while not _guarded([*(rows[key] for key in hidden), *rest], whole.cases > 0, policy):
            if not shown:
                return own
            hidden.append(shown.pop(0))
            more.add(hidden[-1])
    return more


def _unnamed(whole: _Row, parts: Iterable[_Row]) -> _Row:
    cases, weighted = whole.cases.copy(), whole.weighted.copy()
    for part in parts:
        cases, weighted = cases - part.cases, weighted - part.weighted
    return _Row(np.maximum(cases, 0.0), np.maximum(weighted, 0.0), False)


def _guarded(hidden: Sequence[_Row], given: NDArray[np.bool_], policy: Policy) -> bool:
    """Whether every small cell of the hidden parts stays open wide enough, weighted or not.

    given : answers that anybody gave at all; that nobody of a part gave one of these is a small cell too
    """
    if not hidden:
        return True
    cases = np.array([row.cases for row in hidden])
    small = (cases < policy.min_persons) & ((cases > 0) | (policy.zeros == "withhold")) & given
    return all(
        _wide(np.array(counts), small, cases.sum(axis=1), policy)
        for counts in (cases, [row.weighted for row in hidden])
    )


def _wide(counts: _Floats, small: NDArray[np.bool_], persons: _Floats, policy: Policy) -> bool:
    whole, answers, parts = counts.sum(), counts.sum(axis=0), counts.sum(axis=1, keepdims=True)
    vague = _vague(persons, policy)[:, None]
    low = np.where(vague, 0.0, np.maximum(0.0, parts + answers - whole))
    high = np.minimum(np.where(vague, (parts * vague).sum(), parts), answers)
    # Weighted counts are brought back to persons of the part, which is what its percentages speak of.
    back = np.divide(persons[:, None], parts, out=np.ones_like(parts), where=parts > 0)
    cells = LinkedCells((counts * back).ravel(), (), *(np.zeros(counts.size, dtype=np.bool_) for _ in "ab"))
    least, most = (ends.reshape(counts.shape) for ends in required_intervals(cells, policy))
    tight = small & ((low * back > least + 1e-9) | (high * back < most - 1e-9))
    return not bool(tight.any())


def _vague(persons: _Floats, policy: Policy) -> NDArray[np.bool_]:
    """Hidden parts whose number of persons counts as unknown; that of the others is taken as known.

    Numbers stay with their rows. Where a part holds fewer than k persons, the smallest parts that hold k
    together are not told apart; elsewhere the attacker is granted every number.
    """
    vague = persons < policy.min_persons
    for place in np.argsort(persons, kind="stable"):
        if not vague.any() or (vague.sum() > 1 and persons[vague].sum() >= policy.min_persons):
            break
        vague[place] = True
    return np.asarray(vague)


def _passed(figure: Figure, rows: dict[_RowKey, _Row], leaving: set[_RowKey], policy: Policy) -> Figure:
    tally = figure.tally
    if tally is None:
        return figure
    needed = [(question, tally.split, tally.part) for question in (tally.question, *tally.rests_on)]
    kept = all(key in leaving for key in needed if key in rows)
    figure = replace(figure, klass="computed", cells=(), tally=None)
    e = figure.estimate
    if not kept or e.value is None:
        hidden = replace(
            e, value=None, low=None, high=None, level=None, n=None, se=None, df=None, deff=None,
            # One grade for all that stays: a better one would tell an uncertain number from a small part.
            flag="withheld", grade="poor", reasons=(*e.reasons, *(() if kept else ("too_few_persons",))),
        )  # fmt: skip
        return replace(figure, estimate=hidden)
    return replace(figure, estimate=_rounded(e, tally, policy))


def _rounded(e: Estimate, tally: Tally, policy: Policy) -> Estimate:
    n = float(nearest(np.array([float(tally.n)]), policy.round_to)[0])
    percent = e.unit == "percent"
    step = max(1.0, 100.0 * policy.round_to / n) if percent else policy.round_to / n
    scale = _SCALE.fullmatch(e.unit)
    bottom, top = (0.0, 100.0) if percent else (-np.inf, np.inf)
    if scale is not None:
        bottom, top = float(scale.group(1)), float(scale.group(2))
    value = min(top, max(bottom, step * round((e.value or 0.0) / step)))
    low, high = e.low, e.high
    if low is not None and high is not None:
        low = max(bottom, min(value, step * float(np.floor(low / step + 1e-9))))
        high = min(top, max(value, step * float(np.ceil(high / step - 1e-9))))
    deff = None if e.deff is None else round(e.deff, 1)
    return replace(e, value=value, low=low, high=high, n=int(n), se=None, df=None, deff=deff)
