"""Events against the calendar and the map: areas that did not exist, days in the wrong order, two tellings."""

from __future__ import annotations

from collections.abc import Iterator

from kelisim.audit.prints import area_words, joined
from kelisim.core.areas import Area
from kelisim.core.findings import Finding, FindingLevel
from kelisim.core.languages import Words
from kelisim.core.periods import PartialDate
from kelisim.core.study import Study
from kelisim.core.tables import Table

__all__ = ["events_in_time", "events_told_twice"]

_PLACES = ("place_kk", "place_ru", "place_en")


def events_in_time(study: Study) -> Iterator[Finding]:
    """Report events before their area was founded or after it ended, and days that cannot follow each other.

    Only what no reading of the date allows is reported: "2021" and an area founded in 2021 agree.
    """
    for table in study.of_kind("events"):
        told: set[tuple[str, str, str]] = set()
        for row in range(len(table)):
            # A second telling with the same date and area has the same fault.
            telling = (str(table["event"][row]), str(table["date"][row]), str(table["area"][row]))
            if telling in told:
                continue
            told.add(telling)
            text = str(table["date"][row]).strip()
            day = PartialDate.read(text)
            if text and day is None:
                yield _unreadable(table, row, text)
            if day is not None:
                yield from _on_map(study, table, row, day)
                yield from _in_order(study, table, row, day)


def _finding(
    table: Table, row: int, code: str, level: FindingLevel, columns: tuple[str, ...], message: Words
) -> Finding:
    return Finding(
        code=code,
        level=level,
        table_id=table.use.table_id,
        cells=tuple(table.cell(row, column) for column in columns),
        values={"event": str(table["event"][row]), "date": str(table["date"][row])},
        message=message,
    )


def _place(table: Table, row: int) -> Words:
    return Words(*(str(table[column][row]) for column in _PLACES))


def _unreadable(table: Table, row: int, text: str) -> Finding:
    event, place = table["event"][row], _place(table, row)
    return _finding(
        table,
        row,
        "date_not_readable",
        "gap",
        ("date",),
        Words(
            f"{event} оқиғасының ({place.kk}) күні «{text}» деп басылған, одан жылын, айын не күнін анықтауға болмайды.",
            f"Дата события {event} ({place.ru}) напечатана как «{text}»: год, месяц или день из этого не прочесть.",
            f"The date of event {event} ({place.en}) is printed as “{text}”; no year, month or day can be read from it.",
        ),
    )


def _on_map(study: Study, table: Table, row: int, day: PartialDate) -> Iterator[Finding]:
    area = study.areas[str(table["area"][row])]
    event, place, name = table["event"][row], _place(table, row), area_words(study, area.area_id)
    if area.valid_from is not None and day.last < area.valid_from.first:
        begun, before = area.valid_from, _before(study, area)
        yield _finding(
            table,
            row,
            "area_did_not_exist",
            "contradiction",
            ("date", "area"),
            Words(
                f"{event} оқиғасы ({place.kk}, {day}) осы аумаққа жатқызылған: {name.kk}. Ол кезде мұндай аумақ болмаған (құрылған уақыты – {begun}).{before.kk}",
                f"Событие {event} ({place.ru}, {day}) отнесено к территории «{name.ru}», которой тогда ещё не было (образована: {begun}).{before.ru}",
                f"Event {event} ({place.en}, {day}) is placed in {name.en}, which did not exist then: it was founded in {begun}.{before.en}",
            ),
        )
    if area.valid_to is not None and area.valid_to.last < day.first:
        ended = area.valid_to
        yield _finding(
            table,
            row,
            "area_did_not_exist",
            "contradiction",
            ("date", "area"),
            Words(
                f"{event} оқиғасы ({place.kk}, {day}) осы аумаққа жатқызылған: {name.kk}. Ол кезде мұндай аумақ болмаған (таратылған уақыты – {ended}).",
                f"Событие {event} ({place.ru}, {day}) отнесено к территории «{name.ru}», которой тогда уже не было (упразднена: {ended}).",
                f"Event {event} ({place.en}, {day}) is placed in {name.en}, which no longer existed: it ended in {ended}.",
            ),
        )


