# SPDX-License-Identifier: Apache-2.0
"""The paper of the practice test: items about using a test platform. It is part of the program and of no bank."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any

from assessor.attempts.refs import Refs
from assessor.forms.items import form_item
from assessor.forms.model import FormContent
from assessor.forms.sections import parse_section
from item_bank.api import ItemDocument, ItemState, ItemVersion, opaque_ids, parse_item_documents

_WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)


@lru_cache
def sample_title() -> dict[str, str]:
    """The name of the practice test by language."""
    return dict(_source()["title"])


@lru_cache
def sample_items() -> dict[str, ItemDocument]:
    """The items with their keys, by name, in the order of the paper."""
    parsed = parse_item_documents(_source()["items"])
    problems = [problem for item in parsed.items for problem in item.problems]
    if problems:
        raise ValueError(f"the practice paper is unsound: {problems}")
    return {item.document.external_id: item.document for item in parsed.items}


@lru_cache
def sample_content() -> FormContent:
    """What the paper holds, as a form would."""
    source = _source()
    return FormContent(
        assessment_id="",
        seed=0,
        limit_seconds=source["limit_seconds"],
        items=tuple(form_item(_version(item)) for item in sample_items().values()),
        sections=tuple(map(parse_section, source["sections"])),
    )


def sample_refs(trial_id: str) -> Refs:
    """The names that one practice test's browser knows."""
    return Refs(sample_content(), opaque_ids(trial_id.encode()))


def _source() -> Any:
    text = files("assessor.formative").joinpath("sample_paper.json").read_text(encoding="utf-8")
    return json.loads(text)


def _version(item: ItemDocument) -> ItemVersion:
    return ItemVersion(
        id=item.external_id,
        item_id=item.external_id,
        owner_id="",
        credential_version_id="",
        external_id=item.external_id,
        number=1,
        state=ItemState.LIVE,
        content=item.content,
        content_hash=item.content_hash,
        author_id="",
        submitted_by=None,
        created_at=_WRITTEN,
    )
