"""The gate and what passes it.

A run calls the gate twice. `closed_tables.guarded` first replaces closed counts by protected ones, so that
whatever is measured afterwards rests on what may leave; `release` then lets figures, findings and records
pass. Printed figures and arithmetic on them pass unchanged; a figure that reaches `release` unprotected is
protected or withheld there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from kelisim.assessment.decided import StudyZones
from kelisim.core.cards import CardState
from kelisim.core.discourse import Discourse
from kelisim.core.errors import GateError
from kelisim.core.estimates import Figure
from kelisim.core.findings import Finding
from kelisim.core.foresight import EventView, Foresight, ForesightRule
from kelisim.core.languages import Words
from kelisim.core.question_bases import QuestionBases
from kelisim.core.statements import JudgedClaim
from kelisim.core.study import Study, Thresholds
from kelisim.core.tables import Table
from kelisim.core.waves import WaveNote
from kelisim.core.zones import AreaZone
from kelisim.disclosure.answers import note_of
from kelisim.disclosure.figures import gated_figures
from kelisim.disclosure.policy import policy_of
from kelisim.disclosure.texts import gated_texts
from kelisim.disclosure.track_record import ReleasedWarnings, released_warnings
from kelisim.forecasting.ledger import Ledger
from kelisim.forecasting.misses import RegisteredEvent

__all__ = ["Release", "release"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Release:
    """Everything that may leave: figures, findings, public records and the words around them."""

    study: Study
    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...]
    records: Mapping[str, Table]
    titles: Mapping[str, Words]
    lists: Mapping[str, tuple[str, ...]]
    run_id: str
    code_version: str
    cards: tuple[CardState, ...] = ()
    zones: tuple[AreaZone, ...] = ()
    claims: tuple[JudgedClaim, ...] = ()
    bases: tuple[QuestionBases, ...] = ()
    warnings: ReleasedWarnings | None = None
    waves: tuple[WaveNote, ...] = ()
    events: tuple[EventView, ...] = ()
    foresight: Foresight | None = None
    decided: StudyZones | None = None
    discourse: Discourse | None = None


def release(
    study: Study,
    figures: Iterable[Figure],
    findings: Iterable[Finding],
    lists: Mapping[str, tuple[str, ...]],
    *, run_id: str, code_version: str,
    cards: Iterable[CardState] = (), zones: Iterable[AreaZone] = (),
    claims: Iterable[JudgedClaim] = (), bases: Iterable[QuestionBases] = (),
    ledger: Ledger | None = None, registered: Sequence[RegisteredEvent] | None = None,
    events: Iterable[EventView] = (), foresight: Foresight | None = None, decided: StudyZones | None = None,
    texts: Iterable[Figure] = (), discourse: Discourse | None = None,
) -> Release:  # fmt: skip
    """Pass figures through the gate, see `figures.gated_figures`; cards and zones as those allow.

    texts : figures of texts, which have a gate of their own (`texts.gated_texts`)

    Raises: GateError when two figures claim one identity or a count is not the protected one.
    """
    asked, of_texts = tuple(figures), gated_texts(texts)
    seen: dict[str, Figure] = {}
    for figure in (*asked, *of_texts):
        if figure.estimate_id in seen:
            raise GateError(f"two figures have the identity {figure.key}; give one of them a variant")
        seen[figure.estimate_id] = figure
    policy = policy_of(study.thresholds)
    passed = (*gated_figures(asked, study, policy), *of_texts)
    if study.synthetic:
        passed = tuple(_marked(figure) for figure in passed)
    left = {figure.estimate_id: figure for figure in passed}
    closed = study.closed_files
    records = {name: t for name, t in study.tables.items() if t.use.sensitivity == "open"}
    return Release(
        study=replace(
            study,
            tables={},
            waves={},
            repairs=tuple(r for r in study.repairs if r.file not in closed),
            remarks=tuple(r for r in study.remarks if r.file not in closed),
            # A digest of a small closed file is enough to try all contents until one fits.
            inputs={name: digest for name, digest in study.inputs.items() if name not in closed},
        ),
        figures=passed,
        # A finding quotes exact cells: those of closed tables are for `kelisim check`, not for the street.
        findings=tuple(f for f in findings if not _speaks_of(f, study, closed)),
        records=records,
        titles={name: t.use.title for name, t in study.tables.items()},
        lists=lists,
        run_id=run_id,
        code_version=code_version,
        cards=tuple(_card_passed(state, left) for state in cards),
        zones=tuple(_zone_passed(zone, study.thresholds) for zone in zones),
        claims=tuple(c for c in claims if all(name in records for name in c.tables)),
        bases=tuple(b for b in bases if b.table_id in records),
        warnings=None if ledger is None else released_warnings(ledger, study, registered),
        waves=tuple(note_of(wave, policy) for wave in study.waves.values()),
        # Of a closed register nothing is told, not even that nothing was seen in it.
        events=tuple(view for view in events if view.table_id in records),
        foresight=foresight if foresight is not None and _open(foresight.rule, records) else None,
        decided=decided if _open(study.foresight, records) else None,
        discourse=discourse,
    )


def _open(rule: ForesightRule | None, records: Mapping[str, Table]) -> bool:
    if rule is None or rule.table_id not in records:
        return False
    return rule.effort_id is None or rule.effort_id in records


def _card_passed(state: CardState, passed: Mapping[str, Figure]) -> CardState:
    """The card with the values that passed: a withheld figure must not be told by its age or grade either."""
    return replace(
        state,
        values=tuple(
            value
            for value in state.values
            if value.estimate_id in passed and passed[value.estimate_id].estimate.value is not None
        ),
    )


def _zone_passed(zone: AreaZone, limits: Thresholds) -> AreaZone:
    """A zone resting on fewer persons than the minimum tells nothing but that too little is known."""
    if zone.klass != "computed" or zone.n is None or zone.n >= limits.min_persons:
        return zone
    return replace(
        zone, grey=zone.grey or ("unreliable",), alarm=False, probabilities={}, levels={}, reliability=None,
        n=None, flip=None, reaction=None,
    )  # fmt: skip


def _speaks_of(finding: Finding, study: Study, closed: Set[str]) -> bool:
    table = study.tables.get(finding.table_id)
    own = table is not None and table.use.file in closed
    return own or any(cell.file in closed for cell in finding.cells)


def _marked(figure: Figure) -> Figure:
    if figure.estimate.flag != "ok":
        return figure
    return replace(figure, estimate=replace(figure.estimate, flag="synthetic"))
