"""What the tests of the lexicon ask: the names in one text, in their senses."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa

from kelisim.annotation.hits import SENSES
from kelisim.annotation.lexicon import load_lexicon
from kelisim.annotation.matching import Matcher
from kelisim.annotation.normalise import normalise

__all__ = ["matcher", "names", "senses"]


@cache
def matcher() -> Matcher:
    return Matcher(load_lexicon())


def names(text: str, language: str = "kk") -> list[tuple[str, str, str]]:
    """(concept, sense, words of the text) of every hit."""
    view = normalise(pa.array([text], pa.large_string()))
    hits = matcher().find(view, np.array([language]))
    starts, ends = view.spans(hits.start, hits.end)
    concepts = matcher().lexicon.concepts
    return [
        (concepts[concept].id, SENSES[sense], text[start:end])
        for concept, sense, start, end in zip(hits.concept, hits.sense, starts, ends, strict=True)
    ]


def senses(text: str, language: str = "kk") -> list[tuple[str, str]]:
    """(concept, sense) of every hit."""
    return [(concept, sense) for concept, sense, _ in names(text, language)]
