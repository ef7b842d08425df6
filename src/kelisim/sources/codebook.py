"""The codebook of a study (`discourse/codebook.yaml`): read strictly, every fault with its line.

Shortcuts are checked as keys on the keyboard: two values of one variable may not share one, nor take one
that the coding screen keeps for itself, in whatever layout it was written down.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from kelisim.core.errors import Fault, Refused
from kelisim.core.languages import Words
from kelisim.evidence.discourse.codebook import COMMANDS, Codebook, Value, Variable, key_of
from kelisim.sources.documents import utf8_text, validated
from kelisim.sources.files import read_file
from kelisim.sources.yaml_file import load_yaml

__all__ = ["CODEBOOK", "codebook_from", "codebook_template", "read_codebook"]

CODEBOOK = "discourse/codebook.yaml"
_LARGEST_BYTES = 2**20
_WAY_OUT = "see the page on coding in the handbook, or `kelisim discourse codebook STUDY`."


def _as_text(value: Any) -> Any:
    # YAML reads yes, no, on and off as true and false, and 1 as a number.
    if isinstance(value, bool):
        raise ValueError('YAML reads yes, no, on and off as true and false: write it in quotes, "yes"')
    return str(value) if isinstance(value, int) else value


_Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,32}$"), BeforeValidator(_as_text)]
_Version = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,31}$"), BeforeValidator(_as_text)]
_Key = Annotated[str, Field(min_length=1, max_length=1), BeforeValidator(_as_text)]
_Text = Annotated[str, Field(min_length=1, max_length=2000), BeforeValidator(_as_text)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Words(_Strict):
    kk: _Text
    ru: _Text
    en: _Text


class _ValueDocument(_Strict):
    code: _Code
    key: _Key
    label: _Words
    definition: _Words | None = None
    examples: list[_Text] = []
    alert: bool = False


class _VariableDocument(_Strict):
    code: _Code
    label: _Words
    definition: _Words
    values: list[_ValueDocument] = Field(min_length=2, max_length=32)
    asked: Literal["text", "group"] = "text"
    measure: Literal["nominal", "ordinal"] = "nominal"
    ask_if: dict[_Code, list[_Code]] | None = None
    of_interest: list[_Code] = Field(min_length=1)
    examples: list[_Text] = []


class _CodebookDocument(_Strict):
    codebook: _Code
    version: _Version
    variables: list[_VariableDocument] = Field(min_length=1, max_length=60)
    carried: dict[str, dict[_Code, dict[_Code, _Code]]] = {}


def codebook_template() -> str:
    """The codebook that a study starts from."""
    return (files("kelisim.sources") / "codebook.yaml").read_text(encoding="utf-8")


def read_codebook(study: Path) -> Codebook:
    """The codebook of a study.  Raises: Refused with every fault."""
    data, _ = read_file(study, CODEBOOK, _LARGEST_BYTES)
    return codebook_from(utf8_text(data, CODEBOOK), CODEBOOK)


def codebook_from(text: str, file: str) -> Codebook:
    """The codebook declared in a YAML text; file : its name, for messages.  Raises: Refused."""
    raw, lines = load_yaml(text, file)
    document = validated(_CodebookDocument, raw, lines, file, way_out=_WAY_OUT)
    if faults := _faults(document, lines, file):
        raise Refused(faults)
    return Codebook(
        document.codebook,
        document.version,
        tuple(_variable(variable) for variable in document.variables),
        document.carried,
    )


def _variable(document: _VariableDocument) -> Variable:
    values = tuple(
        Value(
            v.code,
            v.key,
            _words(v.label),
            _words(v.definition) if v.definition else None,
            tuple(v.examples),
            v.alert,
        )
        for v in document.values
    )
    asked_if = next(iter((document.ask_if or {}).items()), None)
    return Variable(
        code=document.code,
        label=_words(document.label),
        definition=_words(document.definition),
        values=values,
        asked=document.asked,
        measure=document.measure,
        ask_if=None if asked_if is None else (asked_if[0], tuple(asked_if[1])),
        of_interest=tuple(document.of_interest),
        examples=tuple(document.examples),
    )


def _words(document: _Words) -> Words:
    return Words(document.kk, document.ru, document.en)


def _faults(document: _CodebookDocument, lines: Mapping[Any, int], file: str) -> list[Fault]:
    found: list[Fault] = []

    def fault(at: tuple[str | int, ...], reason: str, way_out: str) -> None:
        line = next((lines[at[:k]] for k in range(len(at), 0, -1) if at[:k] in lines), None)
        found.append(Fault(file, line, ".".join(map(str, at)), reason, way_out))

    before: dict[str, _VariableDocument] = {}
    for i, variable in enumerate(document.variables):
        at = ("variables", i)
        codes = [value.code for value in variable.values]
        if variable.code in before:
            fault((*at, "code"), f"the variable '{variable.code}' stands twice.", "rename one of them.")
        for code in _twice(codes):
            fault((*at, "values"), f"the code '{code}' stands twice.", "give every value a code of its own.")
        _keys(variable, at, fault)
        for code in sorted({*variable.of_interest} - {*codes}):
            fault((*at, "of_interest"), f"'{code}' is no code of it.", f"take one of {', '.join(codes)}.")
        _ask_if(variable, before, at, fault)
        before.setdefault(variable.code, variable)
    _carried(document, before, fault)
    return found


def _twice(names: list[str]) -> list[str]:
    return sorted(name for name, n in Counter(names).items() if n > 1)


def _keys(variable: _VariableDocument, at: tuple[str | int, ...], fault: Any) -> None:
    keys = [key_of(value.key) for value in variable.values]
    for key in _twice(keys):
        fault((*at, "values"), f"the key '{key}' gives two values.", "give every value a key of its own.")
    for j, (value, key) in enumerate(zip(variable.values, keys, strict=True)):
        place = (*at, "values", j, "key")
        if key in COMMANDS:
            reason = f"the key '{value.key}' means \"{COMMANDS[key]}\" on the coding screen."
            fault(place, reason, f"any other than {', '.join(COMMANDS)}.")
        elif not (key.isascii() and key.isalnum()):
            fault(place, f"'{value.key}' is neither a digit nor a letter key.", "take 0 to 9 or a letter.")


def _ask_if(
    variable: _VariableDocument,
    before: Mapping[str, _VariableDocument],
    at: tuple[str | int, ...],
    fault: Any,
) -> None:
    if variable.ask_if is None:
        return
    place = (*at, "ask_if")
    if len(variable.ask_if) != 1:
        fault(place, "a condition names one variable.", "write one variable and its codes.")
        return
    (name, codes), *_ = variable.ask_if.items()
    if name not in before:
        fault(place, f"'{name}' is not asked before it.", "name a variable that stands above.")
        return
    known = [value.code for value in before[name].values]
    for code in sorted({*codes} - {*known}):
        fault(place, f"'{code}' is no code of '{name}'.", f"take one of {', '.join(known)}.")
    if before[name].asked == "group" and variable.asked == "text":
        fault(place, f"'{name}' is asked for every group.", "ask this one for every group too.")


def _carried(document: _CodebookDocument, known: Mapping[str, _VariableDocument], fault: Any) -> None:
    for version, variables in document.carried.items():
        if version == document.version:
            fault(("carried", version), "a version is not carried over to itself.", "name an older one.")
        for name, codes in variables.items():
            at = ("carried", version, name)
            if name not in known:
                fault(at, f"there is no variable '{name}' now.", f"take one of {', '.join(known)}.")
                continue
            now = [value.code for value in known[name].values]
            for code in sorted({*codes.values()} - {*now}):
                fault(at, f"'{code}' is no code of it now.", f"take one of {', '.join(now)}.")
