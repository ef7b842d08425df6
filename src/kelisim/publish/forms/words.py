"""What a form says beside its own questions: instructions, limits, conditions, in its languages."""

from __future__ import annotations

from collections.abc import Iterable

from kelisim.core.questionnaire import Condition, FormLanguage, Item, Option, Questionnaire
from kelisim.publish.words import catalogue

__all__ = [
    "condition_in_words",
    "form_word",
    "instruction",
    "number",
    "option_text",
    "options_in_order",
    "range_in_words",
]


def form_word(language: FormLanguage, key: str, *given: object) -> str:
    """The words of `form.KEY`, with {} filled in order. Raises: KeyError."""
    text = catalogue(language)[f"form.{key}"]
    for value in given:
        text = text.replace("{}", str(value), 1)
    return text


def options_in_order(item: Item) -> tuple[Option, ...]:
    """The options as they stand on a form: what is not read out comes last."""
    return tuple(sorted(item.options, key=lambda option: option.do_not_read))


def option_text(option: Option, language: FormLanguage) -> str:
    """The label of an option, marked where it is not read out."""
    label = option.label[language]
    return f"{form_word(language, 'do_not_read')} {label}" if option.do_not_read else label


def number(value: float) -> str:
    """A number as formulas of forms write it: no exponent, no group sign, no trailing zeros.

    >>> number(5.0), number(0.5), number(1e7)
    ('5', '0.5', '10000000')
    """
    return f"{value:.10f}".rstrip("0").rstrip(".")


def range_in_words(item: Item, language: FormLanguage) -> str:
    """The values a number may take; "" where there is no limit."""
    low, high = (None if end is None else number(end) for end in (item.low, item.high))
    key = {(True, True): "between", (True, False): "from", (False, True): "to"}.get(
        (low is not None, high is not None)
    )
    if key is None:
        return ""
    return form_word(language, key).replace("{low}", str(low)).replace("{high}", str(high))


def instruction(item: Item, language: FormLanguage) -> str:
    """How many answers are taken, or which numbers; "" where it goes without saying."""
    if item.type == "multiple":
        if item.max_selections is None:
            return form_word(language, "any")
        return form_word(language, "at_most", item.max_selections)
    if item.type == "number":
        return range_in_words(item, language)
    if item.type == "grid":
        return form_word(language, "row")
    return form_word(language, "single") if item.type in ("single", "scale") else ""


def condition_in_words(
    conditions: Iterable[Condition], questionnaire: Questionnaire, language: FormLanguage
) -> str:
    """Conditions as a person reads them: "Q8: yes or may or may not move, and Q2: no"."""
    either, parts = f" {form_word(language, 'or')} ", []
    for condition in conditions:
        item = questionnaire.item(condition.question)
        options = [item.option(code) for code in condition.codes] if item is not None else []
        said = [f"«{option.label[language]}»" for option in options if option is not None]
        parts.append(f"{condition.question} – {either.join(said)}")
    return f", {form_word(language, 'and')} ".join(parts)
