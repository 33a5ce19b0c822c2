# SPDX-License-Identifier: Apache-2.0
"""Learners from a learning platform: a real one on loopback, honest first and then hostile; and the score's way back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from sqlalchemy import select

from assessor import api as assessor
from core.identity.model import Role
from core.uow import Actor
from tests.web import sitting, world
from tests.web.platform import (
    CLAIM,
    CLIENT_ID,
    DEPLOYMENT,
    ISSUER,
    MEMBER,
    LearningPlatform,
    running_platform,
)
from tests.web.site import Site, Visitor
from web import effects
from web.lti.keys import PUBLISHED, SIGNS
from web.lti.scores import percentage
from web.lti.tables import LtiKeyRow, LtiLearnerRow
from web.notices.postman import Postman

NAME = "Zoya Ansari"
DEEP = "https://purl.imsglobal.org/spec/lti-dl/claim/"


@pytest.fixture
def platform(site: Site) -> Iterator[LearningPlatform]:
    with running_platform(site.clock) as running:
        running.tool_keys = lambda: site.app.test_client().get("/lti/keys.json").get_json()
        yield running


def register(site: Site, platform: LearningPlatform) -> str:
    """Register the platform as the administrator does; the path where launches begin."""
    administrator = site.staff(Role.ADMINISTRATOR)
    administrator.get("/people/platforms")
    answer = administrator.post("/people/platforms", platform.form())
    assert answer.status_code == 302, answer.text
    found = re.search(r"/lti/\w+/login", administrator.get("/people/platforms").text)
    assert found is not None
    return found.group()


def sitting_without_camera(site: Site) -> str:
    """A sitting of the sample agency that needs no camera."""
    with site.parts.store.read(Actor.system()) as uow:
        manager = world.acting_as(uow, world.person(uow, Role.MANAGER))
        home = str(manager.actor.organisation_id)
        batch = assessor.batch_overviews(manager, organisation_id=home)[0].batch
        page = assessor.batch_page(manager, batch.id, organisation_id=home)
        return next(one.id for one in page.sittings if not one.proctored)


def begin(visitor: Visitor, start: str, **changed: str) -> Any:
    asked = {"iss": ISSUER, "client_id": CLIENT_ID, "login_hint": "h", "lti_message_hint": "m", **changed}
    return visitor.client.post(start, data=asked)


def launch(visitor: Visitor, platform: LearningPlatform, start: str, sitting_id: str, **changed: Any) -> Any:
    """One launch in one browser."""
    form = platform.launch(begin(visitor, start).location, sitting_id, **changed)
    return visitor.client.post(start.replace("/login", "/launch"), data=form)


def reason(answer: Any) -> str:
    assert answer.status_code == 403, answer.text
    found = re.search(r"this reason: (\w+)", answer.text)
    return found.group(1) if found else ""


def entries(site: Site) -> list[str]:
    with site.parts.store.read(Actor.system()) as uow:
        return list(uow.db.scalars(select(LtiLearnerRow.entry_id)))


def test_a_learner_comes_in_and_comes_back_to_the_same_entry(site: Site, platform: LearningPlatform) -> None:
    start, sitting_id = register(site, platform), sitting_without_camera(site)
    visitor = site.visitor()
    answer = launch(visitor, platform, start, sitting_id)
    assert answer.status_code == 302, answer.text
    assert NAME in visitor.get("/learner").text
    again = site.visitor()
    assert launch(again, platform, start, sitting_id).status_code == 302
    assert len(entries(site)) == 1
    other = site.visitor()
    assert launch(other, platform, start, sitting_id, sub="learner-2", name="Ravi Das").status_code == 302
    assert NAME not in other.get("/learner").text
    assert len(set(entries(site))) == 2


def test_what_the_platform_is_asked_is_what_the_standard_wants(
    site: Site, platform: LearningPlatform
) -> None:
    start = register(site, platform)
    visitor = site.visitor()
    for answer in (
        begin(visitor, start),
        visitor.get(f"{start}?{urlencode({'iss': ISSUER, 'login_hint': 'h'})}"),
    ):
        asked = parse_qs(urlsplit(answer.location).query)
        assert asked["response_type"] == ["id_token"]
        assert asked["response_mode"] == ["form_post"]
        assert asked["scope"] == ["openid"]
        assert asked["prompt"] == ["none"]
        assert asked["login_hint"] == ["h"]
        assert len(asked["nonce"][0]) >= 43


def test_a_launch_is_good_once_and_only_in_the_browser_that_began(
    site: Site, platform: LearningPlatform
) -> None:
    start, sitting_id = register(site, platform), sitting_without_camera(site)
    path = start.replace("/login", "/launch")
    attacker, victim = site.visitor(), site.visitor()
    attacker.client.set_cookie("kasauti-language", "en")  # signed in, it would be the learner's own
    form = platform.launch(begin(attacker, start).location, sitting_id)
    assert reason(victim.client.post(path, data=form)) == "cookie"
    begin(victim, start)
    assert reason(victim.client.post(path, data=form)) == "state"
    kept = attacker.client.get_cookie("kasauti-launch")
    assert kept is not None
    assert attacker.client.post(path, data=form).status_code == 302
    assert reason(attacker.client.post(path, data=form)) == "cookie"
    attacker.client.set_cookie("kasauti-launch", kept.value)
    assert reason(attacker.client.post(path, data=form)) == "replayed"


def test_a_launch_of_one_platform_does_not_open_another(site: Site, platform: LearningPlatform) -> None:
    first, sitting_id = register(site, platform), sitting_without_camera(site)
    administrator = site.staff(Role.ADMINISTRATOR)
    administrator.get("/people/platforms")
    administrator.post("/people/platforms", {**platform.form(), "client_id": "tool-8"})
    paths = set(re.findall(r"/lti/\w+/login", administrator.get("/people/platforms").text))
    (second,) = paths - {first}
    visitor = site.visitor()
    form = platform.launch(begin(visitor, first).location, sitting_id)
    assert reason(visitor.client.post(second.replace("/login", "/launch"), data=form)) == "cookie"
    assert reason(begin(visitor, second)) == "issuer"
    form = platform.launch(begin(visitor, second, client_id="tool-8").location, sitting_id)
    assert reason(visitor.client.post(second.replace("/login", "/launch"), data=form)) == "audience"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"nonce": "another"}, "nonce"),
        ({"aud": "another-tool"}, "audience"),
        ({"iss": "https://evil.example"}, "issuer"),
        ({"exp": 1}, "expired"),
        ({"sub": None}, "subject"),
        ({"deployment_id": "another"}, "deployment"),
        ({"deployment_id": ["deployment-1"]}, "deployment"),
        ({"version": "1.1"}, "version"),
        ({"message_type": "LtiSubmissionReviewRequest"}, "message"),
        ({"roles": [MEMBER + "Instructor"]}, ""),
        ({"roles": "Learner"}, ""),
    ],
)
def test_a_launch_with_a_wrong_claim_is_refused_and_makes_nothing(
    site: Site, platform: LearningPlatform, changed: dict[str, Any], why: str
) -> None:
    start, sitting_id = register(site, platform), sitting_without_camera(site)
    visitor = site.visitor()
    assert reason(launch(visitor, platform, start, sitting_id, **changed)) == why
    assert visitor.get("/learner").status_code == 302
    assert entries(site) == []


def test_a_launch_signed_by_somebody_else_is_refused(site: Site, platform: LearningPlatform) -> None:
    start, sitting_id = register(site, platform), sitting_without_camera(site)
    visitor = site.visitor()
    form = platform.launch(begin(visitor, start).location, sitting_id)
    stranger = RSAKey.generate_key(2048, {"kid": "platform-1"})
    claims = dict(jwt.decode(form["id_token"], platform.key, algorithms=["RS256"]).claims)
    form["id_token"] = jwt.encode({"alg": "RS256", "kid": "platform-1"}, claims, stranger)
    assert reason(visitor.client.post(start.replace("/login", "/launch"), data=form)) == "signature"


def test_no_sitting_of_another_agency_opens(site: Site, platform: LearningPlatform) -> None:
    sitting_id = sitting_without_camera(site)
    body = site.sign_in("admin@nirantar.example")
    body.get("/people/platforms")
    assert body.post("/people/platforms", platform.form()).status_code == 302
    found = re.search(r"/lti/\w+/login", body.get("/people/platforms").text)
    assert found is not None
    for target in (sitting_id, "", "0" * 26):
        assert launch(site.visitor(), platform, found.group(), target).status_code == 404
    assert entries(site) == []


@pytest.mark.parametrize("name", [None, "", "   ", 7, "x" * 201])
def test_a_learner_without_a_name_is_told_what_to_ask_for(
    site: Site, platform: LearningPlatform, name: Any
) -> None:
    start, sitting_id = register(site, platform), sitting_without_camera(site)
    answer = launch(site.visitor(), platform, start, sitting_id, name=name)
    assert answer.status_code == 422
    assert "share names" in answer.text


def test_a_removed_platform_sends_nobody(site: Site, platform: LearningPlatform) -> None:
    start, sitting_id = register(site, platform), sitting_without_camera(site)
    visitor = site.visitor()
    form = platform.launch(begin(visitor, start).location, sitting_id)
    administrator = site.staff(Role.ADMINISTRATOR)
    administrator.get("/people/platforms")
    stranger = site.sign_in("admin@nirantar.example")
    stranger.get("/people/platforms")
    path = f"/people/platforms/{start.split('/')[2]}/remove"
    assert stranger.post(path).status_code == 404
    assert administrator.post(path).status_code == 302
    assert begin(site.visitor(), start).status_code == 404
    assert visitor.client.post(start.replace("/login", "/launch"), data=form).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"token_url": "https://10.0.0.1/token"},
        {"keys_url": "http://example.org/keys"},
        {"authorization_url": "javascript:alert(1)"},
        {"deployments": ""},
        {"name": " "},
        {"confirmed": ""},
    ],
)
def test_a_platform_with_a_wrong_field_is_not_registered(
    site: Site, platform: LearningPlatform, wrong: dict[str, str]
) -> None:
    administrator = site.staff(Role.ADMINISTRATOR)
    administrator.get("/people/platforms")
    answer = administrator.post("/people/platforms", {**platform.form(), **wrong})
    assert answer.status_code in (422, 503)
    assert "/lti/" not in administrator.get("/people/platforms").text.replace("/lti/keys.json", "")


def declare(site: Site, platform: LearningPlatform) -> dict[str, Any]:
    """A launched learner all the way to a declared result; its document."""
    start, sitting_id = register(site, platform), sitting_without_camera(site)
    visitor = site.visitor()
    assert launch(visitor, platform, start, sitting_id).status_code == 302
    visitor.get("/learner")
    room = sitting.begin(visitor)
    room.answer_everything()
    assert room.hand_in().status_code == 200
    sitting.mark_everything(site, NAME)
    with site.parts.store.write(Actor.system()) as uow:
        manager = world.acting_as(uow, world.person(uow, Role.MANAGER))
        home = str(manager.actor.organisation_id)
        entry_id = uow.db.scalars(select(LtiLearnerRow.entry_id)).one()
        line = assessor.entry_line(manager, entry_id, organisation_id=home)
        assert line.result is not None
        assessor.declare_result(manager, line.result.id, organisation_id=home)
        return assessor.result(manager, line.result.id, organisation_id=home).document


def send(site: Site) -> None:
    site.worker.round()
    Postman(site.parts, effects.handlers(site.app)).round()


def test_the_percentage_of_a_declared_result_goes_back_once_and_nothing_else(
    site: Site, platform: LearningPlatform
) -> None:
    document = declare(site, platform)
    assert platform.scores == []
    send(site)
    send(site)
    (score,) = platform.scores
    assert score.pop("timestamp").startswith("2026-")
    assert score == {
        "userId": "learner-1",
        "scoreGiven": round(float(percentage(document)), 2),
        "scoreMaximum": 100,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
    }
    assert 0 < score["scoreGiven"] <= 100


def test_a_platform_that_is_down_gets_the_score_later(site: Site, platform: LearningPlatform) -> None:
    declare(site, platform)
    platform.working = False
    send(site)
    assert platform.scores == []
    platform.working = True
    site.clock.advance(120)
    send(site)
    assert len(platform.scores) == 1


def test_our_keys_change_and_the_old_ones_stay_published_for_a_while(site: Site) -> None:
    def kids() -> list[str]:
        return [key["kid"] for key in site.app.test_client().get("/lti/keys.json").get_json()["keys"]]

    first = kids()
    assert first == kids()
    site.clock.advance(SIGNS.total_seconds())
    second = kids()
    assert second[1:] == first
    site.clock.advance((PUBLISHED - SIGNS).total_seconds() + 1)
    site.clock.advance(SIGNS.total_seconds())
    assert not set(kids()) & set(first)
    with site.parts.store.read(Actor.system()) as uow:
        sealed = uow.db.scalars(select(LtiKeyRow.sealed_key)).all()
    assert not any(b'"d"' in one or b"PRIVATE" in one for one in sealed)
    for key in site.app.test_client().get("/lti/keys.json").get_json()["keys"]:
        assert not {"d", "p", "q", "dp", "dq", "qi"} & key.keys()


def test_the_deployment_is_part_of_who_somebody_is(site: Site, platform: LearningPlatform) -> None:
    sitting_id = sitting_without_camera(site)
    form = platform.form
    platform.form = lambda: {**form(), "deployments": f"{DEPLOYMENT}, deployment-2"}  # type: ignore[method-assign]
    start = register(site, platform)
    assert launch(site.visitor(), platform, start, sitting_id).status_code == 302
    second = launch(site.visitor(), platform, start, sitting_id, deployment_id="deployment-2")
    assert second.status_code == 302
    assert len(set(entries(site))) == 2


# ------------------------------------------------------------------------------------------- choosing a sitting


def deep_link(visitor: Visitor, platform: LearningPlatform, start: str, **changed: Any) -> Any:
    settings = {"deep_link_return_url": platform.url + "/links?course=2", "data": "opaque"}
    asked = {
        "message_type": "LtiDeepLinkingRequest",
        "roles": [MEMBER + "Instructor"],
        DEEP + "deep_linking_settings": settings,
    }
    return launch(visitor, platform, start, "", **{**asked, **changed})


def test_a_teacher_chooses_a_sitting_and_the_platform_gets_a_signed_link_to_it(
    site: Site, platform: LearningPlatform
) -> None:
    start, sitting_id = register(site, platform), sitting_without_camera(site)
    visitor = site.visitor()
    offered = deep_link(visitor, platform, start)
    assert offered.status_code == 200
    assert f'value="{sitting_id}"' in offered.text
    visitor.get("/sign-in")  # for the form's token
    answer = visitor.post(start.replace("/login", "/choice"), {"sitting": sitting_id})
    assert answer.status_code == 200
    assert f"form-action 'self' {platform.url};" in answer.headers["Content-Security-Policy"]
    token = re.search(r'name="JWT" value="([^"]+)"', answer.text)
    assert token is not None
    known = KeySet.import_key_set(platform.tool_keys())  # type: ignore[arg-type]
    claims = dict(jwt.decode(token.group(1), known, algorithms=["RS256"]).claims)
    assert (claims["iss"], claims["aud"]) == (CLIENT_ID, ISSUER)
    assert claims[CLAIM + "deployment_id"] == DEPLOYMENT
    assert claims[CLAIM + "message_type"] == "LtiDeepLinkingResponse"
    assert claims[DEEP + "data"] == "opaque"
    (item,) = claims[DEEP + "content_items"]
    assert item["custom"] == {"sitting": sitting_id}
    assert item["lineItem"]["scoreMaximum"] == 100
    assert launch(site.visitor(), platform, start, item["custom"]["sitting"]).status_code == 302


def test_only_a_teacher_with_a_proper_way_back_may_choose(site: Site, platform: LearningPlatform) -> None:
    start = register(site, platform)
    refused = deep_link(site.visitor(), platform, start, roles=[MEMBER + "Learner"])
    assert refused.status_code == 403
    for address in ("http://example.org/x", "javascript:alert(1)", "https://10.0.0.7/", None):
        settings = {"deep_link_return_url": address}
        wrong = deep_link(site.visitor(), platform, start, **{DEEP + "deep_linking_settings": settings})
        assert wrong.status_code in (422, 503), address


def test_no_sitting_of_another_agency_is_offered_or_linked(site: Site, platform: LearningPlatform) -> None:
    sitting_id = sitting_without_camera(site)
    body = site.sign_in("admin@nirantar.example")
    body.get("/people/platforms")
    body.post("/people/platforms", platform.form())
    found = re.search(r"/lti/\w+/login", body.get("/people/platforms").text)
    assert found is not None
    visitor = site.visitor()
    assert sitting_id not in deep_link(visitor, platform, found.group()).text
    visitor.get("/sign-in")
    assert (
        visitor.post(found.group().replace("/login", "/choice"), {"sitting": sitting_id}).status_code == 404
    )


def test_a_sitting_that_is_over_is_not_linked(site: Site, platform: LearningPlatform) -> None:
    start, sitting_id = register(site, platform), sitting_without_camera(site)
    site.clock.advance(366 * 86400)
    visitor = site.visitor()
    assert sitting_id not in deep_link(visitor, platform, start).text
    visitor.get("/sign-in")
    assert visitor.post(start.replace("/login", "/choice"), {"sitting": sitting_id}).status_code == 409
