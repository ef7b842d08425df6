"""Appends warnings to a ledger for ever, saying each line that was acknowledged; a process to be killed.

python -m tests.store.ledger_writer LEDGER NAME
"""

from __future__ import annotations

import sys
from pathlib import Path

from kelisim.forecasting.chain import Line, head_of, linked
from kelisim.forecasting.ledger_entries import body_of
from kelisim.store.ledger_file import append
from tests.forecasting.ledgers import DAY, at, opened, warning


def main(path: Path, name: str) -> None:
    for number in range(100_000):
        entry = warning(f"{name}-{number}")

        def make(lines: tuple[Line, ...], entry: object = entry) -> tuple[Line, ...]:
            first = () if lines else opened()
            return (*first, linked(head_of((*lines, *first)), *body_of(entry), at(DAY)))

        stored, _ = append(path, make)
        print(f"{stored.lines[-1].hash} {name}-{number}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
