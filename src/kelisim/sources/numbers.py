"""Numbers as people write them in Kazakh and Russian tables."""

from __future__ import annotations

import re
from decimal import Decimal

__all__ = ["MISSING", "parse_number"]

MISSING = frozenset({"", "-", "–", "—", "−", "..", "..."})
_SPACES = str.maketrans("", "", " \u00a0\u2009\u202f\u2007")
_GROUPED = re.compile(r"\d{1,3}(?:[ \u00a0\u2009\u202f\u2007]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?", re.ASCII)


def parse_number(text: str) -> Decimal | None:
    """A number with spaces between thousands, a decimal comma or point, a percent sign; None where missing.

    Raises: ValueError for everything that is not one plain number.

    >>> parse_number("18 631 779"), parse_number("68,51 %"), parse_number("–")
    (Decimal('18631779'), Decimal('68.51'), None)
    """
    body = text.strip()
    if body in MISSING:
        return None
    body = body.removesuffix("%").rstrip().replace("−", "-")
    sign, digits = ("-", body[1:]) if body.startswith("-") else ("", body)
    if _GROUPED.fullmatch(digits) is None:
        raise ValueError(f"'{text}' is not a number")
    return Decimal(sign + digits.translate(_SPACES).replace(",", "."))
