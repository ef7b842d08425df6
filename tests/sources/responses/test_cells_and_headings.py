"""What headings and cells mean: edited headings, labels in any language, several answers in one cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from kelisim.core.errors import Refused
from kelisim.core.questionnaire import FORM_LANGUAGES, Item, Option, Questionnaire
from kelisim.sources.responses.cells import Bad, Choices, Several, day_of, number_of, tick_of
from kelisim.sources.responses.headers import Target, known_names, plan_of
from tests.sources.responses.forms import FORM, GROUPS, HEADER, row, table, taken

SEVERAL = Choices(FORM.items[2])
ONE = Choices(FORM.items[0])


@pytest.mark.parametrize(
    ("heading", "target"),
    [
        ("Q1", Target("Q1", "whole")),
        ("q1", Target("Q1", "whole")),
        ("group/sub/Q3/5", Target("Q3", "split", "5")),
        ("group.Q3.5", Target("Q3", "split", "5")),
        ("group:Q3:5", Target("Q3", "split", "5")),
        ("group-Q3", Target("Q3", "whole")),
        ("Q3[5]", Target("Q3", "split", "5")),
        ("Q3_SQ002", Target("Q3", "split", "2")),
        ("Q3_5_text", Target("Q3", "words", "5")),
        ("Q3_other", Target("Q3", "words", "5")),
        ("Кіммен бірліктесіз?", Target("Q3", "whole")),
        ("  кіммен  бірліктесіз ", Target("Q3", "whole")),
        ("7. С кем единство?", Target("Q3", "whole")),
        ("Q3. С кем единство? (до двух ответов)", Target("Q3", "whole")),
        ("С кем единство? Выберите не больше двух", Target("Q3", "whole")),
        ("Блок 2/С кем единство?/своя группа", Target("Q3", "split", "2")),
        ("С кем единство? [соседи]", Target("Q3", "split", "3")),
        ("Блок/другое – запишите", Target("Q3", "words", "5")),
    ],
)
def test_headings_that_offices_write(heading: str, target: Target) -> None:
    assert plan_of(known_names(FORM), [heading, "x"], "f", {}, {}).targets == {0: target}


@pytest.mark.parametrize(
    "heading", ["", "Q", "Q10", "XQ1", "Q1x", "единство", "_Q1_", "Q3/7", "Возрастной состав"]
)
def test_headings_that_belong_to_no_question(heading: str) -> None:
    assert plan_of(known_names(FORM), [heading], "f", {}, {}).foreign == (0,)


def test_columns_that_belong_to_no_question_may_share_a_name(tmp_path: Path) -> None:
    data = table(row(1) + ",a,b", header=HEADER + ",note,note")
    assert len(taken(tmp_path, data)) == 1


def test_options_as_our_own_forms_show_them_are_known() -> None:
    from kelisim.publish.forms.words import option_text
    from kelisim.sources.batteries import battery_names
    from kelisim.sources.questionnaire import battery_questionnaire

    known = 0
    for name in battery_names():
        form = battery_questionnaire(name, {"r": dict.fromkeys(FORM_LANGUAGES, "x")}, FORM_LANGUAGES)
        for item in form.items:
            choices = Choices(item, labels_first=True)
            for option in item.options:
                for language in FORM_LANGUAGES:
                    assert choices.one(option_text(option, language)) == option.code
                    known += 1
    assert known > 200


def test_a_column_may_be_declared_and_a_wrong_declaration_is_told(tmp_path: Path) -> None:
    data = table(row(1), header="_uuid,Q1,Q2,Q3,how old,INT")
    assert list(taken(tmp_path, data, columns={"how old": "Q4"}).data["Q4"]) == [19]
    with pytest.raises(Refused, match=r"no question 'Q44'.*nearest: Q4"):
        taken(tmp_path, data, columns={"how old": "Q44"})
    with pytest.raises(Refused, match="no such column"):
        taken(tmp_path, data, columns={"age": "Q4"})


def test_a_label_of_two_questions_is_not_guessed() -> None:
    items = tuple(Item(code, "number", {"kk": "Қанша рет?"}) for code in ("A1", "A2"))
    form = Questionnaire("f", {"kk": "f"}, ("kk",), items, "1")
    with pytest.raises(Refused, match=r"two questions have this name.*--column"):
        plan_of(known_names(form), ["Қанша рет?"], "f", {}, {})


@pytest.mark.parametrize(
    ("cell", "code"),
    [("1", "1"), (" 1 ", "1"), ("1.0", "1"), ("иә, көшемін", "1"), ("ДА", "1"), ("Жоқ", "2"), ("2. нет", "2"),
     ("2 - нет", "2"), ("[ОҚЫМАҢЫЗ] жоқ", "2"), ("", None), ("NA", None)],
)  # fmt: skip
def test_one_option_by_code_or_by_label(cell: str, code: str | None) -> None:
    assert ONE.one(cell) == code


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("1 3", ("1", "3")),
        ("1; 3", ("1", "3")),
        ("1,3", ("1", "3")),
        ("3", ("3",)),
        ("өз тобым, туыстарым, көршілер", ("2", "3")),
        ("көршілер өз тобым, туыстарым", ("2", "3")),
        ("граждане Казахстана, соседи", ("1", "3")),
    ],
)
def test_several_options_in_one_cell(cell: str, codes: tuple[str, ...]) -> None:
    found = SEVERAL.several(cell, own_words=False)
    assert isinstance(found, Several) and set(found.codes) == set(codes)


def test_what_can_be_cut_in_two_ways_is_not_cut() -> None:
    labels = ("қазақ", "орыс", "қазақ, орыс")
    item = Item(
        "Q",
        "multiple",
        {"kk": "?"},
        options=tuple(Option(c, {"kk": t}) for c, t in zip("abc", labels, strict=True)),
    )
    found = Choices(item).several("қазақ, орыс", own_words=False)
    assert isinstance(found, Bad) and found.code == "two_readings"


def test_a_long_cell_of_nested_labels_is_cut_in_time() -> None:
    labels = ["a", "a a", "a a a", "b"]
    item = Item(
        "Q", "multiple", {"en": "?"}, options=tuple(Option(str(k), {"en": t}) for k, t in enumerate(labels))
    )
    assert isinstance(Choices(item).several("a " * 3000 + "c", own_words=False), Bad)


def test_words_of_google_forms_stand_at_the_end() -> None:
    found = SEVERAL.several("соседи, друзья, коллеги", own_words=True)
    assert found == Several(("3", "5"), "друзья, коллеги")
    assert isinstance(SEVERAL.several("соседи, друзья", own_words=False), Bad)


def test_a_value_that_is_code_and_label_follows_the_heading() -> None:
    turned = tuple(Option(str(k), {"en": str(6 - k)}) for k in range(1, 6))
    item = Item("Q", "scale", {"en": "?"}, options=turned)
    assert Choices(item).one("1") == "1" and Choices(item, labels_first=True).one("1") == "5"


def test_ticks_numbers_and_days() -> None:
    choices = Choices(FORM.items[2])
    assert [tick_of(c, choices, "2") for c in ("1", "Y", "TRUE", "0.0", "", "своя группа")] == [
        1,
        1,
        1,
        0,
        None,
        1,
    ]
    assert isinstance(tick_of("соседи", choices, "2"), Bad)
    free = Item("Q", "number", {"en": "?"})
    assert [number_of(c, free) for c in ("53,5", "1 200", "", "-2")] == [53.5, 1200.0, None, -2.0]
    assert isinstance(number_of("5x", free), Bad)
    assert (
        str(day_of("31.01.2024"))
        == str(day_of("2024-01-31 10:00"))
        == str(day_of("2024/01/31"))
        == "2024-01-31"
    )
    assert isinstance(day_of("31/13/2024"), Bad) and isinstance(day_of("32.01.2024"), Bad)


def test_codes_of_options_are_all_kept() -> None:
    assert {SEVERAL.several(option.code, own_words=False).codes[0] for option in GROUPS} == {
        o.code for o in GROUPS
    }  # type: ignore[union-attr]


@pytest.mark.parametrize("mark", [", ", " ", ";"])
def test_several_answers_of_the_library_are_cut_right_in_every_language(mark: str) -> None:
    from itertools import combinations

    from kelisim.sources.batteries import battery_names
    from kelisim.sources.questionnaire import battery_questionnaire

    cut = 0
    for name in battery_names():
        rows = {"r": dict.fromkeys(FORM_LANGUAGES, "x")}
        for item in battery_questionnaire(name, rows, FORM_LANGUAGES).items:
            choices = Choices(item, labels_first=True)
            for language in FORM_LANGUAGES if item.type == "multiple" else ():
                for some in (*combinations(item.options, 1), *combinations(item.options, 2)):
                    found = choices.several(mark.join(o.label[language] for o in some), own_words=False)
                    assert found == Several(tuple(o.code for o in some)), (item.code, language, found)
                    cut += 1
    assert cut > 100
