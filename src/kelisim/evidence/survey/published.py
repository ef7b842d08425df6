"""Survey shares as published: every print of every cell, none chosen, none averaged."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kelisim.core.estimates import Estimate, Figure
from kelisim.core.tables import Table

__all__ = ["published_shares"]


def published_shares(table: Table, area_id: str, n_printed: int | None) -> Iterator[Figure]:
    """Shares of answers as printed, "of those interviewed". The sample was chosen, so no interval is given.

    The indicator of each figure is `answer.QUESTION.OPTION`; further prints of a cell are variants of it.
    """
    for row in range(len(table)):
        value = float(table["share_pct"][row])
        known = not np.isnan(value)
        yield Figure(
            indicator=f"answer.{table['question'][row]}.{table['option'][row]}",
            area_id=area_id,
            period_id=table.use.period_id or "undated",
            klass="published",
            variant=f"{table.use.table_id} print {int(table.prints[row])}",
            cells=(table.cell(row, "share_pct"),),
            estimate=Estimate(
                value=value if known else None,
                unit="percent",
                n=n_printed,
                method="as_printed",
                grade="poor",
                source=table.use.source_id,
                flag="ok" if known else "missing",
                reasons=("chosen_places", "no_microdata", *(() if known else ("print_is_no_number",))),
            ),
        )
