# SPDX-License-Identifier: Apache-2.0
"""Rules of corrected keys: how a correction moves, what an item counts by afterwards, and who may approve. Pure.

An item version's key never changes; a correction says by what its responses count instead. Who is affected is found in
`dry_runs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final, assert_never

from core.canonical import digest
from core.errors import Conflict, Forbidden, Invalid
from scoring.api import Interaction, ItemOutcome, ItemScoring, Reason, Scoring, score_item
from scoring.rescoring.api import Policy

MAXIMUM_ACCEPTED: Final = 20
"""So many responses a corrected key may accept."""
LONGEST_RESPONSE: Final = 500


class CorrectionState(StrEnum):
    """Where a correction stands; from its approval on it counts."""

    ASKED = "asked"
    APPROVED = "approved"
    APPLIED = "applied"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def counts(self) -> bool:
        """Whether results are computed by it."""
        return self in (CorrectionState.APPROVED, CorrectionState.APPLIED)

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self in (CorrectionState.ASKED, CorrectionState.APPROVED)


class CorrectionCommand(StrEnum):
    """What may be done to a correction: a second person approves or refuses, who asked may take it back."""

    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    FINISH = "finish"


TRANSITIONS: Final[Mapping[tuple[CorrectionState, CorrectionCommand], CorrectionState]] = {
    (CorrectionState.ASKED, CorrectionCommand.APPROVE): CorrectionState.APPROVED,
    (CorrectionState.ASKED, CorrectionCommand.REFUSE): CorrectionState.REFUSED,
    (CorrectionState.ASKED, CorrectionCommand.WITHDRAW): CorrectionState.WITHDRAWN,
    (CorrectionState.APPROVED, CorrectionCommand.FINISH): CorrectionState.APPLIED,
}


def decide(state: CorrectionState, command: CorrectionCommand) -> CorrectionState:
    """The state after `command`; raises Conflict `correction_state` (facts state) where the table has no such step."""
    after = TRANSITIONS.get((state, command))
    if after is None:
        raise Conflict("correction_state", state=state.value)
    return after


def require_second_person(person_id: str, *, asked_by: str, author_id: str) -> None:
    """Whoever asked, or wrote the item, does not decide; raises Forbidden `correction_own`."""
    if person_id in (asked_by, author_id):
        raise Forbidden("correction_own")


class NewKeyKind(StrEnum):
    """What the corrected key says."""

    KEYED = "keyed"  # these responses are right
    VERSION = "version"  # what a newer version of the same item says is right
    EVERYBODY = "everybody"  # full marks for everybody, answered or not
    DROPPED = "dropped"  # the item does not count


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """The corrected key of one item version.

    `accepted` is for `KEYED`: each is a response that earns full marks, an option of a single choice, the options of a
    multiple choice, or a text. `as_version_id` is for `VERSION`.
    """

    kind: NewKeyKind
    accepted: tuple[tuple[str, ...], ...] = ()
    as_version_id: str | None = None

    def to_document(self) -> dict[str, Any]:
        """The key as JSON; it is key material."""
        return {
            "kind": self.kind.value,
            "accepted": [list(response) for response in self.accepted],
            "as_version": self.as_version_id,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedCorrection:
    """A correction that counts, as scoring needs it; `sha256` is the hash of what was approved."""

    id: str
    version_id: str
    new_key: NewKey
    policy: Policy
    sha256: str

    def to_document(self) -> dict[str, Any]:
        """As a result document names it: no key material."""
        return {
            "id": self.id,
            "item": self.version_id,
            "kind": self.new_key.kind.value,
            "policy": self.policy.value,
            "sha256": self.sha256,
        }


def correction_hash(
    correction: AppliedCorrection, *, agency_id: str, reason: str, asked_by: str, asked_at: datetime
) -> str:
    """The hash of what a correction says, who said it, when and why; its own `sha256` plays no part."""
    return digest(
        {
            "id": correction.id,
            "agency": agency_id,
            "item": correction.version_id,
            "key": correction.new_key.to_document(),
            "policy": correction.policy.value,
            "reason": reason,
            "asked_by": asked_by,
            "asked_at": asked_at.isoformat(),
        }
    )


# ------------------------------------------------------------------------------------- what an item counts by


class Counting(StrEnum):
    """How an item counts."""

    BY_RESPONSE = "by_response"
    EVERYBODY = "everybody"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class ItemRule:
    """What responses to an item count by: the best mark that any of `alternatives` gives, unless it is given or dropped.

    `alternatives` is never empty; all have the same maximum. `source` names the versions of keys in it.
    """

    alternatives: tuple[Scoring, ...]
    counting: Counting = Counting.BY_RESPONSE
    source: tuple[str, ...] = ()

    @property
    def dropped(self) -> bool:
        """Whether the item is neither earned nor to be earned."""
        return self.counting is Counting.DROPPED

    @property
    def maximum(self) -> Fraction:
        """What the item is worth, > 0."""
        return self.alternatives[0].maximum

    def score(self, response: object, *, seed: int, hand: Mapping[str, Fraction]) -> ItemOutcome:
        """What a response earns; of a dropped item what it would have earned, which counts nowhere. Raises ScoringError."""
        outcomes = [score_item(one, response, seed=seed, hand=hand) for one in self.alternatives]
        best = max(outcomes, key=lambda outcome: outcome.score)
        if self.counting is Counting.EVERYBODY:
            return replace(best, score=best.maximum, reason=Reason.MATCHED)
        return best


def corrected_rule(before: ItemRule, new: ItemRule, policy: Policy) -> ItemRule:
    """The rule that counts from a correction on: the new one, the better of both, or none at all, by policy.

    Where one of both is no matter of responses, nobody is harmed when everybody gets the marks. Raises Conflict
    `correction_other_item` where the new rule is worth something else.
    """
    if before.maximum != new.maximum:
        raise Conflict("correction_other_item")
    match policy:
        case Policy.FULL:
            return new
        case Policy.DROP:
            return replace(before, counting=Counting.DROPPED, source=new.source)
        case Policy.HARM_FREE:
            if before.counting is new.counting is Counting.BY_RESPONSE:
                more = tuple(one for one in new.alternatives if one not in before.alternatives)
                return ItemRule(before.alternatives + more, source=(*before.source, *new.source))
            return replace(before, counting=Counting.EVERYBODY, source=new.source)
        case _:
            assert_never(policy)


def keyed_alternatives(base: Scoring, accepted: tuple[tuple[str, ...], ...]) -> tuple[ItemScoring, ...]:
    """One scoring for each right response to a simple item; a text has all of its right texts in one.

    Raises Conflict `correction_by_version` for an item whose key is a program, Invalid `correction_key` (facts lowest,
    highest) for a key that makes no sense for this item.
    """
    if not isinstance(base, ItemScoring):
        raise Conflict("correction_by_version")
    responses = tuple(dict.fromkeys(_response(base, given) for given in accepted))
    if not 1 <= len(responses) <= MAXIMUM_ACCEPTED:
        raise Invalid("correction_key", lowest=1, highest=MAXIMUM_ACCEPTED)
    if base.interaction is Interaction.TEXT_ENTRY:
        texts = tuple(text for response in responses for text in response)
        return (replace(base, correct=texts),)
    return tuple(replace(base, correct=response) for response in responses)


def _response(base: ItemScoring, given: tuple[str, ...]) -> tuple[str, ...]:
    several = base.interaction is Interaction.CHOICE_MULTIPLE
    ordered = tuple(sorted(set(given))) if several else tuple(text.strip() for text in given)
    known = not base.options or set(ordered) <= set(base.options)
    if not ordered or not known or (len(ordered) > 1 and not several):
        raise Invalid("correction_key", lowest=1, highest=MAXIMUM_ACCEPTED)
    if any(not 1 <= len(text) <= LONGEST_RESPONSE or not text.isprintable() for text in ordered):
        raise Invalid("correction_key", lowest=1, highest=MAXIMUM_ACCEPTED)
    return ordered
