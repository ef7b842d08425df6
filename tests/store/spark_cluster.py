"""A standalone cluster on this machine, one master and some workers, from the pyspark package and Java."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

_START_SECONDS = 60.0


@dataclass
class Cluster:
    """master : its address; workers : processes, each with its executor in one process group"""

    master: str
    folder: Path
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)


@contextmanager
def spark_cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    """Start, wait until every worker is known to the master, and take everything down at the end."""
    started: list[subprocess.Popen[bytes]] = []
    try:
        started.append(_start(folder, "master", "master.Master", "--host", "127.0.0.1", "--port", "0"))
        address = _said(folder / "master.log", r"Starting Spark master at (spark://\S+)", 1)[0]
        cluster = Cluster(address, folder)
        for number in range(workers):
            name = f"worker{number}"
            arguments = ("--cores", "1", "--memory", "1g", "--host", "127.0.0.1", "--port", "0")
            place = ("--work-dir", str(folder / name))
            started.append(_start(folder, name, "worker.Worker", *arguments, *place, address))
            cluster.workers.append(started[-1])
        _said(folder / "master.log", r"Registering worker (\S+)", workers)
        yield cluster
    finally:
        for process in reversed(started):
            kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and what it started, at once and without a word, as a loss of power does."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=30)


def _start(folder: Path, name: str, what: str, *arguments: str) -> subprocess.Popen[bytes]:
    import pyspark

    home = Path(pyspark.__file__).parent
    environment = os.environ | {
        "SPARK_HOME": str(home),
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable,
    }
    command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{what}", "--webui-port", "0"]
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [*command, *arguments], stdout=log, stderr=log, env=environment, start_new_session=True
        )


def _said(log: Path, pattern: str, times: int) -> list[str]:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        found = re.findall(pattern, log.read_text(encoding="utf-8", errors="replace"))
        if len(found) >= times:
            return found
        time.sleep(0.2)
    raise TimeoutError(f"'{pattern}' was not said {times} times in {log}: {log.read_text()[-2_000:]}")
