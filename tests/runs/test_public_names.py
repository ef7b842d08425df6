"""The names of the package root: about 25, loaded when used, documented, and never in the way of a room."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import kelisim

PACKAGE = Path(kelisim.__file__).parent
NAMES = [name for name in kelisim.__all__ if not name.startswith("_")]


def test_there_are_about_twenty_five() -> None:
    assert 20 <= len(NAMES) <= 30
    assert sorted(NAMES) == NAMES
    assert set(NAMES) <= set(dir(kelisim))


@pytest.mark.parametrize("name", NAMES)
def test_a_name_exists_and_has_words_and_an_example(name: str) -> None:
    value = getattr(kelisim, name)
    words = inspect.getdoc(value) or ""
    assert len(words.split()) > 5
    if inspect.isfunction(value):
        assert ">>>" in words, f"{name} shows no example"


def test_no_name_is_that_of_a_room() -> None:
    # Loading a room sets an attribute of the root, which would then hide the name.
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir()}
    assert not rooms & set(NAMES)


def test_loading_costs_nothing_until_a_name_is_used() -> None:
    code = "import sys, kelisim; print([m for m in ('numpy', 'pydantic', 'pyarrow') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'disimilarity'"):
        kelisim.disimilarity  # noqa: B018


def test_what_the_type_checker_sees_is_what_is_loaded() -> None:
    source = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    seen = {
        alias.name: node.module
        for node in ast.walk(source)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kelisim.")
        for alias in node.names
    }
    assert set(seen) == set(NAMES)
    assert {name: f"kelisim.{room}" for name, room in kelisim._HOME.items()} == seen
