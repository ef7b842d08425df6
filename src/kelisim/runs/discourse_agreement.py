"""Agreement of the coders of a sample, by variable and language."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kelisim.evidence.discourse.coder_agreement import AgreementRow, agreement_of
from kelisim.runs.discourse_coding import gold_of
from kelisim.sources.codebook import read_codebook
from kelisim.store.coding import kept_meanings, read_judgements, read_sample

__all__ = ["agreement_rows"]


def agreement_rows(study: Path, name: str, *, level: float, draws: int) -> list[AgreementRow]:
    """One row a variable and language with any judgement.  Raises: StoreError, Refused.

    The bootstrap has the seed of the sample, so the same judgements give the same interval.
    """
    codebook = read_codebook(study)
    sample = read_sample(study, name)
    judgements = read_judgements(study, name)
    meanings = kept_meanings(study)
    language = {unit.unit: sample.strata[unit.stratum].language for unit in sample.units}
    rows = []
    for variable in codebook.variables:
        gold = gold_of(judgements, variable.code, codebook, meanings)
        for one in sorted({language[unit] for unit, _ in gold.given if unit in language}):
            given = [by for (unit, _), by in sorted(gold.given.items()) if language.get(unit) == one]
            rng = np.random.default_rng([sample.seed, 1])
            rows.append(agreement_of(variable, one, given, level=level, draws=draws, rng=rng))
    return rows
