"""What a researcher does at the desk: read a study, compute its figures, run it whole, follow a number back.

Thin doors to the rooms below, with plain arguments; the names are offered by the package root.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kelisim.audit.checks import audit
from kelisim.core.estimates import Figure
from kelisim.core.findings import Finding
from kelisim.core.study import Study
from kelisim.runs import main_job
from kelisim.runs.evidence import figures_of
from kelisim.runs.explain import explain_estimate
from kelisim.runs.studies import read_whole
from kelisim.store.parquet import read_table

__all__ = ["check", "compute", "estimates", "explain", "read_study", "run_study"]


def read_study(folder: str | Path) -> Study:
    """Read a study folder with all kinds of table. Raises: Refused with every fault of every file.

    >>> from tempfile import TemporaryDirectory
    >>> from kelisim.runs.skeleton import write_skeleton
    >>> with TemporaryDirectory() as place:
    ...     _ = write_skeleton(Path(place, "my-region"))
    ...     study = read_study(Path(place, "my-region"))
    >>> study.title.en, sorted(study.tables)
    ('Interethnic relations in Sarzhaylau oblast', ['events', 'population'])
    """
    return read_whole(Path(folder))


def check(study: Study) -> tuple[Finding, ...]:
    """Every contradiction and gap that the auditor finds in the tables of a study. Repairs nothing.

    >>> from tempfile import TemporaryDirectory
    >>> from kelisim.runs.skeleton import write_skeleton
    >>> with TemporaryDirectory() as place:
    ...     _ = write_skeleton(Path(place, "my-region"))
    ...     check(read_study(Path(place, "my-region")))
    ()
    """
    return audit(study)


def compute(study: Study) -> tuple[Figure, ...]:
    """All figures that the tables of a study carry, before the gate: for research, not for publication.

    >>> from tempfile import TemporaryDirectory
    >>> from kelisim.runs.skeleton import write_skeleton
    >>> with TemporaryDirectory() as place:
    ...     _ = write_skeleton(Path(place, "my-region"))
    ...     found = compute(read_study(Path(place, "my-region")))
    >>> next(f.estimate.value for f in found if f.indicator == "population" and f.area_id == "SJ")
    96400.0
    """
    return tuple(figures_of(study))


def run_study(
    folder: str | Path, out: str | Path, tell: Callable[[str], None] | None = None
) -> main_job.Made:
    """Run a study into `out`: site, bulletins, open data and record, all or nothing.

    tell : receives a line before each step; None for silence
    Raises: Refused, OutputError; then `out` is as it was.

    >>> run_study("no-such-folder", "out")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    kelisim.core.errors.Refused: 1 fault, nothing was written:
      no-such-folder: there is no such folder. Way out: ...
    """
    return main_job.run_study(Path(folder), Path(out), tell or (lambda words: None))


def explain(out: str | Path, estimate_id: str) -> str:
    """Where a number of an output comes from: method, grade, source and every cell, as lines of text.

    Raises: StoreError where the output or the identifier does not exist.

    >>> explain("no-such-folder", "population-KZ61-00000000")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    kelisim.core.errors.StoreError: 'no-such-folder/data/estimates.parquet' is missing. Way out: ...
    """
    return explain_estimate(Path(out), estimate_id)


def estimates(out: str | Path) -> Any:
    """The released figures of an output as an Arrow table (`.to_pylist()`, `.to_pandas()` ...).

    Raises: StoreError where the output does not exist or cannot be read.

    >>> estimates("no-such-folder")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    kelisim.core.errors.StoreError: 'no-such-folder/data/estimates.parquet' is missing. Way out: ...
    """
    return read_table(Path(out) / "data/estimates.parquet")
