"""The codebook: every frame and cue with its titles, definition, examples, rules and version.

Words and rules are written in YAML and checked as a whole, so that one reading tells all that is wrong. A rule
is named after its entry and carries the entry's version (`F08.groups@1`), which stands beside every label.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal, get_args

import yaml

from kelisim.annotation.frames.expressions import NAMES, Node, names_of, parse, possible
from kelisim.annotation.lexicon import Concept, Lexicon, load_lexicon
from kelisim.annotation.lexicon.records import concepts_of
from kelisim.annotation.lexicon.spellings import plain
from kelisim.core.languages import Words

__all__ = ["Codebook", "Entry", "Kind", "Reach", "Rule", "load_codebook", "words_of", "written_entries"]

Kind = Literal["frame", "cue"]
Reach = Literal["sentence", "window", "text"]
_FIELDS = {
    "id", "kind", "version", "titles", "definition", "include", "exclude", "weakness", "rules",
    "level", "alone",
}  # fmt: skip
_RULE_FIELDS = {"name", "within", "when", "unless"}
_EXAMPLES = ("kk", "ru")


@dataclass(frozen=True, slots=True)
class Rule:
    """One way in which a label is given.

    id : entry, name and version (`F08.groups@1`)
    within : "sentence" (one sentence, at most 20 words apart), "window" (at most 20 words apart) or "text"
    when : what must be true there;  unless : what may not be true anywhere in the text
    """

    id: str
    within: Reach
    when: Node
    unless: Node | None
    written: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A frame or a cue.

    id : F01 ... F12, `other`, or the name of a cue
    level : of calls and threats, 1 to 3, of which only the highest is kept; 0 for all others
    alone : whether it is given only where no other frame is
    include, exclude : language -> an example and a near miss
    weakness : what the rule is known to get wrong
    """

    id: str
    kind: Kind
    version: int
    titles: Words
    definition: Words
    include: Mapping[str, str]
    exclude: Mapping[str, str]
    weakness: str
    rules: tuple[Rule, ...]
    level: int = 0
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Codebook:
    """All entries and the words that their rules ask for.

    words : every concept of the rules; those of kind "cue" are common words and are read only where
        something else was found
    digest : BLAKE2b of words and rules
    """

    entries: tuple[Entry, ...]
    words: tuple[Concept, ...]
    digest: str

    def entry(self, name: str) -> Entry:
        """The entry of an id. Raises: KeyError."""
        return {entry.id: entry for entry in self.entries}[name]


