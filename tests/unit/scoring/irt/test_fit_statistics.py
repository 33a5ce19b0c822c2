# SPDX-License-Identifier: Apache-2.0
"""Tests of fit held to published figures (R's mirt and ltm) and to their distribution where the model holds."""

import numpy as np
import pytest
from numpy.typing import NDArray

from scoring.errors import StatisticsError
from scoring.irt.category_models import Family, Item, given_parameters, logistic_calibration, own_parameters
from scoring.irt.graded import GradedResponse
from scoring.irt.implied_moments import Moments
from scoring.irt.item_fit import drawn_in, item_mean_squares, sum_score_fit
from scoring.irt.local_dependence import local_dependence
from scoring.irt.overall_fit import overall_fit
from scoring.irt.sparse_cells import joined
from scoring.irt.sum_scores import score_chances, without_each
from scoring.irt.wright_map import item_thresholds, wright_map
from tests.unit.scoring.irt.law_school import section_6, section_7
from tests.unit.scoring.irt.science import ITEMS, science
from tests.unit.scoring.irt.test_polytomous_engine import answers

Fitted = tuple[GradedResponse, NDArray[np.float64], NDArray[np.float64]]


def fitted(
    scores: NDArray[np.float64], weights: NDArray[np.float64], *, common_slope: bool = False
) -> Fitted:
    model = GradedResponse(common_slope=common_slope).fit(scores, sample_weight=weights)
    return model, model.codes(scores), weights


@pytest.fixture(scope="module")
def lsat6() -> Fitted:
    return fitted(*section_6(), common_slope=True)


@pytest.fixture(scope="module")
def lsat7() -> Fitted:
    return fitted(*section_7())


@pytest.fixture(scope="module")
def attitudes() -> Fitted:
    return fitted(*science())


def test_m2_of_the_one_parameter_model_is_that_of_mirt(lsat6: Fitted) -> None:
    # mirt 1.45, ?LSAT6: M2 5.293, df 9, p 0.808, RMSEA 0 (0, 0.023), SRMSR 0.022, TLI 1.073, CFI 1
    model, codes, weights = lsat6
    assert model.loglik_ == pytest.approx(-2466.938, abs=5e-4)
    found = overall_fit(model.calibration_, codes, weights)
    assert (found.n, found.df, found.reason) == (1000, 9, None)
    assert found.statistic == pytest.approx(5.293, abs=3e-3)
    assert found.p == pytest.approx(0.808, abs=5e-4)
    assert (found.rmsea, found.rmsea_low, found.rmsea_high) == pytest.approx((0, 0, 0.023), abs=5e-4)
    assert (found.srmsr, found.tli, found.cfi) == pytest.approx((0.022, 1.073, 1.0), abs=6e-4)


def test_m2_of_the_two_parameter_model_is_that_of_mirt(lsat7: Fitted) -> None:
    # mirt 1.45, ?M2: M2 11.938, df 5, p 0.036, RMSEA 0.037 (0.009, 0.065), SRMSR 0.032, TLI 0.937, CFI 0.968
    model, codes, weights = lsat7
    for moments in Moments:  # the two are the same for right and wrong
        found = overall_fit(model.calibration_, codes, weights, moments=moments)
        assert found.statistic == pytest.approx(11.938, abs=6e-4)
        assert found.df == 5
        assert (found.p, found.rmsea) == pytest.approx((0.036, 0.037), abs=5e-4)
        assert (found.rmsea_low, found.rmsea_high) == pytest.approx((0.009, 0.065), abs=5e-4)
        assert (found.srmsr, found.tli, found.cfi) == pytest.approx((0.032, 0.937, 0.968), abs=5e-4)


def test_c2_of_the_graded_model_is_that_of_mirt(attitudes: Fitted) -> None:
    # mirt 1.45, ?M2: C2 19.179, df 2, RMSEA 0.148 (0.092, 0.212), SRMSR 0.073, TLI 0.73, CFI 0.91; M2* has too few df
    model, codes, weights = attitudes
    found = overall_fit(model.calibration_, codes, weights, moments=Moments.HYBRID)
    assert found.df == 2
    assert found.statistic == pytest.approx(19.179, abs=5e-3)
    assert found.p == pytest.approx(6.85e-5, rel=1e-2)
    assert (found.rmsea, found.rmsea_low, found.rmsea_high) == pytest.approx((0.148, 0.092, 0.212), abs=6e-4)
    assert (found.srmsr, found.tli, found.cfi) == pytest.approx((0.073, 0.73, 0.91), abs=6e-4)
    assert overall_fit(model.calibration_, codes, weights).reason == "too_few_degrees_of_freedom"


