# SPDX-License-Identifier: Apache-2.0
"""No key material in any byte that a learner receives before the release.

The bank is imported and reviewed as usual, but with canaries in it. A learner goes the whole way, by camera, through every
refusal that a page or a script can meet, and everything that came back is searched.
"""

from __future__ import annotations

import base64
import gzip
import io
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Response, jsonify, make_response, session
from markupsafe import escape
from sqlalchemy import update

from assessor import api as assessor
from core.clock import FixedClock
from core.config import Config
from core.identity.model import Role
from core.identity.tables import PersonRow
from core.uow import Actor
from item_bank import api as bank
from tests import clips
from tests.conftest import NOON
from tests.sectioned import FIRST, LAST, LINEAR
from tests.web import checking_in, sitting, watched_way
from tests.web.canaries import (
    CANARY,
    Reader,
    Received,
    heard,
    open_package,
    planted,
    reached,
    recorder,
    routes_of_learners,
)
from tests.web.section_sitting import add_section_sitting
from tests.web.site import SECRET, Channel, Site, open_site
from tests.web.test_sections import come_in as enter_sections
from tests.web.test_sections import move, refs
from tests.web.world import acting_as, person
from web import demo, wiring
from web.access import public
from web.app import create_app
from web.migrate import migrate
from web.static_files import OWN, version

NAME = "Ravi Kumar"
AUTHOR = f"{CANARY} author"
_STEM = re.compile(r'item__stem"[^>]*><span data-lang="en" lang="en">([^<]+)<')
NOTE = f"{CANARY} note of the assessor"


@pytest.fixture(scope="module")
def planted_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    parts = wiring.build(Config(var=folder, secret_key=SECRET), clock=FixedClock(NOON))
    migrate(parts.engine)
    demo.fill(parts, sample=planted(bank.load_sample()))
    create_app(parts)  # compiles the translations, once for all copies
    with parts.store.write(Actor.system()) as uow:
        staff = [one.email for one in demo.STAFF if one.role in (Role.AUTHOR, Role.REVIEWER)]
        uow.db.execute(update(PersonRow).where(PersonRow.email.in_(staff)).values(name=AUTHOR))
    parts.engine.dispose()
    return folder


@pytest.fixture
def planted_site(planted_folder: Path, tmp_path: Path) -> Iterator[Site]:
    shutil.copytree(planted_folder, tmp_path / "var")
    with open_site(tmp_path / "var", at=NOON) as site:
        yield site


def reader_of(site: Site) -> Reader:
    """Knows every identifier of the bank and of the papers: versions, items, external ids, hashes, forms."""
    names: set[str] = set()
    with site.parts.store.read(Actor.system()) as uow:
        acting = acting_as(uow, person(uow, Role.AUTHOR))
        owner = str(acting.actor.organisation_id)
        for version_ in bank.newest_versions(acting, owner_id=owner):
            names |= {version_.id, version_.item_id, version_.external_id, _bare(version_.content_hash)}
        for overview in assessor.batch_overviews(acting, organisation_id=owner):
            for form in assessor.forms_of_batch(acting, overview.batch.id, organisation_id=owner):
                names |= {form.id, form.assessment_id, _bare(form.sha256 or "")}
                # A short one stands in every time of day.
                names |= {str(form.content.seed)} if form.content.seed > 10_000 else set()
        credential = bank.credential_versions(acting)[0]
        names |= {credential.id, _bare(credential.sha256)}
    return Reader(frozenset(names - {""}))


def _bare(digest: str) -> str:
    return digest.rpartition(":")[2]


def test_a_learner_receives_no_key_material_before_the_release(planted_site: Site) -> None:
    site = planted_site
    reader = reader_of(site)
    site.client_class = recorder(reader.received)
    case = go_the_whole_way(site, reader)
    learner_saw = b"".join(one.data for one in reader.received)
    site.client_class = type(site.app.test_client())
    reader.identifiers |= mark_with_a_note(site) | watched_way.uphold(case)
    site.client_class = recorder(reader.received)
    watched_way.look_back(case)
    look_at_what_is_left(site, reader)
    assert reader.finds() == []
    stems = [body["stem"] for item in bank.load_sample().items for body in (item["en"], item["hi"])]
    shown = [stem for stem in stems if _in_html(stem) in learner_saw]
    assert len(shown) == 48, "24 questions in two languages"
    assert routes_of_learners(site) - reached(site, reader) == set(), "nobody has looked at what these answer"


