# SPDX-License-Identifier: Apache-2.0
"""What happens to the practice pool. No event says who practised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeItemGiven(Event):
    """An item came into the practice pool of its owner; from now on no form is drawn with it."""

    name: ClassVar[str] = "practice_item_given"


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeItemTaken(Event):
    """An item is practised no more; `was_shown`: a learner saw it, so that it stays out of forms for good."""

    name: ClassVar[str] = "practice_item_taken"
    was_shown: bool