def _files(folder: str) -> Iterator[tuple[str, str]]:
    place = files("kelisim.annotation.frames").joinpath(folder)
    for file in sorted(place.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            yield file.name, file.read_text(encoding="utf-8")


def words_of(named: Iterator[tuple[str, str]]) -> tuple[Concept, ...]:
    """Words of the rules from record files, in every spelling. Raises: ValueError naming every fault."""
    concepts = concepts_of(named)
    faults = [
        f"{concept.id}: '{form}' in {language} must end with a mark: = for this word, * for any ending."
        for concept in concepts
        for language in ("ru", "en")
        for form in concept.forms.get(language, ())
        if form[-1] not in "=*"
    ]
    if faults:
        raise ValueError("the words of the rules cannot be read:\n" + "\n".join(faults))
    return tuple(_spelled(concept) for concept in concepts)


def _spelled(concept: Concept) -> Concept:
    forms: dict[str, tuple[str, ...]] = {}
    for language, written in concept.forms.items():
        marked = tuple(_marked(form, language) for form in written)
        if language == "uz":
            latin = tuple(form for form in marked if form.replace("ʻ", "").replace("*", "").isascii())
            forms["uz-latn"] = latin
            forms["uz-cyrl"] = tuple(form for form in marked if form not in latin)
        else:
            forms[language] = marked
    kazakh = forms.get("kk", ())
    bare = {variant for form in kazakh for variant in _without_letters(form)}
    forms["kk-plain"] = tuple(sorted(bare - set(kazakh)))
    return replace(concept, forms=MappingProxyType({key: value for key, value in forms.items() if value}))


def _marked(form: str, language: str) -> str:
    """A form whose inner words stand as they are written, unless they are marked."""
    *inner, last = form.split(" ")
    if language not in ("ru", "en") and not inner:
        return form
    marked = [word if word[-1] in "=*~" else word + "=" for word in inner]
    return " ".join([*marked, last])


def _without_letters(form: str) -> tuple[str, ...]:
    words = form.split(" ")
    marks = [word[-1] if word[-1] in "=*~" else "~" for word in words]
    variants = {tuple(v.split(" ")) for v in plain(" ".join(word.rstrip("=*~") for word in words))}
    return tuple(" ".join(w + m for w, m in zip(v, marks, strict=True)) for v in sorted(variants))


def written_entries(
    named: Iterator[tuple[str, str]], known: set[str], cues: set[str]
) -> tuple[Entry, ...]:
    """Entries from rule files.

    named : (file name, YAML text)
    known : names that expressions may ask for;  cues : those of them that the scan does not look for
    Raises: ValueError naming every fault by file and entry.
    """
    entries: list[Entry] = []
    faults: list[str] = []
    for name, text in named:
        for place, record in enumerate(yaml.safe_load(text) or (), start=1):
            label = f"{name}: entry {place} ({record.get('id') if isinstance(record, dict) else record})"
            found = list(_faults(record, known, cues, {entry.id for entry in entries}))
            faults += [f"{label} {fault}." for fault in found]
            if not found:
                entries.append(_entry(record))
    if faults:
        raise ValueError("the rules cannot be read:\n" + "\n".join(faults))
    return tuple(entries)


def _faults(record: Any, known: set[str], cues: set[str], ids: set[str]) -> Iterator[str]:
    if not isinstance(record, dict):
        yield "is not a record of fields"
        return
    if unknown := sorted(set(record) - _FIELDS):
        yield f"has unknown fields {', '.join(unknown)}; known are {', '.join(sorted(_FIELDS))}"
    if record.get("id") in ids:
        yield "stands twice"
    if record.get("kind") not in get_args(Kind):
        yield f"has kind '{record.get('kind')}'; kinds are frame and cue"
    if not isinstance(record.get("version"), int):
        yield "has no version, a whole number"
    for field, languages in (("titles", ("kk", "ru", "en")), ("definition", ("kk", "ru", "en")),
                             ("include", _EXAMPLES), ("exclude", _EXAMPLES)):  # fmt: skip
        words = record.get(field)
        if not isinstance(words, dict) or not set(languages) <= set(words):
            yield f"has no {field} in {', '.join(languages)}"
    for rule in record.get("rules") or [{}]:
        yield from _rule_faults(rule, known, cues)


def _rule_faults(rule: Any, known: set[str], cues: set[str]) -> Iterator[str]:
    if not isinstance(rule, dict) or not {"name", "within", "when"} <= set(rule) <= _RULE_FIELDS:
        yield f"has a rule without name, within and when, or with more than unless: {rule}"
        return
    if rule["within"] not in get_args(Reach):
        yield f"has rule '{rule['name']}' within '{rule['within']}'; use {', '.join(get_args(Reach))}"
    for field in ("when", "unless"):
        try:
            strange = sorted(set(names_of(parse(rule.get(field) or "group"))) - known)
        except ValueError as error:
            yield f"has rule '{rule['name']}' whose {field} {error}"
            continue
        if strange:
            yield f"has rule '{rule['name']}' whose {field} asks for {', '.join(strange)}, which no word is called"
        elif field == "when" and possible(
            parse(rule["when"]), lambda name: name in cues, lambda *_: False, True
        ):
            yield f"has rule '{rule['name']}' of common words only: every text would have to be read for it"


def _entry(record: Mapping[str, Any]) -> Entry:
    rules = tuple(
        Rule(
            id=f"{record['id']}.{rule['name']}@{record['version']}",
            within=rule["within"],
            when=parse(rule["when"]),
            unless=parse(rule["unless"]) if rule.get("unless") else None,
            written=(" ".join(rule["when"].split()), " ".join((rule.get("unless") or "").split())),
        )
        for rule in record["rules"]
    )
    return Entry(
        id=record["id"],
        kind=record["kind"],
        version=record["version"],
        titles=Words.of(record["titles"]),
        definition=Words.of(record["definition"]),
        include=MappingProxyType(dict(record["include"])),
        exclude=MappingProxyType(dict(record["exclude"])),
        weakness=" ".join(record.get("weakness", "").split()),
        rules=rules,
        level=record.get("level", 0),
        alone=record.get("alone", False),
    )


@cache
def load_codebook() -> Codebook:
    """The codebook of the package.

    >>> load_codebook().entry("F08").titles.say("en")
    'Everyday quarrels and brawls'
    """
    return _codebook(load_lexicon())


def _codebook(lexicon: Lexicon) -> Codebook:
    words = words_of(_files("words"))
    known = {concept.id for concept in (*words, *lexicon.concepts)} | set(NAMES)
    entries = written_entries(
        _files("rules"), known, {concept.id for concept in words if concept.kind == "cue"}
    )
    text = "".join(content for folder in ("words", "rules") for _, content in _files(folder))
    return Codebook(entries, words, blake2b(text.encode(), digest_size=16).hexdigest())
