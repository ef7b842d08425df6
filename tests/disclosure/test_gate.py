"""The gate: printed figures pass unchanged, computed ones are held to the thresholds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.audit.checks import audit
from kelisim.audit.claims import judged_claims
from kelisim.core.errors import GateError
from kelisim.core.estimates import Estimate, Figure, Klass
from kelisim.core.study import Study
from kelisim.disclosure.release import Release, release
from tests.studies import TURKISTAN, read, text_of, write_study


@pytest.fixture(scope="module")
def study() -> Study:
    return read(TURKISTAN)


def figure(group: str, persons: int, klass: Klass = "computed") -> Figure:
    estimate = Estimate(
        value=float(persons),
        unit="persons",
        n=persons,
        method="exact_count",
        grade="good",
        source="dissertation",
    )
    return Figure(
        indicator="population",
        area_id="KZ61",
        group_id=group,
        period_id="printed_2019",
        estimate=estimate,
        klass=klass,
    )


def passed(study: Study, *figures: Figure) -> Release:
    return release(study, figures, (), {}, run_id="r", code_version="c")


def test_a_printed_count_of_two_passes_unchanged(study: Study) -> None:
    printed = figure("dungan", 2, "published")
    assert passed(study, printed).figures == (printed,)


def test_a_lone_small_cell_takes_a_second_one_with_it(study: Study) -> None:
    out = passed(
        study, figure("total", 163), figure("uzbek", 4), figure("tajik", 59), figure("kazakh", 100)
    ).figures
    assert [f.estimate.flag for f in out] == ["ok", "withheld", "withheld", "ok"]
    assert [f.estimate.value for f in out] == [165.0, None, None, 100.0]


def test_two_figures_of_one_identity_are_refused(study: Study) -> None:
    with pytest.raises(GateError, match="identity"):
        passed(study, figure("uzbek", 40), figure("uzbek", 41))


def test_a_synthetic_study_marks_every_value(study: Study) -> None:
    out = passed(replace(study, synthetic=True), figure("uzbek", 40, "published")).figures
    assert out[0].estimate.flag == "synthetic"


@settings(max_examples=15, deadline=None)
@given(counts=st.lists(st.integers(0, 60), min_size=2, max_size=5))
def test_the_total_never_gives_a_withheld_cell_away(counts: list[int]) -> None:
    groups = ("uzbek", "tajik", "kazakh", "kurd", "german")[: len(counts)]
    figures = [figure(g, n) for g, n in zip(groups, counts, strict=True)]
    out = passed(read_once(), figure("total", sum(counts)), *figures).figures[1:]
    hidden = [f for f in out if f.estimate.flag == "withheld"]
    assert len(hidden) != 1
    assert all(f.estimate.n is None and not f.cells for f in hidden)
    assert all((f.estimate.value or 0) >= 10 for f in out if f not in hidden)


def read_once(cache: dict[Path, Study] = {}) -> Study:  # noqa: B006 - one reading for all examples
    if TURKISTAN not in cache:
        cache[TURKISTAN] = read(TURKISTAN)
    return cache[TURKISTAN]


def test_findings_about_a_closed_table_stay_inside(tmp_path: Path) -> None:
    lines = text_of("data/register.csv").splitlines()
    broken = "\n".join([*lines, lines[1].replace("total", "north")])
    declared = text_of("study.yaml").replace(
        "sensitivity: closed", "repeats: prints\n    sensitivity: closed"
    )
    inside = read(write_study(tmp_path, register=broken, study=declared))
    findings = audit(inside)
    assert findings, "the planted second print must be found"
    assert release(inside, (), findings, {}, run_id="r", code_version="c").findings == ()


def test_what_claims_say_of_closed_tables_stays_inside(tmp_path: Path) -> None:
    texts = {
        "open": "count(census, SY) > 1",
        "closed": "count(register, SY1) > 1",
        "without_a_cell": "rows(census) < 1 or rows(register, group_id=nobody) > 0".replace(
            "group_id", "group"
        ),
        "without_a_number": "count(census, SY) > 1 and count(register, SY, nobody) > 1".replace(
            "nobody", "lake"
        ),
    }
    written = ["claims:"]
    for name, text in texts.items():
        written += [
            f"  {name}:",
            "    statement: {kk: a, ru: b, en: c}",
            f'    expression: "{text}"',
            "    source: twin",
        ]
    declared = text_of("study.yaml").replace("\nexposure:", "\nclaims: claims.yaml\nexposure:")
    folder = write_study(tmp_path, study=declared)
    (folder / "claims.yaml").write_text("\n".join(written) + "\n", encoding="utf-8")
    inside = read(folder)
    judged = judged_claims(inside)
    assert [c.verdict for c in judged] == ["holds", "holds", "fails", "cannot be judged"]
    out = release(inside, (), audit(inside), {}, claims=judged, run_id="r", code_version="c")
    assert [c.claim.claim_id for c in out.claims] == ["open"] and out.findings == ()