def test_overall_statistics_follow_chi_squared_where_the_model_holds() -> None:
    items = [Item(str(n), Family.GRADED, np.array([1.0 + 0.1 * n, 1.0, -0.6 - 0.1 * n])) for n in range(6)]
    ones = np.ones(500)
    for moments, df in ((Moments.PRODUCTS, 3), (Moments.HYBRID, 9)):
        ratios = []
        for seed in range(25):
            scores = answers(items, 500, seed=seed)
            model = GradedResponse(points=31).fit(scores)
            found = overall_fit(model.calibration_, scores, ones, moments=moments)
            assert (found.df, found.statistic is not None) == (df, True)
            ratios.append((found.statistic or 0.0) / df)
        assert np.mean(ratios) == pytest.approx(1.0, abs=4 * np.sqrt(2 / df / 25))


def test_the_whole_is_not_judged_where_it_cannot_be(lsat7: Fitted) -> None:
    model, codes, weights = lsat7
    holes = codes.copy()
    holes[:, 0] = np.nan
    assert overall_fit(model.calibration_, holes, weights).reason == "no_complete_rows"
    many = [Item(str(n), Family.LOGISTIC, np.array([1.0, 0.0, 0.0])) for n in range(81)]
    assert overall_fit(given_parameters(many), np.zeros((9, 81)), np.ones(9)).reason == "too_many_items"
    assert overall_fit(given_parameters(many[:1]), np.zeros((9, 1)), np.ones(9)).reason == "too_few_items"
    same = [Item(str(n), Family.GRADED, np.array([0.0, 0.3 + n])) for n in range(4)]
    assert overall_fit(own_parameters(same), codes[:, :4], weights).reason == "moments_dependent"
    frozen = [Item(str(n), Family.GRADED, np.array([0.0, 900.0])) for n in range(3)]
    assert overall_fit(given_parameters(frozen), codes[:, :3], weights).reason == "moments_dependent"


def test_given_parameters_are_tested_without_a_price_for_estimation(lsat7: Fitted) -> None:
    model, codes, weights = lsat7
    found = overall_fit(given_parameters(model.calibration_.items), codes, weights)
    assert found.df == 15
    assert (found.statistic or 0) > 11.9
    unmoved = codes.copy()
    unmoved[:, 0] = (
        1.0  # an item without variation has no correlation, and independence no likelihood for its wrong answers
    )
    lonely = overall_fit(given_parameters(model.calibration_.items), unmoved, weights)
    assert (lonely.srmsr, lonely.tli, lonely.cfi) == (None, None, None)


def test_the_index_against_independence_of_marks_counts_what_the_moments_tell_apart() -> None:
    items = [Item(str(n), Family.GRADED, np.array([1.0 + 0.1 * n, 1.0, -0.6 - 0.1 * n])) for n in range(8)]
    scores = answers(items, 800, seed=4)
    model = GradedResponse(points=31).fit(scores)
    found = overall_fit(model.calibration_, scores, np.ones(800))
    assert found.df == 36 - 24
    assert found.cfi is not None
    assert found.cfi > 0.98
    assert found.tli is not None
    assert found.tli > 0.97


def test_independent_items_have_no_index_against_independence() -> None:
    scores = np.random.default_rng(1).integers(0, 2, (400, 4)).astype(float)
    at = [Item(str(n), Family.GRADED, np.array([0.0, 0.0])) for n in range(4)]
    found = overall_fit(given_parameters(at), scores, np.ones(400))
    assert (found.tli, found.cfi) == (None, None)
    assert (found.statistic or 0) < 30


def test_s_x2_of_the_one_parameter_model_is_that_of_mirt(lsat6: Fitted) -> None:
    # mirt 1.45, ?LSAT6, itemfit(mod)
    model, codes, weights = lsat6
    found = sum_score_fit(model.calibration_, codes, weights)
    assert [row.item for row in found] == ["1", "2", "3", "4", "5"]
    assert [row.df for row in found] == [2, 2, 1, 2, 2]
    assert [row.statistic for row in found] == pytest.approx([0.436, 1.576, 0.871, 0.190, 0.190], abs=1e-3)
    assert [row.p for row in found] == pytest.approx([0.804, 0.455, 0.351, 0.909, 0.909], abs=1e-3)
    assert [row.rmsea for row in found] == [0] * 5


