"""The bulletin: a tagged PDF a deputy akim can read in two minutes, in one language."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from kelisim.core.groups import TOTAL
from kelisim.core.languages import Language
from kelisim.disclosure.release import Release
from kelisim.publish.view import View
from kelisim.publish.words import Speaker

__all__ = ["bulletin"]


def bulletin(release: Release, language: Language) -> bytes:
    """The bulletin as PDF. The document date is the study's, so equal input gives equal bytes."""
    import typst

    data = json.dumps(_content(release, Speaker(language), language), ensure_ascii=False)
    template = Path(__file__).with_name("templates") / "bulletin.typ"
    pdf: bytes = typst.compile(
        str(template),
        font_paths=[_fonts()],
        ignore_system_fonts=True,
        sys_inputs={"data": data},
    )
    return pdf


@cache
def _fonts() -> str:
    """A folder with upright and bold cuts of Noto Sans, made once from the variable font of its package."""
    import tempfile
    from importlib.resources import files

    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    package = Path(str(files("fontpkg_noto_sans")))
    variable = min(p for p in package.rglob("*.ttf") if "Italic" not in p.name)
    # One folder per user and font version: a second run finds the cuts and saves four seconds.
    cache_folder = Path(tempfile.gettempdir()) / f"kelisim-fonts-{os.getuid()}-{variable.stat().st_size}"
    for weight in (400, 700):
        path = cache_folder / f"NotoSans-{weight}.ttf"
        if not path.exists():
            cache_folder.mkdir(mode=0o700, exist_ok=True)
            aside = path.with_suffix(f".{os.getpid()}.part")
            with TTFont(variable) as font:
                axes = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes} | {"wght": weight}
                instantiateVariableFont(font, axes, inplace=True, updateFontNames=True).save(aside)
            aside.replace(path)
    return str(cache_folder)


def _content(release: Release, say: Speaker, language: Language) -> dict[str, Any]:
    study, word = release.study, say.word
    totals = [
        f
        for f in release.figures
        if f.indicator == "population"
        and f.group_id == TOTAL
        and (study.areas[f.area_id].parent == study.focus or f.area_id == study.focus)
    ]
    shown = {figure.area_id: figure for figure in reversed(totals)}
    diverse = {f.area_id: f for f in reversed(release.figures) if f.indicator == "fractionalisation"}
    rates = [f for f in release.figures if f.indicator == "event_rate"]
    return {
        "lang": language,
        "name": word("site.name"),
        "bulletin": word("bulletin.title"),
        "title": study.title.say(language),
        "as_of": f"{word('as_of')}: {say.day(study.as_of)}",
        "year": study.as_of.year,
        "month": study.as_of.month,
        "day": study.as_of.day,
        "run": f"{release.run_id} · {release.code_version}",
        "synthetic": word("synthetic") if study.synthetic else "",
        "grey": word("zones.summary").format(counts=View(release, language).zone_counts())
        if release.zones
        else word("zone.grey"),
        "why": study.zones.wording.say(language)
        if study.zones and any(not zone.grey for zone in release.zones)
        else word("zone.why"),
        "rate_title": word("bulletin.rate"),
        "rates": [
            f"{word('event_rate')}, {say.area(study.areas[f.area_id])}: "
            f"{say.value(f.estimate)}; n = {f.estimate.n}"
            for f in rates
        ],
        "rate_note": word("events.note"),
        "population_title": word("population"),
        "head": [word("area"), word("population"), word("fractionalisation")],
        "rows": [
            [
                say.area(study.areas[area]),
                say.value(figure.estimate),
                say.value(diverse[area].estimate) if area in diverse else word("flag.missing"),
            ]
            for area, figure in sorted(shown.items(), key=lambda item: item[0])
        ],
        "context": word("context"),
        "found_title": word("nav.quality"),
        "found_note": word("quality.note") if release.findings else word("quality.none"),
        "findings": [f.message.say(language) for f in release.findings],
        "source_title": word("source"),
        "sources": [s.title.say(language) for s in study.sources.values()],
    }
