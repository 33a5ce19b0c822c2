# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from scoring.api import Element, QtiError
from scoring.qti.values import BaseType, Cardinality, Value, record, single
from tests.unit.scoring.qti.build import (
    NULL,
    TRUE,
    base,
    declare,
    e,
    f,
    given,
    i,
    ident,
    multiple,
    ordered,
    outcome,
    pair,
    s,
    scope_of,
    var,
    warned,
)

ABC = ordered(ident("A"), ident("B"), ident("C"))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (multiple(), None),
        (multiple(NULL, NULL), None),
        (multiple(ident("A"), NULL, multiple(ident("B"), ident("A"))), ["A", "B", "A"]),
        (ordered(i(1), ordered(i(2), i(3))), [1, 2, 3]),
        (ordered(i(1), f("2.5")), [1.0, 2.5]),
        (multiple(pair("A B")), ["A B"]),
        (e("containerSize", ABC), 3),
        (e("containerSize", NULL), 0),
        (e("index", ABC, n="1"), "A"),
        (e("index", ABC, n="3"), "C"),
        (e("index", ABC, n="4"), None),
        (e("index", NULL, n="1"), None),
        (e("member", ident("B"), ABC), True),
        (e("member", ident("D"), ABC), False),
        (e("member", NULL, ABC), None),
        (e("member", ident("B"), NULL), None),
        (e("member", pair("B A"), multiple(pair("A B"))), True),
        (e("member", i(1), multiple(f("1.0"))), True),
        (e("delete", ident("A"), multiple(ident("A"), ident("B"), ident("A"))), ["B"]),
        (e("delete", ident("A"), multiple(ident("A"))), None),
        (e("delete", ident("D"), ABC), ["A", "B", "C"]),
        (e("delete", NULL, ABC), None),
        (e("contains", multiple(ident("A"), ident("B"), ident("C")), multiple(ident("C"), ident("A"))), True),
        (e("contains", multiple(ident("A"), ident("B")), multiple(ident("B"), ident("B"))), False),
        (e("contains", multiple(ident("A"), ident("B"), ident("B")), multiple(ident("B"), ident("B"))), True),
        (e("contains", multiple(ident("A"), ident("B"), ident("B")), multiple(ident("B"))), True),
        (e("contains", ABC, ordered(ident("B"), ident("C"))), True),
        (e("contains", ABC, ordered(ident("C"), ident("B"))), False),
        (e("contains", ABC, ordered(ident("A"), ident("C"))), False),
        (e("contains", ordered(ident("A")), ABC), False),
        (e("contains", NULL, ABC), None),
        (e("random", NULL), None),
        (e("random", multiple(ident("A"), ident("A"))), "A"),
        (e("repeat", i(1), NULL, ordered(i(2), i(3)), numberRepeats="2"), [1, 2, 3, 1, 2, 3]),
        (e("repeat", i(1), numberRepeats="0"), None),
        (e("repeat", i(1), numberRepeats="-2"), None),
        (e("repeat", NULL, numberRepeats="3"), None),
    ],
)
def test_containers_are_built_searched_and_taken_apart(expression: Element, expected: object) -> None:
    assert given(expression) == expected


@pytest.mark.parametrize(
    "expression",
    [
        multiple(ident("A"), i(1)),
        e("containerSize", i(1)),
        e("index", i(1), n="1"),
        e("index", ABC, n="0"),
        e("member", ABC, ABC),
        e("member", i(1), ABC),
        e("member", ident("A"), ident("A")),
        e("delete", i(1), ABC),
        e("contains", ABC, multiple(ident("A"))),
        e("contains", ABC, ordered(i(1))),
        e("random", i(1)),
        e("fieldValue", i(1), fieldIdentifier="x"),
        e("repeat", i(1), numberRepeats="WORD"),
        e("repeat", i(1), TRUE, numberRepeats="1"),
        e("repeat", multiple(i(1), i(1), i(1)), numberRepeats="4000"),
    ],
)
def test_an_operand_of_another_type_is_null_with_a_warning(expression: Element) -> None:
    assert warned(expression, scope_of(outcome("WORD", "identifier", "x"))) == ["expression_type"]


def test_attributes_may_name_variables() -> None:
    scope = scope_of(outcome("N", "integer", "2"), outcome("NONE", "identifier"))
    assert given(e("index", ABC, n="N"), scope) == "B"
    assert given(e("index", ABC, n="{N}"), scope) == "B"
    assert given(e("index", ABC, n="NONE"), scope) is None
    assert given(e("repeat", s("x"), numberRepeats="N"), scope) == ["x", "x"]
    assert given(e("repeat", s("x"), numberRepeats="NONE"), scope) is None


def test_a_draw_is_one_of_the_values_and_the_same_for_the_same_seed() -> None:
    draw = e("repeat", e("random", ABC), numberRepeats="40")
    first = given(draw, scope_of(seed=7))
    assert given(draw, scope_of(seed=7)) == first
    assert given(draw, scope_of(seed=8)) != first
    assert isinstance(first, list)
    assert set(first) == {"A", "B", "C"}


def test_the_fields_of_a_record() -> None:
    scope = scope_of(declare("response", "R", "record", None))
    scope.values["R"] = record([("x", single(BaseType.INTEGER, 3)), ("y", None)])
    assert given(e("fieldValue", var("R"), fieldIdentifier="x"), scope) == 3
    assert given(e("fieldValue", var("R"), fieldIdentifier="y"), scope) is None
    assert given(e("fieldValue", var("R"), fieldIdentifier="z"), scope) is None
    assert given(e("fieldValue", NULL, fieldIdentifier="z"), scope) is None
    assert given(var("R"), scope) == {"x": 3, "y": None}
    assert warned(multiple(var("R")), scope) == ["expression_type"]


def test_what_has_no_base_type_has_no_values_to_take() -> None:
    odd = Value(Cardinality.ORDERED, None, ("A",))
    scope = scope_of(declare("response", "R", "record", None))
    scope.values["R"] = odd
    assert warned(e("index", var("R"), n="1"), scope) == ["expression_type"]


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        (e("index", ABC), "expression_malformed"),
        (e("fieldValue", NULL), "expression_malformed"),
        (e("repeat", numberRepeats="1"), "expression_malformed"),
        (e("repeat", i(1)), "expression_malformed"),
        (e("index", ABC, n="UNKNOWN"), "variable_unknown"),
        (base("sorcery", "1"), "expression_malformed"),
        (e("mapResponses"), "expression_unknown"),
    ],
)
def test_what_is_written_wrongly_is_refused_by_name(expression: Element, code: str) -> None:
    with pytest.raises(QtiError) as refused:
        given(expression)
    assert refused.value.code == code


def test_repeating_without_end_is_refused() -> None:
    endless = e("repeat", e("repeat", NULL, numberRepeats="9999"), numberRepeats="9999")
    scope = scope_of(outcome("MANY", "integer", *["1"] * 1000, cardinality="multiple"))
    costly = e("repeat", e("containerSize", e("multiple", var("MANY"))), numberRepeats="9999")
    for expression in (endless, costly):
        with pytest.raises(QtiError) as refused:
            given(expression, scope)
        assert refused.value.code == "too_many_steps"


def test_a_container_stays_small() -> None:
    assert warned(e("repeat", multiple(*[i(1)] * 600), numberRepeats="2")) == ["expression_type"]
    assert given(e("containerSize", multiple(*[i(1)] * 1000))) == 1000
