"""The verdict on watching, and its words in three languages."""

from __future__ import annotations

import numpy as np
import pytest

from kelisim.assessment.detectability import detectability_words
from kelisim.stats.detection.budget import set_threshold
from kelisim.stats.detection.cusum import Cusum
from kelisim.stats.detection.detectability import detectability
from kelisim.stats.detection.history import History
from kelisim.stats.detection.null import fit_null
from kelisim.stats.detection.power import Power, power_table


def cells(seen: float, chance: float) -> list[Power]:
    return [Power(3.0, m, seen, 0.01, chance, 1.0) for m in (6, 12)]


def test_a_share_is_said_with_what_chance_alone_gives() -> None:
    found = detectability(History.of([1] * 24), cells(0.468, 0.12))
    assert (found.verdict, found.share, found.chance) == ("seen", 0.468, 0.12)
    words = detectability_words(found)
    assert "seen within 6 months in 47 % of cases" in words.en and "12 %" in words.en
    assert "47 пайызында" in words.kk and "в 47 %" in words.ru


@pytest.mark.parametrize(
    ("history", "powers", "verdict"),
    [
        (History.of([0] * 11), cells(0.9, 0.1), "short"),
        (History.of([1] * 24), [], "short"),
        (History.of([0] * 24), cells(0.15, 0.12), "chance"),
        (History.of([1] * 24 + [None] * 3), cells(0.9, 0.1), "silent"),
    ],
)
def test_what_cannot_be_watched(history: History, powers: list[Power], verdict: str) -> None:
    found = detectability(history, powers)
    assert found.verdict == verdict
    words = detectability_words(found)
    assert words.kk.startswith("Бақылауға болмайды")
    assert words.ru.startswith("Наблюдать нельзя") and words.en.startswith("Cannot be watched")


def test_one_clash_in_sixty_years_of_months_is_left_to_chance() -> None:
    """Rates like those of the study's own incidents: a tripling is not to be seen within a year."""
    rng, quiet = np.random.default_rng(1), History.of([1] + [0] * 599)
    null = fit_null(quiet)
    set_to = set_threshold(Cusum(), quiet, null, 0.25, rng, paths=500)
    table = power_table(Cusum(), quiet, null, set_to, rng, paths=1000)
    assert all(p.bound < 0.12 for p in table)
    assert detectability(quiet, table).verdict == "chance"
