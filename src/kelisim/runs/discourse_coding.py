"""Coding and deciding, step by step: what is asked next, what was answered, what was taken back.

A session holds nothing that is not on the disk: a judgement is written before the next question is known, so
a session that was killed goes on where it stood. Every coder goes through the texts in an order of his own,
sees neither the codes of others nor why a text was drawn, and codes only what is his.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kelisim.core.errors import Fault, Refused
from kelisim.core.languages import Words
from kelisim.evidence.discourse.codebook import Codebook, Variable, carried_code
from kelisim.evidence.discourse.judgements import (
    DANGER,
    Gold,
    Judgement,
    disputed_danger,
    gold_codes,
    questions_of,
    standing,
)
from kelisim.sources.codebook import read_codebook
from kelisim.store.coding import (
    JudgementFile,
    StoredSample,
    Unit,
    keep_meanings,
    kept_meanings,
    read_judgements,
    read_sample,
)

__all__ = ["REASONS", "CodingSession", "DecidingSession", "Question", "gold_of"]

# Why coders differed: what an adjudicator says beside the decision.
REASONS = {
    "1": ("definition", Words("анықтама анық емес", "определение неясно", "the definition is unclear")),
    "2": ("slip", Words("байқамаған", "недосмотр", "a slip")),
    "3": ("text", Words("мәтін екіұшты", "текст двусмысленный", "the text is ambiguous")),
    "4": ("knowledge", Words("тілді не жағдайды білу керек", "нужно знать язык или обстоятельства",
                             "it takes knowledge of the language or the place")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to judge. given : codes of the coders who differ, for a third person; else empty."""

    unit: Unit
    variable: Variable
    target: str
    given: tuple[str, ...] = ()


def gold_of(
    judgements: Sequence[Judgement],
    variable: str,
    codebook: Codebook,
    meanings: Mapping[str, Mapping[str, str]],
) -> Gold:
    """The codes of a variable that count, levels of danger compared with their criteria."""
    disputed = disputed_danger(judgements) if variable == DANGER else set()
    return gold_codes(judgements, variable, codebook, meanings, disputed)


class _Session:
    role = "coder"

    def __init__(self, study: Path, sample: str, person: str) -> None:
        self.study = study
        self.person = person
        self.codebook = read_codebook(study)
        keep_meanings(study, self.codebook)
        self.sample: StoredSample = read_sample(study, sample)
        self.file = JudgementFile(study, sample, person, self.role)
        self.meanings = kept_meanings(study)
        self._standing = standing(self.file.judgements())
        self._units = {unit.unit: unit for unit in self.sample.units}
        # Unit, variable and target -> the code of this person that counts under this codebook.
        self._counted: dict[tuple[str, str, str], str] = {}
        for judgement in self._standing.values():
            self._count(judgement)

    def _write(self, question: Question, code: str, seconds: float, reason: str = "") -> Judgement:
        judgement = Judgement(
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            coder=self.person,
            unit=question.unit.unit,
            variable=question.variable.code,
            target=question.target,
            code=code,
            codebook=self.codebook.version,
            seconds=round(seconds, 1),
            role="adjudicator" if self.role == "adjudicator" else "coder",
            reason=reason,
        )
        self.file.add(judgement)
        self._standing.pop((self.person, judgement.thing), None)
        self._counted.pop(judgement.thing, None)
        if code:
            self._standing[self.person, judgement.thing] = judgement
            self._count(judgement)
        return judgement

    def _count(self, judgement: Judgement) -> None:
        code = carried_code(
            self.codebook, judgement.variable, judgement.codebook, judgement.code, self.meanings
        )
        if code is not None:
            self._counted[judgement.thing] = code

    def back(self) -> bool:
        """Take the last judgement that stands back; False where there is none."""
        last = next(reversed(self._standing.values()), None)
        variable = self.codebook.variable(last.variable) if last else None
        if last is None or variable is None or last.unit not in self._units:
            return False
        self._write(Question(self._units[last.unit], variable, last.target), "", 0.0)
        return True


