"""Outlines of a study: taken in from a file that an office supplies, checked, simplified, and read back.

They lie in the study's folder `outlines`, one pair of files for one set: NAME.geojson holds codes and shapes
only, NAME.yaml the day, attribution and licence. Sets are never mixed, so outlines under a share-alike
licence stay in a file of their own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kelisim.core.areas import Area, Areas
from kelisim.core.errors import Fault, KelisimError, Refused
from kelisim.core.outlines import Outlines, Ring
from kelisim.sources.geojson import Feature, read_features
from kelisim.sources.yaml_file import load_yaml

__all__ = ["FOLDER", "OutlinesDocument", "Taken", "outline_files", "read_outlines", "take_outlines"]

FOLDER = "outlines"
_KATO_LENGTH = 9
_KAZAKHSTAN = (45.0, 40.0, 88.0, 56.0)  # west, south, east, north, with a margin
_DECIMALS = 5  # about a metre
_SHARE_ALIKE = ("odbl", "sharealike", "share-alike", "-sa", " sa", "copyleft")


class OutlinesDocument(BaseModel):
    """The declaration of one set of outlines."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    day: date
    attribution: str = Field(min_length=3)
    licence: str = Field(min_length=2)
    share_alike: bool
    made_from: str
    sha256: str
    points_before: int
    points_after: int


@dataclass(frozen=True, slots=True)
class Taken:
    """Outlines that passed the checks, simplified, with what a person should know before they are written.

    shapes : area_id -> polygons, each as rings; outer ring first
    """

    document: OutlinesDocument
    shapes: Mapping[str, tuple[tuple[Ring, ...], ...]]
    left_out: int
    notes: tuple[str, ...]


def take_outlines(
    data: bytes, file: str, areas: Areas, *, key: str, day: date, attribution: str, licence: str,
    within: str | None,
) -> Taken:  # fmt: skip
    """Join a GeoJSON file to the areas of a study by code, check that it is whole on `day`, and simplify it.

    key : property that holds the code: the national code (KATO) or the study's own area_id
    within : take only areas below this one; features whose codes lie elsewhere are left out and counted
    Raises: Refused with every fault.
    """
    if find_spec("shapely") is None:
        raise KelisimError("outlines need the report parts. Way out: install kelisim[reports].")
    features = read_features(data, file, key, geometry=True)
    kept, left_out = _below(features, areas, within)
    joined = _joined(kept, areas, file, key)
    _check_whole(joined, areas, day, file)
    _check_place(joined, file)
    mixed = sorted({word for feature in kept for word in feature.mixed})
    notes = []
    if mixed:
        shown = ", ".join(f"'{word}'" for word in mixed[:3])
        notes.append(
            f"{len(mixed)} name(s) in the file mix Latin and Cyrillic letters: {shown}; names are not used"
        )
    share_alike = any(word in licence.casefold() for word in _SHARE_ALIKE)
    if share_alike:
        notes.append(
            "the licence is share-alike: the outlines stay in a file of their own and outside the open data; "
            "maps made from them name the source and licence"
        )
    shapes, more = _simplified({area: f.polygons for area, f in joined.items()})
    before = sum(len(ring) for f in joined.values() for polygon in f.polygons for ring in polygon)
    after = sum(len(ring) for polygons_ in shapes.values() for polygon in polygons_ for ring in polygon)
    document = OutlinesDocument(
        day=day, attribution=attribution, licence=licence, share_alike=share_alike, made_from=Path(file).name,
        sha256=hashlib.sha256(data).hexdigest(), points_before=before, points_after=after,
    )  # fmt: skip
    return Taken(document, shapes, left_out, (*notes, *more))


def _below(features: Sequence[Feature], areas: Areas, within: str | None) -> tuple[list[Feature], int]:
    if within is None:
        return list(features), 0
    kato = areas[within].kato
    prefix = kato[:2] if kato[2:].strip("0") == "" else kato[:4]

    def inside(code: str) -> bool:
        if code in areas:
            return any(area.area_id == within for area in areas.line(code)[1:])
        return bool(prefix) and len(code) == _KATO_LENGTH and code.startswith(prefix) and code != kato

    kept = [feature for feature in features if inside(feature.code)]
    return kept, len(features) - len(kept)


