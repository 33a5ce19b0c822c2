# SPDX-License-Identifier: Apache-2.0
"""Equipercentile linking and loglinear smoothing: Kolen & Brennan's figures, definitions, and independent libraries."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.errors import StatisticsError
from scoring.linking.equipercentile import equate, equipercentile, percentile_ranks, scores_at
from scoring.linking.frequency import chained_equipercentile, frequency_estimation, synthetic
from scoring.linking.loglinear import Choice, chosen, compare, compare_joint, smooth, smooth_joint
from scoring.linking.scores import Distribution, Joint, Scale
from tests.unit.scoring.linking.kolen_brennan import act_mathematics, common_items, made_up

# Kolen & Brennan (2014), table 2.7 (and table 3.2, column "unsmoothed"): equivalents of X = 1 … 40
TABLE_2_7 = """
0.9796 1.6462 2.2856 2.8932 3.6205 4.4997 5.5148 6.3124 7.2242 8.1607 9.1827 10.1859 11.2513 12.3896 13.3929 14.5240
15.7169 16.8234 18.0092 19.1647 20.3676 21.4556 22.6871 23.9157 25.0292 26.1612 27.2633 28.1801 29.1424 30.1305 31.1297
32.1357 33.0781 34.0172 35.1016 36.2426 37.1248 38.1321 39.0807 39.9006
"""


def test_act_mathematics_is_equated_as_in_table_2_7() -> None:
    x, y = act_mathematics()
    found = equipercentile(x, y)
    assert found[1:] == pytest.approx([float(text) for text in TABLE_2_7.split()], abs=5e-5)
    mean = x.shares @ found
    moments = [float(x.shares @ (found - mean) ** order) for order in (2, 3, 4)]
    assert mean == pytest.approx(18.9799, abs=5e-5)  # table 2.8
    assert moments[0] ** 0.5 == pytest.approx(8.9352, abs=5e-5)
    assert moments[1] / moments[0] ** 1.5 == pytest.approx(0.3545, abs=5e-5)
    assert moments[2] / moments[0] ** 2 == pytest.approx(2.1465, abs=5e-5)


def test_percentile_ranks_are_those_of_table_2_5() -> None:
    x, y = act_mathematics()
    # P(1), P(13), P(26) on X and Q(1), Q(13), Q(26) on Y, in per cent
    found = [
        100 * percentile_ranks(np.array([score]), form)[0] for form in (x, y) for score in (1.0, 13.0, 26.0)
    ]
    expected = [
        100 * (form.counts[:score].sum() + form.counts[score] / 2) / form.n
        for form in (x, y)
        for score in (1, 13, 26)
    ]
    assert found == pytest.approx(expected)
    assert found[0] == pytest.approx(0.0116, abs=5e-5)


def test_a_rank_and_its_score_are_each_others_inverse() -> None:
    _, y = act_mathematics()
    scores = np.linspace(0.6, 39.9, 77)
    assert scores_at(percentile_ranks(scores, y), y) == pytest.approx(scores, abs=1e-8)


def test_between_scores_that_nobody_has_the_middle_is_taken() -> None:
    # Kolen & Brennan (2014), p. 44: the lowest and the highest score of a rank are averaged
    gap = Distribution(Scale(0.0, 1.0, 5), np.array([5.0, 0.0, 0.0, 5.0, 0.0]))
    assert scores_at(np.array([0.5]), gap)[0] == pytest.approx(1.5)  # from .5 to 2.5
    assert scores_at(np.array([0.25, 0.75]), gap) == pytest.approx([0.0, 3.0])


def test_the_ends_of_the_ranks_lie_half_a_step_beyond_the_scale() -> None:
    middle = Distribution(Scale(0.0, 2.0, 4), np.array([0.0, 5.0, 5.0, 0.0]))
    assert scores_at(np.array([0.0, 1.0]), middle) == pytest.approx([-1.0, 7.0])
    assert percentile_ranks(np.array([-9.0, 0.0, 6.0, 99.0]), middle).tolist() == [0.0, 0.0, 1.0, 1.0]


def test_a_score_beyond_the_other_scale_stays_itself() -> None:
    long = Distribution(Scale(0.0, 1.0, 9), np.array([1.0, 2.0, 1.0, 0, 0, 0, 0, 0, 0]))
    short = Distribution(Scale(0.0, 1.0, 4), np.array([1.0, 1.0, 1.0, 1.0]))
    assert equipercentile(long, short)[3:] == pytest.approx([3.5, 4.0, 5.0, 6.0, 7.0, 8.0])


def test_a_distribution_equated_to_itself_stays() -> None:
    x, _ = act_mathematics()
    assert equate(x.scale.points[1:], x, x) == pytest.approx(x.scale.points[1:], abs=1e-8)


def test_equating_back_and_forth_is_the_identity() -> None:
    x, y = act_mathematics()
    there = equipercentile(x, y)[1:40]
    assert equate(there, y, x) == pytest.approx(x.scale.points[1:40], abs=1e-6)


# ------------------------------------------------------------------------------------------------ anchors


def test_frequency_estimation_of_the_made_up_tables_is_table_5_6() -> None:
    found, both = frequency_estimation(*made_up(), weight=1.0)
    assert found == pytest.approx([-0.02, 0.83, 1.76, 2.92, 3.98, 5.00], abs=5.1e-3)
    assert both.x.shares == pytest.approx([0.10, 0.15, 0.25, 0.25, 0.15, 0.10])
    assert both.y.shares == pytest.approx([0.105, 0.215, 0.21, 0.225, 0.145, 0.10])  # table 5.4
    assert both.unseen == 0


def test_chained_equipercentile_ends_as_equate_has_it() -> None:
    found = chained_equipercentile(*common_items())
    assert found[-3:] == pytest.approx([34.3125, 35.4125, 36.0938], abs=5e-5)


def test_equal_groups_leave_nothing_to_the_anchor() -> None:
    x, _ = common_items()
    harder = Joint(x.totals, x.anchors, np.roll(x.counts, 2, axis=0))
    plain = equipercentile(x.total, harder.total)
    found, both = frequency_estimation(x, harder, weight=0.5)
    assert both.x.shares == pytest.approx(x.total.shares)
    assert found == pytest.approx(plain, abs=1e-8)


def test_anchor_scores_that_one_group_lacks_are_told() -> None:
    x, y = made_up()
    counts = x.counts.copy()
    counts[:, 3] = 0
    holed = Joint(x.totals, x.anchors, counts)
    both = synthetic(holed, y, weight=0.5)
    assert both.unseen == pytest.approx(0.2)
    assert both.x.shares.sum() == pytest.approx(1.0)
    apart = Joint(x.totals, x.anchors, np.where(np.arange(4) == 3, x.counts, 0.0))
    with pytest.raises(StatisticsError, match="anchors_apart"):
        synthetic(apart, Joint(y.totals, y.anchors, np.where(np.arange(4) == 0, y.counts, 0.0)), weight=0.5)


def test_anchors_on_different_scales_are_refused() -> None:
    x, _ = common_items()
    _, y = made_up()
    with pytest.raises(StatisticsError, match="anchor_scales"):
        synthetic(x, y, weight=0.5)
    with pytest.raises(StatisticsError, match="anchor_scales"):
        chained_equipercentile(x, y)


# ---------------------------------------------------------------------------------------------- smoothing


def test_loglinear_fits_of_act_mathematics_are_those_of_table_3_2() -> None:
    # likelihood ratio chi-squares of degrees 1 to 10; Kolen & Brennan take degree 6 on both forms
    x, y = act_mathematics()
    fits = compare(x), compare(y)
    assert [fit.deviance for fit in fits[0][3:]] == pytest.approx(
        [40.80, 35.78, 30.61, 30.40, 29.94, 29.91, 29.68], abs=5.1e-3
    )
    assert [fit.deviance for fit in fits[1][3:]] == pytest.approx(
        [61.53, 39.31, 29.45, 28.30, 27.00, 26.38, 25.92], abs=5.1e-3
    )
    assert [fit.df for fit in fits[0][:2]] == [39, 38]
    for both in fits:
        assert {chosen(both, choice).degree for choice in Choice} == {6}


@pytest.mark.parametrize("degree", [1, 2, 3, 4, 6])
def test_smoothing_keeps_as_many_moments_as_its_degree(degree: int) -> None:
    _, y = act_mathematics()
    fit = Distribution(y.scale, smooth(y, degree=degree).counts)
    assert fit.n == pytest.approx(y.n)
    assert fit.mean == pytest.approx(y.mean)
    for order in range(2, degree + 1):
        assert fit.central(order) == pytest.approx(y.central(order), rel=1e-8)


@pytest.mark.parametrize("degree", [3, 6])
def test_smoothing_is_the_poisson_regression_of_an_independent_library(degree: int) -> None:
    import statsmodels.api as sm

    x, _ = act_mathematics()
    fit = smooth(x, degree=degree)
    powers = np.vander(x.scale.points / 40, degree + 1)
    theirs = sm.GLM(x.counts, powers, family=sm.families.Poisson()).fit(tol=1e-14, maxiter=200)
    assert fit.counts == pytest.approx(theirs.mu, abs=1e-7)
    assert fit.deviance == pytest.approx(theirs.deviance)
    assert fit.aic == pytest.approx(theirs.aic)
    assert fit.df == theirs.df_resid


def test_smoothing_of_pairs_keeps_both_margins_moments_and_the_covariance() -> None:
    x, _ = common_items()
    fit = smooth_joint(x, degree=3)
    found = Joint(x.totals, x.anchors, fit.counts)
    assert found.covariance == pytest.approx(x.covariance)
    for mine, theirs in ((found.total, x.total), (found.anchor, x.anchor)):
        assert mine.mean == pytest.approx(theirs.mean)
        assert mine.central(3) == pytest.approx(theirs.central(3))
    assert fit.df == 37 * 13 - 8
    fits = compare_joint(x, highest=4)
    assert [step.degree for step in fits] == [1, 2, 3, 4]
    assert fits[2].deviance == pytest.approx(fit.deviance)
    assert fits[1].step_p is not None
    assert fits[1].step_p < 0.01


def test_a_single_step_that_is_not_significant_leaves_degree_1() -> None:
    flat = Distribution(Scale(0.0, 1.0, 6), np.full(6, 50.0))
    assert chosen(compare(flat), Choice.LR).degree == 1


@pytest.mark.parametrize("degree", [0, 40])
def test_a_degree_that_the_scores_cannot_carry_is_refused(degree: int) -> None:
    x, _ = act_mathematics()
    with pytest.raises(StatisticsError, match="degree_too_high"):
        smooth(x, degree=degree)


def test_three_scores_are_too_few_to_choose_a_degree() -> None:
    few = Distribution(Scale(0.0, 1.0, 3), np.array([3.0, 4.0, 5.0]))
    with pytest.raises(StatisticsError, match="degree_too_high"):
        compare(few)
    with pytest.raises(StatisticsError, match="degree_too_high"):
        compare_joint(Joint(few.scale, few.scale, np.ones((3, 3))))


def test_a_distribution_in_one_point_is_smoothed_to_that_point() -> None:
    spike = Distribution(Scale(0.0, 1.0, 9), np.array([0, 0, 0, 0, 70.0, 0, 0, 0, 0]))
    assert smooth(spike, degree=2).counts[4] == pytest.approx(70.0, rel=1e-3)


def test_teeth_far_apart_do_not_lead_the_fit_astray() -> None:
    for counts in (
        [500.0, 0, 0, 0, 0, 0, 0, 0, 1],
        [0, 0, 0, 1000.0, 0, 0, 0, 0, 1],
        [1, 0, 0, 0, 0, 0, 0, 0, 9000.0],
    ):
        form = Distribution(Scale(0.0, 1.0, 9), np.array(counts))
        for degree in (1, 2, 3):
            fit = Distribution(form.scale, smooth(form, degree=degree).counts)
            assert fit.mean == pytest.approx(form.mean, abs=1e-3)


def test_the_influence_of_a_count_is_how_the_fit_moves() -> None:
    x, _ = act_mathematics()
    fit = smooth(x, degree=4)
    moved = x.counts.copy()
    moved[17] += 0.01
    again = smooth(Distribution(x.scale, moved), degree=4)
    assert (again.counts - fit.counts) / 0.01 == pytest.approx(fit.influence()[:, 17], abs=1e-4)
