"""Writing a synthetic study to a folder."""

from __future__ import annotations

from pathlib import Path

from kelisim.core.errors import OutputError
from kelisim.simulation.twin import twin_files

__all__ = ["write_twin"]


def write_twin(folder: Path, seed: int) -> list[str]:
    """Write the files of the twin. Raises: OutputError where the folder holds something else."""
    declaration = folder / "study.yaml"
    if folder.exists() and any(folder.iterdir()):
        ours = declaration.exists() and "synthetic: true" in declaration.read_text(encoding="utf-8")
        if not ours:
            raise OutputError(f"'{folder}' holds other files. Way out: name a new folder.")
    files = twin_files(seed)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(files)
