"""Laws of the auditor: consistent tables never give a finding, and one changed number always does."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from kelisim.audit.checks import audit
from kelisim.audit.prints import spoken
from kelisim.core.tables import Table
from tests.cast import counts, shares, study

UNITS, GROUPS = ("S1", "S2", "S3"), ("alder", "birch", "other")
USE = {"whole": "S", "unit_level": ("oblast", "city")}
persons = st.lists(
    st.lists(st.integers(1, 100_000), min_size=3, max_size=3), min_size=3, max_size=3
)  # fmt: skip
decimals = st.integers(0, 3)

_Counts = dict[tuple[str, str], int]


def filled(matrix: list[list[int]]) -> _Counts:
    """Counts of units and groups with all their totals."""
    cells = {(u, g): matrix[i][j] for i, u in enumerate(UNITS) for j, g in enumerate(GROUPS)}
    cells |= {("S", g): sum(cells[u, g] for u in UNITS) for g in GROUPS}
    return cells | {(u, "total"): sum(cells[u, g] for g in GROUPS) for u in ("S", *UNITS)}


def table_of(cells: _Counts) -> Table:
    rows = [(area, group, float(n)) for (area, group), n in cells.items()]
    return counts(rows, table_id="counted", complete_groups=True, **USE)


def printed(part: int, base: int, places: int) -> str:
    return f"{float(round(Fraction(100 * part, base), places)):.{places}f}".replace(".", ",")


@given(persons, decimals)
def test_consistent_counts_and_their_shares_give_no_finding(matrix: list[list[int]], places: int) -> None:
    cells = filled(matrix)
    within = [(a, g, printed(n, cells[a, "total"], places)) for (a, g), n in cells.items()]
    across = [(a, g, printed(n, cells["S", g], places)) for (a, g), n in cells.items()]
    given_study = study(
        table_of(cells),
        shares(within, table_id="within", base="within_area", counts_table="counted", **USE),
        shares(across, table_id="across", base="across_areas", counts_table="counted", **USE),
    )
    assert audit(given_study) == ()


@given(persons, st.data())
def test_any_one_changed_count_is_found_at_its_cell(matrix: list[list[int]], data: st.DataObject) -> None:
    cells = filled(matrix)
    keys = list(cells)
    at = data.draw(st.sampled_from(range(len(keys))))
    cells[keys[at]] += data.draw(st.integers(1, 50))
    findings = audit(study(table_of(cells)))
    assert findings
    assert all(at + 2 in [cell.row for cell in finding.cells] for finding in findings)


@given(st.fractions(0, 10**6, max_denominator=1000).filter(lambda f: 1000 % f.denominator == 0))
def test_numbers_are_said_alike_in_three_languages(value: Fraction) -> None:
    words = spoken(value)
    assert words.kk == words.ru
    assert words.kk.replace("\N{NO-BREAK SPACE}", "").replace(",", ".") == words.en.replace(",", "")
