"""A synthetic oblast: 17 areas of places of people, with known truth, and samples of it drawn by places.

Answers are yes or no, or a number. The share of the variance between areas (`icc_areas`) and between places
inside them is planted on the scale of the linear predictor, and age by sex and education move the answer too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kelisim.stats.small_area.cells import Cells, tabulate
from kelisim.stats.survey.design import Design
from kelisim.stats.survey.sample import Sample

Floats = NDArray[np.float64]
AGES, EDUCATION = 6, 3
LATENT = np.pi**2 / 3
PER_PLACE = 10


@dataclass(frozen=True)
class Oblast:
    """people : (areas, places); cells : (areas, ages, education) shares; chance : (areas, places, ages,
    education) of yes, or the mean of the number; truth : (areas,); drawn : places drawn; x : a covariate."""

    people: Floats
    cells: Floats
    chance: Floats
    truth: Floats
    drawn: NDArray[np.intp]
    x: Floats

    @property
    def total(self) -> Floats:
        return self.people.sum(axis=1)

    @property
    def effective_places(self) -> dict[str, float]:
        """Places of each area, counted by their sizes."""
        several = self.total**2 / np.square(self.people).sum(axis=1)
        return {f"a{a:02d}": float(n) for a, n in enumerate(several)}

    def tabulated(self) -> Cells:
        """The census table as cells."""
        rows = self.counts()
        names = ["area", "age_sex", "education"]
        return tabulate(names, [tuple(row[n] for n in names) for row in rows], [row["count"] for row in rows])

    def counts(self) -> list[dict[str, Any]]:
        """The census table: one row per area, age by sex, education."""
        shape = self.cells.shape
        return [
            {
                "area": f"a{a:02d}", "age_sex": f"g{g}", "education": f"e{e}",
                "count": float(self.cells[a, g, e] * self.total[a]),
            }
            for a in range(shape[0]) for g in range(AGES) for e in range(EDUCATION)
        ]  # fmt: skip


def make(
    rng: np.random.Generator, *, icc_areas: float, icc_places: float = 0.04, areas: int = 17,
    places: int = 40, level: float = -0.4, binary: bool = True, explained: float = 0.0,
) -> Oblast:  # fmt: skip
    """explained : share of the variance between areas that the covariate x foretells."""
    people = np.exp(rng.normal(0, 0.6, (areas, places))) * np.exp(rng.normal(0, 0.6, areas))[:, None] * 2000
    cells = rng.dirichlet(np.full(AGES * EDUCATION, 20.0), areas).reshape(areas, AGES, EDUCATION)
    rest = 1 - icc_areas - icc_places
    between, local = LATENT * icc_areas / rest, LATENT * icc_places / rest
    x = rng.normal(size=areas)
    area = np.sqrt(between) * (np.sqrt(explained) * x + np.sqrt(1 - explained) * rng.normal(size=areas))
    line = (
        level + area[:, None, None, None] + rng.normal(0, np.sqrt(local), (areas, places))[:, :, None, None]
        + np.linspace(-0.5, 0.5, AGES)[None, None, :, None] + np.linspace(-0.3, 0.3, EDUCATION)
    )  # fmt: skip
    chance = 1 / (1 + np.exp(-line)) if binary else line
    by_place = (chance * cells[:, None]).sum(axis=(2, 3))
    truth = (by_place * people).sum(axis=1) / people.sum(axis=1)
    # Large areas get up to eight places, small ones two.
    rank = people.sum(axis=1).argsort().argsort()
    drawn = (2 + np.floor(6 * rank / max(areas - 1, 1))).astype(np.intp)
    return Oblast(people, cells, chance, truth, drawn, x)


def draw(oblast: Oblast, rng: np.random.Generator, *, binary: bool = True) -> dict[str, NDArray[Any]]:
    """Places drawn with chances by their size, ten people in each; weights add up to those of an area."""
    areas, places = oblast.people.shape
    area, place, weight = [], [], []
    for a in range(areas):
        share = oblast.people[a] / oblast.people[a].sum()
        k = int(oblast.drawn[a])
        points = (rng.random() + np.arange(k)) / k
        order = rng.permutation(places)
        chosen = order[np.minimum(np.searchsorted(np.cumsum(share[order]), points), places - 1)]
        place.append(np.repeat(a * places + chosen, PER_PLACE))
        area.append(np.full(k * PER_PLACE, a))
        weight.append(np.full(k * PER_PLACE, oblast.total[a] / (k * PER_PLACE)))
    codes, at = np.concatenate(area), np.concatenate(place) % places
    flat = oblast.cells.reshape(areas, -1).cumsum(axis=1)[codes]
    cell = np.minimum((rng.random(codes.size)[:, None] > flat).sum(axis=1), flat.shape[1] - 1)
    age, school = cell // EDUCATION, cell % EDUCATION
    chance = oblast.chance[codes, at, age, school]
    y = (
        (rng.random(codes.size) < chance).astype(np.int64)
        if binary
        else chance + rng.logistic(size=codes.size)
    )
    name = np.array([f"a{a:02d}" for a in range(areas)])
    return {
        "area": name[codes], "place": np.concatenate(place), "w": np.concatenate(weight), "y": y,
        "age_sex": np.array([f"g{g}" for g in range(AGES)])[age],
        "education": np.array([f"e{e}" for e in range(EDUCATION)])[school],
    }  # fmt: skip


def sample_of(data: dict[str, NDArray[Any]]) -> Sample:
    """Areas as strata, places as units."""
    design = Design(kind="probability", weights="w", strata=("area",), psu=("place",), lonely="adjust")
    return Sample(data, design)


def without(data: dict[str, NDArray[Any]], area: str) -> dict[str, NDArray[Any]]:
    """The same interviews but those of one area."""
    return {name: column[data["area"] != area] for name, column in data.items()}
