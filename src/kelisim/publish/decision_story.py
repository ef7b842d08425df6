"""Decisions told in one language, as sentences: thresholds and their right, zones, what alarms cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kelisim.assessment.decision_replay import Replay
from kelisim.assessment.economics import AlertEconomics, CostLossRow
from kelisim.core.decisions import DynamicZone, Threshold, Thresholds
from kelisim.core.estimates import Estimate
from kelisim.publish.words import Speaker

__all__ = [
    "TABLE_HEAD",
    "area_words",
    "replay_words",
    "table_rows",
    "threshold_words",
    "zone_title",
    "zone_words",
]

TABLE_HEAD = ("ratio", "alarmed", "missed", "ppv", "false", "value")


def threshold_words(thresholds: Thresholds, say: Speaker) -> list[str]:
    """What both thresholds of a year are and by which right."""
    lines = [
        say.word("decisions.renewed").format(year=thresholds.year, n=say.number(thresholds.cells, 0)),
        *_threshold(thresholds.yellow, say),
    ]
    yellow = thresholds.yellow.value
    if thresholds.joined:
        lines.append(say.word("decisions.joined"))
    if yellow is not None and yellow > 0:
        lines.append(say.word("decisions.implied").format(n=say.number(1.0 / yellow, 1)))
    elif yellow is not None:
        lines.append(say.word("decisions.always"))
    return [*lines, *_threshold(thresholds.red, say)]


def _threshold(threshold: Threshold, say: Speaker) -> list[str]:
    foot, colour = threshold.footing, threshold.colour
    t = "" if threshold.value is None else _p(threshold.value, say)
    if foot.kind == "certified":
        numbers = {
            "t": t, "rate": _percent(foot.rate, say), "n": say.number(foot.cases, 0),
            "low": _percent(foot.low, say), "high": _percent(foot.high, say),
            "right": say.number(foot.right or 0, 0), "confidence": _percent(foot.confidence, say),
        }  # fmt: skip
        return [say.word(f"decisions.{colour}.certified").format(**numbers)]
    lines = [_not_yet(threshold, say)]
    if foot.declared is None:
        return [*lines, say.word(f"decisions.{colour}.none")]
    said = foot.declared
    words = say.word(f"decisions.{colour}.judgement")
    return [
        *lines,
        words.format(
            t=t, who=said.declared_by.say(say.language), day=say.day(said.declared_on),
            wording=said.wording.say(say.language),
        ),
    ]  # fmt: skip


def _not_yet(threshold: Threshold, say: Speaker) -> str:
    foot = threshold.footing
    which = ""
    if threshold.colour == "red":
        which = ".lacking" if foot.right is None else ".never" if foot.needed is None else ""
    return say.word(f"decisions.{threshold.colour}.notyet{which}").format(
        n=say.number(foot.cases, 0), needed=say.number(foot.needed or 0, 0), rate=_percent(foot.rate, say),
        right=say.number(foot.right or 0, 0), confidence=_percent(foot.confidence, say),
    )  # fmt: skip


def zone_title(zone: DynamicZone, say: Speaker) -> str:
    """The state of a zone in words."""
    return say.word(f"zones.state.{zone.shown}")


def zone_words(zone: DynamicZone, named_from: float, say: Speaker) -> list[str]:
    """Why a zone is what it is: grey first, then the value, its doubt, what would flip it, both clocks."""
    lines = [say.either(f"zones.grey.{g}", "") or say.word(f"decisions.grey.{g}") for g in zone.grey]
    if zone.alarm:
        lines.append(say.word("decisions.alarm"))
    if zone.probability is not None:
        lines.append(say.word("decisions.probability").format(p=_p(zone.probability, say)))
    lines.append(say.word(f"decisions.held.{zone.held}"))
    if zone.probabilities:
        shares = {colour: say.number(share, 2) for colour, share in zone.probabilities.items()}
        lines.append(say.word("decisions.chances").format(**shares))
        lines.append(say.word("zones.flipchance").format(p=say.number(zone.flip_probability or 0.0, 2)))
    if zone.named is False:
        lines.append(say.word("decisions.unnamed").format(p=say.number(named_from, 2)))
    if zone.flip is not None:
        way = "up" if zone.flip.errors > 0 else "down"
        k, to = say.number(abs(zone.flip.errors), 1), say.word(f"zones.state.{zone.flip.to}")
        item = say.either(f"decisions.input.{zone.flip.source}", zone.flip.source)
        lines.append(say.word(f"zones.flip.{way}").format(item=item, k=k, to=to))
    slow, fast = zone.clocks.slow, zone.clocks.fast
    words = say.word("decisions.clocks")
    lines.append(
        words.format(
            slow=_clock(slow.estimate if slow else None, say),
            fast=_clock(fast.estimate if fast else None, say),
        )
    )
    return lines


def _clock(estimate: Estimate | None, say: Speaker) -> str:
    return say.word("decisions.clocks.none") if estimate is None else say.value(estimate)


def replay_words(found: Replay | None, changes: int, bare: int, unforecast: int, say: Speaker) -> list[str]:
    """How the rule would have gone in years whose outcomes are known."""
    if found is None:
        lines = [say.word("decisions.replay.none")]
    else:
        numbers = {
            "first": str(found.first_year), "last": str(found.last_year),
            "alarmed": _percent(found.alarmed / found.cells, say), "missed": say.number(found.missed, 0),
            "episodes": say.number(found.episodes, 0),
        }  # fmt: skip
        lines = [say.word("decisions.replay").format(**numbers)]
        if found.reds:
            red = {"right": say.number(found.right, 0), "reds": say.number(found.reds, 0)}
            lines.append(say.word("decisions.replay.red").format(**red))
        lines.append(say.word("decisions.changes").format(n=say.number(changes, 0), bare=say.number(bare, 0)))
    if unforecast:
        lines.append(say.word("decisions.unforecast").format(n=say.number(unforecast, 0)))
    return lines


def table_rows(rows: Sequence[CostLossRow], say: Speaker) -> list[tuple[str, ...]]:
    """The slider as a table, in the order of `TABLE_HEAD`; the office's own ratio is marked."""
    told: list[tuple[str, ...]] = []
    for row in rows:
        value = _signed(row.value, say)
        if row.low is not None and row.high is not None:
            value += f" ({_signed(row.low, say)} … {_signed(row.high, say)})"
        own = f" – {say.word('decisions.own')}" if row.own else ""
        told.append(
            (
                f"{_p(row.ratio, say)}{own}",
                _percent(row.alarmed, say),
                _percent(row.missed, say),
                "–" if row.ppv is None else _percent(row.ppv, say),
                say.number(row.false_alarms_year, 1),
                value,
            )
        )
    return told


def area_words(areas: Mapping[str, tuple[float, AlertEconomics]], area_id: str, say: Speaker) -> list[str]:
    """What yellow alarms amount to at the area's own base rate; nothing where it cannot be told."""
    if area_id not in areas or areas[area_id][1].ppv is None:
        return []
    base, told = areas[area_id]
    numbers = {
        "base": _percent(base, say), "ppv": _percent(told.ppv, say), "false":
        say.number(told.false_alarms_year, 1)
    }  # fmt: skip
    return [say.word("decisions.area").format(**numbers)]


def _signed(value: float, say: Speaker) -> str:
    return say.number(value, 2).replace("-", "−")


def _p(probability: float, say: Speaker) -> str:
    """Two decimals, more only where two would say nothing."""
    decimals = 2 if probability >= 0.1 or probability == 0 else 3 if probability >= 0.01 else 4
    return say.number(probability, decimals)


def _percent(share: float | None, say: Speaker) -> str:
    value = 100.0 * (share or 0.0)
    return say.number(value, 0 if value >= 10 or value == round(value) else 1)
