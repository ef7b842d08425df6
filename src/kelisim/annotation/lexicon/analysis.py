"""Words of a text against words of the lexicon: which forms a token may be, or may begin.

Every token is looked at once: its beginnings are searched among the stems and the grammar decides about the
rest. The answers are kept in a cache of tokens, the only thing that the kernel remembers between batches.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from kelisim.annotation.lexicon.lexicon import NAMES, Concept, Lexicon
from kelisim.annotation.lexicon.words import FORM_LANGUAGES, SPELLINGS, read_word, split_marks

__all__ = ["Analyser", "Form"]

# A cache of more tokens than this is emptied: a stream of random letters must not fill the memory.
_CACHE_TOKENS = 400_000


@dataclass(frozen=True, slots=True)
class Form:
    """One way in which texts name a concept.

    concept : position in the lexicon
    language : position in `FORM_LANGUAGES`;  spelling : one of `SPELLINGS`
    name : whether its concept is a name, or a word that a name must give way to
    silent : whether it only decides about names and is never found itself
    words : numbers of its words, in order
    doubt : "" or the mark of a form that is a common word too, `^` or `!`
    letters : length of the shortest beginning, in letters
    home : whether it counts in texts of its own language only
    """

    concept: int
    language: int
    spelling: str
    name: bool
    silent: bool
    words: tuple[int, ...]
    doubt: str
    letters: int
    home: bool

    @property
    def plain(self) -> bool:
        """Whether it is Kazakh typed without its letters."""
        return self.spelling == "kk-plain"


class Analyser:
    """Forms of a lexicon, prepared for looking up tokens."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.forms: list[Form] = []
        self._words: dict[tuple[str, str], int] = {}
        self._stems: dict[str, list[tuple[int, object]]] = defaultdict(list)
        self._starting: dict[int, list[int]] = defaultdict(list)
        self._first_stems: set[str] = set()
        self._tokens: dict[str, tuple[tuple[int, int, int], ...]] = {}
        self._word_stems: list[tuple[str, ...]] = []
        for position, concept in enumerate(lexicon.concepts):
            for spelling in SPELLINGS:
                for written in concept.forms.get(spelling, ()):
                    self._add(position, concept, spelling, written)
        self._longest = max(map(len, self._stems), default=0)

    def _word(self, written: str, spelling: str) -> int:
        bare = written.rstrip("^!#")
        key = (bare, spelling)
        if key not in self._words:
            number = self._words[key] = len(self._words)
            stems = read_word(bare, spelling).stems
            self._word_stems.append(tuple(stem for stem, _ in stems))
            for stem, accept in stems:
                self._stems[stem].append((number, accept))
        return self._words[key]

    def _add(self, position: int, concept: Concept, spelling: str, written: str) -> None:
        parts = written.split(" ")
        words = tuple(self._word(part, spelling) for part in parts)
        stems = self._word_stems[words[0]]
        marks = split_marks(parts[-1])[1]
        form = Form(
            concept=position,
            language=FORM_LANGUAGES.index(spelling.partition("-")[0]),
            spelling=spelling,
            name=concept.kind in (*NAMES, "word"),
            silent=concept.kind in ("word", "context"),
            words=words,
            doubt=next((mark for mark in "!^" if mark in marks), ""),
            home="#" in marks,
            letters=min(map(len, stems)) + (len(parts) > 1) * len(parts[-1]),
        )
        self._starting[words[0]].append(len(self.forms))
        self.forms.append(form)
        # Words that only decide about names are looked up where a name stands, not searched for.
        if not form.silent:
            self._first_stems.update(stems)

    def patterns(self) -> list[bytes]:
        """Beginnings of words to scan for, each after the space that bounds it, in a fixed order."""
        return [b" " + stem.encode() for stem in sorted(self._first_stems)]

    def words_of(self, token: str) -> tuple[tuple[int, int, int], ...]:
        """Words that a token may be: number of the word, code of the suffix, letters of the stem."""
        found = self._tokens.get(token)
        if found is None:
            if len(self._tokens) >= _CACHE_TOKENS:
                self._tokens.clear()
            best: dict[int, tuple[int, int]] = {}
            for end in range(1, min(len(token), self._longest) + 1):
                for number, accept in self._stems.get(token[:end], ()):
                    suffix = accept(token[end:])  # type: ignore[operator]
                    if suffix is not None:
                        best[number] = max((suffix, end), best.get(number, (0, 0)))
            found = self._tokens[token] = tuple((word, *told) for word, told in sorted(best.items()))
        return found

    def starting(self, token: str) -> list[tuple[Form, int]]:
        """Forms whose first word a token may be, each with the code of the token's suffix.

        Of single names in one spelling those with the longest stem stay: түрікмен is no Turk with -мен.
        """
        found = [
            (self.forms[number], suffix, letters)
            for word, suffix, letters in self.words_of(token)
            for number in self._starting.get(word, ())
        ]
        longest: dict[str, int] = defaultdict(int)
        for form, _, letters in found:
            if form.name and len(form.words) == 1:
                longest[form.spelling] = max(letters, longest[form.spelling])
        return [
            (form, suffix)
            for form, suffix, letters in found
            if not form.name or len(form.words) > 1 or letters == longest[form.spelling]
        ]
