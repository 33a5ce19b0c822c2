# SPDX-License-Identifier: Apache-2.0
"""A learner's way through the test over HTTP: consent, photo, start, answers, hand-in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from werkzeug.test import TestResponse

from assessor import api as assessor
from core.identity.model import Role
from core.uow import Actor
from tests import clips
from tests.web.site import Site, Visitor
from web.consenting import notice_for

_ITEM = re.compile(r'<item-interaction data-item="([a-z0-9]+)" data-type="([a-z_]+)"')
_OPTION = re.compile(r'type="(?:radio|checkbox)" name="([a-z0-9]+)" value="([a-z0-9]+)"')
_NOTICE = re.compile(r'name="notice_version" value="([^"]+)"')
_TASK = re.compile(r'href="(/assessor/tasks/[a-z0-9]+)"')
WORD = "I do not know"


def notice_version(site: Site, code: str) -> str:
    """The version of the notice that the learner of an access code is asked to agree to, also where the gate shows none."""
    with site.parts.store.read(Actor.system()) as uow:
        known = assessor.entry_by_code(uow, code, pepper=site.parts.code_pepper)
        entry = assessor.learner_entry(uow, known.entry_id)
        return notice_for(uow, entry, watched=assessor.is_watched(uow, entry))[0].version


def agree(visitor: Visitor) -> TestResponse:
    """Read the notice at the gate and agree to everything that it asks for."""
    gate = visitor.get("/learner").text
    version = _NOTICE.search(gate)
    assert version is not None
    purposes = re.findall(r'name="purpose" value="([^"]+)"', gate)
    given = {"notice_version": version.group(1), "purpose": purposes, "of_age": "yes"}
    answer = visitor.post("/learner/consent", given)
    assert answer.status_code == 302, answer.text
    return answer


def take_photo(visitor: Visitor, picture: bytes | None = None) -> TestResponse:
    """Send a photo as the gate's script does; by default a good one."""
    jpeg = clips.to_jpeg(clips.picture("present")) if picture is None else picture
    headers = {"X-CSRFToken": visitor.token, "Accept": "application/json"}
    return visitor.client.post("/learner/photo", data=jpeg, content_type="image/jpeg", headers=headers)


def begin(visitor: Visitor, *, proctored: bool = False) -> Room:
    """Everything up to the first question."""
    agree(visitor)
    visitor.get("/learner")
    if proctored:
        photo = take_photo(visitor)
        assert photo.status_code == 200, photo.text
        visitor.get("/learner")
    started = visitor.post("/learner/start")
    assert started.location == "/room", started.text
    return open_room(visitor)


def open_room(visitor: Visitor) -> Room:
    """The room's page, with the lease taken by the device `phone`."""
    page = visitor.get("/room")
    assert page.status_code == 200, page.text
    items = items_of(page.text)
    options: dict[str, list[str]] = {item: [] for item, kind in items.items() if kind != "text_entry"}
    for item, option in _OPTION.findall(page.text):
        if item in options:
            options[item].append(option)
    room = Room(visitor, page.text, items, options)
    lease = visitor.send("POST", "/room/lease", {"device": room.device})
    assert lease.status_code == 200, lease.text
    room.epoch = lease.json["epoch"]  # type: ignore[index]
    return room


def items_of(page: str) -> dict[str, str]:
    """The references of the items on a room's page, with their types."""
    return dict(_ITEM.findall(page))


@dataclass
class Room:
    """The open test: item references with their types, and the options of the choices."""

    visitor: Visitor
    page: str
    items: dict[str, str]
    options: dict[str, list[str]]
    device: str = "phone"
    epoch: int = 0
    seq: int = field(default=0)

    @property
    def choice(self) -> str:
        """An item with one choice."""
        return next(item for item, kind in self.items.items() if kind == "choice_single")

    @property
    def text(self) -> str:
        """An item that wants a word."""
        return next(item for item, kind in self.items.items() if kind == "text_entry")

    def body(self, item: str, value: Any, **other: Any) -> dict[str, Any]:
        """What the page sends for an answer."""
        time = "2026-11-20T12:00:00Z"
        body = {"device": self.device, "epoch": self.epoch, "item": item, "value": value, "client_time": time}
        return {**body, **other}

    def save(self, item: str, value: Any, *, seq: int | None = None, **other: Any) -> TestResponse:
        """Send one answer, under the next number unless one is given."""
        if seq is None:
            self.seq = seq = self.seq + 1
        return self.visitor.send("PUT", f"/room/responses/{seq}", self.body(item, value, **other))

    def state(self) -> dict[str, Any]:
        """What the page's heartbeat gets."""
        answer = self.visitor.get(f"/room/state?device={self.device}&epoch={self.epoch}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json or {})

    def answer_everything(self) -> None:
        """The first option of each choice, and a word that is wrong everywhere."""
        for item, kind in self.items.items():
            saved = self.save(item, WORD if kind == "text_entry" else self.options[item][:1])
            assert saved.status_code == 200, saved.text

    def hand_in(self) -> TestResponse:
        """Submit."""
        body = {"device": self.device, "epoch": self.epoch}
        return self.visitor.send("POST", "/room/submit", body)


def mark_everything(site: Site, name: str) -> None:
    """The assessor gives full marks in the practical and the viva."""
    assessor = site.staff(Role.ASSESSOR)
    rows = assessor.get("/assessor/tasks").text.split("<tr")
    paths = [_TASK.search(row) for row in rows if name in row]
    assert any(paths)
    for path in filter(None, paths):
        page = assessor.get(path.group(1)).text
        levels = dict(re.findall(r'type="radio" name="(PC[^"]+)" value="(2)"', page))
        done = assessor.post(path.group(1), {**levels, "note": "", "action": "complete"})
        assert done.status_code == 302, done.text