class CodingSession(_Session):
    """A coder's way through a sample.

    only : variables asked, all where it is empty
    Raises: Refused where the coder has no text in the sample; StoreError, OutputError.
    """

    def __init__(self, study: Path, sample: str, coder: str, only: Sequence[str] = ()) -> None:
        super().__init__(study, sample, coder)
        known = [variable.code for variable in self.codebook.variables]
        for name in only:
            if name not in known:
                way_out = f"take one of {', '.join(known)}."
                raise Refused([Fault("--variable", None, name, "the codebook does not have it.", way_out)])
        kept = tuple(v for v in self.codebook.variables if not only or v.code in only)
        self.asked = Codebook(self.codebook.name, self.codebook.version, kept)
        self.units = sorted(
            (unit for unit in self.sample.units if not unit.coders or coder in unit.coders), key=self._place
        )
        if not self.units:
            people = sorted({name for unit in self.sample.units for name in unit.coders})
            reason = f"no text of '{sample}' is for '{coder}'."
            raise Refused([Fault("--coder", None, coder, reason, f"take one of {', '.join(people)}.")])
        self._done = 0

    def _place(self, unit: Unit) -> bytes:
        return hashlib.blake2b(f"{self.person}|{unit.unit}".encode(), digest_size=8).digest()

    def next(self) -> Question | None:
        """The first question without an answer, None where everything is coded."""
        counted = self._counted
        for place, unit in enumerate(self.units[self._done :], self._done):
            mine = {
                (v.code, target): counted[unit.unit, v.code, target]
                for v in self.asked.variables
                for target in ("", *unit.groups)
                if (unit.unit, v.code, target) in counted
            }
            for variable, target in questions_of(self.asked, unit.groups, mine):
                if (variable.code, target) not in mine:
                    self._done = place
                    return Question(unit, variable, target)
        self._done = len(self.units)
        return None

    def back(self) -> bool:
        """Take the last judgement that stands back; False where there is none."""
        self._done = 0
        return super().back()

    @property
    def progress(self) -> tuple[int, int]:
        """Texts done and texts in all, as of the last question."""
        return self._done, len(self.units)

    def answer(self, question: Question, code: str, seconds: float) -> bool:
        """Write a judgement down; True where a person has to look at the text at once."""
        judgement = self._write(question, code, seconds)
        value = next(value for value in question.variable.values if value.code == code)
        if value.alert:
            self.file.alert(judgement)
        return value.alert


class DecidingSession(_Session):
    """A third person's way through what coders differ on.

    Raises: Refused where that person coded the sample; StoreError, OutputError.
    """

    role = "adjudicator"

    def __init__(self, study: Path, sample: str, person: str) -> None:
        super().__init__(study, sample, person)
        self.others = [j for j in read_judgements(study, sample) if j.role == "coder"]
        if any(judgement.coder == person for judgement in self.others):
            reason = f"'{person}' coded texts of this sample."
            raise Refused([Fault("--coder", None, person, reason, "a third person has to decide.")])
        self._golds = {v.code: gold_of(self.others, v.code, self.codebook, self.meanings)
                       for v in self.codebook.variables}  # fmt: skip
        decided = [j for j in read_judgements(study, sample) if j.role == "adjudicator"]
        self._by_others = {j.thing for j in standing(decided).values() if j.coder != person}

    def _open(self) -> list[Question]:
        made = []
        for name, gold in self._golds.items():
            variable = self.codebook.variable(name)
            assert variable is not None
            for unit, target in gold.open:
                if unit in self._units and (unit, name, target) not in self._by_others:
                    given = tuple(sorted(gold.given[unit, target].values()))
                    made.append(Question(self._units[unit], variable, target, given))
        return made

    def next(self) -> Question | None:
        """The first difference that is not decided, None where all are."""
        counted = self._counted
        for question in self._open():
            if (question.unit.unit, question.variable.code, question.target) not in counted:
                return question
        return None

    @property
    def progress(self) -> tuple[int, int]:
        """Differences decided and differences in all."""
        every, counted = self._open(), self._counted
        done = sum((q.unit.unit, q.variable.code, q.target) in counted for q in every)
        return done, len(every)

    def answer(self, question: Question, code: str, seconds: float, reason: str) -> None:
        """Write a decision down; reason : why the coders differed, a key of `REASONS`."""
        self._write(question, code, seconds, REASONS[reason][0])
