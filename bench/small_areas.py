"""Times figures of small areas beside the direct estimates they start from, over areas and interviews.

Two sampling units per area; everything on coded columns, medians of some rounds. Only the ratio to the direct
estimates of the same data compares. The multilevel model has effects of areas, of one trait and of places.

    python bench/small_areas.py [--rounds 5]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
CASES = ((17, 40), (17, 4_000), (50, 40), (200, 40), (2_000, 40))
MOST_FOR_MRP = 50


def columns(areas: int, each: int) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    """Areas of two places; one answer yes or no and one trait of four levels."""
    rng = np.random.default_rng(20260101)
    area = np.repeat(np.arange(areas), each)
    place = area * 2 + np.tile(np.arange(each) % 2, areas)
    line = -0.4 + rng.normal(0, 0.4, areas)[area] + rng.normal(0, 0.4, 2 * areas)[place]
    return {
        "area": area, "place": place, "w": rng.gamma(9, 10, area.size),
        "trait": rng.integers(0, 4, area.size),
        "y": (rng.random(area.size) < 1 / (1 + np.exp(-line))).astype(np.int64),
    }  # fmt: skip


def median_seconds(task: Callable[[], object], rounds: int) -> float:
    task()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        task()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    from results import write_section

    from kelisim.stats.small_area.area_model import area_shares
    from kelisim.stats.small_area.cells import tabulate
    from kelisim.stats.small_area.mrp import mrp_shares
    from kelisim.stats.survey.design import Design
    from kelisim.stats.survey.moments import share
    from kelisim.stats.survey.sample import Sample

    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    design = Design(kind="probability", weights="w", strata=("area",), psu=("place",), lonely="fail")
    lines = [
        "| areas x interviews | direct, s | Fay-Herriot | multilevel model |",
        "| --- | --- | --- | --- |",
    ]
    for areas, each in CASES:
        sample = Sample(columns(areas, each), design)
        rows = [(str(a), str(k)) for a in range(areas) for k in range(4)]
        cells = tabulate(["area", "trait"], rows, [250.0] * len(rows))

        def direct(sample: Sample = sample) -> object:
            return list(share(sample, "y", by=["area"], level=0.95))

        def model(sample: Sample = sample) -> object:
            return area_shares(sample, "y", by="area", method="adjusted", level=0.95, categories=["1"])

        def mrp(sample: Sample = sample, cells: object = cells) -> object:
            return mrp_shares(
                sample, "y", by="area", effects=["trait"], cells=cells, level=0.95,  # type: ignore[arg-type]
                rng=np.random.default_rng(1), categories=["1"],
            )  # fmt: skip

        plain = median_seconds(direct, rounds)
        ratio = median_seconds(model, rounds) / plain
        told = "-"
        if areas <= MOST_FOR_MRP:
            told = f"{median_seconds(mrp, max(rounds // 2, 1)) / plain:.0f} x"
        lines.append(f"| {areas:,} x {each:,} | {plain:.4f} | {ratio:.1f} x | {told} |")
        print(lines[-1], flush=True)
    opening = "Time of a model over that of the direct estimates of the same interviews, medians."
    write_section("Small areas", "\n".join([opening, "", *lines]))


if __name__ == "__main__":
    main()
