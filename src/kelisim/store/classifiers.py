"""Classifiers of a study, in its closed part: the numbers, or the address of a larger model, and the card.

A classifier is never replaced: training again makes another of another name, so that a sample always names
the one that scored it.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import OutputError, StoreError
from kelisim.store.coding import check_alias, coding_of
from kelisim.store.study_files import new_folder

__all__ = ["classifiers", "read_classifier", "write_classifier"]

_NUMBERS, _CARD = "model.npz", "card.json"


def classifiers(study: Path) -> tuple[str, ...]:
    """Names of the classifiers of a study."""
    return tuple(sorted(path.parent.name for path in coding_of(study).glob(f"models/*/{_CARD}")))


def write_classifier(
    study: Path, name: str, card: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]] | None
) -> Path:
    """Store a new classifier; arrays : its numbers, None for a model that stands elsewhere.

    Raises: OutputError where one of that name is there.
    """
    place = _place(study, name)
    if place.exists():
        raise OutputError(f"there is a classifier '{name}' already. Way out: give this one another --id.")
    text = json.dumps(card, ensure_ascii=False, indent=1) + "\n"
    files = {_CARD: text.encode("utf-8")}
    if arrays is not None:
        out = io.BytesIO()
        np.savez_compressed(out, **arrays)  # type: ignore[arg-type]
        files[_NUMBERS] = out.getvalue()
    new_folder(place, files)
    return place


def read_classifier(study: Path, name: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The card of a classifier and its numbers, none for a model elsewhere.  Raises: StoreError."""
    place = _place(study, name)
    try:
        card = json.loads((place / _CARD).read_text(encoding="utf-8"))
        arrays = {}
        if (place / _NUMBERS).exists():
            with np.load(place / _NUMBERS, allow_pickle=False) as stored:
                arrays = {key: stored[key] for key in stored.files}
        return card, arrays
    except FileNotFoundError as error:
        known = ", ".join(classifiers(study)) or "none yet"
        raise StoreError(
            f"there is no classifier '{name}' in '{study}'; there are: {known}. "
            "Way out: train one with `kelisim discourse train`."
        ) from error
    except (OSError, ValueError, KeyError) as error:
        raise StoreError(
            f"the classifier '{name}' cannot be read: {error}. Way out: train it anew."
        ) from error


def _place(study: Path, name: str) -> Path:
    return coding_of(study) / "models" / check_alias(name, "name of a classifier")
