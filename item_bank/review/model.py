# SPDX-License-Identifier: Apache-2.0
"""Who may move a version where. The states themselves are in ``items.model``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.errors import Forbidden, Invalid
from item_bank.items.model import ItemCommand, ItemState, ItemVersion, decide
from item_bank.text import plain, text_problem

MAXIMUM_COMMENT = 2000


class ReviewStep(StrEnum):
    """What a person did to a version, as the history tells it."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    COMMENTED = "commented"


STEP_OF = {
    ItemCommand.SUBMIT: ReviewStep.SUBMITTED,
    ItemCommand.APPROVE: ReviewStep.APPROVED,
    ItemCommand.REJECT: ReviewStep.REJECTED,
    ItemCommand.WITHDRAW: ReviewStep.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class ReviewEntry:
    """One line of a version's history."""

    id: str
    version_id: str
    actor_id: str
    step: ReviewStep
    comment: str
    at: datetime


def decide_review(version: ItemVersion, command: ItemCommand, *, actor_id: str, is_person: bool) -> ItemState:
    """The state after ``command`` by ``actor_id``.

    Four eyes: only a person approves, and never a version that the same person wrote or submitted. Raises
    Conflict(``item_state``), Forbidden(``person_needed`` | ``own_item``).
    """
    after = decide(version.state, command)
    if command is ItemCommand.APPROVE:
        if not is_person:
            raise Forbidden("person_needed")
        if actor_id in (version.author_id, version.submitted_by):
            raise Forbidden("own_item")
    return after


def read_comment(comment: str, *, required: bool) -> str:
    """A comment as plain text. Invalid(``comment_missing`` | ``comment_malformed``, reason)."""
    text = plain(comment)
    if required and not text:
        raise Invalid("comment_missing")
    if len(text) > MAXIMUM_COMMENT:
        raise Invalid("comment_malformed", reason=f"at most {MAXIMUM_COMMENT} characters")
    if (problem := text_problem(text)) is not None:
        raise Invalid("comment_malformed", reason=problem[1])
    return text
