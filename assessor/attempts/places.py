# SPDX-License-Identifier: Apache-2.0
"""Where in its paper a question of an attempt stands, by the name that the attempt's browser knows. No content leaves here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessor.attempts.queries import load_attempt, refs_of
from core.uow import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A question: its true version, its number in the paper, and its section's title by language (empty without sections)."""

    item_version_id: str
    number: int
    section: Mapping[str, str]


def question_places(uow: UnitOfWork, attempt_id: str) -> dict[str, Place]:
    """Every question of an attempt by its own name there. Raises NotFound `attempt_unknown`; callers know whose it is."""
    names = refs_of(uow, load_attempt(uow, attempt_id))
    titles = {version: dict(section.title) for section in names.content.sections for version in section.items}
    return {
        names.of_item(item.version_id): Place(
            item_version_id=item.version_id, number=number, section=titles.get(item.version_id, {})
        )
        for number, item in enumerate(names.content.items, 1)
    }
