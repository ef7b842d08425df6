"""Judgements of coders: what stands after corrections, what two coders gave, and what counts as gold.

A judgement is never altered. A later one of the same coder about the same thing takes the place of the
earlier, and one without a code takes it back. Where coders differ, a third person decides; until then the
unit is open and counts as not coded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kelisim.evidence.discourse.codebook import Codebook, Variable, carried_code

__all__ = [
    "CRITERIA",
    "DANGER",
    "Gold",
    "Judgement",
    "danger_by_rule",
    "disputed_danger",
    "gold_codes",
    "questions_of",
    "standing",
]

Role = Literal["coder", "adjudicator"]
Thing = tuple[str, str, str]

DANGER = "danger"
CRITERIA = ("speaker", "audience", "content", "context", "medium")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one coder said about one thing.

    at : moment, UTC, ISO 8601; unit : the text; target : group asked about, "" for the text as a whole
    code : the value's code; "" takes an earlier judgement back
    seconds : between showing the question and the answer; reason : of an adjudicator
    """

    at: str
    coder: str
    unit: str
    variable: str
    target: str
    code: str
    codebook: str
    seconds: float = 0.0
    role: Role = "coder"
    reason: str = ""

    @property
    def thing(self) -> Thing:
        """Unit, variable and target: what was judged."""
        return (self.unit, self.variable, self.target)


@dataclass(frozen=True, slots=True)
class Gold:
    """What counts about one variable.

    codes : (unit, target) -> code that counts; open : differences that nobody has decided
    given : (unit, target) -> coder -> code, adjudicators left out
    """

    codes: Mapping[tuple[str, str], str]
    open: tuple[tuple[str, str], ...]
    given: Mapping[tuple[str, str], Mapping[str, str]]


def standing(judgements: Iterable[Judgement]) -> dict[tuple[str, Thing], Judgement]:
    """The last judgement of each coder about each thing, without those taken back; in order of writing.

    >>> first = Judgement("2024-05-01T10:00:00Z", "a", "u1", "tone", "", "negative", "1")
    >>> back = Judgement("2024-05-01T10:00:05Z", "a", "u1", "tone", "", "", "1")
    >>> len(standing([first])), len(standing([first, back]))
    (1, 0)
    """
    last: dict[tuple[str, Thing], Judgement] = {}
    for judgement in judgements:
        last.pop((judgement.coder, judgement.thing), None)
        if judgement.code:
            last[judgement.coder, judgement.thing] = judgement
    return last


def gold_codes(
    judgements: Iterable[Judgement],
    variable: str,
    codebook: Codebook,
    meanings: Mapping[str, Mapping[str, str]],
    disputed: Collection[tuple[str, str]] = (),
) -> Gold:
    """The codes of one variable that count: decided, else agreed by all who coded it, else the only one.

    Codes of older versions of the codebook count as far as they are carried (`carried_code`).
    disputed : units and targets that a third person has to decide even where the coders agree
    """
    given: dict[tuple[str, str], dict[str, str]] = {}
    decided: dict[tuple[str, str], str] = {}
    for judgement in standing(j for j in judgements if j.variable == variable).values():
        code = carried_code(codebook, variable, judgement.codebook, judgement.code, meanings)
        if code is None:
            continue
        place = (judgement.unit, judgement.target)
        if judgement.role == "adjudicator":
            decided[place] = code
        else:
            given.setdefault(place, {})[judgement.coder] = code
    codes, unsettled = {}, []
    for place, by in given.items():
        if place in decided:
            codes[place] = decided[place]
        elif len(set(by.values())) == 1 and place not in disputed:
            codes[place] = next(iter(by.values()))
        else:
            unsettled.append(place)
    return Gold(codes, tuple(sorted(unsettled)), given)


def questions_of(
    codebook: Codebook, groups: Sequence[str], answered: Mapping[tuple[str, str], str]
) -> list[tuple[Variable, str]]:
    """The questions a text raises, as far as the answers so far tell: variable and target, in order.

    groups : groups the text names; answered : (variable, target) -> code given
    """
    asked: list[tuple[Variable, str]] = []
    for variable in codebook.variables:
        for target in groups if variable.asked == "group" else ("",):
            if variable.ask_if is not None:
                earlier, codes = variable.ask_if
                said = answered.get((earlier, target), answered.get((earlier, "")))
                if said not in codes:
                    continue
            asked.append((variable, target))
    return asked


def danger_by_rule(criteria: Mapping[str, int]) -> int:
    """Level of dangerous speech, 0 to 3, that five criteria coded 0 to 2 speak for.

    0 where the content is none; 3 where the content is full, speaker and audience are both there and the sum
    is 7 or more; 2 where the content is full or the sum is 5 or more; else 1. The criteria are those of
    Benesch (2012); the thresholds are ours. Where a coder's level differs, a third person decides.
    Raises: ValueError for missing criteria or values outside 0 to 2.

    >>> danger_by_rule({"speaker": 2, "audience": 1, "content": 2, "context": 1, "medium": 1})
    3
    """
    if set(criteria) != set(CRITERIA) or not all(value in (0, 1, 2) for value in criteria.values()):
        raise ValueError(f"the criteria are {', '.join(CRITERIA)}, each 0, 1 or 2")
    total, content = sum(criteria.values()), criteria["content"]
    if content == 0:
        return 0
    if content == 2 and criteria["speaker"] and criteria["audience"] and total >= 7:
        return 3
    return 2 if content == 2 or total >= 5 else 1


def disputed_danger(judgements: Iterable[Judgement]) -> set[tuple[str, str]]:
    """Units where a coder's own level of dangerous speech is not the one his five criteria speak for."""
    by: dict[tuple[str, str], dict[str, str]] = {}
    for judgement in standing(judgements).values():
        if judgement.variable in (DANGER, *CRITERIA) and judgement.role == "coder":
            by.setdefault((judgement.coder, judgement.unit), {})[judgement.variable] = judgement.code
    found = set()
    for (_, unit), codes in by.items():
        level = codes.pop(DANGER, None)
        if level is not None and set(codes) == set(CRITERIA):
            rule = danger_by_rule({name: int(code) for name, code in codes.items()})
            if level != str(rule):
                found.add((unit, ""))
    return found
