"""One statement about an event of the register: a correction, a label, a decision, a withdrawal.

It takes the way of every imported row, so whatever an import would leave out is refused here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from kelisim.core.errors import Fault, Refused
from kelisim.evidence.events.records import FIELDS, Statement
from kelisim.runs.event_register import read_existing
from kelisim.runs.studies import read_whole
from kelisim.sources.registers.file import Place, continuation
from kelisim.sources.registers.importing import Incoming, import_rows
from kelisim.sources.registers.layouts import LAYOUTS
from kelisim.sources.registers.rows import Row
from kelisim.store.appending import append_rows

__all__ = ["state"]


def state(
    register: Path, study: Path, *, event: str, record: str, source: str, known_on: date,
    values: Mapping[str, str], write: bool,
) -> Statement:  # fmt: skip
    """Check a statement against the register and the study, and append it where `write` says so.

    values : our column -> text. Raises: Refused with every fault; OutputError.
    """
    declared = read_whole(study)
    place = Place(declared.areas, declared.groups)
    before, held = read_existing(register, place)
    if not held.statements:
        reason, way_out = "there is no such register, or it is empty.", "kelisim events import makes one."
        raise Refused([Fault(register.name, None, "", reason, way_out)])
    if strange := [name for name in values if name not in FIELDS]:
        raise Refused(
            Fault("--set", None, name, "there is no such column.", f"take one of: {', '.join(FIELDS)}.")
            for name in strange
        )
    cells = {
        "event": event, "known_on": known_on.isoformat(), "record": record, "source": source, **values,
    }  # fmt: skip
    made = import_rows(
        tuple(cells), [Row(1, cells)], LAYOUTS["kelisim"], Incoming(event, source, None), held,
        declared.areas, declared.groups, declared.outlines,
    )  # fmt: skip
    if made.quarantined:
        raise Refused(Fault(f.file, None, f.field, f.reason, f.way_out) for f in made.quarantined)
    (said,) = made.statements
    if write:
        append_rows(register, before, continuation(before, register.name, made.statements, place))
    return said
