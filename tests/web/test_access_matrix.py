# SPDX-License-Identifier: Apache-2.0
"""Every route against everybody who might call it. What is expected is written out here and nowhere else.

The routes are read off the application, so that a route which is missing below fails, and so does one without a policy.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pysqlite3
import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from core.identity import operations as identity
from core.identity.model import Role
from core.uow import Actor
from tests import clips
from tests.conftest import NOON
from tests.web import sitting, world
from tests.web.site import COOKIE, Site, Visitor, open_site
from web import demo
from web.access import Audience, policy_of
from web.app import create_app
from web.static_files import version

ANYBODY = "anybody"
LEARNER = "learner"
API_KEY = "api_key"
STAFF = (
    "manager",
    "author",
    "reviewer",
    "assessor",
    "proctor",
    "integrity_reviewer",
    "awarding_body",
    "operator",
)
AUTHOR, REVIEWER, MANAGER = Role.AUTHOR.value, Role.REVIEWER.value, Role.MANAGER.value
ASSESSOR, PROCTOR, INTEGRITY = Role.ASSESSOR.value, Role.PROCTOR.value, Role.INTEGRITY_REVIEWER.value
AWARDING = Role.AWARDING_BODY.value

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
    "room.room": {LEARNER},
    "room.state": {LEARNER},
    "room.save_response": {LEARNER},
    "room.take_lease": {LEARNER},
    "room.submit": {LEARNER},
    "author.items": {AUTHOR, REVIEWER},
    "author.item": {AUTHOR, REVIEWER},
    "author.submit_item": {AUTHOR},
    "author.approve_item": {REVIEWER},
    "author.reject_item": {REVIEWER},
    "author.withdraw_item": {AUTHOR, REVIEWER},
    "author.import_form": {AUTHOR},
    "author.import_check": {AUTHOR},
    "author.import_template": {AUTHOR},
    "manager.batches": {MANAGER},
    "manager.new_batch": {MANAGER},
    "manager.create_batch": {MANAGER},
    "manager.batch": {MANAGER},
    "manager.add_candidates": {MANAGER},
    "manager.assign": {MANAGER},
    "manager.reissue_code": {MANAGER},
    "manager.withdraw": {MANAGER},
    "manager.result": {MANAGER},
    "manager.declare": {MANAGER},
    "manager.declare_all": {MANAGER},
    "assessor.tasks": {ASSESSOR},
    "assessor.task": {ASSESSOR},
    "assessor.save": {ASSESSOR},
    "proctor.sittings": {PROCTOR},
    "proctor.wall": {PROCTOR},
    "proctor.tile": {PROCTOR},
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
    "awarding.keys": {AWARDING},
    "awarding.issue_key": {AWARDING},
    "awarding.revoke_key": {AWARDING},
    "api.results": {API_KEY},
    "api.acknowledge": {API_KEY},
}

NEW_BATCH = {
    "name": "Pune",
    "place": "Pune, room 1",
    "opens_at": "2026-12-01T10:00",
    "closes_at": "2026-12-01T18:00",
    "forms": "1",
    "candidates": "Sana Khan, hi",
}
# What a caller sends so that only the question who they are can refuse it; {names} are ids of the world.
SENT: dict[str, dict[str, str]] = {
    "public.enter": {"code": "WRONG-CODE"},
    "public.sign_in_check": {"email": "nobody@parakh.example", "password": "wrong"},
    "public.set_language": {"language": "en"},
    "author.approve_item": {"comment": ""},
    "author.reject_item": {"comment": "Say which mode is meant."},
    "author.import_check": {"mode": "check", "credential_version_id": "{credential_id}"},
    "manager.create_batch": {**NEW_BATCH, "credential_version_id": "{credential_id}"},
    "manager.add_candidates": {"candidates": "Sana Khan, hi"},
    "manager.assign": {"duty": "assessor", "person_id": "{assessor_id}"},
    "assessor.save": {"note": "", "PC1-P1": "2"},
    "integrity.decide": {"verdict": "dismissed", "reason": "A cat walked by."},
    "awarding.answer": {"decision": "accept"},
    "awarding.issue_key": {"label": "Night"},
}
SENT_JSON: dict[str, dict[str, Any]] = {
    "room.save_response": {
        "device": "phone",
        "epoch": 1,
        "item": "{room_item}",
        "value": None,
        "client_time": "",
    },
    "room.take_lease": {"device": "phone"},
    "room.submit": {"device": "phone", "epoch": 1},
    "api.acknowledge": {"decision": "acknowledged"},
}
# Which id of the world a route's <name> stands for, where it is not the one of the same name.
OTHER_ID = {
    ("author.submit_item", "item_id"): "draft_id",
    ("author.approve_item", "item_id"): "in_review_id",
    ("author.reject_item", "item_id"): "in_review_id",
    ("manager.declare", "result_id"): "provisional_id",
}
# The one who may is answered otherwise than by 200 or 302, for a reason that has nothing to do with who asks.
FOR_ANOTHER_REASON = {
    "public.enter": 404,  # no such code
    "public.sign_in_check": 401,  # no such person
    "learner.consent": 422,  # nothing was ticked
    "learner.photo": 409,  # a sitting without a camera
    "learner.result": 409,  # not declared yet
}
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
SESSION = "kasauti"


@dataclass(frozen=True)
class Caller:
    """What somebody's browser or program brings along."""

    cookies: dict[str, str]
    token: str
    headers: dict[str, str]


