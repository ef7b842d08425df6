"""Consistent synthetic studies of many shapes, for the auditor to be silent about.

Hypothesis chooses the shape and a seed; numbers come from the seed, so that they are as unlike as real ones.
Everything printed is rounded from exact numbers, every declaration is true of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from kelisim.core.areas import Area, Areas
from kelisim.core.groups import Group, Groups
from kelisim.core.languages import Words
from kelisim.core.periods import PartialDate, Period
from kelisim.core.statements import Benchmark, Claim, Interviews, Product, Quantity, Statements
from kelisim.core.study import Question, Study
from kelisim.core.tables import Table
from tests.cast import (
    counts,
    events,
    expression,
    marginals,
    question,
    series,
    shares,
    study,
    table,
    watchlist,
)

__all__ = ["Shape", "consistent", "printed", "shapes"]


@dataclass(frozen=True)
class Shape:
    """What hypothesis chooses."""

    seed: int
    areas: int
    groups: int
    second_level: bool
    decimals: int
    later: bool
    questions: int
    interviewed: int
    repeated: bool
    events: int
    undated: bool


shapes = st.builds(
    Shape,
    seed=st.integers(0, 10**6),
    areas=st.integers(1, 9),
    groups=st.integers(1, 7),
    second_level=st.booleans(),
    decimals=st.integers(0, 3),
    later=st.booleans(),
    questions=st.integers(0, 4),
    interviewed=st.integers(5, 1500),
    repeated=st.booleans(),
    events=st.integers(0, 5),
    undated=st.booleans(),
)

_DAYS = (date(2019, 1, 1), date(2021, 1, 1))


def printed(part: int, base: int, places: int) -> str:
    """A percentage as a source prints it."""
    return f"{float(round(Fraction(100 * part, base), places)):.{places}f}".replace(".", ",")


def consistent(shape: Shape) -> Study:
    """A study in which everything agrees with everything."""
    rng = np.random.default_rng(shape.seed)
    areas = [Area("S", "country", Words("С", "С", "S"), None)]
    areas += [Area(f"A{i}", "oblast", Words.same(f"A{i}"), "S") for i in range(shape.areas)]
    founded = PartialDate.parse("2020-03")
    if shape.second_level:
        areas += [Area(f"A0d{i}", "district", Words.same(f"A0d{i}"), "A0") for i in range(3)]
    areas.append(Area("N", "oblast", Words.same("N"), "S", valid_from=founded, split_from=("A0",)))
    names = [f"g{j}" for j in range(shape.groups)]
    groups = [Group(name, Words.same(name), (), name == "g1") for name in names]
    cells = rng.integers(1, 90_000, size=(shape.areas, shape.groups)).astype(np.int64)
    tables = _populations(shape, rng, names, cells)
    asked, questions, real = _survey(shape, rng, names)
    tables += real
    statements, more = _statements(shape, rng, names, cells)
    tables += more
    happened = [
        (f"E{i}", f"{rng.integers(2005, 2019)}-{rng.integers(1, 13):02d}", "A0", "x")
        for i in range(shape.events)
    ]
    happened += [("N1", "2021-02-03", "N", "y"), ("N2", "2020", "N", "y"), ("N3", "", "N", "y")]
    tables.append(events(happened, table_id="events"))
    sites = [(f"site {i}", f"https://site{i}.kz/a") for i in range(3)] + [("nowhere", "")]
    tables.append(watchlist(sites, table_id="sites"))
    return study(
        *tables,
        areas=Areas.of(areas),
        groups=Groups.of(groups),
        periods={
            k: Period(k, str(d.year), d, d, True) for k, d in zip(("early", "late"), _DAYS, strict=True)
        },
        questions=questions,
        statements=statements,
        interviews=asked,
        n_printed=shape.interviewed,
    )


def _populations(shape: Shape, rng: np.random.Generator, names: list[str], cells: Any) -> list[Table]:
    use = {"whole": "S", "unit_level": ("oblast",), "period_id": "early"}
    rows = _rows(names, cells)
    tables = [counts(rows, table_id="people", complete_groups=True, **use)]
    kept = {(a, g): n for a, g, n in rows}
    within = [(a, g, printed(n, kept[a, "total"], shape.decimals)) for a, g, n in rows]
    across = [(a, g, printed(n, kept["S", g], shape.decimals)) for a, g, n in rows]
    tables.append(shares(within, table_id="within", base="within_area", counts_table="people", **use))
    tables.append(shares(across, table_id="across", base="across_areas", counts_table="people", **use))
    if shape.later:
        grown = np.rint(cells * rng.uniform(1.01, 1.2, size=cells.shape)).astype(np.int64) + 1
        tables.append(counts(_rows(names, grown), table_id="grown", complete_groups=True, period_id="late"))
    if shape.repeated:
        again = [*rows, *(row for row in rows if row[1] == "total")]
        tables.append(counts(again, table_id="again", complete_groups=True, repeats="prints", **use))
    if shape.undated:
        totals = [row for row in rows if row[1] == "total"]
        tables.append(counts(totals, table_id="undated", whole="S", unit_level=("oblast",), period_id=None))
    if shape.second_level:
        parts = rng.multinomial(cells[0], [1 / 3] * 3).T
        below = [("A0", g, int(n)) for g, n in zip(names, cells[0], strict=True)]
        below += [(f"A0d{i}", g, int(n)) for i in range(3) for g, n in zip(names, parts[i], strict=True)]
        use = {"whole": "A0", "unit_level": ("district",), "period_id": "early"}
        tables.append(counts(below, table_id="districts", **use))
    return tables


def _rows(names: list[str], cells: Any) -> list[tuple[str, str, int]]:
    lines = [("S", cells.sum(axis=0)), *((f"A{i}", row) for i, row in enumerate(cells))]
    rows = [(area, "total", int(line.sum())) for area, line in lines]
    return rows + [(area, g, int(n)) for area, line in lines for g, n in zip(names, line, strict=True)]


def _survey(
    shape: Shape, rng: np.random.Generator, names: list[str]
) -> tuple[Interviews | None, list[Question], list[Table]]:
    rows, questions, n = [], [], shape.interviewed
    earlier: list[Any] = []
    for number in range(shape.questions):
        code, k = f"Q{number}", int(rng.integers(2, 7))
        options = tuple(str(i) for i in range(k))
        several = number % 2 == 1
        if several:
            # The first answer is given by most, a second by many, so the shares are far from 100 together.
            picked = rng.binomial(n, 0.9 - 0.05 * np.arange(k)) if k > 1 else np.array([n])
        else:
            picked = _unlike(rng, n, k, earlier)
            earlier.append(picked)
        questions.append(question(code, options, type="multiple" if several else "single"))
        lines = [(code, o, printed(int(c), n, shape.decimals)) for o, c in zip(options, picked, strict=True)]
        rows += lines
        if shape.repeated:
            rows += lines
    if not rows:
        return None, [], []
    questions.append(question("G", names, type="open_text"))
    mine = [c + 1 for c in rng.multinomial(n, np.ones(len(names)) / len(names))]
    rows += [("G", g, printed(int(c), sum(mine), shape.decimals)) for g, c in zip(names, mine, strict=True)]
    questions[-1] = Question(
        "G", questions[-1].label, "open_text", None, questions[-1].options, (), False, sum(mine)
    )
    places = tuple((f"A{i}", Words.same(f"place {i}")) for i in range(shape.areas))
    asked = Interviews("marginals", "chosen", places, False, (0.0, 0.05), "S", "people", "G")
    return asked, questions, [marginals(rows)]


def _unlike(rng: np.random.Generator, n: int, k: int, earlier: list[Any]) -> Any:
    """Answers to a single choice that no earlier question has by chance."""
    for _ in range(50):
        picked = rng.multinomial(n, rng.dirichlet(np.ones(k)))
        mine = np.sort(picked[picked > 0])
        others = [np.sort(e[e > 0]) for e in earlier]
        if all(len(o) != len(mine) or np.abs(o - mine).max() > 0.02 * n for o in others):
            break
    return picked


def _statements(
    shape: Shape, rng: np.random.Generator, names: list[str], cells: Any
) -> tuple[Statements, list[Table]]:
    total, accounts, low = int(cells.sum()), int(rng.integers(2, 30)), int(rng.integers(10, 300))
    mean = float(round(rng.uniform(1, 90), 1))
    figures = [
        ("thousand", "S", "2019-01-01", None, f"{total / 1000:.1f}"),
        ("later", "S", "2022", None, str(2 * total)),
        ("accounts", "S", "2020", None, str(accounts)),
        ("each", "S", "2020", None, f"{low}-{low + 20}"),
        ("posts", "S", "2020", None, str(accounts * (low + 7))),
        ("likes", "S", "2020", None, f"{mean:.1f}".replace(".", ",")),
        ("all_likes", "S", "2020", None, str(round(accounts * (low + 7) * mean))),
    ]
    text = table(
        "figures", ("figure", "area", "year", "value", "printed"), figures, table_id="text", period_id=None
    )
    years = {"2018-01-01": 0.98, "2019-01-01": 1.0, "2020-01-01": 1.03, "2021-01-01": 1.05}
    lines = [("S", total), *((f"A{i}", int(row.sum())) for i, row in enumerate(cells))]
    bureau = series([(a, day, int(n * f)) for a, n in lines for day, f in years.items()], table_id="bureau")
    largest = names[int(np.argmax(cells.sum(axis=0)))]
    words = Words("т", "у", "a true claim")
    texts = [
        f"count(people, S) == {total}",
        f"about({total / 1000:.1f}, 1) * 1000 == count(people, S)",
        f"count(people, A0, {largest}) <= count(people, S, {largest})",
        f"units(people) == {shape.areas}",
        "figure(text, posts) / figure(text, accounts) == figure(text, each)",
    ]
    claims = tuple(
        Claim(f"c{i}", words, expression(t), "book", "claims.yaml", i) for i, t in enumerate(texts)
    )
    return Statements(
        claims=claims,
        products=(
            _product(words, "posts", "accounts", "each"),
            _product(words, "all_likes", "posts", "likes"),
        ),
        quantities=(
            Quantity(words, (expression("count(people, S)"), expression("figure(text, thousand) * 1000"))),
        ),
        benchmarks=(Benchmark("bureau", ("people",)),),
    ), [text, bureau]


def _product(words: Words, total: str, *factors: str) -> Product:
    return Product(
        words, expression(f"figure(text, {total})"), tuple(expression(f"figure(text, {f})") for f in factors)
    )
