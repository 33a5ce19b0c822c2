# SPDX-License-Identifier: Apache-2.0
"""Exemptions that people grant to one learner. What a profile does to the rules stands in `proctor.rules.exemptions`. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.errors import Conflict, Invalid

SHORTEST_REASON, LONGEST_REASON = 3, 500


class ProofSeen(StrEnum):
    """What sort of proof was seen. What it says is not kept."""

    CERTIFICATE = "certificate"
    DISABILITY_CARD = "disability_card"
    SEEN_IN_PERSON = "seen_in_person"
    OWN_WORD = "own_word"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """One profile, granted by a person with a name for one learner's try."""

    id: str
    profile: str
    proof: ProofSeen
    reason: str
    granted_by: str
    granted_at: datetime
    ended_at: datetime | None = None

    @property
    def stands(self) -> bool:
        """Whether it has not been taken back."""
        return self.ended_at is None


def require_proof(text: str) -> ProofSeen:
    """Raises Invalid `exemption_proof_unknown`."""
    try:
        return ProofSeen(text)
    except ValueError as error:
        raise Invalid("exemption_proof_unknown") from error


def require_grant(standing: frozenset[str], profile: str, *, reason: str) -> str:
    """The reason as it is kept; raises Conflict `exemption_stands` (granted already), Invalid `reason_malformed`."""
    if profile in standing:
        raise Conflict("exemption_stands")
    why = " ".join(reason.split())
    if not SHORTEST_REASON <= len(why) <= LONGEST_REASON or not why.isprintable():
        raise Invalid("reason_malformed", lowest=SHORTEST_REASON, highest=LONGEST_REASON)
    return why
