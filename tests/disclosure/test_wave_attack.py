"""A whole wave attacked as it leaves: question by question and division by division, with linear programs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest

from kelisim.assessment.assess import item_units
from kelisim.disclosure.answers import protect_answers
from kelisim.disclosure.policy import SENSITIVE
from kelisim.evidence.survey.wave import wave_figures
from tests.disclosure.attacker import Key, intervals
from tests.disclosure.test_answers import K, W, unknown_sizes
from tests.studies import SYNTHETIC, read


@pytest.mark.proof
@pytest.mark.parametrize("feeds_areas", [False, True])
def test_no_small_answer_of_a_wave_can_be_worked_out(feeds_areas: bool) -> None:
    """The attacker has every leaving count exactly, the whole too, and the size of the hidden parts."""
    wave = replace(read(SYNTHETIC).waves["spring"], feeds_areas=feeds_areas)
    before = list(wave_figures(wave, level=0.95, units=item_units(), rare=K))
    after = protect_answers(before, SENSITIVE)
    counts: dict[tuple[str, str], dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    sizes: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    hidden: set[tuple[str, str, str]] = set()
    for figure, left in zip(before, after, strict=True):
        tally = figure.tally
        if tally is None or tally.cases is None:
            continue
        counts[tally.question, tally.split][tally.part][figure.indicator] = tally.cases
        sizes[tally.question, tally.split][tally.part] = tally.n
        # An uncertain share of a row that leaves is granted to the attacker as well.
        if left.estimate.value is None and "too_few_persons" in left.estimate.reasons:
            hidden.add((tally.question, tally.split, tally.part))
    attacked = 0
    for (question, split), parts in counts.items():
        if split == "all":
            continue
        whole, n = counts[question, "all"][""], sizes[question, "all"][""]
        if (question, "all", "") in hidden:
            assert all((question, split, part) in hidden for part in parts), (question, split)
            continue
        rows = {part: {a: told.get(a, 0) for a in whole} for part, told in parts.items()}
        for part, row in rows.items():
            row["rest"] = sizes[question, split][part] - sum(row.values())
        total = {**whole, "rest": n - sum(whole.values())}
        unnamed = {a: total[a] - sum(row[a] for row in rows.values()) for a in total}
        if any(unnamed.values()):
            rows["unnamed"] = unnamed
        stay = {
            p: sum(row.values())
            for p, row in rows.items()
            if p == "unnamed" or (question, split, p) in hidden
        }
        vague = unknown_sizes(stay)
        shown: dict[Key, float] = {("", a): float(x) for a, x in total.items()}
        shown |= {(p, a): float(x) for p, row in rows.items() if p not in stay for a, x in row.items()}
        sums: list[tuple[Key, tuple[Key, ...]]] = [(("", a), tuple((p, a) for p in rows)) for a in total]
        for part in stay.keys() - vague:
            shown[part, "n"] = float(stay[part])
            sums.append(((part, "n"), tuple((part, a) for a in total)))
        unknown = [(p, a) for p in stay for a in total]
        for (part, answer), (low, high) in intervals(shown, unknown, sums, slack=0.0).items():
            x = rows[part][answer]
            if x < K and total[answer]:
                attacked += 1
                assert low <= max(0, x - W) + 1e-6 and high >= max(max(0, x - W) + W, K) - 1e-6, (
                    question, split, part, answer, x, low, high,
                )  # fmt: skip
    assert attacked > 200
