"""The static site: pages in three languages that open from a folder, without script or outside request.

A page is a template of the same name. What a page needs beyond the `View` is prepared by a function in
`publish.pages`, named in `PAGES`; the order of `PAGES` is the order of the navigation, and the pages named in
`FOOT` stand at the foot instead, those in `LINKED` in neither. A chart that a page function returns under
"charts" is drawn into the page and put beside it as a file.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kelisim.core.estimates import Figure
from kelisim.disclosure.release import Release
from kelisim.publish import drawing
from kelisim.publish.fonts import web_fonts
from kelisim.publish.pages.area import area
from kelisim.publish.pages.decisions import decisions
from kelisim.publish.pages.demography import demography
from kelisim.publish.pages.economy import economy
from kelisim.publish.pages.events import events
from kelisim.publish.pages.forecasts import forecasts
from kelisim.publish.pages.indicators import indicators
from kelisim.publish.pages.institutions import institutions
from kelisim.publish.pages.map import maps
from kelisim.publish.pages.media import media
from kelisim.publish.pages.method import method
from kelisim.publish.pages.overview import overview
from kelisim.publish.pages.quality import quality
from kelisim.publish.pages.reasons import reasons
from kelisim.publish.pages.survey import survey
from kelisim.publish.pages.warnings import warnings
from kelisim.publish.pages.watch import watch
from kelisim.publish.pages.wave import wave
from kelisim.publish.pages.zones import zones
from kelisim.publish.view import View

__all__ = ["FOOT", "LINKED", "PAGES", "site"]

Prepare = Callable[[View], Mapping[str, Any]]

_TWO_POINTS = re.compile(r"(\bг\.)\.(?!\.)")


def _nothing_more(view: View) -> Mapping[str, Any]:
    return {}


PAGES: dict[str, Prepare] = {
    "index": overview,
    "map": maps,
    "zones": zones,
    "decisions": decisions,
    "indicators": indicators,
    "demography": demography,
    "economy": economy,
    "institutions": institutions,
    "survey": survey,
    "media": media,
    "events": events,
    "watch": watch,
    "forecasts": forecasts,
    "warnings": warnings,
    "quality": quality,
    "method": method,
    "reasons": reasons,
    "about": _nothing_more,
}
FOOT = ("method", "reasons", "about")
LINKED = ("decisions",)
"""Pages that stand in no navigation: the page they belong to leads to them."""


def site(release: Release) -> Iterator[tuple[str, bytes]]:
    """Every file as (path, bytes): `kk/index.html` and so on, charts, one style sheet and its fonts."""
    from importlib.resources import files

    yield "style.css", files("kelisim.publish").joinpath("templates/style.css").read_bytes()
    for name, data in web_fonts().items():
        yield f"fonts/{name}", data
    environment = _environment()
    for language in release.study.languages:
        view = View(release, language)
        for page, prepare in PAGES.items():
            yield from _page(environment, view, page, page, prepare(view))
        for area_id in view.areas_with_page():
            yield from _page(environment, view, "area", f"area-{area_id}", area(view, area_id))
        for note in release.waves:
            yield from _page(environment, view, "wave", f"wave-{note.wave_id}", wave(view, note))
        cells: dict[str, list[Figure]] = defaultdict(list)
        for figure in release.figures:
            cells[view.cell_page(figure)].append(figure)
        for key, figures in cells.items():
            yield from _page(environment, view, "cells", f"cells-{key}", {"figures": figures})


def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=PackageLoader("kelisim.publish"),
        undefined=StrictUndefined,
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _page(
    environment: Any, view: View, template: str, page: str, more: Mapping[str, Any]
) -> Iterator[tuple[str, bytes]]:
    word: Callable[[str], str] = view.speaker.word
    charts = more.get("charts", {}).values()
    drawn = {chart.name: drawing.svg(chart.spec, view.language) for chart in charts}
    inside = {
        chart.name: drawing.inline(drawn[chart.name], f"{chart.title}. {chart.alt}") for chart in charts
    }
    text: str = environment.get_template(f"{template}.html").render(
        view=view, word=word, say=view.speaker, study=view.study, release=view.release, pages=tuple(PAGES),
        foot=FOOT, linked=LINKED, page=page, language=view.language, drawn=inside, **more,
    )  # fmt: skip
    if view.language == "ru":
        # A date that ends a Russian sentence brings the point with it.
        text = _TWO_POINTS.sub(r"\1", text)
    yield f"{view.language}/{page}.html", text.encode()
    for chart in charts:
        yield f"{view.language}/{chart.name}.svg", drawn[chart.name]
        yield f"{view.language}/{chart.name}.png", drawing.png(chart.spec, view.language)
