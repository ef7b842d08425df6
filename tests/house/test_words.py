"""Words around code and in tracked files: paragraphs, public names, no addresses, no hidden chance."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src/kelisim"
MODULES = sorted(PACKAGE.rglob("*.py"))
PINS = sorted((ROOT / "constraints").glob("*.txt"))
# Spelled in pieces, so that this file passes its own test.
FORBIDDEN = re.compile(
    "|".join(
        (
            "/" + r"(work|tmp|root|home/\w+|Users/\w+)/\w",
            "py" + r"pi\.org",
            "python" + r"hosted\.org",
            "deb" + r"ian\.org/debian",
        )
    )
)


def module_id(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def tracked() -> list[Path]:
    """Files that are in version control or would enter it with the next commit."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    if listing.returncode != 0:
        pytest.skip("not a git checkout: there is no list of tracked files")
    names = listing.stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("path", MODULES, ids=module_id)
def test_a_module_opens_with_a_paragraph(path: Path) -> None:
    words = (ast.get_docstring(tree(path)) or "").split()
    assert len(words) >= 6, f"{module_id(path)} should say what it owns and what it leaves to others"


@pytest.mark.parametrize("path", MODULES, ids=module_id)
def test_public_names_stand_in_all(path: Path) -> None:
    module = importlib.import_module(module_name(path))
    declared = set(getattr(module, "__all__", ()))
    assert all(hasattr(module, name) for name in declared)
    defined = {
        node.name
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)
    }
    own = {name for name in defined if not name.startswith("_")}
    assert own <= declared, f"public but not in __all__ of {module.__name__}: {sorted(own - declared)}"
    assert not {name for name in declared if name.startswith("_") and not name.startswith("__")}


@pytest.mark.parametrize("path", MODULES, ids=module_id)
def test_a_public_function_has_a_docstring(path: Path) -> None:
    module = importlib.import_module(module_name(path))
    for name in getattr(module, "__all__", ()):
        value = getattr(module, name)
        if inspect.isfunction(value) or inspect.isclass(value):
            assert inspect.getdoc(value), f"{module.__name__}.{name} has no docstring"


@pytest.mark.parametrize("path", MODULES, ids=module_id)
def test_no_import_from_the_bare_root(path: Path) -> None:
    # The root stands outside the layers, so import-linter does not see this way round the plan.
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module == "kelisim" and node.level == 0:
            names = {alias.name for alias in node.names}
            assert names == {"__version__"}, (
                f"{module_id(path)}, line {node.lineno}: import from the room itself"
            )


@pytest.mark.parametrize("path", MODULES, ids=module_id)
def test_chance_is_seeded(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("default_rng"):
            assert node.args or node.keywords, (
                f"{module_id(path)}, line {node.lineno}: default_rng() without a seed"
            )


COMPUTING = ("core", "stats", "evidence", "audit", "assessment", "simulation", "disclosure")


@pytest.mark.parametrize(
    "path", [p for p in MODULES if module_id(p).split("/")[0] in COMPUTING], ids=module_id
)
def test_computing_rooms_open_no_file(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "open", (
                f"{module_id(path)}, line {node.lineno}: a computing room opens a file"
            )


def test_strands_have_the_same_files() -> None:
    for strand in sorted((PACKAGE / "evidence").glob("*/")):
        if strand.name == "__pycache__":
            continue
        have = {path.name for path in strand.iterdir()}
        assert {"__init__.py", "tables.py", "README.md"} <= have, f"evidence/{strand.name} lacks a file"


def test_tracked_files_hold_no_address_of_a_machine() -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {hit.group()}" for hit in FORBIDDEN.finditer(text)]
    assert not found


@pytest.mark.parametrize("path", PINS, ids=lambda p: p.name)
def test_pins_have_hashes_and_no_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "://" not in text
    assert " @ " not in text
    for block in re.split(r"\n(?=\S)", re.sub(r"^\s*#.*\n?", "", text, flags=re.M).strip()):
        assert re.match(r"[A-Za-z0-9_.-]+==\S+ \\\n", block), block[:80]
        options = re.findall(r"(--\S+?)[=\s]", block)
        assert options and set(options) == {"--hash"}, block[:80]


def test_larger_sets_of_pins_contain_the_smaller() -> None:
    pins = {path.stem: set(re.findall(r"^\S+==\S+", path.read_text(), flags=re.M)) for path in PINS}
    assert pins["core"] < pins["reports"] < pins["test"]
    assert pins["docs"] < pins["test"]


def test_make_help_lists_every_target_mentioned() -> None:
    shown = subprocess.run(
        ["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    targets = set(re.findall(r"^  make (\S+)", shown, flags=re.M))
    assert {
        "demo",
        "test",
        "proof",
        "lint",
        "plan",
        "types",
        "docs",
        "bench",
        "size",
        "pins",
        "clean",
    } <= targets
    pages = [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *(ROOT / "docs/start").glob("*.md"),
        ROOT / ".ci/run",
    ]
    for page in pages:
        if page.exists():
            text = page.read_text(encoding="utf-8")
            mentioned = set(re.findall(r"`make ([a-z-]+)`|^\s*make ([a-z-]+)", text, flags=re.M))
            assert {a or b for a, b in mentioned} <= targets, page.name
