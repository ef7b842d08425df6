"""The invented register: what was planted is in it, its clock runs forward, nothing in it is impossible."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter

import numpy as np
import pytest

from kelisim.evidence.events.records import doubts, statements_of
from kelisim.evidence.events.register import Register
from kelisim.simulation.twin import twin_files
from tests.studies import SYNTHETIC, read

FILES = twin_files(7)
TRUTH = json.loads(FILES["truth.json"])["register"]
ROWS = list(csv.DictReader(io.StringIO(FILES["data/incidents.csv"])))


def counts(area: str) -> np.ndarray:
    return np.array(TRUTH["incidents"][area].split(), dtype=int)


def test_nothing_in_it_is_impossible_and_the_clock_runs_forward() -> None:
    study = read(SYNTHETIC)
    said = statements_of(study.table("incidents"))
    assert not [doubt for each in said for doubt in doubts(each, study.areas)]
    assert not list(Register.of(said).contradictions())
    days = [each.known_on for each in said]
    assert days == sorted(days) and days[-1] <= study.as_of


def test_an_outage_leaves_no_report_although_things_happened() -> None:
    gone = TRUTH["outage"]
    told = [
        row for row in ROWS
        if row["area"] == gone["area"] and gone["from"] <= row["first"][:7] <= gone["to"]
    ]  # fmt: skip
    effort = csv.DictReader(io.StringIO(FILES["data/effort.csv"]))
    silent = [r["month"] for r in effort if r["area"] == gone["area"] and r["effort"] == "0"]
    assert not told and silent == ["2023-06", "2023-07", "2023-08"]


def test_the_planted_rates_are_those_of_the_counts() -> None:
    # Poisson: 99.9 % of all draws lie within 3.3 standard errors; 13 areas and 50 undisturbed months each.
    for area, rate in TRUTH["rate_per_month"].items():
        if area != TRUTH["episode"]["area"]:
            assert abs(counts(area)[:50].sum() - 50 * rate) <= 3.5 * np.sqrt(50 * rate), area
    surge, episode = TRUTH["surge"], TRUTH["episode"]
    assert counts(surge["area"])[55:].mean() > 3 * TRUTH["rate_per_month"][surge["area"]]
    assert counts(episode["area"])[28:35].mean() > 3 * TRUTH["rate_per_month"][episode["area"]]


def test_voices_disagree_corrections_come_and_some_reports_are_still_to_come() -> None:
    kinds = Counter(row["record"] for row in ROWS)
    assert kinds["correction"] == TRUTH["corrected"] > 0 and kinds["withdrawal"] == TRUTH["withdrawn"] > 0
    assert kinds["adjudication"] > 0 and TRUTH["not_yet_known"] > 0
    called: dict[str, set[str]] = {}
    for row in ROWS:
        if row["record"] == "label":
            called.setdefault(row["event"], set()).add(row["label"])
    assert sum(len(labels) > 1 for labels in called.values()) > 50


@pytest.mark.parametrize("seed", [1, 2])
def test_another_seed_is_another_register(seed: int) -> None:
    assert twin_files(seed)["data/incidents.csv"] != FILES["data/incidents.csv"]
    assert twin_files(seed) == twin_files(seed)
