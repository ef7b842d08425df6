"""Words a register of events may use: what happened, what about, how far it had come, who called it what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

__all__ = [
    "CONFLICT",
    "CONFLICT_TYPES",
    "COOPERATION",
    "EVENT_TYPES",
    "LABELS",
    "OUTCOMES",
    "PLACE_PRECISIONS",
    "RELATIONS",
    "SPREADS",
    "STAGES",
    "STAGE_WORDS",
    "Half",
    "half",
]

Half = Literal["conflict", "cooperation"]

CONFLICT = (
    "dispute",
    "brawl",
    "clash",
    "mob_violence",
    "attack",
    "arson",
    "property_destruction",
    "looting",
    "threat",
    "incitement",
    "peaceful_protest",
    "protest_with_intervention",
    "violent_demonstration",
    "blockade",
    "armed_clash",
    "other_conflict",
)
COOPERATION = (
    "mutual_aid",
    "joint_celebration",
    "joint_work",
    "dialogue_meeting",
    "mediation",
    "reconciliation",
    "agreement",
    "appeal_for_calm",
    "other_cooperation",
)
EVENT_TYPES = (*CONFLICT, *COOPERATION)
"""Types in the manner of ACLED's sub-events, with a half of their own for what holds people together."""

CONFLICT_TYPES = ("socio_economic", "cultural_linguistic_confessional", "political", "territorial")
RELATIONS = ("majority_minority", "newcomer_local", "between_migrants")
STAGES: Mapping[str, tuple[str, ...]] = {
    "brahm": (
        "latent",
        "emergence",
        "escalation",
        "stalemate",
        "de_escalation",
        "settlement",
        "peacebuilding",
    ),
    "alker_gurr_rupesinghe": (
        "dispute",
        "crisis",
        "limited_violence",
        "massive_violence",
        "abatement",
        "settlement",
    ),
    "seven_steps": (
        "hidden_contradictions",
        "open_phase",
        "split_of_wings",
        "open_struggle",
        "refusal_to_fight",
        "negotiations",
        "resolution",
    ),
}
"""Stage models of the source document: Brahm's seven (the default), Alker, Gurr and Rupesinghe, and the seven
steps of Russian authors. A stage means something only together with its model."""
STAGE_WORDS = tuple(dict.fromkeys(stage for model in STAGES.values() for stage in model))

LABELS = (
    "domestic_quarrel",
    "hooliganism",
    "brawl",
    "land",
    "water",
    "labour",
    "trade",
    "ethnic",
    "religious",
    "language",
    "political",
    "crime",
    "accident",
    "other",
)
OUTCOMES = ("ongoing", "dispersed", "negotiated", "reconciled", "prosecuted", "faded", "unknown")
SPREADS = ("place", "district", "oblast", "country", "abroad")
PLACE_PRECISIONS = ("point", "settlement", "district", "oblast", "country")


def half(event_type: str) -> Half:
    """Which half of the register a type belongs to. Raises: KeyError for a word that is no type.

    >>> half("mutual_aid"), half("brawl")
    ('cooperation', 'conflict')
    """
    if event_type in COOPERATION:
        return "cooperation"
    if event_type in CONFLICT:
        return "conflict"
    raise KeyError(event_type)
