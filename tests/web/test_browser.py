# SPDX-License-Identifier: Apache-2.0
"""Safe Exam Browser at the doors of a test, releases from it, and what browsers note."""

from __future__ import annotations

import hashlib
import plistlib
import re
from typing import Any

from assessor import api as assessor
from core.identity.model import Role
from core.uow import Actor
from proctor import api as proctor
from tests.web import sitting, world
from tests.web.calm import calm
from tests.web.site import Site, Visitor, on_both

NAME = "Mohan Lal"
WATCHED = "Ravi Kumar"
HOST = "http://localhost"
CONFIG = "X-SafeExamBrowser-ConfigKeyHash"
EXAM = "X-SafeExamBrowser-RequestHash"
WHY = "The program does not start"
SEB = {"User-Agent": "Mozilla/5.0 SEB/3.10"}


def english(site: Site, name: str) -> Visitor:
    """A learner of the sample who reads English."""
    learner = site.learner(name)
    learner.post("/language", {"language": "en"})
    return learner


def sitting_of(site: Site, learner: Visitor) -> tuple[str, str]:
    """The sitting and the entry of a learner."""
    with site.parts.store.read(Actor.system()) as uow:
        found = assessor.sitting_of_attempt(uow, site.attempt_of(learner))
        assert found is not None
        entries = assessor.entries_of_sittings(uow, [found])
        attempts = assessor.overviews(uow, [one.id for one in entries])
        return found, next(one for one, of in attempts.items() if of.id == site.attempt_of(learner))


def ask_for(site: Site, sitting_id: str, **values: str) -> Visitor:
    """A manager who has set the rules of a sitting."""
    manager = site.staff(Role.MANAGER)
    manager.get(f"/manager/sittings/{sitting_id}/browser")
    done = manager.post(f"/manager/sittings/{sitting_id}/browser", {"secure_browser": "required", **values})
    assert done.status_code == 302, done.text
    return manager


def key_of(site: Site, sitting_id: str) -> str:
    """The Config Key, from the file that a browser fetches."""
    file = site.visitor().get(f"/safe-browser/{sitting_id}/kasauti.seb")
    assert file.mimetype == "application/seb"
    return assessor.config_key(plistlib.loads(file.data))


def hashed(path: str, key: str) -> str:
    return hashlib.sha256(f"{HOST}{path}{key}".encode()).hexdigest()


def blocked(page: Any) -> bool:
    return page.status_code == 200 and "data-safe-browser" in page.text


def start(visitor: Visitor, **headers: str) -> Any:
    return visitor.post("/learner/start", headers={**SEB, "Accept": "application/json", **headers})


def ready(site: Site) -> tuple[Visitor, str]:
    """A learner who has agreed and only has to start, and the sitting."""
    learner = english(site, NAME)
    sitting.agree(learner)
    return learner, sitting_of(site, learner)[0]


@on_both
def test_the_right_key_at_the_gate_opens_every_door_of_this_login_and_browser(site: Site) -> None:
    learner, sitting_id = ready(site)
    ask_for(site, sitting_id)
    assert blocked(learner.get("/learner", headers=SEB))
    page = learner.get("/learner", headers={**SEB, CONFIG: hashed("/learner", key_of(site, sitting_id))})
    assert not blocked(page)
    started = learner.post(
        "/learner/start", headers=SEB
    )  # no header: a stumble after the good check loses nothing
    assert started.location == "/room"
    assert learner.get("/room", headers=SEB).status_code == 200
    lease = learner.client.post(
        "/room/lease", json={"device": "phone"}, headers={**SEB, "X-CSRFToken": learner.token}
    )
    assert lease.status_code == 200
    other = {"User-Agent": "Mozilla/5.0 Chrome"}
    assert learner.get("/room", headers=other).location == "/learner"
    assert blocked(learner.get("/learner", headers=other))


