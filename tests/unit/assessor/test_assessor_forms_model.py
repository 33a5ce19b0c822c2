# SPDX-License-Identifier: Apache-2.0
"""The form's states, its document, and the detection of a changed one."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from assessor.forms.model import (
    TRANSITIONS,
    AnswerShape,
    FormContent,
    FormItem,
    FormMedia,
    FormState,
    changes,
    decide,
    parse_content,
    require_sealed,
    require_unchanged,
)
from assessor.forms.sections import FormSection, Navigation
from core.errors import Conflict
from scoring.api import Interaction

ITEM = FormItem(
    version_id="v1",
    sha256="sha256:1",
    pc="PC1",
    interaction=Interaction.CHOICE_SINGLE,
    options=("A", "B"),
)
TEXT = FormItem(version_id="v2", sha256="sha256:2", pc="PC2", interaction=Interaction.TEXT_ENTRY, options=())
CONTENT = FormContent(assessment_id="a1", seed=2**62 + 1, limit_seconds=900, items=(ITEM, TEXT))
HASHES = {"v1": "sha256:1", "v2": "sha256:2"}


@pytest.mark.parametrize(("before", "after"), list(product(FormState, FormState)))
def test_a_form_moves_as_its_table_says(before: FormState, after: FormState) -> None:
    if after in TRANSITIONS[before]:
        assert decide(before, after) is after
    else:
        with pytest.raises(Conflict) as refusal:
            decide(before, after)
        assert refusal.value.facts == {"state": before.value}


def test_the_document_reads_back_as_the_same_content() -> None:
    assert parse_content(CONTENT.to_document(), form_id="f") == CONTENT


@pytest.mark.parametrize(
    "document",
    [None, [], {}, {**CONTENT.to_document(), "seed": "x"}, {**CONTENT.to_document(), "items": [{}]}],
)
def test_a_document_that_is_not_ours_counts_as_altered(document: Any) -> None:
    with pytest.raises(Conflict) as refusal:
        parse_content(document, form_id="f")
    assert refusal.value.code == "form_altered"


def test_an_unknown_interaction_counts_as_altered() -> None:
    document = CONTENT.to_document()
    document["items"][0]["interaction"] = "essay"
    with pytest.raises(Conflict):
        parse_content(document, form_id="f")


def test_an_unchanged_form_has_no_changes() -> None:
    assert changes(CONTENT.sha256, CONTENT, hashes=HASHES) == ()
    require_unchanged("f", ())


def test_every_kind_of_change_is_found() -> None:
    assert changes(CONTENT.sha256, replace(CONTENT, limit_seconds=901), hashes=HASHES) == ("form",)
    assert changes(CONTENT.sha256, CONTENT, hashes={**HASHES, "v2": "sha256:x"}) == ("v2",)
    assert changes(CONTENT.sha256, CONTENT, hashes={"v2": "sha256:2"}) == ("v1",)
    reordered = replace(CONTENT, items=(TEXT, ITEM))
    assert changes(CONTENT.sha256, reordered, hashes=HASHES) == ("form",)


def test_a_changed_form_is_refused_with_its_id() -> None:
    with pytest.raises(Conflict) as refusal:
        require_unchanged("f", ("form", "v1"))
    assert refusal.value.facts == {"form_id": "f", "count": 2}


def test_only_a_sealed_form_can_be_sat() -> None:
    require_sealed(FormState.SEALED)
    for state in (FormState.DRAFT, FormState.WITHDRAWN):
        with pytest.raises(Conflict):
            require_sealed(state)


def test_an_item_is_found_by_its_version() -> None:
    assert CONTENT.item("v2") == TEXT
    assert CONTENT.item("v9") is None


# ------------------------------------------------------------------------------------------------- rich items

SHAPES = (
    AnswerShape(id="R1", kind=Interaction.MATCH, choices=(("A", 1),), targets=(("X", 0),), most=0),
    AnswerShape(id="R2", kind=Interaction.SELECT_POINT, size=(320, 200)),
    AnswerShape(id="R3", kind=Interaction.SLIDER, lower="0", upper="0.5"),
    AnswerShape(id="R4", kind=Interaction.UPLOAD, accept=("image/png",)),
)
RICH = FormItem(
    version_id="v3",
    sha256="sha256:3",
    pc="PC1",
    interaction=Interaction.COMPOSITE,
    options=(),
    parts=SHAPES,
    media=(FormMedia(name="a.png", sha256="0" * 64),),
)


def test_a_form_with_rich_items_reads_back_as_the_same_content() -> None:
    content = replace(CONTENT, items=(ITEM, RICH))
    assert parse_content(content.to_document(), form_id="f") == content
    assert content.to_document()["version"] == 2


def test_a_form_of_simple_items_keeps_its_document_and_so_its_hash() -> None:
    assert CONTENT.to_document()["version"] == 1
    assert all(item.keys().isdisjoint({"parts", "media"}) for item in CONTENT.to_document()["items"])
    assert CONTENT.sha256 == "sha256:62c63110afdccce9768432d81b941c5d00c0575bad9cc9db5dccc4753ddb4144"


def test_a_part_is_found_by_its_identifier() -> None:
    assert RICH.part("R3") is SHAPES[2]
    assert RICH.part("R9") is None


# -------------------------------------------------------------------------------------------------- sections

SECTION = FormSection(
    id="s1",
    title=(("en", "Safety"), ("hi", "सुरक्षा")),
    items=("v1", "v2"),
    seconds=300,
    navigation=Navigation.LINEAR,
)


def test_sections_make_version_three_and_without_them_the_document_and_its_hash_stay() -> None:
    assert (CONTENT.to_document()["version"], "sections" in CONTENT.to_document()) == (1, False)
    assert CONTENT.sha256 == "sha256:62c63110afdccce9768432d81b941c5d00c0575bad9cc9db5dccc4753ddb4144"
    cut = replace(CONTENT, sections=(SECTION,))
    assert cut.to_document()["version"] == 3
    assert parse_content(cut.to_document(), form_id="f") == cut
    assert changes(cut.sha256, replace(cut, sections=(replace(SECTION, seconds=301),)), hashes=HASHES) == (
        "form",
    )


@pytest.mark.parametrize("changed", [{"navigation": "maze"}, {"title": "Safety"}, {"items": None}, None])
def test_a_section_that_is_not_ours_counts_as_altered(changed: Any) -> None:
    document = replace(CONTENT, sections=(SECTION,)).to_document()
    document["sections"] = [{**document["sections"][0], **changed}] if changed else ["s1"]
    with pytest.raises(Conflict) as refusal:
        parse_content(document, form_id="f")
    assert refusal.value.code == "form_altered"
