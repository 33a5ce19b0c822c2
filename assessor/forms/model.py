# SPDX-License-Identifier: Apache-2.0
"""The form's state machine, and the document that pins what a form holds. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, cast

from core.canonical import digest
from core.errors import Conflict
from scoring.api import Interaction


class FormState(StrEnum):
    """Where a form stands; from sealed on its content never changes."""

    DRAFT = "draft"
    SEALED = "sealed"
    WITHDRAWN = "withdrawn"


TRANSITIONS: Mapping[FormState, frozenset[FormState]] = MappingProxyType(
    {
        FormState.DRAFT: frozenset({FormState.SEALED, FormState.WITHDRAWN}),
        FormState.SEALED: frozenset({FormState.WITHDRAWN}),
        FormState.WITHDRAWN: frozenset(),
    }
)


def decide(before: FormState, after: FormState) -> FormState:
    """The form's next state; raises Conflict `form_state` (facts state)."""
    if after not in TRANSITIONS[before]:
        raise Conflict("form_state", state=before.value)
    return after


@dataclass(frozen=True, slots=True, kw_only=True)
class FormItem:
    """One item as a form pins it: the version, its content's hash, and the shape of an answer to it.

    `options` are the true identifiers in the item's own order, empty for a text.
    """

    version_id: str
    sha256: str
    pc: str
    interaction: Interaction
    options: tuple[str, ...]

    def to_document(self) -> dict[str, Any]:
        """The item as it stands in the form's document."""
        return {
            "version_id": self.version_id,
            "sha256": self.sha256,
            "pc": self.pc,
            "interaction": self.interaction.value,
            "options": list(self.options),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FormContent:
    """What a form holds, in the order in which it is shown."""

    assessment_id: str
    seed: int
    limit_seconds: int
    items: tuple[FormItem, ...]

    def to_document(self) -> dict[str, Any]:
        """The document that is hashed; the seed is text because canonical JSON holds 53 bits."""
        return {
            "version": 1,
            "assessment_id": self.assessment_id,
            "seed": str(self.seed),
            "limit_seconds": self.limit_seconds,
            "items": [item.to_document() for item in self.items],
        }

    @property
    def sha256(self) -> str:
        """The hash of the document."""
        return digest(self.to_document())

    def item(self, version_id: str) -> FormItem | None:
        """The item with this version, or None."""
        return next((item for item in self.items if item.version_id == version_id), None)


def parse_content(document: object, *, form_id: str) -> FormContent:
    """The content that `FormContent.to_document` wrote; raises Conflict `form_altered` for anything else."""
    try:
        return _content(cast(Any, document))
    except (KeyError, TypeError, ValueError) as error:
        raise Conflict("form_altered", form_id=form_id, count=1) from error


def _content(document: Mapping[str, Any]) -> FormContent:
    return FormContent(
        assessment_id=document["assessment_id"],
        seed=int(document["seed"]),
        limit_seconds=document["limit_seconds"],
        items=tuple(
            FormItem(
                version_id=item["version_id"],
                sha256=item["sha256"],
                pc=item["pc"],
                interaction=Interaction(item["interaction"]),
                options=tuple(item["options"]),
            )
            for item in document["items"]
        ),
    )


def changes(sealed: str, content: FormContent, *, hashes: Mapping[str, str]) -> tuple[str, ...]:
    """What differs from what was sealed: `form`, and the version ids whose content changed or is gone.

    `sealed` is the form's hash at sealing, `hashes` the items' content hashes of today by version id.
    """
    found = [item.version_id for item in content.items if hashes.get(item.version_id) != item.sha256]
    return (*(("form",) if content.sha256 != sealed else ()), *found)


def require_sealed(state: FormState) -> None:
    """Refuse a form that is not ready to be sat; raises Conflict `form_state` (facts state)."""
    if state is not FormState.SEALED:
        raise Conflict("form_state", state=state.value)


def require_unchanged(form_id: str, found: tuple[str, ...]) -> None:
    """Refuse a form that is not what was sealed; raises Conflict `form_altered` (facts form_id, count)."""
    if found:
        raise Conflict("form_altered", form_id=form_id, count=len(found))
