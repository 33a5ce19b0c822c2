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
