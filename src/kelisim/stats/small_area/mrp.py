"""Multilevel regression with post-stratification: a logit of the answers, added up over counts of the
population (Gelman and Little 1997; Park, Gelman and Bafumi 2004).

Areas, the declared effects and places are levels of a multilevel logit; the answers foretold for every cell
of the counts are averaged by the counts, area by area and draw by draw. Places have an effect of their own,
so that ten answers from one village do not pass for ten villages. Weights are scaled so that every area
counts for Kish's effective number of its interviews.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kelisim.core.errors import Fault, NotDefined, Refused
from kelisim.stats.small_area.area_model import Covariates, category_of
from kelisim.stats.small_area.cells import Cells
from kelisim.stats.small_area.direct import Smoothed, first_units, smooth
from kelisim.stats.small_area.fay_herriot import SPARE_AREAS
from kelisim.stats.small_area.gate import Limits, judge, needed_by_icc, needed_for, reliability_of
from kelisim.stats.small_area.mixed_logit import Answers, Draws, draw_effects
from kelisim.stats.small_area.results import AreaEstimate
from kelisim.stats.survey.coding import Ints
from kelisim.stats.survey.estimation import DeffKind
from kelisim.stats.survey.moments import share
from kelisim.stats.survey.results import SurveyEstimate
from kelisim.stats.survey.sample import Sample
from kelisim.stats.survey.stages import Floats

__all__ = ["mrp_shares"]

_PROBIT = 16 * np.sqrt(3) / (15 * np.pi)
_BLOCK = 8_000_000


def mrp_shares(
    sample: Sample,
    variable: str,
    *,
    by: str,
    effects: Sequence[str],
    cells: Cells,
    level: float,
    rng: np.random.Generator,
    places: Mapping[str, float] | None = None,
    categories: Sequence[str] | None = None,
    covariates: Covariates | None = None,
    limits: Limits | None = None,
    draws: int = 2000,
    deff: DeffKind = "wor",
) -> list[AreaEstimate]:
    """Shares of the categories of a variable in the areas of the column `by`, each against all the others.

    effects : columns of the sample and of the cells whose levels vary; "age:sex" is their crossing
    cells : counts of the population by area and by every column that the effects name
    covariates : numbers of every area of the cells, as fixed effects in units of their standard deviation
    places : effective number of places of each area, (sum of sizes)^2 / sum of squared sizes: the average of
        so many places is still a draw, and this doubt is added; None takes areas of endlessly many places
    draws : from the posterior; value their mean, ends their quantiles

    The average answer of a cell over places is expit(eta / sqrt(1 + c^2 sigma_place^2)), c = 16 sqrt 3 / (15
    pi). Reliability = 1 - variance of the area's draws / mean over draws of the variance between areas.
    Records without an answer, area or level do not enter the model; strata enter through the design of the
    direct estimate alone.

    Raises: NotDefined("too_few_areas" | "separation" | "no_answers" | "no_margin"), Refused for levels of the
    sample that the cells do not count.
    """
    if draws < 100:
        raise ValueError(f"quantiles need 100 draws at least, not {draws}")
    direct = share(sample, variable, by=[by], level=level, deff=deff)
    coded = sample.codes(variable)
    for label in categories or ():
        if label not in coded.labels:
            raise ValueError(
                f"'{label}' is none of the categories of '{variable}': {', '.join(coded.labels)}"
            )
    frame = _Frame(sample, by, effects, cells, covariates)
    several = _several(places, frame)
    found: list[AreaEstimate] = []
    for place, label in enumerate(coded.labels):
        if categories is not None and label not in categories:
            continue
        y = np.where(coded.codes < 0, np.nan, (coded.codes == place).astype(np.float64))
        own = {dict(one.by)[by]: one for one in direct if one.category == label}
        smoothed = _smoothed(sample, variable, by, label, y, level, deff)
        answers = frame.answers(y)
        made = draw_effects(answers, draws, rng)
        shares = (
            _area_draws(frame, made, several, rng, own_effect=True),
            _area_draws(frame, made, several, rng, own_effect=False),
        )
        found += _estimates(frame, own, smoothed, made, shares, label, variable, level, limits or Limits())
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Factor:
    """Levels of one effect: codes of the records (-1 where unknown) and of the cells, and their number."""

    name: str
    records: Ints
    cells: Ints
    labels: tuple[str, ...]


class _Frame:
    """What all categories share: areas and effects, coded alike in the sample and in the cells."""

    def __init__(
        self, sample: Sample, by: str, effects: Sequence[str], cells: Cells, covariates: Covariates | None
    ) -> None:
        if by in effects:
            raise ValueError(f"'{by}' is the area, which always has an effect; leave it out of the effects")
        self.sample, self.by, self.cells = sample, by, cells
        self.factors = [_factor(sample, cells, name) for name in dict.fromkeys([by, *effects])]
        self.areas = self.factors[0].labels
        self.x = np.ones((len(self.areas), 1))
        self.names = covariates.names if covariates is not None else ()
        if covariates is not None and self.names:
            self.x = np.concatenate((self.x, _standard(covariates, self.areas, sample)), axis=1)
        self.places = bool(sample.design.psu)
        known = np.all([factor.records >= 0 for factor in self.factors], axis=0)
        self.known = known & (sample.weights > 0)
        sampled = np.unique(self.factors[0].records[self.known]).size
        if sampled - self.x.shape[1] < SPARE_AREAS:
            words = f"{sampled} areas with answers and {self.x.shape[1]} terms; {SPARE_AREAS} more are needed"
            raise NotDefined("too_few_areas", words)

    def answers(self, y: Floats) -> Answers:
        """Answers grouped by what the model cannot tell apart."""
        used = self.known & np.isfinite(y)
        columns = [factor.records[used] for factor in self.factors]
        sizes = [len(factor.labels) for factor in self.factors]
        _, place = np.unique(first_units(self.sample)[used], return_inverse=True)
        columns.append(place if self.places else np.zeros(place.size, dtype=np.intp))
        w, area = self.sample.weights[used], columns[0]
        total = np.bincount(area, weights=w, minlength=sizes[0])
        squares = np.bincount(area, weights=w * w, minlength=sizes[0])
        # Every area counts for (sum w)^2 / sum w^2 answers.
        w = w * (total[area] / squares[area])
        levels, row = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
        row = row.ravel()
        asked = np.bincount(row, weights=w).astype(np.float64)
        yes = np.bincount(row, weights=w * y[used]).astype(np.float64)
        own = levels[:, -1] if self.places else None
        return Answers(yes, asked, self.x[levels[:, 0]], levels[:, :-1], tuple(sizes), own)

    def unseen(self) -> Floats:
        """Share of each area's population in levels that nobody asked has."""
        alone = np.zeros(self.cells.count.size, dtype=bool)
        for factor in self.factors[1:]:
            seen = np.zeros(len(factor.labels), dtype=bool)
            seen[factor.records[self.known]] = True
            alone |= ~seen[factor.cells]
        area = self.factors[0].cells
        total = np.bincount(area, weights=self.cells.count, minlength=len(self.areas))
        return np.bincount(area, weights=self.cells.count * alone, minlength=len(self.areas)) / np.maximum(
            total, 1e-300
        )


