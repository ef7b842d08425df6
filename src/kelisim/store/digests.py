"""SHA-256 of stored files, and the comparison of a folder with what its record says of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from kelisim.core.errors import StoreError

__all__ = ["check_digests", "digest_of", "digests_below"]


def digest_of(path: Path) -> str:
    """SHA-256 of one file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digests_below(folder: Path) -> dict[str, str]:
    """Every file below a folder, by its path with slashes, in order."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): digest_of(path) for path in files}


def check_digests(folder: Path, expected: Mapping[str, str], way_out: str) -> None:
    """Compare files with their recorded digests. Raises: StoreError naming every file at fault."""
    wrong = []
    for name, digest in expected.items():
        path = folder / name
        if not path.is_file():
            wrong.append(f"'{name}' is missing")
        else:
            try:
                if digest_of(path) != digest:
                    wrong.append(f"'{name}' was changed after it was written")
            except OSError as error:
                wrong.append(f"'{name}' cannot be read ({error.strerror or error})")
    if wrong:
        shown = "; ".join(wrong[:5]) + (f"; and {len(wrong) - 5} more" if len(wrong) > 5 else "")
        raise StoreError(f"in '{folder}' {shown}. Way out: {way_out}")
