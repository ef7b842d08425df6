"""What goes into the kernel and what comes out: the two schemas, and nothing else."""

from __future__ import annotations

import pyarrow as pa

__all__ = ["ANNOTATIONS", "FRAME", "ITEMS", "MENTION", "PLACE"]

_WORD = pa.dictionary(pa.int32(), pa.string())

# A text after the door: authors are keyed digests, handles and numbers are placeholders.
ITEMS = pa.schema(
    [
        pa.field("item_id", pa.int64(), nullable=False),
        pa.field("source_id", pa.string()),
        pa.field("platform", pa.string()),
        pa.field("kind", pa.string()),  # article, post, comment
        pa.field("parent_id", pa.int64()),
        pa.field("posted_at", pa.timestamp("us", tz="UTC")),
        pa.field("area_id", pa.string()),  # the area of the source, never of the author
        pa.field("author_key", pa.binary(16)),
        pa.field("text", pa.large_string()),
    ]
)

# Spans count characters of the text as it is stored; the end is exclusive.
MENTION = pa.struct(
    [
        pa.field("concept", _WORD),  # group id of the study's list of groups
        pa.field("sense", _WORD),  # group, language, citizens, state, organisation, place, unknown
        pa.field("start", pa.int32()),
        pa.field("end", pa.int32()),
    ]
)
PLACE = pa.struct(
    [
        pa.field("place", _WORD),  # id of the gazetteer or of the study's areas
        pa.field("area", _WORD),  # area of the place, null where it is ambiguous
        pa.field("start", pa.int32()),
        pa.field("end", pa.int32()),
    ]
)
# A rule that fired: topic frames (F01 ...) and cues (conflict, call, complaint, calming) alike.
FRAME = pa.struct([pa.field("frame", _WORD), pa.field("rule", _WORD)])

ANNOTATIONS = pa.schema(
    [
        pa.field("item_id", pa.int64(), nullable=False),
        pa.field("text_key", pa.int64()),  # BLAKE2b-64 of the matching view
        pa.field("bands", pa.list_(pa.int64())),  # 8 of them; null under 8 words
        pa.field("lang", _WORD),
        pa.field("lang2", _WORD),  # second language where the margin is small
        pa.field("lang_margin", pa.float32()),
        pa.field("script", _WORD),
        pa.field("flags", pa.int32()),
        pa.field("mentions", pa.list_(MENTION)),
        pa.field("places", pa.list_(PLACE)),
        pa.field("frames", pa.list_(FRAME)),
        pa.field("cues", pa.list_(FRAME)),
        pa.field("kernel", _WORD),  # version of the code
        pa.field("bundle", _WORD),  # digest of lexicon, rules and models
    ]
)
