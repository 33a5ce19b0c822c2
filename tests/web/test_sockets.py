# SPDX-License-Identifier: Apache-2.0
"""The live channels: who comes in, what is taken, what is told to whom. The frames go through the real pipeline."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from assessor import api as assessor
from core.identity import operations as identity
from core.identity.model import Role
from core.uow import Actor
from proctor import api as proctor
from proctor.evidence.tables import EvidenceRow
from proctor.incidents.tables import IncidentRow
from tests import clips
from tests.web import sitting
from tests.web.site import Channel, Site, Visitor
from tests.web.world import acting_as, person
from web import demo
from web.error_texts import TEXTS
from web.sockets.guard import RECHECK_SECONDS
from web.sockets.wall import PICTURE_SECONDS

FRAMES, WALL = "/frames", "/wall"
NAME = "Ravi Kumar"
GOOD = clips.to_jpeg(clips.picture("present"))


class Camera:
    """A watched learner's browser with its camera."""

    def __init__(self, site: Site, name: str) -> None:
        self.site = site
        self.visitor = site.learner(name)
        self.room = sitting.begin(self.visitor, proctored=True)
        self.attempt_id = site.attempt_of(self.visitor)
        self.channel = site.connect(self.visitor, FRAMES)
        self.seq = 0

    @property
    def session_id(self) -> str:
        with self.site.parts.store.read(Actor.system()) as uow:
            session = proctor.session_of_attempt(uow, self.attempt_id)
        assert session is not None
        return session.id

    @property
    def counters(self) -> proctor.Counters:
        view = self.site.parts.pipeline.view(self.session_id)
        assert view is not None
        return view.counters

    def send(self, jpeg: Any = GOOD, *, seq: Any = None) -> dict[str, Any]:
        """One frame, under the next number unless one is given; the acknowledgement."""
        if seq is None:
            self.seq = seq = self.seq + 1
        ack = self.channel.ask(FRAMES, "frame", {"seq": seq, "at_ms": 0}, jpeg)
        assert isinstance(ack, dict)
        assert ack["ok"] or ack["code"] in TEXTS
        return ack

    def told(self) -> int:
        """How often the page was told to look again since the last call."""
        messages = self.channel.get_received(FRAMES)
        assert all(message["name"] == "changed" and message["args"] == [{}] for message in messages)
        return len(messages)


@pytest.fixture
def camera(site: Site) -> Camera:
    """One watched learner; the pipeline runs with the real detector."""
    opened = Camera(site, NAME)
    site.parts.pipeline.start()
    site.worker.round()
    assert opened.told()
    return opened


def proctor_at_the_wall(site: Site, *, sitting_id: str | None = None) -> Channel:
    """The sample's proctor, watching the sitting with the camera."""
    channel = site.connect(site.staff(Role.PROCTOR), WALL)
    assert channel.is_connected(WALL)
    assert channel.ask(WALL, "watch", {"sitting_id": sitting_id or sittings(site)[True]}) == {"ok": True}
    return channel


def sittings(site: Site) -> dict[bool, str]:
    """The sample's sittings, with and without a camera."""
    with site.parts.store.read(Actor.system()) as uow:
        who = person(uow, Role.PROCTOR)
        found = assessor.proctor_sittings(acting_as(uow, who), who.id, organisation_id=who.organisation_id)
    return {one.proctored: one.id for one in found}


def kept(site: Site, table: Any) -> int:
    with site.parts.store.read(Actor.system()) as uow:
        return uow.db.scalar(select(func.count()).select_from(table)) or 0


def refusal(site: Site, visitor: Visitor, namespace: str) -> str:
    """The code with which a channel is refused."""
    channel = site.connect(visitor, namespace)
    assert not channel.is_connected(namespace)
    (code,) = channel.errors
    return code


# -------------------------------------------------------------------------------------------- who comes in


@pytest.mark.parametrize("namespace", [FRAMES, WALL])
def test_nobody_connects_without_a_login(site: Site, namespace: str) -> None:
    assert refusal(site, site.visitor(), namespace) == "sign_in_needed"
    visitor = site.visitor()
    visitor.client.set_cookie("kasauti-login", "a token that is none of ours")
    assert refusal(site, visitor, namespace) == "sign_in_needed"


