"""The peer svy as a process: reads the table, then one name of a task per line, and prints its seconds.

Run by the Python of an environment outside this repository; svy is no dependency.
"""

from __future__ import annotations

import importlib.metadata
import resource
import sys
import time

import polars as pl
import svy


def main() -> None:
    """Answer names of tasks with seconds until the input ends."""
    data = pl.read_csv(sys.argv[1])
    design = svy.Design(stratum="h", psu="p", wgt="w")
    sample = svy.Sample(data, design)
    made: list[svy.Sample] = []

    def replicate() -> None:
        made[:] = [svy.Sample(data, design).weighting.create_bs_wgts(100, rstate=1)]

    tasks = {
        "declare design": lambda: svy.Sample(data, svy.Design(stratum="h", psu="p", wgt="w")),
        "mean": lambda: sample.estimation.mean("y"),
        "19 shares": lambda: sample.estimation.prop("z"),
        "mean by 17 regions": lambda: sample.estimation.mean("y", by="r"),
        "19 shares x 17 regions": lambda: sample.estimation.prop("z", by="r"),
        "ratio": lambda: sample.estimation.ratio("y", "x"),
        "median and interval": lambda: sample.estimation.median("y"),
        "OLS y ~ x + b": lambda: sample.glm.fit("y", x=["x", "b"]),
        "logit b ~ x": lambda: sample.glm.fit("b", x=["x"], family="binomial"),
        "100 bootstrap replicates": replicate,
        "mean by 17 regions, 100 replicates": lambda: made[0].estimation.mean(
            "y", by="r", method="replication"
        ),
    }
    print(f"svy {importlib.metadata.version('svy')}", flush=True)
    for line in sys.stdin:
        name = line.strip()
        if name == "peak":
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, flush=True)
        elif name not in tasks:
            print("none", flush=True)
        else:
            began = time.perf_counter()
            tasks[name]()
            print(time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main()
