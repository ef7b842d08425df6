"""The closed warehouse: where it stands, who may open it, what it notices, and that it is replaced whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from kelisim.cli.main import main
from kelisim.core.errors import OutputError, StoreError
from kelisim.runs.main_job import run_study
from kelisim.store.parquet import query
from kelisim.store.warehouse import MANIFEST, Warehouse, place_of, write_warehouse
from tests.studies import read, write_english


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("ran")
    study, out = write_english(folder / "study"), folder / "out"
    run_study(study, out, lambda words: None)
    return study, out


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    study = read(write_english(tmp_path / "study"))
    place = tmp_path / "closed"
    write_warehouse(
        place, tmp_path / "out", study.tables.values(), run_id="r", code_version="c", inputs=study.inputs
    )
    return place


def test_every_table_is_kept_in_full_detail_and_read_by_query(ran: tuple[Path, Path]) -> None:
    study, out = ran
    kept = Warehouse.at(place_of(study))
    inside = read(study)
    assert kept.table_ids == tuple(inside.tables)
    rows = kept.query("SELECT * FROM register ORDER BY line")
    table = inside.tables["register"]
    assert [r["count_persons"] for r in rows] == table["count_persons"].tolist()
    assert [r["line"] for r in rows] == table.lines.tolist()
    assert kept.manifest["inputs"] == dict(sorted(inside.inputs.items()))
    record = json.loads((out / "record.json").read_text(encoding="utf-8"))
    assert kept.manifest["run_id"] == record["run_id"]
    columns = {c["name"]: c["unit"] for c in kept.manifest["tables"][1]["columns"]}
    assert columns == {"area": None, "group": None, "count_persons": "persons"}


def test_only_the_owner_may_open_it_and_git_leaves_it_alone(ran: tuple[Path, Path]) -> None:
    place = place_of(ran[0])
    assert place.stat().st_mode & 0o777 == 0o700
    assert place.parent.stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in place.iterdir())
    assert (place.parent / ".gitignore").read_text(encoding="utf-8") == "*\n"


@pytest.mark.parametrize("harm", ["edited", "cut", "gone", "foreign", "manifest", "no manifest"])
def test_damage_is_noticed_before_anything_is_read(stored: Path, harm: str) -> None:
    path = next(stored.glob("*register.parquet"))
    if harm == "edited":
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    elif harm == "cut":
        path.write_bytes(path.read_bytes()[:-20])
    elif harm == "gone":
        path.unlink()
    elif harm == "foreign":
        (stored / "notes.txt").write_text("mine", encoding="utf-8")
    elif harm == "manifest":
        (stored / MANIFEST).write_text("{", encoding="utf-8")
    else:
        (stored / MANIFEST).unlink()
    with pytest.raises(StoreError, match="Way out"):
        Warehouse.at(stored)


def test_it_may_not_lie_inside_what_is_published(tmp_path: Path) -> None:
    study = write_english(tmp_path / "study")
    for place, out in (("out/closed", "out"), ("closed", "closed/out"), ("same", "same")):
        with pytest.raises(OutputError, match="--warehouse"):
            run_study(study, tmp_path / out, lambda words: None, tmp_path / place)
        assert not (tmp_path / out / "record.json").exists()


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    study = write_english(tmp_path / "study")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(OutputError, match=r"did not make.*--warehouse"):
        run_study(study, tmp_path / "out", lambda words: None, tmp_path / "mine")
    assert (tmp_path / "mine/letter.txt").read_text(encoding="utf-8") == "dear"
    assert not (tmp_path / "out").exists()


def test_a_study_that_may_not_be_written_is_published_all_the_same(tmp_path: Path) -> None:
    study = write_english(tmp_path / "study")
    (study / ".kelisim").write_text("a file stands where the folder should", encoding="utf-8")
    said: list[str] = []
    run_study(study, tmp_path / "out", said.append)
    assert (tmp_path / "out/record.json").exists()
    assert any("no closed warehouse" in line and "--warehouse" in line for line in said)


def test_a_full_disk_leaves_both_places_as_they_were(
    ran: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    study, out = ran
    before = {p: p.read_bytes() for folder in (study, out) for p in folder.rglob("*") if p.is_file()}

    def full(path: Path, rows: object, columns: object = ()) -> None:
        path.write_bytes(b"half")
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("kelisim.store.warehouse.write_rows", full)
    with pytest.raises(OutputError, match="No space left"):
        run_study(study, out, lambda words: None, place_of(study))
    after = {p: p.read_bytes() for folder in (study, out) for p in folder.rglob("*") if p.is_file()}
    assert after == before


def test_two_runs_at_once_leave_one_whole_output(tmp_path: Path) -> None:
    study, out = write_english(tmp_path / "study"), tmp_path / "out"
    faults: list[BaseException] = []

    def run() -> None:
        try:
            run_study(study, out, lambda words: None)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    done = CliRunner().invoke(main, ["verify", str(out), "--warehouse", str(place_of(study))])
    assert done.exit_code == 0, done.output
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "study"]
    assert sorted(p.name for p in (study / ".kelisim").iterdir()) == [".gitignore", "warehouse"]


def test_what_a_dead_run_left_is_cleared_away(tmp_path: Path) -> None:
    study = write_english(tmp_path / "study")
    code = (
        "import os, signal; from pathlib import Path; from kelisim.store.folders import replaced_folder\n"
        f"with replaced_folder(Path({str(tmp_path / 'out')!r})) as f:\n"
        "    (f / 'half').write_text('x'); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    assert [p.name.startswith(".out.new-") for p in tmp_path.iterdir() if p.name != "study"] == [True]
    run_study(study, tmp_path / "out", lambda words: None)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "study"]


def test_the_engine_fetches_no_extension(ran: tuple[Path, Path]) -> None:
    with pytest.raises(StoreError):
        query("SELECT * FROM read_xlsx('nothing.xlsx')")
    settings = query("SELECT name, value FROM duckdb_settings() WHERE name LIKE 'auto%extensions'")
    assert settings and all(row["value"] == "false" for row in settings)


def test_nothing_but_the_store_knows_the_engine() -> None:
    source = Path(__file__).resolve().parents[2] / "src/kelisim"
    knowing = {
        path.relative_to(source).parts[0]
        for path in source.rglob("*.py")
        if "import duckdb" in path.read_text("utf-8")
    }
    assert knowing == {"store"}
