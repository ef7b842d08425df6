"""Pages in a real browser: nothing scrolls sideways on a phone, in any language."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from kelisim.cli.main import main
from tests.studies import TURKISTAN

pytestmark = [pytest.mark.proof, pytest.mark.floor]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=4000",
    "--allow-file-access-from-files",
)
FRAME = """<!doctype html><meta charset="utf-8"><iframe id="f" src="{page}" width="{width}" height="700"
style="border:0"></iframe><pre id="out"></pre><script>
onload = () => {{ const d = document.getElementById("f").contentDocument.documentElement;
document.getElementById("out").textContent = "wide=" + d.scrollWidth + ";"; }};</script>"""


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_no_page_is_wider_than_a_phone(language: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert CliRunner().invoke(main, ["run", str(TURKISTAN), "--out", str(out)]).exit_code == 0
    assert CHROMIUM is not None
    for name in ("index", "area-KZ61", "demography", "survey", "media", "events", "quality", "institutions",
                 "economy", "reasons", "about", "area-KZ6155", "zones", "indicators"):  # fmt: skip
        frame = tmp_path / "frame.html"
        page = (out / f"site/{language}/{name}.html").as_uri()
        frame.write_text(FRAME.format(page=page, width=320), encoding="utf-8")
        command = [CHROMIUM, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", frame.as_uri()]
        environment = {**os.environ, "HOME": str(tmp_path)}
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=120, env=environment
        )
        wide = re.search(r"wide=(\d+);", done.stdout)
        assert wide, done.stdout[:400]
        assert int(wide.group(1)) <= 320, f"{name}: {wide.group(1)}"