@pytest.mark.parametrize("namespace", ["/", "/other", "/frames/x"])
def test_there_are_only_the_two_channels(site: Site, namespace: str) -> None:
    channel = site.connect(site.learner(NAME), namespace)
    assert not channel.is_connected(namespace)


def test_a_learner_without_a_watched_test_cannot_send_frames(site: Site) -> None:
    assert refusal(site, sitting.begin(site.learner("Mohan Lal")).visitor, FRAMES) == "session_not_active"
    visitor = site.learner(NAME)
    assert refusal(site, visitor, FRAMES) == "session_not_active"
    sitting.agree(visitor)
    assert refusal(site, visitor, FRAMES) == "session_not_active"
    for role in (Role.PROCTOR, Role.MANAGER):
        assert refusal(site, site.staff(role), FRAMES) == "session_unknown"


def test_after_the_hand_in_the_channel_is_over(site: Site, camera: Camera) -> None:
    assert camera.room.hand_in().status_code == 200
    site.worker.round()
    assert site.parts.pipeline.drain(20)
    assert camera.send()["code"] == "session_not_active"
    assert camera.channel.ask(FRAMES, "camera", {"state": "on"})["code"] == "session_not_active"
    assert refusal(site, camera.visitor, FRAMES) == "session_not_active"


def test_only_proctors_come_to_the_wall(site: Site) -> None:
    assert refusal(site, site.learner(NAME), WALL) == "page_unknown"
    for one in demo.STAFF:
        if one.role is not Role.PROCTOR:
            assert refusal(site, site.staff(one.role), WALL) == "page_unknown"


def test_a_proctor_watches_only_sittings_that_are_assigned(site: Site) -> None:
    with site.parts.store.write(Actor.system()) as uow:
        home = person(uow, Role.PROCTOR).organisation_id
        stranger = identity.add_person(
            uow,
            organisation_id=home,
            name="Second Proctor",
            email="second@parakh.example",
            password=demo.PASSWORD,
            roles=[Role.PROCTOR],
        )
    channel = site.connect(site.sign_in(stranger.email), WALL)
    for sitting_id in (*sittings(site).values(), "a" * 26, "", "x" * 5000, "\0", 5, None, [], {}):
        assert channel.ask(WALL, "watch", {"sitting_id": sitting_id}) == {
            "ok": False,
            "code": "sitting_unknown",
        }


# ---------------------------------------------------------------------------------------- what is not an event


def test_an_unknown_event_is_refused_and_counted(site: Site, camera: Camera) -> None:
    wall = proctor_at_the_wall(site)
    handlers = site.app.extensions["socketio"].server.namespace_handlers
    for namespace, channel in ((FRAMES, camera.channel), (WALL, wall)):
        before = handlers[namespace].refused
        events: list[Any] = [
            "answer",
            "changed",
            "__init__",
            "admit",
            "leave",
            "",
            "\0",
            "x" * 5000,
            5,
            None,
            ["frame"],
        ]
        for event in events:
            assert channel.ask(namespace, event, {}) == {"ok": False, "code": "event_unknown"}, event
        assert handlers[namespace].refused == before + len(events)


def test_a_page_cannot_play_the_server_s_own_events(camera: Camera) -> None:
    for event in ("connect", "disconnect"):
        for payload in ((), ({},), ("transport close",), (None, None)):
            assert camera.channel.ask(FRAMES, event, *payload) == {"ok": False, "code": "event_unknown"}
    assert camera.send() == {"ok": True, "seq": 1, "dropped": 0}


