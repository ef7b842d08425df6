"""The coverage ledger: for every source, language and day what was expected, what came, and what it is worth.

The first evidence is the collector's own heartbeat: the spans of time for which a look at the source vouches.
The second is the number of texts against what the day should have brought. A day that neither covers is
missing, and missing is never zero: only days with the status `ok` may be counted or drawn.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from kelisim.core.texts import Look, WatchedSource
from kelisim.evidence.discourse.volume import negative_binomial_interval, volumes

__all__ = [
    "STATUSES",
    "CoverageDay",
    "Days",
    "Status",
    "covered_share",
    "ledger",
    "series_with_gaps",
    "status_of_looks",
]

_Span = tuple[datetime, datetime]
Status = Literal["ok", "late", "partial", "outage", "not_collected", "retired"]
STATUSES: tuple[Status, ...] = get_args(Status)
_WHOLE, _NOTHING = 0.98, 0.02
_LEAST_GRACE = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class CoverageDay:
    """One source, language and day.

    expected, low, high : mean and interval (`level` 0.95) of what the day should bring; None where too few
        weeks are known; got : texts that came; reason : why the status is not `ok`, in words
    """

    source_id: str
    lang: str
    day: date
    expected: float | None
    low: int | None
    high: int | None
    got: int
    status: Status
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Days:
    """Civil days that follow each other.

    starts : UTC at which each begins, and one more for the end of the last
    """

    first: date
    starts: tuple[datetime, ...]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def day(self, place: int) -> date:
        """The day at a place."""
        return self.first + timedelta(days=place)


def covered_share(looks: Iterable[Look], start: datetime, end: datetime) -> float:
    """Share of a stretch of time for which looks vouch: their spans joined, so that none counts twice.

    >>> from datetime import datetime, UTC
    >>> def at(h): return datetime(2024, 5, 1, h, tzinfo=UTC)
    >>> one = Look(source_id="a", at=at(6), how="feed", ok=True, covers_from=at(0), covers_to=at(6))
    >>> covered_share([one, one], at(0), at(12))
    0.5
    """
    return _share(_spans(looks), start, end)


def _spans(looks: Iterable[Look]) -> list[_Span]:
    """The stretches that looks vouch for, joined where they meet, in order."""
    found = sorted(
        (look.covers_from, look.covers_to)
        for look in looks
        if look.ok and look.covers_from and look.covers_to and look.covers_from < look.covers_to
    )
    joined: list[_Span] = []
    for low, high in found:
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return joined


def _over(spans: Sequence[_Span], start: datetime, end: datetime) -> Sequence[_Span]:
    """The stretches that share some time with this one."""
    first = bisect_left(spans, start, key=lambda span: span[1])
    last = bisect_left(spans, end, key=lambda span: span[0])
    return [span for span in spans[first:last] if span[1] > start]


def _share(spans: Sequence[_Span], start: datetime, end: datetime) -> float:
    if end <= start:
        return 0.0
    parts = (min(high, end) - max(low, start) for low, high in _over(spans, start, end))
    return sum(parts, timedelta()) / (end - start)


def status_of_looks(
    source: WatchedSource, looks: Sequence[Look], days: Days, as_of: datetime
) -> list[tuple[Status, str]]:
    """Status of every day by the collector's heartbeat alone, with the reason.

    A day counts as `late` until the source's rhythm has passed twice (three hours at least) after its end;
    from then on it is `partial` or `outage`, or `not_collected` where nobody looked. The day that is still
    running becomes an outage as soon as looks have failed for that long.
    """
    grace = max(_LEAST_GRACE, 2 * timedelta(hours=source.rhythm_hours))
    spans = _spans(look for look in looks if look.at <= as_of)
    failures = sorted((look for look in looks if not look.ok and look.at <= as_of), key=lambda look: look.at)
    found: list[tuple[Status, str]] = []
    for place in range(len(days)):
        start, end = days.starts[place], days.starts[place + 1]
        if source.retired_on is not None and days.day(place) >= source.retired_on:
            found.append(("retired", "no longer watched"))
            continue
        share = _share(spans, start, min(end, as_of))
        first, after = (bisect_left(failures, at, key=lambda look: look.at) for at in (start, end + grace))
        failed = failures[first:after]
        if share >= _WHOLE and as_of >= end:
            found.append(("ok", ""))
            continue
        last = max((high for _, high in _over(spans, start, end)), default=start)
        waiting = as_of - max(last, start)
        if as_of < end + grace and waiting <= (grace if as_of < end else as_of - end + grace):
            found.append(("late", "not over, or its last hours are still to be looked at"))
        elif share > _NOTHING:
            told = f"{100 * share:.0f} % of its hours are covered"
            why = failed[-1].reason if failed else "something may have fallen out between two looks"
            found.append(("partial" if as_of >= end or not failed else "outage", f"{told}: {why}"))
        elif failed:
            found.append(("outage", failed[-1].reason))
        else:
            found.append(("not_collected", "nobody looked at the source"))
    return found


def ledger(
    sources: Sequence[WatchedSource],
    looks: Mapping[str, Sequence[Look]],
    counts: Mapping[tuple[str, str], Mapping[date, int]],
    days: Days,
    as_of: datetime,
    *,
    level: float = 0.95,
) -> list[CoverageDay]:
    """The ledger of some days, in the order of sources, languages, days.

    looks : source -> its looks; counts : (source, language) -> day -> texts. A source without texts has
    one row a day under the language "und".
    A day that the heartbeat vouches for, but that brought too few texts to be chance, is `outage` where it
    brought none and `partial` where it brought some.
    """
    by_looks = {
        one.source_id: status_of_looks(one, looks.get(one.source_id, ()), days, as_of) for one in sources
    }
    series = [
        (one.source_id, lang)
        for one in sources
        for lang in sorted(lang for source, lang in counts if source == one.source_id) or ["und"]
    ]
    number = len(days)
    got = np.array(
        [[counts.get(key, {}).get(days.day(place), 0) for place in range(number)] for key in series],
        dtype=np.int64,
    ).reshape(len(series), number)
    vouched = np.array(
        [[status == "ok" for status, _ in by_looks[source]] for source, _ in series], dtype=bool
    )
    made = volumes(got, vouched.reshape(len(series), number))
    low, high = negative_binomial_interval(made.expected, made.variance, level)
    rows: list[CoverageDay] = []
    for k, (source, lang) in enumerate(series):
        statuses = _with_counts(by_looks[source], got[k], made.flagged[k], made.summed_days[k])
        for place, (status, reason) in enumerate(statuses):
            mean = float(made.expected[k, place])
            known = mean == mean
            rows.append(
                CoverageDay(
                    source, lang, days.day(place), mean if known else None,
                    int(low[k, place]) if known else None, int(high[k, place]) if known else None,
                    int(got[k, place]), status, reason,
                )
            )  # fmt: skip
    return rows


def _with_counts(
    by_looks: Sequence[tuple[Status, str]],
    got: NDArray[np.int64],
    flagged: NDArray[np.bool_],
    summed: NDArray[np.int64],
) -> list[tuple[Status, str]]:
    statuses = list(by_looks)
    for place in np.flatnonzero(flagged):
        length = int(summed[place])
        window = range(int(place) - length + 1, int(place) + 1)
        empty = [k for k in window if got[k] == 0] or list(window)
        told = "far fewer texts than its weekdays bring"
        if length > 1:
            told += f", {length} days taken together"
        for k in empty:
            if statuses[k][0] == "ok":
                statuses[k] = ("outage" if got[k] == 0 else "partial", told)
    return statuses


def series_with_gaps(rows: Iterable[CoverageDay]) -> tuple[tuple[date, ...], NDArray[np.float64], float]:
    """Days, texts and the covered share of one source or many: the only way to a series that may be drawn.

    A day on which any of the rows is not `ok` (retired ones aside) is nan, never zero. The share is that of
    expected texts on days that are `ok`; nan where nothing is expected.
    """
    kept = [row for row in rows if row.status != "retired"]
    days = tuple(sorted({row.day for row in kept}))
    place = {day: k for k, day in enumerate(days)}
    values = np.zeros(len(days))
    expected = covered = 0.0
    for row in kept:
        values[place[row.day]] += row.got if row.status == "ok" else np.nan
        expected += row.expected or 0.0
        covered += (row.expected or 0.0) if row.status == "ok" else 0.0
    return days, values, covered / expected if expected > 0 else float("nan")
