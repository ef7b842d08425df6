"""Invented questionnaires: one written by hand with every kind of question, and any that hypothesis draws."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import strategies as st

from kelisim.core.questionnaire import Questionnaire
from kelisim.sources.questionnaire import questionnaire_from

__all__ = ["EVERY_KIND", "declared", "documents", "labels", "read_text", "written"]

LANGUAGES = ("kk", "ru", "en", "uz")


def labels(text: str, languages: tuple[str, ...] = ("kk", "ru", "en")) -> dict[str, str]:
    return {language: f"{text} {language}" for language in languages}


def _options(*codes: object, **last: object) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = [{"code": code, "label": labels(f"option {code}")} for code in codes]
    made[-1] |= last
    return made


EVERY_KIND: dict[str, Any] = {
    "questionnaire": "every_kind",
    "version": "1",
    "title": labels("Title"),
    "languages": ["kk", "ru", "en"],
    "blocks": {"end": labels("End")},
    "lists": {"agree": [{"code": k, "score": k, "label": labels(f"step {k}")} for k in range(1, 6)]},
    "questions": [
        {"code": "who", "type": "open", "role": "interviewer", "label": labels("Who")},
        {"code": "ok", "type": "single", "role": "consent", "label": labels("Consent"),
         "options": _options(1, 2, goto="END")},
        {"code": "A", "type": "single", "label": labels("A"), "options": _options(1, 2, 3, goto="D")},
        {"code": "B", "type": "multiple", "max_selections": 2, "label": labels("B"), "hint": labels("Hint"),
         "options": _options(1, 2, 3, 8, do_not_read=True, missing_kind="dont_know")},
        {"code": "C", "type": "integer", "low": 0, "high": 99, "label": labels("C"),
         "ask_if": {"question": "B", "in": [1, 2]}},
        {"code": "D", "type": "single", "label": labels("D"), "options": _options(1, 2, open_text=True)},
        {"code": "E", "type": "scale", "low": 0, "high": 10, "label": labels("E"),
         "options": [{"code": 0, "label": labels("none")}]},
        {"code": "F", "type": "grid", "label": labels("F"), "options": "agree",
         "rows": [{"code": "x", "label": labels("x")}, {"code": "y", "label": labels("y"), "reverse": True}]},
        {"code": "G", "type": "date", "block": "end", "label": labels("G")},
        {"code": "H", "type": "open", "block": "end", "sensitive": True, "required": False,
         "label": labels("H")},
    ],
    "scales": [{"key": "f", "label": labels("f"), "items": ["F"], "aggregate": "mean", "least_items": 1,
                "direction": 0}],
}  # fmt: skip


def written(document: dict[str, Any]) -> str:
    """A declaration as YAML."""
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


def read_text(text: str) -> Questionnaire:
    return questionnaire_from(text, "form.yaml")


def declared(document: dict[str, Any]) -> Questionnaire:
    return read_text(written(document))


# Letters of the four languages, and signs that forms, tables and markup could take for their own.
_TEXTS = st.text(
    st.sampled_from("абӘқўҳabz 019.,:;?!()«»\"'=<>&%#*_[]{}|/\\+-@~№–$"), min_size=1, max_size=30
).filter(lambda text: text.strip() and "${" not in text)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A declaration without faults: up to eight questions, routed by conditions on earlier ones."""
    languages = draw(st.lists(st.sampled_from(LANGUAGES), min_size=1, max_size=4, unique=True))

    def words() -> dict[str, str]:
        return {language: draw(_TEXTS) for language in languages}

    questions: list[dict[str, Any]] = []
    for k in range(draw(st.integers(1, 8))):
        kind = draw(st.sampled_from(("single", "multiple", "open", "number", "scale", "grid", "date")))
        item: dict[str, Any] = {
            "code": f"q{k}",
            "type": kind,
            "label": words(),
            "required": draw(st.booleans()),
        }
        if draw(st.booleans()):
            item["hint"] = words()
        if kind in ("single", "multiple", "scale", "grid"):
            size = draw(st.integers(2, 5))
            item["options"] = [{"code": n + 1, "score": n, "label": words()} for n in range(size)]
            if draw(st.booleans()):
                item["options"].append(
                    {
                        "code": 98,
                        "label": words(),
                        "missing_kind": "dont_know",
                        "do_not_read": draw(st.booleans()),
                    }
                )
            if kind == "multiple":
                item["max_selections"] = draw(st.sampled_from([None, *range(2, size + 1)]))
                item["options"][0]["excludes"] = (
                    size > 3 and item["max_selections"] is None and draw(st.booleans())
                )
            if kind in ("single", "multiple"):
                item["options"][1]["open_text"] = draw(st.booleans())
        if kind == "grid":
            item["rows"] = [{"code": f"r{n}", "label": words()} for n in range(draw(st.integers(1, 3)))]
        if kind == "number":
            item["low"] = draw(st.sampled_from([None, 0, -2.5]))
            item["high"] = draw(st.sampled_from([None, 1.5, 1e7]))
        earlier = [q for q in questions if q["type"] in ("single", "multiple", "scale")]
        if earlier and draw(st.booleans()):
            before = draw(st.sampled_from(earlier))
            codes = [option["code"] for option in before["options"]]
            item["ask_if"] = {
                "question": before["code"],
                "in": draw(st.lists(st.sampled_from(codes), min_size=1, max_size=3, unique=True)),
            }
        questions.append(item)
    return {
        "questionnaire": "drawn",
        "version": "2024-01-08.a",
        "title": words(),
        "languages": languages,
        "unreviewed": languages[:1],
        "questions": questions,
    }
