"""The floor plan holds, and it is able to fail: every planted fault breaks the contract meant for it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = """
import sys
from importlinter.cli import lint_imports_command
sys.argv = ["lint-imports", "--no-cache"]
lint_imports_command()
"""

# name of the fault -> contract that must break, files planted (path below kelisim -> source)
FAULTS: dict[str, tuple[str, dict[str, str]]] = {
    "database in a measure": ("pure", {"evidence/demography/planted.py": "import duckdb\n"}),
    "database inside a function": (
        "pure",
        {"audit/planted.py": "def f():\n    import sqlite3\n    return sqlite3\n"},
    ),
    "hidden chance": ("pure", {"stats/planted.py": "import random\n"}),
    "file in the gate": ("pure", {"disclosure/planted.py": "from pathlib import Path\n"}),
    "engine in the kernel": ("kernel", {"annotation/planted.py": "import duckdb\n"}),
    "strand to strand": (
        "strands",
        {
            "evidence/demography/planted.py": "X = 1\n",
            "evidence/economy/planted.py": "from kelisim.evidence.demography.planted import X\n",
        },
    ),
    "publish reads evidence": (
        "gate",
        {
            "evidence/demography/planted.py": "X = 1\n",
            "publish/planted.py": "from kelisim.evidence.demography.planted import X\n",
        },
    ),
    "the gate leans on a strand's tables": (
        "gate",
        {
            "evidence/demography/planted.py": "X = 1\n",
            "disclosure/planted.py": "from kelisim.evidence.demography.planted import X\n",
            "publish/planted.py": "from kelisim.disclosure.planted import X\n",
        },
    ),
    "audit reads pages": (
        "direction",
        {"publish/planted.py": "X = 1\n", "audit/planted.py": "from kelisim.publish.planted import X\n"},
    ),
    "readers and store are siblings": (
        "direction",
        {"store/planted.py": "X = 1\n", "sources/planted.py": "from kelisim.store.planted import X\n"},
    ),
    "a drawer": ("direction", {"utils/__init__.py": ""}),
    "a cycle": (
        "acyclic",
        {
            "stats/planted.py": "from kelisim.stats.planted_too import Y\n\nX = 1\n",
            "stats/planted_too.py": "from kelisim.stats.planted import X\n\nY = 1\n",
        },
    ),
}


def lint(folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", LINT], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def broken(report: str) -> set[str]:
    return {line.split(":")[0].strip() for line in report.splitlines() if line.rstrip().endswith("BROKEN")}


def copy_house(folder: Path) -> None:
    shutil.copytree(ROOT / "src/kelisim", folder / "kelisim", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", folder)
    (folder / "tests/house").mkdir(parents=True)
    for name in ("tests/__init__.py", "tests/house/__init__.py", "tests/house/contracts.py"):
        shutil.copy(ROOT / name, folder / name)


def plant(package: Path, files: dict[str, str]) -> None:
    for name, source in files.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        for parent in path.relative_to(package).parents:
            (package / parent / "__init__.py").touch()
        path.write_text(source, encoding="utf-8")


def test_the_plan_holds() -> None:
    code, report = lint(ROOT)
    assert code == 0, report
    assert "6 kept, 0 broken" in report


@pytest.mark.proof
def test_an_untouched_copy_keeps_every_contract(tmp_path: Path) -> None:
    copy_house(tmp_path)
    code, report = lint(tmp_path)
    assert code == 0, report


@pytest.mark.proof
@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_breaks_its_contract(fault: str, tmp_path: Path) -> None:
    contract, files = FAULTS[fault]
    copy_house(tmp_path)
    plant(tmp_path / "kelisim", files)
    code, report = lint(tmp_path)
    assert code != 0
    assert contract in broken(report), report
