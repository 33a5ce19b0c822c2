# SPDX-License-Identifier: Apache-2.0
"""What judgements come to: marks and not the number of items decide the weight; errors, places, letters and minutes."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from math import pi, sqrt

import pytest

from core.canonical import digest
from item_bank.panels.compromise import curve_of_fails
from item_bank.panels.feedback import judge_letters, panel_feedback
from item_bank.panels.minutes import minutes
from item_bank.panels.model import Impact, PanelMethod, Round, number_objects
from item_bank.panels.outcome import booklet_pages, outcome
from item_bank.panels.weights import scope_weights
from item_bank.standards.model import CredentialDocument
from item_bank.standards.parsing import parse_credential
from scoring.api import CREDENTIAL, pc_scope
from tests.unit.item_bank.builders import changed, credential
from tests.unit.item_bank.panels.made import NOON, a_panel, an_object

PC1, PC2 = pc_scope("PC1", nos="SDP/N0701"), pc_scope("PC2", nos="SDP/N0701")


@pytest.fixture
def document() -> CredentialDocument:
    return parse_credential(credential())


def test_each_criterion_counts_by_its_marks_however_many_items_stand_for_it(
    document: CredentialDocument,
) -> None:
    objects = [
        an_object(1),
        an_object(2, maximum="3"),
        an_object(3, pc="PC2"),
        an_object(4, component="practical"),
    ]
    found = {one.scope: one for one in scope_weights(document, objects)}
    assert list(found) == [CREDENTIAL, PC1, PC2]
    assert found[CREDENTIAL].weights == (Fraction(1), Fraction(3), Fraction(4), Fraction(4))
    assert found[CREDENTIAL].covered == Fraction(12, 20)
    assert found[PC2].covered == Fraction(4, 10)
    assert scope_weights(document, []) == ()
    assert scope_weights(document, [an_object(1, component="ojt")]) == ()


def test_a_credential_that_weights_its_nos_weights_them_here_too() -> None:
    sheet = credential()
    second = {
        **sheet["nos"][0],
        "code": "SDP/N0702",
        "weight": "25",
        "pcs": [{**sheet["nos"][0]["pcs"][0], "id": "PC3"}],
    }
    first = {**sheet["nos"][0], "weight": "75"}
    weighted = {
        "share": {"scope": {"credential": True}, "component": "all", "basis": "weighted", "at_least": "7/10"}
    }
    made = changed(changed(sheet, "nos", to=[first, second]), "rule", to={"version": 1, "rule": weighted})
    objects = [an_object(1), an_object(2, pc="PC2"), an_object(3, pc="PC3")]
    found = {one.scope.label: one for one in scope_weights(parse_credential(made), objects)}
    assert set(found) == {"credential", "SDP/N0701", "SDP/N0702", "PC1", "PC2", "PC3"}
    assert sum(found["credential"].weights[:2]) == 3 * found["credential"].weights[2]


def test_angoff_gives_mean_median_and_error_of_each_part(document: CredentialDocument) -> None:
    panel = a_panel(
        objects=[an_object(1), an_object(2, pc="PC2", facility="1/2", people=9)],
        impact=Impact(source="June", shares=("1/2", "3/5", "4/5")),
    )
    said = {"judge1": {1: "50", 2: "70"}, "judge2": {1: "60", 2: "80"}, "judge3": {1: "70", 2: "90"}}
    made = outcome(panel, document, said)
    whole = made.cut(CREDENTIAL)
    assert whole is not None
    assert whole.share == pytest.approx(0.7)
    assert whole.by_judge == pytest.approx((0.6, 0.7, 0.8))
    assert whole.standard_error == pytest.approx(0.1 / sqrt(3))
    assert whole.below == pytest.approx(2 / 3)
    assert made.objects[1].gap == pytest.approx(0.3)
    assert made.cut(pc_scope("PC9")) is None
    assert made.agreement is not None
    assert made.agreement.icc_3_1 == pytest.approx(1.0)
    again = outcome(panel, document, {**said, "judge1": {1: "55", 2: "70"}}, before=said)
    assert (made.changed, again.changed) == (None, 1)


def test_one_judge_has_no_error_and_one_far_off_is_named(document: CredentialDocument) -> None:
    objects = [an_object(1), an_object(2, pc="PC2")]
    alone = outcome(a_panel(objects=objects), document, {"judge1": {1: "50", 2: "70"}})
    assert alone.cuts[0].standard_error is None
    assert alone.cuts[0].reason == "judgements_few"
    assert alone.reason == "judgements_few"
    said = {
        f"judge{place}": {1: value, 2: value} for place, value in enumerate(("60", "61", "62", "95"), start=1)
    }
    made = outcome(a_panel(objects=objects, judges=4), document, said)
    assert made.outliers == ("judge4",)
    apart = outcome(
        a_panel(objects=objects), document, {"judge1": {1: "0", 2: "60"}, "judge2": {1: "100", 2: "60"}}
    )
    assert [one.discuss for one in apart.objects] == [True, False]


def test_a_bookmark_is_read_at_two_thirds_and_its_error_is_that_of_a_median(
    document: CredentialDocument,
) -> None:
    panel = a_panel(
        method=PanelMethod.BOOKMARK,
        objects=[
            an_object(1, slope="1", difficulties=("0.5",)),
            an_object(2, slope="1", difficulties=("-0.5",)),
            an_object(3, pc="PC2", slope="1", difficulties=("1.5",)),
        ],
    )
    pages = booklet_pages(panel)
    assert [page.item for page in pages] == ["2", "1", "3"]
    made = outcome(panel, document, {"judge1": {0: "1"}, "judge2": {0: "2"}, "judge3": {0: "2"}})
    whole = made.cut(CREDENTIAL)
    assert whole is not None
    assert whole.share is not None
    # at the ability of page 2 its item is mastered by 2/3; PC1 counts for half, its two items alike
    assert made.cut(PC1).share == pytest.approx((2 / 3 + 2 * 2.718281828 / (1 + 2 * 2.718281828)) / 2)  # type: ignore[union-attr]
    spread = sum((one - sum(whole.by_judge) / 3) ** 2 for one in whole.by_judge) / 2
    assert whole.standard_error == pytest.approx(sqrt(pi / 2) * sqrt(spread) / sqrt(3))
    assert made.reason == "one_judgement_each"
    assert outcome(panel, document, {"judge1": {0: "1"}}).cuts[0].reason == "judgements_few"
    assert booklet_pages(a_panel(objects=panel.objects)) == ()


def test_learners_are_parted_by_the_majority_and_the_line_lies_between(document: CredentialDocument) -> None:
    scores = ("1/5", "2/5", "11/20", "1/2", "7/10", "17/20", "3/5", "3/10")
    panel = a_panel(
        method=PanelMethod.CONTRASTING_GROUPS,
        objects=[an_object(place, score=score) for place, score in enumerate(scores, start=1)],
    )
    one = dict(enumerate(("0", "0", "0", "1", "1", "1", "1/2", "-"), start=1))
    other = dict(enumerate(("0", "0", "0", "1", "1", "1", "1", "-"), start=1))
    made = outcome(panel, document, {"judge1": one, "judge2": other})
    assert (made.masters, made.others, made.border) == (3, 3, 1)
    assert made.cuts[0].share == pytest.approx(0.525, abs=0.03)
    assert made.cuts[0].standard_error is not None
    assert made.objects[7].mean is None
    apart = {number: "1" if number in (5, 6) else "0" for number in range(1, 9)}
    parted = outcome(panel, document, {"judge1": apart, "judge2": apart}).cuts[0]
    assert parted.share == pytest.approx((0.7 + 0.6) / 2)
    assert (parted.standard_error, parted.reason) == (None, "groups_separate")
    turned = {number: "0" if number in (5, 6) else "1" for number in range(1, 9)}
    assert outcome(panel, document, {"judge1": turned}).cuts[0].reason == "slope_not_positive"
    nobody = dict.fromkeys(range(1, 9), "1")
    assert outcome(panel, document, {"judge1": nobody}).cuts[0].reason == "group_few"
    unsure = dict.fromkeys(range(1, 9), "1/2")
    assert outcome(panel, document, {"judge1": unsure}).cuts[0].median == pytest.approx(0.525)


def test_the_borderline_group_holds_whom_most_of_those_who_know_them_put_there(
    document: CredentialDocument,
) -> None:
    scores = ("1/5", "2/5", "11/20", "1/2", "7/10")
    panel = a_panel(
        method=PanelMethod.BORDERLINE_GROUP,
        objects=[an_object(place, score=score) for place, score in enumerate(scores, start=1)],
        impact=Impact(source="June", shares=scores),
    )
    one = dict(enumerate(("0", "1/2", "1/2", "1/2", "1"), start=1))
    other = dict(enumerate(("0", "1/2", "1/2", "1", "-"), start=1))
    made = outcome(panel, document, {"judge1": one, "judge2": other})
    # the fourth is put there by one of two: that is no majority
    assert (made.masters, made.others, made.border) == (1, 1, 2)
    [cut] = made.cuts
    assert cut.share == cut.median == pytest.approx(0.475)
    assert cut.below == pytest.approx(2 / 5)
    assert cut.standard_error == pytest.approx(sqrt(pi / 2) * 0.075)
    assert made.borderline is not None
    few = outcome(panel, document, {"judge1": dict.fromkeys(range(1, 6), "1")}).cuts[0]
    assert (few.share, few.standard_error, few.reason) == (None, None, "border_few")


def test_a_compromise_needs_real_learners_and_enough_judges(document: CredentialDocument) -> None:
    """20 marks in all: at 10 of them 10 of 20 people fail, and so says the line from (8, 70 %) to (12, 30 %)."""
    shares = tuple(f"{mark}/20" for mark in range(20))
    panel = a_panel(
        method=PanelMethod.HOFSTEE,
        objects=number_objects(PanelMethod.HOFSTEE),
        impact=Impact(source="June", shares=shares),
    )
    one = dict(enumerate(("40", "60", "30", "70"), start=1))
    made = outcome(panel, document, {"judge1": one, "judge2": one})
    [cut] = made.cuts
    assert cut.share == pytest.approx(0.5)
    assert cut.below == pytest.approx(0.5)
    assert (cut.standard_error, cut.reason) == (None, "judgements_few")
    assert cut.by_judge == pytest.approx((0.5, 0.5))
    assert (made.agreement, made.reason) == (None, "numbers_of_the_whole")
    other = dict(enumerate(("50", "70", "20", "60"), start=1))
    three = outcome(panel, document, {"judge1": one, "judge2": one, "judge3": other}).cuts[0]
    without = [outcome(panel, document, said).cuts[0].share or 0 for said in (
        {"a": one, "b": other}, {"a": one, "b": other}, {"a": one, "b": one},
    )]  # fmt: skip
    spread = sum((share - sum(without) / 3) ** 2 for share in without)
    assert three.standard_error == pytest.approx(sqrt(2 / 3 * spread))
    nobody = outcome(replace(panel, impact=None), document, {"judge1": one})
    assert (nobody.cuts[0].share, nobody.cuts[0].reason) == (None, "impact_missing")
    assert [fails for _cut, fails in curve_of_fails(panel, document)][:3] == [0.0, 0.05, 0.1]
    assert curve_of_fails(replace(panel, impact=None), document) == ()


def test_beuk_needs_two_judges_and_weighs_what_they_agree_on(document: CredentialDocument) -> None:
    panel = a_panel(
        method=PanelMethod.BEUK,
        objects=number_objects(PanelMethod.BEUK),
        impact=Impact(source="June", shares=tuple(f"{mark}/20" for mark in range(20))),
    )
    said = {"judge1": {1: "40", 2: "50"}, "judge2": {1: "60", 2: "50"}}
    made = outcome(panel, document, said)
    assert made.cuts[0].share == pytest.approx(0.5), "who agree on the passes alone get them"
    assert made.cuts[0].by_judge == (0.4, 0.6)
    alone = outcome(panel, document, {"judge1": said["judge1"]})
    assert (alone.cuts[0].share, alone.cuts[0].reason) == (None, "judgements_few")


def test_a_judge_learns_the_own_place_and_no_name(document: CredentialDocument) -> None:
    panel = a_panel(objects=[an_object(1, facility="1/2", people=9), an_object(2, pc="PC2")], show_facts=True)
    made = outcome(panel, document, {"judge1": {1: "50", 2: "50"}, "judge2": {1: "60", 2: "60"}})
    told = panel_feedback(panel, made, judge_id="judge1")
    assert (told.cuts[0].lower, told.cuts[0].higher, told.cuts[0].all) == (0, 1, (0.5, 0.6))
    assert (told.objects[0].own, told.objects[0].facility, told.objects[0].people) == (0.5, "1/2", 9)
    late = panel_feedback(a_panel(objects=panel.objects), made, judge_id="judge3")
    assert late.cuts == ()
    assert (late.objects[0].own, late.objects[0].facility) == (None, "")


def test_letters_stay_the_same_and_go_beyond_the_alphabet() -> None:
    many = judge_letters(a_panel(judges=30))
    assert many == judge_letters(a_panel(judges=30))
    assert len(set(many.values())) == 30
    assert {"A", "Z", "A2", "D2"} <= set(many.values())
    assert list(many.values()) != sorted(many.values()), "the order of the invitations says nothing"


def test_the_minutes_hold_no_float_and_have_one_fingerprint(document: CredentialDocument) -> None:
    held = Round(number=1, opened_at=NOON, closed_at=NOON, counted=("judge1", "judge2"), notes="")
    panel = a_panel(
        objects=[an_object(1), an_object(2, pc="PC2")],
        rounds=(held,),
        impact=Impact(source="June", shares=("1/2",)),
    )
    made = outcome(panel, document, {"judge1": {1: "50", 2: "50"}, "judge2": {1: "60", 2: "60"}})
    names = {"person1": "Zoya", "person2": "Anil", "person3": "Meera", "chair": "Ravi"}
    arguments = {"credential": {"code": "X"}, "recommended": (), "names": names, "at": NOON.isoformat()}
    document_of = minutes(panel, [made], **arguments)  # type: ignore[arg-type]
    assert digest(document_of) == digest(json.loads(json.dumps(document_of)))
    assert [one["name"] for one in document_of["judges"]] == ["Anil", "Meera", "Zoya"]
    assert "Zoya" not in json.dumps(document_of["rounds"])
    assert document_of["rounds"][0]["cuts"][0]["share"] == "0.550000"
    assert document_of["impact"] == {"source": "June", "people": 1}
