"""Writing a synthetic study to a folder."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from kelisim.core.errors import OutputError
from kelisim.runs.ledger_book import FILE
from kelisim.runs.twin_coding import twin_coding
from kelisim.runs.twin_ledger import twin_ledger
from kelisim.runs.twin_texts import TEXTS, TEXTS_PLANTED, TEXTS_TRUTH, twin_texts
from kelisim.simulation.corpus.declared import LOOK_COLUMNS, discourse_section, look_rows
from kelisim.simulation.twin import twin_files
from kelisim.sources.codebook import CODEBOOK, codebook_from, codebook_template
from kelisim.store.ledger_file import head_file

__all__ = ["write_twin"]

_DECLARED = "study.yaml"


def write_twin(folder: Path, seed: int) -> list[str]:
    """Write the files of the twin. Raises: OutputError where the folder holds something else."""
    files = twin_files(seed) | twin_texts(seed)
    files |= _coding(files, seed)
    # The texts stand apart from the other tables, so their section joins the declaration here.
    files[_DECLARED] = files[_DECLARED].replace("\ngrid:\n", f"\n{discourse_section(seed)}grid:\n")
    files[FILE] = twin_ledger(seed).decode()
    try:
        if folder.exists() and any(folder.iterdir()) and not _synthetic(folder / _DECLARED):
            raise OutputError(f"'{folder}' holds other files. Way out: name a new folder.")
        # A head of an older invented ledger would make the new one look cut off.
        head_file(folder / FILE).unlink(missing_ok=True)
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"'{folder}' cannot be written ({reason}). Way out: name a new folder.") from error
    return list(files)


def _coding(files: dict[str, str], seed: int) -> dict[str, str]:
    """Codebook, looks at the sources and coded samples, made from the texts at hand."""
    planted = json.loads(files[TEXTS_PLANTED])["planted"]
    items, truth = (list(csv.DictReader(io.StringIO(files[name]))) for name in (TEXTS, TEXTS_TRUTH))
    out = io.StringIO(newline="")
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(LOOK_COLUMNS)
    rows.writerows(look_rows(planted))
    template = codebook_template()
    book = codebook_from(template, CODEBOOK)
    return {
        CODEBOOK: template,
        "data/text_looks.csv": out.getvalue(),
        **twin_coding(items, truth, book, seed),
    }


def _synthetic(declaration: Path) -> bool:
    return declaration.is_file() and b"synthetic: true" in declaration.read_bytes()
