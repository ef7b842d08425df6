"""The tutorial is true: every command is run in an empty folder, by this user and by a new one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.walk import plain_shell, walk

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/start/own-region.md"
# A name of its own: a run that was killed leaves its account behind.
NAME = f"kelisim-new-{os.getpid()}"

pytestmark = pytest.mark.proof


def test_the_tutorial_as_this_user(tmp_path: Path) -> None:
    assert walk(PAGE, tmp_path, plain_shell) >= 7


@pytest.fixture
def newcomer() -> Iterator[Path]:
    """The home folder of a user account made for this test, with nothing in it."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("useradd", "userdel", "runuser"))):
        pytest.skip("making a user account needs root, useradd and runuser")
    subprocess.run(["useradd", "--create-home", NAME], check=True, capture_output=True)
    try:
        yield Path("/home") / NAME
    finally:
        subprocess.run(["userdel", "--remove", NAME], check=True, capture_output=True)


def entrance(home: Path) -> Path:
    """A folder with a `kelisim` that a new user can start.

    Where the interpreter of the checkout lies in a closed home, the system's own of the same version stands
    in, with the same packages.
    """
    packages = sysconfig.get_paths()["purelib"]
    system = Path(f"/usr/bin/python3.{sys.version_info.minor}")
    own = Path(sys.executable).resolve()
    if system.exists() and any(not parent.stat().st_mode & 0o001 for parent in own.parents):
        folder = home / "bin"
        folder.mkdir()
        paths = f"import sys; sys.path[:0] = ['{ROOT / 'src'}', '{packages}']"
        code = f"{paths}; from kelisim.cli.main import main; main()"
        (folder / "kelisim").write_text(f'#!/bin/sh\nexec {system} -c "{code}" "$@"\n', encoding="utf-8")
        (folder / "kelisim").chmod(0o755)
        return folder
    return Path(sys.executable).parent


def test_the_tutorial_as_a_new_user(newcomer: Path) -> None:
    place = entrance(newcomer)

    def shell(command: str, folder: Path) -> str:
        clean = ("env", "-i", f"PATH={place}:/usr/bin:/bin", f"HOME={newcomer}", "LANG=C.UTF-8")
        done = subprocess.run(
            ["runuser", "-u", NAME, "--", *clean, "bash", "-c", command],
            cwd=folder, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        return done.stdout + done.stderr

    if "version" not in shell("kelisim --version", newcomer):
        pytest.skip("a new user cannot read this checkout: its folders are closed to others")
    shell("mkdir walk", newcomer)
    assert walk(PAGE, newcomer / "walk", shell) >= 7
    made = newcomer / "walk/out/bulletin-kk.pdf"
    assert made.stat().st_size > 10_000
    assert made.stat().st_uid != 0
