# SPDX-License-Identifier: Apache-2.0
"""Whoever sees a test live, by whatever door, does not decide about it, and the learner reads who it was."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.errors import Forbidden
from core.identity.model import Role
from core.uow import Actor
from proctor import api as proctor
from tests.web import sitting
from tests.web.reviewing import INCIDENT, Case, open_case
from tests.web.site import Site, Visitor
from tests.web.test_privacy import take_out
from tests.web.world import WATCHED, acting_as, person
from web.wiring import decide_incident


@pytest.fixture
def case(site: Site) -> Case:
    made = open_case(site)
    made.add(proctor.RuleName.FACE_GONE, INCIDENT)
    return made


def base(case: Case) -> str:
    return f"/proctor/sittings/{case.session.sitting_id}"


def tiles(case: Case, watcher: Visitor) -> None:
    assert watcher.get(f"{base(case)}/tiles").status_code == 200


def learner_page(case: Case, watcher: Visitor) -> None:
    assert watcher.get(f"{base(case)}/attempts/{case.attempt_id}").status_code == 200


def newest_picture(case: Case, watcher: Visitor) -> None:
    watcher.get(f"/proctor/sessions/{case.session.id}/latest.jpg")


def channel(case: Case, watcher: Visitor) -> None:
    live = case.site.connect(watcher, "/wall")
    assert live.ask("/wall", "watch", {"sitting_id": case.session.sitting_id}) == {"ok": True}


@pytest.mark.parametrize("door", [tiles, learner_page, newest_picture, channel])
def test_who_came_in_by_any_door_may_not_decide(
    site: Site, case: Case, door: Callable[[Case, Visitor], None]
) -> None:
    watcher = site.staff(Role.PROCTOR)
    with site.parts.store.read(Actor.system()) as uow:
        me = person(uow, Role.PROCTOR)
        assert (
            proctor.incident(uow, case.incidents[0], organisation_id=case.session.organisation_id).watchers
            == frozenset()
        )
    door(case, watcher)
    with site.parts.store.write(Actor.system()) as uow, pytest.raises(Forbidden) as caught:
        decide_incident(
            acting_as(uow, me),
            case.incidents[0],
            organisation_id=case.session.organisation_id,
            verdict=proctor.Verdict.DISMISSED,
            reason="I was there.",
        )
    assert caught.value.code == "reviewer_was_proctor"


def test_many_looks_are_written_down_once_a_minute(site: Site, case: Case) -> None:
    watcher = site.staff(Role.PROCTOR)
    spells = set[tuple[object, object]]()
    for second in (0, 1, 30, 89):
        site.clock.advance(second)
        newest_picture(case, watcher)
        with site.parts.store.read(Actor.system()) as uow:
            spells |= {
                (one.started_at, one.last_at) for one in proctor.watch_log(uow, case.session.sitting_id)
            }
    assert len(spells) == 2, "as it began, and when more than a minute had gone"


def test_the_learner_reads_who_watched_live_and_when(site: Site, case: Case) -> None:
    assert "watched the test live" not in case.learner.get("/learner/data").text
    watcher = site.staff(Role.PROCTOR)
    watcher.get(base(case))
    site.clock.advance(100)
    newest_picture(case, watcher)
    room = sitting.open_room(case.learner)
    room.answer_everything()
    assert room.hand_in().status_code == 200
    site.clock.advance(4000)
    newest_picture(case, watcher)
    page = case.learner.get("/learner/data").text
    with site.parts.store.read(Actor.system()) as uow:
        name = person(uow, Role.PROCTOR).name
    assert page.count("watched the test live") == 1, "after the end there was nothing to see"
    assert name in page
    (watched,) = [
        one
        for one in take_out(case.learner, code=site.code_of(WATCHED))["access_log.json"]
        if one["what"] == "watched_live"
    ]
    assert watched["who"] == name
    assert watched["at"] < watched["until"]
