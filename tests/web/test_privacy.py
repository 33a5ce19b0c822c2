# SPDX-License-Identifier: Apache-2.0
"""A learner's data over HTTP: the page, the file, the request to delete, the manager's answer, and what is left."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from assessor import api as assessor
from core.identity.model import Role
from core.ids import new_id
from core.uow import Actor
from proctor import api as proctor
from proctor.evidence.tables import LookRow
from proctor.vision.observation import Box
from tests import clips
from tests.web import sitting
from tests.web.notices import letters
from tests.web.reviewing import another_reviewer
from tests.web.site import Site, Visitor, on_both
from tests.web.world import DECLARED, WATCHED, acting_as, declare_one, person, raise_an_incident

DAY = 86_400


def entry_of(site: Site, visitor: Visitor) -> str:
    with site.parts.store.read(Actor.system()) as uow:
        return assessor.attempt_summary(uow, site.attempt_of(visitor)).entry_id


def take_out(visitor: Visitor, **form: str) -> dict[str, Any]:
    """The file, opened: each document, and the bytes of everything else."""
    visitor.get("/learner/data")
    answer = visitor.post("/learner/data/export", form)
    assert (answer.status_code, answer.mimetype) == (200, "application/zip"), answer.text
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        assert file.testzip() is None
        return {
            name: json.loads(file.read(name)) if name.endswith(".json") else file.read(name)
            for name in file.namelist()
        }


def pull(site: Site) -> None:
    assert site.pull().status_code == 200


def confirm(site: Site, entry_id: str) -> None:
    manager = site.staff(Role.MANAGER)
    page = manager.get(f"/manager/entries/{entry_id}/data").text
    (path,) = re.findall(r'action="(/manager/erasures/[a-z0-9]+/confirm)"', page)
    assert manager.post(path).status_code == 302


def test_the_file_holds_what_the_learner_gave_and_no_more(site: Site) -> None:
    ids: dict[str, str] = {}
    raise_an_incident(site, ids)
    learner = site.learner(WATCHED)
    files = take_out(learner)
    assert {name for name in files if name.endswith(".json")} == {
        f"{name}.json"
        for name in (
            "about",
            "person",
            "test",
            "answers",
            "records",
            "watching",
            "consents",
            "messages",
            "access_log",
            "retention",
        )
    }
    assert files["person.json"]["name"] == WATCHED
    assert files["answers.json"]["questions"] == 24
    assert [one["rule"] for one in files["watching.json"]["incidents"]] == ["face_gone"]
    (incident,), (note,) = (files["watching.json"][name] for name in ("incidents", "notes"))
    assert incident["brought_up_by"] == "rule"
    for one in (incident, note):
        assert one["rule_version"]
        assert len(one["model_sha256"]) == 64
        assert "cause" in one
    assert files["watching.json"]["blind_looks"] == []
    pictures = files["watching.json"]["pictures"]
    assert {one["kind"] for one in pictures} == {"identity_photo", "onset"}
    assert all(files[one["file"]].startswith(b"\xff\xd8\xff") for one in pictures)
    assert files["consents.json"][0]["purposes"]
    assert files["consents.json"][0]["words"], "the words that were agreed to"
    assert files["retention.json"]["kept"]
    own = json.dumps([files["answers.json"], files["test.json"], files["watching.json"]])
    assert "correct" not in own
    assert "rationale" not in own


def test_nobody_elses_face_leaves_with_the_file(site: Site) -> None:
    ids: dict[str, str] = {}
    raise_an_incident(site, ids)
    two = clips.to_jpeg(clips.picture("two"), quality=90)
    with site.parts.store.write(Actor.system()) as uow:
        from proctor.evidence.operations import keep_frame

        session = proctor.session_of_attempt(uow, ids["attempt_id"])
        assert session is not None
        frame = proctor.CapturedFrame(9, uow.now, two)
        wide = Box(0, 0, 320, 240)
        keep_frame(
            uow,
            proctor.KeptFrame(proctor.EvidenceKind.SAMPLE, frame, (wide,)),
            session_id=session.id,
            attempt_id=session.attempt_id,
            organisation_id=session.organisation_id,
            incident_id=None,
            blobs=site.parts.blobs,
        )
    files = take_out(site.learner(WATCHED))
    by_kind = {one["kind"]: one for one in files["watching.json"]["pictures"]}
    assert by_kind["sample"]["hidden"] == "everything"
    assert by_kind["identity_photo"]["hidden"] == "background"
    seen = [
        site.parts.photo_detector.observe(proctor.decode_jpeg(files[one["file"]]), site.clock.now(), 0).faces
        for one in (by_kind["sample"], by_kind["identity_photo"])
    ]
    assert [len(faces) for faces in seen] == [0, 1]


def test_the_file_is_given_to_whoever_shows_the_code_again(site: Site) -> None:
    learner = site.learner(DECLARED)
    site.clock.advance(16 * 60)
    page = learner.get("/learner/data").text
    assert 'name="code"' in page
    assert learner.post("/learner/data/export", {"code": "K7QD-M2XP-9F"}).status_code == 403
    assert learner.post("/learner/data/export", {"code": site.code_of(WATCHED)}).status_code == 403
    assert learner.post("/learner/data/erasure").status_code == 403
    assert take_out(learner, code=site.code_of(DECLARED).lower())["person.json"]["name"] == DECLARED
    assert 'name="code"' not in learner.get("/learner/data").text


def test_everybody_who_looked_or_took_the_data_out_stands_on_both_pages(site: Site) -> None:
    ids: dict[str, str] = {}
    raise_an_incident(site, ids)
    learner = site.learner(WATCHED)
    learner.client.set_cookie("kasauti-language", "en")
    assert "Nobody has looked at a picture." in learner.get("/learner/data").text
    with site.parts.store.write(Actor.system()) as uow:
        acting = acting_as(uow, person(uow, Role.INTEGRITY_REVIEWER))
        proctor.view_evidence(
            acting,
            ids["evidence_id"],
            organisation_id=str(acting.actor.organisation_id),
            blobs=site.parts.blobs,
        )
    entry_id = entry_of(site, learner)
    manager = site.staff(Role.MANAGER)
    manager.get(f"/manager/entries/{entry_id}/data")
    assert manager.post(f"/manager/entries/{entry_id}/data/export").mimetype == "application/zip"
    learner.client.set_cookie("kasauti-language", "en")
    for page, reviewer in (
        (learner.get("/learner/data").text, "Reviewer 1"),
        (manager.get(f"/manager/entries/{entry_id}/data").text, "Joseph Lakra"),
    ):
        assert f"<strong>{reviewer}</strong>" in page
        assert "Meera Deshpande" in page
    assert "Joseph Lakra" not in learner.get("/learner/data").text, "who decides need not fear the learner"
    log = take_out(learner)["access_log.json"]
    assert [one["who"] for one in log] == ["reviewer 1", "Meera Deshpande"]


def test_of_many_looks_the_page_lists_the_newest_and_the_file_all(site: Site) -> None:
    ids: dict[str, str] = {}
    raise_an_incident(site, ids)
    learner = site.learner(WATCHED)
    learner.client.set_cookie("kasauti-language", "en")
    with site.parts.store.write(Actor.system()) as uow:
        reader = person(uow, Role.INTEGRITY_REVIEWER)
        shown = proctor.evidence(uow, ids["evidence_id"], organisation_id=str(reader.organisation_id))
        for number in range(501):
            uow.db.add(
                LookRow(
                    id=new_id(),
                    organisation_id=shown.organisation_id,
                    attempt_id=shown.attempt_id,
                    evidence_id=shown.id,
                    kind=shown.kind,
                    captured_at=shown.captured_at,
                    actor_kind="person",
                    actor_id=reader.id,
                    at=uow.now - timedelta(seconds=number),
                )
            )
    page = learner.get("/learner/data").text
    assert page.count("<strong>Reviewer 1</strong>") == 500
    assert "Only the newest 500 are listed here." in page
    log = take_out(learner)["access_log.json"]
    assert [one["who"] for one in log].count("reviewer 1") == 501


def test_who_opened_the_review_stands_there_once_an_hour_without_a_picture(site: Site) -> None:
    ids: dict[str, str] = {}
    raise_an_incident(site, ids)
    learner = site.learner(WATCHED)
    learner.client.set_cookie("kasauti-language", "en")
    reviewer = site.staff(Role.INTEGRITY_REVIEWER)
    pages = (f"/integrity/attempts/{ids['attempt_id']}", f"/integrity/incidents/{ids['incident_id']}")
    for path in (*pages, *pages):
        assert reviewer.get(path).status_code == 200
    assert learner.get("/learner/data").text.count("</strong>, opened the review") == 1
    site.clock.advance(3601)
    assert reviewer.get(pages[1]).status_code == 200
    assert learner.get("/learner/data").text.count("<strong>Reviewer 1</strong>, opened the review") == 2
    code = site.code_of(WATCHED)
    log = take_out(learner, code=code)["access_log.json"]
    assert [(one["who"], one["what"]) for one in log] == [("reviewer 1", "review")] * 2
    stranger, _ = another_reviewer(site, 1)
    assert stranger.get(f"/integrity/attempts/{'0' * 26}").status_code == 404
    assert len(take_out(learner, code=code)["access_log.json"]) == 3, "the export alone came to it"


def test_another_agency_finds_nobody(site: Site) -> None:
    learner = site.learner(DECLARED)
    entry_id = entry_of(site, learner)
    stranger = site.sign_in("admin@nirantar.example")
    assert stranger.get(f"/manager/entries/{entry_id}/data").status_code == 404


@on_both
def test_from_the_learners_request_to_the_receipt(site: Site) -> None:
    declare_one(site)
    pull(site)
    learner = site.learner(DECLARED)
    entry_id, attempt_id = entry_of(site, learner), site.attempt_of(learner)
    learner.get("/learner/data")
    assert learner.post("/learner/data/erasure").status_code == 302
    assert "Requested" in learner.get("/learner/data").text
    assert DECLARED in site.staff(Role.MANAGER).get("/manager/privacy").text
    confirm(site, entry_id)
    site.worker.round()
    assert "Your data is deleted on" in learner.get("/learner/data").text
    site.clock.advance(2 * DAY - 1)
    site.worker.round()
    assert site.learner(DECLARED).get("/learner").status_code == 200
    site.clock.advance(901)
    site.worker.round()
    visitor = site.visitor()
    visitor.get("/")
    assert visitor.post("/enter", {"code": site.code_of(DECLARED)}).status_code == 404
    assert learner.get("/learner/data").status_code in (302, 404)
    manager = site.staff(Role.MANAGER)
    page = manager.get(f"/manager/entries/{entry_id}/data").text
    assert DECLARED not in page
    assert "Deleted" in page
    receipts = manager.get("/manager/privacy/receipts.csv").text
    assert "particulars" in receipts
    assert manager.get(f"/manager/entries/{entry_id}").status_code == 200
    assert manager.get(f"/manager/attempts/{attempt_id}").status_code == 200
    assert site.pull().status_code == 200


def test_what_must_wait_is_said_and_nothing_is_confirmed_before(site: Site) -> None:
    ids: dict[str, str] = {}
    raise_an_incident(site, ids)
    learner = site.learner(WATCHED)
    learner.client.set_cookie("kasauti-language", "en")
    learner.get("/learner/data")
    learner.post("/learner/data/erasure")
    page = learner.get("/learner/data").text
    assert "The test is not over." in page
    assert "A person still has to decide about an incident." in page
    entry_id = entry_of(site, learner)
    manager = site.staff(Role.MANAGER)
    desk = manager.get(f"/manager/entries/{entry_id}/data").text
    assert "/confirm" not in desk
    (path,) = re.findall(r'action="(/manager/erasures/[a-z0-9]+)/refuse"', desk)
    assert manager.post(f"{path}/confirm").status_code == 409
    assert manager.post(f"{path}/refuse", {"reason": " "}).status_code == 422
    assert manager.post(f"{path}/refuse", {"reason": "The case is open."}).status_code == 302
    assert "The case is open." in learner.get("/learner/data").text
    assert learner.post("/learner/data/erasure/back").status_code == 409


def test_the_learner_can_take_it_back_until_it_is_done(site: Site) -> None:
    declare_one(site)
    pull(site)
    learner = site.learner(DECLARED)
    learner.get("/learner/data")
    learner.post("/learner/data/erasure")
    confirm(site, entry_of(site, learner))
    assert learner.post("/learner/data/erasure/back").status_code == 302
    site.clock.advance(3 * DAY)
    site.worker.round()
    assert site.learner(DECLARED).get("/learner/data").status_code == 200


def test_the_notice_leaves_48_hours_ahead_and_the_receipt_after(site: Site) -> None:
    declare_one(site)
    pull(site)
    learner = site.learner(DECLARED)
    entry_id = entry_of(site, learner)
    with site.parts.store.write(Actor.system()) as uow:
        from sqlalchemy import text

        uow.db.execute(text("UPDATE candidates SET email = 'gurpreet@learners.example'"))
    manager = site.staff(Role.MANAGER)
    manager.get(f"/manager/entries/{entry_id}/data")
    manager.post(f"/manager/entries/{entry_id}/data/erasure", {"reason": "By letter."})
    confirm(site, entry_id)
    subjects = {one["Subject"] for one in letters(site)}
    assert "We will delete your personal data" in subjects
    assert "Your personal data is deleted" not in subjects
    site.clock.advance(2 * DAY + 901)
    (last,) = [one for one in letters(site) if one["Subject"] == "Your personal data is deleted"]
    assert last["To"] == "gurpreet@learners.example"
    assert re.search(r"number [a-z0-9]{26}", str(last.get_content()).replace("\n", " "))


def test_the_periods_are_chosen_within_their_limits(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    page = manager.get("/manager/privacy").text
    form = dict(re.findall(r'name="(days-[a-z_]+|appeal_days)"[^>]*value="(\d+)"', page))
    assert len(form) == 9
    refused = manager.post("/manager/privacy", {**form, "mode": "delete_early", "days-samples": "91"})
    assert refused.status_code == 422
    assert "Choose a number from 1 to 90." in refused.text
    assert 'value="91"' in refused.text
    assert manager.post("/manager/privacy", {**form, "mode": "for_ever"}).status_code == 422
    assert manager.post("/manager/privacy", {**form, "mode": "keep_a_year"}).status_code == 302
    assert re.search(r'value="keep_a_year"[^>]*checked', manager.get("/manager/privacy").text)


def test_withdrawing_consent_stops_the_watching_and_deletes_nothing_by_itself(site: Site) -> None:
    ids: dict[str, str] = {}
    raise_an_incident(site, ids)
    learner = site.learner(WATCHED)
    learner.client.set_cookie("kasauti-language", "en")
    learner.get("/learner/consent")
    assert learner.post("/learner/consent/withdraw").status_code == 302
    page = learner.get("/learner/data").text
    assert "Photo and ID card from before the test" in page
    learner.get("/learner/data")
    assert learner.post("/learner/data/erasure").status_code == 302


@pytest.mark.parametrize("path", ["/learner/data/export", "/learner/data/erasure"])
def test_a_stranger_gets_nothing(site: Site, path: str) -> None:
    stranger = site.visitor()
    stranger.get("/")
    assert stranger.post(path).status_code == 401


def test_a_room_that_was_sat_is_in_the_file_answer_by_answer(site: Site) -> None:
    room = sitting.begin(site.learner(DECLARED))
    room.answer_everything()
    room.hand_in()
    answers = take_out(site.learner(DECLARED))["answers.json"]["answers"]
    assert [one["question"] for one in answers] == list(range(1, 25))
    assert any(one["answer"] == sitting.WORD for one in answers)
