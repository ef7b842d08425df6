"""Short texts from templates: alternatives in brackets, names in braces, and the mentions that come of them.

`[кеше|бүгін]` is one of the alternatives, `{p:loc}` a name in a case. Names of groups stand in no template as
plain letters, so whoever is mentioned is known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kelisim.simulation.corpus.words import GROUPS, Form, group_form, place_form

__all__ = ["Said", "say"]

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_NAME = re.compile(r"\{([^{}]*)\}")
_BEGINNING = re.compile(r"(?:^|[.!?] )\w")


@dataclass(frozen=True, slots=True)
class Said:
    """A text and the mentions in it, in order: (group, sense)."""

    text: str
    mentions: tuple[tuple[str, str], ...]


def say(template: str, language: str, names: Mapping[str, str], rng: np.random.Generator) -> Said:
    """Draw one text of a template.

    names : what the short names of the template stand for: `g`, `h` a group id, `p`, `q` a district id;
    `n` is a number between two and ninety, drawn anew, and `cit` the citizens of the country
    """
    while found := _CHOICE.search(template):
        options = found.group(1).split("|")
        template = (
            template[: found.start()] + options[int(rng.integers(len(options)))] + template[found.end() :]
        )
    mentions: list[tuple[str, str]] = []

    def put(found: re.Match[str]) -> str:
        form = _form(found.group(1), language, names, rng)
        if form.mention is not None:
            mentions.append(form.mention)
        return form.text

    text = _BEGINNING.sub(lambda found: found.group().upper(), _NAME.sub(put, template).strip())
    return Said(text, tuple(mentions))


def _form(asked: str, language: str, names: Mapping[str, str], rng: np.random.Generator) -> Form:
    name, _, rest = asked.partition(":")
    if name == "n":
        return Form(str(int(rng.integers(2, 91))))
    if name == "cit":
        return group_form(language, "kazakh", "cit", rest)
    name = names.get(name, name)
    what, _, case = rest.partition(":")
    if name in GROUPS:
        return group_form(language, name, what or "pl", case)
    return Form(place_form(language, name, what))
