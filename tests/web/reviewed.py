# SPDX-License-Identifier: Apache-2.0
"""A watched learner whose test is over and reviewed: an appeal that waits, an upheld incident, a blind sample with a mark."""

from __future__ import annotations

from assessor import api as assessor
from core.identity import operations as identity
from core.identity.model import Person, Role
from core.uow import Actor, UnitOfWork
from proctor import api as proctor
from tests.web import sitting
from tests.web.reviewing import INCIDENT, NOTE, Case, open_case
from tests.web.site import Site
from tests.web.world import acting_as, person
from web import demo, wiring

REVIEWED = "Ravi Kumar"
_RULE = proctor.RuleName


def add_reviewed(site: Site, ids: dict[str, str]) -> None:
    """Bring `REVIEWED` to the end of the review while nobody else is watched, so that the sitting can be drawn from."""
    case = open_case(site, name=REVIEWED)
    for rule in (_RULE.FACE_GONE, _RULE.SEVERAL_FACES):
        case.add(rule, INCIDENT)
    case.add(_RULE.SPEECH, NOTE)
    case.add_samples(2)
    room = sitting.open_room(case.learner)
    room.answer_everything()
    assert room.hand_in().status_code == 200
    _uphold(case, [_further(site, 1), _further(site, 2)])
    case.learner.get("/learner/review")
    words = {"incident": case.incidents[0], "text": "I was there."}
    assert case.learner.post("/learner/review/appeal", words).status_code == 302
    _mark(case, _further(site, 3), ids)
    with site.parts.store.read(Actor.system()) as uow:
        (appeal,) = proctor.open_appeals(uow, organisation_id=case.session.organisation_id)
        shown = proctor.incident(uow, case.incidents[0], organisation_id=case.session.organisation_id)
    ids["reviewed_attempt_id"], ids["appeal_id"] = case.attempt_id, appeal.id
    ids["upheld_id"], ids["reviewed_note_id"] = case.incidents[1], case.notes[0]
    ids["reviewed_evidence_id"] = shown.evidence[0].id


def _further(site: Site, number: int) -> Person:
    """One more integrity reviewer of the sample's agency."""
    with site.parts.store.write(Actor.system()) as uow:
        return identity.add_person(
            uow,
            organisation_id=person(uow, Role.INTEGRITY_REVIEWER).organisation_id,
            name=f"Colleague {number}",
            email=f"colleague{number}@parakh.example",
            password=demo.PASSWORD,
            roles=[Role.INTEGRITY_REVIEWER],
        )


def _uphold(case: Case, reviewers: list[Person]) -> None:
    """Both incidents, by two people; the holds follow."""
    for reviewer in reviewers:
        with case.site.parts.store.write(Actor.system()) as platform:
            for incident_id in case.incidents:
                wiring.decide_incident(
                    acting_as(platform, reviewer),
                    incident_id,
                    organisation_id=case.session.organisation_id,
                    verdict=proctor.Verdict.UPHELD,
                    reason="The chair is empty.",
                )
    assert set(case.holds().values()) == {assessor.HoldState.CONFIRMED}


def _mark(case: Case, reader: Person, ids: dict[str, str]) -> None:
    """Draw from the sitting, and let one person mark a moment; a second look still waits."""
    owner = case.session.organisation_id
    with case.site.parts.store.write(Actor.system()) as platform:
        uow: UnitOfWork = acting_as(platform, reader)
        assert proctor.draw_sample(uow, case.session.sitting_id, organisation_id=owner) == 1
        (task,) = proctor.tasks_for(uow, reader.id, organisation_id=owner)
        samples = [
            one
            for one in proctor.evidence_of_attempt(uow, case.attempt_id)
            if one.kind is proctor.EvidenceKind.SAMPLE
        ]
        proctor.answer_review(
            uow,
            task.id,
            organisation_id=owner,
            answer=proctor.BlindAnswer.MARKED,
            moment_id=samples[0].id,
            reason="A phone.",
        )
    ids["review_task_id"], ids["reviewer_id"] = task.id, reader.id
