"""YAML with the line of every key, no key twice, no alias, and no value that only a program could mean."""

from __future__ import annotations

import re
from typing import Any

import yaml

from kelisim.core.errors import Fault, Refused

__all__ = ["load_yaml"]

_Path = tuple[str | int, ...]
_LARGEST_CHARACTERS = 2**19
_UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


# The same safe loader on the C library where PyYAML was built with it, about ten times as fast.
_SAFE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 50


class _Loader(_SAFE):  # type: ignore[misc]
    """The safe loader, which says the line of a value that cannot be what it looks like."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            problem = f"'{node.value}' is no value of its kind: {error}"
            raise yaml.MarkedYAMLError(None, None, problem, node.start_mark) from error


def load_yaml(text: str, file: str) -> tuple[Any, dict[_Path, int]]:
    """The document, and for each path of keys the line it stands on.

    Raises: Refused for broken YAML, for aliases and for keys given twice.
    """
    if len(text) > _LARGEST_CHARACTERS:
        reason = f"it has {len(text):,} characters; up to {_LARGEST_CHARACTERS:,} are read."
        raise Refused([Fault(file, None, "", reason, "move tables of values into files of their own.")])
    if unshown := _UNSHOWN.search(text):
        row = text.count("\n", 0, unshown.start()) + 1
        raise Refused([_unshown(file, row, "", unshown.group())])
    lines: dict[_Path, int] = {}
    faults: list[Fault] = []
    try:
        _refuse_aliases(text, file)
        loader = _Loader(text)
        node = loader.get_single_node()
        _walk(node, (), lines, faults, file)
        document = None if node is None or faults else loader.construct_document(node)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else None
        reason = f"this is no valid YAML: {getattr(error, 'problem', None) or error}."
        way_out = "check indentation (spaces, no tabs), quotes and colons of this line."
        raise Refused([Fault(file, line, "", reason, way_out)]) from error
    if node is None:
        faults.append(Fault(file, None, "", "the file is empty.", "declare the study; see the tutorial."))
    if faults:
        raise Refused(faults)
    return document, lines


def _unshown(file: str, line: int | None, field: str, sign: str) -> Fault:
    return Fault(
        file, line, field, f"it holds the character U+{ord(sign):04X}, which does not show.", "delete it."
    )


def _refuse_aliases(text: str, file: str) -> None:
    # An alias may refer to itself or unfold a short file into gigabytes, and hides where a value stands.
    # Nesting is limited before anything is composed, for composing calls itself once per level.
    depth = 0
    for event in yaml.parse(text, Loader=_SAFE):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise ValueError(f"it is nested more than {_DEEPEST} deep")
        if isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 1 if event.start_mark is not None else None
            reason = f"the alias '*{event.anchor}' is not taken."
            raise Refused([Fault(file, line, "", reason, "write the value out where it is used.")])


def _walk(node: Any, path: _Path, lines: dict[_Path, int], faults: list[Fault], file: str) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, str(key.value))
            line = key.start_mark.line + 1
            if here in lines:
                reason = f"the key stands twice, first in row {lines[here]}."
                faults.append(Fault(file, line, ".".join(map(str, here)), reason, "keep one of them."))
            if key.tag == "tag:yaml.org,2002:merge":
                reason = "the merge key '<<' is not taken."
                faults.append(Fault(file, line, ".".join(map(str, here)), reason, "write the keys out."))
            lines[here] = line
            _check(key, here, faults, file)
            _walk(value, here, lines, faults, file)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines[*path, index] = value.start_mark.line + 1
            _walk(value, (*path, index), lines, faults, file)
    elif node is not None:
        _check(node, path, faults, file)


def _check(node: Any, path: _Path, faults: list[Fault], file: str) -> None:
    unshown = _UNSHOWN.search(node.value) if isinstance(node.value, str) else None
    if unshown:
        faults.append(_unshown(file, node.start_mark.line + 1, ".".join(map(str, path)), unshown.group()))
