"""Families of near-duplicates over stored labels: candidates by the engine, the comparison by the kernel.

Texts that share a band of their signature are candidates, found by a join that every engine can do; each
pair is compared exactly (`annotation.families`), and what is alike is joined, directly or through others. A
band shared by very many is boilerplate or a text that went round: its members are compared with the earliest
of them only, and their number is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from kelisim.annotation.families import LARGEST_BUCKET, verified
from kelisim.annotation.families import families as joined
from kelisim.annotation.normalise import normalise
from kelisim.store.relations import Corpus, originals

__all__ = ["Families", "candidate_pairs", "families"]


_PAIRS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Families:
    """table : item_id, family_id (the smallest text key of the family), for every item with a text

    pairs : candidates compared; alike : those that were alike
    crowded_bands : bands with more than 200 members; largest_band : members of the largest of them, or 0
    """

    table: pa.Table
    pairs: int
    alike: int
    crowded_bands: int
    largest_band: int


def families(corpus: Corpus) -> Families:
    """Families of all items with a text: equal texts first, then those alike (`annotation.families`)."""
    import ibis

    labels = corpus.labels.filter(corpus.labels.text_key.notnull())
    first = originals(corpus).select("item_id", "posted_at", "text")
    bands = labels.filter(labels.bands.length() > 0).select("item_id", "text_key", "bands")
    bands = bands.join(first.select("item_id", "posted_at"), "item_id").unnest("bands", offset="band")
    sizes = bands.group_by("band", "bands").aggregate(members=lambda t: t.item_id.count())
    crowded = sizes.filter(sizes.members > LARGEST_BUCKET)
    told = crowded.aggregate(n=crowded.count(), most=crowded.members.max()).to_pyarrow().to_pylist()[0]
    found = candidate_pairs(bands, sizes).order_by("one", "other").to_pyarrow()
    known = labels.select("item_id", "text_key").to_pyarrow()
    keys = np.unique(known["text_key"].to_numpy())
    ends = [np.searchsorted(keys, found[name].to_numpy()) for name in ("one", "other")]
    pairs = np.stack(ends, axis=1)
    named = ibis.memtable(pa.table({"text_key": keys[np.unique(pairs)]}))
    wanted = first.join(labels.semi_join(named, "text_key").select("item_id", "text_key"), "item_id")
    texts = wanted.select("text_key", "text").to_pyarrow()
    view = normalise(texts["text"].combine_chunks())
    row = {place: n for n, place in enumerate(np.searchsorted(keys, texts["text_key"].to_numpy()).tolist())}
    # The runs of a text are kept while its pairs are compared: in parts, they do not fill the memory.
    alike = np.concatenate(
        [pairs[:0]]
        + [
            verified(pairs[first : first + _PAIRS_AT_ONCE], lambda place: view.text(row[place]))
            for first in range(0, len(pairs), _PAIRS_AT_ONCE)
        ]
    )
    family = joined(keys, alike)[np.searchsorted(keys, known["text_key"].to_numpy())]
    table = pa.table({"item_id": known["item_id"], "family_id": family})
    return Families(table, len(pairs), len(alike), int(told["n"]), int(told["most"] or 0))


def candidate_pairs(bands: Any, sizes: Any) -> Any:
    """Pairs (one < other) of text keys that share a band; of a crowded band, pairs with its earliest text.

    bands : item_id, text_key, posted_at, band (its number), bands (its value); sizes : band, bands, members
    """
    import ibis

    shared = bands.join(sizes.filter(sizes.members > 1), ["band", "bands"])
    few = shared.filter(shared.members <= LARGEST_BUCKET).select("text_key", "band", "bands")
    pairs = few.join(few.view(), ["band", "bands"], rname="{name}_right")
    pairs = pairs.filter(pairs.text_key < pairs.text_key_right)
    pairs = pairs.select(one="text_key", other="text_key_right")
    many = shared.filter(shared.members > LARGEST_BUCKET)
    order = [ibis.asc(many.posted_at, nulls_first=False), ibis.asc(many.item_id)]
    earliest = many.text_key.first().over(group_by=[many.band, many.bands], order_by=order)
    star = many.mutate(earliest=earliest)
    star = star.filter(star.text_key != star.earliest)
    one, other = ibis.least(star.text_key, star.earliest), ibis.greatest(star.text_key, star.earliest)
    return pairs.union(star.select(one=one, other=other)).distinct()
