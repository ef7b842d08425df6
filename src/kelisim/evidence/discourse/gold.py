"""Which texts people code: families drawn at random within strata, each with its known chance.

A family is a text and its near copies; it is drawn and coded once, however often it was shared. The frame
holds the families of covered sources. Every language and period is sampled for itself, and Kazakh typed
without its letters is a stratum of its own, since machines err there most. A machine's score only decides
where to look more closely; the shares that come of it rest on the codes and the chances alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import NotDefined
from kelisim.stats.planning.allocation import allocate

__all__ = [
    "BY",
    "By",
    "Design",
    "Frame",
    "GoldSample",
    "Stratum",
    "draw_gold",
    "needed_families",
    "strata_of",
]

By = Literal["random", "score", "class"]
BY: tuple[str, ...] = get_args(By)
LEAST_PER_STRATUM = 50
LEAST = 200
LEAST_FOR_RARE = 400
_RARE = 0.03
_CUTS = (0.5, 0.8)
_BANDS = ("low", "middle", "high")


@dataclass(frozen=True, eq=False)
class Frame:
    """Families of texts, one row each.

    family : identifier; language, period : "kk", "2024-05"; size : items of the family, from 1
    source : source of its first item; letterless : Kazakh typed without its own letters
    score : machine score, NaN where there is none; predicted : class a machine gave, "" where there is none
    """

    family: NDArray[Any]
    language: NDArray[Any]
    period: NDArray[Any]
    source: NDArray[Any]
    size: NDArray[np.int64]
    letterless: NDArray[np.bool_]
    score: NDArray[np.float64]
    predicted: NDArray[Any]

    def __post_init__(self) -> None:
        columns = (self.language, self.period, self.source, self.size, self.letterless, self.score)
        if any(len(column) != len(self.family) for column in (*columns, self.predicted)):
            raise ValueError("a frame has one value of every column for each family")
        if len(self.size) and self.size.min() < 1:
            raise ValueError("a family has one item at least")
        if len(np.unique(self.family)) != len(self.family):
            raise ValueError("a family stands in the frame once")

    def __len__(self) -> int:
        return len(self.family)


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """How texts are drawn.

    by : "random" within each language and period, "score" in bands below the median, to 80 % and the top
         20 %, "class" by the class a machine gave
    families : wanted for each language and period; None takes `needed_families`
    expected_share : share that is looked for, where known; under 3 % twice as many are drawn
    largest_from : families of this many items or more are all drawn; None draws them like others
    """

    by: By
    families: int | None = None
    expected_share: float | None = None
    largest_from: int | None = None

    def __post_init__(self) -> None:
        if self.by not in BY:
            raise ValueError(f"texts are drawn by one of {', '.join(BY)}, not '{self.by}'")
        if self.expected_share is not None and not 0 < self.expected_share < 1:
            raise ValueError(f"an expected share lies between 0 and 1, not at {self.expected_share}")
        if self.families is not None and self.families < 1:
            raise ValueError("a sample has one family at least")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """One stratum: how many families and items the frame has in it, and how many families were drawn.

    band : "all", "low", "middle", "high", "largest" or the class; lowest, highest : scores that bound it
    """

    language: str
    period: str
    letterless: bool
    band: str
    families: int
    items: int
    drawn: int = 0
    lowest: float = -np.inf
    highest: float = np.inf

    @property
    def key(self) -> str:
        """Readable name, unique within a sample."""
        return "/".join(
            (self.language, self.period, *(("letterless",) if self.letterless else ()), self.band)
        )

    @property
    def chance(self) -> float:
        """Probability of each of its families to be drawn."""
        return self.drawn / self.families


@dataclass(frozen=True, eq=False)
class GoldSample:
    """What was drawn: rows of the frame, the stratum of each and its chance; and all strata of the frame."""

    rows: NDArray[np.int64]
    stratum: NDArray[np.int64]
    chance: NDArray[np.float64]
    strata: tuple[Stratum, ...]


def needed_families(strata: Sequence[int], expected_share: float | None = None) -> int:
    """How many families of one language and period must be coded before a share may be told.

    200, or 400 where the share looked for is under 3 %; 50 in every stratum; never more than there are.
    strata : families of each stratum

    >>> needed_families([3000, 2000]), needed_families([3000] * 6), needed_families([5000], 0.01)
    (200, 300, 400)
    >>> needed_families([60, 60])
    120
    """
    least = LEAST_FOR_RARE if expected_share is not None and expected_share < _RARE else LEAST
    return min(sum(strata), max(least, sum(min(LEAST_PER_STRATUM, families) for families in strata)))


def draw_gold(frame: Frame, design: Design, rng: np.random.Generator) -> GoldSample:
    """Families to code, drawn at random without replacement within strata.

    In every language and period each stratum gives 50 families, or all it has, and the rest of the sample
    is shared out by the number of families. The order of the rows drawn is random.

    Raises: NotDefined("empty_frame"); NotDefined("no_score" | "no_class") where the design needs what the
    frame has not; NotDefined("budget_too_small") where `families` would not reach every stratum.

    >>> rng = np.random.default_rng(1)
    >>> n = 1000
    >>> names = np.array([f"f{i}" for i in range(n)])
    >>> one = np.full(n, "ru")
    >>> frame = Frame(names, one, one, one, np.ones(n, dtype=int), np.zeros(n, bool), rng.random(n), one)
    >>> made = draw_gold(frame, Design(by="score"), rng)
    >>> len(made.rows), [(s.band, s.families, s.drawn) for s in made.strata]
    (200, [('low', 500, 94), ('middle', 300, 56), ('high', 200, 50)])
    """
    owner, strata = strata_of(frame, design)
    places = [np.flatnonzero(owner == h) for h in range(len(strata))]
    drawn = np.zeros(len(strata), dtype=np.int64)
    cells: dict[tuple[str, str], list[int]] = {}
    for h, stratum in enumerate(strata):
        cells.setdefault((stratum.language, stratum.period), []).append(h)
    for members in cells.values():
        certain = [h for h in members if strata[h].band == "largest"]
        others = [h for h in members if h not in certain]
        drawn[certain] = [strata[h].families for h in certain]
        available = [strata[h].families for h in others]
        wanted = needed_families(available, design.expected_share)
        if design.families is not None:
            wanted = min(design.families, sum(available))
        each = sum(min(LEAST_PER_STRATUM, families) for families in available)
        least = LEAST_PER_STRATUM if wanted >= each else wanted // max(len(others), 1)
        if others and least < 1:
            raise NotDefined("budget_too_small", f"{wanted} families do not reach {len(others)} strata")
        drawn[others] = allocate(wanted, available, available, least=least)
    rows = np.concatenate(
        [rng.choice(place, int(k), replace=False) for place, k in zip(places, drawn, strict=True)]
    )
    rows = rng.permutation(rows)
    made = tuple(replace(stratum, drawn=int(k)) for stratum, k in zip(strata, drawn, strict=True))
    chances = np.array([stratum.chance for stratum in made])
    return GoldSample(rows, owner[rows], chances[owner[rows]], made)


def strata_of(
    frame: Frame, design: Design, like: Sequence[Stratum] | None = None
) -> tuple[NDArray[np.int64], tuple[Stratum, ...]]:
    """Stratum of every family, and the strata with their numbers of families and items.

    like : strata of an earlier sample, whose bounds of scores are kept instead of being found anew
    """
    if not len(frame):
        raise NotDefined("empty_frame", "no text may be drawn: the frame is empty")
    if design.by == "score" and np.isnan(frame.score).any():
        raise NotDefined("no_score", "some families have no machine score; draw at random, or score them")
    if design.by == "class" and (frame.predicted == "").any():
        raise NotDefined("no_class", "some families have no predicted class; draw at random, or class them")
    bands = np.full(len(frame), "all", dtype=object)
    bounds: dict[tuple[str, str], tuple[float, ...]] = {}
    for language, period in sorted({*zip(frame.language.tolist(), frame.period.tolist(), strict=True)}):
        inside = (frame.language == language) & (frame.period == period)
        if design.by == "class":
            bands[inside] = frame.predicted[inside]
        elif design.by == "score":
            cuts = _kept_cuts(like, language) if like is not None else None
            cuts = cuts or tuple(np.quantile(frame.score[inside], _CUTS, method="inverted_cdf").tolist())
            bounds[language, period] = cuts
            place = np.searchsorted(np.asarray(cuts), frame.score[inside], side="left")
            bands[inside] = np.asarray(_BANDS, dtype=object)[place]
    if design.largest_from is not None:
        bands[frame.size >= design.largest_from] = "largest"
    keys = list(
        zip(frame.language.tolist(), frame.period.tolist(), frame.letterless.tolist(), bands, strict=True)
    )
    order = {key: h for h, key in enumerate(sorted(set(keys), key=_in_order))}
    owner = np.array([order[key] for key in keys], dtype=np.int64)
    families = np.bincount(owner, minlength=len(order))
    items = np.bincount(owner, weights=frame.size, minlength=len(order))
    strata = []
    for (language, period, letterless, band), h in order.items():
        low, high = _bounds(band, bounds.get((language, period)))
        strata.append(
            Stratum(
                language=language, period=period, letterless=bool(letterless), band=str(band),
                families=int(families[h]), items=int(items[h]), lowest=low, highest=high,
            )
        )  # fmt: skip
    return owner, tuple(strata)


def _in_order(key: tuple[str, str, bool, str]) -> tuple[Any, ...]:
    language, period, letterless, band = key
    return (language, period, letterless, _BANDS.index(band) if band in _BANDS else 9, band)


def _kept_cuts(like: Sequence[Stratum], language: str) -> tuple[float, ...] | None:
    """The bounds of scores of the latest period of a language; None where it was not sampled by score."""
    scored = [s for s in like if s.language == language and s.band in _BANDS]
    last = max((s.period for s in scored), default="")
    ends = sorted({end for s in scored if s.period == last for end in (s.lowest, s.highest)})
    inner = [end for end in ends if np.isfinite(end)]
    return (inner[0], inner[-1]) if inner else None


def _bounds(band: str, cuts: tuple[float, ...] | None) -> tuple[float, float]:
    if cuts is None or band not in _BANDS:
        return -np.inf, np.inf
    edges = (-np.inf, *cuts, np.inf)
    place = _BANDS.index(band)
    return edges[place], edges[place + 1]
