"""Forecasts as they would have been issued at every past origin, one after the other.

At each origin the members and baselines forecast from what was known then, its latest months completed by
what was still to be reported; members are pooled with weights learned from earlier origins whose windows had
ended; and where a simple baseline had done better than the pool so far, the baseline is what is shown. The
latest origin is the forecast of today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kelisim.forecasting.baselines import BASELINES, POINT_FORECASTS, Member
from kelisim.forecasting.combine import MEMBERS, STACKING_FROM, member_draws, mix, stacked_weights
from kelisim.forecasting.nowcast import LONGEST_DELAY, completed
from kelisim.forecasting.panel import Draws, Panel
from kelisim.forecasting.vintages import Vintages
from kelisim.stats import scoring

__all__ = ["JUDGED_FROM", "Issue", "replay", "shown_forecast"]

JUDGED_FROM = 12
"""Scored origins below which the pool is shown without having been judged."""

_KEPT_DRAWS = 250  # of each past forecast: enough to compare forecasts, small enough to hold all of them

_Scores = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Issue:
    """All forecasts from one origin.

    draws : name -> horizon -> joint draws, shape (areas, draws): members, baselines, "pool"; shown : horizon
    -> name of the forecast shown first, "pool" or a baseline; weights : horizon -> member -> weight in the
    pool; judged_on : horizon -> number of earlier origins whose windows had ended
    """

    origin: int
    seen: Panel
    draws: Mapping[str, Draws]
    shown: Mapping[int, str]
    weights: Mapping[int, Mapping[str, float]]
    judged_on: Mapping[int, int]


def shown_forecast(pool: _Scores, baselines: Mapping[str, _Scores], horizon: int) -> str:
    """Name of the forecast to show first: "pool", or the baseline that was better so far.

    A baseline takes the pool's place where over at least 12 scored origins both its CRPS and its log score
    were lower by more than one standard error of the mean difference (Breiman and others 1984); of several
    such the one with the lowest CRPS. n origins of windows of h months count as n / h independent ones. The
    best of several baselines looks better than the pool by chance now and then: hence both scores and the
    margin. Forecasts without a spread ("nothing happens", "no change") are compared but never shown first.
    pool, baselines : arrays, shape (origins, 2): mean CRPS and mean log score at the same origins

    >>> pool = np.array([[2.0, 1.0]] * 12)
    >>> shown_forecast(pool, {"last_poisson": pool - 0.1}, 1), shown_forecast(pool, {"zeros": pool - 0.1}, 1)
    ('last_poisson', 'pool')
    """
    better = {}
    for name, scores in baselines.items():
        gaps = scores - pool
        error = gaps.std(axis=0) / np.sqrt(max(1.0, len(gaps) / horizon))
        if name not in POINT_FORECASTS and (gaps.mean(axis=0) < -error).all():
            better[name] = float(scores[:, 0].mean())
    if len(pool) < JUDGED_FROM or not better:
        return "pool"
    return min(better, key=lambda name: better[name])


def replay(
    vintages: Vintages,
    horizons: Sequence[int],
    origins: Iterable[int],
    draws: int,
    seed: int,
    tell: Callable[[str], None] = lambda words: None,
    members: Mapping[str, Member] = MEMBERS,
    baselines: Mapping[str, Member] = BASELINES,
) -> Iterator[Issue]:
    """Issue all forecasts at every origin in order; nothing later than an origin is looked at.

    horizons : months; origins : lengths of history, ascending; draws : futures of each forecast
    """
    # A window counts once its reports have come in.
    past = _Past(settle=LONGEST_DELAY if vintages.dated else 0)
    for origin in sorted(set(origins)):
        tell(f"origin {origin} of {vintages.months} months")
        seen = vintages.at(origin)
        made = _drawn(vintages, origin, {**members, **baselines}, horizons, draws, seed)
        own = [name for name in members if name in made]
        if not own:
            continue
        rng = np.random.default_rng([seed, origin])
        weights = {h: past.weights(h, own, seen) for h in horizons}
        made["pool"] = {h: mix({name: made[name][h] for name in own}, weights[h], rng) for h in horizons}
        shown = {h: past.shown(h, tuple(baselines), seen) for h in horizons}
        judged = {h: len(past.ended(h, origin)) for h in horizons}
        yield Issue(origin, seen, made, shown, weights, judged)
        past.keep(origin, made)


def _drawn(
    vintages: Vintages,
    origin: int,
    members: Mapping[str, Member],
    horizons: Sequence[int],
    draws: int,
    seed: int,
) -> dict[str, Draws]:
    """Draws of all, each half trained on another draw of what is still to be reported."""
    if not vintages.dated:
        return member_draws(vintages.at(origin), members, horizons, draws, seed)
    made = []
    for k, half in enumerate((draws // 2, draws - draws // 2)):
        whole = completed(vintages, origin, np.random.default_rng([seed, origin, k]))
        made.append(member_draws(whole, members, horizons, half, seed + k))
    first, second = made
    return {
        name: {h: np.concatenate([first[name][h], second[name][h]], axis=1) for h in horizons}
        for name in first
    }


@dataclass(eq=False)
class _Past:
    """Earlier forecasts, scored by what is known of their outcomes at the origin that asks."""

    settle: int = 0
    kept: dict[tuple[str, int], dict[int, NDArray[np.int64]]] = field(default_factory=dict)
    scored: dict[tuple[str, int, int, bytes], tuple[float, float]] = field(default_factory=dict)

    def keep(self, origin: int, made: Mapping[str, Draws]) -> None:
        for name, by_horizon in made.items():
            for h, draws in by_horizon.items():
                # Evenly over the columns: the two halves of a completed register lie one after the other.
                step = max(1, draws.shape[1] // _KEPT_DRAWS)
                self.kept.setdefault((name, h), {})[origin] = draws[:, ::step].astype(np.int32)

    def ended(self, h: int, now: int) -> list[int]:
        return [origin for origin in self.kept.get(("pool", h), {}) if origin + h + self.settle <= now]

    def scores(self, name: str, h: int, origins: Sequence[int], seen: Panel) -> _Scores:
        """CRPS and log score by origin, shape (origins, 2); nan where the forecast was not made."""
        return np.array([self._score(name, h, origin, seen.after(origin, h)) for origin in origins])

    def _score(self, name: str, h: int, origin: int, outcome: NDArray[np.int64]) -> tuple[float, float]:
        # Late reports change what is known of a window; the same outcome is scored once.
        key = (name, h, origin, outcome.tobytes())
        if key not in self.scored:
            draws = self.kept.get((name, h), {}).get(origin)
            self.scored[key] = (
                (float("nan"), float("nan"))
                if draws is None
                else (
                    float(scoring.crps(draws, outcome).mean()),
                    float(scoring.log_score(draws, outcome).mean()),
                )
            )
        return self.scored[key]

    def weights(self, h: int, own: Sequence[str], seen: Panel) -> dict[str, float]:
        origins = self.ended(h, seen.months)
        equal = dict.fromkeys(own, 1 / len(own))
        if len(origins) < STACKING_FROM:
            return equal
        bits = np.stack([self.scores(name, h, origins, seen)[:, 1] for name in own], axis=1)
        whole = bits[np.isfinite(bits).all(axis=1)]
        return dict(zip(own, stacked_weights(2.0**-whole).tolist(), strict=True))

    def shown(self, h: int, baselines: Sequence[str], seen: Panel) -> str:
        origins = self.ended(h, seen.months)
        if len(origins) < JUDGED_FROM:
            return "pool"
        scores = {name: self.scores(name, h, origins, seen) for name in baselines}
        whole = {name: found for name, found in scores.items() if np.isfinite(found).all()}
        return shown_forecast(self.scores("pool", h, origins, seen), whole, h)
