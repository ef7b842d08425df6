"""Labels of bare files from the command line: kinds of files, faults that name the place, explanations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook

from kelisim.annotation.explain import words
from kelisim.annotation.flags import Flag
from kelisim.annotation.hits import SENSES
from kelisim.annotation.kernel import SCRIPTS
from kelisim.annotation.language_model import CLASSES
from kelisim.annotation.schema import ANNOTATIONS
from kelisim.annotation.senses import REASONS
from kelisim.cli.main import main
from kelisim.sources import text_column

_TEXTS = [
    "Өзбектер қазақ тілін біледі",
    'маган катты унады\nрахмет; "керемет", ия',
    "мұнда өз\u200bбек пен \u202eтәжік\u202c балалары оқиды 😀",
    "",
]


def _call(*words: object) -> Result:
    done = CliRunner().invoke(main, ["discourse", *map(str, words)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def _lines(done: Result) -> list[dict[str, Any]]:
    assert done.exit_code == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def _written(path: Path, kind: str) -> Path:
    path = path / f"posts.{kind}"
    ids = [f"n{number}" for number in range(len(_TEXTS))]
    if kind in ("csv", "tsv"):
        mark = "," if kind == "csv" else "\t"
        quoted = ['"' + text.replace('"', '""') + '"' for text in _TEXTS]
        rows = [f"{one}{mark}{text}{mark}x" for one, text in zip(ids, quoted, strict=True)]
        path.write_text("\n".join([f"id{mark}message{mark}likes", *rows]), encoding="utf-8")
    elif kind == "ndjson":
        records = [{"id": one, "message": text} for one, text in zip(ids, _TEXTS, strict=True)]
        path.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
    elif kind == "parquet":
        pq.write_table(pa.table({"id": ids, "message": pa.array(_TEXTS).dictionary_encode()}), path)
    else:
        book = Workbook()
        book.active.append(["id", "message"])
        for row in zip(ids, _TEXTS, strict=True):
            book.active.append(row)
        book.save(path)
    return path


@pytest.mark.parametrize("kind", text_column.KINDS)
def test_every_kind_of_file_gives_the_same_labels(tmp_path: Path, kind: str) -> None:
    path = _written(tmp_path, kind)
    rows = _lines(_call("annotate", path, "--text", "message", "--id", "id", "--format", "ndjson"))
    assert [row["id"] for row in rows] == ["n0", "n1", "n2", "n3"]
    assert [row["lang"] for row in rows] == ["kk", "kk", "kk", None]
    assert rows[1]["flags"] == ["letterless"]
    said = [(m["concept"], m["sense"], _TEXTS[0][m["start"] : m["end"]]) for m in rows[0]["mentions"]]
    assert said == [("uzbek", "group", "Өзбектер"), ("kazakh", "language", "қазақ")]
    assert [m["concept"] for m in rows[2]["mentions"]] == ["uzbek", "tajik"]
    assert rows[3]["mentions"] is None and rows[0]["bundle"]
    out = tmp_path / "labels.parquet"
    done = _call("annotate", path, "--text", "message", "--id", "id", "--out", out)
    assert done.exit_code == 0 and "Next: kelisim discourse explain" in done.stderr and not done.stdout
    table = pq.read_table(out)
    assert table.column_names == ["row", "id", *ANNOTATIONS.names[1:]]
    assert table.column("mentions").to_pylist() == [row["mentions"] for row in rows]
    assert [str(key) if key else None for key in table.column("text_key").to_pylist()] == [
        row["text_key"] for row in rows
    ]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["labels.parquet", path.name]


def test_broken_rows_cost_themselves_and_are_named(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_bytes(
        'id,message\n1,бір\n2\n3,"екі\n4,үш,төрт\n'.encode() + b"5,\xd2\xff\n" + '6,"бес ""алты"""\n'.encode()
    )
    out = tmp_path / "labels.parquet"
    done = _call("annotate", path, "--text", "message", "--id", "id", "--out", out)
    assert done.exit_code == 0
    assert pq.read_table(out).column("id").to_pylist() == ["1", "5", "6"]
    assert pq.read_table(out).column("flags").to_pylist()[1] & Flag.BAD_UTF8
    for line in (3, 4, 5):
        assert f"posts.csv, row {line}" in done.stderr
    named = (tmp_path / "labels.parquet.faults.csv").read_text(encoding="utf-8").splitlines()
    assert len(named) == 4 and named[0] == "file,row,column,reason,way_out"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "posts.csv",
            "id,message\n1,бір",
            "posts.csv, row 1, mesage: there is no such column. Way out: did you mean",
        ),
        ("posts.csv", "mesage,mesage\n1,бір", "two columns have this name"),
        ("posts.csv", "", "the file is empty"),
        ("posts.doc", "x", "its ending '.doc' is none of"),
        ("posts.xlsx", "x", "this is no workbook"),
        ("posts.parquet", "x", "no readable Parquet file"),
        ("posts.ndjson", '{"message": "x"}', "there is no such column"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, content: str, said: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    done = _call("annotate", tmp_path / name, "--text", "mesage", "--out", tmp_path / "labels.parquet")
    assert done.exit_code == 2 and said in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_a_column_of_numbers_is_no_column_of_texts(tmp_path: Path) -> None:
    pq.write_table(pa.table({"n": [1, 2]}), tmp_path / "a.parquet")
    done = _call("annotate", tmp_path / "a.parquet", "--text", "n", "--format", "ndjson")
    assert done.exit_code == 2 and "it holds int64, no texts" in done.stderr
    (tmp_path / "a.ndjson").write_text(
        '{"t": "қазақ"}\n{"t": 5}\n[1]\n{"t": "\\ud83d"}\n{"x": 1}\n', encoding="utf-8"
    )
    done = _call("annotate", tmp_path / "a.ndjson", "--text", "t", "--format", "ndjson")
    assert [row["row"] for row in _lines(done)] == [1, 4, 5]
    assert (
        "a.ndjson, row 2, t: the text is a int" in done.stderr and "row 3: the line is no JSON" in done.stderr
    )


def test_office_codes_and_wide_letters(tmp_path: Path) -> None:
    text = "text\nБұл қазақ тіліндегі ұзақ сөйлем, өзбектер мен тәжіктер туралы айтылады\n"
    for code in ("kz1048", "utf-16", "utf-8-sig"):
        path = tmp_path / "a.csv"
        path.write_bytes(text.encode(code))
        (row,) = _lines(_call("annotate", path, "--text", "text", "--format", "ndjson"))
        assert [m["concept"] for m in row["mentions"]] == ["kazakh", "uzbek", "tajik"]


def test_more_rows_than_a_batch_and_one_giant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kelisim.runs import discourse_file

    monkeypatch.setattr(discourse_file, "BATCH_ROWS", 10)
    path = tmp_path / "a.csv"
    giant = "қазақ " * 2_000_000
    path.write_text("t\n" + "\n".join(["өзбек"] * 25) + "\n" + giant + "\n", encoding="utf-8")
    rows = _lines(_call("annotate", path, "--text", "t", "--format", "ndjson", "--quiet"))
    assert len(rows) == 26 and rows[-1]["flags"] == ["cut"]
    assert all(row["mentions"] == rows[0]["mentions"] for row in rows[:25])


def test_output_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    path = _written(tmp_path, "csv")
    (tmp_path / "there").write_text("mine", encoding="utf-8")
    done = _call("annotate", path, "--text", "message", "--out", tmp_path / "there" / "x.parquet")
    assert done.exit_code == 2 and "cannot be written" in done.stderr
    assert sorted(file.name for file in tmp_path.iterdir()) == ["posts.csv", "there"]
    assert _call("annotate", path, "--text", "message").exit_code == 2
    assert _call("annotate", path, "--text", "message", "--format", "ndjson", "--out", "x").exit_code == 2


def test_ids_that_repeat_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,t\n1,бір\n1,екі\n", encoding="utf-8")
    done = _call("annotate", path, "--text", "t", "--id", "id", "--format", "ndjson")
    assert len(_lines(done)) == 2 and "1 rows repeat an id" in done.stderr


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_explanation_in_three_languages(language: str) -> None:
    text = "Өзбектер қазақ тілін біледі. Сайрам ауданында төбелес: өзбек пен қазақ. https://t.me/x opыс"
    shown = _call("explain", text, "--language", language).output
    for part in ("«Өзбектер» uzbek", "KZ6152", "F08", "@", "kelisim 0.1.0", "орыс"):
        assert part in shown
    if language != "en":
        assert not set(shown.split()) & {"group", "language", "because", "rule", "margin"}


def test_explanation_of_little_and_of_insults() -> None:
    assert "no letters" in _call("explain", "😀").output
    shown = _call("explain", "понаехали чурки в город").output
    assert "insult_a" in shown and "«чурки»" not in shown
    done = CliRunner().invoke(main, ["discourse", "explain", "-"], input="казахи и узбеки")
    assert "uzbek" in done.output


def test_every_word_of_an_explanation_has_three_languages() -> None:
    told = words()
    assert set(told["languages"]) == set(CLASSES) and set(told["scripts"]) == set(SCRIPTS)
    assert set(told["senses"]) == set(SENSES) and set(told["reasons"]) == set(REASONS)
    assert set(told["flags"]) == {str(flag.name).lower() for flag in Flag}
    assert all(
        set(said) == {"kk", "ru", "en"} and all(said.values())
        for part in told.values()
        for said in part.values()
    )


def test_training_asks_for_its_files(tmp_path: Path) -> None:
    done = _call("train-language", tmp_path, "--out", tmp_path / "x.npz")
    assert done.exit_code == 2 and "kaz_Cyrl.train.tsv" in done.stderr and not list(tmp_path.iterdir())
