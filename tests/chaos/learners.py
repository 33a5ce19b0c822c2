# SPDX-License-Identifier: Apache-2.0
"""Learners over HTTP alone: they come in by code, answer, and go on after every lost connection as the page does."""

from __future__ import annotations

import random
import threading
import time
from html.parser import HTMLParser
from typing import Any

import requests

from tests.chaos.journal import Acknowledged, Journal, Key, Sent, Value

GIVE_UP_SECONDS = 60.0
PAUSE_SECONDS = 0.05
THINK_SECONDS = 0.02


class Page(HTMLParser):
    """The items of a room's page with their options, the attempt and the token; the fields of a gate's form."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.items: dict[str, str] = {}
        self.options: dict[str, list[str]] = {}
        self.room: dict[str, str] = {}
        self.fields: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "item-interaction":
            self.items[found["data-item"]] = found["data-type"]
        elif tag == "main" and found.get("id") == "room":
            self.room = found
        elif (
            tag == "input"
            and found.get("type") in ("radio", "checkbox")
            and found.get("name", "") in self.items
        ):
            self.options.setdefault(found["name"], []).append(found["value"])
        elif tag == "input":
            self.fields.setdefault(found.get("name", ""), found.get("value", ""))


class Learner:
    """One learner with one device. ``hasty`` ones do not repeat a save whose answer got lost: they go on to another."""

    def __init__(self, url: str, code: str, journal: Journal, *, seed: int, hasty: bool) -> None:
        self._url = url
        self._code = code
        self._journal = journal
        self._random = random.Random(seed)
        self._hasty = hasty
        self._http = requests.Session()
        self._idle = threading.Event()  # never set: waiting on it is a pause
        self._page = Page("")
        self._seq = 0
        self._last: tuple[Key, Sent] | None = None
        self.device = f"device-{seed}"
        self.epoch = 0
        self.lost = 0
        """How often the connection broke."""

    @property
    def attempt(self) -> str:
        return self._page.room["data-attempt"]

    def close(self) -> None:
        self._http.close()

    def begin(self) -> None:
        """From the access code to the room, and the lease."""
        token = Page(self._get("/")).fields["csrf_token"]
        self._form("/enter", code=self._code, csrf_token=token)
        gate = Page(self._get("/learner")).fields
        self._form(
            "/learner/consent",
            notice_version=gate["notice_version"],
            purpose="answers",
            csrf_token=gate["csrf_token"],
        )
        gate = Page(self._get("/learner")).fields
        self._form("/learner/start", csrf_token=gate["csrf_token"])
        self._page = Page(self._get("/room"))
        assert self._page.items, "the room shows no items"
        self.epoch = self._send("POST", "/room/lease", {"device": self.device}).json()["epoch"]

    def answer_until(self, stop: threading.Event) -> None:
        """Answer items in any order, again and again, until told to stop."""
        items = list(self._page.items)
        while not stop.wait(THINK_SECONDS):
            self._save(self._random.choice(items), keep_on=not self._hasty)

    def answer_each_once(self) -> None:
        """A last answer to every item, each of them acknowledged."""
        for item in self._page.items:
            self._save(item, keep_on=True)

    def hand_in(self) -> None:
        """Submit, and keep the slip."""
        slip = self._send("POST", "/room/submit", {"device": self.device, "epoch": self.epoch}).json()["slip"]
        self._journal.slips[self.attempt] = {
            line["item"]: (line["revision"], line["received_at"]) for line in slip
        }

    def answer_one(self) -> None:
        """Answer some item, until it is acknowledged."""
        self._save(self._random.choice(list(self._page.items)), keep_on=True)

    @property
    def text_items(self) -> list[str]:
        """The items that take text: a paper is drawn, and few of the sample's items do."""
        return [ref for ref, kind in self._page.items.items() if kind == "text_entry"]

    def save_text(self, text: str) -> str:
        """Answer the first item that takes text; what was sent."""
        assert self.text_items, "this paper was drawn without an item that takes text"
        item = self.text_items[0]
        self._seq += 1
        save = Sent(
            attempt=self.attempt, device=self.device, epoch=self.epoch, seq=self._seq, item=item, value=text
        )
        self._put(self._journal.sends(save), save, keep_on=True)
        return text

    def _save(self, item: str, *, keep_on: bool) -> None:
        self._seq += 1
        save = Sent(
            attempt=self.attempt,
            device=self.device,
            epoch=self.epoch,
            seq=self._seq,
            item=item,
            value=self._value(item),
        )
        key = self._journal.sends(save)
        lost = self.lost
        if self._put(key, save, keep_on=keep_on):
            again, self._last = self._last, (key, save)
            if again is not None and self.lost > lost:
                self._put(
                    *again, keep_on=True
                )  # the page after a reload: what was acknowledged is sent again

    def _put(self, key: Key, save: Sent, *, keep_on: bool) -> bool:
        body = {
            "device": save.device,
            "epoch": save.epoch,
            "item": save.item,
            "value": save.value,
            "client_time": "2026-01-01T00:00:00Z",  # wrong on purpose: nothing may depend on it
        }
        tries = 1
        answer = self._try("PUT", f"/room/responses/{save.seq}", body)
        until = time.monotonic() + GIVE_UP_SECONDS
        while answer is None:
            if not keep_on:
                self._idle.wait(PAUSE_SECONDS)
                return False
            assert time.monotonic() < until, f"no answer for {GIVE_UP_SECONDS} s"
            self._idle.wait(PAUSE_SECONDS)
            tries += 1
            answer = self._try("PUT", f"/room/responses/{save.seq}", body)
        assert answer.status_code == 200, f"{answer.status_code}: {answer.text}"
        told = answer.json()
        assert (told["seq"], told["item"]) == (save.seq, save.item)
        self._journal.told(
            key,
            Acknowledged(
                revision=told["revision"],
                received_at=told["received_at"],
                receipt=told["receipt"],
                remaining_ms=told["remaining_ms"],
                tries=tries,
                after_seconds=time.monotonic(),
            ),
        )
        return True

    def _value(self, item: str) -> Value:
        if self._random.random() < 0.05:
            return None
        match self._page.items[item]:
            case "text_entry":
                return self._random.choice(["1930", "१९३०", " 1930 ", "155260", f"{self._random.random()}"])
            case "choice_single":
                return [self._random.choice(self._page.options[item])]
            case _:
                options = self._page.options[item]
                return self._random.sample(options, self._random.randint(1, len(options)))

    def _get(self, path: str) -> str:
        answer = self._send("GET", path, None)
        return answer.text

    def _form(self, path: str, **fields: str) -> None:
        answer = self._http.post(self._url + path, data=fields, timeout=30, allow_redirects=False)
        assert answer.status_code == 302, f"{path}: {answer.status_code}: {answer.text}"

    def _send(self, method: str, path: str, body: Any) -> requests.Response:
        """A request that must succeed, sent until it is answered."""
        until = time.monotonic() + GIVE_UP_SECONDS
        while (answer := self._try(method, path, body)) is None:
            assert time.monotonic() < until, f"{path}: no answer for {GIVE_UP_SECONDS} s"
            self._idle.wait(PAUSE_SECONDS)
        assert answer.status_code == 200, f"{path}: {answer.status_code}: {answer.text}"
        return answer

    def _try(self, method: str, path: str, body: Any) -> requests.Response | None:
        """The answer, or None where the connection broke or the server asked to come again."""
        headers = {"X-CSRFToken": self._page.room.get("data-csrf", "")} if method != "GET" else {}
        try:
            answer = self._http.request(
                method, self._url + path, json=body, headers=headers, timeout=30, allow_redirects=False
            )
        except requests.RequestException:
            self.lost += 1
            return None
        if answer.status_code != 503:
            return answer
        told = answer.json() if answer.headers["Content-Type"].startswith("application/problem+json") else {}
        self._journal.come_again(told.get("code", "no code"))
        return None
