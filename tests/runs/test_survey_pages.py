"""A survey with answers of persons as it leaves: pages, open tables, and nothing of a single person."""

from __future__ import annotations

import csv
import html
import json
import re
from pathlib import Path

import pytest

from kelisim.publish.site import site
from kelisim.runs.main_job import run_study
from kelisim.runs.release import released_study
from kelisim.simulation.survey_wave import Plan
from kelisim.simulation.twin import twin_files
from tests.disclosure.test_what_leaves import readable
from tests.studies import SYNTHETIC, read, text_of, write_study


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("survey")
    text = text_of("study.yaml").replace("[kk, ru, en]", "[ru, en]")
    run_study(write_study(folder / "study", study=text), folder / "out", lambda words: None)
    return folder / "out"


def page(out: Path, name: str, language: str = "en") -> str:
    return (out / f"site/{language}/{name}.html").read_text(encoding="utf-8")


def plain(text: str) -> str:
    bare = re.sub(r"<svg.*?</svg>", " ", text, flags=re.S)
    return re.sub(r"[\s\u00a0\u202f]+", " ", html.unescape(re.sub(r"<[^>]+>", " ", bare)))


def survey(out: Path) -> list[dict[str, str]]:
    with (out / "data/survey.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_nothing_of_a_single_person_stands_anywhere(out: Path) -> None:
    text = readable(out)
    with (SYNTHETIC / "data/interviews.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    # A weight is a number of the file; no rounding of anything else makes three such decimals.
    words = set(re.findall(r"[\w.:+-]+", text))
    for name in ("KEY", "start", "weight", "settlement", "interviewer"):
        assert not words & {row[name] for row in rows}, name
    inputs = read(out.parent / "study").inputs
    assert inputs["data/interviews.csv"] not in text and inputs["forms/survey.yaml"] in text


def test_no_number_of_persons_leaves_unrounded(out: Path) -> None:
    rows = survey(out)
    shown = [row for row in rows if row["value"]]
    assert len(shown) > 250
    assert all(int(row["n"]) % 5 == 0 for row in shown)
    for row in shown:
        if row["unit"] == "percent":
            step = max(1.0, 500 / int(row["n"]))
            assert all(abs(float(row[k]) / step - round(float(row[k]) / step)) < 1e-6
                       or float(row[k]) in (0, 100) for k in ("value", "low", "high") if row[k])  # fmt: skip
            assert float(row["low"]) <= float(row["value"]) <= float(row["high"])


def test_rows_of_small_parts_stay_whole(out: Path) -> None:
    by_row: dict[tuple[str, ...], set[str]] = {}
    for row in survey(out):
        if row["told"] == "share" and row["question"] == "Q8":
            by_row.setdefault((row["split"], row["part"]), set()).add(row["flag"])
    assert by_row["all", ""] == {"synthetic"}
    assert by_row["language", "en"] == {"withheld"} and by_row["group", "other"] == {"withheld"}


def test_every_number_of_the_page_leads_to_the_question_and_the_design(out: Path) -> None:
    for language in ("ru", "en"):
        text = page(out, "wave-spring", language)
        links = re.findall(r'href="(cells-[^"#]+\.html)#([^"]+)"', text)
        assert len(links) > 200
        for file, anchor in links:
            cells = (out / f"site/{language}/{file}").read_text(encoding="utf-8")
            assert f'id="{anchor}"' in cells
    cells = page(out, "cells-wave-spring-Q8")
    assert "Answers of persons are closed" in cells and 'href="wave-spring.html#method"' in cells
    assert "interviews.csv" not in cells


def test_the_page_tells_several_answers_routing_method_and_limits(out: Path) -> None:
    text = plain(page(out, "wave-spring"))
    assert "Up to 3 answers were allowed" in text and "% of all answers" in text
    assert 'Asked only of those who answered the question "Did you see quarrels' in text
    assert "Drawn by chance" in text and "Strata with a single sampling unit There are none" in text
    assert "What may not be said" in text and "Primary sampling units (settlements) 56" in text
    assert "Uzbek (wordings not yet reviewed)".lower() in text.lower()
    assert 'href="wave-spring.html"' in page(out, "survey")
    assert "Synthetic" in text


def test_the_bulletin_tells_the_survey_in_a_few_lines(out: Path) -> None:
    from pypdf import PdfReader

    reader = PdfReader(out / "bulletin-en.pdf")
    text = " ".join(page.extract_text() for page in reader.pages)
    row = next(
        r for r in survey(out) if r["question"] == "Q7" and r["told"] == "mean" and r["split"] == "all"
    )
    assert f"Tension felt where one lives (0–10) {float(row['value']):.2f} (" in text
    assert len(reader.pages) == 2 and "Drawn by chance" in text


def test_the_open_table_has_the_wording_and_is_declared(out: Path) -> None:
    row = next(
        r for r in survey(out) if r["question"] == "Q16" and r["answer"] == "1" and r["split"] == "all"
    )
    assert row["question_kk"] and row["question_ru"] and row["answer_en"]
    package = json.loads((out / "data/datapackage.json").read_text(encoding="utf-8"))
    described = {r["path"]: r for r in package["resources"]}
    assert {"survey.csv", "survey.parquet", "survey.xlsx"} <= described.keys()
    fields = [f["name"] for f in described["survey.csv"]["schema"]["fields"]]
    assert fields == list(row)


def test_a_quota_sample_says_so_and_shows_no_interval(tmp_path: Path) -> None:
    text = text_of("study.yaml").replace("kind: probability", "kind: quota").replace("[kk, ru, en]", "[en]")
    text = re.sub(r"    margins:.*\n(?:      .*\n)+", "", text)
    released = released_study(read(write_study(tmp_path, study=text)))
    drawn = next(data.decode() for name, data in site(released) if name == "en/wave-spring.html")
    shown = plain(drawn)
    assert "not drawn by chance" in shown
    assert "have no margin of error" in shown and "An adjustment, not chances" in shown
    assert "of those interviewed only" in shown and 'class="doubt"' not in drawn
    assert not re.search(r"\d+–\d+; 95", shown)
    mine = [f for f in released.figures if f.variant.startswith("spring") and f.estimate.value is not None]
    assert mine and all(f.estimate.low is None and f.estimate.grade == "poor" for f in mine)


@pytest.mark.proof
def test_index_and_zones_are_made_of_the_answers_alone(tmp_path: Path) -> None:
    """A survey that is large enough in every district: no other table of attitudes stands in the study."""
    files = twin_files(21, Plan(settlements=24, invited=30, icc=0.02))
    text = files["study.yaml"]
    text = re.sub(r"  attitudes:\n(?:    .*\n|      .*\n)+", "", text)
    text = re.sub(r"    feeds_areas: false.*\n", "", text)
    text = re.sub(r"  outages:\n(?:    .*\n)+", "  outages: []\n", text)
    assert "attitudes.csv" not in text
    for name, content in (files | {"study.yaml": text}).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    released = released_study(read(tmp_path))
    truth = json.loads(files["truth.json"])["interaction"]["areas"]
    zones = {zone.area_id: zone for zone in released.zones}
    assert len(zones) == 14 and not any(zone.grey for zone in zones.values())
    inside, right = 0, 0
    for area, known in truth.items():
        (index,) = [f for f in released.figures if f.indicator == "interaction_index" and f.area_id == area]
        e = index.estimate
        assert e.low is not None and e.high is not None
        inside += e.low <= known["index"] <= e.high
        chances = zones[area].probabilities
        right += max(chances, key=lambda colour: chances[colour]) == known["zone"]
    assert inside >= 12 and right >= 11
