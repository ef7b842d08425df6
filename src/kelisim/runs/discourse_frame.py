"""The texts at hand as a frame of families: read from Parquet or CSV, joined with labels, one row a family.

Columns have the names of the kernel's schemas (`item_id`, `text`, `lang` ...); a file that calls them
otherwise is told by pairs. Of several versions of an item the last counts. A family without a number of its
own is all items whose text is the same but for case, accents of typing and spaces; near copies need the
families that annotation finds. Everything wrong with a file is told in one message.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np

from kelisim.core.errors import Fault, Refused
from kelisim.evidence.discourse.gold import Frame
from kelisim.sources.delimited import read_delimited
from kelisim.sources.files import read_linked
from kelisim.store.coding import Domain

__all__ = ["COLUMNS", "Span", "Texts", "domains_of", "read_texts"]

Span = Literal["month", "quarter", "year", "all"]
COLUMNS = {
    "text": "the text, after the door",
    "item_id": "number of the item; the line of a CSV file where it is missing",
    "lang": "language, such as kk or ru",
    "posted_at": "day or moment it was posted",
    "day": "civil day it was posted, where the file tells it apart from the moment",
    "source_id": "portal or account it stands in",
    "author_key": "digest of the author; the source stands in for it where it is missing",
    "family_id": "family of near copies",
    "groups": "groups the text names, joined by ;",
    "score": "machine score, for strata",
    "predicted": "class a machine gave, for strata",
    "letterless": "whether Kazakh is typed without its letters; told from the text where missing",
    "bundle": "version of the labels",
}
_NEEDED = ("text", "lang", "posted_at", "source_id")
_LETTERS = re.compile("[әғқңөұүһі]", re.IGNORECASE)
_CYRILLIC = re.compile("[а-я]", re.IGNORECASE)
_MOST_FAULTS = 60


@dataclass(frozen=True, eq=False)
class Texts:
    """Families with their texts, and what is known of the whole.

    texts, groups : of each family, its first text and the groups it names
    authors : of each family, digests of the authors of its items
    last_days : "kk/2024-05" -> last day; bundle : version of the labels, "" where none is told
    undated, wordless : items left out, since they have no day or no text
    """

    frame: Frame
    texts: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    authors: tuple[frozenset[str], ...]
    last_days: Mapping[str, date]
    bundle: str
    file: str
    digest: str
    items: int
    undated: int
    wordless: int

    def cell(self, row: int) -> str:
        """Language and period of a family, "kk/2024-05"."""
        return f"{self.frame.language[row]}/{self.frame.period[row]}"

    def author_counts(self) -> dict[str, int]:
        """Distinct authors of each language and period."""
        return _authors_by(self, range(len(self.frame)))


def read_texts(
    path: Path,
    *,
    span: Span,
    labels: Sequence[Path] = (),
    names: Mapping[str, str] | None = None,
    group: str | None = None,
) -> Texts:
    """Read the texts of a file, or of a folder of Parquet files.

    span : length of a period; labels : Parquet of `kelisim discourse annotate`, and of families, joined by
        item_id, or by the `id` or `row` that a bare file was labelled with
    names : column of `COLUMNS` -> what the file calls it; group : keep texts that name this group
    Raises: Refused with every fault.
    """
    columns, digest = _columns(path, names or {})
    for one in labels:
        _join(columns, one)
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        hint = "name it, --column {0}=HEADING, or give the labels of `kelisim discourse annotate`, --labels."
        raise Refused(
            [Fault(path.name, None, name, "there is no such column.", hint.format(name)) for name in missing]
        )
    rows, undated = _rows(columns, path.name, span)
    wordless = len(columns["text"]) - len(rows) - undated
    if group is not None:
        rows = [row for row in rows if group in row.groups]
        if not rows:
            reason = f"no text names the group '{group}'."
            raise Refused([Fault(path.name, None, "groups", reason, "name a group as the labels write it.")])
    return replace(_families(rows, path.name, digest), undated=undated, wordless=wordless)


def domains_of(texts: Texts, owner: np.ndarray[Any, Any], strata: int) -> dict[str, Domain]:
    """For every group named: families and items by stratum, and authors by language and period."""
    made = {}
    for name in sorted({name for groups in texts.groups for name in groups}):
        rows = [row for row, groups in enumerate(texts.groups) if name in groups]
        places = owner[rows]
        items = np.bincount(places, weights=texts.frame.size[rows], minlength=strata)
        made[name] = Domain(
            families=tuple(np.bincount(places, minlength=strata).tolist()),
            items=tuple(int(n) for n in items),
            authors=_authors_by(texts, rows),
        )
    return made


@dataclass(frozen=True, slots=True)
class _Row:
    family: str
    item: int
    day: date
    moment: str
    language: str
    period: str
    source: str
    author: str
    text: str
    groups: tuple[str, ...]
    letterless: bool
    score: float
    predicted: str
    bundle: str


def _columns(path: Path, names: Mapping[str, str]) -> tuple[dict[str, list[Any]], str]:
    """The columns that a file has of those known, and the digest of what was read."""
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        way_out = f"take one of {', '.join(COLUMNS)}."
        raise Refused([Fault("--column", None, name, "no column is called so.", way_out) for name in unknown])
    called = {name: names.get(name, name) for name in COLUMNS}
    if path.is_dir() or path.suffix.lower() in (".parquet", ".pq"):
        return _parquet(path, {**called, "version": "version"})
    data, digest = read_linked(path)
    grid = read_delimited(data, path.name, list(called.values()))
    for name, heading in names.items():
        if heading not in grid.header:
            way_out = f"take one of {', '.join(grid.header)}."
            raise Refused([Fault(path.name, 1, heading, f"there is no such column for {name}.", way_out)])
    found = {name: grid.header.index(heading) for name, heading in called.items() if heading in grid.header}
    columns: dict[str, list[Any]] = {n: [row[place] for row in grid.rows] for n, place in found.items()}
    columns.setdefault("item_id", list(grid.lines))
    return columns, digest


def _parquet(path: Path, called: Mapping[str, str]) -> tuple[dict[str, list[Any]], str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    files = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
    digest = hashlib.sha256()
    made: dict[str, list[Any]] = {}
    read = 0
    try:
        for file in files:
            source = pq.ParquetFile(file)
            here = {name: head for name, head in called.items() if head in source.schema_arrow.names}
            table = source.read(columns=list(here.values()))
            for name, heading in here.items():
                made.setdefault(name, [None] * read).extend(table.column(heading).to_pylist())
            read += table.num_rows
            for values in made.values():
                values.extend([None] * (read - len(values)))
            with file.open("rb") as opened:
                digest.update(hashlib.file_digest(opened, "sha256").digest())
    except (pa.ArrowException, OSError) as error:
        reason = f"it cannot be read: {error}."
        raise Refused([Fault(path.name, None, "", reason, "give a Parquet or CSV file.")]) from error
    if not files:
        raise Refused(
            [Fault(path.name, None, "", "the folder holds no Parquet file.", "collect texts first.")]
        )
    return _last_versions(made), digest.hexdigest()


def _last_versions(columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
    versions = columns.pop("version", None)
    if versions is None or "item_id" not in columns:
        return columns
    last: dict[Any, int] = {}
    for row, item in enumerate(columns["item_id"]):
        if item not in last or (versions[row] or 0) >= (versions[last[item]] or 0):
            last[item] = row
    keep = sorted(last.values())
    return {name: [values[row] for row in keep] for name, values in columns.items()}


def _join(columns: dict[str, list[Any]], labels: Path) -> None:
    """Add what the labels say of each item: language, groups in the sense of a group, version."""
    wanted = (
        "item_id",
        "id",
        "row",
        "lang",
        "mentions",
        "text_key",
        "bundle",
        "score",
        "predicted",
        "family_id",
    )
    found, _ = _parquet(labels, {name: name for name in wanted})
    keys = {name: found.pop(name) for name in ("item_id", "id", "row") if name in found}
    if "item_id" not in columns or not keys:
        reason = "texts and labels share no number of the item."
        way_out = "name the column, --column item_id=HEADING, and label with --id HEADING."
        raise Refused([Fault(labels.name, None, "item_id", reason, way_out)])
    place = {str(item): row for row, item in enumerate(next(iter(keys.values())))}
    rows = [place.get(str(item)) for item in columns["item_id"]]
    lost = [
        str(i) for i, r, t in zip(columns["item_id"], rows, columns["text"], strict=True) if r is None and t
    ]
    if lost:
        reason = f"{len(lost)} texts have no label, among them {', '.join(lost[:3])}."
        raise Refused([Fault(labels.name, None, "item_id", reason, "annotate the texts anew.")])
    mentions = found.pop("mentions", None)
    if mentions is not None:
        found["groups"] = [";".join(_groups_named(told)) for told in mentions]
    equal = found.pop("text_key", None)
    if equal is not None:
        # Equal texts are one family until near copies are told by a table of families.
        columns["equal"] = [None if row is None else equal[row] for row in rows]
    for name, values in found.items():
        columns.setdefault(name, [None if row is None else values[row] for row in rows])


def _groups_named(mentions: Any) -> list[str]:
    named = (m["concept"] for m in mentions or () if m["sense"] == "group")
    return sorted({str(name) for name in named if name is not None})


def _rows(columns: Mapping[str, list[Any]], file: str, span: Span) -> tuple[list[_Row], int]:
    """Items with a text and a day, and how many have a text and no day."""
    count = len(columns["text"])
    faults: list[Fault] = []

    def words(name: str, row: int, otherwise: str = "") -> str:
        value = columns[name][row] if name in columns else None
        if isinstance(value, bytes):
            return value.hex()
        return otherwise if value is None or value == "" else str(value).strip()

    def fault(row: int, name: str, reason: str, way_out: str) -> None:
        faults.append(Fault(file, row + 2, name, reason, way_out))

    made: list[_Row] = []
    undated = 0
    days = columns.get("day", [None] * count)
    seen: Counter[int] = Counter()
    for row in range(count):
        text, language, source = words("text", row), words("lang", row), words("source_id", row)
        if not text:
            continue  # a post without words, such as a picture: there is nothing to code
        day, moment = _day(columns["posted_at"][row])
        day = day if days[row] is None else _day(days[row])[0]
        told = words("posted_at", row)
        if day is None and not told:
            undated += 1
            continue
        if day is None:
            fault(row, "posted_at", f"'{told}' is no day.", "write 2024-05-31, with or without a time.")
        for name, value in (("lang", language), ("source_id", source)):
            if not value:
                fault(row, name, "the cell is empty.", "write it, or leave the row out.")
        item = _whole(words("item_id", row, str(row + 1)), row, fault)
        seen[item] += 1
        if seen[item] == 2:
            fault(row, "item_id", f"the item {item} stands twice.", "keep one of its rows.")
        if len(faults) > _MOST_FAULTS:
            break
        made.append(
            _Row(
                family=words("family_id", row) or words("equal", row) or _same_text(text),
                item=item,
                day=day or date.min,
                moment=moment,
                language=language,
                period=_period(day or date.min, span),
                source=source,
                author=words("author_key", row) or f"source {source}",
                text=text,
                groups=tuple(sorted({g.strip() for g in words("groups", row).split(";") if g.strip()})),
                letterless=_flag(words("letterless", row), language, text),
                score=_number(words("score", row), row, fault),
                predicted=words("predicted", row),
                bundle=words("bundle", row),
            )
        )
    if not faults and not made:
        reason = "no row has a text and a day."
        faults.append(Fault(file, None, "text", reason, "give texts to code, with posted_at."))
    if faults:
        raise Refused(faults)
    return made, undated


def _families(rows: Sequence[_Row], file: str, digest: str) -> Texts:
    by: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    for row in rows:
        # A family shared again in a later period is sampled there too, by its copies of that period.
        by[row.family, row.period].append(row)
    members = [
        sorted(group, key=lambda r: (r.day, r.moment, r.item))
        for _, group in sorted(by.items(), key=lambda pair: (pair[0][1], pair[0][0]))
    ]
    first = [group[0] for group in members]
    frame = Frame(
        family=np.array([f"{row.period}-{row.item}" for row in first]),
        language=np.array([row.language for row in first]),
        period=np.array([row.period for row in first]),
        source=np.array([row.source for row in first]),
        size=np.array([len(group) for group in members], dtype=np.int64),
        letterless=np.array([row.letterless for row in first]),
        score=np.array([row.score for row in first]),
        predicted=np.array([row.predicted for row in first]),
    )
    last: dict[str, date] = {}
    for row in rows:
        cell = f"{row.language}/{row.period}"
        last[cell] = max(last.get(cell, row.day), row.day)
    bundles = sorted({row.bundle for row in rows} - {""})
    if len(bundles) > 1:
        reason = f"the labels are of {len(bundles)} versions: {', '.join(bundles[:3])}."
        raise Refused([Fault(file, None, "bundle", reason, "annotate all texts with one version.")])
    return Texts(
        frame=frame,
        texts=tuple(row.text for row in first),
        groups=tuple(row.groups for row in first),
        authors=tuple(frozenset(row.author for row in group) for group in members),
        last_days=dict(sorted(last.items())),
        bundle=bundles[0] if bundles else "",
        file=file,
        digest=digest,
        items=len(rows),
        undated=0,
        wordless=0,
    )


def _authors_by(texts: Texts, rows: Sequence[int] | range) -> dict[str, int]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        found[texts.cell(row)] |= texts.authors[row]
    return {cell: len(authors) for cell, authors in sorted(found.items())}


def _day(value: Any) -> tuple[date | None, str]:
    if isinstance(value, datetime):
        return value.date(), value.isoformat()
    if isinstance(value, date):
        return value, ""
    text = str(value or "").strip()
    try:
        return date.fromisoformat(text[:10]), text
    except ValueError:
        return None, text


def _period(day: date, span: Span) -> str:
    if span == "month":
        return f"{day.year}-{day.month:02d}"
    if span == "quarter":
        return f"{day.year}-q{(day.month + 2) // 3}"
    return str(day.year) if span == "year" else "all"


def _same_text(text: str) -> str:
    plain = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    return hashlib.blake2b(plain.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _flag(told: str, language: str, text: str) -> bool:
    if told:
        return told.lower() in ("1", "true", "yes")
    return language == "kk" and bool(_CYRILLIC.search(text)) and not _LETTERS.search(text)


def _number(told: str, row: int, fault: Callable[..., None]) -> float:
    try:
        value = float(told) if told else float("nan")
    except ValueError:
        value = float("inf")
    if np.isinf(value):
        fault(row, "score", f"'{told}' is no number.", "write a number with a decimal point.")
    return value


def _whole(told: str, row: int, fault: Callable[..., None]) -> int:
    if not re.fullmatch(r"-?\d{1,19}", told):
        fault(row, "item_id", f"'{told}' is no whole number.", "number the items.")
        return 0
    return int(told)
