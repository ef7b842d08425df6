"""Persons as keyed digests: the same person is recognised, and nobody without the key can say who it is."""

from __future__ import annotations

import hashlib
import unicodedata

__all__ = ["pseudonym"]


def pseudonym(identity: str, key: bytes) -> str:
    """BLAKE2b-128 of an identity under a key, in hexadecimal.

    Blanks at the ends, capitals and ways to spell one letter do not make another person.
    identity : what a body knows a person by, such as a service number; key : 16 to 64 secret bytes
    Raises: ValueError for an empty identity or a key of another length.

    >>> pseudonym(" A-17 ", b"k" * 32) == pseudonym("a-17", b"k" * 32) != pseudonym("a-17", b"q" * 32)
    True
    """
    plain = " ".join(unicodedata.normalize("NFKC", identity).casefold().split())
    if not plain:
        raise ValueError("a person without any identity cannot be recognised")
    if not 16 <= len(key) <= 64:
        raise ValueError(f"a key has 16 to 64 bytes, not {len(key)}")
    return hashlib.blake2b(plain.encode(), digest_size=16, key=key).hexdigest()
