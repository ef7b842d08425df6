"""From stored text to the matching view: one pass over the code points of a batch.

Order matters: invalid bytes and length first, then entities and combining marks, then addresses, then case,
then look-alike letters (judged by the letters as typed), then apostrophes and spaces. Every step replaces a
character in its place or drops it, so each character of the view knows where it came from.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from kelisim.annotation import letters
from kelisim.annotation.flags import Flag
from kelisim.annotation.signs import settle_signs
from kelisim.annotation.views import Normalised, encoded, ends_in_bytes
from kelisim.core.languages import fold_homoglyphs

__all__ = ["LONGEST_CHARACTERS", "normalise", "normalise_text"]

LONGEST_CHARACTERS = 20_000
# Rows worked on together: their arrays stay in the cache of one core.
_TOGETHER = 4_096
_WORD = re.compile(r"[^\W\d_]+")
_LATIN, _CYRILLIC = re.compile("[a-z\u00c0-\u024f\u0250-\u02af]"), re.compile("[\u0400-\u052f]")


def normalise(texts: pa.Array | pa.ChunkedArray) -> Normalised:
    """The matching view of a column of texts.

    A null is read as an empty text. Bytes that are no UTF-8 are replaced and flagged; a text longer than
    20,000 characters is cut there and flagged.

    texts : array of string or large_string, with (rows,) entries
    Returns: Normalised.

    >>> view = normalise(pa.array(["ӨЗБEK тілі, қазақ-қырғыз!", None]))
    >>> view.text(0), view.text(1)
    (' өзбек тілі қазақ қырғыз ', ' ')
    """
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    whole = texts.cast(pa.large_string(), safe=False).fill_null("")
    parts = [_part(whole.slice(first, _TOGETHER)) for first in range(0, len(whole), _TOGETHER)]
    return _joined(parts) if len(parts) != 1 else parts[0]


def normalise_text(text: str) -> str:
    """The matching view of one text, with its outer spaces.

    >>> normalise_text("O'zbek  Oʻzbek o`zbek")
    ' oʻzbek oʻzbek oʻzbek '
    """
    return normalise(pa.array([text], pa.large_string())).text(0)


def _joined(parts: list[Normalised]) -> Normalised:
    def running(steps: list[NDArray[np.int64]]) -> NDArray[np.int64]:
        return np.concatenate([np.zeros(1, dtype=np.int64), *steps]).cumsum()

    return Normalised(
        buffer=np.concatenate([np.zeros(0, dtype=np.uint8), *(part.buffer for part in parts)]),
        offsets=running([np.diff(part.offsets) for part in parts]),
        flags=np.concatenate([np.zeros(0, dtype=np.int32), *(part.flags for part in parts)]),
        codes=np.concatenate([np.zeros(0, dtype=np.uint32), *(part.codes for part in parts)]),
        starts=running([np.diff(part.starts) for part in parts]),
        sources=np.concatenate([np.zeros(0, dtype=np.int32), *(part.sources for part in parts)]),
        counts=np.concatenate([np.zeros((0, 4), dtype=np.uint16), *(part.counts for part in parts)]),
    )


def _part(texts: pa.LargeStringArray) -> Normalised:
    rows = len(texts)
    flags = np.zeros(rows, dtype=np.int32)
    text, lengths = _read(texts, flags)
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).copy()
    # The two spaces between texts belong one to each of them.
    bounds = np.concatenate([[0], np.cumsum(lengths + 2)])
    folded = letters.folding().take(codes, mode="clip")
    settle_signs(text, codes, folded, bounds, flags)
    places, starts = _kept(folded, bounds)
    folded = folded[places]
    counts = np.add.reduceat(letters.kinds().take(folded, mode="clip"), starts[:-1])
    counts = counts.astype("<u8").view("<u2").reshape(rows, 4)
    _repair(codes, places, folded, starts, counts, flags)
    ends = ends_in_bytes(folded)
    sources = (places - np.repeat(bounds[:-1] + 1, np.diff(starts))).astype(np.int32)
    sources[starts[:-1]] = 0
    return Normalised(
        buffer=encoded(folded),
        offsets=np.concatenate([[0], ends[starts[1:] - 1]]),
        flags=flags,
        codes=folded,
        starts=starts,
        sources=sources,
        counts=counts,
    )


def _read(texts: pa.LargeStringArray, flags: NDArray[np.int32]) -> tuple[str, NDArray[np.int64]]:
    """All texts as one, a space before and after each; and their lengths in characters."""
    limits = np.frombuffer(texts.buffers()[1], np.int64, len(texts) + 1, texts.offset * 8)
    sizes = limits[1:] - limits[:-1]
    if (sizes > LONGEST_CHARACTERS).any():
        texts = _cut(texts, sizes, flags)
    try:
        text = _one(texts)
    except UnicodeDecodeError:
        texts = _mended(texts, flags)
        text = _one(texts)
    return text, pc.utf8_length(texts).to_numpy(zero_copy_only=False).astype(np.int64)


def _one(texts: pa.LargeStringArray) -> str:
    whole = pa.LargeListArray.from_arrays(pa.array([0, len(texts)], pa.int64()), texts)
    joined = pc.binary_join(whole, pa.scalar("  ", pa.large_string()))
    return f" {str(joined.buffers()[2], 'utf-8')} "


def _cut(texts: pa.LargeStringArray, sizes: NDArray[np.int64], flags: NDArray[np.int32]) -> pa.Array:
    pieces = []
    for row, scalar in enumerate(texts.cast(pa.large_binary())):
        # Four bytes hold any character, so a text of 50 MB is not read to its end.
        head = scalar.as_buffer()[: 4 * LONGEST_CHARACTERS + 4]
        text = str(head, "utf-8", "replace") if sizes[row] > LONGEST_CHARACTERS else ""
        if len(text) > LONGEST_CHARACTERS:
            flags[row] |= int(Flag.CUT)
            if "\ufffd" in text[:LONGEST_CHARACTERS]:
                flags[row] |= int(Flag.BAD_UTF8)
            pieces.append(text[:LONGEST_CHARACTERS].encode())
        else:
            pieces.append(scalar.as_py())
    return pa.array(pieces, pa.large_binary()).cast(pa.large_string(), safe=False)


def _mended(texts: pa.LargeStringArray, flags: NDArray[np.int32]) -> pa.Array:
    raw = texts.cast(pa.large_binary()).to_pylist()
    result = []
    for row, piece in enumerate(raw):
        result.append(piece.decode("utf-8", "replace"))
        if result[-1].encode() != piece:
            flags[row] |= int(Flag.BAD_UTF8)
    return pa.array(result, pa.large_string())


def _kept(
    folded: NDArray[np.uint32], bounds: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places that stay when dropped signs and repeated spaces go; and where rows begin among them."""
    space = folded == letters.SPACE
    dropped = np.flatnonzero(folded == letters.DROPPED)
    keep = np.empty(len(folded), dtype=bool)
    np.logical_not(space[:-1] & space[1:], out=keep[1:])
    keep[bounds[:-1]] = True
    if dropped.size:
        keep[dropped] = False
        _close_over(folded, keep, space, dropped, bounds)
    places = np.flatnonzero(keep)
    return places, np.searchsorted(places, bounds)


