"""The reference outlines of Kazakhstan on the Turkistan study: days, names, licences kept apart."""

from __future__ import annotations

import os
import re
import shutil
from itertools import combinations
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kelisim.cli.main import main
from tests.studies import TURKISTAN, read

REFERENCE = os.environ.get("KELISIM_REFERENCE_DATA")
pytestmark = pytest.mark.skipif(REFERENCE is None, reason="KELISIM_REFERENCE_DATA names no reference data")
BY = ("--attribution", "OCHA COD-AB through geokz", "--licence", "CC BY 4.0")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TURKISTAN, tmp_path / "turkistan"))


def take(study: Path, file: str, name: str, day: str, *more: str) -> Result:
    words = ["areas", "import", f"{REFERENCE}/boundaries/{file}", str(study), "--name", name, "--day", day]
    return CliRunner().invoke(main, [*words, *more])


def test_the_map_of_2018_lacks_the_three_oblasts_of_2022(study: Path) -> None:
    late = take(study, "kz_adm1_2018_s20.geojson", "country", "2024-01-01", *BY)
    assert late.exit_code == 2
    assert all(f"{code} (" in late.output for code in ("KZ10", "KZ33", "KZ62"))
    assert "before 2022-06-08" in late.output
    fits = take(study, "kz_adm1_2018_s20.geojson", "country", "2020-01-01", *BY)
    assert fits.exit_code == 0 and "17 areas joined" in fits.output
    assert "'Солтүстiк Қазақстан'" in fits.output  # its second i is Latin


def test_the_map_of_2024_has_them_and_does_not_fit_2020(study: Path) -> None:
    early = take(study, "kz_adm1_2024_s20.geojson", "country", "2020-01-01", *BY)
    assert early.exit_code == 2 and "KZ62 (Ұлытау) did not exist on 2020-01-01" in early.output
    fits = take(study, "kz_adm1_2024_s20.geojson", "country", "2024-01-01", *BY)
    assert fits.exit_code == 0 and "20 areas joined" in fits.output


def test_the_districts_of_2018_lack_sauran(study: Path) -> None:
    file = "kz_adm2_2018_s20.geojson"
    late = take(study, file, "districts", "2023-01-01", *BY, "--within", "KZ61")
    assert late.exit_code == 2 and "KZ6155 (Сауран) has no outline" in late.output
    fits = take(study, file, "districts", "2020-01-01", *BY, "--within", "KZ61")
    assert fits.exit_code == 0, fits.output
    assert "16 areas joined" in fits.output and "200 features outside KZ61 were left out" in fits.output


def test_share_alike_outlines_stay_in_their_own_file(study: Path) -> None:
    take(study, "kz_adm1_2024_s20.geojson", "country", "2024-01-01", *BY, "--write")
    more = (
        "--key",
        "district_id",
        "--attribution",
        "OpenStreetMap contributors",
        "--licence",
        "ODbL 1.0",
        "--write",
    )
    done = take(study, "odbl/turkistan_districts_2021plus_osm_s10.geojson", "districts", "2023-01-01", *more)
    assert done.exit_code == 0 and "17 areas joined" in done.output and "share-alike" in done.output
    country, districts = read(study).outlines
    assert (country.share_alike, districts.share_alike) == (False, True)
    assert not set(country.shapes) & set(districts.shapes)
    assert "KZ6155" not in (study / "outlines/country.geojson").read_text(encoding="utf-8")


def test_borders_of_the_simplified_country_are_drawn_once_for_both(study: Path) -> None:
    take(study, "kz_adm1_2024_s20.geojson", "country", "2024-01-01", *BY, "--write")
    shapely = pytest.importorskip("shapely")
    (country,) = read(study).outlines
    areas = [shapely.Polygon(max(rings, key=len)) for rings in country.shapes.values()]
    for one, other in combinations(areas, 2):
        # Cities lie in holes of their oblasts, so only the outer rings of neighbours are compared.
        if not one.contains(other) and not other.contains(one):
            assert one.intersection(other).area < 1e-9


@pytest.mark.proof
def test_maps_say_where_figures_and_boundaries_do_not_belong_together(study: Path, tmp_path: Path) -> None:
    take(study, "kz_adm1_2024_s20.geojson", "country", "2024-01-01", *BY, "--write")
    out = tmp_path / "out"
    assert CliRunner().invoke(main, ["run", str(study), "--out", str(out), "--quiet"]).exit_code == 0
    page = (out / "site/en/map.html").read_text(encoding="utf-8")
    links = dict(re.findall(r'<a href="area-(\w+)\.html" aria-label="([^"]+)"><path', page))
    for divided in ("KZ19", "KZ35", "KZ63"):  # counted before 2022, drawn after
        assert "other boundaries" in links[divided]
    assert links["KZ11"].startswith("Akmola oblast: 0.621")
    assert page.count("<path ") == 20 and page.count("url(#none-country)") == 6
    assert "OCHA COD-AB through geokz" in page and "CC BY 4.0" in page
    assert not list((out / "data").glob("*.geojson"))
