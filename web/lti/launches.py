# SPDX-License-Identifier: Apache-2.0
"""A launch (LTI 1.3 Core): the claims of a checked ID token, and the entry that they open.

The token itself is checked in ``web.id_tokens``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from assessor import api as assessor
from core.errors import Forbidden, Invalid, NotFound
from core.identity.secrets import hash_key
from core.uow import UnitOfWork
from web.id_tokens import refused
from web.lti import events
from web.lti.platforms import Platform
from web.lti.tables import LtiLearnerRow, LtiNonceRow
from web.wiring import Services

_CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
_AGS = "https://purl.imsglobal.org/spec/lti-ags/"
_DEEP = "https://purl.imsglobal.org/spec/lti-dl/claim/"
_MEMBER = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
SCORE_SCOPE = _AGS + "scope/score"
RESOURCE, DEEP_LINKING = "LtiResourceLinkRequest", "LtiDeepLinkingRequest"
NONCES_LAST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Launch:
    """What a platform says of one launch."""

    deployment_id: str
    subject: str
    kind: str
    name: str
    language: str
    learner: bool
    teacher: bool
    sitting_id: str
    line_item_url: str
    return_url: str
    data: str | None


def read_launch(claims: dict[str, Any], platform: Platform) -> Launch:
    """The launch in checked claims. Forbidden(``sign_on_refused``) with its reason."""
    if claims.get(_CLAIM + "version") != "1.3.0":
        raise refused("version")
    deployment = claims.get(_CLAIM + "deployment_id")
    if deployment not in platform.deployments:
        raise refused("deployment")
    kind = claims.get(_CLAIM + "message_type")
    if kind not in (RESOURCE, DEEP_LINKING):
        raise refused("message")
    roles = [role for role in _list(claims.get(_CLAIM + "roles")) if isinstance(role, str)]
    endpoint = _object(claims.get(_AGS + "claim/endpoint"))
    settings = _object(claims.get(_DEEP + "deep_linking_settings"))
    scores = SCORE_SCOPE in _list(endpoint.get("scope"))
    data = settings.get("data")
    return Launch(
        deployment_id=deployment,
        subject=claims["sub"],
        kind=kind,
        name=_text(claims.get("name"), 200),
        language="hi" if _text(claims.get("locale"), 20).lower().startswith("hi") else "en",
        learner=_MEMBER + "Learner" in roles,
        teacher=_MEMBER + "Instructor" in roles or _MEMBER + "Administrator" in roles,
        sitting_id=_text(_object(claims.get(_CLAIM + "custom")).get("sitting"), 26),
        line_item_url=_text(endpoint.get("lineitem"), 500) if scores else "",
        return_url=_text(settings.get("deep_link_return_url"), 500),
        data=data if isinstance(data, str) else None,
    )


def use_nonce(uow: UnitOfWork, nonce: str) -> None:
    """Use a nonce up. Forbidden(``sign_on_refused``, reason ``replayed``) the second time."""
    uow.db.execute(delete(LtiNonceRow).where(LtiNonceRow.used_at <= uow.now - NONCES_LAST))
    try:
        with uow.db.begin_nested():
            uow.db.add(LtiNonceRow(nonce_hash=hash_key(nonce), used_at=uow.now))
    except IntegrityError as error:
        raise refused("replayed") from error


def entry_of_launch(uow: UnitOfWork, parts: Services, platform: Platform, launch: Launch) -> str:
    """The learner's entry in the linked sitting, made at the first launch.

    There is one for each (platform, deployment, subject, sitting). Forbidden(``launch_not_learner``),
    NotFound(``sitting_unknown``), Invalid(``launch_without_name``), and what ``enrol`` raises.
    """
    if not launch.learner:
        raise Forbidden("launch_not_learner")
    key = (platform.id, launch.deployment_id, launch.subject, launch.sitting_id)
    row = uow.db.get(LtiLearnerRow, key)
    if row is None:
        row = _enrol(uow, parts, platform, launch)
    elif assessor.entry_identity(uow, row.entry_id) is None:
        raise NotFound("sitting_unknown")  # the entry was withdrawn
    if launch.line_item_url:
        row.line_item_url = launch.line_item_url
    uow.emit(
        events.LearnerLaunched(
            organisation_id=platform.organisation_id, subject_id=row.entry_id, platform_id=platform.id
        )
    )
    return row.entry_id


def _enrol(uow: UnitOfWork, parts: Services, platform: Platform, launch: Launch) -> LtiLearnerRow:
    assessor.sitting(uow, launch.sitting_id, organisation_id=platform.organisation_id)
    if not launch.name:
        raise Invalid("launch_without_name")
    made = assessor.enrol(
        uow,
        launch.sitting_id,
        organisation_id=platform.organisation_id,
        candidate=assessor.CandidatePlan(name=launch.name, language=assessor.Language(launch.language)),
        pepper=parts.code_pepper,
        person_key=parts.person_key,
        approval=assessor.Approval(
            entry_requirement_met=True
        ),  # confirmed for all when the platform was registered
    )
    row = LtiLearnerRow(
        platform_id=platform.id,
        deployment_id=launch.deployment_id,
        subject=launch.subject,
        sitting_id=launch.sitting_id,
        entry_id=made.entry.id,
        line_item_url="",
        created_at=uow.now,
    )
    uow.db.add(row)
    return row


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any, longest: int) -> str:
    return value.strip() if isinstance(value, str) and len(value) <= longest and value.isprintable() else ""
