# SPDX-License-Identifier: Apache-2.0
"""Odd patterns, drifting items, surprising right answers: worked by hand, enumerated, and their false alarms simulated."""

from itertools import combinations, product

import numpy as np
import pytest
from scipy import stats

from scoring.errors import StatisticsError
from scoring.forensics.drift import item_drift
from scoring.forensics.guttman import guttman, sample_given_score
from scoring.forensics.patterns import lower_tail, odd_patterns
from scoring.forensics.surprise import RightChances, late_changes, right_chances, surprising_rights
from scoring.tables import ResponseTable

NAN = float("nan")


def rasch(persons: int, items: int, draw: np.random.Generator) -> ResponseTable:
    ability, difficulty = draw.normal(size=(persons, 1)), np.linspace(-1.5, 1.5, items)
    return ResponseTable.of(
        (draw.random((persons, items)) < 1 / (1 + np.exp(difficulty - ability))).astype(float)
    )


def stairs() -> ResponseTable:
    """Thirty persons, four items with shares right of .8, .6, .4, .2."""
    rows = np.zeros((30, 4))
    for item, count in enumerate((24, 18, 12, 6)):
        rows[:count, item] = 1
    return ResponseTable.of(rows)


def test_guttman_errors_and_u3_of_patterns_worked_by_hand() -> None:
    table = stairs()
    table.scores[0] = [0, 1, 0, 1]  # was all right: the shares become 23, 18, 11, 6 of 30
    table.scores[29] = [0, 0, 1, 0]  # was all wrong: third item 12 again
    found = guttman(table, draw=np.random.default_rng(1), draws=99)
    share = np.array([23, 18, 12, 6]) / 30
    w = np.log(share / (1 - share))
    # 0 1 0 1: before the right second one wrong, before the right fourth two: three errors of at most 2 * 2
    assert (found.errors[0], found.normed[0]) == (3, 0.75)
    assert found.u3[0] == pytest.approx((w[0] + w[1] - w[1] - w[3]) / (w[0] + w[1] - w[2] - w[3]))
    assert (found.errors[29], found.normed[29]) == (2, pytest.approx(2 / 3))
    assert found.u3[29] == pytest.approx((w[0] - w[2]) / (w[0] - w[3]))
    assert found.u3[20] == 0
    assert found.p[20] == 1
    assert np.isnan(found.u3[5 + 20])  # nothing right


def test_among_items_of_the_same_difficulty_no_pattern_is_odd() -> None:
    table = rasch(60, 6, np.random.default_rng(1))
    table.scores[:, 1] = table.scores[::-1, 0]
    table.scores[4, 2:] = NAN
    table.scores[4, :2] = table.scores[55, :2] = [0, 1]
    table.scores[55, 0], table.scores[55, 1] = 1, 0
    found = guttman(table, draw=np.random.default_rng(1))
    assert np.isnan(found.u3[4])
    assert np.isnan(found.p[4])
    assert np.isfinite(found.u3[55])


def test_draws_that_keep_the_score_have_the_chances_of_the_rasch_model() -> None:
    odds = np.array([0.5, 1.0, 2.0, 4.0])
    drawn = sample_given_score(odds, 2, 40_000, np.random.default_rng(2))
    assert (drawn.sum(axis=1) == 2).all()
    weight = {pair: odds[list(pair)].prod() for pair in combinations(range(4), 2)}
    for pair, value in weight.items():
        share = drawn[:, list(pair)].all(axis=1).mean()
        assert share == pytest.approx(value / sum(weight.values()), abs=0.01)


