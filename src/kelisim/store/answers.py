"""Answers of waves in the closed warehouse: one folder per wave, replaced whole or not at all.

A wave holds the answers as Parquet, the questionnaire they answer, what was set aside with reasons, and a
manifest with the digest of each; only the owner may open it. Waves stand beside each other. Importing the
same submissions again changes nothing; an import that would lose stored submissions has to say so.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from kelisim.core.answers import Answers, SetAside
from kelisim.core.errors import OutputError, StoreError
from kelisim.core.questionnaire import Questionnaire
from kelisim.store.digests import check_digests, digest_of
from kelisim.store.folders import replaced_folder

__all__ = [
    "ANSWERS",
    "QUARANTINE",
    "Existing",
    "StoredWave",
    "answers_of",
    "form_to_json",
    "read_answers",
    "waves",
    "write_answers",
]

ANSWERS, FORM, QUARANTINE, MANIFEST = (
    "answers.parquet",
    "questionnaire.json",
    "quarantine.csv",
    "manifest.json",
)
Existing = Literal["same", "add", "replace"]
_WAVE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_ASKED = ".asked"
_FORMULA = ("=", "+", "-", "@", "'", "\t")
_AGAIN = "import the wave again with `kelisim survey import`."
_QUARANTINE_COLUMNS = tuple(field.name for field in fields(SetAside))


def answers_of(study: Path) -> Path:
    """Where the answers of a study stand."""
    return study / ".kelisim" / "answers"


@dataclass(frozen=True, slots=True)
class StoredWave:
    """What a wave holds after it was written. before : submissions stored earlier; kept : of those, as is."""

    folder: Path
    records: int
    set_aside: int
    before: int
    kept: int


def write_answers(
    place: Path,
    wave: str,
    answers: Answers | Iterable[Answers],
    *,
    code_version: str,
    inputs: Mapping[str, str] | Callable[[], Mapping[str, str]],
    existing: Existing,
    notes: Mapping[str, Any] | Callable[[], Mapping[str, Any]] = MappingProxyType({}),
) -> StoredWave:
    """Write the answers of a wave, given whole or part by part, and put them in place in one step.

    existing : what becomes of submissions stored earlier that these answers lack: "same" refuses to lose any,
               "add" keeps them, "replace" lets them go; a submission in both is taken from these answers
    inputs : file -> SHA-256 of what was read; notes : more for the manifest. Where the answers are given part
             by part, both may be functions, which are called after the last part
    Raises: OutputError; then the wave is what it was.
    """
    if not _WAVE.fullmatch(wave):
        raise OutputError(
            f"'{wave}' cannot name a wave. Way out: letters, digits, '-', '_' and '.', such as 2024-1."
        )
    place.mkdir(parents=True, exist_ok=True)
    place.chmod(0o700)
    if place.parent.name == ".kelisim":
        place.parent.chmod(0o700)
        (place.parent / ".gitignore").write_text("*\n", encoding="utf-8")
    target = place / wave
    manifest_before = _manifest(target) if (target / MANIFEST).exists() else {}
    parts = iter((answers,) if isinstance(answers, Answers) else answers)
    with replaced_folder(target, mark=MANIFEST, mode=0o700, option="--out") as fresh:
        first = next(parts, None)
        if first is None:
            raise OutputError(
                f"there are no answers for the wave '{wave}'. Way out: import a file with submissions."
            )
        form = first.questionnaire
        written = _write_parts(fresh, chain((first,), parts), target if manifest_before else None, existing)
        (fresh / FORM).write_bytes(form_to_json(form))
        kept_inputs = manifest_before.get("inputs", {}) if existing == "add" else {}
        manifest = {
            "code_version": code_version,
            "wave": wave,
            "questionnaire": form.questionnaire_id,
            "version": form.version,
            "inputs": dict(sorted({**kept_inputs, **(inputs() if callable(inputs) else inputs)}.items())),
            "records": written.records,
            "set_aside": written.set_aside,
            "notes": dict(notes() if callable(notes) else notes),
            "files": {name: digest_of(fresh / name) for name in (ANSWERS, FORM, QUARANTINE)},
        }
        (fresh / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
        for name in (ANSWERS, FORM, QUARANTINE, MANIFEST):
            (fresh / name).chmod(0o600)
    return replace(written, folder=target)


def read_answers(place: Path, wave: str) -> Answers:
    """The answers of a wave, compared with its manifest first. Raises: StoreError."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = place / wave
    check_digests(folder, _manifest(folder)["files"], _AGAIN)
    form = _read_form(folder)
    codes = [column.name for column in form.columns() if column.holds == "code"]
    try:
        table = pq.read_table(folder / ANSWERS, read_dictionary=[*codes, "_language"])
        return _answers(form, table, tuple(_read_quarantine(folder / QUARANTINE)))
    except (pa.ArrowException, KeyError, ValueError, OSError) as error:
        raise StoreError(f"'{folder}' cannot be read ({error}). Way out: {_AGAIN}") from error


