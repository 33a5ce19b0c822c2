# SPDX-License-Identifier: Apache-2.0
"""Mantel-Haenszel: what the R package difR prints for the verbal aggression data, and the formulas written out."""

from __future__ import annotations

from fractions import Fraction
from math import comb, log

import numpy as np
import pytest

from scoring.fairness.groups import grouping
from scoring.fairness.mantel_haenszel import (
    Ets,
    MantelHaenszel,
    ets_by_significance,
    ets_by_size,
    exact_p,
    mantel_haenszel,
)
from scoring.fairness.matching import Matcher
from scoring.tables import ResponseTable
from tests.unit.scoring.fairness.verbal_aggression import gender, yes_or_no

# difMH(verbal, group = "Gender", focal.name = 1) of difR 5.1 (Magis, Beland, Tuerlinckx & De Boeck 2010): chi-square with the
# correction, without it, odds ratio, delta, z of the log odds ratio, exact p, and the class by |delta|
DIFR = """
1.7076  2.2151 1.7005 -1.2476  1.4759 0.1485 B
2.1486  2.6579 1.7702 -1.3420  1.6751 0.1373 B
0.9926  1.3392 1.4481 -0.8701  1.1404 0.2630 A
1.9302  2.5359 1.9395 -1.5567  1.6327 0.1527 C
2.9540  3.5755 1.9799 -1.6052  1.9103 0.0835 C
9.6032 10.6034 2.8804 -2.4861  3.1373 0.0015 C
0.0013  0.0356 0.9439  0.1358 -0.1889 0.8798 A
0.6752  0.9709 0.7194  0.7741 -0.9984 0.3304 A
0.8185  1.1630 1.5281 -0.9965  1.1136 0.3021 A
1.6292  2.1003 1.6849 -1.2260  1.4869 0.1673 B
0.0152  0.0838 1.0901 -0.2028  0.2735 0.8680 A
4.1188  4.8072 2.3458 -2.0036  2.2368 0.0334 C
0.1324  0.3083 0.7967  0.5340 -0.5675 0.7016 A
2.7501  3.3869 0.4995  1.6313 -1.8434 0.0708 C
0.0683  0.1880 1.1765 -0.3821  0.4495 0.7313 A
6.3029  7.2126 0.3209  2.6709 -2.6614 0.0082 C
6.8395  7.7670 0.3746  2.3072 -2.6876 0.0059 C
0.2170  0.4256 0.7931  0.5447 -0.6396 0.5756 A
5.7817  6.5479 0.4616  1.8165 -2.4687 0.0131 C
3.8880  4.6194 0.4727  1.7606 -2.1368 0.0345 C
0.2989  0.6927 0.6373  1.0585 -0.8366 0.3998 B
1.1220  1.5020 0.6444  1.0327 -1.2436 0.2462 B
1.4491  1.8592 0.6385  1.0541 -1.3810 0.2010 B
0.8390  1.2302 1.6053 -1.1123  1.1203 0.3341 B
"""


def verbal_items() -> list[MantelHaenszel]:
    table = yes_or_no()
    matcher = Matcher(table, grouping(gender(), table.weights, focal=["M"]))
    everything = np.ones(24, dtype=bool)
    return [mantel_haenszel(matcher.item(place, everything), exact=True) for place in range(24)]


def test_every_figure_that_difr_prints_for_the_verbal_aggression_data_is_found() -> None:
    for found, line in zip(verbal_items(), DIFR.strip().splitlines(), strict=True):
        *numbers, ets = line.split()
        corrected, plain, alpha, delta, z, exact = map(float, numbers)
        assert found.alpha_mh is not None
        assert found.se_log_alpha is not None
        figures = (found.chi2, found.chi2_uncorrected, found.alpha_mh, found.delta_mh, found.p_exact)
        assert figures == pytest.approx((corrected, plain, alpha, delta, exact), abs=6e-5)
        assert log(found.alpha_mh) / found.se_log_alpha == pytest.approx(z, abs=6e-5)
        assert found.ets == ets
        assert found.reason is None


