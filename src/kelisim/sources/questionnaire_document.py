"""The declaration of a questionnaire, and of a battery of the library: what may stand in it.

Labels are written `label: {kk: ..., ru: ..., en: ...}` or, as in tables, `label_kk`, `label_ru`, `label_en`.
Unknown keys are refused; codes are taken as text, so that 1 and "1" are one code.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from kelisim.core.questionnaire import FORM_LANGUAGES, FormLanguage, ItemType, MissingKind, Role

__all__ = [
    "BatteryDocument",
    "ConditionDocument",
    "FormDocument",
    "ItemDocument",
    "LabelsDocument",
    "OptionDocument",
    "RowDocument",
    "ScaleDocument",
    "UseDocument",
    "with_list",
]

_OTHER_NAMES = {"open_text": "open", "integer": "number", "decimal": "number"}
_WORDED = ("label", "hint")


def _code(value: Any) -> Any:
    # YAML reads yes, no, on and off as true and false, and 1.0 as a fraction.
    if isinstance(value, bool):
        raise ValueError('YAML reads yes, no, on and off as true and false: write the code in quotes, "yes"')
    return str(value) if isinstance(value, int) else value


Code = Annotated[str, Field(min_length=1, max_length=32), BeforeValidator(_code)]
# An empty text is not refused here, so that it is told like one that is missing.
Text = Annotated[str, Field(max_length=2000)]


def _gathered(raw: Any) -> Any:
    """`label_kk: ...` put under `label`; a key given both ways is left for the model to refuse."""
    if not isinstance(raw, Mapping):
        return raw
    made = dict(raw)
    for name in _WORDED:
        flat = {language: f"{name}_{language}" for language in FORM_LANGUAGES if f"{name}_{language}" in made}
        if flat and name not in made:
            made[name] = {language: made.pop(key) for language, key in flat.items()}
    return made


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _Worded(_Strict):
    @model_validator(mode="before")
    @classmethod
    def _gather(cls, raw: Any) -> Any:
        return _gathered(raw)


class LabelsDocument(_Strict):
    """One text in the languages of the form."""

    kk: Text | None = None
    ru: Text | None = None
    en: Text | None = None
    uz: Text | None = None


class OptionDocument(_Worded):
    """One answer; `goto` names the question that follows it, or END."""

    code: Code
    label: LabelsDocument
    do_not_read: bool = False
    missing_kind: MissingKind | None = None
    open_text: bool = False
    excludes: bool = False
    score: float | None = None
    goto: Code | None = None


class RowDocument(_Worded):
    """One row of a grid, for instance a group; `reverse`: agreeing means the opposite of the scale's name."""

    code: Code
    label: LabelsDocument
    reverse: bool = False


class ConditionDocument(_Strict):
    """Asked only if one of these codes was chosen at an earlier question."""

    question: Code
    codes: list[Code] = Field(alias="in", min_length=1)


class ItemDocument(_Worded):
    """One question."""

    code: Code
    type: ItemType
    label: LabelsDocument
    hint: LabelsDocument = LabelsDocument()
    options: list[OptionDocument] = []
    rows: list[RowDocument] = []
    max_selections: int | None = Field(default=None, ge=1)
    low: float | None = None
    high: float | None = None
    whole: bool = False
    ask_if: list[ConditionDocument] = []
    required: bool = True
    sensitive: bool = False
    role: Role = ""
    block: str = ""
    reverse: bool = False

    @model_validator(mode="before")
    @classmethod
    def _in_one_form(cls, raw: Any) -> Any:
        if not isinstance(raw, Mapping):
            return raw
        made = dict(raw)
        told = made.get("type")
        if isinstance(told, str) and "or_other" in told.replace(" ", "_"):
            raise ValueError("or_other loses translations: give an option `open_text: true` instead")
        if told == "integer":
            made.setdefault("whole", True)
        if isinstance(told, str):
            made["type"] = _OTHER_NAMES.get(told, told)
        if isinstance(made.get("ask_if"), Mapping):
            made["ask_if"] = [made["ask_if"]]
        return made


class UseDocument(_Strict):
    """All items of a battery of the library, at this place of the form.

    rows : rows of its grids, for instance the groups asked about; without : questions left out
    block : heading under which it stands
    """

    use: str
    without: list[Code] = []
    rows: list[RowDocument] = []
    block: str = ""


class ScaleDocument(_Worded):
    """What is computed from several items together."""

    key: Code
    label: LabelsDocument
    items: list[Code] = Field(min_length=1)
    aggregate: Literal["mean", "sum"]
    least_items: int = Field(ge=1)
    direction: Literal[-1, 0, 1]
    per_row: bool = False
    card: str = ""


class FormDocument(_Strict):
    """The whole of a questionnaire but its questions, which are read one by one.

    unreviewed : languages that no speaker has read yet; those of the batteries used are added
    reviewed : languages in which a speaker has read everything, the batteries included
    lists : options that several questions share; a question takes them by `options: NAME`
    """

    questionnaire: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=32)
    version: str = Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]*$", max_length=32)
    title: LabelsDocument
    languages: list[FormLanguage] = Field(min_length=1)
    unreviewed: list[FormLanguage] = []
    reviewed: list[FormLanguage] = []
    blocks: dict[str, LabelsDocument] = {}
    lists: dict[str, list[OptionDocument]] = {}
    scales: list[ScaleDocument] = []
    questions: list[Any] = Field(min_length=1, max_length=400)

    @model_validator(mode="before")
    @classmethod
    def _version_as_text(cls, raw: Any) -> Any:
        if not isinstance(raw, Mapping):
            return raw
        told = raw.get("version")
        if isinstance(told, float):
            raise ValueError(
                'YAML reads the version as a number, and 1.10 as 1.1: write it in quotes, "1.10"'
            )
        if isinstance(told, int | date) and not isinstance(told, bool):
            return dict(raw) | {"version": str(told)}
        return raw


class BatteryDocument(_Strict):
    """A battery of the library: what it measures, whose work it rests on, and what it must not be used for.

    source : keys of docs/refs.bib; asks_rows : its grids need the rows of the study, such as groups
    """

    battery: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: LabelsDocument
    measures: str
    source: list[str] = []
    basis: str
    scoring: str
    not_for: str
    unreviewed: list[FormLanguage]
    asks_rows: bool = False
    lists: dict[str, list[OptionDocument]] = {}
    questions: list[ItemDocument] = Field(min_length=1)
    scales: list[ScaleDocument] = []

    @model_validator(mode="before")
    @classmethod
    def _with_lists(cls, raw: Any) -> Any:
        if isinstance(raw, Mapping) and isinstance(raw.get("questions"), list):
            return dict(raw) | {"questions": [with_list(one, raw.get("lists")) for one in raw["questions"]]}
        return raw


def with_list(question: Any, lists: Any) -> Any:
    """A question as declared, with the shared list of options it names written out.

    Raises: ValueError where there is no such list.
    """
    if not isinstance(question, Mapping) or not isinstance(question.get("options"), str):
        return question
    if not isinstance(lists, Mapping) or question["options"] not in lists:
        known = ", ".join(map(str, lists)) if isinstance(lists, Mapping) and lists else "none"
        raise ValueError(f"there is no list '{question['options']}' under `lists`; there are: {known}")
    return dict(question) | {"options": lists[question["options"]]}
