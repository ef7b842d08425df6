"""An export as people have it, opened by its content: file or zip, JSON, lines, table, workbook or web
archive.

The layout is told by what stands in the records, not by the name of the file. Every record that is met is
taken, set aside with a reason, or counted among those that are no texts; nothing else can happen to it.
"""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from kelisim.core.errors import Fault, Refused
from kelisim.sources.encodings import one_byte_code
from kelisim.sources.posts.archive import Member, check_members
from kelisim.sources.posts.json_stream import BrokenJson, elements
from kelisim.sources.posts.layout import Context, Gone, Layout, Passed
from kelisim.sources.posts.meta import FACEBOOK_COMMENTS, FACEBOOK_POSTS, INSTAGRAM_COMMENTS, INSTAGRAM_POSTS
from kelisim.sources.posts.tables import FOURCAT, plain_layout
from kelisim.sources.posts.telegram import TELEGRAM
from kelisim.sources.posts.text_table import header_of, table_rows
from kelisim.sources.posts.vk import VK, VK_LINES
from kelisim.sources.posts.web_archive import is_web_archive, pages_of
from kelisim.sources.posts.youtube import YOUTUBE_DATA_TOOLS, YOUTUBE_INTERFACE, YOUTUBE_TAKEOUT, YT_DLP
from kelisim.sources.posts.zeeschuimer import (
    ZEESCHUIMER_FACEBOOK,
    ZEESCHUIMER_INSTAGRAM,
    platform_of_envelope,
)
from kelisim.sources.records import Aside, Given
from kelisim.sources.responses.text_rows import opened_plain

__all__ = ["LAYOUTS", "Export", "ReadAs"]

LAYOUTS = (
    TELEGRAM, INSTAGRAM_POSTS, INSTAGRAM_COMMENTS, FACEBOOK_COMMENTS, FACEBOOK_POSTS, YOUTUBE_INTERFACE,
    YT_DLP, VK, ZEESCHUIMER_INSTAGRAM, ZEESCHUIMER_FACEBOOK, VK_LINES, YOUTUBE_TAKEOUT, YOUTUBE_DATA_TOOLS,
    FOURCAT,
)  # fmt: skip
_LOOK_AT = 50
_LONGEST_TEXT = 1_000_000
_LONGEST_LINE = 64 * 2**20
_MEDIA = (
    ".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic", ".mp4", ".mov", ".mp3", ".ogg", ".oga", ".tgs", 
    ".webm", ".pdf", ".css", ".js", ".svg", ".ico", ".srt", ".vtt",
)  # fmt: skip
_HTML = (b"<!doctype html", b"<html")
_XLSX = b"PK\x03\x04"

Opener = Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class ReadAs:
    """How a person says a file is to be read.

    platform : "" for whatever its content says; columns : for plain tables, meaning -> name of the column
    kind : of the rows of a plain table; sheet : of a workbook
    """

    zone: ZoneInfo
    platform: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    kind: str = "post"
    sheet: str | None = None


