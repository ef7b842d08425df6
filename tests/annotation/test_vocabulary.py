"""Numbers for words: one for each word, the same in every batch, whatever stands around it."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.annotation import vocabulary
from kelisim.annotation.normalise import normalise
from kelisim.annotation.vocabulary import Vocabulary, word_places

_TEXTS = st.lists(
    st.lists(st.text(alphabet="абвгқԥ中😀az09", min_size=1, max_size=9), max_size=9), max_size=9
)


class _Learned:
    def __init__(self) -> None:
        self.words: list[str] = []
        self.vocabulary = Vocabulary(self.words.extend, self.words.clear)

    def read(self, texts: list[str]) -> list[list[str]]:
        places = word_places(normalise(pa.array(texts, pa.large_string())))
        said = [self.words[number] for number in self.vocabulary.numbers(places)]
        return [said[a:b] for a, b in zip(places.first, places.first[1:], strict=False)]


@settings(max_examples=40)
@given(st.lists(_TEXTS, max_size=4))
def test_every_word_has_its_number_in_every_batch(batches: list[list[list[str]]]) -> None:
    learned = _Learned()
    for batch in batches:
        texts = [" ".join(words) for words in batch]
        views = [normalise(pa.array([text])).text(0).split() for text in texts]
        assert learned.read(texts) == views
    assert len(set(learned.words)) == len(learned.words)


def test_many_words_and_a_new_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    learned = _Learned()
    texts = [" ".join(f"сөз{at * 50 + step}" for step in range(50)) for at in range(400)]
    assert [words[0] for words in learned.read(texts)] == [f"сөз{at * 50}" for at in range(400)]
    assert len(learned.words) == 20_000
    monkeypatch.setattr(vocabulary, "_MOST_WORDS", 1_000)
    assert learned.read(["сөз1 жаңа сөз1"]) == [["сөз1", "жаңа", "сөз1"]]
    assert set(learned.words) == {"сөз1", "жаңа"}


def test_letters_in_another_order_are_another_word() -> None:
    learned = _Learned()
    assert learned.read(["аб ба абаб баба аа ааа"]) == [["аб", "ба", "абаб", "баба", "аа", "ааа"]]
