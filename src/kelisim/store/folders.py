"""Folders that are replaced whole or not at all.

A run writes into a folder beside the target and exchanges the two in one step of the file system, so an
interrupted run (kill -9 at any moment) leaves the previous output whole. Where the system cannot exchange two
folders, the old one is moved aside first, and the next run brings it back if the second step did not happen.
A run holds a lock on the folder it writes, which the system lets go when the run ends, however it ends: what
a dead run left behind is cleared away, and what another run is writing is left alone.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import glob
import json
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
def replaced_folder(
    target: Path, *, mark: str = MARK, mode: int = 0o755, option: str = "--out", keep: Path | None = None
) -> Iterator[Path]:
    """A new folder that takes the place of `target` when the block ends without an error.

    mark : file by which a folder of ours is known; the block must write it
    mode : rights of the folder; option : the option that names another place, for the way out of an error
    keep : a folder that must outlive the exchange, such as the study that is read
    Raises: OutputError when the place cannot be written or holds something kelisim did not make.
    """
    # The name at the end is kept: a link that stands there is to be refused, not followed.
    target = target.absolute()
    target = target.resolve() if target.name in ("", "..") else target.parent.resolve() / target.name
    _refuse_unsuitable(target, keep, option)
    previous = target.with_name(f".{target.name}.previous")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if previous.exists() and not target.exists():
            previous.rename(target)
        _refuse_foreign(target, mark, option)
        _clear_dead(target)
        fresh, lock = _locked(target)
    except OSError as error:
        raise OutputError(_cannot(target, error, option)) from error
    try:
        fresh.chmod(mode)
        yield fresh
        _take_place(fresh, target, previous)
    except OSError as error:
        raise OutputError(_cannot(target, error, option)) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        os.close(lock)


def _locked(target: Path) -> tuple[Path, int]:
    """A new folder beside the target and the lock on it; another run may clear it before it is locked."""
    for _ in range(20):
        fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}.new-", dir=target.parent))
        try:
            lock = os.open(fresh, os.O_RDONLY)
        except FileNotFoundError:
            continue
        fcntl.flock(lock, fcntl.LOCK_EX)
        if fresh.exists():
            return fresh, lock
        os.close(lock)
    raise OSError(errno.EAGAIN, "other runs keep clearing this place")


def _clear_dead(target: Path) -> None:
    for left in target.parent.glob(f".{glob.escape(target.name)}.new-*"):
        try:
            lock = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
        except BlockingIOError:
            pass  # another run is writing it
        finally:
            os.close(lock)


def _cannot(target: Path, error: OSError, option: str) -> str:
    return (
        f"the output '{target}' cannot be written ({error.strerror or error}); what was there is unchanged. "
        f"Way out: free space or rights, or name another folder with {option}."
    )


def _refuse_unsuitable(target: Path, keep: Path | None, option: str) -> None:
    if not target.name:
        raise OutputError(
            f"the output cannot be the root of all folders. Way out: name a folder with {option}."
        )
    if keep is not None and keep.resolve().is_relative_to(target.resolve()):
        raise OutputError(
            f"the output '{target}' holds the study '{keep}', which would be lost. "
            f"Way out: name another folder with {option}."
        )


def _refuse_foreign(target: Path, mark: str, option: str) -> None:
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise OutputError(f"the output '{target}' is not a folder. Way out: name another one with {option}.")
    if target.exists() and any(target.iterdir()) and not _ours(target / mark):
        raise OutputError(
            f"the output '{target}' holds files that kelisim did not make, and they would be lost. "
            f"Way out: name an empty or new folder with {option}."
        )


def _ours(mark: Path) -> bool:
    # Other programs write a record.json too; only ours names its code.
    if mark.name != MARK:
        return mark.exists()
    try:
        record = json.loads(mark.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(record, dict) and str(record.get("code_version", "")).startswith("kelisim")


def _take_place(fresh: Path, target: Path, previous: Path) -> None:
    if not target.exists():
        try:
            fresh.rename(target)
            return
        except OSError as error:
            # Another run put its output there meanwhile: take its place like any older one.
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
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
