"""The zones of a study told on a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

from kelisim.core.languages import Language
from kelisim.publish.view import View
from kelisim.runs.release import released_study
from kelisim.runs.studies import read_whole

__all__ = ["Told", "told"]


class Told(TypedDict):
    """One area in words."""

    area_id: str
    area: str
    state: str
    why: list[str]
    helps: list[str]


def told(folder: Path, language: Language) -> list[Told]:
    """The zones of a study in words, as far as they pass the gate."""
    view = View(released_study(read_whole(folder)), language)
    areas: list[Told] = []
    for zone in view.release.zones:
        story = view.zone(zone.area_id)
        if story is not None:
            helps = [" ".join((line, "; ".join(items))).strip() for line, items in story.helps]
            areas.append(
                Told(
                    area_id=zone.area_id,
                    area=view.area(zone.area_id),
                    state=story.title,
                    why=list(story.why),
                    helps=helps,
                )
            )
    return areas
