"""What a study may declare of cards and zones, and what is refused with file, line and way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from kelisim.core.errors import Refused
from tests.studies import TURKISTAN, read, text_of, write_study

STUDY = text_of("study.yaml")
FIGURES = TURKISTAN / "study.yaml"


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        (STUDY.replace("yellow: 0.05", "yellow: 0.9"), "zones", "yellow must begin below red"),
        (STUDY.replace("red: 0.8", "red: 1.8"), "zones.red", "less than or equal to 1"),
        (STUDY.replace("doubt: 0.03", "doubts: 0.03"), "zones.index.doubts", "not known"),
        (STUDY.replace("    intraclass: 0.01", "    # none"), "zones.index.intraclass", "required"),
        (STUDY.replace("last: 2024-02-15", "last: 2022-02-15"), "zones.outages", "before the first"),
        (STUDY + "no_data: {trust: not_asked}\n", "no_data.trust", "not declared"),
        (STUDY + "no_data: {population: because}\n", "no_data.population", "Input should be"),
    ],
)
def test_a_faulty_declaration_is_refused(tmp_path: Path, changed: str, field: str, said: str) -> None:
    assert changed != STUDY
    with pytest.raises(Refused) as refused:
        read(write_study(tmp_path, study=changed))
    found = [f for f in refused.value.faults if f.field == field and said in f"{f.reason} {f.way_out}"]
    assert found, str(refused.value)


def test_a_card_that_is_not_in_the_catalogue_is_named_with_its_neighbours(tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "study"
    shutil.copytree(TURKISTAN, folder)
    text = FIGURES.read_text(encoding="utf-8")
    wrong = text.replace("fills: unemployment", "fills: unemploiment").replace(
        "card: policy_support", "card: policy_suport"
    )
    (folder / "study.yaml").write_text(wrong, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        read(folder)
    told = {f.field: f.way_out for f in refused.value.faults}
    assert "unemployment" in told["indicators.unemployment.fills"]
    assert "policy_support" in told["questions.Q10.fills"]


def test_a_rule_is_read_as_declared() -> None:
    rule = read(TURKISTAN).zones
    assert rule is not None
    assert (rule.yellow, rule.red, rule.named_from, rule.index.intraclass) == (0.05, 0.8, 0.8, 0.01)
    assert rule.wording.kk != rule.wording.ru


def test_a_faulty_estimate_is_refused_by_line(tmp_path: Path) -> None:
    from kelisim.runs.release import released_study

    lines = text_of("data/attitudes.csv").splitlines()
    lines[3] = lines[3].replace("clash_danger_country", "clash_danger_county")
    study = read(write_study(tmp_path, attitudes="\n".join(lines)))
    with pytest.raises(Refused, match=r"attitudes.csv, row 4, item: 'clash_danger_county'"):
        released_study(study)
