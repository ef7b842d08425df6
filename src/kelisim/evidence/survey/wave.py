"""What a wave with answers of persons says: shares, means and their doubt, of all, by area, language and
group.

Every question of the form is told by its kind. Closed questions: the share of every option among those who
answered, "hard to answer" being an answer and "refused" none. Several answers: the part of respondents, and
of the oblast the part of all answers too. Scales: the mean everywhere, the distribution of all together.
Questions that feed a card or an item of the index carry its name. Sensitive items are never told by
themselves; they only divide. Nothing here may leave yet: every figure carries its `Tally` for the gate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import NotDefined
from kelisim.core.estimates import Estimate, Figure, Grade, Tally
from kelisim.core.questionnaire import Item, Option
from kelisim.core.waves import ALL, LANGUAGE, Feed, Wave
from kelisim.stats.survey.calibration import rake
from kelisim.stats.survey.coding import Coded
from kelisim.stats.survey.design import Design
from kelisim.stats.survey.moments import mean, share_of
from kelisim.stats.survey.multiple import multiple
from kelisim.stats.survey.reliability import Limits, judge_shares
from kelisim.stats.survey.results import Estimates, SurveyEstimate
from kelisim.stats.survey.sample import Sample

__all__ = ["RARE", "sample_of", "scores_of", "wave_figures"]

RARE = "rare"


def sample_of(wave: Wave) -> Sample:
    """The answers joined to their design, raked to the known margins where the study gives them.

    Raises: Refused with every fault of weights, strata, units and margins.
    """
    drawn = wave.drawn
    design = Design(
        kind=drawn.kind, weights=drawn.weights, lonely=drawn.lonely, strata=drawn.strata, psu=drawn.psu,
        fpc=drawn.fpc, nest=drawn.nest, collapse=drawn.collapse,
    )  # fmt: skip
    sample = Sample(_columns(wave), design, name=wave.file, rows=wave.answers.lines.tolist())
    return rake(sample, wave.margins, variance="regression").sample if wave.margins else sample


def _columns(wave: Wave) -> dict[str, NDArray[Any]]:
    """Answers by column, "" where there is none; beside them scores, and what divides respondents."""
    answers = wave.answers
    found: dict[str, NDArray[Any]] = {}
    for column in answers.questionnaire.columns():
        values = answers.data[column.name]
        if column.holds == "code":
            values = np.where(answers.answered(column.name), values, "").astype(object)
            if scores := scores_of(column.item):
                points = [scores.get(str(value), np.nan) for value in values]
                found[_scored(column.name)] = np.array(points)
        if column.holds != "date":
            found[column.name] = values
    if wave.area_item is not None:
        found[_split("area")] = _mapped(found[wave.area_item], wave.areas)
    if wave.group_item is not None:
        found[_split("group")] = _mapped(found[wave.group_item], wave.groups)
    if (answers.languages != "").any():
        found[_split(LANGUAGE)] = answers.languages.astype(object)
    return found


def _mapped(codes: NDArray[Any], known: Mapping[str, str]) -> NDArray[Any]:
    return np.array([known.get(str(code), "") for code in codes], dtype=object)


def _split(name: str) -> str:
    return f"split {name}"


def _scored(column: str) -> str:
    return f"scores {column}"


def scores_of(item: Item) -> dict[str, float]:
    """Option -> the number it stands for; options that stand for none, as "hard to answer", are left out."""
    found = {}
    for option in item.options:
        if option.score is not None:
            found[option.code] = option.score
        elif item.type in ("scale", "grid") and option.missing_kind is None and option.code.isdecimal():
            found[option.code] = float(option.code)
    return found


@dataclass(frozen=True, eq=False)
class _Telling:
    """What all questions of one wave are told with."""

    wave: Wave
    sample: Sample
    columns: Mapping[str, NDArray[Any]]
    level: float
    units: Mapping[str, str]
    rare: int

    @property
    def splits(self) -> tuple[str, ...]:
        return (ALL, *(name for name in ("area", LANGUAGE, "group") if _split(name) in self.columns))

    def feeds(self, split: str) -> bool:
        """Whether figures of a split carry the name of the card that their question feeds."""
        return split == ALL or (split == "area" and self.wave.feeds_areas)


def wave_figures(wave: Wave, *, level: float, units: Mapping[str, str], rare: int) -> Iterator[Figure]:
    """All figures of a wave, in the order of the form.

    level : of the intervals; units : unit of every card and index item that a question may feed
    rare : options that fewer respondents chose are told together, with the next rarest
    A picked sample gives shares "of those interviewed" without interval, graded poor.
    """
    sample = sample_of(wave)
    telling = _Telling(wave, sample, _columns(wave), level, units, rare)
    # What weights or quotas were fitted to comes out as it was put in: no finding.
    about = {wave.area_item, wave.group_item, *wave.drawn.quotas, *wave.margins}
    for item in wave.answers.questionnaire.items:
        if item.role or item.sensitive or item.code in about:
            continue
        if item.type == "single":
            yield from _single(telling, item)
        elif item.type == "multiple":
            yield from _multiple(telling, item)
        elif item.type == "scale":
            yield from _scale(telling, item, item.code)
        elif item.type == "grid":
            for row in item.rows:
                yield from _scale(telling, item, f"{item.code}_{row}")
        elif item.type == "number":
            yield from _means(telling, item.code, item.code)


def _feeding(wave: Wave, question: str) -> list[tuple[str, Feed]]:
    return [(name, feed) for name, feed in wave.feeds.items() if feed.question == question]


def _coded(values: NDArray[Any], groups: Sequence[tuple[str, Sequence[str]]]) -> Coded:
    """Answers as places in `groups` (name, options joined under it); what is in none of them is no answer."""
    place = {code: k for k, (_, codes) in enumerate(groups) for code in codes}
    codes = np.array([place.get(str(value), -1) for value in values], dtype=np.int32)
    return Coded(codes, tuple(name for name, _ in groups))


def _answered(item: Item) -> list[Option]:
    return [option for option in item.options if option.missing_kind != "refused"]


def _told(t: _Telling, item: Item, joining: bool) -> list[tuple[str, list[str]]]:
    """The options as they are told: those chosen by few respondents joined, so that a row can leave whole.

    joining : False where a share of some options is told too, since it could take a join apart
    """
    codes = [option.code for option in _answered(item)]
    if not joining:
        return [(code, [code]) for code in codes]
    values = t.wave.answers.data[item.code]
    cases = {code: int((values == code).sum()) for code in codes}
    joined: list[str] = []
    for code in sorted(codes, key=lambda code: cases[code]):
        few = cases[code] < t.rare or (joined and sum(cases[c] for c in joined) < 2 * t.rare)
        if few and len(codes) - len(joined) > 2:
            joined.append(code)
    if len(joined) < 2:
        return [(code, [code]) for code in codes]
    kept = [(code, [code]) for code in codes if code not in joined]
    return [*kept, (RARE, [code for code in codes if code in joined])]


def _steps(t: _Telling, item: Item, column: str) -> list[tuple[str, list[str]]]:
    """Steps of a scale in their order; one that few respondents chose is told with its smaller neighbour."""
    values = t.columns[column]
    scored = scores_of(item)
    bands = [[option.code] for option in _answered(item) if option.code in scored]
    others = [(option.code, [option.code]) for option in _answered(item) if option.code not in scored]

    def cases(band: Sequence[str]) -> int:
        return int(np.isin(values, band).sum())

    while len(bands) > 3 and min(map(cases, bands)) < t.rare:
        k = min(range(len(bands)), key=lambda k: cases(bands[k]))
        beside = [j for j in (k - 1, k + 1) if 0 <= j < len(bands)]
        first, second = sorted((k, min(beside, key=lambda j: cases(bands[j]))))
        bands[first : second + 1] = [bands[first] + bands[second]]
    named = [(band[0] if len(band) == 1 else f"{band[0]}..{band[-1]}", band) for band in bands]
    return [*named, *others]


def _single(t: _Telling, item: Item) -> Iterator[Figure]:
    feeds = _feeding(t.wave, item.code)
    options = _told(t, item, joining=not any(feed.options for _, feed in feeds))
    coded = _coded(t.columns[item.code], options)
    for name, feed in feeds:
        if not feed.options:
            yield from _means(t, item.code, name, tuple(scores_of(item).values()))
    nets = [(name, feed.options) for name, feed in feeds if feed.options]
    for split in t.splits:
        # Districts are small: where a question feeds the index, they are told that share and no more.
        if not (split == "area" and nets and t.wave.feeds_areas):
            yield from _shares(t, item.code, coded, split)
    yield from _nets(t, item, item.code, nets)
    yield from _silent(t, item)
    unsure = [option.code for option in item.options if option.missing_kind == "dont_know"]
    if unsure and not any(set(unsure) & set(codes) for name, codes in options if name == RARE):
        yield from _without_dont_know(t, item.code, [o for o in options if o[0] not in unsure], coded)


def _nets(
    t: _Telling, item: Item, column: str, nets: Sequence[tuple[str, Sequence[str]]]
) -> Iterator[Figure]:
    """Shares that feed a card or the index: some options against all others, of all and by area."""
    for name, chosen in nets:
        rest = [option.code for option in _answered(item) if option.code not in chosen]
        net = _coded(t.columns[column], [(name, chosen), ("rest", rest)])
        for split in (split for split in t.splits if t.feeds(split)):
            yield from _shares(t, column, net, split, feeding=name)


def _made(t: _Telling, question: str, coded: Coded, split: str) -> Estimates | None:
    by = () if split == ALL else (_split(split),)
    try:
        return share_of(t.sample, question, coded, level=t.level, by=by)
    except NotDefined:
        return None


def _shares(t: _Telling, question: str, coded: Coded, split: str, feeding: str = "") -> Iterator[Figure]:
    made = _made(t, question, coded, split)
    if made is None:
        return
    verdicts = judge_shares(made, Limits()) if made.spread is not None else ()
    for i, one in enumerate(made):
        if one.n == 0 or (feeding and one.category != feeding):
            continue
        own = f"{t.wave.wave_id}.{question}"
        status = verdicts[i].status if verdicts and not feeding else "publish"
        yield _figure(
            t, one, split,
            indicator=feeding or f"wave_share.{own}.{one.category}",
            unit="percent", method="survey_share", times=100.0, status=status,
            # The share that feeds the index makes a row of its own of those districts; of all together it
            # is a sum of options that stand beside it.
            tally=_tally(t, one, f"{own}#{feeding}" if feeding else own, split, counted=True,
                         rests_on=(own,) if feeding and split == ALL else ()),
        )  # fmt: skip


def _without_dont_know(
    t: _Telling, question: str, options: Sequence[tuple[str, Sequence[str]]], coded: Coded
) -> Iterator[Figure]:
    """Shares among those with an opinion, where one of them differs by more than a point."""
    both = _made(t, question, coded, ALL)
    made = _made(t, question, _coded(t.columns[question], options), ALL)
    if both is None or made is None:
        return
    before = {one.category: one.value or 0.0 for one in both}
    if all(abs((one.value or 0.0) - before[one.category]) <= 0.01 for one in made):
        return
    own = f"{t.wave.wave_id}.{question}"
    for one in made:
        yield _figure(
            t, one, ALL, indicator=f"wave_known.{own}.{one.category}", unit="percent",
            method="survey_share", times=100.0,
            tally=_tally(t, one, f"{own}#known", ALL, counted=True, rests_on=(own,)),
        )  # fmt: skip


def _silent(t: _Telling, item: Item) -> Iterator[Figure]:
    """The part of those asked who refused or said nothing; left out where it is small."""
    asked = t.wave.answers.asked[item.code]
    values = t.columns[item.code]
    refused = {option.code for option in item.options if option.missing_kind == "refused"}
    silent = asked & np.array([not value or value in refused for value in values])
    if int(silent.sum()) < t.rare:
        return
    codes = np.where(asked, np.where(silent, 0, 1), -1).astype(np.int32)
    made = _made(t, item.code, Coded(codes, ("silent", "spoke")), ALL)
    own = f"{t.wave.wave_id}.{item.code}"
    for one in made or ():
        if one.category == "silent":
            yield _figure(
                t, one, ALL, indicator=f"wave_silent.{own}", unit="percent", method="survey_share",
                times=100.0, tally=_tally(t, one, f"{own}#silent", ALL, counted=True),
            )  # fmt: skip


def _multiple(t: _Telling, item: Item) -> Iterator[Figure]:
    columns = [f"{item.code}_{option.code}" for option in item.options]
    known = {f"{item.code}_{option.code}": option for option in item.options}
    alone = [name for name, option in known.items() if option.alone]
    own, asked = f"{t.wave.wave_id}.{item.code}", t.wave.answers.asked[item.code]
    cards = {feed.options[0]: name for name, feed in _feeding(t.wave, item.code) if len(feed.options) == 1}
    for split in t.splits:
        by = () if split == ALL else (_split(split),)
        try:
            made = multiple(t.sample, columns, asked=asked, level=t.level, exclusive=alone, by=by)
        except NotDefined:
            continue
        shares = made.respondents
        verdicts = judge_shares(shares, Limits()) if shares.spread is not None else ()
        for i, one in enumerate(shares):
            if one.n == 0:
                continue
            code = known[str(one.category)].code
            told = cards.get(code, "") if t.feeds(split) else ""
            yield _figure(
                t, one, split, indicator=told or f"wave_share.{own}.{code}", unit="percent",
                method="survey_share", times=100.0, status=verdicts[i].status if verdicts else "publish",
                tally=_tally(t, one, f"{own}#{code}", split, counted=True),
            )  # fmt: skip
        rows = tuple(f"{own}#{option.code}" for option in item.options)
        for one in made.answers if split == ALL else ():
            code = known[str(one.category)].code
            yield _figure(
                t, one, ALL, indicator=f"wave_answers.{own}.{code}", unit="percent",
                method="survey_answers", times=100.0,
                # Parts of all answers add up to 100: one of them withheld would follow from the others.
                tally=_tally(t, one, f"{own}#answers", ALL, counted=False, rests_on=rows),
            )  # fmt: skip


def _scale(t: _Telling, item: Item, column: str) -> Iterator[Figure]:
    feeds = _feeding(t.wave, column)
    name = next((name for name, feed in feeds if not feed.options), column)
    yield from _means(t, column, name, tuple(scores_of(item).values()))
    yield from _shares(t, column, _coded(t.columns[column], _steps(t, item, column)), ALL)
    yield from _nets(t, item, column, [(name, feed.options) for name, feed in feeds if feed.options])


def _means(t: _Telling, column: str, name: str, points: Sequence[float] = ()) -> Iterator[Figure]:
    """Means of the scores of a column, or of the column itself where it holds numbers."""
    own = f"{t.wave.wave_id}.{column}"
    unit = t.units.get(name) or (f"scale {min(points):g}-{max(points):g}" if points else "number")
    # With two points the mean is a share under another name.
    rests_on = (own,) if len(points) == 2 else ()
    for split in t.splits:
        by = () if split == ALL else (_split(split),)
        try:
            made = mean(t.sample, _scored(column) if points else column, level=t.level, by=by)
        except NotDefined:
            continue
        for one in made:
            if one.n == 0:
                continue
            feeding = name in t.wave.feeds and t.feeds(split)
            yield _figure(
                t, one, split, indicator=name if feeding else f"wave_mean.{own}", unit=unit,
                method="survey_mean", status=_status(one, feeding and split == "area"),
                tally=_tally(t, one, f"{own}#mean", split, counted=False, rests_on=rests_on),
            )  # fmt: skip


def _status(one: SurveyEstimate, judged_later: bool) -> str:
    """Means are held to the effective n of shares; districts that feed the index are judged there."""
    if one.se is None:
        return "publish"
    n_eff = one.n if one.n_eff is None else min(one.n_eff, one.n)
    if n_eff < Limits().n_eff and not judged_later:
        return "withheld"
    return "flag" if one.df is None or one.df < Limits().df else "publish"


def _tally(
    t: _Telling,
    one: SurveyEstimate,
    question: str,
    split: str,
    *,
    counted: bool,
    rests_on: tuple[str, ...] = (),
) -> Tally:
    # Weights are brought to sum to the interviews, so that both kinds of count are persons asked.
    weighted = one.weighted_n * t.sample.size / float(t.sample.weights.sum())
    return Tally(
        question=question,
        split=split,
        part=one.by[0][1] if one.by else "",
        n=one.n,
        weighted=weighted,
        cases=one.cases if counted else None,
        weighted_cases=weighted * (one.value or 0.0) if counted else None,
        rests_on=rests_on,
    )


def _figure(
    t: _Telling, one: SurveyEstimate, split: str, *, indicator: str, unit: str, method: str,
    tally: Tally, times: float = 1.0, status: str = "publish",
) -> Figure:  # fmt: skip
    wave, part = t.wave, one.by[0][1] if one.by else ""
    picked = wave.drawn.kind != "probability"
    grade: Grade = "poor" if picked else "acceptable" if status == "flag" else "good"
    reasons = tuple(dict.fromkeys((*(("chosen_places", "no_margin") if picked else ()), *one.reasons)))
    hidden = status == "withheld" or one.value is None
    ends = (None, None) if one.low is None or one.high is None else (times * one.low, times * one.high)
    return Figure(
        indicator=indicator,
        area_id=part if split == "area" else wave.area_id,
        period_id=wave.period_id,
        klass="computed",
        group_id=part if split == "group" else None,
        variant=f"{wave.wave_id} language {part}" if split == LANGUAGE else wave.wave_id,
        tally=tally,
        estimate=Estimate(
            value=None if hidden else times * (one.value or 0.0),
            low=None if hidden else ends[0],
            high=None if hidden else ends[1],
            level=None if hidden or ends[0] is None else one.level,
            unit=unit,
            n=None if hidden else one.n,
            method=method,
            grade=grade,
            source=wave.source_id,
            flag="withheld" if hidden else "ok",
            se=None if hidden or one.se is None else times * one.se,
            df=None if hidden else one.df,
            deff=None if hidden else one.deff,
            reasons=(*reasons, *(("unreliable",) if status == "withheld" else ())),
        ),
    )
