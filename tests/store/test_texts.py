"""The store of texts: nothing twice, nothing lost, edits kept, kills at any moment survived."""

from __future__ import annotations

import os
import stat
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.core.errors import OutputError, StoreError
from kelisim.store.texts import Added, TextStore, texts_of
from tests.store.texts import NOW, acknowledged, bytes_below, item, killed_adder, killed_at_step

THIRTY = [item(k, day=k % 3) for k in range(30)]


def test_items_stand_by_source_and_day(tmp_path: Path) -> None:
    store = TextStore(tmp_path)
    assert store.add([*THIRTY, item(99, day=None), item(5, source="portal-b")], NOW) == Added(32, 0, 0)
    names = {str(path.relative_to(tmp_path)) for path in store.files()}
    assert names == {
        "items/portal-a/2024-05/2024-05-30.parquet", "items/portal-a/2024-05/2024-05-31.parquet",
        "items/portal-a/2024-06/2024-06-01.parquet", "items/portal-a/undated.parquet",
        "items/portal-b/2024-06/2024-06-01.parquet",
    }  # fmt: skip
    assert len(store.read("portal-a")) == 31 and len(store.read()) == 32
    assert set(store.read(columns=["source_id"])["source_id"].to_pylist()) == {"portal-a", "portal-b"}


def test_the_same_again_changes_no_byte(tmp_path: Path) -> None:
    store = TextStore(tmp_path)
    store.add(THIRTY, NOW)
    before = bytes_below(tmp_path)
    assert store.add([*THIRTY, *THIRTY], NOW) == Added(0, 0, 60)
    assert store.add([replace(one, author_key=b"b" * 16) for one in THIRTY], NOW) == Added(0, 0, 30)
    assert bytes_below(tmp_path) == before


def test_order_and_portions_make_no_difference(tmp_path: Path) -> None:
    one, other = TextStore(tmp_path / "a"), TextStore(tmp_path / "b")
    one.add(THIRTY, NOW)
    shuffled = [THIRTY[k] for k in np.random.default_rng(5).permutation(len(THIRTY))]
    for start in range(0, 30, 4):
        other.add(shuffled[start : start + 6], NOW)
    assert bytes_below(tmp_path / "a") == bytes_below(tmp_path / "b")


def test_an_edit_is_a_later_version_beside_the_first(tmp_path: Path) -> None:
    store = TextStore(tmp_path)
    store.add(THIRTY, NOW)
    # The source gives another time too; the item stays in the file of its first day.
    assert store.add([item(4, text="Түзетілді", day=9)], NOW) == Added(0, 1, 0)
    assert len(store.files()) == 3
    assert len(store.read()) == 30 and "Түзетілді" in store.read()["text"].to_pylist()
    all_versions = store.read(versions=True)
    assert len(all_versions) == 31
    assert all_versions.filter(np.array(all_versions["version"]) == 2)["text"].to_pylist() == ["Түзетілді"]
    assert store.known([item(4).external_key])[item(4).external_key].version == 2


def test_a_page_that_was_missing_is_filled_in(tmp_path: Path) -> None:
    store = TextStore(tmp_path)
    failed = replace(item(1), page="failed")
    store.add([failed], NOW)
    assert store.add([failed], NOW).known == 1
    assert store.add([replace(failed, page="taken", text="Толық мәтін")], NOW).edited == 1
    assert store.read()["text"].to_pylist() == ["Толық мәтін"]


def test_two_of_one_key_in_one_batch_are_one(tmp_path: Path) -> None:
    assert TextStore(tmp_path).add([item(1), item(1), item(1, text="Жаңа")], NOW) == Added(1, 1, 1)


def test_the_index_can_be_lost(tmp_path: Path) -> None:
    store = TextStore(tmp_path)
    store.add([*THIRTY, item(4, text="Түзетілді")], NOW)
    before = bytes_below(tmp_path)
    (tmp_path / "index.sqlite").unlink()
    assert store.add([*THIRTY[:4], item(4, text="Түзетілді")], NOW) == Added(0, 0, 5)
    assert bytes_below(tmp_path) == before


def test_a_broken_index_says_what_to_do(tmp_path: Path) -> None:
    store = TextStore(tmp_path)
    store.add(THIRTY, NOW)
    (tmp_path / "index.sqlite").write_bytes(b"no database" * 200)
    with pytest.raises(StoreError, match=r"delete index\.sqlite"):
        store.add(THIRTY, NOW)


def test_a_broken_day_is_named_and_nothing_is_lost(tmp_path: Path) -> None:
    store = TextStore(tmp_path)
    store.add(THIRTY, NOW)
    path = store.files()[0]
    path.write_bytes(b"PAR1 broken")
    with pytest.raises(StoreError, match=path.name):
        store.add([item(200, day=2)], NOW)
    with pytest.raises(StoreError, match=path.name):
        store.read()
    assert path.read_bytes() == b"PAR1 broken"


