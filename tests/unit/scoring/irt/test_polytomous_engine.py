# SPDX-License-Identifier: Apache-2.0
"""Estimation of polytomous models: the maximum, the observed information, recovery, missing by design, refusals."""

from dataclasses import replace

import numpy as np
import pytest

from scoring.estimator import NotFitted, UnsuitableData
from scoring.irt import polytomous, polytomous_estimator
from scoring.irt.categories import codes_for, keyed_categories, ordered_categories
from scoring.irt.category_models import Family, Item, log_probabilities, own_parameters
from scoring.irt.coding import coded
from scoring.irt.graded import GradedResponse
from scoring.irt.newton import Evaluation
from scoring.irt.nominal import NominalResponse
from scoring.irt.partial_credit import GeneralizedPartialCredit, PartialCredit
from scoring.irt.polytomous import CategoryProblem, fit_categories
from scoring.irt.quadrature import normal_grid
from scoring.irt.quasi_newton import climb
from scoring.tables import ChoiceTable, ResponseTable
from tests.unit.scoring.irt.science import ITEMS, science

MODELS = [
    GradedResponse(),
    GeneralizedPartialCredit(),
    PartialCredit(),
    NominalResponse(),
    NominalResponse(prior_sd=1.0),
]


def answers(items: list[Item], persons: int, seed: int, theta: np.ndarray | None = None) -> np.ndarray:
    """Simulated category numbers, persons x items."""
    luck = np.random.default_rng(seed)
    ability = luck.standard_normal(persons) if theta is None else theta
    columns = []
    for item in items:
        up = np.cumsum(np.exp(log_probabilities(item, ability)), axis=0)
        columns.append((luck.random(persons) > up).sum(axis=0))
    return np.stack(columns, axis=1).astype(np.float64)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_the_gradient_vanishes_and_the_information_is_that_of_differences(
    model: polytomous_estimator.PolytomousModel,
) -> None:
    scores, frequencies = science()
    model.fit(scores, sample_weight=frequencies)
    categories = ordered_categories(scores, ITEMS, frequencies)
    data = coded(categories.codes, categories.counts, categories.weights)
    prior = None
    if getattr(model, "prior_sd", None):
        from scoring.irt.nominal import _slope_prior

        prior = _slope_prior(model.calibration_, model.prior_sd)
    problem = CategoryProblem(data, model.calibration_, model.quadrature_, prior)
    point = model.fit_.parameters
    here = problem.evaluate(point, curvature=True)
    assert np.abs(here.gradient).max() < 1e-4
    step = 1e-5
    bent = np.empty((len(point), len(point)))
    for place in range(len(point)):
        move = np.zeros(len(point))
        move[place] = step
        after, before = (problem.evaluate(point + sign * move, curvature=False).gradient for sign in (1, -1))
        bent[place] = (before - after) / (2 * step)
    assert here.information == pytest.approx(bent, rel=1e-4, abs=1e-3)
    assert model.fit_.covariance == pytest.approx(np.linalg.inv(bent), rel=2e-2, abs=1e-4)
    assert (model.reasons_, model.used_.all()) == ((None,) * 4, True)


@pytest.mark.parametrize("model", MODELS[:4], ids=repr)
def test_the_gradient_is_that_of_the_value_away_from_the_maximum(
    model: polytomous_estimator.PolytomousModel,
) -> None:
    scores, frequencies = science()
    categories = ordered_categories(scores, ITEMS, frequencies)
    data = coded(categories.codes, categories.counts, categories.weights)
    start = model._start(categories)
    problem = CategoryProblem(data, start, normal_grid())
    point = np.zeros(start.free)
    for item, places in zip(start.items, start.places, strict=True):
        point[places] = item.parameters
    found = problem.evaluate(point, curvature=False).gradient
    for place in range(0, len(point), 3):
        move = np.zeros(len(point))
        move[place] = 1e-5
        after, before = (problem.evaluate(point + sign * move, curvature=False).value for sign in (1, -1))
        assert found[place] == pytest.approx((after - before) / 2e-5, rel=1e-5, abs=1e-4)


