"""Names that tell nothing: a person or submission is known by a keyed digest, and the key stays elsewhere."""

from __future__ import annotations

import hashlib
import unicodedata

__all__ = ["person_digest", "pseudonym"]


def pseudonym(key: bytes, what: str, name: str) -> str:
    """Keyed BLAKE2b-128 of a name, in hexadecimal: the same name gives the same digest under one key.

    what : kind of name ("submission", "interviewer"), so that equal names of two kinds differ

    >>> pseudonym(b"k" * 32, "submission", "1") == pseudonym(b"k" * 32, "interviewer", "1")
    False
    """
    return hashlib.blake2b(name.encode(), key=key, person=what.encode()[:16], digest_size=16).hexdigest()


def person_digest(key: bytes, identity: str) -> str:
    """Digest of a person, whom nobody without the key can name.

    Blanks at the ends, capitals and ways to spell one letter do not make another person.
    identity : what a body knows a person by, such as a service number
    Raises: ValueError for an empty identity.

    >>> person_digest(b"k" * 32, " A-17 ") == person_digest(b"k" * 32, "a-17")
    True
    """
    plain = " ".join(unicodedata.normalize("NFKC", identity).casefold().split())
    if not plain:
        raise ValueError("a person without any identity cannot be recognised")
    return pseudonym(key, "person", plain)
