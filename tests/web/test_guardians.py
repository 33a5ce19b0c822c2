# SPDX-License-Identifier: Apache-2.0
"""Whoever is under 18 is watched only with a guardian's yes, by code or on paper, and as long as it stands."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from core.identity.model import Role
from core.notices.model import Channel
from tests import clips
from tests.web import sitting
from tests.web.calm import calm
from tests.web.site import Site, Visitor
from tests.web.test_consenting import (
    BORN_LATE,
    NAME,
    SYSTEM,
    Sent,
    born,
    emitted,
    entry_of,
    holds,
    session_of,
)
from tests.web.test_sockets import FRAMES
from web import effects
from web.notices.channels import Channels
from web.notices.postman import Postman


def test_a_learner_of_unknown_age_is_asked_and_the_answer_is_recorded(site: Site) -> None:
    born(site, None)
    visitor = site.learner(NAME)
    gate = visitor.get("/learner").text
    assert "Are you 18 or older?" in gate
    version = sitting.notice_version(site, site.code_of(NAME))
    given = {"notice_version": version, "purpose": ["answers", "photo", "camera", "browser"]}
    calm(visitor.post("/learner/consent", given), 422, "age_unsaid")
    assert visitor.post("/learner/consent", {**given, "of_age": "yes"}).status_code == 302
    assert [one["of_age"] for one in emitted(site, "age_stated")] == [True]
    assert sitting.take_photo(visitor).status_code == 200


def test_a_minor_waits_for_the_guardian_whose_code_opens_the_way(site: Site) -> None:
    sent = Sent()
    site.parts.channels = Channels({Channel.EMAIL: sent, Channel.PHONE: sent})
    born(site, BORN_LATE, guardian="meena@example.in")
    visitor = site.learner(NAME)
    sitting.agree(visitor)
    assert "Your guardian agrees" in visitor.get("/learner").text
    every_capture_is_refused_for_a_minor(visitor)

    asked = {"name": "Meena Kumar", "relation": "mother", "contact": ""}
    assert visitor.post("/learner/guardian", asked).location == "/learner"
    calm(visitor.post("/learner/guardian", asked), 503, "guardian_code_just_sent")
    assert "m***@example.in" in visitor.get("/learner").text
    Postman(site.parts, effects.handlers(site.app)).round()
    (body,) = sent.bodies
    assert "You can take it back at any time" in body
    found = re.search(r"\b(\d{6})\b", body)
    assert found is not None, body
    wrong = "000000" if found.group(1) != "000000" else "111111"
    calm(visitor.post("/learner/guardian/code", {"code": wrong}), 422, "guardian_code_wrong")
    every_capture_is_refused_for_a_minor(visitor)
    assert visitor.post("/learner/guardian/code", {"code": found.group(1)}).location == "/learner"
    assert sitting.take_photo(visitor).status_code == 200
    calm(visitor.post("/learner/guardian/code", {"code": found.group(1)}), 409, "guardian_not_needed")
    told = str(emitted(site, "guardian_consented") + emitted(site, "guardian_asked"))
    assert "Meena" not in told
    assert found.group(1) not in told


def every_capture_is_refused_for_a_minor(visitor: Visitor) -> None:
    calm(sitting.take_photo(visitor), 409, "guardian_not_agreed")
    jpeg = clips.to_jpeg(clips.picture("present"))
    headers = {"X-CSRFToken": visitor.token, "Accept": "application/json"}
    for path in ("/learner/check-in/card", "/learner/check-in/frame"):
        calm(visitor.client.post(path, data=jpeg, content_type="image/jpeg", headers=headers), 409)
    calm(visitor.post("/learner/start"), 409)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"name": "", "relation": "mother", "contact": "m@example.in"}, "guardian_name_malformed"),
        ({"name": "Meena", "relation": "friend", "contact": "m@example.in"}, "guardian_relation_unknown"),
        ({"name": "Meena", "relation": "mother", "contact": ""}, "guardian_contact_missing"),
        ({"name": "Meena", "relation": "mother", "contact": "RAVI@example.in"}, "guardian_contact_own"),
        ({"name": "Meena", "relation": "mother", "contact": "12"}, "phone_malformed"),
    ],
)
def test_a_guardian_who_cannot_be_asked_is_refused_by_name(
    site: Site, asked: dict[str, str], code: str
) -> None:
    sent = Sent()
    site.parts.channels = Channels({Channel.EMAIL: sent, Channel.PHONE: sent})
    born(site, BORN_LATE)
    with site.parts.store.write(SYSTEM) as uow:
        uow.db.execute(
            text("UPDATE candidates SET email = 'ravi@example.in' WHERE id = :id"),
            {"id": entry_of(site).candidate_id},
        )
    visitor = site.learner(NAME)
    sitting.agree(visitor)
    visitor.get("/learner")
    calm(visitor.post("/learner/guardian", asked), 422, code)


def test_without_a_channel_staff_record_the_signed_paper_and_the_way_is_open(site: Site) -> None:
    site.parts.channels = Channels({})
    born(site, BORN_LATE, guardian="+919876543210")
    visitor = site.learner(NAME)
    sitting.agree(visitor)
    visitor.get("/learner")
    asked = {"name": "Meena Kumar", "relation": "mother", "contact": ""}
    calm(visitor.post("/learner/guardian", asked), 503, "guardian_no_channel")
    manager, entry = site.staff(Role.MANAGER), entry_of(site)
    page = f"/manager/entries/{entry.id}/watching"
    assert "Note a signed paper" in manager.get(page).text
    paper = {"name": "Meena Kumar", "relation": "mother", "reason": ""}
    calm(manager.post(f"/manager/entries/{entry.id}/guardian", paper), 422, "reason_malformed")
    seen = manager.post(
        f"/manager/entries/{entry.id}/guardian", {**paper, "reason": "No phone in the village"}
    )
    assert seen.location == page
    assert "signed paper, seen by" in manager.get(page).text
    assert sitting.take_photo(visitor).status_code == 200


def a_minor_with_a_guardian(site: Site) -> tuple[Visitor, Visitor, str]:
    """The learner, who has agreed as the guardian has on paper; a manager; the manager's page of the learner."""
    born(site, BORN_LATE)
    visitor = site.learner(NAME)
    sitting.agree(visitor)
    manager, entry = site.staff(Role.MANAGER), entry_of(site)
    page = f"/manager/entries/{entry.id}"
    manager.get(f"{page}/watching")
    paper = {"name": "Meena Kumar", "relation": "mother", "reason": "No phone in the village"}
    assert manager.post(f"{page}/guardian", paper).status_code == 302
    return visitor, manager, page


