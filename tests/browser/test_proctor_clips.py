# SPDX-License-Identifier: Apache-2.0
"""Made-up clips through a real Chromium's camera into the real server with the real networks: one incident each, and no other.

Each learner has a browser of their own, because a browser has one clip as its camera; they sit side by side. The moment of
a change is that at which the room's own page sees it: a script of the test looks at the stream that the page has opened, and
notes when one picture differs from the one before. What is compared with it is when the server wrote the incident.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from assessor.api import HoldState
from assessor.results.tables import HoldRow
from core.uow import Actor, UnitOfWork
from proctor import api as proctor
from proctor.alerts.tables import AlertRow
from proctor.evidence.tables import EvidenceRow
from proctor.incidents.tables import IncidentRow
from proctor.rates import highest_rate
from tests import clips, movements
from tests.browser import people
from tests.browser.test_check_in import come_to_the_camera, watch_so
from tests.browser.test_offline import attempt_of
from tests.live_server import LiveServer
from web import wiring
from web.wiring import Services

FPS = 3
LEAD, SHOWN, AFTERWARDS = 5.0, 13.0, 75.0  # the clip begins anew at its end, and then nobody looks any more
WITHIN_SECONDS = 10.0
CALM_SECONDS = 300.0
PLAN = proctor.WatchPlan(calibration=True, objects=True)
SHOTS = os.environ.get("KASAUTI_SHOTS", "")
EXPECTED = {
    "gone": "face_gone",
    "two": "several_faces",
    "covered": "camera_covered",
    "frozen": "camera_frozen",
    "swapped": "someone_else",
}
CUT = 20.0
"""Grey levels between two pictures of a clip, small and on average: a cut, where a person who sways makes less."""
# When the stream that a page has opened showed another picture, and how different it was.
WATCHING = """(() => {
  const media = navigator.mediaDevices;
  if (!media) return;
  const open = media.getUserMedia.bind(media);
  media.getUserMedia = async (wanted) => {
    const stream = await open(wanted);
    const video = Object.assign(document.createElement("video"), { muted: true, srcObject: stream });
    const canvas = Object.assign(document.createElement("canvas"), { width: 32, height: 24 });
    const drawn = canvas.getContext("2d", { willReadFrequently: true });
    let before = null;
    window.pictures = [];
    await video.play();
    setInterval(() => {
      drawn.drawImage(video, 0, 0, 32, 24);
      const now = drawn.getImageData(0, 0, 32, 24).data;
      let sum = 0;
      if (before) for (let i = 0; i < now.length; i++) sum += Math.abs(now[i] - before[i]);
      if (sum) window.pictures.push([Date.now() / 1000, sum / (now.length * 0.75)]);
      before = now;
    }, 50);
    return stream;
  };
})()"""


@dataclass
class Sitter:
    """One learner with a browser and a clip of their own."""

    kind: str
    clip: Path
    page: Page
    attempt: str = ""

    def swap_clip(self, pictures: Iterable[clips.Pixels]) -> None:
        """Another clip for when the camera is opened next."""
        clips.write_pictures(self.clip.with_suffix(".new"), pictures, fps=FPS).replace(self.clip)

    def changed_at(self) -> datetime:
        """When the page saw the clip change: the first cut, or the last picture before they all stay the same."""
        seen: list[list[float]] = self.page.evaluate("window.pictures")
        if self.kind == "frozen":
            moments = (one[0] for one, following in pairwise(seen) if following[0] - one[0] > SHOWN / 2)
        else:
            moments = (at for at, difference in seen if difference >= CUT)
        at = next(moments, None)
        assert at is not None, f"{self.kind}: the clip did not change: {max(one[1] for one in seen):.1f}"
        return datetime.fromtimestamp(at, UTC)


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[LiveServer]:
    """A server whose calm seconds are few, yet enough for the three looks, 1.2 s apart, of which a face is enrolled."""
    live = LiveServer(tmp_path / "var", settings={"KASAUTI_CHECK_IN_SECONDS": "6"})
    live.start()
    yield live
    live.stop()


@pytest.fixture
def beside(quick: LiveServer) -> Iterator[Services]:
    """The same database from beside the server."""
    built = wiring.build(wiring.read_config(quick.environment))
    yield built
    built.engine.dispose()


def restless(fps: int = FPS) -> Iterator[clips.Pixels]:
    """Somebody who wanders before the camera, leans towards it, and turns the head for a moment to either side."""
    yield from clips.frames([("moved", 6.0)], fps=fps)
    for number in range(4 * fps):
        share = 1 - 0.25 * np.sin(np.pi * number / (4 * fps))
        yield _leaning(movements.moved("calm", number, size=clips.SIZE), share)
    for move, seconds in (("left", 3.0), ("calm", 2.0), ("right", 3.0)):
        for number in range(round(seconds * fps)):
            yield movements.moved(move, number, size=clips.SIZE)


def _leaning(picture: clips.Pixels, share: float) -> clips.Pixels:
    """The middle of a picture, larger."""
    height, width = picture.shape[:2]
    high, wide = round(height * share), round(width * share)
    top, left = (height - high) // 2, (width - wide) // 2
    return np.asarray(cv2.resize(picture[top : top + high, left : left + wide], (width, height)), np.uint8)


def check_in(sitters: list[Sitter]) -> None:
    """Everybody takes the photo and sits still; one waits for all, as they do it at the same time."""
    for sitter in sitters:
        come_to_the_camera(sitter.page)
    for button in ("[data-take]", "[data-send]", "[data-begin]", "[data-to-gate]"):
        for sitter in sitters:
            sitter.page.locator(button).click(timeout=30_000)


def begin(sitters: list[Sitter]) -> None:
    """Into the room, in which the camera is opened anew."""
    for sitter in sitters:
        sitter.page.get_by_role("button", name="Start the test now").click(timeout=30_000)
    for sitter in sitters:
        sitter.page.wait_for_url("**/room")
        sitter.attempt = attempt_of(sitter.page)
        expect(sitter.page.locator("[data-camera=on]")).to_be_visible(timeout=20_000)


def wait_for(missing: Callable[[], Collection[str]], *, seconds: float, page: Page) -> None:
    """Let the browsers go on until nothing is missing."""
    deadline = time.monotonic() + seconds
    while left := missing():
        assert time.monotonic() < deadline, f"it did not come in time: {sorted(left)}"
        page.wait_for_timeout(250)


def look_at(page: Page, name: str) -> None:
    """Nothing is wider than the screen and nothing keeps anybody out; a picture for who asks for one."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert people.violations(page) == []
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


