"""The texts of a study for its main job: read, taken through the door, labelled, joined to families.

Texts come from the export that belongs to the study, and are labelled here; or from the closed store, and
then with the labels that `kelisim discourse annotate STUDY` left there. Either way the texts themselves stay
behind: what is handed on are numbers of families, sources, months, and labels.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from kelisim.core.errors import Fault, Refused
from kelisim.core.study import Study
from kelisim.core.texts import Item, Look, Watch
from kelisim.evidence.discourse.coverage import CoverageDay, ledger
from kelisim.runs.discourse_coverage import days_between
from kelisim.runs.discourse_labels import labels_of
from kelisim.sources.delimited import read_delimited
from kelisim.sources.door import Keys, door
from kelisim.sources.files import read_file
from kelisim.sources.posts.export import Export, ReadAs
from kelisim.sources.records import Aside

__all__ = ["Family", "MediaTexts", "media_texts"]

_BATCH = 16_384
_LOOK_COLUMNS = ("source", "first", "last", "ok", "reason")


@dataclass(frozen=True, slots=True)
class Family:
    """A text with its near copies of one month; source, day and language are those of its first item.

    items : (source, day, author) of each; frames : union over them; groups : (concept, sense)
    """

    source: str
    day: date
    language: str
    items: tuple[tuple[str, date, bytes | None], ...]
    frames: frozenset[str]
    groups: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class MediaTexts:
    """What the texts of a study hold.

    families : of all dated texts; spread : incident -> its items as (moment, family, source, author, views)
    coverage : of all sources by language and day; aside : records that were not taken, by reason
    """

    families: tuple[Family, ...]
    spread: Mapping[str, tuple[tuple[datetime, int, str, bytes | None, int], ...]]
    coverage: tuple[CoverageDay, ...]
    aside: Mapping[str, int]
    items: int
    bundle: str


def media_texts(folder: Path, study: Study) -> MediaTexts | None:
    """The texts of a study; None where it declares none and none are stored. Raises: Refused, StoreError."""
    if study.watch is None:
        return None
    if study.discourse is not None and study.discourse.texts is not None:
        return _declared(folder, study, study.watch)
    return _stored(folder, study, study.watch)


def _declared(folder: Path, study: Study, watch: Watch) -> MediaTexts:
    import pyarrow as pa

    from kelisim.annotation.kernel import load

    rule = study.discourse
    assert rule is not None
    assert rule.texts is not None
    items, aside = _taken(folder, study, watch)
    kernel = load(study.areas)
    labels: list[dict[str, Any]] = []
    for first in range(0, len(items), _BATCH):
        part = items[first : first + _BATCH]
        columns = {
            "item_id": pa.array([one.item_id for one in part], pa.int64()),
            "area_id": pa.array([one.area_id for one in part], pa.string()),
            "text": pa.array([one.text for one in part], pa.large_string()),
        }
        labels += kernel.annotate(pa.record_batch(columns)).to_pylist()
    zone = ZoneInfo(watch.timezone)
    looks = _looks(folder, rule.texts.looks, zone)
    return _joined(study, watch, items, labels, looks, aside, kernel.bundle)


def _taken(folder: Path, study: Study, watch: Watch) -> tuple[list[Item], Counter[str]]:
    """Items of the declared export, once each."""
    assert study.discourse is not None
    assert study.discourse.texts is not None
    declared = study.discourse.texts
    zone = ZoneInfo(watch.timezone)
    # Nothing of this is kept, so authors are told apart under a key that dies with the run; the key of items
    # decides nothing but the order of equal moments, which must not change from run to run.
    author_key = secrets.token_bytes(32)
    keys = Keys(hashlib.sha256(study.study_id.encode()).digest(), lambda quarter: author_key)
    end = datetime.combine(study.as_of, time(), zone).astimezone(UTC)
    sources = {one.source_id: one for one in watch.sources}
    found: dict[int, Item] = {}
    aside: Counter[str] = Counter()
    for given in Export(folder / declared.file, ReadAs(zone, "other", declared.columns)):
        if isinstance(given, Aside):
            aside["unreadable"] += 1
        elif given.account not in sources:
            aside["not_watched"] += 1
        else:
            item = door(given, sources[given.account], keys, zone, end)
            found.setdefault(item.item_id, item)
            aside["undated"] += item.day is None
    return list(found.values()), +aside


def _looks(folder: Path, file: str, zone: ZoneInfo) -> dict[str, list[Look]]:
    """The declared looks. Raises: Refused with every faulty row."""
    grid = read_delimited(read_file(folder, file)[0], file, _LOOK_COLUMNS)
    if missing := [name for name in _LOOK_COLUMNS if name not in grid.header]:
        raise Refused([Fault(file, 1, name, "there is no such column.", "add it.") for name in missing])
    looks: dict[str, list[Look]] = defaultdict(list)
    faults = []
    for line, row in zip(grid.lines, grid.rows, strict=True):
        cells = dict(zip(grid.header, (cell.strip() for cell in row), strict=True))
        try:
            first, last = (date.fromisoformat(cells[name]) for name in ("first", "last"))
        except ValueError:
            way_out = "write YYYY-MM-DD, from when to when the source was read."
            faults.append(Fault(file, line, "first", "the days cannot be read.", way_out))
            continue
        if cells["ok"] not in ("yes", "no") or last < first:
            way_out = "write yes or no under `ok`, and the last day not before the first."
            faults.append(Fault(file, line, "ok", "the row does not say what was read.", way_out))
            continue
        looks[cells["source"]] += _look(cells["source"], first, last, cells, zone)
    if faults:
        raise Refused(faults)
    return looks


def _look(source: str, first: date, last: date, cells: Mapping[str, str], zone: ZoneInfo) -> list[Look]:
    """A span that was read; or one that was not, as if somebody had looked every day and got nothing."""
    start = datetime.combine(first, time(), zone).astimezone(UTC)
    end = datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)
    if cells["ok"] == "yes":
        return [Look(source_id=source, at=end, how="import", ok=True, covers_from=start, covers_to=end)]
    return [
        Look(
            source_id=source, at=start + timedelta(days=k, hours=12), how="import", ok=False,
            reason=cells["reason"],
        )
        for k in range((last - first).days + 1)
    ]  # fmt: skip


def _stored(folder: Path, study: Study, watch: Watch) -> MediaTexts | None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from kelisim.store.looks import looks_at
    from kelisim.store.texts import TextStore, texts_of

    if not (texts_of(folder) / "items").is_dir():
        return None
    labelled = sorted(labels_of(folder).rglob("*.parquet"))
    if not labelled:
        return None
    names = [field for field in Item.__dataclass_fields__ if field not in ("fed", "page", "url")]
    rows = TextStore(texts_of(folder)).read(columns=names).to_pylist()
    items = [Item(**row, fed=b"", page="", url="") for row in rows]
    tables = [pq.ParquetFile(path).read() for path in labelled]
    by = {label["item_id"]: label for label in pa.concat_tables(tables).to_pylist()}
    known = [item for item in items if item.item_id in by]
    looks: dict[str, list[Look]] = defaultdict(list)
    for look in looks_at(texts_of(folder)):
        looks[look.source_id].append(look)
    labels = [by[item.item_id] for item in known]
    aside = Counter({"not_annotated": len(items) - len(known)})
    bundle = str(labels[0]["bundle"]) if labels else ""
    return _joined(study, watch, known, labels, looks, +aside, bundle)


def _joined(
    study: Study, watch: Watch, items: Sequence[Item], labels: Sequence[Mapping[str, Any]],
    looks: Mapping[str, Sequence[Look]], aside: Mapping[str, int], bundle: str,
) -> MediaTexts:  # fmt: skip
    last = min(day for day in (watch.last, study.as_of) if day is not None)
    inside = [
        (item, label)
        for item, label in zip(items, labels, strict=True)
        if item.day is not None and watch.first <= item.day <= last and label["text_key"] is not None
    ]
    inside.sort(key=lambda pair: (pair[0].posted_at, pair[0].item_id))
    family = _family_keys(inside)
    # What is said again in a later month is said in that month too.
    known = [(int(key), item.day.strftime("%Y-%m")) for key, (item, _) in zip(family, inside, strict=True)
             if item.day is not None]  # fmt: skip
    members: dict[tuple[int, str], list[int]] = defaultdict(list)
    for row, key in enumerate(known):
        members[key].append(row)
    place = {key: k for k, key in enumerate(members)}
    families = tuple(_family([inside[row] for row in rows]) for rows in members.values())
    zone = ZoneInfo(watch.timezone)
    end = datetime.combine(last + timedelta(days=2), time(), zone).astimezone(UTC)
    counts: dict[tuple[str, str], dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for item, label in inside:
        assert item.day is not None
        counts[item.source_id, label["lang"] or "und"][item.day] += 1
    days = days_between(watch.first, last, zone)
    return MediaTexts(
        families=families,
        spread={
            incident.key: tuple(_spread(inside, [place[key] for key in known], incident))
            for incident in (() if study.discourse is None else study.discourse.incidents)
        },
        coverage=tuple(ledger(watch.sources, looks, counts, days, end)),
        aside=aside,
        items=len(inside),
        bundle=bundle,
    )


def _family_keys(inside: Sequence[tuple[Item, Mapping[str, Any]]]) -> np.ndarray:
    """Family of each item, by the exact comparison of near copies."""
    import pyarrow as pa

    from kelisim.annotation.families import candidates, families, verified
    from kelisim.annotation.normalise import normalise

    every = np.array([label["text_key"] for _, label in inside], dtype=np.int64)
    if not len(every):
        return every
    keys, first = np.unique(every, return_index=True)
    long = np.array([k for k, row in enumerate(first) if inside[row][1]["bands"] is not None], dtype=np.int64)
    if not len(long):
        return every
    bands = np.array([inside[first[k]][1]["bands"] for k in long], dtype=np.int64)
    view = normalise(pa.array([inside[first[k]][0].text for k in long], pa.large_string()))
    pairs = verified(candidates(keys[long], bands), view.text)
    return families(keys, long[pairs] if len(pairs) else pairs)[np.searchsorted(keys, every)]


def _family(rows: Sequence[tuple[Item, Mapping[str, Any]]]) -> Family:
    first, label = rows[0]
    assert first.day is not None
    return Family(
        source=first.source_id,
        day=first.day,
        language=label["lang"] or "und",
        items=tuple((i.source_id, i.day, i.author_key) for i, _ in rows if i.day is not None),
        frames=frozenset(f["frame"] for _, told in rows for f in told["frames"] or ()),
        groups=frozenset(
            (m["concept"], m["sense"]) for _, told in rows for m in told["mentions"] or () if m["concept"]
        ),
    )


def _spread(
    inside: Sequence[tuple[Item, Mapping[str, Any]]], family: Sequence[int], incident: Any
) -> Iterator[tuple[datetime, int, str, bytes | None, int]]:
    """Posts that speak of an incident, and the comments below them, in the order of time."""
    until = incident.first + timedelta(days=incident.days)
    chosen: set[int] = set()
    for item, label in inside:
        if item.day is None or not incident.first <= item.day < until or item.posted_at is None:
            continue
        about = item.parent_id in chosen if item.kind == "comment" else _speaks_of(label, incident)
        if about:
            chosen.add(item.item_id)
    for (item, _), number in zip(inside, family, strict=True):
        if item.item_id in chosen and item.posted_at is not None:
            yield item.posted_at, number, item.source_id, item.author_key, item.views or 0


def _speaks_of(label: Mapping[str, Any], incident: Any) -> bool:
    named = {m["concept"] for m in label["mentions"] or ()}
    there = incident.area_id in {p["area"] for p in label["places"] or ()}
    both = set(incident.groups) <= named
    return both or (there and bool(named & set(incident.groups)))
