"""The notebook goes through the study with the public names alone; its code cells are run without Jupyter."""

from __future__ import annotations

import ast
import json
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import pytest

import kelisim
from tests.studies import TURKISTAN

BOOK = TURKISTAN / "tour.ipynb"


def cells(kind: str) -> list[dict[str, Any]]:
    book = json.loads(BOOK.read_text(encoding="utf-8"))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
    return [cell for cell in book["cells"] if cell["cell_type"] == kind]


@pytest.mark.proof
def test_it_runs_from_top_to_bottom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TURKISTAN)
    said, names = StringIO(), {"__name__": "__main__"}
    with redirect_stdout(said):
        for cell in cells("code"):
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
    text = said.getvalue()
    assert "17 regions, 18 groups" in text
    assert "two events in 14.0 years: 0.14 a year (0.02 to 0.52)" in text
    assert "no_members" in text and "rests on" in text


def test_it_uses_public_names_only() -> None:
    for cell in cells("code"):
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith("kelisim")
            if isinstance(node, ast.Import):
                assert all(alias.name == "kelisim" or "kelisim" not in alias.name for alias in node.names)
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "kelisim"
            ):
                assert node.attr in kelisim.__all__


def test_no_output_is_stored() -> None:
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells("code"))
    assert len(cells("markdown")) >= 6
