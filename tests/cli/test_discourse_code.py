"""Coding in the terminal from end to end: sample, coders, agreement, third person, shares, classifier."""

from __future__ import annotations

import csv
import json
import re
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from kelisim.cli.main import main
from kelisim.core.errors import Refused
from kelisim.runs.discourse_coding import CodingSession
from kelisim.runs.discourse_frame import read_texts
from kelisim.store.coding import coding_of, read_judgements, read_sample, samples
from tests.runs.processes import start

HEADINGS = ("item_id", "message", "lang", "posted_at", "source_id", "author_key", "score", "groups")
SMALL = """codebook: small
version: "1"
variables:
  - code: complaint
    label: {kk: шағым, ru: жалоба, en: complaint}
    definition: {kk: а, ru: б, en: asks a body for something}
    of_interest: [yes_]
    values:
      - {code: yes_, key: "1", label: {kk: иә, ru: да, en: "yes"}}
      - {code: no_, key: "2", label: {kk: жоқ, ru: нет, en: "no"}}
"""


@pytest.fixture
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judgements are not waited for on the disk; the test that kills a coder does without this."""
    monkeypatch.setattr("kelisim.store.appending.os.fsync", lambda descriptor: None)


def call(*words: object, keys: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(main, [*map(str, words)], input=keys)
    return done.exit_code, done.output


def posts(
    path: Path, n: int, *, share: float = 0.2, months: Sequence[str] = ("2024-05",), seed: int = 1
) -> Path:
    """Invented posts of which a known share holds a complaint, found by one word (synthetic)."""
    rng = np.random.default_rng(seed)
    words = {"kk": ["ауыл", "жол", "мектеп", "бала"], "ru": ["село", "дорога", "школа", "новая"]}
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(HEADINGS)
        for k in range(n):
            language = "kk" if rng.random() < 0.5 else "ru"
            bad = rng.random() < share
            text = " ".join(
                [
                    *rng.choice(words[language], 6),
                    "қала" if language == "kk" else "город",
                    "жалоба" if bad else "рахмет",
                    str(k),
                ]
            )
            score = round(float(np.clip(rng.normal(0.7 if bad else 0.3, 0.2), 0, 1)), 3)
            day = f"{rng.choice(months)}-{rng.integers(1, 29):02d}"
            source = f"s{rng.integers(8)}"
            table.writerow(
                [k + 1, text, language, day, source, f"a{rng.integers(99)}", score, "uzbek" if k % 2 else ""]
            )
    return path


def study_of(folder: Path, codebook: str | None = SMALL) -> Path:
    study = folder / "region"
    assert call("init", study, "--quiet")[0] == 0
    if codebook is not None:
        (study / "discourse").mkdir()
        (study / "discourse/codebook.yaml").write_text(codebook, encoding="utf-8")
    return study


def draw(study: Path, texts: Path, name: str = "g1", *more: object) -> str:
    code, said = call(
        "discourse", "sample", study, "--texts", texts, "--column", "text=message", "--id", name,
        "--design", "score", "--seed", 1, *more,
    )  # fmt: skip
    assert code == 0, said
    return said


def keys_for(study: Path, name: str, coder: str, wrong: float) -> str:
    """The keys of a coder who errs with a known rate, in the order in which the texts come to him."""
    rng = np.random.default_rng(sum(map(ord, coder)))
    session = CodingSession(study, name, coder)
    return "".join("1" if ("жалоба" in u.text) != (rng.random() < wrong) else "2" for u in session.units)


def test_two_coders_agree_and_a_share_opens(tmp_path: Path, quick_disk: None) -> None:
    study = study_of(tmp_path)
    texts = posts(tmp_path / "posts.csv", 1500)
    said = draw(study, texts)
    assert "Drew 400 families" in said and f"Next: kelisim discourse code {study} --sample g1" in said
    # Nobody coded yet: no number, and how many texts would open it.
    code, said = call("discourse", "estimate", study, "--sample", "g1")
    assert code == 0 and said.count("grey, no gold: 200 more texts") == 2 and "0 figures, 2 grey" in said
    for coder in "AB":
        code, said = call(
            "discourse",
            "code",
            study,
            "--sample",
            "g1",
            "--coder",
            coder,
            keys=keys_for(study, "g1", coder, 0.01),
        )
        assert code == 0 and "Coded 400 of 400 texts" in said
    code, said = call("discourse", "agreement", study, "--sample", "g1", "--format", "json")
    rows = json.loads(said)
    assert [(row["language"], row["units"]) for row in rows] == [("kk", 200), ("ru", 200)]
    assert all(row["alpha"] > 0.8 and row["low"] > 0.667 and row["verdict"] == "firm" for row in rows)
    code, said = call("discourse", "estimate", study, "--sample", "g1")
    assert said.count("grey, undecided: coders differ") == 2 and f"adjudicate {study}" in said
    code, said = call("discourse", "adjudicate", study, "--sample", "g1", "--coder", "A")
    assert code == 2 and "third person" in said
    code, said = call("discourse", "adjudicate", study, "--sample", "g1", "--coder", "C", keys="12" * 40)
    decided, whole = map(int, re.findall(r"Decided (\d+) of (\d+)", said)[0])
    assert decided == whole > 0 and code == 0
    code, said = call("discourse", "estimate", study, "--sample", "g1", "--format", "json")
    told = {one["language"]: one["estimate"] for one in json.loads(said)}
    for one in told.values():
        assert one["low"] < 20 < one["high"] and one["flag"] == "synthetic" and one["n"] == 200
        assert one["unit"] == "percent of families" and "codebook 1" in one["source"]


def test_a_session_goes_on_where_it_stopped_and_takes_back(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    draw(study, posts(tmp_path / "posts.csv", 60))
    session = ("discourse", "code", study, "--sample", "g1", "--coder", "A")
    code, said = call(*session, keys="12q")
    assert code == 0 and "Coded 2 of 60" in said and "goes on here" in said
    code, said = call(*session, keys="1b2dmzb")
    assert "Coded 2 of 60" in said and "there is no such key: z" in said and "asks a body" in said
    table = read_judgements(study, "g1")
    # Nothing is rewritten: what was taken back stays in the record beside what took it back.
    assert [one.code for one in table] == ["yes_", "no_", "yes_", "", "no_", ""]
    assert table[2].unit == table[3].unit == table[4].unit
    assert call(*session, keys="bbbb")[1].count("Nothing to take back") == 2


def test_the_layout_and_the_language_are_the_coders(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    draw(study, posts(tmp_path / "posts.csv", 60))
    said = call("discourse", "code", study, "--sample", "g1", "--coder", "A", "--language", "kk", keys='ә"й')[
        1
    ]
    assert "шағым" in said and "1 иә" in said and "анықтамалар" in said
    assert [one.code for one in read_judgements(study, "g1")] == ["no_", "yes_"]


def test_every_coder_has_an_order_of_his_own_and_sees_no_score(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    draw(study, posts(tmp_path / "posts.csv", 300))
    orders = [[u.unit for u in CodingSession(study, "g1", c).units] for c in "AB"]
    assert sorted(orders[0]) == sorted(orders[1]) and orders[0] != orders[1]
    said = call("discourse", "code", study, "--sample", "g1", "--coder", "A", keys="q")[1]
    assert not re.search(r"\b(low|middle|high)\b|0\.\d", said)


def test_texts_are_dealt_out(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    draw(study, posts(tmp_path / "posts.csv", 2400), "g1", "--families", 500, "--coders", "A,B,C")
    sample = read_sample(study, "g1")
    people = [unit.coders for unit in sample.units]
    twice = [sample.strata[u.stratum].language for u in sample.units if len(u.coders) == 2]
    by = {language: twice.count(language) for language in ("kk", "ru")}
    assert by == {"kk": 200, "ru": 200} and len(people) == 1000
    loads = [sum(coder in who for who in people) for coder in "ABC"]
    assert max(loads) - min(loads) <= 3
    with pytest.raises(Refused, match="no text of 'g1' is for 'D'"):
        CodingSession(study, "g1", "D")


def test_a_text_of_a_stranger_gives_no_commands_to_the_terminal(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    bad = "\u202eabc\x1b[2J" + "ұзын сөз " * 3000
    path = tmp_path / "posts.parquet"
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = {"text": [bad], "lang": ["kk"], "posted_at": ["2024-05-01"], "source_id": ["s"]}
    pq.write_table(pa.table(rows), path)
    call("discourse", "sample", study, "--texts", path, "--id", "g1", "--design", "random", "--seed", 1)
    said = call("discourse", "code", study, "--sample", "g1", "--coder", "A", keys="q")[1]
    assert "\x1b" not in said and "\u202e" not in said and "(+25," in said
    assert len(said) < 3000


def test_a_changed_definition_needs_a_new_version(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    draw(study, posts(tmp_path / "posts.csv", 60))
    call("discourse", "code", study, "--sample", "g1", "--coder", "A", keys="1")
    path = study / "discourse/codebook.yaml"
    path.write_text(SMALL.replace("asks a body", "demands of a body"), encoding="utf-8")
    code, said = call("discourse", "code", study, "--sample", "g1", "--coder", "A", keys="1")
    assert code == 2 and "raise `version`" in said and "complaint" in said
    assert "Raise `version`" in call("discourse", "codebook", study)[1]
    path.write_text(
        SMALL.replace("asks a body", "demands of a body").replace('"1"\nvar', '"2"\nvar'), encoding="utf-8"
    )
    code, said = call("discourse", "code", study, "--sample", "g1", "--coder", "A", keys="q")
    assert code == 0 and "Coded 0 of 60" in said, "codes of the old definition do not count"


ALERT = SMALL.replace('en: "yes"}}', 'en: "yes"}, alert: true}')


def test_the_highest_level_is_noted_at_once(tmp_path: Path) -> None:
    study = study_of(tmp_path, ALERT)
    draw(study, posts(tmp_path / "posts.csv", 60))
    said = call("discourse", "code", study, "--sample", "g1", "--coder", "A", keys="21")[1]
    assert "ALERT" in said
    noted = (coding_of(study) / "samples/g1/alerts.csv").read_text(encoding="utf-8").splitlines()
    assert len(noted) == 2 and noted[1].endswith(",A")


def test_only_the_owner_may_open_it(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    draw(study, posts(tmp_path / "posts.csv", 60))
    assert coding_of(study).stat().st_mode & 0o077 == 0
    assert (study / ".kelisim/.gitignore").read_text() == "*\n"


def test_a_sample_is_never_replaced(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    texts = posts(tmp_path / "posts.csv", 60)
    draw(study, texts)
    code, said = call(
        "discourse", "sample", study, "--texts", texts, "--column", "text=message", "--id", "g1", "--design",
        "random", "--seed", 2,
    )  # fmt: skip
    assert code == 2 and "another --id" in said and samples(study) == ("g1",)


DRAW = ("sample", "{study}", "--texts", "{texts}", "--seed", 1)
AS = (*DRAW, "--id", "g", "--design", "random")
TEXT = ("--column", "text=message")
REFUSED: dict[str, tuple[Sequence[object], str]] = {
    "a folder without a study": (("sample", "{tmp}", *AS[2:]), "study.yaml"),
    "a heading that is not there": ((*AS, "--column", "text=words"), "no such column"),
    "no text column": (AS, "text"),
    "a pair without a mark": ((*AS, "--column", "text"), "NAME=HEADING"),
    "a group nobody names": ((*AS, *TEXT, "--group", "kurd"), "no text names"),
    "one coder": ((*AS, *TEXT, "--coders", "A"), "two people"),
    "no class": ((*DRAW, *TEXT, "--id", "g", "--design", "class"), "--design random"),
    "a name with a slash": ((*DRAW, *TEXT, "--id", "../g", "--design", "random"), "name of a sample"),
    "no such sample": (("code", "{study}", "--sample", "g9", "--coder", "A"), "there are: none yet"),
    "no such variable": (("estimate", "{study}", "--sample", "g9", "--variable", "x"), "no sample 'g9'"),
    "a level beyond 1": (("agreement", "{study}", "--sample", "g9", "--level", 95), "between 0 and 1"),
    "no classifier": (("card", "{study}", "--model", "m"), "no classifier 'm'"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_told(case: str, tmp_path: Path) -> None:
    words, expected = REFUSED[case]
    places = {"study": study_of(tmp_path), "tmp": tmp_path, "texts": posts(tmp_path / "posts.csv", 30)}
    code, said = call("discourse", *(str(word).format(**places) for word in words))
    assert code == 2 and expected in said, said
    assert "Traceback" not in said


def test_faults_of_a_file_are_told_by_row(tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    path.write_text(
        "item_id,text,lang,posted_at,source_id,score\n1,a,kk,2024-05-01,s,0.1\n1,b,,May,s,high\nx,c,ru,2024-05-02,,\n",
        encoding="utf-8",
    )
    with pytest.raises(Refused) as caught:
        read_texts(path, span="month")
    assert {(fault.row, fault.field) for fault in caught.value.faults} == {
        (3, "item_id"), (3, "lang"), (3, "posted_at"), (3, "score"), (4, "item_id"), (4, "source_id"),
    }  # fmt: skip


def test_copies_are_one_family_and_versions_one_item(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = {
        "item_id": [1, 1, 2, 3, 4],
        "version": [1, 2, 1, 1, 1],
        "text": ["old", "Шағым  бар", "шағым бар", "Жақсы", "жаксы екен"],
        "lang": ["kk"] * 5,
        "posted_at": ["2024-05-02", "2024-05-02", "2024-05-01", "2024-06-01", "2024-06-02"],
        "source_id": ["s1", "s1", "s2", "s1", "s1"],
        "author_key": [b"1" * 16, b"1" * 16, b"2" * 16, b"1" * 16, None],
    }
    for name, more in {"item_id": 5, "version": 1, "text": "x", "lang": "kk", "posted_at": None,
                       "source_id": "s", "author_key": None}.items():  # fmt: skip
        rows[name].append(more)
    (tmp_path / "items").mkdir()
    pq.write_table(pa.table(rows), tmp_path / "items/part.parquet")
    read = read_texts(tmp_path / "items", span="month")
    assert (read.items, read.undated, read.wordless) == (4, 1, 0)
    assert read.frame.size.tolist() == [2, 1, 1]
    assert read.texts == ("шағым бар", "жаксы екен", "Жақсы") and read.frame.source.tolist()[0] == "s2"
    assert read.frame.letterless.tolist() == [False, True, False]
    assert read.author_counts() == {"kk/2024-05": 2, "kk/2024-06": 2}
    labels = {
        "item_id": [1, 2, 3, 4, 5],
        "family_id": [7, 7, 8, 8, 9],
        "mentions": [
            [{"concept": "uzbek", "sense": "group"}, {"concept": "kazakh", "sense": "language"}],
            [{"concept": "uzbek", "sense": "group"}],
            None,
            [],
            None,
        ],
        "bundle": ["b1"] * 5,
    }
    pq.write_table(pa.table(labels), tmp_path / "labels.parquet")
    joined = read_texts(tmp_path / "items", span="month", labels=[tmp_path / "labels.parquet"])
    assert joined.bundle == "b1" and joined.groups == (("uzbek",), ())
    assert joined.frame.size.tolist() == [2, 2], "near copies are one family where a table tells them"
    with pytest.raises(Refused, match="have no label"):
        pq.write_table(pa.table({"item_id": [1], "lang": ["kk"]}), tmp_path / "labels.parquet")
        read_texts(tmp_path / "items", span="month", labels=[tmp_path / "labels.parquet"])


@pytest.mark.proof
def test_months_changes_a_classifier_and_other_texts(tmp_path: Path, quick_disk: None) -> None:
    """Two months, a classifier of their sample, and codes carried to a third month."""
    study = study_of(tmp_path)
    draw(study, posts(tmp_path / "posts.csv", 3000, months=("2024-05", "2024-06")))
    for coder in "AB":
        call(
            "discourse",
            "code",
            study,
            "--sample",
            "g1",
            "--coder",
            coder,
            keys=keys_for(study, "g1", coder, 0),
        )
    code, said = call("discourse", "estimate", study, "--sample", "g1", "--changes", "--of", "items")
    assert code == 0 and said.count("since 2024-05") == 2 and "6 figures, 0 grey" in said
    code, said = call("discourse", "train", study, "--sample", "g1", "--variable", "complaint", "--seed", 1)
    assert (
        code == 0 and "complaint=yes_, kk" in said and "recall 1.00" in said and "EXPIRED on 2024-09-" in said
    )
    card = json.loads(
        call(
            "discourse", "card", study, "--model", "complaint-g1", "--as-of", "2024-07-01", "--format", "json"
        )[1]
    )
    assert not any(row["expired"] for row in card["rows"]) and card["texts"] == 800
    said = draw(study, tmp_path / "posts.csv", "g2", "--score-by", "complaint-g1")
    assert read_sample(study, "g2").scored_by == "complaint-g1"
    later = posts(tmp_path / "july.csv", 1000, months=("2024-07",), seed=2)
    column = ("--column", "text=message")
    code, said = call("discourse", "estimate", study, "--sample", "g1", "--texts", later, *column)
    assert code == 0 and said.count("carried gold") == 2 and "2024-07" in said
    other = posts(tmp_path / "december.csv", 1000, months=("2024-12",), seed=2)
    said = call("discourse", "estimate", study, "--sample", "g1", "--texts", other, *column)[1]
    assert said.count("grey, stale") == 2


@pytest.mark.proof
def test_a_coder_killed_at_any_moment_loses_nothing_shown_as_done(tmp_path: Path) -> None:
    """kill -9 while keys stream in: what the screen moved past is on the disk, and the session goes on."""
    study = study_of(tmp_path)
    draw(study, posts(tmp_path / "posts.csv", 1500))
    rng = np.random.default_rng(4)
    before = 0
    keys = tmp_path / "keys"
    keys.write_text("12" * 100_000, encoding="ascii")
    for turn in range(4):
        feed = f"import sys; sys.stdin = open({str(keys)!r})"
        running = start("discourse", "code", study, "--sample", "g1", "--coder", "A", before=feed)
        assert running.stdout is not None
        running.stdout.readline()
        time.sleep(float(rng.uniform(0.05, 0.4)))
        running.send_signal(signal.SIGKILL)
        said = running.communicate()[0]
        shown = len(re.findall(r"^> ", said, flags=re.M))
        stored = read_judgements(study, "g1")
        done = len(stored) - before
        # A key that was echoed may be the one being written; everything before it stands.
        assert done >= shown - 1, (turn, shown, done)
        assert len({one.unit for one in stored}) == len(stored)
        before = len(stored)
    assert before > 4 and not list((coding_of(study) / "samples/g1").glob("*.csv.torn*"))
    assert (
        f"[{before + 1} / 400"
        in call("discourse", "code", study, "--sample", "g1", "--coder", "A", keys="q")[1]
    )


VERBS = ("codebook", "sample", "code", "adjudicate", "agreement", "estimate", "train", "card")


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_shows_an_example(verb: str) -> None:
    code, said = call("discourse", verb, "--help")
    assert code == 0 and f"Example: kelisim discourse {verb}" in " ".join(said.split())


def test_the_template_is_coded_from_a_pipe(tmp_path: Path) -> None:
    study = study_of(tmp_path, None)
    code, said = call("discourse", "codebook", study, "--language", "kk")
    assert code == 0 and "Wrote" in said and "Тақырып" in said
    assert "Read" in call("discourse", "codebook", study)[1]
    draw(study, posts(tmp_path / "posts.csv", 40))
    session: Any = CodingSession(study, "g1", "A")
    first = session.units[0]
    # Theme, tone where a group is named, complaint, danger 2, five criteria, three marks.
    keys = "n" + ("3" if first.groups else "") + "1" + "2" + "11210" + "222"
    call("discourse", "code", study, "--sample", "g1", "--coder", "A", keys=keys)
    told = {(one.variable, one.target): one.code for one in read_judgements(study, "g1")}
    assert told["theme", ""] == "none" and told["danger", ""] == "2" and told["content", ""] == "2"
    assert ("tone", "uzbek") in told or not first.groups
    assert len(told) == 11 + bool(first.groups) and {one.unit for one in read_judgements(study, "g1")} == {
        first.unit
    }
