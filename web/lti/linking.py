# SPDX-License-Identifier: Apache-2.0
"""Deep linking (LTI Deep Linking 2.0): a teacher chooses a sitting on our page, and the platform gets a signed link to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from assessor import api as assessor
from core.errors import Conflict
from core.ids import secret_token
from core.uow import UnitOfWork
from web import security
from web.lti.keys import sign
from web.lti.launches import Launch
from web.lti.platforms import Platform
from web.outgoing import require_address
from web.wiring import Services

_CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
_DEEP = "https://purl.imsglobal.org/spec/lti-dl/claim/"
_LASTS_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Choice:
    """What is kept in the browser while the teacher chooses: where the answer goes, and what must go with it."""

    deployment_id: str
    return_url: str
    data: str | None


def begin_choice(parts: Services, launch: Launch) -> Choice:
    """The choice that a launch asks for. Invalid(``address_refused``) when its way back cannot be used."""
    require_address(parts, launch.return_url)
    return Choice(launch.deployment_id, launch.return_url, launch.data)


def open_sittings(uow: UnitOfWork, organisation_id: str) -> list[assessor.Sitting]:
    """The agency's sittings that are planned and not over, by start."""
    batches = assessor.batch_overviews(uow, organisation_id=organisation_id)
    found = assessor.sittings_of_batches(uow, [one.batch.id for one in batches])
    return [one for one in found if one.state is assessor.SittingState.PLANNED and one.closes_at > uow.now]


def require_open(uow: UnitOfWork, sitting_id: str, *, organisation_id: str) -> assessor.Sitting:
    """A sitting that may be linked. NotFound(``sitting_unknown``), Conflict(``sitting_over``)."""
    found = assessor.sitting(uow, sitting_id, organisation_id=organisation_id)
    if found.state is not assessor.SittingState.PLANNED or found.closes_at <= uow.now:
        raise Conflict("sitting_over")
    return found


def answer(
    parts: Services, platform: Platform, choice: Choice, sitting: assessor.Sitting, *, launch_url: str
) -> str:
    """The signed answer with one link; the platform makes a column for the percentage."""
    now = int(parts.clock.now().timestamp())
    title = f"{sitting.batch_name}, {sitting.place}"
    item = {
        "type": "ltiResourceLink",
        "title": title,
        "url": launch_url,
        "custom": {"sitting": sitting.id},
        "window": {"targetName": "kasauti"},
        "lineItem": {"scoreMaximum": 100, "label": title},
    }
    claims: dict[str, Any] = {
        "iss": platform.client_id,
        "aud": platform.issuer,
        "iat": now,
        "exp": now + _LASTS_SECONDS,
        "nonce": secret_token(),
        _CLAIM + "deployment_id": choice.deployment_id,
        _CLAIM + "message_type": "LtiDeepLinkingResponse",
        _CLAIM + "version": "1.3.0",
        _DEEP + "content_items": [item],
    }
    if choice.data is not None:
        claims[_DEEP + "data"] = choice.data
    return sign(parts, claims)


def policy_for(return_url: str) -> str:
    """The content security policy of the page whose form goes to the platform: that one address more, nothing else."""
    split = urlsplit(return_url)
    return security.POLICY.replace(
        "form-action 'self'", f"form-action 'self' {split.scheme}://{split.netloc}"
    )
