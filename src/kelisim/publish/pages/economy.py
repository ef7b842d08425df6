"""The page of the passport: printed figures with their age, grade, reasons, and all prints side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kelisim.publish import charts
from kelisim.publish.view import View

__all__ = ["economy"]

_TOO_OLD = 1.5  # of the indicator's rhythm, as the passport grades it


def economy(view: View) -> Mapping[str, Any]:
    """Figures grouped by what they speak of, and the chart of their ages against the rhythm of each."""
    matters = list(view.prints(view.subject("economy")))
    chart = _ages(view)
    return {"matters": matters, "charts": {"ages": chart} if chart else {}}


def _ages(view: View) -> charts.Chart | None:
    word, rows, shown = view.speaker.word, [], []
    newest: dict[str, float] = {}
    for figure in view.subject("economy"):
        years = view.age_years(view.moment(figure))
        if years is not None and figure.area_id == view.study.focus:
            newest[figure.indicator] = min(years, newest.get(figure.indicator, years))
    for indicator, years in sorted(newest.items(), key=lambda item: -item[1]):
        limit = _TOO_OLD * view.study.indicators[indicator].rhythm_years
        rows.append(charts.Age(charts.in_lines(view.label(indicator)), years, limit))
        shown.append((view.label(indicator), view.speaker.number(years, 1), view.speaker.number(limit, 1)))
    if not rows:
        return None
    title, focus = word("chart.ages"), view.area(view.study.focus)
    under = f"{focus}. {word('as_of')}: {view.speaker.day(view.study.as_of)}"
    if view.study.synthetic:
        under += f". {word('synthetic')}"
    spec = charts.ages(title, under, word("chart.years"), rows)
    head = (word("name"), word("chart.age_years"), word("chart.limit_years"))
    return charts.Chart("chart-ages", spec, title, word("chart.ages.alt"), head, tuple(shown))
