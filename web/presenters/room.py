# SPDX-License-Identifier: Apache-2.0
"""What the test room shows. Built from the candidate view alone: there is no key here to leave out."""

from __future__ import annotations

from typing import Any

from assessor import api as assessor
from item_bank import api as bank

LANGUAGE_NAMES = {
    "en": "English", "hi": "हिन्दी", "mr": "मराठी", "bn": "বাংলা", "ta": "தமிழ்", "te": "తెలుగు", "gu": "ગુજરાતી",
    "kn": "ಕನ್ನಡ", "ml": "മലയാളം", "pa": "ਪੰਜਾਬੀ", "or": "ଓଡ଼ିଆ", "as": "অসমীয়া", "ur": "اردو", "ne": "नेपाली", "sa": "संस्कृतम्",
}  # fmt: skip
"""The languages that can be chosen in the room, by their own names; css/kasauti.css shows one of them alone."""


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
    spoken = _spoken(questions)
    return {
        "attempt": paper.attempt_id,
        "title": title,
        "state": state.state.value,
        "epoch": state.epoch,
        "remaining_ms": state.remaining_ms,
        "proctored": proctored,
        "questions": questions,
        "rich": any(question["rich"] for question in questions),
        "answers": {ref: held.value for ref, held in state.answers.items()},
        "languages": {code: LANGUAGE_NAMES[code] for code in spoken},
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


def _spoken(questions: list[dict[str, Any]]) -> list[str]:
    """The languages that every question has, those of the first question in its order."""
    first = questions[0]["bodies"] if questions else ()
    return [
        code
        for code in first
        if code in LANGUAGE_NAMES and all(code in question["bodies"] for question in questions)
    ]


def _question(item: bank.CandidateItem, number: int) -> dict[str, Any]:
    """A question as `learner/item.html` takes it; `bodies` of a rich one only say its languages."""
    if item.parts:
        return {
            "ref": item.ref,
            "type": item.interaction,
            "number": number,
            "bodies": dict.fromkeys(item.languages, None),
            "rich": item,
        }
    return {
        "ref": item.ref,
        "type": item.interaction,
        "number": number,
        "rich": None,
        "bodies": {
            body.language: {
                "stem": body.stem,
                "options": [(option.id, option.text) for option in body.options],
            }
            for body in item.bodies
        },
    }
