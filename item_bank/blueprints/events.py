# SPDX-License-Identifier: Apache-2.0
"""What happens to blueprints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class BlueprintAdded(Event):
    """An agency laid down what its papers contain."""

    name: ClassVar[str] = "blueprint_added"
    credential_version_id: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BlueprintWaived(Event):
    """A person recorded why a blueprint is used although its lint blocks it. The subject is the blueprint."""

    name: ClassVar[str] = "blueprint_waived"
    waiver_id: str
    pcs: list[str]
