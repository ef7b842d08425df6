"""The language of short texts: floors on validation splits, letterless Kazakh, informal comments."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.annotation.kernel import language_model
from kelisim.annotation.language_model import CLASSES, LanguageModel
from kelisim.annotation.language_training import confusion, fit
from kelisim.annotation.normalise import normalise
from kelisim.runs.language_card import Score, card, in_words, scores, validation

_HERE = Path(__file__).parent
_CARD = Path(__file__).resolve().parents[2] / "docs/start/language-model.md"

# Transliterations of the tests' own, by other rules than those the model learned from.
_LETTERS = "абвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюяә"
_IN_LATIN = "a b v g ğ d e io j z i i k q l m n ñ o ö p r s t u ū ü f h h ts ch ş şç _ y i _ e iu ia ä"
_IN_PLAIN = "a b v g g d e e zh z i i k k l m n n o o p r s t u u u f h h ts ch sh sh _ y i _ e yu ya a"
_IN_ARABIC = "ا ب ۆ گ ع د ە يو ج ز ي ي ك ق ل م ن ڭ و و پ ر س ت ۋ ۇ ۇ ف ح ھ تس چ ش شش _ ى ى _ ە يۋ يا ا"
_SPELLINGS = [dict(zip(_LETTERS, said.split(), strict=True)) for said in (_IN_LATIN, _IN_PLAIN, _IN_ARABIC)]
_UZBEK = [
    ("sh", "ш"),
    ("ch", "ч"),
    ("oʻ", "ў"),
    ("gʻ", "ғ"),
    ("yo", "ё"),
    ("yu", "ю"),
    ("ya", "я"),
    ("ye", "е"),
]
_UZBEK += list(zip("abdefghijklmnopqrstuvxyzʻ", "абдефгҳижклмнопқрстувхйзъ", strict=True))
_STRIPPED = str.maketrans("әғқңөұүһі", "агкноуухи")


def _spelled(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(letter, letter) for letter in text.lower()).replace("_", "")


def _uzbek(text: str) -> str:
    for latin, cyrillic in [(sign, "ʻ") for sign in "'`’‘ʼ"] + _UZBEK:
        text = text.replace(latin, cyrillic)
    return text


@pytest.fixture(scope="module")
def reference() -> Path:
    folder = os.environ.get("KELISIM_REFERENCE_DATA")
    if not folder:
        pytest.skip("KELISIM_REFERENCE_DATA is not set; the sentences are not part of the repository")
    return Path(folder) / "text"


@pytest.fixture(scope="module")
def found(reference: Path) -> dict[str, Score]:
    return {score.name: score for score in scores(language_model(), validation(reference, "all"))}


@pytest.mark.floor
@pytest.mark.parametrize(
    ("name", "floor"),
    [
        ("whole sentences", 0.995),
        ("eight words", 0.99),
        ("four words", 0.97),
        ("other languages", 0.98),
        ("reviews with Kazakh letters", 0.995),
        ("reviews without them", 0.97),
    ],
)
def test_floor_of_a_set(found: dict[str, Score], name: str, floor: float) -> None:
    assert found[name].share >= floor


@pytest.mark.floor
@pytest.mark.parametrize(
    ("language", "floor"),
    [("ky", 0.92), ("kk", 0.96), ("ru", 0.96), ("uz", 0.97), ("tg", 0.96), ("ug", 0.99), ("en", 0.98)],
)
def test_floor_of_a_language_at_four_words(found: dict[str, Score], language: str, floor: float) -> None:
    assert found["four words"].share_of(language) >= floor


@pytest.mark.floor
def test_floors_in_other_spellings(reference: Path) -> None:
    whole = validation(reference, "all")["whole sentences"]
    kazakh = [text for text, language in whole if language == "kk"]
    spellings = {
        "kk": [_spelled(text, table) for table in _SPELLINGS for text in kazakh],
        "uz": [_uzbek(text.lower()) for text, language in whole if language == "uz"],
    }
    spellings["kk"] += [text.lower().translate(_STRIPPED) for text in kazakh]
    for language, texts in spellings.items():
        assert Score("", confusion(language_model(), [(text, language) for text in texts])).share >= 0.98


@pytest.mark.floor
def test_letterless_kazakh_is_not_read_as_a_neighbour(found: dict[str, Score]) -> None:
    row = found["reviews without them"].table[CLASSES.index("kk")]
    for neighbour in ("ky", "ru"):
        assert row[CLASSES.index(neighbour)] / row.sum() <= 0.015


@pytest.mark.floor
def test_card_in_the_handbook_is_what_is_measured(reference: Path) -> None:
    measured = card(scores(language_model(), validation(reference, "held apart")))
    assert measured in _CARD.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "language", "floor"),
    [("informal_ru", "ru", 0.95), ("informal_kk_letterless", "kk", 0.95), ("informal_ky", "ky", 0.9)],
)
def test_short_informal_texts(name: str, language: str, floor: float) -> None:
    texts = (_HERE / "texts" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    assert len(texts) >= 30
    assert Score(name, confusion(language_model(), [(text, language) for text in texts])).share >= floor


def _languages(*texts: str) -> list[str | None]:
    found = language_model().identify(normalise(pa.array(texts, pa.large_string())))
    return [CLASSES[code] if code >= 0 else None for code in found.first]


def test_texts_without_letters_have_no_language() -> None:
    assert _languages("", "!!! 😀", "2024", "你好", "საქართველო") == [None, None, None, "other", "other"]


@given(
    st.lists(st.text(st.characters(codec="utf-8")) | st.sampled_from(["Мен келдім", "я пришёл"]), max_size=9)
)
def test_scores_are_the_plain_sums_and_rows_stand_alone(texts: list[str]) -> None:
    model = language_model()
    view = normalise(pa.array(texts, pa.large_string()))
    whole = model.scores(view)
    for row, text in enumerate(texts):
        alone = normalise(pa.array([text], pa.large_string()))
        assert (model.scores(alone)[0] == whole[row]).all()
        assert np.allclose(whole[row], _plainly(model, view.text(row)), atol=1e-9)


def _plainly(model: LanguageModel, text: str) -> np.ndarray:
    """Scores of one text character by character."""
    total, runs = np.zeros(len(CLASSES)), 0
    for first in range(len(text)):
        mixed = 0
        for length in range(1, 5):
            run = text[first : first + length]
            if len(run) < length:
                break
            mixed = (mixed + ord(run[-1])) * 0x9E3779B1 % 2**32
            if " " in run[1:-1] or not run.strip():
                continue
            runs += 1
            total += model.weights[mixed >> 17] * model.scale.astype(np.float64)
    return total / np.sqrt(max(runs, 1))


def test_long_texts_are_told_by_their_beginning() -> None:
    russian, kazakh = "это очень длинный текст о дружбе ", "бұл достық туралы өте ұзақ мәтін "
    assert _languages(russian * 70 + kazakh * 600, kazakh * 600, "ы" * 19_000)[:2] == ["ru", "kk"]


def test_model_is_small_and_keeps_its_bytes() -> None:
    raw = language_model().to_bytes()
    assert len(raw) <= 300_000
    again = LanguageModel.from_bytes(raw)
    assert again.to_bytes() == raw and again.digest == language_model().digest


@pytest.mark.proof
def test_learning_is_repeatable() -> None:
    texts = [(word, "kk") for word in ("қазақ тілі", "ұлттар достығы")] + [
        (w, "ru") for w in ("дружба", "язык")
    ]
    first, second = fit(texts), fit(texts)
    assert first.to_bytes() == second.to_bytes()
    assert Score("", confusion(first, texts)).share == 1


@pytest.mark.proof
@pytest.mark.floor
def test_weights_of_the_package_come_from_the_open_texts(reference: Path, tmp_path: Path) -> None:
    from kelisim.runs.language_training import train_language

    made = train_language(reference, tmp_path / "language.npz").model
    # Another processor may round a sum of floats another way; a step here and there follows from that.
    apart = np.abs(made.weights.astype(int) - language_model().weights.astype(int))
    assert (apart > 2).mean() < 0.001
    assert in_words("бір екі үш", 2) == ["бір екі"]
