# SPDX-License-Identifier: Apache-2.0
"""Scales brought together, and true scores equated, against Kolen & Brennan's example and against exact transformations."""

import numpy as np
import pytest

from scoring.errors import StatisticsError
from scoring.irt.category_models import Family, Item, curves, log_probabilities
from scoring.irt.quadrature import Quadrature, normal_grid
from scoring.linking.irt_equating import (
    equate_observed_scores,
    equate_true_scores,
    expected_score,
    score_shares,
)
from scoring.linking.irt_linking import ScaleLink, ScaleMethod, link_scales, on_old_scale


def three(name: str, a: float, b: float, c: float) -> Item:
    """A 3PL item by a, b, c, with the constant 1.7 of Kolen & Brennan in a."""
    return Item(name, Family.LOGISTIC, np.array([1.7 * a, -1.7 * a * b, c]))


# Kolen & Brennan (2014), table 6.1: the same three items on scale I and on scale J, theta J = 0.5 theta I - 0.5
SCALE_I = [three("1", 1.30, -1.30, 0.10), three("2", 0.60, -0.10, 0.17), three("3", 1.70, 0.90, 0.18)]
SCALE_J = [three("1", 2.60, -1.15, 0.10), three("2", 1.20, -0.55, 0.17), three("3", 3.40, -0.05, 0.18)]

MIXED = [
    three("a", 0.7, -0.4, 0.15),
    Item("b", Family.GRADED, np.array([1.4, 1.8, 0.1, -1.5])),
    Item("c", Family.PARTIAL_CREDIT, np.array([0.8, 0.9, 0.1, -1.2])),
    three("d", 1.2, 0.9, 0.0),
]


@pytest.mark.parametrize("method", list(ScaleMethod))
@pytest.mark.parametrize("both_ways", [False, True])
def test_every_method_finds_the_transformation_of_the_textbook(method: ScaleMethod, both_ways: bool) -> None:
    found = link_scales(SCALE_I, SCALE_J, method=method, both_ways=both_ways)
    assert (found.slope, found.intercept) == pytest.approx((0.5, -0.5), abs=1e-7)
    assert (found.items, found.method) == (3, method)
    curve = method in {ScaleMethod.HAEBARA, ScaleMethod.STOCKING_LORD}
    assert (found.distance is not None) == curve
    if found.distance is not None:
        assert found.distance < 1e-12
    for item, same in zip(SCALE_I, SCALE_J, strict=True):
        assert on_old_scale(item, found).parameters == pytest.approx(same.parameters, abs=1e-6)


def test_the_textbook_items_have_the_textbook_chances() -> None:
    # Kolen & Brennan (2014), section 6.2.2: at theta I = -2 (theta J = -1.5) the chances are .26, .27, .18
    for items, theta in ((SCALE_I, -2.0), (SCALE_J, -1.5)):
        chances = [float(np.exp(log_probabilities(item, np.array([theta])))[1, 0]) for item in items]
        assert chances == pytest.approx([0.26, 0.27, 0.18], abs=5e-3)


@pytest.mark.parametrize("item", [*MIXED, Item("n", Family.NOMINAL, np.array([-0.5, 1.3, 0.4, 0.2]))])
def test_a_moved_item_has_the_same_curves_on_the_other_scale(item: Item) -> None:
    link = ScaleLink(ScaleMethod.MEAN_MEAN, 1.3, -0.4, 1)
    theta = np.linspace(-3, 3, 11)
    moved = on_old_scale(item, link)
    assert log_probabilities(moved, 1.3 * theta - 0.4) == pytest.approx(log_probabilities(item, theta))


@pytest.mark.parametrize("method", list(ScaleMethod))
def test_items_of_several_kinds_are_brought_together(method: ScaleMethod) -> None:
    link = ScaleLink(ScaleMethod.MEAN_MEAN, 0.8, 0.3, 4)
    old = [on_old_scale(item, link) for item in reversed(MIXED)]
    extra = [three("only here", 1.0, 0.0, 0.2)]
    found = link_scales([*MIXED, *extra], old, method=method)
    assert (found.slope, found.intercept, found.items) == (
        pytest.approx(0.8, abs=1e-6),
        pytest.approx(0.3, abs=1e-6),
        4,
    )


def test_nominal_items_are_brought_together_by_their_curves() -> None:
    items = [
        Item("1", Family.NOMINAL, np.array([-0.5, 1.3, 0.4, 0.2])),
        Item("2", Family.NOMINAL, np.array([0.7, -0.3])),
    ]
    old = [on_old_scale(item, ScaleLink(ScaleMethod.HAEBARA, 1.2, 0.25, 2)) for item in items]
    for method in (ScaleMethod.HAEBARA, ScaleMethod.STOCKING_LORD):
        found = link_scales(items, old, method=method)
        assert (found.slope, found.intercept) == pytest.approx((1.2, 0.25), abs=1e-6)
    with pytest.raises(StatisticsError) as refused:
        link_scales(items, old, method=ScaleMethod.MEAN_SIGMA)
    assert refused.value.code == "nominal_without_difficulty"


