"""From the records to the file that is read: Russian forms, Kazakh in its other spellings, collisions.

    python -m kelisim.annotation.lexicon.build > src/kelisim/annotation/lexicon/lexicon.jsonl

Needs pymorphy3 and its dictionary of Russian, which reading the built file does not. The same records give
the same bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from types import MappingProxyType
from typing import Any

from kelisim.annotation.lexicon.kazakh import harmony
from kelisim.annotation.lexicon.lexicon import NAMES, Concept, record_line
from kelisim.annotation.lexicon.names import russian_name
from kelisim.annotation.lexicon.records import concepts_of, declared_collisions, record_files
from kelisim.annotation.lexicon.spellings import arabic, latin, plain
from kelisim.annotation.lexicon.words import MARKS, read_word, split_marks

__all__ = ["built", "collisions", "expand_russian", "main"]

# Names are carried over into every spelling; words for rules only into Kazakh without its letters.
_RESPELLED = {"ethnonym", "country", "faith", "body", "place", "context"}
_PARTS = ("NOUN", "ADJF", "INFN")
# Comparatives, and endings of verse (-ою).
_RARE = {"COMP", "Supr", "V-oy"}


def _morphology() -> Any:
    import pymorphy3

    return pymorphy3.MorphAnalyzer(lang="ru")


def _lexeme(word: str, morphology: Any) -> list[Any]:
    parses = morphology.parse(word)
    own = [parse for parse in parses if parse.normal_form.replace("ё", "е") == word]
    # A people's name may be read as a surname too; the common noun comes first.
    ranked = sorted(own or parses, key=lambda p: (p.tag.POS not in _PARTS, "Surn" in p.tag, "Name" in p.tag))
    return list(ranked[0].lexeme)


def expand_russian(word: str, morphology: Any) -> tuple[str, ...]:
    """A Russian dictionary word with the endings of all its forms, written as `words` describes.

    Mostly one word; forms with different beginnings (человек, люди) are written apart.

    morphology : a pymorphy3 analyser
    """
    word, marks = split_marks(word)
    if "=" in marks or "*" in marks or "{" in word:
        return (word + marks,)
    lexeme = [form for form in _lexeme(word, morphology) if not _RARE & set(form.tag.grammemes)]
    adjective = lexeme[0].tag.POS in ("ADJF", "PRTF") and "+" not in marks
    plural = {form.word.replace("ё", "е"): "plur" in form.tag for form in reversed(lexeme)}
    plural.setdefault(word, False)
    groups: dict[str, list[str]] = {}
    for form in sorted(plural, key=lambda f: (plural[f], f != word, f)):
        groups.setdefault(form[:2], []).append(form)
    return tuple(_bracketed(forms, plural, ("a" if adjective else "") + marks) for forms in groups.values())


def _russian(word: str, kind: str, morphology: Any) -> tuple[str, ...]:
    bare, marks = split_marks(word)
    known = any(parse.normal_form.replace("ё", "е") == bare for parse in morphology.parse(bare))
    if kind == "place" and (not known or bare.endswith("ский")) and not {"=", "*"} & set(marks):
        # The dictionary takes Сайрам for a form of another word; names follow the rules of names.
        return (russian_name(bare) + marks,)
    return expand_russian(word, morphology)


def _bracketed(forms: list[str], plural: dict[str, bool], marks: str) -> str:
    if len(forms) == 1:
        return f"{forms[0]}={marks}"
    stem = forms[0][
        : next(n for n in range(len(forms[0]), 0, -1) if all(f[:n] == forms[0][:n] for f in forms))
    ]
    singular, many = (",".join(f[len(stem) :] for f in forms if plural[f] is side) for side in (False, True))
    return f"{stem}{{{singular};{many}}}{marks}" if many else f"{stem}{{{singular}}}{marks}"


def _in_the_language_of(written: Iterable[str]) -> Iterator[str]:
    """по-казахски, as the matching view has it: two words."""
    for form in written:
        word = split_marks(form)[0]
        if word.endswith(("ский", "цкий")) and " " not in word:
            yield f"{word[:-1]}%="


def _respelled(form: str, spell: Callable[[str], tuple[str, ...]], check_harmony: bool) -> Iterator[str]:
    words = form.split(" ")
    bare, marks = zip(*map(split_marks, words), strict=True)
    for variant in spell(" ".join(bare)):
        parts = variant.split(" ")
        if len(parts) != len(bare) or not all(parts):
            continue
        shifted = [check_harmony and harmony(a) != harmony(b) for a, b in zip(bare, parts, strict=True)]
        yield " ".join(
            part + mark + ("~" if moved and "~" not in mark else "")
            for part, mark, moved in zip(parts, marks, shifted, strict=True)
        )


def _spelled(concept: Concept, morphology: Any) -> Concept:
    forms: dict[str, tuple[str, ...]] = {}
    for language, written in concept.forms.items():
        if language == "ru":
            forms["ru"] = tuple(
                " ".join(words)
                for form in written
                for words in product(*(_russian(word, concept.kind, morphology) for word in form.split(" ")))
            )
            if concept.kind == "ethnonym":
                forms["ru"] += tuple(_in_the_language_of(written))
        elif language == "uz":
            latin_ones = tuple(form for form in written if form.replace("ʻ", "").rstrip(MARKS).isascii())
            forms["uz-latn"] = latin_ones
            forms["uz-cyrl"] = tuple(form for form in written if form not in latin_ones)
        else:
            forms[language] = written
    kazakh = concept.forms.get("kk", ())
    spellings: dict[str, Callable[[str], tuple[str, ...]]] = {"kk-plain": plain}
    if concept.kind in _RESPELLED:
        spellings |= {"kk-latn": latin, "kk-arab": arabic}
    for spelling, spell in spellings.items():
        found = {v for form in kazakh for v in _respelled(form, spell, spelling == "kk-plain")}
        forms[spelling] = tuple(sorted(found - set(kazakh)))
    return replace(concept, forms=MappingProxyType({key: value for key, value in forms.items() if value}))


def collisions(concepts: Sequence[Concept]) -> dict[str, set[str]]:
    """Names without Kazakh letters that are a Kazakh or Russian form of another concept: form -> concepts."""
    kinds = {concept.id: concept.kind for concept in concepts}
    others: dict[str, list[tuple[str, Callable[[str], int | None]]]] = {}
    for concept in concepts:
        for spelling in ("kk", "ru"):
            for form in concept.forms.get(spelling, ()):
                if " " not in form and concept.kind != "context":
                    for stem, accept in read_word(form.rstrip("^!#"), spelling).stems:
                        others.setdefault(stem, []).append((concept.id, accept))
    found: dict[str, set[str]] = {}
    for concept in concepts:
        for form in concept.forms.get("kk-plain", ()) if concept.kind in NAMES else ():
            word = split_marks(form)[0]
            for end in range(1, len(word) + 1):
                for other, accept in others.get(word[:end], ()):
                    # Areas tell places of one name apart, senses a country and its people.
                    alike = kinds[other] == concept.kind == "place" or other in (concept.id, concept.people)
                    if not alike and accept(word[end:]) is not None:
                        found.setdefault(word, {concept.id}).add(other)
    return found


def _settled(concepts: Sequence[Concept], declared: Mapping[str, Sequence[str]]) -> list[Concept]:
    found = collisions(concepts)
    faults = [
        f"without its letters '{form}' names {', '.join(sorted(ids))}: declare it in collisions.yaml."
        for form, ids in sorted(found.items())
        if ids != set(declared.get(form, ()))
    ]
    if faults:
        raise ValueError("the lexicon cannot be built:\n" + "\n".join(faults))

    def marked(form: str) -> str:
        return form + "#" if split_marks(form)[0] in declared else form

    return [
        replace(concept, forms=MappingProxyType({
            spelling: tuple(map(marked, written)) if spelling == "kk-plain" else written
            for spelling, written in concept.forms.items()
        }))
        for concept in concepts
    ]  # fmt: skip


def built(named: Iterable[tuple[str, str]]) -> str:
    """The text of the built file from record files. Raises: ValueError where a record is at fault."""
    morphology = _morphology()
    concepts = [_spelled(concept, morphology) for concept in concepts_of(iter(named))]
    settled = _settled(concepts, declared_collisions())
    return "".join(record_line(concept) + "\n" for concept in settled)


def main() -> None:
    """Write the built file of the package's records to standard output."""
    sys.stdout.buffer.write(built(record_files()).encode())


if __name__ == "__main__":
    main()
