"""Where a number comes from, told from the stored release."""

from __future__ import annotations

from pathlib import Path

from kelisim.core.errors import StoreError
from kelisim.runs.verify import AGAIN, read_record
from kelisim.store.digests import check_digests
from kelisim.store.parquet import query

__all__ = ["explain_estimate"]


def explain_estimate(out: Path, estimate_id: str) -> str:
    """The figure, its method, grade and source, and every cell it rests on, as lines of text.

    Raises: StoreError when the output or the identifier does not exist, or when a file is not what the run
    wrote.
    """
    names = {"estimates": "data/estimates.parquet", "cells": "data/cells.parquet"}
    files = {key: out / name for key, name in names.items()}
    if all(path.exists() for path in files.values()):
        recorded = read_record(out)["outputs"]
        check_digests(out, {name: recorded[name] for name in names.values()}, AGAIN)
    quoted = estimate_id.replace("'", "''")
    found = query(f"SELECT * FROM estimates WHERE estimate_id = '{quoted}'", **files)
    if not found:
        known = query("SELECT estimate_id FROM estimates ORDER BY estimate_id", **files)
        near = [row["estimate_id"] for row in known if row["estimate_id"].startswith(estimate_id[:8])][:3]
        hint = f" Some that begin alike: {', '.join(near)}." if near else ""
        raise StoreError(f"no estimate '{estimate_id}' in {out}.{hint} All are in data/estimates.csv.")
    lines = [f"{key:12} {value}" for key, value in found[0].items() if value not in (None, "")]
    cells = query(f"SELECT * FROM cells WHERE estimate_id = '{quoted}' ORDER BY file, \"row\"", **files)
    lines.append(f"rests on {len(cells)} cells:")
    lines += [f"  {c['file']}:{c['row']}:{c['column']} = {c['printed']!r}" for c in cells]
    return "\n".join(lines)
