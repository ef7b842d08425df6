"""The section `discourse` of a study beyond its watch: its own texts, coded samples and incidents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kelisim.core.areas import Areas
from kelisim.core.discourse import CodedSample, DiscourseRule, Incident, TextFile
from kelisim.core.errors import Fault, Refused, UnknownName
from kelisim.core.languages import Words
from kelisim.sources.posts.tables import MAPPED
from kelisim.sources.study_document import DiscourseDocument

__all__ = ["files_of", "rule_from"]

_NEEDED = ("id", "text", "posted_at", "account")


def files_of(document: DiscourseDocument, folder: Path) -> tuple[str, ...]:
    """Files with texts or codes of people that belong to the study: none of them is public."""
    found = [] if document.texts is None else [document.texts.file]
    for coded in document.coded:
        found += sorted(f"{coded.folder}/{path.name}" for path in (folder / coded.folder).glob("*.*"))
    return tuple(found)


def rule_from(
    document: DiscourseDocument,
    areas: Areas,
    known_sources: Iterable[str],
    lines: Mapping[Any, int],
    file: str,
    files: tuple[str, ...],
) -> DiscourseRule:
    """The declaration as values. Raises: Refused with every fault."""
    faults = list(_faults(document, areas, set(known_sources), lines, file, files))
    if faults:
        raise Refused(faults)
    texts = document.texts
    return DiscourseRule(
        texts=None
        if texts is None
        else TextFile(file=texts.file, source_id=texts.source, columns=texts.columns, looks=texts.looks),
        coded=tuple(CodedSample(one.folder, tuple(one.variables)) for one in document.coded),
        incidents=tuple(
            Incident(
                key=key,
                title=Words(one.title.kk, one.title.ru, one.title.en),
                area_id=areas.resolve(one.area),
                groups=tuple(one.groups),
                first=one.first,
                days=one.days,
            )
            for key, one in document.incidents.items()
        ),
        draws=document.draws,
        seed=document.seed,
        files=files,
    )


def _faults(
    document: DiscourseDocument, areas: Areas, known: set[str], lines: Mapping[Any, int], file: str,
    files: tuple[str, ...],
) -> Iterator[Fault]:  # fmt: skip
    def fault(path: tuple[str, ...], reason: str, way_out: str) -> Fault:
        return Fault(file, lines.get(("discourse", *path)), ".".join(("discourse", *path)), reason, way_out)

    texts = document.texts
    if texts is not None:
        if texts.source not in known:
            yield fault(("texts", "source"), f"'{texts.source}' is no source of the study.", "declare it.")
        for name in texts.columns:
            if name not in MAPPED:
                yield fault(("texts", "columns"), f"'{name}' is not known.", f"one of: {', '.join(MAPPED)}.")
        for name in _NEEDED:
            if name not in texts.columns:
                yield fault(("texts", "columns"), f"'{name}' is missing.", "say which column holds it.")
    for one in document.coded:
        if f"{one.folder}/sample.json" not in files:
            reason = f"'{one.folder}' holds no coded sample (no sample.json)."
            yield fault(("coded",), reason, "copy the folder of a sample of `kelisim discourse` there.")
    for key, incident in document.incidents.items():
        try:
            areas.resolve(incident.area)
        except UnknownName as error:
            yield fault(("incidents", key, "area"), str(error), "name a declared area.")
