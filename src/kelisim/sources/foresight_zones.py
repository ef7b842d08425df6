"""The part `zones` of the section `foresight`: how areas are given zones from forecasts of the register."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kelisim.core.decisions import DecisionRule, Declared, DynamicZonesRule
from kelisim.core.languages import Words
from kelisim.evidence.events.vocabulary import EVENT_TYPES
from kelisim.sources.statements_document import WordsDocument

__all__ = ["DynamicZonesDocument", "faults_of_zones", "zones_rule"]

_Why = tuple[str, tuple[str, str]]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _DeclaredDocument(_Strict):
    threshold: float = Field(gt=0, lt=1)
    declared_by: WordsDocument
    declared_on: date
    wording: WordsDocument


class DynamicZonesDocument(_Strict):
    """The choices of a rule of zones; each changes a result, so only what may be absent has a default."""

    counted: list[str] = Field(min_length=1)
    months: Literal[1, 2, 3, 4, 6, 12]
    miss: float = Field(gt=0, lt=1)
    precision: float = Field(gt=0, lt=1)
    confidence: float = Field(gt=0.5, lt=1)
    least_alarms: int = Field(ge=1)
    alarms: Literal["runs", "cells"]
    down: float = Field(gt=0, le=1)
    named_from: float = Field(ge=0.5, lt=1)
    cost_ratio: float | None = Field(default=None, gt=0, lt=1)
    yellow: _DeclaredDocument | None = None
    red: _DeclaredDocument | None = None

    @model_validator(mode="after")
    def _in_order(self) -> DynamicZonesDocument:
        if self.yellow and self.red and self.yellow.threshold > self.red.threshold:
            raise ValueError("the declared yellow threshold stands above the declared red one")
        return self


def faults_of_zones(document: DynamicZonesDocument, as_of: date) -> Iterator[_Why]:
    """What contradicts the vocabulary or the day of the study, as (key, (reason, way out))."""
    for word in document.counted:
        if word not in EVENT_TYPES:
            yield "zones", (f"'{word}' is no type of event.", f"take some of: {', '.join(EVENT_TYPES)}.")
    for colour, said in (("yellow", document.yellow), ("red", document.red)):
        if said is not None and said.declared_on > as_of:
            reason = f"the {colour} threshold was declared on {said.declared_on}, after {as_of}."
            yield "zones", (reason, "declare it on a day that has come, or move `as_of`.")


def zones_rule(document: DynamicZonesDocument | None) -> DynamicZonesRule | None:
    """The rule as declared."""
    if document is None:
        return None
    return DynamicZonesRule(
        counted=tuple(dict.fromkeys(document.counted)),
        months=document.months,
        decision=DecisionRule(
            miss=document.miss, precision=document.precision, confidence=document.confidence,
            least_alarms=document.least_alarms, alarms=document.alarms, down=document.down,
            named_from=document.named_from, judged_yellow=_declared(document.yellow),
            judged_red=_declared(document.red),
        ),
        cost_ratio=document.cost_ratio,
    )  # fmt: skip


def _declared(document: _DeclaredDocument | None) -> Declared | None:
    if document is None:
        return None
    by, wording = (Words(w.kk, w.ru, w.en) for w in (document.declared_by, document.wording))
    return Declared(document.threshold, by, document.declared_on, wording)
