# SPDX-License-Identifier: Apache-2.0
"""Two proctors of one sitting: who looks after whom, the hand-over, the log; and hints that the machine gives by itself."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from assessor import api as assessor
from core.identity import operations as identity
from core.identity.model import Role
from core.uow import Actor
from proctor import api as proctor
from tests import clips
from tests.web.calm import calm
from tests.web.site import Site, Visitor
from tests.web.test_proctor_actions import PLAIN, WATCHED, Desk
from tests.web.world import acting_as, person
from web import demo

NEXT = "next.proctor@parakh.example"


class Pair:
    """A desk at work, and a second proctor who is assigned to the sitting."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.desk = Desk(site, PLAIN, proctored=False)
        with site.parts.store.write(Actor.system()) as platform:
            uow = acting_as(platform, person(platform, Role.MANAGER))
            agency = str(uow.actor.organisation_id)
            added = identity.add_person(
                uow,
                organisation_id=agency,
                name="Meena Iyer",
                email=NEXT,
                password=demo.PASSWORD,
                roles=[Role.PROCTOR],
            )
            self.next_id = added.id
            self.first_id = person(platform, Role.PROCTOR).id
            assessor.assign_staff(
                uow,
                self.desk.sitting_id,
                organisation_id=agency,
                person_id=added.id,
                duty=assessor.Duty.PROCTOR,
            )
        self.first, self.next = self.desk.proctor, site.sign_in(NEXT)
        self.base = f"{self.desk.base}/shift"

    def offer(self, **data: str) -> str:
        """The first proctor offers everybody to the next one; the id of the offer as the next one sees it."""
        self.first.get(self.base)
        wanted = {"to": self.next_id, "which": "all", "note": "Mohan is unwell, be kind", **data}
        answer = self.first.post(f"{self.base}/offers", wanted)
        assert answer.status_code == 302, answer.text
        found = re.search(r'action="[^"]*/shift/offers/(\w{26})"', self.next.get(self.base).text)
        assert found is not None
        return found.group(1)

    def answer(self, who: Visitor, offer: str, said: str) -> TestResponse:
        return who.post(f"{self.base}/offers/{offer}", {"answer": said})

    def shares(self) -> dict[str, str]:
        with self.site.parts.store.read(Actor.system()) as uow:
            return proctor.shares_of_sitting(uow, self.desk.sitting_id)


@pytest.fixture
def pair(site: Site) -> Pair:
    return Pair(site)


def test_a_hand_over_shows_the_note_and_the_open_matters_and_moves_the_learners(pair: Pair) -> None:
    pair.desk.learner.send("POST", "/room/message", {"number": 1, "text": "I feel sick"})
    offer = pair.offer()
    assert "hands learners over to you" in pair.next.get(pair.desk.base).text
    page = pair.next.get(pair.base).text
    assert "Mohan is unwell, be kind" in page
    assert "1 message waits for an answer" in page
    assert pair.shares() == {}, "an offer alone moves nobody"
    pair.answer(pair.next, offer, "accept")
    assert set(pair.shares().values()) == {pair.next_id}
    assert "data-mine" in pair.next.get(pair.desk.base).text
    wall = pair.first.get(pair.desk.base).text
    assert "Looked after by Meena Iyer" in wall
    assert " data-mine" not in wall.split("data-wall", 1)[1]


def test_an_offer_is_answered_once_and_only_by_whom_it_concerns(pair: Pair) -> None:
    offer = pair.offer()
    calm(pair.answer(pair.first, offer, "accept"), 404, "hand_over_unknown")
    calm(pair.answer(pair.next, offer, "withdraw"), 404, "hand_over_unknown")
    calm(pair.answer(pair.next, offer, "perhaps"), 422, "hand_over_answer_unknown")
    assert pair.answer(pair.first, offer, "withdraw").status_code == 302
    calm(pair.answer(pair.next, offer, "accept"), 409, "hand_over_answered")
    assert pair.shares() == {}
    assert pair.answer(pair.next, pair.offer(), "decline").status_code == 302