def test_a_test_in_sections_gives_away_no_more(planted_site: Site) -> None:
    site = planted_site
    add_section_sitting(site.parts, allow_skipping=False, max_attempts=1)
    reader = reader_of(site)
    site.client_class = recorder(reader.received)
    room = enter_sections(site)
    open_package(room.visitor, reader)
    for part, section in enumerate((FIRST, LINEAR, LAST)):
        for kind in ("enter_section", "visit", "confirm"):
            for target in (LAST, section, "s9", refs(room, 1)[7], "A"):
                move(room, kind, target)
                room.state()
        for item in refs(room, part):
            move(room, "visit", item)
            room.save(item, sitting.WORD if room.items[item] == "text_entry" else room.options[item][:1])
            move(room, "confirm", item)
            move(room, "confirm", item)
        assert len(room.state()["answers"]) == 8 * (part + 1)
        move(room, "leave_section", section)
        refuse_everything(room)
        room.visitor.get("/room")
    assert [one["state"] for one in room.state()["sections"]] == ["closed"] * 3
    assert room.hand_in().status_code == 200
    room.visitor.get("/learner")
    assert reader.finds() == []


def go_the_whole_way(site: Site, reader: Reader) -> watched_way.Case:
    """The gate, the check-in, the room, every refusal, the camera, the hand-in; what was noted meanwhile."""
    checking_in.plan(site, NAME, checking_in.WHOLE)
    stranger = site.visitor()
    stranger.get("/")
    stranger.post("/enter", {"code": "K7QD-M2XP-9F"})
    learner = site.learner(NAME)
    for path in ("/learner/result", "/room", "/room/state"):
        learner.get(path)
    watched_way.wish_for_a_place(learner)
    sitting.agree(learner)
    watched_way.ask_a_guardian(learner)
    learner.get("/learner")
    watched_way.check_in(site, learner)
    learner.send("POST", "/check/result", {"line": "good"})
    learner.send("POST", "/learner/safe-browser", {"config": "A", "exam": ""})
    learner.get("/sw.js")
    learner.get("/learner/package")
    learner.get("/learner/package/aaaaaaaaaaaaaaaa")
    learner.post("/learner/start")
    learner.post("/learner/start")
    open_package(learner, reader)
    room = sitting.open_room(learner)
    channel = watch(site, learner, reader)
    room.answer_everything()
    refuse_everything(room)
    learner.post("/language", {"language": "hi", "next": "/room"})
    for path in ("/room", "/learner", "/no/such/page", "/author/items", "/room/responses/1"):
        learner.get(path)
    room.state()
    send_frames(site, channel, reader)
    watched_way.talk(learner)
    case = watched_way.note_something(site, learner)
    learner.send("POST", "/room/lease", {"device": "laptop"})
    assert (
        room.save(room.choice, None).status_code == 200
    )  # asked and answered before the other device touched it
    assert room.hand_in().json["code"] == "lease_lost"  # type: ignore[index]
    room.device = "laptop"
    assert room.hand_in().status_code == 200
    site.worker.round()
    hear(channel, reader)
    refuse_everything(room)
    return case


def refuse_everything(room: sitting.Room) -> None:
    """Everything that the room's addresses can say no to."""
    room.save(room.choice, ["aaaaaaaaaaaaaaaa"])
    room.save(room.choice, room.options[room.choice])
    room.save(room.choice, ["A"])
    room.save(room.choice, "A")
    room.save(room.text, "x" * 5000)
    room.save("aaaaaaaaaaaaaaaa", None)
    room.save(room.text, "other words", seq=1)
    room.save(room.text, "too far", epoch=99)
    room.visitor.send("PUT", "/room/responses/77", {"what": "ever"})
    room.visitor.send_raw("PUT", "/room/responses/78", b"{")
    room.visitor.send("POST", "/room/lease", {"device": "<>"})
    move(room, "enter_section", "s1")
    move(room, "confirm", room.choice)
    notes = [{"number": 1, "kind": "blur", "typing": False}]
    room.visitor.send("POST", "/room/telemetry", {"device": room.device, "sent_ms": 2, "notes": notes})
    room.visitor.get("/learner/noted")
    room.visitor.get("/room/media/aaaaaaaaaaaaaaaa")
    room.visitor.post("/room/upload", {"device": room.device, "item": room.text, "part": "A"})
    room.visitor.get(f"/room/state?device={room.device}&since=0&pending=3")
    room.visitor.get("/room/state?device=phone")
    room.visitor.client.post("/room/submit")


def watch(site: Site, learner: Any, reader: Reader) -> Channel:
    """The camera's channel; the first try comes without a login."""
    refused = site.connect(site.visitor(), "/frames")
    assert not refused.is_connected("/frames")
    reader.received.append(heard("refusal of /frames", refused.errors))
    channel = site.connect(learner, "/frames")
    assert channel.is_connected("/frames")
    site.parts.pipeline.start()
    return channel


