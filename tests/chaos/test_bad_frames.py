# SPDX-License-Identifier: Apache-2.0
"""Everything that a page must not send, over real WebSockets into the real server: refused, counted, and nobody waits for it.

What is refused under which code by which check is known from tests/web/test_sockets*.py; here the server is one that runs.
"""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import pytest
import requests
from simple_websocket import Client, ConnectionClosed
from sqlalchemy import select

from core.uow import Actor
from proctor.incidents.tables import IncidentRow
from proctor.monitoring.chain import Entry, digest_of, first_link, next_link
from proctor.monitoring.tables import SessionRow
from proctor.vision.frames import MAXIMUM_BYTES, MAXIMUM_SCANS
from tests import clips
from tests.chaos.journal import Journal
from tests.chaos.learners import Learner
from tests.live_server import LiveServer, free_port
from web import wiring
from web.sockets.live import MAXIMUM_MESSAGE

GOOD = clips.to_jpeg(clips.picture("present"))
CANARY = "canary-7f3a91"
FLOOD_SECONDS = 6.0
USUAL_SAVE, SLOWEST_SAVE = 0.1, 1.0
"""Seconds, the median and the longest, while all of it goes on: a machine that others use as well is no reason to fail."""
_PURPOSE = re.compile(r'name="purpose" value="([^"]+)"')
_FIELD = re.compile(r'name="(csrf_token|notice_version)" value="([^"]+)"')


@dataclass
class Line:
    """One Socket.IO connection to the channel of pictures, spoken by hand, so that anything can be said."""

    url: str
    cookie: str
    answers: dict[int, dict[str, Any]] = field(default_factory=dict)
    said: int = 0

    def __post_init__(self) -> None:
        address = self.url.replace("http", "ws") + "/live/?EIO=4&transport=websocket"
        headers = {"Cookie": self.cookie, "Origin": "http://127.0.0.1"}  # this client's Host has no port
        self.socket = Client(address, headers=headers, max_message_size=2**22)
        # Said before the greeting is read: this client sees what came together with the handshake only when more comes.
        self.socket.send("40/frames,")
        assert str(self.socket.receive(timeout=20)).startswith("0")
        self.welcome = str(self.socket.receive(timeout=20))

    def close(self) -> None:
        """End the connection; the server may have done so."""
        with suppress(ConnectionClosed):
            self.socket.close()
        self.socket.sock.close()

    def say(self, event: str, *payload: Any, picture: bytes | None = None) -> int:
        """Send an event without waiting; the number under which it will be answered."""
        self.said += 1
        place = [] if picture is None else [{"_placeholder": True, "num": 0}]
        body = json.dumps([event, *payload, *place])
        head = f"42/frames,{self.said}" if picture is None else f"451-/frames,{self.said}"
        self.socket.send(head + body)
        if picture is not None:
            self.socket.send(picture)
        return self.said

    def hear(self, number: int) -> dict[str, Any]:
        """The answer to what was said under this number."""
        while number not in self.answers:
            message = self.socket.receive(timeout=20)
            assert message is not None, "no answer"
            if message == "2":
                self.socket.send("3")
            elif found := re.match(r"43/frames,(\d+)\[(.*)\]$", str(message), re.DOTALL):
                self.answers[int(found[1])] = json.loads(found[2])
        return self.answers[number]

    def send(self, jpeg: bytes, seq: Any, **more: Any) -> dict[str, Any]:
        return self.hear(self.say("frame", {"seq": seq, "at_ms": 0, **more}, picture=jpeg))


@dataclass
class Sitter:
    """A learner of the sample over HTTP alone, in the room, with the photo taken."""

    server: LiveServer
    code: str
    name: str
    http: requests.Session = field(default_factory=requests.Session)
    lines: list[Line] = field(default_factory=list)

    def begin(self) -> None:
        token = dict(_FIELD.findall(self._get("/")))["csrf_token"]
        self._post("/enter", {"code": self.code, "csrf_token": token})
        gate = self._get("/learner")
        consent = dict(_FIELD.findall(gate)) | {"purpose": _PURPOSE.findall(gate), "of_age": "yes"}
        self._post("/learner/consent", consent)
        headers = {"X-CSRFToken": dict(_FIELD.findall(self._get("/learner")))["csrf_token"]}
        photo = self.http.post(
            self.server.url + "/learner/photo", data=GOOD, headers={**headers, "Content-Type": "image/jpeg"}
        )
        assert photo.status_code == 200, photo.text
        token = dict(_FIELD.findall(self._get("/learner")))["csrf_token"]
        self._post("/learner/start", {"csrf_token": token})
        found = re.search(r'data-attempt="([a-z0-9]+)"', self._get("/room"))
        assert found is not None
        self.attempt = found[1]

    def line(self) -> Line:
        self.lines.append(
            Line(self.server.url, "; ".join(f"{one.name}={one.value}" for one in self.http.cookies))
        )
        return self.lines[-1]

    def close(self) -> None:
        for line in self.lines:
            line.close()
        self.http.close()

    def _get(self, path: str) -> str:
        return self.http.get(self.server.url + path, timeout=30).text

    def _post(self, path: str, fields: dict[str, Any]) -> None:
        answer = self.http.post(self.server.url + path, data=fields, timeout=30, allow_redirects=False)
        assert answer.status_code == 302, f"{path}: {answer.status_code}: {answer.text}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    live = LiveServer(tmp_path_factory.mktemp("frames") / "var", port=free_port())
    live.start()
    yield live
    live.stop()


