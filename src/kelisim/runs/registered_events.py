"""The events of a study's open registers, as the ledger of warnings asks for them."""

from __future__ import annotations

from datetime import date

from kelisim.core.study import Study
from kelisim.forecasting.misses import RegisteredEvent
from kelisim.runs.event_views import register_of

__all__ = ["registered_events"]


def registered_events(study: Study, day: date) -> tuple[RegisteredEvent, ...]:
    """Conflicts known on a day and dated to the day, of all open registers of a study.

    An event known only to its month or year may lie in a window or not, so no rule can count it.
    """
    return tuple(
        RegisteredEvent(
            event.event,
            event.happened.first,
            str(event.values["area"]),
            str(event.values["event_type"]),
            None,
        )
        for table in study.of_kind("event_records")
        if table.use.sensitivity == "open"
        for event in register_of(table).as_known_on(day)
        if event.half == "conflict" and event.happened.precision == "day"
    )
