# SPDX-License-Identifier: Apache-2.0
"""The prepared site with everybody who may knock at it, and a request of each of them to every route."""

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
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from core.privacy.model import PERIODS
from proctor import api as proctor
from tests import clips
from tests.conftest import NOON
from tests.web import panelled, sitting, world
from tests.web.reviewed import REVIEWED
from tests.web.site import COOKIE, Site, Visitor, open_site
from web import demo
from web.static_files import version

LEARNER, API_KEY = "learner", "api_key"

NEW_BATCH = {
    "name": "Pune",
    "place": "Pune, room 1",
    "opens_at": "2026-12-01T10:00",
    "closes_at": "2026-12-01T18:00",
    "forms": "1",
    "candidates": "Sana Khan, hi",
    "confirmed": "yes",
    "region": "IN-MH",
    "training_partner": "Pune Skills Centre",
    "empanelled": "yes",
}
SITTING = {"place": "Pune, room 2", "opens_at": "2026-12-02T10:00", "closes_at": "2026-12-02T18:00"}
ALLOCATION = {
    "name": "NSC-2026-130",
    "candidates": "20",
    "place": "Nagpur",
    "region": "IN-MH",
    "wanted_from": "2026-12-01",
    "wanted_until": "2026-12-31",
    "training_partner": "Pune Skills Centre",
    "empanelled": "yes",
}
# What a caller sends so that only the question who they are can refuse it; {names} are ids of the world.
SENT: dict[str, dict[str, str]] = {
    "public.enter": {"code": "WRONG-CODE"},
    "public.sign_in_check": {"email": "nobody@parakh.example", "password": "wrong"},
    "public.set_language": {"language": "en"},
    "author.approve_item": {"comment": ""},
    "author.reject_item": {"comment": "Say which mode is meant."},
    "corrections.ask": {
        "item": "{paper_item_id}",
        "kind": "everybody",
        "policy": "harm-free",
        "reason": "Both are right.",
    },
    "corrections.refuse": {"answer": "The key is right."},
    "imports.check": {"mode": "check", "credential_version_id": "{credential_id}"},
    "manager.create_batch": {**NEW_BATCH, "credential_version_id": "{credential_id}"},
    "manager.save_batch": {"name": "Nashik again", "region": "IN-MH"},
    "sittings.add_candidates": {"candidates": "Sana Khan, hi", "confirmed": "yes"},
    "sittings.assign": {"duty": "assessor", "person_id": "{assessor_id}"},
    "sittings.create": SITTING,
    "sittings.save": SITTING,
    "sittings.cancel": {"reason": "The centre is flooded."},
    "moving.move": {"entry": "{entry_id}", "to": "{sitting_id}", "action": "preview"},
    "entries.create": {"name": "Sana Khan", "language": "hi", "pathway": "trained", "confirmed": "yes"},
    "entries.save": {"name": "Mohan Lal", "language": "hi", "pathway": "trained"},
    "entries.accommodate": {"extra_minutes": "5", "why-extra_time": "Low vision", "action": "save"},
    "candidates.check": {"candidates": "Sana Khan, hi", "language": "hi"},
    "candidates.new_codes": {"entry": "{watched_entry_id}"},
    "entries.reassess": {"asked_on": "2026-11-22", "sitting_id": "{sitting_id}"},
    "engaging.create": {
        "agency_id": "{other_agency_id}",
        "credential_version_id": "{credential_id}",
        "region": "IN-MH",
        "first_day": "2026-12-01",
        "last_day": "2027-11-30",
    },
    "engaging.end": {"ends_from": "2026-12-31", "reason": "The contract was cancelled."},
    "allocations.refuse": {"reason": "No assessor speaks the language."},
    "allocating.create": {**ALLOCATION, "engagement_id": "{engagement_id}"},
    "allocating.withdraw": {"reason": "The centre is closed."},
    "allocating.set_policy": {"ask_within_days": "20", "hold_within_months": "4"},
    "editor.create": {"parts.0.kind": "order", "do": "look"},
    "editor.save": {"parts.0.kind": "order", "do": "look"},
    "editor.preview": {"parts.0.kind": "order"},
    "editor.copy": {"external_id": "SDP-COPY-1"},
    "blueprints.create": {
        "credential": "{credential_id}",
        "master_fails": "10",
        "guesser_passes": "6",
        "language": "hi",
    },
    "blueprints.proof": {
        "credential": "{credential_id}",
        "master_fails": "10",
        "guesser_passes": "6",
        "language": "hi",
    },
    "blueprints.waive": {"reason": "The awarding body asked for a pilot."},
    "blueprints.draw": {"papers": "1"},
    "assessor.save": {"note": "", "PC1-P1": "2"},
    "attempts.credit": {"minutes": "5", "reason": "The line was down", "beyond": "So was the router"},
    "attempts.late": {"decision": "admit", "device": "phone", "seq": "1", "item": "x", "reason": "No line"},
    "browser.save_rules": {"secure_browser": "offered"},
    "browser.release": {"reason": "The program does not start"},
    "browser.release_by_proctor": {"reason": "The program does not start"},
    "proctor.message": {"text": "Please look at the camera."},
    "proctor.message_all": {"text": "Ten minutes left."},
    "proctor.pause_all": {"reason": "Fire alarm"},
    "walls.hint": {"hint": "quiet"},
    "walls.raise_incident": {"reason": "Somebody spoke in the room"},
    "shifts.share": {"evenly": "yes"},
    "shifts.offer": {"to": "nobody", "which": "all", "note": "All is calm."},
    "shifts.answer": {"answer": "accept"},
    "proctor.extend": {"minutes": "5", "reason": "Fire alarm"},
    "proctor.end": {"reason": "Left the room"},
    "watching.grant": {"profile": "tics", "proof": "own_word", "reason": "By her own word"},
    "watching.guardian_paper": {"name": "Meena Das", "relation": "mother", "reason": "No phone"},
    "watching.guardian_withdraws": {"reason": "She called and said no"},
    "watching.settle": {"invigilator": "Asha Rao", "reason": "Sits in the room"},
    "consent.ask_guardian": {"name": "Meena Das", "relation": "mother", "contact": "9876543210"},
    "consent.guardian_code": {"code": "123456"},
    "learner_review.explain": {"incident": "{upheld_id}", "reason": "thinking"},
    "learner_review.appeal": {"incident": "{upheld_id}", "text": "I was there."},
    "integrity.decide": {"verdict": "dismissed", "reason": "A cat walked by."},
    "attempt_reviews.decide": {
        "verdict-{incident_id}": "dismissed",
        "reason-{incident_id}": "A cat walked by.",
    },
    "attempt_reviews.raise_note": {"reason": "He spoke for a minute."},
    "attempt_reviews.appeal": {"outcome": "refused", "reason": "The pictures are clear."},
    "blind_reviews.share": {"percent": "10"},
    "blind_reviews.answer": {"answer": "nothing"},
    "awarding.answer": {"decision": "accept"},
    "privacy_desk.save_periods": {
        "mode": "delete_early",
        "appeal_days": "15",
        **{f"days-{one.value}": str(period.days) for one, period in PERIODS.items()},
    },
    "privacy_desk.ask_for_entry": {"reason": "By letter of 3 November."},
    "privacy_desk.refuse": {"reason": "A court asked for it."},
    "awarding.issue_key": {"label": "Night"},
    "people.invite": {"name": "Sana", "email": "sana@new.example", "role": "{a_role}", "language": "en"},
    "practice.start": {"show": "en"},
    "formative.answer": {"number": "1", "value": "null"},
    "practising.open_link": {"credential_version_id": "{credential_id}"},
    "practising.change_pool": {"item": "{draft_id}", "action": "give"},
    "people.set_roles": {"role": "{a_role}"},
    "people.set_active": {"active": "yes"},
    "links.ask_new_password": {"email": "nobody@nowhere.example"},
    **panelled.SENT,
}
SENT_JSON: dict[str, dict[str, Any]] = {
    "room.save_response": {
        "device": "phone",
        "epoch": 1,
        "item": "{room_item}",
        "value": None,
        "client_time": "",
    },
    "room.save_move": {
        "device": "phone",
        "epoch": 1,
        "kind": "enter_section",
        "target": "s1",
        "client_time": "",
    },
    "room.take_lease": {"device": "phone"},
    "telemetry.take": {
        "device": "phone",
        "sent_ms": 2,
        "notes": [{"number": 1, "kind": "blur", "typing": False}],
    },
    "browser.prove": {"config": "", "exam": ""},
    "room.submit": {"device": "phone", "epoch": 1},
    "calls.write": {"number": 1, "text": "My keyboard hangs"},
    "calls.hand": {"raised": True},
    "practice.save_response": {"device": "phone", "epoch": 1, "item": "x", "value": None, "client_time": ""},
    "practice.save_move": {"device": "phone", "epoch": 1, "kind": "visit", "target": "x", "client_time": ""},
    "practice.take_lease": {"device": "phone"},
    "practice.submit": {"device": "phone", "epoch": 1},
    "check.keep": {"line": "ok"},
    "api.acknowledge": {"decision": "acknowledged"},
}
# Which id of the world a route's <name> stands for, where it is not the one of the same name.
OTHER_ID = {
    ("author.submit_item", "item_id"): "draft_id",
    ("watching.end_exemption", "entry_id"): "watched_entry_id",
    ("watching.notice", "entry_id"): "agreed_entry_id",
    ("author.approve_item", "item_id"): "in_review_id",
    ("author.reject_item", "item_id"): "in_review_id",
    ("attempt_reviews.appeal", "attempt_id"): "reviewed_attempt_id",
    ("proctor.entry_picture", "evidence_id"): "photo_id",
    ("learner_review.picture", "evidence_id"): "reviewed_evidence_id",
    **{(f"blind_reviews.{name}", "task_id"): "review_task_id" for name in ("look", "answer", "raise_mark")},
    ("manager.declare", "result_id"): "provisional_id",
    ("corrections.take_back", "correction_id"): "decided_correction_id",
    ("analyses.order", "kind"): "report_kind",
    ("analyses.table_file", "section"): "report_section",
    ("analyses.body_table_file", "section"): "report_section",
    ("sittings.save", "sitting_id"): "later_sitting_id",
    ("sittings.cancel", "sitting_id"): "later_sitting_id",
    ("credentials.edit", "credential_id"): "draft_credential_id",
    ("credentials.save", "credential_id"): "draft_credential_id",
    ("credentials.publish", "credential_id"): "draft_credential_id",
    ("credentials.difference", "other_id"): "draft_credential_id",
    **panelled.OTHER_ID,
}
# What a learner may see only when the test is over is asked for by one whose test is.
FINISHED = "learner whose test is over"
AFTERWARDS = {
    "learner_review.review",
    "learner_review.picture",
    "learner_review.explain",
    "learner_review.appeal",
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

    def url(self, rule: Rule, name: str = "") -> str:
        """The address of a route, with ids of the sample's own tenants; of two, with those of the caller's."""
        ids = {**self.world.ids, "seq": 1, "version": version(), "filename": "css/kasauti.css"}
        ids |= {"section": "basics", "kind": "json", "language": "en"}
        ids |= {"report_kind": "items", "report_section": "criteria"}
        ids |= {"sha256": "0" * 64}
        ids |= {"ref": "aaaaaaaaaaaaaaaa", "file_id": "01nobody"}
        ids |= {
            "token": "nobodys-file",
            "mapping_id": "01nobody",
            "slug": "nobodys-door",
            "login_id": "01nobody",
            "link_id": "01nobody",
        }
        if rule.endpoint == "device_file":
            spec = next(one for one in proctor.locked_models() if one.on_devices)
            ids |= {"sha": spec.sha256[:16], "filename": spec.file}
        if rule.endpoint == "vendor":
            ids["filename"] = next(path.name for path in self.site.parts.config.browser.iterdir())
        known = {one: OTHER_ID.get((rule.endpoint, one), one) for one in rule.arguments}
        if name == "awarding_body":
            known = {one: panelled.OF_THE_BODY.get(of, of) for one, of in known.items()}
        values = {one: ids[of] for one, of in known.items()}
        return self.site.app.url_map.bind("localhost").build(rule.endpoint, values, method=method_of(rule))

    def call(
        self,
        name: str,
        rule: Rule,
        *,
        with_token: bool = True,
        method: str | None = None,
        content: dict[str, Any] | None = None,
    ) -> TestResponse:
        """One request of one caller, in a browser of its own, so that a cookie that is taken away stays with us.

        `content` is sent in place of what the route usually gets.
        """
        caller = self.callers[FINISHED if name == LEARNER and rule.endpoint in AFTERWARDS else name]
        client = self.site.visitor().client
        for cookie, value in caller.cookies.items():
            client.set_cookie(cookie, value)
        method = method or method_of(rule)
        headers = dict(caller.headers)
        if with_token and method in UNSAFE:
            headers["X-CSRFToken"] = caller.token
        if content is None:
            content = self.content(rule) if method in UNSAFE else {}
        return client.open(self.url(rule, name), method=method, headers=headers, **content)

    def content(self, rule: Rule) -> dict[str, Any]:
        """What is sent along, so that only the question who asks can refuse it."""
        ids = {**self.world.ids, "room_item": self.room_item, "a_role": "proctor"}
        if rule.endpoint in SENT_JSON:
            return {"json": {name: filled(value, ids) for name, value in SENT_JSON[rule.endpoint].items()}}
        if rule.endpoint == "learner.photo":
            return {"data": clips.to_jpeg(clips.picture("present")), "content_type": "image/jpeg"}
        form: dict[str, Any] = {
            filled(name, ids): filled(value, ids) for name, value in SENT.get(rule.endpoint, {}).items()
        }
        if rule.endpoint == "imports.check":
            form["file"] = (io.BytesIO(b"[]"), "items.json")
        return {"data": form}


def filled(value: Any, ids: dict[str, str]) -> Any:
    return value.format(**ids) if isinstance(value, str) else value


def method_of(rule: Rule) -> str:
    (method,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}
    return method


@contextmanager
def open_stage(sample_folder: Path, folder: Path) -> Iterator[Stage]:
    """Everybody signed in, on a copy of the sample in the middle of its work."""
    shutil.copytree(sample_folder, folder / "var")
    with open_site(folder / "var", at=NOON) as site:
        made = world.prepare(site)
        show_a_picture(site, made.ids["session_id"])
        visitors = {"anonymous": site.visitor(), LEARNER: site.learner(world.RUNNING)}
        visitors[FINISHED] = site.learner(REVIEWED)
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
