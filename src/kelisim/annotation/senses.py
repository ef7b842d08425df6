"""What a name means where it stands: a group, its language, a country's citizens, a state, a body, a place.

Rules read the words beside the name (up to two after it; in Tajik before it) and then its suffix, never
anything about who wrote the text. A name that no rule settles is `unknown` and counted apart.
Measured on the news of Yeshpanov et al. (2022).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kelisim.annotation.hits import SENSES, Hits
from kelisim.annotation.lexicon import SUFFIXES, Lexicon

__all__ = ["BIT", "DECIDING", "LEVELS", "LEVEL_BITS", "REASONS", "decide", "mentioned"]

# Why a sense was given, for `explain`.
REASONS = (
    "none",
    "a word of language beside it",
    "a word of citizenship beside it",
    "a word of state beside it",
    "a word of an organisation beside it",
    "a word of people beside it",
    "manner suffix",
    "suffix or form of inhabitants",
    "plural",
    "shares the word of language of the next name",
    "inside the name of a body",
    "name of a country",
    "name of a body",
    "name of a place",
    "adjective of a country",
    "adjective without a word that decides",
    "a common word without a cue",
    "nothing against it",
)
# Words that decide: the ends of the ids of context concepts, each with its bit.
LEVELS = ("oblast", "district", "city", "village")
_CONTEXTS = ("language", "citizens", "state", "organisation", "group", *LEVELS, "and", "own")
BIT = {name: 1 << place for place, name in enumerate(_CONTEXTS)}
DECIDING = BIT["language"] | BIT["citizens"] | BIT["state"] | BIT["organisation"] | BIT["group"]
LEVEL_BITS = sum(BIT[name] for name in LEVELS)
_BESIDE = (
    ("language", "a word of language beside it"),
    ("citizens", "a word of citizenship beside it"),
    ("state", "a word of state beside it"),
    ("organisation", "a word of an organisation beside it"),
    ("group", "a word of people beside it"),
)


def mentioned(hits: Hits, lexicon: Lexicon) -> NDArray[np.bool_]:
    """Which hits are mentions of groups, countries, faiths and bodies, or of the inhabitants of a place.

    Places themselves are `places.places_of`; insults are never shown, so they are no mentions.
    """
    kinds = np.array([concept.kind for concept in lexicon.concepts])
    named = np.isin(kinds, ("ethnonym", "country", "faith", "body"))[hits.concept]
    place = (kinds == "place")[hits.concept] & (hits.sense == SENSES.index("place"))
    return np.asarray(named | (place & (hits.suffix == SUFFIXES.index("quality"))))


@lru_cache(maxsize=65_536)
def decide(
    kind: str,
    suffix: str,
    near: int,
    far: int,
    *,
    before: int = 0,
    twin: bool = False,
    doubt: str = "",
    company: bool = False,
) -> tuple[str, str]:
    """Sense and reason of one name.

    kind : kind of its concept
    suffix : one of `SUFFIXES`
    near, far, before : contexts of the first and the second word beside it and of the word on its other side,
        sums of bits
    twin : whether the name is a people's that a country shares (қытай)
    doubt : "" or the mark of a common word
    company : whether the name of another people stands within two words

    >>> decide("ethnonym", "plural", 0, 0)
    ('group', 'plural')
    """
    if kind == "body":
        return "organisation", "name of a body"
    if kind == "place":
        # таразы, scales, is no "our Taraz": a possessive on a bare name is mostly another word.
        if (suffix == "possessive" or (doubt and suffix != "quality")) and not (near | before) & LEVEL_BITS:
            return "unknown", "a common word without a cue"
        return "place", "suffix or form of inhabitants" if suffix == "quality" else "name of a place"
    deciding = near & DECIDING
    if not deciding and not near & BIT["own"] and suffix in ("bare", "adjective", "plural adjective"):
        deciding = far & DECIDING
    if doubt and not (deciding or company or suffix == "manner" or (suffix == "plural" and doubt == "^")):
        return "unknown", "a common word without a cue"
    if kind == "country":
        return _country(suffix, deciding)
    return _people(suffix, deciding, twin)


def _beside(deciding: int) -> tuple[str, str] | None:
    return next(((name, reason) for name, reason in _BESIDE if deciding & BIT[name]), None)


def _country(suffix: str, deciding: int) -> tuple[str, str]:
    if deciding & BIT["organisation"] and suffix in ("bare", "quality"):
        return "organisation", "a word of an organisation beside it"
    if suffix == "quality":
        return "citizens", "suffix or form of inhabitants"
    if deciding & BIT["citizens"]:
        return "citizens", "a word of citizenship beside it"
    if deciding & BIT["organisation"]:
        return "organisation", "a word of an organisation beside it"
    return "state", "adjective of a country" if suffix == "adjective" else "name of a country"


def _people(suffix: str, deciding: int, twin: bool) -> tuple[str, str]:
    if suffix == "manner":
        return "language", "manner suffix"
    if suffix in ("bare", "adjective", "plural adjective") and (found := _beside(deciding)):
        return found
    if suffix in ("case", "possessive") and deciding & BIT["citizens"]:
        return "citizens", "a word of citizenship beside it"
    if suffix == "quality" and twin:
        return "citizens", "suffix or form of inhabitants"
    if suffix == "adjective":
        return "unknown", "adjective without a word that decides"
    if suffix == "plural":
        return "group", "plural"
    return "group", "nothing against it"
