"""The list of watched sources: strict, with every fault told by row."""

from __future__ import annotations

from pathlib import Path

import pytest

from kelisim.core.errors import Refused
from kelisim.runs.kinds import KINDS
from kelisim.sources.study import read_study, read_watch
from tests.sources.feeds.stand import watched_study
from tests.studies import unwatched

GOOD = "portal-a,Портал А,portal,https://a.example,https://a.example/rss,kk,,0.5,no,yes,"


def test_a_watch_is_read_alone_and_with_its_study(tmp_path: Path) -> None:
    official = "page-b,Әкім,facebook,https://facebook.com/x,,ru,,168,yes,no,2024-12-31"
    study = watched_study(tmp_path, [GOOD, official])
    watch = read_watch(study)
    one, other = watch.sources
    assert one.pages and one.rhythm_hours == 0.5 and one.area_id is None and not one.of_a_person
    assert other.of_a_person and str(other.retired_on) == "2024-12-31" and watch.timezone == "Asia/Almaty"
    assert watch.source("page-b") is other and watch.source("x") is None
    declared = study / "study.yaml"
    declared.write_text(unwatched(declared.read_text()))
    whole = read_study(study, KINDS)
    assert whole.watch == watch and "sources.csv" in whole.inputs


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (GOOD.replace("portal-a", "Portal A"), "id"),
        (GOOD.replace("Портал А", ""), "name"),
        (GOOD.replace(",portal,", ",website,"), "platform"),
        (GOOD.replace("https://a.example,", "a.example,"), "address"),
        (GOOD.replace("https://a.example/rss", "ftp://a.example"), "feed"),
        (GOOD.replace(",kk,", ",Kazakh,"), "language"),
        (GOOD.replace(",kk,,", ",kk,KZ99,"), "area"),
        (GOOD.replace(",0.5,", ",often,"), "rhythm_hours"),
        (GOOD.replace(",0.5,", ",0,"), "rhythm_hours"),
        (GOOD.replace(",0.5,", ",nan,"), "rhythm_hours"),
        (GOOD.replace(",no,yes", ",maybe,yes"), "of_a_person"),
        (GOOD.replace("https://a.example/rss", ""), "pages"),
        (GOOD + "soon", "retired_on"),
    ],
)
def test_a_fault_is_told_by_row_and_field(row: str, field: str, tmp_path: Path) -> None:
    study = watched_study(tmp_path, [GOOD.replace("portal-a", "portal-0"), row])
    with pytest.raises(Refused) as refused:
        read_watch(study)
    assert [(fault.file, fault.row, fault.field) for fault in refused.value.faults] == [
        ("sources.csv", 3, field)
    ]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    study = watched_study(tmp_path, [GOOD, GOOD, GOOD.replace("kk", "KK"), "a,b"], first="2024-01-01")
    with pytest.raises(Refused) as refused:
        read_watch(study)
    assert len(refused.value.faults) >= 1
    study = watched_study(tmp_path, [GOOD, GOOD, GOOD.replace("portal-a", "b").replace("kk", "KK")])
    with pytest.raises(Refused, match=r"already stands in row 2"):
        read_watch(study)


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ("Asia/Almaty", "Almaty", "discourse.timezone"),
        ("first: 2020-01-01", "first: 2020-01-01\n  last: 2019-01-01", "discourse.last"),
        ("sources: sources.csv", "sources: none.csv", ""),
        ("sources: sources.csv", "sources: ../sources.csv", ""),
        ("timezone:", "zone:", "discourse.timezone"),
    ],
)
def test_the_declaration_is_strict(before: str, after: str, field: str, tmp_path: Path) -> None:
    study = watched_study(tmp_path, [GOOD])
    declared = study / "study.yaml"
    declared.write_text(declared.read_text().replace(before, after))
    with pytest.raises(Refused) as refused:
        read_watch(study)
    assert any(fault.field == field for fault in refused.value.faults)


def test_an_empty_or_foreign_list_is_refused(tmp_path: Path) -> None:
    study = watched_study(tmp_path, [])
    with pytest.raises(Refused, match="no source is listed"):
        read_watch(study)
    (study / "sources.csv").write_text("id;name;x\n1;2;3\n")
    with pytest.raises(Refused, match=r"platform: there is no such column"):
        read_watch(study)
