# SPDX-License-Identifier: Apache-2.0
"""Panels: agreement against the published table, Angoff by hand, bookmarks in closed form."""

from __future__ import annotations

from fractions import Fraction
from math import log

import numpy as np
import pytest
from numpy.testing import assert_allclose

from scoring.certainty.api import CurveKind, ItemCurve, true_scores
from scoring.cut_scores.api import Placement, agreement, angoff, booklet, bookmark, rounds
from scoring.errors import StatisticsError

NAN = float("nan")
# Shrout & Fleiss (1979), Psychological Bulletin 86, table 2: 6 targets rated by 4 judges
SHROUT_FLEISS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], dtype=float
)
FORM = [
    ItemCurve("A", 1.0, (-1.0,)),
    ItemCurve("B", 2.0, (0.0,), guess=0.2),
    ItemCurve("C", 0.8, (0.5, 1.5)),
    ItemCurve("D", 1.2, (0.3, 0.1), kind=CurveKind.PARTIAL_CREDIT),
]


def test_agreement_is_that_of_the_published_table() -> None:
    """Shrout & Fleiss (1979), table 4: .17, .29, .71, .44, .62, .91."""
    found = agreement(SHROUT_FLEISS)
    rounded = [
        round(value or 0, 2)
        for value in (
            found.icc_1_1,
            found.icc_2_1,
            found.icc_3_1,
            found.icc_1_k,
            found.icc_2_k,
            found.icc_3_k,
        )
    ]
    assert rounded == [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]
    # mean squares of their table 3: 11.24 between targets, 32.49 between judges, 1.02 residual
    assert found.residual == pytest.approx(1.02, abs=0.005)
    assert found.objects == pytest.approx((11.24 - 1.02) / 4, abs=0.005)
    assert found.judges == pytest.approx((32.49 - 1.02) / 6, abs=0.005)
    assert found.generalizability == found.icc_3_k
    assert found.dependability == found.icc_2_k


def test_judges_who_say_one_thing_about_everything_have_no_agreement_to_measure() -> None:
    found = agreement(np.full((3, 4), 0.7))
    assert (found.icc_3_k, found.reason) == (None, "no_variance")
    assert found.to_document()["reason"] == "no_variance"
    perfect = agreement(np.array([[0.2, 0.2], [0.9, 0.9], [0.4, 0.4]]))
    assert (perfect.icc_2_1, perfect.reason) == (1.0, None)


def test_the_cut_is_the_mean_of_the_judges_sums() -> None:
    table = np.array([[0.6, 0.8, 0.5], [0.7, 0.9, 0.3], [0.5, 0.7, 0.4]])
    found = angoff(table, judges=["a", "b", "c"], items=["1", "2", "3"])
    assert found.cut == pytest.approx(1.8)
    assert found.share == pytest.approx(0.6)
    assert [judge.cut for judge in found.judges] == pytest.approx([1.9, 1.9, 1.6])
    assert found.median == pytest.approx(1.9)
    assert found.sd == pytest.approx(0.03**0.5)
    assert found.standard_error == pytest.approx(0.1)
    assert found.judges[2].from_others == pytest.approx(-0.3)
    assert found.agreement is not None
    assert found.agreement.count == 3
    assert found.few_judges
    assert [item.mean for item in found.items] == pytest.approx([0.6, 0.8, 0.4])
    document = found.to_document()
    assert document["cut"] == pytest.approx(1.8)
    assert isinstance(document["judges"], list)
    assert document["judges"][0]["consistency"] is None


def test_yes_and_no_are_one_and_nothing_and_wide_disagreement_is_to_be_talked_about() -> None:
    table = np.array([[1, 1, 0], [1, 0, 0], [1, 1, 0], [1, 0, 0], [1, 1, 1.0]])
    found = angoff(table, judges=list("abcde"), items=["1", "2", "3"])
    assert found.cut == pytest.approx(2.0 - 0.2)
    assert [item.discuss for item in found.items] == [False, True, True]
    assert not found.few_judges