def _close_over(
    folded: NDArray[np.uint32],
    keep: NDArray[np.bool_],
    space: NDArray[np.bool_],
    dropped: NDArray[np.int64],
    bounds: NDArray[np.int64],
) -> None:
    """A space behind dropped signs stays only if the last sign before them that stays is no space."""
    # Runs of dropped signs: the place before each run, and the place behind it.
    first = dropped[np.diff(dropped, prepend=-2) > 1]
    last = dropped[np.diff(dropped, append=len(folded) + 1) > 1]
    behind = last + 1
    inside = space[behind]
    keep[behind[inside]] = ~space[first[inside] - 1]
    keep[bounds[:-1]] = True


def _repair(
    codes: NDArray[np.uint32],
    places: NDArray[np.int64],
    folded: NDArray[np.uint32],
    starts: NDArray[np.int64],
    counts: NDArray[np.uint16],
    flags: NDArray[np.int32],
) -> None:
    """Words that mix Latin and Cyrillic letters in one script, where that is possible."""
    for row in np.flatnonzero((counts[:, 0] > 0) & (counts[:, 1] > 0)).tolist():
        first, last = int(starts[row]), int(starts[row + 1])
        # Words are cut from the folded text, but judged by the letters as they were typed: small к and k
        # have no twin, capital К and K have.
        view = folded[first:last].tobytes().decode("utf-32-le")
        for match in _WORD.finditer(view):
            if not (_LATIN.search(match.group()) and _CYRILLIC.search(match.group())):
                continue
            place = slice(first + match.start(), first + match.end())
            # An apostrophe joins the parts of a word, however it was typed.
            joined = folded[place] == letters.OKINA
            typed = (
                np.where(joined, letters.OKINA, codes[places[place]])
                .astype("<u4")
                .tobytes()
                .decode("utf-32-le")
            )
            after, mark = _one_script(typed)
            flags[row] |= mark
            folded[place] = np.where(joined, letters.OKINA, after)
        letters_of_row = letters.kinds().take(folded[first:last], mode="clip").sum(keepdims=True)
        counts[row] = letters_of_row.astype("<u8").view("<u2")


@lru_cache(maxsize=16_384)
def _one_script(word: str) -> tuple[NDArray[np.uint32], int]:
    plain = "".join(map(letters.compatible, word))
    whole, changed = fold_homoglyphs(plain)
    mark = Flag.REPAIRED if changed else Flag.UNREPAIRED_MIX
    return np.array([letters.fold(ord(sign)) for sign in whole], dtype=np.uint32), int(mark)
