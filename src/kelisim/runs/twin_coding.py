"""Invented coding of the demonstration corpus: two coders who err, a third who decides, known chances.

The samples are drawn by the project's own sampler from the families that the generator knows. A machine class
of known errors lays the strata for complaints, so that its raw share is biased in a known way and the
corrected one is not. Nobody coded anything: every file is of a study that says it is synthetic.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from kelisim.evidence.discourse.codebook import Codebook
from kelisim.evidence.discourse.gold import Design, Frame
from kelisim.evidence.discourse.judgements import Judgement, gold_codes
from kelisim.runs.discourse_frame import Texts
from kelisim.runs.discourse_sample import drawn_sample
from kelisim.store.coding import StoredSample, Unit, sample_files

__all__ = ["CODED", "CODING_TRUTH", "TONE_GROUP", "twin_coding"]

CODED, CODING_TRUTH = "data/coded", "coding_truth.json"
TONE_GROUP = "korean"
_PERIOD, _CODERS, _THIRD = "2023-02..2024-01", ("a", "b"), "c"
# What the machine finds and what it takes for a complaint though it is none, by language.
_MACHINE = {"kk": (0.70, 0.06), "ru": (0.80, 0.03), "uz": (0.60, 0.09)}
# Chance of a coder to give the code that is true.
_RIGHT = {"theme": 0.96, "complaint": 0.985, "tone": 0.93}
_LAST = date(2024, 1, 31)
_DRAWN_AT, _CODED_ON = "2024-02-03T09:00:00+00:00", "2024-02-05"

_Row = Mapping[str, str]
_Family = list[tuple[_Row, _Row]]


def twin_coding(
    items: Sequence[_Row], truth: Sequence[_Row], codebook: Codebook, seed: int
) -> dict[str, str]:
    """Files of two coded samples by name, and what is true of the whole.

    items, truth : rows of the corpus by the names of their columns, in one order
    """
    rng = np.random.default_rng([seed, 71])
    families = _families(items, truth)
    machine = _machine(families, rng)
    named = [place for place, family in enumerate(families) if TONE_GROUP in _groups(family[0][1])]
    plans = (
        ("themes", range(len(families)), Design(by="class"), ("theme", "complaint")),
        ("tone", named, Design(by="random"), ("tone",)),
    )
    made: dict[str, str] = {}
    true = {family[0][0]["id"]: family[0][1] for family in families}
    for name, places, design, variables in plans:
        texts = _texts([families[k] for k in places], [machine[k] for k in places])
        sample = drawn_sample(
            texts, name, design, seed=seed, coders=_CODERS, synthetic=True, codebook=codebook.version
        )
        sample = _as_kept(sample)
        judged = list(_judged(sample.units, true, variables, codebook, rng))
        judged += _decided(judged, true, variables, codebook)
        made |= {f"{CODED}/{name}/{file}": text for file, text in sample_files(sample, judged).items()}
    told = _told(families, machine, seed)
    made[CODING_TRUTH] = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    return made


def _families(items: Sequence[_Row], truth: Sequence[_Row]) -> list[_Family]:
    """Items with their truth, equal texts and copies together, in the order of their first item."""
    by_text: dict[str, str] = {}
    family_of: dict[str, str] = {}
    made: dict[str, _Family] = defaultdict(list)
    for item, true in zip(items, truth, strict=True):
        same = " ".join(item["text"].casefold().split())
        origin = family_of.get(true["copy_of"]) or by_text.get(same) or item["id"]
        family_of[item["id"]] = origin
        by_text.setdefault(same, origin)
        made[origin].append((item, true))
    return list(made.values())


def _machine(families: Sequence[_Family], rng: np.random.Generator) -> list[str]:
    """What a machine with the planted errors says of each family."""
    said = []
    for family in families:
        true = family[0][1]
        found, mistaken = _MACHINE[true["lang"]]
        said.append("yes" if rng.random() < (found if true["complaint"] == "1" else mistaken) else "no")
    return said


def _texts(families: Sequence[_Family], machine: Sequence[str]) -> Texts:
    first = [family[0] for family in families]
    languages = [true["lang"] for _, true in first]
    size = len(first)
    frame = Frame(
        family=np.array([item["id"] for item, _ in first]),
        language=np.array(languages),
        period=np.full(size, _PERIOD),
        source=np.array([item["source"] for item, _ in first]),
        size=np.array([len(family) for family in families], dtype=np.int64),
        letterless=np.array([true["letterless"] == "1" for _, true in first]),
        score=np.full(size, np.nan),
        predicted=np.array(machine),
    )
    return Texts(
        frame=frame,
        texts=("",) * size,
        groups=tuple(_groups(true) for _, true in first),
        authors=tuple(frozenset(item["author"] for item, _ in family) for family in families),
        last_days={f"{one}/{_PERIOD}": _LAST for one in sorted(set(languages))},
        bundle="",
        file="data/texts.csv",
        digest="",
        items=sum(len(family) for family in families),
        undated=0,
        wordless=0,
    )


def _groups(true: _Row) -> tuple[str, ...]:
    told = (mention.split(":") for mention in true["mentions"].split(";") if mention)
    return tuple(sorted({group for group, sense in told if sense == "group"}))


def _as_kept(sample: StoredSample) -> StoredSample:
    # Another day or version of the program must not change the committed files.
    return replace(sample, drawn_at=_DRAWN_AT, code_version="kelisim twin")


def _true_code(true: _Row, variable: str) -> str:
    if variable == "complaint":
        return "yes" if true["complaint"] == "1" else "no"
    if variable == "tone":
        return true["tone"] or "neutral"
    return true["frames"].split(";")[0] or ("other" if _groups(true) else "none")


def _judged(
    units: Sequence[Unit],
    true: Mapping[str, _Row],
    variables: Sequence[str],
    codebook: Codebook,
    rng: np.random.Generator,
) -> Iterator[Judgement]:
    """What each coder gave to each of his texts: mostly what is true, now and then another code."""
    for coder in _CODERS:
        for unit in units:
            for name in variables if coder in unit.coders else ():
                variable = codebook.variable(name)
                assert variable is not None
                said = _true_code(true[unit.unit], name)
                if rng.random() > _RIGHT[name]:
                    others = [code for code in variable.codes if code not in (said, "mixed")]
                    said = others[int(rng.integers(len(others)))]
                target = TONE_GROUP if variable.asked == "group" else ""
                yield Judgement(_CODED_ON, coder, unit.unit, name, target, said, codebook.version)


def _decided(
    judged: Sequence[Judgement], true: Mapping[str, _Row], variables: Sequence[str], codebook: Codebook
) -> Iterator[Judgement]:
    """The third person reads what the two differ on, and finds what is true."""
    meanings = {codebook.version: codebook.meanings()}
    for name in variables:
        for unit, target in gold_codes(judged, name, codebook, meanings).open:
            said = _true_code(true[unit], name)
            yield Judgement(
                _CODED_ON, _THIRD, unit, name, target, said, codebook.version, 0.0, "adjudicator", "slip"
            )


def _told(families: Sequence[_Family], machine: Sequence[str], seed: int) -> dict[str, object]:
    """What is true of the families, and what a machine alone would say, in percent by language."""
    rows = [(family[0][1], said) for family, said in zip(families, machine, strict=True)]

    def percent(which: Sequence[bool]) -> float:
        return round(100 * float(np.mean(which)), 3)

    shares = {}
    for language in sorted(_MACHINE):
        mine = [(true, said) for true, said in rows if true["lang"] == language]
        named = [true for true, _ in mine if TONE_GROUP in _groups(true)]
        shares[language] = {
            "families": len(mine),
            "complaint_true": percent([true["complaint"] == "1" for true, _ in mine]),
            "complaint_machine": percent([said == "yes" for _, said in mine]),
            f"negative_to_{TONE_GROUP}_true": percent([true["tone"] == "negative" for true in named]),
        }
    return {
        "synthetic": True,
        "note": f"Invented coding of invented texts, generated by kelisim twin from seed {seed}.",
        "coders_right": _RIGHT,
        "machine_finds_and_mistakes": _MACHINE,
        "percent_of_families": shares,
    }
