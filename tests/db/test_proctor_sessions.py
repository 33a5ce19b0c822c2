# SPDX-License-Identifier: Apache-2.0
"""Proctoring sessions and their photo in a real database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

import core.outbox  # noqa: F401 - its table must exist
from core.audit import AuditRow
from core.blobs import BlobStore
from core.clock import FixedClock
from core.errors import Conflict, Invalid, KasautiError, NotFound, Unavailable
from core.ids import new_id
from core.uow import Actor, Store, UnitOfWork
from proctor import api as proctor
from tests.clips import models_dir, picture, to_jpeg


@pytest.fixture(scope="module")
def detector() -> proctor.Detector:
    return proctor.SharedDetector(
        lambda: proctor.BlazeFaceDetector(proctor.load_model(models_dir(), proctor.FACE_MODEL))
    )


def refused(act: Callable[[], object], kind: type[KasautiError]) -> str:
    with pytest.raises(kind) as caught:
        act()
    return caught.value.code


def opened(uow: UnitOfWork, agency: str, *, attempt: str | None = None) -> proctor.SessionSummary:
    return proctor.open_session(uow, attempt or new_id(), organisation_id=agency, sitting_id="sitting")


def checked(clock: FixedClock) -> proctor.CheckedPhoto:
    seen = proctor.ScriptedDetector(lambda _: 1)
    return proctor.check_photo(to_jpeg(picture("present")), detector=seen, at=clock.now())


def test_a_session_goes_from_consent_and_photo_to_its_end(
    store: Store, clock: FixedClock, blobs: BlobStore, agency: str
) -> None:
    with store.write(Actor.system()) as uow:
        session = opened(uow, agency)
        proctor.record_consent_reference(uow, session.id, consent_id="consent")
        ready = proctor.store_identity_photo(uow, session.id, photo=checked(clock), blobs=blobs)
    assert ready.state is proctor.SessionState.READY
    clock.advance(60)
    with store.write(Actor.system()) as uow:
        active = proctor.activate_session(uow, session.id)
        assert proctor.activate_session(uow, session.id) == active
    assert (active.state, active.activated_at) == (proctor.SessionState.ACTIVE, clock.now())
    with store.read(Actor.system()) as uow:
        assert proctor.active_sessions(uow) == (active,)
    clock.advance(60)
    with store.write(Actor.system()) as uow:
        ended = proctor.end_session(uow, session.id, ended_by=proctor.SessionEnd.ATTEMPT_ENDED)
        assert proctor.end_session(uow, session.id, ended_by=proctor.SessionEnd.WITHDRAWN) == ended
    assert (ended.ended_at, ended.ended_by) == (clock.now(), proctor.SessionEnd.ATTEMPT_ENDED)
    with store.read(Actor.system()) as uow:
        names = [
            row.name for row in uow.db.scalars(select(AuditRow).where(AuditRow.subject_id == session.id))
        ]
    assert sorted(names) == sorted(
        [
            "proctoring_session_opened",
            "proctoring_session_consented",
            "identity_photo_stored",
            "proctoring_session_activated",
            "proctoring_session_ended",
        ]
    )


def test_opening_again_changes_nothing_but_elsewhere_is_refused(store: Store, agency: str) -> None:
    with store.write(Actor.system()) as uow:
        session = opened(uow, agency, attempt="attempt")
        assert opened(uow, agency, attempt="attempt") == session
        assert proctor.session_of_attempt(uow, "attempt") == session
        assert proctor.session_of_attempt(uow, "another") is None
        foreign = lambda: proctor.open_session(  # noqa: E731 - shortest here
            uow, "attempt", organisation_id=new_id(), sitting_id="sitting"
        )
        assert refused(foreign, Conflict) == "session_exists"


def test_a_session_moves_with_its_learner_until_the_start_and_asks_anew(
    store: Store, clock: FixedClock, blobs: BlobStore, agency: str
) -> None:
    elsewhere = {"organisation_id": agency, "sitting_id": "another"}
    with store.write(Actor.system()) as uow:
        session = opened(uow, agency, attempt="attempt")
        proctor.record_consent_reference(uow, session.id, consent_id="consent", agreed=["camera"])
        moved = proctor.open_session(uow, "attempt", **elsewhere)
        assert (moved.id, moved.sitting_id, moved.consent_id) == (session.id, "another", None)
        assert moved.agreed == frozenset()
        proctor.record_consent_reference(uow, session.id, consent_id="consent2")
        proctor.store_identity_photo(uow, session.id, photo=checked(clock), blobs=blobs)
        proctor.activate_session(uow, session.id)
        back = lambda: opened(uow, agency, attempt="attempt")  # noqa: E731 - shortest here
        assert refused(back, Conflict) == "session_exists"


def test_a_consent_taken_back_lets_no_photo_in_and_ends_a_running_session(
    store: Store, clock: FixedClock, blobs: BlobStore, agency: str
) -> None:
    with store.write(Actor.system()) as uow:
        session = opened(uow, agency)
        proctor.record_consent_reference(uow, session.id, consent_id="consent")
        assert not proctor.take_back_consent(uow, session.id).takes_pictures
        keep = lambda: proctor.store_identity_photo(uow, session.id, photo=checked(clock), blobs=blobs)  # noqa: E731
        assert refused(keep, Conflict) == "consent_missing"
        proctor.record_consent_reference(uow, session.id, consent_id="consent2", agreed=["camera", "voice"])
        less = proctor.keep_agreed(uow, session.id, agreed={"camera"}, consent_id="consent3")
        assert (less.agreed, less.consent_id) == ({"camera"}, "consent3")
        told = [one for one in uow.emitted if one.name == "proctoring_session_consent_narrowed"]
        assert [one.payload()["items"] for one in told] == [["voice"]]
        assert proctor.keep_agreed(uow, session.id, agreed={"camera"}) == less
        assert uow.emitted[-1] is told[0], "nothing was taken back by that"
        keep()
        assert proctor.is_active(proctor.activate_session(uow, session.id))
        over = proctor.take_back_consent(uow, session.id)
        assert (over.withdrawn, over.takes_pictures, proctor.is_active(over)) == (True, False, False)
        assert proctor.take_back_consent(uow, session.id) == over
        assert proctor.keep_agreed(uow, session.id, agreed=(), consent_id="late").consent_id == "consent3"


def test_the_same_consent_again_leaves_no_second_trace(store: Store, agency: str) -> None:
    with store.write(Actor.system()) as uow:
        session = opened(uow, agency)
        for _ in range(2):
            proctor.record_consent_reference(uow, session.id, consent_id="consent")
        assert [event.name for event in uow.emitted].count("proctoring_session_consented") == 1


def test_the_photo_is_kept_encrypted_and_every_look_at_it_is_logged(
    store: Store, clock: FixedClock, blobs: BlobStore, agency: str, tmp_path: Path
) -> None:
    photo = checked(clock)
    with store.write(Actor.system()) as uow:
        session = opened(uow, agency)
        proctor.record_consent_reference(uow, session.id, consent_id="consent")
        photo_id = proctor.store_identity_photo(uow, session.id, photo=photo, blobs=blobs).photo_id
    assert photo_id is not None
    on_disk = b"".join(path.read_bytes() for path in (tmp_path / "evidence").rglob("*") if path.is_file())
    assert photo.frame.jpeg[:64] not in on_disk
    with store.write(Actor.system()) as uow:
        shown = proctor.view_evidence(uow, photo_id, organisation_id=agency, blobs=blobs)
    assert shown.summary.sha256 == hashlib.sha256(photo.frame.jpeg).hexdigest()
    assert shown.summary.stored_sha256 == hashlib.sha256(shown.data).hexdigest()
    assert shown.summary.redaction is proctor.Redaction.BACKGROUND
    assert (shown.media_type, shown.summary.kind) == ("image/jpeg", proctor.EvidenceKind.IDENTITY_PHOTO)
    with store.read(Actor.system()) as uow:
        (view,) = uow.db.scalars(select(AuditRow).where(AuditRow.name == "evidence_viewed"))
        assert (view.subject_id, view.payload["session_id"]) == (photo_id, session.id)
        assert proctor.evidence(uow, photo_id, organisation_id=agency) == shown.summary


def test_evidence_of_another_tenant_does_not_exist(
    store: Store, clock: FixedClock, blobs: BlobStore, agency: str
) -> None:
    with store.write(Actor.system()) as uow:
        session = opened(uow, agency)
        proctor.record_consent_reference(uow, session.id, consent_id="consent")
        photo_id = proctor.store_identity_photo(uow, session.id, photo=checked(clock), blobs=blobs).photo_id
        assert photo_id is not None
        view = lambda: proctor.view_evidence(uow, photo_id, organisation_id="other", blobs=blobs)  # noqa: E731
        assert refused(view, NotFound) == "evidence_unknown"
        assert (
            refused(lambda: proctor.evidence(uow, photo_id, organisation_id="o"), NotFound)
            == "evidence_unknown"
        )
        assert (
            refused(lambda: proctor.session(uow, session.id, organisation_id="o"), NotFound)
            == "session_unknown"
        )
        assert proctor.session(uow, session.id, organisation_id=agency).id == session.id


def test_a_picture_whose_hash_was_changed_is_not_shown(
    store: Store, clock: FixedClock, blobs: BlobStore, agency: str
) -> None:
    with store.write(Actor.system()) as uow:
        session = opened(uow, agency)
        proctor.record_consent_reference(uow, session.id, consent_id="consent")
        photo_id = proctor.store_identity_photo(uow, session.id, photo=checked(clock), blobs=blobs).photo_id
        uow.db.execute(text("UPDATE evidence SET stored_sha256 = :other"), {"other": "f" * 64})
        uow.db.expire_all()
        assert photo_id is not None
        view = lambda: proctor.view_evidence(uow, photo_id, organisation_id=agency, blobs=blobs)  # noqa: E731
        assert refused(view, Unavailable) == "evidence_damaged"


def test_without_consent_no_photo_is_kept(
    store: Store, clock: FixedClock, blobs: BlobStore, agency: str, tmp_path: Path
) -> None:
    with store.write(Actor.system()) as uow:
        session = opened(uow, agency)
        keep = lambda: proctor.store_identity_photo(uow, session.id, photo=checked(clock), blobs=blobs)  # noqa: E731
        assert refused(keep, Conflict) == "consent_missing"
        assert refused(lambda: proctor.activate_session(uow, session.id), Conflict) == "session_not_ready"
        assert refused(lambda: proctor.activate_session(uow, "nobody"), NotFound) == "session_unknown"
    assert [path for path in (tmp_path / "evidence").rglob("*") if path.is_file()] == []


def test_the_database_itself_refuses_a_half_made_session(store: Store, agency: str) -> None:
    with store.write(Actor.system()) as uow:
        opened(uow, agency)
    for change in (
        "state = 'active'",
        "state = 'ready'",
        "state = 'ended'",
        "state = 'other'",
        "ended_at = created_at",
        "photo_id = 'p'",
    ):
        with pytest.raises(IntegrityError), store.write(Actor.system()) as uow:
            uow.db.execute(text(f"UPDATE proctoring_sessions SET {change}"))


@pytest.mark.parametrize(
    ("kind", "code"),
    [("gone", "photo_no_face"), ("two", "photo_several_faces"), ("covered", "photo_too_dark")],
)
def test_a_photo_that_does_not_show_one_person_is_refused(
    detector: proctor.Detector, clock: FixedClock, kind: str, code: str
) -> None:
    jpeg = to_jpeg(picture(kind, size=(640, 480)))
    assert refused(lambda: proctor.check_photo(jpeg, detector=detector, at=clock.now()), Invalid) == code


def test_a_photo_of_one_person_passes_with_the_face_and_the_model(
    detector: proctor.Detector, clock: FixedClock
) -> None:
    jpeg = to_jpeg(picture("present", size=(640, 480)))
    photo = proctor.check_photo(jpeg, detector=detector, at=clock.now())
    assert (photo.frame.jpeg, photo.frame.at) == (jpeg, clock.now())
    assert photo.face.score > 0.5
    assert photo.model_sha256 == detector.model_sha256


def test_a_photo_that_is_no_picture_is_refused(detector: proctor.Detector, clock: FixedClock) -> None:
    act = lambda: proctor.check_photo(b"GIF89a", detector=detector, at=clock.now())  # noqa: E731
    assert refused(act, Invalid) == "frame_not_jpeg"
