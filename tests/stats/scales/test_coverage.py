"""How often intervals of scales hold the truth, and how often the ladder of invariance errs, simulated."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kelisim.stats.agreement import agreement, krippendorff_alpha
from kelisim.stats.scales.alpha import cluster_interval, cronbach
from kelisim.stats.scales.differential import differential_items
from kelisim.stats.scales.distance import distance_matrix
from kelisim.stats.scales.intraclass import intraclass
from kelisim.stats.scales.invariance import measurement_invariance
from kelisim.stats.scales.items import read_items
from kelisim.stats.scales.places import place_correlation, place_correlation_binary
from kelisim.stats.scales.pooling import pool_distances
from tests.stats.scales.invented import NAMES, languages, sample_of

pytestmark = pytest.mark.proof


def share(name: str, held: Callable[[np.random.Generator], bool], draws: int, seed: int) -> float:
    rng = np.random.default_rng(seed)
    found = sum(held(rng) for _ in range(draws)) / draws
    print(f"{name}: {found:.3f} of {draws}")
    return found


def slack(level: float, draws: int) -> float:
    return float(3 * np.sqrt(level * (1 - level) / draws))


def true_alpha(k: int, loading: float, place: float) -> float:
    """Of k items loading * (f) + rest, rest of variance 1 and f of variance 1 + place."""
    common = loading**2 * (1 + place)
    return k / (k - 1) * (1 - k * (common + 1) / (k * k * common + k))


def test_feldt_with_independent_interviews() -> None:
    truth = true_alpha(5, 0.8, 0.0)

    def held(rng: np.random.Generator) -> bool:
        x = 0.8 * rng.normal(size=(80, 1)) + rng.normal(size=(80, 5))
        made = cronbach(x, level=0.95)
        return made.low <= truth <= made.high

    assert abs(share("Feldt", held, 4000, 1) - 0.95) <= slack(0.95, 4000)


@pytest.mark.parametrize("villages", [10, 30])
def test_alpha_by_the_design_where_villages_are_alike(villages: int) -> None:
    truth = true_alpha(5, 0.8, 0.5)
    feldt = [0]

    def held(rng: np.random.Generator) -> bool:
        village = np.repeat(np.arange(villages), 15)
        f = np.sqrt(0.5) * rng.normal(size=villages)[village] + rng.normal(size=village.size)
        x = 0.8 * f[:, None] + rng.normal(size=(village.size, 5))
        sample = sample_of({n: x[:, k] for k, n in enumerate(NAMES)} | {"v": village}, psu=("v",))
        items = read_items(sample, NAMES)
        plain = cronbach(items.scores, level=0.95)
        feldt[0] += plain.low <= truth <= plain.high
        made = cluster_interval(sample, items, level=0.95, draws=199, rng=rng)
        return bool(made.low is not None and made.high is not None and made.low <= truth <= made.high)

    draws = 1500
    found = share(f"alpha, {villages} villages", held, draws, 2)
    print(f"  Feldt there: {feldt[0] / draws:.3f}")
    # With few units a small sample variance comes with a small error of itself, which costs about a point.
    assert 0.915 <= found <= 0.975
    assert feldt[0] / draws < 0.92


@pytest.mark.parametrize("form", ["1", "3"])
def test_intraclass(form: str) -> None:
    def held(rng: np.random.Generator) -> bool:
        x = rng.normal(size=(25, 1)) + rng.normal(size=(25, 4))
        made = next(one for one in intraclass(x, level=0.95) if one.form == form)
        return made.low <= 0.5 <= made.high

    assert abs(share(f"ICC {form}", held, 3000, 3) - 0.95) <= slack(0.95, 3000)


@pytest.mark.parametrize("between", [0.05, 0.5])
def test_likeness_within_unequal_places(between: float) -> None:
    size = np.array([3, 5, 8, 8, 12, 15, 20, 30, 40, 55])
    place = np.repeat(np.arange(size.size), size)

    def held(rng: np.random.Generator) -> bool:
        y = np.sqrt(between) * rng.normal(size=size.size)[place] + rng.normal(size=place.size)
        made = place_correlation(y, place, level=0.95, method="anova")
        return made.low <= between / (1 + between) <= made.high

    assert abs(share(f"places {between}", held, 2000, 4) - 0.95) <= slack(0.95, 2000)


def test_likeness_of_yes_and_no() -> None:
    place = np.repeat(np.arange(25), 16)

    def held(rng: np.random.Generator) -> bool:
        eta = -0.5 + 0.8 * rng.normal(size=25)[place]
        y = (rng.random(place.size) < 1 / (1 + np.exp(-eta))).astype(float)
        made = place_correlation_binary(y, place, level=0.95)
        return made.low <= 0.64 / (0.64 + np.pi**2 / 3) <= made.high

    assert share("latent logistic", held, 150, 5) >= 0.95 - slack(0.95, 150)


@pytest.mark.parametrize("metric", ["nominal", "ordinal", "interval"])
def test_krippendorff(metric: str) -> None:
    def coded(rng: np.random.Generator, units: int) -> np.ndarray:  # type: ignore[type-arg]
        truth = rng.choice(4, p=[0.5, 0.25, 0.15, 0.1], size=units)
        far = rng.random((units, 3)) < 0.25
        codes = np.where(far, rng.choice(4, size=(units, 3)), truth[:, None]).astype(float)
        return np.where(rng.random((units, 3)) < 0.1, np.nan, codes)

    truth = krippendorff_alpha(coded(np.random.default_rng(0), 400_000), metric=metric)  # type: ignore[arg-type]

    def held(rng: np.random.Generator) -> bool:
        made = agreement(coded(rng, 150), metric=metric, level=0.95, draws=299, rng=rng)  # type: ignore[arg-type]
        assert made.low is not None and made.high is not None
        return made.low <= truth <= made.high

    assert 0.92 <= share(f"Krippendorff {metric}", held, 2000, 6) <= 0.975


def test_krippendorff_by_clusters() -> None:
    def coded(rng: np.random.Generator, outlets: int) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
        outlet = np.repeat(np.arange(outlets), 12)
        lean = rng.dirichlet([1.0, 1.0, 1.0], size=outlets)[outlet]
        truth = (rng.random(outlet.size)[:, None] > lean.cumsum(axis=1)).sum(axis=1).clip(0, 2)
        hard = rng.choice([0.05, 0.6], size=outlets)[outlet]
        codes = np.where(
            rng.random((outlet.size, 2)) < hard[:, None], rng.choice(3, (outlet.size, 2)), truth[:, None]
        )
        return codes, outlet

    truth = krippendorff_alpha(coded(np.random.default_rng(0), 60_000)[0], metric="nominal")
    alone = [0]

    def held(rng: np.random.Generator) -> bool:
        codes, outlet = coded(rng, 40)
        made = agreement(codes, metric="nominal", level=0.95, draws=299, rng=rng, clusters=outlet)
        units = agreement(codes, metric="nominal", level=0.95, draws=299, rng=rng)
        assert made.low is not None and made.high is not None
        assert units.low is not None and units.high is not None
        alone[0] += units.low <= truth <= units.high
        return made.low <= truth <= made.high

    found = share("Krippendorff, 40 outlets", held, 1000, 7)
    print(f"  units drawn: {alone[0] / 1000:.3f}")
    assert 0.92 <= found <= 0.975
    assert alone[0] / 1000 < found


@pytest.mark.parametrize(("villages", "people", "alike"), [(200, 1, 0.0), (25, 8, 0.15)])
def test_an_equal_scale_is_given_up_no_more_often_than_said(villages: int, people: int, alike: float) -> None:
    rng = np.random.default_rng(8)
    draws, refused, form = (50 if people == 1 else 80), 0, 0
    for _ in range(draws):
        sample = languages(rng, villages, people, alike=alike)
        made = measurement_invariance(sample, read_items(sample, NAMES), "language")
        form += made.steps[0].fit.p < 0.05
        if len(made.steps) == 3:
            refused += bool(made.steps[2].freed) or not made.steps[2].holds
    print(
        f"equal scale, {villages} x {people}: scalar given up {refused / draws:.3f}, form {form / draws:.3f}"
    )
    assert refused / draws <= 0.05 + slack(0.05, draws)
    # The chi-square of equal form stays a little too strict where villages are few; the verdict does not
    # rest on it but on CFI and RMSEA.
    assert form / draws <= 0.10 + slack(0.10, draws)


@pytest.mark.parametrize(("shift", "power"), [(0.3, 0.3), (0.5, 0.75)])
def test_a_shifted_item_is_found(shift: float, power: float) -> None:
    rng = np.random.default_rng(9)
    draws, right, allowed = 60, 0, 0
    for _ in range(draws):
        sample = languages(rng, 25, 8, shift=shift, alike=0.1)
        made = measurement_invariance(sample, read_items(sample, NAMES), "language")
        freed = [item.item for item in made.moving if item.freed and item.parameter == "intercept"]
        right += freed[:1] == ["c"] or (len(freed) > 1 and "c" in freed)
        allowed += made.means_allowed
    print(f"shift {shift}: right item {right / draws:.2f}, means allowed {allowed / draws:.2f}")
    assert right / draws >= power


def test_differential_items_of_an_equal_scale() -> None:
    rng = np.random.default_rng(10)
    draws, found, large = 200, 0, 0
    for _ in range(draws):
        sample = languages(rng, 200, 1)
        made = differential_items(read_items(sample, NAMES), sample.codes("language"), level=0.95)
        found += any(item.kind != "none" for item in made)
        large += any(item.size != "negligible" for item in made)
    print(f"differential items: any {found / draws:.3f}, any that matters {large / draws:.3f}")
    # Matching on the sum of few items lets a little of a real difference of languages through; size guards.
    assert large == 0
    assert found / draws <= 0.15


def groups(rng: np.random.Generator) -> tuple[dict[str, np.ndarray], dict[tuple[str, str], float]]:  # type: ignore[type-arg]
    """Answers on three groups in 40 villages that lean to closeness or distance as a whole."""
    village = np.repeat(np.arange(40), 12)
    own = rng.choice(["k", "r", "u"], p=[0.5, 0.3, 0.2], size=village.size)
    truth = {
        ("k", "r"): 3.0,
        ("r", "k"): 3.6,
        ("k", "u"): 2.5,
        ("u", "k"): 2.5,
        ("r", "u"): 4.0,
        ("u", "r"): 3.4,
    }
    lean = rng.normal(size=40)[village] * 0.5
    columns: dict[str, np.ndarray] = {"own": own, "v": village}  # type: ignore[type-arg]
    for target in ("k", "r", "u"):
        middle = np.array([truth.get((a, target), 1.5) for a in own])
        # Rounded up or down at random, so that the mean stays what it is.
        y = middle + 0.3 * lean + rng.uniform(-0.8, 0.8, village.size)
        columns[f"to_{target}"] = np.clip(np.floor(y + rng.random(village.size)), 1, 7)
    return columns, truth


def test_cells_and_asymmetry_of_distance() -> None:
    def held(rng: np.random.Generator) -> bool:
        columns, truth = groups(rng)
        sample = sample_of(columns, psu=("v",))
        made = distance_matrix(sample, "own", {g: f"to_{g}" for g in "kru"}, level=0.95)
        pair = next(p for p in made.pairs if (p.first, p.second) == ("k", "r"))
        one = pair.asymmetry
        assert one.low is not None and one.high is not None
        return one.low <= truth["k", "r"] - truth["r", "k"] <= one.high

    assert abs(share("asymmetry", held, 1000, 11) - 0.95) <= slack(0.95, 1000)


def test_pooled_cells_lie_nearer_and_their_intervals_hold() -> None:
    rng = np.random.default_rng(12)
    names = [f"g{i}" for i in range(6)]
    draws, held, cells, ours, plain = 80, 0, 0, 0.0, 0.0
    for _ in range(draws):
        row, column = rng.normal(size=6) * 0.4, rng.normal(size=6) * 0.5
        pair = rng.normal(size=(6, 6)) * 0.2
        truth = 4 + row[:, None] + column[None, :] + (pair + pair.T) / np.sqrt(2)
        own = np.repeat(np.arange(6), 14)
        y = truth[own] + rng.uniform(-1.5, 1.5, (own.size, 6))
        y = np.clip(np.floor(y + rng.random(y.shape)), 1, 7)
        columns = {"own": np.array(names)[own], "v": rng.permutation(own.size) % 28}
        sample = sample_of(columns | {f"to_{n}": y[:, k] for k, n in enumerate(names)}, psu=("v",))
        matrix = distance_matrix(sample, "own", {n: f"to_{n}" for n in names}, level=0.95)
        for cell, raw in zip(pool_distances(matrix, level=0.95).cells, matrix.cells, strict=True):
            real = truth[names.index(cell.respondent), names.index(cell.target)]
            if not 1.7 < real < 6.3 or raw.estimate is None or raw.estimate.value is None:
                continue
            cells += 1
            held += cell.low <= real <= cell.high
            ours += (cell.value - real) ** 2
            plain += (raw.estimate.value - real) ** 2
    print(f"pooled cells: {held / cells:.3f} of {cells}; mean square {ours / plain:.2f} of the cell's own")
    assert 0.90 <= held / cells <= 0.98
    assert ours < 0.9 * plain
