# SPDX-License-Identifier: Apache-2.0
"""The K-index and its relatives against loops over persons, other people's regressions, and a table worked by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from scoring.forensics.k_index import KVariant, WrongAnswers
from scoring.forensics.options import Answers
from scoring.forensics.regression import loglinear_fit, polynomial_fit
from tests.unit.scoring.forensics.sittings import no_answers, sitting


def by_loops(answers: Answers, copier: int, source: int, guess: float = 0.25) -> dict[str, float]:
    """All five p-values of one pair, group by group as CopyDetect 1.3 defines them."""
    codes, scored = answers.codes, answers.scored()
    items = codes.shape[1]
    wrong = [set(np.flatnonzero(row == 0)) for row in scored]
    right = [set(np.flatnonzero(row == 1)) for row in scored]

    def shared(person: int) -> int:
        return sum(codes[person, item] == codes[source, item] for item in wrong[source])

    def members(count: int, *, without: int | None = None) -> list[int]:
        return [n for n in range(len(codes)) if len(wrong[n]) == count and n != without]

    own = len(wrong[copier])
    ws = len(wrong[source])
    share = np.mean([shared(n) for n in members(own)]) / ws
    scores, means, weighted, easy_of = [], [], [], {}
    for count in range(items + 1):
        group = members(count, without=source)
        if group:
            easy = {i: sum(i in right[n] for n in group) / len(group) for i in right[source]}
            weight = {
                i: ((1 + guess) / (1 - guess) * math.e) ** (-easy[i] * (1 + guess) / guess) for i in easy
            }
            easy_of[count] = weight
            scores.append(count)
            means.append(np.mean([shared(n) for n in group]))
            weighted.append(np.mean([sum(weight[i] for i in right[n] & right[source]) for n in group]))
    x = np.array(scores, dtype=float)
    y = np.array(means)
    line = np.polynomial.Polynomial.fit(x, y / ws, 1)(own)
    curve = np.polynomial.Polynomial.fit(x, y / ws, 2)(own)
    design = sm.add_constant(x)
    rate = math.exp(sm.GLM(y, design, family=sm.families.Poisson()).fit(tol=1e-12).params @ [1, own])
    both = sm.GLM(y + np.ceil(weighted), design, family=sm.families.Poisson()).fit(tol=1e-12)
    both_rate = math.exp(both.params @ [1, own])
    m = shared(copier)
    mm = m + math.ceil(sum(easy_of[own][i] for i in right[copier] & right[source]))

    def poisson(least: int, most: int, mean: float) -> float:
        return sum(stats.poisson.pmf(n, mean) for n in range(least, most + 1))

    return {
        "k": stats.binom.sf(m - 1, ws, share),
        "k1": stats.binom.sf(m - 1, ws, min(max(line, 0.001), 0.999)),
        "k2": stats.binom.sf(m - 1, ws, min(max(curve, 0.001), 0.999)),
        "s1": poisson(m, ws, min(rate, ws)),
        "s2": poisson(mm, items, min(both_rate, items)),
    }


def test_all_variants_are_what_loops_over_persons_give() -> None:
    answers, _, _, _ = sitting(60, 14, seed=8)
    wrong = WrongAnswers(answers)
    counts = wrong.wrong_count
    same_group = next(
        (a, b) for a in range(60) for b in range(60) if a != b and counts[a] == counts[b] and counts[b] > 2
    )
    for copier, source in [(0, 1), (1, 0), (5, 9), (20, 33), (41, 7), same_group]:
        expected = by_loops(answers, copier, source)
        block = wrong.block(np.array([source]))
        for variant in KVariant:
            assert block.p_values(variant)[copier, 0] == pytest.approx(expected[variant.value], rel=1e-6)


def test_k_of_a_table_worked_by_hand() -> None:
    # Source p0 is wrong on i0, i1, i2 (B, B, B). p1 (copier) and p2 have two wrong: p1 shares both, p2 one of them.
    answers = no_answers(3, 4, 4)
    answers.codes[:] = [[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 2, 0]]
    block = WrongAnswers(answers).block(np.array([0]))
    # expected share: mean(2, 1) / 3 = 1/2, so P(X >= 2 | 3 trials) = 1/2 and P(X >= 1) = 7/8
    assert block.p_values(KVariant.K)[1:, 0] == pytest.approx([0.5, 0.875], abs=1e-15)
    # one group besides the source has no line: K1 to S2 cannot be had
    for variant in (KVariant.K1, KVariant.K2, KVariant.S1, KVariant.S2):
        assert np.isnan(block.p_values(variant)[1:, 0]).all()


def test_a_source_without_a_wrong_answer_has_no_index() -> None:
    answers, _, _, _ = sitting(30, 6)
    answers.codes[4] = 0
    block = WrongAnswers(answers).block(np.array([4]))
    for variant in KVariant:
        assert np.isnan(block.p_values(variant)).all()


def test_sources_in_one_block_do_not_touch_each_other() -> None:
    answers, _, _, _ = sitting(40, 10, seed=3)
    wrong = WrongAnswers(answers, guessing=0.2)
    together = wrong.block(np.arange(40))
    for source in (0, 17, 39):
        alone = wrong.block(np.array([source]))
        for variant in KVariant:
            assert together.p_values(variant)[:, source] == pytest.approx(
                alone.p_values(variant)[:, 0], rel=1e-9, nan_ok=True
            )


def test_scored_data_take_the_guessing_chance_of_copydetect() -> None:
    answers, _, _, _ = sitting(60, 30, options=2)
    answers = replace(answers, codes=1 - answers.codes)  # a hard paper, so that right answers weigh something
    by_default = WrongAnswers(answers).block(np.array([2])).p_values(KVariant.S2)
    stated = WrongAnswers(answers, guessing=0.2).block(np.array([2])).p_values(KVariant.S2)
    other = WrongAnswers(answers, guessing=0.8).block(np.array([2])).p_values(KVariant.S2)
    assert by_default == pytest.approx(stated, nan_ok=True)
    assert not np.allclose(stated, other, equal_nan=True)


def test_polynomials_need_more_points_than_powers() -> None:
    x = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
    columns = np.array([[1.0, np.nan], [np.nan, np.nan], [2.0, 3.0], [2.5, np.nan], [5.0, 1.0]])
    found = polynomial_fit(x, columns, degree=2)
    known = [0, 2, 3, 4]
    assert found[:, 0] == pytest.approx(np.polyval(np.polyfit(x[known], columns[known, 0], 2), x))
    assert np.isnan(found[:, 1]).all()
    assert np.isnan(polynomial_fit(x, columns, degree=4)).all()


def test_loglinear_curves_are_those_of_a_generalised_linear_model() -> None:
    draw = np.random.default_rng(6)
    x = np.linspace(0, 1, 12)
    columns = draw.poisson(np.exp(0.3 + 1.5 * x)[:, None], (12, 5)).astype(float)
    columns[[0, 3], 1] = np.nan
    columns[:, 2] = 0.0
    columns[:, 3] = np.nan
    found = loglinear_fit(x, columns)
    for column in (0, 1, 4):
        known = np.isfinite(columns[:, column])
        fit = sm.GLM(columns[known, column], sm.add_constant(x[known]), family=sm.families.Poisson()).fit(
            tol=1e-12
        )
        assert found[:, column] == pytest.approx(np.exp(sm.add_constant(x) @ fit.params), rel=1e-7)
    assert np.isnan(found[:, 2:4]).all()
    assert loglinear_fit(x, columns, steps=1)[:, 0] != pytest.approx(found[:, 0], rel=1e-9)
    assert np.isnan(loglinear_fit(x, columns[:, 2:4])).all()
