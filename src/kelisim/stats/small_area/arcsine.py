"""Shares on the scale of arcsin sqrt p, where the variance does not depend on the share, and the way back.

A share of n_eff answers has the variance 1 / (4 n_eff) there, at 2 % as at 50 %. Back on the scale of shares
the middle is the mean of sin^2 over what is still unknown, and not sin^2 of the middle, which lies too low
for rare answers (Sugasawa and Kubokawa 2017); the ends of an interval are carried back as they are.
"""

from __future__ import annotations

import numpy as np

from kelisim.stats.survey.stages import Floats

__all__ = ["backward", "forward", "share_ends", "share_error"]


def forward(share: Floats) -> Floats:
    """arcsin sqrt p, in [0, pi / 2]."""
    found: Floats = np.arcsin(np.sqrt(share))
    return found


def backward(middle: Floats, variance: Floats) -> Floats:
    """Mean of sin^2 Z for normal Z, (1 - cos(2 middle) exp(-2 variance)) / 2.

    >>> backward(np.array([0.5, 0.5]), np.array([0.0, 0.01])).round(4).tolist()
    [0.2298, 0.2352]
    """
    found: Floats = (1 - np.cos(2 * middle) * np.exp(-2 * variance)) / 2
    return found


def share_error(middle: Floats, variance: Floats) -> Floats:
    """Standard deviation of sin^2 Z for normal Z, exact.

    Var cos 2Z = (1 + exp(-8 v) cos 4m) / 2 - exp(-4 v) cos^2 2m, over 4.
    """
    cosine = np.square(np.cos(2 * middle))
    spread = (1 + np.exp(-8 * variance) * (2 * cosine - 1)) / 2 - np.exp(-4 * variance) * cosine
    found: Floats = np.sqrt(np.maximum(spread, 0.0)) / 2
    return found


def share_ends(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Ends carried back, sin^2, after they are cut to where a share can be."""
    first, second = (np.square(np.sin(np.clip(end, 0.0, np.pi / 2))) for end in (low, high))
    return first, second
