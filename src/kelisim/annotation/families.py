"""Families of nearly equal texts: a text and its reposts, cut, prefixed or slightly changed.

Reach is counted in items, origins in families; samples, intervals and classifiers work on families. Equal
texts are one before anything is compared. Candidates come from `signatures.bands`; every candidate pair is
compared exactly, so no pair is joined by a collision.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from kelisim.annotation.signatures import BANDS, RUN

__all__ = ["LARGEST_BUCKET", "SHARED", "candidates", "families", "shared_runs", "verified"]

# Share of runs of five characters that two texts of a family have in common, at least.
SHARED = 0.7
# Texts that agree in a band beyond this number are compared along a chain and not each with each.
LARGEST_BUCKET = 200


def shared_runs(first: str, second: str) -> float:
    """Jaccard similarity of the runs of five characters of two views; 0 if either is shorter.

    >>> round(shared_runs(" бүгін той болды ", " бүгін той болады "), 3)
    0.588
    """
    one, two = _runs(first), _runs(second)
    return len(one & two) / len(one | two) if one and two else 0.0


def _runs(view: str) -> frozenset[str]:
    return frozenset(view[at : at + RUN] for at in range(len(view) - RUN + 1))


def candidates(keys: NDArray[np.int64], bands: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pairs of texts that agree in a band.

    keys : (texts,) text keys, all different; they order the texts, so that the order of rows does not matter
    bands : (texts, 8)
    Returns: (pairs, 2) positions, each pair once.
    """
    order = np.argsort(keys, kind="stable")
    pairs = [np.zeros((0, 2), dtype=np.int64)]
    for band in range(BANDS):
        values = bands[order, band]
        by_value = np.argsort(values, kind="stable")
        cuts = np.flatnonzero(np.diff(values[by_value])) + 1
        members = order[by_value]
        sizes = np.diff(np.concatenate([[0], cuts, [len(members)]]))
        first = np.cumsum(sizes) - sizes
        for size in np.unique(sizes[sizes > 1]).tolist():
            buckets = members[first[sizes == size][:, None] + np.arange(size)]
            left, right = _within(size)
            pairs.append(np.stack([buckets[:, left].ravel(), buckets[:, right].ravel()], axis=1))
    found = np.sort(np.concatenate(pairs), axis=1)
    return np.unique(found, axis=0)


def _within(size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs to compare in a bucket: all, or in a large one each with the first and with the one before."""
    if size <= LARGEST_BUCKET:
        left, right = np.triu_indices(size, 1)
        return left.astype(np.int64), right.astype(np.int64)
    later = np.arange(1, size)
    return np.concatenate([np.zeros(size - 1, dtype=np.int64), later - 1]), np.concatenate([later, later])


def verified(
    pairs: NDArray[np.int64], view_of: Callable[[int], str], shared: float = SHARED
) -> NDArray[np.int64]:
    """The pairs whose texts have at least a share of runs in common, by exact comparison.

    view_of : position of a text -> its matching view
    """
    runs: dict[int, frozenset[str]] = {}

    def of(place: int) -> frozenset[str]:
        if place not in runs:
            runs[place] = _runs(view_of(place))
        return runs[place]

    kept = []
    for number, (left, right) in enumerate(pairs.tolist()):
        one, two = of(left), of(right)
        common = len(one & two)
        if common and common >= shared * (len(one) + len(two) - common):
            kept.append(number)
        # Pairs are sorted by their first text, which is not met again.
        if number + 1 == len(pairs) or pairs[number + 1, 0] != left:
            runs.pop(left, None)
    return pairs[kept]


def families(keys: NDArray[np.int64], pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """(texts,) family of each text: the smallest text key among all that pairs join, directly or in steps.

    keys : (texts,) text keys, all different; equal texts have one key and so one family
    pairs : (pairs, 2) verified pairs

    >>> families(np.array([30, 10, 20]), np.array([[0, 1]])).tolist()
    [10, 10, 20]
    """
    size = len(keys)
    links = coo_matrix((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    count, label = connected_components(links, directed=False)
    smallest = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(smallest, label, keys)
    return np.asarray(smallest[label], dtype=np.int64)