def form_to_json(form: Questionnaire) -> bytes:
    """A questionnaire as it is kept beside the answers to it."""
    from pydantic import TypeAdapter

    return TypeAdapter(Questionnaire).dump_json(form, indent=1)


def _read_form(folder: Path) -> Questionnaire:
    from pydantic import TypeAdapter

    try:
        return TypeAdapter(Questionnaire).validate_json((folder / FORM).read_bytes())
    except (OSError, ValueError) as error:
        raise StoreError(f"'{folder / FORM}' cannot be read ({error}). Way out: {_AGAIN}") from error


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {**manifest, "files": {str(k): str(v) for k, v in manifest["files"].items()}}
    except FileNotFoundError:
        held = ", ".join(waves(folder.parent)) or "none"
        reason = f"there are no answers at '{folder}' (waves there: {held})"
        raise StoreError(f"{reason}. Way out: {_AGAIN}") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"'{folder / MANIFEST}' cannot be read ({error}). Way out: {_AGAIN}") from error


def _write_parts(
    fresh: Path, parts: Iterable[Answers], target: Path | None, existing: Existing
) -> StoredWave:
    import pyarrow as pa
    import pyarrow.parquet as pq

    records: list[Any] = []
    writer = None
    count = aside = 0
    with (fresh / QUARANTINE).open("w", encoding="utf-8", newline="") as file:
        page = csv.writer(file)
        page.writerow(_QUARANTINE_COLUMNS)
        for part in parts:
            table = _table(part)
            writer = writer or pq.ParquetWriter(fresh / ANSWERS, table.schema, compression="zstd")
            writer.write_table(table)
            count += len(part)
            if target is not None:
                records.append(table["_record"])
            page.writerows(_quarantine_row(one) for one in part.set_aside)
            aside += len(part.set_aside)
        new = pa.chunked_array([chunk for column in records for chunk in column.chunks], type=pa.string())
        before, kept = 0, 0
        if target is not None:
            before, kept = _keep(target, new, writer, existing)
            if existing == "add":
                fresh_records = set(new.to_pylist())
                old = [
                    one for one in _read_quarantine(target / QUARANTINE) if one.record not in fresh_records
                ]
                page.writerows(_quarantine_row(one) for one in old)
                aside += len(old)
    if writer is not None:
        writer.close()
    return StoredWave(fresh, count + kept, aside, before, kept)


