# SPDX-License-Identifier: Apache-2.0
"""What a learner's own device is asked for and says: files, abilities, spans of speech; and what of it is refused."""

from __future__ import annotations

import gzip
import hashlib
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from assessor.scheduling.tables import SittingRow
from core.identity.model import Role
from core.uow import Actor
from proctor import api as proctor
from tests.web.site import Site
from tests.web.test_sockets import FRAMES, NAME, Camera
from tests.web.test_sockets_line import Page, told
from tests.web.world import acting_as, person
from web.device_files import WORKER
from web.security import POLICY
from web.static_files import version

FACTS = {"virtual": False, "width": 320, "height": 240, "fps": 30.0, "jitter_ms": 1.0}
ABLE = {"what": "faces", "able": True, "why": "", "ms": 30}


def watched(site: Site, plan: proctor.WatchPlan) -> Page:
    """A learner of the watched sitting under this plan, who agreed to all of it."""
    with site.parts.store.write(Actor.system()) as platform:
        uow = acting_as(platform, person(platform, Role.MANAGER))
        sitting_id = uow.db.scalars(select(SittingRow.id).where(SittingRow.proctored)).first()
        assert sitting_id is not None
        proctor.set_plan(uow, sitting_id, organisation_id=str(uow.actor.organisation_id), plan=plan)
    opened = Camera(site, NAME)
    site.parts.pipeline.start()
    site.worker.round()
    opened.told()
    return Page(opened)


def help_of(page: Page) -> dict[str, str]:
    answer = page.ask("facts", FACTS)
    found: dict[str, str] = answer.get("help", {})
    return found


def test_a_plan_that_asks_the_device_for_nothing_names_no_files(site: Site) -> None:
    page = watched(site, proctor.WatchPlan())
    assert page.ask("facts", FACTS) == {"ok": True}
    assert page.ask("helps", ABLE)["code"] == "event_malformed"
    assert page.ask("speech", {"ago_ms": 0, "lasted_ms": 3000})["code"] == "event_malformed"
    policy = page.camera.visitor.get("/room").headers["Permissions-Policy"]
    assert "microphone=()" in policy


def test_the_files_of_the_device_are_the_pinned_ones_and_kept_for_ever(site: Site) -> None:
    page = watched(site, proctor.WatchPlan(prefilter=True, voice=True))
    named = help_of(page)
    assert set(named) == {"module", "worker", "worklet", "runtime", "glue", "code", "faces", "voice"}
    pinned = {spec.sha256 for spec in proctor.locked_models() if spec.on_devices}
    for name in ("runtime", "glue", "faces", "voice"):
        answer = page.camera.visitor.get(named[name], headers={"Accept-Encoding": "gzip"})
        data = gzip.decompress(answer.data)
        assert hashlib.sha256(data).hexdigest() in pinned
        assert "immutable" in answer.headers["Cache-Control"]
        assert page.camera.visitor.get(named[name], headers={"Accept-Encoding": "identity"}).data == data
    for name in ("module", "worker", "worklet"):
        assert page.camera.visitor.get(named[name]).status_code == 200
    assert "microphone=(self)" in page.camera.visitor.get("/room").headers["Permissions-Policy"]


@pytest.mark.parametrize(
    "path",
    ["0000000000000000/rfb-320.onnx", "{face}/../{face}", "{face}/blazeface-full-range.tflite", "{server}"],
)
def test_no_other_file_of_the_models_folder_is_served(site: Site, path: str) -> None:
    known = {spec.name: f"{spec.sha256[:16]}/{spec.file}" for spec in proctor.locked_models()}
    asked = path.format(face=known["rfb-320"].split("/")[0], server=known["blazeface-full-range"])
    assert site.visitor().get(f"/static/networks/{asked}").status_code == 404


def test_machine_code_may_run_in_the_worker_alone(site: Site) -> None:
    worker = site.visitor().get(f"/static/{version()}/{WORKER}")
    assert "script-src 'self' 'wasm-unsafe-eval'" in worker.headers["Content-Security-Policy"]
    page = watched(site, proctor.WatchPlan(prefilter=True))
    for address in ("/room", help_of(page)["module"]):
        assert page.camera.visitor.get(address).headers["Content-Security-Policy"] == POLICY
    assert "wasm" not in POLICY


def test_a_device_that_cannot_count_is_watched_in_full(site: Site) -> None:
    page = watched(site, proctor.WatchPlan(prefilter=True))
    assert page.view.mode == "prefiltered"
    assert page.ask("helps", ABLE) == {"ok": True}
    assert page.ask("helps", {**ABLE, "able": False, "why": "line"}) == {"ok": True}
    assert page.view.mode == "prefiltered", "a thin line is no reason to look less closely later"
    assert page.ask("helps", {**ABLE, "able": False, "why": "slow", "ms": 900}) == {"ok": True}
    assert page.view.mode == "full"
    assert page.view.devices["faces"] == proctor.Device(able=False, why="slow", ms=900)
    assert page.ask("helps", ABLE) == {"ok": True}
    assert page.view.mode == "full", "and so it stays"


