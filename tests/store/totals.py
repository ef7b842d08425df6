"""Everything that is counted over a corpus, in a form two engines can be compared by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ibis

from kelisim.store.relations import (
    frames_by,
    mentions_by,
    open_corpus,
    originals,
    spread_by_day,
    thread_metrics,
    volumes_by,
)


def totals(connection: Any, items: Path, labels: Path) -> dict[str, list[list[Any]]]:
    """Rows of every relation, ordered by themselves."""
    corpus = open_corpus(connection, items, labels, "Asia/Almaty")
    first = originals(corpus).select("item_id")
    found = {
        "mentions": mentions_by(corpus),
        "frames": frames_by(corpus),
        "volumes": volumes_by(corpus),
        "originals": originals(corpus).group_by("area_id").aggregate(n=ibis._.item_id.count()),
        "threads": thread_metrics(corpus)
        .group_by("area_id", "comments_kept")
        .aggregate(
            n=ibis._.item_id.count(),
            commenters=ibis._.commenters.sum(),
            hours=ibis._.hours_to_last_comment.sum(),
        ),
        "spread": spread_by_day(corpus, first, "SY1"),
    }
    return {
        name: sorted(
            ([value if isinstance(value, int | float | None) else str(value) for value in row.values()]
             for row in table.to_pyarrow().to_pylist()),
            key=str,
        )
        for name, table in found.items()
    }  # fmt: skip