def test_a_wrong_a_missing_and_another_pages_key_are_refused_in_words(site: Site) -> None:
    learner, sitting_id = ready(site)
    ask_for(site, sitting_id)
    key = key_of(site, sitting_id)
    calm(start(learner), 403, "safe_browser_needed")
    calm(start(learner, **{CONFIG: "0" * 64}), 403, "safe_browser_wrong_key")
    calm(start(learner, **{CONFIG: hashed("/learner", key)}), 403, "safe_browser_wrong_key")
    wrong = learner.get("/learner", headers={**SEB, CONFIG: hashed("/learner", "0" * 64)})
    assert blocked(wrong)
    assert "other settings than this test" in wrong.text
    done = learner.post("/learner/start", headers={**SEB, CONFIG: hashed("/learner/start", key)})
    assert done.location == "/room"


def test_answers_are_saved_whatever_the_browser_shows(site: Site) -> None:
    room = sitting.begin(english(site, NAME))
    ask_for(site, sitting_of(site, room.visitor)[0])
    assert room.save(room.text, "typed before the rule").status_code == 200
    assert room.state()["state"] == "running"
    assert room.hand_in().status_code == 200


def test_a_script_may_show_the_key_where_no_header_is_sent(site: Site) -> None:
    learner, sitting_id = ready(site)
    ask_for(site, sitting_id)
    key = key_of(site, sitting_id)
    learner.get("/learner")
    wrong = learner.send("POST", "/learner/safe-browser", {"config": hashed("/", key), "exam": ""})
    calm(wrong, 403, "safe_browser_wrong_key")
    calm(learner.send("POST", "/learner/safe-browser", {"config": 1, "exam": ""}), 422, "request_malformed")
    right = learner.send("POST", "/learner/safe-browser", {"config": hashed("/learner", key), "exam": ""})
    assert right.status_code == 200
    assert not blocked(learner.get("/learner"))


def test_with_browser_exam_keys_one_of_them_must_be_right(site: Site) -> None:
    learner, sitting_id = ready(site)
    keys = ["ab" * 32, "cd" * 32]
    ask_for(site, sitting_id, exam_keys="\n".join(keys))
    config = {CONFIG: hashed("/learner", key_of(site, sitting_id))}
    assert blocked(learner.get("/learner", headers={**SEB, **config}))
    exam = {EXAM: hashed("/learner", keys[1])}
    assert not blocked(learner.get("/learner", headers={**SEB, **exam}))


def test_a_release_holds_at_once_for_one_or_for_all_and_stands_in_the_record(site: Site) -> None:
    learner, sitting_id = ready(site)
    entry_id = sitting_of(site, learner)[1]
    manager = ask_for(site, sitting_id)
    phone = {"User-Agent": "Mozilla/5.0 (Linux; Android 15)"}
    page = learner.get("/learner", headers=phone)
    assert blocked(page)
    assert "not on Android" in page.text
    way = f"/manager/sittings/{sitting_id}/browser/release"
    calm(manager.post(way, {"entry_id": entry_id, "reason": ""}), 422, "reason_malformed")
    calm(manager.post(way, {"entry_id": "0" * 26, "reason": WHY}), 404, "entry_unknown")
    assert manager.post(way, {"entry_id": entry_id, "reason": WHY}).status_code == 302
    assert not blocked(learner.get("/learner", headers=phone))
    record = manager.get(f"/manager/attempts/{site.attempt_of(learner)}").text
    assert WHY in record
    assert "Released from Safe Exam Browser" in record
    assert manager.post(way, {"reason": "All of them"}).status_code == 302
    assert "All of them" in manager.get(f"/manager/sittings/{sitting_id}/browser").text


def test_a_proctor_releases_at_the_own_sitting_only(site: Site) -> None:
    learner = english(site, WATCHED)
    watched, _entry = sitting_of(site, learner)
    _other, unwatched = ready(site)
    ask_for(site, watched)
    assert blocked(learner.get("/learner"))
    chief = site.staff(Role.PROCTOR)
    page = chief.get(f"/proctor/sittings/{watched}/attempts/{site.attempt_of(learner)}").text
    assert "Let the learner in without Safe Exam Browser" in page
    given = {"reason": WHY, "attempt_id": site.attempt_of(learner)}
    assert chief.post(f"/proctor/sittings/{watched}/release", given).status_code == 302
    assert not blocked(learner.get("/learner"))
    calm(chief.post(f"/proctor/sittings/{unwatched}/release", given), 404, "entry_unknown")
    calm(chief.post(f"/proctor/sittings/{'0' * 26}/release", {"reason": WHY}), 404, "sitting_unknown")


