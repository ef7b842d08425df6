"""The same inputs give the same bytes of every file: wherever, whenever, by whomever and with cold caches."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.runs.processes import digest, run
from tests.studies import SYNTHETIC, TURKISTAN

pytestmark = pytest.mark.proof
STUDIES = [TURKISTAN, SYNTHETIC]


@pytest.mark.parametrize("study", STUDIES, ids=lambda p: p.name)
def test_a_rebuild_elsewhere_gives_equal_files(study: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "a b/қайта"
    copy, cold = tmp_path / "copy of study", tmp_path / "cold"
    shutil.copytree(study, copy)
    cold.mkdir()
    here = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
    there = {
        "TZ": "Asia/Almaty",
        "LC_ALL": "C",
        "LANG": "ru_RU.UTF-8",
        "PYTHONHASHSEED": "123",
        "HOME": str(cold),
    }
    there |= {"TMPDIR": str(cold), "XDG_CACHE_HOME": str(cold), "USER": "somebody", "COLUMNS": "40"}
    said = run("run", study, "--out", first, env=here)
    assert said.startswith("0 "), said
    # Two days later by the clock of the process, in another folder, with empty caches.
    later = "import time; now = time.time; time.time = lambda: now() + 172_800"
    said = run("run", copy, "--out", second, cwd=cold, env=there, before=later)
    assert said.startswith("0 "), said
    one, other = digest(first), digest(second)
    assert one.keys() == other.keys()
    assert not [name for name in one if one[name] != other[name]]


@pytest.mark.parametrize("study", STUDIES, ids=lambda p: p.name)
def test_the_record_speaks_of_the_files_that_were_read_and_written(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("run", study, "--out", out).startswith("0 ")
    record = json.loads((out / "record.json").read_text(encoding="utf-8"))
    read = digest(study)
    assert record["inputs"]
    assert record["inputs"].items() <= read.items()
    for name, value in record.get("outputs", {}).items():
        assert digest(out)[name] == (value["sha256"] if isinstance(value, dict) else value)
    package = json.loads((out / "data/datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        if "hash" in resource:
            assert resource["hash"].removeprefix("sha256:") == digest(out / "data")[resource["path"]]


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
def test_two_gigabytes_are_refused_without_being_read(tmp_path: Path) -> None:
    shutil.copytree(SYNTHETIC, tmp_path / "study")
    with (tmp_path / "study/data/census.csv").open("ab") as file:
        file.truncate(2 * 2**30)
    peak = (
        "import atexit, resource as r; atexit.register(lambda: print('peak', r.getrusage(0).ru_maxrss >> 10))"
    )
    said = run("run", tmp_path / "study", "--out", tmp_path / "out", before=peak)
    assert said.startswith("2 ")
    assert "data/census.csv: it has 2,048 MB; up to 64 MB are read" in said
    assert int(said.split("peak ")[1]) < 600
