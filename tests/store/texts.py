"""Items for tests of the store of texts, and an adder that can be killed."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kelisim.core.texts import Item

__all__ = ["NOW", "acknowledged", "bytes_below", "item", "killed_adder", "killed_at_step"]

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


def item(
    number: int, *, source: str = "portal-a", text: str | None = None, day: int | None = 0
) -> Item:  # fmt: skip
    """An item of a day so many days before now; None for one without a time."""
    key = hashlib.blake2b(f"{source}{number}".encode(), digest_size=16).digest()
    said = f"Мәтін {number}" if text is None else text
    at = None if day is None else NOW - timedelta(days=day, minutes=number % 60)
    return Item(
        item_id=int.from_bytes(key[:8], "big", signed=True), external_key=key, source_id=source,
        platform="portal", kind="article", parent_id=None, posted_at=at,
        day=None if at is None else at.date(),
        edited_at=None, area_id=None, author_key=b"a" * 16, text=said, url="", likes=None, comments=None,
        reposts=None, views=None, page="", fed=hashlib.blake2b(said.encode(), digest_size=8).digest(),
    )  # fmt: skip


def bytes_below(folder: Path) -> dict[str, bytes]:
    """The stored files and what they hold."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


# Adds numbered items batch by batch over several days, and says after each batch that it is stored.
_ADDER = """
import sys
from pathlib import Path
from kelisim.store.texts import TextStore
from tests.store.texts import NOW, item
place, batches, size = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
store = TextStore(place)
print("begin", flush=True)
for batch in range(batches):
    numbers = range(batch * size, (batch + 1) * size)
    store.add([item(n, day=n % 5, source=f"portal-{n % 2}") for n in numbers], NOW)
    print(batch, flush=True)
"""


def killed_adder(place: Path, pause: float, *, batches: int = 400, size: int = 7) -> int:
    """Let an adder run and kill it `pause` seconds after its start; the number of batches it told of."""
    process = subprocess.Popen(
        [sys.executable, "-c", _ADDER, str(place), str(batches), str(size)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "begin\n"
    time.sleep(pause)
    process.send_signal(signal.SIGKILL)
    told = process.stdout.read().splitlines()
    process.wait()
    process.stdout.close()
    return len([line for line in told if line.isdecimal()])


def acknowledged(batches: int, size: int = 7) -> set[int]:
    """Item ids of the batches that were told of."""
    numbers = range(batches * size)
    return {replace(item(n, source=f"portal-{n % 2}")).item_id for n in numbers}


_STEPPER = """
import os, signal, sys
from pathlib import Path
from kelisim.store.texts import TextStore
from tests.store.texts import NOW, item
place, step = Path(sys.argv[1]), int(sys.argv[2])
store = TextStore(place)
real, calls = os.fsync, 0
def fsync(handle):
    global calls
    calls += 1
    if calls == step:
        os.kill(os.getpid(), signal.SIGKILL)
    real(handle)
os.fsync = fsync
store.add([item(n, day=n % 3, text="edited") for n in range(20)], NOW)
print(calls)
"""


def killed_at_step(place: Path, step: int) -> int | None:
    """Let one addition run and kill it at its n-th sync; the number of syncs where it came to its end."""
    done = subprocess.run(
        [sys.executable, "-c", _STEPPER, str(place), str(step)], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    return int(done.stdout) if done.returncode == 0 else None
