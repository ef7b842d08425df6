"""Labels for the stored texts of a study: a pool of processes, one file of texts after another."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from kelisim.annotation.kernel import load
from kelisim.core.errors import StoreError
from kelisim.runs.annotate_pool import Annotated, annotate_shards
from kelisim.runs.studies import read_whole
from kelisim.store.texts import texts_of

__all__ = ["annotate_study", "labels_of"]


def labels_of(study: Path) -> Path:
    """Where the labels of the stored texts of a study stand."""
    return study / ".kelisim" / "annotations"


def annotate_study(
    study: Path, *, workers: int | None = None, progress: Callable[[int, int], None] | None = None
) -> Annotated:
    """Label what the store of a study holds and nobody labelled with this version yet.

    The areas of the study are looked for as places too. workers : processes, one per core unless given
    Raises: Refused, StoreError, OutputError; files done before stay done.
    """
    texts = texts_of(study) / "items"
    if not texts.is_dir():
        raise StoreError(
            f"'{study}' holds no stored texts. Way out: `kelisim discourse collect` or `import` them first."
        )
    areas = read_whole(study).areas
    return annotate_shards(
        texts,
        labels_of(study),
        load=partial(load, areas),
        workers=workers or os.cpu_count() or 1,
        progress=progress,
    )
