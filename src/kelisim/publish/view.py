"""What the templates may ask about a release in one language: names, labels, values and links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kelisim.core.estimates import Figure
from kelisim.core.groups import TOTAL, unscoped
from kelisim.core.languages import Language
from kelisim.core.study import Remark
from kelisim.disclosure.release import Release
from kelisim.publish.tiles import tile_map
from kelisim.publish.words import Speaker

__all__ = ["View"]


class View:
    """What the templates may ask about a release in one language."""

    def __init__(self, release: Release, language: Language) -> None:
        self.release, self.study = release, release.study
        self.language: Language = language
        self.speaker = Speaker(language)
        self.by: dict[str, list[Figure]] = defaultdict(list)
        self._one: dict[tuple[str, str, str, str | None], Figure] = {}
        for figure in release.figures:
            self.by[figure.indicator].append(figure)
            key = (figure.indicator, figure.area_id, figure.variant, figure.group_id)
            self._one.setdefault(key, figure)

    def area(self, area_id: str) -> str:
        return self.speaker.area(self.study.areas[area_id])

    def tile_name(self, area_id: str) -> str:
        own = self.study.areas[area_id]
        shared = [a for a in self.study.areas if a.names.say(self.language) == own.names.say(self.language)]
        return self.area(area_id) if len(shared) > 1 else own.names.say(self.language)

    def group(self, group_id: str) -> str:
        if unscoped(group_id) == TOTAL:
            return self.speaker.word("total")
        name = self.study.groups[group_id].names.say(self.language)
        table = group_id.partition("@")[2]
        return f"{name} ({self.release.titles[table].say(self.language).split(':')[0]})" if table else name

    def period(self, period_id: str) -> str:
        return self.study.periods[period_id].printed if period_id in self.study.periods else period_id

    def label(self, indicator: str) -> str:
        if indicator in self.study.indicators:
            return self.study.indicators[indicator].label.say(self.language)
        if indicator.startswith("answer."):
            question, option = self.answer(indicator)
            return f"{question}: {option}"
        base, _, part = indicator.partition(".")
        if not part:
            return self.speaker.word(base)
        other = self.group(part) if part in self.study.groups else self.speaker.word(f"part.{part}")
        return f"{self.speaker.word(base)}: {other}"

    def answer(self, indicator: str) -> tuple[str, str]:
        _, code, option = indicator.split(".", 2)
        question = self.study.questions.get(code)
        if question is None:
            return code, option
        label = question.options.get(option)
        return question.label.say(self.language), label.say(self.language) if label else option

    def places(self, remark: Remark) -> str:
        """The rows and columns of a remark in the words of the language."""
        words = {key: self.speaker.word(f"remark.{key}") for key in ("row", "column")}
        found = [place.split(" ", 1) for place in remark.places]
        return ", ".join(f"{words[kind]} {name}" for kind, name in found)

    def value(self, figure: Figure) -> str:
        return self.speaker.value(figure.estimate)

    def link(self, figure: Figure) -> str:
        return f"cells-{self.cell_page(figure)}.html#{figure.estimate_id}"

    @staticmethod
    def cell_page(figure: Figure) -> str:
        return figure.indicator.split(".")[0]

    def find(self, indicator: str, **wanted: str) -> list[Figure]:
        return [f for f in self.by[indicator] if all(getattr(f, k) == v for k, v in wanted.items())]

    def one(self, indicator: str, area_id: str, variant: str, group_id: str | None) -> Figure | None:
        """The first figure of this indicator, area, table or print, and group; None where there is none."""
        return self._one.get((indicator, area_id, variant, group_id))

    def subject(self, subject: str) -> list[Figure]:
        keys = [key for key, indicator in self.study.indicators.items() if indicator.subject == subject]
        return [figure for key in keys for figure in self.by[key]]

    def areas_with_page(self) -> list[str]:
        return list(dict.fromkeys(f.area_id for f in self.by["population"]))

    def maps(self) -> Iterator[str]:
        for whole in dict.fromkeys(self.study.areas[a].parent for a in self.study.grid):
            if whole is None:
                continue
            grid = {a: cell for a, cell in self.study.grid.items() if self.study.areas[a].parent == whole}
            shown = {}
            for area_id in grid:
                totals = self.find("population", area_id=area_id, group_id=TOTAL)
                shown[area_id] = self.value(totals[0]) if totals else self.speaker.word("flag.missing")
            pages = set(self.areas_with_page())
            links = {a: f"area-{a}.html" if a in pages else "demography.html" for a in grid}
            names = {a: self.tile_name(a) for a in grid}
            yield tile_map(grid, names, shown, links, f"{self.area(whole)}. {self.speaker.word('map.title')}")
