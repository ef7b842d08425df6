"""Every kind of bad input ends with code 2 and one message that names place, reason and way out."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kelisim.cli.main import main
from kelisim.sources.delimited import MOST_COLUMNS
from tests.sources.invented import AREAS, COUNTS, DECLARATION, GROUPS, write_study

BOMB = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
# Spelled by number, so that this file shows what it holds.
OVERRIDE, ZERO_WIDTH, SOFT_HYPHEN = "\u202e", "\u200b", "\u00ad"


def refused(study: Path, out: Path, *said: str) -> str:
    """Run a study that must be refused, and give the message."""
    done = CliRunner().invoke(main, ["run", str(study), "--out", str(out)])
    message = whole_message(done)
    for words in said:
        assert words in message, message
    assert not out.exists()
    assert not list(out.parent.glob(".*"))
    return message


def whole_message(done: Result) -> str:
    """The message of a command that ended with code 2, checked for what every refusal owes a person."""
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output
    assert done.output.count("Way out:") >= 1
    assert len(done.output) < 60_000
    assert all(sign.isprintable() or sign == "\n" for sign in done.output)
    return done.output


def counts(change: Callable[[str], str]) -> dict[str, str]:
    changed = change(COUNTS)
    assert changed != COUNTS
    return {"counts": changed}


def cell(printed: str) -> dict[str, str]:
    return counts(lambda text: text.replace("1 200", f'"{printed}"'))


def declared(old: str, new: str) -> dict[str, str]:
    assert old in DECLARATION
    return {"declaration": DECLARATION.replace(old, new, 1)}


CELLS = [
    *(
        "1e400",
        "NaN",
        "Infinity",
        "-Infinity",
        "١٢٣",
        "１２",
        "1_000",
        "0x10",
        "٪",
        "5٪",
        "1.000.000",
        "+5",
        "½",
    ),
    *("-1", "-0,5", "0,5", "1,000", "12%", "9" * 400, "1 00 0", "12 persons", "\u00b2", "=1+1", "#DIV/0!"),
]


@pytest.mark.parametrize("printed", CELLS, ids=lambda c: c[:12])
def test_a_cell_that_is_no_count(tmp_path: Path, printed: str) -> None:
    refused(write_study(tmp_path, **cell(printed)), tmp_path / "out", "counts.csv, row 2, persons")


FILES = {
    "header only": ({"counts": "area,group,persons\n"}, "counts.csv: the table has a header and no rows"),
    "blank lines only": ({"counts": "\n\n  \n"}, "counts.csv: the file is empty"),
    "no areas": ({"areas": AREAS.splitlines()[0] + "\n"}, "areas.csv: it has a header and no rows"),
    "no groups": ({"groups": GROUPS.splitlines()[0] + "\n"}, "groups.csv: it has a header and no rows"),
    "NUL": (counts(lambda t: t.replace("300", "3\x000")), "counts.csv: it holds NUL characters"),
    "escape sequence": (
        counts(lambda t: t.replace("300", "\x1b[2J3")),
        "row 3: it holds the character U+001B",
    ),
    "direction override": (counts(lambda t: t.replace("T2", OVERRIDE + "2T")), "U+202E, which does not show"),
    "unknown area": (counts(lambda t: t.replace("T2", "Өзең")), "Nearest: T2 (Өзен)"),
    "area in Latin letters only": (
        {"areas": AREAS.replace("Өзен", "Сара"), "counts": COUNTS.replace("T2", "Capa", 1)},
        "Nearest: T2 (Сара)",
    ),
    "unknown group": (counts(lambda t: t.replace("қазақ", "казак")), "Nearest: kazakh"),
    "same key twice": (
        counts(lambda t: t + "T1,kazakh,5\n"),
        "row 6, area+group: the key (T1, kazakh) already",
    ),
    "too few cells": (counts(lambda t: t + "T1\n"), "row 6: the row has 1 cells, the header 3"),
    "open quotation mark": (counts(lambda t: t + '"T1,kazakh,5\n'), "row 6: the row cannot be split"),
    "a cell longer than any": (
        counts(lambda t: t.replace("T2", "T" * 200_000, 1)),
        "row 4: the row cannot be split",
    ),
    "a very long name": (counts(lambda t: t.replace("T2", "T" * 100_000, 1)), "is not declared"),
    "200,000 columns": (
        {"counts": ",".join(f"c{k}" for k in range(200_000)) + "\n"},
        f"up to {MOST_COLUMNS:,}",
    ),
    "other delimiter": (counts(lambda t: t.replace(",", "|")), "correct the name or the delimiter"),
    "column twice": (counts(lambda t: t.replace("group,", "area,", 1)), "two columns have this name"),
    "circle of areas": ({"areas": AREAS.replace("Tau,", "Tau,T1")}, "circle"),
    "area twice": ({"areas": AREAS + "T1,district,Көл,Кольский,Kol,T\n"}, "areas.csv"),
    "area without a name": (
        {"areas": AREAS.replace("Өзен,", ",")},
        "areas.csv, row 4, name_kk: the cell is empty",
    ),
    "a path as code": ({"areas": AREAS.replace("T2,", "../../T2,")}, "areas.csv, row 4, area_id"),
    "markup as code": ({"groups": GROUPS.replace("kazakh,", "<b>,")}, "groups.csv, row 2, group_id"),
    "lost letters": (counts(lambda t: t.replace("Көл", "К\ufffdл")), "U+FFFD is no letter"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_cannot_be_read(tmp_path: Path, case: str) -> None:
    changed, said = FILES[case]
    refused(write_study(tmp_path, **changed), tmp_path / "out", said)


DECLARATIONS = {
    "empty": ({"declaration": ""}, "study.yaml: the file is empty"),
    "only remarks": ({"declaration": "# nothing\n"}, "study.yaml: the file is empty"),
    "a list": ({"declaration": "- 1\n"}, "study.yaml"),
    "tab": (
        {"declaration": DECLARATION.replace("  start:", "\tstart:")},
        "study.yaml, row 11: this is no valid YAML",
    ),
    "key twice": ({"declaration": DECLARATION + "seed: 2\n"}, "seed: the key stands twice, first in row 4"),
    "alias": (
        {"declaration": "a: &x 1\nb: *x\n"},
        "row 2: the alias '*x' is not taken",
    ),
    "bomb": ({"declaration": BOMB}, "the alias '*a' is not taken"),
    "merge": ({"declaration": "<<: {study: x}\n"}, "merge key"),
    "object": (
        {"declaration": "study: !!python/object/apply:os.system [true]\n"},
        "row 1: this is no valid YAML",
    ),
    "deep nesting": ({"declaration": "[" * 20_000}, "nested more than 50 deep"),
    "two documents": ({"declaration": DECLARATION + "---\na: 1\n"}, "this is no valid YAML"),
    "100,000 keys": ({"declaration": "".join(f"key{k}: 1\n" for k in range(100_000))}, "study.yaml"),
    "3 MB": ({"declaration": "# " + "x" * 3_000_000}, "up to 524,288 are read"),
    "month 13": (declared("2024-01-01", "2024-13-01"), "row 6: this is no valid YAML"),
    "30 February": (declared("2024-01-01", '"2024-02-30"'), "study.yaml, row 6, as_of"),
    "year as number": (declared("2024-01-01", "2024"), "write a day as YYYY-MM-DD"),
    "year 9999": (declared("2024-01-01", "9999-01-01"), "study.yaml, row 6, as_of"),
    "backward span": (declared("2019-01-01", "2019-01-01, last: 2018-01-01"), "is before the first"),
    "infinite": (declared("enclave_quotient: 2", "enclave_quotient: .inf"), "finite number"),
    "words for a number": (declared("round_to: 5", "round_to: five"), "thresholds.round_to"),
    "unknown key": (declared("period: start", "perod: start"), "did you mean 'period'?"),
    "unknown language": (declared("[kk, ru, en]", "[kk, ru, de]"), "languages.2"),
    "key as a path": (declared("  counts:\n", "  ../counts:\n"), "study.yaml"),
    "surrogate": (declared('"Office"', '"\\ud800"'), "study.yaml, row 13: this is no valid YAML"),
    "control character": (declared('"Office"', '"\\e[2J"'), "U+001B, which does not show"),
    "raw control character": (
        declared('"Office"', '"\x01"'),
        "row 13: it holds the character U+0001",
    ),
    "folder above": (declared("file: counts.csv", "file: ../counts.csv"), "outside the study folder"),
    "absolute path": (declared("file: counts.csv", "file: /etc/hostname"), "outside the study folder"),
    "no file": (declared("file: counts.csv", 'file: ""'), "Is a directory"),
    "long file name": (declared("file: counts.csv", f"file: {'x' * 3000}"), "cannot be read"),
    "unknown kind": (declared("population_count", "populaton_count"), "nearest declared: population_count"),
    "not UTF-8": ({"declaration": DECLARATION.encode("utf-16")}, "the file is not UTF-8"),
}


@pytest.mark.parametrize("case", DECLARATIONS)
def test_a_declaration_that_cannot_be_read(tmp_path: Path, case: str) -> None:
    changed, said = DECLARATIONS[case]
    refused(write_study(tmp_path, **changed), tmp_path / "out", said)


def test_a_study_that_is_not_there_or_is_a_file(tmp_path: Path) -> None:
    refused(tmp_path / "nothing", tmp_path / "out", "there is no such folder")
    refused(write_study(tmp_path) / "study.yaml", tmp_path / "out", "this is a file")
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", tmp_path / "out", "study.yaml: the file cannot be read: No such file")


@pytest.mark.parametrize("what", ["folder", "pipe", "loop", "link outside", "device"])
def test_what_stands_in_place_of_a_file(tmp_path: Path, what: str) -> None:
    study = tmp_path / "study"
    study.mkdir()
    path = write_study(study, counts=None) / "counts.csv"
    if what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    else:
        (tmp_path / "other.csv").write_text(COUNTS, encoding="utf-8")
        path.symlink_to({"loop": path, "link outside": tmp_path / "other.csv", "device": "/dev/zero"}[what])
    refused(study, tmp_path / "out", "counts.csv: ")


def test_a_link_inside_the_study_is_followed(tmp_path: Path) -> None:
    study = write_study(tmp_path)
    (study / "counts.csv").rename(study / "there.csv")
    (study / "counts.csv").symlink_to("there.csv")
    assert CliRunner().invoke(main, ["check", str(study)]).exit_code == 0


def test_names_of_files_that_are_no_text(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff\xfe")
    done = CliRunner().invoke(main, ["run", str(tmp_path / name), "--out", str(tmp_path / "out")])
    assert "there is no such folder" in whole_message(done)


@pytest.mark.parametrize("sign", [ZERO_WIDTH, SOFT_HYPHEN, "\ufeff", "\u200f", "\u2060"])
def test_signs_without_width_do_not_part_a_name_from_its_area(tmp_path: Path, sign: str) -> None:
    from tests.sources.invented import read

    study = read(write_study(tmp_path, **counts(lambda t: t.replace("Көл", f"К{sign}өл", 1))))
    assert study.tables["counts"]["area"][0] == "T1"
    # What was left out is told and not passed over.
    assert [(r.row, r.before, r.after) for r in study.repairs] == [(2, f"К{sign}өл", "Көл")]


def test_a_name_in_pieces_is_the_same_name(tmp_path: Path) -> None:
    import unicodedata

    from tests.sources.invented import read

    areas = AREAS.replace("Көл", "Йой")
    changed = COUNTS.replace("Көл", unicodedata.normalize("NFD", "Йой"))
    assert changed != COUNTS.replace("Көл", "Йой")
    assert read(write_study(tmp_path, areas=areas, counts=changed)).tables["counts"]["area"][0] == "T1"


def test_line_ends_of_old_machines_and_line_ends_inside_cells(tmp_path: Path) -> None:
    from tests.sources.invented import read

    returns = COUNTS.replace("\n", "\r").encode()
    assert len(read(write_study(tmp_path, counts=returns)).tables["counts"]) == 4
    inside = COUNTS.replace("area,group,persons", 'area,group,persons,"note\nmore"').replace("\n", ",x\n")
    inside = inside.replace('"note,x\nmore",x', '"note\nmore"')
    assert list(read(write_study(tmp_path, counts=inside)).tables["counts"].lines) == [3, 4, 5, 6]


def test_a_hundred_thousand_faults_give_a_message_one_can_read(tmp_path: Path) -> None:
    rows = "".join(f"nowhere{k},kazakh,1\n" for k in range(100_000))
    message = refused(write_study(tmp_path, counts=COUNTS + rows), tmp_path / "out", "... and 40 more")
    assert len(re.findall(r"counts.csv, row", message)) == 60
