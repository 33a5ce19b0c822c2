# SPDX-License-Identifier: Apache-2.0
"""Outcome processing of tests: running, weighting, counting, and what is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest

from scoring.api import Element, QtiError, score_test
from scoring.qti.outcomes_items import ItemOutcomes
from scoring.qti.outcomes_structure import parse_test
from scoring.qti.outcomes_subset import TestItems
from tests.unit.scoring.qti.build import e, f, i, outcome, s, var


def ref(name: str, *children: Element, category: str = "") -> Element:
    return e("assessmentItemRef", *children, identifier=name, href=f"{name}.xml", category=category)


def section(name: str, *children: Element) -> Element:
    return e("assessmentSection", *children, identifier=name)


def weight(name: str, value: str) -> Element:
    return e("weight", identifier=name, value=value)


def a_test(*children: Element, rules: tuple[Element, ...] = (), parts: tuple[Element, ...] = ()) -> Element:
    part = e("testPart", section("S1", *parts), identifier="P1")
    processing = (e("outcomeProcessing", *rules),) if rules else ()
    return Element("assessmentTest", {"identifier": "T"}, (*children, part, *processing))


def set_out(expression: Element, name: str = "OUT") -> Element:
    return e("setOutcomeValue", expression, identifier=name)


def out_of(
    expression: Element, items: object, *parts: Element, kind: str = "float", many: bool = False
) -> object:
    declared = outcome("OUT", kind, cardinality="multiple" if many else "single")
    run = score_test(a_test(declared, rules=(set_out(expression),), parts=parts), {"items": items}, seed=1)
    return run.to_document()["outcomes"]["OUT"]


def codes(expression: Element, items: object, *parts: Element, kind: str = "float") -> list[str]:
    declared = outcome("OUT", kind)
    run = score_test(a_test(declared, rules=(set_out(expression),), parts=parts), {"items": items}, seed=1)
    return [warning.code for warning in run.warnings]


def refused(document: object, root: Element | None = None) -> tuple[str, str]:
    with pytest.raises(QtiError) as caught:
        score_test(root or a_test(parts=(ref("Q1"),)), document, seed=1)  # type: ignore[arg-type]
    return caught.value.code, caught.value.where


SCORES = e("testVariables", variableIdentifier="SCORE")
TWO = (ref("Q1", weight("W", "2")), ref("Q2"))


def test_a_test_without_rules_keeps_its_defaults() -> None:
    run = score_test(a_test(outcome("TOTAL"), outcome("GRADE", "identifier")), {"items": {}}, seed=1)
    assert run.to_document() == {"outcomes": {"TOTAL": 0.0, "GRADE": None}, "warnings": [], "trace": []}


def test_the_run_says_what_it_did() -> None:
    run = score_test(
        a_test(outcome("TOTAL"), rules=(set_out(f(2), "TOTAL"), e("exitTest"), set_out(f(3), "TOTAL"))),
        {"items": {}},
        seed=1,
    )
    assert [step.rule for step in run.trace] == ["setOutcomeValue", "exitTest"]
    assert run.to_document()["outcomes"] == {"TOTAL": 2.0}


def test_the_same_warning_is_given_once() -> None:
    root = a_test(outcome("OUT", "integer"), rules=(set_out(s("one")), set_out(s("two"))))
    run = score_test(root, {"items": {}}, seed=1)
    assert [warned.code for warned in run.warnings] == ["value_type"]


def test_the_same_seed_draws_the_same() -> None:
    drawn = set_out(e("randomInteger", min="1", max="1000000"))
    runs = [
        score_test(a_test(outcome("OUT", "integer"), rules=(drawn,)), {"items": {}}, seed=seed).to_document()
        for seed in (7, 7, 8)
    ]
    assert runs[0] == runs[1] != runs[2]


def test_outcomes_of_an_item_that_the_test_lacks_are_refused() -> None:
    assert refused({"items": {"Q1": {"SCORE": 1}, "Q9": {"SCORE": 1}}}) == ("item_not_in_test", "Q9")
    assert refused({"items": {"Q1": {"SCORE": 1}, "Q1.1": {"SCORE": 1}}}) == ("item_not_in_test", "Q1.1")


def test_durations_are_an_object_of_seconds() -> None:
    assert refused({"items": {}, "durations": [1]}) == ("items_malformed", "durations")
    assert refused({"items": {}, "durations": {"P1": -1}}) == ("items_malformed", "durations.P1")
    assert refused({"items": {}, "duration": "long"}) == ("items_malformed", "duration")


def test_times_that_are_not_given_are_null() -> None:
    assert out_of(var("duration"), {}, kind="duration") is None
    assert out_of(var("P1.duration"), {}, kind="duration") is None
    assert out_of(var("Q1.duration"), {"Q1": {"SCORE": 1}}, ref("Q1"), kind="duration") is None
    root = a_test(outcome("OUT", "duration"), rules=(set_out(var("S1.duration")),))
    document = {"items": {}, "durations": {"S1": 12.5, "P1": None}}
    assert score_test(root, document, seed=1).to_document()["outcomes"] == {"OUT": 12.5}


# ------------------------------------------------------------------------------------------ one variable


@pytest.mark.parametrize("name", ["Q9.SCORE", "TOTAL", ".SCORE", "Q1"])
def test_a_variable_that_nobody_has_is_refused(name: str) -> None:
    with pytest.raises(QtiError) as caught:
        out_of(var(name), {"Q1": {"SCORE": 1}}, ref("Q1"))
    assert (caught.value.code, caught.value.where) == ("variable_unknown", name)


def test_a_variable_that_the_item_lacks_is_null_with_a_warning() -> None:
    assert out_of(var("Q1.GRADE"), {"Q1": {"SCORE": 1}}, ref("Q1")) is None
    assert codes(var("Q1.GRADE"), {"Q1": {"SCORE": 1}}, ref("Q1")) == ["item_variable_missing"]


def test_an_item_that_was_not_met_is_null_without_a_warning() -> None:
    assert codes(var("Q1.SCORE"), {}, ref("Q1")) == []


def test_an_item_met_twice_is_null_with_one_warning() -> None:
    both = e("sum", var("Q1.SCORE"), var("Q1.SCORE"))
    assert codes(both, {"Q1.1": {"SCORE": 1}, "Q1.2": {"SCORE": 1}}, ref("Q1")) == ["item_repeated"]


def test_an_item_met_once_of_several_times_needs_no_number() -> None:
    assert out_of(var("Q1.SCORE"), {"Q1.3": {"SCORE": 4.0}}, ref("Q1")) == 4.0


def test_a_mapped_name_and_the_items_own_name_both_work() -> None:
    mapped = ref("Q1", e("variableMapping", sourceIdentifier="points", targetIdentifier="SCORE"))
    assert out_of(var("Q1.SCORE"), {"Q1": {"points": 3.0}}, mapped) == 3.0
    assert out_of(var("Q1.points"), {"Q1": {"points": 3.0}}, mapped) == 3.0


def test_a_weight_makes_floats_of_numbers_and_leaves_texts_alone() -> None:
    def weighted(value: object, kind: str) -> object:
        named = e("variable", identifier="Q1.X", weightIdentifier="W")
        return out_of(named, {"Q1": {"X": value}}, *TWO, kind=kind)

    assert weighted(3, "float") == 6.0
    assert weighted(1.5, "float") == 3.0
    assert weighted("A", "identifier") == "A"
    assert weighted(True, "boolean") is True
    assert weighted(None, "float") is None


def test_a_weight_of_nought_counts_nothing() -> None:
    item = ref("Q1", weight("W", "0"))
    bound = e("sum", e("outcomeMaximum", outcomeIdentifier="SCORE", weightIdentifier="W"))
    assert out_of(bound, {"Q1": {"maximum": {"SCORE": 5}}}, item) == 0.0
    assert (
        out_of(e("variable", identifier="Q1.SCORE", weightIdentifier="W"), {"Q1": {"SCORE": 5}}, item) == 0.0
    )


def test_a_weighted_record_stays_a_record() -> None:
    named = e("fieldValue", e("variable", identifier="Q1.R", weightIdentifier="W"), fieldIdentifier="a")
    assert out_of(named, {"Q1": {"R": {"a": 2.5}}}, *TWO) == 2.5


def test_a_weighted_number_beyond_every_float_is_null() -> None:
    heavy = ref("Q1", weight("W", "1E300"))
    named = e("variable", identifier="Q1.X", weightIdentifier="W")
    assert out_of(named, {"Q1": {"X": 1e300}}, heavy) is None
    sums = e("testVariables", variableIdentifier="X", weightIdentifier="W")
    assert out_of(sums, {"Q1": {"X": 1e300}}, heavy, many=True) is None


# -------------------------------------------------------------------------------------------- sub-sets


@pytest.mark.parametrize(
    ("base", "expected", "kind"),
    [
        (None, [1.0, 2.5], "float"),
        ("integer", [1], "integer"),
        ("float", [1.0, 2.5], "float"),
        ("boolean", [True], "boolean"),
        ("identifier", ["A"], "identifier"),
        ("string", ["A"], "string"),
        ("pair", None, "pair"),
        ("duration", [1.0, 2.5], "duration"),
    ],
)
def test_test_variables_take_one_type(base: str | None, expected: object, kind: str) -> None:
    values = [1, 2.5, True, "A", [1], {"a": 1}, None]
    items = {f"Q{n}": {"X": value} for n, value in enumerate(values)}
    attributes = {"variableIdentifier": "X"} | ({"baseType": base} if base else {})
    found = out_of(e("testVariables", **attributes), items, *map(ref, items), kind=kind, many=True)
    assert found == expected


def test_an_item_that_was_not_met_has_no_variables() -> None:
    assert out_of(SCORES, {"Q2": {"SCORE": 1.0}}, *TWO, many=True) == [1.0]


def test_a_text_that_is_a_pair_counts_as_one() -> None:
    pairs = e("testVariables", variableIdentifier="X", baseType="directedPair")
    assert out_of(pairs, {"Q1": {"X": "A B"}}, ref("Q1"), kind="directedPair", many=True) == ["A B"]


def test_no_text_is_a_number() -> None:
    for base in ("integer", "float", "boolean"):
        found = e("testVariables", variableIdentifier="X", baseType=base)
        assert out_of(found, {"Q1": {"X": "1"}}, ref("Q1"), kind=base, many=True) is None


def test_an_unknown_base_type_is_refused() -> None:
    with pytest.raises(QtiError) as caught:
        out_of(e("testVariables", variableIdentifier="X", baseType="number"), {}, ref("Q1"))
    assert caught.value.code == "expression_malformed"


@pytest.mark.parametrize("name", ["testVariables", "outcomeMaximum", "outcomeMinimum"])
def test_a_look_up_without_a_name_is_refused(name: str) -> None:
    with pytest.raises(QtiError) as caught:
        out_of(e(name), {}, ref("Q1"))
    assert caught.value.code == "expression_malformed"


def test_a_name_that_the_test_mapped_away_has_no_bounds() -> None:
    mapped = ref("Q1", e("variableMapping", sourceIdentifier="points", targetIdentifier="SCORE"))
    items = {"Q1": {"maximum": {"points": 4}, "minimum": {"points": 1}}}

    def bound(kind: str, name: str) -> object:
        return out_of(e("sum", e(kind, outcomeIdentifier=name)), items, mapped)

    assert bound("outcomeMaximum", "SCORE") == 4.0
    assert bound("outcomeMaximum", "points") is None
    assert bound("outcomeMinimum", "points") is None


def test_an_unknown_maximum_is_named() -> None:
    expression = e("sum", e("outcomeMaximum", outcomeIdentifier="SCORE"))
    assert codes(expression, {"Q1": {"maximum": {"SCORE": 1}}}, *TWO) == ["maximum_unknown"]


def count(kind: str, items: object, *parts: Element, **attributes: str) -> object:
    return out_of(e(kind, **attributes), items, *parts, kind="integer")


def test_an_item_that_is_drawn_counts_as_selected_only_when_it_was_met() -> None:
    drawn = section("S2", e("selection", select="1"), ref("Q1"), ref("Q2"))
    assert count("numberSelected", {"Q1": {"SCORE": 1}}, drawn) == 1
    assert count("numberSelected", {"Q1": {"SCORE": 1}}, ref("Q1"), ref("Q2")) == 2
    assert count("numberSelected", {"Q1": {"selected": False}}, ref("Q1"), ref("Q2")) == 1


def test_items_are_presented_and_answered_as_they_say() -> None:
    items = {
        "Q1": {"SCORE": 1},
        "Q2": {"responses": {"R": None, "R2": "A"}},
        "Q3": {"responses": {"R": None}},
        "Q4": {"presented": False, "outcomes": {"SCORE": 0}},
        "Q5": {"responded": False},
        "Q6": {"presented": None, "responded": True},
    }
    parts = [ref(f"Q{n}") for n in range(1, 8)]
    assert count("numberPresented", items, *parts) == 5
    assert count("numberResponded", items, *parts) == 3


def test_unknown_correctness_counts_as_neither_and_is_named() -> None:
    items = {"Q1": {"SCORE": 1}, "Q2": {"correct": None}, "Q3": {"correct": True}, "Q4": {"correct": False}}
    parts = [ref(name) for name in items]
    assert count("numberCorrect", items, *parts) == 1
    assert count("numberIncorrect", items, *parts) == 1
    declared = outcome("OUT", "integer")
    root = a_test(declared, rules=(set_out(e("numberCorrect")),), parts=tuple(parts))
    run = score_test(root, {"items": items}, seed=1)
    assert [(one.code, one.where) for one in run.warnings] == [("correctness_unknown", "Q1")]


def test_categories_include_and_exclude() -> None:
    parts = (ref("Q1", category="a b"), ref("Q2", category="b"), ref("Q3"))
    items = {"Q1": {"SCORE": 1}, "Q2": {"SCORE": 2}, "Q3": {"SCORE": 4}}

    def total(**attributes: str) -> object:
        return out_of(e("sum", e("testVariables", variableIdentifier="SCORE", **attributes)), items, *parts)

    assert total(includeCategory="a b") == 3.0
    assert total(includeCategory="b", excludeCategory="a") == 2.0
    assert total(excludeCategory="a b c") == 4.0


def test_a_test_expression_outside_a_test_is_left_to_items() -> None:
    """`TestItems` can be asked without a run, for checks of a whole paper."""
    program = parse_test(a_test(parts=(ref("Q1"),)))
    known = TestItems(program, {"Q1": ItemOutcomes(duration=Fraction(5))})
    value = known.lookup("Q1.duration", weight=None)
    assert value is not None
    assert value.scalar == Fraction(5)


# ------------------------------------------------------------------------------------------ structure


def test_places_and_items_are_read_in_document_order() -> None:
    inner = section("S2", ref("B"))
    program = parse_test(a_test(parts=(ref("A", weight("W", "1.5"), category=" x  y "), inner, ref("C"))))
    assert [item.identifier for item in program.items] == ["A", "B", "C"]
    assert program.items[0].categories == {"x", "y"}
    assert program.items[0].weights == {"W": Fraction(3, 2)}
    assert program.items[1].sections == {"S1", "S2"}
    assert program.items[1].places == {"P1", "S1", "S2"}
    assert program.places == {"P1", "S1", "S2"}
    assert program.processing is None


@pytest.mark.parametrize(
    ("root", "code", "where"),
    [
        (e("assessmentItem"), "test_malformed", "assessmentItem"),
        (a_test(outcome("A"), outcome("A")), "test_malformed", "A"),
        (a_test(outcome("", "float")), "declaration_malformed", "outcomeDeclaration"),
        (a_test(parts=(section("S1"),)), "test_malformed", "S1"),
        (a_test(parts=(section(""),)), "test_malformed", "assessmentSection"),
        (a_test(parts=(ref("Q1"), ref("Q1"))), "test_malformed", "Q1"),
        (a_test(parts=(ref(""),)), "test_malformed", "assessmentItemRef"),
        (a_test(parts=(ref("Q1", weight("W", "heavy")),)), "test_malformed", "Q1"),
        (a_test(parts=(ref("Q1", weight("W", "INF")),)), "test_malformed", "Q1"),
        (a_test(parts=(e("assessmentSectionRef", href="part.xml"),)), "section_reference", "part.xml"),
        (a_test(parts=(e("assessmentSectionRef"),)), "section_reference", "S1"),
        (a_test(parts=(e("title"), e("rubricBlock"))), None, None),
    ],
)
def test_a_broken_structure_is_named(root: Element, code: str | None, where: str | None) -> None:
    if code is None:
        assert parse_test(root).items == ()
        return
    with pytest.raises(QtiError) as caught:
        parse_test(root)
    assert (caught.value.code, caught.value.where) == (code, where)


def test_a_test_of_too_many_items_is_refused() -> None:
    with pytest.raises(QtiError) as caught:
        parse_test(a_test(parts=tuple(ref(f"Q{n}") for n in range(5_001))))
    assert caught.value.code == "test_malformed"


def test_rules_of_items_do_not_belong_in_a_test() -> None:
    for rule in (e("responseCondition"), e("exitResponse"), e("setTemplateValue", i(1), identifier="X")):
        root = a_test(outcome("OUT"), rules=(rule,))
        assert refused({"items": {}}, root)[0] == "rule_unknown"


def test_a_rule_cannot_set_what_the_test_does_not_declare() -> None:
    assert refused({"items": {}}, a_test(rules=(set_out(s("x"), "NOPE"),)))[0] == "variable_unknown"
