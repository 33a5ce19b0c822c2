# SPDX-License-Identifier: Apache-2.0
"""Values, their equality, and JSON both ways."""

from __future__ import annotations

from fractions import Fraction

import pytest

from scoring.api import Element, QtiError, to_json
from scoring.qti.json_values import MAX_TEXT, MAX_VALUES, read_json
from scoring.qti.tree import MAX_DEPTH
from scoring.qti.values import (
    BaseType,
    Cardinality,
    Value,
    comparable,
    container,
    integer,
    number_of,
    parse_single,
    record,
    same,
    single,
)

SINGLE, MULTIPLE, ORDERED, RECORD = Cardinality


def word(text: str) -> Value | None:
    return single(BaseType.IDENTIFIER, text)


def test_empty_containers_and_texts_are_null() -> None:
    assert container(MULTIPLE, BaseType.STRING, []) is None
    assert record([]) is None
    assert single(BaseType.STRING, "") is None
    assert single(BaseType.INTEGER, 0) is not None
    assert parse_single(BaseType.STRING, "") is None
    assert parse_single(BaseType.STRING, "\n    ") is None


def test_the_layout_of_xml_is_no_part_of_a_text() -> None:
    for laid_out, expected in (("\n    New  York\n  ", "New  York"), (" York ", " York "), ("a\nb", "a\nb")):
        assert to_json(parse_single(BaseType.STRING, laid_out)) == expected


def test_records_are_equal_by_their_fields_in_any_order() -> None:
    first = record([("x", integer(1)), ("y", None)])
    assert same(first, record([("y", None), ("x", integer(1))]))
    assert not same(first, record([("x", integer(1))]))
    assert not same(first, record([("x", integer(2)), ("y", None)]))
    assert not same(first, word("x"))
    assert same(None, None)
    assert not same(None, word("x"))


def test_base_types_compare_within_their_kind() -> None:
    assert comparable(BaseType.INTEGER, BaseType.FLOAT)
    assert comparable(BaseType.STRING, BaseType.IDENTIFIER)
    assert not comparable(BaseType.PAIR, BaseType.DIRECTED_PAIR)
    assert not comparable(BaseType.FLOAT, None)
    assert comparable(None, None)


def test_only_single_numbers_are_numbers() -> None:
    assert number_of(integer(3)) == 3
    assert number_of(Value(SINGLE, BaseType.STRING, ("3",))) is None
    assert number_of(Value(MULTIPLE, BaseType.INTEGER, (3,))) is None
    with pytest.raises(QtiError) as refused:
        integer(1 << 5000)
    assert refused.value.code == "number_too_large"


@pytest.mark.parametrize(
    ("cardinality", "base", "document", "expected", "notes"),
    [
        (SINGLE, "identifier", "A", "A", ()),
        (SINGLE, "identifier", ["A"], "A", ()),
        (SINGLE, "identifier", None, None, ()),
        (SINGLE, "identifier", [], None, ()),
        (SINGLE, "identifier", "", None, ()),
        (SINGLE, "identifier", "  ", None, ()),
        (SINGLE, "identifier", [""], None, ()),
        (SINGLE, "boolean", True, True, ()),
        (SINGLE, "boolean", "false", False, ()),
        (SINGLE, "boolean", 1, True, ()),
        (SINGLE, "integer", 3, 3, ()),
        (SINGLE, "integer", 3.0, 3, ()),
        (SINGLE, "integer", " 3 ", 3, ()),
        (SINGLE, "integer", "3.5", None, ("response_not_read",)),
        (SINGLE, "integer", 3.5, None, ("response_not_read",)),
        (SINGLE, "float", 3, 3.0, ()),
        (SINGLE, "float", 0.1, 0.1, ()),
        (SINGLE, "float", "1e2", 100.0, ()),
        (SINGLE, "float", "1,5", None, ("response_not_read",)),
        (SINGLE, "float", "lots", None, ("response_not_read",)),
        (SINGLE, "float", "NaN", "NaN", ()),
        (SINGLE, "float", "-INF", "-INF", ()),
        (SINGLE, "string", "  a b ", "  a b ", ()),
        (SINGLE, "string", 1930, "1930", ("response_converted",)),
        (SINGLE, "string", 0.5, "0.5", ("response_converted",)),
        (SINGLE, "intOrIdentifier", 7, 7, ()),
        (SINGLE, "point", "10 20", "10 20", ()),
        (SINGLE, "point", [10, 20.5], "10 20.5", ()),
        (SINGLE, "pair", "A B", "A B", ()),
        (SINGLE, "pair", ["A", "B"], "A B", ()),
        (SINGLE, "directedPair", ["A", "B"], "A B", ()),
        (SINGLE, "duration", 1.5, 1.5, ()),
        (SINGLE, "file", "scan.pdf", "scan.pdf", ()),
        (SINGLE, "file", {"name": "scan.pdf", "size": 9}, "scan.pdf", ()),
        (SINGLE, "file", {"size": 9}, "file", ()),
        (MULTIPLE, "identifier", ["A", "C"], ["A", "C"], ()),
        (MULTIPLE, "identifier", "A", ["A"], ()),
        (MULTIPLE, "identifier", ["A", None, ""], ["A"], ()),
        (MULTIPLE, "pair", ["A B", "C D"], ["A B", "C D"], ()),
        (MULTIPLE, "pair", [["A", "B"], ["C", "D"]], ["A B", "C D"], ()),
        (MULTIPLE, "pair", ["A", "B"], ["A B"], ()),
        (MULTIPLE, "point", [1, 2], ["1 2"], ()),
        (MULTIPLE, "point", [[1, 2], [3, 4]], ["1 2", "3 4"], ()),
        (ORDERED, "integer", [3, "x", "y", 1], [3, 1], ("response_not_read",)),
        (RECORD, None, {"a": True, "b": 1, "c": 0.5, "d": "w", "e": None}, None, ()),
        (RECORD, None, {}, None, ()),
    ],
)
def test_responses_are_read_by_type(
    cardinality: Cardinality, base: str | None, document: object, expected: object, notes: tuple[str, ...]
) -> None:
    kind = None if base is None else BaseType(base)
    value, found = read_json(document, cardinality=cardinality, base=kind, where="R")
    if isinstance(document, dict) and document and base is None:
        expected = document
    assert (to_json(value), found) == (expected, notes)


