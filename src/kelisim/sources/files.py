"""Opening the files of a study: each once, whole, within limits, and nothing outside the study's folder.

A file that is too large, is no plain file (a pipe would wait for ever), lies outside the folder or is
written to while it is read is refused; the digest is that of the bytes that were read, so the record and
the numbers speak of the same content.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from kelisim.core.errors import Fault, Refused

__all__ = ["LARGEST_BYTES", "read_file", "read_linked"]

LARGEST_BYTES = 64 * 2**20


def read_file(folder: Path, name: str, largest: int = LARGEST_BYTES) -> tuple[bytes, str]:
    """Bytes of a file of a study and their SHA-256.

    largest : size in bytes up to which the file is taken, so that memory stays bounded
    Raises: Refused.
    """
    try:
        return _read(folder, name, largest)
    except (OSError, ValueError, RuntimeError) as error:  # a link to itself is a RuntimeError
        reason = f"the file cannot be read: {getattr(error, 'strerror', None) or error}."
        raise _refused(name, reason, "put the file there, correct its name or its rights.") from error


def read_linked(path: Path) -> tuple[bytes, str]:
    """Bytes of a bare file and their SHA-256; a link is followed, because the caller named it himself.

    Raises: Refused.
    """
    real = Path(os.path.realpath(path))
    return read_file(real.parent, real.name)


def _read(folder: Path, name: str, largest: int) -> tuple[bytes, str]:
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise _refused(
            name, "it lies outside the study folder.", "copy the file into the folder of the study."
        )
    # Without O_NONBLOCK opening a pipe would wait for somebody to write into it.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        before = os.fstat(file.fileno())
        if not stat.S_ISREG(before.st_mode):
            raise _refused(name, "it is not a plain file.", "put a file there.")
        if before.st_size > largest:
            reason = f"it has {before.st_size / 2**20:,.0f} MB; up to {largest / 2**20:,.0f} MB are read."
            raise _refused(name, reason, "leave out what the study does not use, or split the table.")
        data = file.read(largest + 1)
        after = os.fstat(file.fileno())
    if len(data) != before.st_size or _state(before) != _state(after):
        reason = "the file was changed while it was read."
        raise _refused(name, reason, "wait until nobody writes to it, then run again.")
    return data, hashlib.sha256(data).hexdigest()


def _state(of: os.stat_result) -> tuple[int, int, int]:
    return of.st_size, of.st_mtime_ns, of.st_ctime_ns


def _refused(name: str, reason: str, way_out: str) -> Refused:
    return Refused([Fault(name or ".", None, "", reason, way_out)])
