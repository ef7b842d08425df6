"""What a study declares about its texts, and what is seen in them: coverage, incidents, what is not known.

Values here are frozen results of `runs`. Numbers with a doubt stand among the figures of the release; what is
no number (a month, a reason, the size of a sample that is missing) stands here. No text is among it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kelisim.core.languages import Words

__all__ = [
    "CodedSample",
    "Discourse",
    "DiscourseRule",
    "GreyShare",
    "Incident",
    "SourceCovered",
    "TextFile",
    "Theme",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFile:
    """An export of texts that belongs to a study.

    columns : what is meant ("id", "text", "posted_at", "account" ...) -> name of the column; `account` holds
        the id of a watched source
    looks : file that says for which time each source was read, and when it was not
    """

    file: str
    source_id: str
    columns: Mapping[str, str]
    looks: str


@dataclass(frozen=True, slots=True)
class CodedSample:
    """A sample coded by people that belongs to a study. folder : its files; variables : told of it"""

    folder: str
    variables: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An incident whose spread through the sources is followed.

    area_id : where it happened; groups : a text speaks of it where it names all of them, or one and the area
    first, days : from when, and for how long, texts are followed
    """

    key: str
    title: Words
    area_id: str
    groups: tuple[str, ...]
    first: date
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscourseRule:
    """What a study declares beside the watch. coding, draws, seed : of shares by codes of people"""

    texts: TextFile | None
    coded: tuple[CodedSample, ...]
    incidents: tuple[Incident, ...]
    draws: int
    seed: int
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Theme:
    """A topic frame that was looked for. code : F01 and so on, or "other" """

    code: str
    title: Words
    definition: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCovered:
    """A source, month by month: (days read, days, why not all), in the order of the months."""

    name: str
    platform: str
    language: str
    area_id: str | None
    months: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GreyShare:
    """A share that may not be told yet. needed : families people must code in all; coded : have coded"""

    variable: str
    code: str
    group: str
    language: str
    reason: str
    needed: int
    coded: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Discourse:
    """What is known of the texts of a study beside the figures.

    months, quarters : of the watch, "2023-05", "2023-q2"; languages : with enough texts to be told apart
    items, families : texts taken, and families of near copies among them; aside : records not taken, by
        reason
    codes : "tone.negative" -> what the variable and its code are called
    bundle : version of the labels
    """

    rule: DiscourseRule
    first: date
    last: date
    months: tuple[str, ...]
    quarters: tuple[str, ...]
    languages: tuple[str, ...]
    themes: tuple[Theme, ...]
    groups: tuple[str, ...]
    items: int
    families: int
    aside: Mapping[str, int]
    sources: tuple[SourceCovered, ...]
    grey: tuple[GreyShare, ...]
    codes: Mapping[str, Words]
    bundle: str
