"""The page of population: who lives where, how groups are spread, how numbers grew, how to read it.

Everything here is context. Values of different levels stand in sheets of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kelisim.core.estimates import Figure
from kelisim.core.groups import TOTAL
from kelisim.publish.sheets import Entry, Row, Sheet, entry, interval_entry
from kelisim.publish.view import View

__all__ = ["area_sheets", "demography"]

_MAIN_GROUPS = 6
_DIVERSITY = ("fractionalisation", "polarisation", "entropy", "effective_groups", "local_segregation")
_TOGETHER = ("multigroup_dissimilarity", "theil_h", "relative_diversity", "mutual_information")
_READ = (*_DIVERSITY, *_TOGETHER, "dissimilarity", "isolation", "exposure", "location_quotient")


def demography(view: View) -> Mapping[str, Any]:
    """One block of sheets for each table that counts all groups; then growth, enclaves and nesting."""
    variants = dict.fromkeys(f.variant for f in view.by["group_share"] if f.estimate.method == "exact_count")
    reasons = view.release.lists.get("not_nested", ())
    read = [key for key in _READ if view.by[key] or any(k.startswith(f"{key}.") for k in view.by)]
    return {
        "blocks": [_block(view, variant) for variant in variants],
        "growth": list(_growth(view)),
        "enclaves": _enclaves(view),
        "nested": _nested(view),
        "not_nested": [view.speaker.word(f"demography.not_nested.{reason}") for reason in reasons],
        "read": [(view.speaker.word(key), view.speaker.word(f"m.{key}")) for key in read],
    }


def area_sheets(view: View, area_id: str) -> list[Sheet]:
    """Sheets of one area: how diverse it is, and which groups live there more often than elsewhere."""
    word = view.speaker.word
    found = []
    keys = [key for key in _DIVERSITY if view.find(key, area_id=area_id)]
    if keys:
        variants = dict.fromkeys(f.variant for key in keys for f in view.find(key, area_id=area_id))
        rows = tuple(
            Row(Entry(word(key)), tuple(entry(view, view.one(key, area_id, v, None)) for v in variants))
            for key in keys
        )
        head = (word("demography.measure"), *(view.title(variant) for variant in variants))
        found.append(Sheet(word("demography.diversity"), head, rows))
    quotients = view.find("location_quotient", area_id=area_id)
    for variant in dict.fromkeys(f.variant for f in quotients):
        own = sorted((f for f in quotients if f.variant == variant), key=lambda f: -(f.estimate.value or 0))
        columns = [
            key
            for key in ("regional_share_of_group", "enclave")
            if any(view.one(key, area_id, variant, f.group_id) for f in own)
        ]
        rows = tuple(
            Row(
                Entry(view.group(f.group_id or "")),
                (entry(view, f), *(entry(view, view.one(k, area_id, variant, f.group_id)) for k in columns)),
            )
            for f in own
        )
        head = (word("group"), word("location_quotient"), *(word(key) for key in columns))
        title = f"{word('demography.concentration')}. {view.title(variant.partition(' ')[0])}"
        found.append(Sheet(title, head, rows, (word("m.location_quotient"),)))
    return found


def _area(view: View, area_id: str) -> Entry:
    pages = view.areas_with_page()
    return Entry(view.area(area_id), f"area-{area_id}.html" if area_id in pages else "")


def _block(view: View, variant: str) -> dict[str, Any]:
    word = view.speaker.word
    shares = view.find("group_share", variant=variant)
    areas = list(dict.fromkeys(f.area_id for f in shares))
    whole = next((f.area_id for key in _TOGETHER for f in view.find(key, variant=variant)), areas[0])
    units = [area for area in areas if area != whole]
    ordered = [whole, *units] if whole in areas else units
    sizes = {f.group_id: f.estimate.value or 0.0 for f in view.find("isolation", variant=variant)}
    members = {f.group_id: f.estimate.n or 0 for f in view.find("isolation", variant=variant)}
    groups = sorted(sizes, key=lambda g: -members[g]) or list(dict.fromkeys(f.group_id for f in shares))
    main = [g for g in groups if g is not None][:_MAIN_GROUPS]
    sheets = [_composition(view, variant, ordered, main), _diversity(view, variant, ordered)]
    if len(units) > 1:
        sheets += [
            _together(view, variant, whole),
            _by_group(view, variant, whole, [g for g in groups if g is not None]),
            _neighbours(view, variant, whole, main),
        ]
    shown = view.title(variant)
    level = word("demography.level").format(view.speaker.number(len(units), 0))
    return {
        "title": shown,
        "level": level,
        "sheets": [sheet for sheet in sheets if sheet.rows],
        "id": variant,
    }


def _composition(view: View, variant: str, areas: Iterable[str], groups: list[str]) -> Sheet:
    word = view.speaker.word
    rows = tuple(
        Row(
            _area(view, area),
            (
                entry(view, view.one("population", area, variant, TOTAL)),
                *(entry(view, view.one("group_share", area, variant, group)) for group in groups),
            ),
        )
        for area in areas
    )
    head = (word("area"), word("unit.persons"), *(f"{view.group(group)}, %" for group in groups))
    return Sheet(word("demography.composition"), head, rows, (word("demography.composition.note"),))


def _diversity(view: View, variant: str, areas: Iterable[str]) -> Sheet:
    word = view.speaker.word
    rows = tuple(
        Row(_area(view, area), tuple(entry(view, view.one(key, area, variant, None)) for key in _DIVERSITY))
        for area in areas
    )
    return Sheet(word("demography.diversity"), (word("area"), *(word(key) for key in _DIVERSITY)), rows)


def _parts(view: View, key: str, area: str, variant: str, group: str | None) -> tuple[Entry, ...]:
    def one(part: str) -> Figure | None:
        return view.one(key + part, area, variant, group)

    shown = tuple(entry(view, one(part)) for part in ("", ".null", ".corrected", ".p"))
    return (*shown, interval_entry(view, one(".if_sample")))


def _part_heads(view: View) -> tuple[str, ...]:
    word, level = view.speaker.word, view.study.thresholds.interval_level
    sample = f"{word('part.if_sample')} ({view.speaker.number(100 * level, 0)} %)"
    return word("value"), word("part.null"), word("part.corrected"), word("part.p"), sample


def _together(view: View, variant: str, whole: str) -> Sheet:
    word = view.speaker.word
    rows = tuple(
        Row(Entry(word(key)), _parts(view, key, whole, variant, None))
        for key in _TOGETHER
        if view.find(key, variant=variant)
    )
    notes = [word("demography.census")]
    if view.study.randomisation is not None:
        draws = view.speaker.number(view.study.randomisation.draws, 0)
        notes += [
            f"{word('part.null')} – {word('m.' + view.study.randomisation.null_model)}",
            word("demography.p.note").format(draws),
            word("demography.if_sample.note"),
        ]
    return Sheet(
        word("demography.together"), (word("demography.measure"), *_part_heads(view)), rows, tuple(notes)
    )


def _by_group(view: View, variant: str, whole: str, groups: list[str]) -> Sheet:
    word = view.speaker.word
    rows = tuple(
        Row(
            Entry(view.group(group)),
            (
                *_parts(view, "dissimilarity", whole, variant, group),
                entry(view, view.one("isolation", whole, variant, group)),
                entry(view, view.one("isolation.null", whole, variant, group)),
            ),
        )
        for group in groups
    )
    others = _part_heads(view)[1:]
    isolation = word("isolation")
    head = (word("group"), word("dissimilarity"), *others, isolation, f"{isolation}: {word('part.null')}")
    return Sheet(word("demography.by_group"), head, rows)


def _neighbours(view: View, variant: str, whole: str, groups: list[str]) -> Sheet:
    word = view.speaker.word

    def cell(own: str, other: str) -> Entry:
        key = "isolation" if own == other else f"exposure.{other}"
        return entry(view, view.one(key, whole, variant, own))

    rows = tuple(
        Row(Entry(view.group(own)), tuple(cell(own, other) for other in groups))
        for own in groups
        if view.one("isolation", whole, variant, own) is not None
    )
    head = (word("group"), *(view.group(group) for group in groups))
    return Sheet(word("demography.neighbours"), head, rows, (word("demography.neighbours.note"),))


def _growth(view: View) -> Iterable[Sheet]:
    word = view.speaker.word
    columns = ("demography.printed_as", "demography.day", "unit.persons", "demography.beside",
               "annual_growth", "demography.range", "absolute_change")  # fmt: skip
    head = tuple(word(column) for column in columns)
    for key, series in view.study.series.items():
        points = view.find("population_point", variant=key)
        remarks = {point.period_id: point.remark for point in series.points}
        rows, before = [], ""
        for point in points:
            variant = f"{key} {before}"
            rate = next(iter(view.find("annual_growth", variant=variant, period_id=point.period_id)), None)
            change = next(
                iter(view.find("absolute_change", variant=variant, period_id=point.period_id)), None
            )
            remark = remarks.get(point.period_id)
            beside = Entry(remark.say(view.language) if remark is not None else "–", number=False)
            rows.append(
                Row(
                    Entry(view.period(point.period_id)),
                    (
                        Entry(_day(view, point.period_id), number=False),
                        entry(view, point),
                        beside,
                        entry(view, rate),
                        interval_entry(view, rate),
                        entry(view, change),
                    ),
                )
            )
            before = point.period_id
        if rows:
            yield Sheet(series.label.say(view.language), head, tuple(rows))


def _day(view: View, period_id: str) -> str:
    period, word = view.study.periods[period_id], view.speaker.word
    if period.first != period.last:
        return "–" if period.known else word("demography.day.unknown")
    shown = view.speaker.day(period.first)
    return shown if period.known else f"{shown} ({word('demography.day.read')})"


def _enclaves(view: View) -> Sheet | None:
    word, limits = view.speaker.word, view.study.thresholds
    rows = []
    for flag in view.by["enclave"]:
        share, quotient = (
            view.one(key, flag.area_id, flag.variant, flag.group_id)
            for key in ("group_share", "location_quotient")
        )
        title = view.title(flag.variant.partition(" ")[0])
        entries = (
            Entry(view.group(flag.group_id or ""), number=False),
            entry(view, share),
            entry(view, quotient),
            entry(view, flag),
            Entry(title, number=False),
        )
        rows.append(Row(_area(view, flag.area_id), entries))
    if not rows:
        return None
    note = word("demography.enclaves.note").format(
        view.speaker.number(limits.enclave_share_pct, 0), view.speaker.number(limits.enclave_quotient, 0)
    )
    columns = ("area", "group", "group_share", "location_quotient", "enclave", "table")
    head = tuple(word(column) for column in columns)
    return Sheet(word("demography.enclaves"), head, tuple(rows), (note, word("context")))


def _nested(view: View) -> Sheet | None:
    word = view.speaker.word
    rows = tuple(
        Row(Entry(f"{view.area(f.area_id)}: {word('part.' + part)}"), (entry(view, f),))
        for part in ("between", "within", "inside")
        for f in view.by[f"mutual_information.{part}"]
    )
    head = (word("demography.measure"), word("mutual_information"))
    return Sheet(word("demography.nested"), head, rows, (word("m.between_within"),)) if rows else None
