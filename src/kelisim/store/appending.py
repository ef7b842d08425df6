"""Files that only grow: new rows are added at the end, whole or not at all; what stood there stays."""

from __future__ import annotations

import os
from pathlib import Path

from kelisim.core.errors import OutputError

__all__ = ["append_rows"]


def append_rows(path: Path, before: bytes, rows: str) -> None:
    """Add rows to the end of a text table; a new file begins with them.

    before : the file's bytes when it was read, b"" for none. A file that changed since is left alone.
    Raises: OutputError.
    """
    try:
        now = path.read_bytes() if path.exists() else b""
        if now != before:
            raise OutputError(
                f"'{path}' was changed by somebody else meanwhile; nothing was written. Way out: run again."
            )
        start = before if before.endswith(b"\n") or not before.strip() else before + b"\n"
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.part")
        with aside.open("wb") as file:
            file.write(start + rows.encode())
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        # The new name has to reach the disk too, or a power cut brings the old rows back.
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        reason = error.strerror or error
        raise OutputError(
            f"'{path}' cannot be written ({reason}). Way out: free space or rights, or another place."
        ) from error