def test_a_malformed_event_is_refused_and_the_channel_stays(site: Site, camera: Camera) -> None:
    right = {"seq": 1, "at_ms": 0}
    frames: list[tuple[Any, ...]] = [
        (),
        (right,),
        (right, GOOD, GOOD),
        (GOOD, right),
        (None, GOOD),
        ([1, 0], GOOD),
        ("seq", GOOD),
        ({}, GOOD),
        ({"seq": 1}, GOOD),
        ({**right, "attempt_id": "x"}, GOOD),
        (right, "text"),
        (right, None),
        (right, [GOOD]),
        (right, {"jpeg": GOOD}),
    ]
    frames += [({"seq": seq, "at_ms": 0}, GOOD) for seq in (0, -1, 2**31, 1.0, "1", None, True, [], 10**30)]
    reports: list[tuple[Any, ...]] = [
        (),
        ("on",),
        ({"state": "asleep"},),
        ({"state": None},),
        ({"state": []},),
    ]
    reports += [({"state": "on", "more": 1},), ({},), ({"state": "on"}, 1)]
    for event, payloads in (("frame", frames), ("camera", reports)):
        for payload in payloads:
            ack = camera.channel.ask(FRAMES, event, *payload)
            assert ack == {"ok": False, "code": "event_malformed"}, payload
    wall = proctor_at_the_wall(site)
    for payload in ((), (None,), ("x",), ({},), ({"sitting_id": "x", "more": 1},), ({}, {})):
        assert wall.ask(WALL, "watch", *payload) == {"ok": False, "code": "event_malformed"}
    assert camera.counters.offered == 0
    assert camera.send()["ok"]
    assert camera.channel.ask(FRAMES, "camera", {"state": "muted"}) == {"ok": True}


def test_a_fault_of_ours_is_acknowledged_without_a_word_of_the_inside(site: Site, camera: Camera) -> None:
    def broken(*_arguments: Any) -> dict[str, Any]:
        raise RuntimeError("the answer is 1930")

    handler = site.app.extensions["socketio"].server.namespace_handlers[FRAMES]
    handler.camera = broken
    assert camera.channel.ask(FRAMES, "camera", {"state": "on"}) == {"ok": False, "code": "crash"}
    assert camera.send()["ok"]


# ------------------------------------------------------------------------------------------------- bad frames


def test_a_frame_that_cannot_be_used_is_named_counted_and_not_stored(site: Site, camera: Camera) -> None:
    wrong: list[tuple[bytes, str]] = [
        (b"", "frame_empty"),
        (b"\xff\xd8" + b"\xff" * (256 * 1024), "frame_too_large"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 500, "frame_not_jpeg"),
        (b"<script>alert(1)</script>", "frame_not_jpeg"),
        (GOOD[:-2], "frame_truncated"),
        (GOOD[:200] + b"\x00" * 3000 + GOOD[-2:], "frame_corrupt"),
        (clips.to_jpeg(clips.picture("present", size=(16, 16))), "frame_too_small"),
    ]
    photos = kept(site, EvidenceRow)
    for jpeg, code in wrong:
        ack = camera.send(jpeg)
        assert ack == {"ok": False, "seq": camera.seq, "dropped": 0, "code": code}
    assert site.parts.pipeline.drain(20)
    counters = camera.counters
    assert (counters.offered, counters.refused, counters.accepted) == (len(wrong), len(wrong), 0)
    assert site.parts.pipeline.latest_frame(camera.session_id) is None
    assert kept(site, EvidenceRow) == photos == 1
    assert kept(site, IncidentRow) == 0
    site.clock.advance(1)
    assert camera.send()["ok"]
    assert site.parts.pipeline.drain(20)
    assert camera.counters.observed == 1


def test_a_picture_that_cannot_be_decoded_is_counted_and_not_shown(site: Site, camera: Camera) -> None:
    start = GOOD.index(b"\xff\xc4")  # the tables that a decoder cannot do without
    broken = GOOD[: start + 5] + b"\xff" * 16 + GOOD[start + 21 :]
    assert camera.send(broken)["ok"], "its header is sound"
    assert site.parts.pipeline.drain(20)
    assert camera.counters.undecodable == 1
    assert site.parts.pipeline.latest_frame(camera.session_id) is None
    site.clock.advance(1)
    assert camera.send()["ok"]


def test_a_number_that_was_used_or_overtaken_is_refused(site: Site, camera: Camera) -> None:
    assert camera.send(seq=5)["ok"]
    for seq in (5, 4, 1):
        assert camera.send(seq=seq)["code"] == "frame_out_of_order"
    assert camera.send(seq=6)["ok"]
    again = site.connect(camera.visitor, FRAMES)
    assert camera.send(seq=7)["code"] == "frame_old_connection"
    camera.channel = again
    assert camera.send(seq=1)["ok"], "a new connection counts from one"


