"""What is counted over stored texts and their labels: expressions that every engine turns into its own words.

The tables stand in Parquet and the connection is handed in: DuckDB on one machine, Spark on many, and the
same expression gives the same totals. Nothing here calls Python for a row. Missing is never zero: counts are
joined to the coverage of the sources before they may be drawn. Authors are counted, never told apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

__all__ = [
    "Corpus",
    "covered_shares",
    "frames_by",
    "join_coverage",
    "mentions_by",
    "open_corpus",
    "originals",
    "spread_by_day",
    "thread_metrics",
    "volumes_by",
]

_CELL = ("area_id", "month")
_WATCHED = ("ok", "late", "partial", "outage", "not_collected")


@dataclass(frozen=True, slots=True)
class Corpus:
    """Two Ibis tables of one connection.

    items : one row an item, as stored, with `month` (text, YYYY-MM, of the local calendar) and `local_day`
    labels : one row an item, as annotated
    """

    items: Any
    labels: Any


def open_corpus(connection: Any, items: Path, labels: Path, zone: str) -> Corpus:
    """The stored texts and labels below two folders.

    connection : of Ibis, `ibis.duckdb.connect()` or `ibis.pyspark.connect(session)`
    zone : time zone of the local calendar, such as Asia/Almaty; its past changes are followed
    """
    stored = _files(connection, items, "items")
    if "version" in stored.columns:
        # Every version of an item is kept; what is counted is the last one.
        last = stored.version.max().over(group_by=stored.item_id)
        stored = stored.filter(stored.version == last)
    day = _local_day(stored.posted_at, ZoneInfo(zone))
    if "day" in stored.columns:
        day = stored.day.coalesce(day)
    stored = stored.mutate(local_day=day, month=day.strftime("%Y-%m"))
    return Corpus(stored, _files(connection, labels, "labels"))


def originals(corpus: Corpus) -> Any:
    """Items whose text nobody had posted before: of equal texts the first by (posted_at, item_id).

    An item without a time comes after those with one; an item without a text is no original.
    """
    labels = corpus.labels.filter(corpus.labels.text_key.notnull()).select("item_id", "text_key")
    joined = corpus.items.join(labels, "item_id")
    return _first(joined, ["text_key"]).drop("text_key")


def mentions_by(corpus: Corpus, families: Any = None, keys: Sequence[str] = _CELL) -> Any:
    """Mentions of groups by area of the source, month, group and sense.

    families : table of item_id and family_id from `store.families`; without it only equal texts are one
    keys : columns of items to count by
    Returns: the keys, concept, sense, and `_counts`: mentions, items (reach), texts (origins), authors.
    """
    return _counts(_labelled(corpus, "mentions", families), keys, ("concept", "sense"))


def frames_by(corpus: Corpus, families: Any = None, keys: Sequence[str] = (*_CELL, "lang")) -> Any:
    """Topic frames by area of the source, month, language and frame; counts as for `mentions_by`."""
    return _counts(_labelled(corpus, "frames", families), keys, ("frame",))


def volumes_by(corpus: Corpus, families: Any = None, keys: Sequence[str] = (*_CELL, "lang")) -> Any:
    """All items with a text, whatever they speak of: the exposure of a rate; counts as for `mentions_by`."""
    labels = _with_origin(corpus.labels.filter(corpus.labels.text_key.notnull()), families)
    rows = corpus.items.join(labels.select("item_id", "lang", "origin"), "item_id")
    return _counts(rows, keys, ())


def thread_metrics(corpus: Corpus) -> Any:
    """One row a post or article: comments kept, people who wrote them, and what the platform said of it.

    Returns: item_id, source_id, area_id, month, comments_kept, commenters, hours_to_last_comment, and likes,
    comments, reposts, views where the store has them.
    """
    items = corpus.items
    posts = items.filter(items.kind != "comment")
    told = [name for name in ("likes", "comments", "reposts", "views") if name in items.columns]
    posts = posts.select("item_id", "source_id", "area_id", "month", "posted_at", *told)
    under = items.filter((items.kind == "comment") & items.parent_id.notnull())
    threads = under.group_by("parent_id").aggregate(
        comments_kept=under.item_id.count(),
        commenters=under.author_key.nunique(),
        last_comment_at=under.posted_at.max(),
    )
    joined = posts.left_join(threads, posts.item_id == threads.parent_id)
    seconds = joined.last_comment_at.epoch_seconds() - joined.posted_at.epoch_seconds()
    return joined.mutate(
        comments_kept=joined.comments_kept.coalesce(0).cast("int64"),
        commenters=joined.commenters.coalesce(0).cast("int64"),
        hours_to_last_comment=seconds / 3600.0,
    ).drop("parent_id", "posted_at", "last_comment_at")


def spread_by_day(corpus: Corpus, chosen: Any, area_id: str) -> Any:
    """How word of something spread, day by day: chosen is a table with the item_id of what spoke of it.

    area_id : where it happened
    Returns: local_day, items, texts, sources, areas, items_outside (of sources of other areas), and the views
    the platform told, where the store has them.
    """
    labels = corpus.labels.select("item_id", origin=corpus.labels.text_key)
    rows = corpus.items.semi_join(chosen, "item_id").join(labels, "item_id")
    told = {"views": rows.views.sum().cast("int64")} if "views" in corpus.items.columns else {}
    return (
        rows.group_by("local_day")
        .aggregate(
            items=rows.item_id.count(),
            texts=rows.origin.nunique(),
            sources=rows.source_id.nunique(),
            areas=rows.area_id.nunique(),
            items_outside=(rows.area_id != area_id).sum().coalesce(0).cast("int64"),
            **told,
        )
        .order_by("local_day")
    )


def covered_shares(coverage: Any, sources: Any) -> Any:
    """Share of the expected volume that was read, by area and month.

    coverage : source_id, lang, day, expected, got, status (ok, late, partial, outage, not_collected, retired)
    sources : source_id, area_id. Only a day that is `ok` was read; a retired source is expected no more.
        A day for which nothing can be expected yet weighs as one text.
    """
    rows = coverage.join(sources.select("source_id", "area_id"), "source_id")
    rows = rows.filter(rows.status.isin(_WATCHED)).mutate(month=rows.day.strftime("%Y-%m"))
    rows = rows.mutate(expected=rows.expected.cast("float64").coalesce(1.0))
    read = rows.expected.sum(where=rows.status == "ok").coalesce(0.0)
    shares = rows.group_by(_CELL).aggregate(expected=rows.expected.sum(), read=read)
    share = (shares.expected > 0).ifelse(shares.read / shares.expected, None)
    return shares.select(*_CELL, covered_share=share.cast("float64"))


def join_coverage(counts: Any, covered: Any, least: float) -> Any:
    """Counts on the whole grid of watched areas and months: zero where sources were read, null where not.

    counts : of `mentions_by`, `frames_by` or `volumes_by` with the keys area_id and month; covered : of
    `covered_shares`; least : share from which a cell is shown, such as 0.8. A cell that no source watched is
    not in the grid.
    """
    numbers = ("mentions", "items", "texts", "authors")
    labels = [name for name in counts.columns if name not in (*_CELL, *numbers)]
    grid = covered.cross_join(counts.select(*labels).distinct()) if labels else covered
    joined = grid.left_join(counts, [*_CELL, *labels])
    shown = joined.covered_share >= least
    return joined.select(
        *_CELL,
        *labels,
        "covered_share",
        **{
            name: shown.ifelse(joined[name].coalesce(0), None).cast("int64")
            for name in numbers
            if name in counts.columns
        },
    )


def _labelled(corpus: Corpus, column: str, families: Any) -> Any:
    """One row a label, with the columns of its item."""
    labels = corpus.labels.filter(corpus.labels[column].length() > 0)
    labels = _with_origin(labels, families)
    labels = labels.select("item_id", "lang", "origin", label=labels[column].unnest())
    return labels.unpack("label").join(corpus.items, "item_id")


def _with_origin(labels: Any, families: Any) -> Any:
    """Labels with `origin`: the family of an item, and its text where it has none."""
    if families is None:
        return labels.mutate(origin=labels.text_key)
    joined = labels.left_join(families.select("item_id", "family_id"), "item_id")
    return joined.mutate(origin=joined.family_id.coalesce(joined.text_key)).drop("item_id_right", "family_id")


def _counts(rows: Any, keys: Sequence[str], labels: Sequence[str]) -> Any:
    """Counts by keys and labels.

    mentions : labels in all (left out where there is none); items : items with the label; texts : origins,
    each counted where its first item with the label stands, so that the cells add up; authors : distinct
    keys.
    """
    by_item = rows.group_by(["item_id", "origin", "author_key", "posted_at", *keys, *labels]).aggregate(
        mentions=rows.item_id.count()
    )
    first = _rank(by_item, ["origin", *labels]) == 0
    ranked = by_item.mutate(is_first=first.cast("int64"))
    counted = {
        "items": ranked.item_id.count(),
        "texts": ranked.is_first.sum().cast("int64"),
        "authors": ranked.author_key.nunique(),
    }
    if labels:
        counted = {"mentions": ranked.mentions.sum().cast("int64"), **counted}
    return ranked.group_by([*keys, *labels]).aggregate(**counted)


def _first(rows: Any, by: Sequence[str]) -> Any:
    ranked = rows.mutate(rank=_rank(rows, by))
    return ranked.filter(ranked["rank"] == 0).drop("rank")


def _rank(rows: Any, by: Sequence[str]) -> Any:
    import ibis

    # Engines do not agree on where a missing time stands, so it is said.
    order = [ibis.asc(rows.posted_at, nulls_first=False), ibis.asc(rows.item_id)]
    return ibis.row_number().over(group_by=[rows[name] for name in by], order_by=order)


def _local_day(posted_at: Any, zone: ZoneInfo) -> Any:
    """Civil day of a time: engines differ in what they know of time zones, so the changes are written out."""
    import ibis

    naive = posted_at.cast("timestamp")
    changes = _changes(zone)
    shifted = naive + ibis.interval(seconds=changes[0][1])
    for since, seconds in changes[1:]:
        later = naive >= ibis.timestamp(since.isoformat(sep=" "))
        shifted = later.ifelse(naive + ibis.interval(seconds=seconds), shifted)
    return shifted.cast("date")


def _changes(zone: ZoneInfo) -> list[tuple[datetime, int]]:
    """Offsets from UTC in seconds since 2010 and the hour (UTC, without a zone) from which each holds."""
    first, last = datetime(2010, 1, 1), datetime(2040, 1, 1)
    found = [(first, _offset(first, zone))]
    for number in range((last - first).days):
        day = first + timedelta(days=number + 1)
        if _offset(day, zone) != found[-1][1]:
            hour = next(
                day - timedelta(hours=back)
                for back in range(23, -1, -1)
                if _offset(day - timedelta(hours=back), zone) != found[-1][1]
            )
            found.append((hour, _offset(hour, zone)))
    return found


def _offset(moment: datetime, zone: ZoneInfo) -> int:
    shift = moment.replace(tzinfo=UTC).astimezone(zone).utcoffset()
    return int((shift or timedelta()).total_seconds())


def _files(connection: Any, folder: Path, name: str) -> Any:
    if connection.name == "pyspark":
        # The names of folders are no columns, on any engine.
        found = connection._session.read.option("recursiveFileLookup", "true").parquet(str(folder))
        found.createOrReplaceTempView(name)
        return connection.table(name)
    connection.raw_sql("SET TimeZone = 'UTC'")
    files = sorted(str(path) for path in folder.rglob("*.parquet"))
    return connection.read_parquet(files, table_name=name, union_by_name=True, hive_partitioning=False)
