"""What leaves the house is what it says: the schema fits the studies, the PDF is tagged and readable."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from kelisim.cli.main import main
from tests.studies import SYNTHETIC, TURKISTAN


@pytest.mark.parametrize("study", [TURKISTAN, SYNTHETIC], ids=lambda p: p.name)
def test_the_published_schema_fits_the_examples(study: Path) -> None:
    import jsonschema

    schema = json.loads(CliRunner().invoke(main, ["schema"]).output)
    document = yaml.safe_load((study / "study.yaml").read_text(encoding="utf-8"))
    plain = json.loads(json.dumps(document, default=str))
    jsonschema.validate(plain, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**plain, "fokus": "x"}, schema)


def test_the_bulletins_are_tagged_and_say_the_same_numbers(made: Callable[[Path], Path]) -> None:
    from pypdf import PdfReader

    out = made(SYNTHETIC)
    digits = {}
    for language, word in (
        ("kk", "Жасыл аймақ –"),
        ("ru", "Зелёная зона –"),
        ("en", "Green zone –"),
    ):
        reader = PdfReader(out / f"bulletin-{language}.pdf")
        text = " ".join(page.extract_text() for page in reader.pages)
        assert word in re.sub(r"\s+", " ", text)
        assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert reader.trailer["/Root"]["/Lang"].startswith(language)
        # Words around a date differ, and Kazakh puts the year first; everything between is the same numbers.
        body = text[
            text.index({"kk": "Халық саны:", "ru": "Численность населения:", "en": "Population:"}[language]) :
        ]
        digits[language] = sorted(re.findall(r"\d+", re.sub(r"[\s.,\u00a0\u202f]", "", body)))
    assert digits["kk"] == digits["ru"] == digits["en"]
