# SPDX-License-Identifier: Apache-2.0
"""Difficulty and discrimination: published figures, closed forms, missing scores, and reasons."""

from __future__ import annotations

from pathlib import Path
from runpy import run_path

import numpy as np
import pytest

from scoring.classical.api import (
    Missing,
    analyse,
    biserial,
    correlation,
    document,
    ebel_class,
    fisher_interval,
    greatest_covariance,
    group_shares,
    moments,
    prepared,
    quantile,
    rest_scores,
    upper_lower,
    upper_lower_index,
)
from scoring.errors import StatisticsError
from scoring.tables import ResponseTable

HERE = Path(__file__)
LSAT6: ResponseTable = run_path(str(HERE.with_name("lsat6.py")))["LSAT6"]
science = run_path(str(HERE.parents[1] / "irt" / "science.py"))["science"]


def test_lsat6_has_the_published_difficulties_and_correlations() -> None:
    # Rizopoulos (2006), Journal of Statistical Software 17(5), the output of descript(LSAT)
    found = analyse(LSAT6)
    assert found.n == 1000
    assert [item.difficulty for item in found.items] == pytest.approx([0.924, 0.709, 0.553, 0.763, 0.870])
    assert [item.item_total for item in found.items] == pytest.approx(
        [0.3618, 0.5665, 0.6181, 0.5342, 0.4351], abs=5e-4
    )
    assert [item.item_rest for item in found.items] == pytest.approx(
        [0.1128, 0.1531, 0.1727, 0.1444, 0.1215], abs=2e-4
    )
    assert found.totals.mean == pytest.approx(3.819)
    assert found.totals.sd == pytest.approx(1.0350, abs=5e-5)


def test_the_science_items_have_the_published_figures() -> None:
    # itemstats(Science) in the manual of mirt (Chalmers 2012, Journal of Statistical Software 48(6))
    patterns, frequencies = science()
    found = analyse(ResponseTable.of(patterns, weights=frequencies))
    assert found.n == 392
    assert found.totals.mean == pytest.approx(11.668, abs=5e-4)
    assert found.totals.sd == pytest.approx(2.003, abs=5e-4)
    assert found.reliability.alpha == pytest.approx(0.598, abs=5e-4)
    assert found.reliability.mean_correlation == pytest.approx(0.275, abs=5e-4)
    assert found.reliability.sem == pytest.approx(1.27, abs=5e-3)
    rows = [
        (one.difficulty, one.sd, one.item_total, one.item_rest, one.alpha_if_deleted) for one in found.items
    ]
    assert np.array(rows, dtype=float) == pytest.approx(
        np.array(
            [
                [3.120, 0.588, 0.596, 0.352, 0.552],
                [2.722, 0.807, 0.666, 0.332, 0.567],
                [2.990, 0.757, 0.748, 0.488, 0.437],
                [2.837, 0.802, 0.684, 0.363, 0.541],
            ]
        ),
        abs=6e-4,
    )


def test_every_figure_of_an_item_is_that_of_the_rows_written_out() -> None:
    rng = np.random.default_rng(1)
    scores = (rng.normal(size=(90, 6)) + rng.normal(size=(90, 1)) > 0.2).astype(float)
    found = analyse(ResponseTable.of(scores))
    for place, item in enumerate(found.items):
        rest = scores.sum(axis=1) - scores[:, place]
        p = scores[:, place].mean()
        r = np.corrcoef(scores[:, place], rest)[0, 1]
        assert item.item_rest == pytest.approx(r, abs=1e-12)
        assert item.item_total == pytest.approx(np.corrcoef(scores[:, place], rest + scores[:, place])[0, 1])
        assert item.difficulty_error == pytest.approx(np.sqrt(p * (1 - p) / 90))
        assert item.reliability_index == pytest.approx((item.sd or 0) * (item.item_total or 0))
        assert item.discrimination_index == pytest.approx(100 * r)
        assert item.item_rest_interval == fisher_interval(item.item_rest or 0, 90)
        assert item.reasons == {}


def test_groups_share_out_ties_and_do_not_hang_on_the_order_of_rows() -> None:
    criterion = np.array([1.0, 2, 2, 2, 3])
    upper, lower = group_shares(criterion, np.ones(5), 0.4)
    assert upper == pytest.approx([0, 1 / 3, 1 / 3, 1 / 3, 1])
    assert lower == pytest.approx([1, 1 / 3, 1 / 3, 1 / 3, 0])
    order = [4, 2, 0, 3, 1]
    assert group_shares(criterion[order], np.ones(5), 0.4)[0] == pytest.approx(upper[order])
    heavy, _ = group_shares(np.array([1.0, 2, 3]), np.array([1.0, 3, 1]), 0.4)
    assert heavy == pytest.approx([0, 1, 1])


