"""A YAML document against its model: every key that is wrong, with its line and the nearest known key."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from kelisim.core.errors import Fault, Refused
from kelisim.sources.delimited import MOST_FAULTS

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["utf8_text", "validated"]

_Document = TypeVar("_Document", bound="BaseModel")
_STUDY_SCHEMA = "see the JSON Schema of studies (`kelisim schema`)."


def utf8_text(data: bytes, file: str) -> str:
    """The text of a declaration. Raises: Refused where it is not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        fault = Fault(file, line, "", "the file is not UTF-8.", "save it as UTF-8 and try again.")
        raise Refused([fault]) from error


def validated(
    model: type[_Document],
    raw: Any,
    lines: Mapping[Any, int],
    file: str,
    at: tuple[str | int, ...] = (),
    way_out: str = _STUDY_SCHEMA,
) -> _Document:
    """The document as its model. Raises: Refused with every fault.

    lines : path of keys -> line; at : path of this document inside the file
    way_out : what is advised where nothing better is known
    """
    from pydantic import ValidationError

    try:
        return model.model_validate(raw)
    except ValidationError as error:
        problems = error.errors()[:MOST_FAULTS]
        raise Refused([_fault(model, problem, lines, file, at, way_out) for problem in problems]) from error


def _fault(
    model: type[BaseModel], problem: Mapping[str, Any], lines: Mapping[Any, int], file: str,
    at: tuple[str | int, ...], way_out: str,
) -> Fault:  # fmt: skip
    path = tuple(problem["loc"])
    spelled = (*at, *(str(part) if isinstance(part, str) else part for part in path))
    line = next((lines[spelled[:k]] for k in range(len(spelled), 0, -1) if spelled[:k] in lines), None)
    field = ".".join(map(str, (*at, *path)))
    if problem["type"] == "extra_forbidden":
        known = _known_keys(model, path[:-1])
        nearest = difflib.get_close_matches(str(path[-1]), known, n=1)
        way_out = f"did you mean '{nearest[0]}'?" if nearest else f"known keys here: {', '.join(known)}."
        return Fault(file, line, field, "this key is not known.", way_out)
    return Fault(file, line, field, f"{problem['msg'].removeprefix('Value error, ')}.", way_out)


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


def _known_keys(model: type[BaseModel], path: tuple[Any, ...]) -> list[str]:
    schema: Any = _schema(model)
    root = schema
    for part in path:
        by_pattern = next(iter(schema.get("patternProperties", {}).values()), None)
        free = schema.get("additionalProperties") or by_pattern
        schema = schema.get("properties", {}).get(part) or free or schema
        schema = schema.get("items", schema) if isinstance(part, int) else schema
        for option in schema.get("anyOf", []):
            schema = option if "$ref" in option else schema
        if "$ref" in schema:
            schema = root["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    return sorted(schema.get("properties", {}))
