"""Gold samples: known chances, enough in every stratum, Kazakh without its letters apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.core.errors import NotDefined
from kelisim.evidence.discourse.gold import Design, Frame, draw_gold, needed_families, strata_of


def frame_of(seed: int, families: int, languages: int = 2, periods: int = 2) -> Frame:
    rng = np.random.default_rng(seed)
    language = rng.choice(["kk", "ru", "uz"][:languages], families)
    return Frame(
        family=np.array([f"f{i}" for i in range(families)]),
        language=language,
        period=rng.choice([f"2024-0{k + 1}" for k in range(periods)], families),
        source=rng.choice(["a", "b", "c"], families),
        size=rng.geometric(0.5, families),
        letterless=(language == "kk") & (rng.random(families) < 0.4),
        score=np.round(rng.random(families), 2),
        predicted=rng.choice(["yes", "no"], families, p=[0.2, 0.8]),
    )


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    families=st.integers(1, 1500),
    by=st.sampled_from(["random", "score", "class"]),
    largest=st.sampled_from([None, 4]),
)
def test_chances_speak_for_the_whole_frame(seed: int, families: int, by: str, largest: int | None) -> None:
    frame = frame_of(seed, families)
    design = Design(by=by, largest_from=largest)  # type: ignore[arg-type]
    made = draw_gold(frame, design, np.random.default_rng(seed))
    assert len(set(made.rows.tolist())) == len(made.rows)
    # Horvitz and Thompson's estimate of the number of families is exact in every stratum.
    assert np.isclose((1 / made.chance).sum(), families)
    assert sum(s.families for s in made.strata) == families
    assert sum(s.items for s in made.strata) == frame.size.sum()
    for place, stratum in enumerate(made.strata):
        assert (made.stratum == place).sum() == stratum.drawn
        assert stratum.drawn >= min(50, stratum.families)
        rows = made.rows[made.stratum == place]
        assert {*frame.letterless[rows].tolist()} <= {stratum.letterless}
        if stratum.band == "largest":
            assert stratum.drawn == stratum.families
    for cell in {(s.language, s.period) for s in made.strata}:
        inside = [s for s in made.strata if (s.language, s.period) == cell and s.band != "largest"]
        assert sum(s.drawn for s in inside) == needed_families([s.families for s in inside])


def test_bands_are_below_the_median_to_four_fifths_and_the_top() -> None:
    frame = frame_of(1, 1000, languages=1, periods=1)
    frame = Frame(**{**vars(frame), "letterless": np.zeros(1000, bool), "score": np.arange(1000) / 1000.0})
    owner, strata = strata_of(frame, Design(by="score"))
    assert [(s.band, s.families) for s in strata] == [("low", 500), ("middle", 300), ("high", 200)]
    assert frame.score[owner == 2].min() > strata[1].highest - 1e-12 >= frame.score[owner == 1].max() - 1e-12
    later = Frame(**{**vars(frame), "score": frame.score / 2})
    assert [(s.band, s.families) for s in strata_of(later, Design(by="score"), like=strata)[1]] == [
        ("low", 999), ("middle", 1),
    ]  # fmt: skip


def test_a_rare_share_needs_twice_as_many() -> None:
    frame = frame_of(3, 3000, languages=1, periods=1)
    common = draw_gold(frame, Design(by="random"), np.random.default_rng(1))
    rare = draw_gold(frame, Design(by="random", expected_share=0.02), np.random.default_rng(1))
    assert (len(common.rows), len(rare.rows)) == (200, 400)


def test_a_design_needs_what_the_frame_has() -> None:
    frame = frame_of(4, 100)
    unscored = Frame(**{**vars(frame), "score": np.full(100, np.nan), "predicted": np.full(100, "")})
    for by, reason in (("score", "no_score"), ("class", "no_class")):
        with pytest.raises(NotDefined) as caught:
            draw_gold(unscored, Design(by=by), np.random.default_rng(1))  # type: ignore[arg-type]
        assert caught.value.reason == reason
    with pytest.raises(NotDefined) as caught:
        draw_gold(frame_of(4, 100), Design(by="score", families=2), np.random.default_rng(1))
    assert caught.value.reason == "budget_too_small"


def test_the_same_seed_draws_the_same() -> None:
    frame = frame_of(5, 800)
    one, other, third = (
        draw_gold(frame, Design(by="score"), np.random.default_rng(seed)).rows.tolist() for seed in (1, 1, 2)
    )
    assert one == other != third
