"""The handbook names every command, error, finding of the auditor, declared table and measure."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src/kelisim"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs/generate.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pages(generator: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs") / "_generated"
    generator.generate(folder)
    return folder


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def defined_classes(room: str) -> set[str]:
    """Classes named ...Error or derived from one, found in the source and not through the generator."""
    trees = [ast.parse(read(path)) for path in (PACKAGE / room).rglob("*.py")]
    nodes = [node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)]
    from kelisim.core import errors

    known = {name for name in errors.__all__ if name != "Fault"}
    return {
        node.name for node in nodes if {ast.unparse(base) for base in node.bases} & (known | {"Exception"})
    }


def test_every_error_is_named(pages: Path) -> None:
    text = read(pages / "data/errors.md")
    for room in sorted(
        path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"
    ):
        for name in defined_classes(room):
            assert f"`{name}`" in text


def test_every_declared_table_is_named(pages: Path) -> None:
    text = read(pages / "data/tables.md")
    for path in PACKAGE.glob("evidence/*/tables.py"):
        names = re.findall(r"""["'](raw_\w+__\w+)["']""", read(path))
        assert names, f"{path.parent.name} declares no table"
        for name in names:
            assert f"## {name}\n" in text


def test_every_finding_is_named(pages: Path, generator: ModuleType) -> None:
    text = read(pages / "data/audit.md")
    for code in generator.finding_codes():
        assert f"`{code}`" in text
    assert bool(generator.finding_codes()) == (PACKAGE / "audit").is_dir()


def test_every_measure_has_a_page(pages: Path) -> None:
    rooms = ("stats/*.py", "evidence/*/*.py", "assessment/*.py", "disclosure/*.py")
    for path in [path for room in rooms for path in PACKAGE.glob(room)]:
        functions = [n for n in ast.parse(read(path)).body if isinstance(n, ast.FunctionDef)]
        shown = [n.name for n in functions if not n.name.startswith("_")]
        if not shown or path.name in ("tables.py", "__init__.py"):
            continue
        page = pages / "method" / (".".join(path.relative_to(PACKAGE).with_suffix("").parts) + ".md")
        for name in shown:
            assert f"## {name}\n" in read(page)


def test_every_command_is_named(pages: Path) -> None:
    if not (PACKAGE / "cli").is_dir():
        pytest.skip("the room cli is not built yet")
    from kelisim.cli.main import main

    text = read(pages / "data/commands.md")
    for name in main.commands:
        assert f"## kelisim {name}\n" in text


def test_references_have_unique_keys() -> None:
    keys = re.findall(r"^@\w+\{(\w+),", read(ROOT / "docs/refs.bib"), flags=re.M)
    assert keys and len(keys) == len(set(keys))


def test_generator_modules_open_with_a_paragraph(generator: ModuleType) -> None:
    assert len((inspect.getdoc(generator) or "").split()) > 20


@pytest.mark.proof
def test_the_handbook_builds_strictly_and_fetches_nothing(pages: Path, tmp_path: Path) -> None:
    config = read(ROOT / "docs/mkdocs.yml").replace("docs_dir: _generated", f"docs_dir: {pages}")
    (tmp_path / "mkdocs.yml").write_text(
        config.replace("../out/docs", str(tmp_path / "site")), encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(tmp_path / "mkdocs.yml")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for page in (tmp_path / "site").rglob("*.html"):
        loaded = re.findall(
            r"<(?:script|link|img|iframe)[^>]+(?:src|href)=[\"'](https?:|//)[^\"']*", read(page)
        )
        assert not loaded, page.name
