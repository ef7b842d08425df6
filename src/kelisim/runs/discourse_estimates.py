"""What a coded sample can say: corrected shares by variable, language, period and group, or reasons."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from kelisim.core.errors import Fault, NotDefined, Refused
from kelisim.core.estimates import Estimate
from kelisim.disclosure.texts import protected_text_cell
from kelisim.evidence.discourse.codebook import Codebook, Variable
from kelisim.evidence.discourse.coder_agreement import Verdict, agreement_of
from kelisim.evidence.discourse.corrected_shares import (
    Basis,
    CodedTexts,
    Counted,
    aligned,
    change_estimate,
    corrected_share,
    no_estimate,
    share_estimate,
)
from kelisim.evidence.discourse.gold import Design, Stratum, strata_of
from kelisim.evidence.discourse.judgements import Gold, Judgement
from kelisim.runs.discourse_coding import gold_of
from kelisim.runs.discourse_frame import Texts, domains_of
from kelisim.sources.codebook import read_codebook
from kelisim.stats.stratified_shares import ShareDraws
from kelisim.store.coding import StoredSample, Unit, kept_meanings, read_judgements, read_sample

__all__ = ["Told", "estimates", "estimates_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One statement: the share of a code, or its change since the period before, and why where there is none.

    group : group the variable was asked about, "" for the text; since : period before, "" for a share
    """

    variable: str
    code: str
    language: str
    period: str
    group: str
    since: str
    estimate: Estimate
    explanation: str


@dataclass(frozen=True, slots=True)
class _Cell:
    """One language and period of the texts that are spoken of, with the strata of its coded sample."""

    language: str
    period: str
    drawn: tuple[Stratum, ...]
    places: Mapping[int, int]
    now: tuple[Stratum, ...]
    authors: int
    last_day: date
    now_last_day: date
    bundle: str
    carried: bool
    stale: str = ""


def estimates(
    study: Path,
    name: str,
    *,
    count: Counted,
    level: float,
    draws: int,
    only: Sequence[str] = (),
    changes: bool = False,
    texts: Texts | None = None,
) -> list[Told]:
    """All shares of a sample's codes of interest, gated as for the public.

    only : variables, all where it is empty; changes : also the change from each period to the next
    texts : other texts of which the sample is to speak; None for those it was drawn from
    Raises: StoreError, Refused.
    """
    return estimates_of(
        read_codebook(study), read_sample(study, name), read_judgements(study, name), kept_meanings(study),
        count=count, level=level, draws=draws, only=only, changes=changes, texts=texts,
    )  # fmt: skip


def estimates_of(
    codebook: Codebook,
    sample: StoredSample,
    judgements: Sequence[Judgement],
    meanings: Mapping[str, Mapping[str, str]],
    *,
    count: Counted,
    level: float,
    draws: int,
    only: Sequence[str] = (),
    changes: bool = False,
    texts: Texts | None = None,
) -> list[Told]:
    """The same of a sample that is at hand.  Raises: Refused."""
    golds = {v.code: gold_of(judgements, v.code, codebook, meanings) for v in codebook.variables}
    for one in only:
        if one not in golds:
            way_out = f"take one of {', '.join(golds)}."
            raise Refused([Fault("--variable", None, one, "the codebook does not have it.", way_out)])
    told: list[Told] = []
    for variable in codebook.variables:
        if only and variable.code not in only:
            continue
        verdicts = _verdicts(variable, golds[variable.code], sample, level, draws)
        for group in sorted(sample.domains) if variable.asked == "group" else ("",):
            for code in variable.of_interest:
                rng = np.random.default_rng([sample.seed, 2])
                made = [
                    _share(variable, code, group, cell, sample, golds, codebook,
                           verdicts.get(cell.language, "not gold"), count, level, draws, rng)
                    for cell in _cells(sample, texts, group)
                ]  # fmt: skip
                told += [one for one, _, _ in made]
                if changes:
                    told += _changes(made, count, level, sample)
    return told


def _verdicts(
    variable: Variable, gold: Gold, sample: StoredSample, level: float, draws: int
) -> dict[str, Verdict]:
    language = {unit.unit: sample.strata[unit.stratum].language for unit in sample.units}
    by: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for (unit, _), given in sorted(gold.given.items()):
        if unit in language:
            by[language[unit]].append(given)
    return {
        one: agreement_of(
            variable, one, given, level=level, draws=draws, rng=np.random.default_rng([sample.seed, 1])
        ).verdict
        for one, given in by.items()
    }


def _cells(sample: StoredSample, texts: Texts | None, group: str) -> Iterator[_Cell]:
    by: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, stratum in enumerate(sample.strata):
        by[stratum.language, stratum.period].append(place)
    drawn: dict[tuple[str, str], tuple[Stratum, ...]] = {}
    domain = sample.domains.get(group)
    for key, places in by.items():
        strata = tuple(sample.strata[h] for h in places)
        if domain is not None:
            strata = tuple(
                replace(s, families=domain.families[h], items=domain.items[h])
                for s, h in zip(strata, places, strict=True)
            )
        drawn[key] = strata
    if texts is None:
        for (language, period), strata in drawn.items():
            cell = f"{language}/{period}"
            authors = (sample.authors if domain is None else domain.authors).get(cell, 0)
            day = date.fromisoformat(sample.last_days[cell])
            places_ = {h: k for k, h in enumerate(by[language, period])}
            yield _Cell(language, period, strata, places_, strata, authors, day, day, sample.bundle, False)
        return
    yield from _carried(sample, texts, group, by, drawn)