def _joined(features: Sequence[Feature], areas: Areas, file: str, key: str) -> dict[str, Feature]:
    by_code = {area.kato: area.area_id for area in areas if area.kato} | {a.area_id: a.area_id for a in areas}
    joined: dict[str, Feature] = {}
    faults = []
    for feature in features:
        area_id = by_code.get(feature.code)
        field = f"feature {feature.number}"
        if area_id is None:
            reason = f"the code '{feature.code}' in '{key}' is neither the kato nor the area_id of an area."
            way_out = "add the area to the list of areas, or take a part of the file with --within."
            faults.append(Fault(file, None, field, reason, way_out))
        elif area_id in joined:
            reason = f"the area {area_id} has an outline already, feature {joined[area_id].number}."
            faults.append(Fault(file, None, field, reason, "keep one outline of one day for each area."))
        else:
            joined[area_id] = feature
    if not features:
        faults.append(
            Fault(file, None, "", "no feature lies within the named area.", "correct --within or --key.")
        )
    if faults:
        raise Refused(faults)
    return joined


def _check_whole(joined: Mapping[str, Feature], areas: Areas, day: date, file: str) -> None:
    """One map of one day: all units below each parent that existed on that day, and no other."""
    faults = []
    found = [areas[area_id] for area_id in joined]
    for area in found:
        if not area.existed(day):
            span = f"{area.valid_from or ''}–{area.valid_to or ''}"
            reason = (
                f"{_shown(area)} did not exist on {day} (it is valid {span}), so the map is of another day."
            )
            faults.append(
                Fault(
                    file,
                    None,
                    area.area_id,
                    reason,
                    f"give the day of the map with --day{_days(found, areas)}.",
                )
            )
    for parent in sorted({area.parent or "" for area in found} - {""}):
        levels = {area.level for area in found if area.parent == parent}
        for missing in areas.children(parent, day, levels | _sisters(areas, parent, levels)):
            if missing.area_id not in joined:
                reason = f"{_shown(missing)} has no outline, and it existed on {day}."
                if missing.valid_from is not None:
                    reason += f" It was founded {missing.valid_from}: the map may be older."
                way_out = (
                    f"get a map of that day, or give the day of this map with --day{_days(found, areas)}."
                )
                faults.append(Fault(file, None, missing.area_id, reason, way_out))
    nested = [a for a in found if any(above.area_id in joined for above in areas.line(a.area_id)[1:])]
    for area in nested:
        reason = f"{_shown(area)} lies within another area of the same file."
        faults.append(Fault(file, None, area.area_id, reason, "keep one level of areas in one file."))
    if faults:
        raise Refused(faults)


_ONE_TIER = (
    {"oblast", "city_of_republican_significance"},
    {"district", "city_administration"},
)


def _sisters(areas: Areas, parent: str, levels: set[str]) -> set[str]:
    # Districts and cities of an oblast make one map together, as oblasts and the great cities do.
    return set().union(*(tier for tier in _ONE_TIER if tier & levels))


def _shown(area: Area) -> str:
    return f"{area.area_id} ({area.names.kk})"


def _days(found: Sequence[Area], areas: Areas) -> str:
    """Words for the days on which exactly these areas existed, by what the list of areas says."""
    begun = [area.valid_from.last for area in found if area.valid_from is not None]
    taken = {area.area_id for area in found}
    parents = {area.parent for area in found}
    ended = [
        area.valid_from.first
        for area in areas
        if area.parent in parents and area.area_id not in taken and area.valid_from is not None
    ]
    first, last = max(begun, default=None), min(ended, default=None)
    words = [f"from {first}"] if first else []
    words += [f"before {last}"] if last else []
    if first and last and last <= first:
        return ""
    return f" ({', '.join(words)} this set of areas is whole)" if words else ""


def _check_place(joined: Mapping[str, Feature], file: str) -> None:
    by_kato = [f for f in joined.values() if len(f.code) == _KATO_LENGTH and f.code.isdigit()]
    faults = []
    for feature in by_kato:
        points = [point for polygon in feature.polygons for ring in polygon for point in ring]
        west, south, east, north = _KAZAKHSTAN
        if all(west <= x <= east and south <= y <= north for x, y in points):
            continue
        swapped = all(west <= y <= east and south <= x <= north for x, y in points)
        reason = "it lies outside Kazakhstan" + (": latitude stands before longitude." if swapped else ".")
        way_out = "export the file with longitude first." if swapped else "check code and reference system."
        faults.append(Fault(file, None, f"feature {feature.number}", reason, way_out))
    if faults:
        raise Refused(faults)