def _factor(sample: Sample, cells: Cells, name: str) -> _Factor:
    """One column, or the crossing "a:b" of several, coded alike in both tables."""
    parts = [name] if name in cells.names else [part.strip() for part in name.split(":")]
    records: Ints = np.zeros(sample.size, dtype=np.intp)
    inner: Ints = np.zeros(cells.count.size, dtype=np.intp)
    labels: tuple[str, ...] = ("",)
    missing: Ints = np.zeros(sample.size, dtype=np.intp)
    for part in parts:
        codes, known = cells.column(part)
        coded = sample.codes(part)
        lost = sorted(set(coded.labels) - set(known))
        if lost:
            told = ", ".join(repr(label) for label in lost[:5])
            words = f"the sample has {told}, which the counts do not have."
            way_out = "spell categories alike in the survey and in the counts."
            raise Refused([Fault("cells", None, part, words, way_out)])
        table = np.array([*(known.index(label) for label in coded.labels), 0], dtype=np.intp)
        records = records * len(known) + table[coded.codes]
        missing = missing | (coded.codes < 0)
        inner = inner * len(known) + codes
        labels = tuple(f"{first}:{label}" if first else label for first in labels for label in known)
    return _Factor(name, np.where(missing > 0, -1, records), inner, labels)


def _standard(covariates: Covariates, areas: Sequence[str], sample: Sample) -> Floats:
    lost = [area for area in areas if area not in covariates.values]
    if lost:
        words = "the counts have this area, and the covariates do not."
        raise Refused([Fault("covariates", None, area, words, "add its row.") for area in lost])
    x = np.array([covariates.values[area] for area in areas], dtype=np.float64)
    if x.shape != (len(areas), len(covariates.names)) or not np.all(np.isfinite(x)):
        raise Refused([Fault("covariates", None, "", "a number is missing.", "complete the rows.")])
    spread = x.std(axis=0)
    if np.any(spread == 0):
        raise NotDefined("collinear", "a covariate is the same in all areas")
    made: Floats = (x - x.mean(axis=0)) / spread
    return made


