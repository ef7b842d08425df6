"""What may be told about texts: a cell speaks of ten families by five authors, or it does not leave."""

from __future__ import annotations

from dataclasses import replace

from kelisim.core.estimates import Estimate

__all__ = ["MIN_AUTHORS", "MIN_FAMILIES", "protected_text_cell"]

MIN_FAMILIES = 10
MIN_AUTHORS = 5


def protected_text_cell(estimate: Estimate, families: int, authors: int) -> Estimate:
    """The estimate as it may leave: withheld where its cell holds too few families of texts or authors.

    families : families of texts the cell speaks of, the whole base of a share; authors : distinct authors of
        their items, where an outlet without named authors counts as one
    What leaves is without standard error, degrees of freedom and design effect, and n of a share stays,
    since it is the size of the coded sample and not of the cell.
    """
    if estimate.value is None:
        return estimate
    if families >= MIN_FAMILIES and authors >= MIN_AUTHORS:
        return replace(estimate, se=None, df=None, deff=None)
    return replace(
        estimate, value=None, low=None, high=None, level=None, n=None, se=None, df=None, deff=None,
        flag="withheld", reasons=(*estimate.reasons, "few_texts_or_authors"),
    )  # fmt: skip
