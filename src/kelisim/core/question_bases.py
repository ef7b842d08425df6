"""Numbers of answers from which the printed shares of a question can come, as the auditor found them."""

from __future__ import annotations

from dataclasses import dataclass

from kelisim.core.provenance import Cell

__all__ = ["QuestionBases"]


@dataclass(frozen=True, slots=True)
class QuestionBases:
    """One print of a question with the bases that fit it.

    asked : the number of answers the source prints for the question, or of all interviewed; None if neither
    limit : the largest base tried; feasible : the bases that fit, in order
    each_fits : whether every print by itself can come from `asked` answers
    power : chance that shares unrelated to the number of answers would have been noticed
    cells : the cells of the prints
    """

    table_id: str
    question: str
    number: int
    asked: int | None
    limit: int
    feasible: tuple[int, ...]
    each_fits: bool
    power: float
    cells: tuple[Cell, ...]

    @property
    def smallest(self) -> int | None:
        """The smallest base that fits, or None."""
        return self.feasible[0] if self.feasible else None

    def fits(self, base: int) -> bool:
        """Whether a base is among those that fit."""
        return base in self.feasible
