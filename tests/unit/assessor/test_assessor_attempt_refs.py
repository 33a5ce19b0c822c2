# SPDX-License-Identifier: Apache-2.0
"""The names of a form's items, parts and files within one attempt."""

from __future__ import annotations

import pytest

from assessor.attempts.refs import refs
from assessor.forms.items import form_item
from assessor.forms.model import FormContent
from core.errors import NotFound
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


def test_each_item_is_found_by_its_reference() -> None:
    names = refs(CONTENT, secret=SECRET)
    for one in CONTENT.items:
        assert names.item(names.of_item(one.version_id)) == one


def test_a_reference_of_another_attempt_is_unknown() -> None:
    ref = refs(CONTENT, secret="another attempt's").of_item("v1")
    with pytest.raises(NotFound) as refusal:
        refs(CONTENT, secret=SECRET).item(ref)
    assert refusal.value.code == "item_unknown"


def test_a_part_and_a_file_of_no_such_name_are_unknown() -> None:
    names = refs(CONTENT, secret=SECRET)
    with pytest.raises(NotFound) as refusal:
        names.part(CONTENT.items[1], "x")
    assert refusal.value.code == "item_unknown"
    with pytest.raises(NotFound) as refusal:
        names.media("x")
    assert refusal.value.code == "media_unknown"
