"""Import of exports: every record is taken, set aside with a reason, or counted as no text."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from kelisim.core.errors import Fault, Refused
from kelisim.core.texts import Item, Look, WatchedSource
from kelisim.runs.discourse_place import TextPlace, keep_aside, open_place
from kelisim.sources.door import door
from kelisim.sources.posts.export import Export, ReadAs
from kelisim.sources.records import Aside, Given
from kelisim.store.looks import add_look

__all__ = ["ImportedTexts", "import_export"]

_BATCH = 20_000
_ASIDE_AT_ONCE = 50_000
_LEAST_YIELD = 0.8


@dataclass
class ImportedTexts:
    """What an import met and did.

    read : records met; taken : texts in them; new, edited, known : what became of those in the store
    aside : records and texts set aside, by reason in short; aside_file : where they stand
    gone : fields that are gone -> records; passed : what was no text -> how often
    undated : texts without a time; skipped : members of an archive without texts
    """

    how: tuple[str, ...] = ()
    read: int = 0
    taken: int = 0
    new: int = 0
    edited: int = 0
    known: int = 0
    undated: int = 0
    aside: Counter[str] = field(default_factory=Counter)
    aside_file: Path | None = None
    gone: Mapping[str, int] = field(default_factory=dict)
    passed: Mapping[str, int] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    by_source: dict[str, int] = field(default_factory=dict)

    @property
    def changed(self) -> str:
        """The sentence that says that the platform's format is another one; "" where it is not."""
        if not self.gone:
            return ""
        fields = ", ".join(f"'{name}'" for name in sorted(self.gone))
        verb = "is" if len(self.gone) == 1 else "are"
        what = f"field {fields}" if len(self.gone) == 1 else f"fields {fields}"
        kept = self.read - sum(self.gone.values())
        return (
            f"the format of {', '.join(self.how)} changed: {what} {verb} gone; "
            f"{kept:,} of {self.read:,} records read, {self.read - kept:,} kept aside in {self.aside_file}"
        )


@dataclass
class _Span:
    """Times and counts of one source in one import."""

    first: datetime | None = None
    last: datetime | None = None
    taken: int = 0
    new: int = 0

    def met(self, item: Item) -> None:
        self.taken += 1
        if item.posted_at is not None:
            self.first = min(self.first or item.posted_at, item.posted_at)
            self.last = max(self.last or item.posted_at, item.posted_at)


def import_export(
    study: Path,
    file: Path,
    *,
    platform: str,
    source_id: str | None,
    columns: Mapping[str, str],
    kind: str,
    sheet: str | None,
    timezone: str | None = None,
    tell: Callable[[str], None] = lambda words: None,
) -> ImportedTexts:
    """Import one export into the store of texts.

    platform : "" for what its content says; source_id : the watched source it is of; without it records are
        given to the sources whose address names the account they stood on
    columns, kind, sheet : for plain tables; timezone : of times without a zone, the study's unless given
    Raises: Refused, UnknownName, OutputError, StoreError.
    """
    from zoneinfo import ZoneInfo

    place = open_place(study)
    named = place.sources([source_id])[0] if source_id else None
    zone = ZoneInfo(timezone) if timezone else place.zone
    wanted = platform or (named.platform if named and named.platform not in ("portal", "other") else "")
    export = Export(file, ReadAs(zone, wanted, columns, kind, sheet))
    done = ImportedTexts()
    now = datetime.now(UTC)
    name = f"import-{hashlib.sha256(str(file.resolve()).encode()).hexdigest()[:12]}"
    route = _Route(place, named, export)
    spans: dict[str, _Span] = {}
    batch: list[Item] = []
    aside: list[Aside] = []
    told = 0

    def settle() -> None:
        for source in {item.source_id for item in batch}:
            added = place.store.add([item for item in batch if item.source_id == source], now)
            spans[source].new += added.new
            done.new, done.edited, done.known = (
                done.new + added.new, done.edited + added.edited, done.known + added.known
            )  # fmt: skip
        batch.clear()

    def put_aside() -> None:
        if aside:
            done.aside_file = keep_aside(place, name, export.file, aside, anew=done.aside_file is None)
            aside.clear()

    for outcome in export:
        source = route(outcome) if isinstance(outcome, Given) else None
        if isinstance(outcome, Given) and source is not None:
            item = door(outcome, source, place.keys, place.zone, now)
            spans.setdefault(source.source_id, _Span()).met(item)
            done.undated += item.posted_at is None
            batch.append(item)
        else:
            one = outcome if isinstance(outcome, Aside) else _homeless(outcome, export.read)
            done.aside[one.reason] += 1
            aside.append(one)
        if len(batch) >= _BATCH:
            settle()
        if len(aside) >= _ASIDE_AT_ONCE:
            put_aside()
        if export.read - told >= 50_000:
            told = export.read
            tell(f"{told:,} records read")
    settle()
    put_aside()
    done.how, done.read, done.gone = tuple(export.how), export.read, dict(export.gone)
    done.passed, done.skipped = dict(export.passed), tuple(export.skipped)
    done.taken = sum(span.taken for span in spans.values())
    done.by_source = {source: span.taken for source, span in sorted(spans.items())}
    _write_looks(place, spans, done, now)
    return done


