"""The step that makes cards, index and zones of a study's figures, and their telling on a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

import numpy as np

from kelisim.assessment.assess import Assessed, assess
from kelisim.core.languages import Language
from kelisim.core.study import Study
from kelisim.disclosure.closed_tables import guarded
from kelisim.disclosure.release import release
from kelisim.publish.view import View
from kelisim.runs.evidence import figures_of
from kelisim.runs.kinds import KINDS
from kelisim.sources.study import read_study

__all__ = ["Told", "assessed", "told"]


class Told(TypedDict):
    """One area in words."""

    area_id: str
    area: str
    state: str
    why: list[str]
    helps: list[str]


def assessed(study: Study) -> Assessed:
    """All figures of a study with its cards and zones; the seed is the one the study declares."""
    seed = 0 if study.zones is None else study.zones.index.seed
    return assess(study, figures_of(study), np.random.default_rng(seed))


def told(folder: Path, language: Language) -> list[Told]:
    """The zones of a study in words, as far as they pass the gate."""
    study = guarded(read_study(folder, KINDS))
    made = assessed(study)
    view = View(
        release(study, made.figures, (), {}, run_id="", code_version="", cards=made.cards, zones=made.zones),
        language,
    )
    areas: list[Told] = []
    for zone in made.zones:
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
