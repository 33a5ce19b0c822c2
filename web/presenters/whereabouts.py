# SPDX-License-Identifier: Apache-2.0
"""The section that a learner is in, as proctors and managers see it."""

from __future__ import annotations

from typing import Any

from assessor import api as assessor
from core.uow import UnitOfWork


def with_sections(uow: UnitOfWork, tiles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tiles with ``section``: None, or its title in each language, its place and the minutes left in it."""
    found = assessor.current_sections(uow, [tile["attempt_id"] for tile in tiles])
    return [{**tile, "section": _shown(found.get(tile["attempt_id"]))} for tile in tiles]


def section_part(uow: UnitOfWork, attempt_id: str) -> dict[str, Any]:
    """The same for the page of one attempt."""
    return {"section": _shown(assessor.current_sections(uow, [attempt_id]).get(attempt_id))}


def _shown(section: assessor.CurrentSection | None) -> dict[str, Any] | None:
    if section is None:
        return None
    left = section.remaining_ms
    return {
        "id": section.id,
        "title": dict(section.title),
        "number": section.number,
        "sections": section.sections,
        "minutes": None if left is None else (left + 59_999) // 60_000,
    }