def incidents_of(uow: UnitOfWork, attempt: str) -> list[IncidentRow]:
    return list(uow.db.scalars(select(IncidentRow).where(IncidentRow.attempt_id == attempt)))


def noted_of(uow: UnitOfWork, attempt: str) -> list[str]:
    return [row.rule.value for row in uow.db.scalars(select(AlertRow).where(AlertRow.attempt_id == attempt))]


def require_evidence(uow: UnitOfWork, parts: Services, incident: IncidentRow) -> float:
    """Pictures of before, of the onset, of when it was raised and of after are there, hidden in part; when it was written."""
    rows = {
        row.kind.value: row
        for row in uow.db.scalars(select(EvidenceRow).where(EvidenceRow.incident_id == incident.id))
    }
    assert set(rows) == {"before", "onset", "raised", "after"}, incident.rule
    for row in rows.values():
        assert row.scope is not None
        stored = parts.blobs.get(row.scope, row.address, uow)
        assert row.redaction is not proctor.Redaction.NONE
        assert hashlib.sha256(stored).hexdigest() == row.stored_sha256 != row.sha256
        assert cv2.imdecode(np.frombuffer(stored, np.uint8), cv2.IMREAD_COLOR) is not None
    assert rows["before"].captured_at < incident.onset_at <= rows["raised"].captured_at
    assert incident.ended_at is not None
    assert rows["after"].captured_at >= incident.ended_at
    return rows["raised"].stored_at.timestamp()


