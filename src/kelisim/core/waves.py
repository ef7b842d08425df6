"""A wave of a survey inside a study: its answers, how people were drawn, and what its questions speak of.

Answers are personal and closed. `Wave` carries them through the computing rooms; what pages may know of a
wave is a `WaveNote`, which the gate writes: the wording of the form, the design in words, rounded numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kelisim.core.answers import Answers
from kelisim.core.languages import Words
from kelisim.core.questionnaire import Questionnaire

__all__ = ["ALL", "LANGUAGE", "Drawn", "Feed", "Wave", "WaveNote"]

ALL, LANGUAGE = "all", "language"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """How people were drawn, by names of columns of the answers; meanings as in `stats.survey.design`.

    quotas : items whose shares were set beforehand by quota: they are never told as findings
    """

    kind: Literal["probability", "quota", "convenience"]
    weights: str | None
    lonely: Literal["fail", "remove", "certainty", "adjust", "average", "collapse"]
    strata: tuple[str, ...] = ()
    psu: tuple[str, ...] = ()
    fpc: tuple[str, ...] = ()
    nest: bool = True
    collapse: Mapping[str, str] | None = None
    quotas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """A question that gives an indicator card or an item of the index its value.

    options : the share of these answers in percent is the value; empty: the mean of the scores is
    """

    question: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Wave:
    """One wave.

    area_id : the area that all interviews together speak of
    area_item, areas : item that says in which area a person lives, and code -> area; None for none
    group_item, groups : the same for self-declared membership
    margins : item -> code -> known persons, to which the weights are raked; empty for none
    invited : persons who were asked for an interview; None where the study does not say
    feeds : indicator card or item of the index -> question
    feeds_areas : whether every area gets its own value for these, or only all together
    file : where the answers were read from, for messages
    """

    wave_id: str
    title: Words
    source_id: str
    period_id: str
    area_id: str
    file: str
    answers: Answers
    drawn: Drawn
    area_item: str | None = None
    areas: Mapping[str, str] = field(default_factory=dict)
    group_item: str | None = None
    groups: Mapping[str, str] = field(default_factory=dict)
    margins: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    invited: int | None = None
    feeds: Mapping[str, Feed] = field(default_factory=dict)
    feeds_areas: bool = True


@dataclass(frozen=True, eq=False, kw_only=True)
class WaveNote:
    """What may be said about a wave beside its figures.

    interviews, invited, units, strata : rounded to the base of the gate; None where too few or not known
    drawn : the design; margins : items to whose known numbers the weights were fitted
    levels : areas that figures of the wave speak of, in the order of the study
    """

    wave_id: str
    title: Words
    source_id: str
    period_id: str
    area_id: str
    questionnaire: Questionnaire
    drawn: Drawn
    feeds: Mapping[str, Feed]
    margins: tuple[str, ...]
    interviews: int | None
    invited: int | None
    units: int | None
    strata: int | None
    group_item: str | None
    area_item: str | None
