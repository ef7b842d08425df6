"""GeoJSON of areas to rings: the file is looked at piece by piece, and every fault is gathered.

Longitude and latitude in degrees (EPSG:4326), polygons with valid closed rings, one feature for one code.
Names in the file are never used to join: they are spelled in many ways, and one of two letters may be Latin.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kelisim.core.errors import Fault, Refused
from kelisim.core.languages import fold_homoglyphs
from kelisim.core.outlines import Ring

__all__ = ["Feature", "read_features"]

_BYTES = 5_000_000
_DEGREES = (180.0, 90.0)


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature: its place in the file from 1, its code, its polygons, and mixed spellings in its names."""

    number: int
    code: str
    polygons: tuple[tuple[Ring, ...], ...]
    mixed: tuple[str, ...]


def read_features(data: bytes, file: str, key: str, *, geometry: bool) -> list[Feature]:
    """The features of a FeatureCollection by the code in property `key`.

    geometry : whether outlines are proved not to cross themselves; needless for what was proved before
    Raises: Refused with every fault.
    """
    if len(data) > _BYTES:
        reason = f"the file has {len(data):,} bytes, and maps need at most {_BYTES:,}."
        raise _refused(
            file, reason, "simplify it first, keeping shared borders (mapshaper does), and try again."
        )
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise _refused(
            file, f"this is no GeoJSON: {error}.", "export it again as GeoJSON in UTF-8."
        ) from error
    listed = document.get("features") if isinstance(document, dict) else None
    if not isinstance(listed, list) or document.get("type") != "FeatureCollection" or not listed:
        raise _refused(file, "this is no FeatureCollection with features.", "export the layer as GeoJSON.")
    _check_reference(document, file)
    faults: list[Fault] = []
    found = [f for k, raw in enumerate(listed, 1) if (f := _feature(raw, k, file, key, geometry, faults))]
    if faults:
        raise Refused(faults)
    return found


def _refused(file: str, reason: str, way_out: str) -> Refused:
    return Refused([Fault(file, None, "", reason, way_out)])


def _check_reference(document: dict[str, Any], file: str) -> None:
    crs = document.get("crs")
    name = str(crs.get("properties", {}).get("name", crs)) if isinstance(crs, dict) else ""
    if crs is not None and not any(known in name for known in ("CRS84", "EPSG::4326", "EPSG:4326")):
        reason = f"its coordinates are of the reference system '{name[:80]}'."
        raise _refused(file, reason, "export it in longitude and latitude (EPSG:4326).")


def _feature(raw: Any, number: int, file: str, key: str, prove: bool, faults: list[Fault]) -> Feature | None:
    def fault(reason: str, way_out: str) -> None:
        faults.append(Fault(file, None, f"feature {number}", reason, way_out))

    if not isinstance(raw, dict) or not isinstance(raw.get("properties"), dict):
        fault("it has no properties.", "export the layer with its table of attributes.")
        return None
    properties = raw["properties"]
    code = _code(properties.get(key))
    if not code:
        known = ", ".join(sorted(map(str, properties)))[:200]
        fault(
            f"it has no code in the property '{key}'.",
            f"name the property of the code with --key; it has: {known}.",
        )
        return None
    geometry = raw.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        fault(f"{code} is a {kind or 'feature without geometry'} and no area.", "export polygons.")
        return None
    try:
        shapes = tuple(_polygons(geometry or {}))
        _check_degrees(shapes)
        if prove:
            _check_valid(shapes)
    except ValueError as error:
        fault(f"{code}: {error}.", "repair the outline in the program it comes from, and export it again.")
        return None
    words = [value for value in properties.values() if isinstance(value, str)]
    mixed = tuple(word for word in words if fold_homoglyphs(word)[1])
    return Feature(number, code, shapes, mixed)


def _code(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _polygons(geometry: dict[str, Any]) -> Iterator[tuple[Ring, ...]]:
    """The polygons of a geometry, each as rings of (longitude, latitude). Raises: ValueError."""
    listed = geometry.get("coordinates")
    parts = [listed] if geometry["type"] == "Polygon" else listed
    if not isinstance(parts, list) or not parts:
        raise ValueError("it has no coordinates")
    for part in parts:
        if not isinstance(part, list) or not part:
            raise ValueError("one of its polygons has no ring")
        yield tuple(_ring(ring) for ring in part)


def _ring(raw: Any) -> Ring:
    try:
        ring = tuple((float(point[0]), float(point[1])) for point in raw)
    except (TypeError, ValueError, IndexError, KeyError, OverflowError) as error:
        raise ValueError("a point is no pair of numbers") from error
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise ValueError("a ring is not closed or has fewer than four points")
    return ring


def _check_degrees(shapes: tuple[tuple[Ring, ...], ...]) -> None:
    for polygon in shapes:
        for ring in polygon:
            for point in ring:
                if not all(
                    math.isfinite(v) and abs(v) <= end for v, end in zip(point, _DEGREES, strict=True)
                ):
                    raise ValueError(f"the point {point} is no longitude and latitude in degrees (EPSG:4326)")


def _check_valid(shapes: tuple[tuple[Ring, ...], ...]) -> None:
    import shapely

    for polygon in shapes:
        shape = shapely.Polygon(polygon[0], polygon[1:])
        if not shape.is_valid or shape.is_empty:
            raise ValueError(f"its outline crosses or touches itself ({shapely.is_valid_reason(shape)})")
    whole = shapely.MultiPolygon([shapely.Polygon(p[0], p[1:]) for p in shapes])
    if not whole.is_valid:
        raise ValueError(f"its parts overlap ({shapely.is_valid_reason(whole)})")
