"""Lists modules over 400 lines and functions over 60: a question to their author, never a failure."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "src/kelisim"


def main() -> None:
    asked = 0
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(PACKAGE)
        if (lines := text.count("\n")) > 400:
            asked += 1
            print(f"{name}: {lines} lines. Is there a second subject in it?")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > 60:
                    asked += 1
                    print(f"{name}: {node.name}() has {length} lines. Does it do one thing?")
    print(f"{asked} questions" if asked else "nothing to ask")


if __name__ == "__main__":
    main()
