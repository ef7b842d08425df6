"""What the twin's study declares about the demonstration corpus, and when its sources were read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from kelisim.simulation.corpus.sources import SOURCES

__all__ = ["LOOK_COLUMNS", "discourse_section", "look_rows"]

LOOK_COLUMNS = ("source", "first", "last", "ok", "reason")
_FIRST, _LAST = date(2023, 2, 1), date(2024, 1, 31)


def discourse_section(seed: int) -> str:
    """The section `discourse` of the twin's study.yaml."""
    return f"""discourse:
  sources: data/text_sources.csv
  timezone: Asia/Almaty
  first: {_FIRST}
  last: {_LAST}
  texts:
    file: data/texts.csv
    source: twin
    columns: {{id: id, account: source, kind: kind, parent: parent, posted_at: posted_at, author: author,
      text: text, likes: likes, comments: comments, reposts: reposts, views: views}}
    looks: data/text_looks.csv   # one source could not be read for three weeks
  coded:
    - {{folder: data/coded/themes, variables: [theme, complaint, tone]}}
    - {{folder: data/coded/tone, variables: [tone]}}
  incidents:
    brawl:
      title: {{kk: "Тасөткелдегі төбелес", ru: "Драка в Тасоткеле", en: "Brawl in Tasotkel"}}
      area: SY6
      groups: [korean, tatar]
      first: 2023-09-16
      days: 14
  seed: {seed}
"""


def look_rows(planted: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    """From when to when each source was read; the one with the outage was not while it lasted."""
    outage = planted["outage"]
    for source in SOURCES:
        if source.source_id != outage["source"]:
            yield (source.source_id, _FIRST, _LAST, "yes", "")
            continue
        since, until = date.fromisoformat(outage["first"]), date.fromisoformat(outage["last"])
        yield (source.source_id, _FIRST, since - timedelta(days=1), "yes", "")
        yield (source.source_id, since, until, "no", "format_changed")
        yield (source.source_id, until + timedelta(days=1), _LAST, "yes", "")
