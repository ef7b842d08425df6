"""Expressions about tables: the small language in which a study binds a statement to printed numbers.

    count(table6, KZ61, uzbek) / count(table6, KZ61) >= 0.17
    rank_of_area(table1, KZ61, uzbek) == 1 and figure(text, schools, year=2021) > 50

Numbers, words, lists in square brackets, calls of known functions, + - * /, comparisons, `in`, and, or, not.
An expression is read into a tree here and never executed as code; the auditor knows what functions mean.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

__all__ = ["FUNCTIONS", "Node", "parse_expression"]

# Function -> fewest and most arguments without a name, and the names it understands ("*" is any column).
FUNCTIONS: dict[str, tuple[int, int, tuple[str, ...]]] = {
    "count": (2, 3, ("print",)),
    "share": (3, 3, ("print",)),
    "figure": (2, 4, ("area", "year")),
    "answer": (3, 3, ("print",)),
    "series": (3, 3, ()),
    "rows": (1, 1, ("*",)),
    "total": (2, 2, ("*",)),
    "units": (1, 1, ()),
    "groups": (1, 1, ()),
    "top_groups": (3, 3, ()),
    "rank_of_group": (3, 3, ()),
    "rank_of_area": (2, 3, ()),
    "same_members": (2, 2, ()),
    "about": (2, 2, ()),
    "over": (1, 1, ()),
    "between": (2, 2, ()),
}
_BINARY: dict[type, str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARE: dict[type, str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=", ast.In: "in",
}  # fmt: skip
_LOGIC: dict[type, str] = {ast.And: "and", ast.Or: "or"}
_LONGEST = 1_000
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Node:
    """One part of an expression.

    kind : "number", "text", "list", "call", an operator, a comparison, "and", "or" or "not"
    value : the number, the word or the name of the function; "" otherwise
    parts : operands or arguments; named : arguments with a name
    """

    kind: str
    value: Fraction | str = ""
    parts: tuple[Node, ...] = ()
    named: tuple[tuple[str, Node], ...] = ()

    def calls(self) -> Iterator[Node]:
        """All calls of functions inside, the outer before the inner."""
        if self.kind == "call":
            yield self
        for part in (*self.parts, *(node for _, node in self.named)):
            yield from part.calls()


def parse_expression(text: str) -> Node:
    """Read an expression. Raises: ValueError that says what is not understood.

    >>> parse_expression("count(t, A) > 1_000").kind
    '>'
    """
    if len(text) > _LONGEST:
        raise ValueError(f"the expression is longer than {_LONGEST} characters")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"'{text}' is no expression") from None
    return _node(tree.body, _DEEPEST)


def _node(tree: ast.expr, depth: int) -> Node:
    if depth == 0:
        raise ValueError("the expression is nested too deeply")
    deeper = depth - 1
    match tree:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() | float()):
            return Node("number", _exact(tree))
        case ast.Constant(value=str() as word) | ast.Name(id=word):
            return Node("text", word)
        case ast.List(elts=members):
            return Node("list", parts=tuple(_node(m, deeper) for m in members))
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return Node("neg", parts=(_node(inner, deeper),))
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return Node("not", parts=(_node(inner, deeper),))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return Node(_BINARY[type(op)], parts=(_node(left, deeper), _node(right, deeper)))
        case ast.BoolOp(op=op, values=values):
            return Node(_LOGIC[type(op)], parts=tuple(_node(v, deeper) for v in values))
        case ast.Compare(left=left, ops=ops, comparators=rights) if all(type(o) in _COMPARE for o in ops):
            sides = [_node(side, deeper) for side in (left, *rights)]
            steps = [
                Node(_COMPARE[type(o)], parts=(a, b))
                for o, a, b in zip(ops, sides[:-1], sides[1:], strict=True)
            ]
            return steps[0] if len(steps) == 1 else Node("and", parts=tuple(steps))
        case ast.Call(func=ast.Name(id=name)):
            return _call(tree, name, deeper)
    raise ValueError(f"'{ast.unparse(tree)}' is not part of the language of statements")


def _exact(tree: ast.Constant) -> Fraction:
    if isinstance(tree.value, float) and not abs(tree.value) < 1e300:
        raise ValueError("a number is too large")
    return Fraction(repr(tree.value))


def _call(tree: ast.Call, name: str, depth: int) -> Node:
    if name not in FUNCTIONS:
        raise ValueError(f"there is no function '{name}'; known: {', '.join(sorted(FUNCTIONS))}")
    fewest, most, names = FUNCTIONS[name]
    given = [keyword.arg for keyword in tree.keywords]
    if any(isinstance(a, ast.Starred) for a in tree.args) or None in given:
        raise ValueError(f"'{name}' takes single arguments")
    strange = [str(g) for g in given if g not in names and "*" not in names]
    if strange:
        raise ValueError(f"'{name}' has no argument '{strange[0]}'")
    if not fewest <= len(tree.args) <= most:
        asked = str(fewest) if fewest == most else f"{fewest} to {most}"
        raise ValueError(f"'{name}' takes {asked} arguments, not {len(tree.args)}")
    return Node(
        "call",
        name,
        tuple(_node(a, depth) for a in tree.args),
        tuple((str(k.arg), _node(k.value, depth)) for k in tree.keywords),
    )
