"""What is costly to make and the same for equal input: kept per user, by the hash of what it is made from.

A kept file begins with the digest of the rest, so a file cut short or changed is made again; writing goes
aside first, so two runs at once cannot see half a file. Without a place to write, everything is made anew.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

__all__ = ["cache_folder", "kept"]

_DIGEST = 32


def cache_folder() -> Path | None:
    """The user's own cache folder of kelisim, made if need be; None where there can be none."""
    named = os.environ.get("XDG_CACHE_HOME")
    try:
        folder = (Path(named) if named else Path.home() / ".cache") / "kelisim"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owned = folder.stat().st_uid == os.getuid() and os.access(folder, os.W_OK)
    except (OSError, RuntimeError):
        return None
    # Files of another user are not trusted: they would end on a published page.
    return folder if owned else None


def kept(kind: str, recipe: str, make: Callable[[], bytes]) -> bytes:
    """The bytes that `make` gives for this recipe, from the cache where they were made before.

    kind : one word for what it is; recipe : everything the bytes depend on, versions of makers included
    """
    folder = cache_folder()
    if folder is None:
        return make()
    path = folder / f"{kind}-{hashlib.sha256(recipe.encode()).hexdigest()[:40]}"
    with suppress(OSError):
        found = path.read_bytes()
        if found[:_DIGEST] == hashlib.sha256(found[_DIGEST:]).digest():
            return found[_DIGEST:]
    made = make()
    with suppress(OSError):
        handle, aside = tempfile.mkstemp(prefix=f".{kind}-", dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(made).digest() + made)
            Path(aside).replace(path)
        finally:
            Path(aside).unlink(missing_ok=True)
    return made
