# SPDX-License-Identifier: Apache-2.0
"""Agreeing to be watched, over HTTP: what nobody agreed to is not captured, and a no leads somewhere."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select, text

from assessor import api as assessor
from core.audit import AuditRow
from core.identity import consents
from core.identity.model import Role
from core.privacy.model import Mode, Settings
from core.privacy.operations import set_retention
from core.uow import Actor
from proctor import api as proctor
from tests import clips
from tests.unit.web.test_consent_notices import ACCUSING
from tests.web import sitting
from tests.web.calm import calm
from tests.web.site import Site, Visitor
from tests.web.test_sockets import FRAMES, Camera
from tests.web.world import acting_as, person

SYSTEM = Actor.system()
NAME = "Ravi Kumar"
BORN_LATE = "2010-01-01"


class Sent:
    """A port that keeps what it was given."""

    def __init__(self) -> None:
        self.bodies: list[str] = []

    def send(self, message: Any) -> None:
        self.bodies.append(message.body)


def entry_of(site: Site, name: str = NAME) -> assessor.Entry:
    with site.parts.store.read(SYSTEM) as uow:
        known = assessor.entry_by_code(uow, site.code_of(name), pepper=site.parts.code_pepper)
        return assessor.learner_entry(uow, known.entry_id)


def born(site: Site, day: str | None, name: str = NAME, **contact: str) -> None:
    """Change what is known of a sample learner's birth, and of how to reach the guardian."""
    values = {"born": day, "id": entry_of(site, name).candidate_id, "guardian": contact.get("guardian", "")}
    change = "UPDATE candidates SET date_of_birth = :born, guardian_contact = :guardian, guardian_name = 'Meena' WHERE id = :id"
    with site.parts.store.write(SYSTEM) as uow:
        uow.db.execute(text(change), values)


def session_of(site: Site, visitor: Visitor) -> proctor.SessionSummary | None:
    with site.parts.store.read(SYSTEM) as uow:
        return proctor.session_of_attempt(uow, site.attempt_of(visitor))


def emitted(site: Site, name: str) -> list[dict[str, Any]]:
    with site.parts.store.read(SYSTEM) as uow:
        return [row.payload for row in uow.db.scalars(select(AuditRow).where(AuditRow.name == name))]


def holds(site: Site) -> int:
    """How many holds there are on results."""
    with site.parts.store.read(SYSTEM) as uow:
        return int(uow.db.scalar(text("SELECT count(*) FROM holds")) or 0)


def every_capture_is_refused(visitor: Visitor, code: str) -> None:
    """Each route that takes a picture says no."""
    jpeg = clips.to_jpeg(clips.picture("present"))
    headers = {"X-CSRFToken": visitor.token, "Accept": "application/json"}
    for path in ("/learner/photo", "/learner/check-in/card", "/learner/check-in/frame"):
        answer = visitor.client.post(path, data=jpeg, content_type="image/jpeg", headers=headers)
        calm(answer, 409, code)


# --------------------------------------------------------------------------------------------- before a yes


def test_no_route_and_no_channel_takes_a_picture_before_the_learner_has_agreed(site: Site) -> None:
    visitor = site.learner(NAME)
    every_capture_is_refused(visitor, "consent_missing")
    assert not site.connect(visitor, FRAMES).is_connected(FRAMES)
    calm(visitor.post("/learner/start"), 409, "consent_missing")
    assert session_of(site, visitor) is None


def test_the_notice_is_itemised_in_the_learners_language_and_accuses_nobody(site: Site) -> None:
    visitor = site.learner(NAME)
    for language, word in (("en", "If you say no"), ("hi", "कैमरे की तस्वीरें")):
        visitor.client.set_cookie("kasauti-language", language)
        gate = visitor.get("/learner").text
        assert word in gate
        assert re.findall(r'name="purpose" value="([^"]+)"', gate) == [
            "answers",
            "photo",
            "camera",
            "browser",
        ]
        assert not ACCUSING.search(re.sub(r"<[^>]+>", " ", gate))


def test_the_words_that_were_agreed_to_can_be_read_again_after_the_words_have_changed(site: Site) -> None:
    visitor = site.learner(NAME)
    sitting.agree(visitor)
    entry = entry_of(site)
    with site.parts.store.write(SYSTEM) as uow:
        version = consents.consents_of(uow, entry.id)[0].notice_version
        uow.db.execute(
            text("UPDATE sittings SET retention_days = 30 WHERE id = :id"), {"id": entry.sitting.id}
        )
    gate = visitor.get("/learner").text
    asked = re.search(r'name="notice_version" value="([^"]+)"', gate)
    assert asked is not None, "other words are asked for anew"
    assert asked.group(1) != version
    assert "180 days" in visitor.get("/learner/consent").text
    manager = site.staff(Role.MANAGER)
    words = manager.get(f"/manager/entries/{entry.id}/notices/{version}")
    assert "180 days" in words.text
    assert "परीक्षा के बाद 180 दिन" in words.text
    assert "still give the hash" in words.text
    with site.parts.store.write(SYSTEM) as uow:
        uow.db.execute(
            text('UPDATE consent_notices SET document = \'{"items": [], "rights": {"en": "", "hi": ""}}\'')
        )
    assert "no longer give the hash" in manager.get(f"/manager/entries/{entry.id}/notices/{version}").text
    calm(manager.get(f"/manager/entries/{entry.id}/notices/{asked.group(1)}"), 404, "notice_version_unknown")


