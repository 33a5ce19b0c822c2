# SPDX-License-Identifier: Apache-2.0
"""How sure a result is, and which readings would change it: from evidence that is made by hand."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from assessor.attempts.settling import Settling
from assessor.forms.sections import FormSection, Navigation
from assessor.marking.model import Criterion
from assessor.results.certainty import ResultCertainty, climb, result_certainty
from assessor.results.correction_model import Counting
from assessor.results.document import Evidence, Judged, compute, item_outcomes
from assessor.results.other_readings import flip_counts, other_verdicts
from item_bank.api import load_sample, parse_credential
from scoring.adaptive.model import Ruling
from scoring.api import ReadingKind, Verdict, nos_scope, pc_scope
from scoring.certainty.api import Advice, borderline, threshold_quality
from tests.unit.assessor.test_assessor_result_document import credential, evidence

SAMPLE = load_sample().credential


def looked_at(one: Evidence) -> ResultCertainty:
    return result_certainty(one, item_outcomes(one), compute(one).document)


def with_wrong(count: int, pc: str = "PC1") -> Evidence:
    """Everything right but the first items of a PC."""
    whole = evidence()
    return replace(whole, values={**whole.values, **{f"{pc}-{number}": ("B",) for number in range(count)}})


def with_rule(rule: Any, whole: Evidence | None = None) -> Evidence:
    document = credential(rule={"version": 2, "rule": rule})
    return replace(whole or evidence(), credential=document)


def share_of(scope: Any, at_least: str, **more: Any) -> Any:
    return {"share": {"scope": scope, "component": "all", "basis": "raw", "at_least": at_least, **more}}


def test_each_bar_of_the_rule_is_looked_at_with_the_steps_that_were_judged() -> None:
    # PC1: 4 items, 2 criteria and 1 question of 3 levels each: 4 + 2 x 2 + 2 = 10 steps, two of them not climbed.
    found = looked_at(with_wrong(2))
    parts = {part.scope.name: part for part in found.parts}
    assert list(parts) == [f"PC{number}" for number in range(1, 7)]
    assert (parts["PC1"].right, parts["PC1"].judgements) == (8, 10)
    assert parts["PC1"].found == borderline(8, 10, share=Fraction(7, 10))
    assert (parts["PC2"].right, parts["PC2"].in_doubt) == (10, False)
    assert parts["PC1"].in_doubt
    assert parts["PC1"].verdict is Verdict.PASS
    assert not parts["PC1"].against_rule
    assert [part.scope.name for part in found.in_doubt] == ["PC1"]
    assert found.verdict_in_doubt


def test_a_fail_stands_where_one_bar_is_surely_missed_whatever_is_in_doubt_beside_it() -> None:
    whole = with_wrong(2)
    judged = {
        name: Judged(
            rubric=one.rubric,
            marks={
                criterion.id: criterion.levels[0 if criterion.pc == "PC2" else -1] for criterion in one.rubric
            },
        )
        for name, one in whole.judged.items()
    }
    values = {key: ("B",) if key.startswith("PC2") else value for key, value in whole.values.items()}
    found = looked_at(replace(whole, judged=judged, values=values))
    assert [part.scope.name for part in found.in_doubt] == ["PC1"]
    assert not found.verdict_in_doubt
    worst = next(part for part in found.parts if part.scope.name == "PC2")
    assert worst.found is not None
    assert (worst.verdict, worst.right, worst.found.reason) == (Verdict.FAIL, 0, "settled_not_met")


def test_a_whole_nos_has_the_standard_error_of_its_marks() -> None:
    nos = SAMPLE["nos"][0]["code"]
    bar = share_of({"nos": nos}, "7/10", component="theory")
    one = replace(with_rule({"all_of": [bar]}), values=with_wrong(4).values)
    found = looked_at(one)
    (total,) = found.totals
    assert total.scope == nos_scope(nos)
    # 24 items of one mark each, 4 wrong: sqrt(20 * 4 / 23) = 1.865 by Lord's formula.
    assert total.found is not None
    assert total.found.standard_error is not None
    assert total.found.standard_error == pytest.approx((20 * 4 / 23) ** 0.5)
    assert (total.score, total.cut, total.maximum) == (20, Fraction(168, 10), 24)
    assert total.found.chance == pytest.approx(0.957, abs=0.001)
    assert not total.in_doubt
    assert not found.verdict_in_doubt
    closer = looked_at(
        replace(
            one,
            values=with_wrong(4).values
            | with_wrong(3, "PC2").values
            | dict.fromkeys(("PC1-0", "PC1-1", "PC1-2", "PC1-3"), ("B",)),
        )
    )
    assert closer.totals[0].in_doubt
    assert closer.verdict_in_doubt


def test_all_right_gives_no_error_and_one_judgement_says_so() -> None:
    whole = looked_at(with_rule({"all_of": [share_of({"credential": True}, "7/10")]}))
    assert (whole.totals[0].found, whole.totals[0].reason) == (None, "all_alike")
    one = with_rule({"all_of": [share_of({"credential": True}, "1/2", component="theory")]})
    form = replace(one.form, items=one.form.items[:1])
    single = replace(one, form=form)
    document = compute(one).document
    found = result_certainty(single, item_outcomes(single), document)
    assert (found.totals[0].found, found.totals[0].reason) == (None, "one_judgement")
    none = replace(one, form=replace(one.form, items=()))
    assert result_certainty(none, {}, document).totals[0].reason == "one_judgement"


def test_the_weighted_basis_has_its_error_in_percentage_points() -> None:
    bar = share_of({"credential": True}, "7/10", basis="weighted")
    one = replace(with_rule({"all_of": [bar]}), values=with_wrong(2).values)
    weights = {nos["code"]: "100" for nos in SAMPLE["nos"]}
    assert len(weights) == 1
    (total,) = looked_at(one).totals
    (raw,) = looked_at(
        replace(one, credential=with_rule({"all_of": [share_of({"credential": True}, "7/10")]}).credential)
    ).totals
    assert total.maximum == 100
    assert total.found is not None
    assert raw.found is not None
    assert total.found.standard_error is not None
    assert raw.found.standard_error is not None
    assert total.found.standard_error == pytest.approx(raw.found.standard_error * 100 / 60)


def two_nos() -> Evidence:
    """The sample's criteria in two NOS; two items of the first are wrong and one of the second."""
    document = deepcopy(SAMPLE)
    (first,) = document["nos"]
    second = {**deepcopy(first), "code": "SDP/N0799", "pcs": first["pcs"][3:], "weight": "50"}
    first["weight"] = "50"
    document["rule"]["rule"] = {"all_of": [share_of({"pc": "PC1"}, "7/10")]}
    first["pcs"] = first["pcs"][:3]
    document["nos"].append(second)
    return replace(
        evidence(parse_credential(document)),
        values={**with_wrong(2).values, "PC5-0": ("B",)},
    )


