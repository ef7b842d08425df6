"""The codebook: faults with their line, keys that never collide, old codes only where declared."""

from __future__ import annotations

import re

import pytest
import yaml

from kelisim.core.errors import Refused
from kelisim.evidence.discourse.codebook import COMMANDS, carried_code, key_of
from kelisim.evidence.discourse.judgements import CRITERIA
from kelisim.sources.codebook import codebook_from, codebook_template

TEMPLATE = codebook_template()
SMALL = """codebook: small
version: "1"
variables:
  - code: tone
    label: {kk: реңк, ru: тон, en: tone}
    definition: {kk: а, ru: б, en: what the author thinks}
    asked: group
    of_interest: [bad]
    values:
      - {code: good, key: "1", label: {kk: ж, ru: х, en: good}}
      - {code: bad, key: "2", label: {kk: ж, ru: п, en: bad}}
  - code: why
    label: {kk: н, ru: п, en: why}
    definition: {kk: а, ru: б, en: why}
    asked: group
    ask_if: {tone: [bad]}
    of_interest: [x]
    values:
      - {code: x, key: "1", label: {kk: ж, ru: х, en: x}}
      - {code: y, key: "2", label: {kk: ж, ru: п, en: y}}
"""


def test_the_template_asks_what_it_should() -> None:
    book = codebook_from(TEMPLATE, "codebook.yaml")
    codes = [variable.code for variable in book.variables]
    assert codes[:4] == ["theme", "tone", "complaint", "danger"] and set(CRITERIA) < set(codes)
    theme = book.variable("theme")
    assert theme is not None
    assert theme.codes == (*(f"F{k:02}" for k in range(1, 13)), "other", "none")
    danger, tone = book.variable("danger"), book.variable("tone")
    assert danger is not None and tone is not None
    assert danger.measure == "ordinal" and [v.alert for v in danger.values] == [False, False, False, True]
    assert tone.asked == "group" and tone.codes == ("positive", "neutral", "negative", "mixed")
    for variable in book.variables:
        assert len(variable.keys) == len(variable.values), "two values share a key"
        assert not set(variable.keys) & set(COMMANDS)


def test_no_language_of_the_template_is_left_in_another() -> None:
    for key, wrong in (("kk", "[A-Za-z]{3}"), ("ru", "[A-Za-z]{3}|[әғқңөұүһі]"), ("en", "[а-яА-Я]")):
        for variable in yaml.safe_load(TEMPLATE)["variables"]:
            said = [variable["label"][key], variable["definition"][key]]
            said += [value["label"][key] for value in variable["values"]]
            assert not [text for text in said if re.search(wrong, text)]


@pytest.mark.parametrize(
    ("typed", "key"), [("ә", "2"), ("қ", "0"), ("й", "q"), ("и", "b"), ("В", "d"), ("7", "7")]
)
def test_the_layout_of_the_keyboard_does_not_matter(typed: str, key: str) -> None:
    assert key_of(typed) == key


FAULTS = {
    "a key given twice": (
        'key: "2", label: {kk: ж, ru: п, en: bad}',
        'key: "ә", label: {kk: ж, ru: п, en: bad}',
    ),
    "a key of two values": ('{code: bad, key: "2"', '{code: bad, key: "1"'),
    "a key of the screen": ('{code: bad, key: "2"', "{code: bad, key: q"),
    "a key of the screen in Russian": ('{code: bad, key: "2"', "{code: bad, key: й"),
    "a code given twice": ("code: good", "code: bad"),
    "an unknown code of interest": ("of_interest: [bad]", "of_interest: [worse]"),
    "a condition on what comes later": ("ask_if: {tone: [bad]}", "ask_if: {later: [bad]}"),
    "a condition on no code": ("ask_if: {tone: [bad]}", "ask_if: {tone: [worse]}"),
    "no meaning": ("    definition: {kk: а, ru: б, en: why}\n", ""),
    "an unknown word": ("asked: group\n    of", "asked: person\n    of"),
    "an unknown key": ("    ask_if:", "    if_asked: 1\n    ask_if:"),
    "yes unquoted": ("code: x", "code: yes"),
    "yes unquoted as a label": ("en: bad}", "en: yes}"),
    "a mapping to nothing": ("variables:", 'carried: {"0": {tone: {old: worse}}}\nvariables:'),
    "a mapping of itself": ("variables:", 'carried: {"1": {tone: {bad: bad}}}\nvariables:'),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_is_told_with_its_line(case: str) -> None:
    old, new = FAULTS[case]
    assert old in SMALL
    text = SMALL.replace(old, new, 1)
    if case == "a key given twice":  # the Kazakh layout: ә stands on the key 2, which is free now
        codebook_from(text, "codebook.yaml")
        return
    with pytest.raises(Refused) as caught:
        codebook_from(text, "codebook.yaml")
    assert all(fault.row and fault.way_out for fault in caught.value.faults)


def test_a_changed_definition_needs_a_mapping() -> None:
    one = codebook_from(SMALL, "c")
    changed = SMALL.replace("what the author thinks", "what the text says").replace(
        'version: "1"', 'version: "2"'
    )
    two = codebook_from(changed, "c")
    meanings = {"1": one.meanings(), "2": two.meanings()}
    assert carried_code(two, "tone", "1", "bad", meanings) is None
    # What did not change counts as it is.
    assert carried_code(two, "why", "1", "x", meanings) == "x"
    declared = changed.replace("variables:", 'carried: {"1": {tone: {bad: bad}}}\nvariables:', 1)
    three = codebook_from(declared, "c")
    assert carried_code(three, "tone", "1", "bad", meanings) == "bad"
    assert carried_code(three, "tone", "1", "good", meanings) is None


def test_shortcuts_may_change_without_a_new_version() -> None:
    other = SMALL.replace('key: "1"', 'key: "9"')
    assert codebook_from(SMALL, "c").meanings() == codebook_from(other, "c").meanings()
