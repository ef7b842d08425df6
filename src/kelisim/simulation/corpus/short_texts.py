"""Short texts for benches: invented Kazakh and Russian words with the statistics that cost time.

What makes a scanner or a cache of words slow is not what a text says: it is the length of texts, how fast
new words keep coming, how often a looked-for stem begins a word, how many letters are of the wrong alphabet.
Those are given here. The words are strung of syllables under Kazakh and Russian patterns, with the commonest
real words of both languages on top; no sentence means anything, and no measure of quality may be taken on
them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["KAZAKH", "RUSSIAN", "ShortTexts", "Vocabulary", "short_texts", "vocabulary"]

KAZAKH, RUSSIAN = 0, 1
_MEAN_WORDS, _SHAPE = 10.5, 1.5
_MOST_WORDS = 120
_FORMS = 50_000
_STEMS_OF_FORMS = 9_000
# Zipf-Mandelbrot: frequency of the r-th word is (r + 2.7) ** -1.05.
_SHIFT, _SLOPE = 2.7, 1.05
_KAZAKH_SHARE, _LETTERLESS = 0.55, 0.12
_COPIES, _EDITS = 0.05, 0.03
_STRIPPED = str.maketrans("әғқңөұүһі", "агкноуухи")
_LOOK_ALIKE = str.maketrans("аеорсухікАВЕКМНОРСТХ", "aeopcyxikABEKMHOPCTX")
_ENDS_OF_WORDS = (" ", ", ", ". ", "")

_COMMON = (
    "және мен бұл үшін деп да де бір қазір бар жоқ ол біз сіз бәрі керек емес ғой сол кейін туралы осы бүгін "
    "ел адам жыл деген болды болып жатыр жақсы рахмет қалай неге тағы көп барлық енді ештеңе өз біздің "
    "сіздің кеше ертең су жол үй бала мектеп жұмыс ауыл қала аудан әкім халық",
    "и в не на что с по это как у а так все но за из то же бы от вы мы он они нет да для если только уже "
    "когда сегодня вчера завтра там здесь надо можно будет было есть очень спасибо почему люди год дети "
    "школа вода дорога дом работа село город район аким народ где кто ещё всех нас вам",
)
# Vowels, consonants and endings, of which a hyphen is none.
_BACK = (
    "аоұы",
    "бжқлмнрстдғш",
    "- - - лар дың ға да дан ды лық сы мен ымыз лардың ларға шы ған ады",
)
_FRONT = (
    "әеөүі",
    "бжклмнрстдгш",
    "- - - лер дің ге де ден ді лік сі мен іміз лердің лерге ші ген еді",
)
_SOFT_AND_HARD = (
    "аеиоуя",
    "бвгдзклмнпрстчш",
    "- - а у ом е ы ов ам ами ах ый ая ого ость ать ил ила ение",
)
_SIGNS = (
    "https://sinaq.example/n/48213 http://alpha.example/a?id=7 @oqyrman 😊 👍👍 🙏 ❤️ "
    "2023 15 3 100 №5 ??? !!! ха-ха 12-ші - №"
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words with their frequencies, ready to be strung together, and the stems a bench looks for.

    letters : uint8, every word with every sign that may follow it, one after another
    begins : int64, where each of them starts
    chances : cumulative, one row for each kind of text (Kazakh, Russian, Kazakh without its letters)
    stems : what to look for, folded, at the beginning of words
    """

    letters: np.ndarray
    begins: np.ndarray
    chances: np.ndarray
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShortTexts:
    """Texts as one buffer of UTF-8, the form in which Arrow keeps a column.

    letters : uint8; offsets : int64, texts + 1; language : int8 (`KAZAKH`, `RUSSIAN`)
    origin : int64, the row a text repeats (itself where it repeats none)
    edited : bool, whether it repeats with one word changed
    """

    letters: np.ndarray
    offsets: np.ndarray
    language: np.ndarray
    origin: np.ndarray
    edited: np.ndarray


