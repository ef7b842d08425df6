"""What holds for every test: a quality floor may not be skipped where it must be measured.

On a developer's bare clone the tests that need reference data say that they were skipped and why. Where
KELISIM_FLOORS is set, as `.ci/run` does, skipping a test marked `floor` is a failure.
"""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest
from hypothesis import settings

# Speed is the business of bench/: on a busy machine one slow example is no failure.
settings.register_profile("kelisim", deadline=None)
settings.load_profile("kelisim")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    must_be_measured = os.environ.get("KELISIM_FLOORS") and item.get_closest_marker("floor")
    if must_be_measured and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = (
            f"{item.nodeid}: this floor must be measured here, yet it was skipped: {report.longrepr}"
        )
    return report