def _keep(target: Path, new: Any, writer: Any, existing: Existing) -> tuple[int, int]:
    """Submissions stored before, and how many of them are carried over."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(target / ANSWERS) as stored:
            before = stored.metadata.num_rows
            old = stored.read(["_record"])["_record"]
            lost = before - int(pc.sum(pc.is_in(old, value_set=new)).as_py() or 0)
            if lost and existing == "same":
                raise OutputError(
                    f"'{target}' holds {lost} submissions that this file does not have; they would be lost. "
                    "Way out: --add to keep them beside the new ones, or --replace to let them go."
                )
            if not lost or existing == "replace":
                return before, 0
            if stored.schema_arrow.remove_metadata() != writer.schema.remove_metadata():
                raise OutputError(
                    f"the answers in '{target}' belong to another version of the questionnaire. "
                    "Way out: import them again with this one, or name another wave with --wave."
                )
            for batch in stored.iter_batches():
                writer.write_batch(batch.filter(pc.invert(pc.is_in(batch["_record"], value_set=new))))
            return before, lost
    except pa.ArrowException as error:
        raise OutputError(
            f"'{target}' holds answers that cannot be read ({error}). Way out: --replace writes them anew."
        ) from error


def _table(part: Answers) -> Any:
    import pyarrow as pa

    arrays: dict[str, Any] = {
        "_record": pa.array(part.records, pa.string()),
        "_line": pa.array(part.lines, pa.int64()),
        "_started": pa.array(part.started.astype("datetime64[ms]"), pa.timestamp("ms")),
        "_minutes": pa.array(part.minutes, pa.float64()),
        "_language": pa.array(part.languages, pa.string()),
    }
    for column in part.questionnaire.columns():
        kind = {"code": pa.string(), "text": pa.string(), "date": pa.date32()}.get(column.holds, pa.float64())
        arrays[column.name] = pa.array(part.data[column.name], kind)
    for item in part.questionnaire.items:
        arrays[f"{item.code}{_ASKED}"] = pa.array(part.asked[item.code], pa.bool_())
    return pa.table(arrays)


def _answers(form: Questionnaire, table: Any, aside: tuple[SetAside, ...]) -> Answers:
    data: dict[str, Any] = {}
    for column in form.columns():
        stored = table[column.name]
        if column.holds == "code":
            data[column.name] = _words(stored)
        elif column.holds == "text":
            data[column.name] = np.array(stored.to_pylist(), dtype=object)
        elif column.holds == "date":
            data[column.name] = stored.to_numpy().astype("datetime64[D]")
        else:
            data[column.name] = np.array(stored.to_numpy())
    asked = {item.code: np.array(table[f"{item.code}{_ASKED}"].to_numpy(), dtype=bool) for item in form.items}
    return Answers(
        form,
        data,
        asked,
        np.array(table["_record"].to_pylist(), dtype=np.str_),
        np.array(table["_line"].to_numpy()),
        table["_started"].to_numpy().astype("datetime64[s]"),
        np.array(table["_minutes"].to_numpy()),
        _words(table["_language"]),
        aside,
    )


def _words(stored: Any) -> Any:
    whole = stored.combine_chunks()
    chunks = whole.chunks if hasattr(whole, "chunks") else [whole]
    parts = [np.array(c.dictionary.to_pylist() or [""], dtype=np.str_)[c.indices.to_numpy()] for c in chunks]
    return np.concatenate(parts) if parts else np.array([], dtype=np.str_)


def _quarantine_row(one: SetAside) -> list[str]:
    # A spreadsheet computes a cell that begins like a formula; the mark before it is taken off on reading.
    cells = [str(getattr(one, name)) for name in _QUARANTINE_COLUMNS]
    return [f"'{cell}" if cell[:1] in _FORMULA else cell for cell in cells]


def _read_quarantine(path: Path) -> Iterator[SetAside]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            plain: dict[str, Any] = {
                name: cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA and cell[1:2] else cell
                for name, cell in row.items()
            }
            yield SetAside(**{**plain, "line": int(plain["line"])})


def waves(place: Path) -> tuple[str, ...]:
    """The waves stored at a place, in order of their names."""
    if not place.is_dir():
        return ()
    return tuple(
        sorted(path.parent.name for path in place.glob(f"*/{MANIFEST}") if path.parent.name[0] != ".")
    )
