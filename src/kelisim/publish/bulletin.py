"""The bulletin: two tagged pages a deputy akim can read in a few minutes, in one language."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from kelisim.core.findings import LEVELS
from kelisim.core.groups import TOTAL
from kelisim.core.languages import Language
from kelisim.core.waves import WaveNote
from kelisim.disclosure.release import Release
from kelisim.publish import drawing
from kelisim.publish.fonts import font_folder
from kelisim.publish.pages.events import RATES, rate_charts
from kelisim.publish.pages.overview import headlines
from kelisim.publish.view import View

__all__ = ["bulletin"]

_FINDINGS = 4
_COLLECT = ("survey", "events", "posts", "districts")


def bulletin(release: Release, language: Language) -> bytes:
    """The bulletin as PDF/UA-1. The document date is the study's, so equal input gives equal bytes."""
    import typst

    data = json.dumps(_content(View(release, language)), ensure_ascii=False)
    template = Path(__file__).with_name("templates") / "bulletin.typ"
    pdf: bytes = typst.compile(
        str(template),
        font_paths=[font_folder()],
        ignore_system_fonts=True,
        sys_inputs={"data": data},
        pdf_standards=["ua-1"],
    )
    return pdf


def _content(view: View) -> dict[str, Any]:
    study, release, word, say = view.study, view.release, view.speaker.word, view.speaker
    charts = rate_charts(view)
    chart = charts.get("rates")
    return {
        "lang": view.language,
        "name": word("site.name"),
        "bulletin": word("bulletin.title"),
        "page": word("bulletin.page"),
        "title": study.title.say(view.language),
        "as_of": f"{word('as_of')}: {say.day(study.as_of)}",
        "year": study.as_of.year,
        "month": study.as_of.month,
        "day": study.as_of.day,
        "run": f"{word('bulletin.run')} {release.run_id} · {release.code_version}",
        "synthetic": word("synthetic") if study.synthetic else "",
        "headline": word("bulletin.headline"),
        "facts": _facts(view),
        "grey": word("zones.summary").format(counts=view.zone_counts()).removesuffix(".")
        if release.zones
        else word("zone.grey"),
        "why": study.zones.wording.say(view.language)
        if study.zones and any(not zone.grey for zone in release.zones)
        else word("zone.why"),
        "rate_title": word("bulletin.rate"),
        "rate_head": [word("events.rate"), word("value"), word("events.counted")],
        "rates": [
            [word(f.indicator), view.value(f), say.number(f.estimate.n or 0, 0)]
            for indicator in RATES
            for f in view.by[indicator]
        ],
        "rate_note": f"{word('events.note')} {word('events.no_training')}",
        "chart": drawing.svg(chart.spec, view.language).decode() if chart else "",
        "chart_alt": f"{chart.title}. {chart.alt}" if chart else "",
        "population_title": word("population"),
        "head": [word("area"), word("population"), word("overview.largest_group"), word("fractionalisation")],
        "rows": _population(view),
        "context": word("context"),
        "waves": [_wave(view, note) for note in release.waves],
        "found_title": word("bulletin.found"),
        "found_note": _found_note(view),
        "findings": _worst(view),
        "collect_title": word("bulletin.collect"),
        "collect": [word(f"bulletin.collect.{key}") for key in _COLLECT],
        "source_title": word("about.sources"),
        "sources": [
            f"{s.title.say(view.language)}. {word('licence')}: "
            f"{say.either(f'licence.{s.licence}', s.licence)}."
            + ("" if s.named else f" {word('about.unnamed')}")
            for s in study.sources.values()
        ],
        "cite": word("about.cite"),
    }


def _wave(view: View, note: WaveNote) -> dict[str, Any]:
    """A survey in a few lines: what its questions say of the indicators they fill."""
    word, say = view.speaker.word, view.speaker
    told = [
        figure
        for name in note.feeds
        for figure in view.find(name, area_id=note.area_id, variant=note.wave_id)
        if figure.estimate.value is not None and figure.group_id is None
    ]
    asked = word("waves.too_few") if note.interviews is None else word("waves.asked").format(
        n=say.number(note.interviews, 0), period=view.period(note.period_id)
    )  # fmt: skip
    limit = "waves.read.picked" if note.drawn.kind != "probability" else "waves.limit.population"
    return {
        "title": note.title.say(view.language),
        "head": [word("name"), word("value"), "n"],
        "rows": [
            [
                f"{view.label(f.indicator)} ({view.measure(f)})",
                view.value(f),
                say.number(f.estimate.n or 0, 0),
            ]
            for f in told
        ],
        "note": f"{asked}. {word(f'waves.kind.{note.drawn.kind}')} {word(limit)}",
    }


def _facts(view: View) -> list[str]:
    word, found = view.speaker.word, headlines(view)
    facts = []
    prints = [f"{view.value(f)} ({view.short_title(f.variant)})" for f in found["totals"]]
    if prints:
        facts.append(f"{word('population')}: {'; '.join(prints)}.")
    largest = [f"{view.group(f.group_id)} {view.value(f)} %" for f in found["largest"]]
    if largest:
        facts.append(f"{word('overview.largest')}: {'; '.join(largest)}.")
    for figure in found["rates"]:
        counted = view.speaker.count("counted_events", figure.estimate.n or 0)
        period = view.period(figure.period_id)
        facts.append(
            f"{word('event_rate')}: {view.value(figure)}; {counted}, {period}. {word('overview.rate')}"
        )
    if view.study.n_printed:
        asked = view.speaker.count("interviewed", view.study.n_printed)
        facts.append(f"{word('nav.survey')}: {asked}. {word('overview.survey')}")
    return facts


def _population(view: View) -> list[list[str]]:
    focus, missing = view.study.focus, view.speaker.word("flag.missing")
    rows = []
    for area in (view.study.areas[focus], *view.tree(focus)):
        totals = view.find("population", area_id=area.area_id, group_id=TOTAL)
        if not totals:
            continue
        known = [f for f in view.find("group_share", area_id=area.area_id) if f.estimate.value is not None]
        most = max(known, key=lambda f: f.estimate.value or 0, default=None)
        diverse = view.find("fractionalisation", area_id=area.area_id)
        rows.append(
            [
                view.area(area.area_id),
                view.value(totals[0]),
                f"{view.group(most.group_id or TOTAL)} {view.value(most)} %" if most else missing,
                view.value(diverse[0]) if diverse else missing,
            ]
        )
    return rows


def _worst(view: View) -> list[str]:
    # The page holds a few; the most serious come first, and the site holds them all.
    ordered = sorted(view.release.findings, key=lambda f: LEVELS.index(f.level))
    word, say = view.speaker.word, view.speaker
    return [
        f"{word(f'level.{f.level}').capitalize()}. {say.days_in(f.message.say(view.language))}"
        for f in ordered[:_FINDINGS]
    ]


def _found_note(view: View) -> str:
    number = len(view.release.findings)
    if not number:
        return view.speaker.word("quality.none")
    return view.speaker.word("bulletin.found.more").replace("{}", view.speaker.count("findings.all", number))
