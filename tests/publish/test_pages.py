"""What the pages of the Turkistan study say: ranges, voices, rates, ages, reasons, areas without data."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from kelisim.publish.site import site
from kelisim.runs.release import released_study
from tests.studies import TURKISTAN, read, unwatched_synthetic


def pages_of(folder: Path) -> dict[str, str]:
    made = released_study(read(folder))
    return {name: data.decode() for name, data in site(made) if name.endswith((".html", ".svg", ".css"))}


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return pages_of(TURKISTAN)


def plain(page: str) -> str:
    text = re.sub(r"<svg.*?</svg>", " ", page, flags=re.S)
    return re.sub(r"[\s\u00a0\u202f]+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


def test_printed_ranges_are_shown_as_ranges(pages: dict[str, str]) -> None:
    assert "220–240 (как в источнике)" in plain(pages["ru/media.html"])
    assert "2,600 or more (as printed)" in plain(pages["en/media.html"])
    assert "no data" not in plain(pages["en/media.html"])


def test_one_label_with_several_meanings_stands_side_by_side(pages: dict[str, str]) -> None:
    text = plain(pages["en/media.html"])
    assert "share of users with a neutral position" in text
    assert "positive to neutral-positive comments" in text


def test_pages_of_single_officials_are_left_out_and_counted(pages: dict[str, str]) -> None:
    text = plain(pages["ru/media.html"])
    assert "2 страницы отдельных должностных лиц здесь не показаны" in text
    assert "Аким города Туркестан" not in text


def test_labels_stand_by_voice(pages: dict[str, str]) -> None:
    text = plain(pages["kk/events.html"])
    assert "тұрмыстық жанжал" in text and "төбелес" in text
    assert text.index("Дереккөз авторы") < text.index("Ішкі істер министрі")


def test_rates_are_those_of_the_declared_window_and_its_checks(pages: dict[str, str]) -> None:
    text = plain(pages["en/events.html"])
    # 4 events in 14 years over 17 areas; the first falls in November 2007.
    for rate in ("0.29 (0.08–0.73; 95 %)", "0.30 (0.08–0.78; 95 %)", "0.23 (0.05–0.67; 95 %)",
                 "0.017 (0.005–0.043; 95 %)", "0.0014 (0.0004–0.0036; 95 %)"):  # fmt: skip
        assert rate in text
    assert "once in 60 years" in text
    assert "cannot train" in text


def test_events_elsewhere_and_without_a_date_say_so(pages: dict[str, str]) -> None:
    text = plain(pages["en/events.html"])
    assert text.count("in another oblast, not counted") == 3
    assert "no date printed" in text
    assert "Sauran district was founded later (2021)" in text


def test_every_declared_area_has_a_page_that_leads_up_and_to_its_neighbours(pages: dict[str, str]) -> None:
    for area in read(TURKISTAN).areas:
        page = pages[f"ru/area-{area.area_id}.html"]
        assert area.parent is None or f'href="area-{area.parent}.html"' in page
    lonely = plain(pages["en/area-KZ33.html"])
    assert "print no population of this area" in lonely and "names no event in this area" in lonely


def test_tables_that_differ_are_not_chosen_between(pages: dict[str, str]) -> None:
    text = plain(pages["en/area-KZ61.html"])
    assert "2,016,037" in text and "1,992,845" in text
    assert "We choose none of them" in text


def test_withheld_values_say_nothing_of_the_rule() -> None:
    pages = pages_of(unwatched_synthetic())
    shown = [page for name, page in pages.items() if name.startswith("en/") and "suppressed" in page]
    assert shown
    for page in pages.values():
        assert "too_few" not in page and "protects_another" not in page
    assert "synthetic" in plain(pages["en/about.html"]).lower()


def test_a_chart_stands_with_its_words_and_its_table(pages: dict[str, str]) -> None:
    for name, chart in (("index", "chart-shares"), ("events", "chart-timeline"), ("economy", "chart-ages")):
        for language in ("kk", "ru", "en"):
            page = pages[f"{language}/{name}.html"]
            assert f"{language}/{chart}.svg" in pages
            assert re.search(r'<svg role="img" aria-label="[^"]{40,}"', page)
            assert page.count("<details>") >= 1


def test_ids_are_unique_on_every_page(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids)), name


def test_words_and_colours_are_readable(pages: dict[str, str]) -> None:
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", pages["style.css"]))

    def luminance(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(2 * d for d in colour[1:])
        parts = [int(digits[k : k + 2], 16) / 255 for k in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for ink in ("ink", "quiet", "link"):
        for paper in ("paper", "soft", "tile"):
            light, dark = luminance(colours[paper]), luminance(colours[ink])
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, paper)