def test_a_guardian_takes_it_back_before_the_test_and_is_waited_for_again(site: Site) -> None:
    visitor, manager, page = a_minor_with_a_guardian(site)
    assert sitting.take_photo(visitor).status_code == 200
    assert "The guardian takes it back" in manager.get(f"{page}/watching").text
    calm(manager.post(f"{page}/guardian/withdraw", {"reason": " "}), 422, "reason_malformed")
    told = manager.post(f"{page}/guardian/withdraw", {"reason": "She called and said no"})
    assert told.location == f"{page}/watching"
    every_capture_is_refused_for_a_minor(visitor)
    shown = manager.get(f"{page}/watching").text
    assert re.search(r"taken back on .*, noted by [^:]+: She called and said no", shown)
    assert "The guardian takes it back" not in shown
    assert "Note a signed paper" in shown
    assert visitor.get("/learner/consent").text.count("Meena Kumar") == 1
    assert "She called" not in str(emitted(site, "guardian_consent_withdrawn"))
    calm(manager.post(f"{page}/guardian/withdraw", {"reason": "Again"}), 409, "guardian_nothing_stands")
    site.clock.advance(1)
    paper = {"name": "Meena Kumar", "relation": "mother", "reason": "She came by and signed"}
    assert manager.post(f"{page}/guardian", paper).status_code == 302
    assert sitting.take_photo(visitor).status_code == 200
    assert visitor.post("/learner/start").location == "/room"


def test_a_guardian_takes_it_back_in_the_test_and_the_watching_ends_at_once(site: Site) -> None:
    visitor, manager, page = a_minor_with_a_guardian(site)
    sitting.take_photo(visitor)
    assert visitor.post("/learner/start").location == "/room"
    room = sitting.open_room(visitor)
    started = session_of(site, visitor)
    assert started is not None
    assert site.parts.pipeline.view(started.id) is not None
    assert manager.post(f"{page}/guardian/withdraw", {"reason": "He came by"}).status_code == 302
    ended = session_of(site, visitor)
    assert ended is not None
    assert ended.withdrawn
    answer = site.parts.pipeline.offer(
        started.id, 1, clips.to_jpeg(clips.picture("present")), site.clock.now()
    )
    assert answer.code == "session_not_active"
    assert not site.connect(visitor, FRAMES).is_connected(FRAMES)
    assert room.save(room.text, "after").status_code == 200
    assert NAME in manager.get("/manager/invigilation").text
    assert (emitted(site, "incident_raised"), holds(site)) == ([], 0)
