"""What the auditor says of the Turkistan study, cell by cell.

The golden file was read by hand against the printed tables; it changes only when a check learns something.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from kelisim.audit.checks import audit
from kelisim.core.findings import Finding
from tests.studies import TURKISTAN, read

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
    expected = {
        ("totals_of_another_date", "table1"): 1,  # printed 2019, all 18 totals are those of 1 January 2020
        ("totals_of_another_date", "table6"): 1,
        ("units_missing", "table4"): 1,  # names a district without a number
        ("units_missing", "table5"): 1,  # leaves out two cities
        ("shares_do_not_sum", "marginals"): 2,  # 93 and 7.5; an intention whose rest is not printed
        ("question_printed_twice", "marginals"): 1,  # the local situation
        ("identical_distributions", "marginals"): 2,  # life and situation; discrimination and livelihood
        ("several_answers_sum_to_100", "marginals"): 1,  # livelihood
        ("options_without_print", "marginals"): 4,
        ("base_does_not_fit", "marginals"): 12,  # all prints but one cannot come from 214 answers
        ("no_common_base", "marginals"): 1,
        ("sample_without_group", "marginals"): 1,  # no Kazakhs
        ("sample_of_few_places", "marginals"): 1,
        ("label_with_two_definitions", "table1"): 1,  # others of tables 1 and 6
        ("label_with_two_definitions", "social"): 1,  # 85/15
        ("one_thing_two_numbers", "table1"): 1,  # the oblast, of several dates
        ("one_thing_two_numbers", "table6"): 1,  # a district, one table without a date
        ("one_thing_two_numbers", "social"): 2,  # 306,000 against the list; 10 or 15 accounts
        ("product_differs_from_total", "social"): 1,  # 383 posts of 40 comments are not 3,488
        ("claim_fails", "figures"): 1,  # "above 3 %" of 2015
        ("claim_fails", "table7"): 1,  # not in order of size
        ("claim_fails", "table3"): 1,  # density
        ("claim_fails", "social"): 1,  # more than ten accounts
        ("claim_cannot_be_judged", "table6"): 1,
        ("claim_cannot_be_judged", "figures"): 2,
        ("claim_cannot_be_judged", "marginals"): 1,
        ("area_did_not_exist", "events"): 1,  # a district of 2021, an event of 2020
        ("event_told_two_ways", "events"): 1,  # two villages
    }
    assert Counter((f.code, f.table_id) for f in findings) == expected
    absent = [f.values["absent"] for f in findings if f.table_id == "table5"]
    assert absent == [("KZ75", "KZ79")]


def test_every_message_is_said_in_three_languages(findings: tuple[Finding, ...]) -> None:
    for finding in findings:
        assert len(set(finding.message.as_dict().values())) == 3
