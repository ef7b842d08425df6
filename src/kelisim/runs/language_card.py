"""How well the language model does on validation splits it was not trained on.

Half of each split (every second text) served for choosing; the other half is held apart, and the card is
written from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kelisim.annotation.language_model import CLASSES, LanguageModel
from kelisim.annotation.language_texts import letterless
from kelisim.annotation.language_training import confusion
from kelisim.runs.language_training import read_reviews, read_sentences

__all__ = ["Score", "card", "in_words", "scores", "validation"]

Part = Literal["chosen on", "held apart", "all"]
_PARTS: Mapping[Part, slice] = {
    "chosen on": slice(0, None, 2),
    "held apart": slice(1, None, 2),
    "all": slice(None),
}


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """Result on one set of texts.

    table : (classes, classes + 1) true class by class found; the last column: no letters
    """

    name: str
    table: NDArray[np.int64]

    @property
    def texts(self) -> int:
        """Number of texts."""
        return int(self.table.sum())

    @property
    def share(self) -> float:
        """Share of texts whose language was found."""
        return float(self.table[:, :-1].trace() / self.table.sum())

    def share_of(self, language: str) -> float:
        """The same among the texts of one class."""
        row = self.table[CLASSES.index(language)]
        return float(row[CLASSES.index(language)] / row.sum())


def in_words(text: str, number: int) -> list[str]:
    """A text in pieces of `number` words; what is left over at the end is not used."""
    words = text.split()
    return [" ".join(words[at : at + number]) for at in range(0, len(words) - number + 1, number)]


def validation(folder: Path, part: Part) -> dict[str, list[tuple[str, str]]]:
    """Validation texts with their classes, by the name of the set.  Raises: Refused.

    Whole sentences and pieces of eight and four words of the seven languages; sentences of others; reviews of
    four words and more, with and without the letters that only Kazakh has.
    """
    chosen = _PARTS[part]
    by_language = {language: texts[chosen] for language, texts in read_sentences(folder, "dev").items()}
    ours = [
        (text, language) for language, texts in by_language.items() if language != "other" for text in texts
    ]
    reviews = [text for text in read_reviews(folder, "valid") if len(text.split()) >= 4]
    return {
        "whole sentences": ours,
        "eight words": [(piece, language) for text, language in ours for piece in in_words(text, 8)],
        "four words": [(piece, language) for text, language in ours for piece in in_words(text, 4)],
        "other languages": [(text, "other") for text in by_language["other"]],
        "reviews with Kazakh letters": [(t, "kk") for t in reviews if not letterless(t)][chosen],
        "reviews without them": [(t, "kk") for t in reviews if letterless(t)][chosen],
    }


def scores(model: LanguageModel, sets: Mapping[str, Sequence[tuple[str, str]]]) -> list[Score]:
    """The model on each set of texts."""
    return [Score(name, confusion(model, texts)) for name, texts in sets.items()]


def card(found: Sequence[Score]) -> str:
    """Shares found and the confusion of pieces of four words, as tables in Markdown."""
    lines = ["| texts held apart | number | language found |", "| --- | ---: | ---: |"]
    lines += [f"| {score.name} | {score.texts:,} | {score.share:.3f} |" for score in found]
    short = next(score for score in found if score.name == "four words")
    shown = [language for language in CLASSES if language != "other"]
    lines += ["", f"| four words, true \\ found | {' | '.join((*CLASSES, 'found'))} |"]
    lines += ["| --- |" + " ---: |" * (len(CLASSES) + 1)]
    for language in shown:
        row = short.table[CLASSES.index(language), :-1]
        cells = [f"{count:,}" if count else "" for count in row.tolist()]
        lines.append(f"| {language} | {' | '.join(cells)} | {short.share_of(language):.3f} |")
    return "\n".join(lines)
