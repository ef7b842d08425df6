"""From the form that kelisim gives out to the answers it takes in: nothing an interviewer entered is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from kelisim.cli.main import main
from kelisim.core.questionnaire import FORM_LANGUAGES, Item, Questionnaire
from kelisim.core.routing import asked
from kelisim.sources.batteries import battery_names
from kelisim.sources.questionnaire import battery_questionnaire, read_questionnaire
from tests.sources.responses.layouts import LAYOUTS, Submission, agree, read

AS_FIELDED = ("joined codes", "split codes", "workbook", "Kobo JSON")
ROWS = {"r1": dict.fromkeys(FORM_LANGUAGES, "first"), "r2": dict.fromkeys(FORM_LANGUAGES, "second")}


def answer(item: Item, rng: np.random.Generator) -> Any:
    """Any answer the form permits."""
    codes = [option.code for option in item.options]
    if item.role == "consent":
        return codes[0]
    if item.type == "multiple":
        free = [option.code for option in item.options if not option.alone]
        alone = [option.code for option in item.options if option.alone]
        if alone and rng.random() < 0.2:
            return (str(rng.choice(alone)),)
        most = min(item.max_selections or len(free), len(free))
        return tuple(sorted(rng.choice(free, size=rng.integers(1, most + 1), replace=False).tolist()))
    if item.type == "grid":
        return {row: str(rng.choice(codes)) for row in item.rows}
    if codes:
        return str(rng.choice(codes))
    if item.type == "number":
        return float(rng.integers(int(item.low or 0), int(item.high or 99) + 1))
    return "2024-01-08" if item.type == "date" else f"words {rng.integers(9)}"


def interviews(form: Questionnaire, n: int, rng: np.random.Generator) -> list[Submission]:
    """Complete interviews that follow the routing."""
    made = []
    for _ in range(n):
        one: Submission = {}
        for item in form.items:
            said = {
                code: (told,) if isinstance(told, str) else told
                for code, told in one.items()
                if isinstance(told, str | tuple)
            }
            if item.code in asked(form, said):
                one[item.code] = answer(item, rng)
                for option in item.options:
                    if option.open_text and option.code in one[item.code]:
                        one[f"{item.code}/{option.code}"] = "own words"
        made.append(one)
    return made


def entered(form: Questionnaire, given: list[Submission]) -> dict[str, Any]:
    """What was entered, column by column; blanks are the routing's own."""
    wanted: dict[str, Any] = {}
    for column in form.columns():
        item, part, values = column.item, column.part, []
        for one in given:
            told = one.get(item.code)
            if column.holds == "chosen":
                values.append(np.nan if told is None else float(part in told))
            elif column.holds == "number":
                values.append(np.nan if told is None else told)
            elif column.holds == "date":
                values.append(np.datetime64(told or "NaT", "D"))
            elif column.holds == "text":
                values.append((one.get(f"{item.code}/{part}") if part else told) or "")
            else:
                values.append("not_asked" if told is None else told[part] if item.type == "grid" else told)
        wanted[column.name] = np.array(values, dtype=object if column.holds == "text" else None)
    return wanted


def shipped(tmp_path: Path) -> Questionnaire:
    done = CliRunner().invoke(main, ["survey", "new", str(tmp_path / "q")])
    assert done.exit_code == 0, done.output
    return read_questionnaire(tmp_path / "q/questionnaire.yaml")


@pytest.mark.parametrize("layout", AS_FIELDED)
def test_the_form_given_out_comes_back_whole(layout: str, tmp_path: Path) -> None:
    form = shipped(tmp_path)
    given = interviews(form, 60, np.random.default_rng(4))
    path = tmp_path / f"answers{LAYOUTS[layout].ending}"
    path.write_bytes(LAYOUTS[layout].write(form, given))
    answers = read(path, form)
    assert not answers.set_aside
    wanted = entered(form, given)
    told, kept = wanted.pop("interviewer"), answers.arrays()["interviewer"]
    assert not agree(answers, wanted)
    # Who interviewed is kept as a keyed digest: the same person stays the same, and the name is gone.
    assert len(set(told)) == len(set(kept)) == len(set(zip(told, kept, strict=True))) > 1
    assert not set(told) & set(kept)


@pytest.mark.parametrize("name", battery_names())
def test_every_battery_comes_back_whole(name: str, tmp_path: Path) -> None:
    form = battery_questionnaire(name, ROWS, FORM_LANGUAGES)
    given = interviews(form, 20, np.random.default_rng(5))
    path = tmp_path / "answers.csv"
    path.write_bytes(LAYOUTS["joined codes"].write(form, given))
    answers = read(path, form)
    assert not answers.set_aside
    assert not agree(answers, entered(form, given))


def test_by_the_commands(tmp_path: Path) -> None:
    form = shipped(tmp_path)
    path = tmp_path / "answers.csv"
    path.write_bytes(LAYOUTS["split codes"].write(form, interviews(form, 25, np.random.default_rng(6))))
    words = ["survey", "import", str(path), "--questionnaire", str(tmp_path / "q/questionnaire.yaml")]
    done = CliRunner().invoke(main, [*words, "--out", str(tmp_path / "kept"), "--wave", "first"])
    assert done.exit_code == 0 and "kept 25" in done.output, done.output
    words = ["survey", "check", "--answers", str(tmp_path / "kept"), "--wave", "first", "--format", "json"]
    said = CliRunner().invoke(main, words)
    assert said.exit_code in (0, 1), said.output
    assert json.loads(said.stdout)
