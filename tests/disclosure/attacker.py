"""An attacker who has only what left and knows the rules: written apart from the gate, used against it.

Figures are read as anybody reads them, from rows of estimates. Structure is common knowledge: which areas
make up which, and that groups make up a total. Linear programs then give the ends between which a withheld
count lies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from scipy.optimize import linprog

Key = tuple[str, str]
"""Area and group; "total" is the whole."""


def intervals(
    shown: Mapping[Key, float],
    withheld: Iterable[Key],
    sums: Iterable[tuple[Key, tuple[Key, ...]]],
    *,
    slack: float,
    known: Mapping[Key, float] | None = None,
) -> dict[Key, tuple[float, float]]:
    """Ends of every withheld count.

    sums : whole and parts, over shown and withheld counts
    slack : how far a shown number may lie from the truth, 0 for an attacker who has the exact one
    known : withheld counts that this attacker knows
    """
    hidden = list(withheld)
    cells = [*shown, *hidden]
    place = {key: index for index, key in enumerate(cells)}
    bounds: list[tuple[float, float | None]] = [(max(0.0, v - slack), v + slack) for v in shown.values()]
    bounds += [(known[k], known[k]) if known and k in known else (0.0, None) for k in hidden]
    rows = []
    for whole, parts in sums:
        row = np.zeros(len(cells))
        row[place[whole]] = -1.0
        for part in parts:
            row[place[part]] += 1.0
        rows.append(row)
    found = {}
    for key in hidden:
        ends = []
        for sign in (1.0, -1.0):
            target = np.zeros(len(cells))
            target[place[key]] = sign
            solved = linprog(
                target,
                A_eq=np.array(rows) if rows else None,
                b_eq=np.zeros(len(rows)) if rows else None,
                bounds=bounds,
                method="highs",
            )
            assert solved.status in (0, 3), solved.message
            ends.append(sign * float(solved.fun) if solved.status == 0 else -sign * np.inf)
        found[key] = (ends[0], ends[1])
    return found


def sums_that_hold(
    truth: Mapping[Key, float], parents: Mapping[str, str | None]
) -> list[tuple[Key, tuple[Key, ...]]]:
    """Sums of the true table that an attacker may use: groups in totals, areas in the area above."""
    found = []
    areas = dict.fromkeys(area for area, _ in truth)
    groups = dict.fromkeys(group for _, group in truth)
    for area in areas:
        parts = tuple((area, g) for g in groups if g != "total" and (area, g) in truth)
        if (area, "total") in truth and parts:
            found.append(((area, "total"), parts))
    for group in groups:
        for area in areas:
            below = [a for a in areas if parents.get(a) == area]
            # Where one area prints no such number, nobody outside knows that the others make up the whole.
            whole = bool(below) and all((a, group) in truth for a in below)
            if (area, group) in truth and whole:
                found.append(((area, group), tuple((a, group) for a in below)))
    return [(w, p) for w, p in found if truth[w] == sum(truth[part] for part in p)]
