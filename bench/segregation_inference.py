"""Inference for segregation against PySAL `segregation`: 17 areas x 18 groups, and 5,000 units x 20 groups.

Run by `make bench-segregation` in the place of the peers. Before anything is timed, both programs draw the
same null and their distributions are compared. Then runs alternate in one sitting; medians and their ratio
are printed, and the section of bench/RESULTS.md is written. The peer uses as many processes as there are
cores, ours as many threads. At 5,000 x 20 the peer makes fewer draws, and its time is scaled up to 999.
"""

from __future__ import annotations

import csv
import os
import platform
import statistics
import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "bench")]
warnings.filterwarnings("ignore")

from results import write_section  # noqa: E402

from kelisim.stats.gini import multigroup_gini  # noqa: E402
from kelisim.stats.segregation_inference import bootstrap_draws, null_draws  # noqa: E402

RUNS, DRAWS, FEW = 5, 999, 40
WORKERS = os.cpu_count() or 1
INDICES: Any = (("MultiInfoTheory", "theil_h", "H"), ("MultiDissim", "multigroup_dissimilarity", "D"))
TURKISTAN = ROOT / "examples/turkistan/data/table1_population_by_region_group_2019.csv"


def regions() -> np.ndarray:
    """The 17 areas and 18 groups of table 1."""
    rows: dict[str, list[int]] = defaultdict(list)
    with TURKISTAN.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["area_id"] != "KZ" and row["group_id"] != "total":
                rows[row["area_id"]].append(int(row["count"]))
    return np.array(list(rows.values()))


def many_units() -> np.ndarray:
    """5,000 units of 200 to 2,000 persons in 20 groups, compositions scattered around one."""
    rng = np.random.default_rng(1)
    p = rng.dirichlet(np.full(20, 0.5))
    sizes = rng.integers(200, 2000, 5000)
    return np.array(
        [rng.multinomial(n, q) for n, q in zip(sizes, rng.dirichlet(20 * p + 1e-3, 5000), strict=True)]
    )


def frame(table: np.ndarray) -> tuple[Any, list[str]]:
    import geopandas
    from shapely.geometry import Point

    names = [f"g{k}" for k in range(table.shape[1])]
    return geopandas.GeoDataFrame(
        table, columns=names, geometry=[Point(k, k) for k in range(len(table))]
    ), names


def peer_draws(table: np.ndarray, index: str, null: str, draws: int, jobs: int) -> np.ndarray:
    """Draws of the peer, called as its users call it."""
    import segregation.multigroup
    from segregation.inference import SingleValueTest

    data, names = frame(table)
    fitted = getattr(segregation.multigroup, index)(data, names)
    return np.asarray(
        SingleValueTest(fitted, iterations_under_null=draws, null_approach=null, n_jobs=jobs).est_sim
    )