def test_the_rule_of_speech_is_not_available_until_the_device_hears(site: Site) -> None:
    page = watched(site, proctor.WatchPlan(voice=True))
    said = {"what": "voice", "why": "", "ms": 0}

    def standing() -> proctor.Availability:
        return proctor.availability(page.view.watching)[proctor.RuleName.SPEECH]

    assert standing() is proctor.Availability.NOT_AVAILABLE
    page.ask("helps", {**said, "able": True})
    assert standing() is proctor.Availability.AVAILABLE
    page.ask("helps", {**said, "able": False, "why": "refused"})
    assert standing() is proctor.Availability.NOT_AVAILABLE
    assert page.view.open_alerts == ()


def test_spans_of_speech_reach_the_rules_by_the_servers_clock(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = watched(site, proctor.WatchPlan(voice=True))
    heard: list[Any] = told(page, monkeypatch)
    assert page.ask("speech", {"ago_ms": 2000, "lasted_ms": 3000}) == {"ok": True}
    now = site.clock.now()
    assert heard == [
        proctor.SpeechHeard(
            at=now, started_at=now - timedelta(seconds=5), ended_at=now - timedelta(seconds=2)
        )
    ]
    wrong = [
        {"ago_ms": -1, "lasted_ms": 3000}, {"ago_ms": 0, "lasted_ms": 0}, {"ago_ms": 0, "lasted_ms": 10**9},
        {"ago_ms": 10**9, "lasted_ms": 1}, {"ago_ms": 0.5, "lasted_ms": 1}, {"ago_ms": 0},
        {"ago_ms": 0, "lasted_ms": 3000, "sound": "UklGRg=="}, {"ago_ms": 0, "lasted_ms": 3000, "text": "hello"},
    ]  # fmt: skip
    for one in wrong:
        assert page.ask("speech", one)["code"] == "event_malformed", one
    assert (
        page.camera.channel.ask(FRAMES, "speech", {"ago_ms": 0, "lasted_ms": 1}, b"RIFF")["code"]
        == "event_malformed"
    )
    for bad in ({**ABLE, "what": "voice", "why": "because"}, {**ABLE, "what": "ears"}, {**ABLE, "able": 1}):
        assert page.ask("helps", bad)["code"] == "event_malformed"
    assert len(heard) == 1


def test_a_room_that_is_kept_on_the_device_may_listen_where_the_plan_says_so(site: Site) -> None:
    packed = []
    for voice in (False, True):
        page = watched(site, proctor.WatchPlan(voice=voice)) if voice else None
        visitor = site.learner(NAME) if page is None else page.camera.visitor
        answer = visitor.get("/learner/package")
        packed.append((answer.headers["Permissions-Policy"], answer.headers["ETag"]))
    (without, one), (with_it, other) = packed
    assert ("microphone=()" in without, "microphone=(self)" in with_it) == (True, True)
    assert one != other, "a copy that was kept before is fetched again"


def test_who_did_not_agree_to_that_item_is_not_listened_to(site: Site) -> None:
    page = watched(site, proctor.WatchPlan(voice=True))
    with site.parts.store.write(Actor.system()) as uow:
        proctor.keep_agreed(uow, page.camera.session_id, agreed=frozenset({"pictures"}))
    page.camera.channel = site.connect(page.camera.visitor, FRAMES)
    assert help_of(page) == {}
    assert page.ask("speech", {"ago_ms": 0, "lasted_ms": 3000})["code"] == "event_malformed"
    assert "microphone=()" in page.camera.visitor.get("/room").headers["Permissions-Policy"]


def test_whoever_takes_the_item_back_in_the_test_is_heard_no_more_on_the_open_line(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = watched(site, proctor.WatchPlan(voice=True))
    voice = {"what": "voice", "why": "", "ms": 0, "able": True}
    assert page.ask("helps", voice) == {"ok": True}
    heard: list[Any] = told(page, monkeypatch)
    assert page.ask("speech", {"ago_ms": 0, "lasted_ms": 3000}) == {"ok": True}
    assert "voice" in help_of(page)
    visitor = page.camera.visitor
    visitor.get("/learner/consent")
    page.camera.told()
    assert visitor.post("/learner/consent/withdraw", {"item": "voice"}).status_code == 302
    site.worker.round()
    assert page.camera.told() == 1, "the room asks anew what its device may do"
    assert page.ask("facts", FACTS) == {"ok": True, "help": {}}
    for event, said in (("speech", {"ago_ms": 0, "lasted_ms": 3000}), ("helps", voice)):
        assert page.ask(event, said)["code"] == "consent_missing"
    assert [type(one) for one in heard].count(proctor.SpeechHeard) == 1
    standing = proctor.availability(page.view.watching)[proctor.RuleName.SPEECH]
    assert standing is proctor.Availability.NOT_AVAILABLE
    assert page.send()["ok"], "the rest goes on"