def test_patterns_of_the_model_raise_no_more_alarms_than_stated() -> None:
    draw = np.random.default_rng(3)
    u3, star, alarms = [], [], 0
    for number in range(10):
        table = rasch(250, 20, draw)
        if number % 2:
            table.scores[:, :10][draw.random((250, 10)) < 0.3] = NAN
        found = odd_patterns(table, draw=draw, model="rasch", draws=199)
        u3 += found.guttman.p[np.isfinite(found.guttman.p)].tolist()
        star += found.p[np.isfinite(found.p)].tolist()
        alarms += bool(found.flagged.any() or found.guttman.flagged.any())
    for p in (np.array(u3), np.array(star)):
        assert (p <= 0.05).mean() <= 0.062
        assert (p <= 0.01).mean() <= 0.015
    assert (np.array(u3) <= 0.05).mean() >= 0.035
    assert alarms <= 3


@pytest.mark.battery
def test_lz_star_with_its_skewness_keeps_its_level_far_out() -> None:
    draw = np.random.default_rng(4)
    p, normal = [], []
    for _ in range(60):
        found = odd_patterns(rasch(500, 20, draw), draw=draw, model="rasch", draws=99)
        p += found.p[np.isfinite(found.p)].tolist()
        normal += found.p_normal[np.isfinite(found.p)].tolist()
    assert (np.array(p) <= 0.001).mean() <= 0.0015
    assert (np.array(normal) <= 0.001).mean() >= 0.0015  # what the correction is for


def test_somebody_who_knows_only_the_hard_half_is_named() -> None:
    table = rasch(300, 24, np.random.default_rng(5))
    table.scores[9] = [0] * 12 + [1] * 12
    found = odd_patterns(table, draw=np.random.default_rng(6), draws=9999)
    assert found.flagged[9]
    assert found.guttman.flagged[9]
    assert found.lz_star[9] < -4
    assert found.p[9] > found.p_normal[9]  # the law leans to the left
    assert found.skewness[9] < 0


def test_the_lower_tail_is_that_of_pearsons_third_type() -> None:
    z, skewness = np.array([-2.0, -2.0, 1.0, -2.5]), np.array([-0.6, 0.4, -0.3, 0.0])
    expected = [*(stats.pearson3.cdf(z[:3], skewness[:3])), stats.norm.cdf(-2.5)]
    assert lower_tail(z, skewness) == pytest.approx(expected, rel=1e-9)


def test_patterns_that_cannot_be_judged_are_refused() -> None:
    draw = np.random.default_rng(1)
    with pytest.raises(StatisticsError, match="persons_too_few_to_compare"):
        guttman(rasch(29, 5, draw), draw=draw)
    with pytest.raises(StatisticsError, match="bad_draws"):
        guttman(stairs(), draw=draw, draws=98)
    with pytest.raises(StatisticsError, match="score_model_unknown"):
        odd_patterns(rasch(300, 5, draw), draw=draw, model="4pl")
    with pytest.raises(StatisticsError, match="score_model_unknown"):
        right_chances(rasch(300, 5, draw), "4pl")


def sequence(*, leak: bool, draw: np.random.Generator) -> tuple[ResponseTable, list[float]]:
    """600 persons on 30 days; with a leak the item "3" is nearly always right from day 20 on."""
    table = rasch(600, 12, draw)
    days = np.repeat(np.arange(30.0), 20)
    if leak:
        table.scores[(days >= 20) & (draw.random(600) < 0.8), 2] = 1.0
    return table, days.tolist()


def test_an_item_that_leaks_is_found_and_so_is_the_day() -> None:
    table, days = sequence(leak=True, draw=np.random.default_rng(8))
    order = np.random.default_rng(9).permutation(600)
    found = item_drift(table.rows(order), np.array(days)[order].tolist(), known_leak=19)
    assert [one.item for one in found if one.flagged] == ["3"]
    leaked = found[2]
    assert leaked.turn == pytest.approx(19, abs=2)
    assert leaked.early is not None
    assert leaked.late is not None
    assert leaked.late > leaked.early
    assert leaked.p_after is not None
    assert leaked.p_after < 1e-6
    assert leaked.p_harder is not None
    assert leaked.p_harder > 0.5


