"""A study folder to a `Study`: declaration checked, tables read, all faults gathered before refusal."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from kelisim.assessment.cards.catalogue import CARDS
from kelisim.core.areas import Area, Areas
from kelisim.core.discourse import DiscourseRule
from kelisim.core.errors import AreasError, Fault, Refused
from kelisim.core.groups import TOTAL, Group, Groups
from kelisim.core.languages import Words
from kelisim.core.periods import PartialDate, Period
from kelisim.core.statements import Claim, Interviews, Statements
from kelisim.core.study import (
    Exposure,
    FigureUse,
    Fills,
    Indicator,
    LocalShare,
    Question,
    Randomisation,
    Remark,
    Repair,
    Series,
    SeriesPoint,
    Source,
    Study,
    Thresholds,
)
from kelisim.core.tables import Table, TableSpec, TableUse
from kelisim.core.texts import Watch
from kelisim.core.zones import IndexChoices, Outage, ZoneRule
from kelisim.sources.delimited import MOST_FAULTS, Grid, read_delimited, read_sheet
from kelisim.sources.discourse import files_of, rule_from
from kelisim.sources.documents import utf8_text, validated
from kelisim.sources.files import read_file
from kelisim.sources.foresight import foresight_from
from kelisim.sources.layout import lay_out
from kelisim.sources.layout_document import LayoutDocument
from kelisim.sources.outlines import read_outlines
from kelisim.sources.parquet import read_parquet
from kelisim.sources.sheets import Sheet
from kelisim.sources.statements import Known, claims_from, interviews_from, statements_from
from kelisim.sources.statements_document import ClaimsDocument, WordsDocument
from kelisim.sources.study_document import StudyDocument, TableDocument, ZonesDocument
from kelisim.sources.tables import table_from
from kelisim.sources.watched import COLUMNS, watch_from
from kelisim.sources.waves import Stored, read_wave
from kelisim.sources.xlsx import read_xlsx
from kelisim.sources.yaml_file import load_yaml

__all__ = ["read_study", "read_watch"]

_FILE = "study.yaml"
_WORKBOOKS = (".xlsx", ".xlsm", ".xltx", ".xls", ".ods")
_MAY_BE_EMPTY = ("parent",)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_AREA_COLUMNS = ("area_id", "level", "name_kk", "name_ru", "name_en", "parent")
_GROUP_COLUMNS = ("group_id", "group_kk", "name_ru", "name_en")


class _Folder:
    """Files of a study with their digests and the faults met."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.inputs: dict[str, str] = {}
        self.faults: list[Fault] = []
        self.remarks: list[Remark] = []

    def bytes_of(self, name: str) -> bytes:
        data, digest = read_file(self.folder, name)
        if self.inputs.setdefault(name, digest) != digest:
            reason = "the file was changed while the study was read."
            raise Refused([Fault(name, None, "", reason, "wait until nobody writes to it, then run again.")])
        return data

    def sheet(self, name: str, layout: LayoutDocument, wanted: tuple[str, ...]) -> Sheet:
        if name.lower().endswith(_WORKBOOKS):
            return read_xlsx(self.bytes_of(name), name, layout.sheet)
        if layout.sheet is not None or name.lower().endswith(".parquet"):
            reason = "the layout does not go with this kind of file."
            raise Refused(
                [Fault(name, None, "layout", reason, "leave out `sheet`, or name an .xlsx or CSV file.")]
            )
        return read_sheet(self.bytes_of(name), name, layout.header[-1], wanted)

    def grid(self, name: str, wanted: tuple[str, ...]) -> Grid:
        if name.lower().endswith(_WORKBOOKS):
            reason = "lists of areas and groups are not read from workbooks."
            raise Refused([Fault(name, None, "", reason, "save the list as CSV.")])
        if name.lower().endswith(".parquet"):
            return read_parquet(self.bytes_of(name), name)
        return read_delimited(self.bytes_of(name), name, wanted)

    def attempt(self, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except Refused as refused:
            self.faults.extend(refused.faults)
            return None


def read_study(folder: Path, kinds: Mapping[str, TableSpec], stored: Stored | None = None) -> Study:
    """Read a study folder. stored : reads a wave of the closed warehouse by its name.

    Raises: Refused with all faults of the declaration and of every file.
    """
    files, raw, lines, document = _declaration(folder)
    areas = files.attempt(lambda: _areas(files, document))
    groups = files.attempt(lambda: _groups(files, document))
    if areas is None or groups is None:
        raise Refused(files.faults)
    files.faults.extend(_broken_references(document, areas, groups, lines, kinds))
    files.faults.extend(_misfits(document, lines))
    files.faults.extend(_backward_spans(document, lines))
    tables: dict[str, Table] = {}
    repairs: list[Repair] = []
    for table_id, declared in document.tables.items():
        if declared.kind not in kinds:
            continue
        found = files.attempt(partial(_table, files, table_id, declared, kinds[declared.kind], areas, groups))
        if found is not None:
            tables[table_id] = found[0]
            repairs.extend(found[1])
    watch = files.attempt(lambda: _watch(files, document, areas, lines))
    discourse = files.attempt(lambda: _discourse(files, document, areas, lines))
    outlines = files.attempt(lambda: read_outlines(folder, areas, files.inputs))
    if files.faults:
        raise Refused(files.faults)
    waves = {
        wave_id: files.attempt(
            partial(
                read_wave, folder, wave_id, declared_wave, areas=areas, groups=groups, focus=document.focus,
                lines=lines, inputs=files.inputs, stored=stored, file=_FILE,
            )
        )
        for wave_id, declared_wave in document.waves.items()
    }  # fmt: skip
    known = Known(areas, groups, tables, document.sources.keys())
    claims = files.attempt(lambda: _claims(files, document.claims, known)) or ()
    statements = files.attempt(lambda: statements_from(document, known, lines, claims))
    interviews = files.attempt(
        lambda: interviews_from(document.interviews, known, document.questions.keys(), lines)
    )
    foresight = files.attempt(
        lambda: foresight_from(document.foresight, tables, areas, document.as_of, lines)
    )
    if files.faults:
        raise Refused(files.faults)
    study = _study(document, raw, areas, groups, tables, statements, interviews, tuple(repairs), files.inputs)
    remarks = tuple(files.remarks)
    return replace(
        study, remarks=remarks, outlines=outlines, waves=waves, foresight=foresight, watch=watch,
        discourse=discourse,
    )  # fmt: skip


def read_watch(folder: Path) -> Watch:
    """What a study watches, read without its tables, so that a collector needs no more than the list.

    Raises: Refused with every fault, also where the study declares no `discourse`.
    """
    files, _, lines, document = _declaration(folder)
    areas = _areas(files, document)
    watch = _watch(files, document, areas, lines)
    if watch is None:
        reason = "the study does not say what it watches."
        way_out = "add `discourse: {sources: sources.csv, timezone: Asia/Almaty, first: YYYY-MM-DD}`."
        raise Refused([Fault(_FILE, None, "discourse", reason, way_out)])
    return watch


def _declaration(folder: Path) -> tuple[_Folder, Any, dict[Any, int], StudyDocument]:
    if not folder.is_dir():
        reason = "this is a file." if folder.exists() else "there is no such folder."
        way_out = f"name the folder of a study: the one that holds {_FILE}."
        raise Refused([Fault(str(folder), None, "", reason, way_out)])
    files = _Folder(folder)
    raw, lines = load_yaml(utf8_text(files.bytes_of(_FILE), _FILE), _FILE)
    return files, raw, lines, validated(StudyDocument, raw, lines, _FILE)


def _watch(files: _Folder, document: StudyDocument, areas: Areas, lines: dict[Any, int]) -> Watch | None:
    if document.discourse is None:
        return None
    grid = files.grid(document.discourse.sources, COLUMNS)
    return watch_from(document.discourse, grid, areas, lines, _FILE)


def _discourse(
    files: _Folder, document: StudyDocument, areas: Areas, lines: dict[Any, int]
) -> DiscourseRule | None:
    if document.discourse is None:
        return None
    named = files_of(document.discourse, files.folder)
    rule = rule_from(document.discourse, areas, document.sources, lines, _FILE, named)
    looks = document.discourse.texts.looks if document.discourse.texts is not None else None
    # Read for their digests: whatever is told of the texts rests on these very bytes.
    for name in (*named, *([looks] if looks else [])):
        files.bytes_of(name)
    return rule


def _claims(files: _Folder, name: str | None, known: Known) -> tuple[Claim, ...]:
    if name is None:
        return ()
    raw, lines = load_yaml(utf8_text(files.bytes_of(name), name), name)
    return claims_from(validated(ClaimsDocument, raw, lines, name), name, known, lines)


def _words(words: WordsDocument) -> Words:
    return Words(words.kk, words.ru, words.en)


def _records(grid: Grid, file: str, needed: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    missing = [name for name in needed if name not in grid.header]
    if missing:
        raise Refused([Fault(file, 1, name, "there is no such column.", "add it.") for name in missing])
    if not grid.rows:
        raise Refused([Fault(file, None, "", "it has a header and no rows.", "add at least one row.")])
    place = grid.header.index(needed[0])
    faults = [
        Fault(file, line, needed[0], f"'{row[place]}' is no code.", "use Latin letters, digits, - and _.")
        for line, row in zip(grid.lines, grid.rows, strict=True)
        if _CODE.fullmatch(row[place]) is None
    ]
    faults += [
        Fault(file, line, name, "the cell is empty.", "write a name in each of the three languages.")
        for name in needed[1:]
        if name not in _MAY_BE_EMPTY
        for line, row in zip(grid.lines, grid.rows, strict=True)
        if not row[grid.header.index(name)].strip()
    ]
    if faults:
        raise Refused(faults[:MOST_FAULTS])
    rows = (dict(zip(grid.header, row, strict=True)) for row in grid.rows)
    return list(zip(grid.lines, rows, strict=True))


def _areas(files: _Folder, document: StudyDocument) -> Areas:
    name = document.areas.file
    variants: dict[str, list[str]] = {}
    for printed, area_id in document.areas.name_variants.items():
        variants.setdefault(area_id, []).append(printed)
    found: list[Area] = []
    faults: list[Fault] = []
    for line, row in _records(files.grid(name, _AREA_COLUMNS), name, _AREA_COLUMNS):
        try:
            begun, ended = (_date(row.get(key, "")) for key in ("valid_from", "valid_to"))
        except ValueError as error:
            faults.append(Fault(name, line, "valid_from", f"{error}.", "write YYYY, YYYY-MM or YYYY-MM-DD."))
            continue
        printed_names = [*row.get("printed_names", "").split("|"), *variants.pop(row["area_id"], [])]
        found.append(
            Area(
                row["area_id"],
                row["level"],
                Words(row["name_kk"], row["name_ru"], row["name_en"]),
                row["parent"] or None,
                row.get("kato", ""),
                begun,
                ended,
                tuple(part for part in row.get("split_from", "").split("|") if part),
                tuple(part for part in printed_names if part),
                row.get("validity_note", ""),
            )
        )
    for area_id, extra in document.areas.extra_areas.items():
        names = tuple(variants.pop(area_id, []))
        found.append(Area(area_id, extra.level, _words(extra.names), extra.parent, printed=names))
    faults += [
        Fault(
            _FILE,
            None,
            f"areas.name_variants.{names[0]}",
            f"area '{area_id}' is not declared.",
            "correct it.",
        )
        for area_id, names in variants.items()
    ]
    try:
        areas = Areas.of(found)
    except AreasError as error:
        faults.append(Fault(name, None, "parent", str(error), "correct the file of areas."))
    if faults:
        raise Refused(faults)
    return areas


def _date(text: str) -> PartialDate | None:
    return PartialDate.parse(text) if text.strip() else None


def _groups(files: _Folder, document: StudyDocument) -> Groups:
    name = document.groups.file
    rows = _records(files.grid(name, _GROUP_COLUMNS), name, _GROUP_COLUMNS)
    try:
        return Groups.of(
            Group(
                row["group_id"],
                Words(row["group_kk"], row["name_ru"], row["name_en"]),
                (),
                row["group_id"] in document.groups.remainders,
            )
            for _, row in rows
        )
    except AreasError as error:
        raise Refused([Fault(name, None, "group_id", str(error), "keep one row per group.")]) from error


def _broken_references(
    document: StudyDocument,
    areas: Areas,
    groups: Groups,
    lines: Mapping[Any, int],
    kinds: Mapping[str, TableSpec],
) -> list[Fault]:
    asked: list[tuple[tuple[str, ...], str, object]] = [(("focus",), document.focus, areas.by_id)]
    for key, table in document.tables.items():
        asked.append((("tables", key, "kind"), table.kind, kinds))
        asked.append((("tables", key, "source"), table.source, document.sources))
        if table.period is not None:
            asked.append((("tables", key, "period"), table.period, document.periods))
        if table.whole is not None:
            asked.append((("tables", key, "whole"), table.whole, areas.by_id))
        if table.counts_table is not None:
            asked.append((("tables", key, "counts_table"), table.counts_table, document.tables))
    for key, wave in document.waves.items():
        asked.append((("waves", key, "period"), wave.period, document.periods))
        asked.append((("waves", key, "source"), wave.source, document.sources))
    for key, indicator in document.indicators.items():
        asked += [(("indicators", key, "figures"), use.table, document.tables) for use in indicator.figures]
    asked += _cards_named(document)
    if document.zones is not None:
        asked += [(("zones", "outages"), o.area, areas.by_id) for o in document.zones.outages if o.area]
    asked += [(("groups", "remainders"), name, groups.by_id) for name in document.groups.remainders]
    asked += [(("grid", area_id), area_id, areas.by_id) for area_id in document.grid]
    asked += _of_series(document, areas, groups)
    if document.exposure is not None:
        asked.append((("exposure", "area"), document.exposure.area, areas.by_id))
    faults = []
    for path, name, known in asked:
        assert isinstance(known, Mapping)
        if name not in known:
            nearest = difflib.get_close_matches(name, list(known), n=3)
            hint = (
                f"nearest declared: {', '.join(nearest)}." if nearest else "declare it or correct the name."
            )
            faults.append(Fault(_FILE, lines.get(path), ".".join(path), f"'{name}' is not declared.", hint))
    return faults


def _cards_named(document: StudyDocument) -> list[tuple[tuple[str, ...], str, object]]:
    named: list[tuple[tuple[str, ...], str, object]] = []
    for key, indicator in document.indicators.items():
        if indicator.fills is not None:
            named.append((("indicators", key, "fills"), indicator.fills, CARDS))
    for key, question in document.questions.items():
        if question.fills is not None:
            path = ("questions", key, "fills")
            named.append((path, question.fills.card, CARDS))
            named += [(path, option, question.options) for option in question.fills.options]
    return named + [(("no_data", key), key, CARDS) for key in document.no_data]


def _of_series(
    document: StudyDocument, areas: Areas, groups: Groups
) -> list[tuple[tuple[str, ...], str, object]]:
    asked: list[tuple[tuple[str, ...], str, object]] = []
    persons = {**groups.by_id, TOTAL: None}
    local: tuple[str, ...] = ("local_shares",)
    for key, series in document.series.items():
        asked.append((("series", key, "area"), series.area, areas.by_id))
        asked.append((("series", key, "group"), series.group, persons))
        asked += [(("series", key, "points"), point.table, document.tables) for point in series.points]
        asked += [(("series", key, "points"), point.period, document.periods) for point in series.points]
    for share in document.local_shares:
        asked += [(local, share.area, areas.by_id), (local, share.group, groups.by_id)]
        asked += [(local, name, document.tables) for name in (share.table, share.counts_table)]
    return asked


def _misfits(document: StudyDocument, lines: Mapping[Any, int]) -> list[Fault]:
    """Series and local shares whose table is of another kind than they read."""
    uses: list[tuple[tuple[str, ...], str, str]] = [
        (("series", key, "points"), point.table, "figures" if point.figure else "population_count")
        for key, series in document.series.items()
        for point in series.points
    ]
    for share in document.local_shares:
        uses.append((("local_shares",), share.table, "figures"))
        uses.append((("local_shares",), share.counts_table, "population_count"))
    return [
        Fault(
            _FILE, lines.get(path), ".".join(path),
            f"'{name}' is a table of kind '{document.tables[name].kind}', not '{kind}'.",
            "name a table of that kind; a point of kind 'figures' also names its `figure`.",
        )
        for path, name, kind in uses
        if name in document.tables and document.tables[name].kind != kind
    ]  # fmt: skip


def _backward_spans(document: StudyDocument, lines: Mapping[Any, int]) -> list[Fault]:
    spans = [
        (("periods", key), period.first, period.last or period.first)
        for key, period in document.periods.items()
    ]
    faults = []
    if document.exposure is not None:
        spans.append((("exposure", "last"), document.exposure.first, document.exposure.last))
        if document.exposure.last == document.exposure.first:
            reason = "the window of exposure is a single day, over which nothing can be counted."
            faults = [Fault(_FILE, lines.get(("exposure",)), "exposure", reason, "widen it.")]
    if document.zones is not None:
        spans += [(("zones", "outages"), o.first, o.last) for o in document.zones.outages]
    return faults + [
        Fault(
            _FILE,
            lines.get(path),
            ".".join(path),
            f"the last day {last} is before the first {first}.",
            "swap them.",
        )
        for path, first, last in spans
        if last < first
    ]


def _table(
    files: _Folder, table_id: str, declared: TableDocument, spec: TableSpec, areas: Areas, groups: Groups
) -> tuple[Table, tuple[Repair, ...]]:
    names = {column.name for column in spec.columns}
    strange = sorted({*declared.columns, *declared.constants} - names)
    if strange:
        way_out = f"columns of this kind: {', '.join(sorted(names))}."
        raise Refused(
            [
                Fault(_FILE, None, f"tables.{table_id}.columns.{s}", "no such column.", way_out)
                for s in strange
            ]
        )
    use = TableUse(
        table_id=table_id,
        kind=declared.kind,
        file=declared.file,
        title=_words(declared.title),
        source_id=declared.source,
        period_id=declared.period,
        whole=declared.whole,
        unit_level=tuple(declared.unit_level),
        complete_groups=declared.complete_groups,
        base=declared.base,
        counts_table=declared.counts_table,
        repeats=declared.repeats,
        sensitivity=declared.sensitivity,
        columns=declared.columns,
        constants=declared.constants,
    )
    wanted = tuple(declared.columns.values())
    layout = declared.layout
    if layout is None and not declared.file.lower().endswith(_WORKBOOKS):
        return table_from(files.grid(declared.file, wanted), spec, use, areas, groups)
    layout = layout or LayoutDocument()
    sheet = files.sheet(declared.file, layout, wanted)
    grid, passed = lay_out(sheet, layout, declared.file, spec, declared.columns)
    files.remarks += [Remark(table_id, declared.file, each.what, each.places) for each in passed]
    return table_from(grid, spec, replace(use, columns={name: name for name in grid.header}), areas, groups)


def _study(
    doc: StudyDocument,
    raw: Any,
    areas: Areas,
    groups: Groups,
    tables: Mapping[str, Table],
    statements: Statements,
    interviews: Interviews | None,
    repairs: tuple[Repair, ...],
    inputs: Mapping[str, str],
) -> Study:
    window = doc.exposure
    return Study(
        study_id=doc.study,
        title=_words(doc.title),
        synthetic=doc.synthetic,
        seed=doc.seed,
        languages=tuple(doc.languages),
        as_of=doc.as_of,
        focus=doc.focus,
        areas=areas,
        groups=groups,
        periods={
            key: Period(key, p.printed, p.first, p.last or p.first, p.known) for key, p in doc.periods.items()
        },
        sources={
            key: Source(key, _words(s.title), s.licence, s.citation, s.named)
            for key, s in doc.sources.items()
        },
        tables=tables,
        indicators={
            key: Indicator(
                key,
                _words(i.label),
                i.unit,
                i.rhythm_years,
                i.subject,
                tuple(FigureUse(u.table, u.figure) for u in i.figures),
                i.fills,
                i.definition == "met",
            )
            for key, i in doc.indicators.items()
        },
        questions={
            key: Question(
                key,
                _words(q.label),
                q.type,
                q.max_selections,
                {option: _words(label) for option, label in q.options.items()},
                tuple(q.do_not_read),
                q.asked_of_part,
                q.base_printed,
                None
                if q.fills is None
                else Fills(q.fills.card, tuple(q.fills.options), q.fills.definition == "met"),
            )
            for key, q in doc.questions.items()
        },
        statements=statements,
        interviews=interviews,
        exposure=None
        if window is None
        else Exposure(
            window.first,
            window.last,
            window.area,
            tuple(window.kinds),
            _words(window.severity) if window.severity else None,
        ),
        thresholds=Thresholds(**doc.thresholds.model_dump()),
        grid=doc.grid,
        n_printed=doc.n_printed,
        repairs=repairs,
        inputs=inputs,
        declaration=raw,
        series={
            key: Series(
                _words(s.label),
                s.area,
                s.group,
                tuple(
                    SeriesPoint(
                        p.table,
                        p.figure,
                        p.year,
                        p.period,
                        p.unit_persons,
                        _words(p.remark) if p.remark else None,
                    )
                    for p in s.points
                ),
            )
            for key, s in doc.series.items()
        },
        local_shares=tuple(
            LocalShare(s.area, s.group, s.table, s.figure, s.counts_table) for s in doc.local_shares
        ),
        randomisation=None if doc.randomisation is None else Randomisation(**doc.randomisation.model_dump()),
        zones=None if doc.zones is None else _zone_rule(doc.zones),
        no_data=doc.no_data,
    )


def _zone_rule(doc: ZonesDocument) -> ZoneRule:
    return ZoneRule(
        declared_by=_words(doc.declared_by),
        declared_on=doc.declared_on,
        wording=_words(doc.wording),
        yellow=doc.yellow,
        red=doc.red,
        named_from=doc.named_from,
        index=IndexChoices(**doc.index.model_dump()),
        outages=tuple(Outage(o.area, o.first, o.last) for o in doc.outages),
    )
