"""The main job, end to end: pages, bulletin, data and record, the same numbers in three languages."""

from __future__ import annotations

import csv
import hashlib
import html
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from kelisim.audit.checks import audit
from kelisim.cli.main import main
from tests.studies import SYNTHETIC, TURKISTAN, read

LANGUAGES = ("kk", "ru", "en")


def run(study: Path, out: Path) -> Path:
    done = CliRunner().invoke(main, ["run", str(study), "--out", str(out)])
    assert done.exit_code == 0, done.output
    return out


@pytest.fixture(scope="module")
def turkistan(made: Callable[[Path], Path]) -> Path:
    return made(TURKISTAN)


@pytest.fixture(scope="module")
def synthetic(made: Callable[[Path], Path]) -> Path:
    return made(SYNTHETIC)


def estimates(out: Path) -> list[dict[str, str]]:
    with (out / "data/estimates.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def linked_numbers(page: Path, decimal: str) -> list[tuple[str, float | str]]:
    """Numbers on a page with the cell they link to; words such as "no data" are left out."""
    text = page.read_text(encoding="utf-8")
    found = []
    for target, shown in re.findall(r'<a href="(cells-[^"]+)">([^<]+)</a>', text):
        plain = re.sub(r"[\s,]" if decimal == "." else r"\s", "", html.unescape(shown).split("(")[0])
        try:
            found.append((target, float(plain.replace(decimal, "."))))
        except ValueError:
            continue
    return found


def test_every_promised_part_is_there(turkistan: Path) -> None:
    for language in LANGUAGES:
        assert (turkistan / f"site/{language}/index.html").exists()
        assert (turkistan / f"bulletin-{language}.pdf").read_bytes().startswith(b"%PDF")
    assert {p.name for p in (turkistan / "data").iterdir()} == {
        "CITATION.cff",
        "README.en.md",
        "README.kk.md",
        "README.ru.md",
        "cells.csv",
        "cells.parquet",
        "codebook.csv",
        "datapackage.json",
        "estimates.csv",
        "estimates.parquet",
        "findings.json",
    }


def test_the_same_numbers_in_three_languages(turkistan: Path) -> None:
    for page in sorted((turkistan / "site/en").glob("*.html")):
        english = linked_numbers(page, ".")
        for language in ("kk", "ru"):
            assert linked_numbers(turkistan / "site" / language / page.name, ",") == english, page.name


def test_every_number_links_to_its_cells(turkistan: Path) -> None:
    for page in (turkistan / "site/kk").glob("*.html"):
        for target in re.findall(r'href="(cells-[^"]+)"', page.read_text(encoding="utf-8")):
            file, _, anchor = target.partition("#")
            assert f'id="{anchor}"' in (turkistan / "site/kk" / file).read_text(encoding="utf-8")


def test_pages_ask_for_nothing_outside_and_all_links_lead_somewhere(turkistan: Path) -> None:
    for page in (turkistan / "site").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text
        for target in re.findall(r'(?:href|src)="([^"#]+)', text):
            assert "://" not in target
            assert (page.parent / target).exists(), f"{page.name} -> {target}"


def test_synthetic_is_said_on_every_page_and_on_no_real_one(turkistan: Path, synthetic: Path) -> None:
    for out, expected in ((synthetic, True), (turkistan, False)):
        for page in (out / "site").rglob("*.html"):
            assert ('class="synthetic"' in page.read_text(encoding="utf-8")) is expected
    assert {row["flag"] for row in estimates(synthetic)} <= {"synthetic", "withheld", "missing"}


def test_small_counts_of_a_closed_register_never_leave(synthetic: Path) -> None:
    rows = [r for r in estimates(synthetic) if r["variant"] == "register"]
    shown = [float(r["value"]) for r in rows if r["value"]]
    assert any(r["flag"] == "withheld" for r in rows)
    assert all(value >= 10 and value % 5 == 0 for value in shown)
    withheld = {r["estimate_id"] for r in rows if r["flag"] == "withheld"}
    with (synthetic / "data/cells.csv").open(encoding="utf-8", newline="") as file:
        assert not withheld & {row["estimate_id"] for row in csv.DictReader(file)}


def test_printed_shares_and_computed_shares_agree(turkistan: Path) -> None:
    shares = {(r["area_id"], r["group_id"]): float(r["value"]) for r in estimates(turkistan)
              if r["indicator"] == "group_share" and r["variant"] == "table1"}  # fmt: skip
    assert round(shares["KZ61", "uzbek"], 2) == 17.11
    assert len(shares) == 18 * 18


def test_a_second_run_gives_equal_bytes(turkistan: Path, tmp_path: Path) -> None:
    again = run(TURKISTAN, tmp_path / "again")
    for path in sorted(p for p in turkistan.rglob("*") if p.is_file()):
        other = again / path.relative_to(turkistan)
        assert hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256(other.read_bytes()).digest(), (
            path.name
        )


def test_the_record_names_inputs_and_findings(turkistan: Path) -> None:
    record = json.loads((turkistan / "record.json").read_text(encoding="utf-8"))
    for name, digest in record["inputs"].items():
        assert hashlib.sha256((TURKISTAN / name).read_bytes()).hexdigest() == digest
    assert record["findings"] == [f.code for f in audit(read(TURKISTAN))]


def test_explain_shows_the_cells(turkistan: Path) -> None:
    row = next(
        r for r in estimates(turkistan) if r["indicator"] == "fractionalisation" and r["area_id"] == "KZ61"
    )
    done = CliRunner().invoke(main, ["explain", str(turkistan), row["estimate_id"]])
    assert done.exit_code == 0
    assert "table1_population_by_region_group_2019.csv" in done.output
    lost = CliRunner().invoke(main, ["explain", str(turkistan), "nothing-like-it"])
    assert lost.exit_code == 2


def test_check_says_findings_by_its_exit_code() -> None:
    found = CliRunner().invoke(main, ["check", str(TURKISTAN), "--format", "json"])
    assert found.exit_code == 1
    assert len(json.loads(found.output)) == len(audit(read(TURKISTAN)))
    assert CliRunner().invoke(main, ["check", str(SYNTHETIC)]).exit_code == 0
