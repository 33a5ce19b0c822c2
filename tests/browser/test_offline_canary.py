# SPDX-License-Identifier: Apache-2.0
"""A real browser's whole way through a bank with canaries in every key: no byte on the line, and none that it keeps, sings.

The line is between browser and server, so pages, scripts, the locked test, its files and the sockets are all searched.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import simple_websocket
from playwright.sync_api import Browser, Page, Playwright, expect
from werkzeug.serving import make_server

from assessor import api as assessor
from core.identity.model import Role
from core.uow import Actor
from item_bank import api as bank
from tests.browser import people
from tests.browser.line import Line, laid
from tests.browser.test_interactions import BY_KEYBOARD, Keys, saved
from tests.browser.test_offline import attempt_of, get_ready, kept_in, start
from tests.browser.test_room import answer
from tests.browser.test_spine import give_consent_and_photo
from tests.clips import write_y4m
from tests.live_server import LiveServer
from tests.web.canaries import CANARY, Reader, Received, planted
from tests.web.rich_sitting import (
    CODE,
    KINDS,
    RichSitting,
    add_rich_learner,
    add_rich_sitting,
    documents,
)
from tests.web.test_canary_rich import planted as planted_rich
from tests.web.windows import move_windows
from tests.web.world import acting_as, person
from web import demo, wiring
from web.migrate import migrate
from web.wiring import Services

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

QUESTIONS = 24
# How files begin that are not locked; at least six bytes each, so that random ones do not hold them by chance.
_FILE = re.compile(
    rb"\x89PNG\r\n|<svg[ >][\s\w]|RIFF....WAV|RIFF....WEBP|ftyp(?:isom|iso\d|mp4|M4A|avif|qt)|WEBVTT|<html[ >]|<!doctype",
    re.DOTALL,
)


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """A filled database before its server starts: the sample with canaries."""
    var = tmp_path_factory.mktemp("planted") / "var"
    built = wiring.build(wiring.read_config(LiveServer(var).environment))
    migrate(built.engine)
    demo.fill(built, sample=planted(bank.load_sample()))
    yield built
    built.engine.dispose()


@pytest.fixture(scope="module")
def rich(parts: Services) -> RichSitting:
    """A sitting with a camera and with every kind of item, each with canaries."""
    items = {kind: planted_rich(kind, document) for kind, document in documents().items()}
    return add_rich_sitting(parts, items=items, proctored=True)


@pytest.fixture(scope="module")
def live(parts: Services, rich: RichSitting) -> Iterator[LiveServer]:
    server = LiveServer(parts.config.var)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def face(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the camera of a watched learner sees."""
    return write_y4m(tmp_path_factory.mktemp("clip") / "face.y4m", [("present", 20.0)], fps=5)


@pytest.fixture
def line(live: LiveServer) -> Iterator[Line]:
    with laid(live.port) as made:
        yield made


def reader_of(parts: Services) -> Reader:
    """Knows every identifier of the bank and of the papers."""
    names: set[str] = set()
    with parts.store.read(Actor.system()) as uow:
        acting = acting_as(uow, person(uow, Role.AUTHOR))
        owner = str(acting.actor.organisation_id)
        for version in bank.newest_versions(acting, owner_id=owner):
            names |= {version.id, version.item_id, version.content_hash.rpartition(":")[2]}
            names |= {media.sha256 for media in version.content.media}
        for overview in assessor.batch_overviews(acting, organisation_id=owner):
            for form in assessor.forms_of_batch(acting, overview.batch.id, organisation_id=owner):
                names |= {form.id, (form.sha256 or "").rpartition(":")[2]}
    return Reader(frozenset(names - {""}))


def came_down(line: Line) -> list[Received]:
    """Every byte that the browser got, connection by connection; nothing was packed."""
    kept = [
        Received(f"connection {number}", bytes(data), letters=False)
        for number, data in enumerate(line.received)
    ]
    assert not any(b"ontent-Encoding: gzip" in one.data for one in kept)
    assert not any(b"permessage-deflate" in one.data for one in kept)
    return kept


def come_in(browser: Browser, line: Line, code: str) -> Page:
    """A learner who will be watched: agreed, photographed, with the locked test on the device."""
    page = people.open_page(browser, line.url)
    page.locator("input[name=code]").fill(code)
    page.locator("form[action='/enter'] button").click()
    page.wait_for_url(f"{line.url}/learner")
    give_consent_and_photo(page)
    expect(page.locator("[data-package-state=ready]")).to_be_visible(timeout=60_000)
    return page


def kept(page: Page, when: str) -> list[Received]:
    """Everything that the browser keeps."""
    return [Received(f"{when}: {place}", data, letters=False) for place, data in kept_in(page).items()]


@pytest.mark.timeout(300)
def test_no_byte_on_the_line_or_in_the_browser_gives_a_key_away(
    live: LiveServer, parts: Services, line: Line, launch: Callable[[Path | None], Browser]
) -> None:
    reader = reader_of(parts)
    move_windows(parts, opens_at=parts.clock.now() + timedelta(minutes=10))
    page = people.enter(launch(None), line.url, live.sample(), "Gurpreet Kaur")
    get_ready(page)
    early = kept(page, "before the start")
    reader.received += early
    move_windows(parts, opens_at=parts.clock.now() - timedelta(hours=1))
    page.reload()
    start(page)
    stems = [stem.text_content() or "" for stem in page.locator(".item__stem [data-lang]").all()]
    for stem in stems:
        assert not [one.source for one in early if stem.encode() in one.data], "a question before the start"
    attempt_of(page)
    answer(page, 1)
    line.cut()
    answer(page, 2)
    page.reload()
    line.mend()
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=40_000)
    reader.received += kept(page, "in the test")
    reader.received.append(Received("the page", page.content().encode(), letters=False))
    page.get_by_role("button", name="Hand in…").first.click()
    page.get_by_role("button", name="Hand in now").click()
    page.wait_for_url(f"{line.url}/learner", timeout=20_000)
    page.goto(f"{line.url}/learner/result")
    reader.received += [*kept(page, "after the end"), *came_down(line)]
    assert len(stems) >= 2 * QUESTIONS
    assert sum(len(one.data) for one in reader.received) > 300_000
    assert reader.finds() == []


