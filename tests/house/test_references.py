"""Every paper a docstring names has an entry in docs/refs.bib, and every entry is named somewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAME = r"[A-Z][\w'’-]+"
MORE = rf"(?:,? (?:and|&) {NAME}|(?:, {NAME})+,? and {NAME}| et al\.)?"
CITED = re.compile(rf"({NAME}){MORE},? \(?((?:18|19|20)\d\d)[a-z]?\)?")
# Words with a capital letter that may stand before a year without being an author.
NO_AUTHORS = re.compile(
    r"January|February|March|April|May|June|July|August|September|October|November|December|Since|In|From|By"
    r"|Until|On|After|Before|Around|About|The"
)


def entries() -> dict[tuple[str, str], str]:
    text = (ROOT / "docs/refs.bib").read_text(encoding="utf-8")
    found = {}
    for entry in re.split(r"\n(?=@)", text):
        author = re.search(r"author\s*=\s*\{(.+?)\},? ?(?:title|year|journal|$)", entry, re.S)
        year = re.search(r"year\s*=\s*\{?(\d{4})", entry)
        key = re.match(r"@\w+\{(\w+),", entry.strip())
        if author and year and key:
            first = author.group(1).split(" and ")[0].split(",")[0].strip("{} ")
            found[first, year.group(1)] = key.group(1)
    return found


def docstrings() -> Iterator[tuple[Path, str]]:
    for path in sorted((ROOT / "src/kelisim").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef):
                yield path, ast.get_docstring(node) or ""


@cache
def cited() -> set[tuple[str, str, str]]:
    return {
        (name, year, path.relative_to(ROOT).as_posix())
        for path, text in docstrings()
        for name, year in CITED.findall(" ".join(text.split()))
        if not NO_AUTHORS.fullmatch(name)
    }


def test_every_reference_of_a_docstring_has_an_entry() -> None:
    known = entries()
    assert cited(), "no docstring names a paper: the search is broken"
    lost = sorted({(path, f"{name} {year}") for name, year, path in cited() if (name, year) not in known})
    assert not lost


def test_every_entry_is_whole() -> None:
    text = (ROOT / "docs/refs.bib").read_text(encoding="utf-8")
    assert len(entries()) == len(re.findall(r"^@", text, re.M)), "an entry lacks its author, year or key"
