"""Walks through a page of the handbook: saves files, runs commands, compares what is shown."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

__all__ = ["Shell", "plain_shell", "walk"]

Shell = Callable[[str, Path], str]
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SAVE = re.compile(r"Save this as `([^`]+)`:\s*\Z")
_TABLE = re.compile(r"In `([^`]+)` the table becomes:\s*\Z")


def plain_shell(command: str, folder: Path) -> str:
    """Run one command as the present user; what it said on both channels."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=False, timeout=300,
        env={**os.environ, "PATH": path},
    )  # fmt: skip
    return done.stdout + done.stderr


def walk(page: Path, folder: Path, shell: Shell) -> int:
    """Do everything a page says in `folder`; number of commands run. Fails where the page is not true."""
    text, said, commands, end = page.read_text(encoding="utf-8"), "", 0, 0
    for fence in _FENCE.finditer(text):
        before, end = text[end : fence.start()], fence.end()
        kind, body = fence.groups()
        if kind == "sh":
            said = ""
            for command in body.splitlines():
                said += shell(command, folder)
                commands += 1
            assert "Traceback" not in said, said
        elif kind == "text":
            for line in body.splitlines():
                pattern = ".*".join(re.escape(part) for part in line.split("…"))
                assert re.search(pattern, said), f"the page says\n{line}\nbut the command said\n{said}"
        elif save := _SAVE.search(before):
            (folder / save.group(1)).write_text(body, encoding="utf-8")
        elif table := _TABLE.search(before):
            _replace_table(folder / table.group(1), body)
        else:
            raise AssertionError(f"the page does not say what to do with:\n{body}")
    for name in re.findall(r"`(out/[\w./-]+)`", text):
        assert (folder / name).exists(), f"the page speaks of {name}, which is not there"
    return commands


def _replace_table(file: Path, block: str) -> None:
    key = block.split(":")[0]
    text = file.read_text(encoding="utf-8")
    changed, count = re.subn(rf"^{key}:\n(?: {{3,}}.*\n)+", lambda _: block, text, flags=re.MULTILINE)
    assert count == 1, f"{file} holds the table '{key.strip()}' {count} times"
    file.write_text(changed, encoding="utf-8")
