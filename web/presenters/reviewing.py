# SPDX-License-Identifier: Apache-2.0
"""What the pages of review show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.uow import Actor
from item_bank import api as bank
from web.presenters.author import plain_stem
from web.words import _


def queue_rows(
    waiting: Sequence[bank.Waiting], *, names: Mapping[str, str], actor: Actor
) -> list[dict[str, Any]]:
    """What waits, longest first."""
    return [
        {
            "id": one.version.id,
            "external_id": one.version.external_id,
            "pc": one.version.content.pc,
            "type": one.version.content.interaction.value,
            "version": one.version.number,
            "replaces": one.replaces,
            "author": names.get(one.version.author_id, "–"),
            "own": actor.id in (one.version.author_id, one.version.submitted_by),
            "submitted_at": one.submitted_at,
            "stem": {
                body.language: plain_stem(body, rich=one.version.content.is_rich)
                for body in one.version.content.bodies
            },
            "languages": list(one.version.content.languages),
        }
        for one in waiting
    ]


def difference_page(
    version: bank.ItemVersion,
    document: bank.ItemDocument,
    versions: Sequence[bank.ItemVersion],
    *,
    earlier: bank.ItemVersion | None,
    before: bank.ItemDocument | None,
) -> dict[str, Any]:
    """Two versions side by side; without an earlier one there is nothing to compare."""
    found = bank.differences(before, document) if before is not None else ()
    return {
        "version": _version(version),
        "earlier": _version(earlier) if earlier else None,
        "others": [_version(other) for other in versions if other.id != version.id],
        "differences": [
            {
                "name": one.name,
                "label": member_label(one.name),
                "before": one.before,
                "after": one.after,
                "pieces": [{"change": piece.change.value, "text": piece.text} for piece in one.pieces],
            }
            for one in found
        ],
    }


def member_label(name: str) -> str:
    """The name of a member of an item for people: "Question, hi" for ``hi stem``."""
    known = {
        "pc": _("Performance criterion"),
        "type": _("Kind"),
        "difficulty": _("Difficulty"),
        "seconds": _("Expected time in seconds"),
        "key": _("Key"),
        "normalise": _("What may differ in a typed answer"),
        "shuffle": _("Options in another order for everybody"),
        "marks": _("Marks"),
        "parts": _("Structure of the interactions"),
        "media": _("Files"),
        "stimulus": _("Shared text"),
        "tags": _("Tags"),
        "languages": _("Languages"),
        "stem": _("Question"),
        "rationale": _("Why"),
    }
    if name in known:
        return str(known[name])
    language, _space, segment = name.partition(" ")
    if not segment:
        return name
    return f"{known.get(segment) or segment.replace('RESPONSE.', _('Option') + ' ')}, {language}"


def _version(version: bank.ItemVersion) -> dict[str, Any]:
    return {
        "id": version.id,
        "external_id": version.external_id,
        "number": version.number,
        "state": version.state.value,
        "at": version.created_at,
    }
