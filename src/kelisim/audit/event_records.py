"""The growing register of events: statements that cannot be, and statements that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kelisim.core.findings import Finding
from kelisim.core.languages import Words
from kelisim.core.study import Study
from kelisim.core.tables import Table
from kelisim.evidence.events.records import doubts as doubts_of
from kelisim.evidence.events.records import statements_of
from kelisim.evidence.events.register import Contradiction, Register

__all__ = ["event_records"]

_DOUBTS: Mapping[str, Words] = {
    "missing": Words("қажетті ұяшық бос", "нужная ячейка пуста", "a cell that is needed is empty"),
    "unchanged": Words(
        "түзету ештеңені өзгертпейді", "исправление ничего не меняет", "the correction changes nothing"
    ),
    "days": Words(
        "күндердің реті болуы мүмкін емес", "порядок дней невозможен", "the days cannot follow each other"
    ),
    "counts": Words(
        "адам санының төменгі шегі жоғарысынан үлкен",
        "нижняя граница числа людей выше верхней",
        "a lower count of persons is above a higher one",
    ),
    "stage": Words(
        "мұндай кезең бұл үлгіде жоқ", "в этой модели нет такой стадии", "the stage is none of its model"
    ),
    "coordinates": Words(
        "координаталар дұрыс емес", "координаты неверны", "the coordinates are not possible"
    ),
    "area": Words(
        "ол кезде мұндай аумақ болмаған", "такой территории тогда не было", "the area did not exist then"
    ),
}
_CONTRADICTIONS: Mapping[str, Words] = {
    "corrections": Words(
        "бір күнгі түзетулер әртүрлі мән береді, сондықтан бұрынғы мән сақталды",
        "исправления одного дня дают разные значения, поэтому осталось прежнее",
        "corrections of one day give different values, so the earlier one stays",
    ),
    "adjudications": Words(
        "бір күні екі түрлі шешім жазылған",
        "в один день записаны два разных решения",
        "two different decisions are written for one day",
    ),
    "no_report": Words(
        "оқиға туралы хабар одан бұрын жазылмаған",
        "до этого о событии не было сообщения",
        "the event was not reported before it",
    ),
    "reported_twice": Words(
        "оқиға туралы хабар екінші рет жазылған",
        "сообщение о событии записано второй раз",
        "the event is reported a second time",
    ),
}


def event_records(study: Study) -> Iterator[Finding]:
    """Report statements of tables of kind `event_records` that are impossible or contradict each other."""
    for table in study.of_kind("event_records"):
        said = statements_of(table)
        for row, statement in enumerate(said):
            for doubt in doubts_of(statement, study.areas):
                column = doubt.field if table.has(doubt.field) else "event"
                why = _DOUBTS[doubt.code]
                event, field = statement.event, doubt.field
                yield Finding(
                    code="event_statement_impossible",
                    level="contradiction",
                    table_id=table.use.table_id,
                    cells=(table.cell(row, column),),
                    values={"event": event, "field": field, "why": doubt.code},
                    message=Words(
                        f"{event} оқиғасы туралы жазба ({field}): {why.kk}.",
                        f"Запись о событии {event} ({field}): {why.ru}.",
                        f"A statement about event {event} ({field}): {why.en}.",
                    ),
                )
        for found in Register.of(said).contradictions():
            yield _contradiction(table, found)


def _contradiction(table: Table, found: Contradiction) -> Finding:
    rows = [row for row in range(len(table)) if int(table.lines[row]) in found.lines]
    column = found.field if table.has(found.field) else "event"
    why, event, values = _CONTRADICTIONS[found.kind], found.event, " / ".join(found.values)
    return Finding(
        code="event_statements_contradict",
        level="contradiction",
        table_id=table.use.table_id,
        cells=tuple(table.cell(row, column) for row in rows),
        values={
            "event": event,
            "field": found.field,
            "why": found.kind,
            "known_on": found.known_on.isoformat(),
        },
        message=Words(
            f"{event} оқиғасы ({found.known_on}, {found.field}): {why.kk}. Жазылғаны: {values}.",
            f"Событие {event} ({found.known_on}, {found.field}): {why.ru}. Записано: {values}.",
            f"Event {event} ({found.known_on}, {found.field}): {why.en}. Written: {values}.",
        ),
    )
