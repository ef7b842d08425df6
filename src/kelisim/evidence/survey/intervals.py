"""Intervals of printed shares, under the one condition on which they may be shown.

The places were chosen, so the shares speak of those interviewed. "If these places were a random draw of
places" an interval exists; it depends on how many answers stand behind the print and on how alike answers
within a place are. Both are shown: the smallest base that fits the print and the number printed, the lowest
and the highest correlation that the study plans for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from kelisim.core.errors import NotDefined
from kelisim.core.estimates import Estimate, Figure
from kelisim.core.statements import Interviews
from kelisim.core.tables import Table
from kelisim.stats.planned_interval import planned_deff, planned_interval

__all__ = ["intervals_if_places_were_drawn"]


def intervals_if_places_were_drawn(
    table: Table,
    area_id: str,
    interviews: Interviews,
    bases: Mapping[tuple[str, int], Iterable[int]],
    level: float,
) -> Iterator[Figure]:
    """One interval for every print, base and planned correlation.

    bases : (question, print) -> the numbers of answers to take
    Nothing is given without planned correlations or with fewer than two places. The indicator of a figure is
    `answer_interval.QUESTION.OPTION`; its variant names print, base and correlation.
    """
    places = len(interviews.places)
    if interviews.planning_icc is None or places < 2:
        return
    for row in range(len(table)):
        share = float(table["share_pct"][row])
        key = (str(table["question"][row]), int(table.prints[row]))
        # How many of each group were interviewed was set beforehand: no interval belongs to it.
        if key[0] == interviews.group_question or np.isnan(share) or not 0 <= share <= 100:
            continue
        for base in dict.fromkeys(bases.get(key, ())):
            for icc in dict.fromkeys(interviews.planning_icc):
                try:
                    low, high = planned_interval(share / 100, base, places, icc, level)
                except NotDefined:
                    continue
                yield Figure(
                    indicator=f"answer_interval.{key[0]}.{table['option'][row]}",
                    area_id=area_id,
                    period_id=table.use.period_id or "undated",
                    klass="derived",
                    variant=f"{table.use.table_id} print {key[1]} base {base} icc {icc:g}",
                    cells=(table.cell(row, "share_pct"),),
                    estimate=Estimate(
                        value=share,
                        low=100 * low,
                        high=100 * high,
                        level=level,
                        unit="percent",
                        n=base,
                        method="if_places_were_drawn",
                        grade="poor",
                        source=table.use.source_id,
                        df=places - 1,
                        deff=planned_deff(base, places, icc),
                        reasons=("chosen_places", "planned_correlation", "no_microdata"),
                    ),
                )
