# SPDX-License-Identifier: Apache-2.0
"""What holds for QTI processing whatever the numbers, texts and choices are."""

from __future__ import annotations

import json
import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.api import Element, ItemProgram, QtiError, run_item, to_json
from scoring.qti.declarations import Bounds, MapEntry, Mapping
from scoring.qti.expressions import EXPRESSIONS, evaluate
from scoring.qti.json_values import read_json
from scoring.qti.patterns import compile_pattern
from scoring.qti.rounding import RoundingMode, rounded
from scoring.qti.values import BaseType, Cardinality, Value, container, same
from tests.unit.scoring.qti.build import NULL, e, f, i, ident, multiple, ordered, scope_of
from tests.unit.scoring.qti.build import given as value_of

WHOLE = st.integers(-(10**6), 10**6)
DECIMAL = st.decimals(-(10**6), 10**6, places=3).map(str)
CHOICES = st.lists(st.sampled_from("ABCDE"), max_size=8)
WORTHS = st.dictionaries(st.sampled_from("ABCD"), st.fractions(-5, 5), max_size=4)


def chosen(letters: list[str]) -> Value | None:
    return container(Cardinality.MULTIPLE, BaseType.IDENTIFIER, letters)


@given(CHOICES, WORTHS, st.fractions(-2, 2), st.fractions(-9, 0), st.fractions(0, 9))
def test_a_mapping_stays_within_its_bounds_and_knows_no_order(
    letters: list[str], worths: dict[str, Fraction], default: Fraction, lower: Fraction, upper: Fraction
) -> None:
    entries = tuple(MapEntry(key, worth) for key, worth in worths.items())
    bounded = Mapping(entries, Bounds(default, lower, upper))
    free = Mapping(entries, Bounds(default))
    found = bounded.worth(BaseType.IDENTIFIER, chosen(letters))
    assert lower <= found <= upper
    assert found == bounded.worth(BaseType.IDENTIFIER, chosen(letters[::-1]))
    assert found == bounded.worth(BaseType.IDENTIFIER, chosen(letters * 2))
    raw = free.worth(BaseType.IDENTIFIER, chosen(letters))
    assert raw == (sum(worths.get(letter, default) for letter in set(letters)) if letters else default)
    assert found == min(max(raw, lower), upper)


@given(DECIMAL, DECIMAL, st.decimals(0, 100, places=2).map(str))
def test_an_absolute_tolerance_is_symmetric(first: str, second: str, tolerance: str) -> None:
    def equal(one: str, other: str) -> object:
        return value_of(e("equal", f(one), f(other), toleranceMode="absolute", tolerance=tolerance))

    assert equal(first, second) is equal(second, first)
    assert equal(first, second) is (abs(Fraction(first) - Fraction(second)) <= Fraction(tolerance))


@given(WHOLE, WHOLE.filter(bool))
def test_integer_division_and_modulus_fit_together(first: int, second: int) -> None:
    quotient = value_of(e("integerDivide", i(first), i(second)))
    rest = value_of(e("integerModulus", i(first), i(second)))
    assert isinstance(quotient, int)
    assert isinstance(rest, int)
    assert quotient * second + rest == first
    assert 0 <= abs(rest) < abs(second)


@given(st.lists(DECIMAL, min_size=1, max_size=6))
def test_sums_are_exact_in_any_order(numbers: list[str]) -> None:
    exact = float(sum(map(Fraction, numbers)))
    assert value_of(e("sum", *map(f, numbers))) == exact
    assert value_of(e("sum", *map(f, reversed(numbers)))) == exact
    assert value_of(e("sum", multiple(*map(f, numbers)))) == exact


@given(st.fractions(-1000, 1000, max_denominator=10**6), st.integers(1, 12))
def test_rounding_is_near_idempotent_and_odd(number: Fraction, figures: int) -> None:
    for mode in RoundingMode:
        once = rounded(number, mode=mode, figures=figures)
        assert rounded(once, mode=mode, figures=figures) == once
        assert rounded(-number, mode=mode, figures=figures) == -once
    places = rounded(number, mode=RoundingMode.DECIMAL_PLACES, figures=figures)
    assert abs(places - number) <= Fraction(1, 2 * 10**figures)
    digits = rounded(number, mode=RoundingMode.SIGNIFICANT_FIGURES, figures=figures)
    assert abs(digits - number) <= abs(number) * Fraction(5, 10**figures)


@given(CHOICES, CHOICES)
def test_match_is_equality_of_multisets_or_sequences(first: list[str], second: list[str]) -> None:
    unordered = value_of(e("match", multiple(*map(ident, first)), multiple(*map(ident, second))))
    sequence = value_of(e("match", ordered(*map(ident, first)), ordered(*map(ident, second))))
    if not first or not second:
        assert unordered is sequence is None
    else:
        assert unordered is (sorted(first) == sorted(second))
        assert sequence is (first == second)


@given(CHOICES, CHOICES, st.sampled_from("ABCDE"))
def test_containing_deleting_and_belonging_agree(first: list[str], second: list[str], letter: str) -> None:
    held = multiple(*map(ident, first))
    left = value_of(e("delete", ident(letter), held))
    assert left == ([one for one in first if one != letter] or None)
    if first:
        assert value_of(e("member", ident(letter), held)) is (letter in first)
        joined = multiple(held, multiple(*map(ident, second)))
        assert value_of(e("contains", joined, held)) is True


