"""Stand-ins for the kernel where a test is about who runs it: labels that are exact and easy to spoil."""

from __future__ import annotations

import os
import signal
import time
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pyarrow as pa

from kelisim.annotation.schema import ANNOTATIONS, ITEMS


class CountingAnnotator:
    """Labels made of the length of a text, and nothing else."""

    bundle = "stand-in 1"

    def annotate(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        texts = batch.column("text").to_pylist()
        rows = [
            {
                "item_id": item,
                "text_key": None if text is None else _key(text),
                "lang": None if text is None else ("kk" if "қ" in text else "ru"),
                "flags": 0,
                "mentions": []
                if text is None
                else [
                    {"concept": "uzbek", "sense": "group", "start": k, "end": k + 5}
                    for k in range(len(text) % 3)
                ],
                "frames": [] if text is None or len(text) % 5 else [{"frame": "F03", "rule": "r1"}],
                "places": [],
                "cues": [],
                "kernel": "0",
                "bundle": self.bundle,
            }
            for item, text in zip(batch.column("item_id").to_pylist(), texts, strict=True)
        ]
        return pa.RecordBatch.from_pylist(rows, ANNOTATIONS)


class SlowAnnotator(CountingAnnotator):
    """Takes its time, and tells its process in the folder named in the environment."""

    def annotate(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        (Path(os.environ["STAND_IN_FOLDER"]) / str(os.getpid())).touch()
        time.sleep(float(os.environ.get("STAND_IN_SECONDS", "0.3")))
        return super().annotate(batch)


class DeadlyAnnotator(CountingAnnotator):
    """Kills its process when it reads a certain text."""

    def annotate(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        if "deadly" in batch.column("text").to_pylist():
            os.kill(os.getpid(), signal.SIGKILL)
        return super().annotate(batch)


def _key(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little", signed=True)


def texts(size: int, first: int = 0, **columns: list[object]) -> pa.Table:
    """Invented rows of texts."""
    ids = np.arange(first, first + size)
    made = {
        "item_id": ids,
        "source_id": [f"s{k % 3}" for k in ids],
        "platform": ["portal"] * size,
        "kind": ["post" if k % 4 == 0 else "comment" for k in ids],
        "parent_id": [None if k % 4 == 0 else int(k - k % 4) for k in ids],
        "posted_at": [1_700_000_000_000_000 + int(k) * 3_600_000_000 for k in ids],
        "area_id": [f"SY{k % 5 + 1}" for k in ids],
        "author_key": [None] * size,
        "text": [f"қала туралы {'сөз ' * (k % 17)}{k % 50}" for k in ids],
        **columns,
    }
    return (
        pa.table(
            {name: pa.array(values) for name, values in made.items() if name != "posted_at"}
            | {"posted_at": pa.array(made["posted_at"], pa.timestamp("us", tz="UTC"))}
        )
        .select(ITEMS.names)
        .cast(ITEMS)
    )
