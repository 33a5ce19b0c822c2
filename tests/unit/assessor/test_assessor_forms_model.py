# SPDX-License-Identifier: Apache-2.0
"""The form's states, its document, and the detection of a changed one."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from assessor.forms.model import (
    TRANSITIONS,
    FormContent,
    FormItem,
    FormState,
    changes,
    decide,
    parse_content,
    require_sealed,
    require_unchanged,
)
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
