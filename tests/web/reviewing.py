# SPDX-License-Identifier: Apache-2.0
"""A watched learner of the sample with incidents and notes, and reviewers who may and may not decide them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from assessor import api as assessor
from core.identity import operations as identity
from core.identity.model import Role
from core.uow import Actor, UnitOfWork
from proctor import api as proctor
from proctor.evidence.model import KeptFrame
from proctor.vision.observation import Box
from tests import clips
from tests.web import sitting, world
from tests.web.site import Site, Visitor
from web import demo

NOTE, INCIDENT = proctor.Weight.NOTE, proctor.Weight.INCIDENT
_KIND = proctor.EvidenceKind


@dataclass
class Case:
    """One attempt under review. `incidents` and `notes` hold ids by rule, oldest first."""

    site: Site
    attempt_id: str
    session: proctor.SessionSummary
    learner: Visitor
    incidents: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def page(self) -> str:
        """The reviewers' page."""
        return f"/integrity/attempts/{self.attempt_id}"

    def add(self, rule: proctor.RuleName, weight: proctor.Weight, *, seconds: float = 6.2) -> str:
        """An ended alert of this rule with its four pictures, as the pipeline writes it; the id of what became of it."""
        with self.site.parts.store.write(Actor.system()) as uow:
            number = 1 + sum(1 for one in (*self.incidents, *self.notes))
            onset = uow.now - timedelta(seconds=60) + timedelta(seconds=8 * number)
            alert = partial(
                proctor.Alert,
                rule=rule,
                number=number,
                onset_at=onset,
                raised_at=onset + timedelta(seconds=3.75),
                thresholds={"onset_seconds": 3.75},
                rule_version="2",
                model_sha256="a" * 64,
                weight=weight,
                validated=rule not in (proctor.RuleName.SOMEONE_ELSE, proctor.RuleName.CAMERA_LOOPED),
            )
            raised = proctor.AlertRaised(
                session=self.session.ref,
                alert=alert(numbers={"seconds": 3.75}),
                frames=frames(onset, (_KIND.BEFORE, -1), (_KIND.ONSET, 0), (_KIND.RAISED, 4)),
            )
            ended_at = onset + timedelta(seconds=seconds)
            ended = proctor.AlertEnded(
                session=self.session.ref,
                alert=alert(
                    numbers={"seconds": seconds},
                    ended_at=ended_at,
                    ended_because=proctor.AlertEnd.CLEARED,
                ),
                frames=frames(ended_at, (_KIND.AFTER, 1)),
            )
            return self._write(uow, raised, ended, weight)

    def _write(
        self,
        uow: UnitOfWork,
        raised: proctor.AlertRaised,
        ended: proctor.AlertEnded,
        weight: proctor.Weight,
    ) -> str:
        blobs = self.site.parts.blobs
        if weight is NOTE:
            made = proctor.record_alert(uow, raised, blobs=blobs).id
            proctor.end_note(uow, ended, blobs=blobs)
            self.notes.append(made)
            return made
        incident = proctor.raise_incident(uow, raised, blobs=blobs).id
        assessor.place_hold(uow, self.attempt_id, cause_id=incident)
        proctor.end_alert(uow, ended, blobs=blobs)
        self.incidents.append(incident)
        return incident

    def add_samples(self, count: int) -> None:
        """Pictures of one a minute."""
        with self.site.parts.store.write(Actor.system()) as uow:
            for minute in range(count):
                at = uow.now - timedelta(minutes=count - minute)
                (kept,) = frames(at, (_KIND.SAMPLE, 0))
                proctor.keep_frame(
                    uow,
                    kept,
                    session_id=self.session.id,
                    attempt_id=self.attempt_id,
                    organisation_id=self.session.organisation_id,
                    incident_id=None,
                    blobs=self.site.parts.blobs,
                )

    def hand_in(self) -> None:
        """The learner answers everything and hands in."""
        room = sitting.open_room(self.learner)
        room.answer_everything()
        assert room.hand_in().status_code == 200

    def summary(self, incident_id: str) -> proctor.IncidentSummary:
        """How an incident stands."""
        with self.site.parts.store.read(Actor.system()) as uow:
            return proctor.incident(uow, incident_id, organisation_id=self.session.organisation_id).summary

    def holds(self) -> dict[str, assessor.HoldState]:
        """The holds of the attempt's entry by cause."""
        with self.site.parts.store.read(Actor.system()) as uow:
            line = assessor.attempt_lines(
                uow, [self.attempt_id], organisation_id=self.session.organisation_id
            )[self.attempt_id]
            page = assessor.batch_page(
                uow, line.entry.sitting.batch_id, organisation_id=self.session.organisation_id
            )
            (mine,) = [one for one in page.lines if one.entry.id == line.entry.id]
            return {one.cause_id: one.state for one in mine.holds}

    def decide(self, reviewer: Visitor, incident_id: str, verdict: str, reason: str) -> int:
        """One decision through the page; the status of the answer."""
        form = {f"verdict-{incident_id}": verdict, f"reason-{incident_id}": reason}
        return reviewer.post(self.page, form).status_code


def frames(onset: datetime, *kinds: tuple[proctor.EvidenceKind, int]) -> tuple[KeptFrame, ...]:
    """Pictures of the sample at these seconds from the onset; the face stays sharp."""
    jpeg = clips.to_jpeg(clips.picture("present"))
    return tuple(
        KeptFrame(
            kind,
            proctor.CapturedFrame(number, onset + timedelta(seconds=second), jpeg),
            (Box(40, 40, 200, 200),),
        )
        for number, (kind, second) in enumerate(kinds, start=1)
    )


def open_case(site: Site, *, name: str = world.WATCHED) -> Case:
    """A watched learner in the middle of the test."""
    visitor = site.learner(name)
    sitting.begin(visitor, proctored=True)
    visitor.client.set_cookie("kasauti-language", "en")
    attempt_id = site.attempt_of(visitor)
    with site.parts.store.read(Actor.system()) as uow:
        session = proctor.session_of_attempt(uow, attempt_id)
    assert session is not None
    return Case(site, attempt_id, session, visitor)


def another_reviewer(site: Site, number: int, role: Role = Role.INTEGRITY_REVIEWER) -> tuple[Visitor, str]:
    """A further person of the sample's agency, signed in, and the id."""
    email = f"further{number}@parakh.example"
    with site.parts.store.write(Actor.system()) as uow:
        first = world.person(uow, Role.INTEGRITY_REVIEWER)
        person = identity.add_person(
            uow,
            organisation_id=first.organisation_id,
            name=f"Further {number}",
            email=email,
            password=demo.PASSWORD,
            roles=[role],
        )
    return site.sign_in(email), person.id
