"""The coverage ledger of a study: its looks and stored texts, day by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kelisim.core.texts import Look
from kelisim.evidence.discourse.coverage import CoverageDay, Days, ledger
from kelisim.runs.discourse_place import TextPlace, open_place
from kelisim.store.looks import looks_at
from kelisim.store.parquet import write_rows

__all__ = ["coverage_of", "days_between"]

COLUMNS = ("source_id", "lang", "day", "expected", "low", "high", "got", "status", "reason")
_UNKNOWN = "und"


def coverage_of(
    study: Path,
    *,
    as_of: datetime | None = None,
    until: date | None = None,
    only: Iterable[str] = (),
    keep: bool = True,
) -> list[CoverageDay]:
    """The ledger from the first day of the watch on.

    as_of : as it was known at this moment; now, unless given. until : last day, that of `as_of` unless given
    keep : also write the whole ledger beside the texts as `coverage.parquet`, for whoever joins it
    Raises: Refused, UnknownName, StoreError.
    """
    place = open_place(study)
    wanted = place.sources(only)
    now = as_of or datetime.now(UTC)
    ends = (now.astimezone(place.zone).date(), place.watch.last, until)
    last = min(day for day in ends if day is not None)
    if last < place.watch.first:
        return []
    days = days_between(place.watch.first, last, place.zone)
    looks: dict[str, list[Look]] = defaultdict(list)
    for look in looks_at(place.folder):
        if look.at <= now:
            looks[look.source_id].append(look)
    counts = _counts(place, [one.source_id for one in wanted])
    rows = ledger(wanted, looks, counts, days, now)
    if keep and not tuple(only) and as_of is None and until is None:
        write_rows(place.folder / "coverage.parquet", [asdict(row) for row in rows], COLUMNS)
    return rows


def days_between(first: date, last: date, zone: ZoneInfo) -> Days:
    """Civil days with the moments they begin in; a day on which the clocks change is longer or shorter."""
    number = (last - first).days + 1
    starts = (datetime.combine(first + timedelta(days=k), time(), zone) for k in range(number + 1))
    return Days(first, tuple(start.astimezone(UTC) for start in starts))


def _counts(place: TextPlace, sources: Iterable[str]) -> Mapping[tuple[str, str], Mapping[date, int]]:
    """Texts by source, language and day, each once, whatever its versions."""
    import pyarrow as pa

    languages = _languages(place.study)
    found: dict[tuple[str, str], dict[date, int]] = {}
    for source in sources:
        table = place.store.read(source, ["item_id", "day"])
        if languages is not None:
            table = table.join(languages, "item_id", join_type="left outer")
        else:
            table = table.append_column("lang", pa.nulls(len(table), pa.string()))
        counted = table.group_by(["lang", "day"]).aggregate([("item_id", "count")])
        for row in counted.to_pylist():
            if row["day"] is not None:
                series = found.setdefault((source, row["lang"] or _UNKNOWN), {})
                series[row["day"]] = series.get(row["day"], 0) + row["item_id_count"]
    return found


def _languages(study: Path) -> Any:
    """Language of every annotated item; None where nothing was annotated."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    files = sorted((study / ".kelisim" / "annotations").rglob("*.parquet"))
    tables = [pq.ParquetFile(path).read(["item_id", "lang"]) for path in files]
    if not tables:
        return None
    plain = [t.set_column(1, "lang", t["lang"].cast(pa.string())) for t in tables]
    whole = pa.concat_tables(plain)
    return whole.group_by("item_id").aggregate([("lang", "max")]).rename_columns(["item_id", "lang"])
