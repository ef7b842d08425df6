"""Families of near-duplicates: reposts and light edits of one text, so that reach and origins are told apart.

Texts that share a band of their signature are candidates; each candidate is compared exactly, and what is
alike is joined, directly or through others. A band shared by very many is boilerplate or a text that went
round: its members are compared with the earliest of them only, and their number is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from kelisim.annotation.normalise import normalise
from kelisim.store.relations import Corpus, originals

__all__ = ["CROWDED", "SHINGLE", "THRESHOLD", "Families", "candidate_pairs", "families", "jaccard"]

SHINGLE = 5  # characters
THRESHOLD = 0.7
CROWDED = 200


@dataclass(frozen=True, slots=True, eq=False)
class Families:
    """table : item_id, family_id (the smallest item_id of the family), for every item with a text

    pairs : candidates compared; alike : those that were alike
    crowded_bands : bands with more than `CROWDED` members; largest_band : members of the largest
    """

    table: pa.Table
    pairs: int
    alike: int
    crowded_bands: int
    largest_band: int


def families(corpus: Corpus) -> Families:
    """Families of all items with a text: equal texts first, then those alike.

    Two texts are alike where the Jaccard similarity of the sets of 5 characters of their matching views is at
    least 0.7 [1]_.

    .. [1] Broder (1997), On the resemblance and containment of documents.
    """
    first = originals(corpus).select("item_id", "posted_at", "text")
    bands = corpus.labels.select("item_id", "bands").filter(lambda t: t.bands.length() > 0)
    bands = bands.join(first.select("item_id", "posted_at"), "item_id").unnest("bands", offset="band")
    sizes = bands.group_by("band", "bands").aggregate(members=lambda t: t.item_id.count())
    crowded = sizes.filter(sizes.members > CROWDED)
    told = crowded.aggregate(n=crowded.count(), most=crowded.members.max()).to_pyarrow().to_pylist()[0]
    pairs = candidate_pairs(bands, sizes).to_pyarrow()
    wanted = pa.table({"item_id": np.union1d(pairs["one"].to_numpy(), pairs["other"].to_numpy())})
    import ibis

    texts = first.semi_join(ibis.memtable(wanted), "item_id").select("item_id", "text").to_pyarrow()
    one, other = pairs["one"].to_numpy(), pairs["other"].to_numpy()
    alike = jaccard(texts, one, other) >= THRESHOLD
    table = _joined(corpus, one[alike], other[alike])
    return Families(table, len(pairs), int(alike.sum()), int(told["n"]), int(told["most"] or 0))


def candidate_pairs(bands: Any, sizes: Any) -> Any:
    """Pairs (one < other) of items that share a band; of a crowded band, pairs with its earliest item.

    bands : item_id, posted_at, band (its number), bands (its value); sizes : band, bands, members
    """
    import ibis

    shared = bands.join(sizes.filter(sizes.members > 1), ["band", "bands"])
    few = shared.filter(shared.members <= CROWDED).select("item_id", "band", "bands")
    pairs = few.join(few.view(), ["band", "bands"], rname="{name}_right")
    pairs = pairs.filter(pairs.item_id < pairs.item_id_right)
    pairs = pairs.select(one="item_id", other="item_id_right")
    many = shared.filter(shared.members > CROWDED)
    order = [ibis.asc(many.posted_at, nulls_first=False), ibis.asc(many.item_id)]
    earliest = many.item_id.first().over(group_by=[many.band, many.bands], order_by=order)
    star = many.mutate(earliest=earliest)
    star = star.filter(star.item_id != star.earliest)
    one, other = ibis.least(star.item_id, star.earliest), ibis.greatest(star.item_id, star.earliest)
    return pairs.union(star.select(one=one, other=other)).distinct()


def jaccard(texts: pa.Table, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Jaccard similarity of the sets of 5 characters of two matching views, pair by pair.

    texts : item_id, text, with every item of the pairs
    Returns: float64, one a pair; 1 where both are shorter than 5 characters and equal.
    """
    view = normalise(texts["text"].combine_chunks())
    sets = {
        item: _shingles(view.text(row)) for row, item in enumerate(texts["item_id"].to_pylist())
    }  # one set a text, however many pairs it is in
    shares = np.empty(len(one))
    for number, (a, b) in enumerate(zip(one.tolist(), other.tolist(), strict=True)):
        common = len(sets[a] & sets[b])
        shares[number] = common / (len(sets[a]) + len(sets[b]) - common)
    return shares


def _shingles(text: str) -> frozenset[str]:
    return frozenset(text[k : k + SHINGLE] for k in range(max(1, len(text) - SHINGLE + 1)))


def _joined(corpus: Corpus, one: np.ndarray, other: np.ndarray) -> pa.Table:
    """Families of items: equal texts and pairs are edges, and a family is what hangs together."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    labels = corpus.labels.filter(corpus.labels.text_key.notnull()).select("item_id", "text_key")
    known = labels.order_by("item_id").to_pyarrow()
    items = known["item_id"].to_numpy()
    _, first, same = np.unique(known["text_key"].to_numpy(), return_index=True, return_inverse=True)
    rows = np.concatenate([np.arange(len(items)), np.searchsorted(items, one)])
    columns = np.concatenate([first[same], np.searchsorted(items, other)])
    edges = coo_array((np.ones(len(rows), bool), (rows, columns)), shape=(len(items), len(items)))
    _, component = connected_components(edges, directed=False)
    smallest = np.full(component.max(initial=-1) + 1, np.iinfo(np.int64).max)
    np.minimum.at(smallest, component, items)
    return pa.table({"item_id": items, "family_id": smallest[component]})
