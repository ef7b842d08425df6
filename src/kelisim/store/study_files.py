"""Files that a command adds to a study, so that they appear whole or not at all and can be taken back.

Of two files that belong together the second, the declaration, is what makes them count: it is taken away
first and written last. What stood there before is kept in a hidden folder beside them, one version deep.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from kelisim.core.errors import OutputError, StoreError

__all__ = ["add_files", "new_folder", "take_back", "write_whole"]

_PREVIOUS = ".previous"


def add_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write files (name -> text, the declaration last) into `folder`. Raises: OutputError."""
    try:
        kept = folder / _PREVIOUS
        folder.mkdir(parents=True, exist_ok=True)
        for name in reversed(list(files)):
            (kept / name).unlink(missing_ok=True)
            if (folder / name).exists():
                kept.mkdir(exist_ok=True)
                (folder / name).replace(kept / name)
        for name, text in files.items():
            aside = folder / f".{name}.part"
            aside.write_text(text, encoding="utf-8")
            aside.replace(folder / name)
    except OSError as error:
        raise OutputError(_cannot(folder, error)) from error


def take_back(folder: Path, names: tuple[str, ...]) -> bool:
    """Remove files, and put back what they replaced; True where something was put back.

    names : the declaration last.  Raises: StoreError where there is nothing to take back; OutputError.
    """
    kept = folder / _PREVIOUS
    if not any((place / name).exists() for place in (folder, kept) for name in names):
        raise StoreError(f"'{folder}' holds no {' or '.join(names)}, so there is nothing to take back.")
    try:
        for name in reversed(names):
            (folder / name).unlink(missing_ok=True)
        back = all((kept / name).exists() for name in names)
        for name in names if back else ():
            (kept / name).replace(folder / name)
    except OSError as error:
        raise OutputError(_cannot(folder, error)) from error
    return back


def new_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder that must be new or empty. Raises: OutputError, and then nothing is left."""
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise OutputError(
            f"'{folder}' is not an empty folder, and nothing in it was touched. Way out: name a new one."
        )
    aside = folder.absolute().with_name(f".{folder.absolute().name}.part")
    try:
        shutil.rmtree(aside, ignore_errors=True)
        for name, data in files.items():
            path = aside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        if folder.exists():
            folder.rmdir()
        aside.replace(folder)
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        raise OutputError(_cannot(folder, error)) from error


def write_whole(files: Mapping[Path, bytes], replace: bool) -> None:
    """Write files where a person named them, each whole or not at all.

    replace : files that are there may be replaced; otherwise nothing is touched where one of them is there
    Raises: OutputError.
    """
    there = [path for path in files if path.exists() or path.is_symlink()]
    if there and not replace:
        names = ", ".join(f"'{path}'" for path in there)
        raise OutputError(
            f"{names} is there already, and was not touched. Way out: another place, or --force."
        )
    path = Path()
    try:
        for path, data in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            aside = path.with_name(f".{path.name}.part")
            aside.write_bytes(data)
            aside.replace(path)
    except OSError as error:
        path.with_name(f".{path.name}.part").unlink(missing_ok=True)
        raise OutputError(_cannot(path, error)) from error


def _cannot(folder: Path, error: OSError) -> str:
    reason = error.strerror or error
    return f"'{folder}' cannot be written ({reason}). Way out: free space or rights, or another place."
