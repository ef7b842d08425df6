"""Every layout of the same submissions gives the same answers."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kelisim.core.routing import asked
from tests.sources.responses.layouts import LAYOUTS, agree, expected, forms, read, submissions_to


@pytest.mark.parametrize("examples", [8, pytest.param(120, marks=pytest.mark.proof)])
def test_all_layouts_give_the_same_answers(examples: int) -> None:
    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        form = data.draw(forms())
        submissions = data.draw(submissions_to(form))
        wanted = expected(form, submissions)
        records = set()
        with tempfile.TemporaryDirectory() as folder:
            for name, layout in LAYOUTS.items():
                path = Path(folder) / f"answers{layout.ending}"
                path.write_bytes(layout.write(form, submissions))
                answers = read(path, form)
                assert not answers.set_aside, (name, answers.set_aside)
                assert not (differ := agree(answers, wanted)), (name, differ, path.read_bytes())
                if name not in ("Google Forms", "LimeSurvey"):
                    records.add(tuple(answers.records))
        assert len(records) == 1
        for place, one in enumerate(submissions):
            chosen = {code: (told,) if isinstance(told, str) else tuple(told) for code, told in one.items()
                      if isinstance(told, str | tuple)}  # fmt: skip
            led = {item.code for item in form.items if wanted[f"asked {item.code}"][place]}
            assert led == set(asked(form, chosen))

    holds()
