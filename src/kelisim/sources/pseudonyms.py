"""Names that tell nothing: a person or submission is known by a keyed digest, and the key stays elsewhere."""

from __future__ import annotations

import hashlib

__all__ = ["pseudonym"]


def pseudonym(key: bytes, what: str, name: str) -> str:
    """Keyed BLAKE2b-128 of a name, in hexadecimal: the same name gives the same digest under one key.

    what : kind of name ("submission", "interviewer"), so that equal names of two kinds differ

    >>> pseudonym(b"k" * 32, "submission", "1") == pseudonym(b"k" * 32, "interviewer", "1")
    False
    """
    return hashlib.blake2b(name.encode(), key=key, person=what.encode()[:16], digest_size=16).hexdigest()
