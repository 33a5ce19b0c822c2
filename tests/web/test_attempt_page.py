# SPDX-License-Identifier: Apache-2.0
"""The manager's page of one attempt: time explained and given back, late answers decided, the log."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

from sqlalchemy import update

from assessor import api as assessor
from assessor.attempts.tables import OutageRow, PresenceRow
from core.identity.model import Role
from core.uow import Actor
from tests.unit.item_bank.rich_answers import ANSWERS
from tests.web import sitting
from tests.web.calm import calm
from tests.web.site import Site, Visitor
from tests.web.test_rich_room import Sat
from web.presence import FLUSH_SECONDS

NAME = "Mohan Lal"
WHY = "The line of the hall was down"
_FIELDS = re.compile(r'name="(device|seq|item)" value="([^"]*)"')


def late_room(site: Site) -> tuple[sitting.Room, str]:
    """A learner whose last answer came after the time and the grace; the attempt is closed."""
    learner = site.learner(NAME)
    learner.post("/language", {"language": "en"})  # the learner's own pages are in Hindi
    room = sitting.begin(learner)
    assert room.save(room.choice, [room.options[room.choice][0]]).status_code == 200
    site.clock.advance(room.state()["remaining_ms"] / 1000 + site.parts.config.grace_seconds)
    answer = room.save(room.choice, [room.options[room.choice][1]])
    calm(answer, 409, "late_answer")
    assert answer.json is not None
    facts = answer.json["facts"]
    assert facts["late"] is True
    assert re.fullmatch("[0-9a-f]{64}", facts["receipt"])
    site.worker.round()
    return room, site.attempt_of(room.visitor)


def fields(page: str) -> dict[str, str]:
    return dict(_FIELDS.findall(page))


def test_a_late_answer_is_shown_to_both_and_counts_when_the_manager_says_so(site: Site) -> None:
    room, attempt_id = late_room(site)
    learner = room.visitor
    assert "not counted unless approved" in learner.get("/learner").text
    manager = site.staff(Role.MANAGER)
    page = manager.get(f"/manager/attempts/{attempt_id}").text
    assert "Waits for you" in page
    sent = {**fields(page), "decision": "admit"}
    calm(
        manager.post(f"/manager/attempts/{attempt_id}/late", {**sent, "reason": ""}), 422, "reason_malformed"
    )
    done = manager.post(f"/manager/attempts/{attempt_id}/late", {**sent, "reason": WHY})
    assert done.status_code == 302
    page = manager.get(f"/manager/attempts/{attempt_id}").text
    assert WHY in page
    assert "Waits for you" not in page
    told = learner.get("/learner").text
    assert "it counts, a person decided so" in told
    assert WHY not in told
    again = manager.post(f"/manager/attempts/{attempt_id}/late", {**sent, "reason": WHY})
    calm(again, 409, "late_answer_decided")


def test_a_late_answer_may_be_refused_with_a_reason(site: Site) -> None:
    room, attempt_id = late_room(site)
    manager = site.staff(Role.MANAGER)
    sent = {
        **fields(manager.get(f"/manager/attempts/{attempt_id}").text),
        "decision": "refuse",
        "reason": WHY,
    }
    assert manager.post(f"/manager/attempts/{attempt_id}/late", sent).status_code == 302
    assert "it does not count, a person decided so" in room.visitor.get("/learner").text


def test_a_decision_that_makes_no_sense_is_refused(site: Site) -> None:
    _room, attempt_id = late_room(site)
    manager = site.staff(Role.MANAGER)
    good = {**fields(manager.get(f"/manager/attempts/{attempt_id}").text), "decision": "admit", "reason": WHY}
    for wrong in ({"decision": "maybe"}, {"seq": "x"}, {"seq": "-1"}, {"seq": "9" * 30}):
        calm(
            manager.post(f"/manager/attempts/{attempt_id}/late", {**good, **wrong}), 422, "request_malformed"
        )
    for wrong in ({"device": "other"}, {"seq": "77"}, {"item": "0" * 26}):
        calm(
            manager.post(f"/manager/attempts/{attempt_id}/late", {**good, **wrong}),
            404,
            "late_answer_unknown",
        )


def test_lost_contact_is_measured_suggested_and_given_back(site: Site) -> None:
    room = sitting.begin(site.learner(NAME))
    attempt_id = site.attempt_of(room.visitor)
    poll(room.visitor, pending=0)
    site.clock.advance(95)
    poll(room.visitor, pending=2)
    site.clock.advance(FLUSH_SECONDS)
    site.worker.round()
    manager = site.staff(Role.MANAGER)
    page = manager.get(f"/manager/attempts/{attempt_id}").text
    assert "1 minute 35 seconds" in page
    before = poll(room.visitor)
    calm(
        manager.post(f"/manager/attempts/{attempt_id}/credit", {"minutes": "2", "reason": WHY}),
        409,
        "credit_beyond_outages",
    )
    done = manager.post(f"/manager/attempts/{attempt_id}/credit", {"give": "measured", "reason": WHY})
    assert done.status_code == 302
    assert poll(room.visitor) == before + 95_000
    page = manager.get(f"/manager/attempts/{attempt_id}").text
    assert WHY in page
    assert "Measured and not given back yet" not in page
    more = {"minutes": "2", "reason": WHY, "beyond": "The proctor saw it"}
    assert manager.post(f"/manager/attempts/{attempt_id}/credit", more).status_code == 302
    assert poll(room.visitor) == before + 215_000
    room.hand_in()
    calm(manager.post(f"/manager/attempts/{attempt_id}/credit", more), 409, "credit_after_close")


def test_a_poll_of_a_test_that_is_over_leaves_no_trace(site: Site) -> None:
    room = sitting.begin(site.learner(NAME))
    room.hand_in()
    poll(room.visitor)
    assert not site.parts.presence.has_news


def test_the_log_is_whole_and_shows_no_answer(site: Site) -> None:
    room = sitting.begin(site.learner(NAME))
    secret = "zzz-canary-of-an-answer"
    assert room.save(room.text, secret).status_code == 200
    attempt_id = site.attempt_of(room.visitor)
    room.hand_in()
    manager = site.staff(Role.MANAGER)
    sheet = manager.get(f"/manager/attempts/{attempt_id}/log.csv")
    rows = list(csv.DictReader(io.StringIO(sheet.text.removeprefix("\ufeff"))))
    assert sorted(row["event"] for row in rows) == ["answer_saved", "device_took_over", "ended", "started"]
    listing = manager.get(f"/manager/attempts/{attempt_id}/log.json")
    lines = json.loads(listing.text)["log"]
    assert len(lines) == len(rows) == 4
    saved = next(line for line in lines if line["event"] == "answer_saved")
    assert saved["value_sha256"].startswith("sha256:")
    for answer in (sheet, listing, manager.get(f"/manager/attempts/{attempt_id}")):
        assert secret not in answer.text
    assert manager.get(f"/manager/attempts/{attempt_id}/log.xml").status_code == 404


def test_the_page_is_linked_from_the_batch_and_hidden_from_others(site: Site) -> None:
    room = sitting.begin(site.learner(NAME))
    attempt_id = site.attempt_of(room.visitor)
    manager = site.staff(Role.MANAGER)
    listing = manager.get("/manager/batches").text
    batch = re.search(r'href="(/manager/batches/[a-z0-9]{26})"', listing)
    assert batch is not None
    assert f"/manager/attempts/{attempt_id}" in manager.get(batch.group(1)).text
    calm(manager.get(f"/manager/attempts/{'0' * 26}"), 404, "attempt_unknown")


def test_the_other_device_s_last_word_is_told_to_the_one_that_took_over(site: Site) -> None:
    room = sitting.begin(site.learner(NAME))
    poll(room.visitor, pending=4)
    site.clock.advance(30)
    taken = room.visitor.send("POST", "/room/lease", {"device": "laptop"}).json
    assert taken is not None
    assert taken["other_device"] == {"seen_ms_ago": 30_000, "pending": 4}
    site.worker.flush_presence()
    with site.parts.store.write(Actor.system()) as uow:
        uow.db.execute(update(PresenceRow).values(pending=9))  # what this process heard itself is fresher
        assert uow.db.query(OutageRow).count() == 0
    again = room.visitor.get("/room/state?device=laptop").json
    assert again is not None
    assert again["other_device"]["pending"] == 4


def test_the_other_device_is_told_of_until_it_says_after_the_takeover_that_nothing_waits_there(
    site: Site,
) -> None:
    room = sitting.begin(site.learner(NAME))
    site.clock.advance(20)  # its line was cut before it was heard a second time
    taken = room.visitor.send("POST", "/room/lease", {"device": "laptop"}).json
    assert taken is not None
    assert taken["other_device"] == {"seen_ms_ago": 20_000, "pending": 0}
    site.clock.advance(5)
    assert "unchanged" in look(room.visitor, since=taken["version"]), "silence is no news"
    room.visitor.get("/room/state?device=phone&since=0&pending=2")
    assert "unchanged" in look(room.visitor, since=taken["version"])
    assert look(room.visitor)["other_device"] == {"seen_ms_ago": 0, "pending": 2}
    room.visitor.get("/room/state?device=phone&since=0&pending=0")
    settled = look(room.visitor, since=taken["version"])
    assert settled["other_device"] is None
    room.visitor.get("/room/state?device=phone&since=0&pending=0")
    assert "unchanged" in look(room.visitor, since=settled["version"]), "it is said once"


def test_a_device_that_had_nothing_to_send_settles_it_with_its_first_word(site: Site) -> None:
    room = sitting.begin(site.learner(NAME))
    poll(room.visitor)
    taken = room.visitor.send("POST", "/room/lease", {"device": "laptop"}).json
    assert taken is not None
    assert taken["other_device"] == {"seen_ms_ago": 0, "pending": 0}
    site.clock.advance(1)
    room.visitor.get("/room/state?device=phone&since=0&pending=0")
    assert look(room.visitor, since=taken["version"])["other_device"] is None


def look(visitor: Visitor, *, since: int = 0) -> dict[str, Any]:
    """A heartbeat of the device that took over."""
    answer = visitor.get(f"/room/state?device=laptop&since={since}&pending=0")
    assert answer.status_code == 200
    state: dict[str, Any] = answer.json
    return state


def poll(visitor: Visitor, *, pending: int = 0) -> int:
    """A heartbeat of the holder; the milliseconds that are left."""
    answer = visitor.get(f"/room/state?device=phone&since=0&pending={pending}")
    assert answer.status_code == 200
    assert answer.json is not None
    left: int = answer.json["remaining_ms"]
    return left


def test_a_question_that_a_person_has_marked_takes_no_late_answer(site: Site) -> None:
    sat = Sat(site)
    kinds = ("extended_text", "numeric")
    assert sat.room.hand_in().status_code == 200
    for kind in kinds:
        calm(sat.save(kind, sat.shown(kind, dict(ANSWERS[kind].right))), 409, "attempt_closed")
    marker = site.staff(Role.ASSESSOR)
    task = re.search(r'href="(/assessor/tasks/[a-z0-9]+)">Candidate', marker.get("/assessor/tasks").text)
    assert task is not None
    marker.get(task.group(1))
    assert marker.post(task.group(1), {"Q6": "0", "note": "", "action": "save"}).status_code == 302
    manager = site.staff(Role.MANAGER)
    path = f"/manager/attempts/{sat.made.attempt_id}"
    manager.get(path)
    with site.parts.store.read(Actor.system()) as uow:
        late = {one.item_version_id: one for one in assessor.late_answers(uow, sat.made.attempt_id)}
    sent = {
        kind: {
            "decision": "admit",
            "device": late[sat.made.versions[kind]].device,
            "seq": str(late[sat.made.versions[kind]].seq),
            "item": sat.made.versions[kind],
            "reason": WHY,
        }
        for kind in kinds
    }
    calm(manager.post(f"{path}/late", sent["extended_text"]), 409, "late_item_marked")
    assert manager.post(f"{path}/late", sent["numeric"]).status_code == 302
    assert sat.outcomes()["numeric"] == ANSWERS["numeric"].earns
