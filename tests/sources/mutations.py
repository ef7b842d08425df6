"""Ways in which files go wrong: bytes are cut, doubled and changed, words are moved and replaced."""

from __future__ import annotations

import re

from hypothesis import strategies as st

__all__ = ["mutated"]

_WORDS = re.compile(rb"[^\s,;:{}\[\]\"]+")
_SIGNS = [*"\x00\r\n\t\"',;|\\#~%", "\u202e", "\u200b", "\u0301", "\U0001f600", "\u2028", "Ә", "ў", "\ufffd"]
_NUMBERS = ["1e400", "NaN", "Infinity", ".inf", "-1", "0", "0.5", "1,000", "1.000", "٣"]
_DATES = ["2024-13-45", "0001-01-01", "9999-12-31", "2024"]
_YAML = ["null", "true", "{}", "[]", "*a", "&a x", "<<:", "!!set", "? ", "| ", "> ", "---", "...", ": ", "- "]
_PLACES = ["total", "other", "../x", "/etc/passwd", "<script>", "{{x}}", "$x$"]
_ODD = [word.encode() for word in (*_SIGNS, *_NUMBERS, *_DATES, *_YAML, *_PLACES)]
_ODD += [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"9" * 400, b"x" * 140_000]


@st.composite
def mutated(draw: st.DrawFn, whole: bytes) -> bytes:
    """The bytes of a valid file with one to four changes."""
    data = whole
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        end = min(len(data), at + draw(st.sampled_from((0, 1, 2, 5, 20, 200))))
        kind = draw(st.sampled_from(("put", "put", "cut", "double", "byte", "word", "word", "swap", "end")))
        words = [match.span() for match in _WORDS.finditer(data)]
        if kind == "put":
            data = data[:at] + draw(st.sampled_from(_ODD)) + data[end:]
        elif kind == "cut":
            data = data[:at] + data[end:]
        elif kind == "double":
            data = data[:end] + data[at:]
        elif kind == "byte":
            data = data[:at] + bytes([draw(st.integers(0, 255))]) + data[at + 1 :]
        elif kind == "end":
            data = data[:at]
        elif words:
            start, stop = draw(st.sampled_from(words))
            other = draw(st.sampled_from(words))
            new = draw(st.sampled_from(_ODD)) if kind == "word" else data[slice(*other)]
            data = data[:start] + new + data[stop:]
    return data
