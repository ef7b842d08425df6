"""Classifiers of a study: trained on its coded sample or standing elsewhere, each with its quality card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from kelisim.annotation.classifier import LinearClassifier, Scorer, train_classifier
from kelisim.core.errors import Fault, KelisimError, NotDefined, Refused
from kelisim.evidence.discourse.codebook import Codebook, Variable
from kelisim.evidence.discourse.coder_agreement import Verdict, agreement_of
from kelisim.evidence.discourse.judgements import Gold
from kelisim.evidence.discourse.quality_card import CardRow, card_row
from kelisim.runs.discourse_coding import gold_of
from kelisim.runs.discourse_frame import Texts
from kelisim.sources.codebook import read_codebook
from kelisim.sources.language_models import open_local_model, open_model_service
from kelisim.store.classifiers import read_classifier, write_classifier
from kelisim.store.coding import StoredSample, Unit, kept_meanings, read_judgements, read_sample

__all__ = ["Elsewhere", "Made", "card_of", "train", "with_scores"]

_LEVEL, _DRAWS = 0.95, 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A model that is not trained here. place : folder, or address; model : its name at the address."""

    place: str
    model: str
    texts_may_leave: bool

    @property
    def served(self) -> bool:
        """Whether it stands behind an address."""
        return self.place.startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A classifier as stored. unanswered : texts of the sample to which a service gave no code."""

    folder: Path
    name: str
    version: str
    classes: tuple[str, ...]
    texts: int
    left_out: dict[str, int]
    unanswered: int
    rows: tuple[CardRow, ...]


def train(
    study: Path, sample_name: str, variable_name: str, name: str, *, seed: int, group: str,
    elsewhere: Elsewhere | None,
) -> Made:  # fmt: skip
    """Train a classifier on the codes of a sample, or take one that stands elsewhere, and write its card.

    group : which group a variable is about that is asked for every group; "" else
    Raises: Refused, StoreError, OutputError; KelisimError where the codes do not suffice.
    """
    codebook, sample = read_codebook(study), read_sample(study, sample_name)
    variable = _variable(codebook, variable_name, group)
    gold = gold_of(read_judgements(study, sample_name), variable_name, codebook, kept_meanings(study))
    units = [unit for unit in sample.units if (unit.unit, group) in gold.codes]
    codes = [gold.codes[unit.unit, group] for unit in units]
    texts = [unit.text for unit in units]
    card: dict[str, Any] = {}
    left_out: dict[str, int] = {}
    arrays, unanswered = None, 0
    if elsewhere is None:
        try:
            trained = train_classifier(texts, codes, [1 / unit.chance for unit in units], seed=seed)
        except NotDefined as error:
            way_out = f"code more texts: `kelisim discourse code {study} --sample {sample_name}`"
            raise KelisimError(f"{error}. Way out: {way_out}.") from error
        model: Scorer = trained.model
        scores, left_out = trained.scores, dict(trained.left_out)
        arrays, card["kind"] = trained.model.arrays(), "linear"
    else:
        if not units:
            raise KelisimError("no text has a code that counts. Way out: code the sample first.")
        model = _opened(elsewhere, variable)
        scores = model.scores(texts)
        unanswered = int(np.isnan(scores[:, 0]).sum())
        card |= {"kind": "elsewhere", "elsewhere": asdict(elsewhere)}
    rows = _rows(variable, group, sample, units, codes, model.classes, scores, gold)
    card |= {
        "name": name,
        "variable": variable_name,
        "group": group,
        "version": model.version,
        "classes": list(model.classes),
        "of_interest": list(variable.of_interest),
        "sample": sample_name,
        "codebook": codebook.version,
        "bundle": sample.bundle,
        "texts": len(units),
        "left_out": left_out,
        "unanswered": unanswered,
        "seed": seed,
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "code_version": f"kelisim {version('kelisim')}",
        "rows": [asdict(row) | {"expires_on": row.expires_on.isoformat()} for row in rows],
    }
    folder = write_classifier(study, name, card, arrays)
    return Made(
        folder=folder, name=name, version=model.version, classes=model.classes, texts=len(units),
        left_out=left_out, unanswered=unanswered, rows=rows,
    )  # fmt: skip


def card_of(study: Path, name: str, as_of: date) -> dict[str, Any]:
    """The card of a classifier; rows that have expired by `as_of` say so.  Raises: StoreError."""
    card, _ = read_classifier(study, name)
    for row in card["rows"]:
        row["expired"] = date.fromisoformat(row["expires_on"]) < as_of
    return card


def with_scores(
    study: Path, name: str, texts: Texts, tell: Callable[[str], None] = lambda words: None
) -> Texts:
    """The texts with the score and class a classifier gives their families.

    The score is the probability of the codes of interest together. Texts a service gave no code to get
    score 0 and the class "none", which is a stratum like any other.  Raises: StoreError, Refused.
    """
    card, arrays = read_classifier(study, name)
    variable = _variable(read_codebook(study), card["variable"], card["group"])
    model: Scorer = (
        LinearClassifier.of(arrays) if arrays else _opened(Elsewhere(**card["elsewhere"]), variable)
    )
    if model.version != card["version"]:
        raise KelisimError(
            f"the model of '{name}' is another one now ({model.version} instead of {card['version']}). "
            "Way out: take it under a new name with `kelisim discourse train`."
        )
    scores = model.scores(texts.texts)
    known = ~np.isnan(scores[:, 0])
    wanted = [place for place, code in enumerate(model.classes) if code in card["of_interest"]]
    if unanswered := int((~known).sum()):
        tell(f"{unanswered} texts got no code from the model; they have the class 'none'.")
    predicted = np.array(model.classes, dtype=object)[np.nan_to_num(scores).argmax(axis=1)]
    frame = replace(
        texts.frame,
        score=np.where(known, np.nan_to_num(scores)[:, wanted].sum(axis=1), 0.0),
        predicted=np.where(known, predicted, "none"),
    )
    return replace(texts, frame=frame)


def _variable(codebook: Codebook, name: str, group: str) -> Variable:
    variable = codebook.variable(name)
    if variable is None:
        way_out = f"take one of {', '.join(one.code for one in codebook.variables)}."
        raise Refused([Fault("--variable", None, name, "the codebook does not have it.", way_out)])
    if (variable.asked == "group") != bool(group):
        reason = "it is asked for every group." if variable.asked == "group" else "it is not asked by group."
        way_out = "name one with --group." if variable.asked == "group" else "leave --group out."
        raise Refused([Fault("--variable", None, name, reason, way_out)])
    return variable


def _opened(elsewhere: Elsewhere, variable: Variable) -> Scorer:
    if elsewhere.served:
        return open_model_service(
            elsewhere.place, elsewhere.model, variable, texts_may_leave=elsewhere.texts_may_leave
        )
    return open_local_model(Path(elsewhere.place), variable)


def _rows(
    variable: Variable, group: str, sample: StoredSample, units: Sequence[Unit], codes: Sequence[str],
    classes: Sequence[str], scores: np.ndarray[Any, Any], gold: Gold,
) -> tuple[CardRow, ...]:  # fmt: skip
    """The card, by language, and for Kazakh typed without its letters apart, by code of interest."""
    strata = [sample.strata[unit.stratum] for unit in units]
    predicted = [classes[k] for k in np.nan_to_num(scores).argmax(axis=1)]
    source = f"sample {sample.sample} of {sample.frame['file']}"
    verdicts = _verdicts(variable, group, sample, gold)
    keys = {(s.language, None) for s in strata} | {(s.language, True) for s in strata if s.letterless}
    made = []
    for language, letterless in sorted(keys, key=lambda key: (key[0], bool(key[1]))):
        inside = [
            k for k, s in enumerate(strata) if s.language == language and letterless in (None, s.letterless)
        ]
        last = max(date.fromisoformat(sample.last_days[f"{language}/{strata[k].period}"]) for k in inside)
        rng = np.random.default_rng([sample.seed, 3])
        for code in (code for code in variable.of_interest if code in classes):
            place = list(classes).index(code)
            made.append(
                card_row(
                    code,
                    language,
                    bool(letterless),
                    np.array([codes[k] == code for k in inside]),
                    np.array([predicted[k] == code and not np.isnan(scores[k, 0]) for k in inside]),
                    np.nan_to_num(scores[inside, place]),
                    np.array([units[k].chance for k in inside]),
                    np.array([units[k].stratum for k in inside]),
                    last_day=last,
                    source=source,
                    level=_LEVEL,
                    draws=_DRAWS,
                    rng=rng,
                    withheld="low_agreement" if verdicts.get(language, "not gold") == "not gold" else "",
                )
            )
    return tuple(made)


def _verdicts(variable: Variable, group: str, sample: StoredSample, gold: Gold) -> dict[str, Verdict]:
    """Whether the codes serve as gold, by language."""
    language = {unit.unit: sample.strata[unit.stratum].language for unit in sample.units}
    made: dict[str, Verdict] = {}
    for one in sorted(set(language.values())):
        given = [
            by
            for (unit, target), by in sorted(gold.given.items())
            if target == group and language.get(unit) == one
        ]
        rng = np.random.default_rng([sample.seed, 1])
        made[one] = agreement_of(variable, one, given, level=_LEVEL, draws=_DRAWS, rng=rng).verdict
    return made
