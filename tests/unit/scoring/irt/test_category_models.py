# SPDX-License-Identifier: Apache-2.0
"""Response functions against their definitions, and every derivative against differences."""

import numpy as np
import pytest

from scoring.errors import StatisticsError
from scoring.irt.category_models import (
    Family,
    Item,
    category_lines,
    complete_information,
    curves,
    given_parameters,
    log_logistic,
    log_probabilities,
    logistic,
    logistic_calibration,
    own_parameters,
    parameter_scores,
    shared_slope,
)

ITEMS = [
    Item("rasch", Family.LOGISTIC, np.array([1.0, -0.4, 0.0])),
    Item("guessed", Family.LOGISTIC, np.array([1.7, 0.6, 0.22])),
    Item("two marks", Family.GRADED, np.array([0.9, 0.3])),
    Item("graded", Family.GRADED, np.array([1.4, 2.1, 0.4, -1.9])),
    Item("partial", Family.PARTIAL_CREDIT, np.array([0.8, 1.1, 0.2, -0.9])),
    Item("nominal", Family.NOMINAL, np.array([-0.6, 0.9, 1.8, 0.5, 0.7, -0.4])),
]
THETA = np.linspace(-3.2, 3.1, 9)
NAMES = [item.name for item in ITEMS]


@pytest.mark.parametrize("item", ITEMS, ids=NAMES)
def test_the_categories_of_an_item_share_one(item: Item) -> None:
    chance = np.exp(log_probabilities(item, THETA))
    assert chance.shape == (item.categories, len(THETA))
    assert chance.sum(axis=0) == pytest.approx(np.ones(len(THETA)))


def test_each_family_is_what_its_definition_says() -> None:
    def up(x: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-x))

    rasch, guessed, _, graded, partial, nominal = ITEMS
    assert np.exp(log_probabilities(rasch, THETA))[1] == pytest.approx(up(THETA - 0.4))
    assert np.exp(log_probabilities(guessed, THETA))[1] == pytest.approx(0.22 + 0.78 * up(1.7 * THETA + 0.6))
    at_least = [np.ones(len(THETA)), *(up(1.4 * THETA + d) for d in (2.1, 0.4, -1.9)), np.zeros(len(THETA))]
    assert np.exp(log_probabilities(graded, THETA)) == pytest.approx(-np.diff(np.array(at_least), axis=0))
    for item, slopes, intercepts in (
        (partial, [0.0, 0.8, 1.6, 2.4], [0.0, 1.1, 0.2, -0.9]),
        (nominal, [0.0, -0.6, 0.9, 1.8], [0.0, 0.5, 0.7, -0.4]),
    ):
        weight = np.exp(np.outer(slopes, THETA) + np.array(intercepts)[:, None])
        assert np.exp(log_probabilities(item, THETA)) == pytest.approx(weight / weight.sum(axis=0))
        assert [list(line) for line in category_lines(item)] == [
            pytest.approx(slopes),
            pytest.approx(intercepts),
        ]


@pytest.mark.parametrize("item", ITEMS, ids=NAMES)
def test_the_derivatives_by_ability_are_those_of_the_curves(item: Item) -> None:
    step = 1e-5
    at = curves(item, THETA)
    before, after = (np.exp(log_probabilities(item, THETA + move)) for move in (-step, step))
    assert at.first == pytest.approx((after - before) / (2 * step), abs=1e-8)
    rise_before, rise_after = (curves(item, THETA + move).first for move in (-step, step))
    assert at.second == pytest.approx((rise_after - rise_before) / (2 * step), abs=1e-8)
    assert at.expected == pytest.approx(np.arange(item.categories) @ at.probability)
    chance = np.exp(log_probabilities(item, THETA))
    slope_of_log = (np.log(after) - np.log(before)) / (2 * step)
    assert at.information == pytest.approx((chance * slope_of_log**2).sum(axis=0), rel=1e-6)


def moved(item: Item, place: int, by: float) -> Item:
    values = item.parameters.copy()
    values[place] += by
    return Item(item.name, item.family, values)


@pytest.mark.parametrize("item", ITEMS[1:], ids=NAMES[1:])
def test_the_scores_are_the_derivatives_by_the_parameters(item: Item) -> None:
    step = 1e-6
    found = parameter_scores(item, THETA)
    for place in range(len(item.parameters)):
        after, before = (log_probabilities(moved(item, place, move), THETA) for move in (step, -step))
        assert found[place] == pytest.approx((after - before) / (2 * step), abs=1e-7)


