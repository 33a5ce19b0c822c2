# SPDX-License-Identifier: Apache-2.0
import ast
from fractions import Fraction
from pathlib import Path

import pytest

import scoring
from scoring.api import MarkError, format_mark, format_share, parse_mark


@pytest.mark.parametrize(
    ("text", "numerator", "denominator"),
    [
        ("7", 7, 1),
        ("0", 0, 1),
        ("4.5", 9, 2),
        ("0.1", 1, 10),
        ("7/10", 7, 10),
        ("14/20", 7, 10),
        ("0/3", 0, 1),
        ("007", 7, 1),
        ("1/03", 1, 3),
        ("999999999999.999999999999", 999999999999999999999999, 10**12),
    ],
)
def test_mark_text_is_read_exactly(text: str, numerator: int, denominator: int) -> None:
    assert parse_mark(text) == Fraction(numerator, denominator)


def test_whole_numbers_and_fractions_are_marks_as_they_are() -> None:
    assert parse_mark(4) == Fraction(4)
    assert parse_mark(0) == 0
    assert parse_mark(Fraction(9, 2)) == Fraction(9, 2)


@pytest.mark.parametrize("value", [0.7, 4.0, float("nan"), float("inf")])
def test_a_float_is_refused_because_its_exact_value_is_lost(value: float) -> None:
    with pytest.raises(MarkError) as refused:
        parse_mark(value)
    assert refused.value.code == "float_mark"
    assert refused.value.facts == {"value": repr(value)}


@pytest.mark.parametrize(
    "value",
    [
        "",
        " 7",
        "7 ",
        "-1",
        "+1",
        "1e3",
        ".5",
        "5.",
        "1/0",
        "1/000",
        "1/2/3",
        "1.5/2",
        "७",
        "seven",
        "1" * 13,
        "1\n",
        -1,
        Fraction(-1, 2),
        True,
        None,
        [],
        b"7",
    ],
)
def test_what_is_no_mark_is_refused(value: object) -> None:
    with pytest.raises(MarkError) as refused:
        parse_mark(value)
    assert refused.value.code == "bad_mark"


def test_a_refusal_quotes_at_most_forty_characters() -> None:
    with pytest.raises(MarkError) as refused:
        parse_mark("x" * 1000)
    assert refused.value.facts == {"value": "x" * 40}
    assert str(refused.value) == f"bad_mark (value='{'x' * 40}')"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(7), "7"),
        (Fraction(0), "0"),
        (Fraction(9, 2), "4.5"),
        (Fraction(1, 4), "0.25"),
        (Fraction(1, 8), "0.125"),
        (Fraction(1, 50), "0.02"),
        (Fraction(100), "100"),
        (Fraction(-1, 2), "-0.5"),
        (Fraction(-3), "-3"),
        (Fraction(1, 3), "1/3"),
        (Fraction(-5, 6), "-5/6"),
    ],
)
def test_marks_are_written_as_decimals_where_these_are_exact(value: Fraction, text: str) -> None:
    assert format_mark(value) == text


def test_shares_are_written_as_ratios() -> None:
    assert format_share(Fraction(7, 10)) == "7/10"
    assert format_share(Fraction(2, 2)) == "1"
    assert format_share(Fraction(-1, 20)) == "-1/20"


def test_no_float_is_written_anywhere_in_the_marks_and_decisions() -> None:
    package = Path(scoring.__path__[0])
    for name in ("exact", "marks", "rules", "rule_parser", "decide", "responses/processing"):
        tree = ast.parse((package / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), name
            called = node.func if isinstance(node, ast.Call) else None
            assert not (isinstance(called, ast.Name) and called.id == "float"), name
