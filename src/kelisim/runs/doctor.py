"""What a run needs of the machine, looked at before it starts."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

__all__ = ["Line", "examine"]

_LETTERS = "ӘҒҚҢӨҰҮҺІәғқңөұүһі"
_PARTS = ("babel", "jinja2", "typst", "fontTools", "fontpkg_noto_sans", "vl_convert")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at: whether it is well, whether a run needs it, and what to do otherwise."""

    well: bool
    needed: bool
    words: str


def examine(out: Path) -> list[Line]:
    """Look at report parts, font, rights to write beside `out`, and Java (needed for form checks only)."""
    missing = [name for name in _PARTS if find_spec(name) is None]
    parts = (
        "report parts" if not missing else f"report parts: install kelisim[reports] ({', '.join(missing)})"
    )
    lines = [Line(not missing, True, parts)]
    if not missing:
        lost = _letters_lost()
        words = "font with all Kazakh letters" if not lost else f"the font lacks {lost}; install it again"
        lines.append(Line(not lost, True, words))
    place = out.absolute()
    while not place.exists():
        place = place.parent
    writable = place.is_dir() and os.access(place, os.W_OK)
    words = f"may write to {out}" if writable else f"may not write to {place}; name another folder with --out"
    lines.append(Line(writable, True, words))
    java = shutil.which("java") is not None
    lines.append(Line(java, False, "Java (optional, for checks of survey forms)"))
    return lines


def _letters_lost() -> str:
    from importlib.resources import files

    from fontTools.ttLib import TTFont

    package = Path(str(files("fontpkg_noto_sans")))
    with TTFont(min(p for p in package.rglob("*.ttf") if "Italic" not in p.name), lazy=True) as font:
        known = font.getBestCmap()
    return "".join(letter for letter in _LETTERS if ord(letter) not in known)
