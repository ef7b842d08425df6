"""The output is the previous one or the new one, whole: killed, stopped, starved, hurried or forbidden."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from kelisim.core.errors import OutputError
from kelisim.store.folders import MARK, replaced_folder
from tests.runs.processes import digest, ended, run, start
from tests.studies import unwatched_synthetic

KILLS = 100
OURS = '{"code_version": "kelisim 0"}'
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to mount or to give up rights")


def write(out: Path, content: str = "new") -> None:
    with replaced_folder(out) as fresh:
        (fresh / MARK).write_text(OURS, encoding="utf-8")
        (fresh / "a.txt").write_text(content, encoding="utf-8")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    write(tmp_path / "out", "old")
    return tmp_path / "out"


def test_an_error_leaves_the_old_output_and_nothing_else(made: Path) -> None:
    with pytest.raises(ZeroDivisionError), replaced_folder(made) as fresh:
        (fresh / "a.txt").write_text("half", encoding="utf-8")
        raise ZeroDivisionError
    assert (made / "a.txt").read_text(encoding="utf-8") == "old"
    assert [path.name for path in made.parent.iterdir()] == ["out"]


def test_what_a_killed_run_left_is_swept_and_what_a_living_run_holds_is_not(made: Path) -> None:
    dead = made.parent / ".out.new-dead"
    dead.mkdir()
    with replaced_folder(made) as first:
        write(made, "second")
        assert not dead.exists()
        assert first.exists()
        (first / MARK).write_text(OURS, encoding="utf-8")
        (first / "a.txt").write_text("first, and last to finish", encoding="utf-8")
    assert (made / "a.txt").read_text(encoding="utf-8") == "first, and last to finish"
    assert [path.name for path in made.parent.iterdir()] == ["out"]


@pytest.mark.parametrize(
    "name", ["file", "link to a folder", "broken link", "foreign", "foreign record", "study"]
)
def test_places_that_are_not_ours(tmp_path: Path, name: str) -> None:
    out, other = tmp_path / "out", tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("mine", encoding="utf-8")
    if name == "file":
        out.write_text("mine", encoding="utf-8")
    elif name.endswith("link") or name.startswith("link"):
        out.symlink_to(other if name == "link to a folder" else tmp_path / "nothing")
    elif name == "study":
        shutil.copytree(unwatched_synthetic(), out / "study")
        (out / MARK).write_text(OURS, encoding="utf-8")
    else:
        out.mkdir()
        (out / ("mine.txt" if name == "foreign" else MARK)).write_text("{}", encoding="utf-8")
    before = digest(tmp_path)
    study = out / "study" if name == "study" else unwatched_synthetic()
    with pytest.raises(OutputError, match="Way out"), replaced_folder(out, keep=study):
        pass
    assert digest(tmp_path) == before
    assert out.is_symlink() == ("link" in name)


@pytest.mark.parametrize("name", ["/", ".", "..", "a\n*?[b]", "x" * 300, "o/u/t", "құжат"])
def test_odd_names_of_outputs(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "above/here").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "above/here")
    try:
        write(Path(name))
    except OutputError as error:
        assert name in ("/", "..", "x" * 300)
        assert "Way out" in str(error)
    else:
        assert (Path(name) / "a.txt").exists() or name == "."
        write(Path(name) if name != "." else tmp_path / "above/here", "again")


def test_a_file_system_that_cannot_exchange_folders(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kelisim.store.folders._exchanged", lambda one, other: False)
    write(made, "new")
    assert (made / "a.txt").read_text(encoding="utf-8") == "new"
    assert [path.name for path in made.parent.iterdir()] == ["out"]
    # The machine lost power between the two steps: the next run begins by bringing the old output back.
    made.rename(made.with_name(".out.previous"))
    with pytest.raises(ZeroDivisionError), replaced_folder(made):
        raise ZeroDivisionError
    assert (made / "a.txt").read_text(encoding="utf-8") == "new"


@as_root
def test_a_user_without_rights_gets_a_message() -> None:
    # Folders of the test runner are closed to other users, so this one lies beside them.
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        out = Path(place) / "out"
        write(out, "old")
        before = digest(out)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                os.setgid(65534)
                os.setuid(65534)
                with replaced_folder(out):
                    pass
            except OutputError as error:
                code = 0 if "Permission denied" in str(error) and "Way out" in str(error) else 3
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert digest(out) == before


def test_no_room_left(made: Path) -> None:
    """A limit on the size of files stands for a full disk; both make a write fail."""
    before = digest(made)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OutputError, match="File too large"):
            write(made, "x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert digest(made) == before
    assert [path.name for path in made.parent.iterdir()] == ["out"]


@pytest.mark.proof
@as_root
@pytest.mark.parametrize("options", ["size=300k", "size=16m,ro"])
def test_a_full_and_a_read_only_disk(tmp_path: Path, options: str) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    size = options.removesuffix(",ro")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", disk], capture_output=True)
    if mounted.returncode:
        pytest.skip("this machine does not let root mount")
    try:
        write(disk / "out", "old")
        if options.endswith("ro"):
            subprocess.run(["mount", "-o", f"remount,{options}", disk], check=True)
        before = digest(disk)
        said = run("run", unwatched_synthetic(), "--out", disk / "out")
        assert said.startswith("2 "), said
        assert "cannot be written (" in said and "Way out" in said and "Traceback" not in said
        assert digest(disk) == before
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.proof
def test_killed_at_a_hundred_random_moments(tmp_path: Path) -> None:
    out = tmp_path / "out"
    began = time.monotonic()
    assert ended(start("run", unwatched_synthetic(), "--out", out)) == 0
    whole = time.monotonic() - began
    before = digest(out)
    chance = random.Random(11)
    unfinished = 0
    for _ in range(KILLS):
        running = start("run", unwatched_synthetic(), "--out", out)
        time.sleep(chance.uniform(0, whole))
        running.kill()
        running.communicate()
        unfinished += running.returncode == -signal.SIGKILL
        assert digest(out) == before
    assert unfinished > KILLS / 2
    assert ended(start("run", unwatched_synthetic(), "--out", out)) == 0
    assert digest(out) == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.proof
def test_a_stopped_run_sweeps_up(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("run", unwatched_synthetic(), "--out", out).startswith("0 ")
    before = digest(out)
    for number, code in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
        running = start("run", unwatched_synthetic(), "--out", out)
        while not list(tmp_path.glob(".out.new-*")) and running.poll() is None:
            time.sleep(0.01)
        running.send_signal(number)
        said, _ = running.communicate(timeout=60)
        assert running.returncode == code, said
        assert "Traceback" not in said
        assert [p.name for p in tmp_path.iterdir()] == ["out"]
        assert digest(out) == before


@pytest.mark.proof
def test_several_runs_to_one_output_at_once(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for _ in range(2):
        running = [start("run", unwatched_synthetic(), "--out", out) for _ in range(4)]
        said = [each.communicate(timeout=300)[0] for each in running]
        assert [each.returncode for each in running] == [0] * 4, said
        assert [p.name for p in tmp_path.iterdir()] == ["out"]
    alone = tmp_path / "alone"
    assert run("run", unwatched_synthetic(), "--out", alone).startswith("0 ")
    assert digest(out) == digest(alone)