def send_frames(site: Site, channel: Channel, reader: Reader) -> None:
    """Good and bad frames, good and bad events."""
    jpeg = clips.to_jpeg(clips.picture("present"))
    events: list[tuple[str, tuple[Any, ...]]] = [
        ("frame", ({"seq": 1, "at_ms": 0}, jpeg)),
        ("frame", ({"seq": 2, "at_ms": 0}, jpeg[:-20])),
        ("frame", ({"seq": "A", "at_ms": 0}, jpeg)),
        ("frame", ()),
        ("camera", ({"state": "on"},)),
        ("camera", ({"state": "A"},)),
        ("answers", ({"item": "A"},)),
    ]
    for name, payload in events:
        reader.received.append(heard(f"ack of {name}", channel.ask("/frames", name, *payload)))
    assert site.parts.pipeline.drain(20)
    site.worker.round()
    hear(channel, reader)


def hear(channel: Channel, reader: Reader) -> None:
    if channel.is_connected("/frames"):
        messages = channel.get_received("/frames")
        assert messages, "something changed, so the page was told"
        reader.received.extend(heard("message of /frames", message) for message in messages)


def mark_with_a_note(site: Site) -> frozenset[str]:
    """The other components are marked, with a note: there is a result now, but it is not declared. Its id and its hash."""
    with site.parts.store.write(Actor.system()) as uow:
        marker = person(uow, Role.ASSESSOR)
        acting, owner = acting_as(uow, marker), marker.organisation_id
        tasks = assessor.tasks_of_assessor(acting, marker.id, organisation_id=owner)
        for task in (task for task in tasks if task.entry.candidate_name == NAME):
            full = assessor.task(acting, task.id, person_id=marker.id, organisation_id=owner)
            marks = {criterion.id: criterion.levels[-1] for criterion in full.rubric.criteria}
            assessor.record_marks(acting, task.id, organisation_id=owner, marks=marks, note=NOTE)
            assessor.complete_task(acting, task.id, organisation_id=owner)
        overview = assessor.batch_overviews(acting, organisation_id=owner)[0]
        lines = assessor.batch_page(acting, overview.batch.id, organisation_id=owner).lines
        (result,) = [line.result for line in lines if line.result is not None]
        return frozenset({result.id, _bare(result.sha256)})


def look_at_what_is_left(site: Site, reader: Reader) -> None:
    """After the hand-in, with a result that nobody has declared; and every file that anybody can fetch."""
    learner = site.learner(NAME)
    for path in (
        "/learner",
        "/learner/result",
        "/room",
        "/room/state",
        "/api/openapi.json",
        "/healthz",
        "/sign-in",
    ):
        learner.get(path)
    learner.get("/learner/result", headers={"Accept": "application/json"})
    learner.get("/api/v1/results")
    take_the_data_out(learner, reader)
    watched_way.take_it_back(learner)
    for root, address in ((OWN, f"/static/{version()}"), (site.parts.config.browser, "/static/vendor")):
        for file in root.rglob("*"):
            if file.is_file() and ".map" not in file.suffixes:
                fetched = learner.get(f"{address}/{file.relative_to(root).as_posix()}")
                assert fetched.status_code == 200
    learner.get(f"/static/{version()}/css/kasauti.css", headers={"Accept-Encoding": "gzip"})
    learner.post("/sign-out")
    learner.get("/learner")


def take_the_data_out(learner: Any, reader: Reader) -> None:
    """The learner's page about the own data, the file with everything, a request to delete, and its end."""
    learner.get("/learner/data")
    answer = learner.post("/learner/data/export")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        for name in file.namelist():
            reader.received.append(Received(f"export {name}", file.read(name), name.endswith(".json")))
    learner.post("/learner/data/erasure")
    learner.get("/learner/data")
    learner.post("/learner/data/erasure/back")


def _in_html(text: str) -> bytes:
    return str(escape(text)).encode()


def test_what_one_page_calls_its_questions_and_options_means_nothing_in_another(planted_site: Site) -> None:
    rooms = [sitting.begin(planted_site.learner(name)) for name, _, _ in demo.LEARNERS[False]]
    names = [
        {*room.items, *(option for options in room.options.values() for option in options)} for room in rooms
    ]
    papers = {frozenset(_STEM.findall(room.page)) for room in rooms}
    assert {len(paper) for paper in papers} == {24}
    assert len(papers) < len(rooms), "four learners, three papers: two of them sit the same"
    assert len(set().union(*names)) == sum(map(len, names))


# ------------------------------------------------------------------------------- that the test can fail


