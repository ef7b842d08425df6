"""Results of the index as figures: parts, index, probabilities of levels and of zones, each with its
recipe."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from kelisim.assessment.age import one_step_lower
from kelisim.assessment.index import LEVELS, AreaIndex
from kelisim.assessment.items import PARTS
from kelisim.core.estimates import GRADES, Estimate, Figure, Flag, Grade
from kelisim.core.study import Study
from kelisim.core.zones import COLOURS, AreaZone

__all__ = ["INDEX", "index_figures"]

INDEX = "interaction_index"
# Between this and the reliability below which nothing is shown, a value is shown and flagged by its grade.
_SOUND = 0.7


def index_figures(
    study: Study,
    zone: AreaZone,
    own: Mapping[str, tuple[Figure, Estimate]],
    parts: NDArray[np.float64],
    point: NDArray[np.float64],
    index: object,
) -> list[Figure]:
    """Figures of one area: `interaction_index`, `part_*`, `level_*`, `zone_*`.

    parts : draws (draws, 4); point : parts at the estimates themselves, (4,)
    An index that cannot be given is a figure without value and says so; probabilities are given only with it.
    """
    level = study.thresholds.interval_level
    tail = 50.0 * (1.0 - level)
    made: list[Figure] = []

    def add(
        indicator: str, unit: str, method: str, value: float | None,
        ends: tuple[float, float] | None = None, flag: Flag = "ok", reasons: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        made.append(_figure(study, zone, own, Estimate(
            value=value, low=ends[0] if ends else None, high=ends[1] if ends else None,
            level=level if ends else None, unit=unit, n=zone.n if value is not None else None, method=method,
            grade=_grade(zone, own), source=_source(study, own), flag=flag, reasons=reasons,
            recipe=zone.recipe), indicator))  # fmt: skip

    sound = bool(zone.levels)
    for p, part in enumerate(PARTS):
        if part in zone.parts and (zone.reliability or 0.0) >= 0.5:
            low, high = np.percentile(parts[:, p], [tail, 100.0 - tail])
            value = float(point[p])
            add(
                f"part_{part}",
                "index 0-1",
                "index_part",
                value,
                (min(float(low), value), max(float(high), value)),
            )
    if sound and isinstance(index, AreaIndex):
        add(INDEX, "index 0-1", INDEX, index.value, (index.low, index.high))
        for name in LEVELS:
            add(f"level_{name}", "probability", "level_probability", index.levels[name])
        if not zone.grey:
            for colour in COLOURS:
                add(f"zone_{colour}", "probability", "zone_probability", zone.probabilities[colour])
    elif isinstance(index, AreaIndex):
        add(INDEX, "index 0-1", INDEX, None, None, "withheld", ("unreliable",))
    else:
        add(INDEX, "index 0-1", INDEX, None, None, "missing", zone.grey)
    return made


def _figure(
    study: Study,
    zone: AreaZone,
    own: Mapping[str, tuple[Figure, Estimate]],
    estimate: Estimate,
    indicator: str,
) -> Figure:
    periods = sorted({figure.period_id for figure, _ in own.values()})
    shown = estimate.value is not None
    cells = tuple(cell for figure, _ in own.values() for cell in figure.cells) if shown else ()
    return Figure(
        indicator=indicator,
        area_id=zone.area_id,
        period_id="+".join(periods) or "undated",
        klass=zone.klass,
        variant="four_parts",
        cells=cells,
        estimate=estimate,
    )


def _grade(zone: AreaZone, own: Mapping[str, tuple[Figure, Estimate]]) -> Grade:
    grades = [estimate.grade for _, estimate in own.values()]
    if not grades:
        return "poor"
    worst: Grade = max(grades, key=GRADES.index)
    return one_step_lower(worst) if (zone.reliability or 0.0) < _SOUND else worst


def _source(study: Study, own: Mapping[str, tuple[Figure, Estimate]]) -> str:
    return next((figure.estimate.source for figure, _ in own.values()), next(iter(study.sources)))
