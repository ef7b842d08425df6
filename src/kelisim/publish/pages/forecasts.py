"""The page of forecasts: per horizon what is shown first and why, the baselines beside it, and their past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kelisim.core.estimates import Figure
from kelisim.core.foresight import CovariateTried, Foresight, Horizon
from kelisim.core.periods import PartialDate
from kelisim.publish import charts
from kelisim.publish.view import View

__all__ = ["counted_events", "forecasts", "in_words", "register_facts"]

_NAMES = (
    "pool",
    "last_poisson",
    "conflictology_12",
    "conflictology_36",
    "conflictology_60",
    "conflictology_all",
    "no_change",
    "zeros",
)
# What a page says where no register is declared; the same numbers stand in `forecasting.combine`.
_SHORT, _LONG = 18, 36


def forecasts(view: View) -> Mapping[str, Any]:
    """A section per horizon, or why there is none and what it would take."""
    seen, word = view.release.foresight, view.speaker.word
    needed = (_SHORT, _LONG) if seen is None else seen.needed
    said: dict[str, Any] = {
        "needed": word("forecasts.needed").format(short=needed[0], long=needed[1]),
        "why_none": [word("forecasts.none.why"), word("forecasts.has").format(n=counted_events(view))],
        "facts": [],
        "sections": [],
        "covariates": [],
        "charts": {},
    }
    if seen is None:
        return said
    said["why_none"] = [word("forecasts.short").format(n=view.speaker.number(seen.months, 0))]
    said["facts"] = register_facts(view, seen)
    if any(area.outages for area in seen.areas):
        said["facts"].append(word("foresight.outages"))
    if seen.refused:
        months = ", ".join(view.speaker.count("months", h) for h in seen.refused)
        said["facts"].append(word("forecasts.refused").format(months=months))
    said["sections"] = [_section(view, seen, horizon) for horizon in seen.horizons]
    said["covariates"] = [_covariate(view, one) for one in seen.covariates]
    said["charts"] = {str(h.months): _chart(view, seen, h) for h in seen.horizons}
    return said


def counted_events(view: View) -> str:
    """How many dated events of conflict the study's own list holds, for pages that need a register."""
    dated = {
        str(row["event"])
        for table in view.records("events")
        for row in table.rows()
        if str(row["kind"]) != "co-operation" and PartialDate.read(str(row["date"])) is not None
    }
    return view.speaker.number(len(dated), 0)


def register_facts(view: View, seen: Foresight) -> list[str]:
    """What the register is: its months, what counts, how late reports come, what has no place."""
    word, say = view.speaker.word, view.speaker
    kinds = ", ".join(word(f"event_type.{kind}") for kind in seen.rule.counted)
    facts = [
        word("foresight.register").format(
            title=view.title(seen.rule.table_id), first=say.date(seen.rule.first), last=say.date(seen.last),
            n=say.number(seen.counted, 0), months=say.number(seen.months, 0), kinds=kinds,
        )
    ]  # fmt: skip
    if seen.provisional:
        facts.append(
            word("foresight.late")
            .format(share=say.number(100 * seen.late, 0), months=in_words(view, seen.provisional))
            .replace("..", ".")
        )
    if seen.unplaced:
        facts.append(word("foresight.unplaced").format(n=say.number(seen.unplaced, 0)))
    return facts


def in_words(view: View, months: Iterable[PartialDate]) -> str:
    """Months one after the other in the language's own names."""
    return "; ".join(view.speaker.date(month) for month in months)


def _covariate(view: View, one: CovariateTried) -> tuple[str, ...]:
    """A declared series at one horizon: what the gate said, and by what."""
    word, say = view.speaker.word, view.speaker
    # A zero has no sign, whatever was rounded to it.
    gap = "–" if one.gain is None else say.number(round(one.gain, 3) + 0.0, 3).replace("-", "−")
    if one.low is not None and one.high is not None and one.level is not None:
        low, high = (say.number(end, 3).replace("-", "−") for end in (one.low, one.high))
        gap += f" ({low} … {high}; {say.number(100 * one.level, 1)} %)"
    return (
        one.title.say(view.language),
        say.count("months", one.months),
        word(f"eval.judged.{one.judgement}"),
        say.number(one.coefficient, 2).replace("-", "−"),
        gap,
    )


