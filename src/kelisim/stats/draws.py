"""Draws of what estimates may truly be: means held to the ends of their scale, and shares.

An estimate arrives as value, standard error and degrees of freedom. Its draws come from uniforms, so that
items of one survey, whose errors move together, can be drawn together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.core.errors import CountsError

__all__ = ["correlated_uniforms", "share_draws", "truncated_t_draws"]

_Floats = NDArray[np.float64]


def correlated_uniforms(draws: int, items: int, correlation: float, rng: np.random.Generator) -> _Floats:
    """Uniforms of shape (draws, items) with one normal-copula correlation between every two items.

    correlation : in [0, 1); z_j = sqrt(r) z_0 + sqrt(1 - r) e_j, u_j = Phi(z_j)
    Raises: ValueError for another correlation.

    >>> u = correlated_uniforms(4000, 2, 0.5, np.random.default_rng(1))
    >>> u.shape, bool(abs(np.corrcoef(u.T)[0, 1] - 0.48) < 0.05)
    ((4000, 2), True)
    """
    from scipy.special import ndtr

    if not 0 <= correlation < 1:
        raise ValueError(f"a correlation of errors lies in [0, 1), not at {correlation}")
    common = rng.standard_normal((draws, 1))
    own = rng.standard_normal((draws, items))
    out: _Floats = ndtr(np.sqrt(correlation) * common + np.sqrt(1.0 - correlation) * own)
    return out


def truncated_t_draws(
    uniforms: ArrayLike, value: float, se: float, df: float, low: float, high: float
) -> _Floats:
    """Draws of a mean: Student's t around `value` with scale `se`, cut to the scale [low, high].

    With a flat prior on the scale this is the posterior of the mean. se 0 gives the value itself; df may be
    infinite.
    Raises: CountsError where the value lies outside its scale, or se or df is impossible.

    >>> truncated_t_draws([0.0, 0.5, 1.0], 5.0, 1.0, np.inf, 0.0, 10.0).round(6).tolist()
    [0.0, 5.0, 10.0]
    """
    from scipy.special import ndtr, ndtri, stdtr, stdtrit

    if not (low <= value <= high and se >= 0 and df > 0):
        raise CountsError(f"no draws from value {value}, standard error {se}, df {df} on {low} .. {high}")
    u = np.asarray(uniforms, dtype=np.float64)
    if se < 1e-12 * (high - low):  # an error beyond the digits of the scale is none
        return np.full_like(u, value)
    ends = np.array([low - value, high - value]) / se
    # Beyond some ten thousand degrees of freedom t is the normal to more digits than the draws have.
    normal = df > 1e4
    below, above = ndtr(ends) if normal else stdtr(df, ends)
    # At 0 and 1 the quantile of t is not finite, and some programs give it the wrong sign.
    place = np.clip(below + u * (above - below), 1e-15, 1.0 - 1e-15)
    standard = ndtri(place) if normal else stdtrit(df, place)
    out: _Floats = np.clip(value + se * standard, low, high)
    return out


def share_draws(uniforms: ArrayLike, share: float, n_effective: float) -> _Floats:
    """Draws of a share in [0, 1]: Beta(x + 1/2, n - x + 1/2) with n effective answers, x = n share
    (Jeffreys).

    Raises: CountsError where the share lies outside [0, 1] or nobody answered.

    >>> share_draws([0.5], 0.5, 100.0).round(3).tolist()
    [0.5]
    """
    from scipy.special import betaincinv

    if not (0 <= share <= 1 and n_effective > 0):
        raise CountsError(f"no draws from a share of {share} of {n_effective} answers")
    x = n_effective * share
    out: _Floats = betaincinv(x + 0.5, n_effective - x + 0.5, np.asarray(uniforms, dtype=np.float64))
    return out
