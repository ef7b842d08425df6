"""Sheets for interviewers: a place, a language and a random number for each interview, and no names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Interview", "assign", "split"]

_FIRST, _LAST = 100_000, 999_999


@dataclass(frozen=True, slots=True, order=True)
class Interview:
    """number : random, six digits, so that neither the order nor the place of an interview can be read off
    it"""

    language: str
    stratum: str
    place: str
    number: int


def assign(
    places: Sequence[tuple[str, str]],
    per_place: int,
    languages: Mapping[str, Sequence[float]],
    rng: np.random.Generator,
) -> list[Interview]:
    """Interviews of all places, by language, stratum, place and number.

    places : (stratum, place); languages : language -> persons or share who speak it, one number per place

    >>> made = assign([("h", "v")], 3, {"kk": [60], "ru": [30]}, np.random.default_rng(1))
    >>> [(one.language, one.place) for one in made], len({one.number for one in made})
    ([('kk', 'v'), ('kk', 'v'), ('ru', 'v')], 3)
    """
    total = len(places) * per_place
    if total > (_LAST - _FIRST) // 2:
        raise ValueError(f"{total} interviews are more than numbers of six digits keep apart")
    numbers = iter((_FIRST + rng.choice(_LAST - _FIRST + 1, size=total, replace=False)).tolist())
    made = []
    for row, (stratum, place) in enumerate(places):
        parts = split(per_place, [values[row] for values in languages.values()])
        for language, count in zip(languages, parts, strict=True):
            made += [Interview(language, stratum, place, next(numbers)) for _ in range(count)]
    return sorted(made)


def split(total: int, sizes: Sequence[float]) -> list[int]:
    """A whole number in proportion to sizes, the largest remainders rounded up; ties to the first.

    >>> split(10, [70, 20, 9])
    [7, 2, 1]
    """
    whole = sum(sizes)
    if not whole > 0 or min(sizes) < 0:
        raise ValueError("a place needs one language at least that is spoken there")
    exact = [total * size / whole for size in sizes]
    made = [int(part) for part in exact]
    order = sorted(range(len(sizes)), key=lambda k: (made[k] - exact[k], k))
    for k in order[: total - sum(made)]:
        made[k] += 1
    return made
