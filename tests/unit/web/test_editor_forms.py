# SPDX-License-Identifier: Apache-2.0
"""The form of an item: it says the same as the item, whatever its kind, and loses nothing that was typed."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from core.errors import Invalid
from item_bank import api as bank
from scoring.api import Interaction
from tests.unit.web.editor_fields import sent
from tests.unit.web.editor_items import EVERY_KIND, ODD, simple
from web.forms.item_documents import item_json
from web.forms.item_loading import form_of
from web.forms.item_steps import new_part, take_step
from web.forms.item_texts import stored, typed
from web.forms.items import KINDS, ItemForm, read_item_form


def document_of(json: dict[str, Any]) -> bank.ItemDocument:
    part = bank.JsonPart(json)
    document = bank.read_item(part)
    assert part.problems == ()
    return document


def loaded(json: dict[str, Any]) -> ItemForm:
    return form_of(document_of(json), credential_version_id="c", revision=1)


def test_every_kind_has_an_example_here() -> None:
    assert set(EVERY_KIND) == {kind.value for kind in Interaction}


@pytest.mark.parametrize("kind", [*EVERY_KIND, *ODD])
def test_the_form_of_an_item_makes_the_same_item_again(kind: str) -> None:
    document = document_of({**EVERY_KIND, **ODD}[kind])
    again = document_of(item_json(form_of(document, credential_version_id="c", revision=1)))
    assert again.to_document() == document.to_document()
    assert again.content_hash == document.content_hash


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_browser_sends_back_the_form_that_it_was_given(kind: str) -> None:
    form = loaded(EVERY_KIND[kind])
    assert read_item_form(sent(form)) == form


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_part_of_every_kind_can_be_sent_moved_and_removed(kind: str) -> None:
    form = ItemForm(languages=["en", "hi"], parts=[new_part(Interaction(kind), [])])
    assert read_item_form(sent(form)) == form
    part = form.parts[0]
    for rows in ("choices", "targets", "areas", "keys"):
        before = [row.id for row in getattr(part, rows)]
        if before:
            assert take_step(form, f"add parts.0.{rows}") == f"parts.0.{rows}.{len(before)}"
            ids = [row.id for row in getattr(part, rows)]
            assert ids[:-1] == before
            take_step(form, f"up parts.0.{rows}.{len(before)}")
            assert [row.id for row in getattr(part, rows)][-1] == before[-1]
            take_step(form, f"remove parts.0.{rows}.{len(before) - 1}")
            assert [row.id for row in getattr(part, rows)] == before
    names = [row.id for row in (*part.choices, *part.targets)]
    assert len(set(names)) == len(names)


def test_the_right_choice_stays_right_when_rows_move() -> None:
    form = loaded(simple("choice_single"))
    assert form.parts[0].correct == "1"
    take_step(form, "up parts.0.choices.1")
    assert (form.parts[0].correct, item_json(form)["key"]) == ("0", ["A"])
    take_step(form, "add parts.0.choices")
    take_step(form, "down parts.0.choices.0")
    assert form.parts[0].correct == "1"
    take_step(form, "remove parts.0.choices.0")
    assert form.parts[0].correct == "0"
    take_step(form, "remove parts.0.choices.0")
    assert form.parts[0].correct == ""


def test_letters_follow_the_order_in_which_the_choices_stand() -> None:
    form = loaded(simple("choice_single"))
    take_step(form, "up parts.0.choices.1")
    assert item_json(form)["en"]["options"] == {"A": "Live", "B": "Neutral"}


@pytest.mark.parametrize(
    "change",
    [
        {"en.stem": "Which <b>one</b>?"},
        {"parts.0.marks": "2"},
        {"parts.0.prompt.en": "Choose"},
        {"stimulus.en": "Read this"},
        {"parts.0.partial": "yes"},
        {"stimulus_id": "passage-1"},
    ],
)
def test_what_a_simple_item_cannot_hold_makes_a_rich_one(change: dict[str, str]) -> None:
    fields = sent(loaded(simple("choice_single")))
    assert "parts" not in item_json(read_item_form(fields))
    name, value = next(iter(change.items()))
    fields[{"en.stem": "stem.en"}.get(name, name)] = value
    assert "parts" in item_json(read_item_form(fields))


def test_more_than_six_options_make_a_rich_item() -> None:
    form = loaded(simple("choice_single"))
    for _ in range(5):
        take_step(form, "add parts.0.choices")
    assert [one["id"] for one in item_json(form)["parts"][0]["choices"]] == list("ABCDEFG")


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("Line\nnext", "Line<br>next"),
        ("One\n\nTwo", "<p>One</p><p>Two</p>"),
        ("x <b>bold</b>", "x <b>bold</b>"),
        ("Stem\n\n[[RESPONSE]]", "<p>Stem</p>[[RESPONSE]]"),
        ("<ul><li>a</li></ul>", "<ul><li>a</li></ul>"),
    ],
)
def test_typed_text_and_kept_markup_say_the_same(words: str, kept: str) -> None:
    assert stored(words) == kept
    assert typed(kept) == words
    assert stored(typed(kept)) == kept


def test_refused_markup_stays_in_so_that_it_can_be_named() -> None:
    assert stored("a<script>b</script>") == "a<script>b</script>"


def test_a_language_is_added_and_taken_away_without_losing_what_was_typed() -> None:
    form = loaded(simple("choice_single"))
    assert take_step(form, "language TA") == "stem.ta"
    assert form.languages == ["en", "hi", "ta"]
    form.stem["ta"] = "எது?"
    take_step(form, "drop ta")
    assert (form.languages, form.stem["ta"]) == (["en", "hi"], "எது?")
    take_step(form, "drop hi")
    assert take_step(form, "drop en") == "stem.en"
    assert form.languages == ["en"]
    assert take_step(form, "language x!") == "language"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"parts.0.kind": "composite"},
        {"parts.0.kind": "nonsense"},
        {"parts.0": "text", "parts.0.kind": "order"},
        {"parts.x.kind": "order"},
        {"parts.0.kind": "order", "parts.0.choices.0.texts": "flat"},
        {"parts.0.kind": "order", "stem": "flat"},
        {"parts.0.kind": "order", "pc.x": "deep"},
        {f"parts.{number}.kind": "order" for number in range(61)},
        {f"name{number}": "" for number in range(4001)},
    ],
)
def test_what_is_no_form_of_ours_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refusal:
        read_item_form(fields)
    assert refusal.value.code == "request_malformed"


@pytest.mark.parametrize(
    "step",
    [
        "",
        "add",
        "add parts",
        "remove parts.7",
        "up parts.0.keys.9",
        "add media.0.choices",
        "part composite",
        "add parts.9.choices",
    ],
)
def test_a_step_that_does_not_exist_is_refused(step: str) -> None:
    form = loaded(copy.deepcopy(simple("choice_single")))
    with pytest.raises(Invalid):
        take_step(form, step)


def test_rows_end_somewhere() -> None:
    form = loaded(simple("choice_single"))
    for _ in range(58):
        take_step(form, "add parts.0.choices")
    with pytest.raises(Invalid):
        take_step(form, "add parts.0.choices")