@pytest.mark.parametrize("source", ["", "../x", "a/b", ".x", "x" * 80])
def test_a_source_cannot_name_another_place(tmp_path: Path, source: str) -> None:
    with pytest.raises(OutputError, match="cannot name a source"):
        TextStore(tmp_path).add([item(1, source=source)], NOW)


def test_only_the_owner_may_open_it(tmp_path: Path) -> None:
    place = texts_of(tmp_path)
    TextStore(place).add(THIRTY, NOW)
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert (tmp_path / ".kelisim/.gitignore").read_text() == "*\n"


def test_several_adders_at_once(tmp_path: Path) -> None:
    def add(start: int) -> None:
        store = TextStore(tmp_path)
        for k in range(start, start + 20, 5):
            store.add([item(n, day=n % 3) for n in range(k, k + 8)], NOW)

    threads = [threading.Thread(target=add, args=(start,)) for start in (0, 10, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(TextStore(tmp_path).read()) == 43


def test_a_store_that_is_full_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = TextStore(tmp_path)
    store.add(THIRTY, NOW)
    before = store.read().to_pylist()
    real = os.fsync
    calls = 0

    def full(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls > 4:
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        store.add([item(k, day=k % 3) for k in range(100, 130)], NOW)
    monkeypatch.undo()
    assert store.add([item(k, day=k % 3) for k in range(100, 130)], NOW).edited == 0
    rows = store.read().to_pylist()
    assert len(rows) == 60 and all(row in rows for row in before)


_STEPS = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from(["а", "б"]), st.one_of(st.none(), st.integers(0, 2))),
    max_size=12,
)


@given(st.lists(_STEPS, max_size=4))
@settings(max_examples=8)
def test_the_store_is_what_was_given(batches: list[list[tuple[int, str, int | None]]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        store, last = TextStore(Path(folder)), {}
        for batch in batches:
            store.add([item(n, text=text, day=day) for n, text, day in batch], NOW)
            last.update({item(n).item_id: text for n, text, _ in batch})
            found = {row["item_id"]: row["text"] for row in store.read().to_pylist()}
            assert found == last


def _survives(place: Path, pauses: list[float]) -> None:
    told = 0
    for pause in pauses:
        told = max(told, killed_adder(place, pause))
        stored = TextStore(place).read(versions=True)
        ids = stored["item_id"].to_pylist()
        assert len(ids) == len(set(ids)), "an item stands twice"
        assert acknowledged(told) <= set(ids), "an item that was told to be stored is lost"
        TextStore(place).known([])
        assert not list(place.rglob("*.parquet.*")), "a half-written file was left behind"
    whole = max(told, 20)
    TextStore(place).add([item(n, day=n % 5, source=f"portal-{n % 2}") for n in range(whole * 7)], NOW)
    again = TextStore(place.parent / "calm")
    # A kill may have let a part of a batch in that nobody was told of: the calm store gets the same items.
    stored = set(TextStore(place).read()["item_id"].to_pylist())
    told_or_not = (item(n, day=n % 5, source=f"portal-{n % 2}") for n in range(whole * 7 + 70))
    again.add([one for one in told_or_not if one.item_id in stored], NOW)
    assert bytes_below(place) == bytes_below(place.parent / "calm"), "killed and calm stores differ"


def test_kills_lose_nothing(tmp_path: Path) -> None:
    _survives(tmp_path / "texts", [0.05, 0.13])


@pytest.mark.proof
def test_many_kills_lose_nothing(tmp_path: Path) -> None:
    rng = np.random.default_rng(11)
    _survives(tmp_path / "texts", [float(pause) for pause in rng.uniform(0.0, 0.6, 25)])


@pytest.mark.proof
def test_a_kill_at_every_step_is_survived(tmp_path: Path) -> None:
    edited = [item(n, day=n % 3, text="edited") for n in range(20)]
    calm = TextStore(tmp_path / "calm")
    calm.add([item(n, day=n % 3) for n in range(10)], NOW)
    calm.add(edited, NOW)
    for step in range(1, 100):
        place = tmp_path / f"step{step}"
        TextStore(place).add([item(n, day=n % 3) for n in range(10)], NOW)
        ended = killed_at_step(place, step)
        assert len(TextStore(place).read()) >= 10
        TextStore(place).add(edited, NOW)
        assert bytes_below(place) == bytes_below(tmp_path / "calm"), step
        if ended is not None:
            assert step > 6, "the addition was not killed at any step"
            return
    raise AssertionError("the addition never came to its end")


def test_stored_items_are_what_the_kernel_takes(tmp_path: Path) -> None:
    from kelisim.annotation.schema import ITEMS

    store = TextStore(tmp_path)
    store.add(THIRTY, NOW)
    for path in store.files():
        stored = store.read(columns=ITEMS.names)
        assert [(f.name, f.type) for f in stored.schema] == [(f.name, f.type) for f in ITEMS], path