def test_where_data_is_kept_for_a_year_the_notice_says_so_and_is_another_one(site: Site) -> None:
    visitor = site.learner(NAME)
    visitor.get("/learner")
    before = sitting.notice_version(site, site.code_of(NAME))
    assert "180 days after the test" in visitor.get("/learner").text
    with site.parts.store.write(SYSTEM) as platform:
        uow = acting_as(platform, person(platform, Role.MANAGER))
        set_retention(uow, str(uow.actor.organisation_id), Settings(mode=Mode.KEEP_A_YEAR))
    gate = visitor.get("/learner").text
    assert "365 days after the test" in gate
    assert "180 days" not in gate
    version = sitting.notice_version(site, site.code_of(NAME))
    assert version != before
    given = {"notice_version": before, "purpose": ["answers", "photo", "camera", "browser"]}
    calm(visitor.post("/learner/consent", given), 409, "notice_changed")
    assert visitor.post("/learner/consent", {**given, "notice_version": version}).status_code == 302
    assert sitting.take_photo(visitor).status_code == 200


def test_what_was_agreed_to_can_be_taken_back_although_the_notice_changed_meanwhile(site: Site) -> None:
    manager, visitor = site.staff(Role.MANAGER), site.learner(NAME)
    page = f"/manager/sittings/{entry_of(site).sitting.id}/watching"
    manager.get(page)
    manager.post(page, {"voice": "yes", "mode": "full"})
    sitting.agree(visitor)
    assert sitting.take_photo(visitor).status_code == 200
    assert visitor.post("/learner/start").location == "/room"
    with site.parts.store.write(SYSTEM) as platform:
        uow = acting_as(platform, person(platform, Role.MANAGER))
        set_retention(uow, str(uow.actor.organisation_id), Settings(mode=Mode.KEEP_A_YEAR))
    visitor.get("/learner/consent")
    assert visitor.post("/learner/consent/withdraw", {"item": "voice"}).status_code == 302
    session = session_of(site, visitor)
    assert session is not None
    assert "voice" not in session.agreed
    assert "camera" in session.agreed


# ---------------------------------------------------------------------------------------------- taking it back


def test_a_consent_taken_back_before_the_start_stops_every_capture_and_can_be_given_again(site: Site) -> None:
    visitor = site.learner(NAME)
    sitting.agree(visitor)
    assert sitting.take_photo(visitor).status_code == 200
    visitor.get("/learner/consent")
    assert visitor.post("/learner/consent/withdraw").location == "/learner/consent"
    every_capture_is_refused(visitor, "consent_missing")
    calm(visitor.post("/learner/start"), 409, "consent_missing")
    (told,) = emitted(site, "consent_withdrawn")
    assert told["purposes"] == ["answers", "browser", "camera", "photo"]
    site.clock.advance(1)
    sitting.agree(visitor)
    assert sitting.take_photo(visitor).status_code == 200
    assert visitor.post("/learner/start").location == "/room"


def test_a_consent_taken_back_in_the_test_stops_the_camera_and_loses_no_answer(site: Site) -> None:
    camera = Camera(site, NAME)
    visitor = camera.visitor
    assert camera.send(clips.to_jpeg(clips.picture("present")))["ok"] is True
    room = sitting.open_room(visitor)
    assert room.save(room.text, "before").status_code == 200
    visitor.get("/learner/consent")
    assert visitor.post("/learner/consent/withdraw").location == "/learner/consent"

    assert camera.counters.dropped == 1, "what waits is looked at no more"
    assert camera.send(clips.to_jpeg(clips.picture("present")))["code"] == "session_not_active"
    assert not site.connect(visitor, FRAMES).is_connected(FRAMES)
    every_capture_is_refused(visitor, "session_ended")
    session = session_of(site, visitor)
    assert session is not None
    assert session.withdrawn

    assert "not watched by camera any more" in visitor.get("/learner/consent").text
    assert visitor.get("/learner").status_code == 200
    assert visitor.post("/learner/start").location == "/room", "whoever comes back is let in"
    assert room.save(room.text, "after").status_code == 200
    assert room.state()["proctored"] is False
    notes = [{"number": 7, "kind": "blur", "typing": False}]
    told = visitor.send("POST", "/room/telemetry", {"device": "laptop", "sent_ms": 9, "notes": notes})
    assert (told.status_code, told.get_json()) == (200, {"highest": 7}), "the page forgets it"
    with site.parts.store.read(SYSTEM) as uow:
        assert proctor.telemetry_of_attempt(uow, site.attempt_of(visitor)).notes == ()
    wishes = site.staff(Role.MANAGER).get("/manager/invigilation").text
    assert NAME in wishes
    assert "Test is running" in wishes
    assert emitted(site, "incident_raised") == []
    assert room.hand_in().status_code == 200
    assert holds(site) == 0


