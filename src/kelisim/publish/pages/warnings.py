"""The page of warnings: how good ours were, with ranges for what nobody will know and what was prevented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kelisim.publish import charts
from kelisim.publish.view import View

__all__ = ["warnings"]

_OPEN = ("waiting", "running", "due", "one_answer", "disputed")
_NO_ANSWER = ("unclear",)


def warnings(view: View) -> Mapping[str, Any]:
    """Figures of the whole, tables by rule, area and horizon, the calibration diagram, closed cases."""
    told = view.release.warnings
    if told is None or not told.whole.issued:
        return {"told": None, "charts": {}}
    word = view.speaker.word
    tables = (
        ("rule", [(_rule(view, name), row) for name, row in told.by_rule.items()]),
        ("area", [(view.area(area_id), row) for area_id, row in told.by_area.items()]),
        ("horizon", [(view.speaker.count("months", int(m)), row) for m, row in told.by_horizon.items()]),
    )
    return {
        "told": told,
        "open": sum(told.whole.counts[state] for state in _OPEN),
        "facts": _facts(view, told.whole),
        "tables": [(word(f"warnings.by.{key}"), [_row(view, *row) for row in rows]) for key, rows in tables],
        "over": [_case(view, case) for case in told.over],
        "misses": None if told.misses is None else _misses(view, told.misses, told.choices.level),
        "charts": _diagram(view, told),
    }


def _rule(view: View, made_by: str) -> str:
    return view.speaker.either(f"warnings.made_by.{made_by}", made_by)


def _facts(view: View, record: Any) -> list[tuple[str, str, str]]:
    """Rows of name, value and reading; where too little is known only what can be said."""
    word, number = view.speaker.word, view.speaker.number
    found = [("came_true", _share(view, record.came_true))]
    if record.judged:
        found += [("skill", _range(view, record.skill, 2)), ("brier", _range(view, record.brier, 2))]
    if record.false_alarms_year is not None:
        lowest, highest, low, high = (number(end, 0) for end in record.false_alarms_year)
        found.append(("false_alarms", word("warnings.range").format(a=lowest, b=highest, low=low, high=high)))
    if record.lead_days is not None:
        lead = record.lead_days
        ends = number(lead.quarter, 0), number(lead.three_quarters, 0)
        found.append(
            ("lead", word("warnings.lead.value").format(m=number(lead.median, 0), a=ends[0], b=ends[1]))
        )
    agreed, pairs = record.agreed
    if pairs:
        found.append(("agreed", word("warnings.of").format(a=number(agreed, 0), b=number(pairs, 0))))
    return [
        (word(f"warnings.{key}"), value, word(f"warnings.{key}.reading")) for key, value in found if value
    ]


def _misses(view: View, misses: Any, level: float) -> dict[str, Any]:
    """What happened without a warning in force, latest first, and whether judges and rules agree."""
    word, say = view.speaker.word, view.speaker
    happened = misses.announced + len(misses.missed)
    said: dict[str, Any] = {"recall": "", "rule": "", "rows": []}
    if misses.recall is not None:
        _, low, high = (say.number(100 * end, 0) for end in misses.recall)
        said["recall"] = word("warnings.missed.recall").format(
            n=say.number(happened, 0), announced=say.number(misses.announced, 0), low=low, high=high,
            level=say.number(100 * level, 0),
        )  # fmt: skip
    if misses.compared:
        said["rule"] = word("warnings.missed.rule").format(
            n=say.number(misses.compared, 0), differ=say.number(len(misses.differ), 0),
            names=", ".join(misses.differ) or "–",
        )  # fmt: skip
    said["rows"] = [
        (
            event.event_id,
            say.day(event.day),
            view.area(event.area_id),
            word(f"event_type.{event.kind}"),
        )
        for event in reversed(misses.missed)
    ]
    return said


def _range(view: View, made: Any, decimals: int, times: float = 1.0) -> str:
    if made is None:
        return ""
    ends = (made.lowest, made.highest, made.low, made.high)
    a, b, low, high = (view.speaker.number(times * end, decimals).replace("-", "−") for end in ends)
    return view.speaker.word("warnings.range" if a != b else "warnings.point").format(
        a=a, b=b, low=low, high=high
    )


def _share(view: View, made: Any) -> str:
    return _range(view, made, 0, 100.0)


def _row(view: View, name: str, record: Any) -> dict[str, Any]:
    number = view.speaker.number
    counts = record.counts
    cells = [
        record.issued,
        counts["happened"],
        counts["did_not_happen"],
        counts["acted_upon"],
        sum(counts[state] for state in _NO_ANSWER),
        sum(counts[state] for state in _OPEN),
    ]
    few = view.speaker.word("warnings.too_few").format(n=number(record.needed, 0))
    return {
        "name": name,
        "counts": [number(cell, 0) for cell in cells],
        "came_true": _share(view, record.came_true) if record.judged else few,
    }


def _case(view: View, case: Any) -> tuple[str, ...]:
    low, high = (view.speaker.number(100 * end, 0) for end in case.probability)
    return (
        case.warning_id,
        view.area(case.area_id),
        view.speaker.day(case.first) + " – " + view.speaker.day(case.last),
        low if low == high else f"{low}–{high}",
        view.speaker.word(f"warnings.state.{case.state}"),
    )


def _diagram(view: View, told: Any) -> dict[str, charts.Chart]:
    if not told.whole.judged:
        return {}
    word, number = view.speaker.word, view.speaker.number
    points = [
        charts.Calibration(
            100 * b.forecast, 100 * b.share.known if b.share.known is not None else None,
            100 * b.share.lowest, 100 * b.share.highest, 100 * b.share.low, 100 * b.share.high,
            100 * b.bar[0], 100 * b.bar[1],
        )
        for b in told.whole.bins
    ]  # fmt: skip
    title = word("warnings.diagram")
    under = word("warnings.as_known").format(day=view.speaker.day(told.day))
    subtitle = f"{under} {word('synthetic')}" if view.study.synthetic else under
    spec = charts.calibration(title, subtitle, word("warnings.axis.said"), word("warnings.axis.came"), points)
    head = ("said", "cases", "unknown", "came", "honest")
    rows = tuple(
        (
            number(100 * b.forecast, 0),
            number(b.share.n, 0),
            number(b.share.unknown, 0),
            _share(view, b.share),
            f"{number(100 * b.bar[0], 0)}–{number(100 * b.bar[1], 0)}",
        )
        for b in told.whole.bins
    )
    names = tuple(word(f"warnings.head.{key}") for key in head)
    return {
        "calibration": charts.Chart(
            "chart-calibration", spec, title, word("warnings.diagram.alt"), names, rows
        )
    }
