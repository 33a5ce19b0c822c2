# SPDX-License-Identifier: Apache-2.0
"""Pairs that agree too well: exact against loops, planted copies found, controls held, nothing dropped in silence."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from scoring.errors import StatisticsError
from scoring.fairness.multiple import Control, adjusted
from scoring.forensics.matching import both_choose
from scoring.forensics.options import Answers, OptionChances, nominal_chances
from scoring.forensics.pairs import AlarmRule, PairMethod, clusters_of, similar_pairs
from scoring.forensics.tails import distribution, normal_upper, upper_tails
from tests.unit.scoring.forensics.sittings import sitting


def gbt_by_loops(answers: Answers, model: OptionChances, a: int, b: int) -> tuple[float, int, float]:
    """p, matches and expected matches of a pair, item by item."""
    chances, matches = [], 0
    for item in range(len(answers.items)):
        if answers.codes[a, item] < 0 or answers.codes[b, item] < 0:
            continue
        chances.append(
            sum(model.chances[a, item, option] * model.chances[b, item, option] for option in range(4))
        )
        matches += answers.codes[a, item] == answers.codes[b, item]
    return distribution(chances)[matches:].sum(), matches, sum(chances)


def with_gaps(answers: Answers) -> Answers:
    """Without the answers to items that each person was not given, as in papers of one's own."""
    draw = np.random.default_rng(12)
    return replace(answers, codes=np.where(draw.random(answers.codes.shape) < 0.2, -1, answers.codes))


def test_every_pair_has_the_exact_p_of_its_own_items() -> None:
    answers, model, _, _ = sitting(30, 25)
    answers = with_gaps(answers)
    everybody = list(combinations(range(30), 2))
    report = similar_pairs(answers, PairMethod.GBT, model=model, ask=everybody)
    assert (report.tests, report.exact, report.skipped) == (435, 435, 0)
    for pair in report.asked:
        p, matches, expected = gbt_by_loops(answers, model, pair.first, pair.second)
        assert pair.p == pytest.approx(p, rel=1e-10)
        assert (pair.matches, pair.expected) == (matches, pytest.approx(expected))
        assert pair.p_exact == pair.p
        same = answers.codes[pair.first] == answers.codes[pair.second]
        wrong = np.flatnonzero(same & (answers.codes[pair.first] > 0))
        assert pair.same_wrong_items == tuple(wrong)
        assert pair.same_wrong == wrong.size
        assert pair.same_right == matches - wrong.size
    all_p = np.array([pair.p for pair in report.asked])
    assert [pair.p_adjusted for pair in report.asked] == pytest.approx(adjusted(all_p))


def test_omega_is_wollacks_statistic_with_the_exact_tail_beside_it() -> None:
    answers, model, _, _ = sitting(20, 30)
    answers = with_gaps(answers)
    report = similar_pairs(answers, PairMethod.OMEGA, model=model, ask=[(3, 8), (8, 3)])
    assert report.tests == 20 * 19
    for pair in report.asked:
        both = (answers.codes[pair.first] >= 0) & (answers.codes[pair.second] >= 0)
        chances = np.array(
            [
                model.chances[pair.first, item, answers.codes[pair.second, item]]
                for item in np.flatnonzero(both)
            ]
        )
        omega = (pair.matches - chances.sum()) / np.sqrt((chances * (1 - chances)).sum())
        assert pair.statistic == pytest.approx(omega)
        assert pair.p == pytest.approx(float(normal_upper(omega)))
        assert pair.p_exact == pytest.approx(distribution(chances)[pair.matches :].sum())
    assert report.asked[0].statistic != pytest.approx(report.asked[1].statistic)


@pytest.mark.parametrize("method", list(PairMethod))
def test_a_planted_copy_is_found_and_nobody_else_is_named(method: PairMethod) -> None:
    answers, model, _, _ = sitting(150, 60, seed=21)
    low, high = np.argsort(answers.scored().sum(axis=1))[[30, 90]]
    answers.codes[low, :45] = answers.codes[high, :45]
    report = similar_pairs(answers, method, model=model)
    assert {frozenset((pair.first, pair.second)) for pair in report.pairs} == {frozenset((low, high))}
    assert report.clusters == (tuple(sorted((low, high))),)
    best = report.pairs[0]
    assert best.flagged
    assert best.p_adjusted <= 0.05
    assert best.longest_run >= 45
    assert best.same_wrong is not None
    assert best.same_wrong > 8


