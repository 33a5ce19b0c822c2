# SPDX-License-Identifier: Apache-2.0
"""What the test room shows. Built from the candidate view alone: there is no key here to leave out."""

from __future__ import annotations

from typing import Any

from assessor import api as assessor
from item_bank import api as bank
from web.i18n import LANGUAGES


def room_page(
    paper: assessor.CandidatePaper,
    state: assessor.AttemptSnapshot,
    *,
    title: dict[str, str],
    proctored: bool,
    language: str,
) -> dict[str, Any]:
    """The page with the whole paper, beginning in the learner's language."""
    questions = [_question(item, number) for number, item in enumerate(paper.items, 1)]
    spoken = [code for code in LANGUAGES if all(code in question["bodies"] for question in questions)]
    return {
        "attempt": paper.attempt_id,
        "title": title,
        "state": state.state.value,
        "epoch": state.epoch,
        "remaining_ms": state.remaining_ms,
        "proctored": proctored,
        "questions": questions,
        "answers": {ref: held.value for ref, held in state.answers.items()},
        "languages": spoken,
        "show": language if language in spoken else spoken[0] if spoken else "both",
    }


def state_document(state: assessor.AttemptSnapshot, *, proctored: bool) -> dict[str, Any]:
    """The JSON that the page's heartbeat gets."""
    return {
        "state": state.state.value,
        "remaining_ms": state.remaining_ms,
        "epoch": state.epoch,
        "holder": state.holder,
        "last_seq": state.last_seq,
        "answers": {
            ref: {"value": held.value, "revision": held.revision} for ref, held in state.answers.items()
        },
        "proctored": proctored,
        "notice": None,
    }


def slip_lines(summary: assessor.AttemptSummary) -> list[dict[str, Any]]:
    """What the server holds, item by item."""
    return [
        {"item": line.item, "revision": line.revision, "received_at": line.received_at.isoformat()}
        for line in summary.slip
    ]


def _question(item: bank.CandidateItem, number: int) -> dict[str, Any]:
    return {
        "ref": item.ref,
        "type": item.interaction,
        "number": number,
        "bodies": {
            body.language: {
                "stem": body.stem,
                "options": [(option.id, option.text) for option in body.options],
            }
            for body in item.bodies
        },
    }
