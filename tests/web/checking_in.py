# SPDX-License-Identifier: Apache-2.0
"""A learner on the way through the check-in: plans, pictures and frames as the page sends them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from werkzeug.test import TestResponse

from assessor import api as assessor
from core.identity.model import Role
from core.uow import Actor
from proctor import api as proctor
from proctor.monitoring.operations import keep_exemptions
from tests import clips, movements
from tests.web.site import Site, Visitor
from tests.web.sitting import agree, take_photo
from tests.web.world import acting_as, person
from web import demo
from web.login import find_user

WHOLE = proctor.WatchPlan(id_card=True, calibration=True, liveness=True)
MOVE_OF = {"turn_left": "left", "turn_right": "right"}


def watched_learner(site: Site, number: int = 0) -> str:
    """The name of a sample learner of the watched sitting."""
    learners = demo.describe(site.parts, address="")["learners"]
    return str([one["name"] for one in learners if one["proctored"]][number])


def plan(site: Site, name: str, wanted: proctor.WatchPlan) -> None:
    """Watch the sitting of this learner so, as long as nobody has agreed to anything."""
    learner = site.learner(name)
    with site.parts.store.write(Actor.system()) as platform:
        uow = acting_as(platform, person(platform, Role.MANAGER))
        sitting_id = _sitting_of(site, learner)
        proctor.set_plan(uow, sitting_id, organisation_id=str(uow.actor.organisation_id), plan=wanted)


def arrived(
    site: Site, wanted: proctor.WatchPlan = WHOLE, *, exempt: Collection[str] = (), number: int = 0
) -> Visitor:
    """A learner of a sitting with this plan who has agreed to everything."""
    name = watched_learner(site, number)
    plan(site, name, wanted)
    visitor = site.learner(name)
    agree(visitor)
    visitor.get("/learner")
    if exempt:
        with site.parts.store.write(Actor.system()) as uow:
            session = session_of(site, visitor)
            keep_exemptions(
                uow, session.attempt_id, organisation_id=session.organisation_id, exemptions=set(exempt)
            )
    return visitor


def session_of(site: Site, visitor: Visitor) -> proctor.SessionSummary:
    """The learner's session as it stands."""
    with site.parts.store.read(Actor.system()) as uow:
        found = proctor.session_of_attempt(uow, site.attempt_of(visitor))
    assert found is not None
    return found


def check_in_of(site: Site, visitor: Visitor) -> proctor.CheckInSummary | None:
    """The learner's check-in as it stands."""
    with site.parts.store.read(Actor.system()) as uow:
        return proctor.check_in(uow, session_of(site, visitor))


def send(visitor: Visitor, what: str, body: bytes = b"") -> TestResponse:
    """Post a picture to `card`, `frame` or `skip`."""
    headers = {"X-CSRFToken": visitor.token, "Accept": "application/json"}
    return visitor.client.post(
        f"/learner/check-in/{what}", data=body, content_type="image/jpeg", headers=headers
    )


def send_card(visitor: Visitor) -> TestResponse:
    """A picture of a card with a portrait."""
    return send(visitor, "card", clips.to_jpeg(movements.card()))


def photographed(site: Site, wanted: proctor.WatchPlan = WHOLE, **other: Any) -> Visitor:
    """A learner whose next step is the camera check."""
    visitor = arrived(site, wanted, **other)
    if wanted.id_card:
        assert send_card(visitor).status_code == 200
    assert take_photo(visitor).status_code == 200
    return visitor


def frame(
    site: Site, visitor: Visitor, move: str = "calm", number: int = 0, *, seconds: float = 1.0
) -> dict[str, Any]:
    """One frame, `seconds` after the one before; what the page is told."""
    site.clock.advance(seconds)
    answer = send(visitor, "frame", movements.jpeg(move, number))
    assert answer.status_code == 200, answer.text
    return dict(answer.json or {})


def obey(site: Site, visitor: Visitor, *, but_not: Collection[str] = (), most: int = 200) -> dict[str, Any]:
    """Do what the page asks until it is done, all but some movements; the last answer."""
    told: dict[str, Any] = {"phase": "calm", "challenge": None, "every_ms": 1000}
    for number in range(most):
        move = MOVE_OF.get(told["challenge"], "calm")
        if told["challenge"] == "blink":
            move = "shut" if number % 4 == 1 else "calm"
        elif told["challenge"] == "digits":
            move = "speaking"
        if told["challenge"] in but_not:
            move = "calm"
        told = frame(site, visitor, move, number, seconds=told["every_ms"] / 1000)
        if told["phase"] == "done":
            return told
    raise AssertionError(told)


def _sitting_of(site: Site, visitor: Visitor) -> str:
    with site.parts.store.read(Actor.system()) as uow:
        user = find_user(uow, visitor.login)
        assert user is not None
        assert user.entry_id is not None
        return assessor.learner_entry(uow, user.entry_id).sitting.id
