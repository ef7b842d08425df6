"""Which measures are taken of which tables of a study."""

from __future__ import annotations

from collections.abc import Iterator

from kelisim.audit.question_bases import bases_of
from kelisim.core.estimates import Figure
from kelisim.core.study import Study
from kelisim.evidence.demography import measures
from kelisim.evidence.economy.passport import passport
from kelisim.evidence.events.rates import base_rate
from kelisim.evidence.institutions.coverage import groups_without_association
from kelisim.evidence.survey.intervals import intervals_if_places_were_drawn
from kelisim.evidence.survey.published import published_shares

__all__ = ["figures_of", "lists_of"]


def figures_of(study: Study) -> Iterator[Figure]:
    """All figures that the study's tables can carry, in the order of the strands."""
    for table in study.of_kind("population_count"):
        yield from measures.population(table, study.groups)
        if table.use.complete_groups:
            yield from measures.shares_within_area(table, study.groups)
            yield from measures.shares_across_areas(table, study.groups)
            yield from measures.diversity(table)
            yield from measures.spread(table, study.groups)
    named = {key: source.named for key, source in study.sources.items()}
    yield from passport(study.tables, study.indicators, study.as_of, named)
    for table in study.of_kind("marginals"):
        yield from published_shares(table, study.focus, study.n_printed)
        interviews = study.interviews
        if interviews is not None and interviews.table_id == table.use.table_id:
            level = study.thresholds.interval_level
            taken = _bases_taken(study)
            yield from intervals_if_places_were_drawn(table, study.focus, interviews, taken, level)
    if study.exposure is not None:
        for table in study.of_kind("events"):
            yield from base_rate(table, study.areas, study.exposure, study.thresholds.interval_level)


def _bases_taken(study: Study) -> dict[tuple[str, int], tuple[int, ...]]:
    """Of every print of a question the smallest base that fits it, and the number of answers printed."""
    found = {}
    for searched in bases_of(study):
        both = (searched.smallest, searched.asked)
        found[searched.question, searched.number] = tuple(base for base in both if base is not None)
    return found


def lists_of(study: Study) -> dict[str, tuple[str, ...]]:
    """Lists of codes that pages show: groups without an association of their own."""
    groups: dict[str, None] = {}
    for table in study.of_kind("population_count"):
        for group in table["group"]:
            if str(group) in study.groups and not study.groups[str(group)].remainder:
                groups[str(group)] = None
    found: dict[str, tuple[str, ...]] = {}
    for table in study.of_kind("associations"):
        found["groups_without_association"] = groups_without_association(table, tuple(groups))
    return found
