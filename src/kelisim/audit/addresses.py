"""Addresses of portals and accounts that no browser could open, and one address listed twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kelisim.core.findings import Finding
from kelisim.core.languages import Words
from kelisim.core.study import Study
from kelisim.core.tables import Table

__all__ = ["addresses", "what_is_wrong"]

_LINK = re.compile(
    r"(?:(?P<scheme>[A-Za-z][\w+.-]*)?:?//)?(?P<user>[^/@:]*@)?(?P<host>[^/:?#@]*)"
    r"(?::(?P<port>\d{1,6}))?(?P<rest>[/?#].*)?",
    re.UNICODE,
)
_LABEL = re.compile(r"(?!-)[^\W_](?:[\w-]{0,61}[^\W_])?", re.UNICODE)
_ENDING = re.compile(r"[^\W\d_]{2,63}|xn--[a-z0-9-]{2,59}", re.UNICODE | re.IGNORECASE)
_LATIN, _CYRILLIC = re.compile(r"[a-z]", re.IGNORECASE), re.compile(r"[\u0400-\u04ff]")
_NUMERIC = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}", re.ASCII)
_HANDLE = re.compile(r"@\w[\w.]{0,63}", re.UNICODE)


def addresses(study: Study) -> Iterator[Finding]:
    """Check the form of every address of the watchlists. Nothing is opened or asked of the network."""
    for table in study.of_kind("watchlist"):
        if table.has("address"):
            yield from _of_table(table)


def _of_table(table: Table) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    for row in range(len(table)):
        text = str(table["address"][row]).strip()
        if not text:
            continue
        wrong, name = what_is_wrong(text), table["name"][row]
        if wrong is not None:
            message = Words(
                f"«{name}»: «{text}» деген мекенжай жарамсыз – {wrong.kk}.",
                f"«{name}»: адрес «{text}» недействителен – {wrong.ru}.",
                f"“{name}”: the address “{text}” is not valid: {wrong.en}.",
            )
            yield _finding(table, "invalid_address", "contradiction", (row,), message)
            continue
        earlier = seen.setdefault(_same(text), row)
        if earlier != row and table["name"][earlier] != name:
            other = table["name"][earlier]
            message = Words(
                f"«{text}» мекенжайы екі атаумен берілген: «{other}» және «{name}».",
                f"Адрес «{text}» указан под двумя названиями: «{other}» и «{name}».",
                f"The address “{text}” is listed under two names: “{other}” and “{name}”.",
            )
            yield _finding(table, "address_listed_twice", "note", (earlier, row), message)


def _finding(table: Table, code: str, level: str, rows: tuple[int, ...], message: Words) -> Finding:
    return Finding(
        code=code,
        level="contradiction" if level == "contradiction" else "note",
        table_id=table.use.table_id,
        cells=tuple(table.cell(row, "address") for row in rows),
        values={"address": str(table["address"][rows[-1]])},
        message=message,
    )


def _same(text: str) -> str:
    body = text.casefold().removeprefix("https://").removeprefix("http://").removeprefix("www.")
    return body.rstrip("/")


def what_is_wrong(text: str) -> Words | None:
    """What keeps an address from being a host or link of the web; None where its form is right.

    >>> what_is_wrong("https://www.baq.kz/kk"), what_is_wrong("тумба.kz")
    (None, None)
    >>> what_is_wrong("baq..kz").en
    'the name of the host has an empty or broken part'
    """
    if _HANDLE.fullmatch(text):
        return None
    if any(letter.isspace() for letter in text):
        return Words("ішінде бос орын бар", "внутри есть пробел", "it has a space inside")
    match = _LINK.fullmatch(text)
    if match is None or (match["port"] is not None and not 0 < int(match["port"]) < 65_536):
        return Words("құрылымы бұзылған", "нарушено строение", "its form is broken")
    if match["scheme"] not in (None, "http", "https"):
        return Words(
            "ол http немесе https сілтемесі емес",
            "это не ссылка http или https",
            "it is no link of the web (http, https)",
        )
    if match["user"] is not None:
        return Words("бұл пошта мекенжайы", "это адрес почты", "it is an address of mail")
    host = match["host"].casefold()
    if _NUMERIC.fullmatch(host):
        fine = all(int(part) <= 255 for part in host.split("."))
        return (
            None
            if fine
            else Words("сандық мекенжай қате", "числовой адрес неверен", "the numeric address is wrong")
        )
    labels = host.removesuffix(".").split(".")
    if len(labels) < 2:
        return Words("доменнің аяқталуы жоқ", "нет окончания домена", "the domain has no ending")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return Words(
            "хост атауының бір бөлігі бос не бұзылған",
            "часть имени узла пуста или испорчена",
            "the name of the host has an empty or broken part",
        )
    if any(_LATIN.search(label) and _CYRILLIC.search(label) for label in labels):
        return Words(
            "екі әліпбидің әріптері араласқан",
            "смешаны буквы двух алфавитов",
            "letters of two alphabets are mixed",
        )
    if not _ENDING.fullmatch(labels[-1]):
        return Words(
            "доменнің аяқталуы мұндай болмайды",
            "такого окончания домена не бывает",
            "no domain ends like this",
        )
    return None