def test_the_difference_of_the_groups_is_a_share_of_the_marks() -> None:
    scores, rest = np.array([0.0, 2, 4, 4]), np.array([1.0, 2, 3, 4])
    assert upper_lower(scores, rest, np.ones(4), share=0.5, highest=4) == pytest.approx(0.75)
    assert upper_lower(scores, rest, np.ones(4), share=0.25, highest=4) == pytest.approx(1)
    assert upper_lower(scores * 0, rest, np.ones(4), share=0.25, highest=0) is None


def test_the_index_of_thirds_is_that_of_the_tertiles() -> None:
    rng = np.random.default_rng(8)
    scores = (rng.normal(size=(101, 7)) + rng.normal(size=(101, 1)) > 0).astype(float)
    total = scores.sum(axis=1)
    low, high = np.quantile(total, [1 / 3, 2 / 3])
    found = analyse(ResponseTable.of(scores)).items
    for place, item in enumerate(found):
        expected = scores[total >= high, place].mean() - scores[total < low, place].mean()
        assert item.upper_lower_index == pytest.approx(expected, abs=1e-12)
    often = rng.integers(1, 4, size=101)
    for part in (0.0, 0.27, 1 / 3, 0.5, 1.0):
        expected = np.quantile(np.repeat(total, often), part)
        assert quantile(total, often.astype(float), part) == pytest.approx(expected, abs=1e-12)
    marks = np.array([0.0, 4, 8, 8])
    assert upper_lower_index(marks, np.array([1.0, 2, 3, 4]), np.ones(4)) == pytest.approx((8 - 0) / 8)
    assert upper_lower_index(marks, np.ones(4), np.ones(4)) is None


def test_the_upper_and_the_lower_group_are_27_of_100_persons() -> None:
    scores = np.random.default_rng(9).random(size=(100, 5))
    found = analyse(ResponseTable.of(scores)).items
    for place, item in enumerate(found):
        highest = scores[:, place].max()
        for criterion, index in (
            (scores.sum(axis=1), item.discrimination_27),
            (scores.sum(axis=1) - scores[:, place], item.discrimination_27_rest),
        ):
            order = np.argsort(criterion)
            ends = scores[order[-27:], place].mean() - scores[order[:27], place].mean()
            assert index == pytest.approx(ends / highest, abs=1e-12)


def test_the_class_of_an_item_follows_its_discrimination() -> None:
    classes = [ebel_class(index) for index in (1, 0.4, 0.39, 0.3, 0.29, 0.2, 0.19, 0, -1)]
    good, marginal = ["reasonably_good"] * 2, ["marginal"] * 2
    assert classes == ["very_good", "very_good", *good, *marginal, "poor", "poor", "poor"]
    rows = [[1.0, 1, 1]] * 10 + [[0.0, 0, 0]] * 10
    assert analyse(ResponseTable.of(rows)).items[0].ebel == "very_good"


def test_the_biserial_correlation_is_higher_by_what_the_normal_curve_says() -> None:
    assert biserial(0.4, 0.5) == pytest.approx(0.4 * 0.5 / 0.3989423, abs=1e-6)
    assert biserial(0.4, 0.0) is None
    assert biserial(0.4, 1.0) is None
    # exact for a normal trait: with r between trait and criterion, the recovered correlation is r
    rng = np.random.default_rng(2)
    trait = rng.normal(size=200_000)
    criterion = 0.6 * trait + 0.8 * rng.normal(size=200_000)
    answered = trait > 0.8
    r = float(np.corrcoef(answered, criterion)[0, 1])
    assert biserial(r, float(answered.mean())) == pytest.approx(0.6, abs=0.01)


def test_fishers_interval() -> None:
    found = fisher_interval(0.5, 28)  # z = .5493 -+ 1.96 / 5
    assert found is not None
    assert (found.low, found.high) == pytest.approx((0.1560, 0.7358), abs=5e-5)
    assert fisher_interval(0.5, 3) is None
    assert fisher_interval(1.0, 30) is None