@pytest.mark.parametrize(
    ("cardinality", "base", "document", "code"),
    [
        (SINGLE, "identifier", 3, "response_type"),
        (SINGLE, "identifier", True, "response_type"),
        (SINGLE, "identifier", ["A", "B"], "response_type"),
        (SINGLE, "identifier", {"a": 1}, "response_type"),
        (SINGLE, "boolean", "yes", "response_type"),
        (SINGLE, "integer", True, "response_type"),
        (SINGLE, "integer", [1, 2], "response_type"),
        (SINGLE, "point", "10", "response_type"),
        (SINGLE, "point", ["x", "y"], "response_type"),
        (SINGLE, "pair", "AB", "response_type"),
        (SINGLE, "pair", 3, "response_type"),
        (MULTIPLE, "identifier", [["A"]], "response_type"),
        (MULTIPLE, "identifier", ["A"] * (MAX_VALUES + 1), "response_too_long"),
        (SINGLE, "string", "x" * (MAX_TEXT + 1), "response_too_long"),
        (RECORD, None, ["A"], "response_type"),
        (RECORD, None, True, "response_type"),
        (RECORD, None, {1: 2}, "response_type"),
    ],
)
def test_a_response_of_another_shape_is_refused(
    cardinality: Cardinality, base: str | None, document: object, code: str
) -> None:
    kind = None if base is None else BaseType(base)
    with pytest.raises(QtiError) as refused:
        read_json(document, cardinality=cardinality, base=kind, where="R")
    assert (refused.value.code, refused.value.where) == (code, "R")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("3.14", (3.14, None, 1, 2, 2, 3, None)),
        ("-042", (-42.0, -42, 3, 0, 0, 2, None)),
        ("1.50e2", (150.0, None, 1, 2, 0, 3, 2)),
        ("2e-3", (0.002, None, 1, 0, 3, 1, -3)),
        ("0", (0.0, 0, 1, 0, 0, 1, None)),
    ],
)
def test_a_typed_number_becomes_a_record_of_how_it_was_written(
    typed: str, expected: tuple[object, ...]
) -> None:
    value, _ = read_json(typed, cardinality=RECORD, base=None, where="R")
    fields = ("floatValue", "integerValue", "leftDigits", "rightDigits", "ndp", "nsf", "exponent")
    assert to_json(value) == {"stringValue": typed, **dict(zip(fields, expected, strict=True))}


def test_other_texts_and_numbers_become_records_too() -> None:
    value, _ = read_json("about three", cardinality=RECORD, base=None, where="R")
    assert to_json(value) == {"stringValue": "about three"}
    value, _ = read_json(7, cardinality=RECORD, base=None, where="R")
    assert value is not None
    assert to_json(value.field("integerValue")) == 7
    value, _ = read_json({"floatValue": 7}, cardinality=RECORD, base=None, where="R")
    assert to_json(value) == {"floatValue": 7.0}


def test_points_keep_their_fractions() -> None:
    assert to_json(single(BaseType.POINT, (Fraction(1, 2), Fraction(3)))) == "0.5 3"


# ---------------------------------------------------------------------------------------------------- trees

TREE = Element("a", {"x": "1"}, (Element("b", {}, (Element("c"),)), Element("b", text="t"), Element("d")))


def test_a_tree_is_searched_by_name_in_document_order() -> None:
    assert TREE.get("x") == "1"
    assert TREE.get("y") is None
    assert TREE.get("y", "z") == "z"
    assert TREE.child("b") == Element("b", {}, (Element("c"),))
    assert TREE.child("c") is None
    assert [child.text for child in TREE.all("b")] == ["", "t"]
    assert [element.name for element in TREE.descend()] == ["a", "b", "c", "b", "d"]


def test_a_tree_is_a_value_and_comes_back_from_its_document() -> None:
    document = TREE.to_document()
    assert document == {
        "n": "a",
        "a": {"x": "1"},
        "c": [{"n": "b", "c": [{"n": "c"}]}, {"n": "b", "t": "t"}, {"n": "d"}],
    }
    again = Element.from_document(document)
    assert again == TREE
    assert hash(again) == hash(TREE)
    with pytest.raises(TypeError):
        TREE.attributes["x"] = "2"  # type: ignore[index]


def deep(levels: int) -> dict[str, object]:
    document: dict[str, object] = {"n": "a"}
    for _ in range(levels - 1):
        document = {"n": "a", "c": [document]}
    return document


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"n": 1},
        {"n": "a", "x": 1},
        {"n": "a", "a": []},
        {"n": "a", "a": {"b": 1}},
        {"n": "a", "c": {}},
        {"n": "a", "c": [1]},
        {"n": "a", "t": 1},
        deep(MAX_DEPTH + 1),
    ],
)
def test_a_document_of_another_shape_is_refused(document: object) -> None:
    with pytest.raises(QtiError) as refused:
        Element.from_document(document)
    assert refused.value.code == "tree_malformed"


def test_the_deepest_tree_is_read() -> None:
    assert sum(1 for _ in Element.from_document(deep(MAX_DEPTH)).descend()) == MAX_DEPTH
