"""Entries are read whole or refused with every fault at once; no name, contact or certainty gets in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.core.errors import MalformedEntry
from kelisim.forecasting.ledger_entries import ENTRY_KINDS, body_of, entry_of
from tests.forecasting.ledgers import WORDS, body, warning

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def problems(made: dict[str, Any], kind: str = "warning") -> dict[str, str]:
    with pytest.raises(MalformedEntry) as caught:
        entry_of(kind, made)
    return {problem.field: problem.reason for problem in caught.value.problems}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"probability": 0.2},
        {"probability": [0.1, 0.4], "kind": "human_warning", "role": "expert_panel", "issuer": "a" * 32},
        {"kind": "zone_change", "zone_from": "green", "zone_to": "red", "base_rate": None,
         "base_rate_source": None},
    ],
)  # fmt: skip
def test_an_entry_survives_the_way_to_json_and_back(changes: dict[str, Any]) -> None:
    made = warning(**changes)
    kind, plain = body_of(made)
    assert kind == "warning" and entry_of(kind, plain) == made


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"probability": 0}, "probability"),
        ({"probability": 1}, "probability"),
        ({"probability": float("nan")}, "probability"),
        ({"probability": True}, "probability"),
        ({"probability": [0.4, 0.1]}, "probability"),
        ({"probability": [0.1, 0.2, 0.3]}, "probability"),
        ({"base_rate": 1.2}, "base_rate"),
        ({"base_rate_source": None}, "base_rate_source"),
        ({"as_of": "2026-02-30"}, "as_of"),
        ({"as_of": "2026-2-3"}, "as_of"),
        ({"rule": {"first": "2026-04-02", "last": "2026-04-01"}}, "rule.last"),
        ({"rule": {"late_days": -1}}, "rule.late_days"),
        ({"rule": {"kinds": []}}, "rule.kinds"),
        ({"rule": {"more": 1}}, "rule.more"),
        ({"rule": {"words": {"kk": "a", "ru": "b"}}}, "rule.words"),
        ({"evidence": []}, "evidence"),
        ({"evidence": [{"reference": "a", "sha256": "short"}]}, "evidence.0.sha256"),
        ({"kind": "rumour"}, "kind"),
        ({"kind": "zone_change"}, "zone_from"),
        ({"kind": "zone_change", "zone_from": "red", "zone_to": "red"}, "zone_to"),
        ({"zone_to": "red"}, "zone_to"),
        ({"role": "Ivanov"}, "role"),
        ({"role": "analyst"}, "issuer"),
        ({"role": "analyst", "issuer": "Ivanov"}, "issuer"),
        ({"area_id": "no such code"}, "area_id"),
        ({"says": {**WORDS, "ru": "звоните +7 701 123-45-67"}}, "says.ru"),
        ({"says": {**WORDS, "en": "write to somebody@example.org"}}, "says.en"),
        ({"says": {**WORDS, "kk": " "}}, "says.kk"),
        ({"extra": 1}, "extra"),
    ],
)
def test_a_fault_is_named_by_its_field(changes: dict[str, Any], field: str) -> None:
    assert field in problems(body(**changes))


def test_all_faults_come_at_once() -> None:
    found = problems(body(probability=2, as_of="never", role="boss", area_id=None, rule={"last": "soon"}))
    assert set(found) == {"probability", "as_of", "role", "area_id", "rule.last"}


@given(st.sampled_from([*ENTRY_KINDS, "other"]), st.dictionaries(st.text(max_size=12), ANYTHING, max_size=4))
def test_anything_at_all_is_refused_in_words(kind: str, made: dict[str, Any]) -> None:
    assert all(problems(made, kind).values())


@given(st.sampled_from(sorted(body())), ANYTHING)
def test_any_value_of_a_field_is_read_or_refused(field: str, value: Any) -> None:
    try:
        made = entry_of("warning", {**body(), field: value})
    except MalformedEntry as refused:
        assert refused.problems
    else:
        assert entry_of(*body_of(made)) == made
