"""Fonts of pages, bulletin and charts: upright and bold cuts of Noto Sans, made once from its package.

The package holds one variable font of all scripts; PDF and SVG need a file per weight, and a page loads
faster with Latin and Cyrillic alone (the letters of Kazakh, Russian, Uzbek, Tajik, English are all there).
"""

from __future__ import annotations

import hashlib
import tempfile
from functools import cache, partial
from pathlib import Path

from kelisim.publish.cache import cache_folder, kept

__all__ = ["FAMILY", "font_folder", "font_version", "web_fonts"]

FAMILY = "Noto Sans"
# Raised when this module cuts the same font differently: kept cuts and drawings are then made anew.
_EDITION = 2
_WEIGHTS = (400, 700)
# Latin, combining marks, Greek and Cyrillic; Latin additional; punctuation, currency, arrows, mathematics.
_LETTERS = (range(0x20, 0x250), range(0x300, 0x530), range(0x1E00, 0x1F00), range(0x2000, 0x2300))


def web_fonts() -> dict[str, bytes]:
    """The cuts as WOFF files for pages, by file name, so that a page looks the same on every machine."""
    return {
        f"noto-sans-{weight}.woff": kept(f"woff-{weight}", font_version(), partial(_cut, weight, "woff"))
        for weight in _WEIGHTS
    }


def _variable_font() -> Path:
    from importlib.resources import files

    package = Path(str(files("fontpkg_noto_sans")))
    return min(path for path in package.rglob("*.ttf") if "Italic" not in path.name)


@cache
def font_version() -> str:
    """What tells one edition of the font from another."""
    from importlib.metadata import version

    return f"{version('fontpkg-noto-sans')} fonttools {version('fonttools')} edition {_EDITION}"


@cache
def font_folder() -> str:
    """A folder with one file per weight and nothing else. The cuts are kept between runs."""
    cuts = {weight: kept(f"font-{weight}", font_version(), partial(_cut, weight)) for weight in _WEIGHTS}
    digest = hashlib.sha256(b"".join(cuts.values())).hexdigest()[:16]
    home = cache_folder()
    folder = home / f"fonts-{digest}" if home is not None else Path(tempfile.mkdtemp(prefix="kelisim-fonts-"))
    folder.mkdir(mode=0o700, exist_ok=True)
    for weight, data in cuts.items():
        path = folder / f"NotoSans-{weight}.ttf"
        if not path.exists() or path.read_bytes() != data:
            # Aside in the parent folder: another run may be reading this folder for its fonts.
            with tempfile.NamedTemporaryFile(dir=folder.parent, prefix=".font-", delete=False) as aside:
                aside.write(data)
            Path(aside.name).replace(path)
    return str(folder)


def _cut(weight: int, flavour: str | None = None) -> bytes:
    import io

    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    # Letters first: cutting the whole font takes twice as long.
    options = subset.Options(layout_features=["kern", "mark", "mkmk", "ccmp", "locl"], notdef_outline=True)
    chosen = subset.Subsetter(options)
    chosen.populate(unicodes=[code for letters in _LETTERS for code in letters])
    small, out = io.BytesIO(), io.BytesIO()
    with TTFont(_variable_font(), recalcTimestamp=False) as font:
        chosen.subset(font)
        font.save(small)
    small.seek(0)
    with TTFont(small, recalcTimestamp=False) as font:
        axes = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes} | {"wght": weight}
        cut = instantiateVariableFont(font, axes, inplace=True, updateFontNames=True)
        cut.flavor = flavour
        cut.save(out)
    return out.getvalue()
