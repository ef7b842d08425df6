"""Estimates from a bare survey file without a study: read the columns asked for, declare, estimate."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kelisim.runs.bare_file import read_bare
from kelisim.runs.bare_weights import G_COLUMN, declared, read_totals
from kelisim.stats.survey.design import Design
from kelisim.stats.survey.estimation import DeffKind
from kelisim.stats.survey.intervals import ShareMethod
from kelisim.stats.survey.moments import mean, ratio, share, total
from kelisim.stats.survey.quantile import quantile
from kelisim.stats.survey.results import SurveyEstimate
from kelisim.stats.survey.sample import Sample

__all__ = ["Asked", "estimate_file", "read_sample"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be estimated; names are columns. ratio : numerator and denominator; quantile : column, p."""

    mean: tuple[str, ...] = ()
    total: tuple[str, ...] = ()
    share: tuple[str, ...] = ()
    ratio: tuple[tuple[str, str], ...] = ()
    quantile: tuple[tuple[str, float], ...] = ()
    by: tuple[str, ...] = ()
    level: float
    interval: ShareMethod
    planned_deff: float | None
    deff: DeffKind
    calibrated: Path | None = None

    def numbers(self) -> list[str]:
        """Columns that must hold numbers."""
        pairs = [name for pair in self.ratio for name in pair]
        return [*self.mean, *self.total, *pairs, *(name for name, _ in self.quantile)]

    def labels(self) -> list[str]:
        """Columns that hold categories."""
        return [*self.share, *self.by]


def estimate_file(path: Path, design: Design, asked: Asked) -> list[SurveyEstimate]:
    """All estimates asked for, in the order of the options.

    Raises: Refused with every fault of the file, NotDefined where nobody has answered.
    """
    sample = read_sample(path, design, asked)
    common: dict[str, Any] = {"level": asked.level, "by": asked.by}
    found: list[SurveyEstimate] = []
    for name in asked.mean:
        found += mean(sample, name, deff=asked.deff, **common)
    for name in asked.total:
        found += total(sample, name, deff=asked.deff, **common)
    for name in asked.share:
        more: dict[str, Any] = {"interval": asked.interval, "planned_deff": asked.planned_deff}
        found += share(sample, name, deff=asked.deff, **more, **common)
    for top, bottom in asked.ratio:
        found += ratio(sample, top, bottom, deff=asked.deff, **common)
    for name, probability in asked.quantile:
        found += quantile(sample, name, [probability], **common)
    return found


def read_sample(path: Path, design: Design, asked: Asked) -> Sample:
    """The sample of a CSV file, with only the columns that are needed."""
    if asked.calibrated is None:
        return read_bare(path, design, numbers=asked.numbers(), labels=asked.labels()).sample
    totals = read_totals(asked.calibrated)
    numbers = [*asked.numbers(), *totals.numbers, G_COLUMN]
    labels = [*asked.labels(), *totals.columns()]
    return declared(read_bare(path, design, numbers=numbers, labels=labels).sample, totals)
