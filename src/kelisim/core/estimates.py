"""Estimates: a value with its doubt, and figures: an estimate about one area, group and period.

No bare number leaves the house. Method, grade and source have no defaults, so whoever makes a number
must say how, how good and from where; a value that cannot be given says why instead.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal, get_args

from kelisim.core.provenance import Cell

__all__ = [
    "CLASSES",
    "FLAGS",
    "GRADES",
    "Estimate",
    "Figure",
    "Flag",
    "Grade",
    "Klass",
    "Tally",
    "grade_from_faults",
]

Grade = Literal["good", "acceptable", "poor"]
Flag = Literal["ok", "withheld", "missing", "not asked", "synthetic"]
Klass = Literal["published", "derived", "computed"]
GRADES: tuple[str, ...] = get_args(Grade)
FLAGS: tuple[str, ...] = get_args(Flag)
CLASSES: tuple[str, ...] = get_args(Klass)


def grade_from_faults(faults: int) -> Grade:
    """Grade by the number of faults among: source named, definition met, age in order, error known.

    >>> grade_from_faults(0), grade_from_faults(1), grade_from_faults(3)
    ('good', 'acceptable', 'poor')
    """
    if faults <= 0:
        return "good"
    return "acceptable" if faults == 1 else "poor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One value with its interval, method, size, grade and source.

    value : None when the flag is not "ok" or "synthetic"
    low, high : ends of the interval; None when no interval can be given
    level : confidence level of the interval, for instance 0.95; None without interval. Where the source
            printed a range and no single number, the value is missing and low and high are the ends as
            printed, one of them None for "more than"; such ends are no interval and have no level
    unit : "persons", "percent", "index 0-1", "ratio", "events per area-year" ...
    n : cases behind the value; None where the source does not say
    method : key of the method page
    reasons : codes of reasons, internal: why missing, why withheld, why this grade
    recipe : identifier of the index recipe the value was made by; "" for everything that is no index
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    unit: str
    n: int | None = None
    method: str
    grade: Grade
    source: str
    flag: Flag = "ok"
    se: float | None = None
    df: float | None = None
    deff: float | None = None
    reasons: tuple[str, ...] = ()
    recipe: str = ""

    def __post_init__(self) -> None:
        if not (self.method and self.source and self.unit):
            raise ValueError("an estimate needs its unit, method and source")
        if (self.value is None) == (self.flag in ("ok", "synthetic")):
            raise ValueError(f"value {self.value!r} does not go with the flag '{self.flag}'")
        if self.level is not None and (self.low is None or self.high is None):
            raise ValueError("an interval needs low, high and level, or none of them")
        if self.is_range and (self.value is not None or self.flag != "missing"):
            raise ValueError("ends without a level belong to a printed range, which has no single value")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"interval {self.low} .. {self.high} is upside down")

    @property
    def is_range(self) -> bool:
        """Whether the source printed a range ("220-240", "2600+") in place of a single number."""
        return self.level is None and (self.low is not None or self.high is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The respondents that a figure of a survey rests on: internal, for the gate alone; it never leaves.

    question : what was asked in which wave; answers to it that exclude each other make up a row
    split, part : how respondents were divided and which of them these are, ("area", "KZ61") or ("all", "")
    n, weighted : respondents of the part who answered, and the sum of their weights
    cases, weighted_cases : those among them with this answer; None for a mean
    rests_on : questions whose whole rows give this figure away, or are given away by it
    """

    question: str
    split: str
    part: str
    n: int
    weighted: float
    cases: int | None = None
    weighted_cases: float | None = None
    rests_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """An estimate about one indicator in one area, for one group (or none) and one period.

    klass : "published" printed by a source, passes the gate unchanged;
            "derived"   arithmetic on published figures alone;
            "computed"  from microdata, registers or text: thresholds apply
    variant : tells prints of one quantity apart ("table1", "print 2" ...), or the level of a measure
    cells : the input cells it rests on
    tally : the respondents behind a figure of a wave; None for every other figure, and once it may leave
    """

    indicator: str
    area_id: str
    period_id: str
    estimate: Estimate
    klass: Klass
    group_id: str | None = None
    variant: str = ""
    cells: tuple[Cell, ...] = ()
    tally: Tally | None = None

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """Everything that tells this figure from any other of the release."""
        return (self.indicator, self.area_id, self.group_id or "", self.period_id, self.variant)

    @property
    def estimate_id(self) -> str:
        """Stable readable identifier: indicator, area and eight digits of a digest of the whole key."""
        digest = hashlib.blake2b("|".join(self.key).encode(), digest_size=4).hexdigest()
        return f"{self.indicator}-{self.area_id}-{digest}"