def test_a_nos_without_a_bar_has_its_standard_error_too() -> None:
    rule = {"all_of": [share_of({"pc": "PC1"}, "7/10")]}
    (total,) = looked_at(replace(with_rule(rule), values=with_wrong(2).values)).totals
    assert (total.scope, total.path, total.verdict, total.cut, total.found) == (
        nos_scope(SAMPLE["nos"][0]["code"]),
        None,
        None,
        None,
        None,
    )
    assert (total.score, total.maximum) == (58, 60)
    assert total.error is not None
    bar = share_of({"credential": True}, "7/10")
    (same,) = looked_at(replace(with_rule({"all_of": [bar]}), values=with_wrong(2).values)).totals
    assert same.error == pytest.approx(total.error)
    assert total.to_document()["cut"] is None
    assert not total.in_doubt
    assert looked_at(evidence()).totals[0].reason == "all_alike"


def test_several_nos_have_their_errors_and_the_whole_has_theirs_together() -> None:
    one = two_nos()
    found = {total.scope.name: total for total in looked_at(one).totals}
    first, second = SAMPLE["nos"][0]["code"], "SDP/N0799"
    assert list(found) == [first, second, ""]
    errors = [found[name].error for name in (first, second)]
    assert found[""].error == pytest.approx(sum(error**2 for error in errors if error) ** 0.5)
    assert found[""].score == found[first].score + found[second].score == 57


