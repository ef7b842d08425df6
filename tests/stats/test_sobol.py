"""Sobol indices on the function of Ishigami and Homma, whose indices are known exactly."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from kelisim.core.errors import NotDefined
from kelisim.stats.sobol import sobol_indices

_Floats = NDArray[np.float64]


def ishigami(u: _Floats) -> _Floats:
    x = np.pi * (2 * u - 1)
    out: _Floats = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    return out


def test_ishigami() -> None:
    found = sobol_indices(ishigami, 3, 16_384, 0.999, np.random.default_rng(3))
    # Exact: first order .3139, .4424, 0; total order .5576, .4424, .2437.
    assert found.first == pytest.approx([0.314, 0.442, 0.0], abs=0.03)
    assert found.total == pytest.approx([0.558, 0.442, 0.244], abs=0.03)
    exact = np.array([0.3139, 0.4424, 0.0])
    assert ((found.first_low <= exact) & (exact <= found.first_high)).all()


def test_the_interval_narrows_with_rows() -> None:
    few = sobol_indices(ishigami, 3, 1024, 0.95, np.random.default_rng(4))
    many = sobol_indices(ishigami, 3, 8192, 0.95, np.random.default_rng(4))
    assert (many.total_high - many.total_low < 0.6 * (few.total_high - few.total_low)).all()


def test_too_few_rows_and_a_constant_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        sobol_indices(ishigami, 3, 512, 0.95, np.random.default_rng(1))
    with pytest.raises(NotDefined):
        sobol_indices(lambda u: np.zeros(len(u)), 3, 1024, 0.95, np.random.default_rng(1))
