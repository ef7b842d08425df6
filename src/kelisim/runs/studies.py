"""A study folder as the steps of a run read it: all kinds of table, and waves of its own closed warehouse."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from kelisim.core.study import Study
from kelisim.runs.kinds import KINDS
from kelisim.sources.study import read_study
from kelisim.store.answers import answers_of, read_answers

__all__ = ["read_whole"]


def read_whole(folder: Path) -> Study:
    """Read a study. Raises: Refused with every fault of every file; StoreError for a damaged stored wave."""
    return read_study(folder, KINDS, partial(read_answers, answers_of(folder)))