def test_the_scores_of_a_logistic_item_without_guessing_hold_as_well() -> None:
    found = parameter_scores(ITEMS[0], THETA)
    right = logistic(THETA - 0.4)
    assert found[1] == pytest.approx(np.stack([-right, 1 - right]))
    assert found[0] == pytest.approx(THETA * found[1])
    assert found[2, 1] == pytest.approx((1 - right) / right)


@pytest.mark.parametrize("item", [*ITEMS[2:]], ids=NAMES[2:])
def test_the_complete_information_is_minus_the_second_derivative(item: Item) -> None:
    step = 1e-5
    counts = np.random.default_rng(7).uniform(1, 9, (item.categories, len(THETA)))
    found = complete_information(item, THETA, counts)

    def gradient(one: Item) -> np.ndarray:
        return np.einsum("mkq,kq->m", parameter_scores(one, THETA), counts)

    for place in range(len(item.parameters)):
        bent = (gradient(moved(item, place, step)) - gradient(moved(item, place, -step))) / (2 * step)
        assert found[place] == pytest.approx(-bent, rel=1e-5, abs=1e-5)


def test_the_complete_information_of_a_logistic_item_is_fishers() -> None:
    counts = np.random.default_rng(7).uniform(1, 9, (2, len(THETA)))
    found = complete_information(ITEMS[0], THETA, counts)
    right = logistic(THETA - 0.4)
    bend = counts.sum(axis=0) * right * (1 - right)
    assert found[:2, :2] == pytest.approx(
        np.array([[bend @ THETA**2, bend @ THETA], [bend @ THETA, bend.sum()]])
    )


def test_extreme_abilities_give_no_warning_and_no_infinity() -> None:
    far = np.array([-600.0, 600.0])
    for item in ITEMS[2:]:
        assert np.isfinite(log_probabilities(item, far)).all()
    assert np.exp(log_probabilities(ITEMS[1], far))[1] == pytest.approx([0.22, 1.0])
    assert logistic(far) == pytest.approx([0, 1])
    assert log_logistic(far) == pytest.approx([-600.0, 0.0])


@pytest.mark.parametrize(
    ("family", "values"),
    [
        (Family.LOGISTIC, [1.0, 0.0]),
        (Family.LOGISTIC, [1.0, 0.0, 1.0]),
        (Family.LOGISTIC, [1.0, 0.0, -0.1]),
        (Family.GRADED, [1.0]),
        (Family.GRADED, [1.0, 0.2, 0.2]),
        (Family.PARTIAL_CREDIT, [1.0]),
        (Family.NOMINAL, [1.0, 2.0, 3.0]),
        (Family.NOMINAL, []),
        (Family.GRADED, [np.nan, 0.2]),
    ],
)
def test_parameters_that_are_none_are_refused(family: Family, values: list[float]) -> None:
    with pytest.raises(StatisticsError) as refused:
        Item("3", family, np.array(values, dtype=np.float64))
    assert refused.value.code == "item_parameters"
    assert refused.value.facts["item"] == "3"


def test_a_calibration_says_what_was_estimated() -> None:
    pair = ITEMS[3:5]
    own = own_parameters(pair)
    assert (own.free, [list(one) for one in own.places]) == (8, [[0, 1, 2, 3], [4, 5, 6, 7]])
    shared = shared_slope(pair)
    assert (shared.free, [list(one) for one in shared.places]) == (7, [[0, 1, 2, 3], [0, 4, 5, 6]])
    given = given_parameters(pair)
    assert given.free == 0
    assert all((one == -1).all() for one in given.places)
    assert own.names == ("graded", "partial")
    assert own.categories == (4, 4)
    assert own.log_prob(THETA)[4:] == pytest.approx(log_probabilities(ITEMS[4], THETA))


def test_a_logistic_calibration_counts_slopes_intercepts_and_guessing() -> None:
    a, d = np.array([1.0, 2.0]), np.array([0.1, 0.2])
    two = logistic_calibration(["x", "y"], a, d)
    assert (two.free, [list(one) for one in two.places]) == (4, [[0, 1, -1], [2, 3, -1]])
    one = logistic_calibration(["x", "y"], np.array([1.0, 1.0]), d, common_slope=True)
    assert (one.free, [list(place) for place in one.places]) == (3, [[0, 1, -1], [0, 2, -1]])
    three = logistic_calibration(["x", "y"], a, d, np.array([0.2, 0.1]))
    assert (three.free, three.items[1].parameters[2]) == (6, 0.1)
    assert ITEMS[5].slope_count == 3
    assert ITEMS[4].slope_count == 1
