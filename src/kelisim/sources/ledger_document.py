"""A file of warnings to be issued, YAML or JSON: the fields of each warning with the lines they stand on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kelisim.core.errors import Fault, Refused
from kelisim.sources.encodings import decode
from kelisim.sources.files import read_file
from kelisim.sources.yaml_file import load_yaml

__all__ = ["SECTIONS", "TEMPLATE", "Draft", "read_drafts"]

SECTIONS = {"warnings": "warning", "corrections": "correction"}

TEMPLATE = """\
# Warnings to issue. Take out what you do not need; nothing is written before every field is in order.
warnings:
  - warning_id: D1-2026-Q4          # a name of its own, for ever
    kind: human_warning             # alert, zone_change (with zone_from, zone_to) or human_warning
    area_id: D1                     # an area of the study
    says:                           # what you expect, in words a reader needs no help with
      kk: "..."
      ru: "..."
      en: "..."
    probability: [0.1, 0.3]         # lowest and highest you mean, or one number
    base_rate: 0.05                 # without the warning; leave both lines out if nobody knows
    base_rate_source: events-register
    horizon_months: 3
    as_of: "2026-09-30"             # last day of knowledge behind it
    rule:                           # what will count as happened, said before anybody knows
      words: {kk: "...", ru: "...", en: "..."}
      version: "1"
      kinds: [clash]                # kinds of events of the register
      min_severity: 1
      first: "2026-10-01"           # window, both days included
      last: "2026-12-31"
      late_days: 90                 # late reports are waited for
    evidence: [figure-or-event-id]  # or {reference: ..., sha256: ...}
    role: analyst                   # rule, analyst, area_officer, expert_panel, registrar, reviewer
    made_by: analyst-judgement      # rule or model, scored under this name
    version: "1"
corrections: []                     # {warning_id, says, rule_words, role}: better words before the window
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """One entry as written: its kind and fields, its file, and the line of each field."""

    kind: str
    body: Mapping[str, Any]
    file: str
    lines: Mapping[str, int]

    def fault(self, field: str, reason: str, way_out: str) -> Fault:
        """A fault at a field of this entry, on the nearest line that is known."""
        place = field
        while place and place not in self.lines:
            place = place.rpartition(".")[0]
        return Fault(self.file, self.lines.get(place, self.lines.get("")), field, reason, way_out)


def read_drafts(path: Path) -> list[Draft]:
    """Entries of a file, not yet judged. Raises: Refused."""
    name = path.name
    data, _ = read_file(path.parent, name)
    document, lines = load_yaml(decode(data, name), name)
    if not isinstance(document, dict) or not set(document) <= set(SECTIONS):
        reason = "it is no file of warnings."
        way_out = f"begin with {' or '.join(SECTIONS)}; `kelisim ledger issue --template` shows one."
        raise Refused([Fault(name, None, "", reason, way_out)])
    found: list[Draft] = []
    faults: list[Fault] = []
    for section, kind in SECTIONS.items():
        items = document.get(section) or []
        if not isinstance(items, list):
            reason = f"'{section}' is no list."
            faults.append(Fault(name, lines.get((section,)), section, reason, "begin each with a dash."))
            continue
        for index, item in enumerate(items):
            above = (section, index)
            if not isinstance(item, dict):
                reason = "this is no set of fields."
                faults.append(Fault(name, lines.get(above), section, reason, "write fields with a colon."))
                continue
            if "issuer" in item:
                reason = "a person is named with --person, so that no digest is written by hand."
                faults.append(Fault(name, lines.get((*above, "issuer")), "issuer", reason, "take it out."))
            own = {".".join(map(str, at[2:])): line for at, line in lines.items() if at[:2] == above}
            found.append(Draft(kind, {str(key): value for key, value in item.items()}, name, own))
    if not found and not faults:
        faults.append(Fault(name, None, "", "it holds no warning.", "write one."))
    if faults:
        raise Refused(faults)
    return found
