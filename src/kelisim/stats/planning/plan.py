"""A plan of interviews for one goal, and in plain numbers what it will not be able to show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, sqrt

from kelisim.core.errors import NotDefined
from kelisim.stats.planning.allocation import Allocation, allocate, allocation_keys
from kelisim.stats.planning.design_effect import best_per_place, design_effect, greatest_load
from kelisim.stats.reliability import mean_reliability
from kelisim.stats.small_area.gate import needed_by_icc

__all__ = ["Assumed", "Goal", "Plan", "PlannedStratum", "Stratum", "plan"]

_FEW = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """population : persons; places : those the frame has; share : the answer expected, 0.5 where nothing is
    known; control : a quiet area, asked so that there is something to compare with"""

    name: str
    population: float
    places: int
    share: float = 0.5
    control: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """What is taken for granted before the first interview.

    icc : likeness of answers inside a place; icc_interviewer : of those one interviewer writes down;
    icc_areas : share of the variance of answers between the strata as areas, None where areas are no aim
    cost_place, cost_interview : of one place, travel included, and of one interview in it
    per_place : interviews in a place; None takes the number that buys most
    weights_cv : variation of the weights inside strata
    load : interviews of one interviewer; None takes the greatest with a design effect of `load_deff` at most
    level, power : of the intervals, and the chance that a change is seen
    overlap, correlation : share of the next wave's people who were asked before, and how alike their answers
    are
    """

    icc: float
    cost_place: float
    cost_interview: float
    icc_interviewer: float = 0.0
    icc_areas: float | None = None
    per_place: int | None = None
    weights_cv: float = 0.0
    load: int | None = None
    load_deff: float = 1.5
    level: float = 0.95
    power: float = 0.8
    overlap: float = 0.0
    correlation: float = 0.5

    def __post_init__(self) -> None:
        if not (0 < self.level < 1 and 0 < self.power < 1):
            raise ValueError("level and power lie between 0 and 1")
        if not (0 <= self.overlap <= 1 and 0 <= self.correlation <= 1):
            raise ValueError("overlap and correlation of waves lie between 0 and 1")
        if self.per_place is not None and self.per_place < 1:
            raise ValueError("a place gets one interview at least")
        if self.icc_areas is not None and not 0 < self.icc_areas < 1:
            raise ValueError(f"the likeness of areas lies between 0 and 1, not at {self.icc_areas}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One of: money to spend, half-width of the whole's interval, change between waves to be seen (both as
    shares), reliability of every area."""

    budget: float | None = None
    half_width: float | None = None
    change: float | None = None
    reliability: float | None = None

    def __post_init__(self) -> None:
        told = [self.budget, self.half_width, self.change, self.reliability]
        if sum(value is not None for value in told) != 1:
            raise ValueError("state one goal: a budget, a half-width, a change to be seen, or a reliability")
        if any(value is not None and not value > 0 for value in told):
            raise ValueError("a goal is a number above 0")
        if any(value is not None and not value < 1 for value in told[1:]):
            raise ValueError("half-width, change and reliability are below 1: write 5 points as 0.05")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStratum:
    """half_width, change : of the stratum alone, None with fewer than two places; reliability : of its mean
    among the strata, and the interviews an area would need for 0.7, None where no likeness of areas is
    given"""

    name: str
    population: float
    places: int
    interviews: int
    control: bool
    half_width: float | None
    change: float | None
    reliability: float | None
    interviews_needed: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """per_place_best : interviews in a place that buy most, before rounding; None where it was not asked
    n_eff : interviews over the design effect and over what the allocation costs; df : places - strata
    half_width, change : of the whole; change is the least between two waves that is seen with the wanted
        power; None where no degree of freedom is left
    warnings : codes, such as "few_degrees_of_freedom"
    """

    strata: tuple[PlannedStratum, ...]
    places: int
    per_place: int
    per_place_best: float | None
    interviews: int
    load: int | None
    interviewers: int | None
    deff: float
    n_eff: float
    df: int
    half_width: float | None
    change: float | None
    cost: float
    warnings: tuple[str, ...]


def plan(
    strata: Sequence[Stratum], goal: Goal, assumed: Assumed, *, allocation: Allocation, exponent: float = 0.5
) -> Plan:
    """Places and interviews for a goal, the fewest places that reach it, or all that a budget buys.

    With W_h the population shares, p_h the expected answers, k_h places of m interviews and
    deff = (1 + (m - 1) ICC + (load - 1) ICC_interviewer) (1 + cv^2),

        V = sum W_h^2 p_h (1 - p_h) deff / (k_h m),     half-width = t(df) sqrt V,    df = places - strata,
        change = (t(df) + t_power(df)) sqrt(2 V (1 - overlap correlation)).

    Reliability of an area is n ICC_areas / (n ICC_areas + (1 - ICC_areas) deff). Finite numbers of places are
    not credited, and a panel is credited for its people only; both are on the safe side.

    Raises: NotDefined("frame_too_small" | "budget_too_small" | "no_likeness"), ValueError for numbers that
    cannot be.

    >>> strata = [Stratum(name=name, population=n, places=40) for name, n in (("a", 6e5), ("b", 4e5))]
    >>> assumed = Assumed(icc=0.05, cost_place=50_000, cost_interview=2_500, per_place=10)
    >>> made = plan(strata, Goal(half_width=0.05), assumed, allocation="proportional")
    >>> made.places, made.interviews, round(made.half_width, 3), made.df
    (59, 590, 0.05, 57)
    """
    _check(strata, goal, assumed)
    best = None
    if assumed.per_place is None:
        best = best_per_place(assumed.cost_place, assumed.cost_interview, assumed.icc)
    per_place = assumed.per_place if assumed.per_place is not None else max(1, round(best or 1))
    load = assumed.load or greatest_load(assumed.icc_interviewer, assumed.load_deff)
    deff = design_effect(
        per_place,
        assumed.icc,
        weights_cv=assumed.weights_cv,
        load=load or 1,
        icc_interviewer=assumed.icc_interviewer,
    )
    spread = [sqrt(h.share * (1 - h.share)) for h in strata]
    keys = allocation_keys([h.population for h in strata], spread, allocation, exponent)
    available = [h.places for h in strata]

    def made(places: int) -> Plan:
        shared = allocate(places, keys, available)
        return _plan(strata, shared, per_place, best, load, deff, assumed)

    least, most = sum(min(2, n) for n in available), sum(available)
    price = assumed.cost_place + per_place * assumed.cost_interview
    if goal.budget is not None:
        places = min(floor(goal.budget / price + 1e-9), most)
        if places < least:
            words = f"two places of {per_place} interviews in every stratum cost {least * price:,.0f}"
            raise NotDefined("budget_too_small", words)
        return made(places)
    return _fewest(made, _reached(goal), least, most)