def test_a_clock_that_was_set_back_since_keeps_nobody_from_taking_a_consent_back(site: Site) -> None:
    manager, visitor = site.staff(Role.MANAGER), site.learner(NAME)
    page = f"/manager/sittings/{entry_of(site).sitting.id}/watching"
    manager.get(page)
    manager.post(page, {"voice": "yes", "mode": "full"})
    sitting.begin(visitor, proctored=True)
    site.clock.advance(-600)
    visitor.get("/learner/consent")
    for taken in ({"item": "voice"}, {}):
        assert visitor.post("/learner/consent/withdraw", taken).status_code == 302
    session = session_of(site, visitor)
    assert session is not None
    assert session.withdrawn
    with site.parts.store.read(SYSTEM) as uow:
        given = consents.consents_of(uow, entry_of(site).id)
    assert [one.withdrawn_at is not None for one in given] == [True, True]


def test_consent_can_be_taken_back_after_the_test_too(site: Site) -> None:
    visitor = site.learner(NAME)
    room = sitting.begin(visitor, proctored=True)
    room.hand_in()
    visitor.get("/learner/consent")
    assert visitor.post("/learner/consent/withdraw").status_code == 302
    assert "Taken back" in visitor.get("/learner/consent").text
    assert "/learner/review" in visitor.get("/learner").text, "what was seen before can still be seen"
    assert visitor.get("/learner/review").status_code == 200
    assert "Nobody is waiting" in site.staff(Role.MANAGER).get("/manager/invigilation").text


# ----------------------------------------------------------------------------------------- a no leads somewhere


def test_a_no_asks_for_a_place_and_can_be_taken_back(site: Site) -> None:
    visitor = site.learner(NAME)
    assert visitor.post("/learner/invigilator").location == "/learner"
    assert "You have asked for a place with an invigilator" in visitor.get("/learner").text
    manager = site.staff(Role.MANAGER)
    assert "would like a place with an invigilator" in manager.get("/manager/batches").text
    listed = manager.get("/manager/invigilation").text
    assert NAME in listed
    assert f"entry={entry_of(site).id}" in listed, "the page for moving is one press away"
    visitor.post("/learner/invigilator/back")
    assert "You have asked" not in visitor.get("/learner").text
    assert NAME not in manager.get("/manager/invigilation").text


def test_an_invigilator_in_the_room_takes_the_place_of_the_camera(site: Site) -> None:
    visitor = site.learner(NAME)
    visitor.post("/learner/invigilator")
    manager, entry = site.staff(Role.MANAGER), entry_of(site)
    manager.get("/manager/invigilation")
    calm(
        manager.post(f"/manager/entries/{entry.id}/invigilator", {"invigilator": "", "reason": "Asked"}), 422
    )
    named = {"invigilator": "Asha Rao", "reason": "Sits in room 2 with the learner"}
    assert manager.post(f"/manager/entries/{entry.id}/invigilator", named).location == "/manager/invigilation"
    calm(manager.post(f"/manager/entries/{entry.id}/invigilator", named), 409, "invigilation_settled")
    assert "Asha Rao" in manager.get(f"/manager/entries/{entry.id}/watching").text
    gate = visitor.get("/learner").text
    assert re.findall(r'name="purpose" value="([^"]+)"', gate) == ["answers"]
    room = sitting.begin(visitor)
    assert room.state()["proctored"] is False
    assert not site.connect(visitor, FRAMES).is_connected(FRAMES)
    every_capture_is_refused(visitor, "consent_missing")
    room.answer_everything()
    assert room.hand_in().status_code == 200
    assert "/learner/review" not in visitor.get("/learner").text, "there is nothing to see of a camera"


def test_a_no_stands_in_no_result_and_in_no_incident(site: Site) -> None:
    visitor = site.learner(NAME)
    visitor.post("/learner/invigilator")
    visitor.post("/learner/invigilator/back")
    assert sitting.begin(visitor, proctored=True).hand_in().status_code == 200
    assert holds(site) == 0
    assert emitted(site, "incident_raised") == []
    reviewer = site.staff(Role.INTEGRITY_REVIEWER).get("/integrity/incidents").text
    assert NAME not in reviewer


