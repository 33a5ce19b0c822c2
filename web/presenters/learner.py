# SPDX-License-Identifier: Apache-2.0
"""What the learner's gate and hand-in page show."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from assessor import api as assessor
from item_bank import api as bank
from web.consenting import Standing
from web.presenters.common import bilingual

PREPARATION = ("consent", "guardian", "camera", "start")
"""The steps from the first look to the start, in order; the last one waits for the opening where that is needed."""
SPREAD = timedelta(minutes=20)
"""Over so long the fetching of the locked test is spread, so that a hall does not ask in one moment."""
_MS = timedelta(milliseconds=1)


def gate_step(
    entry: assessor.Entry, attempt: assessor.AttemptState, standing: Standing, *, now: datetime
) -> str:
    """Where the learner stands on the way to the test; ``handed_in`` leaves the gate.

    Everything up to ``start`` can be done in the half hour before the window opens; ``wait`` is earlier than that.
    """
    if attempt is assessor.AttemptState.SUBMITTED:
        return "handed_in"
    if attempt is assessor.AttemptState.RUNNING:
        return "resume"
    if now < assessor.package_opens_at(entry):
        return "wait"
    if now >= assessor.window_of(entry).closes_at:
        return "closed"
    if standing.consent is None or (standing.watched and standing.of_age is None):
        return "consent"
    if standing.needs_guardian:
        return "guardian"
    if standing.watched and not standing.checked_in:
        return "camera"
    return "start"


def steps_of(standing: Standing) -> list[str]:
    """The steps of this learner before the test."""
    left_out = {
        "camera": not standing.watched,
        "guardian": not standing.watched or standing.of_age is not False,
    }
    return [name for name in PREPARATION if not left_out.get(name, False)]


def check_in_of(standing: Standing) -> str:
    """Empty where the photo is taken at the gate; `steps` where the check-in's page is needed, `card` with a card."""
    plan = standing.session.plan if standing.session is not None else None
    if plan is None or not plan.checks_in:
        return ""
    return "card" if plan.id_card else "steps"


def package_after_ms(entry: assessor.Entry, attempt_id: str, *, now: datetime) -> int:
    """Milliseconds until this attempt's own moment to fetch the locked test; 0 when that is over.

    The moments of all attempts lie evenly over `SPREAD`, from the instant from which a package may be fetched.
    """
    place = int.from_bytes(hashlib.sha256(attempt_id.encode()).digest()[:4]) / 2**32
    return max(0, (assessor.package_opens_at(entry) + place * SPREAD - now) // _MS)


def gate_page(
    step: str,
    entry: assessor.Entry,
    standing: Standing,
    *,
    attempt_id: str,
    credential: bank.CredentialDocument,
    agency: str,
    questions: assessor.FormFacts,
    minutes: int,
    now: datetime,
) -> dict[str, Any]:
    """The gate with its facts."""
    sitting = entry.sitting
    return {
        "step": step,
        "steps": steps_of(standing),
        "attempt": attempt_id,
        "package_after_ms": package_after_ms(entry, attempt_id, now=now),
        "title": bilingual(credential.title),
        "credential_code": credential.code,
        "agency": agency,
        "awarding_body": credential.awarding_body,
        "candidate_name": entry.candidate_name,
        "place": sitting.place,
        "opens_at": sitting.opens_at,
        "closes_at": assessor.window_of(entry).closes_at,
        "ready_at": assessor.package_opens_at(entry),
        "ready_in_ms": max(0, (assessor.package_opens_at(entry) - now) // _MS),
        "zone": sitting.time_zone,
        "opens_in_ms": max(0, (sitting.opens_at - now) // _MS),
        "minutes": minutes,
        "extra_minutes": entry.extra_minutes,
        "questions": questions.questions,
        "adaptive": questions.adaptive,
        "languages": list(credential.languages),
        "proctored": standing.watched,
        "check_in": check_in_of(standing),
        "retention_days": sitting.retention_days,
    }


def handed_in_page(
    entry: assessor.Entry,
    handed: assessor.HandedIn,
    *,
    credential: bank.CredentialDocument,
    agency: str,
    was_watched: bool,
) -> dict[str, Any]:
    """The slip and the way to the result. `was_watched`: by camera; who sat with an invigilator has nothing to see of that."""
    numbers = {ref: number for number, ref in enumerate(handed.questions, 1)}
    attempt = handed.summary
    return {
        "attempt": attempt.id,
        "title": bilingual(credential.title),
        "candidate_name": entry.candidate_name,
        "credential_code": credential.code,
        "agency": agency,
        "zone": entry.sitting.time_zone,
        "ended_at": attempt.ended_at,
        "ended_by": attempt.ended_by.value if attempt.ended_by else None,
        "questions": len(handed.questions) - handed.not_asked,
        "not_asked": handed.not_asked,
        "slip": [
            {"number": numbers[line.item], "revision": line.revision, "received_at": line.received_at}
            for line in attempt.slip
        ],
        "ended_reason": attempt.ended_reason,
        "late": [{"number": one.number, "state": one.state.value} for one in handed.late],
        "steps": [{"name": step.name.value, "state": step.state.value} for step in handed.way.steps],
        "result_ready": handed.way.result is not None,
        "corrected": handed.way.corrected,
        "watched": was_watched,
    }
