"""Questions with several answers: one 0/1 column per option, on the base of those who were asked.

Of each option two figures are told: the part of respondents who chose it (these sum above 100 %) and its
part of all answers given. A blank row is one of three things: not asked, not answered, or none chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kelisim.core.errors import NotDefined, Refused
from kelisim.stats.survey.coding import Ints
from kelisim.stats.survey.domains import make_domains
from kelisim.stats.survey.estimation import DeffKind, counted, finish, spread_of
from kelisim.stats.survey.intervals import ShareMethod
from kelisim.stats.survey.replicates import Replicates
from kelisim.stats.survey.results import Estimates
from kelisim.stats.survey.sample import Bools, Sample
from kelisim.stats.survey.stages import Floats
from kelisim.stats.survey.variance import lay_pairs, weighted_sums

__all__ = ["Multiple", "multiple"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Multiple:
    """respondents, answers : shares by option; not_asked, not_answered, none_chosen : numbers of records;
    exceeded : records with more options than allowed, reported and left as they are."""

    respondents: Estimates
    answers: Estimates
    not_asked: int
    not_answered: int
    none_chosen: int
    exceeded: tuple[int, ...]


def multiple(
    sample: Sample,
    options: Sequence[str],
    *,
    level: float,
    asked: Bools,
    exclusive: Sequence[str] = (),
    most: int | None = None,
    interval: ShareMethod = "logit",
    planned_deff: float | None = None,
    by: Sequence[str] = (),
    deff: DeffKind = "wor",
    replicates: Replicates | None = None,
) -> Multiple:
    """Shares of respondents and of answers for each option.

    options : 0/1 columns; a record with none of them filled has not answered
    asked : whom routing led to the question; exclusive : options such as "none", which go with no other
    most : greatest number of options allowed

    Raises: Refused for values other than 0 and 1, answers to a question that was not asked, and exclusive
    options chosen with others; NotDefined("no_answers").

    >>> from kelisim.stats.survey.design import Design
    >>> data = {"w": [1, 1, 1, 1], "work": [1, 1, 0, None], "trade": [1, 0, 1, None]}
    >>> sample = Sample(data, Design(kind="probability", weights="w", lonely="fail"))
    >>> made = multiple(sample, ["work", "trade"], asked=np.ones(4, dtype=bool), level=0.95)
    >>> [round(e.value, 3) for e in made.respondents], [e.value for e in made.answers], made.not_answered
    ([0.667, 0.667], [0.5, 0.5], 1)
    """
    columns = [sample.numbers(name) for name in options]
    filled = ~np.all([np.isnan(column) for column in columns], axis=0)
    asked = np.asarray(asked, dtype=bool)
    marks = [np.nan_to_num(column) for column in columns]
    chosen = np.sum(marks, axis=0)
    _check(sample, options, columns, filled, asked, exclusive, chosen)
    domains = make_domains(sample, by, None)
    valid = filled & asked if domains.valid is None else filled & asked & domains.valid
    pairs = lay_pairs(sample, domains.codes, len(domains.labels), valid, len(options))
    if pairs.pair.size == 0:
        raise NotDefined("no_answers", "nobody who was asked has answered")
    sums = weighted_sums(pairs, [None, chosen, *marks])
    counts = counted(pairs, sums.parts[0], None, 1)
    rows = np.arange(sample.size) if pairs.used is None else pairs.used
    owner = pairs.domain[pairs.pair]
    cases = np.stack([np.bincount(owner, weights=m[rows], minlength=pairs.domains) for m in marks], axis=1)
    counts = type(counts)(counts.n, cases.astype(np.intp), counts.weighted, counts.present)

    def figures(base: int, statistic: str, how: tuple[ShareMethod, float | None] | None) -> Estimates:
        def value(t: Sequence[Floats]) -> Floats:
            with np.errstate(divide="ignore", invalid="ignore"):
                made: Floats = np.concatenate(t[2:], axis=-1) / t[base]
            return made

        def linearise(s: Sequence[Floats], d: Ints) -> Floats:
            made: Floats = (np.concatenate(s[2:], axis=1) - s[base] * middle[d]) / size[d]
            return made

        middle, size = value(sums.totals), np.where(sums.totals[base] == 0, 1.0, sums.totals[base])
        simple = middle * (1 - middle) / np.maximum(counts.n - 1, 1)[:, None]
        if base:
            simple = np.full(middle.shape, np.nan)
        return finish(
            statistic=statistic,
            variable=" ".join(options),
            pairs=pairs,
            domains=domains,
            categories=options,
            value=middle,
            spread=spread_of(sums, value, linearise, replicates),
            counts=counts,
            simple=simple,
            level=level,
            deff=deff,
            replicates=replicates,
            share=how,
        )

    over = np.flatnonzero(chosen > most) if most is not None else np.empty(0, dtype=np.intp)
    return Multiple(
        respondents=figures(0, "share", (interval, planned_deff)),
        answers=figures(1, "share of answers", (interval, planned_deff)),
        exceeded=tuple(over.tolist()),
        not_asked=int((~asked).sum()),
        not_answered=int((asked & ~filled).sum()),
        none_chosen=int((asked & filled & (chosen == 0)).sum()),
    )


def _check(
    sample: Sample,
    options: Sequence[str],
    columns: list[Floats],
    filled: Bools,
    asked: Bools,
    exclusive: Sequence[str],
    chosen: Floats,
) -> None:
    faults = []
    for name, column in zip(options, columns, strict=True):
        bad = np.flatnonzero(~np.isnan(column) & (column != 0) & (column != 1))
        faults += sample.faults(
            bad, name, "'{}' is neither 0 nor 1.", "Split the answers into one column each."
        )
        if name in exclusive:
            bad = np.flatnonzero((column == 1) & (chosen > 1))
            faults += sample.faults(
                bad, name, "this answer goes with no other.", "Ask the interviewer which holds."
            )
    bad = np.flatnonzero(filled & ~asked & (chosen > 0))
    faults += sample.faults(
        bad,
        options[0],
        "the question was not asked here, yet has an answer.",
        "Correct the routing or the answer.",
    )
    if faults:
        raise Refused(faults)
