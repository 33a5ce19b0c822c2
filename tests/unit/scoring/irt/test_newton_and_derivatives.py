# SPDX-License-Identifier: Apache-2.0
"""First and second derivatives of the marginal likelihoods against differences, and climbs on surfaces of every shape."""

from typing import Any

import numpy as np
import pytest

from scoring.errors import StatisticsError
from scoring.irt import newton
from scoring.irt.coding import coded
from scoring.irt.guessing import BetaPrior, GuessingProblem, NormalPrior
from scoring.irt.logistic import LogisticProblem
from scoring.irt.newton import Evaluation, covariance_of, maximise, standard_errors
from scoring.irt.quadrature import normal_grid

STEP = 1e-5
ITEMS = 4


def responses(missing: Any) -> Any:
    rng = np.random.default_rng(3)
    scores = (rng.random((300, ITEMS)) < 0.6).astype(float)
    if missing:
        scores[rng.random(scores.shape) < 0.2] = np.nan
    return coded(scores, [2] * ITEMS, rng.integers(1, 4, 300).astype(float))


GUESSED = np.array([True, False, True, True])
PROBLEMS = {
    "2pl": (lambda data, grid: LogisticProblem(data, grid, common=False), 2 * ITEMS),
    "1pl": (lambda data, grid: LogisticProblem(data, grid, common=True), 1 + ITEMS),
    "3pl": (lambda data, grid: GuessingProblem(data, grid, guessed=GUESSED, prior=None), 2 * ITEMS + 3),
    "3pl, normal prior": (
        lambda data, grid: GuessingProblem(data, grid, guessed=GUESSED, prior=NormalPrior(-1.1, 2)),
        2 * ITEMS + 3,
    ),
    "3pl, beta prior": (
        lambda data, grid: GuessingProblem(data, grid, guessed=GUESSED, prior=BetaPrior(5, 17)),
        2 * ITEMS + 3,
    ),
}


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize(
    "points", [7, 61]
)  # with few nodes the nodes are walked instead of the sets of items
@pytest.mark.parametrize("name", PROBLEMS)
def test_gradient_and_information_are_the_derivatives_of_the_value(name: Any, points: Any, missing: Any):
    make, size = PROBLEMS[name]
    problem = make(responses(missing), normal_grid(points, 4.0 if points == 7 else 6.0))
    point = np.random.default_rng(8).normal(0.6, 0.6, size)
    here = problem.evaluate(point, curvature=True)
    gradient, bend = np.empty(size), np.empty((size, size))
    for place, way in enumerate(np.eye(size) * STEP):
        up, down = (
            problem.evaluate(point + way, curvature=False),
            problem.evaluate(point - way, curvature=False),
        )
        gradient[place] = (up.value - down.value) / (2 * STEP)
        bend[place] = (up.gradient - down.gradient) / (2 * STEP)
    assert np.abs(gradient - here.gradient).max() < 2e-6
    assert np.abs(bend + here.information).max() < 2e-6
    assert (np.linalg.eigvalsh(here.complete) > 0).all()


def test_a_guessing_share_beyond_all_telling_apart_has_no_likelihood():
    problem = PROBLEMS["3pl"][0](responses(missing=False), normal_grid())
    assert problem.evaluate(np.full(2 * ITEMS + 3, 31.0), curvature=False).value == -np.inf


@pytest.mark.parametrize(
    "make",
    [
        lambda: NormalPrior(0, 0),
        lambda: NormalPrior(np.nan, 1),
        lambda: BetaPrior(0.5, 2),
        lambda: BetaPrior(1, 1),
    ],
)
def test_a_prior_that_is_none_is_refused(make: Any):
    with pytest.raises(StatisticsError) as refused:
        make()
    assert refused.value.code == "prior_unusable"


def test_the_information_of_an_evaluation_has_to_be_asked_for():
    with pytest.raises(ValueError, match="not asked for"):
        _ = Evaluation(0.0, np.zeros(1), np.eye(1)).information


class Surface:
    """A function of the plane with a derivative and a curvature that are given."""

    def __init__(self, value: Any, gradient: Any, bend: Any, complete: Any = None):
        self.value, self.gradient, self.bend = value, gradient, bend
        self.complete = np.eye(2) * 4 if complete is None else complete
        self.asked = 0

    def evaluate(self, point: Any, *, curvature: Any) -> Any:
        self.asked += 1
        missing = self.complete + self.bend(point) if curvature else None
        return Evaluation(self.value(point), self.gradient(point), self.complete, missing)


def hill() -> Any:
    return Surface(
        lambda p: -float(p @ p) - float((p**4).sum()),
        lambda p: -2 * p - 4 * p**3,
        lambda p: np.diag(-2 - 12 * p**2),
    )


def test_a_hill_is_climbed_to_its_top():
    top = maximise(hill(), np.array([3.0, -2.0]))
    assert top.converged
    assert np.abs(top.point).max() < 1e-6
    assert top.decrement < 1e-10
    assert top.information == pytest.approx(2 * np.eye(2), abs=1e-9)
    assert standard_errors(top.information) == pytest.approx([0.5**0.5] * 2)


def test_a_saddle_is_left_for_one_of_the_two_tops():
    # (x^2 - 1)^2 and y^2, upside down: at 0 the first direction bends upwards
    saddle = Surface(
        lambda p: -float((p[0] ** 2 - 1) ** 2 + p[1] ** 2),
        lambda p: np.array([-4 * p[0] * (p[0] ** 2 - 1), -2 * p[1]]),
        lambda p: np.diag([4 - 12 * p[0] ** 2, -2.0]),
        complete=np.eye(2) * 20,
    )
    top = maximise(saddle, np.array([0.01, 0.5]))
    assert top.converged
    assert top.point == pytest.approx([1, 0], abs=1e-6)


def test_a_complete_information_that_is_singular_is_bent_into_a_step():
    flat = hill()
    flat.complete = np.diag([4.0, 0.0])
    top = maximise(flat, np.array([1.0, 0.3]))
    assert top.converged


def test_a_climb_that_runs_out_of_steps_says_so():
    top = maximise(hill(), np.array([30.0, 30.0]), limit=1)
    assert not top.converged
    assert top.steps == 1
    assert top.decrement > 1


def test_a_climb_that_ends_where_nothing_is_a_top_says_so():
    # the gradient lies: no step gains anything, and the surface bends upwards
    liar = Surface(lambda p: -float(np.abs(p).sum()), lambda p: np.ones(2), lambda p: np.eye(2))
    top = maximise(liar, np.zeros(2))
    assert not top.converged
    assert top.decrement == np.inf


def test_a_step_is_never_longer_than_allowed():
    wide = Surface(
        lambda p: -float(p @ p) / 1e6,
        lambda p: -2 * p / 1e6,
        lambda p: np.diag([-2e-6] * 2),
        complete=np.eye(2) * 2e-6,
    )
    top = maximise(wide, np.array([100.0, 0.0]), limit=10)
    assert top.point[0] == pytest.approx(100 - 10 * newton.LONGEST)


def test_an_information_that_is_not_positive_definite_has_no_errors():
    assert covariance_of(np.diag([1.0, -1.0])) is None
    assert standard_errors(np.diag([1.0, -1.0])) is None
    assert covariance_of(np.diag([4.0, 2.0])) == pytest.approx(np.diag([0.25, 0.5]))
