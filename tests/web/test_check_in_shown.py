# SPDX-License-Identifier: Apache-2.0
"""What the check-in found stands before people: on the proctor's page, on the review, in the learner's own pages and file."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from core.audit import AuditRow
from core.identity.model import Role
from core.uow import Actor
from proctor import api as proctor
from proctor.checkin.tables import CheckInRow
from tests import clips
from tests.web import sitting
from tests.web.calm import calm
from tests.web.checking_in import obey, photographed
from tests.web.reviewing import another_reviewer
from tests.web.site import Site, Visitor
from tests.web.test_privacy import take_out

JPEG = clips.to_jpeg(clips.picture("present"))
LOADED = re.compile(r'src="(/(?:proctor|integrity|learner)/[^"]+\.jpg)"')


class Came:
    """A learner who came in with card, calm seconds and tasks, of which one was not seen, and what is shown of it."""

    def __init__(self, site: Site, *, calm_plan: bool = True) -> None:
        self.site = site
        whole = proctor.WatchPlan(id_card=True, calibration=True, liveness=True)
        self.learner = photographed(site, whole if calm_plan else proctor.WatchPlan())
        if calm_plan:
            obey(site, self.learner, but_not={"blink"})
        self.attempt_id = site.attempt_of(self.learner)
        with site.parts.store.read(Actor.system()) as uow:
            session = proctor.session_of_attempt(uow, self.attempt_id)
        assert session is not None
        self.session = session
        self.proctor_page = f"/proctor/sittings/{session.sitting_id}/attempts/{self.attempt_id}"

    def hand_in(self) -> None:
        assert self.learner.post("/learner/start").location == "/room"
        room = sitting.open_room(self.learner)
        room.answer_everything()
        assert room.hand_in().status_code == 200
        self.learner.client.set_cookie("kasauti-language", "en")

    def looks(self) -> list[str]:
        with self.site.parts.store.read(Actor.system()) as uow:
            return [str(one.kind) for one in proctor.looks_of_attempts(uow, [self.attempt_id])]


@pytest.fixture
def came(site: Site) -> Came:
    return Came(site)


def pictures(visitor: Visitor, page: str) -> list[str]:
    """The pictures that a page shows, each opened."""
    found = [one for one in LOADED.findall(page) if "latest" not in one]
    for url in found:
        answer = visitor.get(url)
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg"), url
        assert answer.headers["Cache-Control"] == "no-store"
    return found


def test_the_proctor_compares_card_and_face_before_the_start_and_each_look_is_logged(
    site: Site, came: Came
) -> None:
    staff = site.staff(Role.PROCTOR)
    page = staff.get(came.proctor_page).text
    for words in (
        "Before the test: card, face, camera check",
        "(not validated on people)",
        "compare with your own eyes",
        "not seen: blink (3 tries)",
        "It stops nobody and proves nothing",
        "Looking away is judged by the learner&#39;s own way of sitting.",
    ):
        assert words in page, words
    assert re.search(r"likeness 0\.\d\d", page)
    assert came.looks() == []
    assert len(pictures(staff, page)) == 3
    assert sorted(came.looks()) == ["check_in", "id_card", "identity_photo"]
    with site.parts.store.read(Actor.system()) as uow:
        names = list(uow.db.scalars(select(AuditRow.name).where(AuditRow.name == "evidence_viewed")))
    assert len(names) == 3


def test_no_other_picture_and_no_other_learner_is_reached_through_it(site: Site, came: Came) -> None:
    staff = site.staff(Role.PROCTOR)
    (card, *_) = pictures(staff, staff.get(came.proctor_page).text)
    stranger, _ = another_reviewer(site, 1, Role.PROCTOR)
    assert stranger.get(card).status_code in (403, 404)
    with site.parts.store.write(Actor.system()) as uow:
        sample = proctor.keep_frame(
            uow,
            proctor.KeptFrame(
                proctor.EvidenceKind.SAMPLE,
                proctor.CapturedFrame(1, uow.now, JPEG),
            ),
            session_id=came.session.id,
            attempt_id=came.attempt_id,
            organisation_id=came.session.organisation_id,
            incident_id=None,
            blobs=site.parts.blobs,
        )
    calm(staff.get(f"{came.proctor_page}/pictures/{sample.id}.jpg"), 404, "evidence_unknown")


def test_reviewers_and_the_learner_read_the_same_words_and_see_the_same_pictures(
    site: Site, came: Came
) -> None:
    came.hand_in()
    reviewer = site.staff(Role.INTEGRITY_REVIEWER)
    pages = {
        "reviewer": (reviewer, reviewer.get(f"/integrity/attempts/{came.attempt_id}").text),
        "learner": (came.learner, came.learner.get("/learner/review").text),
    }
    facts = {}
    for who, (visitor, page) in pages.items():
        assert "Before the test" in page
        assert len([one for one in pictures(visitor, page) if "review" in one or "evidence" in one]) >= 3
        facts[who] = re.findall(r'<dd class="plain"><strong>([^<]+)</strong>', page)
    assert facts["reviewer"][:4] == facts["learner"][:4]
    assert len(facts["learner"]) >= 4
    assert "they show who it is" in pages["reviewer"][1]
    assert "they show who it is" not in pages["learner"][1]


def test_where_only_a_photo_is_asked_nothing_is_said_to_be_measured(site: Site) -> None:
    came = Came(site, calm_plan=False)
    page = site.staff(Role.PROCTOR).get(came.proctor_page).text
    assert "Before the test: card, face, camera check" in page
    assert "Small tasks" not in page
    assert "Nothing was measured at the start" not in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"card_similarity": None}, "No face was learned to compare the card with."),
        ({"card_similarity": None, "card_address": None}, "no face was found on the card"),
        (
            {"card_similarity": None, "card_address": None, "card_evidence_id": None},
            "no card was shown",
        ),
        ({"calibrated": False, "enrolled_looks": 0}, "Whether somebody else sits there cannot be judged."),
        ({"wall_faces": 2}, "It is not counted as a person."),
        ({"challenges": []}, "none were asked"),
        ({"completed_at": None, "learned_address": None}, "not finished"),
    ],
)
def test_what_is_not_known_is_said_to_be_not_known(
    site: Site, came: Came, change: dict[str, object], words: str
) -> None:
    with site.parts.store.write(Actor.system()) as uow:
        row = uow.db.scalars(select(CheckInRow)).one()
        for name, value in change.items():
            setattr(row, name, value)
    assert words in site.staff(Role.PROCTOR).get(came.proctor_page).text


def test_the_numbers_stand_in_the_learners_file_but_nothing_that_was_learned_of_the_face(came: Came) -> None:
    came.hand_in()
    watching = take_out(came.learner)["watching.json"]
    found = watching["check_in"]
    assert found["calibrated"] is True
    assert 3 <= found["pictures_learned_of_the_face"] <= 5
    assert {one["challenge"]: one["seen"] for one in found["challenges"]}["blink"] is False
    assert watching["watched"]["plan"]["liveness"] is True
    assert {one["kind"] for one in watching["pictures"]} >= {"id_card", "identity_photo", "check_in"}
    assert not re.search(r"(-?\d\.\d+, ){20}", str(watching)), "no vector of a face"
