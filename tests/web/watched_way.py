# SPDX-License-Identifier: Apache-2.0
"""What a watched learner meets beside the questions, as a learner would ask for it and as a curious one: for the canaries.

The wish for an invigilator, the check-in, the talk with the proctor, the review afterwards, the consent taken back.
"""

from __future__ import annotations

from core.identity.model import Role
from core.uow import Actor
from proctor import api as proctor
from tests import clips, movements
from tests.web import checking_in, sitting
from tests.web.reviewing import INCIDENT, NOTE, Case, another_reviewer
from tests.web.site import Site, Visitor

REVIEW, CONSENT = "/learner/review", "/learner/consent"
_RULE = proctor.RuleName


def wish_for_a_place(learner: Visitor) -> None:
    """No to the camera, and yes after all; nobody of full age has a guardian to ask."""
    for path in ("/learner/invigilator", "/learner/invigilator", "/learner/invigilator/back"):
        assert learner.post(path).status_code == 302
        learner.get("/learner")
    learner.get(CONSENT)
    ask_a_guardian(learner)
    assert learner.post(f"{CONSENT}/withdraw", {"item": "nonsense"}).status_code in (404, 409, 422)


def ask_a_guardian(learner: Visitor) -> None:
    """Both are refused where nobody is under 18."""
    asked = {"name": "Meena", "relation": "mother", "contact": "9876543210"}
    assert learner.post("/learner/guardian", asked).status_code == 409
    assert learner.post("/learner/guardian/code", {"code": "123456"}).status_code == 409


def check_in(site: Site, learner: Visitor) -> None:
    """Card, photo, the calm seconds and the movements, with everything out of turn and one movement that is not seen."""
    for what in ("frame", "skip"):
        assert checking_in.send(learner, what, movements.jpeg("calm")).status_code == 409
    assert checking_in.send(learner, "card", b"GIF89a").status_code == 422
    learner.get("/learner/check-in")
    assert checking_in.send_card(learner).status_code == 200
    learner.get("/learner/check-in")
    assert sitting.take_photo(learner, clips.to_jpeg(clips.picture("gone"))).status_code == 422
    assert sitting.take_photo(learner).status_code == 200
    learner.get("/learner/check-in")
    assert checking_in.send(learner, "frame", b"").status_code == 422
    for kind in ("covered", "gone", "two"):
        checking_in.send(learner, "frame", clips.to_jpeg(clips.picture(kind, size=(480, 360))))
        site.clock.advance(1)
    assert checking_in.send(learner, "skip").status_code == 409
    assert checking_in.obey(site, learner, but_not={"blink"})["unseen"] == 1
    learner.get("/learner/check-in")


def talk(learner: Visitor) -> None:
    """Messages and the hand, good and bad, while the test runs."""
    learner.get(REVIEW)  # too early
    for body in ({"number": 1, "text": "My keyboard hangs"}, {"number": 2, "text": "Is question 3 right?"}):
        assert learner.send("POST", "/room/message", body).status_code == 200
    for wrong in ({"number": 1, "text": "other words"}, {"number": "A", "text": ""}, {"text": "A"}):
        assert learner.send("POST", "/room/message", wrong).status_code in (409, 422)
    for raised in (True, True, False):
        assert learner.send("POST", "/room/hand", {"raised": raised}).status_code == 200
    assert learner.send("POST", "/room/hand", {"raised": "A"}).status_code == 422


def note_something(site: Site, learner: Visitor) -> Case:
    """What the machine says of this test: an incident and a note, with pictures, and samples of one a minute."""
    case = Case(site, site.attempt_of(learner), checking_in.session_of(site, learner), learner)
    case.add(_RULE.FACE_GONE, INCIDENT)
    case.add(_RULE.SPEECH, NOTE)
    case.add_samples(2)
    return case


def uphold(case: Case) -> frozenset[str]:
    """Two people uphold the incident; what no learner may learn of them: ids and names."""
    first, (second, second_id) = case.site.staff(Role.INTEGRITY_REVIEWER), another_reviewer(case.site, 1)
    for reviewer, reason in ((first, "The chair is empty."), (second, "Nobody sits there.")):
        reviewer.get(case.page)
        assert case.decide(reviewer, case.incidents[0], "upheld", reason) == 302
    summary = case.summary(case.incidents[0])
    assert summary.second_reviewer_id == second_id
    return frozenset({str(summary.first_reviewer_id), second_id, "Joseph Lakra", "Further 1"})


def look_back(case: Case) -> None:
    """The review as the learner sees it: every picture, explanations and appeals, good and bad."""
    learner, (incident,), (note,) = case.learner, case.incidents, case.notes
    learner.get("/learner")
    assert "The chair is empty." in learner.get(REVIEW).text
    with case.site.parts.store.read(Actor.system()) as uow:
        pictures = [one.id for one in proctor.evidence_of_attempt(uow, case.attempt_id)]
    assert len(pictures) > 8
    for one in pictures:
        assert learner.get(f"{REVIEW}/pictures/{one}.jpg").status_code == 200
    assert learner.get(f"{REVIEW}/pictures/{'a' * 26}.jpg").status_code == 404
    for said in (
        {"incident": incident, "reason": "thinking"},
        {"note": note, "reason": "other", "text": "Tea."},
    ):
        assert learner.post(f"{REVIEW}/explain", said).status_code == 302
    for wrong in ({}, {"reason": "A"}, {"incident": "x", "reason": "thinking"}, {"reason": "other"}):
        assert learner.post(f"{REVIEW}/explain", wrong).status_code in (404, 422)
    for wrong in ({}, {"incident": note, "text": "No."}, {"incident": incident, "text": " "}):
        assert learner.post(f"{REVIEW}/appeal", wrong).status_code in (404, 422)
    appeal = {"incident": incident, "text": "I was there."}
    assert [learner.post(f"{REVIEW}/appeal", appeal).status_code for _ in range(2)] == [302, 409]
    learner.get(REVIEW)
    learner.get("/learner/noted")


def take_it_back(learner: Visitor) -> None:
    """The consent, read again and taken back when the test is over."""
    learner.get(CONSENT)
    for form in ({"item": "face"}, {}, {}):
        learner.post(f"{CONSENT}/withdraw", form)
        learner.get(CONSENT)
