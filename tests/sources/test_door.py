"""The door of texts: nobody can be found behind it, and nothing else of a text is changed."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.core.texts import WatchedSource
from kelisim.sources.door import PLACEHOLDERS, Keys, door, quarter_of, redact
from kelisim.sources.records import Given

NOW = datetime(2024, 6, 15, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Almaty")
SOURCE = WatchedSource("vk-a", "Тақта", "vk", "", "", "kk", "KZ61", 24.0, False)
POST = Given(
    external_id="-77_5", kind="comment", parent="-77_4", author="123456789", posted_at=NOW, text="Жақсы"
)


def keys(word: bytes = b"a") -> Keys:
    return Keys(word * 32, lambda quarter: (word + quarter.encode())[:32])


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("тел. +7 (701) 123-45-67", "тел. [phone]"),
        ("8 701 123 45 67, 87011234567", "[phone], [phone]"),
        ("8 (72533) 5-12-34 қоңырау", "[phone] қоңырау"),
        ("701-123-45-67", "[phone]"),
        ("+998 90 123 45 67", "[phone]"),
        ("８７０１１２３４５６７", "[phone]"),
        ("8\u200b701\u200b1234567", "[phone]"),
        ("٨٧٠١١٢٣٤٥٦٧", "[phone]"),
        ("ЖСН 870101300123 екен", "ЖСН [number] екен"),
        ("870101 300123", "[number]"),
        ("ИИН:870101300123.", "ИИН:[number]."),
        ("карта 4400430123456789", "карта [card]"),
        ("4111 1111 1111 1111", "[card]"),
        ("жаз: aidana.t+1@mail.kz!", "жаз: [email]!"),
        ("@aidana_t рахмет, ＠serik.k", "[handle] рахмет, [handle]"),
        ("[id123|Айдана Т.], дұрыс", "[name], дұрыс"),
        ("[club77|Тақта]", "[name]"),
        ("@id123 (Айдана) айтты", "[handle] айтты"),
        ("https://vk.com/id123?w=wall1 қара", "[handle] қара"),
        ("t.me/aidana және m.facebook.com/serik.k", "[handle] және [handle]"),
        ("wa.me/77011234567", "[handle]"),
        ("көлігі 123 АВС 13, 456kzt02", "көлігі [plate], [plate]"),
        ("А777АА 13", "[plate]"),
    ],
)  # fmt: skip
def test_what_leads_to_a_person_becomes_a_placeholder(said: str, left: str) -> None:
    assert redact(said) == left


@pytest.mark.parametrize(
    "said",
    [
        "2019 2020 2021 2022 2023 жылдары",
        "бюджеті 150000000 теңге, 15 000 000 000 болды",
        "2024-05-01 10:30-да, 12.05.2024",
        "netflix.com/title және portal.kz/news/12345",
        "№ 1234, 38,1 %, 220-240 адам",
        "[сурет] бар",
        "a @ b",
        "",
    ],
)
def test_other_words_and_numbers_stay(said: str) -> None:
    assert redact(said) == said


@given(st.text())
def test_a_text_behind_the_door_passes_it_unchanged(text: str) -> None:
    once = redact(text)
    for _ in range(4):  # a placeholder may bring two halves of a number together with what stands beside it
        again = redact(once)
        if again == once:
            break
        once = again
    assert redact(once) == once


_INSIDE = st.text(st.sampled_from("абвқғ xyz,.!?-\n\u200b🙂"), max_size=12)


@given(_INSIDE, st.integers(10**11, 10**12 - 1), _INSIDE)
def test_no_number_of_twelve_digits_passes(before: str, number: int, after: str) -> None:
    left = redact(f"{before}{number}{after}")
    plain = "".join(sign for sign in left if unicodedata.category(sign) != "Cf")
    assert not re.search(r"\d{9,}", plain)


@given(_INSIDE, st.integers(0, 10**9 - 1), st.sampled_from(["{}{}{}{}", "{} {} {} {}", "({}) {}-{}-{}"]))
def test_no_telephone_passes(before: str, number: int, form: str) -> None:
    digits = f"7{number:09d}"
    told = "8" + form.format(digits[:3], digits[3:6], digits[6:8], digits[8:])
    assert "[phone]" in redact(f"{before} {told}") or "[card]" in redact(f"{before} {told}")


def test_the_author_is_a_digest_of_the_quarter() -> None:
    item = door(POST, SOURCE, keys(), ZONE, NOW)
    same = door(POST, SOURCE, keys(), ZONE, NOW)
    later = door(
        Given(external_id="6", kind="post", text="", author="123456789", posted_at=NOW - timedelta(days=90)),
        SOURCE, keys(), ZONE, NOW,
    )  # fmt: skip
    assert item == same and item.author_key is not None and len(item.author_key) == 16
    assert later.author_key != item.author_key
    assert quarter_of(NOW) == "2024q2" and quarter_of(None) == "undated"


def test_two_deployments_have_unrelated_digests() -> None:
    one, other = (door(POST, SOURCE, keys(word), ZONE, NOW) for word in (b"a", b"b"))
    for name in ("author_key", "external_key", "item_id", "parent_id", "fed"):
        assert getattr(one, name) != getattr(other, name)
    bits = int.from_bytes(one.author_key or b"") ^ int.from_bytes(other.author_key or b"")
    assert 30 < bits.bit_count() < 98  # of 128, as two random digests differ


def test_a_comment_finds_its_post_and_its_day() -> None:
    post = door(Given(external_id="-77_4", kind="post", text="", posted_at=NOW), SOURCE, keys(), ZONE, NOW)
    comment = door(POST, SOURCE, keys(), ZONE, NOW)
    assert comment.parent_id == post.item_id != comment.item_id
    night = Given(external_id="x", kind="post", text="", posted_at=datetime(2024, 5, 1, 20, tzinfo=UTC))
    assert str(door(night, SOURCE, keys(), ZONE, NOW).day) == "2024-05-02"
    assert comment.area_id == "KZ61" and comment.url == ""


def test_impossible_times_are_no_times() -> None:
    for when in (
        datetime(1970, 1, 1, tzinfo=UTC),
        NOW + timedelta(days=30),
        datetime(2024, 5, 1),  # no zone
        datetime.max.replace(tzinfo=UTC),
    ):
        made = door(Given(external_id="x", kind="post", text="", posted_at=when), SOURCE, keys(), ZONE, NOW)
        assert made.posted_at is None and made.day is None


def test_broken_letters_can_be_stored() -> None:
    made = door(Given(external_id="\ud800", kind="post", text="a\x00b\ud800"), SOURCE, keys(), ZONE, NOW)
    assert made.text == "a\ufffdb\ufffd"
    made.text.encode()


def test_placeholders_are_those_that_are_written() -> None:
    texts = "+77011234567 @abc [id1|A] 870101300123 a@b.kz 4400430123456789 123ABC02"
    assert sorted(redact(texts).split()) == sorted(PLACEHOLDERS)
