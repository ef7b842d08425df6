"""Which measures are taken of which tables of a study."""

from __future__ import annotations

from collections.abc import Iterator

from kelisim.assessment.assess import item_units
from kelisim.core.estimates import Figure
from kelisim.core.study import Study
from kelisim.evidence.demography import measures
from kelisim.evidence.economy.passport import passport
from kelisim.evidence.events.rates import base_rate
from kelisim.evidence.institutions.coverage import groups_without_association
from kelisim.evidence.survey.area_estimates import area_estimates
from kelisim.evidence.survey.published import published_shares

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
            yield from measures.spread(table, study.groups)
    named = {key: source.named for key, source in study.sources.items()}
    yield from passport(study.tables, study.indicators, study.as_of, named)
    for table in study.of_kind("marginals"):
        yield from published_shares(table, study.focus, study.n_printed)
    for table in study.of_kind("area_estimates"):
        yield from area_estimates(table, item_units(), study.thresholds.interval_level)
    if study.exposure is not None:
        for table in study.of_kind("events"):
            yield from base_rate(table, study.areas, study.exposure, study.thresholds.interval_level)


def lists_of(study: Study) -> dict[str, tuple[str, ...]]:
    """Lists of codes that pages show: groups without an association of their own.

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
    for table in study.of_kind("associations"):
        if table.use.sensitivity != "open":
            continue
        found["groups_without_association"] = groups_without_association(table, tuple(groups))
    return found
