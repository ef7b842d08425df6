"""Figures of texts: outages are missing and raise nothing, cells are protected, truth lies in intervals."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from kelisim.core.errors import Refused
from kelisim.core.estimates import Estimate, Figure
from kelisim.core.texts import Watch, WatchedSource
from kelisim.disclosure.texts import gated_texts
from kelisim.evidence.discourse.coverage import CoverageDay
from kelisim.runs.discourse_import import import_export
from kelisim.runs.discourse_labels import annotate_study
from kelisim.runs.media import _Counted
from kelisim.runs.media_texts import Family, MediaTexts, media_texts
from kelisim.sources.discourse import rule_from
from kelisim.sources.study_document import DiscourseDocument
from tests.studies import SYNTHETIC, TURKISTAN, read

FIRST = date(2023, 5, 1)


def rows(out: Path) -> list[dict[str, str]]:
    with (out / "data/estimates.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def counted(lost: tuple[str, ...]) -> _Counted:
    """Three sources in May and June with one interethnic text in four; those lost were not read in June."""
    sources = tuple(
        WatchedSource(
            source_id=name, name=name, platform="portal", address="", feed="", language="kk", area_id=None,
            rhythm_hours=24.0, of_a_person=False,
        )
        for name in "abc"
    )  # fmt: skip
    days = [FIRST + timedelta(days=k) for k in range(61)]
    families = tuple(
        Family(
            source=one.source_id,
            day=day,
            language="kk",
            items=((one.source_id, day, f"{one.source_id}{place % 7}".encode()),),
            frames=frozenset(["F08"] if place % 4 == 0 else []),
            groups=frozenset(),
        )
        for one in sources
        for place, day in enumerate(days)
        for _ in range(2)
        if not (one.source_id in lost and day.month == 6)
    )
    coverage = tuple(
        CoverageDay(one.source_id, "kk", day, 2.0, 0, 5, 0 if gone else 2, "outage" if gone else "ok")
        for one in sources
        for day in days
        for gone in [one.source_id in lost and day.month == 6]
    )
    texts = MediaTexts(families, {}, coverage, {}, len(families), "b")
    study = read(SYNTHETIC)
    return _Counted(study, Watch(sources, "Asia/Almaty", FIRST, days[-1]), texts)


def attention(made: _Counted) -> dict[str, Estimate]:
    found = [f for f in made.attention() if f.indicator == "media_attention" and f.variant == "texts"]
    return {figure.period_id: figure.estimate for figure in found}


def test_a_month_in_which_nothing_was_read_is_missing_and_not_zero() -> None:
    told = attention(counted(("a", "b", "c")))
    assert told["2023-05"].value == pytest.approx(250, abs=15)
    assert (told["2023-06"].value, told["2023-06"].flag) == (None, "missing")
    assert told["2023-06"].reasons == ("not_covered",)


def test_a_source_that_fell_out_does_not_lower_the_rate() -> None:
    whole, part = attention(counted(())), attention(counted(("a",)))
    assert part["2023-06"].value == pytest.approx(whole["2023-06"].value, rel=0.1)
    assert part["2023-06"].n < whole["2023-06"].n


def test_figures_of_few_texts_do_not_leave() -> None:
    def figure(n: int | None) -> Figure:
        estimate = Estimate(
            value=3.0, unit="texts", n=n, method="text_families", grade="good", source="s", se=1.0
        )
        return Figure(indicator="media_mentions.group", area_id="SY", period_id="2023", estimate=estimate,
                      klass="derived")  # fmt: skip

    few, unknown, enough = gated_texts([figure(9), figure(None), figure(10)])
    assert few.estimate.value is unknown.estimate.value is None
    assert few.estimate.flag == "withheld"
    assert (enough.estimate.value, enough.estimate.se, enough.klass) == (3.0, None, "computed")


@pytest.fixture(scope="module")
def synthetic(made: Callable[[Path], Path]) -> Path:
    return made(SYNTHETIC)


def test_the_injected_outage_is_shown_as_missing_and_raises_no_alert(synthetic: Path) -> None:
    for language, why in (("kk", "Іркіліс"), ("ru", "Сбой"), ("en", "Outage")):
        page = (synthetic / f"site/{language}/media.html").read_text(encoding="utf-8")
        row = next(r for r in page.split("<tr>") if "Қоңырсай қауымы" in r)
        assert re.findall(r"<strong>(\d+/\d+)</strong>", row) == ["9/30"]
        assert why in row
    june = [r for r in rows(synthetic) if r["indicator"] == "media_covered" and r["period"] == "2023-06"]
    assert 90 < float(june[0]["value"]) < 100
    # What the watch over events alarms on is the register alone: texts and their gaps make no alarm.
    assert not [
        r for r in rows(synthetic) if r["indicator"].startswith("media_") and "alarm" in r["indicator"]
    ]
    watch = (synthetic / "site/en/watch.html").read_text(encoding="utf-8")
    assert "media_" not in watch


def test_corrected_shares_hold_the_truth_and_grey_says_what_it_takes(synthetic: Path) -> None:
    truth = json.loads((SYNTHETIC / "coding_truth.json").read_text(encoding="utf-8"))["percent_of_families"]
    told = {r["variant"]: r for r in rows(synthetic) if r["indicator"] == "media_share.complaint.yes"}
    assert set(told) == {"texts kk", "texts ru"}
    for language in ("kk", "ru"):
        share = told[f"texts {language}"]
        assert float(share["low"]) <= truth[language]["complaint_true"] <= float(share["high"])
    kk = told["texts kk"]
    assert not float(kk["low"]) <= truth["kk"]["complaint_machine"] <= float(kk["high"])
    page = (synthetic / "site/en/media.html").read_text(encoding="utf-8")
    assert "texts have to be coded" in page


def test_no_text_and_no_author_is_in_the_output(synthetic: Path) -> None:
    with (SYNTHETIC / "data/texts.csv").open(encoding="utf-8", newline="") as file:
        long = [row for row in csv.DictReader(file) if len(row["text"]) > 60][::40]
    record = json.loads((synthetic / "record.json").read_text(encoding="utf-8"))
    everything = "".join(
        path.read_text(encoding="utf-8", errors="replace")
        for path in [*synthetic.glob("data/*.csv"), *synthetic.glob("site/*/media.html"),
                     *synthetic.glob("site/*/cells-media*.html")]
    )  # fmt: skip
    assert "data/texts.csv" not in record["inputs"]
    assert "data/texts.csv" in record["closed_inputs"]
    assert not [row["id"] for row in long if row["text"][:50] in everything]
    assert "reader1" not in everything


def test_every_published_cell_of_texts_rests_on_ten(synthetic: Path) -> None:
    told = [r for r in rows(synthetic) if r["indicator"].startswith("media_")]
    assert len(told) > 150
    assert all(int(r["n"]) >= 10 for r in told if r["value"])
    assert any(r["flag"] == "withheld" for r in told)


def test_a_study_without_texts_says_what_it_takes(made: Callable[[Path], Path]) -> None:
    page = (made(TURKISTAN) / "site/en/media.html").read_text(encoding="utf-8")
    assert "The study holds no texts." in page
    assert "at least 200 texts" in page


def test_the_texts_of_a_study_are_closed_files() -> None:
    study = read(SYNTHETIC)
    assert study.discourse is not None
    assert study.discourse.incidents[0].area_id == "SY6"
    assert {"data/texts.csv", "data/coded/themes/judgements-a.csv"} <= study.closed_files
    assert replace(study, discourse=None).closed_files < study.closed_files


def test_every_fault_of_the_declaration_is_told() -> None:
    words = {"kk": "Оқиға", "ru": "Инцидент", "en": "Incident"}
    document = DiscourseDocument.model_validate(
        {
            "sources": "s.csv", "timezone": "Asia/Almaty", "first": "2023-01-01",
            "texts": {"file": "t.csv", "source": "nobody", "looks": "l.csv",
                      "columns": {"id": "id", "mood": "m"}},
            "coded": [{"folder": "none", "variables": ["tone"]}],
            "incidents": {"one": {"title": words, "area": "Atlantis", "first": "2023-05-01", "days": 3}},
        }
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        rule_from(document, read(SYNTHETIC).areas, ["twin"], {}, "study.yaml", ())
    said = "\n".join(map(str, refused.value.faults))
    for part in (
        "'nobody'",
        "'mood'",
        "'text' is missing",
        "'account' is missing",
        "no coded sample",
        "Atlantis",
    ):
        assert part in said


@pytest.mark.proof
def test_stored_and_labelled_texts_give_the_same_counts(tmp_path: Path) -> None:
    study = tmp_path / "study"
    shutil.copytree(SYNTHETIC, study, ignore=shutil.ignore_patterns(".kelisim"))
    declared = (study / "study.yaml").read_text(encoding="utf-8")
    by_file = read(study)
    columns = ("id", "kind", "parent", "posted_at", "author", "text", "views")
    import_export(
        study, study / "data/texts.csv", platform="", source_id=None, kind="post", sheet=None,
        columns={**dict(zip(columns, columns, strict=True)), "account": "source"},
    )  # fmt: skip
    annotate_study(study, workers=1)
    cut = re.sub(r"^  texts:\n(?:    .*\n|      .*\n)+", "", declared, flags=re.M)
    (study / "study.yaml").write_text(cut, encoding="utf-8")
    stored, here = media_texts(study, read(study)), media_texts(study, by_file)
    assert stored is not None
    assert here is not None
    assert (stored.items, stored.bundle) == (here.items, here.bundle)
    assert sorted(len(f.items) for f in stored.families) == sorted(len(f.items) for f in here.families)
    assert {k: len(v) for k, v in stored.spread.items()} == {k: len(v) for k, v in here.spread.items()}
