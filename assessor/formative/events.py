# SPDX-License-Identifier: Apache-2.0
"""What agencies do about practice. Who practised, and how, is in no event: a learner may have it deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeLinkOpened(Event):
    """An agency invited whoever has a link to practise; the subject is the link."""

    name: ClassVar[str] = "practice_link_opened"
    credential_version_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeLinkClosed(Event):
    """A link to practise works no more; the subject is the link."""

    name: ClassVar[str] = "practice_link_closed"
