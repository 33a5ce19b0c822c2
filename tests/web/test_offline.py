# SPDX-License-Identifier: Apache-2.0
"""The locked test: when it may be fetched, that nothing in it can be read before the start, and who gets the key."""

from __future__ import annotations

import base64
import gzip
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.identity.model import Role
from tests.web import rich_sitting, sitting
from tests.web.rich_sitting import add_rich_sitting
from tests.web.site import Site, Visitor
from tests.web.windows import move_windows
from web.offline_files import kept_files

NAME = "Gurpreet Kaur"
OTHER = "Ananya Das"
OPENS_LATER = timedelta(hours=2)


def unlock(key: bytes, name: str, sealed: bytes) -> bytes:
    """What the browser does with a part."""
    return AESGCM(key).decrypt(sealed[:12], sealed[12:], name.encode())


def fetched(visitor: Visitor) -> tuple[dict[str, Any], bytes]:
    """The list of files, and the sealed page."""
    answer = visitor.get("/learner/package")
    assert answer.status_code == 200, answer.text
    head, _, sealed = answer.data.partition(b"\n")
    return json.loads(head), sealed


def start(visitor: Visitor, device: str = "phone") -> Any:
    """What the gate's script does."""
    return visitor.client.post(
        "/learner/start",
        json={"device": device},
        headers={"X-CSRFToken": visitor.token, "Accept": "application/json"},
    )


def ready(site: Site, name: str = NAME) -> Visitor:
    """A learner who agreed."""
    learner = site.learner(name)
    sitting.agree(learner)
    learner.get("/learner")
    return learner


def move_opening(site: Site, later: timedelta) -> None:
    """Let the window of every sitting open later than it does."""
    move_windows(site.parts, opens_at=site.clock.now() + later)


def test_the_package_is_the_room_and_the_start_gives_its_key(site: Site) -> None:
    learner = ready(site)
    files, sealed = fetched(learner)
    assert files == {"media": {}}
    said = start(learner).json
    page = gzip.decompress(unlock(base64.b64decode(said["key"]), "page", sealed)).decode()
    room = learner.get("/room").text
    assert re.findall(r'data-item="(\w+)"', page) == re.findall(r'data-item="(\w+)"', room) != []
    assert "data-offline" in page
    assert 'data-csrf=""' in page
    assert learner.token not in page
    assert said["next"] == "/room"
    assert said["remaining_ms"] == 15 * 60_000
    assert (said["epoch"], said["holder"]) == (1, True)


def test_the_page_of_the_package_names_nobody_and_no_moment(site: Site) -> None:
    learner = ready(site)
    _, before = fetched(learner)
    site.clock.advance(timedelta(minutes=3).total_seconds())
    _, later = fetched(learner)
    assert before == later
    assert start(learner).status_code == 200
    _, running = fetched(learner)
    assert before == running


