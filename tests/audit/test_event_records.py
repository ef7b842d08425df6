"""A study's growing register: impossible statements and contradictions are findings in three languages."""

from __future__ import annotations

from pathlib import Path

from kelisim.audit.event_records import event_records
from tests.studies import codes, read, write_study

HEAD = "event,known_on,record,source,first,event_type,area,killed_low,killed_best,stage\n"
GOOD = "X1,2020-02-01,report,desk,2020-01-01,brawl,SY1,,,latent\n"


def found(folder: Path, rows: str) -> tuple[object, ...]:
    write_study(folder)
    declared = (folder / "study.yaml").read_text(encoding="utf-8")
    source = declared.split("sources:\n")[1].split(":")[0].strip()
    columns = ", ".join(f"{name}: {name}" for name in HEAD.strip().split(","))
    addition = (
        "tables:\n  known_events:\n    kind: event_records\n    file: data/known_events.csv\n"
        "    title: {kk: Тізілім, ru: Реестр, en: Register}\n"
        f"    source: {source}\n    repeats: prints\n    columns: {{{columns}}}\n"
    )
    (folder / "study.yaml").write_text(declared.replace("tables:\n", addition, 1), encoding="utf-8")
    (folder / "data/known_events.csv").write_text(HEAD + rows, encoding="utf-8")
    return tuple(event_records(read(folder)))


def test_a_whole_register_has_no_finding(tmp_path: Path) -> None:
    assert found(tmp_path, GOOD + "X1,2020-03-01,correction,desk,,,,1,2,\n") == ()


def test_every_fault_is_a_finding_at_its_cell(tmp_path: Path) -> None:
    rows = GOOD + (
        "X2,2020-02-01,report,desk,2020-03-01,brawl,SY1,3,1,open_struggle\n"
        "X1,2020-03-01,correction,desk,,,,,1,\n"
        "X1,2020-03-01,correction,press,,,,,2,\n"
    )
    seen = found(tmp_path, rows)
    assert codes(seen) == ["event_statement_impossible"] * 3 + ["event_statements_contradict"]
    assert [f.values["why"] for f in seen] == ["days", "counts", "stage", "corrections"]
    assert [(c.row, c.column) for f in seen for c in f.cells] == [
        (3, "first"), (3, "killed_low"), (3, "stage"), (4, "killed_best"), (5, "killed_best"),
    ]  # fmt: skip
    assert all(f.message.kk and f.message.ru and f.message.en for f in seen)
