"""Column layouts of known registers, and what each column becomes. Free text and names of actors stay behind.

Written from the public column names of the Uppsala Conflict Data Program's georeferenced events (UCDP GED),
of the Armed Conflict Location and Event Data project (ACLED) and of Ushahidi's exports of posts and reports.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from kelisim.core.periods import PartialDate
from kelisim.evidence.events.tables import EVENT_RECORDS
from kelisim.sources.registers.rows import Row

__all__ = ["LAYOUTS", "Draft", "Layout", "Unreadable", "layout_of", "lowered", "mapped", "read_day"]


class Unreadable(ValueError):
    """A row that its layout cannot make sense of: the foreign column, the reason, the way out."""

    def __init__(self, column: str, reason: str, way_out: str) -> None:
        self.column, self.reason, self.way_out = column, reason, way_out
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Draft:
    """A row in our columns, as texts still to be read.

    areas : names of the place from the smallest to the largest, of which the first declared one counts
    actors : names that are carried only where they are declared groups
    """

    texts: dict[str, str]
    areas: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """A known layout.

    marks : headings that only this layout has together; carried : headings that are read, all others are not
    read : from a row to a draft; raises Unreadable
    own : the columns are ours already, and each row says for itself what it does and when it was known
    """

    name: str
    marks: frozenset[str]
    carried: frozenset[str]
    read: Callable[[Mapping[str, str]], Draft]
    own: bool = False


def layout_of(header: tuple[str, ...]) -> Layout | None:
    """The layout whose marks the headings have; None where none fits."""
    names = {name.strip().lower() for name in header}
    return next((each for each in LAYOUTS.values() if each.marks <= names), None)


def mapped(columns: Mapping[str, str]) -> Layout:
    """A layout from pairs of our column and the file's heading."""

    def read(cells: Mapping[str, str]) -> Draft:
        texts = {ours: cells.get(theirs, "").strip() for ours, theirs in columns.items()}
        texts["first"] = read_day(texts.get("first", ""), columns.get("first", "first"))
        if texts.get("last"):
            texts["last"] = read_day(texts["last"], columns["last"])
        area = texts.pop("area", "")
        return Draft(texts, (area,) if area else ())

    return Layout("mapped", frozenset(), frozenset(columns.values()), read)


_DAY_SHAPES = ("%d %B %Y", "%d-%B-%Y", "%d %b %Y", "%d.%m.%Y", "%Y/%m/%d")
_TIMED = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}.*")


def read_day(text: str, column: str) -> str:
    """A date as YYYY-MM-DD, YYYY-MM or YYYY, from shapes that read in one way only. Raises: Unreadable.

    >>> read_day("18 July 2022", "event_date"), read_day("2020-07", "date")
    ('2022-07-18', '2020-07')
    """
    body = text.strip()
    if timed := _TIMED.fullmatch(body):
        body = timed.group(1)
    if not body:
        raise Unreadable(column, "the cell is empty.", "say when it happened: a day, a month or a year.")
    try:
        return str(PartialDate.parse(body))
    except ValueError:
        pass
    for shape in _DAY_SHAPES:
        try:
            return datetime.strptime(body, shape).date().isoformat()
        except ValueError:
            continue
    # 03/04/2020 is March in one country and April in another: it is not guessed.
    reason = f"'{text}' is no date that can be read in one way only."
    raise Unreadable(column, reason, "write YYYY-MM-DD, YYYY-MM or YYYY.")


def _shifted(day: str, days: int) -> str:
    ordinal = date.fromisoformat(day).toordinal() + days
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal())).isoformat()


def _present(cells: Mapping[str, str], *names: str) -> tuple[str, ...]:
    return tuple(cells[name].strip() for name in names if cells.get(name, "").strip())


_VIOLENCE = {"1": "armed_clash", "2": "armed_clash", "3": "attack"}
_UCDP_PLACES = {
    "1": "point",
    "2": "settlement",
    "3": "district",
    "4": "oblast",
    "5": "oblast",
    "6": "country",
}


