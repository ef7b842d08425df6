"""The generator of short texts: one seed, one column; the statistics that a bench relies on."""

from __future__ import annotations

from functools import cache

import numpy as np

from kelisim.simulation.corpus.short_texts import KAZAKH, ShortTexts, Vocabulary, short_texts, vocabulary


@cache
def _words() -> Vocabulary:
    return vocabulary(np.random.default_rng(5))


@cache
def _drawn(seed: int, size: int = 4_000) -> ShortTexts:
    return short_texts(_words(), np.random.default_rng(seed), size)


def _read(texts: ShortTexts) -> list[str]:
    letters = texts.letters.tobytes()
    return [letters[a:b].decode() for a, b in zip(texts.offsets[:-1], texts.offsets[1:], strict=True)]


def test_a_seed_gives_the_same_texts_and_another_seed_others() -> None:
    again = short_texts(_words(), np.random.default_rng(1), 4_000)
    assert np.array_equal(again.letters, _drawn(1).letters)
    assert np.array_equal(again.offsets, _drawn(1).offsets)
    assert _read(_drawn(2)) != _read(_drawn(1))


def test_the_mean_is_that_of_real_short_texts() -> None:
    sizes = np.diff(_drawn(3, 20_000).offsets)
    # Gamma lengths of shape 1.5 spread as 0.85 of the mean: three standard errors of 20,000 texts are 2.5.
    assert abs(sizes.mean() - 138) < 4
    assert sizes.min() > 0


def test_repeats_repeat_and_edits_change_at_most_one_word() -> None:
    texts, read = _drawn(4), _read(_drawn(4))
    repeats = np.flatnonzero(texts.origin != np.arange(len(read)))
    assert 0.06 < len(repeats) / len(read) < 0.09
    for row in repeats:
        one, other = read[row].split(" "), read[texts.origin[row]].split(" ")
        if texts.edited[row]:
            assert sum(a != b for a, b in zip(one, other, strict=False)) <= 4 or len(one) != len(other)
        else:
            assert one == other


def test_two_thousand_stems_are_looked_for_and_two_texts_in_five_hold_one() -> None:
    stems = set(_words().stems)
    assert len(stems) == 2_000
    assert all(stem == stem.casefold() and len(stem) >= 4 for stem in stems)
    held = sum(
        any(word[:end] in stems for word in text.casefold().split() for end in range(4, len(word) + 1))
        for text in _read(_drawn(5))
    )
    assert 0.3 < held / 4_000 < 0.5


def test_kazakh_texts_hold_kazakh_letters_unless_typed_without_them() -> None:
    texts, read = _drawn(6), _read(_drawn(6))
    kazakh = [text for text, language in zip(read, texts.language, strict=True) if language == KAZAKH]
    long = [text for text in kazakh if len(text) > 60]
    without = sum(not set("әғқңөұүһі") & set(text) for text in long) / len(long)
    assert 0.06 < without < 0.2
