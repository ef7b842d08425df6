"""What a planned design costs in precision, and how many interviews a place should get for its price."""

from __future__ import annotations

from math import floor, sqrt

from kelisim.core.errors import NotDefined

__all__ = ["best_per_place", "design_effect", "greatest_load"]


def design_effect(
    per_place: float, icc: float, *, weights_cv: float = 0.0, load: float = 1.0, icc_interviewer: float = 0.0
) -> float:
    """(1 + (m - 1) ICC + (load - 1) ICC_interviewer) (1 + cv^2) (Kish 1965; Kish 1962 for interviewers).

    per_place : m, interviews in a place; load : interviews of one interviewer
    icc, icc_interviewer : likeness of answers in one place, and of those one interviewer wrote down, in [0,
        1)
    weights_cv : coefficient of variation of the weights inside strata

    Raises: ValueError for numbers that cannot be.

    >>> round(design_effect(10, 0.05), 2), round(design_effect(10, 0.05, load=20, icc_interviewer=0.01), 2)
    (1.45, 1.64)
    """
    if not (0 <= icc < 1 and 0 <= icc_interviewer < 1):
        raise ValueError(f"a likeness lies between 0 and 1, not at {icc} or {icc_interviewer}")
    if not (per_place >= 1 and load >= 1 and weights_cv >= 0):
        raise ValueError("interviews in a place and of an interviewer are 1 or more, a variation 0 or more")
    return (1 + (per_place - 1) * icc + (load - 1) * icc_interviewer) * (1 + weights_cv**2)


def best_per_place(cost_place: float, cost_interview: float, icc: float) -> float:
    """Interviews in a place that buy the most precision, sqrt(c_place / c_interview (1 - ICC) / ICC).

    (Hansen, Hurwitz and Madow 1953; Kish 1965.)
    Raises: NotDefined("no_likeness") where ICC is 0: then one place would do, which no survey should believe.

    >>> round(best_per_place(50_000, 2_500, 0.05), 1)
    19.5
    """
    if not (cost_place >= 0 and cost_interview > 0 and 0 <= icc < 1):
        raise ValueError("costs are 0 or more, that of an interview above 0, and a likeness in [0, 1)")
    if icc == 0:
        raise NotDefined(
            "no_likeness", "without likeness inside places their number does not matter: state m"
        )
    return max(1.0, sqrt(cost_place / cost_interview * (1 - icc) / icc))


def greatest_load(icc_interviewer: float, most: float) -> int | None:
    """Interviews of one interviewer whose own part of the design effect, 1 + (load - 1) ICC, stays below
    `most`.

    None where interviewers have no likeness, and any load will do.

    >>> greatest_load(0.02, 1.5), greatest_load(0.0, 1.5)
    (26, None)
    """
    if not (most >= 1 and 0 <= icc_interviewer < 1):
        raise ValueError("a design effect is 1 or more, and a likeness in [0, 1)")
    return None if icc_interviewer == 0 else 1 + floor((most - 1) / icc_interviewer + 1e-9)
