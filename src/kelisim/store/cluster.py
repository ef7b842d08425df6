"""The same kernel and the same files on a cluster: Spark hands batches of texts to it and keeps the labels.

Spark writes to a place of its own and gives the files their names when the job is done, so a job that dies
leaves no label behind and a machine that dies is another machine's work. On every machine of the cluster the
same version of this package must be installed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from kelisim.core.errors import StoreError
from kelisim.store.shards import ASKED, STORED

__all__ = ["annotate_on_cluster", "spark_session"]


class _Annotator(Protocol):
    def annotate(self, batch: pa.RecordBatch) -> pa.RecordBatch: ...


def spark_session(master: str, settings: Mapping[str, str] | None = None) -> Any:
    """A session on a cluster (`spark://host:port`) or on the cores of this machine (`local[2]`).

    settings : of Spark, over those that the kernel and the relations need. Workers run the Python of this
        process unless PYSPARK_PYTHON names another.
    Raises: StoreError where Spark or Java is not installed.
    """
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise StoreError("Spark is not installed. Way out: `pip install kelisim[cluster]`.") from error
    needed = {
        # The kernel is quickest on large batches; Spark's own default is 10,000 rows.
        "spark.sql.execution.arrow.maxRecordsPerBatch": "32768",
        # Civil days are worked out by the relations; the session must not shift a time once more.
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    # Spark would start whatever python3 it finds, which may not have this package.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master).appName("kelisim")
    for name, value in {**needed, **(settings or {})}.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except PySparkException as error:
        raise StoreError(
            f"Spark does not start: {error}. Way out: install Java 17 (Debian: default-jre-headless)."
        ) from error


def annotate_on_cluster(session: Any, texts: Path | str, out: Path | str, load: Callable[[], Any]) -> None:
    """Annotate the Parquet files below `texts` into a new folder `out`, row for row as the pool does.

    texts, out : paths that every machine sees; load : makes the kernel, a function of a module
    Raises: StoreError when `out` is there already or the job fails; then nothing was written.
    """
    from pyspark.errors import PySparkException
    from pyspark.sql.pandas.types import from_arrow_schema

    try:
        stored = session.read.option("recursiveFileLookup", "true").parquet(str(texts))
        labels = (
            _last_versions(stored).select(*ASKED.names).mapInArrow(_labels(load), from_arrow_schema(STORED))
        )
        labels.write.mode("errorifexists").option("compression", "zstd").parquet(str(out))
    except PySparkException as error:
        said = _said(str(error))
        raise StoreError(
            f"the texts of '{texts}' were not annotated: {said} Way out: name a folder that is not there "
            "yet, and see in the log of the workers what the kernel said."
        ) from error


def _labels(load: Callable[[], Any]) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def labelled(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        kernel = _loaded(load)
        for batch in batches:
            yield kernel.annotate(batch.cast(ASKED)).cast(STORED)

    return labelled


_kernels: dict[Callable[[], Any], _Annotator] = {}


def _loaded(load: Callable[[], Any]) -> _Annotator:
    # Spark keeps its Python processes from task to task, and a kernel is worth keeping too.
    if load not in _kernels:
        _kernels[load] = load()
    return _kernels[load]


def _said(error: str) -> str:
    """The first line of Spark's error and, of a Python worker's error, the last: what went wrong there."""
    lines = [line.strip() for line in error.partition("\n\tat ")[0].splitlines() if line.strip()]
    return lines[0] if len(lines) < 2 else f"{lines[0]} {lines[-1]}"


def _last_versions(stored: Any) -> Any:
    if "version" not in stored.columns:
        return stored
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    last = f.max("version").over(Window.partitionBy("item_id"))
    return stored.withColumn("last_version", last).filter("version = last_version")
