"""What holds for every test: a quality floor may not be skipped where it must be measured.

`made` gives what the main job makes of an example: made once for all workers, changed by no test.

On a developer's bare clone the tests that need reference data say that they were skipped and why. Where
KELISIM_FLOORS is set, as `.ci/run` does, skipping a test marked `floor` is a failure.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Generator
from pathlib import Path

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


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """The output of `kelisim run` for a study, by its folder."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def of(study: Path) -> Path:
        from click.testing import CliRunner

        from kelisim.cli.main import main

        out = shared / f"made-{study.name}"
        with (shared / f"made-{study.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not out.exists():
                done = CliRunner().invoke(main, ["run", str(study), "--out", str(out)])
                assert done.exit_code == 0, done.output
        return out

    return of
