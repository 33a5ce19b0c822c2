# SPDX-License-Identifier: Apache-2.0
"""Mantel's test, standardised differences and logistic regression: published figures, oracles, and edges."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from scoring.fairness.groups import Grouping, grouping
from scoring.fairness.logistic import DifKind, Logistic, logistic
from scoring.fairness.mantel import MantelTest, MeanDifference, mantel, mean_difference
from scoring.fairness.mantel_haenszel import Ets, mantel_haenszel
from scoring.fairness.matching import Matched, Matcher
from scoring.fairness.standardisation import Standard, Standardised, standardised
from scoring.tables import ResponseTable
from tests.unit.scoring.fairness.verbal_aggression import answers, gender, yes_or_no

# difLogistic(verbal, group = "Gender", focal.name = 1) of difR 5.1: likelihood ratio and gain in Nagelkerke's R-squared of
# both kinds, of uniform and of non-uniform DIF, and Wald's chi-square of both kinds
DIFR = """
 2.0014 .0067  1.9998 .0067 0.0016 .0000  2.0207
 3.3541 .0101  1.9065 .0058 1.4476 .0043  3.0060
 2.4742 .0074  2.1606 .0065 0.3136 .0009  2.5317
 4.7296 .0177  4.2639 .0159 0.4658 .0017  4.6032
 4.1404 .0125  2.9036 .0088 1.2367 .0037  3.7357
11.4111 .0343 11.3031 .0340 0.1080 .0003 11.0242
 1.6061 .0056  0.0955 .0003 1.5106 .0053  1.6850
 1.6331 .0050  1.6260 .0049 0.0071 .0000  1.6466
 2.6989 .0106  2.1397 .0084 0.5592 .0022  2.6446
 2.4547 .0085  1.9563 .0068 0.4983 .0017  2.3689
 2.0997 .0060  0.0042 .0000 2.0955 .0060  2.2328
 3.6877 .0133  3.6491 .0131 0.0386 .0001  3.4621
 1.2196 .0039  0.4234 .0014 0.7962 .0026  1.0610
 4.7304 .0122  4.0968 .0105 0.6335 .0016  4.8595
 1.0456 .0033  0.7163 .0023 0.3293 .0010  0.9723
 7.6935 .0243  7.6372 .0241 0.0563 .0002  6.9308
10.2622 .0277  9.1401 .0247 1.1221 .0030 10.4798
 1.7016 .0058  0.0928 .0003 1.6088 .0055  1.8301
 7.2379 .0232  7.1433 .0229 0.0945 .0003  7.1998
 5.8680 .0211  4.6496 .0167 1.2184 .0043  6.2066
 1.2763 .0078  0.5258 .0032 0.7505 .0046  1.2589
 2.9521 .0092  1.8339 .0057 1.1182 .0035  2.5362
 2.6956 .0083  2.3918 .0073 0.3039 .0009  2.5704
 1.3524 .0057  1.0577 .0044 0.2947 .0012  1.2147