def test_s_x2_finds_the_one_item_that_does_not_fit() -> None:
    items = [Item(str(n), Family.LOGISTIC, np.array([1.0 + 0.05 * n, 0.9 - 0.2 * n, 0.0])) for n in range(11)]
    theta = np.random.default_rng(30).standard_normal(2000)
    scores = answers(items, 2000, seed=31, theta=theta)
    bowl = 1 / (1 + np.exp(-(1.2 * theta**2 - 1)))  # low and high persons succeed, those between fail
    scores[:, 10] = np.random.default_rng(32).random(2000) < bowl
    model = GradedResponse().fit(scores)
    found = sum_score_fit(model.calibration_, scores, np.ones(2000))
    assert all(row.p is not None and row.p > 0.003 for row in found[:10])
    assert found[10].p is not None
    assert found[10].p < 1e-6
    assert found[10].rmsea is not None
    assert found[10].rmsea > 0.03


def test_s_x2_of_graded_items_follows_chi_squared_where_the_model_holds() -> None:
    items = [Item(str(n), Family.GRADED, np.array([0.9 + 0.1 * n, 1.2, 0.1, -1.1])) for n in range(6)]
    ratios = []
    for seed in range(8):
        scores = answers(items, 1500, seed=seed)
        model = GradedResponse(points=31).fit(scores)
        for row in sum_score_fit(model.calibration_, scores, np.ones(1500)):
            assert row.statistic is not None
            assert row.df is not None
            ratios.append(row.statistic / row.df)
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.12)


def test_s_x2_says_why_it_cannot_be_had(attitudes: Fitted) -> None:
    model, codes, weights = attitudes
    holes = np.where(np.arange(len(codes))[:, None] % 4 == np.arange(4), np.nan, codes)
    assert {row.reason for row in sum_score_fit(model.calibration_, holes, weights)} == {"no_complete_rows"}
    few = sum_score_fit(model.calibration_, codes[:3], weights[:3])
    assert {row.reason for row in few} == {"too_few_degrees_of_freedom"}


def test_leaving_each_item_out_is_the_sum_of_the_others() -> None:
    luck = np.random.default_rng(2)
    items = [luck.dirichlet(np.ones(kinds), 5).T for kinds in (2, 3, 2, 4, 2)]
    found = dict(without_each(items, 5))
    for place in range(5):
        others = [item for number, item in enumerate(items) if number != place]
        assert found[place] == pytest.approx(score_chances(others, 5))
    whole = score_chances(items, 5)
    assert whole.sum(axis=0) == pytest.approx(np.ones(5))
    expected = sum(np.arange(len(item)) @ item for item in items)
    assert np.arange(len(whole)) @ whole == pytest.approx(expected)


def test_infit_and_outfit_are_near_one_where_the_model_holds_and_large_for_noise() -> None:
    items = [Item(str(n), Family.LOGISTIC, np.array([1.0, 1.2 - 0.25 * n, 0.0])) for n in range(12)]
    theta = np.random.default_rng(40).standard_normal(1500)
    scores = answers(items, 1500, seed=41, theta=theta)
    found = item_mean_squares(given_parameters(items), scores, np.ones(1500), theta)
    for row in found:
        assert (row.infit, row.outfit) == pytest.approx((1.0, 1.0), abs=0.12)
        assert row.infit_z is not None
        assert abs(row.infit_z) < 3.5
    scores[:, 0] = np.random.default_rng(42).integers(0, 2, 1500)
    noisy = item_mean_squares(given_parameters(items), scores, np.ones(1500), theta)[0]
    assert noisy.infit is not None
    assert noisy.infit > 1.2
    assert noisy.outfit_z is not None
    assert noisy.outfit_z > 4


def test_infit_and_outfit_are_their_definitions() -> None:
    item = Item("1", Family.LOGISTIC, np.array([1.0, 0.0, 0.0]))
    theta = np.array([-1.0, 0.0, 2.0])
    scores = np.array([[1.0], [0.0], [1.0]])
    weights = np.array([1.0, 2.0, 1.0])
    p = 1 / (1 + np.exp(-theta))
    w, gap = p * (1 - p), scores[:, 0] - p
    fourth = (1 - p) * p**4 + p * (1 - p) ** 4
    outfit = (weights * gap**2 / w).sum() / 4
    q = np.sqrt((weights * (fourth / w**2 - 1)).sum()) / 4
    infit = (weights * gap**2).sum() / (weights * w).sum()
    r = np.sqrt((weights * (fourth - w**2)).sum()) / (weights * w).sum()
    row = item_mean_squares(given_parameters([item]), scores, weights, theta)[0]
    assert row.outfit == pytest.approx(outfit)
    assert row.infit == pytest.approx(infit)
    assert row.outfit_z == pytest.approx((np.cbrt(outfit) - 1) * 3 / q + q / 3)
    assert row.infit_z == pytest.approx((np.cbrt(infit) - 1) * 3 / r + r / 3)
    unseen = item_mean_squares(given_parameters([item]), np.full((3, 1), np.nan), weights, theta)[0]
    assert (unseen.reason, unseen.infit) == ("no_responses", None)


