"""The pool: forecasts of several members mixed by their draws, and weights learned from scored origins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kelisim.forecasting.baselines import Member
from kelisim.forecasting.gamma_poisson import gamma_poisson
from kelisim.forecasting.panel import Draws, Panel
from kelisim.forecasting.self_exciting import self_exciting
from kelisim.forecasting.shared_level import shared_level

__all__ = ["MEMBERS", "mix", "pool", "stacked_weights"]

MEMBERS: dict[str, Member] = {
    "gamma_poisson": gamma_poisson,
    "self_exciting": self_exciting,
    "shared_level": shared_level,
}
"""Members of the pool, fixed before any report period is opened; the reasons stand in docs/decisions."""


def mix(
    members: Mapping[str, NDArray[np.int64]], weights: Mapping[str, float], rng: np.random.Generator
) -> NDArray[np.int64]:
    """A mixture: whole futures (columns) of each member in proportion to its weight.

    Members keep their own dependence between areas. Shares of draws are the weights up to one draw, and which
    columns are taken is chance.
    """
    names = list(members)
    draws = members[names[0]].shape[1]
    total = sum(weights[name] for name in names)
    ends = np.round(np.cumsum([weights[name] / total for name in names]) * draws).astype(int)
    numbers = np.diff(np.concatenate([[0], ends]))
    parts = [
        members[name][:, rng.permutation(draws)[:number]] for name, number in zip(names, numbers, strict=True)
    ]
    return np.concatenate(parts, axis=1)[:, rng.permutation(draws)]


def pool(panel: Panel, horizons: Sequence[int], draws: int, rng: np.random.Generator) -> Draws:
    """Equal-weight linear pool of the members at every horizon (Stone 1961)."""
    made = {name: member(panel, horizons, draws, rng) for name, member in MEMBERS.items()}
    equal = dict.fromkeys(made, 1.0)
    return {h: mix({name: each[h] for name, each in made.items()}, equal, rng) for h in horizons}


def stacked_weights(likelihoods: NDArray[np.float64], prior_origins: float = 30.0) -> NDArray[np.float64]:
    """Weights that maximise the past log score of the mixture, shrunk to equal ones.

    likelihoods : array, shape (origins, members): probability that each member gave to what happened, one
    row per scored origin (geometric mean over its cells). The prior is worth `prior_origins` origins of
    equal weights (Yao, Vehtari, Simpson and Gelman 2018). Fewer than 30 rows: equal weights.

    >>> stacked_weights(np.full((5, 2), 0.5)).tolist()
    [0.5, 0.5]
    """
    given = np.asarray(likelihoods, dtype=np.float64)
    members = given.shape[1]
    weights = np.full(members, 1 / members)
    if len(given) < 30:
        return weights
    for _ in range(500):
        share = given * weights / (given @ weights)[:, None]
        weights = (share.sum(axis=0) + prior_origins / members) / (len(given) + prior_origins)
    return weights
