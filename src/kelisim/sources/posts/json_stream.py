"""JSON of any size, one record at a time: elements of the arrays that hold records, and the words beside
them.

A whole export of a network may have gigabytes, and a cut-off download is still an export up to the cut. So
the file is walked through here: what lies on the way down to an array of records is remembered as context,
the elements of the array are decoded one by one, and where the text breaks, what came before it is kept.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Collection, Iterator
from typing import Any, BinaryIO

__all__ = ["BrokenJson", "elements"]

_STEP = 2**20
_LONGEST = 64 * 2**20
_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"[0-9.eE+-]{0,400}")
_DECODER = json.JSONDecoder()
_DEEPEST = 12


class BrokenJson(ValueError):
    """The text is no JSON from here on. record : number of the last whole record before it."""

    def __init__(self, record: int, reason: str) -> None:
        super().__init__(reason)
        self.record = record
        self.reason = reason


def elements(stream: BinaryIO, arrays: Collection[str]) -> Iterator[tuple[dict[str, Any], Any]]:
    """Elements of every array that stands under one of the keys `arrays` ("" for the outermost), in order.

    Objects on the way are walked into; an array under another key is walked into too, so that chats in a list
    of chats are found. Yields (context, element): context holds the plain values met beside the array so far.
    Raises: BrokenJson after the last element that could be read.
    """
    walk = _Walk(stream, arrays)
    yield from walk.value("", {}, 0)


class _Walk:
    def __init__(self, stream: BinaryIO, arrays: Collection[str]) -> None:
        self._stream = stream
        self._arrays = arrays
        self._code: codecs.IncrementalDecoder | None = None
        self._text = ""
        self._at = 0
        self._ended = False
        self._records = 0

    def value(self, key: str, context: dict[str, Any], depth: int) -> Iterator[tuple[dict[str, Any], Any]]:
        sign = self._peek()
        if depth > _DEEPEST:
            self._skip()
        elif sign == "[" and key in self._arrays:
            yield from self._records_of(context)
        elif sign == "{":
            yield from self._object(dict(context), depth)
        elif sign == "[":
            yield from self._list(key, context, depth)
        else:
            self._skip()

    def _object(self, context: dict[str, Any], depth: int) -> Iterator[tuple[dict[str, Any], Any]]:
        self._take("{")
        if self._peek() == "}":
            self._take("}")
            return
        while True:
            key = self._decode()
            if not isinstance(key, str):
                raise self._broken("a key is no text")
            self._take(":")
            if self._peek() in "{[":
                yield from self.value(key, context, depth + 1)
            else:
                context[key] = self._decode()
            if self._peek() == "}":
                self._take("}")
                return
            self._take(",")

    def _list(self, key: str, context: dict[str, Any], depth: int) -> Iterator[tuple[dict[str, Any], Any]]:
        for _ in self._each():
            if self._peek() in "{[":
                yield from self.value(key, context, depth + 1)
            else:
                self._skip()

    def _records_of(self, context: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Any]]:
        for _ in self._each():
            element = self._decode()
            self._records += 1
            yield context, element

    def _each(self) -> Iterator[None]:
        self._take("[")
        if self._peek() == "]":
            self._take("]")
            return
        while True:
            yield
            if self._peek() == "]":
                self._take("]")
                return
            self._take(",")

    def _skip(self) -> None:
        self._decode()

    def _peek(self) -> str:
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                raise self._broken("the file ends in the middle")

    def _take(self, sign: str) -> None:
        if self._peek() != sign:
            raise self._broken(f"'{sign}' was expected and '{self._text[self._at]}' stands there")
        self._at += 1

    def _decode(self) -> Any:
        self._peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                unfinished = error.pos >= len(self._text) - 16 or error.msg.startswith("Unterminated string")
                if unfinished and len(self._text) - self._at < _LONGEST and self._more():
                    continue
                raise self._broken(f"it is no JSON there ({error.msg})") from error
            except (RecursionError, ValueError) as error:
                raise self._broken(f"a record cannot be read ({type(error).__name__})") from error
            # A number at the edge of what was read may go on behind it.
            if (
                not isinstance(value, str | dict | list)
                and _NUMBER.fullmatch(self._text, end)
                and self._more()
            ):
                continue
            self._at = end
            return value

    def _more(self) -> bool:
        if self._ended:
            return False
        rest = self._text[self._at :]
        # As much again as is waiting, so that a long record is not decoded over and over.
        try:
            data = self._stream.read(max(_STEP, len(rest)))
            if self._code is None:
                self._code = _decoder_of(data[:4])
            self._text = rest + self._code.decode(data, final=not data)
        except UnicodeDecodeError as error:
            raise self._broken(
                f"its letters are not in the code it is written in ({error.reason})"
            ) from error
        self._at = 0
        if not data:
            self._ended = True
            return len(self._text) > len(rest)
        return True

    def _broken(self, reason: str) -> BrokenJson:
        return BrokenJson(self._records, reason)


def _decoder_of(start: bytes) -> codecs.IncrementalDecoder:
    wide = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return codecs.getincrementaldecoder("utf-16" if wide else "utf-8-sig")()