def test_endless_abilities_are_drawn_in() -> None:
    assert drawn_in(np.array([-np.inf, -1.0, 2.0, np.inf, np.nan])) == pytest.approx(
        [-1.1, -1.0, 2.0, 2.1, 0.0]
    )
    assert drawn_in(np.array([np.inf, -np.inf])) == pytest.approx([0.1, -0.1])


def test_pairs_have_the_chi_squared_and_q3_of_mirt(attitudes: Fitted) -> None:
    # mirt 1.45, ?residuals: LD (lower triangle), signed Cramer's V (upper), p; Q3 with EAP
    model, codes, weights = attitudes
    found = local_dependence(model.calibration_, codes, weights, model.abilities(science()[0]).theta)
    assert [(row.first, row.second) for row in found[:3]] == [("1", "2"), ("1", "3"), ("1", "4")]
    assert [row.x2 for row in found] == pytest.approx(
        [25.512, 12.002, 27.321, 9.208, 23.235, 17.461], abs=0.06
    )
    assert [row.v for row in found] == pytest.approx([-0.147, -0.101, 0.152, 0.088, -0.141, -0.122], abs=1e-3)
    assert [row.p for row in found] == pytest.approx([0.002, 0.213, 0.001, 0.418, 0.006, 0.042], abs=1.2e-3)
    assert [row.q3 for row in found] == pytest.approx(
        [-0.203, -0.252, 0.085, -0.208, -0.242, -0.320], abs=2e-3
    )
    assert {row.df for row in found} == {9}
    adjusted = [row.q3_adjusted for row in found if row.q3_adjusted is not None]
    assert len(adjusted) == 6
    assert np.mean(adjusted) == pytest.approx(0.0, abs=1e-12)


def test_pairs_of_right_and_wrong_have_the_chi_squared_of_mirt(lsat7: Fitted) -> None:
    # mirt 1.45, ?mirt, residuals(mod1)
    model, codes, weights = lsat7
    found = local_dependence(model.calibration_, codes, weights, np.zeros(len(codes)))
    x2 = [0.453, 0.854, 2.572, 2.389, 1.060, 0.267, 1.384, 0.153, 0.003, 0.000]
    v = [-0.021, -0.029, 0.051, 0.049, 0.033, -0.016, -0.037, -0.012, -0.002, 0.000]
    assert [row.x2 for row in found] == pytest.approx(x2, abs=8e-3)
    assert [row.v for row in found] == pytest.approx(v, abs=1e-3)


def test_pairs_that_nobody_has_both_of_say_so() -> None:
    items = [Item(str(n), Family.LOGISTIC, np.array([1.0, 0.0, 0.0])) for n in range(3)]
    codes = np.array([[1, np.nan, 0], [np.nan, 1, 1], [0, np.nan, 1.0]])
    found = local_dependence(given_parameters(items), codes, np.ones(3), np.array([0.1, 0.2, -0.3]))
    assert (found[0].reason, found[0].n, found[0].x2) == ("no_common_persons", 0, None)
    assert (found[2].reason, found[2].q3) == ("residuals_constant", None)  # one person only
    assert found[2].x2 is not None
    alone = local_dependence(given_parameters(items[:2]), codes[:, :2], np.ones(3), np.zeros(3))
    assert alone[0].reason == "no_common_persons"


def test_a_table_of_one_column_of_persons_has_no_direction() -> None:
    items = [Item(str(n), Family.LOGISTIC, np.array([0.0, 0.0, 0.0])) for n in range(2)]
    found = local_dependence(given_parameters(items), np.ones((10, 2)), np.ones(10), np.zeros(10))[0]
    assert found.x2 == pytest.approx(30.0)
    assert found.v == 0


def test_cells_are_joined_until_they_are_large_enough() -> None:
    luck = np.random.default_rng(17)
    for kinds in (2, 3, 5):
        for _ in range(60):
            chance = luck.dirichlet(np.full(kinds, 0.4), 14)
            n = luck.integers(0, 12, 14)
            observed = np.array(
                [luck.multinomial(size, row) for size, row in zip(n, chance, strict=True)], dtype=float
            )
            expected = luck.dirichlet(np.ones(kinds), 14) * observed.sum(axis=1)[:, None]
            o, e = joined(observed, expected, 1.0)
            assert o.sum() == pytest.approx(observed.sum())
            assert e.sum() == pytest.approx(expected.sum())
            assert len(e) == 1 or ((e >= 1.0) | (e == 0)).all()
            assert ((e > 0) | (o == 0)).all()


