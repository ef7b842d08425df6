"""The language model from a folder of open texts: reading them, training, writing the weights."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kelisim.annotation.language_model import LanguageModel
from kelisim.annotation.language_texts import Sentences
from kelisim.annotation.language_training import SEED, train
from kelisim.core.errors import Fault, OutputError, Refused

__all__ = ["FILES", "Trained", "read_reviews", "read_sentences", "train_language"]

# Files of SIB-200 by class. Neighbours that are no class of ours teach what "other" is.
FILES = {
    "kk": ("kaz_Cyrl",),
    "ru": ("rus_Cyrl",),
    "uz": ("uzn_Latn",),
    "tg": ("tgk_Cyrl",),
    "ky": ("kir_Cyrl",),
    "ug": ("uig_Arab",),
    "en": ("eng_Latn",),
    "other": ("tat_Cyrl", "tur_Latn", "azj_Latn", "ukr_Cyrl", "bel_Cyrl", "tuk_Latn"),
}
_REVIEWS = {"train": "polarity_train_balanced.csv.gz", "valid": "polarity_valid.csv.gz"}


@dataclass(frozen=True, slots=True)
class Trained:
    """A written model.

    path, size_bytes : where it stands; sentences, reviews : what it learned from
    """

    path: Path
    size_bytes: int
    sentences: int
    reviews: int
    model: LanguageModel


def read_sentences(folder: Path, split: str) -> dict[str, list[str]]:
    """Sentences of SIB-200 by class.  Raises: Refused."""
    result: dict[str, list[str]] = {}
    faults: list[Fault] = []
    for language, names in FILES.items():
        result[language] = []
        for name in names:
            path = folder / "sib200" / f"{name}.{split}.tsv"
            try:
                lines = path.read_text(encoding="utf-8").split("\n")[1:]
            except (OSError, UnicodeDecodeError) as error:
                faults.append(_unreadable(path, error))
                continue
            # Quotation marks are letters of the sentence here, not of the format.
            result[language] += [line.split("\t", 2)[2] for line in lines if line.count("\t") >= 2]
    if faults:
        raise Refused(faults)
    return result


def read_reviews(folder: Path, split: str) -> list[str]:
    """Reviews of KazSAnDRA as they were typed.  Raises: Refused."""
    path = folder / "kazsandra" / _REVIEWS[split]
    try:
        text = gzip.decompress(path.read_bytes()).decode("utf-8")
        return [row["text"] for row in csv.DictReader(io.StringIO(text, newline="")) if row["text"]]
    except (OSError, EOFError, UnicodeDecodeError, KeyError) as error:
        raise Refused([_unreadable(path, error)]) from error


def train_language(folder: Path, out: Path) -> Trained:
    """Train on the train splits in `folder` and write the weights.  Raises: Refused, OutputError."""
    by_language = read_sentences(folder, "train")
    reviews = read_reviews(folder, "train")
    model = train(Sentences(by_language, reviews), np.random.default_rng(SEED))
    raw = model.to_bytes()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(raw)
    except OSError as error:
        raise OutputError(f"{out} cannot be written: {error.strerror}.") from error
    return Trained(out, len(raw), sum(map(len, by_language.values())), len(reviews), model)


def _unreadable(path: Path, error: Exception) -> Fault:
    return Fault(
        file=path.name,
        row=None,
        field="",
        reason=f"cannot be read ({error}).",
        way_out=f"Put the files of SIB-200 and KazSAnDRA under {path.parent.parent.name or '.'}/ "
        "as sib200/LANG.train.tsv and kazsandra/*.csv.gz.",
    )
