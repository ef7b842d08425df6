"""The pages of data quality and survey: all findings, verdicts, conditional intervals."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from kelisim.disclosure.release import Release
from kelisim.publish.site import site
from kelisim.publish.words import catalogue
from kelisim.runs.evidence import figures_of
from kelisim.runs.release import released_study
from tests.studies import TURKISTAN, read


@pytest.fixture(scope="module")
def released() -> Release:
    return released_study(read(TURKISTAN))


@pytest.fixture(scope="module")
def pages(released: Release) -> Mapping[str, str]:
    wanted = re.compile(r"(kk|ru|en)/(quality|survey|cells-answer_interval|method)\.html")
    return {name: data.decode() for name, data in site(released) if wanted.fullmatch(name)}


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_finding_is_on_the_page_under_its_level_and_table(
    released: Release, pages: Mapping[str, str], language: str
) -> None:
    page = pages[f"{language}/quality.html"]
    assert page.count('class="finding ') == len(released.findings)
    for finding in released.findings:
        assert f'href="#{finding.level}-{finding.table_id}"' in page
        assert f'id="{finding.level}-{finding.table_id}"' in page
    for verdict in ("holds", "fails", "cannot be judged"):
        number = sum(claim.verdict == verdict for claim in released.claims)
        assert page.count(f'verdict">{catalogue(language)["verdict." + verdict]}<') == number > 0  # type: ignore[arg-type,index]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_intervals_stand_only_under_their_condition(
    released: Release, pages: Mapping[str, str], language: str
) -> None:
    page, words = pages[f"{language}/survey.html"], catalogue(language)  # type: ignore[arg-type]
    tables = re.findall(r"<table.*?</table>", page, flags=re.S)
    for table in tables:
        if "answer_interval" in table:
            assert words["survey.if_drawn"] in table
        else:
            assert words["survey.of_those"] in table
    assert (
        words["survey.condition"] in page and 'id="if_places_were_drawn"' in pages[f"{language}/method.html"]
    )


def test_both_prints_stand_side_by_side_and_every_number_leads_to_its_cell(pages: Mapping[str, str]) -> None:
    page = pages["en/survey.html"]
    row = re.search(r"<tr><th scope=\"row\">very favourable</th>.*?</tr>", page, flags=re.S)
    assert row and "38.1" in row.group() and "37.2" in row.group()
    for link in set(re.findall(r'href="cells-answer_interval\.html#([^"]+)"', page)):
        assert f'id="{link}"' in pages["en/cells-answer_interval.html"]


def test_intervals_are_of_the_smallest_base_and_of_the_printed_number(released: Release) -> None:
    found = [
        f for f in released.figures if f.indicator == "answer_interval.Q4.1" and " print 1 " in f.variant
    ]
    assert sorted({f.estimate.n for f in found}) == [42, 214]
    assert {f.klass for f in found} == {"derived"} and all(f.estimate.df == 3 for f in found)
    assert all(f.estimate.low < 38.1 < f.estimate.high for f in found)  # type: ignore[operator]
    assert not [f for f in released.figures if f.indicator.startswith("answer_interval.Q14")]


def test_an_event_told_twice_counts_once() -> None:
    study = read(TURKISTAN)
    rate = next(f for f in figures_of(study) if f.indicator == "event_rate")
    assert rate.estimate.n == 4  # E1 to E4, the fourth told twice
    page = next(data.decode() for name, data in site(released_study(study)) if name == "en/events.html")
    assert "Shornaq village / Qosmezgil village" in page
