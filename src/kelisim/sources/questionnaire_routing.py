"""Routing of a declared form: references that lead nowhere, circles, jumps, and questions nobody reaches.

A jump (`goto`) is written as a condition on every item it passes over. Conditions can say "one of these was
chosen"; they cannot say "or it was not asked", so a jump is taken only where every item it passes over has
the base of the question that jumps, and is refused elsewhere.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kelisim.core.errors import Fault
from kelisim.core.questionnaire import Condition, Item
from kelisim.core.routing import reachable

__all__ = ["END", "Declared", "faults_of_reach", "faults_of_references", "routed"]

END = "END"
_CHOSEN_FROM = ("single", "multiple", "scale")


@dataclass(frozen=True, slots=True)
class Declared:
    """An item with the place of its declaration.

    at : path of keys in the file; inside : it comes from a battery, whose lines are not in the file
    gotos : option -> question that follows it, or END
    order : "options" or "rows" and a code -> place in the declared list
    """

    item: Item
    at: tuple[str | int, ...]
    gotos: Mapping[str, str]
    inside: bool = False
    order: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def fault(
        self, file: str, lines: Mapping[tuple[str | int, ...], int], path: tuple[str | int, ...], reason: str,
        way_out: str,
    ) -> Fault:  # fmt: skip
        """A fault at a place inside this question; options and rows of `path` are named by their codes."""
        spelled = (*self.at, *path)
        if len(path) > 1 and (path[0], path[1]) in self.order:
            spelled = (*self.at, path[0], self.order[str(path[0]), str(path[1])], *path[2:])
        line = next((lines[spelled[:k]] for k in range(len(spelled), 0, -1) if spelled[:k] in lines), None)
        where = ".".join(map(str, (self.item.code, *path)))
        if self.inside:
            reason = f"{reason} It comes from the battery '{self.item.battery}'."
        return Fault(file, line, where, reason, way_out)


def routed(declared: Sequence[Declared]) -> tuple[Item, ...]:
    """The items with every jump written as a condition on the items it passes over."""
    place = {one.item.code: k for k, one in enumerate(declared)} | {END: len(declared)}
    more: dict[int, list[Condition]] = {}
    for k, one in enumerate(declared):
        ends = {o.code: place[one.gotos[o.code]] if o.code in one.gotos else k + 1 for o in one.item.options}
        for between in range(k + 1, max(ends.values(), default=k)):
            staying = tuple(code for code, end in ends.items() if end <= between)
            more.setdefault(between, []).append(Condition(one.item.code, staying))
    return tuple(
        replace(one.item, ask_if=tuple(dict.fromkeys((*one.item.ask_if, *more.get(k, ())))))
        for k, one in enumerate(declared)
    )


def faults_of_references(
    declared: Sequence[Declared], file: str, lines: Mapping[tuple[str | int, ...], int], unread: set[str]
) -> Iterator[Fault]:
    """Conditions and jumps that name no earlier (later) question, or an answer it does not have.

    unread : codes of questions whose declaration has faults of its own, so that nothing is said of them twice
    """
    place = {one.item.code: k for k, one in reversed(list(enumerate(declared)))}
    leads = {one.item.code: {c.question for c in one.item.ask_if} for one in declared}
    for k, one in enumerate(declared):
        for index, condition in enumerate(one.item.ask_if):
            path = ("ask_if", index)
            if condition.question in unread:
                continue
            if said := _condition(condition, k, declared, place, leads):
                yield one.fault(file, lines, path, *said)
        for option, target in one.gotos.items():
            if target not in unread and (said := _jump(one, target, k, place)):
                yield one.fault(file, lines, ("options", option, "goto"), *said)


def _condition(
    condition: Condition, k: int, declared: Sequence[Declared], place: Mapping[str, int],
    leads: Mapping[str, set[str]],
) -> tuple[str, str] | None:  # fmt: skip
    code, name = declared[k].item.code, condition.question
    if name not in place:
        return f"there is no question '{name}'.", _nearest(name, place)
    if circle := _circle(code, leads):
        around = " -> ".join((*circle, circle[0]))
        return f"the conditions go in a circle: {around}.", "let each question depend on earlier ones only."
    if place[name] >= k:
        return f"it depends on '{name}', which is asked later.", f"move '{name}' before '{code}'."
    before = declared[place[name]].item
    if before.type not in _CHOSEN_FROM:
        reason = f"it depends on '{name}', which is of type {before.type} and has no options to choose."
        return reason, "depend on a question of type single, multiple or scale."
    if lost := [one for one in condition.codes if before.option(one) is None]:
        known = ", ".join(option.code for option in before.options)
        return f"'{name}' has no option {', '.join(lost)}.", f"its options are {known}."
    return None


def _circle(start: str, leads: Mapping[str, set[str]]) -> tuple[str, ...]:
    """The questions of a circle through this one, the first by name leading; empty where there is none."""
    open_ends: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while open_ends:
        way = open_ends.pop()
        for name in sorted(leads.get(way[-1], ())):
            if name == start:
                first = way.index(min(way))
                return way[first:] + way[:first]
            if name not in seen:
                seen.add(name)
                open_ends.append((*way, name))
    return ()


def _jump(one: Declared, target: str, k: int, place: Mapping[str, int]) -> tuple[str, str] | None:
    code = one.item.code
    if one.item.type not in ("single", "scale"):
        return (
            "several answers may lead to different questions.",
            "use `ask_if` at the questions passed over.",
        )
    if not one.item.required:
        return "who leaves the question out would not be led on.", "make it required, or use `ask_if`."
    if target == END:
        return None
    if target not in place:
        return f"there is no question '{target}'.", f"{_nearest(target, place)} The end of the form is {END}."
    if place[target] <= k:
        reason = f"it leads back to '{target}', so the interview would go in a circle."
        return reason, f"name a question after '{code}', or {END}."
    return None


def faults_of_reach(
    declared: Sequence[Declared], file: str, lines: Mapping[tuple[str | int, ...], int]
) -> Iterator[Fault]:
    """Questions that no interview reaches, and jumps that conditions cannot express. References are sound."""
    items = routed(declared)
    by_code = {item.code: item for item in items}
    place = {item.code: k for k, item in enumerate(items)} | {END: len(items)}
    for k, (one, item) in enumerate(zip(declared, items, strict=True)):
        if not reachable(item, by_code):
            reason = "no answers lead to this question."
            yield one.fault(file, lines, ("ask_if",), reason, "correct the conditions or jumps before it.")
        passed = range(k + 1, max((place[target] for target in one.gotos.values()), default=k))
        for between in passed:
            if not _within(items[between], item):
                reason = (
                    f"'{item.code}' is asked of some only, and its jump passes over '{items[between].code}', "
                    "which others are asked."
                )
                way_out = f"leave out `goto` and give '{items[between].code}' its own `ask_if`."
                yield one.fault(file, lines, ("options",), reason, way_out)


def _within(item: Item, of: Item) -> bool:
    """Whether whoever is asked this item was asked the other one."""
    return all(
        any(c.question == outer.question and set(c.codes) <= set(outer.codes) for c in item.ask_if)
        for outer in of.ask_if
    )


def _nearest(name: str, known: Mapping[str, int]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean '{near[0]}'?" if near else "name a question of this form."