def _simplified(
    shapes: Mapping[str, tuple[tuple[Ring, ...], ...]],
) -> tuple[dict[str, tuple[tuple[Ring, ...], ...]], list[str]]:
    """Fewer points, with borders shared by two areas simplified once for both.

    The grain is a thousandth of the width of the map, less than what a page shows; where an area would be
    lost or spoiled the grain is halved.
    """
    import shapely

    names = list(shapes)
    whole = [shapely.MultiPolygon([shapely.Polygon(p[0], p[1:]) for p in shapes[name]]) for name in names]
    notes = []
    if not shapely.coverage_is_valid(whole):
        edges = shapely.coverage_invalid_edges(whole)
        unmet = [
            name for name, edge in zip(names, edges, strict=True) if edge is not None and not edge.is_empty
        ]
        notes.append(f"borders do not meet exactly at {', '.join(unmet)}; they are drawn as supplied there")
    west, south, east, north = shapely.total_bounds(whole)
    grain = max(east - west, north - south) / 1000
    while grain > 1e-5:
        drawn = [shapely.set_precision(s, 0) for s in shapely.coverage_simplify(whole, grain)]
        rounded = shapely.transform(drawn, lambda points: points.round(_DECIMALS))
        if all(s.is_valid and not s.is_empty and s.area > 0 for s in rounded):
            return {n: tuple(_polygons(s)) for n, s in zip(names, rounded, strict=True)}, notes
        grain /= 2
    return dict(shapes), notes


def _polygons(shape: Any) -> list[tuple[Ring, ...]]:
    parts = getattr(shape, "geoms", [shape])
    return [
        tuple(
            tuple((float(x), float(y)) for x, y in ring.coords) for ring in (part.exterior, *part.interiors)
        )
        for part in parts
    ]


def outline_files(taken: Taken, name: str) -> dict[str, str]:
    """The two files of a set, path inside the study -> text. Only codes and shapes are kept."""
    features = [
        {
            "type": "Feature",
            "properties": {"area_id": area_id},
            "geometry": {
                "type": "MultiPolygon",
                "coordinates": [[list(map(list, r)) for r in p] for p in shape],
            },
        }
        for area_id, shape in sorted(taken.shapes.items())
    ]
    lines = ",\n".join(json.dumps(feature, separators=(",", ":")) for feature in features)
    declared = taken.document.model_dump(mode="json")
    head = "# Written by `kelisim areas import`; `kelisim areas undo` takes it back.\n"
    words = "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in declared.items())
    return {
        f"{FOLDER}/{name}.geojson": f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n',
        f"{FOLDER}/{name}.yaml": head + words.replace(f'day: "{declared["day"]}"', f"day: {declared['day']}"),
    }


def read_outlines(folder: Path, areas: Areas, inputs: dict[str, str]) -> tuple[Outlines, ...]:
    """All sets of outlines of a study, by name; their digests join `inputs`. Raises: Refused."""
    place = folder / FOLDER
    if not place.is_dir():
        return ()
    found = []
    for declared in sorted(place.glob("*.yaml")):
        name = f"{FOLDER}/{declared.name}"
        try:
            texts = {
                f"{FOLDER}/{path.name}": path.read_bytes()
                for path in (declared, declared.with_suffix(".geojson"))
            }
        except OSError as error:
            reason = f"the outlines cannot be read: {error.strerror or error}."
            raise Refused(
                [Fault(name, None, "", reason, "import them again, or take them back with `areas undo`.")]
            ) from error
        inputs |= {path: hashlib.sha256(data).hexdigest() for path, data in texts.items()}
        found.append(_read_one(name, declared.stem, texts, areas))
    return tuple(found)


def _read_one(name: str, stem: str, texts: Mapping[str, bytes], areas: Areas) -> Outlines:
    again = "import them again with `kelisim areas import`."
    try:
        document = OutlinesDocument.model_validate(load_yaml(texts[name].decode("utf-8"), name)[0])
    except (ValidationError, UnicodeDecodeError) as error:
        raise Refused([Fault(name, None, "", "this is no declaration of outlines.", again)]) from error
    shapes_file = f"{FOLDER}/{stem}.geojson"
    shapes = {f.code: f for f in read_features(texts[shapes_file], shapes_file, "area_id", geometry=False)}
    strange = sorted(set(shapes) - set(areas.by_id))
    if strange:
        reason = f"areas are not declared in this study: {', '.join(strange[:5])}."
        raise Refused([Fault(shapes_file, None, "area_id", reason, again)])
    rings = {code: tuple(ring for polygon in f.polygons for ring in polygon) for code, f in shapes.items()}
    return Outlines(stem, document.day, document.attribution, document.licence, document.share_alike, rings)
