"""The step that makes cards, index and zones of a study's figures."""

from __future__ import annotations

import numpy as np

from kelisim.assessment.assess import Assessed, assess
from kelisim.core.study import Study
from kelisim.runs.evidence import figures_of

__all__ = ["assessed"]


def assessed(study: Study) -> Assessed:
    """All figures of a study with its cards and zones; the seed is the one the study declares."""
    seed = 0 if study.zones is None else study.zones.index.seed
    return assess(study, figures_of(study), np.random.default_rng(seed))
