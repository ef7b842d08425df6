"""Compares estimates with svy on random designs; writes its section of bench/RESULTS.md. No clock runs here.

Run: python bench/survey_agreement.py PYTHON_THAT_HAS_SVY
The Python named is that of an environment outside this repository; svy is no dependency.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from results import write_section

DESIGNS = 25
PEER = """
import importlib.metadata, json, sys
import polars as pl
import svy

def rows(found):
    return [[r["est"], r["se"], r["lci"], r["uci"]] for r in found.to_polars().to_dicts()]

def terms(found):
    names = ("estimate", "std_err", "conf_low", "conf_high")
    return [[r[name] for name in names] for r in found.to_polars().to_dicts()]

made = []
for path in sys.argv[1:]:
    text = {name: pl.String for name in "hprz"}
    sample = svy.Sample(pl.read_csv(path, schema_overrides=text), svy.Design(stratum="h", psu="p", wgt="w"))
    e = sample.estimation
    made.append({
        "mean": rows(e.mean("y")), "total": rows(e.total("y")), "ratio": rows(e.ratio("y", "x")),
        "shares": rows(e.prop("z")), "mean by region": rows(e.mean("y", by="r")),
        "shares by region": rows(e.prop("z", by="r")), "median": rows(e.median("y")),
        "OLS": terms(sample.glm.fit("y", x=["x", "b"])),
        "logit": terms(sample.glm.fit("b", x=["x"], family="binomial")),
    })
print(json.dumps({"version": importlib.metadata.version("svy"), "made": made}))
"""
Numbers = list[list[float]]


def columns(rng: np.random.Generator) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    """A design of 3 to 12 strata of 2 to 6 units with 4 to 30 people each, and their answers."""
    units = [(h, p) for h in range(rng.integers(3, 13)) for p in range(rng.integers(2, 7))]
    people = np.repeat(np.arange(len(units)), rng.integers(4, 31, len(units)))
    stratum = np.array([h for h, _ in units])[people]
    x = rng.uniform(1, 3, people.size)
    y = 2 * x + rng.normal(0, 1, len(units))[people] + rng.normal(0, 2, people.size)
    return {
        "h": np.char.add("h", stratum.astype(str)),
        "p": np.char.add("p", people.astype(str)),
        "w": rng.lognormal(1, 0.7, people.size),
        "y": y,
        "x": x,
        "b": rng.binomial(1, 1 / (1 + np.exp(2 - x))).astype(np.float64),
        "r": rng.choice(["a", "b", "c", "d"], people.size),
        "z": rng.choice(["k", "l", "m", "n", "o"], people.size, p=[0.4, 0.3, 0.15, 0.1, 0.05]),
    }


def ours(data: dict[str, np.ndarray]) -> dict[str, Numbers]:  # type: ignore[type-arg]
    """Value, standard error and both ends of every estimate, in the order of the peer."""
    from kelisim.stats.survey.design import Design
    from kelisim.stats.survey.glm import glm
    from kelisim.stats.survey.moments import mean, ratio, share, total
    from kelisim.stats.survey.quantile import quantile
    from kelisim.stats.survey.sample import Sample

    design = Design(kind="probability", weights="w", strata=("h",), psu=("p",), lonely="fail")
    sample = Sample(data, design)

    def rows(found) -> Numbers:  # type: ignore[no-untyped-def]
        return [[one.value, one.se, one.low, one.high] for one in found]

    return {
        "mean": rows(mean(sample, "y", level=0.95)),
        "total": rows(total(sample, "y", level=0.95)),
        "ratio": rows(ratio(sample, "y", "x", level=0.95)),
        "shares": rows(share(sample, "z", level=0.95, interval="logit")),
        "mean by region": rows(mean(sample, "y", by=["r"], level=0.95)),
        "shares by region": rows(share(sample, "z", by=["r"], level=0.95, interval="logit")),
        "median": rows(quantile(sample, "y", [0.5], level=0.95)),
        "OLS": rows(glm(sample, "y", ["x", "b"], family="gaussian", level=0.95)),
        "logit": rows(glm(sample, "b", ["x"], family="logit", level=0.95)),
    }


def main() -> None:
    rng = np.random.default_rng(20261125)
    designs = [columns(rng) for _ in range(DESIGNS)]
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{k}.csv" for k in range(DESIGNS)]
        for path, data in zip(paths, designs, strict=True):
            pacsv.write_csv(pa.table(data), path)
        command = [sys.argv[1], "-c", PEER, *map(str, paths)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout.splitlines()[-1])
    write_section("Agreement of survey estimates with svy", report([ours(d) for d in designs], said))


def report(mine: list[dict[str, Numbers]], said: dict) -> str:  # type: ignore[type-arg]
    lines = [
        f"{DESIGNS} random designs of 3-12 strata x 2-6 units x 4-30 people, lognormal weights; the largest",
        f"relative difference from svy {said['version']} over all (by `bench/survey_agreement.py`).",
        "",
        "| statistic | estimates compared | value | standard error | ends of the interval |",
        "|---|---|---|---|---|",
    ]
    for name in mine[0]:
        off = np.concatenate([_off(a[name], b[name]) for a, b in zip(mine, said["made"], strict=True)])
        # A share of none or all has no interval by either program.
        worst = [np.nanmax(part) for part in (off[:, 0], off[:, 1], off[:, 2:])]
        lines.append(f"| {name} | {len(off)} | " + " | ".join(f"{one:.0e}" for one in worst) + " |")
    return "\n".join(lines)


def _off(mine: Numbers, theirs: Numbers) -> np.ndarray:  # type: ignore[type-arg]
    a, b = np.array(mine, dtype=float), np.array(theirs, dtype=float)
    return np.abs(a - b) / np.maximum(np.abs(b), 1e-12)


if __name__ == "__main__":
    main()
