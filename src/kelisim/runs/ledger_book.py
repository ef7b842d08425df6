"""Where a ledger of warnings stands, whose it is, and by which key it recognises persons."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from kelisim.core.areas import Areas
from kelisim.core.errors import StoreError
from kelisim.core.study import Study
from kelisim.forecasting.chain import Line
from kelisim.forecasting.ledger_entries import Opened
from kelisim.runs.studies import read_whole
from kelisim.sources.pseudonyms import pseudonym
from kelisim.store.keys import key_at, stored_key

__all__ = ["FILE", "Book", "lines_of"]

FILE = "ledger.jsonl"
_KEY_WORD = "kelisim ledger"


class Book:
    """Where a ledger stands: in the folder of a study, or a file by itself."""

    def __init__(self, target: Path) -> None:
        self.study: Study | None = read_whole(target) if target.is_dir() else None
        self.file = target / FILE if self.study else target
        hidden = target / ".kelisim" / "ledger.key"
        self.key_file = hidden if self.study else target.with_name(f".{target.name}.key")

    @property
    def areas(self) -> Areas | None:
        """Areas of the study; None for a bare file."""
        return self.study.areas if self.study else None

    def opened(self, key: bytes) -> Opened:
        """The first line of a new ledger."""
        name = self.study.study_id if self.study else re.sub(r"[^A-Za-z0-9_-]", "-", self.file.stem) or "x"
        synthetic = self.study.synthetic if self.study else False
        return Opened(name.lstrip("-_")[:64] or "ledger", synthetic, pseudonym(key, "ledger", _KEY_WORD))

    def key(self, lines: Sequence[Line], may_make: bool) -> bytes:
        """The secret key by which persons are recognised.

        Raises: StoreError where the ledger knows persons by a key that is missing or another one: with a new
        key one person could judge twice.
        """
        found = stored_key(self.key_file)
        check = str(lines[0].body.get("key_check", "")) if lines else ""
        if found is None and not check:
            return key_at(self.key_file, make=True) if may_make else bytes(32)
        if found is None or (check and pseudonym(found, "ledger", _KEY_WORD) != check):
            what = "is missing" if found is None else "is not the one of this ledger"
            raise StoreError(
                f"the key '{self.key_file}' {what}, and without it no person can be recognised. "
                "Way out: put a copy of it back; it was made when the ledger was begun."
            )
        return found


def lines_of(areas: Areas | None) -> Callable[[str], tuple[str, ...]]:
    """An area and everything above it, for every area; without a study each stands alone."""
    if areas is None:
        return lambda area_id: (area_id,)
    return lambda area_id: tuple(area.area_id for area in areas.line(area_id))