def test_rows_join_the_neighbour_that_fewer_persons_have() -> None:
    observed = np.array([[5.0, 5], [2, 0], [4, 4], [3, 3]])
    expected = np.array([[5.0, 5], [1.5, 0.5], [4, 4], [3, 3]])
    o, e = joined(observed, expected, 1.0)
    assert o == pytest.approx(np.array([[5.0, 5], [6, 4], [3, 3]]))
    assert e == pytest.approx(np.array([[5.0, 5], [5.5, 4.5], [3, 3]]))
    first = joined(np.array([[2.0, 0], [4, 4]]), np.array([[1.6, 0.4], [4.0, 4]]), 1.0)[0]
    assert first == pytest.approx(np.array([[6.0, 4.0]]))
    lone = joined(np.array([[4.0, 4], [1, 0]]), np.array([[4.0, 4], [0.5, 0.5]]), 1.0)[0]
    assert lone == pytest.approx(np.array([[5.0, 4.0]]))


def test_a_column_that_hardly_any_row_keeps_goes_to_its_left() -> None:
    rows = 30
    observed = np.tile([4.0, 4.0, 0.0], (rows, 1))
    expected = np.tile([4.0, 3.6, 0.4], (rows, 1))
    expected[0], observed[0] = [3.0, 3.0, 2.0], [3.0, 3.0, 2.0]
    expected[1], observed[1] = [3.0, 3.0, 2.0], [3.0, 3.0, 2.0]
    o, e = joined(observed, expected, 1.0)
    assert e.shape == (rows, 3)
    expected[1], observed[1] = [4.0, 3.6, 0.4], [4.0, 4.0, 0.0]
    o, e = joined(observed, expected, 1.0)
    assert e.shape == (rows, 2)
    assert o[0] == pytest.approx([3.0, 5.0])
    expected[0] = [30.0, 30.0, 20.0]
    observed[0] = [30.0, 30.0, 20.0]
    o, e = joined(observed, expected, 1.0)
    assert e.shape == (rows, 2)


def test_the_map_holds_every_person_and_every_threshold() -> None:
    items = [
        Item("g", Family.GRADED, np.array([2.0, 3.0, -1.0])),
        Item("p", Family.PARTIAL_CREDIT, np.array([1.0, 0.5, 0.0])),
        Item("n", Family.NOMINAL, np.array([1.0, 0.0])),
        Item("c", Family.LOGISTIC, np.array([1.5, 0.75, 0.2])),
        Item("coin", Family.LOGISTIC, np.array([1.5, 0.75, 0.5])),
    ]
    theta = np.array([-9.0, -4.0, 0.01, 4.0, 5.0, np.nan, np.inf])
    weights = np.array([1.0, 2, 3, 4, 5, 6, 7])
    found = wright_map(given_parameters(items), theta, weights, bins=8)
    assert found.edges[0] == -4
    assert found.persons == pytest.approx([2, 0, 0, 0, 3, 0, 0, 4])
    assert (found.below, found.above, found.without_ability) == (1, 5, 13)
    at = {(one.item, one.step): one.at for one in found.thresholds}
    assert at["g", 1] == pytest.approx(-1.5)
    assert at["g", 2] == pytest.approx(0.5)
    # partial credit: P(>= 1) = 1/2 where exp(t + 0.5) + exp(2 t) = 1
    root = at["p", 1]
    assert root is not None
    assert np.exp(root + 0.5) + np.exp(2 * root) == pytest.approx(1.0)
    assert at["c", 1] == pytest.approx((np.log(0.3 / 0.5) - 0.75) / 1.5)
    assert at["coin", 1] is None
    assert item_thresholds(items[2]) == ()
    for low, high, bins in ((1.0, 1.0, 4), (0.0, 1.0, 0)):
        with pytest.raises(StatisticsError) as refused:
            wright_map(given_parameters(items), theta, weights, low=low, high=high, bins=bins)
        assert refused.value.code == "map_edges"


def test_a_logistic_calibration_is_tested_like_a_graded_one(lsat7: Fitted) -> None:
    model, codes, weights = lsat7
    slopes, intercepts = model.slopes_, np.concatenate(model.intercepts_)
    same = logistic_calibration([*ITEMS, "5"], slopes, intercepts)
    found, other = (overall_fit(one, codes, weights) for one in (same, model.calibration_))
    assert found.statistic == pytest.approx(other.statistic)
    assert [row.df for row in sum_score_fit(same, codes, weights)] == [2] * 5
