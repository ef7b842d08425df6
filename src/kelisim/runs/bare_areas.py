"""Figures of small areas from a bare survey file, with tables of areas and counts of people beside it.

Nothing is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from kelisim.core.errors import Fault, Refused
from kelisim.runs.bare_survey import Asked, read_sample
from kelisim.runs.bare_tables import labels_of, numbers_of, read_table
from kelisim.stats.small_area.area_model import Covariates, area_means, area_shares
from kelisim.stats.small_area.benchmark import Benchmark
from kelisim.stats.small_area.cells import Cells, joint, tabulate
from kelisim.stats.small_area.fay_herriot import AreaVariance
from kelisim.stats.small_area.gate import Limits
from kelisim.stats.small_area.mrp import mrp_shares
from kelisim.stats.small_area.results import AreaEstimate
from kelisim.stats.survey.design import Design

__all__ = ["AskedAreas", "estimate_areas"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAreas:
    """What is to be estimated, and by which model; names are columns.

    covariates, x, population, places : table of areas, its covariates, persons, effective places; cells,
        count, effects : tables of counts, their column of persons, and effects of the multilevel model
    """

    by: str
    mean: tuple[str, ...] = ()
    share: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    model: Literal["fay-herriot", "mrp"]
    method: AreaVariance
    benchmark: Benchmark
    limits: Limits
    level: float
    covariates: Path | None = None
    x: tuple[str, ...] = ()
    population: str | None = None
    cells: tuple[Path, ...] = ()
    count: str = "count"
    effects: tuple[str, ...] = ()
    draws: int = 2000
    seed: int = 0
    places: str | None = None

    def __post_init__(self) -> None:
        if bool(self.mean) == bool(self.share):
            raise ValueError("say what to estimate: --mean or --share")
        if self.covariates is None and (self.x or self.population or self.places):
            raise ValueError("covariates, persons and places of areas come from a table: add --covariates")
        if self.model == "mrp":
            if self.mean:
                raise ValueError("the multilevel model is a logit for shares: take --share, or fay-herriot")
            if not self.cells:
                raise ValueError("the multilevel model adds up over counts: add --cells CELLS.csv")
            if self.benchmark != "none":
                raise ValueError("figures by counts of the population are not benchmarked")
        elif self.cells or self.effects or self.places:
            raise ValueError("cells, effects and places of areas belong to --model mrp")


def estimate_areas(path: Path, design: Design, asked: AskedAreas) -> list[AreaEstimate]:
    """All estimates asked for.  Raises: Refused with every fault of the files, NotDefined."""
    parts = dict.fromkeys(part.strip() for name in asked.effects for part in name.split(":"))
    wanted = Asked(
        mean=asked.mean,
        share=asked.share,
        by=(asked.by, *parts),
        level=asked.level,
        interval="logit",
        planned_deff=None,
        deff="wor",
    )
    sample = read_sample(path, design, wanted)
    covariates, places = _covariates(asked)
    found: list[AreaEstimate] = []
    if asked.model == "mrp":
        cells = joint([_cells(table, asked, parts) for table in asked.cells])
        rng = np.random.default_rng(asked.seed)
        for name in asked.share:
            found += mrp_shares(
                sample,
                name,
                by=asked.by,
                effects=asked.effects,
                cells=cells,
                level=asked.level,
                rng=rng,
                places=places,
                categories=asked.categories or None,
                covariates=covariates,
                limits=asked.limits,
                draws=asked.draws,
            )
        return found
    for name in asked.mean:
        found += area_means(
            sample,
            name,
            by=asked.by,
            method=asked.method,
            level=asked.level,
            covariates=covariates,
            benchmark_rule=asked.benchmark,
            limits=asked.limits,
        )
    for name in asked.share:
        found += area_shares(
            sample,
            name,
            by=asked.by,
            method=asked.method,
            level=asked.level,
            categories=asked.categories or None,
            covariates=covariates,
            benchmark_rule=asked.benchmark,
            limits=asked.limits,
        )
    return found


def _covariates(asked: AskedAreas) -> tuple[Covariates | None, dict[str, float] | None]:
    if asked.covariates is None:
        return None, None
    file = asked.covariates.name
    columns = [*asked.x, *(name for name in (asked.population, asked.places) if name)]
    grid = read_table(asked.covariates, [asked.by, *columns])
    faults: list[Fault] = []
    areas = labels_of(grid, asked.by, file, faults)
    _twice(areas, grid.lines, asked.by, file, faults)
    read = {name: numbers_of(grid, name, file, faults) for name in asked.x}
    persons = numbers_of(grid, asked.population, file, faults, least=0) if asked.population else None
    places = numbers_of(grid, asked.places, file, faults, least=1) if asked.places else None
    if faults:
        raise Refused(faults)
    made = Covariates(
        names=asked.x,
        values={area: tuple(read[name][row] for name in asked.x) for row, area in enumerate(areas)},
        population=dict(zip(areas, persons, strict=True)) if persons is not None else None,
    )
    return made, dict(zip(areas, places, strict=True)) if places is not None else None


def _twice(areas: Sequence[str], lines: Sequence[int], name: str, file: str, faults: list[Fault]) -> None:
    seen: set[str] = set()
    for area, line in zip(areas, lines, strict=True):
        if area in seen:
            faults.append(Fault(file, line, name, f"'{area}' stands here twice.", "keep one row per area."))
        seen.add(area)


def _cells(table: Path, asked: AskedAreas, parts: dict[str, None]) -> Cells:
    """One table of counts; columns that no effect needs are added up."""
    grid = read_table(table, [asked.count])
    names = [name for name in (asked.by, *parts) if name in grid.header]
    faults: list[Fault] = []
    if not names:
        words = f"it counts neither '{asked.by}' nor an effect."
        faults.append(Fault(table.name, 1, "", words, "name its columns as in the survey."))
    columns = [labels_of(grid, name, table.name, faults) for name in names]
    count = numbers_of(grid, asked.count, table.name, faults, least=0)
    if faults:
        raise Refused(faults)
    return tabulate(names, list(zip(*columns, strict=True)), count)
