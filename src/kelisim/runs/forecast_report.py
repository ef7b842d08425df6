"""The evaluation as a page to read: what was scored, the verdict first, then scores beside every baseline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kelisim.forecasting.backtest import Difference, Summary
from kelisim.forecasting.baselines import BASELINES
from kelisim.forecasting.combine import FULL_HISTORY, MEMBERS, admitted_horizons
from kelisim.forecasting.covariates import Admission
from kelisim.forecasting.evaluation import Evaluation, Period, Verdict
from kelisim.runs.forecast_settings import Settings
from kelisim.sources.incidents import Incidents

__all__ = ["ahead", "report", "verdict_words"]

_NAMES = {
    "shown": "**shown first**",
    "pool": "**pool**",
    "gamma_poisson": "gamma-Poisson (member)",
    "self_exciting": "self-exciting (member)",
    "shared_level": "shared level (member)",
    "zeros": "nothing happens",
    "no_change": "no change",
    "last_poisson": "Poisson around the last value",
    "conflictology_12": "history of 12 months",
    "conflictology_36": "history of 36 months",
    "conflictology_60": "history of 60 months",
    "conflictology_all": "all history",
}
_TITLES: dict[Period, str] = {
    "report": "Report period",
    "selection": "Selection period",
    "all": "All origins",
}
_HEAD = [
    "",
    "CRPS",
    "pool less this",
    "log score",
    "pool less this",
    "Brier",
    "ECE",
    "cover",
    "active",
    "total",
]
_WORDS = {
    "better": "better than {best}: the whole interval of the CRPS difference lies below 0",
    "better_log_score": "better than {best} by the log score; by CRPS not told apart",
    "not_distinguished": "no skill shown beyond {best}: the intervals hold 0",
    "worse": "worse than {best}: use that one",
    "too_little_data": "too little data for a statement ({origins} origins, {windows} windows without"
    " overlap, {active} cells with an incident in them); compare {best}",
}


_JUDGED = {
    "admitted": "admitted",
    "not_admitted": "not admitted: no better with it",
    "against_direction": "not admitted: works against its declared direction",
    "too_little_data": "not admitted: too little data",
}


def ahead(horizon: int) -> str:
    """A horizon in words.

    >>> ahead(1), ahead(3)
    ('1 month ahead', '3 months ahead')
    """
    return f"{horizon} month{'' if horizon == 1 else 's'} ahead"


def verdict_words(verdict: Verdict) -> str:
    """The verdict on one horizon in plain words."""
    words = _WORDS[verdict.judgement].format(
        best=f'the best simple baseline, "{_NAMES[verdict.baseline]}"',
        origins=verdict.origins,
        windows=verdict.windows,
        active=verdict.active_cells,
    )
    return f"{ahead(verdict.horizon)}: {words}."


def report(
    register: Incidents, settings: Settings, found: Evaluation, admissions: Sequence[Admission] = ()
) -> str:
    """The report in Markdown. Numbers are rounded here and nowhere before."""
    lines = [f"# Evaluation of forecasts: {register.file}", "", *_what(register, settings, found)]
    main: Period = "report" if "report" in found.periods else "all"
    lines += ["", f"## Verdict ({_TITLES[main].lower()})", ""]
    if main == "all":
        lines += ["Every origin lies in the selection period: nothing here speaks of skill.", ""]
    lines += [f"- {verdict_words(v)}" for v in found.verdicts if (v.period, v.forecast) == (main, "shown")]
    if admissions:
        lines += ["", "## Covariates", "", *_admissions(admissions)]
    # Where nothing was selected on these data, the report period is all there is.
    shown = [
        name
        for name in _TITLES
        if name in found.periods and not (name == "all" and settings.select_until is None)
    ]
    for period in shown:
        lines += _period(found, period)
    return "\n".join(lines) + "\n"


def _what(register: Incidents, settings: Settings, found: Evaluation) -> list[str]:
    vintages = register.vintages
    counts = vintages.final().counts
    first, last = found.periods["all"]
    seen = f"{register.first.plus(first - 1)} to {register.first.plus(last - 1)}"
    lines = [
        f"{int(counts.sum()):,} incidents in {len(vintages.areas)} areas, {register.first} to {register.last}"
        f" ({vintages.months} months); {(counts == 0).mean():.0%} of area-months are empty. At each of"
        f" {last - first + 1} origins (last month seen: {seen}) everything was forecast anew with"
        f" {settings.draws:,} draws, seed {settings.seed}.",
        "",
    ]
    if register.outside:
        lines.append(f"- {register.outside} rows outside the window were left out.")
    late = vintages.share_late()
    lines.append(
        f"- {late:.0%} of incidents became known in a later month. Origins saw only what was known by then,"
        " and their latest six months were completed by draws of what was still to be reported."
        if late
        else "- No incident has a later month of report: every origin saw all incidents of its past, which"
        " flatters forecasts if reports came late."
    )
    lines.append(
        f"- Selection period: up to {settings.select_until}. The windows of its last origins reach into the"
        " report period."
        if settings.select_until
        else "- Nothing was selected on these data, the caller says."
    )
    if any(h not in admitted_horizons(first, [h]) for h in settings.horizons):
        lines.append(
            f"- With under {FULL_HISTORY} months of history `kelisim forecast run` issues nothing beyond 3"
            " months ahead. Such origins are scored here all the same: they are the harder test."
        )
    lines.append(
        "- Smaller is better for CRPS (incidents), log score (bits) and Brier score. ECE: mean distance"
        " between the probability of any incident and how often it came. Cover: share of outcomes inside the"
        " 90 % interval, over all cells, cells with an incident, totals of the region. In brackets: 90 %"
        " intervals of differences, from resampled blocks of origins."
    )
    return lines


def _admissions(admissions: Sequence[Admission]) -> list[str]:
    level = next((one.difference.level for one in admissions if one.difference), None)
    words = "" if level is None else f" Intervals: {level:.1%}, stricter the more covariates were tried."
    rows = [
        (
            one.covariate,
            ahead(one.horizon),
            _JUDGED[one.judgement],
            f"{one.coefficient:+.2f}",
            _gap(one.difference),
        )
        for one in admissions
    ]
    return [
        "Each was tried alone, its factor fitted on past origins only. The forecasts here use none of them."
        + words,
        "",
        *_grid(("", "", "", "log factor per sd", "CRPS with less without"), rows),
    ]


def _period(found: Evaluation, period: Period) -> list[str]:
    lines = ["", f"## {_TITLES[period]} (origins {found.periods[period][0]} to {found.periods[period][1]})"]
    for h in sorted({s.horizon for name, s in found.summaries if name == period}):
        scores = [s for name, s in found.summaries if (name, s.horizon) == (period, h)]
        order = ["shown", "pool", *BASELINES, *MEMBERS]
        rows = [_row(found, period, s) for s in sorted(scores, key=lambda s: order.index(s.forecast))]
        one = scores[0]
        size = f"{one.origins} origins, {one.cells} cells, {one.active_cells} with an incident"
        lines += ["", f"### {ahead(h)} ({size})", "", *_grid(_HEAD, rows)]
    return lines


def _row(found: Evaluation, period: Period, s: Summary) -> tuple[str, ...]:
    gaps = [found.difference(period, "pool", s.forecast, s.horizon, score) for score in ("crps", "log_score")]
    return (
        _NAMES.get(s.forecast, s.forecast),
        f"{s.crps:.3f}",
        _gap(gaps[0]),
        f"{s.log_score_bits:.3f}",
        _gap(gaps[1]),
        f"{s.brier_any:.3f}",
        f"{s.calibration_error_any:.3f}",
        f"{s.cover_90:.3f}",
        "-" if s.cover_90_active is None else f"{s.cover_90_active:.3f}",
        f"{s.cover_90_total:.3f}",
    )


def _gap(gap: Difference | None) -> str:
    if gap is None:
        return ""
    ends = "no interval" if gap.low is None else f"{gap.low:+.3f} .. {gap.high:+.3f}"
    return f"{gap.value:+.3f} ({ends})"


def _grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]
