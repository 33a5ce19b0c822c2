# SPDX-License-Identifier: Apache-2.0
"""What a learner's pictures show: the own face stays, whoever else may be there does not, and a scene stays a scene."""

from __future__ import annotations

from datetime import timedelta

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from core.uow import Actor
from proctor import api as proctor
from proctor.evidence.operations import keep_frame
from tests import clips
from tests.web import sitting
from tests.web.reviewing import INCIDENT, NOTE, Case, open_case
from tests.web.site import Site

RULE, KIND = proctor.RuleName, proctor.EvidenceKind
Pixels = npt.NDArray[np.uint8]
OWN = proctor.Box(100, 38, 72, 72)
POSTER = 64
"""Pixels of the poster's sides; the face on it is less than a third of the own one, and far from it."""


@pytest.fixture
def case(site: Site) -> Case:
    """A learner who has handed in."""
    made = open_case(site)
    room = sitting.open_room(made.learner)
    room.answer_everything()
    assert room.hand_in().status_code == 200
    return made


def before_a_poster(size: int = POSTER) -> Pixels:
    """One face before the camera, and a picture of a face in the corner."""
    whole = clips.picture("present")
    poster = cv2.resize(whole[5:143, 67:205], (size, size), interpolation=cv2.INTER_AREA)
    whole[4 : 4 + size, 320 - size - 4 : 316] = poster
    return whole


def kept(
    case: Case,
    shown: Pixels,
    *,
    kind: proctor.EvidenceKind = KIND.SAMPLE,
    areas: tuple[proctor.Box, ...] | None = None,
    alert_id: str | None = None,
    seconds: float = 0,
) -> str:
    """A picture of this learner, stored as the pipeline does; None as areas: nobody had looked, so nothing was hidden."""
    with case.site.parts.store.write(Actor.system()) as uow:
        frame = proctor.CapturedFrame(
            1, uow.now + timedelta(seconds=seconds), clips.to_jpeg(shown, quality=90)
        )
        return keep_frame(
            uow,
            proctor.KeptFrame(kind, frame, areas),
            session_id=case.session.id,
            attempt_id=case.attempt_id,
            organisation_id=case.session.organisation_id,
            incident_id=None,
            alert_id=alert_id,
            blobs=case.site.parts.blobs,
        ).id


def stored(case: Case, picture: str) -> bytes:
    with case.site.parts.store.read(Actor.system()) as uow:
        return proctor.read_evidence(
            uow, picture, organisation_id=case.session.organisation_id, blobs=case.site.parts.blobs
        ).data


def mine(case: Case, picture: str) -> bytes:
    answer = case.learner.get(f"/learner/review/pictures/{picture}.jpg")
    assert answer.status_code == 200
    return bytes(answer.data)


def faces(case: Case, jpeg: bytes) -> list[proctor.Box]:
    """The faces that a detector finds, from left to right."""
    parts = case.site.parts
    found = parts.photo_detector.observe(proctor.decode_jpeg(jpeg), parts.clock.now(), 0).faces
    return sorted((one.box for one in found), key=lambda box: box.x)


def apart(left: bytes, right: bytes) -> float:
    """How far two pictures are from each other, in grey levels."""
    one, other = (proctor.decode_jpeg(jpeg).astype(float) for jpeg in (left, right))
    return float(np.abs(one - other).mean())


def test_before_a_poster_the_own_face_stays_and_the_small_one_goes(case: Case) -> None:
    picture = kept(case, before_a_poster())
    assert len(faces(case, stored(case, picture))) == 2, "the detector sees the poster"
    (left,) = faces(case, mine(case, picture))
    assert abs(left.x - OWN.x) < 8
    assert abs(left.width - OWN.width) < 8


def test_a_face_beside_the_own_one_is_not_left_in_its_margin(case: Case) -> None:
    shown = before_a_poster()
    shown[40:104, 174:238] = shown[4:68, 252:316]
    shown[4:68, 252:316] = shown[4:68, 4:68]
    picture = kept(case, shown)
    assert len(faces(case, stored(case, picture))) == 2
    assert faces(case, mine(case, picture)) == []


def test_of_two_faces_alike_none_stays(case: Case) -> None:
    picture = kept(case, clips.picture("two"))
    assert len(faces(case, stored(case, picture))) == 2
    assert faces(case, mine(case, picture)) == []


def test_a_scene_without_anybody_is_handed_out_as_it_is_stored(case: Case) -> None:
    picture = kept(case, clips.picture("gone"), areas=())
    assert mine(case, picture) == stored(case, picture)


def test_what_a_thing_was_seen_in_shows_the_thing_to_the_learner_too(case: Case) -> None:
    note = case.add(RULE.PHONE_POSSIBLE, NOTE)
    thing = proctor.Box(230, 150, 70, 70)
    shown = clips.picture("present")
    cv2.putText(shown, "A1 B2", (232, 190), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (255, 255, 255), 2)
    of_phone = kept(case, shown, kind=KIND.RAISED, areas=(OWN, thing), alert_id=note)
    assert mine(case, of_phone) == stored(case, of_phone), "what reviewers judge by, the learner sees"
    other = case.add(RULE.SPEECH, NOTE)
    of_speech = kept(case, shown, kind=KIND.RAISED, areas=(OWN, thing), alert_id=other)
    assert apart(mine(case, of_speech), stored(case, of_speech)) > 2, "elsewhere only the face stays"
    both = (proctor.Box(41, 38, 72, 72), proctor.Box(207, 43, 70, 70))
    two = kept(case, clips.picture("two"), kind=KIND.RAISED, areas=both, alert_id=note)
    assert len(faces(case, stored(case, two))) == 2
    assert faces(case, mine(case, two)) == []
    unseen = kept(case, shown, kind=KIND.RAISED, alert_id=note)
    assert apart(mine(case, unseen), stored(case, unseen)) > 2, (
        "where nobody had looked, all but the face goes"
    )


def test_one_a_minute_is_hidden_while_somebody_else_sat_there(case: Case) -> None:
    case.add(RULE.SOMEONE_ELSE, INCIDENT, seconds=20.0)
    during = kept(case, clips.picture("present"), seconds=-45)
    empty = kept(case, clips.picture("present"), areas=(), seconds=-45)
    after = kept(case, clips.picture("present"), seconds=-10)
    assert len(faces(case, stored(case, during))) == len(faces(case, mine(case, after))) == 1
    assert faces(case, mine(case, during)) == []
    assert apart(mine(case, empty), stored(case, empty)) > 2, "a scene of another's is coarser still"
