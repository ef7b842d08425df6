"""Study folders for tests: the two examples, and the invented one as files to be changed."""

from __future__ import annotations

import atexit
import re
import shutil
import tempfile
from functools import cache
from pathlib import Path

from kelisim.core.findings import Finding
from kelisim.core.study import Study
from kelisim.runs.kinds import KINDS
from kelisim.simulation.twin import twin_files
from kelisim.sources.study import read_study

ROOT = Path(__file__).resolve().parents[1]
TURKISTAN = ROOT / "examples/turkistan"
SYNTHETIC = ROOT / "examples/synthetic"


def textless(declaration: str) -> str:
    """A declaration without texts, which stand in files of their own."""
    return re.sub(r"^discourse:\n(?:  .*\n)+", "", declaration, flags=re.M)


def unwatched(declaration: str) -> str:
    """A declaration without forecasts, whose replay takes seconds that most tests can do without."""
    return re.sub(r"^foresight:\n(?:  .*\n)+", "", declaration, flags=re.M)


@cache
def unwatched_synthetic() -> Path:
    """A copy of the synthetic example that declares no forecasts."""
    folder = Path(tempfile.mkdtemp()) / "synthetic"
    atexit.register(shutil.rmtree, folder.parent, ignore_errors=True)
    shutil.copytree(SYNTHETIC, folder, ignore=shutil.ignore_patterns(".kelisim"))
    declared = folder / "study.yaml"
    declared.write_text(unwatched(declared.read_text(encoding="utf-8")), encoding="utf-8")
    return folder


def write_study(folder: Path, **changed: str) -> Path:
    """Write the invented study; `changed` replaces the text of a file, named by its stem."""
    for name, text in _files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changed.get(path.stem, text), encoding="utf-8")
    return folder


def write_english(folder: Path) -> Path:
    """The invented study in one language, for tests of files that make it again and again."""
    return write_study(folder, study=text_of("study.yaml").replace("[kk, ru, en]", "[en]"))


def text_of(name: str) -> str:
    """The unchanged text of one file of the invented study."""
    return _files()[name]


@cache
def _files() -> dict[str, str]:
    files = twin_files(seed=7)
    return {**files, "study.yaml": unwatched(files["study.yaml"])}


def read(folder: Path) -> Study:
    """Read a study with all kinds of tables."""
    return read_study(folder, KINDS)


def codes(findings: tuple[Finding, ...]) -> list[str]:
    """Codes of findings in order."""
    return [finding.code for finding in findings]
