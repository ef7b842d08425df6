"""Import of answers: a file or service is read block by block and put into the closed warehouse whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kelisim.core.answers import Answers
from kelisim.core.errors import Fault, Refused
from kelisim.core.questionnaire import Questionnaire
from kelisim.sources.responses.blocks import Opened
from kelisim.sources.responses.door import Dropped
from kelisim.sources.responses.reading import How, Reading, open_responses
from kelisim.store.answers import Existing, StoredWave, answers_of, write_answers
from kelisim.store.keys import key_at, key_beside, key_of_study

__all__ = ["Imported", "Place", "import_answers"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where answers go: the closed folder, and the key outside of it."""

    answers: Path
    key: Path

    @classmethod
    def of(cls, study: Path | None, out: Path | None) -> Place:
        """The place of a study, or a folder without one. Raises: Refused where it is unsuitable."""
        if out is not None:
            return cls(out, key_beside(out))
        study = study or Path()
        if not (study / "study.yaml").is_file():
            reason = "there is no study here (no study.yaml)."
            raise Refused(
                [Fault(str(study), None, "", reason, "name a study with --study, or a folder with --out.")]
            )
        return cls(answers_of(study), key_of_study(study))


@dataclass
class Imported:
    """What an import read, kept and left. by_reason : rows and answers set aside, by reason."""

    how: str = ""
    rows: int = 0
    kept: int = 0
    rows_aside: Counter[str] = field(default_factory=Counter)
    answers_aside: Counter[str] = field(default_factory=Counter)
    dropped: tuple[Dropped, ...] = ()
    absent: tuple[str, ...] = ()
    numbered: bool = True
    stored: StoredWave | None = None


def import_answers(
    source: Path | Sequence[Opened],
    form: Questionnaire,
    place: Place,
    wave: str,
    how: How,
    *,
    existing: Existing,
    dry_run: bool,
    tell: Callable[[str], None] = lambda words: None,
) -> Imported:
    """Read answers and store them as a wave; with `dry_run` nothing is written, a key neither.

    Raises: Refused when the source cannot be read, OutputError when the wave cannot be written.
    """
    opened = open_responses(source, form, how) if isinstance(source, Path) else source[0]
    reading = Reading(form, opened, key_at(place.key, make=not dry_run), how)
    done = Imported(how=opened.how)
    parts = _counted(reading, done, tell)
    if dry_run:
        for _ in parts:
            pass
    else:
        done.stored = write_answers(
            place.answers,
            wave,
            parts,
            code_version=f"kelisim {version('kelisim')}",
            inputs=lambda: {opened.file: opened.digest()},
            notes=lambda: _notes(reading, done),
            existing=existing,
        )
    done.dropped, done.absent, done.numbered = reading.dropped, reading.absent, reading.numbered
    return done


def _counted(reading: Reading, done: Imported, tell: Callable[[str], None]) -> Iterator[Answers]:
    told = 0
    for part in reading:
        done.rows = reading.rows_read
        done.kept += len(part)
        for one in part.set_aside:
            (done.rows_aside if one.whole else done.answers_aside)[one.code] += 1
        if done.rows - told >= 50_000:
            told = done.rows
            tell(f"{told:,} rows read, {done.kept:,} kept")
        yield part


def _notes(reading: Reading, done: Imported) -> dict[str, Any]:
    return {
        "read_as": done.how,
        "rows_read": done.rows,
        "rows_kept": done.kept,
        "rows_set_aside": dict(sorted(done.rows_aside.items())),
        "answers_set_aside": dict(sorted(done.answers_aside.items())),
        "left_at_the_door": [{"column": d.column, "why": d.why, "filled": d.filled} for d in reading.dropped],
        "questions_without_a_column": list(reading.absent),
    }
