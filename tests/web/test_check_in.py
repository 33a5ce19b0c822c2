# SPDX-License-Identifier: Apache-2.0
"""The check-in over HTTP, with the real networks on the shipped picture, bent so that it turns, blinks and speaks."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.audit import AuditRow
from core.uow import Actor
from proctor import api as proctor
from proctor.checkin.queries import learned_scope
from proctor.checkin.tables import CheckInRow
from proctor.evidence.tables import EvidenceRow
from tests import clips, movements
from tests.web.checking_in import (
    WHOLE,
    arrived,
    check_in_of,
    frame,
    obey,
    photographed,
    plan,
    send,
    send_card,
    session_of,
    watched_learner,
)
from tests.web.site import Site
from tests.web.sitting import agree, take_photo
from web.presenters.check_in_found import facts_of

CALM = proctor.WatchPlan(calibration=True)


def kinds(site: Site) -> list[str]:
    """The kinds of all pictures that were kept."""
    with site.parts.store.read(Actor.system()) as uow:
        return sorted(kind.value for kind in uow.db.scalars(select(EvidenceRow.kind)))


def test_card_photo_calm_seconds_and_movements_lead_to_the_test(site: Site) -> None:
    visitor = arrived(site)
    gate = visitor.get("/learner").text
    assert "/learner/check-in" in gate
    assert "data-photo-take" not in gate
    assert 'data-step="id_card"' in visitor.get("/learner/check-in").text
    card = send_card(visitor)
    assert card.json == {"face_found": True}
    assert 'data-step="photo"' in visitor.get("/learner/check-in").text
    assert take_photo(visitor).status_code == 200
    assert 'data-step="calibration"' in visitor.get("/learner/check-in").text

    last = obey(site, visitor)
    assert (last["phase"], last["unseen"]) == ("done", 0)
    done = check_in_of(site, visitor)
    assert done is not None
    assert (done.calibrated, done.failed, done.wall_faces) == (True, (), 0)
    assert 3 <= done.enrolled_looks <= 5
    assert {one.challenge for one in done.challenges} == {"turn_left", "turn_right", "blink", "digits"}
    assert done.card_similarity is not None
    assert done.card_similarity > 0.7  # the same person; a hint for people and nothing more
    assert kinds(site) == ["id_card", "identity_photo"]  # of the calm seconds nothing is kept

    assert visitor.get("/learner/check-in").location == "/learner"
    started = visitor.post("/learner/start")
    assert started.location == "/room", started.text
    with site.parts.store.read(Actor.system()) as uow:
        watching = proctor.watching_of(uow, session_of(site, visitor).id, blobs=site.parts.blobs)
    assert watching.baseline is not None
    assert watching.baseline.pose is not None
    assert watching.enrolled is not None
    assert watching.enrolled.shape == (192,)


def test_what_is_learned_is_neither_in_a_row_nor_in_an_event_and_dies_with_its_key(site: Site) -> None:
    visitor = photographed(site, CALM)
    obey(site, visitor)
    session = session_of(site, visitor)
    with site.parts.store.read(Actor.system()) as uow:
        learned = proctor.learned_of(uow, session, blobs=site.parts.blobs)
        row = uow.db.scalars(select(CheckInRow)).one()
        told = " ".join(str(payload) for payload in uow.db.scalars(select(AuditRow.payload)))
    number = f"{float(learned.vectors[0][0]):.4f}"
    assert number not in told
    assert number not in str(vars(row))
    for file in (site.parts.config.var / "evidence").rglob("*"):
        assert not file.is_file() or number.encode() not in file.read_bytes()
    with site.parts.store.write(Actor.system()) as uow:
        site.parts.blobs.forget(learned_scope(session.attempt_id), uow)
    with site.parts.store.read(Actor.system()) as uow:
        assert proctor.learned_of(uow, session, blobs=site.parts.blobs) == proctor.Learned()


def test_a_movement_that_is_not_seen_holds_nobody_up_and_becomes_a_note_for_people(site: Site) -> None:
    visitor = photographed(site, proctor.WatchPlan(calibration=True, liveness=True))
    last = obey(site, visitor, but_not={"blink"})
    assert last["unseen"] == 1
    done = check_in_of(site, visitor)
    assert done is not None
    assert [(one.challenge, one.tries) for one in done.failed] == [("blink", 3)]
    assert kinds(site) == ["check_in", "identity_photo"]  # the last picture of what was not seen
    site.parts.pipeline.start()
    assert visitor.post("/learner/start").location == "/room"
    assert site.parts.pipeline.drain(20)
    with site.parts.store.read(Actor.system()) as uow:
        (note,) = proctor.alerts_of_attempt(uow, site.attempt_of(visitor))
        assert proctor.incidents_of_attempt(uow, site.attempt_of(visitor)) == ()
    assert note.rule is proctor.RuleName.LIVENESS_FAILED
    assert visitor.post("/learner/start").location == "/room"  # coming back tells it no second time
    assert site.parts.pipeline.drain(20)
    with site.parts.store.read(Actor.system()) as uow:
        assert len(proctor.alerts_of_attempt(uow, site.attempt_of(visitor))) == 1


def test_a_sitting_with_the_photo_alone_is_as_it_was(site: Site) -> None:
    visitor = arrived(site, proctor.WatchPlan())
    assert "data-photo-take" in visitor.get("/learner").text
    assert visitor.get("/learner/check-in").location == "/learner"
    refused = send(visitor, "frame", movements.jpeg("calm"))
    assert (refused.status_code, refused.json["code"]) == (409, "check_in_not_needed")  # type: ignore[index]
    assert take_photo(visitor).status_code == 200
    assert visitor.post("/learner/start").location == "/room"
    with site.parts.store.read(Actor.system()) as uow:
        watching = proctor.watching_of(uow, session_of(site, visitor).id, blobs=site.parts.blobs)
    assert (watching.baseline, watching.enrolled) == (None, None)


def test_the_test_does_not_start_before_the_check_in_is_complete(site: Site) -> None:
    visitor = photographed(site, CALM)
    refused = visitor.post("/learner/start")
    assert refused.status_code == 409
    assert session_of(site, visitor).state is proctor.SessionState.READY


def test_an_exemption_leaves_movements_out(site: Site) -> None:
    visitor = photographed(site, proctor.WatchPlan(calibration=True, liveness=True), exempt={"veil"})
    last = obey(site, visitor)
    assert (last["phase"], last["of"]) == ("done", 0)
    done = check_in_of(site, visitor)
    assert done is not None
    assert done.challenges == ()


@pytest.mark.parametrize(
    ("rechecks", "exempt", "asks"),
    [(True, set[str](), True), (False, set[str](), False), (True, {"veil"}, False)],
    ids=["asked", "only at the start", "exempted"],
)
def test_the_rule_of_movements_works_only_where_some_are_asked_for_during_the_test(
    site: Site, rechecks: bool, exempt: set[str], asks: bool
) -> None:
    chosen = proctor.WatchPlan(calibration=True, liveness=True, rechecks=rechecks)
    visitor = photographed(site, chosen, exempt=exempt)
    obey(site, visitor)
    with site.parts.store.read(Actor.system()) as uow:
        watching = proctor.watching_of(uow, session_of(site, visitor).id, blobs=site.parts.blobs)
    assert watching.baseline is not None
    assert watching.movements is asks
    needs = proctor.unmet_needs(proctor.RuleName.LIVENESS_FAILED, watching)
    assert needs == (frozenset() if asks else {proctor.Need.MOVEMENTS})


def test_who_cannot_be_seen_may_go_on_after_a_while(site: Site) -> None:
    visitor = photographed(site, CALM)
    room = clips.to_jpeg(clips.picture("gone", size=(480, 360)))
    told = send(visitor, "frame", room).json
    assert told is not None
    assert (told["seen"], told["may_skip"]) == ("no_face", False)
    early = send(visitor, "skip")
    assert early.status_code == 409
    assert early.json["facts"] == {"seconds": 45}  # type: ignore[index]
    site.clock.advance(46)
    told = send(visitor, "frame", room).json
    assert told is not None
    assert told["may_skip"] is True
    gone_on = send(visitor, "skip").json
    assert gone_on is not None
    assert (gone_on["phase"], gone_on["unseen"]) == ("done", 1)
    done = check_in_of(site, visitor)
    assert done is not None
    assert (done.calibrated, done.enrolled_looks) == (False, 0)
    assert visitor.post("/learner/start").location == "/room"


@pytest.mark.parametrize(
    ("kind", "word"),
    [("covered", "dark"), ("gone", "no_face"), ("two", "several_faces"), ("present", "good")],
)
def test_the_page_is_told_in_a_word_what_is_wrong(site: Site, kind: str, word: str) -> None:
    visitor = photographed(site, CALM)
    told = send(visitor, "frame", clips.to_jpeg(clips.picture(kind, size=(480, 360)))).json
    assert told is not None
    assert told["seen"] == word


def test_a_card_without_a_face_is_kept_all_the_same(site: Site) -> None:
    visitor = arrived(site)
    plain = clips.to_jpeg(clips.picture("gone", size=(640, 480)))
    assert send(visitor, "card", plain).json == {"face_found": False}
    assert send_card(visitor).json == {"face_found": True}  # taken again before the next step
    assert kinds(site) == ["id_card", "id_card"]


def test_no_numbers_are_made_of_the_face_on_a_card_where_faces_are_not_compared(site: Site) -> None:
    visitor = arrived(site, proctor.WatchPlan(id_card=True))
    assert send_card(visitor).json == {"face_found": True}
    with site.parts.store.read(Actor.system()) as uow:
        row = uow.db.scalars(select(CheckInRow)).one()
        assert row.card_evidence_id is not None
        assert (row.card_address, row.card_similarity) == (None, None)
    found = check_in_of(site, visitor)
    assert found is not None
    (card,) = (one for one in facts_of(found, session_of(site, visitor).plan) if "ard" in one["label"])
    assert card["value"] == "not compared"


@pytest.mark.parametrize("identify", [True, False])
def test_the_numbers_of_a_card_are_made_only_where_they_are_asked_for(site: Site, identify: bool) -> None:
    looker = proctor.load_looker(site.parts.config.models, identity=site.parts.config.identity_network)
    face = looker.find_card_face(movements.card(), identify=identify)
    assert face is not None
    assert (face.vector is not None) is identify


def test_bad_pictures_are_refused_by_name_and_change_nothing(site: Site) -> None:
    visitor = photographed(site, CALM)
    good = movements.jpeg("calm")
    for body, code in (
        (b"", "frame_empty"),
        (b"GIF89a" + b"\0" * 99, "frame_not_jpeg"),
        (good[: len(good) // 2], "frame_truncated"),
        (good + b"\0" * 200_000, "frame_too_large"),
    ):
        refused = send(visitor, "frame", body)
        assert (refused.status_code, refused.json["code"]) == (422, code)  # type: ignore[index]
    assert frame(site, visitor)["progress"] == 0.05


def test_frames_that_come_too_fast_are_refused(site: Site) -> None:
    visitor = photographed(site, CALM)
    body = movements.jpeg("calm", size=(320, 240))
    codes = [send(visitor, "frame", body).status_code for _ in range(26)]
    assert codes == [200] * 24 + [409] * 2
    site.clock.advance(1)
    assert send(visitor, "frame", body).status_code == 200


def test_no_picture_is_looked_at_before_consent_out_of_order_or_after_the_start(site: Site) -> None:
    name = watched_learner(site)
    plan(site, name, WHOLE)
    visitor = site.learner(name)
    body = movements.jpeg("calm")

    def code(what: str) -> str:
        answer = send(visitor, what, body)
        assert answer.status_code == 409
        return str((answer.json or {})["code"])

    assert (code("frame"), code("card"), code("skip")) == ("consent_missing",) * 3
    agree(visitor)
    visitor.get("/learner")
    assert code("frame") == "check_in_wrong_step"
    send_card(visitor)
    take_photo(visitor)
    assert code("skip") == "check_in_not_begun"
    obey(site, visitor)
    assert (code("frame"), code("card")) == ("check_in_done", "check_in_done")
    assert visitor.post("/learner/start").location == "/room"
    assert (code("frame"), code("card")) == ("session_active", "session_active")
    assert visitor.get("/learner/check-in").location == "/learner"


def test_one_learner_s_frames_never_move_another_s_check_in(site: Site) -> None:
    first = photographed(site, CALM)
    second = site.learner(watched_learner(site, 1))
    agree(second)
    visitor = second
    visitor.get("/learner")
    take_photo(visitor)
    for number in range(3):
        frame(site, first, "calm", number)
    assert frame(site, visitor)["progress"] == 0.05
    stranger = site.visitor()
    stranger.get("/")
    assert send(stranger, "frame", movements.jpeg("calm")).status_code in (401, 403)


def test_consent_taken_back_makes_the_check_in_begin_anew(site: Site) -> None:
    visitor = photographed(site, CALM)
    obey(site, visitor)
    session = session_of(site, visitor)
    with site.parts.store.write(Actor.system()) as uow:
        from proctor.monitoring.operations import record_consent_reference, take_back_consent

        take_back_consent(uow, session.id)
        record_consent_reference(uow, session.id, consent_id="another", plan=CALM, agreed=["face"])
    assert check_in_of(site, visitor) is None
    with site.parts.store.read(Actor.system()) as uow:
        assert proctor.check_in_step(uow, session_of(site, visitor)) is proctor.CheckInStep.PHOTO
