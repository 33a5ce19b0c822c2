# SPDX-License-Identifier: Apache-2.0
"""What the test room shows. Built from the candidate view alone: there is no key here to leave out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from assessor import api as assessor
from core.uow import UnitOfWork
from item_bank import api as bank
from proctor import api as proctor
from web.talking import somebody_listens

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
    return {
        **_paper_page(paper, title=title, proctored=proctored, language=language),
        "state": state.state.value,
        "epoch": state.epoch,
        "remaining_ms": state.remaining_ms,
        "packaged": False,
        "answers": {ref: held.value for ref, held in state.answers.items()},
    }


def packaged_page(
    paper: assessor.CandidatePaper, *, seconds: int, title: dict[str, str], proctored: bool, language: str
) -> dict[str, Any]:
    """The page as it is before anything was done in it, with the whole time; it depends on neither the moment nor the login."""
    return {
        **_paper_page(paper, title=title, proctored=proctored, language=language),
        "state": assessor.AttemptState.RUNNING.value,
        "epoch": 0,
        "remaining_ms": seconds * 1000,
        "packaged": True,
        "answers": {},
    }


def _paper_page(
    paper: assessor.CandidatePaper, *, title: dict[str, str], proctored: bool, language: str
) -> dict[str, Any]:
    """What a page shows of the paper, whatever the state of the attempt."""
    questions = [question_page(item, number) for number, item in enumerate(paper.items, 1)]
    spoken = _spoken(questions)
    return {
        "attempt": paper.attempt_id,
        "title": title,
        "proctored": proctored,
        "push": True,
        "questions": questions,
        "sections": [_section(section) for section in paper.sections],
        "adaptive": any(section.adaptive for section in paper.sections),
        "rich": any(question["rich"] for question in questions),
        "languages": {code: LANGUAGE_NAMES[code] for code in spoken},
        "show": language if language in spoken else spoken[0] if spoken else "both",
    }


def room_rules(uow: UnitOfWork, entry: assessor.Entry) -> dict[str, bool]:
    """What the sitting asks of the browser (`full_screen`, `paste` into answers), and `calls`: whether a proctor is there."""
    asked = assessor.rules_of_entry(uow, entry.id)
    return {
        "calls": somebody_listens(uow, entry.sitting.id, organisation_id=entry.agency_id),
        "full_screen": asked.rules.full_screen,
        "paste": assessor.may_paste(asked.rules, entry.accommodations),
    }


def unchanged_document(beat: assessor.Heartbeat) -> dict[str, Any]:
    """The JSON of a poll when nothing changed."""
    return {
        "version": beat.version,
        "unchanged": True,
        "remaining_ms": beat.remaining_ms,
        "section_remaining_ms": beat.section_remaining_ms,
    }


def state_document(
    state: assessor.AttemptSnapshot,
    *,
    proctored: bool,
    messages: Sequence[proctor.Message],
    hand: bool = False,
    late: Sequence[assessor.LateAnswer],
    now: datetime,
) -> dict[str, Any]:
    """The JSON that the page gets when anything changed."""
    return {
        "version": state.version,
        "state": "paused" if state.paused else state.state.value,
        "remaining_ms": state.remaining_ms,
        "epoch": state.epoch,
        "holder": state.holder,
        "last_seq": state.last_seq,
        "answers": {
            ref: {"value": held.value, "revision": held.revision} for ref, held in state.answers.items()
        },
        "proctored": proctored,
        "ended_at": None if state.ended_at is None else state.ended_at.isoformat(),
        "ended_by": None if state.ended_by is None else state.ended_by.value,
        "ended_reason": state.ended_reason,
        "messages": [_message(one) for one in messages],
        "hand": hand,
        "late": [{"item": one.item, "seq": one.seq, "state": one.state.value} for one in late],
        "other_device": _other_device(state.other_device, now=now),
        **section_members(state.course),
    }


def _message(one: proctor.Message) -> dict[str, Any]:
    """`own`: the learner wrote it."""
    own = {"own": True} if one.direction is proctor.Direction.FROM_LEARNER else {}
    return {"id": one.id, "at": one.sent_at.isoformat(), "text": one.text, **own}


def with_presence(
    state: assessor.AttemptSnapshot, heard: assessor.Presence | None
) -> assessor.AttemptSnapshot:
    """The state with what this process itself last heard of the other device, where it did."""
    if state.other_device is None or heard is None:
        return state
    return replace(
        state, other_device=replace(state.other_device, seen_at=heard.seen_at, pending=heard.pending)
    )


def _other_device(other: assessor.OtherDevice | None, *, now: datetime) -> dict[str, Any] | None:
    if other is None or other.settled:
        return None
    return {
        "seen_ms_ago": max(0, (now - other.seen_at) // timedelta(milliseconds=1)),
        "pending": other.pending,
    }


def receipt_document(kept: assessor.Receipt) -> dict[str, Any]:
    """The JSON that an answer gets once it is held."""
    return {
        "seq": kept.seq,
        "item": kept.item,
        "revision": kept.revision,
        "received_at": kept.received_at.isoformat(),
        "receipt": kept.mac,
        "remaining_ms": kept.remaining_ms,
    }


def move_receipt(kept: assessor.MoveReceipt) -> dict[str, Any]:
    """The JSON that a move gets once it is held."""
    return {
        "seq": kept.seq,
        "kind": kept.kind,
        "target": kept.target,
        "received_at": kept.received_at.isoformat(),
        "receipt": kept.mac,
        "remaining_ms": kept.remaining_ms,
        "section_remaining_ms": kept.section_remaining_ms,
        **({"withheld": list(kept.withheld)} if kept.withheld else {}),
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


def section_members(course: assessor.Course) -> dict[str, Any]:
    """Where the attempt stands in its sections, as members of the state."""
    return {
        "sections": [
            {"id": one.id, "state": one.state.value, "remaining_ms": one.remaining_ms}
            for one in course.sections
        ],
        "current": course.current,
        "position": course.position,
        "confirmed": dict(course.confirmed),
        **({"withheld": list(course.withheld)} if course.withheld else {}),
    }


def _section(section: assessor.PaperSection) -> dict[str, Any]:
    return {
        "id": section.id,
        "title": dict(section.title),
        "seconds": section.seconds,
        "navigation": section.navigation.value,
        "allow_skipping": section.allow_skipping,
        "allow_review": section.allow_review,
        "max_attempts": section.max_attempts,
        "validate": section.validate,
        "items": list(section.items),
        **({"adaptive": True} if section.adaptive else {}),
    }


def question_page(item: bank.CandidateItem, number: int) -> dict[str, Any]:
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
