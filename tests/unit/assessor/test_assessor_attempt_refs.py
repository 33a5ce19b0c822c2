# SPDX-License-Identifier: Apache-2.0
"""The one item of a form that a save is about, found without reading the others."""

from __future__ import annotations

import pytest

from assessor.attempts.refs import refs, refs_of_item
from assessor.forms.items import form_item
from assessor.forms.model import FormContent
from core.errors import Conflict, NotFound
from tests.unit.item_bank.builders import item, read, version_of
from tests.unit.item_bank.rich_items import rich

SECRET = "0123456789abcdef"
CONTENT = FormContent(
    assessment_id="a",
    seed=1,
    limit_seconds=60,
    items=(
        form_item(version_of(read(item()), version_id="v1")),
        form_item(version_of(rich("match"), version_id="v2")),
    ),
)


def test_each_item_is_found_by_its_reference_as_in_the_whole_form() -> None:
    names = refs(CONTENT, secret=SECRET)
    for one in CONTENT.items:
        ref = names.of_item(one.version_id)
        found, alone = refs_of_item(CONTENT.to_document(), form_id="f", secret=SECRET, ref=ref)
        assert alone == one == names.item(ref)
        assert found.of_item(one.version_id) == ref


def test_a_reference_of_another_attempt_is_unknown() -> None:
    ref = refs(CONTENT, secret="another attempt's").of_item("v1")
    for find in (
        lambda: refs_of_item(CONTENT.to_document(), form_id="f", secret=SECRET, ref=ref),
        lambda: refs(CONTENT, secret=SECRET).item(ref),
    ):
        with pytest.raises(NotFound) as refusal:
            find()
        assert refusal.value.code == "item_unknown"


@pytest.mark.parametrize("document", [None, [], {}, {"items": {}}])
def test_a_document_that_is_not_ours_counts_as_altered(document: object) -> None:
    with pytest.raises(Conflict) as refusal:
        refs_of_item(document, form_id="f", secret=SECRET, ref="x")
    assert refusal.value.code == "form_altered"


def test_a_broken_item_counts_as_altered_when_it_is_the_one() -> None:
    document = CONTENT.to_document()
    document["items"][1]["parts"][0]["kind"] = "riddle"
    names = refs(CONTENT, secret=SECRET)
    with pytest.raises(Conflict) as refusal:
        refs_of_item(document, form_id="f", secret=SECRET, ref=names.of_item("v2"))
    assert refusal.value.code == "form_altered"


def test_a_part_and_a_file_of_no_such_name_are_unknown() -> None:
    names = refs(CONTENT, secret=SECRET)
    with pytest.raises(NotFound) as refusal:
        names.part(CONTENT.items[1], "x")
    assert refusal.value.code == "item_unknown"
    with pytest.raises(NotFound) as refusal:
        names.media("x")
    assert refusal.value.code == "media_unknown"
