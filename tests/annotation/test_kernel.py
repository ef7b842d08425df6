"""The kernel is pure: the same rows get the same labels in any order, in batches of any size."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.annotation.flags import Flag
from kelisim.annotation.kernel import Kernel, load
from kelisim.annotation.schema import ANNOTATIONS, ITEMS

_PIECES = [
    "Өзбектер қазақ тілін біледі", "Қазақ пен өзбек төбелесті", "маган катты унады рахмет",
    "Туркестан қаласында Наурыз тойланды", "Сайрам ауданы", "казахи и узбеки подрались на рынке",
    "русский язык нужен всем", "Kazakhs and Uzbeks live here", "O'zbeklar ham bor", "өзбeктер", "https://t.me/x",
    "Акимат, почините дорогу!", "😀", "и\u0306", "Ауылда су жоқ, әкім қайда қарап отыр", "қазақтар",
]  # fmt: skip
_TEXTS = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.lists(st.sampled_from(_PIECES), max_size=4).map(". ".join),
)


@pytest.fixture(scope="module")
def kernel() -> Kernel:
    return load()


def _batch(texts: list[str | None], first: int = 0) -> pa.RecordBatch:
    numbers = np.arange(first, first + len(texts))
    return pa.record_batch(
        {"item_id": pa.array(numbers, pa.int64()), "text": pa.array(texts, pa.large_string())}
    )


def _rows(batch: pa.RecordBatch) -> list[dict[str, object]]:
    assert batch.schema == ANNOTATIONS
    rows: list[dict[str, object]] = batch.to_pylist()
    return rows


@settings(max_examples=40)
@given(st.lists(_TEXTS, max_size=8), st.randoms(use_true_random=False))
def test_rows_are_labelled_alone(texts: list[str | None], order: object) -> None:
    kernel = load()
    whole = _rows(kernel.annotate(_batch(texts)))
    places = list(range(len(texts)))
    order.shuffle(places)  # type: ignore[attr-defined]
    shuffled = _rows(kernel.annotate(_batch(texts).take(pa.array(places, pa.int64()))))
    assert shuffled == [whole[place] for place in places]
    assert [_rows(kernel.annotate(_batch([text], place)))[0] for place, text in enumerate(texts)] == whole


@pytest.mark.proof
def test_batches_of_any_size(kernel: Kernel) -> None:
    rng = np.random.default_rng(3)
    texts = [". ".join(rng.choice(_PIECES, size=rng.integers(0, 4))) for _ in range(33_000)]
    whole = kernel.annotate(_batch(texts))
    for size, rows in ((1, 60), (1_000, 33_000), (32_768, 33_000)):
        parts = [kernel.annotate(_batch(texts[at : min(at + size, rows)], at)) for at in range(0, rows, size)]
        together = [row for part in parts for row in part.to_pylist()]
        assert together == whole.slice(0, rows).to_pylist()


def test_empty_and_null_batches(kernel: Kernel) -> None:
    assert kernel.annotate(_batch([])).num_rows == 0
    assert (
        kernel.annotate(
            ITEMS.empty_table().to_batches()[0] if ITEMS.empty_table().to_batches() else _batch([])
        ).schema
        == ANNOTATIONS
    )
    for rows in (
        _rows(kernel.annotate(_batch([None, None]))),
        _rows(kernel.annotate(_batch([None, "қазақ"])))[:1],
    ):
        for row in rows:
            kept = {"item_id", "kernel", "bundle"}
            assert all(value is None for name, value in row.items() if name not in kept)
            assert row["kernel"] and row["bundle"]


def test_spans_count_characters_of_the_stored_text(kernel: Kernel) -> None:
    text = "👍 ӨЗБEКТЕР &amp; каза\u0301хи\u200b, қырғызды\u0438\u0306 — қытай үкіметі"
    row = kernel.annotate(_batch(["қазақ", text])).to_pylist()[1]
    said = [(m["concept"], text[m["start"] : m["end"]]) for m in row["mentions"]]
    assert ("uzbek", "ӨЗБEКТЕР") in said
    assert all(text[m["start"]].isalnum() for m in row["mentions"])


def test_flags_reach_the_labels(kernel: Kernel) -> None:
    rows = kernel.annotate(
        _batch(["Маган катты унады", "Маған қатты ұнады", "см. nur.kz", "opыс тілі"])
    ).to_pylist()
    assert [row["flags"] for row in rows] == [int(Flag.LETTERLESS), 0, int(Flag.URL), int(Flag.REPAIRED)]
    assert [row["lang"] for row in rows[:2]] == ["kk", "kk"]


def test_columns_of_other_kinds(kernel: Kernel) -> None:
    texts = pa.array(["өзбектер", None, "казахи"])
    plain = kernel.annotate(_batch(texts.to_pylist()))
    for column in (texts, texts.dictionary_encode(), texts.cast(pa.large_string())):
        batch = pa.record_batch({"item_id": pa.array([0, 1, 2], pa.int32()), "text": column})
        assert kernel.annotate(batch).equals(plain)
    longer = pa.record_batch({"item_id": [9, 0, 1, 2], "text": ["x", *texts.to_pylist()]})
    assert kernel.annotate(longer.slice(1)).equals(plain)


def test_bundle_names_everything_that_decides(kernel: Kernel) -> None:
    from dataclasses import replace

    parts = [
        replace(kernel, lexicon=replace(kernel.lexicon, digest="x")),
        replace(kernel, codebook=replace(kernel.codebook, digest="x")),
        replace(kernel, model=replace(kernel.model, scale=kernel.model.scale * 2)),
    ]
    assert len({kernel.bundle, *(part.bundle for part in parts)}) == 4
    assert kernel.bundle == load().bundle