"""


def matched(table: ResponseTable, groups: Grouping, place: int) -> Matched:
    return Matcher(table, groups).item(place, np.ones(len(table.items), dtype=bool))


def verbal(place: int) -> Matched:
    table = yes_or_no()
    return matched(table, grouping(gender(), table.weights, focal=["M"]), place)


def people(
    scores: list[float], labels: list[str], ability: list[float], *, focal: list[str] | None = None
) -> Matched:
    table = ResponseTable.of([[score] for score in scores], items=["item"])
    groups = grouping(labels, table.weights, focal=focal or [], reference="r")
    return Matcher(table, groups, np.array(ability)).item(0, np.ones(1, dtype=bool))


def simulated(seed: int, groups: int, levels: int) -> Matched:
    rng = np.random.default_rng(seed)
    ability = rng.integers(0, 8, 900)
    group = rng.integers(0, groups, 900)
    scores = np.clip(
        np.round(ability / 8 * (levels - 1) + rng.normal(0, 0.8, 900) - 0.2 * (group == 1)), 0, levels - 1
    )
    labels = [("r", "f", "g", "h")[code] for code in group]
    return people(scores.tolist(), labels, ability.astype(float).tolist())


def test_every_figure_of_difrs_logistic_regression_is_found() -> None:
    for place, line in enumerate(DIFR.strip().splitlines()):
        fit = logistic(verbal(place))
        assert fit.both is not None
        assert fit.uniform is not None
        assert fit.nonuniform is not None
        both, r2, uniform, r2_uniform, nonuniform, r2_nonuniform, wald = map(float, line.split())
        found = (fit.both.chi2, fit.uniform.chi2, fit.nonuniform.chi2)
        assert found == pytest.approx((both, uniform, nonuniform), abs=6e-5)
        gains = (fit.both.r2_change, fit.uniform.r2_change, fit.nonuniform.r2_change)
        assert gains == pytest.approx((r2, r2_uniform, r2_nonuniform), abs=6e-5)
        assert fit.both.wald == pytest.approx(wald, abs=1.2e-3)  # R stops its iterations earlier
        assert fit.both.jodoin_gierl is Ets.A
        assert fit.both.zumbo_thomas is Ets.A
        assert (fit.both.df, fit.uniform.df, fit.nonuniform.df) == (2, 1, 1)


def test_coefficients_and_errors_are_those_of_an_independent_library() -> None:
    import statsmodels.api as sm

    item = verbal(5)
    fit = logistic(item)
    design = np.column_stack(
        [np.ones(item.scores.size), item.matching, item.groups, item.groups * item.matching]
    )
    theirs = sm.Logit(item.scores, design).fit(disp=0, tol=1e-12)
    assert fit.coefficients == pytest.approx(tuple(theirs.params), abs=1e-8)
    assert fit.errors == pytest.approx(tuple(theirs.bse), abs=1e-8)
    without = sm.Logit(item.scores, design[:, :3]).fit(disp=0, tol=1e-12)
    assert fit.group_effects == pytest.approx((without.params[2],), abs=1e-8)
    assert fit.group_effects[0] < 0  # S2WantShout favours the women, who are the reference


def test_several_groups_are_compared_at_once() -> None:
    import statsmodels.api as sm

    item = simulated(4, 3, 2)
    fit = logistic(item)
    dummies = np.column_stack([item.groups == 1, item.groups == 2]).astype(float)
    ability = np.column_stack([np.ones(item.scores.size), item.matching])
    full = np.column_stack([ability, dummies, dummies * item.matching[:, None]])
    likelihoods = [sm.Logit(item.scores, design).fit(disp=0, tol=1e-12).llf for design in (ability, full)]
    assert fit.both is not None
    assert fit.both.df == 4
    assert fit.both.chi2 == pytest.approx(2 * (likelihoods[1] - likelihoods[0]), abs=1e-7)
    assert len(fit.coefficients) == 6
    assert fit.test(DifKind.BOTH) is fit.both
    assert fit.test(DifKind.UNIFORM) is fit.uniform
    assert fit.test(DifKind.NONUNIFORM) is fit.nonuniform


def test_a_group_that_is_always_right_has_no_wald_test_but_a_likelihood_ratio() -> None:
    scores = [0.0, 1.0] * 15 + [1.0] * 20
    ability = [float(value % 5) for value in range(50)]
    fit = logistic(people(scores, ["r"] * 30 + ["f"] * 20, ability))
    assert fit.separated
    assert fit.errors == ()
    assert fit.both is not None
    assert fit.both.wald is None
    assert fit.both.wald_p is None
    assert fit.both.p < 0.01
    assert fit.both.chi2 == pytest.approx(fit.both.chi2)


def test_a_large_difference_has_a_large_class() -> None:
    rng = np.random.default_rng(8)
    ability = rng.integers(0, 6, 1200)
    group = rng.integers(0, 2, 1200)
    right = rng.uniform(size=1200) < 1 / (1 + np.exp(-(ability - 2.5 - 2.4 * group)))
    fit = logistic(
        people(right.astype(float).tolist(), [("r", "f")[g] for g in group], ability.astype(float).tolist())
    )
    assert fit.uniform is not None
    assert fit.uniform.jodoin_gierl is Ets.C
    assert fit.uniform.zumbo_thomas is Ets.B


def test_a_difference_of_slope_alone_is_non_uniform() -> None:
    rng = np.random.default_rng(12)
    ability = rng.integers(-3, 4, 3000)
    group = rng.integers(0, 2, 3000)
    right = rng.uniform(size=3000) < 1 / (1 + np.exp(-ability * np.where(group, 0.3, 1.5)))
    fit = logistic(
        people(right.astype(float).tolist(), [("r", "f")[g] for g in group], ability.astype(float).tolist())
    )
    assert fit.nonuniform is not None
    assert fit.uniform is not None
    assert fit.nonuniform.p < 1e-20
    assert fit.uniform.p > 0.01


@pytest.mark.parametrize(
    ("scores", "ability", "reason"),
    [
        ([0.0, 1.0] * 10, [1.0] * 20, "one_stratum"),
        ([1.0] * 20, list(range(20)), "item_constant"),
    ],
)
def test_without_a_regression_there_is_a_reason(
    scores: list[float], ability: list[float], reason: str
) -> None:
    labels = ["r"] * 10 + ["f"] * 10
    assert logistic(people(scores, labels, ability)) == Logistic(reason=reason)


# ------------------------------------------------------------------------------------------------ Mantel


def test_for_right_and_wrong_mantel_is_mantel_haenszel_without_the_correction() -> None:
    for place in (0, 5, 20):
        item = verbal(place)
        assert mantel(item).chi2 == pytest.approx(mantel_haenszel(item).chi2_uncorrected)


def by_hand(item: Matched) -> float:
    """Mantel (1963), eq. 2, as Zwick, Donoghue & Grima (1993) write it for one focal group."""
    gap = spread = 0.0
    for stratum in range(item.strata_count):
        inside = item.strata == stratum
        scores, focal = item.scores[inside], item.groups[inside] == 1
        n, n_focal = inside.sum(), focal.sum()
        n_reference = n - n_focal
        if n < 2 or n_focal in {0, n}:
            continue
        gap += scores[focal].sum() - n_focal * scores.mean()
        spread += n_reference * n_focal / (n**2 * (n - 1)) * (n * (scores**2).sum() - scores.sum() ** 2)
    return float(gap**2 / spread)


@pytest.mark.parametrize("seed", range(4))
def test_mantels_chi_square_is_the_formula_by_hand(seed: int) -> None:
    item = simulated(seed, 2, 5)
    found = mantel(item)
    assert found.chi2 == pytest.approx(by_hand(item))
    assert found.df == 1


def generalised(item: Matched) -> float:
    """Somes (1986) for right and wrong, as the R package difR's genMantelHaenszel computes it."""
    groups = item.group_count - 1
    gap, spread = np.zeros(groups), np.zeros((groups, groups))
    for stratum in range(item.strata_count):
        inside = item.strata == stratum
        n, wrong = int(inside.sum()), int((item.scores[inside] == 0).sum())
        sizes = np.array([np.sum(item.groups[inside] == g) for g in range(1, groups + 1)])
        seen = np.array(
            [np.sum((item.groups[inside] == g) & (item.scores[inside] == 0)) for g in range(1, groups + 1)]
        )
        gap += seen - wrong * sizes / n
        spread += wrong * (n - wrong) / ((n - 1) * n**2) * (n * np.diag(sizes) - np.outer(sizes, sizes))
    return float(gap @ np.linalg.solve(spread, gap))