def test_expected_marks_are_judged_against_the_items_maximum() -> None:
    found = angoff(
        np.array([[3.0, 0.5], [4.0, 0.7]]),
        judges=["a", "b"],
        items=["essay", "choice"],
        maxima=np.array([5.0, 1.0]),
        difficulties=np.array([2.5, NAN]),
    )
    assert (found.cut, found.maximum) == (pytest.approx(4.1), 6.0)
    assert found.share == pytest.approx(4.1 / 6)
    assert found.items[0].gap == pytest.approx(1.0)
    assert (found.items[1].difficulty, found.items[1].gap) == (None, None)
    assert not found.items[0].discuss  # sd .71 of 5 marks


def test_a_judge_who_knows_the_items_is_seen_by_their_difficulties() -> None:
    real = np.array([0.3, 0.6, 0.9, 0.5])
    table = np.array([real + 0.05, 1 - real, [0.5, 0.5, 0.5, 0.5], [0.3, NAN, 0.9, NAN]])
    found = angoff(table, judges=list("abcd"), items=list("wxyz"), difficulties=real)
    known = [judge.consistency for judge in found.judges]
    assert known[:2] == pytest.approx([1.0, -1.0])
    assert known[2:] == [None, None]


def test_a_judge_far_from_the_others_stands_out() -> None:
    table = np.array([[0.5, 0.6], [0.55, 0.6], [0.5, 0.65], [0.52, 0.6], [0.95, 0.95]])
    found = angoff(table, judges=list("abcde"), items=["1", "2"])
    assert [judge.stands_out for judge in found.judges] == [False, False, False, False, True]
    table[4] = [0.1, 0.1]
    mild = angoff(table, judges=list("abcde"), items=["1", "2"])
    assert [judge.stands_out for judge in mild.judges] == [False, False, False, False, True]


def test_unjudged_items_take_the_mean_of_those_who_judged_them() -> None:
    table = np.array([[0.6, NAN], [0.8, 0.4]])
    found = angoff(table, judges=["a", "b"], items=["1", "2"])
    assert [judge.cut for judge in found.judges] == pytest.approx([1.0, 1.2])
    assert found.cut == pytest.approx(0.7 + 0.4)
    assert (found.agreement, found.reason) == (None, "judgements_missing")
    assert found.items[1].sd is None


def test_one_judge_gives_a_cut_without_an_error() -> None:
    found = angoff(np.array([[0.6, 0.5]]), judges=["a"], items=["1", "2"])
    assert (found.cut, found.sd, found.standard_error) == (pytest.approx(1.1), None, None)
    assert (found.agreement, found.reason) == (None, "judgements_few")
    assert found.judges[0].from_others is None
    assert not found.judges[0].stands_out
    assert found.to_document()["agreement"] is None


def test_rounds_are_compared_with_the_one_before() -> None:
    first = np.array([[0.6, 0.5], [0.9, 0.8], [0.4, NAN]])
    second = np.array([[0.6, 0.6], [0.7, 0.6], [0.4, NAN]])
    before, after = rounds([first, second], judges=list("abc"), items=["1", "2"])
    assert (before.changed, after.changed) == (None, 3)
    assert before.sd is not None
    assert after.sd is not None
    assert after.sd < before.sd
    whole, _ = rounds([first[:2], second[:2]], judges=list("ab"), items=["1", "2"])
    assert isinstance(whole.to_document()["agreement"], dict)


def test_the_booklet_is_in_the_order_of_where_items_are_mastered() -> None:
    """RP 2/3: b + ln 2 / a without guessing; (RP - c) / (1 - RP) with it."""
    pages = booklet(FORM[:2])
    places = {page.item: page.theta for page in pages}
    assert places["A"] == pytest.approx(-1 + log(2), abs=1e-12)
    assert places["B"] == pytest.approx(log((2 / 3 - 0.2) / (1 / 3)) / 2, abs=1e-12)
    known = booklet(FORM[:2], without_guessing=True)
    assert {page.item: page.theta for page in known}["B"] == pytest.approx(log(2) / 2, abs=1e-12)
    half = booklet(FORM[:1], mastered=Fraction(1, 2))
    assert half[0].theta == pytest.approx(-1.0, abs=1e-12)


def test_each_score_of_an_item_has_its_own_page() -> None:
    pages = booklet(FORM)
    assert [page.number for page in pages] == [1, 2, 3, 4, 5, 6]
    assert [page.theta for page in pages] == sorted(page.theta for page in pages)
    graded = {page.score: page.theta for page in pages if page.item == "C"}
    assert graded[2] == pytest.approx(1.5 + log(2) / 0.8, abs=1e-12)
    credit = next(page for page in pages if (page.item, page.score) == ("D", 2))
    assert FORM[3].chances(np.array([credit.theta]))[0, 2] == pytest.approx(2 / 3, abs=1e-12)


