"""Outlines of areas, as an office supplies them for its maps, with their day, attribution and licence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

__all__ = ["Outlines", "Ring"]

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, eq=False)
class Outlines:
    """The outlines of one set of areas on one day.

    name : file name inside the study's folder `outlines`
    day : a day on which these boundaries held; areas founded or ended around it are not the same areas
    attribution, licence : printed beside every map made from them
    share_alike : True where the licence asks that data made from the outlines are shared under it
    shapes : area_id -> closed rings of (longitude, latitude) in degrees; a ring inside another is a hole
    """

    name: str
    day: date
    attribution: str
    licence: str
    share_alike: bool
    shapes: Mapping[str, tuple[Ring, ...]]
