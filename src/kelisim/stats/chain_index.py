"""Chain indices over a changing set of sources: a link compares only sources present at both its ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.core.errors import CountsError

__all__ = ["ChainIndex", "chain_index", "fixed_panel_change"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ChainIndex:
    """values : index by period, 1 at the first, NaN from a broken link on

    sources : sources in the link that led to the period; at the first, those covered
    drawn : (draws, periods) of the bootstrap over sources
    """

    values: Floats
    sources: NDArray[np.int64]
    drawn: Floats


def chain_index(
    counts: ArrayLike, exposure: ArrayLike, *, draws: int, rng: np.random.Generator
) -> ChainIndex:
    """Matched-panel chain index of rates: I_t = I_(t-1) r_t(S_t) / r_(t-1)(S_t).

    S_t are the sources covered at t - 1 and at t, r(S) = sum of counts / sum of exposure over S. A source
    that enters or leaves moves no link. Links are broken, and the index ends, where no source is covered at
    both ends or nothing was counted at the earlier one. The interval comes of drawing whole sources.

    counts, exposure : shape (sources, periods); NaN in either where a source was not covered, never 0
    Raises: CountsError.

    >>> rng = np.random.default_rng(1)
    >>> exposure = [[100.0, 100.0, np.nan], [np.nan, 500.0, 500.0]]
    >>> made = chain_index([[10, 12, np.nan], [np.nan, 200, 200]], exposure, draws=9, rng=rng)
    >>> made.values.round(6).tolist(), made.sources.tolist()
    ([1.0, 1.2, 1.2], [1, 1, 1])
    """
    y, e = _checked(counts, exposure)
    covered = np.isfinite(y)
    y, e = np.where(covered, y, 0.0), np.where(covered, e, 0.0)
    both = covered[:, 1:] & covered[:, :-1]
    once = np.ones((1, len(y)))
    values = _chained(once, y, e, both)[0]
    weights = rng.multinomial(len(y), np.full(len(y), 1 / len(y)), size=draws).astype(np.float64)
    sources = np.append(int(covered[:, 0].sum()), both.sum(axis=0))
    return ChainIndex(values, sources.astype(np.int64), _chained(weights, y, e, both))


def fixed_panel_change(counts: ArrayLike, exposure: ArrayLike) -> tuple[float, int]:
    """Change of the rate from first to last period over sources covered in all periods, and how many.

    Beside the chain, a check of drift: links that scatter can add up to a rise that no fixed set shows.
    NaN where no source stayed, or nothing was counted at the first period.

    >>> fixed_panel_change([[10, 11, 12], [5, np.nan, 50]], [[100, 100, 100], [100, np.nan, 100]])
    (1.2, 1)
    """
    y, e = _checked(counts, exposure)
    stayed = np.isfinite(y).all(axis=1)
    first, last = y[stayed, 0].sum(), y[stayed, -1].sum()
    if not stayed.any() or first == 0:
        return float("nan"), int(stayed.sum())
    return float(last / e[stayed, -1].sum() / (first / e[stayed, 0].sum())), int(stayed.sum())


def _checked(counts: ArrayLike, exposure: ArrayLike) -> tuple[Floats, Floats]:
    y, e = np.array(counts, dtype=np.float64), np.array(exposure, dtype=np.float64)
    if y.shape != e.shape or y.ndim != 2 or y.shape[0] < 1 or y.shape[1] < 1:
        raise CountsError("counts and exposures are tables of sources by periods")
    known = np.isfinite(y) & np.isfinite(e)
    if np.isinf(y).any() or np.isinf(e).any() or (y[known] < 0).any() or (e[known] <= 0).any():
        raise CountsError("where a source was covered, its count is not negative and its exposure above 0")
    y[~known], e[~known] = np.nan, np.nan
    return y, e


def _chained(weights: Floats, y: Floats, e: Floats, both: NDArray[np.bool_]) -> Floats:
    """Index by draw and period, from sums over the sources of each link weighted by the draw."""
    matched = both.astype(np.float64)
    count_now, count_before = weights @ (y[:, 1:] * matched), weights @ (y[:, :-1] * matched)
    effort_now, effort_before = weights @ (e[:, 1:] * matched), weights @ (e[:, :-1] * matched)
    with np.errstate(divide="ignore", invalid="ignore"):
        link = (count_now / effort_now) / (count_before / effort_before)
    link[~np.isfinite(link)] = np.nan
    return np.concatenate([np.ones((len(weights), 1)), np.cumprod(link, axis=1)], axis=1)