@pytest.mark.timeout(300)
def test_files_of_a_paper_are_locked_before_the_start_and_shown_without_a_line_after_it(
    parts: Services, line: Line, launch: Callable[[Path | None], Browser], face: Path
) -> None:
    reader = reader_of(parts)
    move_windows(parts, opens_at=parts.clock.now() + timedelta(minutes=10))
    page = come_in(launch(face), line, CODE)
    early = kept(page, "before the start")
    parts_kept = [one for one in early if "/learner/package/" in one.source]
    assert len(parts_kept) > 3, "the list, the page and files"
    for one in parts_kept:
        assert _FILE.search(one.data) is None, one.source
    move_windows(parts, opens_at=parts.clock.now() - timedelta(hours=1))
    page.reload()
    start(page)
    line.cut()
    page.reload()
    expect(page.locator("[data-count-answered]")).to_be_attached()
    shown = page.evaluate(
        """async () => {
          const found = [...document.querySelectorAll("img[src^='/room/media/'], image, audio, video, source, track")]
            .map((one) => one.getAttribute("src") ?? one.getAttribute("href")).filter((src) => src?.startsWith("/room/media/"));
          const bad = [];
          for (const src of new Set(found)) {
            const whole = await fetch(src).catch(() => null);
            const part = await fetch(src, { headers: { Range: "bytes=1-4" } }).catch(() => null);
            const bytes = (await whole?.arrayBuffer())?.byteLength ?? 0;
            if (!whole?.ok || bytes === 0 || part?.status !== 206 || (await part.arrayBuffer()).byteLength !== 4) bad.push(src);
          }
          return { files: new Set(found).size, bad };
        }"""
    )
    assert shown["files"] > 0
    assert shown["bad"] == []
    reader.received += [*early, *kept(page, "in the test"), *came_down(line)]
    assert reader.finds() == []


@pytest.mark.timeout(300)
def test_a_watched_learner_answers_every_kind_and_no_byte_of_page_or_socket_gives_a_key_away(
    parts: Services, rich: RichSitting, line: Line, launch: Callable[[Path | None], Browser], face: Path
) -> None:
    reader = reader_of(parts)
    move_windows(parts, opens_at=parts.clock.now() - timedelta(hours=1))
    learner = add_rich_learner(parts, rich, code="WATCHED7KF")
    page = come_in(launch(face), line, learner.code)
    start(page)
    expect(page.locator("[data-camera=on]")).to_be_visible(timeout=20_000)
    for number, kind in enumerate(KINDS, 1):
        BY_KEYBOARD[kind](Keys(page, number))
    expect(page.locator("[data-count-answered]")).to_have_text(str(len(KINDS)))
    saved(page)
    reader.received += kept(page, "in the test")
    page.locator("[data-review]").first.click()
    page.get_by_role("button", name="Hand in now").click()
    page.wait_for_url(f"{line.url}/learner", timeout=20_000)
    page.goto(f"{line.url}/learner/result")
    down = came_down(line)
    # One socket, or on a busy machine one that came again.
    socket = b"".join(one.data for one in down if b" 101 " in one.data[:40])
    assert socket.count(b"/frames,") > 5, "what came over the socket can be read"
    reader.received += [*kept(page, "after the end"), *down]
    assert reader.finds() == []


def test_a_leak_over_a_socket_would_be_found(launch: Callable[[Path | None], Browser]) -> None:
    def leak(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        if environ.get("HTTP_UPGRADE") != "websocket":
            start_response("200 OK", [("Content-Type", "text/html")])
            return [b"<title>leak</title>"]
        socket = simple_websocket.Server(environ)
        socket.send(f'42/room,["changed",{{"key":"{CANARY}9"}}]')
        with suppress(simple_websocket.ConnectionClosed):  # by the page, once it has heard: no sooner
            socket.receive(timeout=20)
        return []

    hear = """() => new Promise((done) => { const socket = new WebSocket(location.href.replace("http", "ws"));
        socket.onmessage = () => { done(socket.extensions); socket.close(); }; socket.onerror = () => done("no socket"); })"""
    server = make_server("127.0.0.1", 0, leak, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = people.open_page(launch(None), f"http://127.0.0.1:{server.server_port}/")
    assert "permessage-deflate" in page.evaluate(hear), "without the line its bytes could not be read"
    with laid(server.server_port) as line:
        page.goto(line.url)
        assert page.evaluate(hear) == ""
        reader = Reader(frozenset())
        reader.received = came_down(line)
    server.shutdown()
    server.server_close()
    assert len(reader.finds()) == 1


def test_a_canary_in_what_the_browser_keeps_would_be_found(
    live: LiveServer, line: Line, launch: Callable[[Path | None], Browser], playwright: Playwright
) -> None:
    page = people.open_page(launch(None), line.url)
    page.evaluate(f"caches.open('x').then(cache => cache.put('/y', new Response('{CANARY}7')))")
    page.evaluate(f"localStorage.setItem('z', '{CANARY}8')")
    reader = Reader(frozenset())
    reader.received = kept(page, "planted")
    assert len(reader.finds()) == 2
    assert len(came_down(line)) > 0
