"""The language of statements: what is read and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.core.expressions import parse_expression


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("count(t, A, g) / count(t, A) >= 0.17", ">="),
        ("1 < 2 < 3", "and"),
        ("not (a in [a, b]) or rows(t, number_from=3) == 2", "or"),
        ('figure("t", x, year=2020) * -1000', "*"),
    ],
)
def test_expressions_are_read(text: str, kind: str) -> None:
    assert parse_expression(text).kind == kind


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("__import__('os').system('x')", "not part of the language"),
        ("exec(a)", "no function 'exec'"),
        ("count(t).real", "not part of the language"),
        ("[x for x in y]", "not part of the language"),
        ("lambda: 1", "not part of the language"),
        ("count(t, A", "no expression"),
        ("count(t)", "takes 2 to 3 arguments"),
        ("share(t, A, g, year=1)", "no argument 'year'"),
        ("2 ** 9999", "not part of the language"),
        ("True", "not part of the language"),
        ("count(*x)", "single arguments"),
        ("(" * 90 + "1" + ")" * 90 + "+" * 3, "no expression"),
        ("-" * 50 + "1", "nested too deeply"),
        ("1e400 > 2", "too large"),
        ("1+" * 600 + "1", "longer"),
    ],
)
def test_everything_else_is_refused_with_a_reason(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_expression(text)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        parse_expression(text)
    except ValueError as error:
        assert str(error)