def test_the_greatest_covariance_lays_sorted_values_against_each_other() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=30), rng.normal(size=30)
    greatest = greatest_covariance(x, y, np.ones(30))
    assert greatest == pytest.approx(np.cov(np.sort(x), np.sort(y))[0, 1])
    often = rng.integers(1, 4, size=30)
    assert greatest_covariance(x, y, often.astype(float)) == pytest.approx(
        np.cov(np.sort(np.repeat(x, often)), np.sort(np.repeat(y, often)))[0, 1]
    )


def test_correlations_need_two_things_that_vary() -> None:
    assert correlation(1.0, 1.0, 1.0) == 1
    assert correlation(2.0, 1.0, 1.0) == 1  # beyond 1 by a gap in the data
    assert correlation(0.5, 0.0, 1.0) is None
    assert correlation(0.5, -1.0, -1.0) is None
    assert correlation(float("nan"), 1.0, 1.0) is None


GAPS = ResponseTable.of(
    [[1, 1, np.nan], [0, 1, 1], [1, np.nan, 1], [0, 0, 0], [1, 1, 1], [0, 0, 1], [1, 0, 0]]
)


def test_each_figure_comes_from_those_who_have_what_it_needs() -> None:
    found = analyse(GAPS)
    assert (found.cells_missing, found.smallest_pair, found.n) == (2, 5, 7)
    assert [item.n for item in found.items] == [7, 6, 6]
    assert found.items[1].difficulty == pytest.approx(3 / 6)
    both = GAPS.seen[:, 0] & GAPS.seen[:, 2]
    expected = np.cov(GAPS.scores[both, 0], GAPS.scores[both, 2])[0, 1]
    assert moments(GAPS).covariances[0, 2] == pytest.approx(expected)


def test_missing_scores_can_count_as_nothing_or_leave_the_person_out() -> None:
    filled = analyse(GAPS, missing=Missing.ZERO)
    assert (filled.cells_missing, filled.n) == (2, 7)
    assert filled.items[1].difficulty == pytest.approx(3 / 7)
    whole = analyse(GAPS, missing=Missing.COMPLETE)
    assert (whole.cells_missing, whole.n) == (2, 5)
    assert whole.items[1].difficulty == pytest.approx(2 / 5)


def test_a_sum_with_gaps_is_raised_to_the_whole_test() -> None:
    table = ResponseTable.of([[1, 2, np.nan], [1, 4, 5], [np.nan, np.nan, np.nan]])
    assert rest_scores(table) == pytest.approx([3 * 10 / 5, 10, np.nan], nan_ok=True)
    assert rest_scores(table, 0) == pytest.approx([2 * 9 / 4, 9, np.nan], nan_ok=True)


def test_what_an_item_lacks_has_its_reason() -> None:
    found = analyse(ResponseTable.of([[1, 0, 1], [1, 0, 0], [1, 0, 1]])).items
    assert found[0].reasons["item_rest"] == "item_does_not_vary"
    assert found[0].reasons["biserial_total"] == "item_does_not_vary"
    assert found[1].facility is None
    assert found[1].reasons["facility"] == "no_marks_reached"
    assert found[1].reasons["ebel"] == "item_does_not_vary"
    assert found[2].reasons["item_rest"] == "rest_does_not_vary"
    alone = analyse(ResponseTable.of([[1], [0], [1]])).items[0]
    assert alone.reasons["item_rest"] == "one_item"
    assert alone.reasons["alpha_if_deleted"] == "fewer_than_three_items"
    apart = analyse(ResponseTable.of([[1, np.nan], [np.nan, 0], [0, np.nan], [np.nan, 1]])).items[0]
    assert apart.reasons["item_total"] == "pair_never_seen_together"
    assert apart.effective_weight is None
    assert analyse(ResponseTable.of([[0, 0], [0, 0], [0, 0]])).items[0].intended_weight is None
    pair = analyse(ResponseTable.of([[1, 1], [0, 0], [1, 1]])).items[0]
    assert pair.reasons["item_rest_interval"] == "too_few_persons"


def test_an_item_that_one_person_has_shows_its_mean_alone() -> None:
    table = ResponseTable.of([[1, np.nan, 1], [0, np.nan, 0], [1, 1, 0], [0, np.nan, 1]])
    found = analyse(table).items[1]
    assert (found.difficulty, found.sd, found.discrimination_27) == (1, None, None)
    assert found.difficulty_error == 0
    marks = analyse(ResponseTable.of([[1, np.nan], [0, np.nan], [1, 0.5]])).items[1]
    assert marks.difficulty_error is None


