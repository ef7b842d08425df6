"""The two jobs on a bare register: score what would have been forecast, and forecast what comes next.

Each writes a folder that is replaced whole: record.json with everything a rebuild needs, tables in CSV, and
for the evaluation a report to read.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from kelisim.core.errors import NotDefined
from kelisim.forecasting.backtest import Backtest, rolling_origin
from kelisim.forecasting.baselines import BASELINES
from kelisim.forecasting.combine import MEMBERS, SHORTEST_HISTORY, admitted_horizons
from kelisim.forecasting.covariates import Admission, Covariate, admit
from kelisim.forecasting.evaluation import Evaluation, evaluate
from kelisim.forecasting.outlook import QUANTILES, Outlook, outlook
from kelisim.forecasting.replay import Issue
from kelisim.runs.forecast_report import report
from kelisim.runs.forecast_settings import LEVEL, RESAMPLES, CovariateFile, Settings
from kelisim.runs.issued_periods import PERIODS, issued_periods
from kelisim.runs.study_covariates import with_admitted
from kelisim.sources.incidents import Incidents, Month
from kelisim.sources.series import read_series
from kelisim.store.folders import MARK, replaced_folder

__all__ = ["METHOD", "evaluate_register", "forecast_register"]

METHOD = "linear pool of gamma-Poisson, self-exciting and shared-level forecasts"

_Rows = Iterable[Mapping[str, Any]]


def evaluate_register(
    register: Incidents, settings: Settings, out: Path, tell: Callable[[str], None]
) -> tuple[Evaluation, str]:
    """Score everything from the 18th month on, write it to `out`, and give the evaluation and its report.

    Raises: NotDefined("short_history") where no window has ended after 18 months, OutputError.
    """
    vintages = register.vintages
    if vintages.months < SHORTEST_HISTORY + min(settings.horizons):
        raise NotDefined(
            "short_history",
            f"{vintages.months} months are too few to score forecasts: {SHORTEST_HISTORY} months of history"
            f" and {min(settings.horizons)} after them are needed. Way out: widen --from and --to.",
        )
    origins = range(SHORTEST_HISTORY, vintages.months)
    covariates = [_covariate(one, register) for one in settings.covariates]
    issues: list[Issue] = []
    select_until = _origin(register, settings.select_until)
    with replaced_folder(out) as fresh:
        backtest = rolling_origin(
            vintages,
            settings.horizons,
            origins,
            settings.draws,
            settings.seed,
            tell,
            # The gate needs the pool's draws only; all of them would fill the memory.
            keep=lambda issue: issues.append(replace(issue, draws={"pool": issue.draws["pool"]})),
        )
        tell("resampling blocks of origins")
        found = evaluate(
            backtest,
            select_until=select_until,
            level=LEVEL,
            resamples=RESAMPLES,
            rng=np.random.default_rng([settings.seed, 1]),
        )
        admissions = admit(
            covariates,
            issues if covariates else (),
            vintages,
            level=LEVEL,
            resamples=RESAMPLES,
            rng=np.random.default_rng([settings.seed, 2]),
        )
        record = _record(register, settings) | {"evaluation": _as_dict(found)}
        if covariates:
            record["covariates"] = [asdict(one) for one in admissions]
        text = report(register, settings, found, admissions, settings.language)
        (fresh / "report.md").write_text(text, encoding="utf-8")
        _write_csv(fresh / "scores.csv", _scores(backtest, register.first))
        for h in PERIODS:
            issued, outcomes = issued_periods(backtest, register, h)
            if issued:
                _write_csv(fresh / f"issued-{h}.csv", issued)
                _write_csv(fresh / f"outcomes-{h}.csv", outcomes)
        _write_json(fresh / MARK, record)
    return found, text


def forecast_register(
    register: Incidents, settings: Settings, out: Path, tell: Callable[[str], None]
) -> tuple[Outlook, tuple[Admission, ...]]:
    """Forecast the months after the window and write the draws' summaries to `out`.

    Raises: NotDefined("short_history"), OutputError.
    """
    covariates = [_covariate(one, register) for one in settings.covariates]
    issues: list[Issue] = []
    said: list[Admission] = []

    def keep(issue: Issue) -> None:
        if covariates:
            issues.append(replace(issue, draws={"pool": issue.draws["pool"]}))

    def adjust(last: Issue) -> Issue:
        if not covariates:
            return last
        said.extend(
            admit(
                covariates,
                issues,
                register.vintages,
                level=LEVEL,
                resamples=RESAMPLES,
                rng=np.random.default_rng([settings.seed, 2]),
            )
        )
        return with_admitted(last, issues, covariates, said, register.vintages, settings.seed)

    with replaced_folder(out) as fresh:
        found = outlook(
            register.vintages, settings.horizons, settings.draws, settings.seed, tell, keep, adjust
        )
        _write_csv(fresh / "forecasts.csv", _forecasts(register, found, settings.seed))
        chosen = {
            str(h): {
                "from": str(register.last.plus(1)),
                "to": str(register.last.plus(h)),
                "shown": found.issue.shown[h],
                "weights": dict(found.issue.weights[h]),
                "scored_origins": found.issue.judged_on[h],
            }
            for h in found.horizons
        }
        _write_json(
            fresh / MARK,
            _record(register, settings)
            | {"horizons_refused": found.refused, "forecasts": chosen}
            | ({"covariates": [asdict(one) for one in said]} if covariates else {}),
        )
    return found, tuple(said)


def _covariate(declared: CovariateFile, register: Incidents) -> Covariate:
    vintages = register.vintages
    values = read_series(declared.path, declared.column, vintages.areas, register.first, vintages.months)
    name = f"{declared.path.name}: {declared.column}"
    return Covariate.of(name, values, direction=declared.direction, delay=declared.delay_months)


def _origin(register: Incidents, month: Month | None) -> int | None:
    return None if month is None else register.first.until(month) + 1


def _record(register: Incidents, settings: Settings) -> dict[str, Any]:
    final = register.vintages.final().counts
    return {
        "code_version": f"kelisim {version('kelisim')}",
        "method": METHOD,
        "register": {
            "file": register.file,
            "sha256": register.digest,
            "first_month": str(register.first),
            "last_month": str(register.last),
            "months": register.vintages.months,
            "areas": len(register.vintages.areas),
            "rows": register.rows,
            "rows_outside_window": register.outside,
            "incidents": int(final.sum()),
            "share_of_empty_area_months": float((final == 0).mean()),
            "mean_area_month": float(final.mean()),
            "variance_to_mean": float(final.var() / final.mean()) if final.any() else None,
            "share_reported_in_a_later_month": register.vintages.share_late(),
        },
        "settings": {
            "horizons": settings.horizons,
            "draws": settings.draws,
            "seed": settings.seed,
            "select_until": None if settings.select_until is None else str(settings.select_until),
            "members": list(MEMBERS),
            "baselines": list(BASELINES),
            "level": LEVEL,
            "resamples": RESAMPLES,
        },
    }


def _as_dict(found: Evaluation) -> dict[str, Any]:
    return {
        "periods": {name: {"first_origin": a, "last_origin": b} for name, (a, b) in found.periods.items()},
        "scores": [{"period": period, **asdict(scores)} for period, scores in found.summaries],
        "differences": [{"period": period, **asdict(gap)} for period, gap in found.differences],
        "verdicts": [asdict(verdict) for verdict in found.verdicts],
        "reliability": [asdict(one) for one in found.reliability],
    }


def _scores(backtest: Backtest, first: Month) -> _Rows:
    for case in backtest.cases:
        yield {
            "forecast": case.forecast,
            "horizon_months": case.horizon,
            "origin_months": case.origin,
            "last_month_seen": first.plus(case.origin - 1),
            "admitted": case.horizon in admitted_horizons(case.origin, [case.horizon]),
            "incidents": int(case.outcome.sum()),
            "areas_with_incident": int((case.outcome > 0).sum()),
            "crps": float(case.crps.mean()),
            "log_score_bits": float(case.log_score.mean()),
            "brier_any": float(((case.p_any - (case.outcome > 0)) ** 2).mean()),
            "cover_50": float(case.inside_50.mean()),
            "cover_90": float(case.inside_90.mean()),
            "total_crps": case.total_crps,
            "total_inside_90": case.total_inside_90,
        }


def _forecasts(register: Incidents, found: Outlook, seed: int) -> _Rows:
    for row in found.rows:
        yield {
            "scope": "region" if row.area is None else "area",
            "area": row.area or "",
            "from": register.last.plus(1),
            "to": register.last.plus(row.horizon),
            "horizon_months": row.horizon,
            "forecast": row.forecast,
            "shown": row.shown,
            "mean_incidents": row.mean,
            **{f"q{100 * q:02.0f}": value for q, value in zip(QUANTILES, row.quantiles, strict=True)},
            "p_any": row.p_any,
            "draws": row.draws,
            "seed": seed,
        }


def _write_csv(path: Path, rows: _Rows) -> None:
    listed = list(rows)
    page = io.StringIO()
    writer = csv.DictWriter(page, list(listed[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: f"{v:.6g}" if isinstance(v, float) else v for k, v in row.items()} for row in listed)
    path.write_text(page.getvalue(), encoding="utf-8")


def _write_json(path: Path, record: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