def _homeless(given: Given, number: int) -> Aside:
    reason = "no watched source has the account it stood on. Name the source with --source."
    return Aside(number, "account", reason, given.text[:500])


def _write_looks(place: TextPlace, spans: Mapping[str, _Span], done: ImportedTexts, now: datetime) -> None:
    lost = sum(done.aside.values())
    ok = lost <= (1 - _LEAST_YIELD) * max(done.read, 1)
    for source, span in spans.items():
        look = Look(
            source_id=source, at=now, how="import", ok=ok, 
            reason="" if ok else f"{lost} of {done.read} records set aside",
            read=done.read, kept=span.taken, new=span.new, aside=lost, newest=span.last,
        )  # fmt: skip
        if ok and span.first is not None:
            look = replace(look, covers_from=span.first, covers_to=span.last)
        add_look(place.folder, look)


class _Route:
    """Which watched source a record belongs to."""

    def __init__(self, place: TextPlace, named: WatchedSource | None, export: Export) -> None:
        self._named = named
        self._export = export
        self._watch = place.watch
        self._known: dict[str, dict[str, WatchedSource]] = {}

    def __call__(self, given: Given) -> WatchedSource | None:
        if self._named is not None:
            return self._named
        own = self._watch.source(given.account)
        if own is not None:  # a table of one's own that names its sources as the study does
            return own
        platform = "portal" if given.kind == "article" else self._export.platform
        fitting = [one for one in self._watch.sources if one.platform == platform]
        if not fitting:
            what = platform or "the platform of this file, which it does not say itself (--platform),"
            reason = f"no source of {what} is watched."
            raise Refused(
                [Fault("sources.csv", None, "platform", reason, "add one, or name one with --source.")]
            )
        if len(fitting) == 1 and platform != "portal":
            return fitting[0]
        if platform not in self._known:
            self._known[platform] = {key: one for one in fitting for key in _names_of(one)}
        return self._known[platform].get(_account(given.account))


def _names_of(source: WatchedSource) -> set[str]:
    names = {_account(source.name), _account(source.source_id)}
    for address in (source.address, source.feed if source.platform == "portal" else ""):
        if address:
            parts = urlsplit(address)
            names.add(_account(address))
            if source.platform == "portal":
                names.add(_account(parts.hostname or ""))
    return names - {""}


def _account(text: str) -> str:
    """An account as it is compared: the end of its address, without @ and case; groups of VK by number."""
    parts = urlsplit(text) if "://" in text else None
    if parts is not None:
        path = parts.path.strip("/")
        text = path.rpartition("/")[2] or (parts.hostname or "")
        if text == "profile.php":
            text = parts.query.partition("id=")[2].partition("&")[0]
    name = text.strip().lstrip("@").casefold().removeprefix("www.")
    for head in ("public", "club"):
        if name.startswith(head) and name[len(head) :].isdecimal():
            return f"-{name[len(head) :]}"
    return name
