"""The command `kelisim zones decide`: thresholds, zones and what alarms cost, from two bare files."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kelisim.core.languages import Language

if TYPE_CHECKING:
    from kelisim.assessment.decided import Decided
    from kelisim.core.decisions import Declared

__all__ = ["decide", "zones"]

_EXAMPLES = """\b
Example: kelisim zones decide forecasts.csv outcomes.csv --miss 0.1 --alarms runs --seed 1
Example: kelisim zones decide forecasts.csv outcomes.csv --miss 0.2 --alarms runs --seed 1 \\
           --cost-ratio 0.15 --red 0.6 --declared-by "Deputy akim" --declared-on 2026-01-15 \\
           --wording "From 0.6 on the mediators travel within two days" --language kk
"""

_SHARE = click.FloatRange(0.0, 1.0, min_open=True, max_open=True)


@click.group(epilog="Example: kelisim zones decide --help")
def zones() -> None:
    """Zones on forecasts: thresholds with the right by which they are drawn, and what alarms cost."""


@zones.command(epilog=_EXAMPLES)
@click.argument("forecasts", type=click.Path(path_type=Path))
@click.argument("outcomes", type=click.Path(path_type=Path))
@click.option("--miss", type=_SHARE, required=True, help="Share of new episodes that yellow may miss.")
@click.option(
    "--alarms",
    type=click.Choice(["runs", "cells"]),
    required=True,
    help="One alarm for red: a run of periods in one area, judged by its first, or every single period.",
)
@click.option(
    "--precision", type=_SHARE, default=0.5, show_default=True, help="Share of red alarms that must be right."
)
@click.option(
    "--confidence",
    type=click.FloatRange(0.5, 1.0, min_open=True, max_open=True),
    default=0.9,
    show_default=True,
    help="One-sided confidence of that share.",
)
@click.option("--least-alarms", type=click.IntRange(min=1), default=15, show_default=True)
@click.option(
    "--down",
    type=click.FloatRange(0.0, 1.0, min_open=True),
    default=0.8,
    show_default=True,
    help="A state is left below this share of its threshold, twice running.",
)
@click.option("--named-from", type=_SHARE, default=0.8, show_default=True, help="P(zone) that names it.")
@click.option("--cost-ratio", type=_SHARE, help="Your own cost of a visit over the loss of a missed event.")
@click.option("--yellow", type=_SHARE, help="Declared yellow threshold while none is certified.")
@click.option("--red", type=_SHARE, help="Declared red threshold while none is certified.")
@click.option("--declared-by", help="Who declared --yellow and --red.")
@click.option("--declared-on", type=click.DateTime(["%Y-%m-%d"]), help="When.")
@click.option("--wording", help="In which words.")
@click.option("--level", type=_SHARE, default=0.9, show_default=True, help="Level of the intervals of value.")
@click.option("--resamples", type=click.IntRange(100, 20_000), default=2000, show_default=True)
@click.option("--seed", type=click.IntRange(min=0), required=True, help="Same seed, same intervals.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--language", type=click.Choice(["kk", "ru", "en"]), default="en", show_default=True)
def decide(
    forecasts: Path, outcomes: Path, miss: float, alarms: Any, precision: float, confidence: float,
    least_alarms: int, down: float, named_from: float, cost_ratio: float | None, yellow: float | None,
    red: float | None, declared_by: str | None, declared_on: datetime | None, wording: str | None, level:
    float, resamples: int, seed: int, form: str, language: Language,
) -> None:  # fmt: skip
    """Draw thresholds from past FORECASTS and OUTCOMES, and say what zone every area is in now.

    FORECASTS is a CSV file with the columns area, period and probability, each issued before its period;
    columns draw_1, draw_2 ... may hold second-order draws. OUTCOMES has area, period and happened (1, 0, or
    empty where unknown). Periods are 2024, 2024-Q3 or 2024-07 and do not overlap. The thresholds of a year
    use earlier years only.
    """
    import numpy as np

    from kelisim.core.decisions import DecisionRule
    from kelisim.runs.dynamic_zones import dynamic_zones_of
    from kelisim.sources.issued_forecasts import read_issued

    judged = [_declared(t, declared_by, declared_on, wording) for t in (yellow, red)]
    try:
        rule = DecisionRule(
            miss=miss, precision=precision, confidence=confidence, least_alarms=least_alarms, alarms=alarms,
            down=down, named_from=named_from, judged_yellow=judged[0], judged_red=judged[1],
        )  # fmt: skip
    except ValueError as error:
        raise click.UsageError(f"{error}.") from None
    found = dynamic_zones_of(
        read_issued(forecasts, outcomes), rule, own_ratio=cost_ratio, level=level, resamples=resamples,
        rng=np.random.default_rng(seed), grey={}, gains={}, yearly={},
    )  # fmt: skip
    if form == "json":
        click.echo(json.dumps(_as_dict(found), ensure_ascii=False, indent=1))
        return
    for line in _text(found, named_from, language):
        click.echo(line)
    more = "" if cost_ratio is not None else " Next: add --cost-ratio, your own cost of a visit over a loss."
    click.echo(f"{len(found.zones)} areas, {found.cells} cells with outcomes.{more}")


def _declared(
    threshold: float | None, by: str | None, on: datetime | None, wording: str | None
) -> Declared | None:
    from kelisim.core.decisions import Declared
    from kelisim.core.languages import Words

    if threshold is None:
        return None
    if not (by and on and wording):
        raise click.UsageError("a declared threshold needs --declared-by, --declared-on and --wording.")
    return Declared(threshold, Words.same(by), on.date(), Words.same(wording))


def _text(found: Decided, named_from: float, language: Language) -> list[str]:
    from kelisim.publish import decision_story as story
    from kelisim.publish.words import Speaker

    say = Speaker(language)
    lines = [*story.threshold_words(found.current, say), ""]
    for zone in found.zones:
        lines.append(f"{zone.area_id}, {zone.period}: {story.zone_title(zone, say)}")
        told = [*story.zone_words(zone, named_from, say), *story.area_words(found.areas, zone.area_id, say)]
        lines += [f"  {line}" for line in told]
    lost = found.unforecast_events
    replayed = story.replay_words(found.replay, found.changes, found.bare_changes, lost, say)
    lines += ["", *replayed, "", say.word("decisions.table")]
    if not found.table:
        return [*lines, say.word("decisions.table.none")]
    head = tuple(say.word(f"decisions.head.{name}") for name in story.TABLE_HEAD)
    rows = [head, *story.table_rows(found.table, say)]
    widths = [max(len(row[j]) for row in rows) for j in range(len(head))]
    lines += ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows]
    return [*lines, say.word("decisions.table.note")]


def _as_dict(found: Decided) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "period": found.period,
        "cells": found.cells,
        "unforecast_events": found.unforecast_events,
        "thresholds": [asdict(one) | {"cost_ratio": one.yellow.cost_ratio} for one in found.thresholds],
        "zones": [
            asdict(zone) | {"shown": zone.shown, "flip_probability": zone.flip_probability}
            for zone in found.zones
        ],
        "replay": None if found.replay is None else asdict(found.replay),
        "changes": {"with_hysteresis": found.changes, "without": found.bare_changes},
        "cost_loss": [asdict(row) for row in found.table],
        "areas": {area: {"base_rate": base, **asdict(told)} for area, (base, told) in found.areas.items()},
    }