@pytest.fixture(scope="module")
def sitters(server: LiveServer) -> Iterator[list[Sitter]]:
    """Two watched learners at work."""
    watched = [one for one in server.sample()["learners"] if one["proctored"]][:2]
    sitters = [Sitter(server, one["code"], one["name"]) for one in watched]
    for sitter in sitters:
        sitter.begin()
    yield sitters
    for sitter in sitters:
        sitter.close()


@pytest.fixture(scope="module")
def writer(server: LiveServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Learner]:
    """A learner who answers meanwhile."""
    code = next(one["code"] for one in server.sample()["learners"] if not one["proctored"])
    learner = Learner(server.url, code, Journal(), seed=1, hasty=False)
    learner.begin()
    yield learner
    learner.close()


def bombs() -> dict[str, list[bytes]]:
    """Pictures that must not be decoded, by the code under which they are refused; each carries the canary."""
    at = GOOD.index(b"\xff\xc0") + 5
    marked = GOOD[:2] + b"\xff\xfe" + (len(CANARY) + 2).to_bytes(2) + CANARY.encode() + GOOD[2:]
    wide = bytearray(GOOD)
    wide[at : at + 4] = b"\xff\xff\xff\xff"
    small = bytearray(GOOD)
    small[at : at + 4] = b"\0\x08\0\x08"
    progressive = clips.to_jpeg(clips.picture("present"), progressive=True)
    scan = progressive[progressive.index(b"\xff\xda") : progressive.index(b"\xff\xda") + 40]
    return {
        "frame_empty": [b""],
        "frame_too_large": [marked[:-2] + b"\0" * MAXIMUM_BYTES + marked[-2:]],
        "frame_not_jpeg": [CANARY.encode(), b"\x89PNG" + marked, b"<svg>" + marked],
        "frame_truncated": [marked[:-9], marked[: len(marked) // 2], b"\xff\xd8"],
        "frame_too_many_pixels": [bytes(wide)],
        "frame_too_small": [bytes(small)],
        "frame_corrupt": [
            progressive[:-2] + scan * (MAXIMUM_SCANS + 1) + progressive[-2:],
            b"\xff\xd8" + CANARY.encode() + b"\xff\xd9",
            GOOD[: at - 2] + b"\xff\xff" + GOOD[at:],
        ],
    }


def at_the_pace(line: Line, seq: int, jpeg: bytes) -> dict[str, Any]:
    """Send a picture, again when it came too fast; its number is used up only when it was looked into."""
    while (answer := line.send(jpeg, seq)).get("code") == "frame_too_fast":
        time.sleep(0.1)
    return answer


def kept_of(server: LiveServer, sitter: Sitter) -> tuple[dict[str, int], list[str]]:
    """What the server wrote of a learner's pictures, and the rules that raised an incident."""
    parts = wiring.build(wiring.read_config(server.environment))
    try:
        with parts.store.read(Actor.system()) as uow:
            watched = uow.db.scalars(
                select(SessionRow.watched).where(SessionRow.attempt_id == sitter.attempt)
            ).one()
            raised = uow.db.scalars(select(IncidentRow.rule).where(IncidentRow.attempt_id == sitter.attempt))
            return dict(watched.get("frames", {})), [str(rule) for rule in raised]
    finally:
        parts.engine.dispose()


def hand_in(sitter: Sitter) -> None:
    """The end of a test, after which the record of its watching is written."""
    page = sitter._get("/room")
    token = re.search(r'data-csrf="([^"]+)"', page)
    assert token is not None
    headers = {"X-CSRFToken": token[1]}
    url = sitter.server.url
    lease = sitter.http.post(url + "/room/lease", json={"device": "phone"}, headers=headers, timeout=30)
    body = {"device": "phone", "epoch": lease.json()["epoch"]}
    assert sitter.http.post(url + "/room/submit", json=body, headers=headers, timeout=30).status_code == 200


def wait_for(there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not there():
        assert time.monotonic() < deadline, "it did not come in time"
        time.sleep(0.1)


def text(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def send_bombs(line: Line) -> tuple[int, int]:
    """Pictures that are none, or that would take the memory of a small server; the last number, and how many were refused."""
    seq, refused = 1, 0
    assert at_the_pace(line, seq, GOOD)["ok"]
    for code, pictures in bombs().items():
        for jpeg in pictures:
            seq, refused = seq + 1, refused + 1
            assert at_the_pace(line, seq, jpeg)["code"] == code
    return seq, refused


def send_nonsense(line: Line, seq: int, stranger: str) -> None:
    """Numbers that make no sense or come twice, somebody else's attempt, events that there are not."""
    assert at_the_pace(line, seq, GOOD)["code"] == "frame_out_of_order"
    for wrong in (0, -1, 2**40, 1.5, True, None, "1", [1], CANARY):
        assert line.send(GOOD, wrong)["code"] == "event_malformed", wrong
    for more in ({"attempt_id": stranger}, {"session_id": stranger}, {CANARY: 1}):
        assert line.send(GOOD, seq + 1, **more)["code"] == "event_malformed"
    assert line.hear(line.say(CANARY, {}))["code"] == "event_unknown"
    assert line.hear(line.say("frame"))["code"] == "event_malformed"


def knock_in_vain(server: LiveServer, watched: Line, unwatched: str) -> None:
    """Nobody without a login, nobody who is not watched, no page of another site; and no message of any size."""
    for cookie in ("", unwatched):
        with closing(Line(server.url, cookie)) as line:
            assert line.welcome.startswith("44/frames,")
    elsewhere = {"Cookie": watched.cookie, "Origin": "http://elsewhere.example"}
    knocked = requests.get(
        server.url + "/live/?EIO=4&transport=websocket",
        headers={**elsewhere, "Upgrade": "websocket"},
        timeout=5,
    )
    assert (knocked.status_code, knocked.text) == (400, '"Not an accepted origin."')
    with pytest.raises(ConnectionClosed):
        watched.send(b"\xff\xd8" + b"\0" * (2 * MAXIMUM_MESSAGE), 99)


def flood(line: Line, over: threading.Event, told: list[str]) -> None:
    """Pictures as fast as they can be sent."""
    number = 0
    while not over.is_set():
        asked = list[int]()
        for _ in range(50):
            number += 1
            asked.append(line.say("frame", {"seq": number, "at_ms": 0}, picture=GOOD))
        told += [line.hear(one).get("code", "") for one in asked]


def saves_during(floods: list[list[str]], sitters: list[Sitter], writer: Learner) -> list[float]:
    """How long each save of a third learner takes while the others flood."""
    over = threading.Event()
    threads = [
        threading.Thread(target=flood, args=(sitter.line(), over, told))
        for sitter, told in zip(sitters, floods, strict=True)
    ]
    for one in threads:
        one.start()
    saves = list[float]()
    until = time.monotonic() + FLOOD_SECONDS
    while time.monotonic() < until:
        began = time.monotonic()
        writer.answer_one()
        saves.append(time.monotonic() - began)
    over.set()
    for one in threads:
        one.join(timeout=60)
        assert not one.is_alive()
    return saves


def break_a_chain(line: Line) -> None:
    """A picture that does not follow from those before, and a late one that nobody announced."""
    link = next_link(first_link("0123-page-one"), Entry(1, 0, digest_of(GOOD)))
    place = {"segment": "0123-page-one", "since": []}
    assert line.send(GOOD, 1, link=text(link), **place).get("chain") == 1
    line.send(GOOD, 2, link=text(digest_of(CANARY.encode())), **place)
    assert line.hear(line.say("late", {"seq": 1}, picture=GOOD))["code"] == "frame_not_committed"


@pytest.mark.alone
@pytest.mark.timeout(300)
def test_bad_pictures_floods_and_strangers_are_refused_and_counted_and_answers_stay_fast(
    server: LiveServer, sitters: list[Sitter], writer: Learner
) -> None:
    begun = len(server.log())
    first, second = sitters
    line = first.line()
    assert line.welcome.startswith("40/frames,")
    seq, refused = send_bombs(line)
    send_nonsense(line, seq, second.attempt)
    knock_in_vain(server, line, "; ".join(f"{one.name}={one.value}" for one in writer._http.cookies))

    floods = [list[str](), list[str]()]
    saves = saves_during(floods, sitters, writer)
    print(
        f"{len(saves)} answers during {sum(map(len, floods))} pictures: median {median(saves) * 1000:.0f} ms, "
        f"longest {max(saves) * 1000:.0f} ms"
    )
    for told in floods:
        assert set(told) == {"", "event_too_fast", "frame_too_fast"}
        assert told.count("event_too_fast") > 0.5 * len(told)
        assert told.count("") >= 3, "and what is in order is still taken"
    assert median(saves) <= USUAL_SAVE
    assert max(saves) <= SLOWEST_SAVE

    break_a_chain(second.line())
    wait_for(lambda: kept_of(server, second)[1] == ["pictures_altered"])

    # All of it is counted, and none of it is in the log.
    for sitter in sitters:
        hand_in(sitter)
    wait_for(lambda: all("refused" in kept_of(server, sitter)[0] for sitter in sitters))
    counted, raised = kept_of(server, first)
    assert counted["refused"] >= refused + floods[0].count("frame_too_fast")
    assert kept_of(server, second)[0]["refused"] >= floods[1].count("frame_too_fast")
    assert counted["unreadable"] == 0, "nothing of it was decoded"
    assert raised == []
    log = server.log()[begun:]
    for secret in ("Traceback", CANARY, first.name, first.code, second.name, second.code):
        assert secret not in log, secret
    assert requests.get(server.url + "/healthz", timeout=5).status_code == 200
