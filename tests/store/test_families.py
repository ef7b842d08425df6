"""Families: what is alike hangs together, equal texts too, and a crowded band is told and not dropped."""

from __future__ import annotations

from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from kelisim.annotation.families import LARGEST_BUCKET, shared_runs
from kelisim.store.families import Families, families
from kelisim.store.relations import open_corpus
from kelisim.store.shards import STORED
from tests.annotators import texts

NEWS = "Аудан орталығында жаңа мектеп ашылды, оған төрт жүз бала барады деп хабарлады әкімдік"


def _families(folder: Path, written: list[str | None], bands: list[list[int] | None]) -> Families:
    for name in ("items", "labels"):
        (folder / name).mkdir()
    pq.write_table(texts(len(written), text=list(written)), folder / "items" / "a.parquet")
    labels = [
        {"item_id": row, "text_key": None if text is None else hash(text), "bands": some}
        for row, (text, some) in enumerate(zip(written, bands, strict=True))
    ]
    pq.write_table(pa.Table.from_pylist(labels, STORED), folder / "labels" / "a.parquet")
    return families(open_corpus(ibis.duckdb.connect(), folder / "items", folder / "labels", "UTC"))


def test_alike_and_equal_texts_are_one_family_and_others_are_not(tmp_path: Path) -> None:
    edited, other = (
        NEWS.replace("төрт", "бес"),
        "Ертең қалада жаңбыр жауады, жел күшейеді, жолда абай болыңыздар",
    )
    found = _families(
        tmp_path,
        [other, NEWS, edited, NEWS, None, other + NEWS],
        [[1, 9], [1, 5], [2, 5], [1, 5], None, [9, 8]],
    )
    family = dict(zip(*(column.to_pylist() for column in found.table.columns), strict=True))
    assert sorted(family) == [0, 1, 2, 3, 5]
    assert family[1] == family[2] == family[3] == min(hash(NEWS), hash(edited))
    assert len({family[0], family[1], family[5]}) == 3
    # Item 3 equals item 1 and is not compared; a band counts only against the same band of another text.
    assert (found.pairs, found.alike) == (2, 1)


def test_chains_join_what_is_not_directly_alike(tmp_path: Path) -> None:
    steps = [NEWS]
    for old, new in (("жаңа", "үлкен"), ("төрт жүз", "көп"), ("хабарлады", "айтты"), ("Аудан", "Ауыл")):
        steps.append(steps[-1].replace(old, new))
    found = _families(tmp_path, list(steps), [[3]] * len(steps))
    assert shared_runs(steps[0], steps[-1]) < 0.7
    assert len(set(found.table["family_id"].to_pylist())) == 1


def test_a_crowded_band_is_told_and_joined_by_its_earliest_member(tmp_path: Path) -> None:
    size = LARGEST_BUCKET + 30
    found = _families(tmp_path, [f"{NEWS} {k}" for k in range(size)], [[7]] * size)
    assert (found.crowded_bands, found.largest_band) == (1, size)
    assert found.pairs == size - 1
    assert len(set(found.table["family_id"].to_pylist())) == 1


def test_no_bands_and_no_texts_are_no_families(tmp_path: Path) -> None:
    found = _families(tmp_path, ["бір", "екі", None], [None, None, None])
    assert found.table.to_pydict() == {"item_id": [0, 1], "family_id": [hash("бір"), hash("екі")]}
    assert (found.pairs, found.largest_band) == (0, 0)
