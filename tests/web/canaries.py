# SPDX-License-Identifier: Apache-2.0
"""Canaries: words that stand only in key material, and a reader that finds them in whatever a browser received."""

from __future__ import annotations

import base64
import copy
import gzip
import html
import json
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from item_bank import api as bank
from tests.web.site import Site, Visitor
from tests.web.test_offline import fetched, start, unlock
from web.access import Audience, policy_of

CANARY = "kanarie"
"""Lower case, no character that any escaping would change, and in no word of any page."""

# A letter on its own between quotation marks or tags: {"A": …}, value="A", >A<. Any long run of random bytes holds these three,
# so it is looked for only in what can be read.
_LETTER = re.compile(r"""["'>=][A-F]["'<&]""")
_READABLE = frozenset(
    {"application/json", "application/problem+json", "application/javascript", "image/svg+xml"}
)


def planted(sample: bank.Sample) -> bank.Sample:
    """The sample with a canary in every key, rationale, external id, practical level, viva text and expectation."""
    credential = copy.deepcopy(sample.credential)
    numbers = iter(range(10_000))
    for criterion in credential["practical"]["criteria"]:
        for level in criterion["levels"]:
            _sing(level["text"], numbers)
    for question in credential["viva"]["questions"]:
        for text in (
            question["text"],
            question["expected"],
            *(level["text"] for level in question["levels"]),
        ):
            _sing(text, numbers)
    items = [copy.deepcopy(item) for item in sample.items]
    for item in items:
        item["id"] = f"{CANARY}-{item['id']}"
        for language in ("en", "hi"):
            item[language]["rationale"] = f"{CANARY}{next(numbers)} {item[language]['rationale']}"
        if item["type"] == "text_entry":
            item["key"] = [f"{CANARY}{next(numbers)}" for _ in item["key"]]
    return bank.Sample(credential, tuple(items))


def _sing(text: dict[str, str], numbers: Iterator[int]) -> None:
    for language in text:
        text[language] += f" {CANARY}{next(numbers)}"


@dataclass
class Received:
    """What came over the wire: where from, and every byte of it.

    ``letters``: it can be read and is about a test, so that a letter of an option in it would be a leak. Locked bytes, pictures
    and the files of every page are searched for words and identifiers alone.
    """

    source: str
    data: bytes
    letters: bool = True


@dataclass
class Reader:
    """Looks for canaries, and for identifiers that no learner may see."""

    identifiers: frozenset[str]
    received: list[Received] = field(default_factory=list)

    def finds(self) -> list[str]:
        """What was given away, and where; empty when all is well."""
        return [f"{one.source}: {what}" for one in self.received for what in self._in(one)]

    def _in(self, one: Received) -> Iterator[str]:
        for text in _readings(one.data):
            if CANARY in text.lower():
                place = text.lower().index(CANARY)
                yield f"canary: …{text[max(0, place - 60) : place + 40]}…"
            yield from (f"encoded canary {code}" for code in _ENCODED if code in text)
            yield from (f"identifier {name}" for name in sorted(self.identifiers) if name in text)
            if one.letters and (letter := _LETTER.search(text)):
                yield f"option letter {text[max(0, letter.start() - 40) : letter.end() + 40]}"


class Recorder(FlaskClient):
    """A browser that keeps everything which it was sent."""

    received: list[Received]

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        answer = super().open(*args, **kwargs)
        path = answer.request.path
        source = f"{answer.request.method} {path} -> {answer.status_code}"
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers)
        self.received.append(Received(f"{source} headers", headers.encode()))
        body = answer.get_data()
        if answer.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        readable = not path.startswith("/static/") and is_readable(answer.mimetype)
        self.received.append(Received(source, body, readable))
        return answer


def recorder(received: list[Received]) -> type[Recorder]:
    """The class of browsers that write into one list."""
    return type("Recorder", (Recorder,), {"received": received})


def heard(source: str, payload: Any) -> Received:
    """A message of a live channel."""
    return Received(source, json.dumps(payload, default=repr).encode())


def routes_of_learners(site: Site) -> set[str]:
    """The endpoints that only learners may call."""
    policies = {rule.endpoint: policy_of(site.app, rule.endpoint) for rule in site.app.url_map.iter_rules()}
    return {
        name
        for name, policy in policies.items()
        if policy is not None and policy.audience is Audience.LEARNER
    }


def reached(site: Site, reader: Reader) -> set[str]:
    """The endpoints whose answers the reader has."""
    found, routes = set(), site.app.url_map.bind("localhost")
    for one in reader.received:
        method, path = one.source.split()[:2]
        if path.startswith("/"):
            with suppress(HTTPException):
                found.add(routes.match(path, method)[0])
    return found


def open_package(learner: Visitor, reader: Reader) -> None:
    """Fetch the locked test, get its key by the start, and keep what is in it."""
    files, sealed = fetched(learner)
    key = base64.b64decode(start(learner).json["key"])
    reader.received.append(Received("unlocked page", gzip.decompress(unlock(key, "page", sealed))))
    for name in files["media"]:
        locked = learner.get(f"/learner/package/{name}").data
        reader.received.append(as_file(f"unlocked {name}", unlock(key, name, locked)))


def is_readable(mimetype: str | None) -> bool:
    """Whether an answer of this kind is text, not locked bytes, a picture or a sound."""
    return (mimetype or "").startswith("text/") or mimetype in _READABLE


def as_file(source: str, data: bytes) -> Received:
    """A file of a question: a drawing or captions can be read, a picture or a sound cannot."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return Received(source, data, letters=False)
    return Received(source, data)


def _readings(data: bytes) -> Iterator[str]:
    """The bytes as text, and once more with each escaping undone that web pages use."""
    text = data.decode("utf-8", "replace")
    seen = {text}
    yield text
    unescaped = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    for reading in (html.unescape(text), unquote(text), unescaped, *_packed(text)):
        if reading not in seen:
            seen.add(reading)
            yield reading


def _packed(text: str) -> Iterator[str]:
    """The content of signed cookies, which may be compressed."""
    for compressed, value in re.findall(r"=(\.?)(eJ[\w-]{8,}|eyJ[\w-]{8,})\.", text):
        data = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
        yield (zlib.decompress(data) if compressed else data).decode("utf-8", "replace")


def _encoded() -> list[str]:
    """The canary inside base64, whatever stands before it, and in hexadecimal."""
    found = [CANARY.encode().hex()]
    for before in range(3):
        code = base64.b64encode(b"x" * before + CANARY.encode()).decode()
        start = (before * 4 + 2) // 3 + (1 if before else 0)
        found.append(code[start : len(code.rstrip("=")) - 2])
    return found


_ENCODED = _encoded()
