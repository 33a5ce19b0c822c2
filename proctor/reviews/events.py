# SPDX-License-Identifier: Apache-2.0
"""What happens to samples that are looked at blind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewShareSet(Event):
    """The share of clean attempts to draw was changed."""

    name: ClassVar[str] = "review_share_set"
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSampleDrawn(Event):
    """A sample of a sitting's attempts was drawn; the seed stands beside it, so that the draw can be repeated.

    `without_pictures` attempts could not be drawn, since nobody could see anything in them.
    """

    name: ClassVar[str] = "review_sample_drawn"
    sitting_id: str
    seed: int
    percent: int
    clean: int
    flagged: int
    without_pictures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindReviewAnswered(Event):
    """Somebody looked at a drawn attempt without marks of a machine."""

    name: ClassVar[str] = "blind_review_answered"
    attempt_id: str
    answer: str
