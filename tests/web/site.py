# SPDX-License-Identifier: Apache-2.0
"""Browsers without a browser: test clients that send forms with their CSRF token, as people of the sample data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.clock import FixedClock
from core.identity.model import Role
from web import demo
from web.wiring import Services
from web.worker import Worker

SECRET = "a secret for tests only, long enough"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


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


@dataclass
class Site:
    """The application with its parts."""

    app: APIFlask
    parts: Services
    clock: FixedClock
    worker: Worker

    def visitor(self) -> Visitor:
        """Somebody who is not signed in."""
        return Visitor(self.app.test_client())

    def staff(self, role: Role) -> Visitor:
        """The sample person of a role, signed in."""
        person = next(person for person in demo.STAFF if person.role is role)
        visitor = self.visitor()
        visitor.get("/sign-in")
        answer = visitor.post("/sign-in", {"email": person.email, "password": demo.PASSWORD})
        assert answer.status_code == 302, answer.text
        visitor.get(answer.location)
        return visitor

    def learner(self, name: str) -> Visitor:
        """A sample learner who typed the access code."""
        visitor = self.visitor()
        visitor.get("/")
        code = next(one["code"] for one in demo.describe(self.parts, address="")["learners"] if one["name"] == name)
        answer = visitor.post("/enter", {"code": code})
        assert answer.status_code == 302, answer.text
        visitor.get("/learner")
        return visitor

    def pull(self, path: str = "/api/v1/results") -> TestResponse:
        """What the awarding body's program gets."""
        key = demo.sample_key(self.parts)
        return self.app.test_client().get(path, headers={"Authorization": f"Bearer {key}"})
