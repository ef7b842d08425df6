"""The page on the way of texts is true: every command is run, and what it shows compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.walk import plain_shell, walk

PAGE = Path(__file__).resolve().parents[2] / "docs/start/discourse-tour.md"


@pytest.mark.proof
def test_the_tour_runs_from_an_empty_folder(tmp_path: Path) -> None:
    assert walk(PAGE, tmp_path, plain_shell) >= 12
    texts = tmp_path / "my-oblast/.kelisim/texts"
    assert texts.stat().st_mode & 0o077 == 0
    page = (tmp_path / "out/my-oblast/site/en/media.html").read_text(encoding="utf-8")
    assert "<strong>9/30</strong>" in page