def _smoothed(
    sample: Sample, variable: str, by: str, label: str, y: Floats, level: float, deff: DeffKind
) -> tuple[list[str], Smoothed]:
    own, area = category_of(sample, variable, label, by=by, level=level, deff=deff)
    return [dict(cell.by)[by] for cell in own.cells], smooth(sample, own, y, area)


def _several(places: Mapping[str, float] | None, frame: _Frame) -> Floats:
    """Effective places of each area, infinite where they are not told."""
    if places is None:
        return np.full(len(frame.areas), np.inf)
    lost = [area for area in frame.areas if not places.get(area, 0.0) >= 1]
    if lost:
        words = "the area has no number of places, which is 1 or more."
        raise Refused(
            [Fault("places", None, area, words, "write it, or leave the column out.") for area in lost]
        )
    return np.array([places[area] for area in frame.areas], dtype=np.float64)


def _area_draws(
    frame: _Frame, made: Draws, several: Floats, rng: np.random.Generator, *, own_effect: bool
) -> Floats:
    """(draws, areas) shares, cell by cell averaged over places and over the counts."""
    from scipy.special import expit

    terms = frame.x.shape[1]
    starts = terms + np.concatenate(([0], np.cumsum([len(f.labels) for f in frame.factors]))).astype(np.intp)
    of_places = np.square(made.sigmas[:, -1]) if frame.places else np.zeros(made.effects.shape[0])
    area = frame.factors[0].cells
    total = np.bincount(area, weights=frame.cells.count, minlength=len(frame.areas))
    found = np.full((made.effects.shape[0], len(frame.areas)), np.nan)
    for place in np.flatnonzero(total > 0).tolist():
        rows = np.flatnonzero(area == place)
        fixed = made.effects[:, :terms] @ frame.x[place]
        if own_effect:
            fixed = fixed + made.effects[:, starts[0] + place]
        fixed = fixed + rng.normal(size=fixed.size) * np.sqrt(of_places / several[place])
        shrink = 1 / np.sqrt(1 + _PROBIT**2 * of_places * (1 - 1 / several[place]))
        sums = np.zeros(fixed.size)
        for first in range(0, rows.size, max(_BLOCK // fixed.size, 1)):
            part = rows[first : first + max(_BLOCK // fixed.size, 1)]
            line = fixed[:, None] + sum(
                made.effects[:, starts[k] + factor.cells[part]]
                for k, factor in enumerate(frame.factors[1:], start=1)
            )
            sums += (
                expit(line * shrink[:, None]) @ frame.cells.count[part]
                if len(frame.factors) > 1
                else (expit(line[:, 0] * shrink) * frame.cells.count[part].sum())
            )
        found[:, place] = sums / total[place]
    return found


def _estimates(
    frame: _Frame,
    own: dict[str, SurveyEstimate],
    smoothed: tuple[list[str], Smoothed],
    made: Draws,
    both: tuple[Floats, Floats],
    label: str,
    variable: str,
    level: float,
    limits: Limits,
) -> list[AreaEstimate]:
    shares, without = both
    counted = np.isfinite(shares).all(axis=0)
    signal = float(shares[:, counted].var(axis=1, ddof=1).mean())
    middle, spread = shares.mean(axis=0), shares.std(axis=0, ddof=1)
    low, high = np.quantile(shares, [(1 - level) / 2, (1 + level) / 2], axis=0)
    first = frame.x.shape[1]
    left = made.effects[:, first : first + len(frame.areas)].var(axis=0)
    gamma = np.clip(1 - left / np.square(made.sigmas[:, 0]).mean(), 0.0, 1.0)
    order, told = smoothed
    relative = dict(zip(order, told.deff.tolist(), strict=True))
    unseen = frame.unseen()
    words = f"multilevel logit with post-stratification, effects {', '.join(f.name for f in frame.factors)}"
    words += ", places" if frame.places else ""
    words += f", covariates {', '.join(frame.names)}" if frame.names else ""
    words += f"; {frame.cells.assumption}" if frame.cells.assumption else ""
    design = frame.sample.design.kind
    found = []
    for place in np.flatnonzero(counted).tolist():
        area = frame.areas[place]
        direct = own.get(area)
        n = direct.n if direct else 0
        deff = relative.get(area, float(np.nanmedian(told.deff)))
        reliability = reliability_of(float(spread[place] ** 2), signal)
        verdict = judge(reliability, limits, asked=n > 0)
        needed = (
            _needed(reliability, n, limits.publish, signal, middle[counted], deff)
            if verdict != "publish"
            else None
        )
        reasons = ["model_based" if n else "model_only"]
        reasons += ["prior_only"] if unseen[place] > 0 else []
        reasons += ["assumed_joint"] if frame.cells.assumption else []
        found.append(
            AreaEstimate(
                statistic="share",
                variable=variable,
                category=label,
                by=((frame.by, area),),
                value=float(middle[place]),
                se=float(spread[place]),
                df=None,
                low=float(low[place]),
                high=float(high[place]),
                level=level,
                interval="quantiles of draws",
                n=n,
                cases=direct.cases if direct else 0,
                weighted_n=direct.weighted_n if direct else 0.0,
                deff=deff if n else None,
                deff_kind="smoothed",
                n_eff=n / deff if n and deff > 0 else None,
                design_kind=design,
                method=words,
                reasons=tuple(dict.fromkeys(reasons)),
                direct=direct,
                synthetic=float(without[:, place].mean()),
                gamma=float(gamma[place]),
                icc=told.icc,
                reliability=reliability,
                verdict=verdict,
                interviews_needed=needed,
                model_only=n == 0,
            )
        )
    return found


def _needed(
    reliability: float, n: int, wanted: float, signal: float, shares: Floats, deff: float
) -> int | None:
    """Interviews to open the area: in proportion where it has some (Spearman 1910, Brown 1910), from the
    likeness within areas where it has none."""
    if n and reliability > 0:
        noise = n * (1 - reliability) / reliability
        return needed_for(lambda m: m / (m + noise), wanted, now=n)
    single = float((shares * (1 - shares)).mean())
    return needed_by_icc(wanted, signal / (signal + single), deff) if single > 0 else None
