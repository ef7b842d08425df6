"""The file of results: every bench owns one section of it and leaves the others alone."""

from __future__ import annotations

from pathlib import Path

FILE = Path(__file__).with_name("RESULTS.md")


def write_section(title: str, body: str) -> None:
    """Replace the section with this title, or add it at the end."""
    text = FILE.read_text(encoding="utf-8") if FILE.exists() else "# Results\n"
    head, *sections = text.rstrip("\n").split("\n## ")
    kept = {section.partition("\n")[0]: section.partition("\n")[2].strip("\n") for section in sections}
    kept[title] = body.strip("\n")
    FILE.write_text(
        head.rstrip("\n") + "\n" + "".join(f"\n## {name}\n\n{section}\n" for name, section in kept.items()),
        encoding="utf-8",
    )
