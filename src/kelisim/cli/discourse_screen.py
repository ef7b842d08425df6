"""The coding screen: one text, one question, one key; in a terminal or from a pipe of keys."""

from __future__ import annotations

import sys
import textwrap
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import click

from kelisim.core.languages import Language, Words

if TYPE_CHECKING:
    from kelisim.evidence.discourse.codebook import Variable
    from kelisim.runs.discourse_coding import Question

__all__ = ["ask", "pressed", "show"]

_WIDE = 96
_SHOWN = 1_500
_COMMANDS = {
    "b": Words("артқа", "назад", "back"),
    "d": Words("анықтамалар", "определения", "definitions"),
    "m": Words("мәтіннің қалғаны", "остальной текст", "more of the text"),
    "q": Words("тоқтату", "остановиться", "stop"),
}
_NO_KEY = Words("мұндай перне жоқ", "такой клавиши нет", "there is no such key")
_GROUPS = Words("Аталған топтар", "Названные группы", "Groups named")
_GIVEN = Words("Кодтаушылардың бағалары", "Оценки кодировщиков", "What the coders gave")


def pressed() -> str:
    """The next key: one press in a terminal, the next letter or digit of a pipe; q where the pipe ended."""
    from kelisim.evidence.discourse.codebook import key_of

    while True:
        key = click.getchar() if sys.stdin.isatty() else sys.stdin.read(1)
        if key in ("", "\x04"):
            return "q"
        if key.strip():
            return key_of(key)


def show(question: Question, head: str, language: Language, shown: str) -> str:
    """Show a text, unless it is the one `shown` already; returns the text that is on the screen now."""
    unit = question.unit
    if unit.unit != shown:
        click.echo(f"\n{head}\n{'─' * _WIDE}")
        text, more = _plain(unit.text), len(unit.text) - _SHOWN
        click.echo(_wrapped(text[:_SHOWN]) + (f" … (+{more:,})" if more > 0 else ""))
        click.echo("─" * _WIDE)
        if unit.groups:
            click.echo(f"{_GROUPS.say(language)}: {', '.join(map(_plain, unit.groups))}")
    if question.given:
        labels = {value.code: value.label.say(language) for value in question.variable.values}
        given = ", ".join(labels.get(code, code) for code in question.given)
        click.echo(f"{_GIVEN.say(language)}: {given}")
    return unit.unit


def ask(
    question: Question,
    language: Language,
    press: Callable[[], str] = pressed,
    keys: Mapping[str, tuple[str, Words]] | None = None,
) -> tuple[str, float] | None:
    """The code for a question, or "" for back, with the seconds it took; None to stop.

    keys : key -> code and label, where the answers are not those of the variable
    """
    variable = question.variable
    codes = keys or {key: (value.code, value.label) for key, value in variable.keys.items()}
    title = variable.label.say(language) + (f" · {_plain(question.target)}" if question.target else "")
    if keys is None:
        click.echo(f"{title}:")
    answers = [f"{key} {label.say(language)}" for key, (_, label) in codes.items()]
    # A row of answers is read at a glance; a long list needs a line for each.
    short = sum(map(len, answers)) + 3 * len(answers) < _WIDE
    click.echo("   ".join(answers) if short else "\n".join(answers))
    commands = "   ".join(f"{key} {label.say(language)}" for key, label in _COMMANDS.items())
    click.echo(click.style(commands, dim=True))
    begun = time.monotonic()
    while True:
        key = press()
        if key in codes:
            click.echo(f"> {codes[key][1].say(language)}")
            return codes[key][0], time.monotonic() - begun
        if key == "q":
            return None
        if key == "b":
            return "", 0.0
        if key == "d":
            click.echo(_definitions(variable, language))
        elif key == "m":
            click.echo(_wrapped(_plain(question.unit.text)[_SHOWN:]))
        else:
            click.echo(f"{_NO_KEY.say(language)}: {_plain(key)}")


def _definitions(variable: Variable, language: Language) -> str:
    lines = [variable.definition.say(language), *variable.examples]
    for value in variable.values:
        said = f" — {value.definition.say(language)}" if value.definition else ""
        lines.append(f"{value.key} {value.label.say(language)}{said}")
        lines += [f"    {example}" for example in value.examples]
    return "\n".join(_wrapped(line) for line in lines)


def _plain(text: str) -> str:
    """Text of strangers as letters only: no commands to the terminal, no turned directions of writing."""
    return "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text)


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.fill(line, _WIDE) if line.strip() else "" for line in text.split("\n"))
