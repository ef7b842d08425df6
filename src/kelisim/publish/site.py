"""The static site: pages in three languages that open from a folder, without script or outside request.

A page is a template of the same name. What a page needs beyond the `View` is prepared by a function in
`publish.pages`, named in `PAGES`; the order of `PAGES` is the order of the navigation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from kelisim.core.estimates import Figure
from kelisim.disclosure.release import Release
from kelisim.publish.pages.demography import area_sheets, demography
from kelisim.publish.pages.map import maps
from kelisim.publish.pages.method import method
from kelisim.publish.view import View

__all__ = ["PAGES", "site"]

Prepare = Callable[[View], Mapping[str, Any]]


def _nothing_more(view: View) -> Mapping[str, Any]:
    return {}


PAGES: dict[str, Prepare] = {
    "index": _nothing_more,
    "map": maps,
    "demography": demography,
    "economy": _nothing_more,
    "institutions": _nothing_more,
    "survey": _nothing_more,
    "media": _nothing_more,
    "events": _nothing_more,
    "quality": _nothing_more,
    "method": method,
    "about": _nothing_more,
}


def site(release: Release) -> Iterator[tuple[str, bytes]]:
    """Every page as (path, bytes): `kk/index.html` and so on, plus one style sheet."""
    from importlib.resources import files

    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=PackageLoader("kelisim.publish"),
        undefined=StrictUndefined,
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["area_sheets"] = area_sheets
    yield "style.css", files("kelisim.publish").joinpath("templates/style.css").read_bytes()
    for language in release.study.languages:
        view = View(release, language)
        render = partial(_page, environment, view)
        for page, prepare in PAGES.items():
            yield f"{language}/{page}.html", render(page, page, prepare(view))
        for area_id in view.areas_with_page():
            yield f"{language}/area-{area_id}.html", render("area", f"area-{area_id}", {"area_id": area_id})
        cells: dict[str, list[Figure]] = defaultdict(list)
        for figure in release.figures:
            cells[view.cell_page(figure)].append(figure)
        for key, figures in cells.items():
            yield f"{language}/cells-{key}.html", render("cells", f"cells-{key}", {"figures": figures})


def _page(environment: Any, view: View, template: str, page: str, more: Mapping[str, Any]) -> bytes:
    word: Callable[[str], str] = view.speaker.word
    text: str = environment.get_template(f"{template}.html").render(
        view=view, word=word, say=view.speaker, study=view.study, release=view.release, pages=tuple(PAGES),
        page=page, language=view.language, **more,
    )  # fmt: skip
    return text.encode()
