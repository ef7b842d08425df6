"""A bare series by area and month: values in their places, and every fault by row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kelisim.core.errors import Refused
from kelisim.sources.incidents import Month
from kelisim.sources.series import read_series


def read(folder: Path, *rows: str, column: str = "rate") -> np.ndarray:
    path = folder / "series.csv"
    path.write_text("\n".join(["area;month;rate", *rows]) + "\n", encoding="utf-8")
    return read_series(path, column, ("north", "south"), Month(2020, 1), 3)


def test_values_stand_in_their_places_and_gaps_stay_gaps(tmp_path: Path) -> None:
    found = read(tmp_path, "south;2020-02;4,5", "north;2020-03;-1", "north;2020-01;NA", "north;2019-05;9")
    np.testing.assert_array_equal(found, [[np.nan, np.nan, -1], [np.nan, 4.5, np.nan]])


def test_faults_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(Refused) as told:
        read(tmp_path, "west;2020;x", "north;2020-01;1", "north;2020-01;2")
    assert len(told.value.faults) == 4
    with pytest.raises(Refused, match="there is no such column"):
        read(tmp_path, "north;2020-01;1", column="unemployment")
    with pytest.raises(Refused, match="cannot be read"):
        read_series(tmp_path / "no.csv", "rate", ("north",), Month(2020, 1), 3)
