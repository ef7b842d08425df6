"""Records of the lexicon: faults are gathered, every form is read, the built file is what they say."""

from __future__ import annotations

import csv
import importlib.util
import os
from pathlib import Path

import pytest

from kelisim.annotation.lexicon import KINDS, Lexicon, load_lexicon
from kelisim.annotation.lexicon.analysis import Analyser
from kelisim.annotation.lexicon.records import concepts_of, declared_collisions, record_files

BUILT = Path(__file__).resolve().parents[3] / "src/kelisim/annotation/lexicon/lexicon.jsonl"


def test_all_faults_of_a_file_are_named_at_once() -> None:
    text = """
- {id: a, kind: people, forms: {kk: [өзбек]}}
- {id: b, kind: ethnonym, forms: {kz: [өзбек], ru: узбек}}
- {id: c, kind: ethnonym, forms: {kk: [Өзбек, "өз-бек"]}, colour: red}
- {id: d, kind: ethnonym, forms: {kk: [өзбек]}}
- {id: d, kind: ethnonym, forms: {kk: [тәжік]}}
"""
    with pytest.raises(ValueError, match="cannot be built") as refused:
        concepts_of(iter([("x.yaml", text)]))
    said = str(refused.value)
    for part in (
        "record 1 (a) has kind 'people'",
        "forms in 'kz'",
        "no list of forms in ru",
        "form 'Өзбек' in kk",
        "form 'өз-бек' in kk",
        "unknown fields colour",
        "record 5 (d) stands twice",
    ):
        assert part in said


def test_the_lexicon_is_read_whole() -> None:
    lexicon = load_lexicon()
    written = {concept.id for concept in concepts_of(record_files())}
    assert {concept.id for concept in lexicon.concepts} == written
    assert {concept.kind for concept in lexicon.concepts} <= set(KINDS)
    # Every form of every spelling is parsed here; a word that cannot be read raises.
    assert len(Analyser(lexicon).forms) > 2_000
    assert Lexicon.of(lexicon.concepts).digest == lexicon.digest


def test_peoples_are_named_in_all_languages_of_the_region() -> None:
    index = load_lexicon().index()
    for group in ("kazakh", "uzbek", "tajik", "kyrgyz", "russian", "uyghur", "dungan", "kurd", "turk"):
        forms = load_lexicon().concepts[index[group]].forms
        assert {"kk", "ru", "uz-latn", "uz-cyrl", "tg", "ky", "en", "kk-latn", "kk-arab"} <= set(forms), group


def test_every_group_of_the_study_is_there() -> None:
    data = os.environ.get("KELISIM_REFERENCE_DATA")
    if not data:
        pytest.skip("needs KELISIM_REFERENCE_DATA")
    with (Path(data) / "turkistan/groups.csv").open(encoding="utf-8", newline="") as file:
        groups = {row["group_id"] for row in csv.DictReader(file)}
    # "Others" is no people, and two names are of associations that join two peoples.
    missing = groups - set(load_lexicon().index()) - {"other", "chechen_ingush", "tatar_bashkir"}
    assert not missing


def test_insults_are_restricted() -> None:
    for concept in load_lexicon().concepts:
        assert concept.restricted == (concept.kind == "restricted")


@pytest.mark.skipif(importlib.util.find_spec("pymorphy3") is None, reason="pymorphy3 is not installed")
def test_building_again_gives_the_same_bytes() -> None:
    from kelisim.annotation.lexicon.build import built

    assert built(record_files()) == BUILT.read_text(encoding="utf-8"), (
        "the records changed: python -m kelisim.annotation.lexicon.build > " + str(BUILT.name)
    )


@pytest.mark.skipif(importlib.util.find_spec("pymorphy3") is None, reason="pymorphy3 is not installed")
def test_an_undeclared_collision_stops_the_build() -> None:
    from kelisim.annotation.lexicon.build import built

    text = """
- {id: one, kind: ethnonym, forms: {kk: [бақ]}}
- {id: two, kind: ethnonym, forms: {ru: [бак]}}
"""
    with pytest.raises(ValueError, match="without its letters 'бак' names one, two"):
        built([("x.yaml", text)])
    assert declared_collisions()["казак"] == ["kazakh", "cossack"]
