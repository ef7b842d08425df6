"""No acknowledged line is ever lost: kill -9 at any moment, two writers at once, full disks, torn lines."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.core.errors import BrokenChain, OutputError, StoreError
from kelisim.forecasting.chain import Head, Line, head_of, linked
from kelisim.forecasting.ledger import replay
from kelisim.forecasting.ledger_entries import body_of
from kelisim.store import ledger_file
from kelisim.store.ledger_file import append, head_file, read_lines
from tests.forecasting.ledgers import DAY, at, chain, opened, warning, written

ROOT = Path(__file__).resolve().parents[2]


def one_more(name: str = "next") -> ledger_file.Callable[[tuple[Line, ...]], tuple[Line, ...]]:
    def make(lines: tuple[Line, ...]) -> tuple[Line, ...]:
        first = () if lines else opened()
        return (*first, linked(head_of((*lines, *first)), *body_of(warning(name)), at(DAY)))

    return make


def filled(folder: Path, number: int = 4) -> Path:
    path = folder / "ledger.jsonl"
    append(path, lambda _: chain(*((DAY, warning(f"w{n}")) for n in range(number))))
    return path


def writers(path: Path, names: list[str]) -> list[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.store.ledger_writer", str(path)]
    return [subprocess.Popen([*command, name], cwd=ROOT, stdout=subprocess.PIPE, text=True) for name in names]


def killed(running: list[subprocess.Popen[str]]) -> list[list[str]]:
    """Kill them; what each of them had said it wrote."""
    for process in running:
        process.kill()
    return [process.communicate()[0].split("\n")[:-1] for process in running]


def whole_after_kills(path: Path, rounds: int, rng: random.Random) -> tuple[int, int]:
    """Kill two writers at a random moment, several times; acknowledged lines and torn ends met."""
    acknowledged: list[str] = []
    torn = 0
    for turn in range(rounds):
        running = writers(path, [f"a{turn}", f"b{turn}"])
        for process in running:
            assert process.stdout is not None
            acknowledged.append(process.stdout.readline().rstrip("\n"))
        time.sleep(rng.uniform(0.0, 0.25))
        for said in killed(running):
            acknowledged += said
        stored = read_lines(path)
        torn += bool(stored.torn)
        standing = {line.hash for line in stored.lines}
        assert {said.split()[0] for said in acknowledged} <= standing
        replay(stored.lines)
    return len(acknowledged), torn


def test_killed_writers_lose_nothing(tmp_path: Path) -> None:
    acknowledged, _ = whole_after_kills(tmp_path / "ledger.jsonl", 2, random.Random(1))
    assert acknowledged >= 4
    append(tmp_path / "ledger.jsonl", one_more())


@pytest.mark.proof
def test_killed_writers_lose_nothing_in_many_rounds(tmp_path: Path) -> None:
    acknowledged, torn = whole_after_kills(tmp_path / "ledger.jsonl", 30, random.Random(7))
    print(f"{acknowledged} acknowledged lines of 60 killed writers, torn ends met: {torn}")
    # Every writer had one line acknowledged before it was killed; how many more is a matter of speed.
    assert acknowledged >= 60


@given(st.integers(min_value=0))
@settings(max_examples=25)
def test_a_line_torn_at_any_byte_is_set_aside_and_kept(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = filled(tmp_path_factory.mktemp("torn"))
    before = path.read_bytes()
    line = one_more()(read_lines(path).lines)[0].as_bytes()
    part = line[: cut % len(line)]
    path.write_bytes(before + part)
    assert read_lines(path).torn == part
    stored, aside = append(path, one_more("after"))
    assert path.read_bytes() == before + stored.lines[-1].as_bytes()
    assert (aside.read_bytes() if aside else b"") == part


@given(st.data())
@settings(max_examples=25)
def test_a_file_cut_at_any_byte_is_found_and_not_written_to(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = filled(tmp_path_factory.mktemp("cut"))
    whole = path.read_bytes()
    short = whole[: data.draw(st.integers(0, len(whole) - 1))]
    path.write_bytes(short)
    for attempt in (lambda: read_lines(path), lambda: append(path, one_more())):
        with pytest.raises(BrokenChain) as caught:
            attempt()
        assert (caught.value.what, caught.value.line) == ("truncated", short.count(b"\n") + 1)
    assert path.read_bytes() == short


def test_a_changed_ledger_takes_no_line(tmp_path: Path) -> None:
    path = filled(tmp_path)
    changed = path.read_bytes().replace(b'"base_rate":0.1', b'"base_rate":0.2', 1)
    path.write_bytes(changed)
    with pytest.raises(BrokenChain, match="line 2 is altered"):
        append(path, one_more())
    assert path.read_bytes() == changed


def test_a_ledger_that_vanished_is_missed(tmp_path: Path) -> None:
    path = filled(tmp_path)
    path.unlink()
    with pytest.raises(StoreError, match="no ledger"):
        read_lines(path)
    with pytest.raises(BrokenChain, match="truncated"):
        append(path, one_more())


def test_the_head_may_lag_but_not_lead(tmp_path: Path) -> None:
    path = filled(tmp_path)
    lines = read_lines(path).lines
    # Killed between line and head: the line was not acknowledged, and stays.
    head_file(path).write_text(f"{head_of(lines[:3])}\n")
    assert read_lines(path).lines == lines
    append(path, one_more())
    assert Head.parse(head_file(path).read_text()).lines == len(lines) + 1
    head_file(path).write_text("nonsense")
    with pytest.raises(StoreError, match="ledger verify"):
        read_lines(path)


@pytest.mark.parametrize("nth", [1, 2, 3, 4, 5])
def test_a_disk_that_fails_acknowledges_nothing_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    path = filled(tmp_path)
    before, calls, honest = path.read_bytes(), 0, os.fsync

    def failing(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls == nth:
            raise OSError(28, "No space left on device")
        honest(descriptor)

    monkeypatch.setattr(ledger_file.os, "fsync", failing)
    try:
        append(path, one_more())
    except OutputError as error:
        assert "No space left" in str(error)
    monkeypatch.setattr(ledger_file.os, "fsync", honest)
    stored = read_lines(path)
    assert path.read_bytes().startswith(before) and not stored.torn
    # Whatever came of it, the next line is written in order.
    append(path, one_more("later"))
    assert replay(read_lines(path).lines).standing("later", DAY) is not None


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path, tmp_path / "pipe", Path("/dev/null")):
        with pytest.raises((StoreError, OutputError)):
            append(place, one_more())
        with pytest.raises(StoreError):
            read_lines(place)
    with pytest.raises(OutputError, match="make its folder"):
        append(tmp_path / "nowhere" / "ledger.jsonl", one_more())


def test_a_line_that_does_not_continue_is_not_written(tmp_path: Path) -> None:
    path = filled(tmp_path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match="does not continue"):
        append(path, lambda lines: one_more()(lines[:2]))
    assert path.read_bytes() == before == written(read_lines(path).lines)
