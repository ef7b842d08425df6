"""All indicator cards by key: the 58 of the catalogue, and the item of the index that stands outside them."""

from __future__ import annotations

from kelisim.assessment.cards import experience, identity, person, politics, social_context, standing, threat
from kelisim.core.cards import Card

__all__ = ["CARDS", "CATALOGUE", "resilience"]

_GROUPS = (social_context, standing, politics, person, identity, threat, experience)
CATALOGUE: dict[str, Card] = {card.key: card for group in _GROUPS for card in group.CARDS}
CARDS: dict[str, Card] = {**CATALOGUE, threat.FELT_TENSION.key: threat.FELT_TENSION}


def resilience() -> tuple[str, ...]:
    """Keys of the peace half: what holds a region together.

    >>> len(resilience()), len(CATALOGUE)
    (11, 58)
    """
    return tuple(key for key, card in CATALOGUE.items() if card.kind == "resilience")
