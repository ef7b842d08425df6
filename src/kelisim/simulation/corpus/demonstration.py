"""The demonstration corpus: a year of invented posts and comments whose truth is known, item by item.

Twelve invented sources write in the districts of the twin, in Kazakh, Russian and Uzbek, as people do: two
languages in one comment, Kazakh without its letters, letters of the wrong alphabet. Portals copy each other.
One incident is told first where it happens and then everywhere; one source is silent for three weeks because
it was not read. Whom a hostile or a friendly text speaks of is drawn without regard to the group, so that
nothing can be learnt here about any people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from types import ModuleType

import numpy as np

from kelisim.simulation.corpus import phrases_kk, phrases_ru, phrases_uz
from kelisim.simulation.corpus.grammar import say
from kelisim.simulation.corpus.sources import SOURCES, Source
from kelisim.simulation.corpus.spellings import in_passing, letterless, uzbek_cyrillic, with_look_alikes
from kelisim.simulation.corpus.words import DISTRICTS, GROUPS

__all__ = ["ITEM_COLUMNS", "SOURCE_COLUMNS", "TRUTH_COLUMNS", "DemonstrationCorpus", "demonstration_corpus"]

ITEM_COLUMNS = (
    "id", "source", "kind", "parent", "posted_at", "author", "text", "likes", "comments", "reposts", "views",
)  # fmt: skip
# What is true of each item. mentions: group:sense in order; copy_of: the item it was taken from, if any.
TRUTH_COLUMNS = (
    "id", "lang", "lang2", "script", "letterless", "look_alike", "frames", "mentions", "tone", "complaint",
    "calming", "call_level", "event_area", "incident", "copy_of",
)  # fmt: skip
SOURCE_COLUMNS = (
    "id", "name", "platform", "address", "feed", "language", "area", "rhythm_hours", "of_a_person", "pages",
)  # fmt: skip

_PHRASES: Mapping[str, ModuleType] = {"kk": phrases_kk, "ru": phrases_ru, "uz": phrases_uz}
_LANGUAGES = tuple(_PHRASES)
_ZONE = timezone(timedelta(hours=6))  # of the year before the country moved to one zone
_FIRST, _END = date(2023, 2, 1), date(2024, 2, 1)
_INCIDENT = datetime(2023, 9, 16, 21, 40, tzinfo=_ZONE)
_INCIDENT_AREA = "SY6"
# No event between these two is known: the story must not be taken for one that happened.
_INCIDENT_GROUPS = ("korean", "tatar")
# Posts on each day after the incident; word of it leaves the district on the second day.
_WAVE = (2, 9, 12, 9, 6, 5, 3, 3, 2, 2, 1, 1, 1, 1)
_OUTAGE = ("qonyrsay-qauym", date(2023, 6, 5), date(2023, 6, 25))
_INTERETHNIC = 0.42
_SYNDICATED = 45
# Stances of comments: under posts of no interethnic theme, under others, under the incident.
_STANCES: Mapping[str, tuple[float, float, float]] = {
    "none": (0.80, 0.34, 0.20), "neutral": (0.02, 0.18, 0.12), "positive": (0.02, 0.19, 0.07),
    "negative": (0.01, 0.11, 0.18), "complaint": (0.13, 0.07, 0.05), "calming": (0.01, 0.08, 0.25),
    "call1": (0.01, 0.02, 0.07), "call2": (0.0, 0.01, 0.05), "call3": (0.0, 0.0, 0.01),
}  # fmt: skip
_Row = tuple[datetime, tuple[object, ...], tuple[object, ...]]
_TONES = {"positive": "positive", "negative": "negative", "call1": "negative", "call2": "negative",
          "call3": "negative"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemonstrationCorpus:
    """items, truth, sources : rows under the columns named above; planted : the incident and the outage"""

    items: tuple[tuple[object, ...], ...]
    truth: tuple[tuple[object, ...], ...]
    sources: tuple[tuple[object, ...], ...]
    planted: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Post:
    """A post before its comments: who, when, what it says, and what is true of it."""

    source: Source
    at: datetime
    language: str
    text: str
    mentions: tuple[tuple[str, str], ...] = ()
    frames: str = ""
    event_area: str = ""
    incident: bool = False
    calming: bool = False
    copy_of: int | None = None


def demonstration_corpus(rng: np.random.Generator) -> DemonstrationCorpus:
    """Draw the corpus: some 3,000 items of one year under `ITEM_COLUMNS`, in the order of time."""
    posts = [post for source in SOURCES for post in _everyday(source, rng)]
    pair = list(_INCIDENT_GROUPS)
    posts += _incident(pair, rng)
    posts = [post for post in posts if not _unread(post)]
    posts += [post for post in _copies(posts, rng) if not _unread(post)]
    rows: list[_Row] = []
    for number, post in enumerate(posts):
        origin = "" if post.copy_of is None else _name(post.copy_of)
        under = _comments(post, pair, rng)
        rows.append(_post_row(_name(number), origin, post, len(under), rng))
        rows += [
            _comment_row(_name(number), place + 1, post, comment, rng) for place, comment in enumerate(under)
        ]
    rows.sort(key=lambda row: (row[0], str(row[1][0])))
    silent, since, until = _OUTAGE
    planted = {
        "incident": {
            "at": _INCIDENT.isoformat(), "area": _INCIDENT_AREA, "groups": pair, "posts_by_day": list(_WAVE),
        },
        "outage": {"source": silent, "first": since.isoformat(), "last": until.isoformat()},
    }  # fmt: skip
    return DemonstrationCorpus(
        tuple(item for _, item, _ in rows),
        tuple(truth for _, _, truth in rows),
        tuple(_source_row(source) for source in SOURCES),
        planted,
    )


def _name(number: int) -> str:
    return f"p{number:04d}"


def _unread(post: _Post) -> bool:
    """Whether nobody read it: in the days of the outage, or after the last day of the corpus."""
    silent, since, until = _OUTAGE
    in_outage = post.source.source_id == silent and since <= post.at.date() <= until
    return in_outage or post.at.date() >= _END


def _source_row(source: Source) -> tuple[object, ...]:
    language = _LANGUAGES[int(np.argmax(source.languages))]
    address = f"https://{source.source_id}.example/"
    return (
        source.source_id,
        source.name,
        source.platform,
        address,
        "",
        language,
        source.area_id,
        24,
        "no",
        "no",
    )


def _everyday(source: Source, rng: np.random.Generator) -> list[_Post]:
    """A year of one source: more in spring and autumn, less at night."""
    posts = []
    for day in range((_END - _FIRST).days):
        season = 1 + 0.25 * np.sin(2 * np.pi * (day - 20) / 182)
        for _ in range(int(rng.poisson(source.posts_month * season / 30.4))):
            language = _LANGUAGES[int(rng.choice(3, p=source.languages))]
            themes = _PHRASES[language].POSTS
            theme = "" if rng.random() > _INTERETHNIC else _theme(themes, day, rng)
            names = _names(source.area_id, rng)
            said = say(_one(themes[theme], rng), language, names, rng)
            at = datetime.combine(_FIRST + timedelta(days=day), datetime.min.time(), _ZONE)
            at += timedelta(minutes=int(rng.integers(7 * 60, 23 * 60)))
            area = names["p"] if theme in ("F03", "F08") else ""
            posts.append(_Post(source, at, language, said.text, said.mentions, theme, area))
    return posts


def _theme(themes: Mapping[str, Sequence[str]], day: int, rng: np.random.Generator) -> str:
    """An interethnic theme; 9 May, Nauryz and the unity day have their seasons."""
    listed = [theme for theme in themes if theme]
    month = (_FIRST + timedelta(days=day)).month
    season = {"F04": 6.0 if month == 5 else 0.3, "F11": 4.0 if month in (3, 5) else 0.6}
    weights = np.array([season.get(theme, 1.0) for theme in listed])
    return listed[int(rng.choice(len(listed), p=weights / weights.sum()))]


def _names(area: str, rng: np.random.Generator) -> dict[str, str]:
    groups = rng.choice(GROUPS, 2, replace=False)
    places = [str(place) for place in rng.choice(list(DISTRICTS), 2, replace=False)]
    own = places[0] if area == "SY" or rng.random() < 0.1 else area
    other = next(place for place in reversed(places) if place != own)
    return {"g": str(groups[0]), "h": str(groups[1]), "p": own, "q": other}


def _incident(pair: Sequence[str], rng: np.random.Generator) -> list[_Post]:
    """Told first by the source of the district, then by ever more of the others, then by nobody."""
    near = [source for source in SOURCES if source.area_id == _INCIDENT_AREA]
    oblast = [source for source in SOURCES if source.area_id == "SY"]
    posts = []
    for day, number in enumerate(_WAVE):
        told_by = near if day == 0 else near + oblast if day == 1 else list(SOURCES)
        for _ in range(number):
            source = told_by[int(rng.integers(len(told_by)))]
            language = _LANGUAGES[int(rng.choice(3, p=source.languages))]
            part = "first" if day == 0 else "calm" if day >= 3 and rng.random() < 0.4 else "spread"
            names = {"g": pair[0], "h": pair[1], "p": _INCIDENT_AREA, "q": "SY1"}
            said = say(_one(_PHRASES[language].INCIDENT[part], rng), language, names, rng)
            at = _INCIDENT + timedelta(minutes=int(rng.integers(5, 130)))
            if day:
                at += timedelta(days=day, hours=int(rng.integers(-13, 0)))
            frames = "F08" if said.mentions and part != "calm" else ""
            posts.append(
                _Post(
                    source,
                    at,
                    language,
                    said.text,
                    said.mentions,
                    frames,
                    _INCIDENT_AREA,
                    True,
                    part == "calm",
                )
            )
    return posts


def _copies(posts: Sequence[_Post], rng: np.random.Generator) -> list[_Post]:
    """What other sources took over: letter by letter, or with a word of their own before or after."""
    long = [number for number, post in enumerate(posts) if len(post.text) > 90]
    copies = []
    for number in rng.choice(long, _SYNDICATED, replace=False):
        post = posts[int(number)]
        language = _LANGUAGES.index(post.language)
        others = [s for s in SOURCES if s is not post.source and s.languages[language] > 0]
        for place in rng.choice(len(others), int(rng.integers(1, min(4, len(others)) + 1)), replace=False):
            text = _one(
                (post.text, f"{post.source.name}: {post.text}", f"{post.text} 👇", f"❗ {post.text}"), rng
            )
            at = post.at + timedelta(minutes=int(rng.integers(20, 2_800)))
            copies.append(replace(post, source=others[int(place)], at=at, text=text, copy_of=int(number)))
    return copies


@dataclass(frozen=True, slots=True)
class _Comment:
    """A comment as it was typed, and what is true of it."""

    at: datetime
    text: str
    mentions: tuple[tuple[str, str], ...]
    stance: str
    frames: str
    spelling: tuple[object, ...]  # language, second language, script, letterless, look-alikes


def _comments(post: _Post, pair: Sequence[str], rng: np.random.Generator) -> list[_Comment]:
    mood = 2 if post.incident else 1 if post.frames else 0
    chances = np.array([chance[mood] for chance in _STANCES.values()])
    written: list[_Comment] = []
    for _ in range(int(rng.poisson(post.source.comments * (0.8, 1.7, 4.5)[mood]))):
        stance = list(_STANCES)[int(rng.choice(len(_STANCES), p=chances / chances.sum()))]
        language = post.language
        if rng.random() < 0.25:
            language = _LANGUAGES[int(rng.choice(3, p=post.source.languages))]
        listed = [
            (key.partition(" ")[2], template)
            for key, templates in _PHRASES[language].COMMENTS.items()
            for template in templates
            if key.partition(" ")[0] == (stance if stance in _PHRASES[language].COMMENTS else "negative")
        ]
        frames, template = listed[int(rng.integers(len(listed)))]
        names = _spoken_of(post, pair, rng)
        said = say(template, language, names, rng)
        at = post.at + timedelta(minutes=int(1 + rng.exponential(400)))
        written.append(
            _typed(_Comment(at, said.text, said.mentions, stance, frames, (language,)), names, rng)
        )
    return [comment for comment in written if comment.at.date() < _END]


def _spoken_of(post: _Post, pair: Sequence[str], rng: np.random.Generator) -> dict[str, str]:
    """Names for a comment: mostly those of the post."""
    names = _names(post.event_area or post.source.area_id, rng)
    spoken_of = [group for group, sense in post.mentions if sense == "group"]
    if post.incident:
        names["g"] = pair[int(rng.integers(2))]
        names["h"] = next(group for group in pair if group != names["g"])
    elif spoken_of and rng.random() < 0.7:
        names["g"] = spoken_of[0]
        names["h"] = next(group for group in (*spoken_of, names["h"], *GROUPS) if group != names["g"])
    return names


def _typed(comment: _Comment, names: Mapping[str, str], rng: np.random.Generator) -> _Comment:
    language, text, mentions, second = str(comment.spelling[0]), comment.text, comment.mentions, ""
    if language != "ru" and rng.random() < 0.12:
        # The second half in Russian, as is common.
        part = "none" if comment.stance == "none" else "neutral"
        more = say(_one(phrases_ru.COMMENTS[part], rng), "ru", names, rng)
        text, mentions, second = f"{text} {more.text}", mentions + more.mentions, "ru"
    script, without = ("Latn" if language == "uz" else "Cyrl"), False
    if language == "kk" and rng.random() < 0.25:
        text, without = letterless(text), True
    elif language == "uz" and not second and rng.random() < 0.35:
        text, script = uzbek_cyrillic(text), "Cyrl"
    text = in_passing(text, rng)
    mixed = with_look_alikes(text, rng) if rng.random() < 0.05 else text
    spelling = (language, second, script, int(without), int(mixed != text))
    return replace(comment, text=mixed, mentions=mentions, spelling=spelling)


def _comment_row(under: str, place: int, post: _Post, comment: _Comment, rng: np.random.Generator) -> _Row:
    name, author = f"{under}c{place}", f"reader{int(rng.integers(1, 700))}"
    item = (
        name, post.source.source_id, "comment", under, comment.at.isoformat(), author, comment.text,
        int(rng.poisson(2)), 0, 0, "",
    )  # fmt: skip
    stance, mentions = comment.stance, _listed(comment.mentions)
    tone = _TONES.get(stance, "neutral" if mentions else "")
    level = int(stance[-1]) if stance.startswith("call") else 0
    truth = (
        name, *comment.spelling, comment.frames, mentions, tone, int(stance == "complaint"),
        int(stance == "calming"), level, post.event_area, int(post.incident), "",
    )  # fmt: skip
    return comment.at, item, truth


def _post_row(name: str, origin: str, post: _Post, comments: int, rng: np.random.Generator) -> _Row:
    interest = 3.0 if post.incident else 1.4 if post.frames else 1.0
    views = int(rng.poisson(post.source.audience_persons * interest * rng.gamma(8, 1 / 8)))
    kind = "article" if post.source.platform == "portal" else "post"
    likes, reposts = int(rng.binomial(views, 0.02)), int(rng.binomial(views, 0.004 * interest))
    item = (
        name, post.source.source_id, kind, "", post.at.isoformat(), post.source.source_id, post.text,
        likes, comments, reposts, views,
    )  # fmt: skip
    mentions, script = _listed(post.mentions), "Latn" if post.language == "uz" else "Cyrl"
    frames = "" if post.frames == "other" else post.frames
    truth = (
        name, post.language, "", script, 0, 0, frames, mentions, "neutral" if mentions else "", 0,
        int(post.calming), 0, post.event_area, int(post.incident), origin,
    )  # fmt: skip
    return post.at, item, truth


def _listed(mentions: Sequence[tuple[str, str]]) -> str:
    return ";".join(f"{group}:{sense}" for group, sense in mentions)


def _one(templates: Sequence[str], rng: np.random.Generator) -> str:
    return templates[int(rng.integers(len(templates)))]
