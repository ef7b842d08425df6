"""Submissions as JSON, as KoboToolbox and ODK Central give them: nested groups become paths with slashes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kelisim.core.errors import Fault, Refused
from kelisim.sources.files import read_file
from kelisim.sources.responses.blocks import ROWS_PER_BLOCK, Block, Broken, Opened

__all__ = ["block_of", "load_json", "open_submissions", "submissions_of"]

_DEEPEST = 20
_LISTS = ("results", "value")


def open_submissions(path: Path) -> Opened:
    """Look at a file of submissions: a list, or an answer of a service that holds one. Raises: Refused."""
    data, digest = read_file(path.parent, path.name)
    found = submissions_of(load_json(data, path.name), path.name)

    def blocks() -> Iterator[Block]:
        for start in range(0, len(found), ROWS_PER_BLOCK):
            yield block_of(found[start : start + ROWS_PER_BLOCK], start + 1)

    return Opened(path.name, "submissions as JSON", blocks, lambda: digest, len(data))


def load_json(data: bytes, file: str) -> Any:
    """JSON from bytes. Raises: Refused where it is cut off or no JSON."""
    way_out = "get the export again, whole."
    if not data.strip():
        raise Refused([Fault(file, None, "", "the file is empty.", way_out)])
    try:
        return json.loads(data)
    except UnicodeDecodeError as error:
        raise Refused([Fault(file, None, "", "it is not UTF-8.", way_out)]) from error
    except json.JSONDecodeError as error:
        reason = f"it is no JSON or was cut off ({error.msg})."
        raise Refused([Fault(file, error.lineno, "", reason, way_out)]) from error
    except (RecursionError, ValueError) as error:
        raise Refused(
            [Fault(file, None, "", "its parts are nested too deep or too large.", way_out)]
        ) from error


def submissions_of(answer: Any, file: str) -> list[Any]:
    """The list of submissions in an answer of a service. Raises: Refused where there is none."""
    if isinstance(answer, list):
        return answer
    if isinstance(answer, Mapping):
        for name in _LISTS:
            if isinstance(answer.get(name), list):
                return list(answer[name])
    kind = type(answer).__name__
    reason = f"it holds no list of submissions (neither `results` nor `value`; {kind})."
    raise Refused([Fault(file, None, "", reason, "give the address or export of the data, not of the form.")])


def block_of(submissions: Sequence[Any], first: int) -> Block:
    """Submissions as a block; first : number of the first one. What is no submission is named as broken."""
    rows: list[dict[str, str]] = []
    lines: list[int] = []
    broken: list[Broken] = []
    for line, submission in enumerate(submissions, first):
        if isinstance(submission, Mapping):
            rows.append(dict(_flat(submission, "", 0)))
            lines.append(line)
        else:
            reason = f"this is no submission but {type(submission).__name__}."
            broken.append(Broken(line, "row_broken", reason, "get the export again."))
    header = tuple(dict.fromkeys(name for row in rows for name in row))
    columns = [[row.get(name, "") for row in rows] for name in header]
    return Block(header, columns, lines, tuple(broken))


def _flat(value: Mapping[Any, Any], path: str, depth: int) -> Iterator[tuple[str, str]]:
    for name, held in value.items():
        at = f"{path}/{name}" if path else str(name)
        if isinstance(held, Mapping) and depth < _DEEPEST:
            yield from _flat(held, at, depth + 1)
        else:
            yield at, _cell(held)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(value, ".15g")
    if isinstance(value, list):
        if all(isinstance(part, str | int) and not isinstance(part, bool) for part in value):
            return " ".join(map(str, value))
        return f"[{len(value)} entries]" if any(part is not None for part in value) else ""
    return "[nested]" if isinstance(value, Mapping) else str(value)
