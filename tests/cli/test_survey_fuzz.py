"""Damaged and strange files at the commands of `kelisim survey`: a message and code 2, or a result; never a
fault of the program, and no half-written file."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from kelisim.cli.main import main

ROWS = int(os.environ.get("KELISIM_FUZZ", "150"))
PIECES = [
    b"",
    b"NA",
    b"0",
    b"1",
    b"-1",
    b"1e308",
    b"inf",
    b"nan",
    b"98",
    b"3,5",
    b"\xff",
    b"\x00",
    b'"',
    b",",
    b"\n",
]
PIECES += ["ң".encode(), b";", b"a*b", b"1" * 400, b"\xef\xbb\xbf", b"0x10", b"1_000", b" 2 "]


def survey(rng: np.random.Generator) -> bytes:
    n = int(rng.integers(0, 40))
    lines = ["w,h,psu,g,t1,t2,t3,q_1,q_2"]
    for i in range(n):
        cells = [
            rng.integers(1, 4),
            i // 10,
            i // 3,
            "ab"[i % 2],
            *rng.integers(1, 6, 3),
            *rng.integers(0, 2, 2),
        ]
        lines.append(",".join(str(cell) for cell in cells))
    return "\n".join(lines).encode() + b"\n"


def damaged(content: bytes, rng: np.random.Generator) -> bytes:
    for _ in range(int(rng.integers(0, 5))):
        at = int(rng.integers(0, len(content) + 1))
        kind = rng.integers(0, 4)
        piece = PIECES[int(rng.integers(0, len(PIECES)))]
        if kind == 0:
            content = content[:at] + piece + content[at:]
        elif kind == 1:
            content = content[:at] + piece + content[at + len(piece) :]
        elif kind == 2:
            content = content[:at]
        else:
            cells = content.split(b",")
            cells[int(rng.integers(0, len(cells)))] = piece
            content = b",".join(cells)
    return content


@pytest.mark.proof
@pytest.mark.parametrize("verb", ["table", "multiple", "weights", "scale", "estimate"])
def test_no_file_is_a_fault_of_the_program(verb: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(11)
    wave, totals, out = tmp_path / "wave.csv", tmp_path / "totals.csv", tmp_path / "out.csv"
    design = ["--weights", "w", "--strata", "h", "--psu", "psu", "--lonely", "remove"]
    good = b"variable,category,total\ng,a,50\ng,b,50\nt1,,300\n"
    commands = {
        "table": ["table", str(wave), *design, "--rows", "t1", "--cols", "g", "--percent", "col", "--tests"],
        "multiple": ["table", str(wave), *design, "--multiple", "q_*", "--cols", "g"],
        "weights": ["weights", str(wave), "--base", "w", "--margins", str(totals), "--method", "linear"],
        "scale": ["scale", str(wave), *design, "--items", "t1,t2,t3", "--by", "g", "--draws", "99"],
        "estimate": ["estimate", str(wave), *design, "--mean", "t1", "--calibrated", str(totals)],
    }
    if verb == "weights":
        commands[verb] += ["--out", str(out), "--force"]
    ended = {0: 0, 2: 0}
    for _ in range(ROWS):
        wave.write_bytes(damaged(survey(rng), rng))
        totals.write_bytes(damaged(good, rng) if verb in ("weights", "estimate") else good)
        out.unlink(missing_ok=True)
        done = CliRunner().invoke(main, ["survey", *commands[verb]])
        assert done.exit_code in (0, 2), (wave.read_bytes(), totals.read_bytes(), done.output)
        ended[done.exit_code] += 1
        assert {path.name for path in tmp_path.iterdir()} <= {"wave.csv", "totals.csv", "out.csv"}
        if verb == "weights":
            assert out.exists() == (done.exit_code == 0)
    assert ended[2] and (verb == "estimate" or ended[0])
