"""Consistent studies of many shapes give no finding, and each kind of fault planted in them is found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kelisim.audit.checks import audit
from kelisim.core.findings import Finding
from kelisim.core.study import Study
from kelisim.core.tables import Table
from tests.audit.shapes import Shape, consistent, shapes


@settings(max_examples=60, deadline=None)
@given(shapes)
def test_a_consistent_study_of_any_shape_gives_no_finding(shape: Shape) -> None:
    assert [f.message.en for f in audit(consistent(shape))] == []


def changed(study: Study, name: str, column: str, row: int, value: Any) -> Study:
    """The study with one cell of one table replaced; where the table keeps prints, the print too."""
    old = study.tables[name]
    data = {key: np.array(values) for key, values in old.data.items()}
    data[column][row] = value
    if "printed" in data:
        data["printed"][row] = str(value).replace(".", ",")
    new = Table(old.spec, old.use, data, np.array(old.lines), np.array(old.prints))
    return replace(study, tables={**study.tables, name: new})


def found_at(findings: tuple[Finding, ...], code: str, file: str, line: int) -> bool:
    return any(f.code == code and any(c.file == file and c.row == line for c in f.cells) for f in findings)


rich = shapes.map(
    lambda s: replace(
        s, areas=max(s.areas, 3), groups=max(s.groups, 3), questions=max(s.questions, 2), events=2
    )
)


@settings(max_examples=25, deadline=None)
@given(rich, st.data())
def test_every_kind_of_planted_fault_is_found_by_its_cell(shape: Shape, data: st.DataObject) -> None:
    study = consistent(shape)
    people, text, bureau = (study.table(name) for name in ("people", "text", "bureau"))
    kind = data.draw(st.sampled_from(sorted(PLANTS)))
    name, column, row, value, code = PLANTS[kind](study, people, text, bureau, data)
    planted = changed(study, name, column, row, value)
    assert found_at(audit(planted), code, study.table(name).use.file, int(study.table(name).lines[row])), kind


def _count(study: Study, people: Table, *_: Any) -> tuple[str, str, int, Any, str]:
    data = _[-1]
    row = data.draw(st.integers(0, len(people) - 1))
    return "people", "count_persons", row, people["count_persons"][row] + 7, "total_differs_from_parts"


def _tenfold(study: Study, people: Table, *_: Any) -> tuple[str, str, int, Any, str]:
    parts = [r for r in range(len(people)) if people["group"][r] != "total" and people["area"][r] != "S"]
    row = _[-1].draw(st.sampled_from(parts))
    return "people", "count_persons", row, 10 * people["count_persons"][row], "off_by_power_of_ten"


def _share(study: Study, *_: Any) -> tuple[str, str, int, Any, str]:
    within = study.table("within")
    row = _[-1].draw(st.integers(0, len(within) - 1))
    value = within["share_pct"][row] + (1.5 if within["share_pct"][row] < 50 else -1.5)
    return "within", "share_pct", row, round(float(value), 3), "share_differs_from_count"


def _posts(study: Study, people: Table, text: Table, *_: Any) -> tuple[str, str, int, Any, str]:
    return "text", "value", 4, 10_000_000.0, "product_differs_from_total"


def _thousand(study: Study, people: Table, text: Table, *_: Any) -> tuple[str, str, int, Any, str]:
    value = round(float(people["count_persons"][0]) / 1000 + 3.3, 1)
    return "text", "value", 0, value, "one_thing_two_numbers"


def _event(study: Study, *_: Any) -> tuple[str, str, int, Any, str]:
    table = study.table("events")
    row = int(np.flatnonzero(table["event"] == "N1")[0])
    return "events", "date", row, "2020-02", "area_did_not_exist"


def _address(study: Study, *_: Any) -> tuple[str, str, int, Any, str]:
    return "sites", "address", 1, "site1,kz", "invalid_address"


def _answer(study: Study, *_: Any) -> tuple[str, str, int, Any, str]:
    table = study.table("marginals")
    n = study.n_printed or 0
    assume(0 < n < 900)
    near = (-0.01, 0.0, 0.01)
    reached = {round(100 * k / n + d, 2) for k in range(n + 1) for d in near}
    share = float(table["share_pct"][0])
    free = [x / 100 for x in range(int(share * 100) - 60, int(share * 100) + 60) if x / 100 not in reached]
    free = [x for x in free if 0 < x < 100 and f"{x:.2f}"[-1] != "0"]
    assume(free)
    return "marginals", "share_pct", 0, _[-1].draw(st.sampled_from(free)), "base_does_not_fit"


def _claimed(study: Study, people: Table, *_: Any) -> tuple[str, str, int, Any, str]:
    return "people", "count_persons", 0, people["count_persons"][0] + 1_000, "claim_fails"


PLANTS = {
    "count": _count, "tenfold": _tenfold, "share": _share, "posts": _posts, "thousand": _thousand,
    "event": _event, "address": _address, "answer": _answer, "claim": _claimed,
}  # fmt: skip
