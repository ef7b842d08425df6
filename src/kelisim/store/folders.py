"""Folders that are replaced whole or not at all.

A run writes into a folder beside the target and exchanges the two in one step of the file system, so an
interrupted run (kill -9 at any moment) leaves the previous output whole. Where the system cannot exchange two
folders, the old one is moved aside first, and the next run brings it back if the second step did not happen.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kelisim.core.errors import OutputError

__all__ = ["MARK", "replaced_folder"]

MARK = "record.json"
_EXCHANGE = 2
_AT_FDCWD = -100


@contextmanager
def replaced_folder(target: Path) -> Iterator[Path]:
    """A new folder that takes the place of `target` when the block ends without an error.

    Raises: OutputError when the place cannot be written or holds something kelisim did not make.
    """
    target = target.absolute()
    previous = target.with_name(f".{target.name}.previous")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if previous.exists() and not target.exists():
            previous.rename(target)
        _refuse_foreign(target)
        for left in target.parent.glob(f".{target.name}.new-*"):
            shutil.rmtree(left, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}.new-", dir=target.parent))
    except OSError as error:
        raise OutputError(_cannot(target, error)) from error
    try:
        fresh.chmod(0o755)
        yield fresh
        _take_place(fresh, target, previous)
    except OSError as error:
        raise OutputError(_cannot(target, error)) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _cannot(target: Path, error: OSError) -> str:
    return (
        f"the output '{target}' cannot be written ({error.strerror or error}); what was there is unchanged. "
        "Way out: free space or rights, or name another folder with --out."
    )


def _refuse_foreign(target: Path) -> None:
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise OutputError(f"the output '{target}' is not a folder. Way out: name another one with --out.")
    if target.exists() and any(target.iterdir()) and not (target / MARK).exists():
        raise OutputError(
            f"the output '{target}' holds files that kelisim did not make, and they would be lost. "
            "Way out: name an empty or new folder with --out."
        )


def _take_place(fresh: Path, target: Path, previous: Path) -> None:
    if not target.exists():
        fresh.rename(target)
        return
    if _exchanged(fresh, target):
        return
    shutil.rmtree(previous, ignore_errors=True)
    target.rename(previous)
    fresh.rename(target)
    shutil.rmtree(previous, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "renameat2"):
        return False
    call = library.renameat2
    return bool(call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _EXCHANGE) == 0)
