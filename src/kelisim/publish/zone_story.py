"""A zone told in one language: its state, why it is so, and what data would help, as ready sentences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kelisim.core.zones import COLOURS, AreaZone, Need, ZoneRule
from kelisim.publish.words import Speaker

__all__ = ["Story", "story"]


@dataclass(frozen=True, slots=True)
class Story:
    """What a page says of one area.

    state : green, yellow, red, grey or alarm; letter : the mark on the map, so that colour never speaks alone
    title : the state in words; why, helps : sentences; lists : further lines under a sentence of `helps`
    """

    area_id: str
    state: str
    letter: str
    title: str
    why: tuple[str, ...]
    helps: tuple[tuple[str, tuple[str, ...]], ...]


def story(zone: AreaZone, rule: ZoneRule, say: Speaker, label: Callable[[str], str]) -> Story:
    """The zone in words. label : name of a card or part in the language."""
    state = _state(zone)
    named = zone.likeliest is not None and zone.probabilities[zone.likeliest] >= rule.named_from
    letter, title = say.word(f"zones.letter.{state}"), say.word(f"zones.state.{state}")
    if not zone.grey and not named:
        first, second = _nearest(zone)
        letter = "/".join(say.word(f"zones.letter.{colour}") for colour in (first, second))
        title = say.word("zones.between").format(
            a=say.word(f"zones.state.{first}"), b=say.word(f"zones.state.{second}")
        )
    return Story(
        zone.area_id, state, letter, title, tuple(_why(zone, say, label)), tuple(_helps(zone, say, label))
    )


def _state(zone: AreaZone) -> str:
    if zone.grey:
        return "alarm" if zone.alarm else "grey"
    return str(zone.likeliest)


def _nearest(zone: AreaZone) -> tuple[str, str]:
    best = sorted(COLOURS, key=lambda colour: -zone.probabilities[colour])[:2]
    first, second = sorted(best, key=COLOURS.index)
    return first, second


def _why(zone: AreaZone, say: Speaker, label: Callable[[str], str]) -> list[str]:
    lines = [say.word(f"zones.grey.{reason}") for reason in zone.grey]
    if zone.alarm:
        chance = zone.probabilities["yellow"] + zone.probabilities["red"]
        lines.append(say.word("zones.alarm").format(p=say.number(chance, 2)))
    names = "; ".join(label(f"part_{part}") for part in zone.parts)
    lines.append(say.word("zones.measured").format(n=len(zone.parts), names=f" ({names})" if names else ""))
    lines.append(say.word("zones.held").format(n=zone.resilience))
    if zone.reliability is not None and zone.n is not None:
        words = say.word("zones.reliability")
        lines.append(words.format(n=say.number(zone.n, 0), r=say.number(zone.reliability, 2)))
    if not zone.grey and zone.flip_probability is not None:
        lines.append(say.word("zones.flipchance").format(p=say.number(zone.flip_probability, 2)))
        lines.append(_flip(zone, say, label))
    if zone.reaction is not None:
        r = zone.reaction
        lines.append(
            say.word("zones.reaction").format(
                runs=r.runs, low=say.number(r.low, 2), high=say.number(r.high, 2),
                share=say.number(100.0 * r.changed, 0),
            )
        )  # fmt: skip
    return lines


def _flip(zone: AreaZone, say: Speaker, label: Callable[[str], str]) -> str:
    if zone.flip is None:
        return say.word("zones.flip.none")
    way = "up" if zone.flip.errors > 0 else "down"
    return say.word(f"zones.flip.{way}").format(
        item=label(zone.flip.item),
        k=say.number(abs(zone.flip.errors), 1),
        to=say.word(f"zones.state.{zone.flip.to}"),
    )


def _helps(zone: AreaZone, say: Speaker, label: Callable[[str], str]) -> list[tuple[str, tuple[str, ...]]]:
    return [_need(need, say, label) for need in zone.needs]


def _need(need: Need, say: Speaker, label: Callable[[str], str]) -> tuple[str, tuple[str, ...]]:
    if need.kind == "ask":
        return say.word("zones.need.ask"), tuple(say.word(f"ask.{item}") for item in need.items)
    if need.kind == "resilience":
        return say.word("zones.need.resilience"), tuple(label(item) for item in need.items)
    if need.kind == "border":
        return say.word("zones.need.border"), ()
    if need.interviews is not None:
        low, middle, high = (say.number(n, 0) for _, n in sorted(need.interviews.items()))
        return say.word("zones.need.interviews").format(low=low, middle=middle, high=high), ()
    times = need.times or 0.0
    return say.word("zones.need.times").format(times=say.number(times, 0 if times == int(times) else 1)), ()
