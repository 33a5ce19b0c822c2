# SPDX-License-Identifier: Apache-2.0
"""Two fitted forms on one scale: standard errors, drifting anchors, and scores in scores."""

import numpy as np
import pytest

from scoring.irt.category_models import Family, Item, given_parameters, logistic_calibration, own_parameters
from scoring.irt.graded import GradedResponse
from scoring.linking.irt_equating import equate_true_scores
from scoring.linking.irt_forms import DRIFT, FittedForm, link_errors, link_forms
from scoring.linking.irt_linking import ScaleLink, ScaleMethod, on_old_scale
from scoring.tables import ResponseTable
from tests.unit.scoring.irt.test_polytomous_engine import answers

ITEMS = [Item(str(n), Family.LOGISTIC, np.array([0.8 + 0.1 * n, 1.1 - 0.25 * n, 0.0])) for n in range(9)]
NAMES = tuple(item.name for item in ITEMS)


def sat(persons: int, seed: int, mean: float, sd: float) -> FittedForm:
    """The same items, taken by a group of this mean and standard deviation, and fitted on the group's own scale."""
    theta = mean + sd * np.random.default_rng(seed).standard_normal(persons)
    table = ResponseTable.of(answers(ITEMS, persons, seed + 1, theta=theta), items=NAMES)
    model = GradedResponse(points=31).fit(table)
    return FittedForm(model.calibration_, model.fit_.covariance, model.n_persons_)


def test_groups_of_other_ability_are_brought_onto_one_scale() -> None:
    strong, usual = sat(3000, 10, 0.5, 1.2), sat(3000, 20, 0.0, 1.0)
    for method in ScaleMethod:
        found = link_forms(strong, usual, method=method)
        assert found.errors is not None
        assert abs(found.link.slope - 1.2) < 4 * found.errors[0]
        assert abs(found.link.intercept - 0.5) < 4 * found.errors[1]
        assert [anchor.item for anchor in found.anchors] == list(NAMES)
        # the forms have the same items, so a score is worth itself
        assert found.true is not None
        assert found.true.equated == pytest.approx(np.arange(10), abs=0.2)
        assert found.observed == pytest.approx(np.arange(10), abs=0.3)


def test_standard_errors_say_how_far_the_scale_varies() -> None:
    found = [
        link_forms(
            sat(500, 1000 + 7 * n, 0.3, 1.0), sat(500, 5000 + 7 * n, 0.0, 1.0), method=ScaleMethod.MEAN_SIGMA
        )
        for n in range(16)
    ]
    for place, spread in enumerate(
        (np.std([one.link.slope for one in found]), np.std([one.link.intercept for one in found]))
    ):
        told = np.mean([one.errors[place] for one in found if one.errors is not None])
        assert 0.55 < spread / told < 1.6


def test_standard_errors_are_those_of_the_formula_where_there_is_one() -> None:
    # mean-sigma of intercepts that alone vary: A does not depend on a shift of all, B = mean b old - A mean b new
    new = own_parameters([Item(n, Family.GRADED, np.array([1.0, d])) for n, d in (("x", 1.0), ("y", -1.0))])
    spread = np.zeros((4, 4))
    spread[1, 1] = spread[3, 3] = 0.02
    form = FittedForm(new, spread, 100)
    errors = link_errors(form, form, method=ScaleMethod.MEAN_SIGMA)
    # sd b = |d1 - d2| / 2 = 1; dA/dd = +-1/2 in each form; dB/dd = 1/2 in each form (mean b is 0)
    assert errors == pytest.approx((np.sqrt(4 * 0.25 * 0.02), np.sqrt(4 * 0.25 * 0.02)), rel=1e-5)


def test_without_a_covariance_there_are_no_errors() -> None:
    plain = FittedForm(given_parameters(ITEMS), None, 10)
    found = link_forms(plain, plain, method=ScaleMethod.HAEBARA)
    assert found.errors is None
    assert found.link.slope == pytest.approx(1.0)


def test_an_anchor_that_drifted_is_named() -> None:
    leaked = [*ITEMS[:8], Item("8", Family.LOGISTIC, ITEMS[8].parameters + np.array([0, 1.5, 0]))]
    luck = np.random.default_rng(2)
    old = [Item(i.name, i.family, i.parameters + np.array([0, 0.05 * luck.normal(), 0])) for i in ITEMS]
    found = link_forms(
        FittedForm(given_parameters(leaked), None, 100),
        FittedForm(given_parameters(old), None, 100),
        method=ScaleMethod.MEAN_MEAN,
    )
    assert [anchor.item for anchor in found.anchors if anchor.drifted] == ["8"]
    worst = found.anchors[8]
    assert worst.robust_z is not None
    assert worst.robust_z < -DRIFT
    assert worst.shift is not None
    assert worst.shift < -0.5
    kept = link_forms(
        FittedForm(given_parameters(leaked), None, 100),
        FittedForm(given_parameters(old), None, 100),
        method=ScaleMethod.MEAN_MEAN,
        only=NAMES[:8],
    )
    assert kept.link.items == 8
    assert len(kept.anchors) == 8
    few = link_forms(
        FittedForm(given_parameters(ITEMS), None, 1),
        FittedForm(given_parameters(ITEMS), None, 1),
        method=ScaleMethod.MEAN_MEAN,
        only=NAMES[:3],
    )
    assert {anchor.robust_z for anchor in few.anchors} == {None}


def test_items_without_an_order_have_no_shift_and_no_true_scores() -> None:
    nominal = Item("n", Family.NOMINAL, np.array([1.0, 0.3]))
    flat = Item("f", Family.LOGISTIC, np.array([0.0, 0.3, 0.0]))
    form = FittedForm(given_parameters([*ITEMS, nominal, flat]), None, 50)
    found = link_forms(form, form, method=ScaleMethod.HAEBARA)
    assert [anchor.shift for anchor in found.anchors[-2:]] == [None, None]
    assert found.true is None
    assert found.observed == pytest.approx(np.arange(12), abs=1e-6)


def test_a_form_of_other_items_is_equated_through_the_common_ones() -> None:
    scale = ScaleLink(ScaleMethod.HAEBARA, 1.1, -0.2, 9)
    own = [Item(f"x{n}", Family.LOGISTIC, np.array([1.0, 0.5 * n, 0.0])) for n in range(4)]
    other = [Item(f"y{n}", Family.LOGISTIC, np.array([1.2, -0.5 * n, 0.0])) for n in range(4)]
    new = FittedForm(given_parameters([*ITEMS[:5], *own]), None, 300)
    old = FittedForm(
        given_parameters([*(on_old_scale(item, scale) for item in ITEMS[:5]), *other]), None, 100
    )
    found = link_forms(new, old, method=ScaleMethod.STOCKING_LORD)
    assert (found.link.slope, found.link.intercept) == pytest.approx((1.1, -0.2), abs=1e-6)
    moved = [on_old_scale(item, scale) for item in new.calibration.items]
    assert found.true is not None
    assert found.true.equated == pytest.approx(
        equate_true_scores(moved, old.calibration.items).equated, abs=1e-5
    )


def test_a_shared_slope_moves_in_all_items_at_once() -> None:
    shared = logistic_calibration(
        list(NAMES), np.full(9, 0.9), np.array([i.parameters[1] for i in ITEMS]), common_slope=True
    )
    form = FittedForm(shared, np.eye(10) * 0.01, 100)
    errors = link_errors(form, form, method=ScaleMethod.MEAN_MEAN)
    assert errors is not None
    assert errors[0] == pytest.approx(np.sqrt(2 * 0.01) / 0.9, rel=1e-5)  # A = a new / a old