def _before(study: Study, area: Area) -> Words:
    known = [unit for unit in area.split_from if unit in study.areas]
    if not known:
        return Words("", "", "")
    names = joined(area_words(study, unit) for unit in known)
    return Words(
        f" Бұрын бұл жер мына аумақтарға қараған: {names.kk}.",
        f" Раньше эта земля относилась сюда: {names.ru}.",
        f" Before, this ground belonged to: {names.en}.",
    )


def _in_order(study: Study, table: Table, row: int, day: PartialDate) -> Iterator[Finding]:
    event, place = table["event"][row], _place(table, row)
    ended = PartialDate.read(str(table["date_last"][row]).strip()) if table.has("date_last") else None
    if ended is not None and ended.last < day.first:
        yield _finding(
            table,
            row,
            "impossible_order_of_dates",
            "contradiction",
            ("date", "date_last"),
            Words(
                f"{event} оқиғасының ({place.kk}) соңғы күні ({ended}) басталған күнінен ({day}) бұрын тұр.",
                f"Последний день события {event} ({place.ru}), {ended}, раньше первого: {day}.",
                f"The last day of event {event} ({place.en}), {ended}, is before its first, {day}.",
            ),
        )
    if day.first > study.as_of:
        yield _finding(
            table,
            row,
            "impossible_order_of_dates",
            "contradiction",
            ("date",),
            Words(
                f"{event} оқиғасының ({place.kk}) күні ({day}) деректер жиналған күннен ({study.as_of}) кейін тұр.",
                f"Дата события {event} ({place.ru}), {day}, позже дня, на который собраны данные ({study.as_of}).",
                f"The date of event {event} ({place.en}), {day}, is after the day of the data ({study.as_of}).",
            ),
        )


def events_told_twice(study: Study) -> Iterator[Finding]:
    """Report events of which two rows name different places, or days that cannot be one day."""
    for table in study.of_kind("events"):
        rows: dict[str, list[int]] = {}
        for row in range(len(table)):
            rows.setdefault(str(table["event"][row]), []).append(row)
        for event, told in rows.items():
            for row in told[1:]:
                yield from _told_twice(study, table, event, told[0], row)


def _told_twice(study: Study, table: Table, event: str, first: int, row: int) -> Iterator[Finding]:
    columns = ["area"] if table["area"][first] != table["area"][row] else []
    columns += ["place_kk"] if _place(table, first) != _place(table, row) else []
    one, other = (PartialDate.read(str(table["date"][r]).strip()) for r in (first, row))
    if one is not None and other is not None and (one.last < other.first or other.last < one.first):
        columns.append("date")
    if not columns:
        return
    a, b = (_told(study, table, r) for r in (first, row))
    yield Finding(
        code="event_told_two_ways",
        level="contradiction",
        table_id=table.use.table_id,
        cells=tuple(table.cell(r, column) for column in columns for r in (first, row)),
        values={"event": event, "differs": tuple(columns)},
        message=Words(
            f"{event} оқиғасы екі түрлі айтылған: {a.kk}; {b.kk}.",
            f"Событие {event} рассказано по-разному: {a.ru}; {b.ru}.",
            f"Event {event} is told in two ways: {a.en}; {b.en}.",
        ),
    )


def _told(study: Study, table: Table, row: int) -> Words:
    place, area = _place(table, row), area_words(study, str(table["area"][row]))
    day = str(table["date"][row]) or "–"
    return Words(
        f"{place.kk} ({area.kk}), {day}", f"{place.ru} ({area.ru}), {day}", f"{place.en} ({area.en}), {day}"
    )