def _title(view: View, horizon: Horizon) -> str:
    say = view.speaker
    months = [horizon.first] if horizon.months == 1 else [horizon.first, horizon.last]
    return f"{say.count('months', horizon.months)}: {' – '.join(say.date(month) for month in months)}"


def _section(view: View, seen: Foresight, horizon: Horizon) -> dict[str, Any]:
    whole, h = seen.rule.area_id, horizon.months
    names = sorted(_NAMES, key=lambda name: name != horizon.shown)
    return {
        "months": str(h),
        "title": _title(view, horizon),
        "shown": view.speaker.word("forecasts.shown").format(name=_name(view, horizon.shown)),
        "why": _why(view, horizon),
        "judgement": _judgement(view, horizon),
        "rows": [row for name in names if (row := _row(view, seen, name, h, whole)) is not None],
        "areas": [
            (area_id, *_pair(view, seen, horizon.shown, h, area_id))
            for area_id in (area.area_id for area in view.study.areas.children(whole, view.study.as_of))
        ],
    }


def _name(view: View, name: str) -> str:
    return view.speaker.word(f"forecast.{name}")


def _why(view: View, horizon: Horizon) -> str:
    word, n = view.speaker.word, horizon.judged_on
    if n < horizon.least_judged:
        return word("forecasts.why.unjudged").format(n=n, k=horizon.least_judged)
    return word("forecasts.why.pool" if horizon.shown == "pool" else "forecasts.why.baseline").format(n=n)


def _judgement(view: View, horizon: Horizon) -> str:
    if not horizon.judgement:
        return view.speaker.word("forecasts.judgement.none")
    return view.speaker.word(f"forecasts.judgement.{horizon.judgement}").format(
        name=_name(view, horizon.baseline), windows=horizon.windows
    )


def _find(view: View, seen: Foresight, indicator: str, area_id: str, name: str) -> Figure | None:
    return view.one(indicator, area_id, f"{seen.rule.table_id} {name}", None)


def _pair(
    view: View, seen: Foresight, name: str, h: int, area_id: str
) -> tuple[Figure | None, Figure | None]:
    return (
        _find(view, seen, f"incidents_ahead.{h}", area_id, name),
        _find(view, seen, f"any_incident_ahead.{h}", area_id, name),
    )


def _row(view: View, seen: Foresight, name: str, h: int, whole: str) -> dict[str, Any] | None:
    expected, any_one = _pair(view, seen, name, h, whole)
    if expected is None:
        return None
    return {
        "name": _name(view, name),
        "expected": expected,
        "any": any_one,
        "error": _find(view, seen, f"forecast_error.{h}", whole, name),
        "gain": _find(view, seen, f"forecast_gain.{h}", whole, name),
    }


def _chart(view: View, seen: Foresight, horizon: Horizon) -> charts.Chart:
    word, whole, h = view.speaker.word, seen.rule.area_id, horizon.months
    found = [(name, _find(view, seen, f"incidents_ahead.{h}", whole, name)) for name in _NAMES]
    items, rows = [], []
    for name, figure in found:
        if figure is None or figure.estimate.value is None or figure.estimate.low is None:
            continue
        e = figure.estimate
        assert e.value is not None and e.low is not None and e.high is not None
        items.append(charts.Rate(charts.in_lines(_name(view, name)), e.value, e.low, e.high))
        rows.append((_name(view, name), view.value(figure)))
    title = word("forecasts.chart").format(area=view.area(whole), h=view.speaker.count("months", h))
    spec = charts.rates(title, view.under_chart(seen.rule.table_id), word("forecasts.chart.axis"), items)
    head = (word("forecasts.name"), word("forecasts.expected"))
    return charts.Chart(f"chart-forecast-{h}", spec, title, word("forecasts.chart.alt"), head, tuple(rows))
