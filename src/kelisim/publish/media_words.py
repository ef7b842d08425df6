"""How figures of texts are called: themes, codes, senses, languages, months, quarters."""

from __future__ import annotations

import re
from datetime import date

from kelisim.core.discourse import Discourse
from kelisim.core.periods import PartialDate
from kelisim.publish.words import Speaker

__all__ = ["media_label", "media_of_what", "period_words"]

_QUARTER = re.compile(r"(\d{4})-q([1-4])")


def media_label(told: Discourse | None, speaker: Speaker, base: str, part: str) -> str:
    """The name of an indicator of texts, with its theme, code or sense."""
    label = speaker.word(base)
    if not part:
        return label
    if told is not None and part in told.codes:
        return f"{label}. {told.codes[part].say(speaker.language)}"
    themes = {} if told is None else {theme.code: theme.title for theme in told.themes}
    name = (
        themes[part].say(speaker.language) if part in themes else speaker.either(f"media.sense.{part}", part)
    )
    return f"{label}: {name}"


def media_of_what(told: Discourse | None, speaker: Speaker, period: str, variant: str) -> str:
    """When, and of which texts: "May 2023, Kazakh", or of which incident."""
    parts = [period_words(speaker, period)]
    incidents = {} if told is None else {one.key: one.title for one in told.rule.incidents}
    for name in variant.split():
        if name in incidents:
            parts.append(incidents[name].say(speaker.language))
            continue
        parts.append(next((speaker.word(key) for key in (f"media.part.{name}", f"concept.{name}")
                           if speaker.knows(key)), name))  # fmt: skip
    return ", ".join(parts)


def period_words(speaker: Speaker, period: str) -> str:
    """A month, quarter, day or span in words."""
    quarter = _QUARTER.fullmatch(period)
    if quarter:
        return speaker.word("media.quarter").format(year=quarter[1], quarter=quarter[2])
    if re.fullmatch(r"\d{4}-\d{4}", period):
        return period.replace("-", "–")
    try:
        when = PartialDate.parse(period)
    except ValueError:
        return period
    return speaker.date(when) if when.first != date.min else period