def test_simulated_graded_items_are_found_again() -> None:
    items = [
        Item(str(n), Family.GRADED, np.array([0.8 + 0.2 * n, 1.5 - 0.1 * n, 0.2, -1.2])) for n in range(6)
    ]
    model = GradedResponse().fit(answers(items, 4000, seed=1))
    for found, item in zip(model.items_, items, strict=True):
        values = np.concatenate((found.slope.values, found.intercepts.values))
        assert found.slope.errors is not None
        assert found.intercepts.errors is not None
        errors = np.concatenate((found.slope.errors, found.intercepts.errors))
        assert (np.abs(values - item.parameters) < 4 * errors).all()
    assert model.cautions_ == ()


def test_standard_errors_say_how_far_estimates_vary() -> None:
    items = [Item(str(n), Family.PARTIAL_CREDIT, np.array([0.7 + 0.1 * n, 0.6, 0.1])) for n in range(5)]
    z = []
    for seed in range(12):
        model = GeneralizedPartialCredit(points=31).fit(answers(items, 600, seed=seed))
        for found, item in zip(model.items_, items, strict=True):
            assert found.slope.errors is not None
            z.append((found.slope.values[0] - item.parameters[0]) / found.slope.errors[0])
    assert 0.75 < np.std(z) < 1.25
    assert abs(np.mean(z)) < 0.35


def test_simulated_partial_credit_items_and_the_variance_are_found_again() -> None:
    items = [Item(str(n), Family.PARTIAL_CREDIT, np.array([1.3, 0.9 - 0.3 * n, 0.2 * n])) for n in range(6)]
    model = PartialCredit().fit(answers(items, 3000, seed=5))
    assert model.variance_error_ is not None
    assert abs(model.variance_ - 1.69) < 3 * model.variance_error_
    assert model.abilities(answers(items, 50, seed=6)).theta.std() > 0.8


def test_choices_with_a_key_give_a_nominal_model_whose_keyed_option_rises() -> None:
    items = [
        Item(str(n), Family.NOMINAL, np.array([-0.4, 0.1, 1.2 + 0.1 * n, 0.3, -0.2, 0.6])) for n in range(8)
    ]
    numbers = answers(items, 2500, seed=11).astype(int)
    letters = np.array(["B", "C", "D", "A"])[numbers]
    letters[0, 0] = ""
    table = ChoiceTable(tuple(str(n) for n in range(2500)), tuple("12345678"), letters, np.ones(2500))
    categories = keyed_categories(table, dict.fromkeys("12345678", "A"))
    assert categories.labels[0] == ("B", "C", "D", "A")
    assert np.isnan(categories.codes[0, 0])
    model = NominalResponse().fit_categories(categories)
    for found, item in zip(model.items_, items, strict=True):
        errors = found.extra["bock_slopes"].errors
        assert errors is not None
        true = np.concatenate(([0.0], item.parameters[:3]))
        assert (np.abs(found.extra["bock_slopes"].values - (true - true.mean())) < 4 * errors).all()
        assert found.slope.values[0] > 0


def test_responses_missing_by_design_leave_the_items_where_they_are() -> None:
    items = [Item(str(n), Family.GRADED, np.array([1.2, 1.4 - 0.2 * n, -0.8])) for n in range(8)]
    whole = answers(items, 3000, seed=21)
    holes = whole.copy()
    holes[:1500, 5:] = np.nan
    holes[1500:, :3] = np.nan
    model = GradedResponse().fit(holes)
    for found, item in zip(model.items_, items, strict=True):
        assert found.intercepts.errors is not None
        assert (np.abs(found.intercepts.values - item.parameters[1:]) < 4 * found.intercepts.errors).all()
    nobody = holes[:2].copy()
    nobody[0] = np.nan
    assert model.abilities(nobody).reasons == ("no_responses", None)


def test_frequencies_are_repeated_persons() -> None:
    scores, frequencies = science()
    repeated = np.repeat(scores, frequencies.astype(int), axis=0)
    one = GradedResponse().fit(scores, sample_weight=frequencies)
    other = GradedResponse().fit(repeated)
    assert one.loglik_ == pytest.approx(other.loglik_, abs=1e-8)
    assert one.slopes_ == pytest.approx(other.slopes_, abs=1e-6)
    assert one.score(scores, sample_weight=frequencies) * 392 == pytest.approx(one.loglik_)
    assert other.score_samples(repeated).sum() == pytest.approx(other.loglik_)
    assert GradedResponse().fit_transform(repeated) == pytest.approx(other.transform(repeated))


