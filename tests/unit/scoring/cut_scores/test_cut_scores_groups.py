# SPDX-License-Identifier: Apache-2.0
"""Cuts from people and compromises: published regressions, closed forms, and other ways to compute the same."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose

from scoring.cut_scores.api import (
    BeukJudge,
    HofsteeJudge,
    beuk,
    borderline_group,
    borderline_regression,
    contrasting_groups,
    density_crossing,
    fail_curve,
    hofstee,
    least_errors,
    logistic_cut,
)
from scoring.errors import StatisticsError

# Hours of study of 20 students and whether they passed: the example of Wikipedia's article "Logistic regression"
PASSED = np.array([1.75, 2.25, 2.75, 3.25, 4.0, 4.25, 4.5, 4.75, 5.0, 5.5])
FAILED = np.array([0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 3.5])


def test_the_logistic_cut_is_that_of_the_published_example() -> None:
    """Published there: intercept -4.1 (1.8), coefficient 1.5 (0.6), P = 1/2 at about 2.7 hours."""
    found = logistic_cut(PASSED, FAILED)
    assert found.intercept == pytest.approx(-4.0777, abs=5e-5)
    assert found.slope == pytest.approx(1.5046, abs=5e-5)
    assert found.intercept_error == pytest.approx(1.7610, abs=5e-5)
    assert found.slope_error == pytest.approx(0.6287, abs=5e-5)
    assert found.cut == pytest.approx(2.71, abs=5e-3)


def test_the_logistic_cut_and_its_error_agree_with_statsmodels() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import statsmodels.api as sm

    masters = np.array([31, 28, 35, 22, 30, 27, 33, 29, 18, 36.0])
    others = np.array([20, 24, 17, 27, 15, 22, 19, 25, 13, 30, 21.0])
    found = logistic_cut(masters, others)
    fitted = sm.Logit(
        np.repeat([1, 0], [len(masters), len(others)]),
        sm.add_constant(np.concatenate([masters, others])),
    ).fit(disp=0)
    assert_allclose([found.intercept or 0, found.slope or 0], fitted.params, rtol=1e-6)
    cut = -fitted.params[0] / fitted.params[1]
    assert found.cut == pytest.approx(cut, rel=1e-6)
    gradient = np.array([1, cut]) / fitted.params[1]
    assert found.standard_error == pytest.approx(
        float(gradient @ fitted.cov_params() @ gradient) ** 0.5, rel=1e-5
    )


def test_nearly_separate_groups_still_have_a_maximum() -> None:
    masters = np.concatenate([np.full(40, 60.0), [50.5]])
    others = np.concatenate([np.full(40, 40.0), [51.0]])
    found = logistic_cut(masters, others)
    assert found.reason is None
    assert 45 < (found.cut or 0) < 55


@pytest.mark.parametrize(
    ("masters", "others", "reason"),
    [
        ([5, 6, 7], [1, 2, 3], "groups_separate"),
        ([3, 6, 7], [1, 2, 3], "groups_separate"),
        ([1, 2, 3], [5, 6, 7], "slope_not_positive"),
        ([4, 4, 4], [4, 4, 4], "slope_not_positive"),
        ([1, 2, 6], [5, 7, 1.5], "slope_not_positive"),
    ],
)
def test_groups_without_a_logistic_cut_say_why(
    masters: list[float], others: list[float], reason: str
) -> None:
    found = logistic_cut(np.array(masters, dtype=float), np.array(others, dtype=float))
    assert (found.cut, found.standard_error, found.reason) == (None, None, reason)


def test_equal_spreads_cross_midway_and_other_spreads_where_the_densities_are_equal() -> None:
    from scipy.stats import norm

    same = np.array([-1.0, 0, 1])
    assert density_crossing(same + 10, same + 6).cut == pytest.approx(8)
    high, low = np.array([20, 24, 26, 30.0]), np.array([12, 13, 15, 16.0])
    found = density_crossing(high, low).cut
    assert found is not None
    laws = [norm(group.mean(), group.std(ddof=1)) for group in (high, low)]
    assert laws[0].pdf(found) == pytest.approx(laws[1].pdf(found))
    weighted = density_crossing(np.tile(high, 3), low, by_size=True).cut
    assert weighted is not None
    wide = norm(high.mean(), np.tile(high, 3).std(ddof=1))
    assert 3 * wide.pdf(weighted) == pytest.approx(laws[1].pdf(weighted))
    assert weighted < found


@pytest.mark.parametrize(
    ("masters", "others", "by_size"),
    [
        ([1, 2, 3], [4, 5, 6], False),
        ([7, 7, 7], [4, 5, 6], False),
        ([4, 5, 7], [4, 5, 6] * 400, True),  # so many others that no density of the few is ever above theirs
    ],
)
def test_densities_that_do_not_cross_between_the_means_give_no_cut(
    masters: list[float], others: list[float], by_size: bool
) -> None:
    found = density_crossing(np.array(masters, dtype=float), np.array(others, dtype=float), by_size=by_size)
    assert (found.cut, found.reason) == (None, "no_crossing")


def test_the_fewest_errors_are_found_by_trying_every_cut() -> None:
    masters, others = np.array([5, 6, 6, 8, 9.0]), np.array([1, 2, 5, 5, 6, 7.0])
    for cost in (0.5, 1.0, 3.0):
        found = least_errors(masters, others, false_pass_costs=cost)
        tried = {
            cut: (masters < cut).sum() + cost * (others >= cut).sum() for cut in (1, 2, 5, 6, 7, 8, 9, 10.0)
        }
        fewest = min(tried.values())
        best = [cut for cut, errors in tried.items() if errors == pytest.approx(fewest)]
        assert (found.lowest, found.highest) == (min(best), max(best))
        assert found.errors == pytest.approx(fewest)
        assert found.false_fail + cost * found.false_pass == pytest.approx(fewest)
    # where every pass is far too dear, nobody passes
    assert least_errors(masters, np.array([9.0, 9]), false_pass_costs=50).lowest == 10
    assert least_errors(np.array([4.0, 4]), np.array([4.0, 4])).highest == 5


def test_contrasting_groups_print_every_usual_cut() -> None:
    document = contrasting_groups(PASSED, FAILED).to_document()
    assert document["between_means"] == pytest.approx((PASSED.mean() + FAILED.mean()) / 2)
    assert document["between_medians"] == pytest.approx((np.median(PASSED) + np.median(FAILED)) / 2)
    assert isinstance(document["logistic"], dict)
    assert document["logistic"]["cut"] == pytest.approx(2.7101, abs=1e-3)
    assert isinstance(document["crossing"], dict)
    assert document["crossing"]["reason"] is None
    assert document["masters"] == 10


def test_the_borderline_group_has_its_median_and_an_exact_interval() -> None:
    """Conover: with n = 10 the 2nd and 9th order statistics hold the median with 1 - 2 * 11 / 1024 = .9785."""
    scores = np.array([61, 55, 58, 49, 66, 70, 52, 57, 60, 63.0])
    found = borderline_group(scores)
    assert found.cut == 59.0
    assert (found.lower, found.upper) == (52, 66)
    assert found.confidence == pytest.approx(1 - 22 / 1024)
    assert found.standard_error == pytest.approx(scores.std(ddof=1) / 10**0.5)
    few = borderline_group(scores[:4])
    assert (few.lower, few.upper, few.confidence) == (None, None, None)
    assert few.to_document()["lower"] is None


def test_borderline_regression_is_least_squares() -> None:
    ratings = np.array([1, 2, 2, 3, 4, 5, 3.0])
    scores = np.array([10, 14, 13, 19, 22, 28, 17.0])
    found = borderline_regression(scores, ratings, borderline=2.0)
    slope, intercept = np.polyfit(ratings, scores, 1)
    assert (found.slope, found.intercept) == pytest.approx((slope, intercept))
    assert found.cut == pytest.approx(intercept + 2 * slope)
    assert found.r_squared == pytest.approx(np.corrcoef(ratings, scores)[0, 1] ** 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import statsmodels.api as sm
    fitted = sm.OLS(scores, sm.add_constant(ratings)).fit()
    assert found.standard_error == pytest.approx(fitted.get_prediction([[1, 2.0]]).se_mean[0])
    exact = borderline_regression(np.array([1.0, 2]), np.array([1.0, 2]), borderline=1.5)
    assert (exact.cut, exact.standard_error) == (pytest.approx(1.5), None)
    assert borderline_regression(np.array([5.0, 5]), np.array([1.0, 2]), borderline=1).r_squared is None
    assert exact.to_document()["people"] == 2


PEOPLE = np.repeat([30, 40, 45, 50, 55, 60, 70.0], [5, 10, 15, 20, 25, 15, 10])


def test_the_fail_curve_is_exact_at_marks_and_straight_between() -> None:
    found = fail_curve(PEOPLE, np.array([30.0, 31, 40, 40.5, 71, 200]))
    assert_allclose(found, [0, 0.05, 0.05, 0.10, 1, 1])
    halves = fail_curve(np.array([1.0, 1.5, 2]), np.array([1.5, 1.75]), step=0.5)
    assert_allclose(halves, [1 / 3, 1 / 2])


def test_hofstees_line_meets_the_curve() -> None:
    """From (40, 50 %) to (60, 10 %): at 50 the line is at 30 %, and just so many are below 50."""
    judges = [HofsteeJudge(38, 58, 0.05, 0.45), HofsteeJudge(42, 62, 0.15, 0.55)]
    found = hofstee(PEOPLE, judges)
    assert found.reason is None
    assert found.cut == pytest.approx(50)
    assert found.fail_rate == pytest.approx(0.30)
    assert found.to_document() == {"cut": found.cut, "fail_rate": found.fail_rate, "reason": None}


def test_where_the_curve_misses_hofstees_box_the_nearest_end_is_taken_and_said() -> None:
    strict = hofstee(PEOPLE, [HofsteeJudge(56, 60, 0.0, 0.2)])
    assert (strict.cut, strict.reason) == (56, "fails_too_many")
    assert strict.fail_rate == pytest.approx(0.75)
    mild = hofstee(PEOPLE, [HofsteeJudge(20, 30, 0.1, 0.3)])
    assert (mild.cut, mild.fail_rate, mild.reason) == (30, 0.0, "fails_too_few")


def test_beuks_line_meets_the_curve() -> None:
    """Mean cut 55, mean passes 60 %, slope sd .1 / sd 5 = .02: at 50 the line is at 50 % passes, at 52 at 54 %."""
    judges = [BeukJudge(50, 0.5), BeukJudge(55, 0.7), BeukJudge(60, 0.6)]
    found = beuk(PEOPLE, judges, minimum=0, maximum=100)
    slope = 0.1 / 5
    assert 1 - found.fail_rate == pytest.approx(0.6 + slope * (found.cut - 55))
    assert found.fail_rate == pytest.approx(fail_curve(PEOPLE, np.array([found.cut]))[0])
    agreed = beuk(PEOPLE, [BeukJudge(50, 0.5), BeukJudge(50, 0.7)], minimum=0, maximum=100)
    assert (agreed.cut, agreed.fail_rate) == (50, pytest.approx(0.3))
    # who agree on the passes alone get just so many
    passes = beuk(PEOPLE, [BeukJudge(40, 0.7), BeukJudge(70, 0.7)], minimum=0, maximum=100)
    assert passes.fail_rate == pytest.approx(0.3)
    # all fail, if judges want that
    none = beuk(PEOPLE, [BeukJudge(90, 0.0), BeukJudge(95, 0.0)], minimum=0, maximum=100)
    assert none.fail_rate == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("group_few", lambda: contrasting_groups(np.array([1.0]), np.array([1.0, 2]))),
        ("group_scores", lambda: contrasting_groups(np.array([1.0, 2]), np.array([1.0, np.nan]))),
        ("cost_range", lambda: contrasting_groups(PASSED, FAILED, false_pass_costs=0)),
        ("group_few", lambda: borderline_group(np.array([1.0]))),
        ("confidence_range", lambda: borderline_group(PASSED, confidence=1.0)),
        ("group_scores", lambda: borderline_regression(PASSED, PASSED[:3], borderline=1)),
        ("ratings_equal", lambda: borderline_regression(PASSED, np.ones(10), borderline=1)),
        ("group_few", lambda: fail_curve(np.array([]), np.array([1.0]))),
        ("group_scores", lambda: fail_curve(np.array([np.nan]), np.array([1.0]))),
        ("step_range", lambda: fail_curve(PEOPLE, np.array([1.0]), step=0)),
        ("judgements_few", lambda: hofstee(PEOPLE, [])),
        ("hofstee_box", lambda: hofstee(PEOPLE, [HofsteeJudge(60, 40, 0.1, 0.2)])),
        ("hofstee_box", lambda: hofstee(PEOPLE, [HofsteeJudge(40, 60, 0.3, 0.2)])),
        ("judgements_few", lambda: beuk(PEOPLE, [BeukJudge(1, 0.5)], minimum=0, maximum=9)),
        (
            "beuk_judgement",
            lambda: beuk(PEOPLE, [BeukJudge(1, 0.5), BeukJudge(10, 0.5)], minimum=0, maximum=9),
        ),
        (
            "beuk_judgement",
            lambda: beuk(PEOPLE, [BeukJudge(1, 50), BeukJudge(8, 0.5)], minimum=0, maximum=9),
        ),
    ],
)
def test_what_cannot_be_is_refused_by_name(code: str, call: object) -> None:
    assert callable(call)
    with pytest.raises(StatisticsError, match=code):
        call()