def test_a_hand_over_needs_a_colleague_a_note_and_somebody_to_hand_over(pair: Pair) -> None:
    pair.first.get(pair.base)
    for data, code in (
        ({"to": pair.first_id, "note": "Hello", "which": "all"}, "hand_over_to_nobody"),
        ({"to": "x", "note": "Hello", "which": "all"}, "hand_over_to_nobody"),
        ({"to": pair.next_id, "note": " ", "which": "all"}, "hand_over_note_malformed"),
        ({"to": pair.next_id, "note": "Hello", "which": "mine"}, "hand_over_learners"),
        ({"to": pair.next_id, "note": "Hello", "which": "x"}, "request_malformed"),
        ({"to": pair.next_id, "note": "Hello"}, "request_malformed"),
    ):
        calm(pair.first.post(f"{pair.base}/offers", data), 422, code)
    with pair.site.parts.store.read(Actor.system()) as uow:
        assert proctor.hand_overs_of_sitting(uow, pair.desk.sitting_id) == ()


def test_learners_are_shared_out_evenly_or_as_chosen(pair: Pair) -> None:
    pair.first.get(pair.base)
    pair.first.post(f"{pair.base}/shares", {"evenly": "yes"})
    held = list(pair.shares().values())
    assert abs(held.count(pair.first_id) - held.count(pair.next_id)) <= 1
    assert len(held) >= 2
    chosen = {pair.desk.attempt_id: ""}
    pair.first.post(f"{pair.base}/shares", chosen)
    assert pair.desk.attempt_id not in pair.shares()
    calm(
        pair.first.post(f"{pair.base}/shares", {pair.desk.attempt_id: "stranger"}), 422, "hand_over_to_nobody"
    )


def test_who_watched_when_is_kept_in_spells(pair: Pair) -> None:
    site = pair.site
    site.clock.advance(60)
    pair.first.get(pair.desk.base)
    site.clock.advance(3600)
    pair.first.get(pair.desk.base)
    with site.parts.store.read(Actor.system()) as uow:
        spells = [
            one for one in proctor.watch_log(uow, pair.desk.sitting_id) if one.proctor_id == pair.first_id
        ]
    newest, first = spells
    assert first.last_at - first.started_at == timedelta(seconds=60)
    assert newest.started_at == newest.last_at
    assert "At the wall now" in pair.next.get(pair.base).text


def test_a_proctor_of_another_sitting_sees_no_shift(site: Site, pair: Pair) -> None:
    there = Desk(site, WATCHED, proctored=True)
    calm(pair.next.get(f"{there.base}/shift"), 404, "sitting_unknown")
    calm(pair.next.post(f"{there.base}/shift/shares", {"evenly": "yes"}), 404, "sitting_unknown")


def test_the_learner_is_told_quietly_before_an_alert_is_raised_and_once_a_minute(site: Site) -> None:
    desk = Desk(site, WATCHED, proctored=True)
    with site.parts.store.read(Actor.system()) as uow:
        session = proctor.session_of_attempt(uow, desk.attempt_id)
    assert session is not None
    pipeline = site.parts.pipeline
    pipeline.start()
    connection = pipeline.connected(session.id, at=site.clock.now())
    told_at, alert_at = None, None
    for second in range(12):
        site.clock.advance(1)
        jpeg = clips.to_jpeg(clips.picture("gone", seed=second))
        pipeline.offer(session.id, second + 1, jpeg, site.clock.now(), connection=connection)
        assert pipeline.drain(20)
        view = pipeline.view(session.id)
        assert view is not None
        if alert_at is None and view.open_alerts:
            alert_at = second
        if told_at is None and desk.state()["messages"]:
            told_at = second
    messages = desk.state()["messages"]
    assert told_at is not None
    assert alert_at is not None
    assert told_at < alert_at, "the learner hears it first"
    assert len(messages) == 1
    assert messages[0]["text"].startswith("Automatic hint:")
    assert "1 hint given" in desk.proctor.get(f"{desk.base}/tiles?attempt={desk.attempt_id}").text