def test_marks_of_any_kind_become_categories_and_are_recognised_again() -> None:
    scores, frequencies = science()
    halves = np.choose((scores - 1).astype(int), [0.0, 0.5, 2.0, 4.5])
    model = GradedResponse().fit(halves, sample_weight=frequencies)
    assert model.categories_[0] == ("0", "0.5", "2", "4.5")
    assert model.loglik_ == pytest.approx(-1608.8694, abs=1e-4)
    assert model.codes(halves) == pytest.approx(scores - 1)
    with pytest.raises(UnsuitableData) as refused:
        model.abilities(halves + 1)
    assert refused.value.code == "mark_without_category"
    assert codes_for((("0", "1"),), np.array([[np.nan], [1.0]]))[1, 0] == 1


def test_a_reversed_item_does_not_turn_ability_round() -> None:
    items = [Item(str(n), Family.GRADED, np.array([1.5, 0.8, -0.8])) for n in range(5)]
    scores = answers(items, 800, seed=3)
    scores[:, 4] = 2 - scores[:, 4]
    model = GradedResponse().fit(scores)
    assert model.slopes_[:4].min() > 0 > model.slopes_[4]


@pytest.mark.parametrize("model", [GradedResponse(), GeneralizedPartialCredit(), NominalResponse()], ids=repr)
def test_the_mirror_image_is_turned_the_right_way(
    model: polytomous_estimator.PolytomousModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores, frequencies = science()
    upright = type(model)().fit(scores, sample_weight=frequencies)
    straight = model._start

    def upside_down(categories: object) -> object:
        start = straight(categories)
        items = []
        for item in start.items:
            values = item.parameters.copy()
            values[: item.slope_count] *= -1
            items.append(Item(item.name, item.family, values))
        return own_parameters(items)

    monkeypatch.setattr(model, "_start", upside_down)
    model.fit(scores, sample_weight=frequencies)
    assert model.slopes_ == pytest.approx(upright.slopes_, abs=1e-5)
    assert model.fit_.covariance == pytest.approx(upright.fit_.covariance, abs=1e-5)
    bare = polytomous.mirrored(replace(model.fit_, covariance=None))
    assert bare.covariance is None


def test_informative_items_get_a_finer_grid() -> None:
    items = [Item(str(n), Family.GRADED, np.array([5.0, 5.0 - n, -4.0 - n])) for n in range(8)]
    scores = answers(items, 600, seed=8)
    model = GradedResponse(points=31).fit(scores)
    assert len(model.quadrature_.nodes) > 31
    fine = GradedResponse(points=481).fit(scores)
    assert model.loglik_ == pytest.approx(fine.loglik_, abs=0.02)


def test_an_item_that_splits_perfectly_has_no_slope_and_says_so() -> None:
    luck = np.random.default_rng(4)
    ability = luck.standard_normal(300)
    scores = np.stack([np.digitize(ability, [-0.5, 0.5]) for _ in range(4)], axis=1).astype(float)
    scores[:, 3] = luck.integers(0, 3, 300)
    model = GradedResponse(max_iter=60).fit(scores)
    assert model.items_[0].reason == "slope_without_end"
    assert model.items_[3].reason is None


def test_a_model_too_large_for_exact_errors_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    scores, frequencies = science()
    exact = NominalResponse().fit(scores, sample_weight=frequencies)
    monkeypatch.setattr(polytomous, "DENSE_LIMIT", 10)
    for model in (NominalResponse(), PartialCredit()):
        model.fit(scores, sample_weight=frequencies)
        assert (model.fit_.covariance, model.fit_.reason) == (None, "model_too_large")
        assert model.items_[0].intercepts.errors is None
        assert model.converged_
    assert model.variance_error_ is None
    found = NominalResponse().fit(scores, sample_weight=frequencies)
    assert found.loglik_ == pytest.approx(exact.loglik_, abs=1e-6)
    assert found.fit_.item_covariance(0) is None


def test_a_search_that_is_stopped_says_that_it_did_not_converge() -> None:
    scores, frequencies = science()
    model = NominalResponse(max_iter=1).fit(scores, sample_weight=frequencies)
    assert not model.converged_
    with pytest.raises(UnsuitableData) as refused:
        NominalResponse(max_iter=0).fit(scores, sample_weight=frequencies)
    assert refused.value.code == "setting_unusable"


def test_the_climb_gives_up_where_no_step_gains() -> None:
    class Cliff:
        """The value falls whichever way one goes, though the gradient promises a rise."""

        def evaluate(self, point: np.ndarray, *, curvature: bool) -> Evaluation:
            return Evaluation(-float(np.abs(point).sum()) * 1e6, np.ones(2), np.eye(2))

    found = climb(Cliff(), np.zeros(2))
    assert not found.converged
    assert found.value == 0


def test_the_climb_survives_a_point_outside_the_model() -> None:
    scores, frequencies = science()
    categories = ordered_categories(scores, ITEMS, frequencies)
    data = coded(categories.codes, categories.counts, categories.weights)
    items = [Item(name, Family.GRADED, np.array([6.0, 0.02, 0.01, 0.0])) for name in ITEMS]
    found = fit_categories(data, own_parameters(items))
    assert found.loglik == pytest.approx(-1608.8694, abs=1e-3)
    problem = CategoryProblem(data, own_parameters(items), normal_grid())
    assert problem.evaluate(np.zeros(16), curvature=False).value == -np.inf


def test_unsuitable_tables_are_refused_by_name() -> None:
    scores, frequencies = science()
    for refusal, table, weights in (
        ("too_few_persons", scores[:20], None),
        ("too_few_items", scores[:, :1], frequencies),
        ("too_many_categories", np.column_stack((scores[:, 0], np.arange(90.0))), frequencies),
    ):
        with pytest.raises(UnsuitableData) as refused:
            GradedResponse().fit(table, sample_weight=weights)
        assert refused.value.code == refusal
    with pytest.raises(UnsuitableData) as refused:
        NominalResponse(prior_sd=0.0).fit(scores, sample_weight=frequencies)
    assert refused.value.code == "prior_unusable"
    model = GradedResponse().fit(scores, sample_weight=frequencies)
    with pytest.raises(UnsuitableData) as refused:
        model.abilities(scores, method="guess")
    assert refused.value.code == "setting_unusable"
    with pytest.raises(NotFitted):
        GradedResponse().abilities(scores)


def test_items_that_say_nothing_are_left_out_with_their_reason() -> None:
    scores, frequencies = science()
    odd = np.column_stack((scores, np.full(90, 2.0), np.full(90, np.nan)))
    table = ResponseTable.of(odd, items=(*ITEMS, "Same", "Unseen"), weights=frequencies)
    model = GradedResponse().fit(table)
    assert model.reasons_ == (None,) * 4 + ("item_without_variation", "item_never_answered")
    assert [item.name for item in model.items_] == list(ITEMS)
    assert model.loglik_ == pytest.approx(-1608.8694, abs=1e-3)
    assert "categories_hardly_chosen" not in model.cautions_
    assert "fewer_persons_than_advised" in model.cautions_
    few = GradedResponse(fewest_persons=30).fit(table.rows(np.arange(1, 60)))
    assert "categories_hardly_chosen" in few.cautions_


def test_rows_of_no_weight_do_not_count() -> None:
    scores, frequencies = science()
    more = np.vstack((scores, np.full((1, 4), 9.0)))
    model = GradedResponse().fit(more, sample_weight=np.append(frequencies, 0.0))
    assert model.categories_[0] == ("1", "2", "3", "4")
    assert model.n_persons_ == 392


def test_another_package_finds_the_same_maximum() -> None:
    import mirt

    scores, frequencies = science()
    people = np.repeat(scores - 1, frequencies.astype(int), axis=0).astype(int)
    for name, model in (("GPCM", GeneralizedPartialCredit()), ("PCM", PartialCredit())):
        theirs = mirt.fit_mirt(people, model=name, max_iter=2000, tol=1e-8, compute_standard_errors=False)
        model.fit(people)
        assert model.loglik_ == pytest.approx(theirs.log_likelihood, abs=2e-3)
        assert model.loglik_ >= theirs.log_likelihood - 1e-6
        for found, steps in zip(model.difficulties_, theirs.model.parameters["steps"], strict=True):
            assert found == pytest.approx(steps, abs=5e-3)


def test_a_base_model_has_no_items_of_its_own() -> None:
    base = polytomous_estimator.PolytomousModel()
    scores, frequencies = science()
    with pytest.raises(NotImplementedError):
        base.fit(scores, sample_weight=frequencies)
    with pytest.raises(NotImplementedError):
        base._report(Item("1", Family.GRADED, np.array([1.0, 0.0])), ("0", "1"), None)
