"""Samples to code and judgements of coders, in the closed part of a study.

A sample is a folder: what was drawn and how (`sample.json`), the texts (`units.jsonl`), and one table of
judgements for each coder, to which rows are only added. A judgement is on the disk before the next text is
shown. Definitions of every version of the codebook that was used are kept beside the samples, so that one
which changed under the same version is noticed. Only the owner may open any of it: texts are of people.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from kelisim.core.errors import Fault, OutputError, Refused, StoreError
from kelisim.evidence.discourse.codebook import Codebook
from kelisim.evidence.discourse.gold import Stratum
from kelisim.evidence.discourse.judgements import Judgement
from kelisim.store.appending import append_rows
from kelisim.store.study_files import new_folder

__all__ = [
    "Domain",
    "JudgementFile",
    "StoredSample",
    "Unit",
    "check_alias",
    "coding_of",
    "judgements_in",
    "keep_meanings",
    "kept_meanings",
    "read_judgements",
    "read_sample",
    "sample_files",
    "sample_in",
    "samples",
    "write_sample",
]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_SAMPLE, _UNITS, _ALERTS = "sample.json", "units.jsonl", "alerts.csv"
_COLUMNS = tuple(f.name for f in fields(Judgement))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One family to code. groups : groups its text names; coders : whose it is, empty where everybody's."""

    unit: str
    stratum: int
    chance: float
    size: int
    source: str
    text: str
    groups: tuple[str, ...] = ()
    coders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A part of the frame by stratum, such as the texts that name one group: families, items, authors."""

    families: tuple[int, ...]
    items: tuple[int, ...]
    authors: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSample:
    """A sample as drawn.

    last_days, authors : "kk/2024-05" -> last day of its texts, distinct authors
    domains : group -> its part of the frame; bundle : version of the labels; scored_by : classifier
    frame : file, digest, families and items the sample was drawn from
    """

    sample: str
    drawn_at: str
    seed: int
    design: Mapping[str, Any]
    strata: tuple[Stratum, ...]
    units: tuple[Unit, ...] = field(repr=False)
    last_days: Mapping[str, str]
    authors: Mapping[str, int]
    domains: Mapping[str, Domain]
    codebook: str
    bundle: str
    scored_by: str
    frame: Mapping[str, Any]
    synthetic: bool
    code_version: str


def coding_of(study: Path) -> Path:
    """Where the coding of a study stands."""
    return study / ".kelisim" / "coding"


def check_alias(name: str, what: str) -> str:
    """The name of a sample or the alias of a coder, fit to be part of a file's name.  Raises: Refused."""
    if not _NAME.fullmatch(name):
        reason = f"'{name}' cannot be the {what}."
        raise Refused(
            [Fault(what, None, "", reason, "take letters a to z, digits, dots, _ and -, up to 32.")]
        )
    return name


def samples(study: Path) -> tuple[str, ...]:
    """Names of the samples of a study, in order."""
    return tuple(sorted(path.parent.name for path in coding_of(study).glob(f"samples/*/{_SAMPLE}")))


def write_sample(study: Path, sample: StoredSample) -> Path:
    """Write a new sample, whole or not at all.  Raises: OutputError where one of that name is there."""
    place = _place(study, sample.sample)
    if place.exists():
        raise OutputError(
            f"there is a sample '{sample.sample}' already, and it stays. Way out: give this one another --id."
        )
    _closed(study)
    new_folder(place, {name: text.encode() for name, text in sample_files(sample).items()})
    return place


def sample_files(sample: StoredSample, judgements: Iterable[Judgement] = ()) -> dict[str, str]:
    """The folder of a sample as names and contents, with the judgements about it, if any."""
    record = {f.name: getattr(sample, f.name) for f in fields(sample) if f.name != "units"}
    record["strata"] = [asdict(stratum) for stratum in sample.strata]
    record["domains"] = {name: asdict(domain) for name, domain in sample.domains.items()}
    units = "".join(json.dumps(asdict(unit), ensure_ascii=False) + "\n" for unit in sample.units)
    files = {_SAMPLE: json.dumps(record, ensure_ascii=False, indent=1) + "\n", _UNITS: units}
    for one in judgements:
        name = _table_of(one.coder, one.role)
        files.setdefault(name, _line(_COLUMNS))
        files[name] += _line([getattr(one, column) for column in _COLUMNS])
    return files


def read_sample(study: Path, name: str) -> StoredSample:
    """A sample with its texts.  Raises: StoreError naming the samples there are."""
    try:
        return sample_in(_place(study, name))
    except FileNotFoundError as error:
        known = ", ".join(samples(study)) or "none yet"
        raise StoreError(
            f"there is no sample '{name}' in '{study}'; there are: {known}. "
            "Way out: draw one with `kelisim discourse sample`."
        ) from error
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise StoreError(
            f"the sample '{name}' cannot be read: {error}. Way out: restore its folder."
        ) from error