def test_a_flood_is_cut_off_and_the_next_second_goes_on(site: Site, camera: Camera) -> None:
    codes = [camera.send().get("code") for _ in range(12)]
    assert codes == [None] * 8 + ["frame_too_fast"] * 4
    assert camera.counters.too_fast == 4
    site.clock.advance(1)
    assert [camera.send().get("code") for _ in range(5)] == [None] * 4 + ["frame_too_fast"]


# ---------------------------------------------------------------------------------------- what is told to whom


def test_the_wall_hears_of_its_own_learners_and_of_nobody_else(site: Site, camera: Camera) -> None:
    here, elsewhere = proctor_at_the_wall(site), proctor_at_the_wall(site, sitting_id=sittings(site)[False])
    silent = site.connect(site.staff(Role.PROCTOR), WALL)
    site.clock.advance(PICTURE_SECONDS)
    assert camera.send()["ok"]
    assert site.parts.pipeline.drain(20)
    (news,) = here.get_received(WALL)
    assert news["name"] == "changed"
    assert news["args"] == [
        {"attempt_id": camera.attempt_id, "version": int(site.clock.now().timestamp() * 1000)}
    ]
    assert elsewhere.get_received(WALL) == silent.get_received(WALL) == []
    site.clock.advance(PICTURE_SECONDS / 2)
    assert camera.send()["ok"]
    assert site.parts.pipeline.drain(20)
    assert here.get_received(WALL) == [], "an eye on fifty tiles can use no more"


def test_a_learner_s_page_hears_of_its_own_attempt_alone(site: Site, camera: Camera) -> None:
    other = Camera(site, "Fatima Sheikh")
    site.worker.round()
    assert (camera.told(), other.told() > 0) == (0, True)
    camera.visitor.send("POST", "/room/lease", {"device": "laptop"})
    site.worker.round()
    assert (camera.told(), other.told()) == (1, 0)


def test_a_withdrawn_entry_falls_silent_within_seconds(site: Site, camera: Camera) -> None:
    with site.parts.store.write(Actor.system()) as uow:
        manager = person(uow, Role.MANAGER)
        acting, agency = acting_as(uow, manager), manager.organisation_id
        line = assessor.attempt_lines(acting, [camera.attempt_id], organisation_id=agency)[camera.attempt_id]
        assessor.withdraw_entry(acting, line.entry.id, organisation_id=agency)
    site.clock.advance(RECHECK_SECONDS)
    assert camera.send() == {"ok": False, "code": "sign_in_needed"}


def test_an_empty_chair_becomes_one_incident_that_the_wall_and_the_reviewer_see(
    site: Site, camera: Camera
) -> None:
    wall = proctor_at_the_wall(site)
    for jpeg in clips.jpeg_frames([("present", 3.0), ("gone", 7.0), ("present", 3.0)]):
        site.clock.advance(1)
        assert camera.send(jpeg)["ok"]
        assert site.parts.pipeline.drain(20)
    site.worker.round()
    assert kept(site, IncidentRow) == 1
    news = [message["args"][0] for message in wall.get_received(WALL)]
    assert {one["attempt_id"] for one in news} == {camera.attempt_id}
    versions = [one["version"] for one in news]
    assert versions == sorted(versions)
    assert camera.told() >= 2, "raised and ended"
    reviewer = site.staff(Role.INTEGRITY_REVIEWER)
    listing = reviewer.get("/integrity/incidents?format=csv").text.splitlines()
    (row,) = listing[1:]
    assert "face_gone" in row
    page = reviewer.get(f"/integrity/incidents/{row.split(',')[0]}").text
    assert NAME not in page, "who decides does not see who it is"
    assert camera.room.hand_in().status_code == 200
    with site.parts.store.read(Actor.system()) as uow:
        manager = person(uow, Role.MANAGER)
        batch = assessor.batch_overviews(acting_as(uow, manager), organisation_id=manager.organisation_id)[0]
    assert batch.counts.held == 1