def test_the_canaries_are_where_staff_see_them(planted_site: Site) -> None:
    author = planted_site.staff(Role.AUTHOR)
    listing = author.get("/author/items?pc=PC6&type=text_entry").text
    assert f"{CANARY}-SDP-PC6-13" in listing
    path = next(part.split('"')[0] for part in listing.split('href="') if part.startswith("/author/items/0"))
    page = author.get(path).text
    assert page.count(CANARY) >= 4, "external id, both rationales, the accepted answers"
    marker = planted_site.staff(Role.ASSESSOR)
    tasks = [part.split('"')[0] for part in marker.get("/assessor/tasks").text.split('href="')]
    pages = [marker.get(path).text for path in tasks if path.startswith("/assessor/tasks/")]
    assert all(CANARY in page for page in pages)


Leak = Callable[[dict[str, Any], bank.ItemVersion], Response]


def _in_header(item: dict[str, Any], _version: bank.ItemVersion) -> Response:
    return Response(
        "nothing here", headers={"X-Why": item["en"]["rationale"].encode("ascii", "ignore").decode()}
    )


def _in_cookie(item: dict[str, Any], _version: bank.ItemVersion) -> Response:
    session["why"] = item["key"] * 40
    return make_response("nothing here")


LEAKS: dict[str, Leak] = {
    "rationale": lambda item, _: make_response(item["hi"]["rationale"]),
    "accepted answer": lambda item, _: jsonify(answers=item["key"]),
    "header": _in_header,
    "cookie": _in_cookie,
    "base64": lambda item, _: make_response(base64.b64encode(str(item["key"]).encode())),
    "base64, shifted": lambda item, _: make_response(base64.b64encode(b"x" + str(item["key"]).encode())),
    "base64, shifted again": lambda item, _: make_response(
        base64.b64encode(b"xy" + str(item["key"]).encode())
    ),
    "gzip": lambda item, _: Response(
        gzip.compress(item["key"][0].encode()), headers={"Content-Encoding": "gzip"}, mimetype="text/plain"
    ),
    "escaped": lambda item, _: make_response("".join(f"\\u{ord(letter):04x}" for letter in item["key"][0])),
    "external id": lambda _, version_: make_response(version_.external_id.removeprefix("x")),
    "version id": lambda _, version_: jsonify(item=version_.id),
    "item id": lambda _, version_: make_response(f"<p data-item={version_.item_id}>"),
    "content hash": lambda _, version_: make_response(_bare(version_.content_hash)),
    "letters": lambda _, __: jsonify({"qwertyuiop": "A"}),
    "letter in a page": lambda _, __: make_response('<input value="B">'),
    "author": lambda _, __: make_response(AUTHOR),
}


def test_a_leaky_view_is_caught(planted_site: Site) -> None:
    reader = reader_of(planted_site)
    planted_site.client_class = recorder(reader.received)
    item = next(one for one in planted(bank.load_sample()).items if one["type"] == "text_entry")
    with planted_site.parts.store.read(Actor.system()) as uow:
        acting = acting_as(uow, person(uow, Role.AUTHOR))
        version_ = bank.newest_versions(acting, owner_id=str(acting.actor.organisation_id))[0]

    @public
    def leaky(name: str) -> Response:
        return LEAKS[name](item, version_)

    planted_site.app.add_url_rule("/leaky/<name>", view_func=leaky)
    assert planted_site.visitor().get("/healthz").status_code == 200
    assert reader.finds() == []
    for name in LEAKS:
        reader.received.clear()
        assert planted_site.visitor().get(f"/leaky/{name}").status_code == 200
        assert reader.finds() != [], name


def test_a_letter_is_looked_for_where_it_can_be_read_and_a_word_everywhere(planted_site: Site) -> None:
    reader = reader_of(planted_site)
    planted_site.client_class = recorder(reader.received)

    @public
    def sent(kind: str, type_: str, words: str) -> Response:
        return Response(b"\x8f\xff" + words.encode() + b"\x00\xfe", mimetype=f"{kind}/{type_}")

    planted_site.app.add_url_rule("/sent/<kind>/<type_>/<words>", view_func=sent)
    for path, is_found in (
        ("application/octet-stream/'A'", False),
        ("image/png/'A'", False),
        ("image/svg+xml/'A'", True),
        ("application/problem+json/'A'", True),
        ("text/javascript/'A'", True),
        (f"application/octet-stream/{CANARY}", True),
        (f"image/png/{CANARY}", True),
    ):
        reader.received.clear()
        assert planted_site.visitor().get(f"/sent/{path}").status_code == 200
        assert (reader.finds() != []) is is_found, path


def test_a_leak_over_the_live_channel_is_caught(planted_site: Site) -> None:
    reader = reader_of(planted_site)
    reader.received.append(heard("message", {"name": "changed", "args": [{"key": f"{CANARY}1"}]}))
    reader.received.append(Received("message", b"{}"))
    assert len(reader.finds()) == 1
