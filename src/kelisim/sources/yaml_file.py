"""YAML with the line of every key, and no key twice."""

from __future__ import annotations

from typing import Any

import yaml

from kelisim.core.errors import Fault, Refused

__all__ = ["load_yaml"]

_Path = tuple[str | int, ...]

# The same safe loader on the C library where PyYAML was built with it, about ten times as fast.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 50


def load_yaml(text: str, file: str) -> tuple[Any, dict[_Path, int]]:
    """The document, and for each path of keys the line it stands on.

    Raises: Refused for broken YAML and for keys given twice.
    """
    try:
        _refuse_aliases(text, file)
        node = yaml.compose(text, Loader=_LOADER)
        document = yaml.load(text, Loader=_LOADER)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else None
        reason = f"this is no valid YAML: {getattr(error, 'problem', None) or error}."
        fault = Fault(file, line, "", reason, "check indentation, quotes and colons of this line.")
        raise Refused([fault]) from error
    lines: dict[_Path, int] = {}
    faults: list[Fault] = []
    _walk(node, (), lines, faults, file)
    if faults:
        raise Refused(faults)
    return document, lines


def _refuse_aliases(text: str, file: str) -> None:
    # An alias may refer to itself or multiply a short file into gigabytes, and hides where a value stands.
    # Nesting is limited before anything is composed, for composing calls itself once per level.
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
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
            lines[here] = line
            _walk(value, here, lines, faults, file)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines[*path, index] = value.start_mark.line + 1
            _walk(value, (*path, index), lines, faults, file)
