# SPDX-License-Identifier: Apache-2.0
"""What happens to items as content. Review has its own events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsImported(Event):
    """New versions came into a bank; the subject is the credential version."""

    name: ClassVar[str] = "items_imported"
    format: str
    new_items: int
    new_versions: int
    unchanged: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDraftSaved(Event):
    """An author wrote a draft; ``rewritten`` says that it took the place of the draft as it was, without a new number."""

    name: ClassVar[str] = "item_draft_saved"
    item_id: str
    number: int
    content_hash: str
    rewritten: bool
