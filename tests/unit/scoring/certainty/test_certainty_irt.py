# SPDX-License-Identifier: Apache-2.0
"""Decisions on totals and abilities when items are known: held to the output that irtQ publishes, and to brute force."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose

from scoring.certainty.api import (
    Abilities,
    CurveKind,
    DecisionQuality,
    ItemCurve,
    ability_at,
    from_conditional,
    from_errors,
    information,
    lee,
    normal_points,
    normal_population,
    people,
    rudner,
    score_chances,
    true_scores,
)
from scoring.errors import StatisticsError

# Item parameters that irtQ ships as `flexmirt_sample-prm.txt`: logit of the guess, intercept, slope of three-parameter items …
CHOSEN = """
-1.0381591 -1.1151547 0.7627842|-1.5485599 2.0173054 1.9212842|-2.2000437 -0.3658037 0.9266599|-1.3788524 0.4284697 1.0526419
-1.6551034 0.1081333 0.8663350|-2.5538454 -1.0616391 1.6956204|-1.9975715 -0.9204070 0.9061455|-2.0457823 -0.6758277 0.8442812
-1.0708122 -0.7280102 0.8541021|-1.8541579 -0.1384427 1.5320152|-1.8798909 0.4623085 1.0018535|-2.3421972 -1.0378276 0.8784359
-1.5077298 -2.0474381 1.4566944|-1.1089602 -0.2791581 1.5142828|-2.0712771 0.2971017 1.2965707|-2.9258536 0.1747372 2.0469491
-1.5263629 0.1876103 1.3978190|-0.9789164 -2.1147064 1.6957073|-1.5187971 2.3372674 2.3117795|-1.4455098 2.3970726 1.4489340
-1.9742862 1.9446151 1.6281382|-1.4024221 0.5635042 0.8320715|-1.9008323 0.2503981 0.9768588|-1.0773322 -1.9179235 1.1418671
-1.0224229 1.1077225 0.7944843|-1.6107024 2.0187752 1.0923706|-1.8840649 -0.0873239 1.1730201|-1.3361212 0.1893353 2.1546851
-1.3782160 1.7683971 1.2810740|-0.7393543 -1.1122350 1.3505976|-2.4041484 -0.5817334 0.8203985|-1.0594178 1.3559051 1.5235060
-1.4750755 1.6693157 1.2711786|-1.6723599 -0.2449903 1.3107828|-1.2291576 0.2024096 1.4665995|-1.9342225 -0.9770423 0.8918806
-2.1477187 0.7077409 1.7287653|-1.2721874 0.2737417 0.7327085|-1.2345334 -0.9392414 1.4655489|-1.6664477 2.6912977 1.7609502
-1.8250757 -0.7803536 1.4430127|-1.9281184 0.3579365 0.9784240|-1.6227773 -2.3507376 0.9915383|-1.5271613 -3.6924253 2.2732723
-1.8893620 0.0879067 1.2256893|-1.4983898 -0.2710271 1.6399644|-2.4239230 -0.2898723 1.2090633|-2.4515695 -1.7689644 1.3201851
-1.1158976 1.7338185 1.7372043|-1.2451525 0.7098134 0.9746876
"""
# … and intercepts and slope of graded items of five categories.
GRADED = """
3.5778976 2.3707644 1.3663207 0.4403436 1.9134815|0.9256977 0.0879174 -0.7274010 -1.3713992 1.2784658
0.4255727 -0.2451949 -0.9655396 -1.5732121 1.1378595|2.5638452 1.6621430 0.8701094 0.1434644 1.2333756
0.6617308 0.0051952 -0.5826981 -1.0930277 0.8762246
"""


def numbers(text: str) -> list[list[float]]:
    return [[float(cell) for cell in row.split()] for row in text.replace("\n", "|").split("|") if row]


FORM = [
    ItemCurve(f"MC{place}", slope, (-intercept / slope,), guess=1 / (1 + np.exp(-logit)))
    for place, (logit, intercept, slope) in enumerate(numbers(CHOSEN))
] + [
    ItemCurve(f"FR{place}", row[-1], tuple(-step / row[-1] for step in row[:-1]))
    for place, row in enumerate(numbers(GRADED))
]
POINTS = normal_points(33)
SMALL = [
    ItemCurve("i1", 1.2, (-0.5,)),
    ItemCurve("i2", 0.8, (-1.0, 0.4)),
    ItemCurve("i3", 1.5, (0.6, -0.2, 1.0), kind=CurveKind.PARTIAL_CREDIT),
    ItemCurve("i4", 1.0, (0.3,), guess=0.2, upper=0.95),
]


def test_lee_gives_what_irtq_publishes_for_its_mixed_form() -> None:
    """The example of `irtQ::cac_lee`: 50 guessed and 5 graded items, D = 1, cuts 10, 20, 30, 50, 33 points within 4."""
    found = lee(FORM, cuts=[10, 20, 30, 50], abilities=POINTS)
    published = [
        [0.0000591, 0.0000624, 0.0000002, 0.0000000, 0.0000000],
        [0.0027978, 0.0371775, 0.0114124, 0.0001049, 0.0000000],
        [0.0000518, 0.0247711, 0.1301180, 0.0588848, 0.0000006],
        [0.0000000, 0.0000592, 0.0223073, 0.4044774, 0.0422750],
        [0.0000000, 0.0000000, 0.0000000, 0.0389876, 0.2264530],
    ]
    assert_allclose(found.quality.against_truth.T, published, atol=6e-8)
    assert found.quality.accuracy == pytest.approx(0.7982849, abs=6e-8)
    assert found.quality.consistency == pytest.approx(0.7247180, abs=6e-8)
    # expected totals at -4, 0 and 4, and the conditional figures at 0
    assert_allclose(found.expected[[0, 16, 32]], [9.528758, 40.636849, 68.754747], atol=6e-7)
    assert found.decided[16, 3] == pytest.approx(0.9717552, abs=6e-8)
    assert (found.decided[16] ** 2).sum() == pytest.approx(0.9448413, abs=6e-8)


def test_rudner_gives_what_irtq_publishes_for_its_mixed_form() -> None:
    """The example of `irtQ::cac_rud`: the same form, cuts -2, -0.5, 0.8."""
    found = rudner(FORM, cuts=[-2.0, -0.5, 0.8], abilities=POINTS)
    published = [
        [0.0127063, 0.0038304, 0.0000091, 0.0000001],
        [0.0153152, 0.2159894, 0.0175900, 0.0000000],
        [0.0000000, 0.0644774, 0.4326153, 0.0473133],
        [0.0000000, 0.0000000, 0.0198709, 0.1702826],
    ]
    assert_allclose(found.quality.against_truth.T, published, atol=6e-8)
    assert found.quality.accuracy == pytest.approx(0.83159357, abs=6e-9)
    assert found.quality.consistency == pytest.approx(0.77149697, abs=6e-9)
    assert found.decided[0, 0] == pytest.approx(0.8912057, abs=6e-8)


def test_the_distribution_of_totals_is_that_of_all_answer_patterns() -> None:
    theta = np.array([-2.0, 0.1, 1.7])
    tables = [curve.chances(theta) for curve in SMALL]
    wanted = np.zeros((3, 8))
    for pattern in product(*(range(curve.maximum + 1) for curve in SMALL)):
        chance = np.prod([table[:, score] for table, score in zip(tables, pattern, strict=True)], axis=0)
        wanted[:, sum(pattern)] += chance
    found = score_chances(SMALL, theta)
    assert_allclose(found, wanted, rtol=1e-13)
    assert_allclose(found @ np.arange(8), true_scores(SMALL, theta), rtol=1e-13)


def test_curves_rise_as_their_slopes_say() -> None:
    theta = np.linspace(-3, 3, 13)
    for curve in SMALL:
        step = 1e-6
        wanted = (curve.chances(theta + step) - curve.chances(theta - step)) / (2 * step)
        assert_allclose(curve.slopes(theta), wanted, atol=1e-9)
        assert_allclose(curve.chances(theta).sum(axis=1), 1.0)


def test_information_is_the_textbook_formula() -> None:
    theta = np.linspace(-3, 3, 7)
    a, b, c = 1.4, 0.2, 0.25
    p = c + (1 - c) / (1 + np.exp(-a * (theta - b)))
    wanted = a**2 * (1 - p) / p * ((p - c) / (1 - c)) ** 2  # Lord (1980), eq. 4-43
    assert_allclose(information([ItemCurve("x", a, (b,), guess=c)], theta), wanted, rtol=1e-12)
    credit = ItemCurve("y", 0.7, (-1.0, 0.0, 0.5), kind=CurveKind.PARTIAL_CREDIT)
    chances = credit.chances(theta)
    scores = np.arange(4)
    spread = chances @ scores**2 - (chances @ scores) ** 2
    assert_allclose(information([credit], theta), 0.7**2 * spread, rtol=1e-12)  # Muraki (1993)
    far = information([ItemCurve("z", 2.0, (0.0,))], np.array([-800.0, 800.0]))
    assert_allclose(far, 0.0, atol=1e-200)


def test_an_exact_population_is_the_limit_of_ever_more_points() -> None:
    exact = lee(SMALL, cuts=[3, 5])
    fine = lee(SMALL, cuts=[3, 5], abilities=normal_points(160_001, reach=8))
    assert_allclose(exact.quality.against_truth, fine.quality.against_truth, atol=3e-5)
    assert exact.quality.consistency == pytest.approx(fine.quality.consistency, abs=1e-12)
    share = normal_population(mean=1.0, sd=2.0, breaks=[0.5])
    assert share.weights[share.theta >= 0.5].sum() == pytest.approx(0.598706325682924, abs=1e-12)
    assert share.weights @ share.theta**2 == pytest.approx(5.0, abs=1e-12)


def test_a_cut_with_decimals_is_reached_at_the_next_whole_score() -> None:
    assert_allclose(
        lee(SMALL, cuts=[2.4]).decided[:, 1], score_chances(SMALL, _theta(2.4))[:, 3:].sum(axis=1)
    )
    assert_allclose(lee(SMALL, cuts=[3]).decided[:, 1], score_chances(SMALL, _theta(3))[:, 3:].sum(axis=1))


def _theta(cut: float) -> np.ndarray:
    place = ability_at(SMALL, cut)
    assert place is not None
    return normal_population(breaks=[place]).theta


def test_the_ability_of_an_expected_total_is_found_or_said_not_to_exist() -> None:
    place = ability_at(SMALL, 4.25)
    assert place is not None
    assert true_scores(SMALL, np.array([place]))[0] == pytest.approx(4.25, abs=1e-12)
    guessed = [ItemCurve("g", 1.0, (0.0,), guess=0.3)]
    assert ability_at(guessed, 0.2) is None
    # nobody is truly below a cut that guessing reaches
    assert lee(guessed, cuts=[0.2]).quality.true[0] == 0.0
    falling = [ItemCurve("f", -1.0, (0.0,)), ItemCurve("g", 2.0, (0.0,))]
    with pytest.raises(StatisticsError, match="curve_falls"):
        ability_at(falling, 1.0)
    assert 0 < lee(falling, cuts=[1]).quality.accuracy < 1


def test_people_stand_at_their_most_likely_ability() -> None:
    rasch = [ItemCurve(str(place), 1.0, (b,)) for place, b in enumerate((-1.0, 0.0, 0.5, 1.5))]
    scores = np.array([[1, 1, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1], [1, np.nan, 0, np.nan]], dtype=float)
    found = people(rasch, scores)
    # of a Rasch test: the expected number right is the number right
    assert true_scores(rasch, found.theta[:1])[0] == pytest.approx(2.0, abs=1e-9)
    assert found.theta[1] == -4.0
    assert found.theta[2] == 4.0
    halves = [rasch[0], rasch[2]]
    assert true_scores(halves, found.theta[3:])[0] == pytest.approx(1.0, abs=1e-9)
    assert found.weights.tolist() == [1, 1, 1, 1]
    weighed = people(rasch, scores, weights=np.array([2.0, 0, 0, 1]))
    assert rudner(rasch, cuts=[0.0], abilities=weighed).quality.observed.sum() == pytest.approx(1)


def test_known_errors_of_any_model_give_the_normal_areas() -> None:
    found = from_errors(
        Abilities(np.array([0.0, 1.0]), np.array([1.0, 3.0])),
        standard_errors=np.array([0.5, 0.25]),
        cuts=[0.5],
    )
    # P(Z < 1) = 0.8413447460685429, P(Z > -2) = 0.9772498680518208
    wanted = (0.8413447460685429 + 3 * 0.9772498680518208) / 4
    assert found.quality.accuracy == pytest.approx(wanted, abs=1e-15)
    assert found.quality.false_pass == pytest.approx((1 - 0.8413447460685429) / 4, abs=1e-15)
    assert found.quality.false_fail == pytest.approx(3 * (1 - 0.9772498680518208) / 4, abs=1e-15)


def test_quality_of_bands_is_told_as_a_whole_and_at_each_cut() -> None:
    truth = np.array([[0.2, 0.05, 0.0], [0.05, 0.3, 0.05], [0.01, 0.04, 0.3]])
    twice = np.array([[0.2, 0.05, 0.0], [0.05, 0.3, 0.05], [0.0, 0.05, 0.3]])
    quality = DecisionQuality.of(truth * 3, twice)
    assert quality.accuracy == pytest.approx(0.8)
    assert quality.false_pass == pytest.approx(0.10)
    assert quality.false_fail == pytest.approx(0.10)
    chance = 0.25 * 0.25 + 0.4 * 0.4 + 0.35 * 0.35
    assert quality.kappa == pytest.approx((0.8 - chance) / (1 - chance))
    first = quality.at(0)
    assert_allclose(first.against_truth, [[0.2, 0.05], [0.06, 0.69]])
    document = first.to_document()
    assert document["sensitivity"] == pytest.approx(0.69 / 0.74)
    assert document["specificity"] == pytest.approx(0.2 / 0.26)
    assert document["pass_is_right"] == pytest.approx(0.69 / 0.75)
    assert document["fail_is_right"] == pytest.approx(0.2 / 0.25)
    assert "sensitivity" not in quality.to_document()
    with pytest.raises(StatisticsError, match="quality_two_categories"):
        quality.shares()


def test_where_everybody_gets_one_decision_there_is_no_kappa_but_a_reason() -> None:
    quality = from_errors(
        Abilities(np.array([0.0]), np.array([1.0])), standard_errors=np.array([0.01]), cuts=[5.0]
    ).quality
    document = quality.to_document()
    assert (document["kappa"], document["reason"]) == (None, "one_decision_for_all")
    assert document["sensitivity"] is None


def test_documents_name_each_cut() -> None:
    cuts = lee(SMALL, cuts=[2, 4]).to_document()["cuts"]
    assert isinstance(cuts, list)
    assert [cut["score"] for cut in cuts] == [2.0, 4.0]
    cuts = rudner(SMALL, cuts=[0.5]).to_document()["cuts"]
    assert isinstance(cuts, list)
    assert [cut["theta"] for cut in cuts] == [0.5]


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("curve_parameters", lambda: ItemCurve("x", 0.0, (0.0,))),
        ("curve_parameters", lambda: ItemCurve("x", 1.0, ())),
        ("curve_parameters", lambda: ItemCurve("x", 1.0, (0.0,), guess=0.9, upper=0.8)),
        ("curve_parameters", lambda: ItemCurve("x", 1.0, (0.0, 1.0), guess=0.1)),
        ("curve_parameters", lambda: ItemCurve("x", 1.0, (1.0, 0.0))),
        ("curve_parameters", lambda: ItemCurve("x", float("nan"), (1.0,))),
        ("quality_no_people", lambda: from_conditional(np.zeros(1), np.ones((1, 1)), _first(), categories=1)),
        ("curves_missing", lambda: lee([], cuts=[1])),
        ("curves_missing", lambda: rudner([], cuts=[1])),
        ("scores_many", lambda: lee([ItemCurve("x", 1.0, tuple(map(float, range(5001))))], cuts=[1])),
        ("cut_outside", lambda: lee(SMALL, cuts=[8])),
        ("cut_outside", lambda: lee(SMALL, cuts=[0])),
        ("cut_order", lambda: lee(SMALL, cuts=[3, 3])),
        ("cut_missing", lambda: lee(SMALL, cuts=[])),
        ("cut_outside", lambda: rudner(SMALL, cuts=[float("nan")], abilities=POINTS)),
        ("no_information", lambda: rudner(SMALL[:1], cuts=[0], abilities=_far())),
        ("errors_shape", lambda: from_errors(POINTS, standard_errors=np.ones(3), cuts=[0])),
        ("errors_shape", lambda: from_errors(POINTS, standard_errors=np.zeros(33), cuts=[0])),
        ("abilities_shape", lambda: Abilities(np.zeros(2), np.zeros(2))),
        ("abilities_shape", lambda: Abilities(np.zeros(2), np.ones(3))),
        ("abilities_shape", lambda: normal_population(sd=0.0)),
        ("abilities_shape", lambda: normal_points(1)),
        ("abilities_shape", lambda: normal_points(9, reach=0)),
        ("table_shape", lambda: people(SMALL, np.zeros((2, 3)))),
        ("scores_not_of_curve", lambda: people(SMALL, np.array([[0.0, 3.0, 0.0, 0.0]]))),
    ],
)
def test_what_cannot_be_is_refused_by_name(code: str, call: object) -> None:
    assert callable(call)
    with pytest.raises(StatisticsError, match=code):
        call()


def _far() -> Abilities:
    return Abilities(np.array([0.0, 5000.0]), np.ones(2))


def _first() -> np.ndarray:
    return np.zeros(1, dtype=np.int64)
