# SPDX-License-Identifier: Apache-2.0
"""The score on its way back (LTI Assignment and Grade Services 2.0): the percentage of a declared result, no more."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from assessor import api as assessor
from core.errors import Unavailable
from core.ids import secret_token
from core.outbox import Handler, OutboxMessage
from core.uow import Actor
from web.lti import events
from web.lti.keys import sign
from web.lti.launches import SCORE_SCOPE
from web.lti.platforms import Platform, platform
from web.lti.tables import LtiLearnerRow, LtiPlatformRow
from web.outgoing import ask_json, tell
from web.wiring import Services

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_SCORE = "application/vnd.ims.lis.v1.score+json"
_ASSERTION_SECONDS = 300


def handlers(parts: Services) -> Mapping[str, Handler]:
    """A declared result of a launched learner makes a score due; the score leaves in the lane of slow effects."""
    return {
        "result_declared": lambda message: _make_due(parts, message),
        "score_queued": lambda message: _send(parts, message),
    }


def percentage(document: dict[str, Any]) -> Fraction:
    """The share of all marks that was awarded, 0 to 100, exact. From a result's document."""
    awarded = sum((Fraction(line["awarded"]) for line in document["marks"]), Fraction(0))
    maximum = sum((Fraction(line["maximum"]) for line in document["marks"]), Fraction(0))
    return awarded * 100 / maximum if maximum else Fraction(0)


def _make_due(parts: Services, message: OutboxMessage) -> None:
    entry_id = str(message.payload["entry_id"])
    with parts.store.write(Actor.system()) as uow:
        row = uow.db.scalar(select(LtiLearnerRow).where(LtiLearnerRow.entry_id == entry_id))
        if row is not None and row.line_item_url:
            uow.emit(
                events.ScoreQueued(
                    organisation_id=message.organisation_id,
                    subject_id=entry_id,
                    result_id=message.subject_id,
                )
            )


def _send(parts: Services, message: OutboxMessage) -> None:
    with parts.store.read(Actor.system()) as uow:
        row = uow.db.scalar(select(LtiLearnerRow).where(LtiLearnerRow.entry_id == message.subject_id))
        home = uow.db.get(LtiPlatformRow, row.platform_id) if row is not None else None
        if row is None or home is None or home.removed_at is not None:
            return  # the platform was removed: nothing leaves any more
        found = platform(uow, row.platform_id)
        result = assessor.result(
            uow, str(message.payload["result_id"]), organisation_id=found.organisation_id
        )
        line_item, subject = row.line_item_url, row.subject
    score = {
        "userId": subject,
        "scoreGiven": round(float(percentage(result.document)), 2),
        "scoreMaximum": 100,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": message.at.isoformat(timespec="milliseconds"),
    }
    token = access_token(parts, found)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": _SCORE}
    tell(parts, _scores_url(line_item), score, headers=headers)
    with parts.store.write(Actor.system()) as uow:
        sent = uow.db.scalar(select(LtiLearnerRow).where(LtiLearnerRow.entry_id == message.subject_id))
        if sent is not None:
            sent.score_sent_at = uow.now
        uow.emit(
            events.ScoreSent(
                organisation_id=found.organisation_id, subject_id=message.subject_id, platform_id=found.id
            )
        )


def access_token(parts: Services, found: Platform) -> str:
    """A token for sending scores, by our own signed assertion (RFC 7523). Unavailable(``provider_unreachable``)."""
    now = int(parts.clock.now().timestamp())
    assertion = sign(
        parts,
        {
            "iss": found.client_id,
            "sub": found.client_id,
            "aud": found.token_url,
            "iat": now,
            "exp": now + _ASSERTION_SECONDS,
            "jti": secret_token(16),
        },
    )
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": _ASSERTION,
        "client_assertion": assertion,
        "scope": SCORE_SCOPE,
    }
    token = ask_json(parts, "POST", found.token_url, data=form).get("access_token")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise Unavailable("provider_unreachable")
    return token


def _scores_url(line_item: str) -> str:
    path, mark, query = line_item.partition("?")
    return f"{path.rstrip('/')}/scores{mark}{query}"
