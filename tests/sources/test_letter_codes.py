"""Old one-byte files are read rightly or refused, measured on real sentences; none is read wrongly."""

from __future__ import annotations

import csv
import gzip
import os
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from kelisim.core.errors import Refused
from kelisim.sources.encodings import decode
from tests.studies import TURKISTAN

DATA = os.environ.get("KELISIM_REFERENCE_DATA")
FEWEST_LETTERS = 20  # a line shorter than this may be refused; a table is longer
needs_data = pytest.mark.skipif(DATA is None, reason="KELISIM_REFERENCE_DATA is not set")


@cache
def sentences(language: str) -> tuple[str, ...]:
    assert DATA is not None
    with (Path(DATA) / f"text/sib200/{language}.dev.tsv").open(encoding="utf-8", newline="") as file:
        return tuple(row["text"] for row in csv.DictReader(file, delimiter="\t"))


@cache
def reviews() -> tuple[str, ...]:
    assert DATA is not None
    path = Path(DATA) / "text/kazsandra/polarity_valid.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return tuple(row["text"] for row in csv.DictReader(file))[:1500]


def outcome(texts: Iterable[str], code: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for text in texts:
        try:
            data = text.encode(code)
        except UnicodeEncodeError:
            continue
        if sum(byte > 127 for byte in data) < FEWEST_LETTERS:
            continue
        try:
            found["right" if decode(data, "t.csv") == text else "wrong"] += 1
        except Refused:
            found["refused"] += 1
    return found


@pytest.mark.floor
@needs_data
@pytest.mark.parametrize(
    ("language", "code"),
    [
        *(("kaz_Cyrl", code) for code in ("kz1048", "ptcp154")),
        *(("rus_Cyrl", code) for code in ("cp1251", "kz1048", "ptcp154")),
        ("reviews", "kz1048"),
    ],
)
def test_nearly_all_single_sentences_are_read_and_none_wrongly(language: str, code: str) -> None:
    found = outcome(reviews() if language == "reviews" else sentences(language), code)
    assert found.total() >= 90
    assert found["wrong"] == 0
    assert found["right"] / found.total() >= 0.97, found


@pytest.mark.floor
@needs_data
@pytest.mark.parametrize(
    "code", ["koi8-r", "koi8-u", "koi8-t", "mac-cyrillic", "cp866", "cp855", "iso8859-5"]
)
@pytest.mark.parametrize("case", ["as written", "lower", "upper"])
def test_codes_without_kazakh_letters_are_never_read_wrongly(code: str, case: str) -> None:
    texts = sentences("rus_Cyrl")
    if case != "as written":
        texts = tuple(text.lower() if case == "lower" else text.upper() for text in texts)
    found = outcome(texts, code)
    assert found.total() >= 90
    assert found["wrong"] == 0, found


@pytest.mark.parametrize("code", ["kz1048", "ptcp154"])
def test_every_table_of_the_study_survives_an_old_code(code: str) -> None:
    read = 0
    for path in sorted((TURKISTAN / "data").glob("*.csv")):
        text = path.read_text(encoding="utf-8")
        try:
            data = text.encode(code)
        except UnicodeEncodeError:
            continue
        assert decode(data, path.name) == text
        read += 1
    assert read >= 10


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("аудан;саны\nТүлкібас ауданы;10\nҚазығұрт ауданы;20\n", "cp1251", "Kazakh letters were lost"),
        ("район,число\nтолебийский район,1\n", "koi8-r", "it seems to be koi8-r"),
        ("Район,число\nТолебийский район,1\nЯнгикурган,2\n", "mac-cyrillic", "it seems to be mac-cyrillic"),
        ("Київ,Львів,Харків\nїжак,їхати,Україна\n", "cp1251", "neither Kazakh nor Russian"),
        ("région,numéro\nÎle,5\n", "latin-1", "do its letters give words"),
        ("қант", "kz1048", "too few letters to tell its code: kz1048 gives 'қант'"),
    ],
)
def test_the_message_shows_what_was_understood(text: str, code: str, said: str) -> None:
    with pytest.raises(Refused) as caught:
        decode(text.encode(code, errors="replace"), "t.csv")
    assert said in str(caught.value)
    assert "save the file as UTF-8" in str(caught.value)
