# SPDX-License-Identifier: Apache-2.0
"""Browsers without a browser: test clients that send forms with their CSRF token, as people of the sample data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from flask_socketio import SocketIOTestClient
from jinja2.bccache import Bucket, BytecodeCache
from socketio.packet import CONNECT_ERROR, Packet
from werkzeug.test import TestResponse

from core.clock import FixedClock
from core.config import Config
from core.identity.model import Role
from core.uow import Actor
from web import demo, effects, wiring
from web.app import create_app
from web.login import find_user
from web.wiring import Services
from web.worker import Worker

on_both = pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
"""For a test whose way through the application is worth walking once on each database."""

SECRET = "a secret for tests only, long enough"
COOKIE = "kasauti-login"
_TOKEN = re.compile(r'(?:name="csrf_token" value|data-csrf)="([^"]+)"')


@dataclass
class Visitor:
    """One browser: a cookie jar and the token of the page it saw last."""

    client: FlaskClient
    token: str = ""

    def get(self, path: str, **arguments: Any) -> TestResponse:
        answer = self.client.get(path, **arguments)
        found = _TOKEN.search(answer.text) if answer.mimetype == "text/html" else None
        if found is not None:
            self.token = found.group(1)
        return answer

    def post(self, path: str, data: dict[str, Any] | None = None, **arguments: Any) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token, **(data or {})}, **arguments)

    def send(self, method: str, path: str, body: Any) -> TestResponse:
        return self.client.open(path, method=method, json=body, headers={"X-CSRFToken": self.token})

    def send_raw(
        self, method: str, path: str, data: bytes, mimetype: str = "application/json"
    ) -> TestResponse:
        return self.client.open(
            path, method=method, data=data, content_type=mimetype, headers={"X-CSRFToken": self.token}
        )

    @property
    def login(self) -> str | None:
        """The secret of the login cookie."""
        cookie = self.client.get_cookie(COOKIE)
        return cookie.value if cookie is not None else None


class Channel(SocketIOTestClient):  # type: ignore[misc]
    """A live channel of one browser that also keeps what it was told when it was refused."""

    def connect(self, *args: Any, **kwargs: Any) -> None:
        self.errors: list[str] = []
        server = self.socketio.server
        send = server._send_packet

        def noted(eio_sid: str, packet: Packet) -> None:
            if packet.packet_type == CONNECT_ERROR:
                told = packet.data["message"] if isinstance(packet.data, dict) else packet.data
                self.clients[eio_sid].errors.append(told)
            send(eio_sid, packet)

        server._send_packet = noted
        super().connect(*args, **kwargs)

    def ask(self, namespace: str, event: str, *payload: Any) -> Any:
        """Emit an event and return its acknowledgement."""
        return self.emit(event, *payload, namespace=namespace, callback=True)


@dataclass
class Site:
    """The application with its parts."""

    app: APIFlask
    parts: Services
    clock: FixedClock
    worker: Worker
    client_class: type[FlaskClient] = FlaskClient

    def visitor(self) -> Visitor:
        """Somebody who is not signed in."""
        return Visitor(self.client_class(self.app, self.app.response_class, use_cookies=True))

    def staff(self, role: Role) -> Visitor:
        """The sample person of a role, signed in."""
        return self.sign_in(next(person.email for person in demo.STAFF if person.role is role))

    def sign_in(self, email: str) -> Visitor:
        """Whoever has this address and the sample password, signed in."""
        visitor = self.visitor()
        visitor.get("/sign-in")
        answer = visitor.post("/sign-in", {"email": email, "password": demo.PASSWORD})
        assert answer.status_code == 302, answer.text
        visitor.get(answer.location)
        return visitor

    def learner(self, name: str) -> Visitor:
        """A sample learner who typed the access code."""
        visitor = self.visitor()
        visitor.get("/")
        answer = visitor.post("/enter", {"code": self.code_of(name)})
        assert answer.status_code == 302, answer.text
        visitor.get("/learner")
        return visitor

    def code_of(self, name: str) -> str:
        """The access code of a sample learner."""
        learners = demo.describe(self.parts, address="")["learners"]
        return str(next(one["code"] for one in learners if one["name"] == name))

    def attempt_of(self, visitor: Visitor) -> str:
        """The attempt behind a learner's cookie, which no page is ever asked for."""
        with self.parts.store.read(Actor.system()) as uow:
            user = find_user(uow, visitor.login)
        assert user is not None
        assert user.attempt_id is not None
        return user.attempt_id

    def pull(self, path: str = "/api/v1/results") -> TestResponse:
        """What the awarding body's program gets."""
        key = demo.sample_key(self.parts)
        return self.app.test_client().get(path, headers={"Authorization": f"Bearer {key}"})

    def connect(self, visitor: Visitor, namespace: str) -> Channel:
        """A live channel with the cookies of a browser; it may have been refused."""
        socketio = self.app.extensions["socketio"]
        return Channel(self.app, socketio, namespace=namespace, flask_test_client=visitor.client)


class SharedTemplates(BytecodeCache):
    """Compiled templates for every application of this process: compiling them takes longer than most tests."""

    compiled: ClassVar[dict[str, bytes]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.compiled:
            bucket.bytecode_from_string(self.compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.compiled[bucket.key] = bucket.bytecode_to_string()


@contextmanager
def open_site(var: Path, *, at: datetime, database: str = "") -> Iterator[Site]:
    """The application over a database of its own, its writer running; frames and effects move only when told."""
    clock = FixedClock(at)
    parts = wiring.build(Config(var=var, secret_key=SECRET, database=database), clock=clock)
    app = create_app(parts)
    app.jinja_env.bytecode_cache = SharedTemplates()
    worker = Worker(parts, effects.handlers(app))
    parts.writer.start()
    try:
        yield Site(app, parts, clock, worker)
    finally:
        # The client's class remembers every channel for ever, and each the whole application it talked to.
        Channel.clients.clear()
        parts.stop()
