"""Counts of the population: joint tables by proportional fitting have the margins they were made of."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.core.errors import Refused
from kelisim.stats.small_area.cells import Cells, joint, tabulate


def margin(cells: Cells, names: list[str]) -> dict[tuple[str, ...], float]:
    found: dict[tuple[str, ...], float] = {}
    columns = [cells.column(name) for name in names]
    for row, count in enumerate(cells.count.tolist()):
        key = tuple(labels[codes[row]] for codes, labels in columns)
        found[key] = found.get(key, 0.0) + count
    return found


@given(seed=st.integers(0, 10_000), empty=st.booleans())
def test_the_joint_table_has_all_its_margins(seed: int, empty: bool) -> None:
    rng = np.random.default_rng(seed)
    whole = rng.integers(1, 500, size=(4, 3, 2)).astype(float)
    if empty:
        whole[1, 2] = 0
    rows = [(f"a{i}", f"g{j}", f"s{k}") for i in range(4) for j in range(3) for k in range(2)]
    full = tabulate(["area", "group", "sex"], rows, whole.ravel().tolist())
    pairs = [("area", "group"), ("sex", "area"), ("group", "sex")]
    tables = []
    for pair in pairs:
        counts = margin(full, list(pair))
        tables.append(tabulate(pair, list(counts), list(counts.values())))
    made = joint(tables)
    assert made.count.sum() == pytest.approx(whole.sum())
    for pair, table in zip(pairs, tables, strict=True):
        assert margin(made, list(pair)) == pytest.approx(
            {key: n for key, n in margin(table, list(pair)).items() if n or key in margin(made, list(pair))},
            rel=1e-6, abs=1e-5,
        )  # fmt: skip
    assert "assumed by IPF" in made.assumption and "area x group" in made.assumption
    assert joint([full]) is full and full.assumption == ""


def test_without_a_shared_table_traits_are_independent() -> None:
    area = tabulate(["area"], [("a",), ("b",)], [30, 70])
    sex = tabulate(["sex"], [("f",), ("m",)], [60, 40])
    assert margin(joint([area, sex]), ["area", "sex"])["a", "f"] == pytest.approx(18)


def test_tables_that_cannot_go_together_are_refused() -> None:
    one = tabulate(["area", "sex"], [("a", "f"), ("a", "m")], [60, 40])
    with pytest.raises(Refused, match="one census"):
        joint([one, tabulate(["area", "age"], [("a", "old")], [90])])
    with pytest.raises(Refused, match="spell categories alike"):
        joint([one, tabulate(["sex", "age"], [("f", "old"), ("male", "old")], [60, 40])])
    with pytest.raises(Refused, match="no joint table"):
        joint([one, tabulate(["sex", "age"], [("f", "old"), ("m", "old")], [30, 70])])
    with pytest.raises(Refused) as found:
        tabulate(["area"], [("a",), ("",)], [-1, float("nan")])
    assert len(found.value.faults) == 3
