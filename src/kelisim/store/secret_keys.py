"""Secret keys on disk: made once, readable by their owner only, never made anew where one is missed."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from kelisim.core.errors import OutputError, StoreError

__all__ = ["make_key", "read_key"]

_BYTES = 32


def read_key(path: Path) -> bytes | None:
    """The key of a file, or None where there is none. Raises: StoreError where it is no key."""
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StoreError(f"the key '{path}' cannot be read ({error}). Way out: put a copy back.") from error
    if len(key) != _BYTES:
        raise StoreError(f"'{path}' holds no key of {_BYTES} bytes. Way out: put a copy back.")
    return key


def make_key(path: Path) -> bytes:
    """Make a key, or take the one that another process made in the meantime. Raises: OutputError."""
    key = secrets.token_bytes(_BYTES)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.parent.name == ".kelisim":
            (path.parent / ".gitignore").write_text("*\n", encoding="utf-8")
        # Written aside and linked, so that a key stands whole or not at all and none is ever replaced.
        aside = path.with_name(f"{path.name}.{os.getpid()}.part")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(key.hex())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(aside, path)
        except FileExistsError:
            key = read_key(path) or key
        finally:
            aside.unlink()
    except OSError as error:
        raise OutputError(f"the key '{path}' cannot be written ({error.strerror or error}).") from error
    return key
