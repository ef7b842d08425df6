"""`kelisim doctor` says what a run needs and whether it is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kelisim.cli.main import main
from kelisim.runs import doctor


def test_all_is_well_where_the_tests_run(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["doctor", "--out", str(tmp_path / "new" / "out")])
    assert done.exit_code == 0, done.output
    assert "ok      font with all Kazakh letters" in done.output


def test_a_missing_part_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor, "_PARTS", ("no_such_part",))
    done = CliRunner().invoke(main, ["doctor", "--out", str(tmp_path)])
    assert done.exit_code == 1
    assert "missing report parts: install kelisim[reports] (no_such_part)" in done.output


def test_a_place_under_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    done = CliRunner().invoke(main, ["doctor", "--out", str(tmp_path / "file" / "out")])
    assert done.exit_code == 1
    assert "may not write" in done.output
