"""Made-up populations for the laws: rows of counts, and tables of units and groups."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

__all__ = ["counts", "tables", "two_groups"]

_PERSONS = st.integers(0, 5000) | st.integers(0, 20_000_000)


def counts(min_groups: int = 1, max_groups: int = 8) -> st.SearchStrategy[list[int]]:
    """One population with at least one person."""
    return st.lists(_PERSONS, min_size=min_groups, max_size=max_groups).filter(any)


@st.composite
def tables(draw: st.DrawFn, min_groups: int = 2, max_groups: int = 5) -> NDArray[np.float64]:
    """Units in rows, groups in columns, at least two groups with members; single units may be empty."""
    groups = draw(st.integers(min_groups, max_groups))
    row = st.lists(_PERSONS, min_size=groups, max_size=groups)
    rows = draw(st.lists(row, min_size=1, max_size=7).filter(_mixed))
    return np.array(rows, dtype=np.float64)


def _mixed(rows: list[list[int]]) -> bool:
    return sum(any(column) for column in zip(*rows, strict=True)) >= 2


def two_groups() -> st.SearchStrategy[NDArray[np.float64]]:
    """A table of two groups, both with members."""
    return tables(2, 2)
