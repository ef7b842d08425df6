"""Looks at sources, one line of JSON each, added at the end and synced; and the state a collector goes on
from.

The state is what a polite collector needs to remember between runs: validators of conditional requests, when
a host asked to be left alone, how often it failed. It is written after the items of a look are on the
disk, so a killed collector asks again for what it had not stored.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from kelisim.core.errors import OutputError
from kelisim.core.texts import Look

__all__ = ["add_look", "looks_at", "read_state", "write_state"]

_TIMES = ("at", "newest", "covers_from", "covers_to")
_NAMES = {field.name for field in fields(Look)}
_STATE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def add_look(place: Path, look: Look) -> None:
    """Write down one look. Raises: OutputError."""
    line = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(look).items()
        if value not in (None, "", 0) or name == "ok"
    }
    path = place / "looks" / f"{look.at:%Y-%m}.ndjson"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with path.open("ab") as file:
            # A line that a killed process left unfinished is ended first, and skipped by the reader.
            whole = file.tell() == 0 or _ends_whole(path)
            file.write((b"" if whole else b"\n") + json.dumps(line, ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise OutputError(
            f"'{path}' cannot be written ({error.strerror or error}). Way out: free space or rights."
        ) from error


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def looks_at(place: Path) -> Iterator[Look]:
    """All looks in the order in which they were written; a half-written line is passed over."""
    for path in sorted((place / "looks").glob("*.ndjson")):
        for line in path.read_bytes().splitlines():
            try:
                row: dict[str, Any] = json.loads(line)
                times = {name: datetime.fromisoformat(row[name]) for name in _TIMES if row.get(name)}
                yield Look(**{**{k: v for k, v in row.items() if k in _NAMES}, **times})
            except (ValueError, TypeError):
                continue


def read_state(place: Path, source_id: str) -> dict[str, Any]:
    """What a collector remembers of a source; empty where it knows nothing."""
    try:
        state = json.loads((place / "state" / f"{source_id}.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def write_state(place: Path, source_id: str, state: dict[str, Any]) -> None:
    """Remember the state of a source, whole or not at all. Raises: OutputError."""
    if not _STATE.fullmatch(source_id):
        raise OutputError(f"'{source_id}' cannot name a source. Way out: letters, digits, '-', '_', '.'.")
    path = place / "state" / f"{source_id}.json"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = path.with_name(f".{path.name}.part")
        with aside.open("wb") as file:
            file.write(json.dumps(state, ensure_ascii=False, sort_keys=True).encode())
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        raise OutputError(
            f"'{path}' cannot be written ({error.strerror or error}). Way out: free space or rights."
        ) from error
