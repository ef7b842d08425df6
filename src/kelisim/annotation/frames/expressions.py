"""The small language of the rules: names of words and of groups, and, or, not, and how near they stand.

    fight and (groups(2) or ethnic)
    near(people, insult, 4) or slur
    then(mixed, union, 2)

A name is a concept of the rules (`fight`), one of `NAMES` (`group`, `language` ...) or a concept of the
lexicon (`kazakh`). `near(a, b, n)` asks for two words at most n words apart, in any order; `then(a, b, n)`
for b within n words after a; `groups(n)` for n different groups; `peoples(n)` for n different peoples,
mentioned in whatever sense but their language. An expression is read into a tree and never run as code.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

__all__ = ["NAMES", "Node", "Seen", "fires", "names_of", "parse", "possible"]

# What the lexicon's hits are called in expressions.
NAMES = {
    "group": "a people, in the sense of a group",
    "people": "the same as a noun and not as an adjective; also the inhabitants of another country",
    "named": "a people in the sense of a group, or in one that nothing decides",
    "mentioned": "a people in any sense but that of its language or a state",
    "language": "a language",
    "country": "a country, as a state or a place",
    "faith": "a community of faith",
    "slur": "a restricted word",
}


@dataclass(frozen=True, slots=True)
class Node:
    """One part of an expression.

    kind : "name", "and", "or", "not", "near", "then" or "different"
    """

    kind: str
    name: str = ""
    parts: tuple[Node, ...] = ()
    number: int = 0


def parse(expression: str) -> Node:
    """An expression as a tree. Raises: ValueError that quotes the part that cannot be read.

    >>> parse("fight and groups(2)").parts[1]
    Node(kind='different', name='group', parts=(), number=2)
    """
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"'{expression}' cannot be read: {error.msg}") from None
    return _node(tree)


def _node(tree: ast.expr) -> Node:
    match tree:
        case ast.Name(id=name):
            return Node("name", name)
        case ast.BoolOp(op=op, values=values):
            return Node("and" if isinstance(op, ast.And) else "or", parts=tuple(map(_node, values)))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Node("not", parts=(_node(operand),))
        case ast.Call(func=ast.Name(id=("near" | "then") as kind), args=[a, b, ast.Constant(value=int(n))]):
            return Node(kind, parts=(_node(a), _node(b)), number=n)
        case ast.Call(func=ast.Name(id=("groups" | "peoples") as kind), args=[ast.Constant(value=int(n))]):
            return Node("different", "group" if kind == "groups" else "mentioned", number=n)
    raise ValueError(
        f"'{ast.unparse(tree)}' is no part of a rule: use names, and, or, not, "
        "near(a, b, n), then(a, b, n), groups(n), peoples(n)"
    )


def names_of(node: Node) -> Iterator[str]:
    """Names that an expression asks for."""
    if node.name:
        yield node.name
    for part in node.parts:
        yield from names_of(part)


class Seen(Protocol):
    """What was seen in a stretch of one text."""

    def at(self, name: str) -> Sequence[int]:
        """Numbers of the words at which a name stands, in order."""

    def peoples(self, name: str) -> Mapping[int, str]:
        """Number of the word -> people, where one stands as `name` says (`group`, `mentioned`)."""


def fires(node: Node, seen: Seen) -> tuple[int, ...] | None:
    """Numbers of the words that make an expression true, in order; None where it is not true."""
    if node.kind == "name":
        return tuple(seen.at(node.name)) or None
    if node.kind == "different":
        peoples = seen.peoples(node.name)
        return tuple(sorted(peoples)) if len(set(peoples.values())) >= node.number else None
    if node.kind == "not":
        return () if fires(node.parts[0], seen) is None else None
    if node.kind in ("near", "then"):
        return _beside(node, seen)
    found: set[int] = set()
    true = 0
    for part in node.parts:
        words = fires(part, seen)
        if words is not None:
            true += 1
            found.update(words)
        elif node.kind == "and":
            return None
    return tuple(sorted(found)) if true else None


def _beside(node: Node, seen: Seen) -> tuple[int, ...] | None:
    first, second = (fires(part, seen) for part in node.parts)
    if not first or not second:
        return None
    low = 1 if node.kind == "then" else -node.number
    pairs = [(a, b) for a in first for b in second if a != b and low <= b - a <= node.number]
    return tuple(sorted({word for pair in pairs for word in pair})) or None


def possible(
    node: Node, present: Callable[[str], Any], different: Callable[[str, int], Any], everywhere: Any
) -> Any:
    """Where an expression may be true, over many texts at once: nearness and negation are not looked at.

    present : name -> (rows,) whether it stands in a text
    different : name, number -> (rows,) whether so many peoples stand so;  everywhere : (rows,) all true
    Returns: (rows,) booleans; false only where the expression cannot be true.
    """
    if node.kind == "name":
        return present(node.name)
    if node.kind == "different":
        return different(node.name, node.number)
    if node.kind == "not":
        return everywhere
    parts = [possible(part, present, different, everywhere) for part in node.parts]
    result = parts[0]
    for part in parts[1:]:
        result = (result | part) if node.kind == "or" else (result & part)
    return result
