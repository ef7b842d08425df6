"""A plan of interviews from a frame of places in a CSV file, and the folder of sheets for interviewers."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kelisim.core.errors import Fault, Refused
from kelisim.runs.bare_tables import labels_of, numbers_of, read_table
from kelisim.stats.planning.assignment import Interview, assign
from kelisim.stats.planning.plan import Plan, Stratum
from kelisim.stats.planning.selection import select_places
from kelisim.store.study_files import new_folder

__all__ = ["Drawn", "Frame", "draw", "read_frame", "write_sheets"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Places in the order of the file; languages : language -> persons or share, one number per place."""

    strata: tuple[str, ...]
    places: tuple[str, ...]
    size: tuple[float, ...]
    languages: Mapping[str, tuple[float, ...]]

    def planned(self, shares: Mapping[str, float], share: float, control: Sequence[str]) -> list[Stratum]:
        """Strata as the planner takes them.  Raises: Refused for names that the frame does not have."""
        names = list(dict.fromkeys(self.strata))
        known = f"take one of: {', '.join(names)}."
        lost = [name for name in (*shares, *control) if name not in names]
        if lost:
            raise Refused([Fault("frame", None, name, "there is no such stratum.", known) for name in lost])
        return [
            Stratum(
                name=name,
                population=sum(s for h, s in zip(self.strata, self.size, strict=True) if h == name),
                places=sum(h == name and s > 0 for h, s in zip(self.strata, self.size, strict=True)),
                share=shares.get(name, share),
                control=name in control,
            )
            for name in names
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One drawn place or reserve: chance to be drawn and weight of an interview in it, None for reserves."""

    stratum: str
    place: str
    role: str
    chance: float | None
    weight: float | None
    interviews: int


def read_frame(path: Path, *, stratum: str, place: str, size: str, languages: Sequence[str]) -> Frame:
    """The frame of a CSV file.  Raises: Refused with every fault, by row."""
    grid, file = read_table(path, [stratum, place, size, *languages]), path.name
    faults: list[Fault] = []
    strata, places = labels_of(grid, stratum, file, faults), labels_of(grid, place, file, faults)
    persons = numbers_of(grid, size, file, faults, least=0)
    spoken = {name: tuple(numbers_of(grid, name, file, faults, least=0)) for name in languages}
    seen: set[tuple[str, str]] = set()
    for row, pair in enumerate(zip(strata, places, strict=True)):
        if pair in seen:
            words = f"'{pair[1]}' stands twice in '{pair[0]}'."
            faults.append(Fault(file, grid.lines[row], place, words, "keep one row per place."))
        seen.add(pair)
        if languages and not sum(values[row] for values in spoken.values()) > 0:
            words = f"no language of '{pair[1]}' has speakers."
            faults.append(Fault(file, grid.lines[row], languages[0], words, "write persons or shares."))
    for name in dict.fromkeys(strata):
        if not sum(s for h, s in zip(strata, persons, strict=True) if h == name and s > 0) > 0:
            faults.append(
                Fault(file, None, size, f"nobody lives in '{name}'.", "correct it, or leave it out.")
            )
    if faults:
        raise Refused(faults)
    return Frame(strata=tuple(strata), places=tuple(places), size=tuple(persons), languages=spoken)


def draw(
    frame: Frame, made: Plan, reserves: int, rng: np.random.Generator
) -> tuple[list[Drawn], list[Interview]]:
    """Places of every stratum by systematic drawing, with as many reserves as there are, and the interviews.

    An interview weighs 1 / (chance of the place x interviews / persons there).
    """
    found: list[Drawn] = []
    chosen: list[int] = []
    for h in made.strata:
        rows = np.array([row for row, name in enumerate(frame.strata) if name == h.name])
        size = np.array([frame.size[row] for row in rows])
        spare = min(reserves, int(np.count_nonzero(size)) - h.places)
        drawn = select_places(size, h.places, spare, rng)
        for place, chance in zip(drawn.places.tolist(), drawn.chance.tolist(), strict=True):
            weight = float(size[place]) / (chance * made.per_place)
            name = frame.places[rows[place]]
            found.append(_drawn(h.name, name, "main", chance, weight, made.per_place))
            chosen.append(int(rows[place]))
        for order, place in enumerate(drawn.reserves.tolist(), start=1):
            found.append(_drawn(h.name, frame.places[rows[place]], f"reserve {order}", None, None, 0))
    spoken = {name: [values[row] for row in chosen] for name, values in frame.languages.items()}
    at = [(frame.strata[row], frame.places[row]) for row in chosen]
    return found, assign(at, made.per_place, spoken or {"any": [1.0] * len(at)}, rng)


def _drawn(
    stratum: str, place: str, role: str, chance: float | None, weight: float | None, interviews: int
) -> Drawn:
    return Drawn(stratum=stratum, place=place, role=role, chance=chance, weight=weight, interviews=interviews)


def write_sheets(folder: Path, drawn: Sequence[Drawn], interviews: Sequence[Interview]) -> list[str]:
    """places.csv and one sheet per language in a new or empty folder.  Raises: OutputError."""
    rows = [(d.stratum, d.place, d.role, _plain(d.chance), _plain(d.weight), d.interviews) for d in drawn]
    head = ("stratum", "place", "role", "chance", "weight", "interviews")
    contents = {"places.csv": _page(head, rows)}
    columns = ("interview", "stratum", "place", "language", "date", "outcome")
    for language in dict.fromkeys(one.language for one in interviews):
        own = [
            (i.number, i.stratum, i.place, i.language, "", "") for i in interviews if i.language == language
        ]
        contents[f"sheet-{language}.csv"] = _page(columns, own)
    new_folder(folder, contents)
    return list(contents)


def _plain(number: float | None) -> str:
    return "" if number is None else repr(number)


def _page(head: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return page.getvalue().encode("utf-8-sig")
