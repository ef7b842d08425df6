"""Who is asked what: the routing of a form, followed for one interview or judged as a whole.

An item is asked if each of its conditions holds, and a condition can hold only where its question was asked
itself. The form, the codebook and the check of answers all follow this one rule.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from kelisim.core.questionnaire import Condition, Item, Questionnaire

__all__ = ["all_conditions", "asked", "next_after", "reachable"]


def asked(questionnaire: Questionnaire, chosen: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """Codes of the items that this respondent should have been asked, in the order of the form.

    chosen : question -> codes of the options chosen; answers to questions that were not asked are passed over
    """
    met: dict[str, Collection[str]] = {}
    for item in questionnaire.items:
        if all(set(c.codes) & set(met.get(c.question, ())) for c in item.ask_if):
            met[item.code] = chosen.get(item.code, ())
    return tuple(met)


def all_conditions(item: Item, items: Mapping[str, Item]) -> tuple[Condition, ...]:
    """The conditions of an item and of the questions they lead back to: the base of its answers.

    items : code -> item of the whole form.  Of a circle each condition is given once.
    """
    found: dict[Condition, None] = {}
    open_ends = list(item.ask_if)
    while open_ends:
        condition = open_ends.pop(0)
        if condition in found:
            continue
        found[condition] = None
        before = items.get(condition.question)
        open_ends += before.ask_if if before is not None else ()
    return tuple(found)


def reachable(item: Item, items: Mapping[str, Item]) -> bool:
    """Whether some honest interview leads to this item.

    Each question may be answered freely within its rules (one answer, a maximum, options that stand alone),
    so it is enough that every question by itself can meet all that is demanded of it.
    """
    demanded: dict[str, list[frozenset[str]]] = {}
    for condition in all_conditions(item, items):
        demanded.setdefault(condition.question, []).append(frozenset(condition.codes))
    return all(code in items and _can_meet(items[code], sets) for code, sets in demanded.items())


def _can_meet(item: Item, sets: Iterable[frozenset[str]]) -> bool:
    """Whether one permitted answer has a code in each of the sets."""
    known = {option.code for option in item.options}
    wanted = [codes & known for codes in sets]
    if frozenset.intersection(*wanted):
        return True
    if item.type != "multiple":
        return False
    together = {option.code for option in item.options if not option.alone}
    apart = list(dict.fromkeys(codes & together for codes in wanted))
    return _few_meet(apart, item.max_selections or len(known))


def _few_meet(sets: list[frozenset[str]], most: int) -> bool:
    """Whether at most `most` codes can be chosen so that each set holds one of them."""
    if not all(sets):
        return False
    if len(sets) <= most:
        return True
    first = min(sets, key=len)
    return most > 0 and any(_few_meet([s for s in sets if code not in s], most - 1) for code in first)


def next_after(questionnaire: Questionnaire, item: Item, option: str) -> Item | None:
    """The item that follows when this option of a single-choice item is chosen; None for the end.

    Only conditions on this very item are looked at: others were settled before it or come after it.
    """
    place = questionnaire.items.index(item)
    for later in questionnaire.items[place + 1 :]:
        if all(option in c.codes for c in later.ask_if if c.question == item.code):
            return later
    return None
