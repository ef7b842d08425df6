"""Drawing a sample to code: texts read, families drawn, the sample put into the closed part of the study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

from kelisim.core.errors import Fault, KelisimError, NotDefined, Refused
from kelisim.evidence.discourse.gold import Design, draw_gold, strata_of
from kelisim.runs.discourse_frame import Texts, domains_of
from kelisim.sources.codebook import CODEBOOK, codebook_template, read_codebook
from kelisim.store.coding import StoredSample, Unit, check_alias, keep_meanings, write_sample
from kelisim.store.study_files import write_whole

__all__ = ["begin_codebook", "draw_sample", "drawn_sample"]

_DOUBLE, _DOUBLE_SHARE = 200, 0.2


def begin_codebook(study: Path) -> bool:
    """Put the template into a study that has no codebook; True where it did.  Raises: OutputError."""
    path = study / CODEBOOK
    if path.exists():
        return False
    if not (study / "study.yaml").is_file():
        reason = "there is no study here (no study.yaml)."
        raise Refused([Fault(str(study), None, "", reason, "name a study; `kelisim init` makes one.")])
    write_whole({path: codebook_template().encode("utf-8")}, replace=False)
    return True


def draw_sample(
    study: Path,
    texts: Texts,
    name: str,
    design: Design,
    *,
    seed: int,
    coders: Sequence[str],
    synthetic: bool,
    scored_by: str = "",
) -> StoredSample:
    """Draw, deal out and store a sample.

    coders : aliases; in each language 200 texts or a fifth, whichever is more, are for two of them and the
    others for one; nobody named leaves every text to everybody
    Raises: Refused, OutputError; KelisimError where the texts cannot carry the design.
    """
    codebook = read_codebook(study)
    keep_meanings(study, codebook)
    sample = drawn_sample(
        texts, name, design, seed=seed, coders=coders, synthetic=synthetic, scored_by=scored_by,
        codebook=codebook.version,
    )  # fmt: skip
    write_sample(study, sample)
    return sample


def drawn_sample(
    texts: Texts,
    name: str,
    design: Design,
    *,
    seed: int,
    coders: Sequence[str],
    synthetic: bool,
    codebook: str,
    scored_by: str = "",
) -> StoredSample:
    """Draw and deal out a sample that is stored nowhere yet. Raises: Refused, KelisimError."""
    aliases = [check_alias(coder, "alias of a coder") for coder in dict.fromkeys(coders)]
    if len(aliases) == 1:
        fault = Fault("--coders", None, "", "agreement needs two people.", "name two coders, or none.")
        raise Refused([fault])
    rng = np.random.default_rng(seed)
    try:
        made = draw_gold(texts.frame, design, rng)
    except NotDefined as error:
        way_out = {"no_score": "--design random, or a column of scores", "no_class": "--design random"}
        raise KelisimError(f"{error}. Way out: {way_out.get(error.reason, 'give more texts')}.") from error
    owner, _ = strata_of(texts.frame, design)
    dealt = _dealt(texts.frame.language[made.rows].tolist(), aliases, rng)
    units = tuple(
        Unit(
            unit=str(texts.frame.family[row]),
            stratum=int(stratum),
            chance=float(chance),
            size=int(texts.frame.size[row]),
            source=str(texts.frame.source[row]),
            text=texts.texts[row],
            groups=texts.groups[row],
            coders=who,
        )
        for row, stratum, chance, who in zip(made.rows, made.stratum, made.chance, dealt, strict=True)
    )
    return StoredSample(
        sample=name,
        drawn_at=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=seed,
        design=asdict(design),
        strata=made.strata,
        units=units,
        last_days={cell: day.isoformat() for cell, day in texts.last_days.items()},
        authors=texts.author_counts(),
        domains=domains_of(texts, owner, len(made.strata)),
        codebook=codebook,
        bundle=texts.bundle,
        scored_by=scored_by,
        frame={
            "file": texts.file,
            "sha256": texts.digest,
            "families": len(texts.frame),
            "items": texts.items,
        },
        synthetic=synthetic,
        code_version=f"kelisim {version('kelisim')}",
    )


def _dealt(
    languages: Sequence[str], coders: Sequence[str], rng: np.random.Generator
) -> list[tuple[str, ...]]:
    """Who codes each text: two people for the part that is coded twice, one for the rest, in turn."""
    dealt: list[tuple[str, ...]] = [()] * len(languages)
    if not coders:
        return dealt
    turn = 0
    for language in sorted(set(languages)):
        rows = rng.permutation([row for row, one in enumerate(languages) if one == language])
        twice = min(len(rows), max(_DOUBLE, int(np.ceil(_DOUBLE_SHARE * len(rows)))))
        for place, row in enumerate(rows):
            people = 2 if place < twice else 1
            dealt[row] = tuple(sorted(coders[(turn + k) % len(coders)] for k in range(people)))
            turn += 1
    return dealt