def test_the_path_and_the_late_test_are_what_a_loop_gives() -> None:
    # one stratum (all rest scores equal): residual = score - mean, variance mean (1 - mean) n / (n - 1)
    score = np.array([0, 1, 0, 0, 1, 0, 1, 1, 0, 1] * 12, dtype=float)
    table = ResponseTable.of(np.column_stack([score, np.ones(120)]))
    days = np.repeat(np.arange(12.0), 10)
    days[60:] += np.arange(60) // 30
    found = item_drift(table, days.tolist(), known_leak=5)[0]
    spread = np.sqrt(120 * 0.25 * 120 / 119)
    path = [sum(score[days <= day] - 0.5) / spread for day in np.unique(days)]
    assert found.easier == pytest.approx(max(0.0, -min(path)))
    assert found.harder == pytest.approx(max(0.0, *path))
    assert found.p_easier == pytest.approx(np.exp(-2 * max(0.0, -min(path)) ** 2))
    late = days > 5
    expected = late.sum() * 0.5
    variance = late.sum() * (120 - late.sum()) * 60 * 60 / (120**2 * 119)
    assert found.z == pytest.approx((score[late].sum() - expected) / np.sqrt(variance))
    assert item_drift(table, days.tolist())[1].reason == "no_variation"


def test_items_without_drift_raise_no_more_alarms_than_stated() -> None:
    draw = np.random.default_rng(10)
    p, late, alarms = [], [], 0
    for _ in range(30):
        table, days = sequence(leak=False, draw=draw)
        found = item_drift(table, days, known_leak=14)
        p += [one.p_easier for one in found]
        late += [one.p_after for one in found]
        alarms += any(one.flagged for one in found)
    assert (np.array(p) <= 0.05).mean() <= 0.06
    assert (np.array(late) <= 0.05).mean() == pytest.approx(0.05, abs=0.03)
    assert alarms <= 5


def test_an_item_that_cannot_be_followed_says_why() -> None:
    table = rasch(150, 3, np.random.default_rng(1))
    table.scores[:60, 0] = NAN
    few, *_ = item_drift(table, list(range(150)))
    assert (few.reason, few.answers, few.flagged) == ("too_few_answers", 90, False)
    assert {one.reason for one in item_drift(table, [1.0] * 150)} == {"too_few_answers", "one_instant"}
    late = item_drift(table, list(range(150)), known_leak=1e9)
    assert late[1].z is None
    with pytest.raises(StatisticsError, match="instants_shape"):
        item_drift(table, [1.0] * 149)
    with pytest.raises(StatisticsError, match="instants_shape"):
        item_drift(table, [NAN] * 150)


def test_a_few_persons_of_the_highest_ability_join_those_before_them() -> None:
    draw = np.random.default_rng(2)
    rest = np.zeros((104, 4))
    rest[100:] = 1
    table = ResponseTable.of(np.column_stack([draw.random(104) < 0.5, rest]).astype(float))
    assert item_drift(table, list(range(104)))[0].reason is None


def two_nodes() -> RightChances:
    chances = np.array([[0.2, 0.8], [0.3, 0.9], [0.4, 0.6], [0.5, 0.5], [0.1, 0.7], [0.2, 0.9], [0.3, 0.6]])
    return RightChances(chances, np.array([0.6, 0.4]))


