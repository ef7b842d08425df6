"""The closed warehouse: every table a study read, in full detail, as Parquet with one manifest.

It stands apart from the open release, `.kelisim/warehouse` inside the study unless a run names another place,
can be opened by its owner only, and is replaced whole. The manifest says which run wrote it with which code
from which inputs, and for each table its digest, rows and columns; reading compares the digests first, so a
file that was damaged or edited is noticed before anything rests on it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kelisim.core.errors import OutputError, StoreError
from kelisim.core.tables import Table
from kelisim.store.digests import check_digests, digest_of
from kelisim.store.folders import replaced_folder
from kelisim.store.parquet import query, write_rows

__all__ = ["MANIFEST", "Warehouse", "place_of", "write_warehouse"]

MANIFEST = "manifest.json"
_AGAIN = "make it again with `kelisim run STUDY --out DIR`; nothing in it is the only copy."


def place_of(study: Path) -> Path:
    """Where the warehouse of a study stands unless a run names another place."""
    return study / ".kelisim" / "warehouse"


def write_warehouse(
    place: Path,
    out: Path,
    tables: Iterable[Table],
    *,
    run_id: str,
    code_version: str,
    inputs: Mapping[str, str],
) -> None:
    """Write all tables, open and closed, into a folder that only its owner may open; all or nothing.

    out : the folder that is published; the warehouse may not lie inside it, nor it inside the warehouse
    Raises: OutputError when the place cannot be written, is not ours, or would be published.
    """
    place, published = place.absolute().resolve(), out.absolute().resolve()
    if place.is_relative_to(published) or published.is_relative_to(place):
        raise OutputError(
            f"the closed warehouse '{place}' and the output '{published}' lie inside each other, and closed "
            "figures would be published. Way out: name another folder with --warehouse."
        )
    with replaced_folder(place, mark=MANIFEST, mode=0o700, option="--warehouse") as fresh:
        _keep_out_of_git(place)
        listed = [_write_table(fresh, table) for table in tables]
        manifest = {
            "run_id": run_id,
            "code_version": code_version,
            "inputs": dict(sorted(inputs.items())),
            "tables": listed,
        }
        path = fresh / MANIFEST
        path.write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
        path.chmod(0o600)


def _keep_out_of_git(place: Path) -> None:
    if place.parent.name == ".kelisim":
        place.parent.chmod(0o700)
        (place.parent / ".gitignore").write_text("*\n", encoding="utf-8")


def _write_table(folder: Path, table: Table) -> dict[str, Any]:
    use = table.use
    path = folder / f"{table.spec.name}@{use.table_id}.parquet"
    columns = [column for column in table.spec.columns if table.has(column.name)]
    write_rows(path, list(_rows(table)), ["line", "print", *(column.name for column in columns)])
    path.chmod(0o600)
    return {
        "file": path.name,
        "table": table.spec.name,
        "table_id": use.table_id,
        "sensitivity": use.sensitivity,
        "rows": len(table),
        "sha256": digest_of(path),
        "columns": [
            {"name": c.name, "type": c.type, "unit": c.unit, "key": c.key, "meaning": c.meaning}
            for c in columns
        ],
    }


def _rows(table: Table) -> Iterable[dict[str, Any]]:
    for index, row in enumerate(table.rows()):
        values = {name: _plain(value) for name, value in row.items()}
        yield {"line": int(table.lines[index]), "print": int(table.prints[index]), **values}


def _plain(value: Any) -> Any:
    plain = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(plain, float) and plain != plain else plain


@dataclass(frozen=True)
class Warehouse:
    """A warehouse whose files are what its manifest says. Open with `Warehouse.at`."""

    place: Path
    manifest: Mapping[str, Any]

    @classmethod
    def at(cls, place: Path) -> Warehouse:
        """Open and compare every file with the manifest. Raises: StoreError with every file at fault."""
        path = place / MANIFEST
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
            digests = {str(table["file"]): str(table["sha256"]) for table in manifest["tables"]}
        except FileNotFoundError:
            raise StoreError(f"there is no warehouse at '{place}'. Way out: {_AGAIN}") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"'{path}' cannot be read ({error}). Way out: {_AGAIN}") from error
        check_digests(place, digests, _AGAIN)
        strange = sorted({file.name for file in place.iterdir()} - {*digests, MANIFEST})
        if strange:
            raise StoreError(f"in '{place}' '{strange[0]}' is not of the warehouse. Way out: {_AGAIN}")
        return cls(place, manifest)

    @property
    def table_ids(self) -> tuple[str, ...]:
        """The tables of the study, in declared order."""
        return tuple(str(table["table_id"]) for table in self.manifest["tables"])

    def query(self, sql: str) -> list[dict[str, Any]]:
        """Run a query in which each table stands under its id in the study. Raises: StoreError."""
        return query(sql, **{t["table_id"]: self.place / t["file"] for t in self.manifest["tables"]})
