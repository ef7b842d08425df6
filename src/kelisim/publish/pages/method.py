"""The page of methods: every method that a figure of the release names, in the order of first use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kelisim.publish.view import View

__all__ = ["method"]


def method(view: View) -> Mapping[str, Any]:
    """The methods used; `m.METHOD` explains each, `method.METHOD` or `METHOD` is its title."""
    return {"methods": tuple(dict.fromkeys(figure.estimate.method for figure in view.release.figures))}
