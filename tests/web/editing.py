# SPDX-License-Identifier: Apache-2.0
"""An author at the item form: what a browser would show and send, control by control."""

from __future__ import annotations

import html
import io
import re
import struct
import zlib
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from werkzeug.test import TestResponse

from tests.web.site import Visitor

NEW = "/author/items/new"


def png(width: int = 400, height: int = 300) -> bytes:
    """A grey picture of this size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x99" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


class _Controls(HTMLParser):
    """The controls of the form with id ``editor`` and what they hold."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.fields: dict[str, str] = {}
        self.offered: dict[str, list[str]] = {}
        self.boxes: set[str] = set()
        self.steps: list[str] = []
        self._inside = False
        self._name = ""
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("id") == "editor"
        if not (self._inside or given.get("form") == "editor") or "disabled" in given:
            return
        name = given.get("name", "")
        if tag == "button" and name == "do":
            self.steps.append(given["value"])
        elif tag == "input" and name:
            self._input(name, given)
        elif tag == "textarea":
            self._name, self._text = name, []
        elif tag == "select":
            self._name = name
            self.offered[name] = []
        elif tag == "option" and self._name in self.offered:
            self.offered[self._name].append(given.get("value", ""))
            if "selected" in given or self._name not in self.fields:
                self.fields[self._name] = given.get("value", "")

    def _input(self, name: str, given: dict[str, str]) -> None:
        if given.get("type") in ("checkbox", "radio"):
            self.boxes.add(name)
            self.offered.setdefault(name, []).append(given.get("value", "on"))
            if "checked" in given:
                self.fields[name] = given.get("value", "on")
        elif given.get("type") != "file":
            self.fields[name] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text is not None:
            self.fields[self._name] = "".join(self._text).removeprefix("\n")
            self._text = None
        if tag == "form":
            self._inside = False


@dataclass
class Desk:
    """One author with one item form open."""

    visitor: Visitor
    address: str
    answer: TestResponse = field(init=False)
    fields: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.take(self.visitor.get(self.address))

    def take(self, answer: TestResponse) -> TestResponse:
        """Look at an answer, which is the form again or sends the author on."""
        self.answer = answer
        if answer.status_code == 302:
            return self.take(self.visitor.get(answer.location))
        controls = _Controls()
        controls.feed(answer.text)
        self.fields, self.boxes = controls.fields, controls.boxes
        self.offered, self.steps = controls.offered, controls.steps
        found = re.search(r'id="editor" method="post" action="([^"]+)"', answer.text)
        self.action = found[1] if found else ""
        return answer

    def fill(self, name: str, value: str) -> None:
        """Type into a control, choose an option, tick a box; it must be there."""
        assert name in self.fields or name in self.boxes, f"the form has no control {name!r}"
        if name in self.offered:
            assert value in self.offered[name], f"{name!r} does not offer {value!r}: {self.offered[name]}"
        self.fields[name] = value

    def untick(self, name: str) -> None:
        """Clear a box."""
        assert name in self.boxes
        self.fields.pop(name, None)

    def press(self, step: str, **more: Any) -> TestResponse:
        """Press a button of the form."""
        assert step in self.steps, f"the form has no button {step!r}"
        data = {**self.fields, "do": step, **more}
        return self.take(self.visitor.post(self.action, data, content_type="multipart/form-data"))

    def upload(self, data: bytes, name: str = "meter.png") -> TestResponse:
        """Bring a file in."""
        return self.press("upload", file=(io.BytesIO(data), name))

    def preview(self) -> Any:
        """What the page's script asks for while the author types."""
        return self.visitor.post("/author/preview", self.fields, content_type="multipart/form-data").json

    @property
    def said(self) -> dict[str, list[str]]:
        """What the page says beside its fields."""
        found: dict[str, list[str]] = {}
        for name, inside in re.findall(r'data-said="([^"]+)">(.*?)</div>', self.answer.text, re.DOTALL):
            found[name] = [
                html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", line)).replace("Error:", "").strip())
                for line in re.findall(r"<p class=\"remark.*?</p>", inside, re.DOTALL)
            ]
        return found


def write(desk: Desk, wanted: dict[str, str]) -> None:
    """Make the form say ``wanted``, by its own buttons and controls alone; what it has no control for is left as it is."""
    _rows(desk, wanted)
    for name, value in wanted.items():
        if name.endswith(".coords") and f"{name}.0" in desk.fields:
            for number, part in enumerate(value.split()):
                desk.fill(f"{name}.{number}", part)
        elif (name in desk.fields or name in desk.boxes) and desk.fields.get(name) != value:
            desk.fill(name, value)
    for name in desk.boxes & desk.fields.keys() - wanted.keys():
        desk.untick(name)


def _rows(desk: Desk, wanted: dict[str, str]) -> None:
    """As many rows as are wanted, added and removed by the buttons; then what decides which controls there are."""
    _decide(desk, wanted)
    for path in sorted(
        {
            found[1]
            for name in wanted
            if (found := re.match(r"(parts\.\d+\.(?:choices|targets|areas|keys))\.", name))
        }
    ):
        while f"add {path}" in desk.steps and _count(wanted, path) > _count(desk.fields, path):
            desk.press(f"add {path}")
        while (last := _count(desk.fields, path)) > _count(
            wanted, path
        ) and f"remove {path}.{last - 1}" in desk.steps:
            desk.press(f"remove {path}.{last - 1}")
    _decide(desk, wanted)
    desk.press("look")


def _decide(desk: Desk, wanted: dict[str, str]) -> None:
    """What decides which other controls there are: shapes, partial marks, gaps in the text."""
    for name, value in wanted.items():
        decides = name.endswith((".shape", ".partial")) or name.startswith("stem.")
        if decides and (name in desk.fields or name in desk.boxes):
            desk.fill(name, value)


def _count(fields: dict[str, str], path: str) -> int:
    return len(
        {name.removeprefix(f"{path}.").split(".")[0] for name in fields if name.startswith(f"{path}.")}
    )