def _ucdp(cells: Mapping[str, str]) -> Draft:
    kind = _VIOLENCE.get(cells["type_of_violence"].strip())
    if kind is None:
        reason = f"'{cells['type_of_violence']}' is no type of violence of UCDP."
        raise Unreadable("type_of_violence", reason, "1, 2 and 3 are known.")
    first, last = (read_day(cells[name], name) for name in ("date_start", "date_end"))
    precision = cells.get("date_prec", "1").strip()
    if precision == "4":
        first, last = first[:7], ""
    elif precision == "5":
        first, last = first[:4], ""
    texts = {
        "event": cells["id"].strip(),
        "first": first,
        "last": "" if last == first else last,
        "event_type": kind,
        "place": next(iter(_present(cells, "adm_2", "adm_1")), ""),
        "place_precision": _UCDP_PLACES.get(cells.get("where_prec", "").strip(), ""),
        "longitude": cells["longitude"].strip(),
        "latitude": cells["latitude"].strip(),
        **{f"killed_{end}": cells[end].strip() for end in ("low", "best", "high")},
    }
    return Draft(texts, _present(cells, "adm_2", "adm_1", "country"), _present(cells, "side_a", "side_b"))


_SUB_EVENTS = {
    "peaceful protest": "peaceful_protest",
    "protest with intervention": "protest_with_intervention",
    "excessive force against protesters": "protest_with_intervention",
    "violent demonstration": "violent_demonstration",
    "mob violence": "mob_violence",
    "armed clash": "armed_clash",
    "attack": "attack",
    "looting/property destruction": "property_destruction",
    "agreement": "agreement",
}
_EVENTS = {
    "protests": "peaceful_protest",
    "riots": "mob_violence",
    "battles": "armed_clash",
    "violence against civilians": "attack",
    "explosions/remote violence": "attack",
    "strategic developments": "other_conflict",
}
_ACLED_PLACES = {"1": "settlement", "2": "district", "3": "oblast"}
_CROWD = re.compile(r"crowd size=[^;\d]*(\d[\d,]*)[^;]*")


def _acled(cells: Mapping[str, str]) -> Draft:
    sub, kind = cells["sub_event_type"].strip().lower(), cells["event_type"].strip().lower()
    found = _SUB_EVENTS.get(sub) or _EVENTS.get(kind)
    if found is None:
        reason = f"'{cells['event_type']}' with '{cells['sub_event_type']}' is no type of ACLED known here."
        raise Unreadable("event_type", reason, "correct the cell, or import the row with --map and --type.")
    day, precision = read_day(cells["event_date"], "event_date"), cells.get("time_precision", "1").strip()
    first, last = day, ""
    if precision == "2" and len(day) == len("YYYY-MM-DD"):  # somewhere in the week around that day
        first, last = _shifted(day, -3), _shifted(day, 3)
    elif precision == "3":
        first = day[:7]
    crowd = _CROWD.search(cells.get("tags", ""))
    texts = {
        "event": cells["event_id_cnty"].strip(),
        "first": first,
        "last": last,
        "event_type": found,
        "place": cells.get("location", "").strip(),
        "place_precision": _ACLED_PLACES.get(cells.get("geo_precision", "").strip(), ""),
        "longitude": cells.get("longitude", "").strip(),
        "latitude": cells.get("latitude", "").strip(),
        "killed_best": cells.get("fatalities", "").strip(),
        "participants_best": crowd.group(1).replace(",", "") if crowd else "",
    }
    if stamp := cells.get("timestamp", "").strip():
        if not stamp.isdecimal() or len(stamp) > 11:
            raise Unreadable("timestamp", f"'{stamp[:40]}' is no number of seconds.", "correct the cell.")
        texts["known_on"] = datetime.fromtimestamp(int(stamp), UTC).date().isoformat()
    places = _present(cells, "location", "admin3", "admin2", "admin1", "country")
    return Draft(texts, places, _present(cells, "actor1", "assoc_actor_1", "actor2", "assoc_actor_2"))