def test_what_was_not_asked_or_is_dropped_or_given_to_everybody_shows_nothing_of_anybody() -> None:
    whole = with_wrong(1)
    for counting, marks in ((Counting.DROPPED, "10"), (Counting.EVERYBODY, "10")):
        rules = {"PC1-0": replace(whole.rule("PC1-0"), counting=counting)}
        found = looked_at(replace(whole, rules=rules))
        part = found.parts[0]
        assert (part.right, part.judgements) == (9, 9)
        assert str(compute(replace(whole, rules=rules)).document["decision"]["pcs"][0]["earned"]) == marks
    section = FormSection(
        id="S1",
        title=(("en", "S1"),),
        items=("PC1-0", "PC1-1", "PC1-2", "PC1-3"),
        seconds=None,
        navigation=Navigation.LINEAR,
    )
    settled = Settling(
        section="S1",
        pc="PC1",
        ruling=Ruling.MET,
        right=2,
        counted=("PC1-1", "PC1-2"),
        spared=("PC1-0", "PC1-3"),
    )
    asked = replace(whole, form=replace(whole.form, sections=(section,)), settled=(settled,))
    part = looked_at(asked).parts[0]
    assert (part.right, part.judgements) == (
        8,
        8,
    )  # two of four items, and the six steps of practical and viva


def test_the_threshold_of_a_part_has_its_accuracy_and_consistency() -> None:
    part = looked_at(with_wrong(2)).parts[0]
    assert part.quality is not None
    same = threshold_quality(10, share=Fraction(7, 10))
    assert (part.quality.accuracy, part.quality.consistency) == (same.accuracy, same.consistency)
    assert part.to_document()["threshold_quality"]["accuracy"] == same.accuracy


def test_a_criterion_without_a_bar_is_looked_at_by_its_declared_threshold() -> None:
    found = looked_at(with_rule({"all_of": [share_of({"credential": True}, "1/2")]}, with_wrong(4)))
    first = found.parts[0]
    assert (first.path, first.verdict, first.found is not None) == (None, None, True)
    assert not first.against_rule
    assert found.in_doubt == ()


def test_a_criterion_without_any_threshold_or_judgement_says_so() -> None:
    document = deepcopy(SAMPLE)
    del document["nos"][0]["pcs"][0]["threshold"]
    document["rule"]["rule"] = {"all_of": [share_of({"credential": True}, "1/2")]}
    one = evidence(parse_credential(document))
    assert looked_at(one).parts[0].reason == "no_threshold"
    asked = with_rule({"all_of": [share_of({"pc": "PC1"}, "1/2", component="theory")]})
    full = compute(asked).document
    without = replace(
        asked, form=replace(asked.form, items=tuple(item for item in asked.form.items if item.pc != "PC1"))
    )
    part = result_certainty(without, item_outcomes(without), full).parts[0]
    assert (part.reason, part.found, part.in_doubt, part.against_rule) == (
        "no_judgements",
        None,
        False,
        False,
    )


def test_marks_that_weigh_more_than_steps_can_stand_against_the_rule() -> None:
    # A bar of 9/10 on the theory of PC1 and 3 of 4 right: the rule fails, and mastery is unlikely as well.
    strict = looked_at(
        replace(with_rule({"all_of": [share_of({"pc": "PC1"}, "9/10")]}), values=with_wrong(1).values)
    )
    part = strict.parts[0]
    assert part.verdict is Verdict.PASS  # exactly 9 of 10 marks
    assert part.against_rule  # but nine of ten steps make a chance of .9 or more less likely than not