def alternate(peer: Callable[[], Any], ours: Callable[[], Any]) -> tuple[float, float]:
    """Median seconds of both, one run of each in turn after one that is not counted."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(RUNS + 1):
        for kept, call in zip(seconds, (peer, ours), strict=True):
            began = time.perf_counter()
            call()
            kept.append(time.perf_counter() - began)
    return statistics.median(seconds[0][1:]), statistics.median(seconds[1][1:])


def agreement() -> list[str]:
    from scipy import stats

    table = np.random.default_rng(4).multinomial(60, np.random.default_rng(5).dirichlet([3, 2, 1], size=14))
    np.random.seed(1)  # noqa: NPY002 - the peer draws from the global stream
    lines = []
    for null in ("evenness", "systematic", "person_permutation", "bootstrap"):
        rng = np.random.default_rng(2)
        names: Any = ["theil_h", "multigroup_dissimilarity"]
        kinds: Any = {"null": null} if null != "bootstrap" else {}
        draw: Any = null_draws if kinds else bootstrap_draws
        ours = draw(table, names, draws=4000, rng=rng, **kinds)
        peers = [peer_draws(table, index, null, 400, 1) for index in ("MultiInfoTheory", "MultiDissim")]
        p = [stats.ks_2samp(theirs, ours[name]).pvalue for name, theirs in zip(names, peers, strict=True)]
        lines.append(f"{null} {p[0]:.2f} / {p[1]:.2f}")
    return lines


def main() -> None:
    """Compare, time, print and write the section."""
    import segregation.multigroup

    agrees = agreement()
    print("Kolmogorov-Smirnov p, H / D:", "; ".join(agrees))
    small, big = regions(), many_units()
    rows: list[tuple[str, float, float, str]] = []

    def case(name: str, peer: Callable[[], Any], ours: Callable[[], Any], scale: float, note: str) -> None:
        theirs, own = alternate(peer, ours)
        rows.append((name, theirs * scale, own, note))
        print(f"{name}: peer {theirs * scale:.3f} s, kelisim {own:.4f} s, ratio {theirs * scale / own:.0f}")

    def null(table: np.ndarray, *names: Any) -> Callable[[], Any]:
        return lambda: null_draws(
            table, names, null="evenness", draws=DRAWS, rng=np.random.default_rng(3), workers=WORKERS
        )

    def boot(table: np.ndarray, *names: Any) -> Callable[[], Any]:
        return lambda: bootstrap_draws(
            table, names, draws=DRAWS, rng=np.random.default_rng(3), workers=WORKERS
        )

    def theirs(table: np.ndarray, index: str, approach: str, draws: int) -> Callable[[], Any]:
        return lambda: peer_draws(table, index, approach, draws, WORKERS)

    size = f"{small.shape[0]} x {small.shape[1]}"
    for index, name, word in INDICES:
        peer = theirs(small, index, "evenness", DRAWS)
        case(f"999 nulls (evenness), {size}, {word}", peer, null(small, name), 1, "")
        peer = theirs(small, index, "bootstrap", DRAWS)
        case(f"999 bootstraps, {size}, {word}", peer, boot(small, name), 1, "")
    scale, scaled = DRAWS / FEW, f"peer: {FEW} draws, scaled to {DRAWS}"
    for index, name, word in INDICES:
        peer = theirs(big, index, "evenness", FEW)
        case(f"999 nulls (evenness), 5,000 x 20, {word}", peer, null(big, name), scale, scaled)
        peer = theirs(big, index, "bootstrap", DRAWS)
        case(f"999 bootstraps, 5,000 x 20, {word}", peer, boot(big, name), 1, "")

    def one_after_the_other() -> None:
        theirs(big, "MultiInfoTheory", "evenness", FEW)()
        theirs(big, "MultiDissim", "evenness", FEW)()

    one = null(big, "theil_h", "multigroup_dissimilarity")
    case("999 nulls (evenness), 5,000 x 20, H and D from one draw", one_after_the_other, one, scale, scaled)
    data, names = frame(big)
    case(
        "multigroup Gini, 5,000 x 20, one value",
        lambda: segregation.multigroup.MultiGini(data, names),
        lambda: multigroup_gini(big),
        1,
        "",
    )
    lines = ["| case | PySAL, s | kelisim, s | ratio | |", "|---|---|---|---|---|"]
    lines += [
        f"| {name} | {peer:.3g} | {own:.3g} | {peer / own:.0f} | {note} |" for name, peer, own, note in rows
    ]
    lines += [
        "",
        f"Medians of {RUNS} alternating runs after one not counted. Peer: segregation "
        f"{version('segregation')} with {WORKERS} processes (joblib); ours with {WORKERS} threads. "
        f"Python {platform.python_version()}, "
        f"numpy {np.__version__}, {platform.machine()}, {WORKERS} cores. Distributions compared first, "
        f"Kolmogorov-Smirnov p of H / D: {'; '.join(agrees)}.",
    ]
    write_section("Inference for segregation", "\n".join(lines))


if __name__ == "__main__":
    main()
