"""What no list of a study's register has, told from how far its lists overlap; or why it cannot be told."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from kelisim.core.errors import NotDefined
from kelisim.core.foresight import ForesightRule, HiddenEvents
from kelisim.core.study import Study
from kelisim.evidence.events.lists import list_cells
from kelisim.evidence.events.register import Register
from kelisim.stats.capture_recapture import FEWEST_SHARED, Hidden, three_lists, two_lists

__all__ = ["hidden_events"]


def hidden_events(study: Study, rule: ForesightRule, register: Register) -> HiddenEvents | None:
    """Conflicts on the declared lists as known on the day of the study; None where no lists are declared."""
    if not rule.lists:
        return None
    codes, level = tuple(code for code, _ in rule.lists), study.thresholds.interval_level
    cells = list_cells(register, study.as_of, codes, "conflict")
    shared = min(
        sum(n for key, n in cells.items() if key[a] == key[b] == "1")
        for a, b in combinations(range(len(codes)), 2)
    )
    try:
        found: Hidden | None = _estimate(cells, len(codes), level, rule.seed)
    except NotDefined:
        found = None
    return HiddenEvents(
        lists=tuple(words for _, words in rule.lists),
        on=tuple(cells.items()),
        known=sum(cells.values()),
        total=None if found is None else found.total,
        low=None if found is None else found.low,
        high=None if found is None else found.high,
        level=level,
        shared=shared,
        needed=FEWEST_SHARED,
    )


def _estimate(cells: dict[str, int], lists: int, level: float, seed: int) -> Hidden:
    if lists == 2:
        first, second, both = (cells.get(key, 0) for key in ("10", "01", "11"))
        return two_lists(first, second, both, level=level)
    return three_lists(cells, np.random.default_rng([seed, 6]), level=level)
