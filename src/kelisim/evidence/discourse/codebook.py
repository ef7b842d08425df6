"""The codebook: what coders are asked about a text, which answers there are, and what each of them means.

A variable whose definition changes needs a new version of the codebook. Judgements made under an older
version count where the variable is word for word the same, or where the codebook declares how the old codes
are carried over; otherwise they stay stored and do not count.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from kelisim.core.languages import Words

__all__ = ["COMMANDS", "Asked", "Codebook", "Measure", "Value", "Variable", "carried_code", "key_of"]

Asked = Literal["text", "group"]
Measure = Literal["nominal", "ordinal"]

# Keys the coding screen keeps for itself: back, definitions, the rest of a long text, stop.
COMMANDS = {"b": "back", "d": "definitions", "m": "more", "q": "stop"}

# A key is known by its place on the keyboard: coders need not leave the Kazakh or the Russian layout.
_RUSSIAN = dict(zip("йцукенгшщзхъфывапролджэячсмитьбю", "qwertyuiop[]asdfghjkl;'zxcvbnm,.", strict=True))
_KAZAKH_DIGITS = dict(zip('"әіңғ,.үұқ', "1234567890", strict=True))


def key_of(typed: str) -> str:
    """The key that was pressed, whatever the layout: the same place gives the same key.

    >>> key_of("ә"), key_of("2"), key_of("й"), key_of("Q")
    ('2', '2', 'q', 'q')
    """
    small = typed.lower()
    return _KAZAKH_DIGITS.get(small, _RUSSIAN.get(small, small))


@dataclass(frozen=True, slots=True)
class Value:
    """One answer: code, the key that gives it, label, what it means, and examples.

    alert : whether a text with this code has to be looked at by a person at once
    """

    code: str
    key: str
    label: Words
    definition: Words | None = None
    examples: tuple[str, ...] = ()
    alert: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """One question about a text.

    asked : "text" once for a text, "group" once for every group the text names
    measure : "ordinal" where the values are in order, from the first to the last
    ask_if : variable asked before, and its codes under which this one is asked; None where always
    of_interest : codes whose share is told, such as "negative"
    """

    code: str
    label: Words
    definition: Words
    values: tuple[Value, ...]
    asked: Asked = "text"
    measure: Measure = "nominal"
    ask_if: tuple[str, tuple[str, ...]] | None = None
    of_interest: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes in their order."""
        return tuple(value.code for value in self.values)

    @property
    def keys(self) -> dict[str, Value]:
        """Key on the keyboard -> value."""
        return {key_of(value.key): value for value in self.values}

    def meaning(self) -> str:
        """Digest of all that a coder goes by; shortcuts are not among it."""
        said: dict[str, Any] = {
            "code": self.code,
            "label": self.label.as_dict(),
            "definition": self.definition.as_dict(),
            "asked": self.asked,
            "measure": self.measure,
            "ask_if": self.ask_if,
            "examples": self.examples,
            "values": [
                (v.code, v.label.as_dict(), v.definition and v.definition.as_dict(), v.examples)
                for v in self.values
            ],
        }
        text = json.dumps(said, ensure_ascii=False, sort_keys=True)
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Codebook:
    """All variables of one version.

    carried : older version -> variable -> its old codes and what they are now
    """

    name: str
    version: str
    variables: tuple[Variable, ...]
    carried: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)

    def variable(self, code: str) -> Variable | None:
        """One variable by its code, None where there is none."""
        return next((variable for variable in self.variables if variable.code == code), None)

    def meanings(self) -> dict[str, str]:
        """Variable -> digest of its definition."""
        return {variable.code: variable.meaning() for variable in self.variables}


def carried_code(
    codebook: Codebook, variable: str, version: str, code: str, meanings: Mapping[str, Mapping[str, str]]
) -> str | None:
    """What a judgement of an older version says under this codebook; None where it does not count.

    meanings : version -> variable -> digest of the definition it had then

    >>> from kelisim.core.languages import Words
    >>> bad = Value("bad", "1", Words.same("bad"))
    >>> tone = Variable("tone", Words.same("tone"), Words.same("..."), (bad,))
    >>> book = Codebook("c", "2", (tone,), {"1": {"tone": {"negative": "bad"}}})
    >>> old = {"1": {"tone": "another definition"}, "2": book.meanings()}
    >>> carried_code(book, "tone", "1", "negative", old), carried_code(book, "tone", "1", "mixed", old)
    ('bad', None)
    """
    now = codebook.variable(variable)
    if now is None:
        return None
    if version == codebook.version or meanings.get(version, {}).get(variable) == now.meaning():
        return code if code in now.codes else None
    return codebook.carried.get(version, {}).get(variable, {}).get(code)