def test_several_groups_are_tested_by_the_generalised_mantel_haenszel_statistic() -> None:
    item = simulated(1, 4, 2)
    found = mantel(item)
    assert found.chi2 == pytest.approx(generalised(item))
    assert found.df == 3


def test_groups_that_never_meet_cannot_be_compared() -> None:
    scores = [0.0, 1.0] * 30
    labels = ["r"] * 20 + ["f"] * 20 + ["g"] * 20
    apart = people(scores, labels, [1.0] * 20 + [2.0] * 20 + [3.0] * 20)
    assert mantel(apart) == MantelTest(reason="no_comparable_strata")
    assert (
        mean_difference(people(scores[:40], labels[:40], [1.0] * 20 + [2.0] * 20)).reason
        == "no_comparable_strata"
    )
    one_alone = people(scores, labels, [1.0, 1.0, 2.0, 2.0] * 10 + [3.0] * 20)
    assert mantel(one_alone) == MantelTest(reason="groups_not_comparable")


def test_too_few_persons_are_refused_by_name() -> None:
    few = people([0.0, 1.0, 1.0, 0.0], ["r", "r", "f", "f"], [1.0] * 4)
    assert mantel(few).reason == "too_few_persons"
    assert mean_difference(few) == MeanDifference(reason="too_few_persons")
    assert standardised(few) == Standardised(reason="too_few_persons")


# ------------------------------------------------------------------------------------- mean differences


def test_the_mean_difference_of_right_and_wrong_is_the_standardised_difference() -> None:
    for place in (0, 5, 16):
        item = verbal(place)
        assert mean_difference(item).smd == pytest.approx(standardised(item).p_dif)


