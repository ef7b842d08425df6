"""The peers of the bench of discourse, in their own place: a task a line in, seconds of the processor out.

Every peer gets texts in small letters, which our own times include making.
"""

from __future__ import annotations

import json
import re
import sys
import time
import unicodedata
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq


class Peers:
    """Texts and stems, and what each peer makes of them."""

    def __init__(self, folder: Path) -> None:
        self.texts = pq.read_table(folder / "texts.parquet")["text"].to_pylist()
        self.stems = json.loads((folder / "stems.json").read_text(encoding="utf-8"))
        self.folder = folder
        self.ready: dict[str, Any] = {}

    def spacy(self, size: int) -> float:
        """PhraseMatcher of a blank pipeline: the stems as whole words, for it has no beginnings of words."""
        import spacy
        from spacy.matcher import PhraseMatcher

        def make() -> tuple[Any, Any]:
            pipeline = spacy.blank("xx")
            matcher = PhraseMatcher(pipeline.vocab, attr="LOWER")
            matcher.add("stem", [pipeline.make_doc(stem) for stem in self.stems])
            return pipeline, matcher

        pipeline, matcher = self._once("spacy", make)
        return _seconds(lambda: [matcher(pipeline.make_doc(text)) for text in self.texts[:size]])

    def pyahocorasick(self, size: int) -> float:
        """One automaton, text by text; a space before a stem is the beginning of a word."""
        import ahocorasick

        def make() -> Any:
            automaton = ahocorasick.Automaton()
            for number, stem in enumerate(self.stems):
                automaton.add_word(" " + stem, number)
            automaton.make_automaton()
            return automaton

        automaton = self._once("pyahocorasick", make)
        return _seconds(lambda: [list(automaton.iter(" " + text)) for text in self.texts[:size]])

    def pyahocorasick_normalised(self, size: int) -> float:
        """The same with the plainest normalisation: NFC, small letters, whatever is no letter to a space."""
        automaton = self.ready["pyahocorasick"]
        other = re.compile(r"[^\w]+|_")

        def run() -> None:
            for text in self.texts[:size]:
                plain = other.sub(" ", unicodedata.normalize("NFC", text).casefold())
                list(automaton.iter(f" {plain} "))

        return _seconds(run)

    def polars(self, size: int) -> float:
        """`extract_many` over the column, one thread; it knows no beginning of a word."""
        import polars as pl

        column = self._once("polars", lambda: pl.Series(self.texts))
        return _seconds(lambda: column[:size].str.extract_many(self.stems))

    def datasketch(self, size: int) -> float:
        """MinHash of 128 values over sets of 5 characters, and an index of 8 bands of 4."""
        from datasketch import MinHash, MinHashLSH

        def run() -> None:
            index = MinHashLSH(num_perm=128, params=(8, 4))
            for number, text in enumerate(self.texts[:size]):
                sketch = MinHash(num_perm=128)
                sketch.update_batch([text[k : k + 5].encode() for k in range(max(1, len(text) - 4))])
                index.insert(number, sketch)

        return _seconds(run)

    def polars_job(self, size: int) -> float:
        """Texts in Parquet to counts by month, district and stem, in its streaming engine on two threads."""
        import polars as pl

        began = time.perf_counter()

        def run() -> None:
            items = pl.scan_parquet(str(self.folder / "items" / "*.parquet"))
            first = items.unique("text", keep="first", maintain_order=False)
            low = first.with_columns(text=pl.lit(" ") + pl.col("text").str.to_lowercase())
            found = low.with_columns(
                stem=pl.col("text").str.extract_many([" " + stem for stem in self.stems])
            )
            rows = found.select("area_id", "posted_at", "stem").explode("stem").drop_nulls("stem")
            rows = rows.with_columns(month=pl.col("posted_at").dt.strftime("%Y-%m"))
            rows.group_by("month", "area_id", "stem").len().collect(engine="streaming")

        used = _seconds(run)
        print(time.perf_counter() - began, flush=True)
        return used

    def _once(self, name: str, make: Callable[[], Any]) -> Any:
        if name not in self.ready:
            self.ready[name] = make()
        return self.ready[name]


def _seconds(run: Callable[[], Any]) -> float:
    began = time.process_time()
    run()
    return time.process_time() - began


def main() -> None:
    """Answer until there are no more lines."""
    peers = Peers(Path(sys.argv[1]))
    names = ("spacy", "pyahocorasick", "polars", "datasketch")
    print(json.dumps({name: version(name) for name in names}), flush=True)
    for line in sys.stdin:
        name, size = line.split()
        print(getattr(peers, name)(int(size)), flush=True)


if __name__ == "__main__":
    main()
