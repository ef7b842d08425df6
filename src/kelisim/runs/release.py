"""From a study as read to a `Release`: everything that may leave, and nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from importlib.metadata import version

import numpy as np

from kelisim.assessment.assess import assess
from kelisim.audit.checks import audit
from kelisim.audit.claims import judged_claims
from kelisim.audit.question_bases import bases_of
from kelisim.core.study import Study
from kelisim.disclosure.closed_tables import guarded
from kelisim.disclosure.release import Release, release
from kelisim.forecasting.ledger import Ledger
from kelisim.forecasting.misses import RegisteredEvent
from kelisim.runs.event_views import event_views
from kelisim.runs.evidence import figures_of, lists_of
from kelisim.runs.foresight import foresight
from kelisim.runs.media import Media
from kelisim.runs.registered_events import registered_events
from kelisim.runs.study_zones import study_zones

__all__ = ["released_study"]


def released_study(
    study: Study, leaving: Study | None = None, ledger: Ledger | None = None, media: Media | None = None
) -> Release:
    """Audit the study, measure its protected form, judge it and pass it through the gate.

    media : what its texts say, see `runs.media`
    leaving : the protected form where the caller has it already, see `disclosure.closed_tables.guarded`. The
    auditor reads the exact tables; findings and claims that quote closed cells stay inside.
    """
    seen = guarded(study) if leaving is None else leaving
    # The seed is the one the study declares with its zones, so that a rebuild draws the same.
    seed = 0 if seen.zones is None else seen.zones.index.seed
    judged = assess(seen, figures_of(seen), np.random.default_rng(seed))
    figures, expected = foresight(seen)
    clocks, decided = study_zones(seen)
    made = release(
        seen,
        (*judged.figures, *figures, *clocks),
        audit(study),
        lists_of(seen),
        run_id="",
        code_version=f"kelisim {version('kelisim')}",
        cards=judged.cards,
        zones=judged.zones,
        claims=judged_claims(study),
        bases=bases_of(study),
        ledger=ledger,
        registered=_registered(seen) if ledger is not None else None,
        events=event_views(seen),
        foresight=expected,
        decided=decided,
        texts=() if media is None else media.figures,
        discourse=None if media is None else media.told,
    )
    return replace(made, run_id=_run_id(seen, made))


def _registered(study: Study) -> tuple[RegisteredEvent, ...] | None:
    kept = [table for table in study.of_kind("event_records") if table.use.sensitivity == "open"]
    return registered_events(study, study.as_of) if kept else None


def _run_id(study: Study, made: Release) -> str:
    # The same inputs and code give the same run, so a rebuild can be compared byte for byte. Of closed tables
    # and answers only what leaves is counted in: an identifier made of their contents would let contents be
    # tried out.
    digest = hashlib.sha256(version("kelisim").encode())
    for name, value in sorted(study.inputs.items()):
        digest.update(f"{name}={'closed' if name in study.closed_files else value}".encode())
    for name, table in study.tables.items():
        if table.use.sensitivity == "protected":
            digest.update(f"{name}={table['count_persons'].tolist()}".encode())
    for figure in made.figures if study.waves or made.discourse is not None else ():
        if figure.klass == "computed":
            digest.update(f"{figure.key}={figure.estimate.value}".encode())
    return f"{study.study_id}-{digest.hexdigest()[:12]}"
