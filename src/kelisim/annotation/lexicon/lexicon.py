"""The lexicon as the matcher reads it: concepts, and for each the forms in which texts name it.

The records are written in YAML (`concepts/`), carried over into other spellings and into Russian forms by
`python -m kelisim.annotation.lexicon.build`, and read from one file, so that a text can be matched without a
dictionary of Russian at hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from types import MappingProxyType
from typing import Any

__all__ = ["KINDS", "NAMES", "Concept", "Lexicon", "load_lexicon", "read_line", "record_line"]

# What a concept may be.
KINDS = (
    "ethnonym",  # a people; ids of groups.csv where the study names it
    "country",
    "faith",
    "body",  # an organisation or an office
    "place",
    "language",  # a language that is nobody's name: the state language
    "restricted",  # an insult: never shown
    "word",  # a common word that begins like a name; it is no name and takes the token away from it
    "context",  # a word beside a name that decides its sense; not matched by itself
    "actor",
    "act",
    "matter",
    "cue",
)
# Kinds that are mentioned in a sense.
NAMES = ("ethnonym", "country", "faith", "body", "place", "restricted")


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept of the lexicon.

    id : unique; of a people its group id
    kind : one of `KINDS`
    forms : spelling -> forms as `words` describes them
    people : of a country, the concept of the people that shares its name (қытай), else ""
    facts : what else the record says (area and population of a place)
    """

    id: str
    kind: str
    forms: Mapping[str, tuple[str, ...]]
    people: str = ""
    restricted: bool = False
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All concepts, in a fixed order: a hit names a concept by its position here.

    digest : BLAKE2b of the records, so that a label can say which lexicon made it
    """

    concepts: tuple[Concept, ...]
    digest: str

    @classmethod
    def of(cls, concepts: Iterable[Concept]) -> Lexicon:
        """A lexicon of concepts. Raises: ValueError where an id stands twice."""
        listed = tuple(concepts)
        seen: set[str] = set()
        for concept in listed:
            if concept.id in seen:
                raise ValueError(f"concept '{concept.id}' stands twice in the lexicon.")
            seen.add(concept.id)
        text = "\n".join(record_line(concept) for concept in listed)
        return cls(listed, blake2b(text.encode(), digest_size=16).hexdigest())

    def index(self) -> dict[str, int]:
        """Position of every concept by its id."""
        return {concept.id: place for place, concept in enumerate(self.concepts)}

    def with_concepts(self, more: Iterable[Concept]) -> Lexicon:
        """The lexicon and further concepts after its own; one of the same id takes the place of ours."""
        listed = {concept.id: concept for concept in (*self.concepts, *more)}
        return Lexicon.of(listed.values())


def record_line(concept: Concept) -> str:
    """A concept as one line of the built file; only what differs from the usual is written."""
    record: dict[str, Any] = {"id": concept.id, "kind": concept.kind}
    record |= {"people": concept.people} if concept.people else {}
    record |= {"restricted": True} if concept.restricted else {}
    record |= {"facts": dict(concept.facts)} if concept.facts else {}
    record["forms"] = {spelling: list(forms) for spelling, forms in concept.forms.items()}
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def read_line(line: str) -> Concept:
    """A concept from a line of the built file."""
    record = json.loads(line)
    forms = {spelling: tuple(written) for spelling, written in record.pop("forms").items()}
    facts = MappingProxyType(record.pop("facts", {}))
    return Concept(forms=MappingProxyType(forms), facts=facts, **record)


@cache
def load_lexicon() -> Lexicon:
    """The lexicon of the package.

    >>> lexicon = load_lexicon()
    >>> lexicon.concepts[lexicon.index()["uzbek"]].kind
    'ethnonym'
    """
    text = files("kelisim.annotation.lexicon").joinpath("lexicon.jsonl").read_text(encoding="utf-8")
    return Lexicon.of(read_line(line) for line in text.splitlines())