def test_the_panels_cut_is_the_median_of_the_judges() -> None:
    pages = booklet(FORM)
    found = bookmark(pages, FORM, marks=[3, 4, 4, 6])
    assert found.theta == pages[3].theta
    assert found.thetas == tuple(pages[mark - 1].theta for mark in (3, 4, 4, 6))
    assert found.sd == pytest.approx(np.std(found.thetas, ddof=1))
    assert found.standard_error == pytest.approx((np.pi / 2) ** 0.5 * np.std(found.thetas, ddof=1) / 2)
    assert found.expected == pytest.approx(true_scores(FORM, np.array([found.theta]))[0])
    assert found.score - 1 < found.expected <= found.score
    assert found.maximum == 6
    assert found.to_document()["cut"] == found.score


def test_a_bookmark_may_stand_for_the_page_before_or_between() -> None:
    pages = booklet(FORM)
    before = bookmark(pages, FORM, marks=[7], placement=Placement.BEFORE)
    assert before.theta == pages[5].theta
    assert (before.sd, before.standard_error) == (None, None)
    between = bookmark(pages, FORM, marks=[3], placement=Placement.MIDWAY)
    assert between.theta == pytest.approx((pages[1].theta + pages[2].theta) / 2)


def test_tables_that_talked_together_give_the_error_of_their_medians() -> None:
    pages = booklet(FORM)
    found = bookmark(pages, FORM, marks=[2, 3, 3, 5], groups=["x", "x", "y", "y"])
    medians = [(pages[1].theta + pages[2].theta) / 2, (pages[2].theta + pages[4].theta) / 2]
    assert found.standard_error == pytest.approx(abs(medians[1] - medians[0]) / 2)
    assert_allclose(found.mean, np.mean(found.thetas))


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("judgements_few", lambda: agreement(np.ones((1, 4)))),
        ("judgements_few", lambda: agreement(np.ones((4, 1)))),
        ("judgements_missing", lambda: agreement(np.array([[1, NAN], [1, 2]]))),
        ("judgements_shape", lambda: angoff(np.ones((1, 2)), judges=["a"], items=["1"])),
        ("judgements_shape", lambda: angoff(np.ones((0, 1)), judges=[], items=["1"])),
        ("judgements_shape", lambda: angoff(np.ones((1, 1)), judges=["a"], items=["1"], maxima=np.zeros(1))),
        (
            "judgements_shape",
            lambda: angoff(np.ones((1, 1)), judges=["a"], items=["1"], before=np.ones((2, 1))),
        ),
        ("judgements_outside", lambda: angoff(np.array([[1.2]]), judges=["a"], items=["1"])),
        ("judgements_outside", lambda: angoff(np.array([[-0.1]]), judges=["a"], items=["1"])),
        ("item_unjudged", lambda: angoff(np.array([[0.5, NAN]]), judges=["a"], items=["1", "2"])),
        ("curves_missing", lambda: booklet([])),
        ("mastered_range", lambda: booklet(FORM, mastered=Fraction(1))),
        ("mastered_unreachable", lambda: booklet([ItemCurve("g", 1.0, (0.0,), guess=0.7)])),
        ("curve_falls", lambda: booklet([ItemCurve("f", -1.0, (0.0,))])),
        ("bookmarks_missing", lambda: bookmark(booklet(FORM), FORM, marks=[])),
        ("bookmark_page", lambda: bookmark(booklet(FORM), FORM, marks=[7])),
        ("bookmark_page", lambda: bookmark(booklet(FORM), FORM, marks=[1], placement=Placement.BEFORE)),
        ("bookmark_page", lambda: bookmark(booklet(FORM), FORM, marks=[7], placement=Placement.MIDWAY)),
        ("groups_few", lambda: bookmark(booklet(FORM), FORM, marks=[1, 2], groups=["x", "x"])),
        ("groups_few", lambda: bookmark(booklet(FORM), FORM, marks=[1, 2], groups=["x"])),
    ],
)
def test_what_cannot_be_is_refused_by_name(code: str, call: object) -> None:
    assert callable(call)
    with pytest.raises(StatisticsError, match=code):
        call()
