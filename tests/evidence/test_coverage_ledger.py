"""The coverage ledger: what looks vouch for, what counts can see, and missing is never zero."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kelisim.core.texts import Look, WatchedSource
from kelisim.evidence.discourse.coverage import (
    STATUSES,
    Days,
    covered_share,
    ledger,
    series_with_gaps,
    status_of_looks,
)
from kelisim.evidence.discourse.volume import lower_tail, negative_binomial_interval, volumes

SOURCE = WatchedSource("a", "A", "portal", "", "https://a.example/rss", "kk", None, 1.0, False)
START = datetime(2024, 3, 4, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def days(count: int) -> Days:
    return Days(START.date(), tuple(START + k * DAY for k in range(count + 1)))


def looks(hours: Iterable[int], *, ok: bool = True, gap: bool = False, source: str = "a") -> list[Look]:
    """Looks at whole hours after the start, each vouching for the hour before it; or failed ones."""
    made = []
    for hour in hours:
        at = START + hour * HOUR
        span: dict[str, Any] = {"covers_from": at - (0 if gap else 1) * HOUR, "covers_to": at} if ok else {}
        made.append(
            Look(source_id=source, at=at, how="feed", ok=ok, reason="" if ok else "status 503", **span)
        )
    return made


def statuses(found: list[Look], count: int, as_of: datetime | None = None, **changed: Any) -> list[str]:
    from dataclasses import replace

    source = replace(SOURCE, **changed)
    by_looks = status_of_looks(source, found, days(count), as_of or START + count * DAY + 12 * HOUR)
    return [status for status, _ in by_looks]


def test_a_day_is_ok_where_looks_vouch_for_all_of_it() -> None:
    assert statuses(looks(range(1, 73)), 3) == ["ok"] * 3
    # One look that overlaps with what was known vouches for everything since the last one.
    caught_up = Look(source_id="a", at=START + 60 * HOUR, how="feed", ok=True, covers_from=START + 24 * HOUR,
                     covers_to=START + 72 * HOUR)  # fmt: skip
    assert statuses([*looks(range(1, 25)), caught_up], 3) == ["ok"] * 3


def test_failed_looks_make_an_outage_and_none_at_all_not_collected() -> None:
    broken = [
        *looks(range(1, 25)),
        *looks(range(25, 49), ok=False),
        *looks([49], gap=True),
        *looks(range(50, 73)),
    ]
    assert statuses(broken, 3) == ["ok", "outage", "partial"]
    assert (
        statuses([*looks(range(1, 25)), *looks([49], gap=True), *looks(range(50, 73))], 3)[1]
        == "not_collected"
    )
    assert statuses([], 2) == ["not_collected"] * 2
    assert statuses(looks(range(1, 25)), 3, retired_on=(START + DAY).date()) == ["ok", "retired", "retired"]


def test_an_outage_is_shown_within_a_day() -> None:
    found = [*looks(range(1, 25)), *looks(range(25, 49), ok=False)]
    shown = [statuses(found, 2, START + DAY + k * HOUR)[1] for k in range(1, 25)]
    first = shown.index("outage")
    assert shown[:first] == ["late"] * first and first <= 3 and set(shown[first:]) == {"outage"}


def test_a_silent_collector_is_shown_as_such() -> None:
    found = looks(range(1, 13))
    assert statuses(found, 1, START + 13 * HOUR) == ["late"]
    assert statuses(found, 1, START + 30 * HOUR) == ["partial"]
    weekly = {"rhythm_hours": 168.0}
    assert statuses(found, 2, START + 5 * DAY, **weekly) == ["late"] * 2
    assert statuses(found, 2, START + 30 * DAY, **weekly) == ["partial", "not_collected"]


@given(
    st.lists(st.tuples(st.integers(0, 80), st.integers(0, 30), st.booleans()), max_size=12),
    st.integers(0, 60),
    st.integers(1, 40),
)
def test_the_covered_share_is_that_of_the_hours(
    spans: list[tuple[int, int, bool]], start: int, length: int
) -> None:
    made = [
        Look(
            source_id="a",
            at=START,
            how="feed",
            ok=ok,
            covers_from=START + low * HOUR,
            covers_to=START + (low + n) * HOUR,
        )
        for low, n, ok in spans
    ]
    hours = {hour for low, n, ok in spans if ok for hour in range(low, low + n)}
    expected = sum(hour in hours for hour in range(start, start + length)) / length
    share = covered_share(made, START + start * HOUR, START + (start + length) * HOUR)
    assert share == pytest.approx(expected)


@given(st.lists(st.tuples(st.integers(1, 120), st.booleans()), max_size=30), st.integers(1, 130))
def test_every_day_has_one_of_the_statuses(found: list[tuple[int, bool]], hours: int) -> None:
    made = [look for hour, ok in found for look in looks([hour], ok=ok)]
    as_of = START + hours * HOUR
    made = [look for look in made if look.at <= as_of]
    got = statuses(made, 5, as_of)
    assert len(got) == 5 and set(got) <= set(STATUSES)
    if not any(look.ok for look in made):
        assert "ok" not in got and "partial" not in got


@given(st.integers(0, 300), st.floats(0.1, 200), st.floats(1.0, 8.0))
def test_tails_are_those_of_scipy(count: int, mean: float, over: float) -> None:
    variance = mean * over
    if variance > mean * 1.001:
        size = mean**2 / (variance - mean)
        expected = stats.nbinom.cdf(count, size, size / (size + mean))
    else:
        variance, expected = mean, stats.poisson.cdf(count, mean)
    assert float(lower_tail(count, mean, variance)) == pytest.approx(expected, abs=1e-8)


@given(st.floats(0.5, 500), st.floats(1.01, 6.0))
def test_intervals_hold_their_level(mean: float, over: float) -> None:
    low, high = negative_binomial_interval(mean, mean * over, 0.95)
    size = mean / (over - 1)
    law = stats.nbinom(size, size / (size + mean))
    assert law.cdf(high) - law.cdf(low - 1) >= 0.95 - 1e-9
    assert law.cdf(low - 1) < 0.025 and law.sf(high - 1) > 0.025 - 1e-9


def test_the_middle_six_of_eight_same_weekdays() -> None:
    counts = np.tile([10, 20, 30, 40, 50, 60, 70], 9)
    counts[7 * np.arange(8)] = [10, 11, 12, 13, 14, 15, 90, 8]
    made = volumes(counts[None, :], np.ones((1, 63), dtype=bool))
    assert made.expected[0, 56] == pytest.approx((10 + 11 + 12 + 13 + 14 + 15) / 6)
    assert made.expected[0, 57] == 20 and np.isnan(made.expected[0, 20])
    usable = np.ones((1, 63), dtype=bool)
    usable[0, 0] = False  # a day that does not count is passed over
    assert volumes(counts[None, :], usable).expected[0, 56] == pytest.approx(
        (10 + 11 + 12 + 13 + 14 + 15 - 10) / 5
    )


def test_an_outage_teaches_nothing() -> None:
    rng = np.random.default_rng(3)
    counts = rng.poisson(50, (1, 120))
    counts[0, 60:67] = 0
    made = volumes(counts, np.ones_like(counts, dtype=bool))
    assert made.flagged[0, 60:67].all() and made.flagged[0].sum() <= 8
    assert (made.expected[0, 67:] > 40).all()


WEEK = np.array([1.1, 1.1, 1.1, 1.1, 1.1, 0.8, 0.7])


def simulated(mean: float, size: float, series: int, length: int, seed: int) -> np.ndarray[Any, Any]:
    rng = np.random.default_rng(seed)
    rate = mean * WEEK[np.arange(length) % 7]
    return rng.poisson(rate * rng.gamma(size, 1 / size, (series, length)))


def detection(mean: float, size: float, series: int, seed: int) -> tuple[float, float, float, float]:
    """Shares flagged: calm days; a day of nothing, and of a fifth, that very day; ten days of nothing."""
    length, day = 140, 120
    counts = simulated(mean, size, series, length, seed)
    usable = np.ones_like(counts, dtype=bool)
    false = volumes(counts, usable).flagged[:, 63:].mean()
    seen = []
    for lost, last in ((1.0, day), (0.8, day), (1.0, day + 9)):
        injected = counts.copy()
        kept = np.random.default_rng(seed + 1).binomial(counts[:, day : last + 1], 1 - lost)
        injected[:, day : last + 1] = kept
        seen.append(volumes(injected, usable).flagged[:, day : last + 1].any(axis=1).mean())
    return float(false), float(seen[0]), float(seen[1]), float(seen[2])


def test_the_loss_of_a_large_source_is_seen_the_same_day() -> None:
    false, nothing, _, _ = detection(40, 10, 60, 7)
    assert nothing >= 0.97 and false <= 0.006


@pytest.mark.proof
@pytest.mark.parametrize("size", [5.0, 10.0, 30.0, 1e9])
def test_what_counts_can_see(size: float) -> None:
    # R series of T days: 3 sqrt(p (1 - p) / RT) of 0.003 with R T = 15,000 is 0.0013.
    found = {mean: detection(mean, size, 200, 11) for mean in (3, 10, 30, 100)}
    assert all(false <= 0.003 + 0.0013 for false, *_ in found.values())
    assert found[30][1] >= 0.9 and found[100][1] >= 0.99
    assert found[3][1] <= 0.05, "at three texts a day nobody can see one day of nothing"
    assert found[10][3] >= 0.99 and found[3][3] >= 0.8, "ten days of nothing are seen in small sources too"
    assert found[100][2] <= 0.5 or size >= 10, "four fifths lost are mostly not seen where days scatter much"


def _rows(count: int, got: Any, found: list[Look]) -> list[Any]:
    by_day = {START.date() + timedelta(days=k): int(n) for k, n in enumerate(got)}
    return ledger([SOURCE], {"a": found}, {("a", "kk"): by_day}, days(count), START + count * DAY + 12 * HOUR)


def test_an_injected_outage_never_draws_zero() -> None:
    got = np.random.default_rng(5).poisson(40, 80)
    whole = [*looks(range(1, 80 * 24 + 1))]
    # The collector fails on day 70, and on day 75 the site goes on answering and brings nothing.
    failed = [look for look in whole if not 70 * 24 < (look.at - START) / HOUR <= 71 * 24]
    failed += looks(range(70 * 24 + 1, 71 * 24 + 1), ok=False)
    got[70] = got[75] = 0
    rows = _rows(80, got, failed)
    assert rows[70].status == "outage" and rows[70].reason == "status 503"
    assert rows[75].status == "outage" and "fewer texts" in rows[75].reason
    named, values, share = series_with_gaps(rows)
    assert np.isnan(values[[70, 75]]).all() and np.isfinite(np.delete(values, [70, 75])).all()
    assert not (values == 0).any() and len(named) == 80
    assert 0.9 < share < 1
    assert rows[75].low is not None and rows[75].low > 10 and rows[75].expected == pytest.approx(40, rel=0.2)


def test_a_source_that_is_watched_more_is_no_more_missing() -> None:
    rows = ledger([SOURCE], {}, {}, days(3), START + 4 * DAY)
    assert [(row.lang, row.status, row.expected) for row in rows] == [("und", "not_collected", None)] * 3
    named, values, share = series_with_gaps(rows)
    assert np.isnan(values).all() and np.isnan(share) and len(named) == 3


def test_a_day_of_the_change_of_clocks_has_its_own_length() -> None:
    from kelisim.runs.discourse_coverage import days_between

    made = days_between(date(2024, 2, 28), date(2024, 3, 1), ZoneInfo("Asia/Almaty"))
    lengths = [b - a for a, b in zip(made.starts, made.starts[1:], strict=False)]
    assert lengths == [24 * HOUR, 25 * HOUR, 24 * HOUR]  # one zone for the whole country since 1 March 2024
    assert len(made) == 3 and made.day(2) == date(2024, 3, 1)
