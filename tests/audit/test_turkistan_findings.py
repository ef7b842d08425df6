"""What the auditor says of the Turkistan study, cell by cell.

The golden file was read by hand against the printed tables; it changes only when a check learns something.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kelisim.audit.checks import audit
from kelisim.core.findings import Finding
from tests.studies import TURKISTAN, codes, read

GOLDEN = json.loads(Path(__file__).with_name("turkistan_findings.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def findings() -> tuple[Finding, ...]:
    return audit(read(TURKISTAN))


def test_every_finding_cell_and_value(findings: tuple[Finding, ...]) -> None:
    assert [f.as_dict()["values"] for f in findings] == [row["values"] for row in GOLDEN]
    for finding, row in zip(findings, GOLDEN, strict=True):
        assert (finding.code, finding.level, finding.table_id) == (row["code"], row["level"], row["table"])
        assert [f"{c.file}:{c.row}:{c.column} = {c.printed}" for c in finding.cells] == row["cells"]


def test_the_contradictions_known_from_reading_are_among_them(findings: tuple[Finding, ...]) -> None:
    assert codes(findings) == [
        "units_missing",  # table 4 names a district without a number
        "units_missing",  # table 5 leaves out two cities
        "shares_do_not_sum",  # 93 and 7.5, one option unprinted
        "shares_do_not_sum",  # an intention whose rest is not printed
        "question_printed_twice",  # the local situation
        "identical_distributions",  # life over the year and the local situation
        "identical_distributions",  # discrimination and livelihood
        "label_with_two_definitions",  # others of tables 1 and 6
        "label_with_two_definitions",  # 85/15
    ]
    assert findings[1].values["absent"] == ("KZ75", "KZ79")
    assert findings[4].values["question"] == "Q4"


def test_every_message_is_said_in_three_languages(findings: tuple[Finding, ...]) -> None:
    for finding in findings:
        assert len(set(finding.message.as_dict().values())) == 3
