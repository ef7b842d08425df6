"""Marks that a text may carry; the column `flags` is their sum."""

from __future__ import annotations

from enum import IntFlag

__all__ = ["Flag"]


class Flag(IntFlag):
    """What was seen while a text was read. A mark is evidence; the stored text is never altered.

    >>> int(Flag.LETTERLESS | Flag.URL)
    17
    """

    LETTERLESS = 1
    """Kazakh in Cyrillic script that uses none of the letters ә ғ қ ң ө ұ ү һ і."""
    REPAIRED = 2
    """A word mixed Latin and Cyrillic look-alikes and was read in one script."""
    UNREPAIRED_MIX = 4
    """A word mixes the two scripts and cannot be read in one."""
    CUT = 8
    """Only the first 20,000 characters were read."""
    URL = 16
    """An address, a domain, a handle or an e-mail address was left out of the matching view."""
    BAD_UTF8 = 32
    """Bytes that are no UTF-8, or the sign that an earlier program put in their place."""
    MIXED_DOMAIN = 64
    """A part of a domain mixes Latin and Cyrillic letters."""
