# SPDX-License-Identifier: Apache-2.0
"""The gate and the packaged room as HTML: drawn once for all learners for whom they look alike, then each one's own is put in.

Two learners' rooms of one form differ in nothing but names, order and texts of the options; two gates of one sitting in the
name of the learner. What a learner may see is decided before it comes here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

from flask import get_template_attribute, render_template
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from web.access import user
from web.drawing import drawn, mark


def draw_gate(gate: dict[str, Any], browser: dict[str, Any]) -> str:
    """The page of `learner/gate.html`; `gate` as `presenters.learner.gate_page` makes it."""
    if gate["opens_in_ms"] or gate["ready_in_ms"]:  # no two moments show the same time until then
        return render_template("learner/gate.html", gate=gate, browser=browser)
    own = ("attempt", "candidate_name", "package_after_ms")
    shared = {**gate, **{name: mark(number) for number, name in enumerate(own)}}
    person = {"name": mark(len(own)), "organisation_name": None}
    return drawn(
        "learner/gate.html",
        repr((shared, browser)),
        lambda: {"gate": shared, "browser": browser, "current_user": person},
        [*(gate[name] for name in own), user().name],
        token=generate_csrf(),
    )


def draw_room(room: dict[str, Any]) -> str:
    """The page of `learner/room.html` without a form's token; `room` as `presenters.room.packaged_page` makes it."""
    key = _key_of(room)
    return drawn("learner/room.html", key, lambda: {"room": _marked_room(key)}, list(_values(room)), token="")


def _key_of(room: dict[str, Any]) -> str:
    """All that the page shows but the names of the attempt and the texts of plain questions."""
    number_of = {question["ref"]: number for number, question in enumerate(room["questions"])}
    shape = {
        **room,
        "attempt": None,
        "questions": [_shape_of(question) for question in room["questions"]],
        "sections": [
            {**section, "items": [number_of[ref] for ref in section["items"]]} for section in room["sections"]
        ],
    }
    return json.dumps(shape)


def _shape_of(question: dict[str, Any]) -> list[Any]:
    """Type, number, languages and how many options; None for a question that is drawn by itself."""
    bodies = question["bodies"]
    options = None if question["rich"] else len(next(iter(bodies.values()))["options"])
    return [question["type"], question["number"], list(bodies), options]


def _values(room: dict[str, Any]) -> Iterator[str]:
    """What is put into the marks, in their order."""
    yield room["attempt"]
    for question in room["questions"]:
        yield question["ref"]
        if question["rich"]:
            yield get_template_attribute("learner/item.html", "render_item")(question)
            continue
        bodies = list(question["bodies"].values())
        for name, _text in bodies[0]["options"]:
            yield name
        for body in bodies:
            yield body["stem"]
            for _name, text in body["options"]:
                yield text


def _marked_room(key: str) -> dict[str, Any]:
    """The room of a key, with marks."""
    room: dict[str, Any] = json.loads(key)
    marks = map(mark, count())
    room["attempt"] = next(marks)
    room["questions"] = [_marked(shape, marks) for shape in room["questions"]]
    for section in room["sections"]:
        section["items"] = [room["questions"][number]["ref"] for number in section["items"]]
    return room


def _marked(shape: list[Any], marks: Iterator[Markup]) -> dict[str, Any]:
    """A question of marks, of a shape as `_shape_of` makes it."""
    kind, number, languages, options = shape
    question: dict[str, Any] = {"ref": next(marks), "type": kind, "number": number, "rich": None}
    if options is None:
        return {**question, "drawn": next(marks), "bodies": dict.fromkeys(languages)}
    names = [next(marks) for _ in range(options)]
    bodies = {
        language: {"stem": next(marks), "options": [(name, next(marks)) for name in names]}
        for language in languages
    }
    return {**question, "bodies": bodies}
