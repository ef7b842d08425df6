"""Units that existed on the table's date and are absent from it or printed without a value."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kelisim.audit.prints import area_words, joined
from kelisim.core.findings import Finding
from kelisim.core.languages import Words
from kelisim.core.study import Study
from kelisim.core.tables import Table

__all__ = ["missing_units"]


def missing_units(study: Study) -> Iterator[Finding]:
    """Compare the units of every table that claims to cover a whole with the units declared for its date.

    Without a date only units that the table names itself and leaves empty are reported. A unit of which
    only some values are missing is named apart.
    """
    for kind, column in (("population_count", "count_persons"), ("population_share", "share_pct")):
        for table in study.of_kind(kind):
            if table.use.whole is not None and table.use.unit_level:
                yield from _of_table(study, table, column, table.use.whole)


def _of_table(study: Study, table: Table, column: str, whole: str) -> Iterator[Finding]:
    areas = [str(area) for area in table["area"]]
    missing = np.isnan(table[column].astype(float))
    filled = {area for area, gone in zip(areas, missing, strict=True) if not gone}
    rows = [int(row) for row in np.flatnonzero(missing) if areas[int(row)] != whole]
    touched = list(dict.fromkeys(areas[row] for row in rows))
    absent: list[str] = []
    if table.use.period_id is not None:
        expected = study.areas.children(whole, study.period(table).middle, table.use.unit_level)
        absent = [area.area_id for area in expected if area.area_id not in areas]
    empty = [area for area in touched if area not in filled]
    partly = [area for area in touched if area in filled]
    if not absent and not touched:
        return
    yield Finding(
        code="units_missing",
        level="gap",
        table_id=table.use.table_id,
        cells=tuple(table.cell(row, column) for row in rows),
        values={"absent": tuple(absent), "empty": tuple(empty)}
        | ({"partly": tuple(partly)} if partly else {}),
        message=_message(study, table, absent, empty, partly),
    )


def _message(study: Study, table: Table, absent: list[str], empty: list[str], partly: list[str]) -> Words:
    said = [
        Words(
            f"{words.kk}: {names.kk}",
            f"{words.ru}: {names.ru}",
            f"{words.en}: {names.en}",
        )
        for units, words in (
            (absent, Words("кестеде жоқ", "нет в таблице", "not in the table")),
            (empty, Words("мәні басылмаған", "значение не напечатано", "printed without a value")),
            (partly, Words("деректің бір бөлігі жоқ", "нет части данных", "some values are missing")),
        )
        for names in (joined(area_words(study, unit) for unit in units),)
        if units
    ]
    what, title = joined(said, "; "), table.use.title
    return Words(
        f"«{title.kk}» толық емес – {what.kk}.",
        f"«{title.ru}»: данные неполны – {what.ru}.",
        f"“{title.en}” is incomplete – {what.en}.",
    )
