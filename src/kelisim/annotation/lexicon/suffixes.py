"""What the rest of a word says once its stem is known: one short list of kinds for all languages.

The grammars answer with one of these words; the rules of sense read it and never look at letters again.
"""

from __future__ import annotations

__all__ = ["SUFFIXES", "suffix_code"]

# From the least to the most telling: of two readings of one word the later one is kept.
SUFFIXES = (
    "bare",  # the word as the dictionary has it
    "case",  # one member, or the name, in another case
    "possessive",  # our, their ...
    "plural",
    "adjective",  # Russian -ский, Tajik -ӣ: what belongs to the people, its language or its state
    "plural adjective",  # русские: one word for the people and for what is theirs
    "likeness",  # -дай, -шыл
    "quality",  # -лық: of a place or a country its people, of a people its manner
    "manner",  # -ша: in the language or in the manner of
)


def suffix_code(name: str) -> int:
    """Position of a kind of suffix in `SUFFIXES`.

    >>> suffix_code("plural")
    3
    """
    return SUFFIXES.index(name)
