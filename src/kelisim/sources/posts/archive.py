"""Archives of exports: what may be unpacked, and a file inside of which the damaged end costs only itself."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable
from typing import Any

from kelisim.core.errors import Fault, Refused

__all__ = ["Member", "check_members"]

_UNPACKED = 8 * 2**30
_RATIO = 300
_SMALL = 50_000_000
_MEMBERS = 20_000


class Member:
    """A file inside an archive, open for reading; where it is damaged it ends.

    damage : receives the kind of damage that was met
    """

    def __init__(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, damage: list[str]) -> None:
        self._damage = damage
        self._stream: Any = None
        self._guarded(lambda: setattr(self, "_stream", archive.open(member)))

    def __enter__(self) -> Member:
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:
            self._stream.close()

    def read(self, size: int = -1) -> bytes:
        """Bytes, or none where the member is damaged."""
        return self._guarded(lambda: self._stream.read(size))

    def readline(self, size: int = -1) -> bytes:
        """A line, or none where the member is damaged."""
        return self._guarded(lambda: self._stream.readline(size))

    def _guarded(self, act: Callable[[], bytes | None]) -> bytes:
        if self._damage and self._stream is None:
            return b""
        try:
            return act() or b""
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
            if type(error).__name__ not in self._damage:
                self._damage.append(type(error).__name__)
            return b""


def check_members(members: list[zipfile.ZipInfo], file: str) -> None:
    """Look at what an archive says of its files. Raises: Refused where no export is like that."""
    packed, unpacked = sum(m.compress_size for m in members), sum(m.file_size for m in members)
    if len(members) > _MEMBERS or unpacked > _UNPACKED:
        reason = f"unpacked it would hold {len(members):,} files and {unpacked / 2**30:.1f} GB."
        raise _refused(file, reason, "pack only the files of the posts, without pictures.")
    swollen = [m for m in members if m.file_size > _SMALL and m.file_size > _RATIO * max(m.compress_size, 1)]
    if swollen or (unpacked > _SMALL and unpacked > _RATIO * max(packed, 1)):
        reason = "it would swell several hundred times when unpacked, as no real export does."
        raise _refused(file, reason, "unpack it by hand and look what it holds.")
    if any(m.flag_bits & 1 for m in members):
        raise _refused(file, "the archive is locked with a password.", "pack it without a password.")


def _refused(file: str, reason: str, way_out: str) -> Refused:
    return Refused([Fault(file, None, "", reason, way_out)])
