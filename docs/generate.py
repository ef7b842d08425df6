"""Writes the handbook's sources into docs/_generated: pages written by hand, and pages made from the code.

Made from docstrings and declarations: one page for every module of `stats`, `evidence`, `assessment` and
`disclosure`, the tables that the strands declare, what the auditor looks for, the errors, the commands.
mkdocs then turns the folder into a site. Nothing here knows a measure by name; a new one appears by being
written.

    python docs/generate.py [FOLDER]
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import click

DOCS = Path(__file__).resolve().parent
ROOMS_WITH_MEASURES = ("stats", "evidence", "assessment", "disclosure")


def modules(room: str) -> Iterator[ModuleType]:
    """Every module of a room, the room itself first; nothing when the room is not built."""
    try:
        package = importlib.import_module(f"kelisim.{room}")
    except ModuleNotFoundError as missing:
        if missing.name != f"kelisim.{room}":
            raise
        return
    yield package
    for found in sorted(pkgutil.walk_packages(package.__path__, f"kelisim.{room}."), key=lambda m: m.name):
        yield importlib.import_module(found.name)


def opening(module: ModuleType) -> str:
    return inspect.getdoc(module) or ""


def first_sentence(text: str) -> str:
    return " ".join(text.split("\n\n")[0].split())


def verbatim(text: str) -> str:
    return f"```text\n{text}\n```\n"


def cell(value: object) -> str:
    return " ".join(str(value).split()).replace("|", "\\|").replace("<", "&lt;")


def grid(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def public(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """Public functions and classes that the module itself defines, in the order of its source."""
    named = [(name, getattr(module, name)) for name in getattr(module, "__all__", ())]
    own = [(name, value) for name, value in named if getattr(value, "__module__", None) == module.__name__]
    made = [(name, value) for name, value in own if inspect.isfunction(value) or inspect.isclass(value)]
    yield from sorted(made, key=lambda pair: inspect.getsourcelines(pair[1])[1])


def method_page(module: ModuleType) -> str:
    parts = [f"# {module.__name__.removeprefix('kelisim.')}\n", verbatim(opening(module))]
    for name, value in public(module):
        kind = "" if inspect.isclass(value) else f"`{name}{inspect.signature(value)}`\n"
        parts += [f"## {name}\n", kind, verbatim(inspect.getdoc(value) or "")]
    return "\n".join(parts)


def write_methods(folder: Path) -> None:
    """One page per measure module, and an index that says what each is about."""
    rows: list[tuple[object, ...]] = []
    for room in ROOMS_WITH_MEASURES:
        for module in modules(room):
            name = module.__name__.removeprefix("kelisim.")
            if name.endswith(".tables") or not any(public(module)):
                continue
            (folder / f"{name}.md").write_text(method_page(module), encoding="utf-8")
            rows.append((f"[{name}]({name}.md)", first_sentence(opening(module))))
    text = "# How it is measured\n\nEach page gives definition, formula, units, errors and source.\n\n"
    (folder / "index.md").write_text(text + grid(("module", "what it is about"), rows), encoding="utf-8")


def table_specs() -> list[Any]:
    """All declared tables, by name."""
    from kelisim.core.tables import TableSpec

    found: dict[str, TableSpec] = {}
    for module in modules("evidence"):
        for value in vars(module).values():
            values = value if isinstance(value, tuple | list) else (value,)
            found |= {spec.name: spec for spec in values if isinstance(spec, TableSpec)}
    return [found[name] for name in sorted(found)]


def write_tables(page: Path) -> None:
    parts = ["# Declared tables\n", "The data dictionary: what a study may hand in, column by column.\n"]
    for spec in table_specs():
        rows = [
            (c.name, c.type, c.unit or "", "key" if c.key else "yes" if c.required else "no", c.meaning)
            for c in spec.columns
        ]
        parts += [f"## {spec.name}\n", f"Kind in `study.yaml`: `{spec.kind}`. {spec.meaning}\n"]
        parts.append(grid(("column", "type", "unit", "required", "meaning"), rows))
    page.write_text("\n".join(parts), encoding="utf-8")


def finding_codes() -> dict[str, str]:
    """Code of every finding the auditor can make -> opening sentence of the module that looks for it."""
    codes: dict[str, str] = {}
    for module in modules("audit"):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Call):
                given = {word.arg: word.value for word in node.keywords}
                code = given.get("code")
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    codes[code.value] = f"{first_sentence(opening(module))} (`{module.__name__}`)"
    return dict(sorted(codes.items()))


def write_audit(page: Path) -> None:
    text = "# What the auditor looks for\n\nIt repairs nothing; every finding names the exact cells.\n\n"
    text += grid(
        ("code of the finding", "looked for by"), [(f"`{c}`", why) for c, why in finding_codes().items()]
    )
    for module in modules("audit"):
        text += f"\n## {module.__name__.removeprefix('kelisim.')}\n\n{verbatim(opening(module))}"
    page.write_text(text, encoding="utf-8")


def errors(root: type[Exception] | None = None) -> list[type[Exception]]:
    """The tree of errors, root first, read from all rooms."""
    if root is None:
        from kelisim.core.errors import KelisimError

        for room in (
            "core",
            "stats",
            "evidence",
            "audit",
            "assessment",
            "disclosure",
            "sources",
            "store",
            "publish",
            "runs",
        ):
            list(modules(room))
        root = KelisimError
    below = sorted(root.__subclasses__(), key=lambda error: error.__name__)
    return [root, *(error for child in below for error in errors(child))]


def write_errors(page: Path) -> None:
    from kelisim.core import errors as room

    rows: list[tuple[object, ...]] = [
        (f"`{e.__name__}`", first_sentence(inspect.getdoc(e) or "")) for e in errors()
    ]
    text = f"# Errors\n\n{verbatim(opening(room))}\n" + grid(("error", "meaning"), rows)
    page.write_text(text, encoding="utf-8")


def commands() -> dict[str, str]:
    """Full name of every command -> its help as shown in a terminal."""
    shown: dict[str, str] = {}
    for module in modules("cli"):
        main = getattr(module, "main", None)
        if isinstance(main, click.Command):
            collect_help(main, None, "kelisim", shown)
    return shown


def collect_help(
    command: click.Command, parent: click.Context | None, name: str, shown: dict[str, str]
) -> None:
    context = click.Context(command, parent=parent, info_name=name.split()[-1], terminal_width=100)
    shown[name] = command.get_help(context)
    if isinstance(command, click.Group):
        for child_name in command.list_commands(context):
            child = command.get_command(context, child_name)
            if child is not None and not child.hidden:
                collect_help(child, context, f"{name} {child_name}", shown)


def write_commands(page: Path) -> None:
    parts = ["# Commands\n"]
    for name, text in commands().items():
        parts += [f"## {name}\n", verbatim(text)]
    page.write_text("\n".join(parts), encoding="utf-8")


def write_api(page: Path) -> None:
    """The names of the package root, which may be relied on, with their docstrings."""
    import kelisim

    parts = ["# In Python\n", verbatim(opening(kelisim))]
    for name in kelisim.__all__:
        value = getattr(kelisim, name)
        if not name.startswith("_"):
            shown = "" if inspect.isclass(value) else f"`{name}{inspect.signature(value)}`\n"
            parts += [
                f"## {name}\n",
                shown,
                f"From `{value.__module__}`.\n",
                verbatim(inspect.getdoc(value) or ""),
            ]
    page.write_text("\n".join(parts), encoding="utf-8")


def write_frames(page: Path) -> None:
    """Every frame and cue as the codebook has it, rules included."""
    from kelisim.annotation.frames import load_codebook

    codebook = load_codebook()
    parts = [
        "# Frames and cues, as the rules have them\n",
        "How to read the rules: [Frames and cues](../start/frames.md).\n",
    ]
    for entry in codebook.entries:
        titles = " / ".join(entry.titles.as_dict().values())
        words = [(language, text) for language, text in entry.definition.as_dict().items()]
        examples = [(entry.include[key], entry.exclude[key]) for key in ("kk", "ru")]
        rules = [
            (
                f"`{rule.id}`",
                rule.within,
                f"`{rule.written[0]}`",
                f"`{rule.written[1]}`" if rule.unless else "",
            )
            for rule in entry.rules
        ]
        parts += [
            f"## {entry.id}: {titles}\n",
            grid(("language", "definition"), list(words)),
            grid(("example", "near miss"), list(examples)),
            grid(("rule", "within", "when", "unless"), list(rules)),
            f"Version {entry.version}. Known weakness: {entry.weakness}\n",
        ]
    page.write_text("\n".join(parts), encoding="utf-8")


def copy_written(folder: Path) -> None:
    """Pages written by hand, with the folders' order kept."""
    for name in ("start", "decisions", "terms"):
        for page in sorted((DOCS / name).glob("*.md")) if (DOCS / name).is_dir() else ():
            (folder / name).mkdir(exist_ok=True)
            shutil.copy(page, folder / name / page.name)
    (folder / "index.md").write_text((DOCS / "index.md").read_text(encoding="utf-8"), encoding="utf-8")


def generate(folder: Path) -> None:
    """The whole folder anew, so that no page outlives its module."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "method").mkdir(parents=True)
    (folder / "data").mkdir()
    copy_written(folder)
    write_methods(folder / "method")
    write_tables(folder / "data" / "tables.md")
    write_audit(folder / "data" / "audit.md")
    write_errors(folder / "data" / "errors.md")
    write_frames(folder / "data" / "frames.md")
    write_commands(folder / "data" / "commands.md")
    write_api(folder / "data" / "api.md")


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS / "_generated")