def vocabulary(rng: np.random.Generator, stems: int = 2_000) -> Vocabulary:
    """Draw the words: some 50,000 forms of two languages, of which `stems` stems are to be looked for.

    The stems are taken evenly from the ranks of the words: about two texts in five hold one.
    """
    kazakh, of_kazakh = _forms(rng, KAZAKH)
    russian, of_russian = _forms(rng, RUSSIAN)
    looked_for = [
        *_looked_for(of_kazakh, stems - stems // 2, len(_COMMON[KAZAKH].split())),
        *_looked_for(of_russian, stems // 2, len(_COMMON[RUSSIAN].split())),
    ]
    plain = [kazakh, russian, [word.translate(_STRIPPED) for word in kazakh]]
    signs = _SIGNS.split()
    words: list[str] = []
    kinds = []
    for listed in plain:
        shares = (np.arange(len(listed)) + 1 + _SHIFT) ** -_SLOPE
        # One word in two hundred is typed with letters of the other alphabet, and as many are no words.
        mixed = [word.translate(_LOOK_ALIKE) for word in listed[: len(listed) // 10]]
        rare = shares[: len(mixed)]
        weights = np.concatenate(
            [
                0.988 * shares / shares.sum(),
                0.001 * rare / rare.sum(),
                np.full(len(signs), 0.011 / len(signs)),
            ]
        )
        kinds.append((len(words), weights))
        words += [*listed, *mixed, *signs]
    table = [
        (word + end).encode() for word in words for end in _ENDS_OF_WORDS
    ]  # word number x 4 + number of its end
    begins = np.zeros(len(table) + 1, np.int64)
    np.cumsum([len(token) for token in table], out=begins[1:])
    chances = np.zeros((len(kinds), len(words)))
    for row, (first, weights) in zip(chances, kinds, strict=True):
        row[first : first + len(weights)] = weights
    chances = np.cumsum(chances, axis=1)
    return Vocabulary(np.frombuffer(b"".join(table), np.uint8), begins, chances, tuple(looked_for))


def short_texts(words: Vocabulary, rng: np.random.Generator, size: int) -> ShortTexts:
    """Draw `size` texts: mean 138 bytes, 55 % Kazakh (one in eight without its letters), the rest Russian.

    5 % repeat an earlier text of the batch letter by letter, 3 % with one word changed.
    """
    language = np.where(rng.random(size) < _KAZAKH_SHARE, KAZAKH, RUSSIAN).astype(np.int8)
    kind = np.where((language == KAZAKH) & (rng.random(size) < _LETTERLESS), 2, language)
    lengths = np.clip(np.rint(rng.gamma(_SHAPE, _MEAN_WORDS / _SHAPE, size)), 1, _MOST_WORDS).astype(np.int64)
    origin, edited = _origins(rng, size)
    kind, language, lengths = kind[origin], language[origin], lengths[origin]
    firsts = np.concatenate([[0], np.cumsum(lengths)])
    chance = rng.random(int(firsts[-1]))
    tokens = np.empty(len(chance), np.int64)
    of_token = np.repeat(kind, lengths)
    for number, cumulated in enumerate(words.chances):
        rows = np.flatnonzero(of_token == number)
        tokens[rows] = np.searchsorted(cumulated, chance[rows] * cumulated[-1], side="right")
    ends = rng.choice(3, size=len(tokens), p=[0.86, 0.08, 0.06])
    ends[firsts[1:] - 1] = 3
    tokens = tokens * len(_ENDS_OF_WORDS) + ends
    fresh = tokens.copy()
    repeats = np.flatnonzero(origin != np.arange(size))
    tokens[_runs(firsts[repeats], lengths[repeats])] = tokens[
        _runs(firsts[origin[repeats]], lengths[repeats])
    ]
    changed = np.flatnonzero(edited)
    where = firsts[changed] + (rng.random(len(changed)) * (lengths[changed] - 1)).astype(np.int64)
    tokens[where] = fresh[where]
    sizes = words.begins[tokens + 1] - words.begins[tokens]
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    letters = words.letters[_runs(words.begins[tokens], sizes)]
    return ShortTexts(letters, offsets[firsts], language, origin, edited)


def _runs(begins: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Numbers begins[0], begins[0] + 1, ... of every run, one run after another."""
    total = int(sizes.sum())
    shift = begins - np.concatenate([[0], np.cumsum(sizes)[:-1]]) if len(sizes) else begins
    numbers: np.ndarray = np.arange(total, dtype=np.int64) + np.repeat(shift, sizes)
    return numbers


def _origins(rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
    own = np.arange(size)
    chance = rng.random(size)
    earlier = (rng.random(size) * own).astype(np.int64)
    fresh = chance >= _COPIES + _EDITS
    # Only a text that repeats none may be repeated: families are stars, and the truth is one number a row.
    repeats = ~fresh & fresh[earlier]
    return np.where(repeats, earlier, own), repeats & (chance < _EDITS)


def _forms(rng: np.random.Generator, language: int) -> tuple[list[str], dict[str, str]]:
    """Words in the order of their frequency, and the stem of each invented one."""
    common = _COMMON[language].split()
    stem_of: dict[str, str] = {}
    stems = [_stem(rng, language) for _ in range(_STEMS_OF_FORMS)]
    # Common stems have many forms, rare ones few: a stem is drawn by its rank, an ending at random.
    ranks = (np.arange(len(stems)) + 1.0) ** -0.6
    drawn = rng.choice(len(stems), size=3 * _FORMS, p=ranks / ranks.sum())
    endings = rng.random(3 * _FORMS)
    known = set(common)
    for number, chance in zip(drawn.tolist(), endings.tolist(), strict=True):
        stem, ends = stems[number]
        word = stem + ends[int(chance * len(ends))]
        if word not in known and word not in stem_of:
            stem_of[word] = stem
        if len(stem_of) == _FORMS:
            break
    return [*common, *stem_of], stem_of


def _looked_for(stem_of: dict[str, str], number: int, common: int) -> list[str]:
    """Stems of at least four letters, evenly from the middle of the list of words."""
    seen = dict.fromkeys(stem for stem in stem_of.values() if len(stem) >= 4)
    listed = list(seen)
    step = max(1, (len(listed) - common) // number)
    return listed[common::step][:number]


def _stem(rng: np.random.Generator, language: int) -> tuple[str, list[str]]:
    syllables = int(rng.choice([1, 2, 3, 4], p=[0.25, 0.55, 0.18, 0.02]))
    pattern = _SOFT_AND_HARD if language == RUSSIAN else _BACK if rng.random() < 0.5 else _FRONT
    vowels, consonants, ends = pattern
    chances = rng.random((syllables, 3))
    parts = [
        consonants[int(a * len(consonants))]
        + vowels[int(b * len(vowels))]
        + (consonants[int(c * 5 * len(consonants))] if c < 0.2 else "")
        for a, b, c in chances
    ]
    last = consonants[int(rng.random() * len(consonants))]
    return "".join(parts) + last, ends.replace("-", "").split(" ")
