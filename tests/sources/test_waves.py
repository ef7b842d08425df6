"""Waves of a study: everything that does not fit the form is told at once, by key and line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kelisim.core.errors import Refused, StoreError
from kelisim.runs.studies import read_whole
from kelisim.runs.survey_import import Place, import_answers
from kelisim.sources.questionnaire import read_questionnaire
from kelisim.sources.responses.reading import How
from tests.studies import read, text_of, write_study

STUDY = text_of("study.yaml")


def refusal(folder: Path, change: Callable[[str], str]) -> str:
    with pytest.raises(Refused) as refused:
        read(write_study(folder, study=change(STUDY)))
    return str(refused.value)


def test_all_that_does_not_fit_is_told_at_once(tmp_path: Path) -> None:
    told = refusal(
        tmp_path,
        lambda text: (
            text.replace("strata: [district]", "strata: [distrikt]")
            .replace("weights: weight", "weights: Q1")
            .replace("climate_place: {question: Q2}", "climate_place: {question: Q3}")
            .replace("{question: Q7}", "{question: Q70}")
            .replace('{question: Q16, options: ["1"]}', '{question: Q16, options: ["9"]}')
            .replace("contact_quality: {question", "contact_quallity: {question")
            .replace("area: district", "area: group")
            .replace('"m":', '"x":')
        ),
    )
    for words in (
        "'distrikt' is not there", "take one of: district",
        "'Q1' holds no numbers",
        "goes from 1 to 5, and Q3 has 0 to 10",
        "'Q70' is not there",
        "'9' is not there",
        "'contact_quallity' is not there", "contact_quality",
        "'north' is not there",
        "waves.spring.margins: 'x' is not there",
    ):  # fmt: skip
        assert words in told, words
    assert "study.yaml, row" in told


def test_a_share_names_its_options_and_a_scale_has_none(tmp_path: Path) -> None:
    told = refusal(tmp_path, lambda text: text.replace('{question: Q16, options: ["1"]}', "{question: Q16}"))
    assert "'policy_support' is a share" in told
    told = refusal(tmp_path, lambda text: text.replace("{question: Q7}", '{question: Q7, options: ["1"]}'))
    assert "'felt_tension' is measured in 'scale 0-10'" in told
    told = refusal(tmp_path, lambda text: text.replace("{question: Q7}", "{question: group}"))
    assert "sensitive" in told


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (", lonely: fail", "", "lonely"),
        ("weights: weight, ", "", "needs its weights"),
        ("    answers: data/interviews.csv\n", "", "one of them"),
        ("    questionnaire: forms/survey.yaml\n", "", "need their `questionnaire`"),
        ("answers: data/interviews.csv", "answers: data/nothing.csv", "data/nothing.csv"),
        ("questionnaire: forms/survey.yaml", "questionnaire: forms/none.yaml", "forms/none.yaml"),
        ("    period: spring", "    period: autumn", "'autumn' is not declared"),
        ("feeds_areas: false", "feeds_area: false", "feeds_areas"),
        ("answers: data/interviews.csv", "stored: spring", "not read here"),
    ],
)
def test_what_a_wave_needs(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in STUDY
    assert words in refusal(tmp_path, lambda text: text.replace(old, new, 1))


def test_faulty_weights_and_lone_units_are_told_by_row(tmp_path: Path) -> None:
    rows = text_of("data/interviews.csv").splitlines()
    cells = rows[4].split(",")
    place = rows[0].split(",").index("weight")
    cells[place] = "-3"
    rows[4] = ",".join(cells)
    with pytest.raises(Refused) as refused:
        read(write_study(tmp_path, interviews="\n".join(rows) + "\n"))
    assert "interviews.csv, row 5, weight: the weight -3.0 is negative" in str(refused.value)
    lone = [r for r in text_of("data/interviews.csv").splitlines() if ",SY1," not in r or "SY1-10" in r]
    assert any("SY1-10" in r for r in lone)
    with pytest.raises(Refused, match="SY1"):
        read(write_study(tmp_path, interviews="\n".join(lone) + "\n"))


def test_a_wave_of_the_closed_warehouse_gives_the_same_study(tmp_path: Path) -> None:
    from kelisim.runs.evidence import figures_of

    folder = write_study(tmp_path)
    plain = [(f.key, f.estimate.value) for f in figures_of(read(folder)) if f.tally]
    form = read_questionnaire(folder / "forms/survey.yaml")
    place = Place.of(folder, None)
    import_answers(folder / "data/interviews.csv", form, place, "w1", How(), existing="same", dry_run=False)
    (folder / "data/interviews.csv").unlink()
    text = STUDY.replace("answers: data/interviews.csv", "stored: w1")
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    study = read_whole(folder)
    assert [(f.key, f.estimate.value) for f in figures_of(study) if f.tally] == plain
    assert "data/interviews.csv" not in study.inputs
    (folder / "study.yaml").write_text(text.replace("stored: w1", "stored: w2"), encoding="utf-8")
    with pytest.raises(StoreError, match="waves there: w1"):
        read_whole(folder)
