"""The tutorial on surveys is true: every command is run in an empty folder, and what it shows is compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.walk import plain_shell, walk

PAGE = Path(__file__).resolve().parents[2] / "docs/start/tutorial-survey.md"


@pytest.mark.proof
def test_the_tutorial_runs_from_an_empty_folder(tmp_path: Path) -> None:
    assert walk(PAGE, tmp_path, plain_shell) >= 11
    assert (tmp_path / "out/bulletin-kk.pdf").stat().st_size > 10_000
    assert (tmp_path / "closed/spring.csv").stat().st_mode & 0o077 == 0
