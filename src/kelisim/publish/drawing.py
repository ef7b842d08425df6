"""From a Vega-Lite specification to SVG or PNG, with our fonts, equal bytes for equal input, and no request.

vl-convert holds the interpreter lock while it draws, so drawings belong to a run and are kept by content.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from kelisim.core.languages import Language
from kelisim.publish.cache import kept
from kelisim.publish.fonts import FAMILY, font_folder, font_version

__all__ = ["inline", "png", "svg"]

# Raised when this module draws the same specification differently: kept drawings are then made anew.
_EDITION = 4
_INK, _QUIET = "#1d2a33", "#51626e"
_CONFIG = {
    "background": "white",
    "font": FAMILY,
    "aria": False,  # its own descriptions are English; the page gives the words beside the drawing
    "view": {"stroke": None},
    "title": {"anchor": "start", "fontSize": 15, "fontWeight": 700, "color": _INK, "subtitleColor": _QUIET,
              "subtitleFontSize": 12, "subtitlePadding": 4, "offset": 12},
    "axis": {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": 400, "labelColor": _INK,
             "titleColor": _QUIET, "gridColor": "#dde4e8", "domainColor": "#8d9ba4", "tickColor": "#8d9ba4",
             "labelLimit": 260, "labelPadding": 6},
    "legend": {"labelFontSize": 12, "titleFontSize": 12, "labelColor": _INK, "orient": "top",
               "labelLimit": 200, "symbolType": "square"},
}  # fmt: skip
_MONTHS = {
    "kk": "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан",
    "ru": "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
}
_SHORT_MONTHS = {
    "kk": "қаң ақп нау сәу мам мау шіл там қыр қаз қар жел",
    "ru": "янв фев мар апр май июн июл авг сен окт ноя дек",
}
_DAYS = {
    "kk": "жексенбі дүйсенбі сейсенбі сәрсенбі бейсенбі жұма сенбі",
    "ru": "воскресенье понедельник вторник среда четверг пятница суббота",
}
_SHORT_DAYS = {"kk": "жс дс сс ср бс жм сб", "ru": "вс пн вт ср чт пт сб"}


def svg(spec: Mapping[str, Any], language: Language) -> bytes:
    """The specification drawn as SVG. Data must stand in the specification: an address in it is refused."""
    return kept("svg", _recipe("svg", spec, language), lambda: _svg(spec, language))


def png(spec: Mapping[str, Any], language: Language) -> bytes:
    """The specification drawn as PNG, two pixels per unit, for slides and letters."""
    return kept("png", _recipe("png", spec, language), lambda: _png(spec, language))


def inline(drawn: bytes, alternative: str) -> str:
    """A drawing as part of a page: it takes the fonts of the page and says its text alternative."""
    from html import escape

    return drawn.decode().replace("<svg ", f'<svg role="img" aria-label="{escape(alternative)}" ', 1)


def _recipe(form: str, spec: Mapping[str, Any], language: Language) -> str:
    from importlib.metadata import version

    parts = [_EDITION, form, language, version("vl-convert-python"), font_version(), _CONFIG, spec]
    return json.dumps(parts, sort_keys=True, ensure_ascii=False)


def _options(language: Language) -> dict[str, Any]:
    options: dict[str, Any] = {"config": _CONFIG, "allowed_base_urls": []}
    if language != "en":
        space = "\N{NO-BREAK SPACE}"
        options["format_locale"] = {
            "decimal": ",", "thousands": space, "grouping": [3], "currency": ["", ""], "percent": f"{space}%",
        }  # fmt: skip
        options["time_format_locale"] = {
            "dateTime": "%d.%m.%Y %H:%M", "date": "%d.%m.%Y", "time": "%H:%M", "periods": ["", ""],
            "days": _DAYS[language].split(), "shortDays": _SHORT_DAYS[language].split(),
            "months": _MONTHS[language].split(), "shortMonths": _SHORT_MONTHS[language].split(),
        }  # fmt: skip
    return options


@cache
def _painter() -> Any:
    import vl_convert

    vl_convert.register_font_directory(font_folder())
    return vl_convert


def _svg(spec: Mapping[str, Any], language: Language) -> bytes:
    drawn: str = _painter().vegalite_to_svg(json.dumps(spec), **_options(language))
    # A machine without our font must not fall back to one with serifs.
    drawn = drawn.replace(f'font-family="{FAMILY}"', f'font-family="{FAMILY}, sans-serif"')
    # Roles of the engine's own parts are named in English, and a reader has the words beside the drawing.
    drawn = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", drawn)
    return _own_ids(drawn, spec).encode()


def _png(spec: Mapping[str, Any], language: Language) -> bytes:
    drawn: bytes = _painter().vegalite_to_png(json.dumps(spec), scale=2, **_options(language))
    return drawn


def _own_ids(drawn: str, spec: Mapping[str, Any]) -> str:
    # The engine counts its ids per process: two drawings would differ in bytes and clash on one page.
    digest = hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()[:10]
    for number, name in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]+)"', drawn))):
        own = f"k{digest}-{number}"
        drawn = drawn.replace(f'id="{name}"', f'id="{own}"')
        drawn = drawn.replace(f"url(#{name})", f"url(#{own})").replace(f'href="#{name}"', f'href="#{own}"')
    return drawn
