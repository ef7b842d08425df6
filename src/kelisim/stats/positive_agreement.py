"""Agreement on one value: of those who said "negative", how many would the other coder have seconded?"""

from __future__ import annotations

from collections.abc import Sequence

from kelisim.core.errors import NotDefined

__all__ = ["positive_agreement"]


def positive_agreement(units: Sequence[Sequence[str]], value: str) -> float:
    """Chance that a second coder of a unit gives the value, given that one coder did (Cicchetti 1990).

    PA = sum over units of n_u (n_u - 1) / (m_u - 1) / sum of n_u, with n_u the codes of the unit that are
    the value and m_u >= 2 all its codes; with two coders 2a / (2a + b + c). It stays telling where the
    value is rare and alpha swings.

    units : codes of each unit; those with one code are left out
    Raises: NotDefined("value_not_given") where no coder gave the value to a unit with two codes.

    >>> round(positive_agreement([["a", "a"], ["a", "b"], ["b", "b"], ["a"]], "a"), 4)
    0.6667
    """
    several = [codes for codes in units if len(codes) > 1]
    given = [(sum(code == value for code in codes), len(codes)) for codes in several]
    total = sum(n for n, _ in given)
    if not total:
        raise NotDefined("value_not_given", f"no coder gave '{value}' to a text that two people coded")
    return sum(n * (n - 1) / (m - 1) for n, m in given) / total
