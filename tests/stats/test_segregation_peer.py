"""Null distributions held against the Python package `segregation` (PySAL 2.5.4), where it is installed.

The package brings 858 MB of others with it, so the test environment lacks it. `make bench-peers` makes a
place with it, and the bench prints the same comparison before it times anything.
"""

from __future__ import annotations

import importlib
import warnings
from typing import Any

import numpy as np
import pytest
from scipy import stats

from kelisim.stats.segregation_inference import bootstrap_draws, null_draws
from kelisim.stats.segregation_sums import MEASURES, TableSums

INDICES = {
    "theil_h": "MultiInfoTheory",
    "multigroup_dissimilarity": "MultiDissim",
    "relative_diversity": "MultiRelativeDiversity",
    "multigroup_gini": "MultiGini",
}
GROUPS = ["a", "b", "c"]


def peer(name: str) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module(name)
    except ImportError:
        pytest.skip("the peer `segregation` is not installed; `make bench-peers` makes a place that has it")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("null", ["evenness", "systematic", "person_permutation", "bootstrap"])
def test_the_peer_draws_the_same_distribution(null: Any) -> None:
    measured, randomization = peer("segregation.multigroup"), peer("segregation.inference.randomization")
    geopandas, geometry = peer("geopandas"), peer("shapely.geometry")
    stream = np.random.default_rng(4)
    table = stream.multinomial(60, stream.dirichlet([3, 2, 1], size=14))
    points = [geometry.Point(k, k) for k in range(len(table))]
    frame = geopandas.GeoDataFrame(table, columns=GROUPS, geometry=points)
    np.random.seed(1)  # noqa: NPY002 - the peer draws from the global stream
    drawn = [randomization.SIMULATORS[null](frame.copy(), groups=GROUPS, verbose=True) for _ in range(400)]
    names: Any = list(INDICES)
    if null == "bootstrap":
        ours = bootstrap_draws(table, names, draws=4000, rng=np.random.default_rng(2))
    else:
        ours = null_draws(table, names, null=null, draws=4000, rng=np.random.default_rng(2))
    for name, theirs in INDICES.items():
        index = getattr(measured, theirs)
        assert index(frame, GROUPS).statistic == pytest.approx(MEASURES[name](TableSums(table[None]))[0])
        values = [index(each, GROUPS).statistic for each in drawn]
        assert stats.ks_2samp(values, ours[name]).pvalue > 0.001, (null, name)