def test_the_rule_of_significance_is_milder_than_the_rule_of_size() -> None:
    found = verbal_items()
    assert [item.ets_significance for item in found].count(Ets.C) == 2
    assert [item.ets for item in found].count(Ets.C) == 9
    assert found[5].ets_significance is Ets.C
    assert found[20].expected_enough is False  # S3DoShout: 20 shouts in all
    assert found[5].expected_enough is True


def table_of(cells: list[tuple[int, int, int, int]]) -> Matcher:
    """Strata as (reference right, wrong, focal right, wrong), matched on a score of their own."""
    scores, labels, weights, strata = [], [], [], []
    for stratum, (a, b, c, d) in enumerate(cells):
        for label, right, count in (("r", 1, a), ("r", 0, b), ("f", 1, c), ("f", 0, d)):
            scores.append([float(right)])
            labels.append(label)
            weights.append(float(count))
            strata.append(float(stratum))
    table = ResponseTable.of(scores, items=["item"], weights=weights)
    return Matcher(table, grouping(labels, table.weights, focal=["f"], reference="r"), np.array(strata))


def one(cells: list[tuple[int, int, int, int]], *, exact: bool = False) -> MantelHaenszel:
    return mantel_haenszel(table_of(cells).item(0, np.ones(1, dtype=bool)), exact=exact)


# Mantel & Haenszel (1959) worked through by Agresti (1990), p. 232: penicillin and rabbits.
RABBITS = [(0, 6, 0, 5), (3, 3, 0, 6), (6, 0, 2, 4), (5, 1, 6, 0), (2, 0, 5, 0)]


def test_penicillin_and_rabbits_are_as_agresti_has_them() -> None:
    found = one(RABBITS, exact=True)
    assert found.chi2 == pytest.approx(3.9286, abs=5e-5)  # R: mantelhaen.test(Rabbits)
    assert found.p == pytest.approx(0.04747, abs=5e-6)
    assert found.alpha_mh == pytest.approx(7.0, abs=1e-12)
    assert found.p_exact == pytest.approx(0.03994, abs=5e-6)
    assert found.strata == 3
    assert found.expected_enough is False


def test_admissions_to_berkeley_show_no_difference_given_the_department() -> None:
    # Bickel, Hammel & O'Connell (1975); R: mantelhaen.test(UCBAdmissions): 1.4269, p 0.2323, odds ratio 0.9047
    berkeley = [
        (512, 313, 89, 19), (353, 207, 17, 8), (120, 205, 202, 391),
        (138, 279, 131, 244), (53, 138, 94, 299), (22, 351, 24, 317),
    ]  # fmt: skip
    found = one(berkeley)
    assert found.chi2 == pytest.approx(1.4269, abs=5e-5)
    assert found.p == pytest.approx(0.2323, abs=5e-5)
    assert found.alpha_mh == pytest.approx(0.9047, abs=5e-5)
    assert found.ets is Ets.A


def test_the_formulas_are_those_of_an_independent_library() -> None:
    from statsmodels.stats.contingency_tables import StratifiedTable

    rng = np.random.default_rng(5)
    cells = [tuple(int(count) for count in rng.integers(3, 40, 4)) for _ in range(8)]
    found, theirs = (
        one(cells),
        StratifiedTable([np.array(cell).reshape(2, 2).astype(float) for cell in cells]),
    )
    assert found.alpha_mh == pytest.approx(theirs.oddsratio_pooled)
    assert found.se_log_alpha == pytest.approx(theirs.logodds_pooled_se)
    assert found.chi2 == pytest.approx(theirs.test_null_odds(correction=True).statistic)
    assert found.chi2_uncorrected == pytest.approx(theirs.test_null_odds(correction=False).statistic)


def exact_by_counting(cells: list[tuple[int, int, int, int]]) -> Fraction:
    """Every table with these margins, with its chance as a fraction."""
    chances = {0: Fraction(1)}
    for a, b, c, d in cells:
        reference, right, focal = a + b, a + c, c + d
        after: dict[int, Fraction] = {}
        for x in range(max(0, right - focal), min(reference, right) + 1):
            chance = Fraction(comb(reference, x) * comb(focal, right - x), comb(reference + focal, right))
            for before, weight in chances.items():
                after[before + x] = after.get(before + x, Fraction(0)) + weight * chance
        chances = after
    seen = chances[sum(cell[0] for cell in cells)]
    return sum((chance for chance in chances.values() if chance <= seen), Fraction(0))