def test_only_pairs_of_the_same_group_are_compared() -> None:
    answers, _, slopes, intercepts = sitting(40, 50, seed=2)
    answers.codes[0] = answers.codes[1] = answers.codes[39]
    model = nominal_chances(answers, slopes, intercepts)
    groups = ["north"] * 20 + ["south"] * 19 + ["alone"]
    report = similar_pairs(answers, PairMethod.GBT, model=model, groups=groups, ask=[(0, 39)])
    assert report.tests == 190 + 171
    assert {(pair.first, pair.second) for pair in report.pairs} == {(0, 1)}
    # asked for across groups: told, but it was no test of this family
    (across,) = report.asked
    assert not across.flagged
    assert across.p_adjusted == pytest.approx(min(1.0, across.p * report.tests))


def test_screening_misses_no_alarm_of_any_control() -> None:
    answers, _, slopes, intercepts = sitting(202, 40, seed=4)
    draw = np.random.default_rng(4)
    for copier in range(0, 40, 2):  # copies from next to nothing up to most of the paper
        copied = draw.random(40) < copier / 40
        answers.codes[copier] = np.where(copied, answers.codes[copier + 1], answers.codes[copier])
    model = nominal_chances(answers, slopes, intercepts)
    everybody = np.array(list(combinations(range(202), 2)))
    chances = both_choose(answers, model, everybody[:, 0], everybody[:, 1])
    same = (answers.codes[everybody[:, 0]] == answers.codes[everybody[:, 1]]).sum(axis=1)
    exact = upper_tails(chances, same)
    for rate in (0.001, 0.2):
        for control in (Control.BH, Control.BY, Control.HOLM, Control.NONE):
            report = similar_pairs(answers, PairMethod.GBT, model=model, rule=AlarmRule(rate, control))
            alarms = {tuple(pair) for pair in everybody[adjusted(exact, control) <= rate].tolist()}
            assert report.tests == len(everybody)
            assert {(pair.first, pair.second) for pair in report.pairs} == alarms
            assert alarms
    assert similar_pairs(answers, PairMethod.GBT, model=model).exact < 1000


def test_persons_who_share_no_item_are_no_test() -> None:
    answers, model, _, _ = sitting(30, 20)
    answers.codes[:15, :10] = -1
    answers.codes[15:, 10:] = -1
    report = similar_pairs(answers, PairMethod.GBT, model=model)
    assert (report.tests, report.skipped) == (2 * 105, 15 * 15)


def test_sources_without_a_wrong_answer_are_counted_as_skipped() -> None:
    answers, _, _, _ = sitting(30, 20)
    answers.codes[4] = 0
    report = similar_pairs(answers, PairMethod.K)
    assert (report.tests, report.skipped) == (29 * 29, 29)


@pytest.mark.parametrize("method", [PairMethod.GBT, PairMethod.S2])
def test_one_person_alone_is_no_pair(method: PairMethod) -> None:
    answers, model, _, _ = sitting(30, 5)
    alone = list(range(30))
    report = similar_pairs(answers, method, model=model, groups=alone)
    assert (report.tests, report.pairs, report.clusters) == (0, (), ())


def test_without_a_key_the_kind_of_agreement_is_not_told() -> None:
    answers, _, slopes, intercepts = sitting(40, 40)
    answers = replace(answers, right=None)
    answers.codes[3] = answers.codes[9]
    model = nominal_chances(answers, slopes, intercepts)
    (pair,) = similar_pairs(answers, PairMethod.GBT, model=model).pairs
    assert (pair.first, pair.second, pair.same_right, pair.same_wrong) == (3, 9, None, None)
    assert pair.same_wrong_items is None
    with pytest.raises(StatisticsError, match="key_needed"):
        similar_pairs(answers, PairMethod.K)


def test_what_cannot_be_compared_is_refused_by_name() -> None:
    answers, model, _, _ = sitting(30, 5)
    with pytest.raises(StatisticsError, match="model_needed"):
        similar_pairs(answers, PairMethod.OMEGA)
    for pair in [(1, 1), (0, 30), (-1, 2)]:
        with pytest.raises(StatisticsError, match="pair_unknown"):
            similar_pairs(answers, PairMethod.GBT, model=model, ask=[pair])
    with pytest.raises(StatisticsError, match="bad_rate"):
        AlarmRule(1.0)
    with pytest.raises(StatisticsError, match="control_not_for_pairs"):
        AlarmRule(0.05, Control.HOCHBERG)


def test_clusters_join_what_pairs_touch() -> None:
    assert clusters_of([(5, 6), (1, 2), (2, 9), (9, 4)]) == ((1, 2, 4, 9), (5, 6))
    assert clusters_of([]) == ()
