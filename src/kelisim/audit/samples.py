"""A sample against the population it is said to describe: groups nobody was asked of, units without a place."""

from __future__ import annotations

from collections.abc import Iterator

from kelisim.audit.prints import PrintedValue, area_words, by_area_and_group, group_words, joined, spoken
from kelisim.core.findings import Finding
from kelisim.core.groups import TOTAL
from kelisim.core.languages import Words
from kelisim.core.provenance import Cell
from kelisim.core.statements import Interviews
from kelisim.core.study import Study

__all__ = ["samples"]

# A group is missed only where a random sample of that size would hardly ever have left it out.
_HARDLY_EVER = 0.001
_SMALLEST_SHARE_PCT = 5


def samples(study: Study) -> Iterator[Finding]:
    """Compare those interviewed with the groups and the units of the population they are said to describe."""
    interviews = study.interviews
    if interviews is not None and interviews.describes_table:
        yield from _groups(study, interviews)
        yield from _units(study, interviews)


def _groups(study: Study, interviews: Interviews) -> Iterator[Finding]:
    if interviews.group_question not in study.questions:
        return
    table, area = study.table(interviews.describes_table), interviews.describes_area
    counts = {g: v for (a, g), v in by_area_and_group(table, "count_persons").items() if a == area}
    total = counts.get(TOTAL)
    if total is None or not total.value:
        return
    asked = _interviewed(study, interviews)
    shares = {g: 100 * v.value / total.value for g, v in counts.items() if g != TOTAL and v.value}
    absent = {
        group: share
        for group, share in shares.items()
        if group not in asked
        and not study.groups[group].remainder
        and _surely_met(float(share), study.n_printed)
    }
    if not absent:
        return
    said = joined(
        Words(f"{name.kk} ({s.kk} %)", f"{name.ru} ({s.ru} %)", f"{name.en} ({s.en}%)")
        for group, share in absent.items()
        for name, s in ((group_words(study, group), spoken(share, 1)),)
    )
    who = joined(group_words(study, group) for group in asked if group in study.groups)
    place = area_words(study, area)
    yield Finding(
        code="sample_without_group",
        level="gap",
        table_id=interviews.table_id,
        cells=(*asked.values(), *(counts[group].cell for group in absent), total.cell),
        values={"absent": tuple(absent), "interviewed": tuple(asked), "area_id": area},
        message=Words(
            f"Сауалнама «{place.kk}» халқын сипаттайды делінген, бірақ сұралғандар арасында мына топтар жоқ: {said.kk}. Сұралғандар: {who.kk}. Үлестер тек сұралғандарға қатысты.",
            f"Опрос представлен как описание населения ({place.ru}), но среди опрошенных нет групп: {said.ru}. Опрошены: {who.ru}. Доли относятся только к опрошенным.",
            f"The survey is said to describe the population of {place.en}, but nobody was interviewed of: {said.en}. Interviewed were: {who.en}. The shares speak of those interviewed only.",
        ),
    )


def _interviewed(study: Study, interviews: Interviews) -> dict[str, Cell]:
    """Groups interviewed: options of the group question with a share above zero, or with no share printed."""
    table = study.table(interviews.table_id)
    found: dict[str, Cell] = {}
    for row in range(len(table)):
        if str(table["question"][row]) == interviews.group_question:
            value = PrintedValue.at(table, row, "share_pct")
            if value.value != 0:
                found.setdefault(_group_of(study, str(table["option"][row])), value.cell)
    return found


def _group_of(study: Study, option: str) -> str:
    return study.groups.resolve(option) if option in study.groups else option


def _surely_met(share_pct: float, n: int | None) -> bool:
    if n is None:
        return share_pct >= _SMALLEST_SHARE_PCT
    return bool((1 - min(share_pct, 100) / 100) ** n < _HARDLY_EVER)


def _units(study: Study, interviews: Interviews) -> Iterator[Finding]:
    table = study.table(interviews.describes_table)
    if interviews.selection == "random" or not interviews.places or table.use.whole is None:
        return
    listed = [str(a) for a in dict.fromkeys(table["area"]) if a != interviews.describes_area]
    units = [unit for unit in listed if study.areas[unit].parent == interviews.describes_area]
    visited = {above.area_id for area, _ in interviews.places for above in study.areas.line(area)}
    without = [unit for unit in units if unit not in visited]
    if not without:
        return
    place = area_words(study, interviews.describes_area)
    names = joined(area_words(study, unit) for unit in units if unit in visited)
    met, every, chosen = len(units) - len(without), len(units), len(interviews.places)
    yield Finding(
        code="sample_of_few_places",
        level="note",
        table_id=interviews.table_id,
        cells=(),
        values={"without_interviews": tuple(without), "places": chosen, "units": every},
        message=Words(
            f"Сауалнама таңдалған жерлерде жүргізілген (саны – {chosen}). {place.kk}: аумақтар саны – {every}, сұхбат болғаны – {met}: {names.kk}. Үлестер бүкіл халыққа таралмайды.",
            f"Опрос прошёл в выбранных местах (их {chosen}). Из {every} территорий ({place.ru}) интервью были только в {met}: {names.ru}. На всё население доли не распространяются.",
            f"Interviews took place in {chosen} chosen places. Of the {every} units of {place.en} only {met} were visited: {names.en}. The shares do not carry over to the whole population.",
        ),
    )
