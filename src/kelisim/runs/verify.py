"""Whether an output is still what its record says, and whether its study gives the same output again."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kelisim.core.errors import StoreError
from kelisim.runs.main_job import run_study
from kelisim.store.digests import check_digests, digests_below
from kelisim.store.folders import MARK
from kelisim.store.warehouse import Warehouse

__all__ = ["AGAIN", "read_record", "verify_output"]

AGAIN = "make it again with `kelisim run STUDY --out DIR`."


def verify_output(out: Path, study: Path | None, warehouse: Path | None) -> Iterator[str]:
    """Compare digests, then rebuild where a study is given; yields a line for each thing that holds.

    Raises: StoreError naming the files that are missing, changed, added or rebuilt differently.
    """
    record = read_record(out)
    outputs = record["outputs"]
    check_digests(out, outputs, AGAIN)
    added = sorted(digests_below(out).keys() - {*outputs, MARK})
    if added:
        raise StoreError(f"'{added[0]}' in '{out}' is not of the run. Way out: remove it, or {AGAIN}")
    yield f"{len(outputs)} files are as run {record['run_id']} wrote them"
    if warehouse is not None:
        kept = Warehouse.at(warehouse).manifest
        if kept["run_id"] != record["run_id"]:
            raise StoreError(f"the warehouse '{warehouse}' is of run {kept['run_id']}. Way out: {AGAIN}")
        yield f"{len(kept['tables'])} closed tables are as the same run wrote them"
    if study is not None:
        with tempfile.TemporaryDirectory(prefix="kelisim-verify-") as folder:
            again = Path(folder) / "out"
            run_study(study, again, lambda words: None, Path(folder) / "warehouse")
            _same(record, read_record(again))
        yield f"running {study} again gives the same {len(outputs)} files"


def read_record(out: Path) -> dict[str, Any]:
    """The record of an output. Raises: StoreError when it is missing or cannot be read."""
    path = out / MARK
    if not path.exists():
        raise StoreError(f"'{path}' is missing. Way out: {AGAIN}")
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        record["outputs"].keys(), record["run_id"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"'{path}' cannot be read as a record ({error}). Way out: {AGAIN}") from error
    return record


def _same(record: dict[str, Any], again: dict[str, Any]) -> None:
    for part in ("code_version", "inputs", "gate", "outputs"):
        old, new = record.get(part), again.get(part)
        if old != new:
            names = (
                sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
                if isinstance(old, dict) and isinstance(new, dict)
                else [f"{old} -> {new}"]
            )
            shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
            raise StoreError(f"running the study again gives other {part}: {shown}. Way out: {AGAIN}")
