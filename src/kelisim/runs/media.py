"""Figures of the texts of a study: attention, mentions, shares by codes of people, spread, coverage.

Families of near copies are counted, never items, and rates are told over all families of the sources that
were read, so that watching more is not more conflict. A month in which a source was read on fewer than
four days of five is missing for it, never zero. Every cell that leaves speaks of ten families by five
authors.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from kelisim.core.discourse import CodedSample, Discourse, GreyShare, SourceCovered, Theme
from kelisim.core.errors import Fault, NotDefined, Refused
from kelisim.core.estimates import Estimate, Figure, grade_from_faults
from kelisim.core.languages import Words
from kelisim.core.study import Study
from kelisim.core.texts import Watch
from kelisim.disclosure.texts import MIN_AUTHORS, MIN_FAMILIES, protected_text_cell
from kelisim.evidence.discourse.codebook import Codebook
from kelisim.evidence.discourse.coverage import CoverageDay
from kelisim.evidence.discourse.effort import effort_rates
from kelisim.evidence.discourse.gold import needed_families
from kelisim.runs.discourse_estimates import Told, estimates_of
from kelisim.runs.media_texts import Family, MediaTexts, media_texts
from kelisim.sources.codebook import read_codebook
from kelisim.store.coding import StoredSample, judgements_in, sample_in

__all__ = ["Media", "media_of"]

ENOUGH_COVERED = 0.8
_READ = ("ok", "late", "retired")
_LEAST_LANGUAGE = 100
# What a rule finds is no code of a person, and its errors are not corrected.
_BY_RULE = "by_rule"


@dataclass(frozen=True, eq=False)
class Media:
    """What the texts say: figures that passed the gate for texts, and what is no number."""

    figures: tuple[Figure, ...]
    told: Discourse


def media_of(folder: Path, study: Study) -> Media | None:
    """Figures of the texts of a study; None where it has none. Raises: Refused, StoreError."""
    texts = media_texts(folder, study)
    if texts is None or study.watch is None or study.discourse is None:
        return None
    counted = _Counted(study, study.watch, texts)
    figures = [*counted.attention(), *counted.mentions(), *counted.coverage()]
    for incident in study.discourse.incidents:
        figures += counted.spread(incident.key, incident.area_id)
    codebook = read_codebook(folder) if study.discourse.coded else None
    shares, grey = ([], ()) if codebook is None else _coded(folder, study, codebook)
    names = {} if codebook is None else _names(codebook)
    return Media((*figures, *shares), counted.told(grey, names))


def _month(day: date) -> str:
    return f"{day.year}-{day.month:02d}"


def _quarter(day: date) -> str:
    return f"{day.year}-q{(day.month + 2) // 3}"


class _Counted:
    """The texts of a study laid out by source and period."""

    def __init__(self, study: Study, watch: Watch, texts: MediaTexts) -> None:
        self.study, self.watch, self.texts = study, watch, texts
        declared = study.discourse
        assert declared is not None
        self.rule = declared
        self.source = "" if declared.texts is None else declared.texts.source_id
        self.source = self.source or next(iter(study.sources), "texts")
        self.level = study.thresholds.interval_level
        self.sources = [one.source_id for one in watch.sources]
        self.days: dict[str, dict[date, CoverageDay]] = defaultdict(dict)
        for row in texts.coverage:
            # A source that writes in several languages was read where all of them say so.
            before = self.days[row.source_id].get(row.day)
            if before is None or before.status in _READ:
                self.days[row.source_id][row.day] = row
        every = sorted({row.day for row in texts.coverage})
        self.months = tuple(dict.fromkeys(_month(day) for day in every))
        self.quarters = tuple(dict.fromkeys(_quarter(day) for day in every))
        self.last = every[-1] if every else watch.first
        by_language = Counter(family.language for family in texts.families)
        self.languages = tuple(name for name, n in by_language.most_common() if n >= _LEAST_LANGUAGE)
        self.themes = _themes()
        self.peoples = _peoples()
        self.platform = {one.source_id: one.platform for one in watch.sources}

    def attention(self) -> Iterator[Figure]:
        """Rates of interethnic texts by month, of the whole, of languages and kinds of source; themes by
        quarter."""

        def any_theme(family: Family) -> bool:
            return bool(family.frames)

        yield from self._rates("media_attention", "", self.months, _month, any_theme, lambda family: True)
        for language in self.languages:
            yield from self._rates(
                "media_attention", language, self.months, _month, any_theme,
                lambda family, language=language: family.language == language,  # type: ignore[misc]
            )  # fmt: skip
        for kind in ("portals", "networks"):
            yield from self._rates(
                "media_attention", kind, self.months, _month, any_theme,
                lambda family, kind=kind: self._kind(family.source) == kind,  # type: ignore[misc]
            )  # fmt: skip
        for theme in (one.code for one in self.themes):
            yield from self._rates(
                f"media_attention.{theme}", "", self.quarters, _quarter,
                lambda family, theme=theme: theme in family.frames,  # type: ignore[misc]
                lambda family: True,
            )  # fmt: skip
            yield from self._rates(
                f"media_attention.{theme}", "", (self._whole(),), lambda day: self._whole(),
                lambda family, theme=theme: theme in family.frames,  # type: ignore[misc]
                lambda family: True,
            )  # fmt: skip

    def _kind(self, source: str) -> str:
        return "portals" if self.platform[source] == "portal" else "networks"

    def _rates(
        self, indicator: str, variant: str, periods: Sequence[str], period_of: Callable[[date], str],
        marked: Callable[[Family], bool], base: Callable[[Family], bool],
    ) -> Iterator[Figure]:  # fmt: skip
        """One rate for each period: families with the mark per 1,000 families of the sources read."""
        covered = self._covered(period_of)
        place = {period: t for t, period in enumerate(periods)}
        row = {source: s for s, source in enumerate(self.sources)}
        shape = (len(self.sources), len(periods))
        counts, exposure = np.zeros(shape), np.zeros(shape)
        authors: list[set[bytes | str]] = [set() for _ in periods]
        for family in self.texts.families:
            if not base(family):
                continue
            s, t = row[family.source], place[period_of(family.day)]
            exposure[s, t] += 1
            if marked(family) and covered[family.source, periods[t]]:
                counts[s, t] += 1
                authors[t] |= {author or source for source, _, author in family.items}
        for source, s in row.items():
            for period, t in place.items():
                if not covered[source, period] or not exposure[:, t].any():
                    counts[s, t] = exposure[s, t] = np.nan
        n = np.nansum(counts, axis=0)
        try:
            made = effort_rates(
                counts, exposure, covariates={}, level=self.level, source=self.source,
                synthetic=self.study.synthetic,
            ).rates  # fmt: skip
        except NotDefined as why:
            made = tuple(self._missing(why.reason) for _ in periods)
        for t, estimate in enumerate(made):
            if estimate.value is not None:
                reasons = (*estimate.reasons, _BY_RULE)
                estimate = replace(estimate, reasons=reasons, grade=grade_from_faults(len(reasons)))
                estimate = protected_text_cell(estimate, int(n[t]), len(authors[t]))
            yield self._figure(indicator, periods[t], estimate, variant)

    def _missing(self, reason: str) -> Estimate:
        return Estimate(
            value=None, unit="per 1,000 families", method="effort_rate", grade="poor", source=self.source,
            flag="missing", reasons=(reason,),
        )  # fmt: skip

    def _covered(self, period_of: Callable[[date], str]) -> dict[tuple[str, str], bool]:
        """Whether a source was read on four days of five of a period."""
        read: Counter[tuple[str, str]] = Counter()
        whole: Counter[tuple[str, str]] = Counter()
        for source, days in self.days.items():
            for day, told in days.items():
                if told.status != "retired":
                    whole[source, period_of(day)] += 1
                    read[source, period_of(day)] += told.status in _READ
        return {key: read[key] >= ENOUGH_COVERED * n for key, n in whole.items()}

    def mentions(self) -> Iterator[Figure]:
        """How many families name a group, by the sense in which they do: attention, and nothing more."""
        families: Counter[tuple[str, str]] = Counter()
        authors: dict[tuple[str, str], set[bytes | str]] = defaultdict(set)
        for family in self.texts.families:
            for key in family.groups:
                families[key] += 1
                authors[key] |= {author or source for source, _, author in family.items}
        for (concept, sense), n in sorted(families.items()):
            if sense in ("group", "language", "organisation") and concept in self.peoples:
                estimate = self._count(n, "text_families", "texts")
                gated = protected_text_cell(estimate, n, len(authors[concept, sense]))
                yield self._figure(f"media_mentions.{sense}", self._whole(), gated, concept)

    def _count(self, n: float, method: str, unit: str, families: int | None = None) -> Estimate:
        return Estimate(
            value=float(n), unit=unit, n=int(n) if families is None else families, method=method,
            grade=grade_from_faults(1), source=self.source, flag="ok", reasons=(_BY_RULE,),
        )  # fmt: skip

    def _whole(self) -> str:
        return f"{self.watch.first.year}-{self.last.year}"

    def coverage(self) -> Iterator[Figure]:
        """Share of days on which the sources were read, by month: what every rate above rests on."""
        read: Counter[str] = Counter()
        whole: Counter[str] = Counter()
        for days in self.days.values():
            for day, told in days.items():
                if told.status != "retired":
                    whole[_month(day)] += 1
                    read[_month(day)] += told.status in _READ
        for month in self.months:
            estimate = Estimate(
                value=100 * read[month] / whole[month], unit="percent of days", n=whole[month],
                method="source_days", grade="good", source=self.source,
            )  # fmt: skip
            yield self._figure("media_covered", month, estimate, "")

    def spread(self, key: str, area_id: str) -> Iterator[Figure]:
        """How far word of an incident had gone by a day: texts, sources, views, and the part from outside.

        Days are told together until each step adds ten families by five authors, so that no step can be
        taken apart; what comes after the last whole step is not told.
        """
        zone = ZoneInfo(self.watch.timezone)
        home = {one.source_id for one in self.watch.sources if one.area_id == area_id}
        told = sorted(self.texts.spread[key], key=lambda row: row[0])
        families: set[int] = set()
        sources: set[str] = set()
        step: set[int] = set()
        authors: set[bytes | str] = set()
        items = outside = views = 0
        for k, (moment, family, source, author, seen) in enumerate(told):
            step |= {family} - families
            families.add(family)
            sources.add(source)
            authors.add(author or source)
            items, outside, views = items + 1, outside + (source not in home), views + seen
            day = moment.astimezone(zone).date()
            if k + 1 < len(told) and told[k + 1][0].astimezone(zone).date() == day:
                continue
            if len(step) < MIN_FAMILIES or len(authors) < MIN_AUTHORS:
                continue
            n = len(families)
            for name, value, unit in (
                ("texts", items, "texts"),
                ("sources", len(sources), "sources"),
                ("views", views, "views"),
                ("outside", 100 * outside / items, "percent of texts"),
            ):
                estimate = self._count(value, "spread_so_far", unit, n)
                yield self._figure(f"media_spread_{name}", day.isoformat(), estimate, key)
            step, authors = set(), set()

    def _figure(self, indicator: str, period: str, estimate: Estimate, variant: str) -> Figure:
        return Figure(
            indicator=indicator, area_id=self.study.focus, period_id=period, estimate=estimate,
            klass="computed", variant=f"texts {variant}".rstrip(),
        )  # fmt: skip

    def told(self, grey: tuple[GreyShare, ...], names: dict[str, Words]) -> Discourse:
        named = Counter(concept for family in self.texts.families for concept, _ in family.groups)
        return Discourse(
            rule=self.rule,
            first=self.watch.first,
            last=self.last,
            months=self.months,
            quarters=self.quarters,
            languages=self.languages,
            themes=self.themes,
            groups=tuple(name for name, _ in named.most_common() if name in self.peoples),
            items=self.texts.items,
            families=len(self.texts.families),
            aside=self.texts.aside,
            sources=tuple(self._source(one.source_id) for one in self.watch.sources if not one.of_a_person),
            grey=grey,
            codes=names,
            bundle=self.texts.bundle,
        )

    def _source(self, source_id: str) -> SourceCovered:
        one = self.watch.source(source_id)
        assert one is not None
        months = []
        for month in self.months:
            days = [row for day, row in self.days[source_id].items() if _month(day) == month]
            lost = [row for row in days if row.status not in _READ]
            why = lost[0].reason or lost[0].status if lost else ""
            months.append((len(days) - len(lost), len(days), why))
        return SourceCovered(
            name=one.name, platform=one.platform, language=one.language, area_id=one.area_id,
            months=tuple(months),
        )  # fmt: skip


def _themes() -> tuple[Theme, ...]:
    """The frames of the annotation codebook, in its order."""
    from kelisim.annotation.frames import load_codebook

    return tuple(
        Theme(entry.id, entry.titles, entry.definition)
        for entry in load_codebook().entries
        if entry.kind == "frame"
    )


def _peoples() -> frozenset[str]:
    """Concepts of the lexicon that are names of peoples."""
    from kelisim.annotation.lexicon import load_lexicon

    return frozenset(concept.id for concept in load_lexicon().concepts if concept.kind == "ethnonym")


def _names(codebook: Codebook) -> dict[str, Words]:
    """What each variable and code is called: "tone.negative" -> "Tone to the group: negative"."""
    return {
        f"{variable.code}.{value.code}": Words(
            *(f"{variable.label.say(one)}: {value.label.say(one)}" for one in ("kk", "ru", "en"))
        )
        for variable in codebook.variables
        for value in variable.values
    }


def _coded(folder: Path, study: Study, codebook: Codebook) -> tuple[list[Figure], tuple[GreyShare, ...]]:
    """Corrected shares of the coded samples of a study, and those that may not be told yet."""
    assert study.discourse is not None
    made: dict[tuple[str, str, str, str, str], Figure] = {}
    grey: dict[tuple[str, str, str, str, str], GreyShare] = {}
    for declared in study.discourse.coded:
        sample = _sample(folder, declared)
        found = estimates_of(
            codebook, sample, judgements_in(folder / declared.folder),
            {codebook.version: codebook.meanings()}, count="families",
            level=study.thresholds.interval_level, draws=study.discourse.draws, only=declared.variables,
        )  # fmt: skip
        for told in found:
            key = (told.variable, told.code, told.group, told.language, told.period)
            if told.estimate.value is not None:
                made[key] = _share(study, told)
            else:
                before = grey.get(key)
                now = _grey(told, sample)
                grey[key] = now if before is None or now.coded > before.coded else before
    left = tuple(one for key, one in grey.items() if key not in made)
    return list(made.values()), left


def _sample(folder: Path, declared: CodedSample) -> StoredSample:
    try:
        return sample_in(folder / declared.folder)
    except (OSError, ValueError, TypeError, KeyError) as error:
        reason = f"the coded sample cannot be read: {error}."
        raise Refused([Fault(declared.folder, None, "", reason, "restore its files.")]) from error


def _share(study: Study, told: Told) -> Figure:
    rule = study.discourse
    source = rule.texts.source_id if rule is not None and rule.texts is not None else told.estimate.source
    of_group = f" {told.group}" if told.group else ""
    return Figure(
        indicator=f"media_share.{told.variable}.{told.code}",
        area_id=study.focus,
        period_id=_years(told.period),
        estimate=replace(told.estimate, source=source, se=None, df=None, deff=None),
        klass="computed",
        variant=f"texts {told.language}{of_group}",
    )


def _years(period: str) -> str:
    """The period of a sample as figures name it: "2023-02..2024-01" as 2023-2024."""
    first, _, last = period.partition("..")
    return f"{first[:4]}-{last[:4]}" if last else period


def _grey(told: Told, sample: StoredSample) -> GreyShare:
    domain = sample.domains.get(told.group)
    strata = [
        stratum.families if domain is None else domain.families[place]
        for place, stratum in enumerate(sample.strata)
        if stratum.language == told.language and stratum.period == told.period
    ]
    return GreyShare(
        variable=told.variable, code=told.code, group=told.group, language=told.language,
        reason=told.estimate.reasons[-1], needed=needed_families(strata), coded=told.estimate.n or 0,
    )  # fmt: skip
