# SPDX-License-Identifier: Apache-2.0
"""What the practice test shows: the room with its own addresses, and the page after it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for

from assessor import api as assessor
from web.practice_tests import PracticeTest
from web.presenters.room import question_page, room_page


def practice_room(test: PracticeTest, *, now: datetime) -> dict[str, Any]:
    """The room over the sample paper; its addresses take the place of a test's."""
    trial = test.trial
    page = room_page(
        assessor.trial_paper(trial, now=now),
        assessor.trial_state(trial, device="", now=now),
        title=assessor.sample_title(),
        proctored=False,
        language=test.show,
    )
    return page | {
        "show": test.show,
        "practice": True,
        "own_camera": test.camera,
        "urls": {
            "state": url_for("practice.state"),
            "save": url_for("practice.save_response", seq=0),
            "move": url_for("practice.save_move", seq=0),
            "lease": url_for("practice.take_lease"),
            "submit": url_for("practice.submit"),
            "upload": "",
            "next": url_for("practice.done"),
            "home": url_for("practice.intro"),
        },
    }


def ended_document() -> dict[str, Any]:
    """The state of a practice test that this browser does not have: there is nothing to go on with."""
    return {"version": 1, "state": "submitted", "remaining_ms": 0, "epoch": 0, "holder": False, "answers": {}}


def done_page(test: PracticeTest) -> dict[str, Any]:
    """The slip and, question by question, what was answered and whether it was right."""
    trial = test.trial
    ended_at = trial.ended_at or trial.started_at
    items = {item.ref: item for item in assessor.trial_paper(trial, now=ended_at).items}
    outcomes = assessor.trial_outcomes(trial)
    return {
        "ended_at": ended_at,
        "by_deadline": trial.ended_by is assessor.EndedBy.DEADLINE,
        "slip": [line.received_at for line in assessor.trial_slip(trial)],
        "right": sum(one.feedback.judged.value == "right" for one in outcomes),
        "questions": [
            {
                **question_page(items[one.item], number),
                "value": one.value,
                "answered": one.value is not None,
                "judged": one.feedback.judged.value,
                "rationale": dict(one.feedback.rationale.by_language) if one.feedback.rationale else {},
            }
            for number, one in enumerate(outcomes, 1)
        ],
        "both": test.show == "both",
    }
