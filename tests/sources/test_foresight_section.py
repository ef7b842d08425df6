"""The section `foresight` of a study: what is wrong with it is told at once, before anything is counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from kelisim.core.errors import Refused
from kelisim.simulation.twin import twin_files
from tests.studies import read, text_of, write_study

DECLARED = twin_files(seed=7)["study.yaml"]


def changed(tmp_path: Path, *pairs: tuple[str, str], **files: str) -> Refused:
    text = DECLARED
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after, 1)
    with pytest.raises(Refused) as told:
        read(write_study(tmp_path, study=text, **files))
    return told.value


def test_every_fault_of_the_section_is_told_at_once(tmp_path: Path) -> None:
    told = changed(
        tmp_path,
        ("  table: incidents\n", "  table: events\n"),
        ("  effort: effort\n  area: SY\n", "  effort: nothing\n  area: SY1\n"),
        ("counted: [dispute,", "counted: [quarrel,"),
        ("  first: 2019-02\n", "  first: 2024-02\n"),
    )
    text = str(told)
    for words in (
        "'events' is a table of kind 'events', not 'event_records'",
        "'nothing' is not declared",
        "'SY1' has no parts",
        "'quarrel' is no type of event",
        "no month from 2024-02 on has ended",
    ):
        assert words in text, words
    assert all(fault.row for fault in told.faults)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("budget: 0.2", "budget: 0"),
        ("charts: [cusum, ewma]", "charts: [tea_leaves]"),
        ("horizons: [1, 3, 6, 12]", "horizons: [0]"),
        ("first: 2019-02\n", "first: 2019\n"),
        ("draws: 1000", "draws: 1"),
        ("  seed: 7\nrandomisation", "randomisation"),
        ("replayed: 36", "replayed: 24, hidden: 1"),
        ("      expected: more\n      delay_months: 0", "      expected: most\n      delay_months: 0"),
        ("      indicator: hostile_comments", "      indicator: tone_of_voice"),
        (
            "      table: months\n      indicator: unemployment",
            "      table: effort\n      indicator: unemployment",
        ),
        ("    months: 3\n", "    months: 5\n"),
        ("    miss: 0.2\n", "    miss: 1.0\n"),
        ("    alarms: runs\n", ""),
        ("[brawl, property", "[bruwl, property"),
        ("      threshold: 0.5\n      declared_by", "      threshold: 0.5\n      by"),
        ("      declared_on: 2023-10-01\n      wording", "      declared_on: 2024-10-01\n      wording"),
        (
            "    red:\n",
            "    yellow: {threshold: 0.7, declared_by: {kk: а, ru: а, en: a}, declared_on: 2023-01-01,"
            " wording: {kk: а, ru: а, en: a}}\n    red:\n",
        ),
    ],
)
def test_a_choice_that_is_none_is_refused(tmp_path: Path, before: str, after: str) -> None:
    assert "foresight" in str(changed(tmp_path, (before, after)))


def test_events_where_nobody_looked_are_told_with_area_and_month(tmp_path: Path) -> None:
    effort = text_of("data/effort.csv").replace("SY4,2023-02,20", "SY4,2023-02,0")
    told = str(changed(tmp_path, effort=effort))
    assert "SY4 has events in 2023-02, where no effort is given" in told


def test_impossible_statements_of_the_register_are_told_with_their_row(tmp_path: Path) -> None:
    records = text_of("data/incidents.csv").replace(
        "R001,2019-02-01,report,desk,2019-02-01", "R001,2019-02-01,report,desk,2019-02-09"
    )
    told = changed(tmp_path, incidents=records)
    assert [(fault.file, fault.row, fault.field) for fault in told.faults] == [
        ("data/incidents.csv", 2, "first")
    ]


def test_a_study_without_the_section_is_whole(tmp_path: Path) -> None:
    text = DECLARED
    start, end = text.index("foresight:\n"), text.index("randomisation:")
    assert read(write_study(tmp_path, study=text[:start] + text[end:])).foresight is None
