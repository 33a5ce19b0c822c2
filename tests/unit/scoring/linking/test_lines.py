# SPDX-License-Identifier: Apache-2.0
"""Linear linking: Kolen & Brennan's figures, what the R package equate gives, and identities."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.errors import StatisticsError
from scoring.linking.frequency import braun_holland
from scoring.linking.linear import (
    chained,
    levine,
    levine_gammas,
    levine_true,
    nominal,
    random_groups,
    tucker,
)
from scoring.linking.scores import Distribution, Joint, Scale, scale_of
from tests.unit.scoring.linking.kolen_brennan import act_mathematics, common_items, made_up


def test_the_moments_of_act_mathematics_are_those_of_table_2_8() -> None:
    x, y = act_mathematics()
    assert (x.n, y.n) == (4329, 4152)
    for form, mean, sd, skewness, kurtosis in (
        (x, 19.8524, 8.2116, 0.3753, 2.3024),
        (y, 18.9798, 8.9393, 0.3527, 2.1464),
    ):
        found = (form.mean, form.central(2) ** 0.5, form.skewness, form.kurtosis)
        assert found == pytest.approx((mean, sd, skewness, kurtosis), abs=5e-5)


def test_random_groups_give_the_lines_of_kolen_and_brennan() -> None:
    x, y = act_mathematics()
    mean, line = random_groups(x, y, mean_only=True), random_groups(x, y, mean_only=False)
    assert (mean.slope, mean.intercept) == pytest.approx(
        (1.0, -0.8726), abs=5e-5
    )  # equate: "Mean Equating: act.x to act.y"
    assert line.slope == pytest.approx(1.0886, abs=5e-5)
    assert line.intercept == pytest.approx(18.9798 - 1.08862 * 19.8524, abs=3e-4)
    equated = line.at(x.scale.points)
    assert x.shares @ equated == pytest.approx(18.9798, abs=5e-5)


def test_the_moments_of_the_common_item_forms_are_those_of_chapter_4() -> None:
    x, y = common_items()
    assert (x.n, y.n) == (1655, 1638)
    assert (x.total.mean, x.anchor.mean, y.total.mean, y.anchor.mean) == pytest.approx(
        (15.8205, 5.1063, 18.6728, 5.8626), abs=5e-5
    )
    spreads = [d.central(2) ** 0.5 for d in (x.total, x.anchor, y.total, y.anchor)]
    assert spreads == pytest.approx([6.5278, 2.3760, 6.8784, 2.4515], abs=5e-5)
    assert x.covariance * (x.n - 1) / x.n == pytest.approx(13.4088, abs=5e-5)
    assert y.covariance * (y.n - 1) / y.n == pytest.approx(14.7603, abs=5e-5)
    assert (x.correlation, y.correlation) == pytest.approx((0.8645, 0.8753), abs=5e-5)


# Slope and intercept with the samples' own weights, as equate gives them (and Equate.jl's tests repeat them).
@pytest.mark.parametrize(
    ("method", "slope", "intercept"),
    [("tucker", 1.0292, 0.5378), ("levine", 1.0110, 0.2514), ("levine external", 1.0168, 0.3257),
     ("braun-holland", 1.0067, 0.8976)],
)  # fmt: skip
def test_the_lines_in_a_synthetic_population_are_those_of_equate(
    method: str, slope: float, intercept: float
) -> None:
    x, y = common_items()
    weight = x.n / (x.n + y.n)
    moments = {
        "tucker": tucker(x, y, weight=weight),
        "levine": levine(x, y, weight=weight, internal=True),
        "levine external": levine(x, y, weight=weight, internal=False),
        "braun-holland": braun_holland(x, y, weight=weight),
    }[method]
    line = moments.line(mean_only=False)
    assert (line.slope, line.intercept) == pytest.approx((slope, intercept), abs=1.1e-4)


def test_lines_without_a_synthetic_population_are_those_of_equate() -> None:
    x, y = common_items()
    inside, outside = (levine_true(x, y, internal=internal, mean_only=False) for internal in (True, False))
    assert (inside.slope, inside.intercept) == pytest.approx((1.0086, 0.2912), abs=5e-5)
    assert (outside.slope, outside.intercept) == pytest.approx((1.0165, 0.3310), abs=5e-5)
    line = chained(x, y, mean_only=False)
    assert (line.slope, line.intercept) == pytest.approx((1.0213, 0.3937), abs=5e-5)


def test_with_all_weight_on_x_tucker_and_levine_are_as_kolen_and_brennan_have_them() -> None:
    # chapter 4: Tucker mu(Y) 16.8153, sigma(Y) 6.7168, slope 1.0289; Levine mu(Y) 16.2485, sigma(Y) 6.6006
    x, y = common_items()
    found = tucker(x, y, weight=1.0)
    assert (found.gamma_x, found.gamma_y) == pytest.approx((2.3751, 2.4560), abs=5e-5)
    assert found.mean_x == pytest.approx(15.8205, abs=5e-5)
    assert found.mean_y == pytest.approx(16.8153, abs=5e-5)
    assert found.sd_y == pytest.approx(6.7168, abs=3e-3)  # theirs over n, ours over n - 1
    assert found.line(mean_only=False).slope == pytest.approx(1.0289, abs=5e-5)
    other = levine(x, y, weight=1.0, internal=True)
    assert other.mean_y == pytest.approx(16.2485, abs=5e-4)
    assert other.sd_y == pytest.approx(6.6006, abs=3e-3)
    assert levine_gammas(x, y, internal=True) == pytest.approx((3.1779, 3.2054), abs=1e-4)


def test_braun_and_holland_on_the_made_up_tables() -> None:
    # Kolen & Brennan (2014), p. 152, and Equate.jl's tests: 1.0331 and -.1927
    line = braun_holland(*made_up(), weight=1.0).line(mean_only=False)
    assert (line.slope, line.intercept) == pytest.approx((1.0331, -0.1927), abs=5e-5)


def test_mean_lines_keep_the_slope_at_1() -> None:
    x, y = common_items()
    line = chained(x, y, mean_only=True)
    assert line.slope == 1
    assert line.intercept == pytest.approx(18.672772 - 15.820544 + 5.106344 - 5.862637, abs=1e-5)
    weight = 0.3
    assert nominal(x, y, weight=weight).gamma_x == pytest.approx(3.0)
    assert nominal(x, y, weight=weight).line(mean_only=True).slope == 1
    assert levine_true(x, y, internal=True, mean_only=True).slope == 1


@pytest.mark.parametrize("weight", [0.0, 0.4, 1.0])
def test_a_form_linked_to_itself_is_the_identity(weight: float) -> None:
    x, _ = common_items()
    lines = [
        tucker(x, x, weight=weight).line(mean_only=False),
        levine(x, x, weight=weight, internal=True).line(mean_only=False),
        braun_holland(x, x, weight=weight).line(mean_only=False),
        chained(x, x, mean_only=False),
        levine_true(x, x, internal=False, mean_only=False),
        random_groups(x.total, x.total, mean_only=False),
    ]
    for line in lines:
        assert (line.slope, line.intercept) == pytest.approx((1.0, 0.0), abs=1e-9)


def test_a_form_with_marks_added_is_linked_by_those_marks() -> None:
    x, _ = common_items()
    harder = Joint(Scale(5.0, 1.0, 37), x.anchors, x.counts)
    for line in (
        tucker(x, harder, weight=0.5).line(mean_only=False),
        levine(x, harder, weight=0.5, internal=True).line(mean_only=False),
        chained(x, harder, mean_only=False),
    ):
        assert (line.slope, line.intercept) == pytest.approx((1.0, 5.0), abs=1e-9)


def test_a_score_without_spread_cannot_be_linked() -> None:
    flat = Distribution(Scale(0.0, 1.0, 3), np.array([0.0, 9.0, 0.0]))
    x, _ = act_mathematics()
    with pytest.raises(StatisticsError, match="no_spread"):
        random_groups(flat, x, mean_only=False)
    assert random_groups(flat, x, mean_only=True).slope == 1


def test_an_anchor_against_the_test_is_refused() -> None:
    counts = np.array([[0.0, 0.0, 9.0], [0.0, 9.0, 0.0], [9.0, 0.0, 0.0]])
    against = Joint(Scale(0.0, 1.0, 3), Scale(0.0, 1.0, 3), counts)
    with pytest.raises(StatisticsError, match="no_spread"):
        levine(against, against, weight=0.5, internal=True)
    with pytest.raises(StatisticsError, match="no_spread"):
        levine(against, against, weight=0.5, internal=False)


def test_a_synthetic_variance_below_0_is_refused() -> None:
    scales = Scale(0.0, 1.0, 5), Scale(0.0, 1.0, 5)
    wide, narrow = np.diag([20.0, 1.0, 1.0, 1.0, 20.0]), np.diag([0.0, 1.0, 30.0, 1.0, 0.0])
    steep = Joint(scales[0], scales[1], wide + 4.0)
    with pytest.raises(StatisticsError, match="synthetic_variance"):
        levine(Joint(scales[0], scales[1], narrow + 0.05), steep, weight=1.0, internal=True).line(
            mean_only=False
        )


# ---------------------------------------------------------------------------------------------- scales


def test_a_scale_is_as_fine_as_the_scores_need() -> None:
    assert scale_of(np.array([3.0, 7.0])) == Scale(0.0, 1.0, 8)
    assert scale_of(np.array([3.5, 7.0])) == Scale(0.0, 0.5, 15)
    assert scale_of(np.array([0.1, 0.3])) == Scale(0.0, 0.1, 4)
    assert scale_of(np.array([-2.0, 3.0])) == Scale(-2.0, 1.0, 6)
    assert scale_of(np.array([3.0]), low=1.0, high=9.0) == Scale(1.0, 1.0, 9)
    assert scale_of(np.array([3.0])).high == 3.0


@pytest.mark.parametrize(
    ("scores", "code"),
    [
        ([], "scale_without_scores"),
        ([0.0], "scale_ends"),
        ([0.12345], "scores_off_grid"),
        ([99999.0], "scale_too_long"),
    ],
)
def test_scores_without_a_scale_are_refused(scores: list[float], code: str) -> None:
    with pytest.raises(StatisticsError, match=code):
        scale_of(np.array(scores))


@pytest.mark.parametrize("score", [-1.0, 9.0, 2.5])
def test_a_score_off_the_scale_is_named(score: float) -> None:
    with pytest.raises(StatisticsError, match="score_off_scale") as refused:
        Distribution.of(np.array([1.0, score]), np.ones(2), Scale(0.0, 1.0, 9))
    assert refused.value.facts["score"] == score


def test_a_joint_table_has_its_margins() -> None:
    scales = Scale(0.0, 1.0, 4), Scale(0.0, 1.0, 3)
    found = Joint.of(np.array([3.0, 1.0, 3.0]), np.array([2.0, 0.0, 2.0]), np.array([1.0, 2.0, 4.0]), scales)
    assert found.counts[3, 2] == 5
    assert found.total.counts.tolist() == [0, 2, 0, 5]
    assert found.anchor.counts.tolist() == [2, 0, 5]
    assert found.n == 7
    alone = Distribution.of(np.array([3.0, 1.0, 3.0]), np.array([1.0, 2.0, 4.0]), scales[0])
    assert alone.counts.tolist() == [0, 2, 0, 5]
