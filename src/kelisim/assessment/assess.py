"""From figures to cards, index and zones of one study: the whole of the room in the order of its work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from kelisim.assessment.age import age_in_years, aged, end_of_period, growth_per_rhythm
from kelisim.assessment.cards.catalogue import CARDS, resilience
from kelisim.assessment.filling import fill, usable_resilience
from kelisim.assessment.index import (
    AreaIndex,
    Judgement,
    area_index,
    effective_answers,
    judgements,
    measure,
    reliability,
)
from kelisim.assessment.items import ITEMS, PARTS, index_recipe, item_of
from kelisim.assessment.results import index_figures
from kelisim.assessment.sensitivity import reactions, variants
from kelisim.assessment.steps import Composite, Measured, apply
from kelisim.assessment.zones import (
    LEAST_RELIABILITY,
    find_flip,
    find_needs,
    grey_reasons,
    zone_probabilities,
)
from kelisim.core.cards import CardState
from kelisim.core.estimates import Estimate, Figure
from kelisim.core.periods import years_between
from kelisim.core.study import Study
from kelisim.core.zones import AreaZone, Reaction, ZoneRule
from kelisim.stats.reliability import mean_reliability

__all__ = ["Assessed", "assess", "item_units"]

_SURVEYED = ("area_estimate", "survey_mean", "survey_share")
_WEIGHT_RUNS, _CONCENTRATION = 40, 40.0
# The search for the flip and the runs of the sensitivity need no more: their answers are rough by nature.
_FEW_DRAWS, _FEW_JUDGEMENTS, _JUDGEMENTS = 400, 100, 200


@dataclass(frozen=True, eq=False, slots=True)
class Assessed:
    """What the room says of a study: all figures (those of the index added), cards and zones."""

    figures: tuple[Figure, ...]
    cards: tuple[CardState, ...]
    zones: tuple[AreaZone, ...]


def item_units() -> dict[str, str]:
    """Unit of everything that a table of estimates by area may hold: index items and indicator cards.

    >>> item_units()["climate_place"], item_units()["trust_local_bodies"]
    ('scale 1-5', 'scale 0-10')
    """
    units = {key: card.unit for key, card in CARDS.items()}
    return units | {key: item_of(item).unit for key, item in ITEMS.items()}


def assess(study: Study, figures: Iterable[Figure], rng: np.random.Generator) -> Assessed:
    """Fill the cards, and, where the study declares a rule of zones, compute index and zones of its areas.

    The areas are those directly below the study's focus on the study's day. Estimates that are too
    unreliable are withheld where they are not already public.
    """
    rule = study.zones
    known = tuple(figures)
    given = known if rule is None else tuple(_withheld(figure, rule) for figure in known)
    cards = fill(study, given)
    if rule is None:
        return Assessed(given, cards, ())
    areas = [area.area_id for area in study.areas.children(study.focus, study.as_of)]
    if not areas:
        return Assessed(given, cards, ())
    # What is too unreliable to be shown still counts for an alarm, so the zones see what is withheld.
    found = _current(known, study)
    usable = {key: (f, e) for key, (f, e) in found.items() if e.grade != "poor"}
    zones, more = _judge(study, rule, areas, usable, cards, rng)
    return Assessed((*given, *more), cards, zones)


def _withheld(figure: Figure, rule: ZoneRule) -> Figure:
    e = figure.estimate
    if figure.klass != "computed" or e.method not in _SURVEYED or e.value is None:
        return figure
    if mean_reliability(effective_answers(e), rule.index.intraclass) >= LEAST_RELIABILITY:
        return figure
    hidden = replace(
        e, value=None, low=None, high=None, level=None, n=None, se=None, flag="withheld",
        reasons=(*e.reasons, "unreliable"),
    )  # fmt: skip
    return replace(figure, estimate=hidden, cells=())


def _current(figures: Sequence[Figure], study: Study) -> dict[tuple[str, str], tuple[Figure, Estimate]]:
    """Last estimate of every index item in every area, as it may be used at its age."""
    waves: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures:
        if figure.indicator in ITEMS and figure.group_id is None and figure.estimate.value is not None:
            waves.setdefault((figure.area_id, figure.indicator), []).append(figure)
    ends = {f.period_id: end_of_period(f.period_id, study.periods) for fs in waves.values() for f in fs}
    ordered = {
        key: sorted(fs, key=lambda f: e.toordinal() if (e := ends[f.period_id]) else -1)
        for key, fs in waves.items()
    }
    out = {}
    for (area, item), series in ordered.items():
        rhythm = CARDS[ITEMS[item].part].rhythm_years
        growth = growth_per_rhythm(_changes(item, ordered, ends, rhythm or 1.0))
        last = series[-1]
        age = age_in_years(ends[last.period_id], study.as_of)
        out[area, item] = (last, aged(last.estimate, age, rhythm, growth))
    return out


def _changes(
    item: str, ordered: Mapping[tuple[str, str], Sequence[Figure]], ends: Mapping[str, object], rhythm: float
) -> Iterable[tuple[float, float, float]]:
    for (_, key), series in ordered.items():
        for earlier, later in pairwise(series if key == item else ()):
            before, after = ends[earlier.period_id], ends[later.period_id]
            one, two = earlier.estimate, later.estimate
            if before is None or after is None or one.se is None or two.se is None:
                continue
            assert one.value is not None and two.value is not None
            rhythms = years_between(before, after) / rhythm  # type: ignore[arg-type]
            yield two.value - one.value, one.se**2 + two.se**2, rhythms


def _judge(
    study: Study,
    rule: ZoneRule,
    areas: Sequence[str],
    usable: Mapping[tuple[str, str], tuple[Figure, Estimate]],
    cards: Sequence[CardState],
    rng: np.random.Generator,
) -> tuple[tuple[AreaZone, ...], list[Figure]]:
    recipe = index_recipe()
    measured = measure({key: e for key, (_, e) in usable.items()}, areas, rule.index, rng)
    made = apply(recipe, measured, rng)
    point = apply(recipe, _at_the_estimates(measured, areas, usable), rng)
    judgement = judgements(rule.index.doubt, _JUDGEMENTS, rng)
    fewer = replace(measured, values=measured.values[:_FEW_DRAWS])
    runs = tuple(variants(recipe, _WEIGHT_RUNS, _CONCENTRATION, rng))
    shifted = reactions(recipe, fewer, runs, rng)
    zones, figures = [], []
    for a, area in enumerate(areas):
        own = {item: usable[area, item] for item in ITEMS if (area, item) in usable}
        index = area_index(
            made.components[:, a], float(point.total[0, a]), judgement, study.thresholds.interval_level
        )
        zone = _zone(study, rule, area, a, own, made, judgement, cards, index, shifted[a])
        zones.append(zone)
        figures += index_figures(study, zone, own, made.components[:, a], point.components[0, a], index)
    return tuple(zones), figures


def _at_the_estimates(
    measured: Measured,
    areas: Sequence[str],
    usable: Mapping[tuple[str, str], tuple[Figure, Estimate]],
) -> Measured:
    values = np.full((1, len(areas), len(ITEMS)), np.nan)
    for (area, item), (_, estimate) in usable.items():
        if area in areas:
            scale = 0.01 if ITEMS[item].form == "share" else 1.0
            values[0, areas.index(area), list(ITEMS).index(item)] = scale * float(estimate.value or 0.0)
    return replace(measured, values=values)


def _zone(
    study: Study,
    rule: ZoneRule,
    area: str,
    place: int,
    own: Mapping[str, tuple[Figure, Estimate]],
    made: Composite,
    judgement: Judgement,
    cards: Sequence[CardState],
    index: object,
    reaction: Reaction | None,
) -> AreaZone:
    parts = made.components[:, place]
    estimates = {item: estimate for item, (_, estimate) in own.items()}
    present = tuple(part for p, part in enumerate(PARTS) if made.present[place, p])
    weight = len(present) / len(PARTS)
    held = usable_resilience(cards, area)
    reliable = reliability(estimates, rule.index.intraclass) if estimates else None
    grey = grey_reasons(
        weight=weight,
        parts=len(present),
        reliable=reliable,
        resilience=len(held),
        outage=_outage(study, rule, area),
    )
    chances = zone_probabilities(parts, judgement, rule)
    alarm = bool(grey) and chances.get("yellow", 0.0) + chances.get("red", 0.0) >= rule.named_from
    shown = chances if not grey or alarm else {}
    few = Judgement(judgement.weights[:_FEW_JUDGEMENTS], judgement.cuts[:_FEW_JUDGEMENTS])
    sound = isinstance(index, AreaIndex) and reliable is not None and reliable >= LEAST_RELIABILITY
    return AreaZone(
        area_id=area,
        grey=grey,
        alarm=alarm,
        probabilities=shown,
        levels=index.levels if sound and isinstance(index, AreaIndex) else {},
        parts=present,
        weight=weight,
        resilience=len(held),
        reliability=reliable,
        n=min((e.n or 0 for e in estimates.values()), default=None),
        flip=None if grey else find_flip(parts[:_FEW_DRAWS], estimates, few, rule),
        reaction=reaction if sound else None,
        needs=find_needs(
            parts=parts,
            estimates=estimates,
            grey=grey,
            missing_resilience=tuple(key for key in resilience() if key not in held),
            judgement=judgement,
            rule=rule,
        ),
        klass="computed" if any(f.klass == "computed" for f, _ in own.values()) else "derived",
        recipe=made.recipe,
    )


def _outage(study: Study, rule: ZoneRule, area: str) -> bool:
    line = {above.area_id for above in study.areas.line(area)}
    return any(
        (outage.area_id is None or outage.area_id in line) and outage.first <= study.as_of <= outage.last
        for outage in rule.outages
    )
