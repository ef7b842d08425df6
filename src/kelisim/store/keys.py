"""The secret under which persons become digests. It stands apart from the data and never leaves its owner."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from kelisim.core.errors import OutputError, StoreError

__all__ = ["key_at", "key_beside", "key_of_quarter", "key_of_study", "stored_key"]

_BYTES = 32


def key_of_study(study: Path) -> Path:
    """Where the key of a study stands."""
    return study / ".kelisim" / "key"


def key_of_quarter(study: Path, quarter: str) -> Path:
    """Where the key stands under which the authors of a quarter ("2024q2", "undated") become digests.

    Destroy it, and nobody can say any more which texts of that quarter one author wrote.
    """
    return study / ".kelisim" / "keys" / f"authors-{quarter}"


def key_beside(place: Path) -> Path:
    """Where the key of a folder of answers stands that belongs to no study: beside the folder, not in it."""
    whole = place.absolute()
    return whole.with_name(f".{whole.name}.key")


def stored_key(path: Path) -> bytes | None:
    """The key at a path; None where there is none. Raises: StoreError when others may read it or it is no
    key."""
    try:
        return _read(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(
            f"the key '{path}' cannot be read ({error.strerror}). Way out: correct its rights."
        ) from error


def key_at(path: Path, *, make: bool) -> bytes:
    """The key at a path; made where there is none and `make` says so, else a key for this once.

    Raises: StoreError when others may read it or it is no key; OutputError when it cannot be made.
    """
    found = stored_key(path)
    if found is not None:
        return found
    if not make:
        return secrets.token_bytes(_BYTES)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if ".kelisim" in (path.parent.name, path.parent.parent.name):
            own = path.parent if path.parent.name == ".kelisim" else path.parent.parent
            (own / ".gitignore").write_text("*\n", encoding="utf-8")
        # Written aside and linked into place: another process sees a whole key or none, and the first wins.
        aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
        return _read(path)
    except OSError as error:
        raise OutputError(
            f"the key '{path}' cannot be written ({error.strerror}). Way out: free space or rights."
        ) from error


def _read(path: Path) -> bytes:
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)) as file:
        rights = os.fstat(file.fileno()).st_mode
        text = file.read(200).strip()
    if stat.S_IMODE(rights) & 0o077:
        raise StoreError(f"others may read the key '{path}'. Way out: chmod 600 {path}")
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        raise StoreError(
            f"'{path}' is no key. Way out: put the key back from its copy; without it the same "
            "person or submission gets another digest, and nothing can be joined."
        )
    return key