def test_the_moment_methods_are_their_definitions() -> None:
    new = [
        Item(n, Family.LOGISTIC, np.array([a, -a * b, 0.0]))
        for n, a, b in (("x", 1.0, -0.5), ("y", 1.6, 0.9))
    ]
    old = [
        Item(n, Family.LOGISTIC, np.array([a, -a * b, 0.0])) for n, a, b in (("x", 0.8, 0.1), ("y", 1.5, 1.3))
    ]
    mean = link_scales(new, old, method=ScaleMethod.MEAN_MEAN)
    assert mean.slope == pytest.approx(2.6 / 2.3)
    assert mean.intercept == pytest.approx(0.7 - 2.6 / 2.3 * 0.2)
    geometric = link_scales(new, old, method=ScaleMethod.MEAN_GMEAN)
    assert geometric.slope == pytest.approx(np.sqrt(1.6 / 1.2))
    sigma = link_scales(new, old, method=ScaleMethod.MEAN_SIGMA)
    assert sigma.slope == pytest.approx(1.2 / 1.4)
    assert sigma.intercept == pytest.approx(0.7 - 1.2 / 1.4 * 0.2)


@pytest.mark.parametrize("method", [ScaleMethod.HAEBARA, ScaleMethod.STOCKING_LORD])
@pytest.mark.parametrize("both_ways", [False, True])
def test_the_distance_between_curves_is_the_smallest(method: ScaleMethod, both_ways: bool) -> None:
    luck = np.random.default_rng(5)
    new = [three(str(n), luck.uniform(0.5, 1.2), luck.normal(), 0.15) for n in range(10)]
    old = [three(str(n), item.parameters[0] / 1.7 * 0.9 + 0.05 * luck.normal(), luck.normal() * 0.1
                 - item.parameters[1] / item.parameters[0] + 0.3, 0.15) for n, item in enumerate(new)]  # fmt: skip
    grid = normal_grid()
    found = link_scales(new, old, method=method, both_ways=both_ways)

    def distance(slope: float, intercept: float) -> float:
        def table(items: list[Item]) -> np.ndarray:
            p = np.stack([curves(item, grid.nodes).probability[1] for item in items])
            return p if method is ScaleMethod.HAEBARA else p.sum(axis=0, keepdims=True)

        there = ScaleLink(method, slope, intercept, 1)
        back = ScaleLink(method, 1 / slope, -intercept / slope, 1)
        total = ((table([on_old_scale(item, there) for item in new]) - table(old)) ** 2 @ grid.weights).sum()
        if both_ways:
            total += (
                (table([on_old_scale(item, back) for item in old]) - table(new)) ** 2 @ grid.weights
            ).sum()
        return float(total)

    least = distance(found.slope, found.intercept)
    assert found.distance == pytest.approx(least)
    for move in ((1e-3, 0), (-1e-3, 0), (0, 1e-3), (0, -1e-3)):
        assert distance(found.slope + move[0], found.intercept + move[1]) > least


def test_stocking_and_lord_are_those_of_another_package() -> None:
    import mirt

    luck = np.random.default_rng(12)
    a, b = luck.uniform(0.7, 1.8, 8), luck.normal(size=8)
    a2, b2 = a * 0.85 + 0.03 * luck.normal(size=8), (b * 1.15 + 0.2) + 0.05 * luck.normal(size=8)
    models = []
    for slopes, difficulties in ((a2, b2), (a, b)):
        model = mirt.TwoParameterLogistic(8)
        model.set_parameters(discrimination=slopes, difficulty=difficulties)
        models.append(model)
    theta = np.linspace(-4, 4, 61)
    weights = np.exp(-0.5 * theta**2)
    shared = list(range(8))
    for method, name in ((ScaleMethod.STOCKING_LORD, "stocking_lord"), (ScaleMethod.HAEBARA, "haebara")):
        theirs = mirt.link(*models, shared, shared, method=name, weights=weights, compute_diagnostics=False)
        new = [Item(str(n), Family.LOGISTIC, np.array([a[n], -a[n] * b[n], 0.0])) for n in range(8)]
        old = [Item(str(n), Family.LOGISTIC, np.array([a2[n], -a2[n] * b2[n], 0.0])) for n in range(8)]
        grid = Quadrature(theta, np.log(weights / weights.sum()))
        found = link_scales(new, old, method=method, quadrature=grid)
        assert found.slope == pytest.approx(theirs.constants.A, abs=2e-3)
        assert found.intercept == pytest.approx(theirs.constants.B, abs=2e-3)