def test_the_exact_p_is_counted_over_all_tables() -> None:
    for seed in range(6):
        rng = np.random.default_rng(seed)
        cells = [tuple(int(count) for count in rng.integers(0, 7, 4)) for _ in range(4)]
        columns = [np.array(column, dtype=np.float64) for column in zip(*cells, strict=True)]
        assert exact_p(*columns) == pytest.approx(float(exact_by_counting(cells)), abs=1e-12)


def test_an_exact_p_needs_whole_persons() -> None:
    assert exact_p(*[np.array([1.5])] * 4) is None


def test_odds_without_bound_leave_the_test_and_say_so() -> None:
    found = one([(10, 0, 5, 5), (8, 0, 4, 4)])
    assert found.alpha_mh is None
    assert found.delta_mh is None
    assert found.ets is None
    assert found.ets_significance is None
    assert found.reason == "odds_ratio_without_bound"
    assert found.chi2 is not None
    assert found.chi2 > 3.84


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ([(3, 2, 4, 9)], "too_few_persons"),
        ([(20, 0, 30, 0)], "item_constant"),
        ([(20, 10, 0, 0), (0, 0, 20, 10)], "no_comparable_strata"),
    ],
)
def test_where_nothing_can_be_said_the_reason_is(cells: list[tuple[int, int, int, int]], reason: str) -> None:
    assert one(cells) == MantelHaenszel(reason=reason)


def test_a_stratum_of_one_person_adds_nothing() -> None:
    assert one([(12, 9, 8, 14), (1, 0, 0, 0)]) == one([(12, 9, 8, 14)])


def test_frequencies_count_as_persons() -> None:
    cells = [(12, 9, 8, 14), (7, 3, 9, 9)]
    doubled = [tuple(2 * count for count in cell) for cell in cells]
    assert one(doubled).alpha_mh == pytest.approx(one(cells).alpha_mh)
    assert one(doubled).se_log_alpha == pytest.approx(one(cells).se_log_alpha / np.sqrt(2))


def test_swapping_the_groups_turns_the_odds_over() -> None:
    cells = [(12, 9, 8, 14), (7, 3, 9, 9)]
    swapped = [(c, d, a, b) for a, b, c, d in cells]
    assert one(swapped).delta_mh == pytest.approx(-one(cells).delta_mh)
    assert one(swapped).chi2 == pytest.approx(one(cells).chi2)


@pytest.mark.parametrize(
    ("delta", "size"), [(0.999, "A"), (1.0, "B"), (-1.499, "B"), (1.5, "C"), (-1.5, "C"), (0.0, "A")]
)
def test_sizes_on_their_limits(delta: float, size: str) -> None:
    assert ets_by_size(delta) == size


@pytest.mark.parametrize(
    ("delta", "se", "p", "ets"),
    [
        (0.99, 0.1, 0.001, "A"),
        (-3.0, 0.1, 0.051, "A"),
        (1.2, 0.1, 0.001, "B"),
        (1.6, 0.36, 0.001, "C"),
        (1.6, 0.37, 0.001, "B"),
        (1.6, None, 0.001, "B"),
    ],
)
def test_the_operational_rule(delta: float, se: float | None, p: float, ets: str) -> None:
    assert ets_by_significance(delta, se, p) == ets


def test_false_alarms_keep_to_their_level_where_there_is_no_dif() -> None:
    rng = np.random.default_rng(99)
    alarms = 0
    for _ in range(300):
        ability = np.repeat(np.arange(6), 80)
        focal = rng.uniform(size=480) < 0.3 + 0.08 * ability / 6
        right = rng.uniform(size=480) < 0.2 + 0.1 * ability
        cells = [
            tuple(
                int(np.sum((ability == level) & (focal == f) & (right == r)))
                for f, r in ((0, 1), (0, 0), (1, 1), (1, 0))
            )
            for level in range(6)
        ]
        found = one(cells)
        alarms += found.p_uncorrected is not None and found.p_uncorrected < 0.05
    assert 5 <= alarms <= 26  # 15 are expected
