# SPDX-License-Identifier: Apache-2.0
"""What the learner's gate and hand-in page show."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from assessor import api as assessor
from core.identity.model import Consent
from item_bank import api as bank
from proctor import api as proctor
from web.presenters.common import bilingual

NOTICE_VERSION = "2026-11"
PURPOSES = ("answers", "photo", "camera")


def purposes_of(entry: assessor.Entry) -> list[str]:
    """What this learner must be asked for: pictures only where a camera watches."""
    return list(PURPOSES) if entry.sitting.proctored else ["answers"]


def gate_step(
    entry: assessor.Entry,
    attempt: assessor.AttemptOverview,
    *,
    consent: Consent | None,
    session: proctor.SessionSummary | None,
    now: datetime,
) -> str:
    """Where the learner stands on the way to the test; ``handed_in`` leaves the gate."""
    if attempt.state is assessor.AttemptState.SUBMITTED:
        return "handed_in"
    if attempt.state is assessor.AttemptState.RUNNING:
        return "resume"
    if now < entry.sitting.opens_at:
        return "wait"
    if now >= entry.sitting.closes_at:
        return "closed"
    if consent is None:
        return "consent"
    if entry.sitting.proctored and (session is None or session.photo_id is None):
        return "camera"
    return "start"


def gate_page(
    step: str,
    entry: assessor.Entry,
    *,
    credential: bank.CredentialDocument,
    agency: str,
    questions: int,
    minutes: int,
    now: datetime,
) -> dict[str, Any]:
    """The gate with its facts."""
    sitting = entry.sitting
    return {
        "step": step,
        "title": bilingual(credential.title),
        "credential_code": credential.code,
        "agency": agency,
        "awarding_body": credential.awarding_body,
        "candidate_name": entry.candidate_name,
        "place": sitting.place,
        "opens_at": sitting.opens_at,
        "closes_at": sitting.closes_at,
        "zone": sitting.time_zone,
        "opens_in_ms": max(0, int((sitting.opens_at - now).total_seconds() * 1000)),
        "minutes": minutes,
        "extra_minutes": entry.extra_minutes,
        "questions": questions,
        "languages": list(credential.languages),
        "proctored": sitting.proctored,
        "retention_days": sitting.retention_days,
        "purposes": purposes_of(entry),
        "notice_version": NOTICE_VERSION,
    }


def handed_in_page(
    entry: assessor.Entry,
    attempt: assessor.AttemptOverview,
    summary: assessor.AttemptSummary,
    way: assessor.LearnerResult,
    *,
    credential: bank.CredentialDocument,
    agency: str,
    questions: list[str],
) -> dict[str, Any]:
    """The slip and the way to the result. ``questions``: the attempt's item names in the order of the paper."""
    numbers = {ref: number for number, ref in enumerate(questions, 1)}
    return {
        "title": bilingual(credential.title),
        "candidate_name": entry.candidate_name,
        "credential_code": credential.code,
        "agency": agency,
        "zone": entry.sitting.time_zone,
        "ended_at": attempt.ended_at,
        "ended_by": attempt.ended_by.value if attempt.ended_by else None,
        "questions": len(questions),
        "slip": [
            {"number": numbers[line.item], "revision": line.revision, "received_at": line.received_at}
            for line in summary.slip
        ],
        "kept_late": attempt.kept_copies,
        "steps": [{"name": step.name.value, "state": step.state.value} for step in way.steps],
        "result_ready": way.result is not None,
    }
