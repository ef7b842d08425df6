"""The factor in several groups, the ladder of invariance and differential items: identities and findings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kelisim.core.errors import NotDefined
from kelisim.stats.scales.differential import DifferentialLimits, differential_items
from kelisim.stats.scales.factor import Moments, difference, fit_factor, moments
from kelisim.stats.scales.invariance import InvarianceLimits, measurement_invariance
from kelisim.stats.scales.items import read_items
from kelisim.stats.scales.ordinal import ordinal_logit
from tests.stats.scales.invented import INTERCEPTS, LOADINGS, NAMES, languages, sample_of


def exact(mean: float, variance: float, n: int = 300, shift: float = 0.0) -> Moments:
    """Moments that one factor fits without rest."""
    intercepts = INTERCEPTS + shift * (np.arange(5) == 2)
    covariance = variance * np.outer(LOADINGS, LOADINGS) + np.diag([0.4, 0.5, 0.3, 0.6, 0.4])
    return Moments(n, intercepts + mean * LOADINGS, covariance)


def test_exact_moments_are_fitted_exactly() -> None:
    fit = fit_factor([exact(0, 1), exact(0.4, 1.3, 250), exact(-0.3, 0.8, 200)], "scalar", errors=True)
    assert fit.chi2 == pytest.approx(0, abs=1e-9) and fit.df == 31
    assert (fit.cfi, fit.rmsea) == (1.0, 0.0)
    assert fit.factor_mean == pytest.approx([0, 0.4, -0.3], abs=1e-5)
    assert fit.factor_variance == pytest.approx([1, 1.3, 0.8], abs=1e-5)
    assert np.abs(fit.loadings) == pytest.approx(np.tile(LOADINGS, (3, 1)), abs=1e-5)
    assert fit.intercepts == pytest.approx(np.tile(INTERCEPTS, (3, 1)), abs=1e-5)
    assert fit.factor_mean_se[0] == 0 and np.all(fit.factor_mean_se[1:] > 0)


def test_degrees_of_freedom_are_counted() -> None:
    groups = [exact(0, 1), exact(0.4, 1.3, 250), exact(-0.3, 0.8, 200)]
    df = [fit_factor(groups, level).df for level in ("configural", "metric", "scalar")]  # type: ignore[arg-type]
    assert df == [15, 23, 31]
    assert fit_factor(groups, "scalar", free_intercepts=[2]).df == 29
    assert fit_factor(groups, "metric", free_loadings=[2]).df == 21
    assert fit_factor(groups, "scalar", free_loadings=[2]).df == 27


def test_a_planted_shift_is_seen_in_the_right_item_alone() -> None:
    groups = [exact(0, 1), exact(0.4, 1.3, 250, shift=0.4)]
    assert fit_factor(groups, "metric").chi2 == pytest.approx(0, abs=1e-8)
    assert fit_factor(groups, "scalar").chi2 > 10
    fit = fit_factor(groups, "scalar", free_intercepts=[2])
    assert fit.chi2 == pytest.approx(0, abs=1e-8)
    assert fit.intercepts[1, 2] - fit.intercepts[0, 2] == pytest.approx(0.4, abs=1e-5)


def test_units_and_order_of_groups_and_items_say_nothing() -> None:
    rng = np.random.default_rng(1)
    data = [rng.normal(size=(n, 1)) * LOADINGS + rng.normal(size=(n, 5)) for n in (200, 150)]
    one = fit_factor([moments(x) for x in data], "scalar")
    moved = fit_factor([moments(x * [1, 10, 0.1, 3, 7] + 5) for x in data], "scalar")
    turned = fit_factor([moments(x[:, ::-1]) for x in reversed(data)], "scalar")
    for other in (moved, turned):
        assert (other.chi2, other.cfi, other.rmsea) == pytest.approx((one.chi2, one.cfi, one.rmsea), abs=1e-6)
    chi2, df, p = difference(one, fit_factor([moments(x) for x in data], "metric"), None)
    assert chi2 >= 0 and df == 4 and 0 <= p <= 1


def test_what_cannot_be_fitted_is_told() -> None:
    with pytest.raises(NotDefined) as why:
        fit_factor([Moments(50, np.zeros(2), np.eye(2))] * 2, "metric")
    assert why.value.reason == "few_items"
    for scores, reason in (
        (np.column_stack((np.arange(9.0), np.ones(9), np.arange(9.0) ** 2)), "one_category"),
        (np.column_stack((np.arange(9.0), np.arange(9.0) * 2, np.arange(9.0) ** 2)), "collinear"),
    ):
        with pytest.raises(NotDefined) as why:
            moments(scores)
        assert why.value.reason == reason


def ladder(sample: Any, **limits: Any) -> Any:
    return measurement_invariance(
        sample, read_items(sample, NAMES), "language", limits=InvarianceLimits(**limits) if limits else None
    )


def test_an_equal_scale_and_a_shifted_item() -> None:
    rng = np.random.default_rng(3)
    equal = ladder(languages(rng, 170, 1, categories=False))
    assert (equal.verdict, equal.means_allowed) == ("means", True)
    assert [step.level for step in equal.steps] == ["configural", "metric", "scalar"]
    # The scaling of independent normal interviews is one.
    assert equal.steps[0].fit.scaling == pytest.approx(1, abs=0.15)
    assert equal.factor_means[1] == pytest.approx(0.4, abs=4 * equal.factor_mean_se[1])
    shifted = ladder(languages(rng, 170, 1, shift=0.7, categories=False))
    assert (shifted.verdict, shifted.means_allowed) == ("partial", True)
    assert shifted.steps[-1].freed == ("c",)
    (moved,) = [item for item in shifted.moving if item.freed]
    assert (moved.item, moved.parameter) == ("c", "intercept") and moved.p < 0.001
    assert moved.shift[1] > 0.3 > abs(moved.shift[2])
    assert "language_and_group_confounded" in shifted.codes


def test_small_languages_are_barred() -> None:
    rng = np.random.default_rng(4)
    sample = languages(rng, 60, 1)
    made = ladder(sample)
    assert (made.verdict, made.means_allowed, made.steps) == ("not_testable", False, ())
    assert dict(made.too_few) == {"kk": 60, "ru": 60, "uz": 60} and made.factor_means == ()
    with pytest.raises(NotDefined) as why:
        differential_items(read_items(sample, NAMES), sample.codes("language"), level=0.95)
    assert why.value.reason == "not_testable"
    with pytest.raises(ValueError, match="three items"):
        measurement_invariance(sample, read_items(sample, NAMES[:2]), "language")


@pytest.mark.proof
def test_many_shifted_items_leave_no_anchor() -> None:
    rng = np.random.default_rng(5)
    factor = rng.normal(size=(600, 1))
    group = np.repeat([0, 1], 300)
    scores = factor * LOADINGS + 0.5 * rng.normal(size=(600, 5))
    scores += np.outer(group, [1.5, -1.5, 0.8, -0.8, 0.0])
    data = {name: scores[:, k] for k, name in enumerate(NAMES)} | {"language": group}
    made = ladder(sample_of(data))
    assert (made.verdict, made.means_allowed) == ("units", False)
    unlike = scores.copy()
    unlike[group == 1] = factor[group == 1] * [0.2, 1.4, 0.5, 1.0, 3.0] + rng.normal(size=(300, 5)) * 0.5
    data = {name: unlike[:, k] for k, name in enumerate(NAMES)} | {"language": group}
    assert ladder(sample_of(data)).verdict in ("form_only", "units")
    two = rng.normal(size=(600, 2))
    apart = np.column_stack((two[:, [0]], two[:, [0]], two[:, [0]], two[:, [1]], two[:, [1]]))
    apart = apart + 0.4 * rng.normal(size=(600, 5))
    data = {name: apart[:, k] for k, name in enumerate(NAMES)} | {"language": group}
    assert ladder(sample_of(data)).verdict == "form_differs"


def test_villages_alike_are_no_misfit() -> None:
    rng = np.random.default_rng(6)
    sample = languages(rng, 30, 10, alike=0.4, categories=False)
    clustered = ladder(sample).steps[0].fit
    assert clustered.scaling > 1.15
    items = read_items(sample, NAMES)
    codes = sample.codes("language").codes
    plain = fit_factor([moments(items.scores[codes == k]) for k in range(3)], "configural")
    assert plain.chi2 == pytest.approx(clustered.chi2 * clustered.scaling, rel=1e-8)
    assert plain.loadings == pytest.approx(clustered.loadings, abs=1e-8)


def test_ordinal_logit() -> None:
    # Two answers: the usual logit, here of a 2 x 2 table, whose slope is the log odds ratio.
    y = [1] * 30 + [2] * 10 + [1] * 15 + [2] * 45
    x = np.repeat([0.0, 1.0], [40, 60])[:, None]
    made = ordinal_logit(y, x)
    assert made.slopes[0] == pytest.approx(np.log(30 * 45 / (10 * 15)), abs=1e-7)
    assert made.se[0] == pytest.approx(np.sqrt(1 / 30 + 1 / 10 + 1 / 15 + 1 / 45), abs=1e-6)
    assert ordinal_logit([-v for v in y], x).slopes[0] == pytest.approx(-made.slopes[0], abs=1e-7)
    for answers, terms, reason in (
        ([1, 1, 1], [[1.0], [2.0], [3.0]], "one_category"),
        ([1, 1, 2, 2], [[1.0], [2.0], [3.0], [4.0]], "separation"),
        ([1, 2, 1, 2], [[1.0]] * 4, "collinear"),
    ):
        with pytest.raises(NotDefined) as why:
            ordinal_logit(answers, terms)
        assert why.value.reason == reason


def test_differential_items_find_the_shifted_one() -> None:
    rng = np.random.default_rng(7)
    sample = languages(rng, 300, 1, shift=1.0)
    items = read_items(sample, NAMES)
    limits = DifferentialLimits(moderate=0.02)
    made = {d.item: d for d in differential_items(items, sample.codes("language"), level=0.95, limits=limits)}
    assert made["c"].kind == "uniform" and made["c"].size != "negligible"
    assert max(made.values(), key=lambda d: d.r2_uniform).item == "c"
    assert dict(made["c"].effects)["ru"] > 1 > abs(dict(made["c"].effects)["uz"])
    many = sample_of({"a": rng.normal(size=400), "b": rng.normal(size=400), "language": np.tile([0, 1], 200)})
    with pytest.raises(ValueError, match="no ordered category"):
        differential_items(read_items(many, ["a", "b"]), many.codes("language"), level=0.95)
