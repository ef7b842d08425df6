"""The page of media and networks: figures and ranges as printed, one label with several meanings, the lists
of portals and accounts, and what cannot be computed with what would open it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from kelisim.core.statements import Label
from kelisim.publish.pages.media_texts import seen_in_texts
from kelisim.publish.view import View

__all__ = ["CLOSED", "media"]

# Series that need the posts themselves. A study that brings posts computes them and leaves this list.
CLOSED = ("monthly", "share_interethnic", "tone", "topics", "peaks", "languages", "coverage")


def media(view: View) -> Mapping[str, Any]:
    """Figures with all prints, meanings of one label, lists without pages of single officials."""
    lists = []
    for table in view.records("watchlist"):
        rows = list(table.rows())
        kept = [row for row in rows if row.get("of_a_person", "") != "yes"]
        groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in kept:
            groups[str(row.get("subgroup", ""))].append(row)
        lists.append((table, dict(groups), len(rows) - len(kept)))
    claims: dict[str, list[tuple[Label, str]]] = defaultdict(list)
    for claim in view.study.statements.labels:
        source = view.release.records.get(claim.table_id)
        if source is None or not source.has("figure"):
            continue
        printed = [
            source.cell(r, "value").printed for r in range(len(source)) if source["figure"][r] == claim.figure
        ]
        claims[claim.label].append((claim, ", ".join(printed)))
    told = view.release.discourse
    return {
        "matters": list(view.prints(view.subject("media"))),
        "labels": {label: told for label, told in claims.items() if len(told) > 1},
        "lists": lists,
        "closed": CLOSED if told is None else (),
        "seen": told is not None,
        "charts": {},
        **({} if told is None else seen_in_texts(view, told)),
    }
