"""The open data describe themselves: every file with size, digest and a schema that its table keeps."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml

from tests.studies import SYNTHETIC, TURKISTAN

RESOURCE = {
    "type": "object",
    "required": ["name", "path", "format", "mediatype", "bytes", "hash"],
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9._-]+$"},
        "path": {"type": "string", "pattern": r"^[^/\\]+$"},
        "bytes": {"type": "integer", "minimum": 1},
        "hash": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
        "schema": {
            "type": "object",
            "required": ["fields", "missingValues"],
            "properties": {
                "fields": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "required": ["name", "type", "description"],
                        "properties": {"type": {"enum": ["string", "number", "integer"]}},
                    },
                }
            },
        },
    },
}
PACKAGE = {
    "type": "object",
    "required": ["name", "version", "created", "licenses", "sources", "resources"],
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9._-]+$"},
        "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+"},
        "created": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$"},
        "sources": {"type": "array", "minItems": 1},
        "resources": {"type": "array", "minItems": 1, "items": RESOURCE},
    },
}


@pytest.fixture(scope="module", params=[TURKISTAN, SYNTHETIC], ids=lambda p: p.name)
def data(request: pytest.FixtureRequest, made: Callable[[Path], Path]) -> Path:
    return made(request.param) / "data"


def test_the_package_fits_its_schema_and_lists_every_file(data: Path) -> None:
    package = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    jsonschema.validate(package, PACKAGE)
    names = [resource["path"] for resource in package["resources"]]
    assert sorted(names) == sorted(p.name for p in data.iterdir() if p.name != "datapackage.json")
    assert len({resource["name"] for resource in package["resources"]}) == len(names)
    for resource in package["resources"]:
        content = (data / resource["path"]).read_bytes()
        assert len(content) == resource["bytes"]
        assert "sha256:" + hashlib.sha256(content).hexdigest() == resource["hash"]


def test_every_table_keeps_its_schema(data: Path) -> None:
    import pyarrow.parquet as pq

    package = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    tables = [r for r in package["resources"] if "schema" in r]
    assert {r["path"] for r in tables} >= {"estimates.csv", "estimates.parquet", "cells.csv", "cells.parquet"}
    for resource in tables:
        fields = resource["schema"]["fields"]
        path = data / resource["path"]
        if resource["format"] == "parquet":
            assert pq.read_schema(path).names == [field["name"] for field in fields]
            continue
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert rows and list(rows[0]) == [field["name"] for field in fields]
        for field in fields:
            values = [row[field["name"]] for row in rows if row[field["name"]]]
            if field["type"] == "number":
                assert all(float(value) == float(value) for value in values)
            if field["type"] == "integer":
                assert all(re.fullmatch(r"-?\d+", value) for value in values), field["name"]
            allowed = field.get("constraints", {}).get("enum")
            assert allowed is None or set(values) <= set(allowed)
        if key := resource["schema"].get("primaryKey"):
            assert len({tuple(row[name] for name in key) for row in rows}) == len(rows)


def test_a_printed_range_keeps_both_ends_and_no_level(data: Path) -> None:
    with (data / "estimates.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["indicator"]: row for row in csv.DictReader(file)}
    if "state_posts" not in rows:
        pytest.skip("the synthetic study prints no ranges")
    row = rows["state_posts"]
    assert (row["value"], row["low"], row["high"], row["level"]) == ("", "220.0", "240.0", "")
    assert (rows["popular_posts"]["low"], rows["popular_posts"]["high"]) == ("2600.0", "")


def test_the_citation_is_readable_and_names_the_run(data: Path) -> None:
    cited = yaml.safe_load((data / "CITATION.cff").read_text(encoding="utf-8"))
    record = json.loads((data.parent / "record.json").read_text(encoding="utf-8"))
    assert cited["version"] == record["run_id"]
    assert cited["type"] == "dataset" and cited["cff-version"] == "1.2.0" and cited["authors"]
    for language in ("kk", "ru", "en"):
        assert record["run_id"] in (data / f"README.{language}.md").read_text(encoding="utf-8")
