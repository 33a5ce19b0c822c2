# SPDX-License-Identifier: Apache-2.0
"""How long pictures stay: those of a note that became an incident, and those of an upheld one that can be appealed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from core.blobs import BlobKeyRow
from core.errors import Conflict
from core.privacy.model import DataClass, Hold
from core.uow import Actor
from proctor import api as proctor
from proctor.evidence.tables import EvidenceRow
from tests.db.test_proctor_alerts import (  # noqa: F401 - fixtures
    JPEG,
    Desk,
    desk,
    ended,
    frame,
    refused,
    reviewers,
    session,
    speech,
)


def test_the_pictures_of_a_raised_note_are_kept_and_deleted_with_incidents(desk: Desk) -> None:  # noqa: F811
    store, blobs, watched, clock = desk.store, desk.blobs, desk.session, desk.clock
    attempt_id, alert, kinds = watched.attempt_id, speech(clock), proctor.EvidenceKind
    other = speech(clock, number=2)
    with store.write(Actor.system()) as uow:
        frames = tuple(frame(clock, kind) for kind in (kinds.BEFORE, kinds.ONSET))
        note, second = (
            proctor.record_alert(
                uow, proctor.AlertRaised(session=watched.ref, alert=one, frames=frames), blobs=blobs
            )
            for one in (alert, other)
        )
    for told, left in ((note, {"note": 2, "incident": 2}), (second, {"incident": 4})):
        with store.write(desk.reviewers[0]) as uow:
            proctor.raise_note(uow, told.id, organisation_id=desk.agency, reason="A voice.", blobs=blobs)
        with store.read(Actor.system()) as uow:
            scopes = Counter(uow.db.scalars(select(EvidenceRow.scope)))
            keys = set(uow.db.scalars(select(BlobKeyRow.scope)))
        assert scopes == {f"{attempt_id}:{one}": number for one, number in left.items()}
        assert keys == set(scopes), "the key of notes ends with the last of their pictures"
    with store.write(Actor.system()) as uow:
        after = (frame(clock, kinds.AFTER),)
        proctor.end_note(
            uow, proctor.AlertEnded(session=watched.ref, alert=ended(alert), frames=after), blobs=blobs
        )
        assert proctor.kept_data(uow, [attempt_id]) == {attempt_id: {DataClass.INCIDENTS: 5}}
        proctor.delete_data(uow, attempt_id, DataClass.NOTES, blobs=blobs)
        shown = proctor.evidence_of_attempt(uow, attempt_id)
        assert [one.kind for one in shown if one.alert_id == note.id][-1] is kinds.AFTER
        for one in shown:
            read = proctor.read_evidence(uow, one.id, organisation_id=desk.agency, blobs=blobs)
            assert read.data[:2] == JPEG[:2]
        assert len(proctor.delete_data(uow, attempt_id, DataClass.INCIDENTS, blobs=blobs).keys) == 1
        assert proctor.evidence_of_attempt(uow, attempt_id) == ()


def test_a_picture_whose_bytes_are_gone_holds_up_nobody_who_raises_its_note(desk: Desk) -> None:  # noqa: F811
    with desk.store.write(Actor.system()) as uow:
        onset = (frame(desk.clock, proctor.EvidenceKind.ONSET),)
        raised = proctor.AlertRaised(session=desk.session.ref, alert=speech(desk.clock), frames=onset)
        note = proctor.record_alert(uow, raised, blobs=desk.blobs)
        assert desk.blobs.forget(f"{desk.session.attempt_id}:note", uow)
    with desk.store.write(desk.reviewers[0]) as uow:
        proctor.raise_note(uow, note.id, organisation_id=desk.agency, reason="A voice.", blobs=desk.blobs)
        (kept,) = proctor.evidence_of_attempt(uow, desk.session.attempt_id)
        assert kept.incident_id is not None


def test_a_raised_hand_is_noted_and_never_becomes_an_incident(desk: Desk) -> None:  # noqa: F811
    hand = replace(speech(desk.clock), rule=proctor.RuleName.HAND_RAISED)
    with desk.store.write(Actor.system()) as uow:
        raised = proctor.AlertRaised(session=desk.session.ref, alert=hand, frames=())
        note = proctor.record_alert(uow, raised, blobs=desk.blobs)
    with desk.store.write(desk.reviewers[0]) as uow:
        refusal = lambda: proctor.raise_note(  # noqa: E731
            uow, note.id, organisation_id=desk.agency, reason="It was up.", blobs=desk.blobs
        )
        assert refused(refusal, Conflict) == "hand_accuses_nobody"


def test_what_shows_an_upheld_incident_stays_while_one_may_appeal(desk: Desk) -> None:  # noqa: F811
    alert = speech(desk.clock, weight=proctor.Weight.INCIDENT)
    attempt_id = desk.session.attempt_id
    with desk.store.write(Actor.system()) as uow:
        raised = proctor.AlertRaised(session=desk.session.ref, alert=alert, frames=())
        incident = proctor.raise_incident(uow, raised, blobs=desk.blobs)
    for reviewer in desk.reviewers:
        with desk.store.write(reviewer) as uow:
            assert proctor.open_cases(uow, [attempt_id]) == {attempt_id: {Hold.INCIDENT_OPEN}}
            proctor.decide_incident(
                uow,
                incident.id,
                organisation_id=desk.agency,
                verdict=proctor.Verdict.UPHELD,
                reason="Nobody is there.",
            )
    with desk.store.read(Actor.system()) as uow:
        assert proctor.open_cases(uow, [attempt_id]) == {attempt_id: {Hold.APPEAL_POSSIBLE}}
    desk.clock.advance(timedelta(days=proctor.TERMS.appeal_days, seconds=1).total_seconds())
    with desk.store.read(Actor.system()) as uow:
        assert proctor.open_cases(uow, [attempt_id]) == {}
