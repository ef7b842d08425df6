"""kill -9 at any moment leaves the previous output whole."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.studies import SYNTHETIC

pytestmark = pytest.mark.proof
COMMAND = "from kelisim.cli.main import main; main()"


def start(out: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", COMMAND, "run", str(SYNTHETIC), "--out", str(out)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def digest(out: Path) -> dict[str, str]:
    files = sorted(p for p in out.rglob("*") if p.is_file())
    return {str(p.relative_to(out)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_killed_at_random_moments(tmp_path: Path) -> None:
    out = tmp_path / "out"
    began = time.monotonic()
    assert start(out).wait() == 0
    whole = time.monotonic() - began
    before = digest(out)
    chance = random.Random(11)
    for _ in range(30):
        running = start(out)
        time.sleep(chance.uniform(0, whole))
        running.kill()
        running.wait()
        assert digest(out) == before
    assert start(out).wait() == 0
    assert digest(out) == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
