"""Which events stand on which lists: what capture-recapture counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kelisim.evidence.events.register import Register
from kelisim.evidence.events.vocabulary import Half

__all__ = ["list_cells"]


def list_cells(register: Register, day: date, lists: Sequence[str], half: Half) -> dict[str, int]:
    """Events by the lists that hold them, as known on a day.

    An event stands on a list where the source of that name reported, corrected or labelled it by then.
    Returns: "10", "01", "11" (or "100" ... with three lists) -> number of events on exactly those lists.
    """
    known = {event.event for event in register.as_known_on(day) if event.half == half}
    on: dict[str, set[str]] = {}
    for said in register.statements:
        if said.known_on <= day and said.event in known and said.source in lists:
            on.setdefault(said.event, set()).add(said.source)
    cells: dict[str, int] = {}
    for sources in on.values():
        key = "".join("1" if name in sources else "0" for name in lists)
        cells[key] = cells.get(key, 0) + 1
    return dict(sorted(cells.items()))
