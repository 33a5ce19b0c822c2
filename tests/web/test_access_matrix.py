# SPDX-License-Identifier: Apache-2.0
"""Every route against everybody who might call it. What is expected is written out in `access_table`.

The routes are read off the application, so that a route which is missing there fails, and so does one without a policy.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from core.identity import operations as identity
from core.identity.model import Role
from core.uow import Actor
from tests.web.access_table import ANYBODY, FOR_ANOTHER_REASON, FROM_ELSEWHERE, MANAGER, MAY, PUBLISHED, STAFF
from tests.web.stage import API_KEY, LEARNER, UNSAFE, Stage, method_of, open_stage, told, watching
from web import demo
from web.access import Audience, policy_of
from web.app import create_app


@pytest.fixture(scope="module")
def stage(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(sample_folder, tmp_path_factory.mktemp("stage")) as opened:
        yield opened


# ---------------------------------------------------------------------------------------- the table is whole


def test_every_route_is_in_the_table_and_no_other(stage: Stage) -> None:
    assert {rule.endpoint for rule in stage.rules()} == set(MAY)


def test_every_route_has_a_policy_that_says_what_the_table_says(stage: Stage) -> None:
    for endpoint, who in MAY.items():
        policy = policy_of(stage.site.app, endpoint)
        assert policy is not None, endpoint
        match policy.audience:
            case Audience.PUBLIC:
                assert who == {ANYBODY}, endpoint
            case Audience.LEARNER:
                assert who == {LEARNER}, endpoint
            case Audience.API_KEY:
                assert who == {API_KEY}, endpoint
            case Audience.STAFF:
                assert who == ({role.value for role in policy.roles} or set(STAFF)), endpoint


def test_a_route_whose_author_forgot_the_policy_lets_nobody_in(stage: Stage) -> None:
    app = create_app(stage.site.parts)
    app.add_url_rule("/forgotten", view_func=lambda: "come in", endpoint="forgotten")
    client = app.test_client()
    assert client.get("/forgotten").status_code == 404
    for name, value in stage.callers[MANAGER].cookies.items():
        client.set_cookie(name, value)
    refused = client.get("/forgotten")
    assert refused.status_code == 404
    assert "come in" not in refused.text


# ------------------------------------------------------------------------------------------- who may not


def test_whoever_may_not_is_turned_away_and_changes_nothing(stage: Stage) -> None:
    stage.restore()
    own = ("anonymous", LEARNER, *STAFF, "revoked_key")
    wrong: list[str] = []
    with watching(stage.database) as changes:
        for rule in stage.rules():
            who = MAY[rule.endpoint]
            for name in own:
                if ANYBODY in who or name in who:
                    continue
                answer = stage.call(name, rule)
                fault = turned_away(answer, name, rule) or told(stage, answer, name)
                if fault:
                    wrong.append(f"{name}: {method_of(rule)} {rule.rule}: {answer.status} {fault}")
        assert changes() == 0
    assert wrong == []


def test_a_staff_door_does_not_open_with_an_api_key(stage: Stage) -> None:
    stage.restore()
    for rule in stage.rules():
        if MAY[rule.endpoint] & {*STAFF, LEARNER}:
            answer = stage.call(API_KEY, rule)
            assert turned_away(answer, "anonymous", rule) is None, (rule, answer.status)


def test_a_head_request_opens_nothing_that_a_get_does_not(stage: Stage) -> None:
    for rule in stage.rules():
        if method_of(rule) == "GET" and ANYBODY not in MAY[rule.endpoint]:
            assert stage.call("anonymous", rule, method="HEAD").status_code in (302, 401), rule
            assert (
                stage.call("anonymous", rule, method="OPTIONS").status_code == 401
                or API_KEY in MAY[rule.endpoint]
            )


def turned_away(answer: TestResponse, name: str, rule: Rule) -> str | None:
    """What is wrong with the refusal, or None."""
    if API_KEY in MAY[rule.endpoint]:
        good = answer.status_code == 401 and answer.mimetype == "application/problem+json"
        return None if good else "not a refusal in JSON"
    if name not in ("anonymous", "revoked_key"):
        return None if answer.status_code == 404 else "not hidden"
    if method_of(rule) == "GET":
        door = "/" if LEARNER in MAY[rule.endpoint] else "/sign-in"
        good = answer.status_code == 302 and urlsplit(answer.location).path == door
        return None if good else f"not sent to {door}"
    return None if answer.status_code == 401 else "not asked to sign in"


# ----------------------------------------------------------------------------------------- another tenant


def test_somebody_of_another_organisation_finds_nothing_under_any_id(stage: Stage) -> None:
    stage.restore()
    wrong: list[str] = []
    with watching(stage.database) as changes:
        for rule in stage.rules():
            for name in MAY[rule.endpoint] & set(STAFF) - {"operator"}:
                answer = None
                if rule.arguments:
                    answer = stage.call(f"other {name}", rule)
                    if answer.status_code != 404:
                        wrong.append(f"{name}: {method_of(rule)} {rule.rule}: {answer.status}")
                elif method_of(rule) == "GET":
                    answer = stage.call(f"other {name}", rule)
                    if answer.status_code != FOR_ANOTHER_REASON.get(rule.endpoint, 200):
                        wrong.append(f"{name}: {rule.rule}: {answer.status}")
                if rule.endpoint in PUBLISHED:
                    continue
                if answer is not None and (fault := told(stage, answer, f"other {name}")):
                    wrong.append(f"{name}: {method_of(rule)} {rule.rule}: {fault}")
        assert changes() == 0
    assert wrong == []


@pytest.mark.parametrize("endpoint", ["imports.check", "manager.create_batch"])
def test_another_agency_cannot_use_a_credential_that_it_is_not_engaged_for(
    stage: Stage, endpoint: str
) -> None:
    stage.restore()
    rule = next(rule for rule in stage.rules() if rule.endpoint == endpoint)
    for name in MAY[endpoint]:
        answer = stage.call(f"other {name}", rule)
        assert answer.status_code == 404, answer.text
        assert told(stage, answer, f"other {name}") is None


def test_a_person_of_another_agency_cannot_be_given_a_duty(stage: Stage) -> None:
    stage.restore()
    manager = stage.site.sign_in(next(person.email for person in demo.STAFF if person.role is Role.MANAGER))
    with stage.site.parts.store.read(Actor.system()) as uow:
        stranger = identity.check_password(
            uow, email=stage.world.emails["other assessor"], password=demo.PASSWORD
        )
    assert stranger is not None
    path = f"/manager/sittings/{stage.world.ids['sitting_id']}/staff"
    assert manager.post(path, {"duty": "assessor", "person_id": stranger.id}).status_code == 404


@pytest.mark.parametrize(
    ("name", "endpoints"),
    [
        (
            "unassigned proctor",
            [
                "proctor.wall",
                "proctor.tiles",
                "proctor.latest_frame",
                "proctor.learner",
                "proctor.message",
                "proctor.pause",
                "proctor.resume",
                "proctor.extend",
                "proctor.end",
                "proctor.message_all",
                "proctor.pause_all",
                "proctor.resume_all",
                "walls.hint",
                "walls.lower_hand",
                "walls.settle",
                "walls.note_seen",
                "walls.raise_incident",
                "shifts.show",
                "shifts.share",
                "shifts.offer",
                "shifts.answer",
            ],
        ),
        ("unassigned assessor", ["assessor.task", "assessor.save"]),
    ],
)
def test_the_role_alone_does_not_open_a_sitting_to_which_nobody_assigned_the_person(
    stage: Stage, name: str, endpoints: list[str]
) -> None:
    stage.restore()
    for rule in stage.rules():
        if rule.endpoint in endpoints:
            answer = stage.call(name, rule)
            assert answer.status_code == 404, (rule, answer.status)
            assert told(stage, answer, name) is None


def test_another_body_s_key_pulls_an_empty_feed_and_acknowledges_nothing(stage: Stage) -> None:
    stage.restore()
    feed, acknowledge = (
        next(rule for rule in stage.rules() if rule.endpoint == name)
        for name in ("api.results", "api.acknowledge")
    )
    assert stage.call("other_key", feed).json["results"] == []  # type: ignore[index]
    refused = stage.call("other_key", acknowledge)
    assert refused.status_code == 404
    assert refused.json["code"] == "result_unknown"  # type: ignore[index]


# --------------------------------------------------------------------------------------------- who may


def test_whoever_may_is_let_in(stage: Stage) -> None:
    wrong: list[str] = []
    for rule in stage.rules():
        who = MAY[rule.endpoint]
        for name in sorted({"anonymous", LEARNER, MANAGER} if ANYBODY in who else who):
            stage.restore()
            if name == API_KEY and rule.endpoint == "api.acknowledge":
                stage.site.pull()  # a result is acknowledged after it was delivered
            answer = stage.call(name, rule)
            expected = FOR_ANOTHER_REASON.get(rule.endpoint)
            if answer.status_code != expected if expected else answer.status_code not in (200, 302):
                wrong.append(f"{name}: {method_of(rule)} {rule.rule}: {answer.status}: {answer.text[:300]}")
    assert wrong == []


def test_no_form_is_taken_without_its_token_not_even_from_whoever_may(stage: Stage) -> None:
    stage.restore()
    wrong: list[str] = []
    with watching(stage.database) as changes:
        for rule in stage.rules():
            who = MAY[rule.endpoint]
            if method_of(rule) not in UNSAFE or API_KEY in who or rule.endpoint in FROM_ELSEWHERE:
                continue
            for name in {"anonymous", *(who - {ANYBODY})}:
                answer = stage.call(name, rule, with_token=False)
                if answer.status_code != 400:
                    wrong.append(f"{name}: {rule.rule}: {answer.status}")
        assert changes() == 0
    assert wrong == []
