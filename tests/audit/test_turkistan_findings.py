"""What the auditor says of the Turkistan study, cell by cell. Read by hand against the printed tables."""

from __future__ import annotations

import pytest

from kelisim.audit.checks import audit
from kelisim.core.findings import Finding
from tests.cast import TURKISTAN, codes, read


@pytest.fixture(scope="module")
def findings() -> tuple[Finding, ...]:
    return audit(read(TURKISTAN))


def places(finding: Finding) -> list[tuple[str, int, str]]:
    return [(cell.file.rpartition("/")[2][:6], cell.row, cell.printed) for cell in finding.cells]


def test_the_list_of_findings(findings: tuple[Finding, ...]) -> None:
    assert codes(findings) == [
        "units_missing",
        "units_missing",
        "question_printed_twice",
        "identical_distributions",
        "identical_distributions",
        "label_with_two_definitions",
        "label_with_two_definitions",
    ]


def test_table_4_names_a_district_without_a_number(findings: tuple[Finding, ...]) -> None:
    assert findings[0].values == {"absent": (), "empty": ("KZ6155",)}
    assert places(findings[0]) == [("table4", 15, "-")]


def test_table_5_leaves_out_two_cities(findings: tuple[Finding, ...]) -> None:
    assert findings[1].values == {"absent": ("KZ75", "KZ79"), "empty": ()}


def test_one_question_has_two_distributions(findings: tuple[Finding, ...]) -> None:
    assert findings[2].values == {"question": "Q4", "answers": 3}
    assert [row for _, row, _ in places(findings[2])] == [15, 20, 16, 21, 17, 22]


def test_two_pairs_of_questions_share_a_distribution(findings: tuple[Finding, ...]) -> None:
    pairs = [(f.values["question"], f.values["other_question"]) for f in findings[3:5]]
    assert pairs == [("Q3", "Q4"), ("Q6", "Q16")]


def test_others_are_not_the_same_others(findings: tuple[Finding, ...]) -> None:
    assert places(findings[5]) == [("table1", 299, "9 032"), ("table6", 181, "3 381")]
    listed = ("belarusian", "dungan", "greek", "kyrgyz", "persian", "pole")
    assert findings[5].values["listed_in_one_only"] == listed


def test_the_tone_split_has_two_meanings(findings: tuple[Finding, ...]) -> None:
    assert places(findings[6]) == [("social", 19, "85:15"), ("social", 21, "85")]


def test_every_message_is_said_in_three_languages(findings: tuple[Finding, ...]) -> None:
    for finding in findings:
        assert len(set(finding.message.as_dict().values())) == 3
