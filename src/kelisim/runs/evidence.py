"""Which measures are taken of which tables of a study."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import numpy as np

from kelisim.assessment.assess import item_units
from kelisim.audit.question_bases import bases_of
from kelisim.core.estimates import Figure
from kelisim.core.study import Study
from kelisim.core.tables import Table
from kelisim.evidence.demography import concentration, growth, measures, nested, spread
from kelisim.evidence.economy.passport import passport
from kelisim.evidence.events.rates import base_rate
from kelisim.evidence.institutions.coverage import groups_without_association
from kelisim.evidence.survey.area_estimates import area_estimates
from kelisim.evidence.survey.intervals import intervals_if_places_were_drawn
from kelisim.evidence.survey.published import published_shares
from kelisim.evidence.survey.wave import wave_figures

__all__ = ["figures_of", "lists_of"]


def figures_of(study: Study) -> Iterator[Figure]:
    """All figures that the study's tables can carry, in the order of the strands.

    For a release, `study` is the one that `disclosure.closed_tables.guarded` returns.
    """
    for table in study.of_kind("population_count"):
        yield from measures.population(table, study.groups)
        if table.use.complete_groups:
            yield from measures.shares_within_area(table, study.groups)
            yield from measures.shares_across_areas(table, study.groups)
            yield from measures.diversity(table)
            # Each table has draws of its own, so that a further table changes no number of the others.
            seed = study.randomisation.seed if study.randomisation is not None else 0
            rng = np.random.default_rng([seed, zlib.crc32(table.use.table_id.encode())])
            level = study.thresholds.interval_level
            yield from spread.spread(table, study.groups, study.randomisation, level, rng)
            yield from spread.exposure(table, study.groups)
            yield from spread.local_distance(table)
            yield from concentration.quotients(table, study.groups, study.thresholds)
    yield from nested.between_within(_complete(study), study.areas)
    named = {key: source.named for key, source in study.sources.items()}
    yield from concentration.local_shares(study.local_shares, study.tables, study.groups, study.thresholds)
    yield from growth.growth(study.series, study.tables, study.periods, study.groups, named)
    yield from passport(study.tables, study.indicators, study.as_of, named)
    for table in study.of_kind("marginals"):
        yield from published_shares(table, study.focus, study.n_printed)
        interviews = study.interviews
        if interviews is not None and interviews.table_id == table.use.table_id:
            level = study.thresholds.interval_level
            taken = _bases_taken(study)
            yield from intervals_if_places_were_drawn(table, study.focus, interviews, taken, level)
    for table in study.of_kind("area_estimates"):
        yield from area_estimates(table, item_units(), study.thresholds.interval_level)
    for wave in study.waves.values():
        limits = study.thresholds
        yield from wave_figures(
            wave, level=limits.interval_level, units=item_units(), rare=limits.min_persons
        )
    if study.exposure is not None:
        # A closed register of events has no protected form: nothing is counted in it for a release.
        for table in (t for t in study.of_kind("events") if t.use.sensitivity == "open"):
            yield from base_rate(table, study.areas, study.exposure, study.thresholds.interval_level)


def _bases_taken(study: Study) -> dict[tuple[str, int], tuple[int, ...]]:
    """Of every print of a question the smallest base that fits it, and the number of answers printed."""
    found = {}
    for searched in bases_of(study):
        both = (searched.smallest, searched.asked)
        found[searched.question, searched.number] = tuple(base for base in both if base is not None)
    return found


def _complete(study: Study) -> list[Table]:
    return [table for table in study.of_kind("population_count") if table.use.complete_groups]


def lists_of(study: Study) -> dict[str, tuple[str, ...]]:
    """Lists of codes that pages show: groups without an association, why levels cannot be nested.

    Only open tables speak here: being on a list, or not, would say something about a closed one.
    """
    groups: dict[str, None] = {}
    for table in study.of_kind("population_count"):
        if table.use.sensitivity != "open":
            continue
        for group in table["group"]:
            if str(group) in study.groups and not study.groups[str(group)].remainder:
                groups[str(group)] = None
    found: dict[str, tuple[str, ...]] = {}
    found["not_nested"] = nested.why_not_nested(
        [table for table in _complete(study) if table.use.sensitivity == "open"], study.areas
    )
    for table in study.of_kind("associations"):
        if table.use.sensitivity != "open":
            continue
        found["groups_without_association"] = groups_without_association(table, tuple(groups))
    return found
