"""The page of data quality: findings by level and table, claims with their verdicts, and the base finder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kelisim.core.findings import LEVELS, Finding
from kelisim.core.provenance import Cell
from kelisim.publish.view import View

__all__ = ["quality"]


def quality(view: View) -> Mapping[str, Any]:
    """Findings grouped, in the order of levels and of tables; every group has an anchor.

    `levels` : level -> table -> findings; `counts` : table -> level -> number
    """
    levels: dict[str, dict[str, list[Finding]]] = {level: {} for level in LEVELS}
    counts: dict[str, dict[str, int]] = {}
    for finding in view.release.findings:
        levels[finding.level].setdefault(finding.table_id, []).append(finding)
        row = counts.setdefault(finding.table_id, dict.fromkeys(LEVELS, 0))
        row[finding.level] += 1
    titles = view.release.titles
    return {
        "levels": levels,
        "counts": counts,
        "title_of": lambda name: titles[name].say(view.language) if name in titles else name,
        "cells_of": _by_file,
        "question_of": lambda code: _question(view, code),
        # Power is said in steps: more digits would claim more than the check can know.
        "power_of": lambda power: "none" if power < 0.01 else "weak" if power < 0.9 else "strong",
    }


def _by_file(cells: tuple[Cell, ...], most: int) -> list[tuple[str, list[Cell]]]:
    """The first cells, under the name of their file."""
    found: dict[str, list[Cell]] = {}
    for cell in cells[:most]:
        found.setdefault(cell.file, []).append(cell)
    return list(found.items())


def _question(view: View, code: str) -> str:
    question = view.study.questions.get(code)
    return question.label.say(view.language) if question else code
