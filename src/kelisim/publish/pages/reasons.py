"""The page of reasons: why a value is missing, withheld or graded low, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kelisim.publish.view import View

__all__ = ["reasons"]


def reasons(view: View) -> Mapping[str, Any]:
    """Codes of reasons that figures of the release have, in the order of first use, with their numbers."""
    met: dict[str, int] = {}
    for figure in view.release.figures:
        for code in view.reasons(figure):
            met[code] = met.get(code, 0) + 1
    return {"met": met}