class Export:
    """One export. Iterate it once; the counts are whole afterwards.

    how : layouts that were met; read : records met; gone : field -> records in which it is gone
    passed : what was no text -> how often; skipped : members of an archive that hold no texts
    platform : what the records are of, "" where the layout does not say
    """

    def __init__(self, path: Path, how_to: ReadAs) -> None:
        self.file = path.name
        self.how: list[str] = []
        self.platform = how_to.platform
        self.read = 0
        self.gone: Counter[str] = Counter()
        self.passed: Counter[str] = Counter()
        self.skipped: list[str] = []
        self._path = path
        self._ask = how_to

    def __iter__(self) -> Iterator[Given | Aside]:
        with opened_plain(self._path) as file:
            start = file.read(4)
        if start == _XLSX and not self._is_workbook():
            yield from self._archive()
            return
        found = self._opened(self.file, lambda: opened_plain(self._path), start == _XLSX)
        if found is None:
            raise self._unknown(self.file)
        yield from found

    def _is_workbook(self) -> bool:
        try:
            with zipfile.ZipFile(self._path) as archive:
                return "[Content_Types].xml" in archive.namelist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise _refused(self.file, "the archive is damaged or cut short.", "download it again.") from error

    def _archive(self) -> Iterator[Given | Aside]:
        """Members are read inside the archive; nothing of it is written to the disk."""
        with zipfile.ZipFile(self._path) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            check_members(members, self.file)
            any_found = False
            for member in sorted(members, key=lambda one: one.filename):
                if member.filename.lower().endswith(_MEDIA):
                    self.skipped.append(member.filename)
                    continue
                damage: list[str] = []

                def open_member(member: zipfile.ZipInfo = member, damage: list[str] = damage) -> BinaryIO:
                    return Member(archive, member, damage)  # type: ignore[return-value]

                found = self._opened(member.filename, open_member, False)
                if found is not None:
                    yield from found
                elif not damage:
                    self.skipped.append(member.filename)
                any_found |= found is not None or bool(damage)
                if damage:
                    self.read += 1
                    yield Aside(self.read, "archive", f"a file in it is damaged ({damage[0]}).")
            if not any_found:
                raise self._unknown(self.file)

    def _opened(self, name: str, open_file: Opener, workbook: bool) -> Iterator[Given | Aside] | None:
        """The records of one file; None where no layout fits."""
        if workbook:
            return self._workbook(name)
        with open_file() as stream:
            start = stream.read(65_536)
        plain = start.decode("utf-16", errors="ignore") if start[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
        head = (plain.encode() if plain else start).lstrip(b"\xef\xbb\xbf \t\r\n")
        if is_web_archive(start):
            self.how.append("web archive")
            return self._counted(pages_of(open_file, self._ask.zone), None)
        if head.lower().startswith(_HTML):
            return None
        if not head:
            return None
        if head[:1] in b"{[":
            return self._json(name, open_file)
        return self._table(name, open_file)

    def _json(self, name: str, open_file: Opener) -> Iterator[Given | Aside] | None:
        lines = self._layouts("lines")
        with open_file() as stream:
            sample = list(islice(_lines_of(stream), _LOOK_AT))
        records = [record for _, record in sample if isinstance(record, Mapping)]
        if len(records) > 1 or (records and len(sample) == 1):
            layout = _best(lines, [(record, {}) for record in records])
            if layout is not None:
                self._met(layout)
                return self._counted(_numbered_lines(open_file), layout)
            strange = {platform_of_envelope(record) for record in records} - {""}
            if strange:
                raise self._not_read(name, ", ".join(sorted(strange)))
        layouts = self._layouts("json")
        with open_file() as stream:
            arrays = {key for layout in layouts for key in layout.arrays}
            pairs: list[tuple[Mapping[str, Any], Mapping[str, Any]]] = []
            try:
                for context, element in islice(elements(stream, arrays), _LOOK_AT):
                    if isinstance(element, Mapping):
                        pairs.append((element, context))
            except BrokenJson:
                pass
        layout = _best(layouts, pairs)
        if layout is None:
            return None
        self._met(layout)
        return self._counted(_json_records(open_file, layout.arrays), layout)

    def _table(self, name: str, open_file: Opener) -> Iterator[Given | Aside] | None:
        if self._ask.columns:
            layouts = [plain_layout(self._ask.columns, self._ask.kind)]
        else:
            layouts = self._layouts("table")
        header, delimiter = header_of(open_file, sorted(set().union(*(one.columns for one in layouts))))
        layout = next((one for one in layouts if one.columns <= set(header)), None)
        if layout is None:
            if self._ask.columns:
                raise _no_column(name, layouts[0].columns - set(header), header)
            return None
        self._met(layout)
        return self._counted(
            ((k, {}, row) for k, row in enumerate(table_rows(open_file, header, delimiter, name), start=2)),
            layout,
        )

    def _workbook(self, name: str) -> Iterator[Given | Aside] | None:
        from kelisim.sources.xlsx import read_xlsx

        data = self._path.read_bytes()
        sheet = read_xlsx(data, name, self._ask.sheet)
        first = next((k for k, row in enumerate(sheet.texts) if any(row)), None)
        if first is None:
            raise _refused(name, "the sheet is empty.", "name the sheet of the posts with --sheet.")
        header = [cell.strip() for cell in sheet.texts[first]]
        if self._ask.columns:
            layouts = [plain_layout(self._ask.columns, self._ask.kind)]
        else:
            layouts = self._layouts("table")
        layout = next((one for one in layouts if one.columns <= set(header)), None)
        if layout is None:
            if self._ask.columns:
                raise _no_column(name, layouts[0].columns - set(header), header)
            return None
        self._met(layout)
        rows: Iterator[tuple[int, Mapping[str, Any], Any]] = (
            (sheet.lines[k], {}, dict(zip(header, sheet.texts[k], strict=True)))
            for k in range(first + 1, len(sheet.texts))
            if any(sheet.texts[k])
        )
        return self._counted(rows, layout)

    def _layouts(self, kind: str) -> list[Layout]:
        wanted = self._ask.platform
        return [one for one in LAYOUTS if one.kind == kind and (not wanted or one.platform in (None, wanted))]

    def _met(self, layout: Layout) -> None:
        if layout.name not in self.how:
            self.how.append(layout.name)
        self.platform = self.platform or (layout.platform or "")

    def _counted(
        self, records: Iterator[tuple[int, Mapping[str, Any], Any]], layout: Layout | None
    ) -> Iterator[Given | Aside]:
        for number, beside, record in records:
            self.read += 1
            if isinstance(record, Given | Aside):
                yield record
            elif isinstance(record, Passed):
                self.passed[record.what] += 1
            elif layout is None or not isinstance(record, Mapping):
                yield Aside(number, "record", "it is no record of posts.")
            else:
                yield from self._outcomes(record, Context(beside, self._ask.zone, number), layout)

    def _outcomes(
        self, record: Mapping[str, Any], context: Context, layout: Layout
    ) -> Iterator[Given | Aside]:
        try:
            for outcome in layout.read(record, context):
                if isinstance(outcome, Passed):
                    self.passed[outcome.what] += 1
                elif isinstance(outcome, Given) and len(outcome.text) > _LONGEST_TEXT:
                    reason = f"it has {len(outcome.text):,} characters; up to {_LONGEST_TEXT:,} are taken."
                    yield Aside(context.number, "text", reason, outcome.text[:500])
                else:
                    yield outcome
        except Gone as gone:
            self.gone[gone.name] += 1
            yield Aside(context.number, gone.name, str(gone), _said(record))
        except (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError) as error:
            # A record shaped as no version known here: it costs itself, and is named.
            yield Aside(
                context.number, "record", f"it cannot be read ({type(error).__name__}).", _said(record)
            )

    def _unknown(self, name: str) -> Refused:
        with opened_plain(self._path) as file:
            start = file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        if not start:
            return _refused(name, "the file is empty.", "export it again.")
        if start.startswith(_HTML):
            way_out = "ask the platform for the download in JSON; for web pages give a WARC file."
            return _refused(name, "this is the HTML form of an export.", way_out)
        known = ", ".join(
            dict.fromkeys(one.name for one in LAYOUTS if self._ask.platform in ("", one.platform))
        )
        way_out = (
            f"known layouts: {known or 'none'}; for a table of your own name its columns: --column text=..."
        )
        return _refused(name, "its layout is none that is known here.", way_out)

    def _not_read(self, name: str, platforms: str) -> Refused:
        wanted = f" as {self._ask.platform}" if self._ask.platform else ""
        way_out = "of Zeeschuimer Instagram and Facebook are read; others through 4CAT as CSV."
        return _refused(name, f"Zeeschuimer wrote it from {platforms}, which is not read{wanted}.", way_out)


def _best(layouts: list[Layout], pairs: list[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> Layout | None:
    scores = [
        (sum(one.fits(record, beside) for record, beside in pairs), -k) for k, one in enumerate(layouts)
    ]
    if not scores or max(scores)[0] == 0:
        return None
    return layouts[-max(scores)[1]]


def _json_records(open_file: Opener, arrays: tuple[str, ...]) -> Iterator[tuple[int, Mapping[str, Any], Any]]:
    number = 0
    with open_file() as stream:
        try:
            for context, element in elements(stream, arrays):
                number += 1
                yield number, context, element
        except BrokenJson as broken:
            reason = f"after record {broken.record} {broken.reason}; what follows was not read."
            yield number + 1, {}, Aside(number + 1, "file", reason)


def _lines_of(stream: BinaryIO) -> Iterator[tuple[int, Any]]:
    number = 0
    code: str | None = None
    while line := stream.readline(_LONGEST_LINE):
        number += 1
        body = line.strip(b"\xef\xbb\xbf \t\r\n")
        if not body:
            continue
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            try:
                code = code or one_byte_code(body, "line")
                text = body.decode(code)
            except (Refused, UnicodeDecodeError):
                yield number, Aside(number, "line", "its letters are in no code that can be told.")
                continue
        try:
            yield number, json.loads(text)
        except (ValueError, RecursionError) as error:
            told = getattr(error, "msg", type(error).__name__)
            yield number, Aside(number, "line", f"it is no whole JSON ({told}).")


def _numbered_lines(open_file: Opener) -> Iterator[tuple[int, Mapping[str, Any], Any]]:
    with open_file() as stream:
        for number, record in _lines_of(stream):
            yield number, {}, record


def _said(record: Mapping[str, Any]) -> str:
    """What a record says, for the file of those set aside; whatever else it holds stays where it is."""
    for name in ("text", "body", "caption", "message", "comment", "title"):
        value = record.get(name)
        if isinstance(value, str):
            return value[:500]
    return ""


def _no_column(file: str, missing: frozenset[str], header: Any) -> Refused:
    way_out = f"the header has: {', '.join(list(header)[:20])}."
    return Refused([Fault(file, 1, name, "there is no such column.", way_out) for name in sorted(missing)])


def _refused(file: str, reason: str, way_out: str) -> Refused:
    return Refused([Fault(file, None, "", reason, way_out)])