# ------------------------------------------------------------------------------------------- plan, exemptions


def test_a_plan_can_be_changed_until_the_first_learner_has_agreed(site: Site) -> None:
    manager, visitor = site.staff(Role.MANAGER), site.learner(NAME)
    page = f"/manager/sittings/{entry_of(site).sitting.id}/watching"
    assert "You can still change this" in manager.get(page).text
    calm_refusal = manager.post(page, {"liveness": "yes", "mode": "full"})
    assert calm_refusal.status_code == 409
    assert "needs another one" in calm_refusal.text
    assert manager.post(page, {"calibration": "yes", "voice": "yes", "mode": "economy"}).location == page
    gate = visitor.get("/learner").text
    asked = re.findall(r'name="purpose" value="([^"]+)"', gate)
    assert asked == ["answers", "photo", "camera", "face", "voice", "browser"]
    version = sitting.notice_version(site, site.code_of(NAME))
    without_voice = [one for one in asked if one != "voice"]
    agreed = visitor.post("/learner/consent", {"notice_version": version, "purpose": without_voice})
    assert agreed.status_code == 302
    session = session_of(site, visitor)
    assert session is not None
    assert session.agreed == set(without_voice)
    assert (session.plan.voice, session.plan.mode) == (True, proctor.Mode.ECONOMY)
    assert "This plan stands" in manager.get(page).text
    refused = manager.post(page, {"mode": "full"})
    assert refused.status_code == 409
    assert "cannot be changed any more" in refused.text


def test_only_the_noting_of_speech_can_be_taken_back_alone(site: Site) -> None:
    manager, visitor = site.staff(Role.MANAGER), site.learner(NAME)
    page = f"/manager/sittings/{entry_of(site).sitting.id}/watching"
    manager.get(page)
    manager.post(page, {"voice": "yes", "mode": "full"})
    sitting.agree(visitor)
    visitor.get("/learner/consent")
    calm(visitor.post("/learner/consent/withdraw", {"item": "camera"}), 409, "item_not_optional")
    assert visitor.post("/learner/consent/withdraw", {"item": "voice"}).status_code == 302
    calm(visitor.post("/learner/consent/withdraw", {"item": "voice"}), 409, "consent_missing")
    session = session_of(site, visitor)
    assert session is not None
    assert session.takes_pictures
    assert "voice" not in session.agreed
    with site.parts.store.read(SYSTEM) as uow:
        given = {one.id: one for one in consents.consents_of(uow, entry_of(site).id)}
    assert len(given) == 2
    assert session.consent_id is not None
    assert given[session.consent_id].withdrawn_at is None, "the session rests on the consent that stands"
    assert sitting.take_photo(visitor).status_code == 200
    assert visitor.post("/learner/start").location == "/room"


def test_an_exemption_is_shown_to_the_learner_and_kept_with_the_session(site: Site) -> None:
    manager, visitor, entry = site.staff(Role.MANAGER), site.learner(NAME), entry_of(site)
    page = f"/manager/entries/{entry.id}/watching"
    manager.get(page)
    granted = {"profile": "veil", "proof": "own_word", "reason": "Wears a niqab"}
    calm(manager.post(f"/manager/entries/{entry.id}/exemptions", {**granted, "proof": ""}), 422)
    calm(manager.post(f"/manager/entries/{entry.id}/exemptions", {**granted, "profile": "x"}), 422)
    assert manager.post(f"/manager/entries/{entry.id}/exemptions", granted).location == page
    calm(manager.post(f"/manager/entries/{entry.id}/exemptions", granted), 409, "exemption_stands")
    shown = manager.get(page).text
    assert "Not checked: whether it is the same face" in shown
    assert "Wears a niqab" not in str(emitted(site, "watch_exemption_granted"))
    gate = visitor.get("/learner").text
    assert "These checks are not made for you" in gate
    assert "whether it is the same face" in gate
    sitting.agree(visitor)
    session = session_of(site, visitor)
    assert session is not None
    assert session.exemptions == {"veil"}
    ended = re.search(r'action="([^"]+/end)"', shown)
    assert ended is not None
    elsewhere = ended.group(1).replace(entry.id, entry_of(site, "Tenzin Dolma").id)
    calm(manager.post(elsewhere), 404, "exemption_not_found")
    still = session_of(site, visitor)
    assert still is not None
    assert still.exemptions == {"veil"}
    assert manager.post(ended.group(1)).location == page
    after = session_of(site, visitor)
    assert after is not None
    assert after.exemptions == frozenset()
    sitting.take_photo(visitor)
    visitor.post("/learner/start")
    calm(manager.post(f"/manager/entries/{entry.id}/exemptions", granted), 409, "session_active")
