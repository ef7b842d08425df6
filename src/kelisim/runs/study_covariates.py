"""Series of a study before the gate of the forecast: tried on past origins, admitted or told why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kelisim.core.foresight import CovariateRule, CovariateTried, ForesightRule
from kelisim.core.periods import PartialDate
from kelisim.core.study import Study
from kelisim.evidence.events.months import Monthly, month_number
from kelisim.forecasting.covariates import Admission, Covariate, admit, moved
from kelisim.forecasting.replay import Issue
from kelisim.forecasting.vintages import Vintages
from kelisim.runs.forecast_settings import LEVEL, RESAMPLES

__all__ = ["tried_covariates", "with_admitted"]


def tried_covariates(
    study: Study, rule: ForesightRule, seen: Monthly, issues: Sequence[Issue], vintages: Vintages
) -> tuple[tuple[Covariate, ...], tuple[Admission, ...], tuple[CovariateTried, ...]]:
    """Every declared series at every horizon: its values, what the gate said, and the same to be shown."""
    if not rule.covariates:
        return (), (), ()
    made = tuple(_covariate(study, each, seen) for each in rule.covariates)
    said = admit(
        made, issues, vintages, level=LEVEL, resamples=RESAMPLES, rng=np.random.default_rng([rule.seed, 4])
    )
    titles = {each.name: each.title for each in rule.covariates}
    shown = tuple(
        CovariateTried(
            title=titles[one.covariate], months=one.horizon, judgement=one.judgement,
            coefficient=one.coefficient,
            gain=None if one.difference is None else one.difference.value,
            low=None if one.difference is None else one.difference.low,
            high=None if one.difference is None else one.difference.high,
            level=None if one.difference is None else one.difference.level,
        )
        for one in said
    )  # fmt: skip
    return made, said, shown


def with_admitted(
    last: Issue,
    issues: Sequence[Issue],
    covariates: Sequence[Covariate],
    said: Sequence[Admission],
    vintages: Vintages,
    seed: int,
) -> Issue:
    """The latest issue, its pool moved by what was admitted. Of several series the one that helped most moves
    it: they were tried alone, and together they could count one thing twice."""
    by_name = {each.name: each for each in covariates}
    pool: dict[int, NDArray[np.int64]] = dict(last.draws["pool"])
    for h in pool:
        best = min(
            (one for one in said if one.horizon == h and one.judgement == "admitted" and one.difference),
            key=lambda one: one.difference.value if one.difference else 0.0,
            default=None,
        )
        if best is not None:
            rng = np.random.default_rng([seed, 5, h])
            pool[h] = moved(by_name[best.covariate], h, issues, vintages, rng)
    draws: Mapping[str, dict[int, NDArray[np.int64]]] = {**last.draws, "pool": pool}
    return replace(last, draws=draws)


def _covariate(study: Study, rule: CovariateRule, seen: Monthly) -> Covariate:
    table = study.table(rule.table_id)
    row = {area: k for k, area in enumerate(seen.areas)}
    values = np.full((len(seen.areas), seen.months), np.nan)
    for each in table.rows():
        if str(each["indicator"]) != rule.indicator or each["value"] is None:
            continue
        month = month_number(PartialDate.parse(str(each["month"])).first) - seen.first
        if str(each["area"]) in row and 0 <= month < seen.months:
            values[row[str(each["area"])], month] = float(each["value"])
    return Covariate.of(rule.name, values, direction=rule.direction, delay=rule.delay_months)
