"""Fuzzing of the reader of questionnaires: damage gives a refusal, or a form that every program takes."""

from __future__ import annotations

import os
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from kelisim.core.errors import Refused
from kelisim.publish.forms.codebook import codebook_files
from kelisim.publish.forms.validation import check_form
from kelisim.publish.forms.xlsform import xlsform
from kelisim.sources.questionnaire import read_questionnaire
from tests.questionnaires import EVERY_KIND, written
from tests.sources.mutations import mutated

START = files("kelisim.runs").joinpath("questionnaire_files/questionnaire.yaml").read_bytes()
WHOLE = written(EVERY_KIND).encode()
ROOMY: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
}
LONG = int(os.environ.get("KELISIM_FUZZ", "300"))


def judge(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.yaml"
        path.write_bytes(data)
        try:
            questionnaire = read_questionnaire(path)
        except Refused as refused:
            assert refused.faults and all(fault.reason and fault.way_out for fault in refused.faults)
            return
    assert check_form(xlsform(questionnaire), validate=False).converted
    assert codebook_files(questionnaire)


@pytest.mark.parametrize("many", [15, pytest.param(LONG, marks=pytest.mark.proof)])
@pytest.mark.parametrize("whole", [START, WHOLE], ids=["start", "every_kind"])
def test_a_damaged_declaration_is_refused_or_whole(whole: bytes, many: int) -> None:
    @given(mutated(whole))
    @settings(max_examples=many, **ROOMY)
    def round_of(data: bytes) -> None:
        judge(data)

    round_of()
