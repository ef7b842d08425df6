"""Licences: what kelisim and its reports stand on may be used with an Apache-2.0 work."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PINNED = re.findall(r"^(\S+?)==", (ROOT / "constraints/reports.txt").read_text(), flags=re.M)
GPL = re.compile(r"\b(A|L)?GPL|GNU (Affero |Lesser |Library )?General Public", re.I)


@pytest.mark.parametrize("name", PINNED)
def test_a_library_we_stand_on_is_not_under_the_gpl(name: str) -> None:
    about = metadata.metadata(name)
    # Long texts also list what a wheel bundles, such as the compiler's runtime library, whose exception
    # allows it; the library's own terms stand first.
    own = (about.get("License-Expression") or about.get("License") or "")[:300]
    classes = [line for line in about.get_all("Classifier") or [] if line.startswith("License")]
    licence = " ".join((own, *classes)).strip() or _text(name)
    assert licence, f"{name} states no licence"
    # Offered under several licences, a library is taken under the one that asks least of us.
    choices = re.split(r"\bOR\b", own) if re.search(r"\bMPL", own) else [licence]
    assert any(not GPL.search(choice) for choice in choices), f"{name}: {licence[:200]}"


def _text(name: str) -> str:
    """The beginning of the licence that lies in the package, where its description names none."""
    for file in metadata.files(name) or []:
        if "licenses/" in file.as_posix():
            return file.read_text(encoding="utf-8").strip()[:300]
    return ""


def test_our_own_licence_is_the_one_declared() -> None:
    assert metadata.metadata("kelisim")["License-Expression"] == "Apache-2.0"
    assert "Version 2.0, January 2004" in (ROOT / "LICENSE").read_text()


def test_citation_names_the_version() -> None:
    assert f"version: {metadata.version('kelisim')}" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