def test_the_public_door_is_there_only_where_a_sitting_uses_it(site: Site) -> None:
    learner, sitting_id = ready(site)
    anybody = site.visitor()
    ways = [f"/safe-browser/{sitting_id}{rest}" for rest in ("", "/kasauti.seb", "/quit")]
    for way in ways:
        calm(anybody.get(way), 404, "sitting_unknown")
    ask_for(site, sitting_id, secure_browser="offered")
    assert [anybody.get(way).status_code for way in ways] == [302, 200, 200]
    settings = plistlib.loads(anybody.get(ways[1]).data)
    assert settings["startURL"] == f"{HOST}/safe-browser/{sitting_id}"
    assert settings["quitURL"] == f"{HOST}/safe-browser/{sitting_id}/quit"
    page = learner.get("/learner")
    assert not blocked(page)
    assert f"seb://localhost/safe-browser/{sitting_id}/kasauti.seb" in page.text


def test_staff_read_the_password_that_the_file_holds_as_a_hash(site: Site) -> None:
    _learner, sitting_id = ready(site)
    page = ask_for(site, sitting_id).get(f"/manager/sittings/{sitting_id}/browser").text
    found = re.search(r'<dd class="mono">([A-Z0-9]+)</dd>', page)
    assert found is not None
    password = found.group(1)
    settings = plistlib.loads(site.visitor().get(f"/safe-browser/{sitting_id}/kasauti.seb").data)
    assert settings["hashedQuitPassword"] == hashlib.sha256(password.encode()).hexdigest()


def test_a_wrong_form_saves_nothing_and_loses_nothing(site: Site) -> None:
    _learner, sitting_id = ready(site)
    manager = site.staff(Role.MANAGER)
    manager.get(f"/manager/sittings/{sitting_id}/browser")
    answer = manager.post(
        f"/manager/sittings/{sitting_id}/browser", {"secure_browser": "required", "exam_keys": "abc"}
    )
    assert answer.status_code == 422
    assert "Browser Exam Key number 1" in answer.text
    assert "abc</textarea>" in answer.text
    assert site.visitor().get(f"/safe-browser/{sitting_id}/quit").status_code == 404


def test_behind_a_proxy_the_configured_address_is_the_one_that_is_hashed(site: Site) -> None:
    learner, sitting_id = ready(site)
    ask_for(site, sitting_id)
    object.__setattr__(site.parts.config, "public_url", "https://exam.example/")
    key = key_of(site, sitting_id)
    proof = hashlib.sha256(f"https://exam.example/learner{key}".encode()).hexdigest()
    assert blocked(learner.get("/learner", headers={**SEB, CONFIG: hashed("/learner", key)}))
    assert not blocked(learner.get("/learner", headers={**SEB, CONFIG: proof}))


def test_pasting_and_full_screen_are_asked_as_the_sitting_says_and_never_of_who_needs_to_paste(
    site: Site,
) -> None:
    room = sitting.begin(english(site, NAME))
    plain = room.visitor.get("/room").text
    assert "data-no-paste" not in plain
    assert re.search(r"data-full-screen\b(?!-)", plain) is None
    sitting_id, entry_id = sitting_of(site, room.visitor)
    manager = ask_for(site, sitting_id, secure_browser="off", no_paste="yes", full_screen="yes")
    asked = room.visitor.get("/room").text
    assert "data-no-paste" in asked
    assert re.search(r"data-full-screen\b(?!-)", asked) is not None
    given = {"screen_reader": "yes", "why-screen_reader": "Blind", "extra_minutes": "0", "action": "save"}
    saved = manager.post(f"/manager/entries/{entry_id}/accommodations", given)
    assert saved.status_code == 302, saved.text
    assert "data-no-paste" not in room.visitor.get("/room").text


# ------------------------------------------------------------------------------------------ what browsers note


