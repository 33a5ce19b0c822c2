# SPDX-License-Identifier: Apache-2.0
"""Every route against everybody who might call it. What is expected is written out here and nowhere else.

The routes are read off the application, so that a route which is missing below fails, and so does one without a policy.
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
from tests.web.stage import API_KEY, LEARNER, UNSAFE, Stage, method_of, open_stage, told, watching
from web import demo
from web.access import Audience, policy_of
from web.app import create_app

ANYBODY = "anybody"
STAFF = (
    "manager",
    "author",
    "reviewer",
    "assessor",
    "proctor",
    "integrity_reviewer",
    "awarding_body",
    "operator",
    "administrator",
)
AUTHOR, REVIEWER, MANAGER = Role.AUTHOR.value, Role.REVIEWER.value, Role.MANAGER.value
ASSESSOR, PROCTOR, INTEGRITY = Role.ASSESSOR.value, Role.PROCTOR.value, Role.INTEGRITY_REVIEWER.value
AWARDING, ADMINISTRATOR = Role.AWARDING_BODY.value, Role.ADMINISTRATOR.value

# endpoint -> who may. Nobody else.
MAY: dict[str, set[str]] = {
    "public.home": {ANYBODY},
    "public.enter": {ANYBODY},
    "public.sign_in": {ANYBODY},
    "public.sign_in_check": {ANYBODY},
    "public.sign_out": {ANYBODY},
    "public.set_language": {ANYBODY},
    "public.healthz": {ANYBODY},
    "api_document": {ANYBODY},
    "static": {ANYBODY},
    "vendor": {ANYBODY},
    "public.welcome": set(STAFF),
    "learner.gate": {LEARNER},
    "learner.consent": {LEARNER},
    "learner.photo": {LEARNER},
    "learner.start": {LEARNER},
    "learner.result": {LEARNER},
    "offline.package": {LEARNER},
    "offline.media": {LEARNER},
    "offline.worker": {ANYBODY},
    "practice.intro": {ANYBODY},
    "practice.start": {ANYBODY},
    "practice.room": {ANYBODY},
    "practice.state": {ANYBODY},
    "practice.save_response": {ANYBODY},
    "practice.save_move": {ANYBODY},
    "practice.take_lease": {ANYBODY},
    "practice.submit": {ANYBODY},
    "practice.done": {ANYBODY},
    "check.show": {ANYBODY},
    "check.download": {ANYBODY},
    "check.upload": {ANYBODY},
    "check.time": {ANYBODY},
    "check.keep": {LEARNER},
    # The views themselves send everybody but a learner and a visitor with a link to the door (`test_formative`).
    "formative.overview": {ANYBODY},
    "formative.choose": {ANYBODY},
    "formative.question": {ANYBODY},
    "formative.following": {ANYBODY},
    "formative.answer": {ANYBODY},
    "formative.media": {ANYBODY},
    "formative.forget": {ANYBODY},
    "formative.link": {ANYBODY},
    "formative.enter": {ANYBODY},
    "practising.use": {MANAGER},
    "practising.open_link": {MANAGER},
    "practising.close_link": {MANAGER},
    "practising.change_pool": {AUTHOR},
    "room.room": {LEARNER},
    "room.state": {LEARNER},
    "room.save_response": {LEARNER},
    "room.save_move": {LEARNER},
    "room.take_lease": {LEARNER},
    "room.submit": {LEARNER},
    "room.media": {LEARNER},
    "room.upload": {LEARNER},
    "telemetry.take": {LEARNER},
    "telemetry.noted": {LEARNER},
    "browser.door": {ANYBODY},
    "browser.settings_file": {ANYBODY},
    "browser.leave": {ANYBODY},
    "browser.prove": {LEARNER},
    "browser.rules": {MANAGER},
    "browser.save_rules": {MANAGER},
    "browser.release": {MANAGER},
    "browser.release_by_proctor": {PROCTOR},
    "author.items": {AUTHOR, REVIEWER},
    "author.item": {AUTHOR, REVIEWER},
    "reviewing.queue": {AUTHOR, REVIEWER},
    "reviewing.difference": {AUTHOR, REVIEWER},
    "reviewing.comment": {AUTHOR, REVIEWER},
    "author.submit_item": {AUTHOR},
    "author.approve_item": {REVIEWER},
    "author.reject_item": {REVIEWER},
    "author.withdraw_item": {AUTHOR, REVIEWER},
    "editor.new": {AUTHOR},
    "editor.create": {AUTHOR},
    "editor.edit": {AUTHOR},
    "editor.save": {AUTHOR},
    "editor.copy": {AUTHOR},
    "editor.preview": {AUTHOR},
    "editor.media": {AUTHOR, REVIEWER},
    "imports.form": {AUTHOR},
    "imports.check": {AUTHOR},
    "imports.template": {AUTHOR},
    "imports.columns": {AUTHOR},
    "imports.save_columns": {AUTHOR},
    "imports.progress": {AUTHOR},
    "imports.state": {AUTHOR},
    "imports.refused": {AUTHOR},
    "imports.forget": {AUTHOR},
    "imports.export": {AUTHOR},
    "attempts.attempt": {MANAGER},
    "attempts.log": {MANAGER},
    "attempts.credit": {MANAGER},
    "attempts.late": {MANAGER},
    "manager.batches": {MANAGER},
    "manager.new_batch": {MANAGER},
    "manager.create_batch": {MANAGER},
    "manager.batch": {MANAGER},
    "manager.batch_sittings": {MANAGER},
    "manager.batch_papers": {MANAGER},
    "manager.batch_about": {MANAGER},
    "manager.edit_batch": {MANAGER},
    "manager.save_batch": {MANAGER},
    "sittings.new": {MANAGER},
    "sittings.create": {MANAGER},
    "sittings.edit": {MANAGER},
    "sittings.save": {MANAGER},
    "sittings.cancel": {MANAGER},
    "sittings.add_candidates": {MANAGER},
    "sittings.assign": {MANAGER},
    "moving.form": {MANAGER},
    "moving.move": {MANAGER},
    "entries.new": {MANAGER},
    "entries.create": {MANAGER},
    "entries.one": {MANAGER},
    "entries.save": {MANAGER},
    "entries.times": {MANAGER},
    "entries.accommodate": {MANAGER},
    "entries.reissue_code": {MANAGER},
    "entries.withdraw": {MANAGER},
    "entries.absent": {MANAGER},
    "entries.undo_absence": {MANAGER},
    "entries.all_absent": {MANAGER},
    "entries.reassess": {MANAGER},
    "engaging.index": {AWARDING},
    "engaging.new": {AWARDING},
    "engaging.create": {AWARDING},
    "engaging.one": {AWARDING},
    "engaging.end": {AWARDING},
    "engagements.index": {MANAGER},
    "allocations.index": {MANAGER},
    "allocations.one": {MANAGER},
    "allocations.accept": {MANAGER},
    "allocations.refuse": {MANAGER},
    "allocating.index": {AWARDING},
    "allocating.new": {AWARDING},
    "allocating.create": {AWARDING},
    "allocating.one": {AWARDING},
    "allocating.withdraw": {AWARDING},
    "allocating.set_policy": {AWARDING},
    "candidates.index": {MANAGER},
    "candidates.template": {MANAGER},
    "candidates.form": {MANAGER},
    "candidates.check": {MANAGER},
    "candidates.report": {MANAGER},
    "candidates.columns": {MANAGER},
    "candidates.save_columns": {MANAGER},
    "candidates.problems": {MANAGER},
    "candidates.enrol": {MANAGER},
    "enrolments.progress": {MANAGER},
    "enrolments.state": {MANAGER},
    "enrolments.stop": {MANAGER},
    "enrolments.go_on": {MANAGER},
    "enrolments.codes": {MANAGER},
    "candidates.new_codes": {MANAGER},
    "candidates.slips": {MANAGER},
    "candidates.attendance": {MANAGER},
    "notices.index": {MANAGER},
    "notices.again": {MANAGER},
    "manager.result": {MANAGER},
    "manager.declare": {MANAGER},
    "manager.declare_all": {MANAGER},
    "blueprints.index": {MANAGER, AWARDING},
    "blueprints.new": {MANAGER},
    "blueprints.create": {MANAGER},
    "blueprints.proof": {MANAGER},
    "blueprints.show": {MANAGER, AWARDING},
    "blueprints.waive": {MANAGER},
    "blueprints.draw": {MANAGER},
    "blueprints.replay": {MANAGER},
    "blueprints.coverage": {MANAGER, AWARDING, AUTHOR, REVIEWER},
    "assessor.tasks": {ASSESSOR},
    "assessor.task": {ASSESSOR},
    "assessor.save": {ASSESSOR},
    "assessor.answer_file": {ASSESSOR},
    "proctor.sittings": {PROCTOR},
    "proctor.wall": {PROCTOR},
    "proctor.tile": {PROCTOR},
    "proctor.learner": {PROCTOR},
    "proctor.message": {PROCTOR},
    "proctor.pause": {PROCTOR},
    "proctor.resume": {PROCTOR},
    "proctor.extend": {PROCTOR},
    "proctor.end": {PROCTOR},
    "proctor.message_all": {PROCTOR},
    "proctor.pause_all": {PROCTOR},
    "proctor.resume_all": {PROCTOR},
    "proctor.latest_frame": {PROCTOR},
    "integrity.incidents": {INTEGRITY},
    "integrity.incident": {INTEGRITY},
    "integrity.decide": {INTEGRITY},
    "integrity.picture": {INTEGRITY},
    "awarding.results": {AWARDING},
    "awarding.result": {AWARDING},
    "awarding.answer": {AWARDING},
    "awarding.credentials": {AWARDING},
    "awarding.credential": {AWARDING},
    "credentials.new": {AWARDING},
    "credentials.create": {AWARDING},
    "credentials.import_form": {AWARDING},
    "credentials.import_file": {AWARDING},
    "credentials.template": {AWARDING},
    "credentials.edit": {AWARDING},
    "credentials.save": {AWARDING},
    "credentials.export": {AWARDING},
    "credentials.print_pdf": {AWARDING},
    "credentials.difference": {AWARDING},
    "credentials.publish": {AWARDING},
    "credentials.withdraw": {AWARDING},
    "credentials.new_version": {AWARDING},
    "credentials.permit": {AWARDING},
    "credentials.adopt_form": {AWARDING},
    "credentials.adopt": {AWARDING},
    "awarding.keys": {AWARDING},
    "awarding.issue_key": {AWARDING},
    "awarding.revoke_key": {AWARDING},
    "people.index": {ADMINISTRATOR},
    "people.invite": {ADMINISTRATOR},
    "people.withdraw_invitation": {ADMINISTRATOR},
    "people.settings": {ADMINISTRATOR},
    "people.person": {ADMINISTRATOR},
    "people.set_roles": {ADMINISTRATOR},
    "people.reset_password": {ADMINISTRATOR},
    "people.reset_second_factor": {ADMINISTRATOR},
    "people.set_active": {ADMINISTRATOR},
    "people.end_logins": {ADMINISTRATOR},
    "account.show": set(STAFF),
    "account.change_password": set(STAFF),
    "account.end_others": set(STAFF),
    "account.end_login": set(STAFF),
    "second_factor.ask": {ANYBODY},
    "second_factor.check": {ANYBODY},
    "second_factor.setup": set(STAFF),
    "second_factor.begin": set(STAFF),
    "second_factor.picture": set(STAFF),
    "second_factor.confirm": set(STAFF),
    "second_factor.new_codes": set(STAFF),
    "second_factor.remove": set(STAFF),
    "links.invitation": {ANYBODY},
    "links.accept": {ANYBODY},
    "links.forgotten": {ANYBODY},
    "links.ask_new_password": {ANYBODY},
    "links.reset": {ANYBODY},
    "links.set_new_password": {ANYBODY},
    "oidc.begin": {ANYBODY},
    "oidc.callback": {ANYBODY},
    "oidc.confirm": {ANYBODY},
    "oidc.begin_link": set(STAFF),
    "oidc.settings": {ADMINISTRATOR},
    "oidc.save": {ADMINISTRATOR},
    "oidc.remove": {ADMINISTRATOR},
    "lti.begin": {ANYBODY},
    "lti.begin_by_form": {ANYBODY},
    "lti.launch": {ANYBODY},
    "lti.choose": {ANYBODY},
    "lti.our_keys": {ANYBODY},
    "lti.settings": {ADMINISTRATOR},
    "lti.register": {ADMINISTRATOR},
    "lti.remove": {ADMINISTRATOR},
    "api.results": {API_KEY},
    "api.acknowledge": {API_KEY},
}

# The one who may is answered otherwise than by 200 or 302, for a reason that has nothing to do with who asks.
FOR_ANOTHER_REASON = {
    "public.enter": 404,  # no such code
    "public.sign_in_check": 401,  # no such person
    "blueprints.waive": 409,  # nothing blocks the blueprint
    "learner.consent": 422,  # nothing was ticked
    "learner.photo": 409,  # a sitting without a camera
    "learner.result": 409,  # not declared yet
    "room.media": 404,  # the sample's items show nothing; `test_rich_room` has those that do
    "offline.media": 404,  # nor is there anything to keep on the device
    "room.save_move": 404,  # the sample's paper has no sections; `test_sections` has one that does
    "room.upload": 422,  # no file was sent
    # no practice test has begun in this browser; `test_practice` has those that have
    **dict.fromkeys(
        ("practice.save_response", "practice.save_move", "practice.take_lease", "practice.submit"), 409
    ),
    "check.upload": 422,  # nothing was sent to be measured
    "formative.link": 404,  # no agency opened such a link; `test_formative` has one that did
    "formative.enter": 404,
    "practising.close_link": 404,
    "attempts.late": 409,  # the test still runs; `test_attempt_page` decides about a late answer
    "reviewing.comment": 422,  # nothing was said
    "editor.media": 404,  # no item of the sample shows a picture; `test_editor` has those that do
    "assessor.answer_file": 404,  # nor was one handed in
    "credentials.create": 422,  # nothing was filled in
    "credentials.import_file": 422,  # no file
    "credentials.save": 422,  # everything was left empty
    "credentials.adopt": 422,  # no credential was chosen
    **dict.fromkeys(
        ("imports.columns", "imports.save_columns", "imports.progress", "imports.state", "imports.refused"),
        404,  # nobody uploaded such a file
    ),
    "imports.forget": 404,  # no such columns were saved
    **dict.fromkeys(
        (
            "candidates.report",
            "candidates.columns",
            "candidates.save_columns",
            "candidates.problems",
            "candidates.enrol",
            "enrolments.progress",
            "enrolments.state",
            "enrolments.stop",
            "enrolments.go_on",
            "enrolments.codes",
        ),
        404,  # nobody brought in such a list; `test_candidates` has those that were
    ),
    **dict.fromkeys(
        ("browser.door", "browser.settings_file", "browser.leave"), 404
    ),  # no sitting uses it; see `test_browser`
    "candidates.slips": 422,  # no code was sent
    "entries.times": 422,  # no number of minutes was asked for
    "entries.absent": 409,  # they can still come; `test_scheduling_pages` has one who never came
    "entries.undo_absence": 409,
    "entries.reassess": 409,
    "notices.again": 409,  # it is for paper; `test_notices` has one that can be sent
    "links.invitation": 404,  # nobody was invited with that link; `test_people` has those that were
    "links.accept": 404,
    "links.reset": 404,
    "links.set_new_password": 404,
    "account.end_login": 404,  # nobody has such a login; `test_people` ends those that there are
    "account.change_password": 422,  # the old password was not given
    "second_factor.picture": 404,  # nothing waits to be scanned; `test_second_factor` has the way through it
    "second_factor.confirm": 404,
    "second_factor.new_codes": 409,
    "oidc.begin": 404,  # no organisation has a sign-in of its own; `test_sign_on` has one
    "oidc.callback": 403,
    "oidc.confirm": 403,
    "oidc.begin_link": 422,
    "oidc.save": 422,
    "lti.begin": 403,  # no platform sent them; `test_launches` has one
    "lti.begin_by_form": 403,
    "lti.launch": 403,
    "lti.choose": 403,
    "lti.register": 422,
}


# Forms of a learning platform's page: state and cookie take the place of the token (`test_launches`).
FROM_ELSEWHERE = {"lti.begin_by_form", "lti.launch"}
# What other awarding bodies published for everybody to adopt is shown to all of them.
PUBLISHED = {"credentials.adopt_form", "credentials.adopt"}


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
                "proctor.tile",
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
