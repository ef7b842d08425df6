"""The pool: forecasts of several members mixed by their draws, and weights learned from scored origins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import NotDefined
from kelisim.forecasting.baselines import Member
from kelisim.forecasting.gamma_poisson import gamma_poisson
from kelisim.forecasting.panel import Draws, Panel
from kelisim.forecasting.self_exciting import self_exciting
from kelisim.forecasting.shared_level import shared_level

__all__ = [
    "FULL_HISTORY",
    "MEMBERS",
    "SHORTEST_HISTORY",
    "STACKING_FROM",
    "admitted_horizons",
    "member_draws",
    "mix",
    "pool",
    "stacked_weights",
    "total_draws",
]

MEMBERS: dict[str, Member] = {
    "gamma_poisson": gamma_poisson,
    "self_exciting": self_exciting,
    "shared_level": shared_level,
}
"""Members of the pool, fixed before any report period is opened; docs/decisions/0008 gives the reasons."""

SHORTEST_HISTORY, FULL_HISTORY, _SHORT_HORIZON = 18, 36, 3
STACKING_FROM = 30
"""Scored origins below which members weigh the same."""


def admitted_horizons(months: int, horizons: Sequence[int]) -> tuple[int, ...]:
    """Horizons that a history of so many months may be forecast at.

    From 36 months all of them, from 18 months those of up to 3 months, below none.

    >>> admitted_horizons(36, (1, 3, 12)), admitted_horizons(20, (1, 3, 12)), admitted_horizons(17, (1,))
    ((1, 3, 12), (1, 3), ())
    """
    if months < SHORTEST_HISTORY:
        return ()
    return tuple(h for h in horizons if months >= FULL_HISTORY or h <= _SHORT_HORIZON)


def member_draws(
    panel: Panel,
    members: Mapping[str, Member],
    horizons: Sequence[int],
    draws: int,
    seed: int,
) -> dict[str, Draws]:
    """Draws of every member at every horizon; a member that refuses the history is left out.

    Each member has a stream of its own, named by seed, length of the history and the member's name, so that
    what one of them draws does not depend on which others run.
    """
    found: dict[str, Draws] = {}
    for name, member in members.items():
        rng = np.random.default_rng([seed, panel.months, *name.encode()])
        try:
            found[name] = member(panel, horizons, draws, rng)
        except NotDefined:
            continue
    return found


def mix(
    members: Mapping[str, NDArray[np.int64]], weights: Mapping[str, float], rng: np.random.Generator
) -> NDArray[np.int64]:
    """A mixture: whole futures (columns) of each member in proportion to its weight (Stone 1961).

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
    """The pool with equal weights, as one member.

    Raises: NotDefined("short_history") where no member admits the history.
    """
    made = member_draws(panel, MEMBERS, horizons, draws, int(rng.integers(2**31)))
    if not made:
        raise NotDefined("short_history", f"{panel.months} months are too few for every member")
    equal = dict.fromkeys(made, 1.0)
    return {h: mix({name: each[h] for name, each in made.items()}, equal, rng) for h in horizons}


def total_draws(draws: NDArray[np.int64]) -> NDArray[np.int64]:
    """Draws of the region's total: each future summed over areas, never a sum of summaries.

    draws : array, shape (areas, draws).  Returns: array, shape (draws,).

    >>> total_draws(np.array([[0, 2], [1, 3]])).tolist()
    [1, 5]
    """
    return np.asarray(draws.sum(axis=0))


def stacked_weights(
    likelihoods: NDArray[np.float64], prior_origins: float = float(STACKING_FROM)
) -> NDArray[np.float64]:
    """Weights that maximise the past log score of the mixture, shrunk to equal ones.

    likelihoods : array, shape (origins, members): probability that each member gave to what happened, one
    row per scored origin (geometric mean over its areas). The prior is worth `prior_origins` origins of
    equal weights (Yao, Vehtari, Simpson and Gelman 2018). Fewer than 30 rows: equal weights.

    >>> stacked_weights(np.full((5, 2), 0.5)).tolist()
    [0.5, 0.5]
    """
    given = np.asarray(likelihoods, dtype=np.float64)
    members = given.shape[1]
    weights = np.full(members, 1 / members)
    if len(given) < STACKING_FROM:
        return weights
    for _ in range(500):
        share = given * weights / (given @ weights)[:, None]
        weights = (share.sum(axis=0) + prior_origins / members) / (len(given) + prior_origins)
    return weights
