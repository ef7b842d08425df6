"""Regressions on coded texts: what goes with a mark, by the codes of people and the classes of a machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.core.estimates import Estimate, grade_from_faults
from kelisim.stats.prediction_powered import adjusted_regression

__all__ = ["coded_regression"]


def coded_regression(
    columns: Mapping[str, ArrayLike],
    predicted: ArrayLike,
    rows: ArrayLike,
    codes: ArrayLike,
    chance: ArrayLike,
    *,
    sources: NDArray[Any],
    level: float,
    source: str,
    reasons: tuple[str, ...] = (),
) -> dict[str, Estimate]:
    """Differences in the share of texts with a mark, in percentage points for one unit of each column.

    A linear regression by the design-adjusted outcome (`adjusted_regression`): unbiased however the machine
    errs, since every coded text puts its error back by the chance it was drawn with. A regression on the
    machine's classes alone is biased and is not offered.

    columns : name -> value for every family of the frame; a constant is added
    predicted : machine's probability of the mark for every family, from models that had not seen its code
    rows, codes, chance : places of the coded families, whether they have the mark, their chance to be drawn
    sources : source of every family, over which errors are correlated
    reasons : of the gold sample, such as "tentative"; they lower the grade. An association, not a cause.
    """
    table = np.column_stack([np.ones(len(np.asarray(predicted))), *columns.values()])
    made = adjusted_regression(table, predicted, rows, codes, chance, link="linear", clusters=sources)
    low, high = made.intervals(level)
    return {
        name: Estimate(
            value=100 * float(made.values[k]),
            low=100 * float(low[k]),
            high=100 * float(high[k]),
            level=level,
            unit="percentage points of families",
            n=made.drawn,
            method="coded_regression",
            grade=grade_from_faults(len(reasons)),
            source=source,
            se=100 * float(made.se[k]),
            reasons=("association_only", *reasons),
        )
        for k, name in enumerate(("constant", *columns))
    }
