"""What may be told about texts: a cell speaks of ten families by five authors, or it does not leave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kelisim.core.estimates import Estimate, Figure

__all__ = ["MIN_AUTHORS", "MIN_FAMILIES", "gated_texts", "protected_text_cell"]

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


def gated_texts(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """Figures of texts at the gate: cells were judged where families and authors were known.

    What is checked here needs no more than the figure: no input cell is quoted, nothing that would give
    draws or designs back leaves, and a value with fewer than ten families behind it does not.
    """
    out = []
    for figure in figures:
        few = figure.estimate.n is None or figure.estimate.n < MIN_FAMILIES
        estimate = protected_text_cell(figure.estimate, 0 if few else MIN_FAMILIES, MIN_AUTHORS)
        out.append(replace(figure, estimate=estimate, klass="computed", cells=(), tally=None))
    return tuple(out)