def test_the_standardised_difference_is_dorans_and_kulicks_sum() -> None:
    item = verbal(16)
    gaps, weights = [], []
    for stratum in range(item.strata_count):
        inside = item.strata == stratum
        focal = inside & (item.groups == 1)
        reference = inside & (item.groups == 0)
        if focal.any() and reference.any():
            gaps.append(item.scores[focal].mean() - item.scores[reference].mean())
            weights.append((focal.sum(), reference.sum(), inside.sum()))
    for column, standard in enumerate((Standard.FOCAL, Standard.REFERENCE, Standard.TOTAL)):
        share = np.array(weights)[:, column]
        expected = float(np.average(gaps, weights=share))
        assert standardised(item, standard=standard).p_dif == pytest.approx(expected)
    assert standardised(item).size is Ets.C
    assert standardised(verbal(5)).size is Ets.C
    assert standardised(verbal(6)).size is Ets.A
    assert standardised(verbal(0)).size is Ets.B


def test_a_standardised_share_of_1_has_no_delta() -> None:
    scores = [1.0] * 12 + [1.0, 0.0] * 6
    found = standardised(people(scores, ["r"] * 12 + ["f"] * 12, [1.0] * 24))
    assert found.p_dif == pytest.approx(-0.5)
    assert found.delta_std is None


def test_no_stratum_in_common_is_a_reason() -> None:
    labels = ["r"] * 12 + ["f"] * 12
    apart = people([0.0, 1.0] * 12, labels, [1.0] * 12 + [2.0] * 12)
    assert standardised(apart) == Standardised(reason="no_comparable_strata")


def test_answers_with_three_values_have_a_class_by_size_and_significance() -> None:
    table = answers()
    groups = grouping(gender(), table.weights, focal=["M"])
    found = [mean_difference(matched(table, groups, place)) for place in range(24)]
    tests = [mantel(matched(table, groups, place)) for place in range(24)]
    for difference, test in zip(found, tests, strict=True):
        assert difference.size is not None
        assert test.p is not None
        if test.p > 0.05:
            assert difference.ets is Ets.A
    assert {difference.ets for difference in found} == {Ets.A, Ets.B, Ets.C}


def test_the_error_of_the_mean_difference_is_its_spread_over_shuffled_groups() -> None:
    rng = np.random.default_rng(21)
    item = simulated(3, 2, 4)
    seen: list[float] = []
    for _ in range(300):
        groups: NDArray[np.intp] = item.groups.copy()
        for stratum in range(item.strata_count):
            inside = np.flatnonzero(item.strata == stratum)
            groups[inside] = rng.permutation(groups[inside])
        shuffled = Matched(
            item.scores, groups, item.matching, item.strata, item.weights, item.strata_count, item.group_count
        )
        smd = mean_difference(shuffled).smd
        assert smd is not None
        seen.append(smd)
    assert mean_difference(item).se == pytest.approx(float(np.std(seen)), rel=0.12)


def test_ability_far_out_does_not_lead_the_regression_astray() -> None:
    from scipy.optimize import minimize

    for seed in (26, 865, 1245, 2553):  # where Newton's full step would raise the deviance
        rng = np.random.default_rng(seed)
        ability = np.round(rng.standard_cauchy(24) * 3)
        right = (rng.uniform(size=24) < 1 / (1 + np.exp(-np.clip(2 * ability, -30, 30)))).astype(float)
        fit = logistic(people(right.tolist(), ["r"] * 12 + ["f"] * 12, ability.tolist()))
        assert fit.both is not None
        assert fit.uniform is not None
        group, spread = np.repeat([0.0, 1.0], 12), ability / ability.std()

        def least(
            *more: NDArray[np.float64],
            spread: NDArray[np.float64] = spread,
            right: NDArray[np.float64] = right,
        ) -> float:
            design = np.column_stack([np.ones(24), spread, *more])

            def deviance(beta: NDArray[np.float64]) -> float:
                return float(2 * np.sum(np.logaddexp(0, design @ beta) - right * (design @ beta)))

            starts = [np.zeros(design.shape[1]), np.full(design.shape[1], 5.0)]
            return min(float(minimize(deviance, start, method="BFGS").fun) for start in starts)

        levels = least(), least(group), least(group, group * spread)
        assert fit.uniform.chi2 == pytest.approx(levels[0] - levels[1], abs=2e-3)
        assert fit.both.chi2 == pytest.approx(levels[0] - levels[2], abs=2e-3)
