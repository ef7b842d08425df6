"""Files of a study are read once and whole; one that is written to meanwhile is refused."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

import pytest

from kelisim.core.errors import Refused
from kelisim.sources import files
from kelisim.sources.files import read_file


def test_the_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a,b\n")
    assert read_file(tmp_path, "a.csv") == (b"a,b\n", hashlib.sha256(b"a,b\n").hexdigest())


def test_a_limit_is_the_largest_size_that_is_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert read_file(tmp_path, "a", largest=5)[0] == b"12345"
    with pytest.raises(Refused, match="are read"):
        read_file(tmp_path, "a", largest=4)


@pytest.mark.parametrize("change", ["longer", "shorter", "same length"])
def test_a_file_that_changes_while_it_is_read(
    tmp_path: Path, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"x" * 1000)
    os.utime(path, (1, 1))
    plain = os.fdopen

    class Slow:
        def __init__(self, descriptor: int, mode: str) -> None:
            self.file = plain(descriptor, mode)

        def __enter__(self) -> Slow:
            return self

        def __exit__(self, *error: object) -> None:
            self.file.close()

        def fileno(self) -> int:
            return self.file.fileno()

        def read(self, size: int) -> bytes:
            data: bytes = self.file.read(size)
            path.write_bytes({"longer": b"y" * 2000, "shorter": b"", "same length": b"z" * 1000}[change])
            return data

    monkeypatch.setattr(files.os, "fdopen", Slow)
    with pytest.raises(Refused, match="changed while it was read"):
        read_file(tmp_path, "a.csv")


def test_a_file_that_is_written_all_the_time_is_read_whole_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"A" * 300_000)
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            for letter in (b"A", b"B"):
                path.write_bytes(letter * 300_000)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(200):
            try:
                data, _ = read_file(tmp_path, "a.csv")
            except Refused:
                continue
            assert data in (b"", b"A" * 300_000, b"B" * 300_000)
    finally:
        stop.set()
        writer.join()
    assert read_file(tmp_path, "a.csv")[0] == b"B" * 300_000
