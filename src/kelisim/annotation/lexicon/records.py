"""Records of the lexicon as people write them: YAML, checked word by word, all faults at once.

    - {id: uzbek, kind: ethnonym, forms: {kk: [өзбек], ru: [узбек, узбечка], en: [uzbek]}, notes: ...}

Kazakh, Uzbek, Tajik, Kyrgyz, Uyghur and English entries are stems, Russian ones dictionary words; the marks
of `words` (=, *, ~, @, %, ^, !, +, #) may follow any of them. Uzbek may stand in both scripts. `notes` and
`source` are for readers and do not reach the built file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from kelisim.annotation.lexicon.lexicon import KINDS, Concept
from kelisim.annotation.lexicon.words import MARKS, split_marks

__all__ = ["WRITTEN_LANGUAGES", "concepts_of", "declared_collisions", "record_files"]

WRITTEN_LANGUAGES = ("kk", "ru", "uz", "tg", "ky", "ug", "en")
_LETTERS = re.compile(r"(?:\w|ʻ)+(?:\{[\w,;]*\})?")
_FIELDS = {"id", "kind", "forms", "people", "restricted", "facts", "notes", "source"}


def record_files() -> Iterator[tuple[str, str]]:
    """Names and texts of the record files of the package, in the order of their names."""
    folder = files("kelisim.annotation.lexicon").joinpath("concepts")
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            yield file.name, file.read_text(encoding="utf-8")


def declared_collisions() -> dict[str, list[str]]:
    """Names that without Kazakh letters are another word too: the form, and the concepts it may mean."""
    text = files("kelisim.annotation.lexicon").joinpath("collisions.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def _letters(form: str) -> bool:
    words = form.split(" ")
    bare = [split_marks(word)[0] for word in words]
    return all(_LETTERS.fullmatch(word) and word == word.casefold() for word in bare)


def _faults(record: Any, known: set[str]) -> Iterator[str]:
    if not isinstance(record, dict):
        yield "is not a record of fields"
        return
    if unknown := sorted(set(record) - _FIELDS):
        yield f"has unknown fields {', '.join(unknown)}; known are {', '.join(sorted(_FIELDS))}"
    if record.get("id") in known:
        yield "stands twice"
    if record.get("kind") not in KINDS:
        yield f"has kind '{record.get('kind')}'; kinds are {', '.join(KINDS)}"
    forms = record.get("forms")
    if not isinstance(forms, dict) or not forms:
        yield "has no forms"
        return
    for language, written in forms.items():
        if language not in WRITTEN_LANGUAGES:
            yield f"has forms in '{language}'; languages are {', '.join(WRITTEN_LANGUAGES)}"
        elif not isinstance(written, list) or not written:
            yield f"has no list of forms in {language}"
        else:
            for form in written:
                if not isinstance(form, str) or not _letters(form):
                    yield f"has the form '{form}' in {language}: small letters, spaces, marks ({MARKS})"


def concepts_of(named: Iterator[tuple[str, str]]) -> tuple[Concept, ...]:
    """Concepts of record files, as written: Russian words are not yet expanded.

    named : (file name, YAML text)
    Raises: ValueError naming every fault by file and record.
    """
    concepts: list[Concept] = []
    known: set[str] = set()
    faults: list[str] = []
    for name, text in named:
        for place, record in enumerate(yaml.safe_load(text) or (), start=1):
            label = f"{name}: record {place} ({record.get('id') if isinstance(record, dict) else record})"
            found = list(_faults(record, known))
            faults += [f"{label} {fault}." for fault in found]
            if found:
                continue
            known.add(record["id"])
            concepts.append(
                Concept(
                    id=record["id"],
                    kind=record["kind"],
                    forms=MappingProxyType(
                        {
                            key: tuple(f.replace("ё", "е") for f in written)
                            for key, written in record["forms"].items()
                        }
                    ),
                    people=record.get("people", ""),
                    restricted=record.get("restricted", False),
                    facts=MappingProxyType(record.get("facts", {})),
                )
            )
    if faults:
        raise ValueError("the lexicon cannot be built:\n" + "\n".join(faults))
    return tuple(concepts)
