"""The public page of warnings: what leaves, what stays inside, and what is said where nothing was issued."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kelisim.core.errors import BrokenChain
from kelisim.core.languages import LANGUAGES, Language
from kelisim.disclosure.release import Release
from kelisim.disclosure.track_record import released_warnings
from kelisim.publish.pages.warnings import warnings
from kelisim.publish.view import View
from kelisim.runs.ledger import with_ledger
from kelisim.runs.ledger_book import FILE
from kelisim.runs.registered_events import registered_events
from kelisim.runs.twin_ledger import twin_ledger
from kelisim.store.ledger_file import read_lines
from tests.forecasting.ledgers import ledger, warning
from tests.studies import SYNTHETIC, TURKISTAN, read


def released(folder: Path) -> Release:
    """A release that holds nothing but the ledger, for this page asks for nothing else."""
    study, found = with_ledger(read(folder), folder)
    return Release(
        study=study, figures=(), findings=(), records={}, titles={}, lists={}, run_id="r", code_version="c",
        warnings=None if found is None
        else released_warnings(found, study, registered_events(study, study.as_of)),
    )  # fmt: skip


def test_the_committed_ledger_is_what_the_generator_writes() -> None:
    assert (SYNTHETIC / FILE).read_bytes() == twin_ledger(7)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_tells_what_the_ledger_holds(language: Language) -> None:
    made = released(SYNTHETIC)
    page = warnings(View(made, language))
    assert made.warnings is not None and page["told"] is made.warnings
    whole = made.warnings.whole
    assert sum(whole.counts.values()) == 110 and whole.judged
    assert page["open"] == 110 - len(page["over"]) > 0
    assert len(page["facts"]) == 6 and all(all(row) for row in page["facts"])
    assert sum(int(row["counts"][0]) for row in page["tables"][1][1]) == 110
    chart = page["charts"]["calibration"]
    assert len(chart.rows) == len(whole.bins) and len(chart.spec["layer"]) == 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_no_warning_announced_is_told_from_the_register(language: Language) -> None:
    made = released(SYNTHETIC)
    assert made.warnings is not None and made.warnings.misses is not None
    misses = made.warnings.misses
    told = warnings(View(made, language))["misses"]
    since = min(case.issued for case in made.warnings.over)
    assert len(told["rows"]) == len(misses.missed) > 20 < misses.announced
    assert all(since < event.day <= made.study.as_of for event in misses.missed)
    assert {event.kind for event in misses.missed} == {"brawl", "property_destruction", "clash"}
    # Districts that nobody warned of are not left out: that is where most is missed.
    assert {"SY11", "SY12"} <= {event.area_id for event in misses.missed}
    share = misses.announced / (misses.announced + len(misses.missed))
    assert misses.recall is not None and misses.recall[1] < share < misses.recall[2]
    # Two invented judges of a hundred err together where the rule reads something else.
    assert 0 < len(misses.differ) < 0.1 * misses.compared and str(misses.compared) in told["rule"]


def test_without_a_register_the_page_says_that_misses_cannot_be_told() -> None:
    study, found = with_ledger(read(SYNTHETIC), SYNTHETIC)
    assert found is not None and released_warnings(found, study).misses is None


def test_nobody_and_no_open_probability_leaves() -> None:
    made = released(SYNTHETIC).warnings
    said = repr(made)
    digests = {
        str(line.body[key])
        for line in read_lines(SYNTHETIC / FILE).lines
        for key in ("issuer", "person")
        if line.body.get(key)
    }
    assert len(digests) == 4 and not any(digest in said for digest in digests)
    assert made is not None
    assert {case.state for case in made.over} <= {"happened", "did_not_happen", "unclear", "acted_upon"}
    assert all(case.last < made.day for case in made.over)


def test_a_village_is_told_under_its_district() -> None:
    study = read(TURKISTAN)
    village = next(
        area for area in study.areas if area.area_id not in study.grid and area.parent in study.grid
    )
    made = released_warnings(ledger((date(2026, 3, 1), warning(area_id=village.area_id))), study)
    assert list(made.by_area) == [village.parent]
    assert village.area_id not in repr(made)


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nothing_was_issued_the_page_says_so(language: Language) -> None:
    assert warnings(View(released(TURKISTAN), language))["told"] is None


def test_few_warnings_are_not_judged() -> None:
    study = replace(read(SYNTHETIC), as_of=date(2026, 9, 1))
    few = released_warnings(ledger((date(2026, 3, 1), warning(area_id="SY1"))), study)
    page = warnings(View(replace(released(SYNTHETIC), warnings=few), "en"))
    assert page["charts"] == {} and "too few to judge" in page["tables"][0][1][0]["came_true"]


def test_a_study_with_a_changed_ledger_is_not_published(tmp_path: Path) -> None:
    lines = re.sub(rb'"base_rate":0\.\d+', b'"base_rate":0.01', twin_ledger(7), count=1)
    (tmp_path / FILE).write_bytes(lines)
    with pytest.raises(BrokenChain, match="altered"):
        with_ledger(read(SYNTHETIC), tmp_path)