@dataclass
class Stage:
    """The prepared site, everybody who may knock at it, and a copy of its database to go back to."""

    site: Site
    world: world.World
    callers: dict[str, Caller]
    kept: Path
    room_item: str

    @property
    def database(self) -> Path:
        return self.site.parts.config.var / "kasauti.db"

    def restore(self) -> None:
        """Undo whatever the last caller did."""
        self.site.parts.engine.dispose()
        for suffix in ("-wal", "-shm"):
            self.database.with_name(self.database.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self.kept, self.database)

    def rules(self) -> list[Rule]:
        return sorted(self.site.app.url_map.iter_rules(), key=lambda rule: (rule.rule, method_of(rule)))

    def url(self, rule: Rule) -> str:
        """The address of a route, with ids of the sample's own tenants."""
        ids = {**self.world.ids, "seq": 1, "version": version(), "filename": "css/kasauti.css"}
        if rule.endpoint == "vendor":
            ids["filename"] = next(path.name for path in self.site.parts.config.browser.iterdir())
        values = {name: ids[OTHER_ID.get((rule.endpoint, name), name)] for name in rule.arguments}
        return self.site.app.url_map.bind("localhost").build(rule.endpoint, values, method=method_of(rule))

    def call(
        self, name: str, rule: Rule, *, with_token: bool = True, method: str | None = None
    ) -> TestResponse:
        """One request of one caller, in a browser of its own, so that a cookie that is taken away stays with us."""
        caller = self.callers[name]
        client = self.site.visitor().client
        for cookie, value in caller.cookies.items():
            client.set_cookie(cookie, value)
        method = method or method_of(rule)
        headers = dict(caller.headers)
        if with_token and method in UNSAFE:
            headers["X-CSRFToken"] = caller.token
        content = self.content(rule) if method in UNSAFE else {}
        return client.open(self.url(rule), method=method, headers=headers, **content)

    def content(self, rule: Rule) -> dict[str, Any]:
        """What is sent along, so that only the question who asks can refuse it."""
        ids = {**self.world.ids, "room_item": self.room_item}
        if rule.endpoint in SENT_JSON:
            return {"json": {name: filled(value, ids) for name, value in SENT_JSON[rule.endpoint].items()}}
        if rule.endpoint == "learner.photo":
            return {"data": clips.to_jpeg(clips.picture("present")), "content_type": "image/jpeg"}
        form: dict[str, Any] = {
            name: filled(value, ids) for name, value in SENT.get(rule.endpoint, {}).items()
        }
        if rule.endpoint == "author.import_check":
            form["file"] = (io.BytesIO(b"[]"), "items.json")
        return {"data": form}


def filled(value: Any, ids: dict[str, str]) -> Any:
    return value.format(**ids) if isinstance(value, str) else value


