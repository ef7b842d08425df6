"""Units that existed on the table's date and are absent from it or printed without a value."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kelisim.audit.prints import name_of
from kelisim.core.findings import Finding
from kelisim.core.languages import Words
from kelisim.core.study import Study
from kelisim.core.tables import Table

__all__ = ["missing_units"]


def missing_units(study: Study) -> Iterator[Finding]:
    """Compare the units of every table that claims to cover a whole with the units declared for its date.

    Without a date only units that the table names itself and leaves empty are reported.
    """
    for kind, column in (("population_count", "count_persons"), ("population_share", "share_pct")):
        for table in study.of_kind(kind):
            if table.use.whole is not None and table.use.unit_level:
                yield from _of_table(study, table, column, table.use.whole)


def _of_table(study: Study, table: Table, column: str, whole: str) -> Iterator[Finding]:
    named = {str(area) for area in table["area"]}
    absent: list[str] = []
    if table.use.period_id is not None:
        day = study.period(table).middle
        expected = study.areas.children(whole, day, table.use.unit_level)
        absent = [area.area_id for area in expected if area.area_id not in named]
    empty_rows = [int(row) for row in np.flatnonzero(np.isnan(table[column].astype(float)))]
    empty = list(dict.fromkeys(str(table["area"][row]) for row in empty_rows))
    if not absent and not empty:
        return
    names = [", ".join(part) for part in zip(*(name_of(study, a) for a in [*absent, *empty]), strict=True)]
    title = table.use.title
    yield Finding(
        code="units_missing",
        level="gap",
        table_id=table.use.table_id,
        cells=tuple(table.cell(row, column) for row in empty_rows),
        values={"absent": tuple(absent), "empty": tuple(empty)},
        message=Words(
            f"«{title.kk}» толық емес: мына аумақтардың деректері жоқ – {names[0]}.",
            f"«{title.ru}» неполна: нет данных по территориям – {names[1]}.",
            f"“{title.en}” is incomplete: no data for {names[2]}.",
        ),
    )
