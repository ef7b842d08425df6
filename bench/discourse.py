"""Discourse at scale: rates of the kernel on one core, whole jobs on two, and the peers beside them.

Run by `make bench-discourse` with the test environment and Spark; the peers run in their own place and answer
over a pipe, so that all alternate in one sitting. Texts are drawn by the project (mean 138 bytes, Kazakh and
Russian), and so are the 2,000 stems. Writes its section of bench/RESULTS.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "bench")]

from discourse_jobs import SHARD_ROWS, near_duplicates, through_pool, through_spark, write_items  # noqa: E402
from discourse_kernels import (  # noqa: E402
    STEMS,
    column,
    drawn,
    languages_of,
    matcher,
    stems_only,
    with_language_and_bands,
    words,
)
from results import write_section  # noqa: E402

from kelisim.annotation.kernel import language_model, load  # noqa: E402
from kelisim.annotation.normalise import normalise  # noqa: E402
from kelisim.annotation.signatures import bands, text_keys  # noqa: E402

ROUNDS, BATCH = 5, 32_768
# How many texts each peer is given: the slow ones get few, and the rate is what is compared.
PEERS = {
    "spacy": 2_000,
    "pyahocorasick": 30_000,
    "pyahocorasick_normalised": 30_000,
    "polars": BATCH,
    "datasketch": 1_000,
}


def main() -> None:
    """Measure, print and write the section."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--millions", type=int, default=1, help="texts of the whole jobs, in millions")
    parser.add_argument("--no-spark", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "stems.json").write_text(json.dumps(words().stems), encoding="utf-8")
        os.environ[STEMS] = str(folder / "stems.json")
        # The Python of Spark's workers finds our modules as this one does.
        os.environ["PYTHONPATH"] = os.pathsep.join(sys.path[:2])
        os.environ["PYSPARK_PYTHON"] = sys.executable
        stages, versions = stage_rates(folder) if asked.millions == 1 else ([], {})
        print("\n".join(stages), flush=True)
        jobs = job_times(folder, asked.millions, not asked.no_spark)
    made_with = (
        f"Python {platform.python_version()}, pyarrow {version('pyarrow')}, numpy {np.__version__}, "
        f"duckdb {version('duckdb')}, {''.join(f'{k} {v}, ' for k, v in versions.items())}"
        f"pyspark {version('pyspark')}, {platform.machine()}, 2 cores."
    )
    body = "\n".join([*stages, "", *jobs, "", made_with])
    print(body)
    write_section("Discourse at scale" if asked.millions == 1 else "Discourse, ten times as many", body)


def stage_rates(folder: Path) -> tuple[list[str], dict[str, str]]:
    """Texts a second of every stage and every peer, medians of rounds in which all take turns."""
    texts = column(drawn(0, BATCH))
    letters = np.frombuffer(texts.buffers()[2], np.uint8)
    low = pa.array([text.lower() for text in texts.to_pylist()])
    pq.write_table(pa.table({"text": low}), folder / "texts.parquet")
    found, model, whole = matcher(), language_model(), load()
    view = normalise(texts)
    guess, data = languages_of(view), view.buffer.tobytes()
    long = normalise(texts.filter(pa.array(np.diff(np.searchsorted(_spaces(view), view.offsets)) > 8)))
    batch = pa.record_batch({"item_id": np.arange(BATCH), "text": texts})
    ours: dict[str, tuple[int, Callable[[], Any]]] = {
        "memory copy of the texts": (BATCH, lambda: letters.copy()),
        "normalise": (BATCH, lambda: normalise(texts)),
        "2,000 stems, the scan alone": (BATCH, lambda: found._automaton.find_matches_as_indexes(data)),
        "2,000 stems with grammar": (BATCH, lambda: found.find(view, guess)),
        "normalise + 2,000 stems": (BATCH, lambda: _stems(texts)),
        "language": (BATCH, lambda: model.identify(view)),
        "keys of equal texts": (BATCH, lambda: text_keys(view)),
        "bands of texts of 8 words and more": (len(long.offsets) - 1, lambda: bands(long)),
        "normalise + stems + language": (BATCH, lambda: _with_language(texts)),
        "normalise + stems + language + keys + bands": (BATCH, lambda: _with_bands(texts)),
        "the kernel of the package, all labels": (BATCH, lambda: whole.annotate(batch)),
    }
    took: dict[str, list[float]] = {name: [] for name in (*ours, *PEERS)}
    with peers(folder, threads=1) as (versions, ask):
        for _ in range(ROUNDS + 1):
            for name, (size, run) in ours.items():
                began = time.process_time()
                run()
                took[name].append((time.process_time() - began) / size)
            for name, size in PEERS.items():
                took[name].append(ask(name, size) / size)
    rate = {name: 1 / statistics.median(values[1:]) for name, values in took.items()}
    copy = rate["memory copy of the texts"]
    lines = [
        f"One core, batches of {BATCH:,} texts of mean {len(letters) / BATCH:.0f} bytes; time of the",
        f"processor, medians of {ROUNDS} rounds in which all take turns, after one that is not counted.",
        "",
        "| stage | texts a second | memory copy is faster by |",
        "|---|---|---|",
        *(f"| {name} | {rate[name]:,.0f} | {copy / rate[name]:,.0f} x |" for name in ours),
        "",
        "| peer | task | texts a second | ours, same task | ratio |",
        "|---|---|---|---|---|",
    ]
    scan, whole_task = rate["2,000 stems, the scan alone"], rate["normalise + 2,000 stems"]
    signing = rate["bands of texts of 8 words and more"]
    for name, task, own in (
        ("pyahocorasick", "2,000 stems at the beginning of words, texts in small letters", scan),
        ("polars", "extract_many, 2,000 stems anywhere, texts in small letters, one thread", scan),
        (
            "pyahocorasick_normalised",
            "NFC, small letters, signs to spaces, 2,000 stems, no grammar",
            whole_task,
        ),
        ("spacy", "blank pipeline and PhraseMatcher, 2,000 stems as whole words", whole_task),
        ("datasketch", "MinHash of 128 and index of near-duplicates", signing),
    ):
        lines.append(f"| {name} | {task} | {rate[name]:,.0f} | {own:,.0f} | {own / rate[name]:.1f} |")
    parts = {
        "normalisation": 1 / rate["normalise"],
        "the scan": 1 / scan,
        "grammar and senses of the hits": 1 / rate["2,000 stems with grammar"] - 1 / scan,
    }
    total = sum(parts.values())
    told = ", ".join(f"{name} {100 * part / total:.0f} %" for name, part in parts.items())
    full = rate["the kernel of the package, all labels"]
    saved, here, whole_kernel = 50e6 / full - 50e6 / scan, scan / whole_task, scan / full
    lines += [
        "",
        f"Where the time of normalise + stems goes: {told}.",
        f"A compiled kernel could not beat the scan it keeps: at most {here:.0f} times as fast here,",
        f"{whole_kernel:.0f} times for all labels. For 50 million texts a month it would save {saved:,.0f}",
        "core-seconds a month: not worth a second language in the house. From a thousand million a month on",
        "it would be.",
    ]
    return lines, versions