def method_of(rule: Rule) -> str:
    (method,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}
    return method


@pytest.fixture(scope="module")
def stage(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("stage")
    shutil.copytree(sample_folder, folder / "var")
    with open_site(folder / "var", at=NOON) as site:
        made = world.prepare(site)
        show_a_picture(site, made.ids["session_id"])
        visitors = {"anonymous": site.visitor(), LEARNER: site.learner(world.RUNNING)}
        visitors |= {person.role.value: site.staff(person.role) for person in demo.STAFF}
        visitors |= {name: site.sign_in(email) for name, email in made.emails.items()}
        for visitor in visitors.values():
            visitor.get("/sign-in")
        callers = {name: Caller(cookies_of(visitor), visitor.token, {}) for name, visitor in visitors.items()}
        nobody = callers["anonymous"]
        for name, secret in made.keys.items():
            bearer = {"Authorization": f"Bearer {secret}"}
            callers[name] = Caller(nobody.cookies, nobody.token, bearer)
        room = sitting.open_room(site.learner(world.RUNNING))
        site.parts.engine.dispose()  # the last connection takes the log into the file
        kept = folder / "kept.db"
        shutil.copyfile(site.parts.config.var / "kasauti.db", kept)
        yield Stage(site, made, callers, kept, room.choice)


def show_a_picture(site: Site, session_id: str) -> None:
    """The watched learner's camera has sent one frame."""
    pipeline = site.parts.pipeline
    pipeline.start()
    pipeline.connected(session_id, at=site.clock.now())
    assert pipeline.offer(session_id, 1, clips.to_jpeg(clips.picture("present")), site.clock.now()).ok
    assert pipeline.drain(20)


def cookies_of(visitor: Visitor) -> dict[str, str]:
    found = {name: visitor.client.get_cookie(name) for name in (SESSION, COOKIE)}
    return {name: cookie.value for name, cookie in found.items() if cookie is not None}


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
                    if answer.status_code != 200:
                        wrong.append(f"{name}: {rule.rule}: {answer.status}")
                if answer is not None and (fault := told(stage, answer, f"other {name}")):
                    wrong.append(f"{name}: {method_of(rule)} {rule.rule}: {fault}")
        assert changes() == 0
    assert wrong == []


@pytest.mark.parametrize("endpoint", ["author.import_check", "manager.create_batch"])
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
        ("unassigned proctor", ["proctor.wall", "proctor.tile", "proctor.latest_frame"]),
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
            if method_of(rule) not in UNSAFE or API_KEY in who:
                continue
            for name in {"anonymous", *(who - {ANYBODY})}:
                answer = stage.call(name, rule, with_token=False)
                if answer.status_code != 400:
                    wrong.append(f"{name}: {rule.rule}: {answer.status}")
        assert changes() == 0
    assert wrong == []


@contextmanager
def watching(database: Path) -> Iterator[Callable[[], int]]:
    """Count the commits that others make to a database."""
    with closing(pysqlite3.connect(database)) as connection:
        first = connection.execute("PRAGMA data_version").fetchone()[0]
        yield lambda: connection.execute("PRAGMA data_version").fetchone()[0] - first


def told(stage: Stage, answer: TestResponse, name: str) -> str | None:
    """What a refusal, or another tenant's page, gives away of the sample's tenants; None when it is nothing."""
    text = answer.get_data().decode("utf-8", "replace") + "\n".join(
        f"{key}: {value}" for key, value in answer.headers
    )
    secrets = {person for people in demo.LEARNERS.values() for person, _, _ in people} | {demo.BATCH}
    if name.startswith("other"):
        secrets |= {
            demo.AGENCY,
            demo.AWARDING_BODY,
            *demo.PLACES.values(),
            *(person.name for person in demo.STAFF),
        }
        secrets |= {"SDP/MC/0701", "Secure Digital Payments", "SDP-PC1"}
    secrets -= {world.RUNNING} if name == LEARNER else set()
    asked = urlsplit(answer.request.url).path
    secrets |= {one for one in stage.world.ids.values() if one not in asked}
    return next((f"gives away {secret!r}" for secret in sorted(secrets) if secret in text), None)