def _ushahidi_post(cells: Mapping[str, str]) -> Draft:
    status = cells.get("post status", "").strip().lower()
    if status not in ("", "published"):
        reason = f"the post has the status '{status}'."
        raise Unreadable("post status", reason, "publish it there first, or leave it out.")
    when = cells.get("incident date", "").strip() or cells["post date (utc)"]
    texts = {
        "event": cells["post id"].strip(),
        "first": read_day(when, "post date (utc)"),
        "longitude": cells.get("longitude", cells.get("location.lon", "")).strip(),
        "latitude": cells.get("latitude", cells.get("location.lat", "")).strip(),
        "event_type": _category(cells.get("categories", "")),
        "known_on": read_day(cells.get("created (utc)", "") or cells["post date (utc)"], "created (utc)"),
    }
    return Draft(texts, _present(cells, "location", "area"))


def _ushahidi_report(cells: Mapping[str, str]) -> Draft:
    if cells.get("approved", "yes").strip().lower() not in ("yes", "1", "true", ""):
        raise Unreadable(
            "approved", "the report is not approved.", "approve it there first, or leave it out."
        )
    texts = {
        "event": cells["#"].strip(),
        "first": read_day(cells["incident date"], "incident date"),
        "longitude": cells.get("longitude", "").strip(),
        "latitude": cells.get("latitude", "").strip(),
        "event_type": _category(cells.get("category", "")),
        "place": cells.get("location", "").strip(),
    }
    return Draft(texts, _present(cells, "location"))


def _category(text: str) -> str:
    """The first category that is a type of ours; "" where none is, and then --type is needed."""
    types = next(c.vocabulary for c in EVENT_RECORDS.columns if c.name == "event_type")
    words = [part.strip().lower().replace(" ", "_").replace("-", "_") for part in re.split(r"[,;|]", text)]
    return next((word for word in words if word in types), "")


def _own(cells: Mapping[str, str]) -> Draft:
    texts = {name: cells.get(name, "").strip() for name in _OURS}
    area = texts.pop("area")
    return Draft(texts, (area,) if area else ())


_OURS = tuple(column.name for column in EVENT_RECORDS.columns)
_POST = (
    "post id", "post status", "post date (utc)", "incident date", "created (utc)", "categories", "longitude",
    "latitude", "location.lon", "location.lat", "location", "area",
)  # fmt: skip
LAYOUTS: Mapping[str, Layout] = {
    layout.name: layout
    for layout in (
        Layout("kelisim", frozenset({"event", "known_on", "record", "source"}), frozenset(_OURS), _own, True),
        Layout(
            "ucdp-ged",
            frozenset({"id", "type_of_violence", "date_start", "date_end", "best", "low", "high"}),
            frozenset(
                {
                    "id", "type_of_violence", "date_start", "date_end", "date_prec", "where_prec", "adm_1",
                    "adm_2", "country", "longitude", "latitude", "low", "best", "high", "side_a", "side_b",
                }
            ),
            _ucdp,
        ),
        Layout(
            "acled",
            frozenset({"event_id_cnty", "event_date", "event_type", "sub_event_type"}),
            frozenset(
                {
                    "event_id_cnty", "event_date", "time_precision", "event_type", "sub_event_type",
                    "location", "admin1", "admin2", "admin3", "country", "geo_precision", "longitude",
                    "latitude", "fatalities", "tags", "timestamp", "actor1", "assoc_actor_1", "actor2",
                    "assoc_actor_2",
                }
            ),
            _acled,
        ),
        Layout("ushahidi", frozenset({"post id", "post date (utc)"}), frozenset(_POST), _ushahidi_post),
        Layout(
            "ushahidi-reports",
            frozenset({"#", "incident title", "incident date"}),
            frozenset({"#", "incident date", "location", "category", "latitude", "longitude", "approved"}),
            _ushahidi_report,
        ),
    )
}  # fmt: skip


def lowered(row: Row) -> dict[str, str]:
    """Cells under headings in small letters, as the layouts of others are known by."""
    return {name.strip().lower(): text for name, text in row.cells.items()}
