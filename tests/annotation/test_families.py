"""Nearly equal texts: planted edits are found, nothing else is joined, a repost adds no family."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from kelisim.annotation.families import LARGEST_BUCKET, SHARED, candidates, families, shared_runs, verified
from kelisim.annotation.normalise import normalise
from kelisim.annotation.signatures import BANDS, FEWEST_WORDS, bands, text_keys
from kelisim.annotation.views import Normalised

_LIST = "қа ты ре мо сіз лен бар жүр кө ша ның дық ұл ит пан ав тор сей өз гі ру ло ме хан"
_SYLLABLES = _LIST.split()
_SOURCES = ("дереккөз", "оқи отырыңыз", "репост", "срочно", "толығырақ сілтемеде")


def _texts(number: int, rng: np.random.Generator) -> list[str]:
    """Texts of 9 to 40 words, each word drawn as often as words of a language are."""
    parts = rng.integers(len(_SYLLABLES), size=(6_000, 4))
    words = ["".join(_SYLLABLES[part] for part in row[: 1 + place % 4]) for place, row in enumerate(parts)]
    odds = 1 / np.arange(1, len(words) + 1)
    sizes = rng.integers(9, 41, size=number)
    drawn = rng.choice(len(words), size=int(sizes.sum()), p=odds / odds.sum())
    return [" ".join(words[place] for place in part) for part in np.split(drawn, np.cumsum(sizes)[:-1])]


def _edited(text: str, rng: np.random.Generator) -> str:
    words = text.split()
    place = int(rng.integers(len(words)))
    edits = (
        lambda: words[:place] + words[place + 1 :],
        lambda: [*words[:place], "басқа", *words[place + 1 :]],
        lambda: [str(rng.choice(_SOURCES)), *words],
        lambda: [*words, str(rng.choice(_SOURCES))],
        lambda: [*words[:place], words[place] + "лар", *words[place + 1 :]],
        lambda: [word.upper() if at % 2 else word + "," for at, word in enumerate(words)],
    )
    return " ".join(edits[int(rng.integers(len(edits)))]())


def _families(texts: list[str]) -> tuple[NDArray[np.int64], NDArray[np.int64], Normalised]:
    """Family of each text, the verified pairs among different texts, and the view."""
    view = normalise(pa.array(texts, pa.large_string()))
    keys = text_keys(view)
    unique, first, back = np.unique(keys, return_index=True, return_inverse=True)
    column = bands(view)
    has = ~column.is_null().to_numpy(zero_copy_only=False)[first]
    values = np.zeros((len(first), BANDS), dtype=np.int64)
    values[has] = np.array(column.take(pa.array(first[has])).to_pylist(), dtype=np.int64).reshape(-1, BANDS)
    pairs = np.flatnonzero(has)[candidates(unique[has], values[has])]
    pairs = verified(pairs, lambda place: view.text(int(first[place])))
    return families(unique, pairs)[back], first[pairs], view


def test_planted_edits_are_found_and_nothing_else_is_joined() -> None:
    rng = np.random.default_rng(5)
    originals = _texts(1_500, rng)
    copied = rng.choice(len(originals), size=500, replace=False)
    edits = [_edited(originals[place], rng) for place in copied]
    family, pairs, view = _families(originals + edits)
    near = [
        (int(place), len(originals) + number)
        for number, place in enumerate(copied)
        if shared_runs(view.text(int(place)), view.text(len(originals) + number)) >= SHARED
    ]
    assert len(near) > 475
    assert np.mean([family[one] == family[other] for one, other in near]) >= 0.99
    # Precision after verification: every joined pair is exactly as near as it must be.
    assert all(shared_runs(view.text(int(a)), view.text(int(b))) >= SHARED for a, b in pairs)
    known = {tuple(sorted(pair)) for pair in near} | {
        (int(a), len(originals) + number) for number, a in enumerate(copied)
    }
    assert {tuple(sorted(pair)) for pair in pairs.tolist()} <= known


def test_a_repost_adds_an_item_and_no_family() -> None:
    rng = np.random.default_rng(6)
    texts = _texts(300, rng)
    texts += [_edited(text, rng) for text in texts[:100]]
    before, _, _ = _families(texts)
    after, _, _ = _families([*texts, texts[7], texts[7].upper() + "!!!", texts[320]])
    assert (after[: len(texts)] == before).all()
    assert len(set(after.tolist())) == len(set(before.tolist()))
    assert after[-3:].tolist() == [before[7], before[7], before[320]]


def test_the_order_of_texts_does_not_matter() -> None:
    rng = np.random.default_rng(7)
    texts = _texts(200, rng)
    texts += [_edited(text, rng) for text in texts]
    order = rng.permutation(len(texts))
    assert (_families([texts[place] for place in order])[0] == _families(texts)[0][order]).all()


def test_a_text_copied_very_often_with_changes_stays_one_family() -> None:
    text = " ".join(f"сөз{number}" for number in range(40))
    family, pairs, _ = _families([f"{text} көшірме{number}" for number in range(3 * LARGEST_BUCKET)])
    assert len(set(family.tolist())) == 1
    assert len(pairs) < 8 * 3 * LARGEST_BUCKET  # not each with each


@settings(max_examples=40)
@given(st.lists(st.text(alphabet="абвгд ", max_size=60), max_size=6))
def test_bands_of_a_row_do_not_depend_on_its_neighbours(texts: list[str]) -> None:
    whole = bands(normalise(pa.array(texts, pa.large_string())))
    for row, text in enumerate(texts):
        alone = bands(normalise(pa.array([text], pa.large_string())))
        assert alone[0].as_py() == whole[row].as_py()
        assert (alone[0].as_py() is None) == (len(text.split()) < FEWEST_WORDS)


@pytest.mark.parametrize("shared", [0.7, 0.8, 0.9])
def test_meeting_in_a_band_has_its_probability(shared: float) -> None:
    """Sets of runs with a known share in common meet as often as 1 - (1 - s^4)^8 says."""
    rng = np.random.default_rng(8)
    met, trials = 0, 250
    for _ in range(trials):
        # Far apart letters make every run of a text its own.
        base = rng.integers(0x4E00, 0x9000, size=400)
        fresh = rng.integers(0x4E00, 0x9000, size=400)
        same = round(2 * 400 * shared / (1 + shared))
        pair = [base, np.concatenate([base[:same], fresh[same:]])]
        texts = [" ".join("".join(map(chr, row[at : at + 40])) for at in range(0, 400, 40)) for row in pair]
        one, other = bands(normalise(pa.array(texts))).to_pylist()
        met += any(a == b for a, b in zip(one, other, strict=True))
    expected = 1 - (1 - shared**4) ** 8
    # Bins that borrow agree together, which costs a little.
    assert abs(met / trials - expected) < 3 * np.sqrt(expected * (1 - expected) / trials) + 0.02
