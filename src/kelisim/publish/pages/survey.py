"""The survey page: every question with its options and prints side by side, and the conditional intervals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kelisim.core.estimates import Figure
from kelisim.core.question_bases import QuestionBases
from kelisim.publish.view import View

__all__ = ["survey"]

_PRINT = re.compile(r" print (\d+)")
_TAKEN = re.compile(r" print (\d+) base (\d+) icc (\S+)$")


@dataclass
class _Asked:
    """One question as the page shows it: option -> print -> figure, and intervals per option and print."""

    code: str
    label: str
    prints: dict[str, dict[int, Figure]] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    intervals: dict[tuple[str, int, int], dict[str, Figure]] = field(default_factory=dict)
    bases: list[QuestionBases] = field(default_factory=list)

    @property
    def numbers(self) -> list[int]:
        """Numbers of the prints that the question has."""
        return sorted({number for prints in self.prints.values() for number in prints})

    def differs(self, option: str) -> bool:
        """Whether an option has prints with different values."""
        return len({figure.estimate.value for figure in self.prints[option].values()}) > 1


def survey(view: View) -> Mapping[str, Any]:
    """Questions in printed order; options that have no print are left out and named on the quality page."""
    asked: dict[str, _Asked] = {}
    correlations: dict[str, None] = {}
    for figure in view.release.figures:
        kind, _, rest = figure.indicator.partition(".")
        if kind not in ("answer", "answer_interval"):
            continue
        code, _, option = rest.partition(".")
        label, answer = view.answer(figure.indicator)
        question = asked.setdefault(code, _Asked(code, label))
        question.options[option] = answer
        if kind == "answer" and (match := _PRINT.search(figure.variant)):
            question.prints.setdefault(option, {})[int(match[1])] = figure
        elif match := _TAKEN.search(figure.variant):
            key = (option, int(match[1]), int(match[2]))
            question.intervals.setdefault(key, {})[match[3]] = figure
            correlations[match[3]] = None
    for searched in view.release.bases:
        if searched.question in asked:
            asked[searched.question].bases.append(searched)
    return {"questions": tuple(asked.values()), "correlations": tuple(correlations)}
