# SPDX-License-Identifier: Apache-2.0
"""A whole test compared: control of false alarms, purification, anchors, groups, missing answers."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.errors import StatisticsError
from scoring.fairness.api import (
    Control,
    DifKind,
    DifMethod,
    DifSettings,
    Favours,
    Grouping,
    control_together,
    dif,
    grouping,
    purify,
)
from scoring.fairness.matching import Matcher
from scoring.tables import ResponseTable
from tests.unit.scoring.fairness.verbal_aggression import answers, gender, yes_or_no

LEFT_OUT_BY_DIFR = {
    "S2WantShout", "S3WantScold", "S1DoScold", "S2DoCurse", "S2DoScold", "S3DoCurse", "S3DoScold", "S4DoCurse", "S4DoScold",
}  # fmt: skip


def men(table: ResponseTable) -> Grouping:
    return grouping(gender(), table.weights, focal=["M"])


def test_with_control_only_one_item_of_the_verbal_aggression_data_is_flagged() -> None:
    # difMH(…, p.adjust.method = "BH") of difR 5.1: S2WantShout with an adjusted p of .0466, the next at .0964
    table = yes_or_no()
    report = dif(table, men(table))
    assert report.flagged == ("S2WantShout",)
    by_name = {item.item: item for item in report.items}
    assert by_name["S2WantShout"].p_adjusted == pytest.approx(0.0466, abs=5e-5)
    assert by_name["S2DoCurse"].p_adjusted == pytest.approx(0.0964, abs=5e-5)
    assert by_name["S3WantCurse"].p_adjusted == pytest.approx(0.9711, abs=5e-5)
    assert by_name["S2WantShout"].favours is Favours.REFERENCE
    assert by_name["S2DoCurse"].favours is Favours.FOCAL
    assert report.groups == ("F", "M")
    assert report.sizes == (243.0, 73.0)
    assert report.cautions == ("few_focal", "few_persons")
    assert report.anchors == table.items


def test_without_control_six_items_are_flagged_as_difr_has_them() -> None:
    table = yes_or_no()
    report = dif(table, men(table), DifSettings(control=Control.NONE))
    assert report.flagged == (
        "S2WantShout",
        "S4WantShout",
        "S2DoCurse",
        "S2DoScold",
        "S3DoCurse",
        "S3DoScold",
    )


def test_the_correction_can_be_left_out() -> None:
    table = yes_or_no()
    report = dif(table, men(table), DifSettings(correct=False, level=0.01, control=Control.NONE))
    assert report.flagged == ("S2WantShout", "S2DoCurse", "S2DoScold")
    assert report.items[0].chi2 == pytest.approx(2.2151, abs=5e-5)


def test_purification_ends_where_difrs_does() -> None:
    # difMH(…, purify = TRUE): convergence after 6 iterations
    table = yes_or_no()
    report = dif(table, men(table), DifSettings(purify=True))
    assert report.purification is not None
    assert (report.purification.rounds, report.purification.converged) == (6, True)
    assert set(table.items) - set(report.anchors) == LEFT_OUT_BY_DIFR
    assert report.flagged == ("S2DoCurse", "S2DoScold", "S3DoCurse")
    by_name = {item.item: item for item in report.items}
    assert by_name["S1WantCurse"].chi2 == pytest.approx(0.0069, abs=5e-5)
    assert by_name["S2DoScold"].chi2 == pytest.approx(11.9436, abs=5e-5)


def test_logistic_purification_ends_where_difrs_does() -> None:
    table = yes_or_no()
    report = dif(table, men(table), DifSettings(method=DifMethod.LOGISTIC, purify=True))
    assert report.purification is not None
    assert (report.purification.rounds, report.purification.converged) == (2, True)
    assert report.flagged == ("S2DoScold",)
    assert report.items[0].chi2 == pytest.approx(0.8695, abs=5e-5)
    assert report.items[16].favours is Favours.FOCAL


def test_anchors_that_are_named_are_matched_on_and_not_tested() -> None:
    # difMH(…, anchor = 1:5)
    table = yes_or_no()
    report = dif(table, men(table), DifSettings(anchors=table.items[:5], purify=True))
    assert report.purification is None
    assert [item.reason for item in report.items[:5]] == ["anchor"] * 5
    chi2 = [item.chi2 for item in report.items[5:8]]
    assert chi2 == pytest.approx([2.2586, 0.4689, 5.0960], abs=5e-5)


def test_a_value_from_outside_can_be_matched_on() -> None:
    table = yes_or_no()
    outside = table.scores.sum(axis=1)
    inside = dif(table, men(table))
    report = dif(table, men(table), DifSettings(external=outside, purify=True))
    assert [item.chi2 for item in report.items] == [item.chi2 for item in inside.items]
    outside[:100] = np.nan
    assert dif(table, men(table), DifSettings(external=outside)).items[0].persons == 216


def test_kinds_of_logistic_dif_are_chosen_by_name() -> None:
    table = yes_or_no()
    settings = DifSettings(method=DifMethod.LOGISTIC, kind=DifKind.UNIFORM, control=Control.NONE)
    report = dif(table, men(table), settings)
    assert report.flagged == (
        "S2WantCurse", "S2WantShout", "S1DoScold", "S2DoCurse", "S2DoScold", "S3DoCurse", "S3DoScold",
    )  # fmt: skip


def test_answers_with_three_values_go_to_mantel_and_not_to_logistic_regression() -> None:
    table = answers()
    item = dif(table, men(table)).items[0]
    assert item.mantel is not None
    assert item.chi2 == item.mantel.chi2
    assert item.pairs[0].mantel_haenszel is None
    assert item.pairs[0].standardised is None
    logistic = dif(table, men(table), DifSettings(method=DifMethod.LOGISTIC)).items[0]
    assert (logistic.p, logistic.reason) == (None, "not_binary")


def test_several_groupings_make_one_family() -> None:
    table = yes_or_no()
    report = dif(table, men(table))
    together = control_together({"gender": report, "again": report})
    assert together["gender"].flagged == ("S2WantShout",)
    assert together["gender"].items[0].p_adjusted == pytest.approx(report.items[0].p_adjusted)
    strict = dif(table, men(table), DifSettings(level=0.01))
    with pytest.raises(StatisticsError, match="mixed_control"):
        control_together({"gender": report, "again": strict})


def three_groups(seed: int = 1) -> tuple[ResponseTable, list[str]]:
    rng = np.random.default_rng(seed)
    ability, group = rng.normal(size=1500), rng.integers(0, 3, 1500)
    hard = np.linspace(-1.2, 1.2, 10)
    shift = np.zeros((1500, 10))
    shift[group == 2, 4] = 1.3
    right = rng.uniform(size=(1500, 10)) < 1 / (1 + np.exp(-1.4 * (ability[:, None] - hard - shift)))
    return ResponseTable.of(right.astype(float)), [("north", "south", "west")[code] for code in group]


@pytest.mark.parametrize("method", list(DifMethod))
def test_an_item_that_is_harder_for_one_group_of_three_is_found(method: DifMethod) -> None:
    table, labels = three_groups()
    settings = DifSettings(method=method, exact=True, purify=True)
    report = dif(table, grouping(labels, table.weights, reference="north"), settings)
    assert report.flagged == ("5",)
    assert report.groups == ("north", "south", "west")
    assert report.items[4].favours is None
    assert report.cautions == ()
    if method is DifMethod.MH:
        assert [pair.focal for pair in report.items[4].pairs] == ["south", "west"]
        south, west = (pair.mantel_haenszel for pair in report.items[4].pairs)
        assert south is not None
        assert west is not None
        assert south.ets == "A"
        assert west.ets == "C"
        assert west.p_exact is not None


def test_a_score_that_two_of_three_groups_do_not_reach_disturbs_no_pair() -> None:
    table, labels = three_groups()
    scores = table.scores.copy()
    scores[[label == "south" for label in labels]] *= 0.0
    scores[:30, :2] = 1.0
    report = dif(ResponseTable.of(scores), grouping(labels, table.weights, reference="north"))
    alone = dif(ResponseTable.of(scores), grouping(labels, table.weights, reference="north", focal=["west"]))
    for item, pair in zip(report.items, alone.items, strict=True):
        assert item.pairs[1] == pair.pairs[0]


def test_an_item_that_cannot_be_compared_keeps_its_reason_and_is_not_flagged() -> None:
    table, labels = three_groups()
    constant = table.scores.copy()
    constant[:, 0] = 1.0
    spoiled = ResponseTable.of(constant)
    groups = grouping(labels, spoiled.weights, reference="north", focal=["west"])
    for method in DifMethod:
        item = dif(spoiled, groups, DifSettings(method=method)).items[0]
        assert (item.p, item.p_adjusted, item.flagged, item.reason) == (None, None, False, "item_constant")
        assert item.favours is None


def test_missing_answers_leave_the_person_out_of_that_item_only() -> None:
    table, labels = three_groups()
    holes = table.scores.copy()
    holes[:400, 3] = np.nan
    report = dif(ResponseTable.of(holes), grouping(labels, table.weights, reference="north"))
    assert [item.persons for item in report.items[2:5]] == [1500, 1100, 1500]


def test_a_value_from_outside_for_each_person_is_needed() -> None:
    table = yes_or_no()
    with pytest.raises(StatisticsError, match="table_shape"):
        dif(table, men(table), DifSettings(external=np.ones(3)))


def test_an_anchor_that_is_not_in_the_table_is_refused() -> None:
    table = yes_or_no()
    with pytest.raises(StatisticsError, match="items_not_in_table"):
        dif(table, men(table), DifSettings(anchors=("S9DoSing",)))


# --------------------------------------------------------------------------------------------- grouping


def test_everybody_else_is_the_reference_of_a_focal_group() -> None:
    weights = np.ones(5)
    found = grouping(["a", "b", "c", "", "a"], weights, focal=["a"])
    assert found.names == ("b + c", "a")
    assert found.codes.tolist() == [1, 0, 0, -1, 1]
    assert found.sizes(weights).tolist() == [2.0, 2.0]


def test_with_a_reference_the_others_are_left_out() -> None:
    found = grouping(["a", "b", "c"], np.ones(3), focal=["a"], reference="b")
    assert found.names == ("b", "a")
    assert found.codes.tolist() == [1, 0, -1]


def test_without_a_name_the_largest_group_is_the_reference() -> None:
    assert grouping(["b", "a", "b"], np.ones(3)).names == ("b", "a")
    assert grouping(["b", "a"], np.ones(2)).names == ("a", "b")
    assert grouping(["b", "a"], np.array([1.0, 9.0])).names == ("a", "b")


@pytest.mark.parametrize(
    ("labels", "focal", "reference", "code"),
    [
        (["a", "b"], ["c"], None, "group_unknown"),
        (["a", "b"], [], "c", "group_unknown"),
        (["a", "a"], [], None, "group_single"),
        (["a", "b"], ["a", "b"], None, "group_single"),
        (["a", "b"], ["a"], "a", "group_twice"),
        (["a", "b", "c"], ["a", "a"], None, "group_twice"),
    ],
)
def test_groups_that_cannot_be_compared_are_refused(
    labels: list[str], focal: list[str], reference: str | None, code: str
) -> None:
    with pytest.raises(StatisticsError, match=code):
        grouping(labels, np.ones(len(labels)), focal=focal, reference=reference)


def test_a_group_without_weight_is_not_there() -> None:
    with pytest.raises(StatisticsError, match="group_unknown"):
        grouping(["a", "b", "c"], np.array([1.0, 1.0, 0.0]), focal=["c"])


# --------------------------------------------------------------------------------------------- matching


def test_the_studied_item_is_part_of_the_matching_score_even_if_it_is_no_anchor() -> None:
    table = ResponseTable.of([[1.0, 0.0, 1.0]] * 12 + [[0.0, 0.0, 1.0]] * 12)
    groups = grouping(["a", "b"] * 12, table.weights)
    only_last = np.array([False, False, True])
    assert sorted(set(Matcher(table, groups).item(0, only_last).matching.tolist())) == [1.0, 2.0]
    assert set(Matcher(table, groups).item(2, only_last).matching.tolist()) == {1.0}


def test_marks_that_add_up_to_the_same_are_one_stratum() -> None:
    table = ResponseTable.of([[0.1, 0.2], [0.2, 0.1], [0.3, 0.0]])
    groups = grouping(["a", "b", "a"], table.weights)
    assert Matcher(table, groups).item(0, np.ones(2, dtype=bool)).strata_count == 1


def test_purification_stops_where_every_item_is_out() -> None:
    found = purify(lambda anchors: np.zeros(3), 3, level=0.05)
    assert (found.rounds, found.converged) == (0, False)
    assert found.anchors.all()


def test_purification_that_swings_is_cut_off() -> None:
    def swings(anchors: np.ndarray) -> np.ndarray:
        return np.where(anchors, [0.01, 0.9, np.nan], [0.9, 0.01, np.nan])

    found = purify(swings, 3, level=0.05, rounds=4)
    assert (found.rounds, found.converged) == (4, False)


def test_nothing_flagged_is_a_set_at_rest() -> None:
    found = purify(lambda anchors: np.ones(2), 2, level=0.05)
    assert (found.rounds, found.converged) == (0, True)