def test_what_cannot_be_linked_is_refused_by_name() -> None:
    flat = [Item(n, Family.LOGISTIC, np.array([1.0, 0.5, 0.0])) for n in ("1", "2")]
    falling = [Item(n, Family.LOGISTIC, np.array([-1.0, 0.5, 0.0])) for n in ("1", "2")]
    none = [Item(n, Family.LOGISTIC, np.array([0.0, 0.5, 0.0])) for n in ("1", "2")]
    for code, new, old, method in (
        ("no_common_items", SCALE_I, MIXED, ScaleMethod.MEAN_MEAN),
        (
            "common_items_differ",
            [MIXED[1]],
            [Item("b", Family.GRADED, np.array([1.0, 0.0]))],
            ScaleMethod.MEAN_MEAN,
        ),
        ("difficulties_alike", flat, flat, ScaleMethod.MEAN_SIGMA),
        ("slopes_not_positive", falling, falling, ScaleMethod.MEAN_MEAN),
        ("slopes_not_positive", falling, falling, ScaleMethod.MEAN_GMEAN),
        ("slopes_not_positive", none, none, ScaleMethod.MEAN_MEAN),
    ):
        with pytest.raises(StatisticsError) as refused:
            link_scales(new, old, method=method)
        assert refused.value.code == code
    moved = [on_old_scale(item, ScaleLink(ScaleMethod.HAEBARA, 1.1, 0.2, 2)) for item in falling]
    found = link_scales(falling, moved, method=ScaleMethod.HAEBARA)
    assert (found.slope, found.intercept) == pytest.approx((1.1, 0.2))  # curves need no slope above 0
    impossible = [Item("1", Family.LOGISTIC, np.array([1.0, 0.0, 0.0]))]
    flat_old = [Item("1", Family.LOGISTIC, np.array([0.0, 0.0, 0.0]))]
    with pytest.raises(StatisticsError) as refused:
        link_scales(impossible, flat_old, method=ScaleMethod.HAEBARA)
    assert refused.value.code == "link_not_found"


def test_true_scores_of_a_form_in_itself_are_themselves() -> None:
    found = equate_true_scores(SCALE_I, SCALE_I)
    assert found.equated == pytest.approx([0, 1, 2, 3], abs=1e-8)
    assert np.isnan(found.ability[[0, 3]]).all()
    assert expected_score(SCALE_I, found.ability[1:3]) == pytest.approx([1, 2])


def test_true_scores_go_through_the_ability() -> None:
    harder = [three(str(n), 1.0, -0.5 + 0.3 * n, 0.2) for n in range(5)]
    found = equate_true_scores(harder, MIXED)
    assert len(found.equated) == 6
    assert found.equated[5] == 8
    assert found.equated[0] == 0
    assert found.equated[1] == pytest.approx(
        0.15
    )  # 1 is the sum of the five guessing parameters: it goes to the old form's sum
    for score in range(2, 5):
        theta = found.ability[score : score + 1]
        assert expected_score(harder, theta)[0] == pytest.approx(score)
        assert found.equated[score] == pytest.approx(expected_score(MIXED, theta)[0])
    assert (np.diff(found.equated) > 0).all()


def test_true_scores_need_items_that_rise() -> None:
    falling = [Item("1", Family.LOGISTIC, np.array([-1.0, 0.0, 0.0]))]
    nominal = [Item("1", Family.NOMINAL, np.array([1.0, 0.0]))]
    for form in (falling, nominal):
        with pytest.raises(StatisticsError) as refused:
            equate_true_scores(SCALE_I, form)
        assert refused.value.code == "true_score_not_rising"
    with pytest.raises(StatisticsError) as refused:
        equate_true_scores(SCALE_I, [])
    assert refused.value.code == "no_items"


def test_observed_scores_of_a_form_in_itself_are_themselves() -> None:
    assert equate_observed_scores(MIXED, MIXED) == pytest.approx(np.arange(9))
    shares = score_shares(MIXED)
    assert shares.sum() == pytest.approx(1.0)
    assert np.arange(9) @ shares == pytest.approx(
        normal_grid().weights @ expected_score(MIXED, normal_grid().nodes)
    )


def test_an_easier_form_needs_more_points_for_the_same_rank() -> None:
    hard = [three(str(n), 1.0, 0.5 + 0.1 * n, 0.0) for n in range(6)]
    easy = [three(str(n), 1.0, -0.5 + 0.1 * n, 0.0) for n in range(6)]
    up = equate_observed_scores(hard, easy)
    assert (up[1:6] > np.arange(1, 6) + 0.3).all()
    assert (np.diff(up) > 0).all()
    able = Quadrature(normal_grid().nodes + 1.0, normal_grid().log_weights)
    other = equate_observed_scores(hard, easy, new_population=able, new_weight=1.0)
    assert other != pytest.approx(up)
    # by hand: the rank of score 2 on the hard form, found again between two scores of the easy form
    mine, theirs = score_shares(hard), score_shares(easy)
    rank = mine[:2].sum() + mine[2] / 2
    place = int(np.searchsorted(np.cumsum(theirs), rank))
    by_hand = place - 0.5 + (rank - theirs[:place].sum()) / theirs[place]
    assert up[2] == pytest.approx(by_hand)
    with pytest.raises(StatisticsError) as refused:
        equate_observed_scores(hard, easy, new_weight=1.2)
    assert refused.value.code == "weight_not_a_share"
