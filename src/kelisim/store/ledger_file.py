"""The file of the ledger: lines that are appended and never touched again.

A line counts as acknowledged when `append` returns: the file and then the head beside it have reached the
disk by then. Whoever writes holds a lock on the file, which the system lets go when the process ends, however
it ends. A process that is killed in the middle leaves at most a torn line without an end, or whole lines that
nobody was told of; the next one to write sets the torn part aside and goes on. The head (`.NAME.head`) counts
the acknowledged lines, so a file from which lines were cut is told from one whose last line was torn.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kelisim.core.errors import OutputError, StoreError
from kelisim.forecasting.chain import Head, Line, check_head, head_of, read_chain

__all__ = ["Stored", "append", "head_file", "read_lines"]


@dataclass(frozen=True, slots=True)
class Stored:
    """What a file holds.

    lines : the chain; torn : bytes after the last whole line, which nobody was told of
    head : the head that stands beside the file, None where there is none
    """

    lines: tuple[Line, ...]
    torn: bytes
    head: Head | None


def head_file(path: Path) -> Path:
    """Where the head of a ledger stands: a hidden file beside it."""
    return path.with_name(f".{path.name}.head")


def read_lines(path: Path) -> Stored:
    """Read a ledger and check chain and head.

    Raises: BrokenChain naming the first line at fault; StoreError when there is no file or it cannot be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise StoreError(_unread(path, error)) from error
    try:
        _refuse_other_kinds(descriptor, path)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        return _stored(path, _whole(descriptor))
    except OSError as error:
        raise StoreError(_unread(path, error)) from error
    finally:
        os.close(descriptor)


def append(path: Path, make: Callable[[tuple[Line, ...]], Sequence[Line]]) -> tuple[Stored, Path | None]:
    """Append the lines that `make` derives from those that stand; on the disk when it returns.

    make : called while nobody else can write, with the lines as they stand; what it raises leaves the file as
           it was
    Returns: what the file holds then, and where a torn line was set aside (None when there was none).
    Raises: BrokenChain when the ledger is not whole, and then nothing is written; OutputError when it cannot
    be written, and then nothing was acknowledged.
    """
    with _locked(path) as descriptor:
        try:
            stored = _stored(path, data := _whole(descriptor))
            new = _made(path, descriptor, make, stored.lines)
            _check_new(stored.lines, new)
            size = len(data) - len(stored.torn)
            aside = _set_aside(path, descriptor, stored, size)
            if new:
                _write(descriptor, b"".join(line.as_bytes() for line in new), size)
            lines = stored.lines + new
            if lines and stored.head != head_of(lines):
                _keep_head(path, descriptor, lines, size)
        except OSError as error:
            raise OutputError(
                f"'{path}' cannot be written ({error.strerror or error}); no line was acknowledged. "
                "Way out: free space or rights, and write the same again."
            ) from error
    return Stored(lines, b"", head_of(lines)), aside


def _made(
    path: Path,
    descriptor: int,
    make: Callable[[tuple[Line, ...]], Sequence[Line]],
    lines: tuple[Line, ...],
) -> tuple[Line, ...]:
    try:
        return tuple(make(lines))
    except BaseException:
        # A ledger that was not begun leaves no empty file; whoever waits for the lock looks again.
        if os.fstat(descriptor).st_size == 0:
            path.unlink()
        raise


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    try:
        descriptor = _opened(path)
    except OSError as error:
        words = f"'{path}' cannot be opened for writing ({error.strerror or error})."
        raise OutputError(f"{words} Way out: make its folder, or get the right to write there.") from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _opened(path: Path) -> int:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC, 0o644)
        try:
            _refuse_other_kinds(descriptor, path)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            _sync_folder(path)
            # Another program may have put a new file in this place while the lock was waited for.
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _refuse_other_kinds(descriptor: int, path: Path) -> None:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise StoreError(f"'{path}' is no file. Way out: name a ledger, such as STUDY/ledger.jsonl.")


def _whole(descriptor: int) -> bytes:
    parts, place = [], 0
    while part := os.pread(descriptor, 2**20, place):
        parts.append(part)
        place += len(part)
    return b"".join(parts)


def _stored(path: Path, data: bytes) -> Stored:
    end = data.rfind(b"\n") + 1
    lines = read_chain(data[:end].split(b"\n")[:-1])
    head = _read_head(path)
    if head is not None:
        check_head(lines, head)
    return Stored(lines, data[end:], head)


def _read_head(path: Path) -> Head | None:
    place = head_file(path)
    try:
        return Head.parse(place.read_text(encoding="ascii"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StoreError(
            f"'{place}' cannot be read ({error}). Way out: compare the ledger with a head that a release "
            "printed (`kelisim ledger verify LEDGER --head HEAD`), then delete this file."
        ) from error


def _check_new(stands: Sequence[Line], new: Sequence[Line]) -> None:
    before = head_of(stands)
    for line in new:
        if line.seq != before.lines + 1 or line.prev != before.hash:
            raise ValueError(f"line {line.seq} does not continue the ledger")
        before = Head(line.seq, line.hash)


def _set_aside(path: Path, descriptor: int, stored: Stored, size: int) -> Path | None:
    if not stored.torn:
        return None
    name = hashlib.sha256(stored.torn).hexdigest()[:8]
    aside = path.with_name(f"{path.name}.torn-{len(stored.lines) + 1}-{name}")
    _write_aside(aside, stored.torn)
    os.ftruncate(descriptor, size)
    os.fsync(descriptor)
    return aside


def _write(descriptor: int, data: bytes, size: int) -> None:
    try:
        written = 0
        while written < len(data):
            written += os.pwrite(descriptor, data[written:], size + written)
        os.fsync(descriptor)
    except OSError:
        # A full disk leaves a part of a line: nobody was told of it, so it is taken back at once.
        os.ftruncate(descriptor, size)
        raise


def _keep_head(path: Path, descriptor: int, lines: Sequence[Line], size: int) -> None:
    try:
        _write_aside(head_file(path), f"{head_of(lines)}\n".encode("ascii"))
    except OSError:
        # Without the head the lines are not acknowledged; where the head is in place they must stay.
        if _read_head(path) != head_of(lines):
            os.ftruncate(descriptor, size)
        raise


def _write_aside(target: Path, data: bytes) -> None:
    part = target.with_name(f"{target.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    try:
        _write(descriptor, data, 0)
    finally:
        os.close(descriptor)
    part.replace(target)
    _sync_folder(target)


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path.absolute().parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unread(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"there is no ledger at '{path}'. Way out: `kelisim ledger issue` begins one."
    return f"'{path}' cannot be read ({error.strerror or error}). Way out: get the right to read it."
