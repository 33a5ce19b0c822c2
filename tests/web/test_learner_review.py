# SPDX-License-Identifier: Apache-2.0
"""What learners see of the watching afterwards, what they can say, and how an appeal goes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from assessor import api as assessor
from core.audit import AuditRow
from core.identity.model import Role
from core.uow import Actor
from proctor import api as proctor
from tests.web import sitting, world
from tests.web.calm import calm
from tests.web.reviewing import INCIDENT, NOTE, Case, another_reviewer, open_case
from tests.web.site import Site, Visitor

RULE = proctor.RuleName
PAGE = "/learner/review"


@pytest.fixture
def case(site: Site) -> Case:
    """A learner with an incident and a note who has handed in."""
    made = open_case(site)
    made.add(RULE.FACE_GONE, INCIDENT)
    made.add(RULE.SPEECH, NOTE)
    room = sitting.open_room(made.learner)
    room.answer_everything()
    assert room.hand_in().status_code == 200
    made.learner.get("/learner")
    return made


def upheld(case: Case) -> tuple[Visitor, Visitor]:
    """The incident upheld by two people."""
    first, (second, _) = case.site.staff(Role.INTEGRITY_REVIEWER), another_reviewer(case.site, 1)
    for reviewer, reason in ((first, "The chair is empty."), (second, "Nobody sits there.")):
        reviewer.get(case.page)
        assert case.decide(reviewer, case.incidents[0], "upheld", reason) == 302
    return first, second


def test_before_the_end_of_the_test_there_is_nothing_to_see(site: Site) -> None:
    running = open_case(site)
    incident = running.add(RULE.FACE_GONE, INCIDENT)
    calm(running.learner.get(PAGE), 409, "review_too_early")
    said = running.learner.post(f"{PAGE}/explain", {"incident": incident, "reason": "thinking"})
    calm(said, 409, "review_too_early")


def test_the_learner_sees_the_same_events_pictures_and_words(case: Case) -> None:
    assert PAGE in case.learner.get("/learner").text
    page = case.learner.get(PAGE).text
    assert "No face to be seen for 6.2 s; raised after 3.75 s." in page
    assert "No machine decides about you." in page
    assert "It does not touch your result." in page
    case.add_samples(2)
    sheet = case.learner.get(PAGE).text.split('id="sheet-title"')[1]
    assert sheet.count('<img src="/learner/review/pictures/') == 8 + 2, (
        "what reviewers have on one sheet, learners have"
    )
    events = page.split('id="events-title"')[1].split('id="sheet-title"')[0]
    assert events.count('<img src="/learner/review/pictures/') == 8
    path = page.split('<img src="')[1].split('"')[0]
    assert case.learner.get(path).mimetype == "image/jpeg"
    with case.site.parts.store.read(Actor.system()) as uow:
        views = list(uow.db.scalars(select(AuditRow).where(AuditRow.name == "evidence_viewed")))
        assert [view.actor_kind for view in views] == ["candidate"]


def test_the_learner_gets_no_other_persons_face(case: Case) -> None:
    (own, *_rest) = pictures(case, case.incidents[0])
    case.add(RULE.SOMEONE_ELSE, INCIDENT)
    (strange, *_rest) = pictures(case, case.incidents[1])
    reviewer = case.site.staff(Role.INTEGRITY_REVIEWER)
    seen = {one: detail_of(reviewer.get(f"/integrity/evidence/{one}.jpg").data) for one in (own, strange)}
    mine = {one: detail_of(case.learner.get(f"{PAGE}/pictures/{one}.jpg").data) for one in (own, strange)}
    assert seen[own] == seen[strange], "reviewers see both alike"
    assert mine[strange] < 0.3 * seen[strange], "of another's face nothing can be made out"
    assert mine[own] > 3 * mine[strange], "the own face stays"
    said = "Where somebody else may be in a picture, it is hidden from you, sometimes all of it."
    assert said in case.learner.get(PAGE).text


def pictures(case: Case, incident: str) -> list[str]:
    """The pictures of an incident, by time."""
    with case.site.parts.store.read(Actor.system()) as uow:
        found = proctor.incident(uow, incident, organisation_id=case.session.organisation_id)
    return [one.id for one in found.evidence]


def detail_of(jpeg: bytes) -> float:
    """How much a picture tells: the mean size of its edges."""
    frame = proctor.decode_jpeg(jpeg).astype(float).mean(axis=2)
    return float(abs(frame[1:] - frame[:-1]).mean())


def test_pictures_and_events_of_others_are_not_there(site: Site, case: Case) -> None:
    other = open_case(site, name="Tenzin Dolma")
    incident, note = other.add(RULE.FACE_GONE, INCIDENT), other.add(RULE.SPEECH, NOTE)
    with site.parts.store.read(Actor.system()) as uow:
        picture = proctor.evidence_of_attempt(uow, other.attempt_id)[0].id
    calm(case.learner.get(f"{PAGE}/pictures/{picture}.jpg"), 404, "evidence_unknown")
    for named in ({"incident": incident}, {"note": note}):
        answer = case.learner.post(f"{PAGE}/explain", {**named, "reason": "thinking"})
        assert answer.status_code == 404
    calm(case.learner.post(f"{PAGE}/appeal", {"incident": incident, "text": "No."}), 404, "incident_unknown")


def test_one_tap_or_own_words_explain_and_reviewers_read_it(case: Case) -> None:
    case.learner.get(PAGE)
    (incident,), (note,) = case.incidents, case.notes
    for form in (
        {"incident": incident, "reason": "dropped_something"},
        {"note": note, "reason": "other", "text": "My mother asked if I want tea."},
    ):
        assert case.learner.post(f"{PAGE}/explain", form).status_code == 302
    page = case.site.staff(Role.INTEGRITY_REVIEWER).get(case.page).text
    assert "I dropped something" in page
    assert "My mother asked if I want tea." in page


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, "explanation_missing"),
        ({"reason": "nonsense"}, "explanation_missing"),
        ({"reason": "other", "text": "  "}, "explanation_empty"),
        ({"reason": "other", "text": "x" * 1001}, "explanation_too_long"),
    ],
)
def test_broken_explanations_are_refused_by_name(case: Case, form: dict[str, str], code: str) -> None:
    case.learner.get(PAGE)
    calm(case.learner.post(f"{PAGE}/explain", {"incident": case.incidents[0], **form}), 422, code)


def test_an_event_can_be_explained_five_times_also_after_the_decision(case: Case) -> None:
    case.learner.get(PAGE)
    upheld(case)
    form = {"incident": case.incidents[0], "reason": "thinking"}
    for _ in range(proctor.TERMS.explanations_each):
        assert case.learner.post(f"{PAGE}/explain", form).status_code == 302
    calm(case.learner.post(f"{PAGE}/explain", form), 409, "explained_enough")


def test_a_granted_appeal_dismisses_the_incident_lifts_the_hold_and_tells_the_learner(case: Case) -> None:
    (incident,) = case.incidents
    early = {"incident": incident, "text": "I was there."}
    case.learner.get(PAGE)
    calm(case.learner.post(f"{PAGE}/appeal", early), 409, "appeal_not_open")
    first, second = upheld(case)
    page = case.learner.get(PAGE).text
    assert "Two people have looked and agree" in page
    assert "The chair is empty." in page
    calm(case.learner.post(f"{PAGE}/appeal", {**early, "text": " "}), 422, "appeal_empty")
    assert case.learner.post(f"{PAGE}/appeal", early).status_code == 302
    calm(case.learner.post(f"{PAGE}/appeal", early), 409, "appeal_asked")
    with case.site.parts.store.read(Actor.system()) as uow:
        (appeal,) = proctor.open_appeals(uow, organisation_id=case.session.organisation_id)
    path = f"{case.page}/appeals/{appeal.id}"
    decision = {"outcome": "granted", "reason": "The lamp hid the face."}
    for reviewer in (first, second):
        assert "I was there." in reviewer.get(case.page).text
        calm(reviewer.post(path, decision), 403, "appeal_needs_another")
    third, _ = another_reviewer(case.site, 2)
    third.get(case.page)
    calm(third.post(path, {"outcome": "maybe"}), 422, "verdict_missing")
    calm(third.post(path, {"outcome": "granted", "reason": ""}), 422, "reason_required")
    assert third.post(path, decision).status_code == 302
    calm(third.post(path, decision), 409, "appeal_decided")
    assert case.summary(incident).state is proctor.IncidentState.DISMISSED
    assert case.holds() == {incident: assessor.HoldState.RELEASED}
    page = case.learner.get(PAGE).text
    assert "Your appeal was right." in page
    assert "The lamp hid the face." in page


def test_a_refused_appeal_leaves_the_hold(case: Case) -> None:
    upheld(case)
    case.learner.get(PAGE)
    case.learner.post(f"{PAGE}/appeal", {"incident": case.incidents[0], "text": "I was there."})
    with case.site.parts.store.read(Actor.system()) as uow:
        (appeal,) = proctor.open_appeals(uow, organisation_id=case.session.organisation_id)
    third, _ = another_reviewer(case.site, 2)
    third.get(case.page)
    form = {"outcome": "refused", "reason": "The pictures are clear."}
    assert third.post(f"{case.page}/appeals/{appeal.id}", form).status_code == 302
    assert set(case.holds().values()) == {assessor.HoldState.CONFIRMED}
    assert "The pictures are clear." in case.learner.get(PAGE).text


def test_after_the_days_of_the_terms_no_appeal_is_taken(case: Case) -> None:
    upheld(case)
    with case.site.parts.store.read(Actor.system()) as uow:
        (incident,) = proctor.incidents_of_attempt(uow, case.attempt_id)
    until = proctor.appeal_until(incident)
    assert until is not None
    assert until - (incident.decided_at or until) == timedelta(days=15)
    site, form = case.site, {"incident": incident.id, "text": "I was there."}
    site.clock.advance(timedelta(days=15).total_seconds() - 1)
    last = site.learner(world.WATCHED)
    assert 'action="/learner/review/appeal"' in last.get(PAGE).text
    site.clock.advance(2)
    late = site.learner(world.WATCHED)
    assert 'action="/learner/review/appeal"' not in late.get(PAGE).text
    calm(late.post(f"{PAGE}/appeal", form), 409, "appeal_too_late")
    with site.parts.store.read(Actor.system()) as uow:
        assert not proctor.appeals_of_attempt(uow, case.attempt_id)
