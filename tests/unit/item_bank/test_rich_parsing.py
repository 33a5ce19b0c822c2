# SPDX-License-Identifier: Apache-2.0
"""A rich item of every kind is read as it was written; whatever does not fit together is refused by name and place."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from item_bank.document import Part as Json
from item_bank.items.model import ItemDocument
from item_bank.items.parsing import read_item
from item_bank.items.parts import Part
from scoring.api import Cardinality, Interaction
from tests.unit.item_bank.rich_files import media
from tests.unit.item_bank.rich_items import DOCUMENTS


def refusals(document: dict[str, Any]) -> list[tuple[str, str]]:
    part = Json(document)
    read_item(part)
    return [(problem.where, problem.code) for problem in part.problems]


def changed(kind: str, *path: str | int, to: Any) -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENTS[kind])
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return document


@pytest.mark.parametrize("kind", sorted(DOCUMENTS))
def test_every_kind_is_read_and_written_again_the_same(kind: str) -> None:
    part = Json(DOCUMENTS[kind])
    item = read_item(part)
    assert part.problems == ()
    again = Json(item.to_document())
    assert read_item(again) == item
    assert again.problems == ()
    assert read_item(again).content_hash == item.content_hash


@pytest.mark.parametrize(
    ("kind", "path", "value", "where", "code"),
    [
        ("choice_single", ("type",), "match", "$.type", "type_differs"),
        ("choice_single", ("type",), "composite", "$.type", "type_differs"),
        ("choice_single", ("parts", 0, "kind"), "composite", "$.parts[0].kind", "not_one_of"),
        ("choice_single", ("parts",), [], "$.parts", "count"),
        ("choice_single", ("parts", 0, "id"), "1 x", "$.parts[0].id", "malformed"),
        ("choice_single", ("parts", 0, "choices", 1, "id"), "A", "$.parts[0].choices", "duplicate"),
        ("choice_single", ("parts", 0, "choices"), [{"id": "A"}], "$.parts[0]", "too_few_options"),
        ("choice_single", ("parts", 0, "targets"), [{"id": "T"}], "$.parts[0]", "targets"),
        ("match", ("parts", 0, "targets"), None, "$.parts[0]", "targets"),
        ("numeric", ("parts", 0, "choices"), [{"id": "A"}], "$.parts[0]", "options_not_allowed"),
        ("hotspot", ("parts", 0, "image"), "other.png", "$.parts[0]", "picture_missing"),
        ("hotspot", ("parts", 0, "image"), None, "$.parts[0]", "picture_missing"),
        ("hotspot", ("parts", 0, "choices", 0, "area"), None, "$.parts[0]", "area_missing"),
        ("graphic_gap_match", ("parts", 0, "targets", 0, "area"), None, "$.parts[0]", "area_missing"),
        (
            "hotspot",
            ("parts", 0, "choices", 0, "area", "coords"),
            [1, 2],
            "$.parts[0].choices[0].area.coords",
            "coords",
        ),
        (
            "hotspot",
            ("parts", 0, "choices", 2, "area", "coords"),
            [1, 2, 3, 4, 5, 6, 7],
            "$.parts[0].choices[2].area.coords",
            "coords",
        ),
        ("hotspot", ("parts", 0, "least"), 3, "$.parts[0]", "out_of_range"),
        ("slider", ("parts", 0, "upper"), "0", "$.parts[0]", "slider_bounds"),
        ("slider", ("parts", 0, "step"), "0", "$.parts[0]", "slider_bounds"),
        ("slider", ("parts", 0, "lower"), None, "$.parts[0]", "slider_bounds"),
        ("slider", ("parts", 0, "lower"), 0, "$.parts[0].lower", "not_a_number"),
        ("slider", ("marks",), "0", "$.marks", "out_of_range"),
        ("slider", ("marks",), "-1", "$.marks", "out_of_range"),
        ("slider", ("marks",), 1.5, "$.marks", "not_a_number"),
        ("slider", ("marks",), "1/3", "$.marks", "not_decimal"),
        ("order", ("key", "parts", 0, "marks"), "2/7", "$.key.parts[0].marks", "not_decimal"),
        ("slider", ("shuffle",), True, "$.shuffle", "belongs_to_part"),
        ("slider", ("normalise",), [], "$.normalise", "belongs_to_part"),
        ("slider", ("seconds",), 7201, "$.seconds", "out_of_range"),
        ("slider", ("tags",), ["a", "a"], "$.tags", "duplicate"),
        ("slider", ("tags",), ["<b>"], "$.tags[0]", "malformed"),
        ("choice_single", ("media",), None, "$.media", "media_missing"),
        (
            "choice_single",
            ("media", 0, "media_type"),
            "application/pdf",
            "$.media[0].media_type",
            "media_type",
        ),
        ("choice_single", ("media", 0, "sha256"), "x", "$.media[0].sha256", "malformed"),
        (
            "choice_single",
            ("media", 0, "captions"),
            [["hi", "a.vtt"], ["x"]],
            "$.media[0].captions[1]",
            "count",
        ),
        ("choice_single", ("en", "stem"), "<p>No place</p>", "$.en.stem", "place_missing"),
        ("choice_single", ("en", "stem"), "<p>[[RESPONSE]] [[RESPONSE]]</p>", "$.en.stem", "place_twice"),
        ("choice_single", ("en", "stem"), "<p>[[RESPONSE]] [[OTHER]]</p>", "$.en.stem", "place_unknown"),
        ("gap_match", ("hi", "stem"), "<p>[[RESPONSE.G1]]</p>", "$.hi.stem", "place_missing"),
        (
            "choice_single",
            ("en", "stem"),
            "<p onclick='x'>[[RESPONSE]]</p>",
            "$.en.stem",
            "attribute_not_allowed",
        ),
        ("choice_single", ("en", "stem"), "[[RESPONSE]]" + "x" * 20_000, "$.en.stem", "too_long"),
        ("choice_single", ("en", "stem"), 7, "$.en.stem", "wrong_type"),
        ("choice_single", ("en", "texts", "RESPONSE.A"), None, "$.en.texts", "text_missing"),
        ("choice_single", ("en", "texts", "RESPONSE.A"), "<b></b>", "$.en.texts.RESPONSE.A", "empty"),
        ("choice_single", ("en", "texts", "RESPONSE.Z"), "more", "$.en.texts.RESPONSE.Z", "unknown_text"),
        ("choice_single", ("key", "parts"), [], "$.key.parts", "no_key"),
        ("choice_single", ("key", "parts", 0, "part"), "R9", "$.key.parts[0]", "part_unknown"),
        ("choice_single", ("key", "parts", 0, "correct"), [], "$.key.parts[0]", "no_key"),
        ("choice_single", ("key", "parts", 0, "correct"), ["A", "B"], "$.key.parts[0]", "one_key_expected"),
        ("choice_single", ("key", "parts", 0, "correct"), ["Z"], "$.key.parts[0]", "key_not_an_option"),
        ("choice_single", ("key", "parts", 0, "marks"), "0", "$.key.parts[0].marks", "out_of_range"),
        (
            "choice_single",
            ("key", "parts", 0, "normalise"),
            ["trim"],
            "$.key.parts[0]",
            "normalise_not_allowed",
        ),
        ("choice_single", ("key", "program"), "x", "$.key.program", "wrong_type"),
        (
            "choice_multiple",
            ("key", "parts", 0, "correct"),
            ["A", "B", "C"],
            "$.key.parts[0]",
            "key_too_long",
        ),
        ("match", ("key", "parts", 0, "correct"), ["X B"], "$.key.parts[0]", "key_not_an_option"),
        ("associate", ("key", "parts", 0, "correct"), ["A"], "$.key.parts[0]", "key_not_an_option"),
        ("order", ("key", "parts", 0, "correct"), ["A", "A", "B"], "$.key.parts[0]", "duplicate_key"),
        ("numeric", ("key", "parts", 0, "correct"), ["about 5"], "$.key.parts[0]", "key_not_an_option"),
        ("select_point", ("key", "parts", 0, "correct"), ["5"], "$.key.parts[0]", "key_not_an_option"),
        ("extended_text", ("key", "parts", 0, "correct"), ["x"], "$.key.parts[0]", "key_by_hand"),
        (
            "gap_match",
            ("key", "parts", 0, "mapping", "entries"),
            [["A G9", "1"]],
            "$.key.parts[0]",
            "key_not_an_option",
        ),
        (
            "gap_match",
            ("key", "parts", 0, "mapping", "entries"),
            [["A G1", "1"], ["A G1", "2"]],
            "$.key.parts[0].mapping.entries",
            "duplicate",
        ),
        (
            "select_point",
            ("key", "parts", 0, "areas", 0, 0, "shape"),
            "star",
            "$.key.parts[0].areas[0][0].shape",
            "not_one_of",
        ),
        (
            "numeric",
            ("key", "parts", 0, "tolerance", "below"),
            "-1",
            "$.key.parts[0].tolerance.below",
            "not_a_number",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused_by_name_and_place(
    kind: str, path: tuple[str | int, ...], value: Any, where: str, code: str
) -> None:
    assert (where, code) in refusals(changed(kind, *path, to=value))


def test_two_keys_for_one_part_are_refused() -> None:
    document = copy.deepcopy(DOCUMENTS["order"])
    document["key"]["parts"] *= 2
    assert ("$.key.parts", "duplicate_key") in refusals(document)


def test_two_files_of_one_name_are_refused() -> None:
    document = copy.deepcopy(DOCUMENTS["choice_single"])
    document["media"].append(media("mark.svg"))
    assert ("$.media", "duplicate") in refusals(document)


def test_two_parts_of_one_name_are_refused() -> None:
    document = copy.deepcopy(DOCUMENTS["composite"])
    document["parts"][1]["id"] = document["parts"][0]["id"]
    assert ("$.parts", "duplicate") in refusals(document)


@pytest.mark.parametrize("member", ["marks", "media", "stimulus"])
def test_an_item_without_parts_has_nothing_that_belongs_to_them(member: str) -> None:
    simple = {
        "id": "S",
        "pc": "PC1",
        "type": "text_entry",
        "difficulty": "easy",
        "seconds": 30,
        "key": ["x"],
        "en": {"stem": "Say x."},
    }
    assert refusals(simple) == []
    assert refusals({**simple, member: "1"}) == [(f"$.{member}", "parts_missing")]
    assert ("$.type", "not_one_of") in refusals({**simple, "type": "match"})


def test_a_program_stands_for_a_key() -> None:
    document = copy.deepcopy(DOCUMENTS["choice_single"])
    document["key"] = {"parts": [], "program": {"declarations": []}}
    assert refusals(document) == []


def test_a_part_may_allow_one_answer_or_several() -> None:
    one = Part("R", Interaction.HOTSPOT)
    assert one.cardinality is Cardinality.SINGLE
    assert Part("R", Interaction.HOTSPOT, most=2).cardinality is Cardinality.MULTIPLE
    assert Part("R", Interaction.MATCH).cardinality is Cardinality.MULTIPLE
    assert [Part("R", kind).inline for kind in (Interaction.NUMERIC, Interaction.ORDER)] == [True, False]


def test_texts_of_languages_pair_up_by_name() -> None:
    part = Json(DOCUMENTS["gap_match"])
    item: ItemDocument = read_item(part)
    english, hindi = item.content.bodies
    assert [name for name, _ in english.segments] == [name for name, _ in hindi.segments]
    assert english.text("RESPONSE.A") == "Switch"
    assert english.text("none") == ""
    assert item.content.part("RESPONSE") is item.content.parts[0]
    assert item.key.part("none") is None
    assert item.renamed("other").external_id == "other"
