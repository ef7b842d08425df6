"""What the templates may ask about a release in one language: names, labels, values, ages, reasons, links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from kelisim.core.areas import Area
from kelisim.core.estimates import Estimate, Figure
from kelisim.core.groups import TOTAL, unscoped
from kelisim.core.languages import Language
from kelisim.core.periods import last_day, years_between
from kelisim.core.questionnaire import Labels
from kelisim.core.study import Remark
from kelisim.core.tables import Table
from kelisim.core.waves import ALL, LANGUAGE, WaveNote
from kelisim.disclosure.release import Release
from kelisim.publish.media_words import media_label, media_of_what
from kelisim.publish.tiles import tile_map
from kelisim.publish.words import Speaker
from kelisim.publish.zone_story import Story, story
from kelisim.publish.zone_tiles import STATES

__all__ = ["View"]


class View:
    """What the templates may ask about a release in one language."""

    def __init__(self, release: Release, language: Language) -> None:
        self.release, self.study = release, release.study
        self.language: Language = language
        self.speaker = Speaker(language)
        self.by: dict[str, list[Figure]] = defaultdict(list)
        self._one: dict[tuple[str, str, str, str | None], Figure] = {}
        self._in_time: dict[tuple[str, str, str], Figure] = {}
        for figure in release.figures:
            self.by[figure.indicator].append(figure)
            key = (figure.indicator, figure.area_id, figure.variant, figure.group_id)
            self._one.setdefault(key, figure)
            self._in_time.setdefault((figure.indicator, figure.period_id, figure.variant), figure)
        self.cards = {state.card.key: state for state in release.cards}
        self._zones = {zone.area_id: zone for zone in release.zones}

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
        return f"{name} ({self.short_title(table)})" if table else name

    def period(self, period_id: str) -> str:
        printed = self.study.periods[period_id].printed if period_id in self.study.periods else period_id
        return printed.replace("-", "–")

    def label(self, indicator: str) -> str:
        if indicator in self.study.indicators:
            return self.study.indicators[indicator].label.say(self.language)
        if indicator.startswith(("answer.", "answer_interval.")):
            question, option = self.answer(indicator)
            return f"{question}: {option}"
        if indicator.startswith("wave_"):
            question, answer = self.asked(indicator)
            return f"{question} {answer}" if question.endswith("?") else f"{question}: {answer}"
        base, _, part = indicator.partition(".")
        if base.startswith("media_"):
            return media_label(self.release.discourse, self.speaker, base, part)
        if part.isdecimal():  # a forecast so many months ahead
            return f"{self.label(base)} {self.speaker.count('months', int(part))}"
        if part:
            other = self.group(part) if part in self.study.groups else self.speaker.word(f"part.{part}")
            return f"{self.label(base)}: {other}"
        own = self.cards.get(indicator)
        return self.speaker.either(indicator, own.card.label.say(self.language) if own else indicator)

    def zone(self, area_id: str) -> Story | None:
        zone, rule = self._zones.get(area_id), self.study.zones
        return None if zone is None or rule is None else story(zone, rule, self.speaker, self.label)

    def zone_counts(self) -> str:
        told = [story.state for area in self._zones if (story := self.zone(area)) is not None]
        say = self.speaker.word
        counts = [
            say("zones.count").format(state=say(f"zones.state.{s}"), n=told.count(s))
            for s in STATES
            if s in told
        ]
        words = "; ".join(counts)
        return words[:1].upper() + words[1:]

    def answer(self, indicator: str) -> tuple[str, str]:
        _, code, option = indicator.split(".", 2)
        question = self.study.questions.get(code)
        if question is None:
            return code, option
        label = question.options.get(option)
        return question.label.say(self.language), label.say(self.language) if label else option

    def asked(self, indicator: str) -> tuple[str, str]:
        """The question behind a figure of a wave, and the answer or what else is told of it."""
        kind, wave_id, column, option = [*indicator.split(".", 3), ""][:4]
        form = next(note.questionnaire for note in self.release.waves if note.wave_id == wave_id)
        item = form.item(column) or next(i for i in form.items if column.startswith(f"{i.code}_"))
        label = self.said(item.label)
        if item.type == "grid":
            label = f"{label} {self.said(item.rows[column.removeprefix(f'{item.code}_')])}"
        if kind in ("wave_mean", "wave_silent"):
            word = "waves.number" if kind == "wave_mean" else "waves.option.silent"
            return label, self.speaker.word(word)
        if option == "rare":
            return label, self.speaker.word("waves.option.rare")
        ends = [item.option(code) for code in option.split("..")]
        answer = " – ".join(self.said(end.label) for end in ends if end is not None)
        return label, f"{answer} ({self.speaker.word('waves.known')})" if kind == "wave_known" else answer

    def said(self, labels: Labels) -> str:
        """A wording of a form in the language of the page, or in the form's own where it has no such one."""
        return labels.get(self.language) or next(iter(labels.values()), "")

    def wave_of(self, figure: Figure) -> WaveNote | None:
        """The wave a figure comes from; None where it comes from none."""
        wave_id = figure.variant.partition(" ")[0]
        return next((note for note in self.release.waves if note.wave_id == wave_id), None)

    @staticmethod
    def split_of(figure: Figure, note: WaveNote) -> tuple[str, str]:
        """How respondents were divided for a figure of a wave, and which part it speaks of."""
        if figure.group_id is not None:
            return "group", figure.group_id
        if " language " in figure.variant:
            return LANGUAGE, figure.variant.rpartition(" ")[2]
        return (ALL, "") if figure.area_id == note.area_id else ("area", figure.area_id)

    def bare(self, figure: Figure) -> str:
        """The value without its interval."""
        return self.speaker.value(replace(figure.estimate, low=None, high=None, level=None))

    def measure(self, figure: Figure) -> str:
        """What a figure of a wave is measured in: percent, or the ends of its scale."""
        _, scale, ends = figure.estimate.unit.partition("scale ")
        return ends.replace("..", "–").replace("-", "–", 1) if scale else "%"

    def ends(self, estimate: Estimate) -> str:
        """The interval alone."""
        ends = (estimate.low, estimate.high)
        bare = (replace(estimate, value=end, low=None, high=None, level=None) for end in ends)
        return "–".join(self.speaker.value(end) for end in bare)

    def places(self, remark: Remark) -> str:
        """The rows and columns of a remark in the words of the language."""
        words = {key: self.speaker.word(f"remark.{key}") for key in ("row", "column")}
        found = [place.split(" ", 1) for place in remark.places]
        return ", ".join(f"{words[kind]} {name}" for kind, name in found)

    def title(self, table_id: str) -> str:
        return self.release.titles[table_id].say(self.language)

    def short_title(self, table_id: str) -> str:
        """The title of a table up to its colon: "Table 4"."""
        return self.title(table_id).split(":")[0]

    def value(self, figure: Figure) -> str:
        return self.speaker.value(figure.estimate)

    def made_by(self, figure: Figure) -> str:
        """Which of several forecasts a figure is, or of what texts it speaks; "" for everything else."""
        name = figure.variant.partition(" ")[2]
        if figure.indicator.startswith("media_"):
            return media_of_what(self.release.discourse, self.speaker, figure.period_id, name)
        return self.speaker.either(f"forecast.{name}", "") if name else ""

    def link(self, figure: Figure) -> str:
        return f"cells-{self.cell_page(figure)}.html#{figure.estimate_id}"

    @staticmethod
    def cell_page(figure: Figure) -> str:
        kind, *rest = figure.indicator.split(".")
        return f"wave-{rest[0]}-{rest[1]}" if kind.startswith("wave_") else kind

    def find(self, indicator: str, **wanted: str) -> list[Figure]:
        return [f for f in self.by[indicator] if all(getattr(f, k) == v for k, v in wanted.items())]

    def one(self, indicator: str, area_id: str, variant: str, group_id: str | None) -> Figure | None:
        """The first figure of this indicator, area, table or print, and group; None where there is none."""
        return self._one.get((indicator, area_id, variant, group_id))

    def one_of(self, indicator: str, period_id: str, variant: str) -> Figure | None:
        """The first figure of this indicator, period and variant, whatever its area; None without one."""
        return self._in_time.get((indicator, period_id, variant))

    def subject(self, subject: str) -> list[Figure]:
        keys = [key for key, indicator in self.study.indicators.items() if indicator.subject == subject]
        return [figure for key in keys for figure in self.by[key]]

    def records(self, kind: str) -> list[Table]:
        return [table for table in self.release.records.values() if table.use.kind == kind]

    def reasons(self, figure: Figure) -> tuple[str, ...]:
        """Codes of the reasons that may be said: why there is no value, or why the grade is not better.

        A withheld value says only that it is withheld: which rule withheld it would help to undo it.
        """
        if figure.estimate.flag == "withheld":
            return ("withheld",)
        return tuple(code for code in figure.estimate.reasons if self.speaker.knows(f"reason.{code}"))

    def moment(self, figure: Figure) -> date | None:
        """The last day a figure speaks of, or None where the source printed no time."""
        if figure.period_id in self.study.periods:
            return self.study.periods[figure.period_id].last
        return last_day(figure.period_id)

    def age_years(self, moment: date | None) -> float | None:
        """Years from a day to the day the study speaks of; None where the day is not known."""
        return None if moment is None else max(0.0, years_between(moment, self.study.as_of))

    def age(self, moment: date | None) -> str:
        """The same in words: whole years, or "less than a year"."""
        years = self.age_years(moment)
        if years is None:
            return self.speaker.word("age.unknown")
        return self.speaker.count("years", int(years)) if years >= 1 else self.speaker.word("age.under_one")

    def areas_with_page(self) -> list[str]:
        """Every declared area: one without figures says so on its page."""
        return [area.area_id for area in self.study.areas]

    def areas_with_figures(self) -> list[str]:
        return list(dict.fromkeys(f.area_id for f in self.by["population"]))

    def tree(self, parent: str | None = None) -> list[Area]:
        return [area for area in self.study.areas if area.parent == parent]

    def wholes(self) -> list[str]:
        """Areas whose parts stand on the tile grid."""
        parents = (self.study.areas[area_id].parent for area_id in self.study.grid)
        return [whole for whole in dict.fromkeys(parents) if whole is not None]

    def map(
        self, whole: str, title: str, values: Mapping[str, str], marks: Mapping[str, int] | None = None
    ) -> str:
        """The tile grid of one whole with a text per area, and dots where something is marked."""
        grid = {a: cell for a, cell in self.study.grid.items() if self.study.areas[a].parent == whole}
        names = {a: self.tile_name(a) for a in grid}
        links = {a: f"area-{a}.html" for a in grid}
        return tile_map(grid, names, values, links, f"{self.area(whole)}. {title}", marks or {})

    def population_map(self, whole: str) -> str:
        shown = {}
        for area_id in self.study.grid:
            totals = self.find("population", area_id=area_id, group_id=TOTAL)
            shown[area_id] = self.value(totals[0]) if totals else self.speaker.word("flag.missing")
        return self.map(whole, self.speaker.word("map.population"), shown)

    def parties(self, codes: str) -> str:
        names = [self.group(code) if code in self.study.groups else code for code in codes.split(";") if code]
        # Kazakh and Russian write the names of peoples with a small letter inside a sentence.
        return ", ".join(name if self.language == "en" else name[0].lower() + name[1:] for name in names)

    def prints(self, figures: Iterable[Figure]) -> Iterator[tuple[Figure, list[Figure]]]:
        """Figures that speak of one thing (indicator, area, group, period), with all their prints."""
        together: dict[tuple[Any, ...], list[Figure]] = defaultdict(list)
        for figure in figures:
            together[figure.indicator, figure.area_id, figure.group_id, figure.period_id].append(figure)
        for same in together.values():
            yield same[0], same

    def shared_reasons(self, matters: Iterable[tuple[Figure, list[Figure]]]) -> tuple[str, ...]:
        """Reasons that all these figures have: said once above a table instead of in every row."""
        codes = [self.reasons(figure) for figure, _ in matters]
        return tuple(c for c in codes[0] if all(c in other for other in codes)) if len(codes) > 1 else ()

    def only_table(self, matters: Iterable[tuple[Figure, list[Figure]]]) -> str:
        """The table all these figures come from; "" where they come from several."""
        tables = {figure.variant for _, prints in matters for figure in prints}
        return tables.pop() if len(tables) == 1 else ""

    @staticmethod
    def disagree(figures: Iterable[Figure]) -> bool:
        """Whether prints of one thing differ."""
        return len({(f.estimate.value, f.estimate.low, f.estimate.high) for f in figures}) > 1

    def under_chart(self, table_id: str) -> str:
        """The line under the title of a chart, which travels alone: its table, and a mark where synthetic."""
        line = self.title(table_id)
        return f"{line}. {self.speaker.word('synthetic')}" if self.study.synthetic else line
