# SPDX-License-Identifier: Apache-2.0
"""Every kind of kept picture: what is hidden in it, under which key it lies, and which rows the database refuses."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.blobs import BlobKeyRow, BlobStore
from core.clock import FixedClock
from core.ids import new_id
from core.uow import Actor, Store, UnitOfWork
from proctor import api as proctor
from proctor.evidence.model import class_of, scope_of
from proctor.evidence.operations import keep_frame
from proctor.vision.observation import Box
from tests.clips import picture, to_jpeg

KINDS = proctor.EvidenceKind
JPEG = to_jpeg(picture("busy"), quality=85)
TAGGED = JPEG[:2] + b"\xff\xe1\x00\x16Exif\x00\x00GPS 18.52N 73E" + JPEG[2:]
FACE = Box(110, 60, 90, 90)


@pytest.fixture
def session(store: Store, agency: str) -> proctor.SessionSummary:
    with store.write(Actor.system()) as uow:
        return proctor.open_session(uow, new_id(), organisation_id=agency, sitting_id="sitting")


def keep(
    uow: UnitOfWork,
    session: proctor.SessionSummary,
    blobs: BlobStore,
    kind: proctor.EvidenceKind,
    *,
    areas: tuple[Box, ...] | None = (FACE,),
    jpeg: bytes = TAGGED,
) -> proctor.EvidenceSummary:
    return keep_frame(
        uow,
        proctor.KeptFrame(kind, proctor.CapturedFrame(4, uow.now, jpeg), areas),
        session_id=session.id,
        attempt_id=session.attempt_id,
        organisation_id=session.organisation_id,
        incident_id=None,
        blobs=blobs,
        alert_id=new_id() if kind.of_an_alert else None,
    )


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_is_kept_hidden_but_for_what_counts_and_without_metadata(
    store: Store, blobs: BlobStore, session: proctor.SessionSummary, kind: proctor.EvidenceKind
) -> None:
    with store.write(Actor.system()) as uow:
        kept = keep(uow, session, blobs, kind)
        seen = proctor.view_evidence(uow, kept.id, organisation_id=session.organisation_id, blobs=blobs)
        scope = scope_of(session.attempt_id, class_of(kind, incident_id=None))
        assert uow.db.get(BlobKeyRow, scope) is not None
    assert kept.sha256 == hashlib.sha256(TAGGED).hexdigest()
    assert kept.size == len(TAGGED)
    assert kept.stored_sha256 == hashlib.sha256(seen.data).hexdigest()
    assert b"GPS" not in seen.data
    whole = kind is KINDS.ID_CARD
    assert kept.redacted is not whole
    before, after = proctor.decode_jpeg(JPEG), proctor.decode_jpeg(seen.data)
    assert np.array_equal(before, after) is whole


@pytest.mark.parametrize(
    ("areas", "redaction"),
    [
        (None, proctor.Redaction.NONE),
        ((), proctor.Redaction.SCENE),
        ((FACE,), proctor.Redaction.BACKGROUND),
    ],
)
def test_the_row_says_what_was_hidden(
    store: Store,
    blobs: BlobStore,
    session: proctor.SessionSummary,
    areas: tuple[Box, ...] | None,
    redaction: proctor.Redaction,
) -> None:
    with store.write(Actor.system()) as uow:
        assert keep(uow, session, blobs, KINDS.ONSET, areas=areas).redaction is redaction


def test_a_broken_picture_is_kept_as_it_came(
    store: Store, blobs: BlobStore, session: proctor.SessionSummary
) -> None:
    broken = JPEG[:400]
    with store.write(Actor.system()) as uow:
        kept = keep(uow, session, blobs, KINDS.ONSET, jpeg=broken)
        seen = proctor.view_evidence(uow, kept.id, organisation_id=session.organisation_id, blobs=blobs)
    assert (seen.data, kept.redacted) == (broken, False)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE evidence SET kind = 'onset'",
        "UPDATE evidence SET alert_id = 'an alert'",
        "UPDATE evidence SET stored_sha256 = 'short'",
        "UPDATE evidence SET redaction = 'perhaps'",
    ],
)
def test_the_database_holds_what_belongs_to_which_kind(
    store: Store, blobs: BlobStore, session: proctor.SessionSummary, clock: FixedClock, change: str
) -> None:
    with store.write(Actor.system()) as uow:
        keep(uow, session, blobs, KINDS.SAMPLE)
    with pytest.raises(IntegrityError), store.write(Actor.system()) as uow:
        uow.db.execute(text(change))
