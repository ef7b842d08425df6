"""Applying rules: nearness, sentences, windows, levels, and that choosing rows first loses nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.annotation.frames import load_codebook
from kelisim.annotation.frames.codebook import words_of, written_entries
from kelisim.annotation.frames.expressions import NAMES, Node, fires, names_of, parse, possible
from kelisim.annotation.frames.reading import Reader
from kelisim.annotation.hits import Hits
from kelisim.annotation.lexicon import Lexicon, load_lexicon
from kelisim.annotation.lexicon.analysis import Analyser
from kelisim.annotation.matching import Matcher, view_of
from kelisim.annotation.normalise import normalise
from kelisim.annotation.rules import Evaluator, Label, sentence_starts
from tests.annotation.frame_examples import entries, examples

_LEXICON = load_lexicon()
_EVALUATOR = Evaluator(load_codebook(), _LEXICON)
_MATCHER = Matcher(_LEXICON)


def found(texts: Sequence[str], language: str = "ru") -> tuple[list[Label], Hits]:
    view = normalise(pa.array(texts, pa.large_string()))
    hits = _MATCHER.find(view, np.array([language] * len(texts)))
    return _EVALUATOR.evaluate(hits, view, texts), hits


def names(text: str, language: str = "ru") -> set[str]:
    return {label.label for label in found([text], language)[0]}


@dataclass
class Line:
    """What stands at which word."""

    places: Mapping[str, Sequence[int]]
    named: Mapping[int, str] = field(default_factory=dict)

    def at(self, name: str) -> Sequence[int]:
        return self.places.get(name, ())

    def peoples(self, name: str) -> Mapping[int, str]:
        return self.named


def test_nearness_counts_words() -> None:
    line = Line({"a": [0], "b": [3]})
    assert fires(parse("near(a, b, 3)"), line) == (0, 3)
    assert fires(parse("near(b, a, 3)"), line) == (0, 3)
    assert fires(parse("near(a, b, 2)"), line) is None
    assert fires(parse("then(a, b, 3)"), line) == (0, 3)
    assert fires(parse("then(b, a, 3)"), line) is None


def test_one_word_is_not_near_itself() -> None:
    assert fires(parse("near(a, b, 3)"), Line({"a": [2], "b": [2]})) is None


def test_different_peoples_are_counted_once() -> None:
    assert fires(parse("groups(2)"), Line({}, {0: "kazakh", 4: "kazakh"})) is None
    assert fires(parse("groups(2)"), Line({}, {0: "kazakh", 4: "kurd"})) == (0, 4)


def test_negation_shows_no_words() -> None:
    assert fires(parse("a and not b"), Line({"a": [1]})) == (1,)
    assert fires(parse("a and not b"), Line({"a": [1], "b": [5]})) is None


_LEAF = st.one_of(
    st.sampled_from("abc").map(lambda name: Node("name", name)),
    st.integers(1, 3).map(lambda n: Node("different", "group", (), n)),
)


def _larger(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.builds(lambda kind, parts: Node(kind, "", parts), st.sampled_from(["and", "or"]), pair),
        inner.map(lambda part: Node("not", "", (part,))),
        st.builds(
            lambda kind, parts, n: Node(kind, "", parts, n),
            st.sampled_from(["near", "then"]),
            pair,
            st.integers(1, 5),
        ),
    )


@given(
    st.recursive(_LEAF, _larger, max_leaves=6),
    st.dictionaries(st.sampled_from("abc"), st.lists(st.integers(0, 9), min_size=1, unique=True).map(sorted)),
    st.dictionaries(st.integers(0, 9), st.sampled_from(["kazakh", "kurd", "uzbek"])),
)
def test_what_fires_was_possible(rule: Node, places: dict[str, list[int]], peoples: dict[int, str]) -> None:
    """Rows are chosen by `possible`, so it may never be false where a rule is true."""
    line = Line({**places, **({"group": sorted(peoples)} if peoples else {})}, peoples)
    many = len(set(peoples.values()))
    if fires(rule, line) is not None:
        assert possible(rule, lambda name: bool(line.at(name)), lambda _, n: many >= n, True)


def _examples() -> list[str]:
    return [
        text
        for name in ("frames_kk", "frames_ru", "cues_kk", "cues_ru")
        for entry in entries(name)
        for part in examples(name, entry)
        for text in part
    ]


def test_choosing_rows_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = _examples()
    view = normalise(pa.array(texts, pa.large_string()))
    hits = _MATCHER.find(view, np.array(["kk"] * len(texts)))
    quick = _EVALUATOR.evaluate(hits, view, texts)
    rules = sum(len(entry.rules) for entry in load_codebook().entries)
    monkeypatch.setattr(Evaluator, "_candidates", lambda *_: np.ones((rules, len(texts)), dtype=np.bool_))
    assert _EVALUATOR.evaluate(hits, view, texts) == quick
    assert len(quick) > 800


def test_a_batch_is_read_as_each_text_word_by_word() -> None:
    reader = Reader(load_codebook().words)
    analyser = Analyser(Lexicon.of(reader.words))
    texts = _examples()
    view = normalise(pa.array(texts, pa.large_string()))
    reading = reader.read(view)
    said = 0
    for row in range(len(texts)):
        tokens = view.text(row).split()
        expected = {
            (form.concept, place, len(form.words))
            for place, token in enumerate(tokens)
            for form, *_ in analyser.starting(token)
            if len(tokens) >= place + len(form.words)
            and all(
                any(found[0] == word for found in analyser.words_of(tokens[place + step]))
                for step, word in enumerate(form.words)
            )
        }
        assert set(reading.of_row(row)) == expected
        said += len(expected)
    assert said > 1_000


def test_phrases_are_read_wherever_they_begin() -> None:
    reader = Reader(load_codebook().words)
    texts = ["мылтық алып шығайық", "", "бас көтерейік енді", "кеше екі жақ татуласты"]
    reading = reader.read(view_of(texts))
    told = [
        {(reader.words[word].id, first, length) for word, first, length in reading.of_row(row)}
        for row in range(len(texts))
    ]
    assert ("arms", 0, 2) in told[0]
    assert told[1] == set()
    assert ("rise", 0, 2) in told[2]
    assert ("reconcile", 3, 1) in told[3]


def test_a_sentence_ends_a_call() -> None:
    assert "call_1" in names("Узбеки приехали и прошу не покупайте")
    assert "call_1" not in names("Узбеки приехали. Телефоны эти не покупайте")


def test_a_topic_may_span_sentences() -> None:
    assert "F08" in names("Подрались вчера. Там были казахи и курды.")


def test_far_words_are_not_joined() -> None:
    between = "слово " * 25
    assert "F08" not in names(f"Казахи и узбеки {between} драка на льду")
    assert "F08" in names(f"{between} казахи и узбеки опять драка {between}")


@pytest.mark.parametrize(
    ("text", "sources", "starts"),
    [
        ("Келді. Кетті!", [0, 7], [1]),
        ("3.5 км", [0, 2, 4], []),
        ("Что?!  Да", [0, 7], [1]),
        ("раз\nдва", [0, 4], [1]),
        ("", [], []),
    ],
)
def test_ends_of_sentences(text: str, sources: list[int], starts: list[int]) -> None:
    assert sentence_starts(text, sources) == starts


def test_only_the_gravest_level_is_kept() -> None:
    labels = names("Узбеков выгнать из города, а дома сжечь и убить узбеков")
    assert "call_3" in labels
    assert not labels & {"call_1", "call_2"}


def test_other_is_given_only_alone() -> None:
    assert "other" not in names("Межэтнический конфликт и драка")
    assert "other" in names("Межэтнические отношения")


def test_a_label_shows_its_words_and_version() -> None:
    text = "На рынке казахи и узбеки подрались"
    labels, _ = found([text])
    label = next(label for label in labels if label.label == "F08")
    view = normalise(pa.array([text], pa.large_string()))
    said = [view.buffer[start:end].tobytes().decode() for start, end in label.spans]
    assert said == ["казахи", "узбеки", "подрались"]
    assert label.rule == "F08.groups@1"


def test_rows_are_independent_of_their_neighbours() -> None:
    texts = ["казахи и узбеки подрались", "", "Аким, почините дорогу, почему молчите", "просто текст"]
    whole, _ = found(texts)
    apart = [(row, label.label, label.rule) for row, text in enumerate(texts) for label in found([text])[0]]
    assert [(label.row, label.label, label.rule) for label in whole] == apart


def test_empty_batch() -> None:
    assert found([])[0] == []


def test_a_long_text_of_names_ends_in_time() -> None:
    text = ("узбеки и казахи не надо они нас им убить суд почему мы " * 400)[:20_000]
    assert {"call_3"} <= names(text)


# Reading --------------------------------------------------------------------------------------------------


def _rule(**changes: object) -> str:
    import yaml

    words = {"kk": "сөз", "ru": "слово", "en": "word"}
    texts = {"kk": "сөз", "ru": "слово"}
    record = {
        "id": "F77", "kind": "frame", "version": 1, "titles": words, "definition": words,
        "include": texts, "exclude": texts, "rules": [{"name": "one", "within": "text", "when": "fight"}],
    }  # fmt: skip
    return yaml.safe_dump([{**record, **changes}], allow_unicode=True)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id": "F77", "colour": "red"}, "unknown fields colour"),
        ({"kind": "theme"}, "kinds are frame and cue"),
        ({"version": "new"}, "no version"),
        ({"titles": {"en": "word"}}, "no titles in kk, ru, en"),
        ({"rules": [{"name": "one", "within": "page", "when": "fight"}]}, "within 'page'"),
        ({"rules": [{"name": "one", "within": "text", "when": "fight or dragons"}]}, "asks for dragons"),
        ({"rules": [{"name": "one", "within": "text", "when": "near(fight, sport)"}]}, "no part of a rule"),
        ({"rules": [{"name": "one", "within": "text", "when": "__import__('os')"}]}, "no part of a rule"),
        ({"rules": [{"name": "one", "within": "text", "when": "fight and ("}]}, "cannot be read"),
        ({"rules": [{"name": "one", "within": "text", "when": "sport"}]}, "common words only"),
        ({"rules": [{"name": "one", "within": "text", "when": "not fight"}]}, "common words only"),
        ({"rules": []}, "name, within and when"),
    ],
)
def test_faults_of_rules_are_named(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match="rules cannot be read") as refused:
        written_entries(iter([("a.yaml", _rule(**changes))]), {"fight", "sport"}, {"sport"})
    assert said in str(refused.value)
    assert "a.yaml: entry 1 (F77)" in str(refused.value)


def test_all_faults_are_gathered() -> None:
    files = [("a.yaml", _rule(kind="theme")), ("b.yaml", _rule(version=None))]
    with pytest.raises(ValueError, match="rules cannot be read") as refused:
        written_entries(iter(files), {"fight"}, set())
    assert "a.yaml" in str(refused.value) and "b.yaml" in str(refused.value)


def test_words_need_marks_where_no_grammar_stands() -> None:
    text = "- {id: fight, kind: act, forms: {ru: [драка]}}"
    with pytest.raises(ValueError, match="must end with a mark"):
        words_of(iter([("a.yaml", text)]))


def test_words_of_rules_do_not_take_the_place_of_names() -> None:
    ids = {concept.id for concept in _LEXICON.concepts} | set(NAMES)
    assert not ids & {concept.id for concept in load_codebook().words}


def test_every_word_is_used() -> None:
    used = {
        name
        for entry in load_codebook().entries
        for rule in entry.rules
        for part in (rule.when, rule.unless)
        if part is not None
        for name in names_of(part)
    }
    assert {concept.id for concept in load_codebook().words} <= used


def test_no_insult_is_shown() -> None:
    """The codebook has no restricted words, and what it shows of itself names none of the lexicon's."""
    assert not any(concept.restricted or concept.kind == "restricted" for concept in load_codebook().words)
    shown = [
        text
        for entry in load_codebook().entries
        for words in (entry.titles, entry.definition)
        for text in words.as_dict().values()
    ]
    shown += [
        text
        for entry in load_codebook().entries
        for part in (entry.include, entry.exclude)
        for text in part.values()
    ]
    for language in ("kk", "ru"):
        view = normalise(pa.array(shown, pa.large_string()))
        hits = _MATCHER.find(view, np.array([language] * len(shown)))
        assert not any(_LEXICON.concepts[place].restricted for place in hits.concept)
