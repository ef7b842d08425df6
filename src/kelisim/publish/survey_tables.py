"""The figures of surveys as one open table: a row per answer, with the wording of question and answer.

They are rows of the release, so they have passed the gate; answers of persons stand in no file of it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from kelisim.core.languages import LANGUAGES
from kelisim.disclosure.release import Release
from kelisim.publish.view import View
from kelisim.publish.workbooks import without_time

__all__ = ["SURVEY", "survey_rows", "workbook"]

# Field -> type of the Data Package, meaning.
SURVEY = {
    "estimate_id": ("string", "the same figure in the table estimates"),
    "wave": ("string", "wave of the study"),
    "question": ("string", "code of the question, of a grid with the code of its row"),
    **{f"question_{k}": ("string", f"wording of the question in {k}") for k in LANGUAGES},
    "told": (
        "string",
        "share, answers (part of all answers), known (without 'hard to answer'), mean, silent",
    ),
    "answer": ("string", "code of the answer; 'rare' and A..B join several"),
    **{f"answer_{k}": ("string", f"words of the answer in {k}") for k in LANGUAGES},
    "split": ("string", "all, area, language of the interview, or self-declared group"),
    "part": ("string", "area, language or group; empty for all"),
    "value": ("number", "percent or mean, rounded by the gate; empty where withheld"),
    "low": ("number", "lower end of the interval"),
    "high": ("number", "upper end of the interval"),
    "level": ("number", "confidence level of the interval"),
    "unit": ("string", "percent, or the scale"),
    "n": ("integer", "persons who answered, rounded to the base of the gate"),
    "deff": ("number", "design effect, to one decimal"),
    "grade": ("string", "good, acceptable or poor"),
    "flag": ("string", "ok, withheld or synthetic"),
}
_TOLD = {"wave_share": "share", "wave_answers": "answers", "wave_known": "known", "wave_mean": "mean",
         "wave_silent": "silent"}  # fmt: skip


def survey_rows(release: Release) -> list[dict[str, Any]]:
    """One row per figure of a wave, in the order of the form; empty where the study has no wave."""
    return list(_rows(release)) if release.waves else []


def _rows(release: Release) -> Iterator[dict[str, Any]]:
    views = [View(release, language) for language in LANGUAGES]
    for figure in release.figures:
        note = views[0].wave_of(figure)
        if note is None:
            continue
        kind, *parts = figure.indicator.split(".")
        feed = note.feeds.get(figure.indicator)
        if feed is not None:
            code, answer = feed.question, "+".join(feed.options)
            told = "share" if feed.options else "mean"
            item = note.questionnaire.item(code)
            words = [] if item is None else [view.said(item.label) for view in views]
            answers = [view.label(figure.indicator) for view in views]
        else:
            code, answer, told = parts[1], ".".join(parts[2:]), _TOLD[kind]
            pairs = [view.asked(figure.indicator) for view in views]
            words, answers = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        split, part = views[0].split_of(figure, note)
        e = figure.estimate
        values = (
            figure.estimate_id, note.wave_id, code, *(words or ["", "", ""]), told, answer, *answers, split,
            part, e.value, e.low, e.high, e.level, e.unit, e.n, e.deff, e.grade, e.flag,
        )  # fmt: skip
        yield dict(zip(SURVEY, values, strict=True))


def workbook(release: Release) -> bytes:
    """The same rows as a workbook with a sheet that explains the columns; equal bytes for equal rows."""
    from openpyxl import Workbook

    made = Workbook(write_only=True)
    sheet = made.create_sheet("survey")
    sheet.freeze_panes = "B2"
    sheet.append(list(SURVEY))
    for row in survey_rows(release):
        sheet.append(list(row.values()))
    book = made.create_sheet("codebook")
    book.append(["column", "type", "meaning"])
    for name, (kind, meaning) in SURVEY.items():
        book.append([name, kind, meaning])
    out = io.BytesIO()
    made.save(out)
    return without_time(out.getvalue())