def test_declared_maxima_take_the_place_of_those_that_were_reached() -> None:
    table = ResponseTable.of([[1, 3], [2, 1], [0, 2]])
    found = analyse(table, maxima=np.array([4.0, 6.0])).items
    assert [item.facility for item in found] == pytest.approx([25, 100 / 3])
    assert [item.intended_weight for item in found] == pytest.approx([40, 60])
    for wrong in ([4.0], [4.0, 0.0]):
        with pytest.raises(StatisticsError, match="maxima_shape"):
            analyse(table, maxima=np.array(wrong))


def test_tables_that_cannot_be_analysed_are_refused() -> None:
    with pytest.raises(StatisticsError, match="too_few_persons"):
        analyse(ResponseTable.of([[1, 0], [0, 1]]))
    with pytest.raises(StatisticsError, match=r"item_unseen .*'2'"):
        analyse(ResponseTable.of([[1, np.nan], [0, np.nan], [1, np.nan]]))
    with pytest.raises(StatisticsError, match="no_complete_rows"):
        analyse(ResponseTable.of([[1, np.nan], [np.nan, 0], [np.nan, 1]]), missing=Missing.COMPLETE)


def test_rows_of_no_weight_do_not_count() -> None:
    table = prepared(
        ResponseTable.of([[1, 0], [5, 5], [0, 1], [1, 1]], weights=[1, 0, 1, 1]), Missing.AVAILABLE
    )
    assert table.persons == ("1", "3", "4")


def test_the_shape_of_the_totals() -> None:
    from scipy.stats import kurtosis, skew

    rng = np.random.default_rng(4)
    scores = rng.gamma(2, size=(40, 5))
    found = analyse(ResponseTable.of(scores)).totals
    assert found.skewness == pytest.approx(skew(scores.sum(axis=1), bias=False))
    assert found.kurtosis == pytest.approx(kurtosis(scores.sum(axis=1), bias=False))
    assert (found.lowest, found.highest) == pytest.approx(
        (scores.sum(axis=1).min(), scores.sum(axis=1).max())
    )
    three = analyse(ResponseTable.of([[1, 0], [1, 1], [0, 0]])).totals
    assert three.skewness == pytest.approx(0)
    assert three.reasons == {"kurtosis": "too_few_persons"}
    same = analyse(ResponseTable.of([[1, 0], [0, 1], [1, 0], [0, 1]])).totals
    assert (same.skewness, same.kurtosis) == (None, None)
    assert same.reasons == dict.fromkeys(("skewness", "kurtosis"), "total_does_not_vary")
    part = ResponseTable.of([[1, 0], [0, 1], [1, 1]], weights=[1, 1, 1.5])
    assert analyse(part).totals.reasons["kurtosis"] == "too_few_persons"
    apart = analyse(ResponseTable.of([[1, np.nan], [np.nan, 0], [0, np.nan], [np.nan, 1]])).totals
    assert (apart.sd, apart.sd_population) == (None, None)


def test_small_samples_say_so_with_the_source_of_the_rule() -> None:
    found = {one.code: (one.needed, one.has) for one in analyse(ResponseTable.of(np.eye(50))).cautions}
    assert found == {
        "few_persons_for_items": (200, 50),
        "few_persons_per_item": (250, 50),
        "few_persons_for_alpha": (300, 50),
    }
    assert analyse(LSAT6).cautions == ()


def test_the_document_names_a_reason_for_whatever_is_missing() -> None:
    made = document(analyse(ResponseTable.of([[1], [0], [1]])))
    assert made["alpha"] is None
    assert made["split_half"] is None
    assert made["reasons"]["alpha"] == "one_item"  # type: ignore[index]
    assert made["reasons"]["omega"] == "fewer_than_three_items"  # type: ignore[index]
    whole = document(analyse(LSAT6))
    assert whole["reasons"] == {}
    assert whole["split_half"]["lambda4"] == pytest.approx(0.3419, abs=5e-5)  # type: ignore[index]
    many = document(analyse(ResponseTable.of(np.random.default_rng(1).normal(size=(60, 22)))))
    assert many["split_half"]["lambda4"] is None  # type: ignore[index]
    assert many["split_half"]["reason"] == "lambda4_needs_every_split"  # type: ignore[index]