# Three at a time: six browsers leave a machine of two cores nothing for the server that is measured.
@pytest.mark.alone
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kinds", [("moved", "gone", "swapped"), ("two", "covered", "frozen")], ids="-".join)
def test_each_change_of_the_picture_raises_its_incident_in_ten_seconds_and_no_other(
    kinds: tuple[str, ...],
    quick: LiveServer,
    beside: Services,
    launch: Callable[[Path | None], Browser],
    tmp_path: Path,
) -> None:
    expected = {EXPECTED[kind] for kind in kinds if kind in EXPECTED}
    name, sample = watch_so(quick, PLAN), quick.sample()
    sitters = list[Sitter]()
    calm = clips.write_y4m(tmp_path / "calm.y4m", [("present", 6.0)], fps=FPS).read_bytes()
    for kind in kinds:
        clip = tmp_path / f"{kind}.y4m"
        clip.write_bytes(calm)
        width = 360 if kind in ("gone", "swapped") else 1280
        page = people.enter(launch(clip), quick.url, quick.sample(), name, width=width, first=WATCHING)
        sitters.append(Sitter(kind, clip, page))
        if kind != kinds[-1]:
            name = people.admit(quick, beside, watched=True)
    check_in(sitters)
    lead, afterwards = (list(clips.frames([("present", seconds)], fps=FPS)) for seconds in (LEAD, AFTERWARDS))
    for sitter in sitters:
        shown = restless() if sitter.kind == "moved" else clips.frames([(sitter.kind, SHOWN)], fps=FPS)
        sitter.swap_clip(chain(lead, shown, afterwards))
    proctor_page = people.sign_in(sitters[0].page.context.browser, quick.url, sample, "proctor")  # type: ignore[arg-type]
    proctor_page.goto(f"{quick.url}/proctor/sittings")
    proctor_page.get_by_role("link", name=re.compile("At home")).first.click()
    begin(sitters)

    def not_raised() -> set[str]:
        with beside.store.read(Actor.system()) as uow:
            return expected - {str(row.rule) for row in uow.db.scalars(select(IncidentRow))}

    def not_over() -> set[str]:
        with beside.store.read(Actor.system()) as uow:
            rows = uow.db.scalars(select(IncidentRow).where(IncidentRow.ended_at.is_(None)))
            return {str(row.rule) for row in rows}

    wait_for(not_raised, seconds=60, page=proctor_page)
    look_at(proctor_page, "wall-1280")
    for sitter in sitters:
        if SHOTS:
            sitter.page.screenshot(path=f"{SHOTS}/room-{sitter.kind}.png")
    wait_for(not_over, seconds=60, page=proctor_page)
    told = list[str]()
    with beside.store.read(Actor.system()) as uow:
        for sitter in sitters:
            incidents = incidents_of(uow, sitter.attempt)
            assert noted_of(uow, sitter.attempt) == [], sitter.kind
            if sitter.kind not in EXPECTED:
                assert incidents == [], sitter.kind
                continue
            (incident,) = incidents
            assert str(incident.rule) == EXPECTED[sitter.kind]
            written = require_evidence(uow, beside, incident)
            took = written - sitter.changed_at().timestamp()
            told.append(f"{sitter.kind} {took:.1f}")
            assert 0 < took <= WITHIN_SECONDS, told
            hold = uow.db.get(HoldRow, incident.id)
            assert hold is not None
            assert (hold.attempt_id, hold.state) == (sitter.attempt, HoldState.INTERIM)
    print(f"seconds from the change in the browser to the written incident: {', '.join(told)}")
    assert people.FAULTS == []


@pytest.mark.battery
@pytest.mark.timeout(600)
def test_five_calm_minutes_before_a_real_camera_raise_nothing(
    quick: LiveServer, beside: Services, launch: Callable[[Path | None], Browser], tmp_path: Path
) -> None:
    name = watch_so(quick, PLAN)
    clip = clips.write_y4m(tmp_path / "calm.y4m", [("present", 6.0)], fps=FPS)
    page = people.enter(launch(clip), quick.url, quick.sample(), name, first=WATCHING)
    sitter = Sitter("present", clip, page)
    check_in([sitter])
    sitter.swap_clip(clips.frames([("present", CALM_SECONDS + 30)], fps=FPS))
    begin([sitter])
    page.wait_for_function("() => window.pictures.length > 1")
    page.wait_for_function(
        "seconds => Date.now() / 1000 - window.pictures[0][0] >= seconds",
        arg=CALM_SECONDS,
        timeout=1000 * (CALM_SECONDS + 60),
        polling=1000,
    )
    with beside.store.read(Actor.system()) as uow:
        assert [str(row.rule) for row in incidents_of(uow, sitter.attempt)] == []
        assert noted_of(uow, sitter.attempt) == []
        kept = uow.db.scalars(select(EvidenceRow.kind).where(EvidenceRow.attempt_id == sitter.attempt)).all()
    assert 4 <= sum(kind.value == "sample" for kind in kept) <= 6, "somebody looked all the time"
    hours = CALM_SECONDS / 3600
    print(f"watched {hours:.3f} h without an alert: at most {highest_rate(0, hours):.1f} an hour (95 %)")
    assert people.FAULTS == []
