# SPDX-License-Identifier: Apache-2.0
"""What a sitting may ask of browsers. Pure; no storage here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from assessor.scheduling.accommodations import Accommodation, Aid
from assessor.scheduling.safe_browser import Means


class SecureBrowser(StrEnum):
    """Whether Safe Exam Browser is used."""

    OFF = "off"
    OFFERED = "offered"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserRules:
    """What one sitting asks; as it stands here, nothing. `paste`: whether text may be pasted into answers."""

    full_screen: bool = False
    paste: bool = True
    secure_browser: SecureBrowser = SecureBrowser.OFF
    exam_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserRelease:
    """A release from Safe Exam Browser; without an entry it is for the whole sitting."""

    id: str
    sitting_id: str
    entry_id: str | None
    reason: str
    released_by: str
    released_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserCheck:
    """A browser that showed itself to be the right one; `browser` is the end of its fingerprint."""

    means: Means
    browser: str
    checked_at: datetime


def may_paste(rules: BrowserRules, granted: Iterable[Accommodation]) -> bool:
    """Whether this candidate may paste: where the sitting forbids it, still with any aid but more time or another room."""
    other = {Aid.EXTRA_TIME, Aid.SEPARATE_ROOM, Aid.BREAKS}
    return rules.paste or any(one.aid not in other for one in granted)
