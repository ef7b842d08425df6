"""What the page of media shows of the texts of a study: attention, themes, shares, spread, coverage."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from kelisim.core.discourse import Discourse, GreyShare
from kelisim.core.estimates import Figure
from kelisim.core.periods import PartialDate
from kelisim.disclosure.texts import MIN_FAMILIES
from kelisim.publish import charts
from kelisim.publish.media_words import period_words
from kelisim.publish.view import View

__all__ = ["seen_in_texts"]

_SENSES = ("group", "language", "organisation")
_SPREAD = ("texts", "sources", "views", "outside")


def seen_in_texts(view: View, told: Discourse) -> dict[str, Any]:
    """Sections and charts of the texts; everything is a figure of the release or a size that is missing."""
    language_lines = [(one, view.speaker.word(f"media.part.{one}")) for one in told.languages
                      if view.speaker.knows(f"media.part.{one}")]  # fmt: skip
    kinds = [(kind, view.speaker.word(f"media.part.{kind}")) for kind in ("portals", "networks")]
    attention = {
        "media-attention": _lines(view, told, "media-attention", [("", view.speaker.word("media.whole"))]),
        "media-languages": _lines(view, told, "media-languages", language_lines),
        "media-kinds": _lines(view, told, "media-kinds", kinds),
    }
    return {
        "facts": _facts(view, told),
        "attention": [chart for chart in attention.values() if chart is not None],
        "themes": _themes(view, told),
        "quarters": [period_words(view.speaker, quarter) for quarter in told.quarters],
        "shares": _shares(view, told),
        "others": _others(view, told),
        "mentions": _mentions(view, told),
        "spread": [_spread(view, incident) for incident in told.rule.incidents],
        "months": [(_short(month), view.speaker.date(PartialDate.parse(month))) for month in told.months],
        "coverage": [_source(view, one) for one in told.sources],
        "covered": [view.one_of("media_covered", month, "texts") for month in told.months],
        "charts": {name: chart for name, chart in attention.items() if chart is not None}
        | {f"spread-{one.key}": chart for one in told.rule.incidents
           if (chart := _spread_chart(view, one)) is not None},
    }  # fmt: skip


def _facts(view: View, told: Discourse) -> list[str]:
    word, say = view.speaker.word, view.speaker
    facts = [
        word("media.facts.texts").format(
            texts=say.number(told.items, 0), families=say.number(told.families, 0),
            sources=say.number(len(told.sources), 0), first=say.day(told.first), last=say.day(told.last),
        ),
        word("media.facts.rules"),
    ]  # fmt: skip
    for reason, n in told.aside.items():
        facts.append(word(f"media.aside.{reason}").format(n=say.number(n, 0)))
    return facts


def _short(month: str) -> str:
    return f"{month[5:7]}.{month[2:4]}"


def _lines(view: View, told: Discourse, name: str, parts: list[tuple[str, str]]) -> charts.Chart | None:
    word = view.speaker.word
    series, rows = [], []
    found = {
        part: [view.one_of("media_attention", month, f"texts {part}".rstrip()) for month in told.months]
        for part, _ in parts
    }
    if not any(f is not None and f.estimate.value is not None for many in found.values() for f in many):
        return None
    for part, label in parts:
        points = []
        for month, figure in zip(told.months, found[part], strict=True):
            e = None if figure is None else figure.estimate
            ends = (None, None, None) if e is None else (e.value, e.low, e.high)
            points.append((date.fromisoformat(f"{month}-01"), *ends))
        series.append(charts.Line(label, tuple(points)))
    for k, month in enumerate(told.months):
        cells = [_value(view, found[part][k]) for part, _ in parts]
        rows.append((period_words(view.speaker, month), *cells))
    title = word(f"media.chart.{name}")
    under = word("synthetic") if view.study.synthetic else word("media.whole")
    return charts.Chart(
        name=name,
        spec=charts.lines(title, under, word("media.per_thousand"), series),
        title=title,
        alt=word("media.chart.alt"),
        head=(word("period"), *(label for _, label in parts)),
        rows=tuple(rows),
    )


def _value(view: View, figure: Figure | None) -> str:
    return "–" if figure is None else view.value(figure)


def _themes(view: View, told: Discourse) -> list[dict[str, Any]]:
    whole = _whole(told)
    rows = []
    for theme in told.themes:
        key = f"media_attention.{theme.code}"
        coded = [
            (language, view.one_of(f"media_share.theme.{theme.code}", whole, f"texts {language}"))
            for language in told.languages
        ]
        rows.append(
            {
                "code": theme.code,
                "title": theme.title.say(view.language),
                "definition": theme.definition.say(view.language),
                "year": view.one_of(key, whole, "texts"),
                "quarters": [view.one_of(key, quarter, "texts") for quarter in told.quarters],
                "coded": [(language, figure) for language, figure in coded if figure is not None],
            }
        )
    return rows


def _whole(told: Discourse) -> str:
    return f"{told.first.year}-{told.last.year}"


def _shares(view: View, told: Discourse) -> list[dict[str, Any]]:
    """Shares by codes of people except themes, and those that stay grey, with what would open them."""
    rows: list[tuple[str, str, str, Figure | None, GreyShare | None]] = []
    for figure in view.release.figures:
        kind, _, code = figure.indicator.partition(".")
        if kind == "media_share" and not code.startswith("theme."):
            language, _, group = figure.variant.removeprefix("texts ").partition(" ")
            rows.append((code, group, language, figure, None))
    for grey in told.grey:
        if grey.variable != "theme" and not _of_other_group(grey):
            rows.append((f"{grey.variable}.{grey.code}", grey.group, grey.language, None, grey))
    rows.sort(key=lambda row: (row[0], row[1], row[2]))
    return [
        {
            "what": told.codes[code].say(view.language) if code in told.codes else code,
            "group": view.speaker.either(f"concept.{group}", group),
            "language": view.speaker.either(f"media.part.{language}", language),
            "figure": figure,
            "all": figure is not None and figure.estimate.low == figure.estimate.high,
            "grey": "" if grey is None else _why(view, grey),
        }
        for code, group, language, figure, grey in rows
    ]


def _of_other_group(grey: GreyShare) -> bool:
    """Whether nobody has coded anything about this group yet."""
    return bool(grey.group) and grey.reason == "no_gold" and not grey.coded


def _others(view: View, told: Discourse) -> str:
    """What it would take to tell the tone to further groups, in a sentence; "" where there are none."""
    needed = [grey.needed for grey in told.grey if _of_other_group(grey) and grey.needed >= MIN_FAMILIES]
    if not needed:
        return ""
    low, high = (view.speaker.number(end, 0) for end in (min(needed), max(needed)))
    return view.speaker.word("media.grey.groups").format(low=low, high=high)


def _why(view: View, grey: GreyShare) -> str:
    word, say = view.speaker.word, view.speaker
    if grey.reason == "no_gold":
        return word("media.grey.no_gold").format(needed=say.number(grey.needed, 0),
                                                 coded=say.number(grey.coded, 0))  # fmt: skip
    return word(f"reason.{grey.reason}") if say.knows(f"reason.{grey.reason}") else word("flag.withheld")


def _mentions(view: View, told: Discourse) -> list[dict[str, Any]]:
    whole, rows = _whole(told), []
    for group in told.groups:
        cells = [view.one_of(f"media_mentions.{sense}", whole, f"texts {group}") for sense in _SENSES]
        if any(cell is not None and cell.estimate.value is not None for cell in cells):
            rows.append({"name": view.speaker.either(f"concept.{group}", group), "cells": cells})
    # By name: an order by number would make a ranking of groups.
    return sorted(rows, key=lambda row: str(row["name"]))


def _spread_days(view: View, key: str) -> list[str]:
    found = view.find("media_spread_texts", variant=f"texts {key}")
    return sorted({figure.period_id for figure in found})


def _spread(view: View, incident: Any) -> dict[str, Any]:
    days = _spread_days(view, incident.key)
    return {
        "key": f"spread-{incident.key}",
        "title": incident.title.say(view.language),
        "area": view.area(incident.area_id),
        "first": view.speaker.day(incident.first),
        "rows": [
            (view.speaker.day(date.fromisoformat(day)),
             [view.one_of(f"media_spread_{name}", day, f"texts {incident.key}") for name in _SPREAD])
            for day in days
        ],
    }  # fmt: skip


def _spread_chart(view: View, incident: Any) -> charts.Chart | None:
    word = view.speaker.word
    days = _spread_days(view, incident.key)
    if not days:
        return None
    head = (word("events.date"), *(word(f"media.spread.{name}") for name in _SPREAD))
    points, rows = [], []
    for day in days:
        figures = [view.one_of(f"media_spread_{name}", day, f"texts {incident.key}") for name in _SPREAD]
        value = None if figures[0] is None else figures[0].estimate.value
        points.append((date.fromisoformat(day), value, None, None))
        rows.append((view.speaker.day(date.fromisoformat(day)), *(_value(view, f) for f in figures)))
    title = f"{word('media.spread.title')}: {incident.title.say(view.language)}"
    spec = charts.lines(
        title, word("synthetic") if view.study.synthetic else view.area(incident.area_id),
        word("media.spread.texts"), [charts.Line(word("media.spread.texts"), tuple(points))],
        days=True,
    )  # fmt: skip
    return charts.Chart(
        name=f"media-spread-{incident.key}", spec=spec, title=title, alt=word("media.spread.alt"), head=head,
        rows=tuple(rows),
    )  # fmt: skip


def _source(view: View, one: Any) -> dict[str, Any]:
    months: Iterable[tuple[int, int, str]] = one.months
    reasons = dict.fromkeys(why for _, _, why in months if why)
    other = view.speaker.word("media.why.outage")
    said = {why: view.speaker.either(f"media.why.{why}", other) for why in reasons}
    return {
        "name": one.name,
        "language": view.speaker.either(f"media.part.{one.language}", one.language),
        "cells": [(read, whole, bool(why) and read < whole) for read, whole, why in one.months],
        "why": "; ".join(said.values()),
    }