def batch(room: sitting.Room, *notes: dict[str, Any], sent_ms: int = 100_000) -> dict[str, Any]:
    return {"device": room.device, "sent_ms": sent_ms, "notes": list(notes)}


def noted(number: int, kind: str, **more: Any) -> dict[str, Any]:
    return {"number": number, "kind": kind, "typing": False, **more}


@on_both
def test_what_a_browser_notes_is_kept_once_and_shown_to_learner_and_staff(site: Site) -> None:
    room = sitting.begin(english(site, NAME))
    items = list(room.items)
    body = batch(
        room,
        noted(1_000, "blur", item=items[2]),
        noted(13_000, "focus", item=items[2]),
        noted(20_000, "paste", item=items[0], amount=42, typing=True),
        noted(30_000, "copy", amount=3, cause="calculator"),
        noted(40_000, "screens_unknown"),
    )
    for _time in range(2):
        kept = room.visitor.send("POST", "/room/telemetry", body)
        assert kept.json == {"highest": 40_000}
    attempt_id = site.attempt_of(room.visitor)
    with site.parts.store.read(Actor.system()) as uow:
        telemetry = proctor.telemetry_of_attempt(uow, attempt_id)
        counts = proctor.telemetry_counts(uow, [attempt_id])
    assert [one.kind.value for one in telemetry.notes] == ["blur", "paste", "copy", "screens_unknown"]
    assert counts == {attempt_id: 2}
    assert room.hand_in().status_code == 200
    assert "/learner/noted" in room.visitor.get("/learner").text
    own = room.visitor.get("/learner/noted").text
    staff = site.staff(Role.MANAGER).get(f"/manager/attempts/{attempt_id}").text
    for page in (own, staff):
        assert "Another window was in front" in page
        assert "12 seconds" in page
        assert "Question 3" in page
        assert "42 characters, while typing" in page
        assert "in the calculator of the test" in page
        assert "not available in this browser" in page


def test_nothing_is_taken_before_the_start_or_of_a_strange_shape(site: Site) -> None:
    learner = english(site, NAME)
    body = {"device": "phone", "sent_ms": 5, "notes": [noted(1, "blur")]}
    calm(learner.send("POST", "/room/telemetry", body), 409, "attempt_not_started")
    room = sitting.begin(learner)
    for wrong in (
        {},
        {**body, "notes": []},
        {**body, "notes": [noted(1, "blur")] * 2},
        {**body, "notes": [noted(1, "guilty")]},
        {**body, "notes": [{**noted(1, "paste"), "text": "secret"}]},
    ):
        calm(room.visitor.send("POST", "/room/telemetry", wrong), 422, "telemetry_malformed")
    calm(room.visitor.send("POST", "/room/telemetry", [1]), 422, "request_malformed")


def test_a_note_of_a_watched_learner_is_counted_on_the_tile(site: Site) -> None:
    room = sitting.begin(english(site, WATCHED), proctored=True)
    sitting_id, _entry = sitting_of(site, room.visitor)
    assert (
        room.visitor.send("POST", "/room/telemetry", batch(room, noted(5, "beforeprint"))).status_code == 200
    )
    chief = site.staff(Role.PROCTOR)
    tile = chief.get(f"/proctor/sittings/{sitting_id}/tiles?attempt={site.attempt_of(room.visitor)}").text
    assert "1 note of the browser" in tile
    assert "1 note of the browser" in chief.get(f"/proctor/sittings/{sitting_id}").text


def test_the_page_of_an_incident_shows_what_the_browser_noted(site: Site) -> None:
    ids: dict[str, str] = {}
    world.raise_an_incident(site, ids)
    room = sitting.open_room(site.learner(world.WATCHED))
    told = batch(room, noted(5, "beforeprint"))
    assert room.visitor.send("POST", "/room/telemetry", told).status_code == 200
    page = site.staff(Role.INTEGRITY_REVIEWER).get(f"/integrity/incidents/{ids['incident_id']}")
    assert page.status_code == 200
    assert "1 note" in page.text
    assert "Printing was opened" in page.text


def test_the_learner_reads_before_the_start_what_is_noted(site: Site) -> None:
    page = english(site, NAME).get("/learner").text
    assert "What your browser notes during the test" in page
