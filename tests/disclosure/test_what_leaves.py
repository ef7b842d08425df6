"""Nothing of a closed table leaves beside its protected counts: no column, order, digest, list or page."""

from __future__ import annotations

import csv
import io
import random
import re
from pathlib import Path

import pytest

from kelisim.core.errors import GateError
from kelisim.runs.main_job import run_study
from tests.studies import read, text_of, write_study

# Large primes: no other number of the study contains them, and no rounding keeps them.
PRIMES = (7919, 6841, 9241, 8713, 7151, 9677)


def register(numbers: dict[tuple[str, str], int]) -> str:
    """The register of the invented study with other numbers; totals follow."""
    rows = [(f"SY{k + 1}", "north", p) for k, p in enumerate(PRIMES)]
    rows += [(area, group, n) for (area, group), n in numbers.items()]
    for area in dict.fromkeys(area for area, *_ in rows):
        rows.append((area, "total", sum(n for a, _, n in rows if a == area)))
    return "area_id,group_id,count\n" + "".join(f"{a},{g},{n}\n" for a, g, n in rows)


SMALL = {
    ("SY1", "lake"): 5,
    ("SY1", "steppe"): 7,
    ("SY2", "lake"): 6,
    ("SY2", "steppe"): 41,
    ("SY2", "other"): 4,
}
# The gate stands before the languages: one is enough.
DECLARED = text_of("study.yaml").replace("[kk, ru, en]", "[en]")
STUDY = DECLARED.replace("sensitivity: closed", "complete_groups: true\n    sensitivity: closed")


def made(folder: Path, text: str, study: str = STUDY) -> Path:
    out = folder / "out"
    run_study(write_study(folder / "study", register=text, study=study), out, lambda words: None)
    return out


def readable(out: Path) -> str:
    """Everything a reader can open: text, tables in Parquet, the text of the bulletins."""
    import pyarrow.parquet as pq
    from pypdf import PdfReader

    parts = []
    for path in sorted(p for p in out.rglob("*") if p.is_file()):
        if path.suffix == ".parquet":
            parts.append(str(pq.read_table(path).to_pylist()))
        elif path.suffix == ".pdf":
            parts.append("".join(page.extract_text() for page in PdfReader(path).pages))
        else:
            parts.append(path.read_bytes().decode("utf-8", errors="ignore"))
    return "\n".join(parts)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("closed"), register(SMALL))


def test_no_exact_number_of_a_closed_table_stands_anywhere(out: Path) -> None:
    text = readable(out)
    text += re.sub(r"(?<=\d)[,\u00a0\u202f ](?=\d{3}\b)", "", text)
    totals = [p + sum(n for (a, _), n in SMALL.items() if a == f"SY{k + 1}") for k, p in enumerate(PRIMES)]
    for number in (*PRIMES, *(t for t in totals if t % 5)):
        assert not re.search(rf"(?<![0-9a-f.]){number}(?![0-9a-f])", text), number


def test_shares_and_indices_are_made_of_rounded_counts(out: Path) -> None:
    with (out / "data/estimates.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["variant"] == "register"]
    counts = {(r["area_id"], r["group_id"]): r["value"] for r in rows if r["indicator"] == "population"}
    shares = [r for r in rows if r["indicator"] == "group_share"]
    for row in shares:
        parts = [float(v) for (a, g), v in counts.items() if a == row["area_id"] and g != "total"]
        own = float(counts[row["area_id"], row["group_id"]])
        assert float(row["value"]) == pytest.approx(100 * own / sum(parts))
    withheld = {r["area_id"] for r in rows if r["indicator"] == "population" and r["flag"] == "withheld"}
    assert all(r["flag"] == "withheld" for r in rows if r["area_id"] in withheld and r["unit"] == "index 0-1")
    assert all(not (r["n"] or r["low"] or r["high"]) for r in rows if r["flag"] == "withheld")


def test_two_tables_that_leave_alike_give_the_same_bytes(out: Path, tmp_path: Path) -> None:
    """What differs inside the withheld cells shows nowhere: in no digest, identifier, column or order."""
    other = dict(SMALL) | {("SY1", "lake"): 8, ("SY1", "steppe"): 4}
    lines = register(other).splitlines()
    shuffled = [lines[0], *random.Random(3).sample(lines[1:], len(lines) - 1)]
    again = made(tmp_path, "\n".join(shuffled) + "\n")
    for path in sorted(p for p in out.rglob("*") if p.is_file()):
        twin = again / path.relative_to(out)
        assert path.read_bytes() == twin.read_bytes(), path.name


def test_a_zero_an_empty_cell_and_no_row_carry_one_mark(out: Path, tmp_path: Path) -> None:
    texts = {
        "zero": register(SMALL | {("SY3", "lake"): 0}),
        "empty": register(SMALL).replace("SY3,total", "SY3,lake,\nSY3,total"),
    }
    outs = {name: made(tmp_path / name, text) for name, text in texts.items()} | {"absent": out}
    shown = {}
    for name, made_of in outs.items():
        data = (made_of / "data/estimates.csv").read_bytes()
        rows = csv.DictReader(io.StringIO(data.decode()))
        shown[name] = [r for r in rows if r["variant"] == "register" and r["area_id"] == "SY3"]
    assert shown["zero"] == shown["empty"] == shown["absent"]


def test_a_file_may_not_be_open_and_closed(tmp_path: Path) -> None:
    study = DECLARED.replace("file: data/register.csv", "file: data/census.csv")
    with pytest.raises(GateError, match=r"census\.csv.*Way out"):
        made(tmp_path, register(SMALL), study)


def test_closed_tables_of_other_kinds_stay_inside(tmp_path: Path) -> None:
    study = DECLARED.replace(
        "source: twin\n    columns: {event", "source: twin\n    sensitivity: closed\n    columns: {event"
    )
    assert "closed\n    columns: {event" in study
    out = made(tmp_path, text_of("data/register.csv"), study)
    with (out / "data/estimates.csv").open(encoding="utf-8", newline="") as file:
        assert not [r for r in csv.DictReader(file) if r["indicator"].startswith("event_rate")]
    assert "events.csv" not in (out / "data/cells.csv").read_text(encoding="utf-8")
    assert "Invented clash" not in (out / "site/en/events.html").read_text(encoding="utf-8")


def test_the_record_names_closed_inputs_without_their_digest(out: Path) -> None:
    text = readable(out)
    study = read(out.parent / "study")
    assert study.inputs["data/register.csv"] not in text
    assert study.inputs["data/interviews.csv"] not in text
    assert '"closed_inputs": [\n  "data/interviews.csv",\n  "data/register.csv"\n ]' in text
