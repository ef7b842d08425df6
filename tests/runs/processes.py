"""Runs as processes of their own, for tests that stop, starve or hurry them."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

__all__ = ["digest", "ended", "run", "start"]

_COMMAND = "from kelisim.cli.main import main; main()"


def ended(process: subprocess.Popen[str]) -> int:
    """The exit code of a process when it has ended; its pipes are closed."""
    process.communicate()
    return process.returncode


def start(
    *words: object, cwd: Path | None = None, env: Mapping[str, str] | None = None, before: str = ""
) -> subprocess.Popen[str]:
    """Start `kelisim` with these words; `before` is Python that runs in the process first."""
    command = [sys.executable, "-c", f"{before}\n{_COMMAND}", *map(str, words)]
    return subprocess.Popen(
        command,
        text=True,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def run(
    *words: object, cwd: Path | None = None, env: Mapping[str, str] | None = None, before: str = ""
) -> str:
    """Run `kelisim` to its end; the exit code, a space, and what it said."""
    running = start(*words, cwd=cwd, env=env, before=before)
    said, _ = running.communicate(timeout=300)
    return f"{running.returncode} {said}"


def digest(out: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder."""
    files = sorted(path for path in out.rglob("*") if path.is_file())
    return {str(p.relative_to(out)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