def test_an_unchanged_package_is_not_sent_twice(site: Site) -> None:
    learner = ready(site)
    tag = learner.get("/learner/package").headers["ETag"]
    again = learner.get("/learner/package", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_nothing_of_a_question_can_be_read_in_the_package(site: Site) -> None:
    learner, other = ready(site), ready(site, OTHER)
    _, sealed = fetched(learner)
    assert fetched(other)[1] != sealed
    key_of_other = base64.b64decode(start(other).json["key"])
    with pytest.raises(InvalidTag):
        unlock(key_of_other, "page", sealed)
    key = base64.b64decode(start(learner).json["key"])
    assert key != key_of_other
    with pytest.raises(InvalidTag):
        unlock(key, "another name", sealed)
    assert b"item-interaction" in gzip.decompress(unlock(key, "page", sealed))


def test_half_an_hour_before_the_opening_it_can_be_fetched_and_not_a_second_earlier(site: Site) -> None:
    move_opening(site, OPENS_LATER)
    learner = site.learner(NAME)
    site.clock.advance((OPENS_LATER - timedelta(minutes=30, seconds=1)).total_seconds())
    early = learner.get("/learner/package", headers={"Accept": "application/json"})
    assert (early.status_code, early.json["code"]) == (409, "package_not_yet")  # type: ignore[index]
    assert 'data-ready-in-ms="1000"' in learner.get("/learner").text
    site.clock.advance(timedelta(seconds=1).total_seconds())
    fetched(learner)
    sitting.agree(learner)
    gate = learner.get("/learner").text
    assert f'data-opens-in-ms="{30 * 60_000}"' in gate


def test_the_key_stays_with_the_server_until_the_start(site: Site) -> None:
    move_opening(site, timedelta(minutes=20))
    learner = ready(site)
    fetched(learner)
    early = start(learner)
    assert (early.status_code, early.json["code"]) == (409, "window_not_open")
    assert "key" not in early.json
    site.clock.advance(timedelta(minutes=20).total_seconds())
    assert "key" in start(learner).json


def test_the_moments_of_fetching_are_spread_and_stay_the_same(site: Site) -> None:
    move_opening(site, OPENS_LATER)
    site.clock.advance((OPENS_LATER - timedelta(minutes=30)).total_seconds())
    moments = {}
    for name in (NAME, OTHER, "Mohan Lal", "Abdul Karim"):
        gate = site.learner(name).get("/learner").text
        found = re.search(r'data-after-ms="(\d+)"', gate)
        assert found is not None
        moments[name] = int(found.group(1))
    assert all(0 <= moment < 20 * 60_000 for moment in moments.values())
    assert len(set(moments.values())) == 4
    site.clock.advance(timedelta(seconds=1).total_seconds())
    again = re.search(r'data-after-ms="(\d+)"', site.learner(NAME).get("/learner").text)
    assert again is not None
    assert int(again.group(1)) == max(0, moments[NAME] - 1000)


def test_after_the_hand_in_there_is_neither_package_nor_key(site: Site) -> None:
    learner = site.learner(NAME)
    room = sitting.begin(learner)
    assert room.hand_in().status_code == 200
    refused = learner.get("/learner/package", headers={"Accept": "application/json"})
    assert refused.json["code"] == "attempt_closed"  # type: ignore[index]
    assert start(learner).json["code"] == "attempt_closed"


def test_a_second_device_gets_the_key_but_not_the_lease(site: Site) -> None:
    learner = ready(site)
    assert start(learner).json["holder"] is True
    second = start(site.learner(NAME), "laptop").json
    assert (second["epoch"], second["holder"]) == (1, False)
    assert "key" in second


def test_a_start_without_a_script_goes_to_the_room_as_ever(site: Site) -> None:
    learner = ready(site)
    assert learner.post("/learner/start").location == "/room"


def test_every_file_of_the_paper_is_locked_too(site: Site) -> None:
    add_rich_sitting(site.parts)
    learner = site.visitor()
    learner.get("/")
    assert learner.post("/enter", {"code": rich_sitting.CODE}).status_code == 302
    sitting.agree(learner)
    learner.get("/learner")
    files, sealed = fetched(learner)
    locked = {name: learner.get(f"/learner/package/{name}").data for name in files["media"]}
    assert learner.get("/learner/package/aaaaaaaaaaaaaaaa").status_code == 404
    key = base64.b64decode(start(learner).json["key"])
    page = gzip.decompress(unlock(key, "page", sealed)).decode()
    shown = set(re.findall(r"/room/media/([a-z2-7]+)", page))
    assert shown == set(files["media"]) != set()
    for name, data in locked.items():
        assert len(data) == files["media"][name]["bytes"]
        plain = learner.get(f"/room/media/{name}")
        assert unlock(key, name, data) == plain.data
        assert plain.data not in data
        assert files["media"][name]["type"] == plain.mimetype


def test_the_worker_keeps_files_that_are_there(site: Site) -> None:
    visitor = site.visitor()
    script = visitor.get("/sw.js")
    assert script.mimetype == "text/javascript"
    assert "Service-Worker-Allowed" not in script.headers, "it stands at the root"
    again = visitor.get("/sw.js", headers={"If-None-Match": script.headers["ETag"]})
    assert again.status_code == 304
    files = json.loads(script.text.split(";\n", 1)[0].removeprefix("self.KEPT="))["FILES"]
    assert files == list(kept_files())
    for address in files:
        assert visitor.get(address).status_code == 200, address
    names = {address.rpartition("/")[2] for address in files}
    assert {"room.js", "gate.js", "camera.js", "kasauti.css", "icons.svg", "socket.io.esm.min.js"} <= names
    assert not names & {"live.js", "editor.js", "staff.css"}


def test_the_policy_lets_only_our_own_worker_run(site: Site) -> None:
    assert "worker-src 'self'" in site.visitor().get("/").headers["Content-Security-Policy"]


def test_staff_get_no_package(site: Site) -> None:
    assert site.staff(Role.MANAGER).get("/learner/package").status_code == 404
