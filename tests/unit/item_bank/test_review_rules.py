# SPDX-License-Identifier: Apache-2.0
"""Four eyes, and comments."""

from __future__ import annotations

import pytest

from core.errors import Conflict, Forbidden, Invalid
from item_bank.items.model import ItemCommand, ItemState
from item_bank.review.model import MAXIMUM_COMMENT, STEP_OF, decide_review, read_comment
from tests.unit.item_bank.builders import item, read, version_of

WAITING = version_of(read(item()), state=ItemState.IN_REVIEW, author_id="asha", submitted_by="ravi")


def test_a_third_person_may_approve() -> None:
    assert decide_review(WAITING, ItemCommand.APPROVE, actor_id="meena", is_person=True) is ItemState.LIVE


@pytest.mark.parametrize("actor", ["asha", "ravi"])
def test_neither_the_author_nor_the_submitter_approves(actor: str) -> None:
    with pytest.raises(Forbidden) as refusal:
        decide_review(WAITING, ItemCommand.APPROVE, actor_id=actor, is_person=True)
    assert refusal.value.code == "own_item"


def test_no_machine_approves() -> None:
    with pytest.raises(Forbidden) as refusal:
        decide_review(WAITING, ItemCommand.APPROVE, actor_id="system", is_person=False)
    assert refusal.value.code == "person_needed"


def test_an_author_may_take_an_item_back() -> None:
    assert decide_review(WAITING, ItemCommand.REJECT, actor_id="asha", is_person=True) is ItemState.DRAFT
    assert (
        decide_review(WAITING, ItemCommand.WITHDRAW, actor_id="asha", is_person=True) is ItemState.WITHDRAWN
    )


def test_the_state_is_asked_before_the_person() -> None:
    live = version_of(read(item()), state=ItemState.LIVE)
    with pytest.raises(Conflict):
        decide_review(live, ItemCommand.APPROVE, actor_id="author", is_person=True)


def test_every_command_leaves_a_step_in_the_history() -> None:
    assert set(STEP_OF) == set(ItemCommand)


def test_a_comment_is_plain_text_within_bounds() -> None:
    assert (
        read_comment("  The key is C.\r\nSee the circular. ", required=True)
        == "The key is C.\nSee the circular."
    )
    assert read_comment("", required=False) == ""
    for comment, code in (
        ("  ", "comment_missing"),
        ("x" * (MAXIMUM_COMMENT + 1), "comment_malformed"),
        ("<script>", "comment_malformed"),
    ):
        with pytest.raises(Invalid) as refusal:
            read_comment(comment, required=True)
        assert refusal.value.code == code