TRUTHS = st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=6)


@given(TRUTHS, st.integers(0, 7), st.integers(0, 7))
def test_logic_with_nulls_says_what_every_filling_in_would_say(
    truths: list[bool | None], least: int, most: int
) -> None:
    def fillings(open_truths: list[bool | None]) -> list[list[bool]]:
        rows: list[list[bool]] = [[]]
        for one in open_truths:
            rows = [[*row, filled] for row in rows for filled in ((True, False) if one is None else (one,))]
        return rows

    def agreed(answers: set[bool]) -> bool | None:
        return answers.pop() if len(answers) == 1 else None

    operands = [
        NULL if one is None else e("baseValue", text=str(one).lower(), baseType="boolean") for one in truths
    ]
    least, most = min(least, most), max(least, most)
    rows = fillings(truths)
    assert value_of(e("and", *operands)) is agreed({all(row) for row in rows})
    assert value_of(e("or", *operands)) is agreed({any(row) for row in rows})
    counted = {least <= sum(row) <= most for row in rows}
    assert value_of(e("anyN", *operands, min=str(least), max=str(most))) is agreed(counted)


STRICT = (
    *(
        "not",
        "match",
        "stringMatch",
        "substring",
        "lt",
        "gt",
        "lte",
        "gte",
        "equal",
        "durationLT",
        "durationGTE",
    ),
    *(
        "sum",
        "product",
        "subtract",
        "divide",
        "power",
        "integerDivide",
        "integerModulus",
        "max",
        "min",
        "gcd",
        "lcm",
    ),
    *("member", "delete", "contains", "truncate", "round", "integerToFloat", "random"),
)
ONE = frozenset({"not", "truncate", "round", "integerToFloat", "random"})


@pytest.mark.parametrize("name", STRICT)
@given(place=st.integers(0, 1), other=st.sampled_from([i(3), f("2.5"), NULL]))
@settings(max_examples=10)
def test_null_makes_null(name: str, place: int, other: Element) -> None:
    operands = [NULL] if name in ONE else [NULL, other][:: 1 if place else -1]
    scope = scope_of()
    assert evaluate(scope, e(name, *operands)) is None


@given(
    st.recursive(
        st.sampled_from(["a", "b", ".", "[ab]", "[^a]"]),
        lambda part: st.one_of(
            st.tuples(part, part).map("".join),
            st.tuples(part, part).map(lambda two: f"({two[0]}|{two[1]})"),
            st.tuples(part, st.sampled_from(["*", "+", "?", "{0,2}", "{2}", "{1,}"])).map(
                lambda two: f"({two[0]}){two[1]}"
            ),
        ),
        max_leaves=5,
    ),
    st.text("ab", max_size=6),
)
def test_a_pattern_agrees_with_the_matcher_of_the_language(pattern: str, text: str) -> None:
    assert compile_pattern(pattern).matches(text) is bool(re.fullmatch(pattern, text))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=3), part, max_size=3),
    max_leaves=6,
)


@given(JSON, st.sampled_from(Cardinality), st.sampled_from(BaseType))
def test_any_json_is_a_value_or_refused_by_name(
    document: object, cardinality: Cardinality, base: BaseType
) -> None:
    kind = None if cardinality is Cardinality.RECORD else base
    try:
        value, _ = read_json(document, cardinality=cardinality, base=kind, where="R")
    except QtiError as refused:
        assert refused.code in {"response_type", "response_too_long"}  # noqa: PT017 - either is right
        return
    written = json.loads(json.dumps(to_json(value), allow_nan=False))
    again, _ = read_json(written, cardinality=cardinality, base=kind, where="R")
    assert to_json(again) == to_json(value)
    if cardinality is not Cardinality.RECORD and "NaN" not in str(written):
        assert same(again, value) or base in {BaseType.FLOAT, BaseType.DURATION, BaseType.POINT}


LEAF = st.sampled_from(
    [NULL, i(3), i(-2), f("2.5"), f("INF"), f("NaN"), ident("A"), multiple(i(1), i(2)), ordered(ident("A"))]
)
ATTRIBUTES = {
    "identifier": "SCORE",
    "min": "0",
    "max": "2",
    "n": "1",
    "figures": "2",
    "numberRepeats": "2",
    "name": "mean",
    "pattern": "a",
    "shape": "default",
    "fieldIdentifier": "x",
    "baseType": "integer",
}
TREES = st.recursive(
    LEAF,
    lambda part: st.builds(
        lambda name, children: Element(name, ATTRIBUTES, tuple(children)),
        st.sampled_from(sorted(EXPRESSIONS)),
        st.lists(part, max_size=3),
    ),
    max_leaves=8,
)


@given(TREES)
@settings(max_examples=400)
def test_any_expression_is_a_value_or_refused_by_name(expression: Element) -> None:
    rule = e("setOutcomeValue", expression, identifier="SCORE")
    declared = Element(
        "outcomeDeclaration", {"identifier": "SCORE", "cardinality": "single", "baseType": "float"}
    )
    program = ItemProgram((declared,), e("responseProcessing", rule))
    try:
        found = run_item(program, {}, seed=1)
    except QtiError as refused:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)+", refused.code)  # noqa: PT017 - either is right
        return
    assert json.dumps(found.to_document(), allow_nan=False)
    assert found.to_document() == run_item(program, {}, seed=1).to_document()
