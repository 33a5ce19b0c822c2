# SPDX-License-Identifier: Apache-2.0
"""What happens to panels. Judgements, names and words stay in their tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelCreated(Event):
    """A panel was set up."""

    name: ClassVar[str] = "panel_created"
    credential_version_id: str
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelChanged(Event):
    """What a panel judges, or what is known of it, was changed before the first round."""

    name: ClassVar[str] = "panel_changed"
    objects: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeInvited(Event):
    """Somebody was asked to judge."""

    name: ClassVar[str] = "panel_judge_invited"
    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeAnswered(Event):
    """Somebody who was asked to judge accepted or declined, or was released."""

    name: ClassVar[str] = "panel_judge_answered"
    person_id: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundOpened(Event):
    """A round of judgements began."""

    name: ClassVar[str] = "panel_round_opened"
    round: int
    judges: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgementsHandedIn(Event):
    """A judge handed in a round."""

    name: ClassVar[str] = "panel_judgements_handed_in"
    round: int
    judge_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgementsGivenBack(Event):
    """The chair gave a judge's round back for changes."""

    name: ClassVar[str] = "panel_judgements_returned"
    round: int
    judge_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundClosed(Event):
    """A round ended; the judgements of so many judges count."""

    name: ClassVar[str] = "panel_round_closed"
    round: int
    counted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelConcluded(Event):
    """A panel ended with a recommendation; ``sha256`` is that of its minutes."""

    name: ClassVar[str] = "panel_concluded"
    credential_version_id: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelCancelled(Event):
    """A panel ended without a recommendation."""

    name: ClassVar[str] = "panel_cancelled"
    rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendationAdopted(Event):
    """A person wrote a panel's recommendation into a credential's draft; ``sha256`` is that of the draft afterwards."""

    name: ClassVar[str] = "panel_recommendation_adopted"
    credential_version_id: str
    scopes: int
    sha256: str
