"""What holds for every test: a quality floor may not be skipped where it must be measured.

On a developer's bare clone the tests that need reference data say that they were skipped and why. Where
KELISIM_FLOORS is set, as `.ci/run` does, skipping a test marked `floor` is a failure.
"""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest
from hypothesis import settings

# How long an example takes depends on the machine's other work; speed is proved in `bench/`, never here.
# Whether a change may land is judged on the same examples each time; on a desk, and with KELISIM_FUZZ, the
# search goes on where nobody has looked yet.
_SAME = "KELISIM_FLOORS" in os.environ and "KELISIM_FUZZ" not in os.environ
settings.register_profile("house", deadline=None, derandomize=_SAME)
settings.load_profile("house")


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
