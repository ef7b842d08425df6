"""Keys of texts: one for equal texts, eight for nearly equal ones."""

from __future__ import annotations

from hashlib import blake2b
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kelisim.annotation.views import Normalised

__all__ = ["text_keys"]


def text_keys(view: Normalised) -> NDArray[np.int64]:
    """BLAKE2b-64 of the matching view of each row: texts with one key have the same words in one order.

    >>> import pyarrow as pa
    >>> from kelisim.annotation.normalise import normalise
    >>> first, second = text_keys(normalise(pa.array(["Өзбек тілі!", "өзбек  тілі"])))
    >>> bool(first == second)
    True
    """
    raw, cuts = view.buffer.tobytes(), view.offsets.tolist()
    digests = [blake2b(raw[a:b], digest_size=8).digest() for a, b in pairwise(cuts)]
    return np.frombuffer(b"".join(digests), dtype="<i8")
