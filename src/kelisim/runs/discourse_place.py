"""Where the texts of a study stand and under which keys: opened once per command."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from kelisim.core.texts import Watch, WatchedSource
from kelisim.sources.door import Keys, redact
from kelisim.sources.records import Aside
from kelisim.sources.study import read_watch
from kelisim.store.aside import set_aside
from kelisim.store.keys import key_at, key_of_quarter, key_of_study
from kelisim.store.texts import TextStore, texts_of

__all__ = ["TextPlace", "keep_aside", "open_place"]


@dataclass(frozen=True)
class TextPlace:
    """A study's watch, its store of texts, and the keys of the door."""

    study: Path
    watch: Watch
    zone: ZoneInfo
    store: TextStore
    keys: Keys

    @property
    def folder(self) -> Path:
        """The closed folder of the texts."""
        return self.store.place

    def sources(self, only: Iterable[str] = ()) -> tuple[WatchedSource, ...]:
        """The watched sources, or those named. Raises: UnknownName."""
        import difflib

        from kelisim.core.errors import UnknownName

        wanted = tuple(only)
        names = [one.source_id for one in self.watch.sources]
        for name in wanted:
            if name not in names:
                raise UnknownName(name, difflib.get_close_matches(name, names, n=3) or names[:6], "source")
        return tuple(one for one in self.watch.sources if not wanted or one.source_id in wanted)


def open_place(study: Path) -> TextPlace:
    """Open the place of a study; keys are made when first used. Raises: Refused, OutputError, StoreError."""
    watch = read_watch(study)
    quarters: dict[str, bytes] = {}

    def of_quarter(quarter: str) -> bytes:
        if quarter not in quarters:
            quarters[quarter] = key_at(key_of_quarter(study, quarter), make=True)
        return quarters[quarter]

    store = TextStore(texts_of(study))
    keys = Keys(key_at(key_of_study(study), make=True), of_quarter)
    return TextPlace(study, watch, ZoneInfo(watch.timezone), store, keys)


def keep_aside(place: TextPlace, name: str, file: str, rows: Iterable[Aside], *, anew: bool = False) -> Path:
    """Write down what was set aside, behind the door; `anew` lets go what stood there before."""
    return set_aside(
        place.folder,
        name,
        ((redact(file), one.record, redact(one.field), redact(one.reason), redact(one.text)) for one in rows),
        anew=anew,
    )
