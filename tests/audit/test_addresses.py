"""Addresses that no browser could open."""

from __future__ import annotations

import pytest

from kelisim.audit.addresses import addresses, what_is_wrong
from tests.cast import study, watchlist

FINE = [
    "baq.kz", "https://www.facebook.com/profile.php?id=100024941010447", "http://xn--80ak6aa92e.com/",
    "тумба.kz", "https://vk.com/kz72533", "t.me/kanal", "192.168.0.1", "https://a.b.kz:8080/x?y#z", "@handle",
    "//cdn.kz/x", "ruh.kz/a@b", "Oinet.Kz", "қазақстан.қаз",
]  # fmt: skip
BROKEN = [
    "baq kz", "baq..kz", "http:/baq.kz", "htp://baq.kz", "baq", "baq.k", "baq.kz,", "-baq.kz", "baq.123",
    "name@mail.kz", "https://", "http://baq.kz:99999", "300.1.1.1", "bаq.kz",
    "baq_.kz", "ftp://baq.kz", "www.",
]  # fmt: skip


@pytest.mark.parametrize("address", FINE)
def test_good_addresses_pass(address: str) -> None:
    assert what_is_wrong(address) is None


@pytest.mark.parametrize("address", BROKEN)
def test_broken_addresses_say_what_is_wrong(address: str) -> None:
    assert what_is_wrong(address) is not None


def test_a_broken_address_and_a_repeated_one_are_found_by_cell() -> None:
    rows = [
        ("one", "baq.kz"),
        ("two", ""),
        ("three", "baq..kz"),
        ("four", "https://www.baq.kz/"),
        ("one", "BAQ.kz"),
    ]
    broken, twice = addresses(study(watchlist(rows)))
    assert (broken.code, [c.row for c in broken.cells]) == ("invalid_address", [4])
    assert (twice.code, [c.row for c in twice.cells]) == ("address_listed_twice", [2, 5])
