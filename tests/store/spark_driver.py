"""What a person does on a cluster, in a process of its own: annotates, counts, and annotates once more.

The second time goes slowly, and a worker is killed meanwhile.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import ibis

from kelisim.annotation.kernel import load
from kelisim.store.cluster import annotate_on_cluster, spark_session
from tests.annotators import SlowAnnotator
from tests.store.totals import totals

SETTINGS = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "512m",
    "spark.executor.memory": "512m",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.files.maxPartitionBytes": "1m",
    "spark.sql.files.openCostInBytes": "1m",
}


def main(master: str, items: str, out: str) -> None:
    """Run the three tasks in one session; `out` is a folder that is there."""
    names = [name for name in os.environ if name.startswith("STAND_IN_") or name == "PYTHONPATH"]
    session = spark_session(
        master, SETTINGS | {f"spark.executorEnv.{name}": os.environ[name] for name in names}
    )
    place = Path(out)
    annotate_on_cluster(session, items, place / "labels", load)
    found = totals(ibis.pyspark.connect(session), Path(items), place / "labels")
    (place / "totals.json").write_text(json.dumps(found), encoding="utf-8")
    annotate_on_cluster(session, items, place / "slow", SlowAnnotator)
    session.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
