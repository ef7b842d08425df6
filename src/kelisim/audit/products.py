"""Printed totals against the product of the printed means and numbers that should make them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from kelisim.audit.evaluation import evaluate, span_words
from kelisim.audit.prints import joined
from kelisim.core.findings import Finding
from kelisim.core.languages import Words
from kelisim.core.study import Study
from kelisim.stats.spans import Span

__all__ = ["products"]


def products(study: Study) -> Iterator[Finding]:
    """Multiply what the study declares as factors, with all values their prints allow.

    A total is contradicted only when no value of the product is a value of the total: "220-240" posts of each
    of 10 accounts allow 2,200 to 2,400 posts.
    """
    for product in study.statements.products:
        total = evaluate(product.total.tree, study)
        factors = [evaluate(factor.tree, study) for factor in product.factors]
        spans = [factor.value for factor in factors if isinstance(factor.value, Span)]
        if not isinstance(total.value, Span) or len(spans) < len(factors):
            continue
        computed = Span.point(Fraction(1))
        for span in spans:
            computed = computed * span
        if computed.meets(total.value):
            continue
        what, a = product.what, span_words(total.value)
        times, b = joined(map(span_words, spans), " × "), span_words(computed)
        yield Finding(
            code="product_differs_from_total",
            level="contradiction",
            table_id=next(iter((*total.tables, *(t for f in factors for t in f.tables))), ""),
            cells=tuple(dict.fromkeys((*total.cells, *(cell for f in factors for cell in f.cells)))),
            values={
                "total_low": float(total.value.low),
                "total_high": float(total.value.high),
                "product_low": float(computed.low),
                "product_high": float(computed.high),
            },
            message=Words(
                f"{what.kk}: жиынтығы {a.kk} деп басылған, ал басылған орташалардан {times.kk} = {b.kk} шығады.",
                f"{what.ru}: итог напечатан как {a.ru}, а из напечатанных средних выходит {times.ru} = {b.ru}.",
                f"{what.en}: the total is printed as {a.en}, but the printed means give {times.en} = {b.en}.",
            ),
        )
