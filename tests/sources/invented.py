"""An invented study in a folder: three areas, two groups, one table of counts and one of shares."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kelisim.core.errors import Fault, Refused
from kelisim.core.study import Study
from kelisim.runs.kinds import KINDS
from kelisim.sources.study import read_study

__all__ = ["AREAS", "COUNTS", "DECLARATION", "read", "refusal", "write_study"]

DECLARATION = """\
study: invented
title: {kk: "Сынақ", ru: "Проба", en: "Trial"}
synthetic: true
seed: 1
languages: [kk, ru, en]
as_of: 2024-01-01
focus: T
areas: {file: areas.csv}
groups: {file: groups.csv, remainders: [other]}
periods:
  start: {printed: "2019", first: 2019-01-01, known: true}
sources:
  office: {title: {kk: "Кеңсе", ru: "Контора", en: "Office"}, licence: facts, citation: none, named: false}
tables:
  counts:
    kind: population_count
    file: counts.csv
    title: {kk: "Саны", ru: "Число", en: "Counts"}
    source: office
    period: start
    whole: T
    columns: {area: area, group: group, count_persons: persons}
thresholds: {min_persons: 10, round_to: 5, enclave_share_pct: 70, enclave_quotient: 2, interval_level: 0.95}
"""
AREAS = """\
area_id,level,name_kk,name_ru,name_en,parent
T,oblast,Тау,Тауская,Tau,
T1,district,Көл,Кольский,Kol,T
T2,district,Өзен,Озенский,Ozen,T
"""
GROUPS = """\
group_id,group_kk,name_ru,name_en
kazakh,қазақ,казахи,Kazakhs
other,басқа,другие,others
"""
COUNTS = """\
area,group,persons
Көл,қазақ,1 200
Көл,басқа,300
T2,kazakh,900
T2,other,–
"""


def write_study(
    folder: Path,
    declaration: str | bytes = DECLARATION,
    areas: str = AREAS,
    groups: str = GROUPS,
    counts: str | bytes | None = COUNTS,
) -> Path:
    """Write the study into `folder`, with any of its files replaced; `counts=None` leaves that file out."""
    files = {"study.yaml": declaration, "areas.csv": areas, "groups.csv": groups, "counts.csv": counts}
    for name, content in files.items():
        if content is not None:
            data = content if isinstance(content, bytes) else content.encode("utf-8")
            (folder / name).write_bytes(data)
    return folder


def read(folder: Path) -> Study:
    """Read a study with all kinds of table the house knows."""
    return read_study(folder, KINDS)


def refusal(folder: Path) -> Sequence[Fault]:
    """The faults for which a study is refused; fails when it is read."""
    try:
        read(folder)
    except Refused as refused:
        assert all(fault.reason and fault.way_out for fault in refused.faults)
        return refused.faults
    raise AssertionError("the study was read, and it should have been refused")
