"""From a file or a service to answers: the format is found out, the blocks are taken one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from kelisim.core.answers import Answers
from kelisim.core.errors import Fault, Refused
from kelisim.core.questionnaire import Questionnaire
from kelisim.sources.responses.blocks import Opened
from kelisim.sources.responses.door import Dropped
from kelisim.sources.responses.headers import known_names
from kelisim.sources.responses.take import Taker
from kelisim.sources.responses.text_rows import look_at_text, text_blocks

__all__ = ["FORMATS", "How", "Reading", "ResponseFormat", "open_responses"]

ResponseFormat = Literal["auto", "google", "odk", "kobo", "limesurvey", "csv", "xlsx", "json", "sav", "dta"]
FORMATS: tuple[ResponseFormat, ...] = get_args(ResponseFormat)
_GOOGLE = frozenset({"timestamp", "отметка времени", "уақыт белгісі"})
_BY_ENDING: dict[str, ResponseFormat] = {
    ".xlsx": "xlsx", ".xlsm": "xlsx", ".json": "json", ".sav": "sav", ".zsav": "sav", ".dta": "dta",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How a file is to be read, where it does not show by itself.

    encoding : code of letters of a text table; sheet : of a workbook; columns : heading -> question
    """

    format: ResponseFormat = "auto"
    encoding: str | None = None
    sheet: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


class Reading:
    """Answers of an opened file, to be walked through once; afterwards it tells what was met."""

    def __init__(self, form: Questionnaire, opened: Opened, key: bytes, how: How) -> None:
        self.opened = opened
        self._taker = Taker(form, opened, key, how.columns)
        self._form = form

    def __iter__(self) -> Iterator[Answers]:
        checked = False
        for block in self.opened.blocks():
            if block.lines and not checked and not self._taker.plan(block.header).targets:
                raise Refused([_foreign(self.opened.file, block.header, self._form)])
            checked = checked or bool(block.lines or block.broken)
            yield self._taker.take(block)
        if not checked:
            reason = "it holds no submissions."
            raise Refused(
                [Fault(self.opened.file, None, "", reason, "export it again when there are answers.")]
            )

    @property
    def rows_read(self) -> int:
        """Rows met so far, broken ones included."""
        return self._taker.rows_read

    @property
    def absent(self) -> tuple[str, ...]:
        """Questions of the form that no column of the file belongs to."""
        return tuple(item.code for item in self._form.items if item.code not in self._taker.columns_met)

    @property
    def dropped(self) -> tuple[Dropped, ...]:
        """What was left at the door."""
        return self._taker.door.left()

    @property
    def numbered(self) -> bool:
        """Whether submissions have a number of their own; else they are known by their content."""
        return "record" in self._taker.about_met


def open_responses(path: Path, form: Questionnaire, how: How) -> Opened:
    """Look at a file of answers. Raises: Refused when it cannot be read."""
    kind = how.format
    if kind in ("auto", "odk", "kobo", "google", "limesurvey"):
        kind = _BY_ENDING.get(path.suffix.lower(), "csv")
    if kind == "xlsx":
        from kelisim.sources.responses.workbook import open_workbook

        return open_workbook(path, how.sheet, how.format == "google")
    if kind == "json":
        from kelisim.sources.responses.submissions import open_submissions

        return open_submissions(path)
    if kind in ("sav", "dta"):
        from kelisim.sources.responses.statistical import open_statistical

        return open_statistical(path, kind, form)
    text = look_at_text(path, known_names(form), how.encoding)
    google = how.format == "google" or (how.format == "auto" and text.header[0].strip().lower() in _GOOGLE)
    marks = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
    described = f"text table, {text.code}, {marks[text.delimiter]}" + (", Google Forms" if google else "")
    return Opened(
        path.name, described, lambda: text_blocks(text), lambda: text.digest, text.size, own_words=google
    )


def _foreign(file: str, header: tuple[str, ...], form: Questionnaire) -> Fault:
    shown = ", ".join(f"'{name}'" for name in header[:6])
    codes = ", ".join(item.code for item in form.items[:6])
    reason = f"no column belongs to a question of '{form.questionnaire_id}'; it has {shown} ..."
    way_out = f"give the questionnaire of this form (its questions: {codes} ...), or map with --column."
    return Fault(file, 1, "", reason, way_out)
