# SPDX-License-Identifier: Apache-2.0
"""What a Q-matrix lets data tell: theorems where there are any, exact ranks elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.diagnosis import identifiability
from scoring.diagnosis.design import QMatrix, Rule, design_of, profile_name
from scoring.diagnosis.identifiability import Determined, Identification, Why, identify
from tests.unit.scoring.diagnosis.worlds import fractions_q

ONE = [[1, 0], [0, 1]]
BOTH = [[1, 1]]


def known(rows: list[list[int]], rule: Rule = Rule.DINA) -> Identification:
    return identify(design_of(QMatrix.of(rows), rule))


def said(found: Identification) -> list[tuple[Determined, Why | None]]:
    return [(one.determined, one.why) for one in found.attributes]


def test_three_conditions_together_promise_everything() -> None:
    # Gu & Xu (2019), theorem 1: complete, three items each, distinct columns beside the identity
    found = known([*ONE, *ONE, *BOTH])
    assert (found.complete, found.three_items, found.distinct_columns, found.theorem) == (
        True,
        True,
        True,
        True,
    )
    assert found.identified
    assert known([*ONE, *ONE, *BOTH], Rule.DINO).theorem


def test_columns_that_are_alike_beside_the_identity_determine_nothing() -> None:
    # their example of a Q-matrix that fails the third condition
    found = known([*ONE, *BOTH, *BOTH])
    assert found.distinct_columns is False
    assert said(found) == [(Determined.NO, Why.PARAMETERS_ALIKE)] * 2


def test_two_items_for_one_attribute_are_too_few() -> None:
    assert said(known([[1], [1]])) == [(Determined.NO, Why.TOO_FEW_ITEMS)]
    assert known([[1], [1], [1]]).identified


def test_two_items_each_are_enough_almost_everywhere_where_another_attribute_helps() -> None:
    found = known([*ONE, *ONE])
    assert not found.theorem
    assert said(found) == [(Determined.ALMOST_EVERYWHERE, None)] * 2


def test_an_attribute_without_an_item_of_its_own_is_hidden_by_dina_and_not_by_gdina() -> None:
    rows = [[1, 0], [1, 0], [1, 0], [1, 1], [1, 1], [1, 1]]
    dina = known(rows)
    assert (dina.profiles, dina.classes, dina.complete, dina.distinct_columns) == (4, 3, False, None)
    assert said(dina)[1] == (Determined.NO, Why.PROFILES_ALIKE)
    gdina = known(rows, Rule.GDINA)
    assert gdina.classes == 4
    assert gdina.attributes[1].determined is Determined.ALMOST_EVERYWHERE


def test_an_attribute_that_no_item_needs_is_named() -> None:
    found = known([[1, 0], [1, 0], [1, 0]])
    assert said(found)[1] == (Determined.NO, Why.NO_ITEM)
    assert found.classes == 2


def test_three_items_of_its_own_for_each_attribute_promise_the_saturated_model() -> None:
    assert known([*ONE, *ONE, *ONE], Rule.GDINA).theorem
    assert not known([*ONE, *ONE, *BOTH], Rule.GDINA).theorem
    assert known([*ONE, *ONE, *BOTH], Rule.GDINA).identified
    assert not known([*ONE, *BOTH, *BOTH], Rule.GDINA).identified


def test_profiles_that_answer_alike_are_one_class() -> None:
    design = design_of(fractions_q(), Rule.DINA)
    held: dict[int, set[str]] = {}
    for profile, place in zip(design.profiles, design.class_of, strict=True):
        held.setdefault(int(place), set()).add(profile_name(profile))
    assert len(held) == 58
    # without the seventh attribute only the second one shows: half of the other 128 profiles each
    alike = held[int(design.class_of[0])]
    assert len(alike) == 64
    assert all(name[6] == "0" and name[1] == "0" for name in alike)


def test_too_large_a_model_says_that_nobody_looked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identifiability, "MOST_COLUMNS", 3)
    assert said(known([*ONE, *ONE])) == [(Determined.UNKNOWN, Why.TOO_LARGE)] * 2


@pytest.mark.parametrize("seed", range(6))
def test_the_exact_rank_agrees_with_singular_values(seed: int) -> None:
    draw = np.random.default_rng(seed)
    q = QMatrix.of([*np.unique(draw.integers(0, 2, (6, 2)), axis=0).tolist(), [1, 0], [1, 1]])
    design = design_of(q, Rule.GDINA)
    rows = identifiability._jacobian(design, np.random.default_rng(1))
    _, pivots = identifiability._echelon(rows)
    chance, mass = draw.uniform(0.1, 0.9, design.parameters), draw.dirichlet(np.ones(design.classes))
    numeric = []
    from itertools import combinations

    items = len(q.items)
    for chosen in [c for size in range(items + 1) for c in combinations(range(items), size)]:
        row = np.zeros(design.parameters + design.classes)
        inside = chance[design.cells]
        row[design.parameters :] = np.prod(inside[list(chosen)], axis=0) if chosen else 1.0
        for item in chosen:
            rest = [other for other in chosen if other != item]
            np.add.at(row, design.cells[item], (np.prod(inside[rest], axis=0) if rest else 1.0) * mass)
        numeric.append(row)
    assert len(pivots) == np.linalg.matrix_rank(np.array(numeric), tol=1e-9)