@contextmanager
def peers(folder: Path, threads: int) -> Iterator[tuple[dict[str, str], Callable[[str, int], float]]]:
    """The peers in a process of their own: their versions, and a call from a task to its seconds."""
    command = [str(ROOT / ".venv-bench/bin/python"), str(ROOT / "bench/discourse_peers.py"), str(folder)]
    environment = os.environ | {"POLARS_MAX_THREADS": str(threads)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        said, asked = process.stdout, process.stdin

        def ask(name: str, size: int) -> float:
            if name:
                asked.write(f"{name} {size}\n")
                asked.flush()
            return float(said.readline())

        yield json.loads(said.readline()), ask
        asked.close()


def _spaces(view: Any) -> np.ndarray:
    return np.flatnonzero(view.buffer == 0x20)


def _stems(texts: pa.Array) -> Any:
    view = normalise(texts)
    return matcher().find(view, languages_of(view))


def _with_language(texts: pa.Array) -> Any:
    view = normalise(texts)
    language_model().identify(view)
    return view, matcher().find(view, languages_of(view))


def _with_bands(texts: pa.Array) -> Any:
    view, hits = _with_language(texts)
    return hits, text_keys(view), bands(view)


def job_times(folder: Path, millions: int, spark: bool) -> list[str]:
    """Texts in Parquet to monthly counts by district."""
    items = apart(write_items, folder, millions * 1_000_000 // SHARD_ROWS)
    lines = [
        f"{millions} million texts in Parquet to mentions by month, district and stem, two processes:",
        "",
        "| job | annotate, s | count, s | together, s | processor, s | peak memory, MB | mentions |",
        "|---|---|---|---|---|---|---|",
    ]
    runs = {"normalise + stems": stems_only, "the same with language and signatures": with_language_and_bands}
    if millions > 1:
        del runs["the same with language and signatures"]
    for number, (name, made) in enumerate(runs.items()):
        one, two, mentions = apart(through_pool, items, folder / f"labels{number}", made, 2)
        peak = max(one.peak_mb, two.peak_mb)
        clock = f"{one.seconds:.1f} | {two.seconds:.1f} | {one.seconds + two.seconds:.1f}"
        told = f"{clock} | {one.processor + two.processor:.1f} | {peak:.0f} | {mentions:,}"
        lines.append(f"| pool + DuckDB, {name} | {told} |")
        print(lines[-1], flush=True)
    if spark:
        started, job, mentions = apart(through_spark, items, folder / "spark", stems_only)
        told = f"| | {job.seconds:.1f} | | {job.peak_mb:.0f} | {mentions:,}"
        lines.append(f"| PySpark local[2], normalise + stems, started in {started:.0f} s apart {told} |")
    if millions == 1:
        with peers(folder, threads=2) as (_, ask):
            seconds, used = ask("polars_job", 0), ask("", 0)
        lines.append(f"| Polars, streaming, extract_many, no grammar | | | {seconds:.1f} | {used:.1f} | | |")
        lines += ["", apart(near_duplicates, items, folder / "labels1")]
    sizes = {name: _megabytes(folder / name) / millions for name in ("items", "labels0", "labels1")}
    told = ", ".join(f"{name} {size:.0f} MB" for name, size in sizes.items() if size)
    lines += ["", f"On disk, for a million texts (Parquet, zstd): {told} (labels1: with bands)."]
    return lines


def apart(run: Callable[..., Any], *arguments: Any) -> Any:
    """Run something in a new process, so that nothing of ours is weighed with it."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(run, *arguments).result()


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*.parquet")) / 1e6


if __name__ == "__main__":
    main()
