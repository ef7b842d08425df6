"""The evaluation as a page to read: what was scored, the verdict first, then scores beside every baseline.

It is told in Kazakh, Russian or English by the words of the pages; numbers are rounded here and nowhere
before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kelisim.core.languages import Language
from kelisim.core.periods import PartialDate
from kelisim.forecasting.backtest import Difference, Summary
from kelisim.forecasting.baselines import BASELINES
from kelisim.forecasting.combine import FULL_HISTORY, MEMBERS, admitted_horizons
from kelisim.forecasting.covariates import Admission
from kelisim.forecasting.evaluation import Evaluation, Period, Verdict
from kelisim.publish.words import Speaker
from kelisim.runs.forecast_settings import LEVEL, Settings
from kelisim.sources.incidents import Incidents, Month

__all__ = ["report", "verdict_words"]

_PERIODS: tuple[Period, ...] = ("report", "selection", "all")
_HEAD = ("crps", "less", "log_score", "less", "brier", "ece", "cover", "active", "total")


def verdict_words(verdict: Verdict, say: Speaker) -> str:
    """The verdict on one horizon in plain words."""
    words = say.word(f"eval.verdict.{verdict.judgement}").format(
        best=say.word("eval.best").format(name=_name(verdict.baseline, say)),
        origins=verdict.origins, windows=verdict.windows, active=verdict.active_cells,
    )  # fmt: skip
    return f"{_ahead(verdict.horizon, say)}: {words}."


def report(
    register: Incidents,
    settings: Settings,
    found: Evaluation,
    admissions: Sequence[Admission] = (),
    language: Language = "en",
) -> str:
    """The report in Markdown."""
    say = Speaker(language)
    main: Period = "report" if "report" in found.periods else "all"
    title = say.word("eval.title").format(file=register.file)
    lines = [f"# {title}", "", *_what(register, settings, found, say)]
    lines += ["", f"## {say.word('eval.verdict')}: {say.word(f'eval.period.{main}').lower()}", ""]
    if main == "all":
        lines += [say.word("eval.no_report"), ""]
    lines += [
        f"- {verdict_words(v, say)}" for v in found.verdicts if (v.period, v.forecast) == (main, "shown")
    ]
    if admissions:
        lines += ["", f"## {say.word('eval.covariates')}", "", *_admissions(admissions, say)]
    # Where nothing was selected on these data, the report period is all there is.
    shown = [
        name
        for name in _PERIODS
        if name in found.periods and not (name == "all" and settings.select_until is None)
    ]
    for period in shown:
        lines += _period(register, found, period, say)
    return "\n".join(lines) + "\n"


def _name(name: str, say: Speaker) -> str:
    return say.either(f"eval.member.{name}", "") or say.word(f"forecast.{name}")


def _ahead(horizon: int, say: Speaker) -> str:
    return say.word("eval.ahead").format(months=say.count("months", horizon))


def _month(month: Month, say: Speaker) -> str:
    return say.date(PartialDate.parse(str(month)))


def _what(register: Incidents, settings: Settings, found: Evaluation, say: Speaker) -> list[str]:
    vintages = register.vintages
    counts = vintages.final().counts
    first, last = found.periods["all"]
    lines = [
        say.word("eval.what").format(
            n=say.number(int(counts.sum()), 0), areas=len(vintages.areas),
            first=_month(register.first, say), last=_month(register.last, say), months=vintages.months,
            empty=say.number(100 * float((counts == 0).mean()), 0), origins=last - first + 1,
            begun=_month(register.first.plus(first - 1), say),
            ended=_month(register.first.plus(last - 1), say), draws=say.number(settings.draws, 0),
            seed=settings.seed,
        ),
        "",
    ]  # fmt: skip
    if register.outside:
        lines.append(f"- {say.word('eval.outside').format(n=register.outside)}")
    late = vintages.share_late()
    share = say.number(100 * late, 0)
    lines.append(f"- {say.word('eval.late').format(share=share) if late else say.word('eval.undated')}")
    until = settings.select_until
    chosen = say.word("eval.unselected")
    if until is not None:
        chosen = say.word("eval.selected").format(month=_month(until, say))
    lines.append(f"- {chosen}")
    if any(h not in admitted_horizons(first, [h]) for h in settings.horizons):
        lines.append(f"- {say.word('eval.harder').format(n=FULL_HISTORY)}")
    lines.append(f"- {say.word('eval.reading').format(level=say.number(100 * LEVEL, 0))}")
    return lines


def _admissions(admissions: Sequence[Admission], say: Speaker) -> list[str]:
    level = next((one.difference.level for one in admissions if one.difference), None)
    words = say.word("eval.covariates.note")
    if level is not None:
        words += " " + say.word("eval.covariates.level").format(level=say.number(100 * level, 1))
    rows = [
        (
            one.covariate,
            _ahead(one.horizon, say),
            say.word(f"eval.judged.{one.judgement}"),
            _signed(one.coefficient, 2, say),
            _gap(one.difference, say),
        )
        for one in admissions
    ]
    head = ("", "", "", say.word("eval.head.factor"), say.word("eval.head.with"))
    return [words, "", *_grid(head, rows)]


def _period(register: Incidents, found: Evaluation, period: Period, say: Speaker) -> list[str]:
    first, last = (_month(register.first.plus(o - 1), say) for o in found.periods[period])
    seen = say.word("eval.origins").format(first=first, last=last)
    lines = ["", f"## {say.word(f'eval.period.{period}')} ({seen})"]
    head = ("", *(say.word(f"eval.head.{key}") for key in _HEAD))
    for h in sorted({s.horizon for name, s in found.summaries if name == period}):
        scores = [s for name, s in found.summaries if (name, s.horizon) == (period, h)]
        order = ["shown", "pool", *BASELINES, *MEMBERS]
        rows = [_row(found, period, s, say) for s in sorted(scores, key=lambda s: order.index(s.forecast))]
        one = next(s for s in scores if s.forecast == "shown")
        size = say.word("eval.size").format(origins=one.origins, cells=one.cells, active=one.active_cells)
        pit = say.word("eval.pit").format(shares=" ".join(say.number(100 * share, 0) for share in one.pit))
        lines += ["", f"### {_ahead(h, say)} ({size})", "", *_grid(head, rows), "", pit]
    return lines


def _row(found: Evaluation, period: Period, s: Summary, say: Speaker) -> tuple[str, ...]:
    gaps = [found.difference(period, "pool", s.forecast, s.horizon, score) for score in ("crps", "log_score")]
    name = _name(s.forecast, say)
    active = "–" if s.cover_90_active is None else say.number(s.cover_90_active, 3)
    return (
        f"**{name}**" if s.forecast in ("shown", "pool") else name,
        say.number(s.crps, 3),
        _gap(gaps[0], say),
        say.number(s.log_score_bits, 3),
        _gap(gaps[1], say),
        say.number(s.brier_any, 3),
        say.number(s.calibration_error_any, 3),
        say.number(s.cover_90, 3),
        active,
        say.number(s.cover_90_total, 3),
    )


def _gap(gap: Difference | None, say: Speaker) -> str:
    if gap is None:
        return ""
    ends = say.word("eval.no_interval")
    if gap.low is not None and gap.high is not None:
        ends = f"{_signed(gap.low, 3, say)} … {_signed(gap.high, 3, say)}"
    return f"{_signed(gap.value, 3, say)} ({ends})"


def _signed(value: float, decimals: int, say: Speaker) -> str:
    text = say.number(value, decimals).replace("-", "−")
    return text if value < 0 else f"+{text}"


def _grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]