def sample_in(place: Path) -> StoredSample:
    """The sample that stands in a folder of its own, wherever that is.

    Raises: OSError, ValueError, TypeError, KeyError where it is not whole.
    """
    record = json.loads((place / _SAMPLE).read_text(encoding="utf-8"))
    lines = (place / _UNITS).read_text(encoding="utf-8").split("\n")
    units = tuple(_unit(json.loads(line)) for line in lines if line)
    record["strata"] = tuple(Stratum(**stratum) for stratum in record["strata"])
    record["domains"] = {name: _domain(told) for name, told in record["domains"].items()}
    return StoredSample(units=units, **record)


def keep_meanings(study: Path, codebook: Codebook) -> None:
    """Keep the definitions of this version.

    Raises: Refused where a definition is not what it was when this version was used before.
    """
    known = kept_meanings(study).get(codebook.version)
    now = codebook.meanings()
    if known is None:
        path = _closed(study) / "codebooks" / f"{codebook.version}.json"
        path.parent.mkdir(exist_ok=True)
        aside = path.with_name(f".{path.name}.part")
        aside.write_text(json.dumps(now, indent=1), encoding="utf-8")
        aside.replace(path)
        return
    changed = [name for name in sorted({*known, *now}) if known.get(name) != now.get(name)]
    if changed:
        reason = f"what it says differs from the version {codebook.version} that was used before."
        way_out = "raise `version`; old codes of what changed count only where `carried` says how."
        raise Refused([Fault("discourse/codebook.yaml", None, name, reason, way_out) for name in changed])


def kept_meanings(study: Path) -> dict[str, dict[str, str]]:
    """Version of the codebook -> variable -> digest of its definition."""
    paths = sorted(coding_of(study).glob("codebooks/*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}


class JudgementFile:
    """The judgements of one person about one sample; a row added is on the disk when `add` ends."""

    def __init__(self, study: Path, sample: str, person: str, role: str) -> None:
        self.path = _place(study, sample) / _table_of(check_alias(person, "alias of a coder"), role)
        self._before = self.path.read_bytes() if self.path.exists() else b""

    def judgements(self) -> list[Judgement]:
        """What was written so far, in order."""
        return list(_rows(self.path, self._before))

    def add(self, judgement: Judgement) -> None:
        """Add one.  Raises: OutputError, and then it does not count."""
        row = _line([getattr(judgement, name) for name in _COLUMNS])
        header = _line(_COLUMNS)
        append_rows(self.path, self._before, row if self._before else header + row)
        self._before = (self._before or header.encode()) + row.encode()

    def alert(self, judgement: Judgement) -> Path:
        """Note a text of the highest level of danger beside the sample, for a person to look at today."""
        path = self.path.with_name(_ALERTS)
        before = path.read_bytes() if path.exists() else b""
        row = _line([judgement.at, judgement.unit, judgement.coder])
        append_rows(path, before, row if before else _line(["at", "unit", "coder"]) + row)
        return path


def read_judgements(study: Path, sample: str) -> list[Judgement]:
    """The judgements of all coders about a sample, and decisions after them."""
    return judgements_in(_place(study, sample))


def judgements_in(place: Path) -> list[Judgement]:
    """The judgements in the folder of a sample, and decisions after them.  Raises: StoreError."""
    paths = sorted(place.glob("judgements-*.csv")) + sorted(place.glob("decisions-*.csv"))
    return [judgement for path in paths for judgement in _rows(path, path.read_bytes())]


def _table_of(person: str, role: str) -> str:
    return f"{'decisions' if role == 'adjudicator' else 'judgements'}-{person}.csv"


def _place(study: Path, name: str) -> Path:
    return coding_of(study) / "samples" / check_alias(name, "name of a sample")


def _closed(study: Path) -> Path:
    """The folder of the coding, made so that only its owner may open it and no repository takes it."""
    if not (study / "study.yaml").is_file():
        reason = "there is no study here (no study.yaml)."
        raise Refused([Fault(str(study), None, "", reason, "name a study; `kelisim init` makes one.")])
    place = coding_of(study)
    try:
        place.parent.mkdir(mode=0o700, exist_ok=True)
        place.mkdir(mode=0o700, exist_ok=True)
        ignored = place.parent / ".gitignore"
        if not ignored.exists():
            ignored.write_text("*\n", encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"'{place}' cannot be made ({reason}). Way out: free space or rights.") from error
    return place


def _unit(told: dict[str, Any]) -> Unit:
    return Unit(**{**told, "groups": tuple(told["groups"]), "coders": tuple(told["coders"])})


def _domain(told: dict[str, Any]) -> Domain:
    return Domain(families=tuple(told["families"]), items=tuple(told["items"]), authors=dict(told["authors"]))


def _line(cells: Any) -> str:
    out = io.StringIO()
    # A line break inside a cell would look like the end of a row to whoever reads the table by lines.
    csv.writer(out, lineterminator="\n").writerow([" ".join(str(cell).split()) for cell in cells])
    return out.getvalue()


def _rows(path: Path, data: bytes) -> Iterator[Judgement]:
    try:
        for row in csv.DictReader(io.StringIO(data.decode("utf-8"), newline=""), strict=True):
            yield Judgement(**{**row, "seconds": float(row["seconds"])})  # type: ignore[arg-type]
    except (TypeError, ValueError, KeyError, csv.Error) as error:
        reason = f"'{path}' has a row that is no judgement ({error})."
        raise StoreError(f"{reason} Way out: restore the table from its copy.") from error
