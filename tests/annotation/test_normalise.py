"""The matching view: what is folded, repaired, left out, flagged; and the way back to stored characters."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.annotation.flags import Flag
from kelisim.annotation.normalise import LONGEST_CHARACTERS, normalise, normalise_text
from kelisim.annotation.views import Normalised
from kelisim.core.languages import fold_homoglyphs

_PIECES = st.sampled_from(
    [
        "қазақ",
        "Өзбек",
        "ӨЗБEK",
        "ТAЖИK",
        "opыс",
        "рhishing",
        "Kаzaқ",
        "й",
        "Й",
        "е\u0308",
        "ў",
        "о\u0301",
        "O'zbek",
        "gʻ",
        "to’g‘",
        "''",
        "İ",
        "ı",
        "ẞ",
        "ｋ",
        "𝐤",
        "vk.com/pr_1",
        "https://t.me/x.",
        "@adam",
        "a@b.kz",
        "кaz.kz",
        "3.5",
        ".",
        "..",
        "&amp;",
        "&#1179;",
        "&#39;",
        "&bogus;",
        "<b>",
        "<3",
        " ",
        "\n",
        "\t",
        "\u00a0",
        "-",
        "\u200b",
        "\u200d",
        "\u202e",
        "\ufe0f",
        "😀",
        "👩‍👩‍👧",
        "\ufffd",
        "#тег",
        "ٴ",
        "قازاق",
        "ـ",
        "e\u0302\u0323",
        "中",
        "\u0000",
        "\U000e0101",
        "2\ufe0f\u20e3",
    ]
)
_TEXTS = st.lists(st.one_of(_PIECES, st.text(max_size=6)), max_size=12).map("".join)


def _view(*texts: str | None) -> Normalised:
    return normalise(pa.array(texts, pa.large_string()))


@pytest.mark.parametrize(
    ("stored", "view"),
    [
        (unicodedata.normalize("NFD", "Й ресей, ёлка ўзбек ӣ ä"), "й ресей елка ўзбек ӣ ä"),
        ("ӨЗБEK ТAЖИK opыс", "өзбек тажик орыс"),
        ("О'zbek", "oʻzbek"),  # a Cyrillic О before the apostrophe
        ("[name] мен [phone] нөмірі", "мен нөмірі"),  # what the door has put there
        ("рhishing", "phishing"),
        ("Kаzaқ", "kаzaқ"),
        ("\u0259зербайжан \u019fзбeк бiз azərbaycan", "әзербайжан өзбек біз azərbaycan"),
        ("O'zbek O`zbek O’zbek O‘zbek Oʼzbek Oʻzbek", "oʻzbek " * 6),
        ("'salom' ‘дос’ tog' bo''z", "salom дос togʻ boʻz"),
        ("қазақ-қырғыз", "қазақ қырғыз"),
        ("Ёлка İSTANBUL ISSIQ ı", "елка istanbul issiq ı"),
        ("көр: https://vk.com/pr_qazaq?x=1 және nur.kz/orys-uzbek, @uzbek_uz болды.kz", "көр және"),
        ("жаз: adam.kazakh@mail.ru немесе www.tajik.example бет", "жаз немесе бет"),
        ("солай болды.Сосын кетті. 3.5 млн", "солай болды сосын кетті 3 5 млн"),
        ("өз\u200bбек \u202eтәжік\u202c қа\u00adзақ", "өзбек тәжік қазақ"),
        ("&lt;b&gt;қазақ&nbsp;&#1179;ала&amp;дала", "b қазақ қала дала"),
        ("<p>қазақ</p><br/>өзбек <3", "қазақ өзбек 3"),
        ("😀қазақ👍🏽2️⃣ #ұлт_бірлігі", "қазақ 2 ұлт бірлігі"),
        ("Ｋａｚａｋｈ 𝐊𝐚𝐳𝐚𝐤𝐡", "kazakh kazakh"),
        ("ру́сский", "русский"),
        ("قازاقستان حالقى", "قازاقستان حالقى"),
        ("", ""),
        (" \n ", ""),
    ],
)
def test_view(stored: str, view: str) -> None:
    assert normalise_text(stored) == (f" {view.strip()} " if view else " ")


def test_composed_letters_stay_composed() -> None:
    # A normaliser of Arrow was seen to return й as two characters; the view must hold one.
    for letter in "йёўӣäїґ":
        for form in ("NFC", "NFD"):
            assert len(normalise_text(unicodedata.normalize(form, letter)).strip()) == 1


@pytest.mark.parametrize(
    ("stored", "flags"),
    [
        ("қазақ", Flag(0)),
        ("opыс", Flag.REPAIRED),
        ("Kаzaқ", Flag.UNREPAIRED_MIX),
        ("opыс Kаzaқ", Flag.REPAIRED | Flag.UNREPAIRED_MIX),
        ("см. nur.kz", Flag.URL),
        ("@adam", Flag.URL),
        ("http://kаzinform.kz/x", Flag.URL | Flag.MIXED_DOMAIN),
        ("президент.kz", Flag.URL),
        ("\ufffdазақ", Flag.BAD_UTF8),
        ("а" * (LONGEST_CHARACTERS + 1), Flag.CUT),
        ("а" * LONGEST_CHARACTERS, Flag(0)),
    ],
)
def test_flags(stored: str, flags: Flag) -> None:
    assert Flag(int(_view("басқа", stored).flags[1])) == flags


def test_invalid_bytes_are_replaced_and_flagged() -> None:
    raw = pa.array(["қазақ".encode(), b"\xd2 \xff \xd0\xb0\xd0\xb1", "өзбек".encode()], pa.large_binary())
    view = normalise(raw.cast(pa.large_string(), safe=False))
    assert [view.text(row) for row in range(3)] == [" қазақ ", " аб ", " өзбек "]
    assert view.flags.tolist() == [0, int(Flag.BAD_UTF8), 0]


def test_long_text_is_cut() -> None:
    view = _view("а", "қазақ " * 8_000_000, "б")
    assert view.text(0) == " а " and view.text(2) == " б "
    assert view.origin(1).max() == LONGEST_CHARACTERS
    assert view.flags.tolist() == [0, int(Flag.CUT), 0]


def test_long_texts_full_of_signs_take_no_longer() -> None:
    # Each would take hours if a sign were looked at together with all others.
    for sign in (
        "a.",
        "@a",
        "a@",
        "://",
        "&amp",
        "<b",
        "\u0301",
        "о\u0301\u200b",
        "'",
        "o'",
        "'\u200b",
        "\u200b",
        "aа",
    ):
        _view(sign * LONGEST_CHARACTERS)


@given(_TEXTS)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise_text(text)
    assert normalise_text(once) == once
    assert once == " " or (once[0] == once[-1] == " " and "  " not in once and once.strip())


@given(st.lists(st.none() | _TEXTS, max_size=8), st.randoms(use_true_random=False))
def test_rows_do_not_see_each_other(texts: list[str | None], order: object) -> None:
    whole = _view(*texts)
    places = list(range(len(texts)))
    order.shuffle(places)  # type: ignore[attr-defined]
    shuffled = _view(*(texts[place] for place in places))
    for row, place in enumerate(places):
        alone = _view(texts[place])
        assert shuffled.text(row) == whole.text(place) == alone.text(0)
        assert shuffled.flags[row] == whole.flags[place] == alone.flags[0]
        assert shuffled.counts[row].tolist() == whole.counts[place].tolist() == alone.counts[0].tolist()
        assert shuffled.origin(row).tolist() == whole.origin(place).tolist() == alone.origin(0).tolist()


@given(_TEXTS)
def test_origin_names_the_character_a_byte_came_from(text: str) -> None:
    view = _view("кіріспе", text)
    origin, shown = view.origin(1), view.text(1)
    assert len(origin) == len(shown.encode())
    assert (np.diff(origin) >= 0).all() and origin.min() >= 0 and origin.max() <= len(text)
    at = 0
    for sign in shown:
        places = set(origin[at : at + len(sign.encode())].tolist())
        at += len(sign.encode())
        assert len(places) == 1
        stored = text[min(places) : min(places) + 1]
        if stored and stored != "&":  # an entity stands for a letter
            assert sign in _may_become(stored), (sign, stored)


_BUILT: dict[str, str] = {}
for _letter in map(chr, range(0xC0, 0x2000)):
    _base = unicodedata.normalize("NFD", _letter)[0]
    _BUILT[_base] = _BUILT.get(_base, "") + normalise_text(_letter).strip()


def _may_become(stored: str) -> str:
    """Letter, capital folded, twin in the other alphabet; with marks behind it, any letter built on it."""
    shapes = stored + _BUILT.get(stored, "")
    looks = "".join(fold_homoglyphs(shape + other)[0] for shape in shapes for other in "дq")
    return normalise_text(shapes) + normalise_text(looks) + "".join(_BUILT.get(s, "") for s in looks) + "ʻ"


@given(st.lists(st.sampled_from(["Қазақ", "өзбек", "и\u0306", "тiл", "O‘zbek", "а\u0301б"]), min_size=1))
def test_spans_cut_whole_words_out_of_the_stored_text(words: list[str]) -> None:
    text = " ,".join(words) + "!"
    view = _view(text, "соңы")
    spaces = np.flatnonzero(view.buffer[: view.offsets[1]] == 0x20).astype(np.int64)
    first, last = view.spans(spaces[:-1] + 1, spaces[1:])
    assert [text[a:b] for a, b in zip(first, last, strict=True)] == words


@given(_TEXTS)
def test_skeleton_keeps_every_byte_in_its_place(text: str) -> None:
    view = _view(text)
    bare = view.skeleton
    assert bare.offsets is view.offsets and len(bare.buffer) == len(view.buffer)
    assert not set(bare.text(0)) & set("әғқңөұүһі")


def test_slices_and_other_kinds_of_columns() -> None:
    texts = pa.array(["бір", "екі", None, "төрт"])
    for column in (texts, texts.dictionary_encode(), pa.chunked_array([texts[:1], texts[1:]])):
        view = normalise(column)
        assert [view.text(row) for row in range(4)] == [" бір ", " екі ", " ", " төрт "]
    assert normalise(texts.slice(1, 2)).text(0) == " екі "
    assert normalise(texts.slice(1, 0)).rows == 0
    assert normalise(pa.nulls(2)).rows == 2
