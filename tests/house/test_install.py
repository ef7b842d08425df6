"""Installation: the analysis works without report parts, and nothing undeclared is imported."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False, timeout=600)


@pytest.fixture(scope="module")
def core_only(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python of a clean environment with the core pins and this checkout, nothing else."""
    folder = tmp_path_factory.mktemp("core") / "env"
    venv.create(folder, with_pip=True)
    python = folder / "bin/python"
    pip = (python, "-m", "pip", "install", "-q", "--disable-pip-version-check")
    pins = run(*pip, "--require-hashes", "-r", ROOT / "constraints/core.txt")
    if pins.returncode != 0 and "hash" not in pins.stderr.lower():
        pytest.skip(f"no package cache or network for a clean install: {pins.stderr.strip()[-200:]}")
    assert pins.returncode == 0, pins.stderr
    # A wheel, not an editable: what is proven is what a stranger would receive.
    ours = run(*pip, "--no-deps", "--no-build-isolation", ROOT)
    assert ours.returncode == 0, ours.stderr
    return python


@pytest.mark.proof
def test_the_core_installs_without_report_parts(core_only: Path, tmp_path: Path) -> None:
    absent = run(core_only, "-c", "import jinja2", cwd=tmp_path)
    assert "ModuleNotFoundError" in absent.stderr
    assert run(core_only, "-c", "import kelisim; print(kelisim.__version__)", cwd=tmp_path).returncode == 0


@pytest.mark.proof
def test_check_works_with_the_core_alone(core_only: Path, tmp_path: Path) -> None:
    done = run(
        core_only.parent / "kelisim", "check", ROOT / "examples/turkistan", "--format", "json", cwd=tmp_path
    )
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.lstrip().startswith(("[", "{"))


@pytest.mark.proof
def test_every_import_is_declared_and_every_dependency_used() -> None:
    done = run(Path(sys.executable).parent / "deptry", "src")
    assert done.returncode == 0, done.stdout + done.stderr