def _carried(
    sample: StoredSample,
    texts: Texts,
    group: str,
    by: Mapping[tuple[str, str], list[int]],
    drawn: Mapping[tuple[str, str], tuple[Stratum, ...]],
) -> Iterator[_Cell]:
    """Cells of other texts, each with the latest coded sample of its language."""
    owner, found = strata_of(texts.frame, Design(**sample.design), like=sample.strata)
    domain = domains_of(texts, owner, len(found)).get(group) if group else None
    cells: dict[tuple[str, str], list[Stratum]] = defaultdict(list)
    for place, stratum in enumerate(found):
        if domain is not None:
            stratum = replace(stratum, families=domain.families[place], items=domain.items[place])
        cells[stratum.language, stratum.period].append(stratum)
    authors = texts.author_counts() if domain is None else domain.authors
    for (language, period), strata in cells.items():
        known = [key for key in drawn if key[0] == language]
        if not known:
            continue
        key = max(known, key=lambda k: sample.last_days[f"{k[0]}/{k[1]}"])
        stale, now = "", drawn[key]
        try:
            now = aligned(drawn[key], strata)
        except NotDefined as error:
            stale = str(error)
        cell = f"{language}/{period}"
        yield _Cell(
            language, period, drawn[key], {h: k for k, h in enumerate(by[key])}, now, authors.get(cell, 0),
            date.fromisoformat(sample.last_days[f"{key[0]}/{key[1]}"]), texts.last_days[cell], texts.bundle,
            True, stale,
        )  # fmt: skip


def _share(
    variable: Variable, code: str, group: str, cell: _Cell, sample: StoredSample, golds: Mapping[str, Gold],
    codebook: Codebook, verdict: Verdict, count: Counted, level: float, draws: int, rng: np.random.Generator,
) -> tuple[Told, ShareDraws | None, tuple[str, ...]]:  # fmt: skip
    gold = golds[variable.code]
    units = [u for u in sample.units if u.stratum in cell.places and (not group or group in u.groups)]
    coded = _coded(units, variable, code, group, cell, golds, codebook)
    here = {unit.unit for unit in units}
    basis = Basis(
        drawn=cell.drawn,
        now=cell.now,
        verdict=verdict,
        undecided=sum(unit in here and target == group for unit, target in gold.open),
        last_day=cell.last_day,
        now_last_day=cell.now_last_day,
        bundle=sample.bundle,
        now_bundle=cell.bundle,
        carried=cell.carried,
    )
    source = f"sample {sample.sample} of {sample.frame['file']}, codebook {codebook.version}"
    explanation, share = "", None
    try:
        if cell.stale:
            raise NotDefined("stale", cell.stale)
        share = corrected_share(coded, basis, count=count, draws=draws, rng=rng)
        estimate = share_estimate(
            share, basis, count=count, level=level, source=source, synthetic=sample.synthetic
        )
        families = sum(s.families for s in cell.now)
        gated = protected_text_cell(estimate, families, cell.authors)
        if gated.value is None:
            explanation, share = "fewer than 10 families of texts or 5 authors stand behind it", None
        estimate = gated
    except NotDefined as why:
        estimate, explanation = no_estimate(why, count=count, source=source, n=len(coded)), str(why)
    told = Told(
        variable=variable.code, code=code, language=cell.language, period=cell.period, group=group, since="",
        estimate=estimate, explanation=explanation,
    )  # fmt: skip
    return told, share, estimate.reasons


def _coded(
    units: Sequence[Unit], variable: Variable, code: str, group: str, cell: _Cell,
    golds: Mapping[str, Gold], codebook: Codebook,
) -> CodedTexts:  # fmt: skip
    """The units with a code that counts; a question that the answers before ruled out is answered by that."""
    kept, positive = [], []
    for unit in units:
        said = golds[variable.code].codes.get((unit.unit, group))
        if said is None and not _ruled_out(unit, variable, group, golds, codebook):
            continue
        kept.append(unit)
        positive.append(said == code)
    return CodedTexts(
        stratum=np.array([cell.places[unit.stratum] for unit in kept], dtype=np.int64),
        positive=np.array(positive, dtype=bool),
        size=np.array([unit.size for unit in kept], dtype=np.int64),
        source=np.array([unit.source for unit in kept], dtype=object),
    )


def _ruled_out(
    unit: Unit, variable: Variable, group: str, golds: Mapping[str, Gold], codebook: Codebook
) -> bool:
    if variable.ask_if is None:
        return False
    name, codes = variable.ask_if
    earlier = codebook.variable(name)
    target = group if earlier is not None and earlier.asked == "group" else ""
    said = golds[name].codes.get((unit.unit, target))
    return said is not None and said not in codes


def _changes(
    made: Sequence[tuple[Told, ShareDraws | None, tuple[str, ...]]],
    count: Counted,
    level: float,
    sample: StoredSample,
) -> Iterator[Told]:
    by: dict[str, list[tuple[Told, ShareDraws | None, tuple[str, ...]]]] = defaultdict(list)
    for one in made:
        by[one[0].language].append(one)
    for rows in by.values():
        rows.sort(key=lambda row: row[0].period)
        for (old, before, reasons), (new, after, more) in itertools.pairwise(rows):
            explanation = ""
            if before is not None and after is not None:
                estimate = change_estimate(
                    after, before, count=count, level=level, source=new.estimate.source,
                    reasons=tuple(dict.fromkeys((*reasons, *more))), synthetic=sample.synthetic,
                )  # fmt: skip
            else:
                lacking = old if before is None else new
                explanation = f"there is no share of {lacking.period}"
                why = NotDefined(lacking.estimate.reasons[-1], explanation)
                estimate = no_estimate(why, count=count, source=new.estimate.source)
            yield replace(new, since=old.period, estimate=estimate, explanation=explanation)