def _reached(goal: Goal) -> Callable[[Plan], bool]:
    if goal.half_width is not None:
        wanted = goal.half_width
        return lambda made: made.half_width is not None and made.half_width <= wanted
    if goal.change is not None:
        wanted = goal.change
        return lambda made: made.change is not None and made.change <= wanted
    assert goal.reliability is not None
    wanted = goal.reliability
    return lambda made: all((h.reliability or 0.0) >= wanted for h in made.strata)


def _fewest(made: Callable[[int], Plan], reached: Callable[[Plan], bool], least: int, most: int) -> Plan:
    """The plan with the fewest places that reaches the goal, by halving: more places are never worse."""
    if not reached(made(most)):
        found = made(most)
        words = (
            f"with all {most} places of the frame the half-width is {_told(found.half_width)} and the least"
            f" change seen {_told(found.change)}; more interviews in a place, or more places, are needed"
        )
        raise NotDefined("frame_too_small", words)
    low, high = least - 1, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(made(middle)) else (middle, high)
    return made(high)


def _plan(
    strata: Sequence[Stratum],
    places: list[int],
    per_place: int,
    best: float | None,
    load: int | None,
    deff: float,
    assumed: Assumed,
) -> Plan:
    persons = sum(h.population for h in strata)
    interviews = [k * per_place for k in places]
    simple = [
        (h.population / persons) ** 2 * h.share * (1 - h.share) / n
        for h, n in zip(strata, interviews, strict=True)
    ]
    variance, n, df = deff * sum(simple), sum(interviews), sum(places) - len(strata)
    alike = sum(h.population / persons * h.share for h in strata)
    half, change = _width(variance, df, assumed)
    rows = tuple(_row(h, k, m, deff, assumed) for h, k, m in zip(strata, places, interviews, strict=True))
    return Plan(
        strata=rows,
        places=sum(places),
        per_place=per_place,
        per_place_best=best,
        interviews=n,
        load=load,
        interviewers=None if load is None else ceil(n / load),
        deff=deff,
        n_eff=alike * (1 - alike) / variance if variance > 0 else float(n),
        df=df,
        half_width=half,
        change=change,
        cost=sum(places) * assumed.cost_place + n * assumed.cost_interview,
        warnings=_warnings(strata, places, df),
    )


def _told(width: float | None) -> str:
    return "unknown" if width is None else f"{width:.3f}"


def _row(h: Stratum, places: int, interviews: int, deff: float, assumed: Assumed) -> PlannedStratum:
    half = change = reliability = needed = None
    if places > 1:
        half, change = _width(deff * h.share * (1 - h.share) / interviews, places - 1, assumed)
    if assumed.icc_areas is not None:
        reliability = mean_reliability(interviews / deff, assumed.icc_areas)
        needed = needed_by_icc(0.7, assumed.icc_areas, deff)
    return PlannedStratum(
        name=h.name,
        population=h.population,
        places=places,
        interviews=interviews,
        control=h.control,
        half_width=half,
        change=change,
        reliability=reliability,
        interviews_needed=needed,
    )


def _width(variance: float, df: int, assumed: Assumed) -> tuple[float | None, float | None]:
    """Half-width of the interval, and the least change between waves that is seen."""
    from scipy.special import stdtrit

    if df < 1:
        return None, None
    t, seen = float(stdtrit(df, (1 + assumed.level) / 2)), float(stdtrit(df, assumed.power))
    between = sqrt(2 * variance * (1 - assumed.overlap * assumed.correlation))
    return t * sqrt(variance), (t + seen) * between


def _warnings(strata: Sequence[Stratum], places: list[int], df: int) -> tuple[str, ...]:
    found = []
    if df < _FEW:
        found.append("few_degrees_of_freedom")
    if any(k < 2 for k in places):
        found.append("lonely_places")
    if not any(h.control for h in strata):
        found.append("no_control_areas")
    return tuple(found)


def _check(strata: Sequence[Stratum], goal: Goal, assumed: Assumed) -> None:
    if not strata or len({h.name for h in strata}) < len(strata):
        raise ValueError("a plan needs strata, each with a name of its own")
    for h in strata:
        if not (h.population > 0 and h.places >= 1 and 0 < h.share < 1):
            raise ValueError(f"stratum '{h.name}' needs persons, a place, and a share between 0 and 1")
    if goal.reliability is not None and assumed.icc_areas is None:
        raise ValueError("a reliability of areas needs the likeness inside areas, icc_areas")