def test_doubt_runs_through_groups_and_compensations() -> None:
    low, high = share_of({"pc": "PC1"}, "7/10"), share_of({"pc": "PC2"}, "7/10")
    either = {"any_of": [low, high]}
    found = looked_at(replace(with_rule(either), values=with_wrong(2).values))
    assert not found.verdict_in_doubt  # PC2 is surely reached
    made_up = {"compensate": {"k": 1, "limit": "1", "unit": "marks", "of": [low, high]}}
    assert looked_at(replace(with_rule(made_up), values=with_wrong(2).values)).verdict_in_doubt
    assert not looked_at(with_rule(made_up)).verdict_in_doubt


def test_a_criterion_has_a_step_from_each_level_to_the_next() -> None:
    criterion = Criterion(id="C1", pc="PC1", levels=("0", "1", "1", "4"))
    assert [climb(criterion, marks) for marks in ("0", "1", "4")] == [(0, 2), (1, 2), (2, 2)]
    assert climb(Criterion(id="C2", pc="PC1", levels=("2",)), "2") == (0, 0)


def test_items_worth_nothing_and_criteria_without_steps_are_no_judgements() -> None:
    whole = evidence()
    practical = whole.judged["practical"]
    flat = tuple(
        replace(one, levels=(one.levels[-1],)) if one.pc == "PC1" else one for one in practical.rubric
    )
    one = replace(whole, judged={**whole.judged, "practical": Judged(rubric=flat, marks=practical.marks)})
    assert looked_at(one).parts[0].judgements == 6
    outcomes = item_outcomes(whole)
    dropped = {
        key: replace(value, maximum=Fraction(0), score=Fraction(0)) if key == "PC1-0" else value
        for key, value in outcomes.items()
    }
    assert result_certainty(whole, dropped, compute(whole).document).parts[0].judgements == 9


def test_the_certainty_is_json_with_exact_marks() -> None:
    found = looked_at(
        replace(
            with_rule({"all_of": [share_of({"pc": "PC1"}, "7/10"), share_of({"credential": True}, "7/10")]}),
            values=with_wrong(2).values,
        )
    ).to_document()
    assert found["verdict_in_doubt"] is True
    assert found["parts"][0]["certainty"]["advice"] == Advice.VIVA.value
    assert found["totals"][0]["score"] == "58"
    assert found["totals"][0]["certainty"]["reason"] == "settled_met"
    assert found["parts"][0]["scope"]["pc"] == "PC1"


def test_a_reading_that_would_change_the_verdict_is_named_and_counted() -> None:
    # PC3 needs 80 %: two wrong leave exactly 8 of 10 marks, which a stricter reading would refuse.
    fails, passes = compute(with_wrong(2, "PC3")), compute(evidence())
    document = credential()
    flips = other_verdicts([fails.document, passes.document], document)
    assert [flip.kind for flip in flips[0]] == [ReadingKind.EACH_COMPONENT, ReadingKind.STRICTLY_ABOVE] or (
        ReadingKind.STRICTLY_ABOVE in [flip.kind for flip in flips[0]]
    )
    assert flips[1] == ()
    counts = flip_counts([fails.document, passes.document], document)
    assert counts[ReadingKind.STRICTLY_ABOVE] == 1
    assert ReadingKind.MISSING_AS_ZERO not in counts
    assert flip_counts([], document)[ReadingKind.STRICTLY_ABOVE] == 0


def test_the_scopes_of_parts_are_those_of_the_rule() -> None:
    assert looked_at(evidence()).parts[0].scope == pc_scope("PC1", nos=SAMPLE["nos"][0]["code"])
