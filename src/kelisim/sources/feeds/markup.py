"""HTML of a feed or page to plain text, without building a tree that a deep page could break."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

__all__ = ["plain_text"]

_HIDDEN = ("script", "style", "noscript", "template", "head", "iframe", "svg", "object")
_BLOCKS = frozenset(
    [
        "p",
        "br",
        "div",
        "li",
        "ul",
        "ol",
        "tr",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "section",
        "article",
        "figure",
        "pre",
        "hr",
    ]
)
_SPACES = re.compile(r"[ \t\f\v\u00a0\u202f]+")
_LINES = re.compile(r" ?\n[ \n]*")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")
        if tag in _HIDDEN and not self._hidden:
            self._hidden = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = ""
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def plain_text(html: str) -> str:
    """The words of a piece of HTML, one line per block.

    >>> plain_text("<p>Түркістан &amp; Сайрам<br>бүгін</p><script>x()</script>")
    'Түркістан & Сайрам\\nбүгін'
    """
    if "<" not in html:
        text = unescape(html) if "&" in html else html
    else:
        reader = _Reader()
        reader.feed(html)
        reader.close()
        text = "".join(reader.parts)
    return _LINES.sub("\n", _SPACES.sub(" ", text)).strip()
