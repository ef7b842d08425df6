"""A survey wave of the twin: interviews drawn by a design from a population whose answers are known.

Every settlement of the oblast has shares of its own around those of its district, so answers within a
settlement are alike; persons differ by group and age. Settlements are drawn with chances by their size,
persons within them by lot, and not everybody answers: the young and men less often. What the whole population
would have answered is returned beside the interviews, so that estimates can be held against it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kelisim.assessment.items import ITEMS

__all__ = [
    "AGES", "LANGUAGES_SPOKEN", "QUESTIONS", "SEXES", "Asked", "Fieldwork", "Plan", "World", "draw_wave",
]  # fmt: skip

_Floats = NDArray[np.float64]

AGES: Mapping[str, float] = {"18_29": 0.31, "30_44": 0.33, "45_59": 0.22, "60": 0.14}
SEXES: Mapping[str, float] = {"f": 0.52, "m": 0.48}
LANGUAGES_SPOKEN = ("kk", "ru", "uz", "en")
# Rows: groups of the twin; columns: languages of the interview.
_SPEAKS = np.array([[0.78, 0.20, 0.01, 0.01], [0.20, 0.35, 0.44, 0.01], [0.15, 0.75, 0.08, 0.02],
                    [0.15, 0.75, 0.04, 0.06]])  # fmt: skip
_ANSWERS_BY_AGE, _ANSWERS_BY_SEX = np.array([0.62, 0.74, 0.84, 0.90]), np.array([0.82, 0.70])
_SETTLEMENTS, _PERSONS_APART, _AREAS_APART = 40, 8.0, 60.0


@dataclass(frozen=True, slots=True)
class Asked:
    """How a question of the form is answered in the invented population.

    kind : "nominal" one option by shares; "scale" points from `low` on; "multiple" every option by itself;
        "grid" a scale for every row
    options : codes of the options; `base` their shares, of the scale its mean in 0..1
    item : index item whose planted state the answers of a scale follow; "" for none
    tilt : how much less each group says the first option, or how much lower it stands on the scale (logits)
    dont_know : part that answers "hard to answer", code `unsure`
    rows, parents : rows of a grid; question and option that lead to this one
    """

    code: str
    kind: Literal["nominal", "scale", "multiple", "grid"]
    options: tuple[str, ...]
    base: tuple[float, ...] = ()
    item: str = ""
    tilt: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    age_tilt: float = 0.0
    dont_know: float = 0.0
    unsure: str = ""
    rows: tuple[str, ...] = ()
    parent: tuple[str, str] | None = None
    most: int = 0


def _points(first: int, last: int) -> tuple[str, ...]:
    return tuple(str(point) for point in range(first, last + 1))


_UNEVEN = (0.0, 0.3, 0.6, 0.2)
QUESTIONS: tuple[Asked, ...] = (
    Asked("Q1", "nominal", ("1", "2"), item="climate_country", dont_know=0.08, unsure="3"),
    Asked("Q2", "scale", _points(1, 5), item="climate_place"),
    Asked("Q3", "scale", _points(0, 10), item="hostility_towards", dont_know=0.04, unsure="88"),
    Asked("Q4", "scale", _points(0, 10), item="hostility_from", dont_know=0.05, unsure="88"),
    Asked("Q5", "scale", _points(1, 4), item="clash_danger_country", dont_know=0.06, unsure="88"),
    Asked("Q6", "scale", _points(1, 4), item="clash_danger_place", dont_know=0.05, unsure="88"),
    Asked("Q7", "scale", _points(0, 10), item="felt_tension", dont_know=0.05, unsure="88"),
    Asked("Q8", "nominal", ("1", "2"), (0.16, 0.84), tilt=_UNEVEN, dont_know=0.06, unsure="3"),
    Asked("Q9", "nominal", ("1", "2", "3", "4"), (0.35, 0.30, 0.20, 0.15), parent=("Q8", "1")),
    Asked("Q10", "nominal", ("1", "2", "3"), (0.14, 0.10, 0.76), tilt=(0.0, -0.5, -0.8, -0.3),
          dont_know=0.05, unsure="4"),
    Asked("Q11", "multiple", _points(1, 8), (0.62, 0.45, 0.22, 0.38, 0.36, 0.20, 0.09, 0.12), most=3),
    Asked("Q12", "multiple", _points(1, 6), (0.48, 0.21, 0.30, 0.17, 0.26, 0.08)),
    Asked("Q13", "scale", _points(0, 10), (0.55,), tilt=_UNEVEN, age_tilt=0.25, dont_know=0.04, unsure="88"),
    Asked("Q14", "scale", _points(0, 10), (0.50,), tilt=_UNEVEN, age_tilt=0.15, dont_know=0.05, unsure="88"),
    Asked("Q15", "scale", _points(0, 10), (0.66,), tilt=(0.0, 0.1, 0.3, 0.1), dont_know=0.03, unsure="88"),
    Asked("Q16", "nominal", ("1", "2"), (0.72, 0.28), tilt=(0.0, 0.2, 0.5, 0.2), dont_know=0.09, unsure="3"),
    Asked("Q17", "grid", _points(1, 7), (0.30,), rows=("north", "lake", "steppe"), dont_know=0.03,
          unsure="88"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """The design: settlements drawn per district, persons invited in each, likeness of answers (ICC)."""

    settlements: int
    invited: int
    icc: float


@dataclass(frozen=True, eq=False, slots=True)
class World:
    """Districts, their populations and compositions by group, and the planted state of index items in
    0..1."""

    areas: Sequence[str]
    adults: NDArray[np.int64]
    compositions: _Floats
    groups: Sequence[str]
    items: _Floats


@dataclass(frozen=True, eq=False, slots=True)
class Fieldwork:
    """Interviews as columns of text, one value per interview, and what the whole population would answer.

    invited : persons who were asked for an interview
    truth : question -> {"all", area ids, groups} -> option -> share, or "mean"
    """

    columns: Mapping[str, list[str]]
    invited: int
    truth: Mapping[str, Mapping[str, Mapping[str, float]]]


def draw_wave(world: World, plan: Plan, rng: np.random.Generator) -> Fieldwork:
    """Draw settlements and persons, let them answer, and weigh them by the inverse of their chance.

    The weight of a person is N / (m n): adults of the district over settlements drawn times interviews in the
    settlement, since settlements were drawn by size. That the young answer less often is left to calibration.
    """
    sizes = rng.uniform(0.5, 1.5, (len(world.areas), _SETTLEMENTS))
    sizes /= sizes.sum(axis=1, keepdims=True)
    drawn = [_systematic(row, plan.settlements, rng) for row in sizes]
    people = _invite(world, plan, drawn, rng)
    columns: dict[str, list[str]] = dict(people.columns)
    truth: dict[str, dict[str, dict[str, float]]] = {}
    for question in QUESTIONS:
        rows = question.rows or ("",)
        for row in rows:
            state = _state(question, world, plan.icc, rng)
            name = f"{question.code}_{row}" if row else question.code
            own, columns[name] = _answer(question, state, people, columns, rng)
            truth[name] = _truth(question, own, world, sizes)
    return Fieldwork(columns, people.invited, truth)


@dataclass(frozen=True, eq=False, slots=True)
class _People:
    area: NDArray[np.intp]
    settlement: NDArray[np.intp]
    group: NDArray[np.intp]
    age: NDArray[np.intp]
    columns: Mapping[str, list[str]]
    invited: int


def _systematic(sizes: _Floats, m: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """m units with chances m times their size, in random order."""
    order = rng.permutation(sizes.size)
    ends = np.cumsum(sizes[order]) * m
    return np.sort(order[np.searchsorted(ends, rng.random() + np.arange(m), side="right")])


def _invite(world: World, plan: Plan, drawn: Sequence[NDArray[np.intp]], rng: np.random.Generator) -> _People:
    area = np.repeat(np.arange(len(world.areas)), plan.settlements * plan.invited)
    settlement = np.repeat(np.concatenate(drawn), plan.invited)
    group = _drawn(world.compositions[area], rng)
    age = rng.choice(len(AGES), size=area.size, p=list(AGES.values()))
    sex = rng.choice(len(SEXES), size=area.size, p=list(SEXES.values()))
    answers = rng.random(area.size) < np.sqrt(_ANSWERS_BY_AGE[age] * _ANSWERS_BY_SEX[sex])
    area, settlement, group, age, sex = (x[answers] for x in (area, settlement, group, age, sex))
    unit = area * _SETTLEMENTS + settlement
    here = np.bincount(unit)[unit]
    weight = world.adults[area] / (plan.settlements * here)
    language = _drawn(_SPEAKS[group], rng)
    told = np.where(rng.random(area.size) < 0.02, "refused", np.array(world.groups)[group])
    names = {
        "interviewer": [f"i{a + 1:02d}{'ab'[u % 2]}" for a, u in zip(area, settlement, strict=True)],
        "language": [LANGUAGES_SPOKEN[k] for k in language],
        "district": [world.areas[a] for a in area],
        "settlement": [f"{world.areas[a]}-{u + 1:02d}" for a, u in zip(area, settlement, strict=True)],
        "weight": [f"{w:.3f}" for w in weight],
        "sex": [list(SEXES)[k] for k in sex],
        "age": [list(AGES)[k] for k in age],
        "group": told.tolist(),
    }
    return _People(area, settlement, group, age, names, answers.size)


def _drawn(shares: _Floats, rng: np.random.Generator) -> NDArray[np.intp]:
    """One place for every row of shares, by lot."""
    above = rng.random(len(shares))[:, None] >= np.cumsum(shares, axis=1)
    return np.asarray(np.minimum(above.sum(axis=1), shares.shape[1] - 1), dtype=np.intp)


def _state(question: Asked, world: World, icc: float, rng: np.random.Generator) -> _Floats:
    """Shares of the options, or the mean of the scale in 0..1, in every settlement: (areas, settlements,
    options)."""
    areas = len(world.areas)
    if question.item:
        planted = world.items[:, list(ITEMS).index(question.item)]
        item = ITEMS[question.item]
        high = planted if item.best > item.worst else 1.0 - planted
        shares = high[:, None] if question.kind == "scale" else np.stack([planted, 1.0 - planted], axis=1)
    elif question.kind == "nominal":
        shares = rng.dirichlet(_AREAS_APART * np.array(question.base), size=areas)
    else:
        spread = np.array(question.base)
        shares = rng.beta(_AREAS_APART * spread, _AREAS_APART * (1 - spread), (areas, spread.size))
    shares = np.clip(shares, 0.01, 0.99)
    steps = len(question.options) - 1 if question.kind in ("scale", "grid") else 1
    between = _between(icc, steps)
    apart = (1.0 - between) / between
    here = np.repeat(shares[:, None, :], _SETTLEMENTS, axis=1)
    if question.kind == "nominal":
        drawn = rng.standard_gamma(np.maximum(here * apart, 1e-3))
        return np.asarray(drawn / drawn.sum(axis=2, keepdims=True))
    return np.asarray(rng.beta(here * apart, (1.0 - here) * apart))


def _between(icc: float, steps: int) -> float:
    """Spread of the settlements' means, in parts of p (1 - p), that makes the answers' ICC the planned one.

    An answer is a number of successes in `steps` trials whose chance differs from person to person
    (r = 1 / (1 + 8) of p (1 - p)), so its variance is steps p (1 - p) (1 + (steps - 1) (b + (1 - b) r)).
    """
    if steps == 1:
        return icc
    r = 1.0 / (1.0 + _PERSONS_APART)
    return icc * (1 + (steps - 1) * r) / (steps - icc * (steps - 1) * (1 - r))


def _tilted(question: Asked, state: _Floats, groups: NDArray[np.intp], ages: NDArray[np.intp]) -> _Floats:
    """The state as a person of this group and age has it; arrays of persons by options."""
    shift = np.array(question.tilt)[groups] - question.age_tilt * (ages - 1.0)
    if question.kind == "nominal":
        lifted = state.copy()
        lifted[..., 0] = state[..., 0] * np.exp(-shift)
        return np.asarray(lifted / lifted.sum(axis=-1, keepdims=True))
    odds = state / (1.0 - state) * np.exp(-shift)[..., None]
    return np.asarray(odds / (1.0 + odds))


def _answer(
    question: Asked,
    state: _Floats,
    people: _People,
    before: Mapping[str, list[str]],
    rng: np.random.Generator,
) -> tuple[_Floats, list[str]]:
    state = np.clip(state, 1e-4, 1.0 - 1e-4)
    own = _tilted(question, state[people.area, people.settlement], people.group, people.age)
    size = people.area.size
    if question.kind == "nominal":
        said = np.array(question.options, dtype=object)[_drawn(own, rng)]
    elif question.kind == "multiple":
        said = _chosen(question, rng.random(own.shape) < own, rng)
    else:
        mean = np.clip(own[:, 0], 1e-4, 1 - 1e-4)
        person = rng.beta(_PERSONS_APART * mean, _PERSONS_APART * (1 - mean))
        points = rng.binomial(len(question.options) - 1, person)
        said = np.array(question.options, dtype=object)[points]
    if question.dont_know:
        said = np.where(rng.random(size) < question.dont_know, question.unsure, said)
    if question.parent is not None:
        told, code = question.parent
        said = np.where(np.array(before[told], dtype=object) == code, said, "")
    return state, [str(answer) for answer in said]


def _chosen(question: Asked, marks: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.object_]:
    """Codes joined by a space, as forms for telephones give them; nobody goes beyond the allowed number."""
    said = np.empty(len(marks), dtype=object)
    for i, row in enumerate(marks):
        which = np.flatnonzero(row)
        if question.most and which.size > question.most:
            which = np.sort(rng.choice(which, size=question.most, replace=False))
        said[i] = " ".join(question.options[k] for k in which) or "none"
    return said


def _truth(question: Asked, state: _Floats, world: World, sizes: _Floats) -> dict[str, dict[str, float]]:
    """What all adults would answer: of the oblast, of every district and of every group."""
    groups, ages = np.meshgrid(np.arange(len(world.groups)), np.arange(len(AGES)), indexing="ij")
    # (areas, settlements, groups, ages, options)
    full = np.broadcast_to(state[:, :, None, None, :], (*state.shape[:2], *groups.shape, state.shape[2]))
    values = np.broadcast_to(_kept(state, question.most)[:, :, None, None], full.shape)
    if not question.most:
        values = _tilted(question, full, groups, ages)
    weight = (
        world.adults[:, None, None, None] * sizes[:, :, None, None]
        * world.compositions[:, None, :, None] * np.array(list(AGES.values()))
    )  # fmt: skip
    found = {"all": _told(question, values, weight)}
    for a, area in enumerate(world.areas):
        found[area] = _told(question, values[a : a + 1], weight[a : a + 1])
    for g, group in enumerate(world.groups):
        found[group] = _told(question, values[:, :, g : g + 1], weight[:, :, g : g + 1])
    return found


def _kept(chances: _Floats, most: int) -> _Floats:
    """Chance that an option is chosen and kept where no more than `most` are, options being independent.

    P = p_j sum_m P(m others) min(1, most / (m + 1)).
    """
    if not most:
        return chances
    kept = np.empty_like(chances)
    count = chances.shape[-1]
    for j in range(count):
        others = np.zeros((*chances.shape[:-1], count))
        others[..., 0] = 1.0
        for k in (k for k in range(count) if k != j):
            p = chances[..., k, None]
            shifted = np.concatenate([np.zeros_like(others[..., :1]), others[..., :-1]], axis=-1)
            others = others * (1 - p) + shifted * p
        part = np.minimum(1.0, most / (np.arange(count) + 1.0))
        kept[..., j] = chances[..., j] * (others * part).sum(axis=-1)
    return kept


def _told(question: Asked, values: _Floats, weight: _Floats) -> dict[str, float]:
    means = (values * weight[..., None]).sum(axis=(0, 1, 2, 3)) / weight.sum()
    if question.kind in ("scale", "grid"):
        low = float(question.options[0])
        return {"mean": round(low + float(means[0]) * (len(question.options) - 1), 5)}
    known = {option: round(float(p) * (1 - question.dont_know), 5)
             for option, p in zip(question.options, means, strict=True)}  # fmt: skip
    if question.kind == "nominal" and question.dont_know:
        known[question.unsure] = question.dont_know
    return known
