"""Corrected shares: when there is a number, when a reason, and what the number does not depend on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from kelisim.core.errors import NotDefined
from kelisim.core.estimates import Estimate
from kelisim.disclosure.texts import protected_text_cell
from kelisim.evidence.discourse.corrected_shares import (
    Basis,
    CodedTexts,
    aligned,
    change_estimate,
    corrected_share,
    missing_codes,
    no_estimate,
    share_estimate,
)
from kelisim.evidence.discourse.gold import Stratum


def stratum(band: str, families: int, **changes: Any) -> Stratum:
    return Stratum(
        **{"language": "kk", "period": "2024-05", "letterless": False, "band": band, "families": families,
           "items": families, **changes}  # type: ignore[arg-type]
    )  # fmt: skip


STRATA = (stratum("low", 2500), stratum("middle", 1500), stratum("high", 1000))
BASIS = Basis(
    drawn=STRATA, now=STRATA, verdict="firm", undecided=0, last_day=date(2024, 5, 31),
    now_last_day=date(2024, 5, 31), bundle="b1", now_bundle="b1", carried=False,
)  # fmt: skip


def coded(n: tuple[int, ...] = (100, 60, 60), seed: int = 1, **columns: Any) -> CodedTexts:
    rng = np.random.default_rng(seed)
    place = np.repeat(np.arange(len(n)), n)
    rate = np.array([0.02, 0.1, 0.4])[place]
    made = {
        "stratum": place,
        "positive": rng.random(len(place)) < rate,
        "size": np.ones(len(place), dtype=np.int64),
        "source": rng.choice(["s1", "s2", "s3", "s4", "s5"], len(place)),
    }
    return CodedTexts(**{**made, **columns})


def share(texts: CodedTexts, basis: Basis = BASIS, count: str = "families") -> Any:
    return corrected_share(texts, basis, count=count, draws=2000, rng=np.random.default_rng(7))  # type: ignore[arg-type]


def told(texts: CodedTexts, basis: Basis = BASIS) -> Estimate:
    return share_estimate(share(texts, basis), basis, count="families", level=0.95, source="sample g1")


def test_a_share_is_the_weighted_one() -> None:
    texts = coded()
    rates = [texts.positive[texts.stratum == h].mean() for h in range(3)]
    estimate = told(texts)
    assert estimate.value == pytest.approx(100 * (0.5 * rates[0] + 0.3 * rates[1] + 0.2 * rates[2]))
    assert estimate.low is not None and estimate.high is not None
    assert estimate.low < estimate.value < estimate.high
    assert (estimate.n, estimate.unit, estimate.grade, estimate.reasons) == (
        220,
        "percent of families",
        "good",
        (),
    )


CARRIED = replace(BASIS, carried=True)
REASONS = {
    "nobody coded": ("no_gold", "200 more", coded((0, 0, 0)), BASIS),
    "one stratum is short": ("no_gold", "10 more", coded((150, 90, 40)), BASIS),
    "coders differ": ("undecided", "third person", coded(), replace(BASIS, undecided=3)),
    "no agreement": ("low_agreement", "agree", coded(), replace(BASIS, verdict="not gold")),
    "another version": ("stale", "version", coded(), replace(CARRIED, now_bundle="b2")),
    "too old": ("stale", "91 days", coded(), replace(CARRIED, now_last_day=date(2024, 8, 30))),
    "other texts": (
        "stale", "changed", coded(),
        replace(CARRIED, now=(stratum("low", 400), stratum("middle", 1500), stratum("high", 4000))),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REASONS)
def test_a_reason_stands_in_place_of_a_number(case: str) -> None:
    reason, words, texts, basis = REASONS[case]
    with pytest.raises(NotDefined, match=words) as caught:
        share(texts, basis)
    assert caught.value.reason == reason
    cell = no_estimate(caught.value, count="families", source="sample g1")
    assert cell.value is None and cell.reasons == (reason,)
    assert cell.flag == ("missing" if reason == "no_gold" else "withheld")


def test_ninety_days_are_allowed_and_told() -> None:
    later = replace(CARRIED, now_last_day=date(2024, 8, 29))
    estimate = told(coded(), later)
    assert estimate.value is not None and "carried_gold" in estimate.reasons
    assert estimate.grade == "acceptable"


def test_tentative_agreement_and_rare_shares_are_told() -> None:
    assert told(coded(), replace(BASIS, verdict="tentative")).reasons == ("tentative",)
    none = coded(positive=np.zeros(220, bool))
    estimate = told(none)
    assert estimate.value == estimate.low == 0 and estimate.high is not None
    # Of 220 texts none has it: the bound is no tighter than that of a plain sample of as many.
    assert estimate.high >= 100 * (1 - 0.05 ** (1 / 220))
    assert "rare_share" in estimate.reasons


def test_a_repost_changes_items_and_not_families() -> None:
    texts = coded()
    shared = replace(texts, size=np.where(texts.positive, 5, 1))
    more = tuple(replace(s, items=3 * s.families) for s in STRATA)
    basis = replace(BASIS, drawn=more, now=more)
    assert share(shared, basis).value == share(texts).value
    assert share(shared, basis, "items").value > share(texts).value


def test_families_of_one_source_count_less() -> None:
    texts = coded()
    alike = replace(texts, source=np.where(texts.positive, "loud", texts.source))
    assert share(alike).deff > share(texts).deff >= 1
    assert np.diff(share(alike).interval(0.95)) > np.diff(share(texts).interval(0.95))


def test_a_whole_stratum_looked_through_is_known() -> None:
    strata = tuple(replace(s, families=70, items=70) for s in STRATA)
    made = share(coded((70, 70, 70)), replace(BASIS, drawn=strata, now=strata))
    assert made.interval(0.95) == pytest.approx((made.value, made.value))


def test_languages_are_not_lent_to_each_other() -> None:
    russian = [replace(s, language="ru") for s in STRATA]
    assert missing_codes([0, 0, 0], russian) == 200


def test_strata_of_other_texts_are_put_in_order() -> None:
    found = (stratum("high", 10, period="2024-06"), stratum("low", 20, period="2024-06"))
    assert [s.families for s in aligned(STRATA, found)] == [20, 0, 10]
    with pytest.raises(NotDefined, match="letterless"):
        aligned(STRATA, (stratum("low", 20, letterless=True),))


def test_a_change_comes_from_two_samples() -> None:
    one, two = share(coded(seed=1)), share(coded(seed=2))
    made = change_estimate(two, one, count="families", level=0.95, source="s", reasons=("tentative",))
    assert made.value == pytest.approx(100 * (two.value - one.value))
    assert made.low is not None and made.high is not None and made.low < made.value < made.high
    assert made.unit == "percentage points of families" and made.grade == "acceptable"


@pytest.mark.parametrize(("families", "authors", "leaves"), [(10, 5, True), (9, 50, False), (500, 4, False)])
def test_few_texts_or_authors_do_not_leave(families: int, authors: int, leaves: bool) -> None:
    made = protected_text_cell(told(coded()), families, authors)
    assert (made.value is not None) is leaves
    if not leaves:
        assert made.flag == "withheld" and made.low is made.high is made.n is None