def test_a_surprise_is_the_predictive_tail_by_enumeration() -> None:
    known = two_nodes()
    row = np.array([1, 1, 0, 1, 0, 0, 1], dtype=float)
    tested = np.array([[True, True, False, False, False, False, False]])
    found = surprising_rights(ResponseTable.of([row]), tested, known)
    posterior = known.shares.copy()
    for item in range(2, 7):
        posterior = posterior * np.where(row[item] == 1, known.chances[item], 1 - known.chances[item])
    posterior = posterior / posterior.sum()
    law = np.zeros(3)
    for outcome in product((0, 1), repeat=2):
        chance = np.prod(
            [np.where(x, known.chances[n], 1 - known.chances[n]) for n, x in enumerate(outcome)], axis=0
        )
        law[sum(outcome)] += posterior @ chance
    assert found.p[0] == pytest.approx(law[2])
    mean = law @ np.arange(3)
    assert found.expected[0] == pytest.approx(mean)
    assert found.sd[0] == pytest.approx(np.sqrt(law @ np.arange(3) ** 2 - mean**2))
    spread = posterior @ (known.chances[:2] * (1 - known.chances[:2])).sum(axis=0)
    assert found.index[0] == pytest.approx((2 - 0.5 - mean) / np.sqrt(spread))
    few = surprising_rights(ResponseTable.of([row]), np.array([[True] * 3 + [False] * 4]), known)
    assert np.isnan(few.p[0])
    assert not few.flagged[0]


def test_items_known_beforehand_are_found_and_honest_people_left_alone() -> None:
    draw = np.random.default_rng(14)
    exposed = np.zeros((300, 30), dtype=np.bool_)
    exposed[:, 15:] = True
    rates, alarms = [], 0
    for _ in range(8):
        table = rasch(300, 30, draw)
        found = surprising_rights(table, exposed, right_chances(table, "rasch"))
        rates.append([(found.p <= level).mean() for level in (0.05, 0.01)])
        alarms += bool(found.flagged.any())
    assert (np.mean(rates, axis=0) <= [0.05, 0.01]).all()
    assert alarms <= 2
    table = rasch(300, 30, draw)
    table.scores[6, :15] = [1] * 4 + [0] * 11
    table.scores[6, 15:] = 1
    assert np.flatnonzero(surprising_rights(table, exposed, right_chances(table)).flagged).tolist() == [6]


def test_an_item_without_parameters_is_neither_tested_nor_telling() -> None:
    table = rasch(200, 12, np.random.default_rng(3))
    table.scores[:, 4] = 1.0
    known = right_chances(table, "rasch")
    assert np.isnan(known.chances[4]).all()
    tested = np.zeros(table.scores.shape, dtype=np.bool_)
    tested[:, 4:6] = True
    assert (surprising_rights(table, tested, known).tested == 1).all()


def test_changes_after_the_bell_are_counted_and_judged() -> None:
    known = two_nodes()
    before = ResponseTable.of([[0, 0, 1, 0, 0, 0, NAN], [1, 1, 1, 1, 0, 0, 0]])
    after = ResponseTable.of([[1, 0, 0, 0, 0, 0, 1], [1, 1, 1, 1, 0, 0, 0]])
    touched = np.zeros((2, 7), dtype=np.bool_)
    touched[0, 1] = True  # from one wrong option to another
    found = late_changes(before, after, known, changed=touched)
    assert found.changed.tolist() == [4, 0]
    assert found.wrong_to_right.tolist() == [1, 0]
    assert found.right_to_wrong.tolist() == [1, 0]
    assert found.wrong_to_wrong.tolist() == [1, 0]
    assert found.new.tolist() == [1, 0]
    assert np.isnan(found.surprise.p).all()  # three answers do not tell an ability
    assert late_changes(before, after, known).changed.tolist() == [3, 0]
    with pytest.raises(StatisticsError, match="changes_shape"):
        late_changes(before, ResponseTable.of([[1.0]]), known)
    with pytest.raises(StatisticsError, match="tested_shape"):
        surprising_rights(after, touched[:1], known)


def test_many_late_answers_turned_right_are_an_alarm() -> None:
    table = rasch(300, 30, np.random.default_rng(21))
    known = right_chances(table)
    before = ResponseTable.of(table.scores.copy())
    weak = int(np.argsort(table.scores.sum(axis=1))[20])
    table.scores[weak, table.scores[weak] == 0] = 1.0
    table.scores[weak, :8] = before.scores[weak, :8]
    found = late_changes(before, table, known)
    assert np.flatnonzero(found.surprise.flagged).tolist() == [weak]
    assert found.surprise.index[weak] > 3
