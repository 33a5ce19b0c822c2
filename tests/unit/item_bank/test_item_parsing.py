# SPDX-License-Identifier: Apache-2.0
"""Reading item documents: sound ones come back unchanged, and each way to be wrong has its own refusal."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from core.errors import Conflict
from item_bank.document import Part
from item_bank.items.model import (
    TRANSITIONS,
    Difficulty,
    ItemCommand,
    ItemDocument,
    ItemKey,
    ItemState,
    decide,
)
from item_bank.items.parsing import reaches_maximum, read_item
from scoring.api import Interaction, Normalisation
from tests.unit.item_bank.builders import changed, item, read, text_item, without


def problems_of(document: object) -> set[tuple[str, str]]:
    part = Part(document)
    read_item(part)
    return {(problem.where, problem.code) for problem in part.problems}


def test_a_sound_choice_becomes_content_and_key() -> None:
    document = read(item())
    assert document.content.interaction is Interaction.CHOICE_SINGLE
    assert document.content.difficulty is Difficulty.EASY
    assert document.content.languages == ("en", "hi")
    assert document.content.letters == ("A", "B", "C", "D")
    assert document.content.body("hi").stem == "किसे गुप्त रखना है?"
    assert document.content.body("mr").stem == "Which one must stay secret?"
    assert document.key.correct == ("B",)
    assert document.key.rationale is not None
    assert document.key.rationale.in_language("hi").startswith("पिन")


def test_a_sound_text_entry_keeps_every_accepted_answer_and_the_order_of_normalisations_is_fixed() -> None:
    document = read(text_item(key=["1930", "one nine three zero"], normalise=["trim", "nfc"]))
    assert document.key.correct == ("1930", "one nine three zero")
    assert document.key.normalise == (Normalisation.NFC, Normalisation.TRIM)
    assert document.key.rationale is None
    assert not document.content.shuffle


@pytest.mark.parametrize(
    "document", [item(), text_item(), item(type="choice_multiple", key=["A", "C"], shuffle=False)]
)
def test_writing_a_document_and_reading_it_again_changes_nothing(document: dict[str, Any]) -> None:
    value = read(document)
    again = read(value.to_document())
    assert again == value
    assert again.content_hash == value.content_hash


def test_shuffling_is_the_default_of_a_choice_and_impossible_for_a_text() -> None:
    assert read(without(item(), "shuffle")).content.shuffle
    assert not read(text_item(shuffle=False)).content.shuffle
    assert ("$.shuffle", "shuffle_not_allowed") in problems_of(text_item(shuffle=True))


CHANGES: list[dict[str, Any]] = [
    {"key": ["A"]},
    {"pc": "PC2"},
    {"seconds": 36},
    {"difficulty": "hard"},
    {"shuffle": False},
    {"id": "SDP-PC1-02"},
    {"en": {**item()["en"], "rationale": "Another reason."}},
    {"hi": {**item()["hi"], "stem": "और कुछ"}},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_any_change_changes_the_content_hash(change: dict[str, Any]) -> None:
    assert read(item(**change)).content_hash != read(item()).content_hash


def test_the_order_of_the_languages_is_part_of_the_content() -> None:
    document = item()
    swapped = {**without(without(document, "en"), "hi"), "hi": document["hi"], "en": document["en"]}
    assert read(swapped).content_hash != read(document).content_hash


def test_two_spellings_of_the_same_character_are_the_same_content() -> None:
    stem = "caf\u00e9?"
    composed = changed(item(), "en", "stem", to=stem)
    decomposed = changed(item(), "en", "stem", to=unicodedata.normalize("NFD", stem) + "  ")
    assert read(composed).content_hash == read(decomposed).content_hash


OPTIONS = item()["en"]["options"]

BROKEN: list[tuple[dict[str, Any], str, str]] = [
    (item(id="a b"), "$.id", "malformed"),
    (item(id=""), "$.id", "malformed"),
    (item(pc="PC 1"), "$.pc", "malformed"),
    (item(type="essay"), "$.type", "not_one_of"),
    (item(type=None), "$.type", "wrong_type"),
    (item(difficulty="tricky"), "$.difficulty", "not_one_of"),
    (item(seconds="35"), "$.seconds", "wrong_type"),
    (item(seconds=4), "$.seconds", "out_of_range"),
    (item(key=[]), "$.key", "no_key"),
    (item(key="B"), "$.key", "wrong_type"),
    (item(key=["E"]), "$.key", "key_not_an_option"),
    (item(key=["b"]), "$.key", "key_not_an_option"),
    (item(key=["A", "B"]), "$.key", "one_key_expected"),
    (item(type="choice_multiple", key=["A", "A"]), "$.key", "duplicate_key"),
    (item(normalise=["trim"]), "$.normalise", "normalise_not_allowed"),
    (text_item(normalise=["rot13"]), "$.normalise[0]", "not_one_of"),
    (text_item(normalise=["trim", "trim"]), "$.normalise", "duplicate"),
    (text_item(key=[]), "$.key", "no_key"),
    (text_item(key=[""]), "$.key[0]", "empty"),
    (text_item(key=["\u200d"]), "$.key[0]", "empty"),
    (text_item(key=["x" * 201]), "$.key[0]", "too_long"),
    (item(shuffle="yes"), "$.shuffle", "wrong_type"),
    (item(colour="red"), "$.colour", "unknown_key"),
    (item(mr="मराठी"), "$.mr", "unknown_key"),
    (without(without(item(), "en"), "hi"), "$", "no_language"),
    (changed(item(), "en", "stem", to=""), "$.en.stem", "empty"),
    (without(item(), "hi", "stem"), "$.hi.stem", "missing"),
    (changed(item(), "en", "hint", to="x"), "$.en.hint", "unknown_key"),
    (changed(item(), "en", "stem", to="<p>Pay</p>"), "$.en.stem", "html_in_text"),
    (changed(item(), "en", "stem", to="a &lt; b"), "$.en.stem", "html_in_text"),
    (changed(item(), "en", "stem", to="<!-- x -->"), "$.en.stem", "html_in_text"),
    (changed(item(), "en", "stem", to="x\u202ey"), "$.en.stem", "control_character"),
    (changed(item(), "en", "stem", to="x\u200by"), "$.en.stem", "control_character"),
    (changed(item(), "en", "stem", to="x\ty"), "$.en.stem", "control_character"),
    (changed(item(), "en", "stem", to="x\ud800y"), "$.en.stem", "control_character"),
    (changed(item(), "en", "rationale", to="<i>why</i>"), "$.en.rationale", "html_in_text"),
    (without(item(), "hi", "options"), "$.hi.options", "too_few_options"),
    (changed(item(), "en", "options", to={"A": "one"}), "$.en.options", "too_few_options"),
    (changed(item(), "en", "options", to=["one"]), "$.en.options", "wrong_type"),
    (changed(item(), "en", "options", to={"A": "one", "C": "two"}), "$.en.options", "option_order"),
    (changed(item(), "en", "options", to=dict.fromkeys("ABCDEFG", "x")), "$.en.options", "option_order"),
    (changed(item(), "en", "options", "C", to=" upi  pin "), "$.en.options.C", "duplicate_option"),
    (changed(item(), "en", "options", "C", to=""), "$.en.options.C", "empty"),
    (changed(item(), "hi", "options", to={"A": "क", "B": "ख", "C": "ग"}), "$.hi.options.D", "option_missing"),
    (changed(item(), "hi", "options", "E", to="ङ"), "$.hi.options.E", "option_extra"),
    (changed(text_item(), "en", "options", to=OPTIONS), "$.en.options", "options_not_allowed"),
]


@pytest.mark.parametrize(
    ("document", "where", "code"), BROKEN, ids=[f"{code}-{n}" for n, (_, _, code) in enumerate(BROKEN)]
)
def test_each_way_to_be_wrong_has_its_own_refusal(document: dict[str, Any], where: str, code: str) -> None:
    assert (where, code) in problems_of(document)


@pytest.mark.parametrize("document", [None, [], "x", 1, {}])
def test_what_is_no_item_at_all_is_refused(document: object) -> None:
    assert problems_of(document)


def test_signs_that_only_look_like_markup_are_plain_text() -> None:
    for stem in ("Is ₹500 < ₹1,000?", "R&D at AT&T; next", "x <- y", "क्‍ष with a joiner", "two\nlines"):
        assert problems_of(changed(item(), "en", "stem", to=stem)) == set()


def test_an_empty_options_object_of_a_text_entry_does_no_harm() -> None:
    assert problems_of(changed(text_item(), "en", "options", to={})) == set()


def test_an_empty_rationale_is_no_rationale() -> None:
    document = changed(changed(item(), "en", "rationale", to=""), "hi", "rationale", to=" ")
    assert read(document).key.rationale is None


def test_the_declared_answer_of_a_sound_item_scores_the_maximum() -> None:
    for document in (item(), text_item(key=["1930", "१९३०"]), item(type="choice_multiple", key=["A", "C"])):
        assert reaches_maximum(read(document))


def test_a_key_that_scoring_would_not_accept_fails_the_self_test() -> None:
    sound = read(item())
    assert not reaches_maximum(ItemDocument(sound.external_id, sound.content, ItemKey(correct=("Z",))))
    text = read(text_item())
    assert not reaches_maximum(ItemDocument(text.external_id, text.content, ItemKey(correct=())))


def test_an_item_moves_only_along_its_table() -> None:
    assert decide(ItemState.IN_REVIEW, ItemCommand.REJECT) is ItemState.DRAFT
    for state in ItemState:
        for command in ItemCommand:
            if (state, command) not in TRANSITIONS:
                with pytest.raises(Conflict) as refusal:
                    decide(state, command)
                assert refusal.value.code == "item_state"
    assert [state for state in ItemState if state.is_open] == [ItemState.DRAFT, ItemState.IN_REVIEW]
