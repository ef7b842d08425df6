"""What chance alone would give, and how much a value hangs on the units that happen to be there.

Draw once, measure everything: `null_draws` and `bootstrap_draws` return one array per index from the same
draws. `null_test`, `chance_corrected` and `percentile_interval` then read an array. A small p says that
chance does not explain the value; it does not say that the value is large.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.core.errors import CountsError, NotDefined
from kelisim.stats.composition import check_counts
from kelisim.stats.null_tables import Null, null_tables
from kelisim.stats.segregation_sums import MEASURES, Measure, ResampledSums, Sums, TableSums

__all__ = [
    "NullTest",
    "bootstrap_draws",
    "chance_corrected",
    "null_draws",
    "null_test",
    "percentile_interval",
]

# One block of draws is about this many cells, so that it stays in the processor's cache. There are at
# least so many blocks, so that threads have work to share.
_CELLS, _BLOCKS = 2**18, 8
_TIE = 1e-12


@dataclass(frozen=True, slots=True)
class NullTest:
    """A value held against draws under a null hypothesis.

    expected : mean of the draws, what chance alone gives (E0)
    p : (1 + draws at least as large) / (1 + draws), one-sided; never 0
    draws : draws in which the index had a value
    """

    observed: float
    expected: float
    p: float
    draws: int


def _units(counts: ArrayLike) -> NDArray[np.int64]:
    table = check_counts(counts)
    if table.ndim != 2:
        raise CountsError(f"a table of units and groups has two dimensions, this has {table.ndim}")
    lived = table[table.sum(axis=1) > 0]
    if len(lived) == 0:
        raise NotDefined("empty_area", "nobody lives in any of the units")
    if len(lived) == 1:
        raise NotDefined("one_unit", "segregation between units needs at least two units with people")
    if np.count_nonzero(lived.sum(axis=0)) < 2:
        raise NotDefined("one_group", "everybody belongs to one group")
    return np.asarray(lived, dtype=np.int64)


def _in_blocks(
    draws: int, cells: int, rng: np.random.Generator, workers: int,
    sums_of: Callable[[int, np.random.Generator], Sums], measures: Sequence[Measure],
) -> dict[str, NDArray[np.float64]]:  # fmt: skip
    if draws < 1:
        raise ValueError(f"{draws} draws were asked for; at least 1 is needed")
    size = max(1, min(_CELLS // max(1, cells), -(-draws // _BLOCKS)))
    sizes = [min(size, draws - begun) for begun in range(0, draws, size)]

    def block(part: tuple[int, np.random.Generator]) -> list[NDArray[np.float64]]:
        sums = sums_of(*part)
        return [MEASURES[measure](sums) for measure in measures]

    # Every block has its own stream, so the numbers do not depend on how many threads share the work.
    parts = list(zip(sizes, rng.spawn(len(sizes)), strict=True))
    if workers > 1 and len(parts) > 1:
        with ThreadPoolExecutor(workers) as pool:
            found = list(pool.map(block, parts))
    else:
        found = [block(part) for part in parts]
    return {measure: np.concatenate([each[k] for each in found]) for k, measure in enumerate(measures)}


def null_draws(
    counts: ArrayLike, measures: Sequence[Measure], *, null: Null, draws: int, rng: np.random.Generator,
    workers: int = 1,
) -> dict[str, NDArray[np.float64]]:  # fmt: skip
    """Indices of segregation of tables drawn under a null hypothesis, all from the same tables.

    counts : array, shape (units, groups) - persons; units where nobody lives are left out
    measures : "theil_h", "mutual_information", "multigroup_dissimilarity", "relative_diversity",
    "multigroup_gini";
        and, for each group against the rest, "dissimilarity" and "isolation"
    null : see `null_tables`;  workers : threads, which do not change the result
    Returns: for every index an array of shape (draws,), or (draws, groups) for those of single groups; nan
    where a draw left the index without value.
    Raises: NotDefined("empty_area"), NotDefined("one_unit"), NotDefined("one_group"); CountsError.

    >>> rng = np.random.default_rng(1)
    >>> drawn = null_draws([[30, 10], [10, 50]], ["theil_h"], null="evenness", draws=99, rng=rng)
    >>> null_test(0.264098, drawn["theil_h"]).p
    0.01
    """
    table = _units(counts)
    return _in_blocks(
        draws, table.size, rng, workers, lambda k, r: TableSums(null_tables(table, null, k, r)), measures
    )


def bootstrap_draws(
    counts: ArrayLike, measures: Sequence[Measure], *, draws: int, rng: np.random.Generator, workers: int = 1
) -> dict[str, NDArray[np.float64]]:
    """Indices of segregation of tables whose units were drawn with replacement (Efron 1979).

    Speaks of the units as if they were a sample of units. Of units that are all there are, it only shows how
    much the value hangs on single units.
    Arguments, results and errors as of `null_draws`.

    >>> rng = np.random.default_rng(1)
    >>> drawn = bootstrap_draws([[30, 10], [10, 50], [20, 20]], ["theil_h"], draws=99, rng=rng)
    >>> drawn["theil_h"].shape
    (99,)
    """
    table = _units(counts).astype(np.float64)
    units = len(table)

    def resampled(many: int, stream: np.random.Generator) -> Sums:
        chosen = stream.integers(0, units, size=(many, units)) + units * np.arange(many)[:, None]
        times = np.bincount(chosen.ravel(), minlength=many * units).reshape(many, units)
        return ResampledSums(table, times.astype(np.float64))

    return _in_blocks(draws, units, rng, workers, resampled, measures)


def null_test(observed: float, drawn: ArrayLike) -> NullTest:
    """Hold a value against its draws: E0 = their mean, p = (1 + b) / (1 + n), b draws being at least as
    large.

    One-sided: is the value larger than chance gives? Equal values count as larger, so p errs on the safe side
    (Davison and Hinkley 1997). Draws in which the index had no value are left out.
    Raises: NotDefined("one_group") where no draw gave a value.

    >>> null_test(0.5, [0.1, 0.2, 0.6])
    NullTest(observed=0.5, expected=0.3, p=0.5, draws=3)
    """
    values = np.asarray(drawn, dtype=np.float64)
    values = values[~np.isnan(values)]
    if values.size == 0:
        raise NotDefined("one_group", "no drawn table gave the index a value")
    # Tables that differ by the order of units give values that differ in the last binary digits only.
    larger = int(np.count_nonzero(values >= observed - _TIE * max(1.0, abs(observed))))
    return NullTest(float(observed), float(values.mean()), (1 + larger) / (1 + values.size), int(values.size))


def chance_corrected(observed: float, expected: float) -> float:
    """Value of an index beyond chance, (observed - E0) / (1 - E0) (Winship 1977; Carrington and Troske 1997).

    0 where the value is what chance gives, 1 at the largest value, below 0 where units are more alike than
    chance makes them. Only for indices whose largest value is 1. It matters where units are small.
    Raises: NotDefined("small_units") where chance alone gives 1.

    >>> round(chance_corrected(0.5, 0.2), 3)
    0.375
    """
    if expected >= 1:
        raise NotDefined("small_units", "units are so small that chance alone gives the largest value")
    return (observed - expected) / (1.0 - expected)


def percentile_interval(drawn: ArrayLike, level: float) -> tuple[float, float]:
    """Percentile interval of draws (Efron 1979): the (1 - level) / 2 and (1 + level) / 2 quantiles.

    Resampling units makes tables a little less segregated than the table they come from, so the interval
    lies low; with fewer than about 50 units it covers less often than its level says.
    level : in (0, 1).  Raises: NotDefined("one_group") where no draw gave a value.

    >>> percentile_interval(range(101), 0.5)
    (25.0, 75.0)
    """
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not {level}")
    values = np.asarray(drawn, dtype=np.float64)
    values = values[~np.isnan(values)]
    if values.size == 0:
        raise NotDefined("one_group", "no drawn table gave the index a value")
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
