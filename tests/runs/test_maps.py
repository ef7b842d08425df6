"""Maps with outlines: projection, classes, pattern, links, table, attribution, words in three languages."""

from __future__ import annotations

import math
import re
import shutil
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from kelisim.cli.main import main
from kelisim.core.areas import Area, Areas
from kelisim.core.languages import Words
from kelisim.core.outlines import Outlines, Ring
from kelisim.publish.maps import classes, counted_within_other_boundaries, outline_map

LABEL = "document.activeElement.closest('svg.outlines') && document.activeElement.getAttribute('aria-label')"
SVG = "{http://www.w3.org/2000/svg}"


def square(west: float, south: float, size: float = 1.0) -> Ring:
    east, north = west + size, south + size
    return ((west, south), (east, south), (east, north), (west, north), (west, south))


OUTLINES = Outlines("d", date(2024, 1, 1), "An office", "CC BY 4.0", False, {
    "A": (square(60, 50),), "B": (square(61, 50), square(61.4, 50.4, 0.2)),
})  # fmt: skip


def drawn() -> ElementTree.Element:
    labels, links = {"A": 'A <"&>: 1,5', "B": "B"}, {"A": "a.html", "B": "b.html"}
    svg = outline_map(OUTLINES, labels, {"A": 4}, links, title="T & t", desc="D", key="k")
    return ElementTree.fromstring(svg)


def test_every_area_is_one_link_with_a_name() -> None:
    links = drawn().findall(f"{SVG}a")
    assert [(a.get("href"), a.get("aria-label")) for a in links] == [
        ("a.html", 'A <"&>: 1,5'),
        ("b.html", "B"),
    ]
    assert [a.find(f"{SVG}path/{SVG}title").text for a in links] == ['A <"&>: 1,5', "B"]  # type: ignore[union-attr]


def test_the_picture_has_title_and_description() -> None:
    svg = drawn()
    assert svg.find(f"{SVG}title").text == "T & t" and svg.find(f"{SVG}desc").text == "D"  # type: ignore[union-attr]
    assert (svg.get("aria-labelledby"), svg.get("aria-describedby")) == ("t-k", "d-k")


def test_a_class_has_a_shade_and_a_missing_figure_the_pattern() -> None:
    one, other = (a.find(f"{SVG}path") for a in drawn().findall(f"{SVG}a"))
    assert one is not None and one.get("class") == "s4" and one.get("fill") is None
    assert other is not None and other.get("fill") == "url(#none-k)"


def test_longitude_is_shortened_by_the_cosine_and_north_is_up() -> None:
    path = drawn().findall(f"{SVG}a")[0].find(f"{SVG}path")
    assert path is not None
    points = [tuple(map(float, p.split())) for p in re.split("[MLZ]", path.get("d", "")) if p]
    across, up = points[1][0] - points[0][0], points[0][1] - points[3][1]
    assert across / up == pytest.approx(math.cos(math.radians(50.5)), rel=1e-3)
    assert points[0][1] > points[3][1]
    assert all(
        re.fullmatch(r"-?\d+\.\d", n) for p in re.split("[MLZ]", path.get("d", "")) if p for n in p.split()
    )


def test_a_hole_is_part_of_the_path() -> None:
    path = drawn().findall(f"{SVG}a")[1].find(f"{SVG}path")
    assert path is not None and path.get("d", "").count("M") == 2 and path.get("fill-rule") == "evenodd"


def test_classes_count_the_ends_reached() -> None:
    assert classes({"a": 0.0, "b": 0.2, "c": 0.99}, (0.2, 0.4, 0.6, 0.8)) == {"a": 0, "b": 1, "c": 4}


def test_a_divided_area_is_known_by_its_part() -> None:
    areas = Areas.of(
        [Area("A", "x", Words.same("A"), None), Area("N", "x", Words.same("N"), None, split_from=("A",))]
    )
    assert not counted_within_other_boundaries("A", ["A"], ["A"], areas)
    assert counted_within_other_boundaries("A", ["A"], ["A", "N"], areas)
    assert counted_within_other_boundaries("A", ["A", "N"], ["A"], areas)
    assert not counted_within_other_boundaries("A", ["A", "N"], ["A", "N"], areas)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the study that `kelisim init` writes, with outlines of its three districts."""
    tmp_path = tmp_path_factory.mktemp("maps")
    study, out = tmp_path / "my-region", tmp_path / "out"
    CliRunner().invoke(main, ["init", str(study)])
    shapes = ((60, "SJ1"), (61, "SJ2"), (62, "SJ3"))
    features = ",".join(
        f'{{"type":"Feature","properties":{{"code":"{code}"}},"geometry":{{"type":"Polygon","coordinates":'
        f"[[[{x},50],[{x + 1},50],[{x + 1},51],[{x},51],[{x},50]]]}}}}"
        for x, code in shapes
    )
    file = tmp_path / "d.geojson"
    file.write_text(f'{{"type":"FeatureCollection","features":[{features}]}}', encoding="utf-8")
    words = ["areas", "import", str(file), str(study), "--name", "d", "--day", "2024-01-01", "--key", "code"]
    words += ["--attribution", "An office", "--licence", "CC BY 4.0", "--write"]
    assert CliRunner().invoke(main, words).exit_code == 0
    assert CliRunner().invoke(main, ["run", str(study), "--out", str(out), "--quiet"]).output == ""
    return out / "site"


def test_the_page_of_maps_in_three_languages(pages: Path) -> None:
    for language in ("kk", "ru", "en"):
        page = (pages / f"{language}/map.html").read_text(encoding="utf-8")
        labels = re.findall(r'<a href="(area-SJ\d\.html)" aria-label="[^"]+"><path', page)
        assert sorted(labels) == ["area-SJ1.html", "area-SJ2.html", "area-SJ3.html"]
        assert page.count('<tr id="row-d-') == 3 and "An office" in page and 'class="tiles"' in page
        assert "url(#none-d)" not in page.replace('<pattern id="none-d"', "")


@pytest.mark.proof
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_of_maps_is_open_to_everybody(language: str, width: int, pages: Path) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed")
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.goto((pages / f"{language}/map.html").as_uri())
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        focused = []
        for _ in range(60):
            page.keyboard.press("Tab")
            focused.append(page.evaluate(LABEL))
        assert len({label for label in focused if label}) == 3
        browser.close()
