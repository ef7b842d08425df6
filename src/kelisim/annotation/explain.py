"""Why a text has its labels: every step of the kernel in words, each label beside what made it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import numpy as np
import pyarrow as pa
import yaml

from kelisim.annotation.flags import Flag
from kelisim.annotation.hits import SENSES
from kelisim.annotation.kernel import SCRIPTS, SECOND_LANGUAGE_MARGIN, Found, Kernel, letterless, scripts
from kelisim.annotation.language_model import CLASSES
from kelisim.annotation.senses import REASONS, mentioned
from kelisim.core.languages import Language

__all__ = ["explanation", "words"]

_LONGEST_VIEW = 400


@cache
def words() -> dict[str, dict[str, dict[Language, str]]]:
    """Words of the explanation by part, key and language."""
    source = files("kelisim.annotation") / "models" / "explain.yaml"
    read: dict[str, dict[str, dict[Language, str]]] = yaml.safe_load(source.read_text(encoding="utf-8"))
    return read


def explanation(kernel: Kernel, text: str, language: Language) -> list[str]:
    """Lines that say how one text is read and why it has its labels.

    >>> from kelisim.annotation.kernel import load
    >>> print("\\n".join(explanation(load(), "Өзбектер қазақ тілін біледі", "en")[:3]))
    Matching view: өзбектер қазақ тілін біледі
    Language: Kazakh (margin 1.00, next another language)
    Script: Cyrillic
    """
    found = kernel.find(pa.array([text], pa.large_string()), [None])
    say = _Saying(language)
    lines = [*_reading(found, say), *_mentions(kernel, found, text, say), *_places(kernel, found, text, say)]
    for kind in ("frames", "cues"):
        lines += _labels(kernel, found, text, kind, say)
    lines.append(f"{say('lines', 'made_by')}: kelisim {kernel.version}, {kernel.bundle}")
    return [*lines, say("lines", "triage")]


class _Saying:
    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, part: str, key: str) -> str:
        return words()[part][key][self.language]


def _reading(found: Found, say: _Saying) -> Iterator[str]:
    view, languages = found.view, found.languages
    shown = view.text(0).strip()
    yield f"{say('lines', 'view')}: {shown[:_LONGEST_VIEW]}{' ...' if len(shown) > _LONGEST_VIEW else ''}"
    first, second, margin = int(languages.first[0]), int(languages.second[0]), float(languages.margin[0])
    if first < 0:
        yield f"{say('lines', 'language')}: {say('lines', 'none')}"
    else:
        told = say("languages", CLASSES[first])
        if second >= 0:
            near = say("languages", CLASSES[second])
            told += f" ({say('lines', 'margin').format(margin=f'{margin:.2f}', second=near)})"
            if margin < SECOND_LANGUAGE_MARGIN:
                told += f"; {say('lines', 'small')}"
        yield f"{say('lines', 'language')}: {told}"
        yield f"{say('lines', 'script')}: {say('scripts', SCRIPTS[int(scripts(found)[0])])}"
    flags = int(view.flags[0]) | (int(Flag.LETTERLESS) if letterless(found)[0] else 0)
    if flags:
        told = ", ".join(say("flags", str(flag.name).lower()) for flag in Flag if flag & flags)
        yield f"{say('lines', 'flags')}: {told}"


def _quoted(found: Found, text: str, spans: list[tuple[int, int]]) -> str:
    """The stored characters of some spans of the view."""
    begin, end = found.view.spans(
        np.array([first for first, _ in spans], dtype=np.int64),
        np.array([last for _, last in spans], dtype=np.int64),
    )
    return " … ".join(f"«{text[a:b]}»" for a, b in zip(begin.tolist(), end.tolist(), strict=True))


def _listed(title: str, lines: list[str], say: _Saying) -> Iterator[str]:
    yield f"{title}: " + (say("lines", "nothing") if not lines else "")
    yield from (f"  {line}" for line in lines)


def _mentions(kernel: Kernel, found: Found, text: str, say: _Saying) -> Iterator[str]:
    hits = found.hits.take(mentioned(found.hits, kernel.lexicon))
    lines = []
    for number in range(len(hits)):
        said = _quoted(found, text, [(int(hits.start[number]), int(hits.end[number]))])
        concept = kernel.lexicon.concepts[hits.concept[number]].id
        sense, reason = SENSES[hits.sense[number]], REASONS[hits.reason[number]]
        why = f"{say('lines', 'because')}: {say('reasons', reason)}"
        lines.append(f"{said} {concept}, {say('senses', sense)} ({why})")
    restricted = [kernel.lexicon.concepts[place] for place in found.hits.concept.tolist()]
    lines += [f"{say('lines', 'insult')}: {c.id}" for c in restricted if c.restricted]
    return _listed(say("lines", "mentions"), lines, say)


def _places(kernel: Kernel, found: Found, text: str, say: _Saying) -> Iterator[str]:
    lines = [
        f"{_quoted(found, text, [(place.start, place.end)])} {place.place}"
        f" ({say('lines', 'because')}: {say('places', place.how)})"
        for place in found.places
    ]
    return _listed(say("lines", "places"), lines, say)


def _labels(kernel: Kernel, found: Found, text: str, kind: str, say: _Saying) -> Iterator[str]:
    chosen = [label for label in found.labels if f"{label.kind}s" == kind]
    hidden = {
        (int(start), int(end))
        for place, start, end in zip(found.hits.concept, found.hits.start, found.hits.end, strict=True)
        if kernel.lexicon.concepts[place].restricted
    }
    lines = []
    for label in chosen:
        title = kernel.codebook.entry(label.label).titles.say(say.language)
        spans = [span for span in label.spans if span not in hidden]
        said = f": {_quoted(found, text, spans)}" if spans else ""
        lines.append(f"{label.label} {title} ({say('lines', 'rule')} {label.rule}){said}")
    return _listed(say("lines", kind), lines, say)
