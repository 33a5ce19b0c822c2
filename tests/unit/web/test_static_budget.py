# SPDX-License-Identifier: Apache-2.0
"""What the test room costs a learner's line: every script and style that a candidate's pages can ever load is at most 60 KB."""

from __future__ import annotations

import re
from pathlib import Path

from web.browser_modules import browser_dir
from web.cli.bench import room_bytes, room_files

WEB = Path(__file__).parents[3] / "web"
JS = WEB / "static" / "js"
BUDGET = 60 * 1024
_STATIC = re.compile(r'^import\b[^"]*"(\./[^"]+)"|\bfrom "(\./[^"]+)"', re.MULTILINE)
_DYNAMIC = re.compile(r'\bawait import\("([^"]+)"\)|[\[ (]import\("([^"]+)"\)')
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


def imports(file: Path, pattern: re.Pattern[str]) -> set[Path]:
    """The files that a module imports, comments (and so types) left aside."""
    text = _COMMENT.sub("", file.read_text(encoding="utf-8"))
    names = {first or second for first, second in pattern.findall(text)}
    return {
        browser_dir() / name.removeprefix("/static/vendor/")
        if name.startswith("/")
        else (JS / name).resolve()
        for name in names
    }


def graph(file: Path, *patterns: re.Pattern[str]) -> set[Path]:
    """A module and all that it can reach through imports of these kinds."""
    found: set[Path] = set()
    open_files = {file}
    while open_files:
        current = open_files.pop()
        found.add(current)
        if current.parent == JS:
            reached = {target for pattern in patterns for target in imports(current, pattern)}
            open_files |= reached - found
    return found


def test_a_candidates_pages_cost_at_most_sixty_kilobytes() -> None:
    own, total = room_bytes()
    assert own < total <= BUDGET, {
        "own": own,
        "total": total,
        "files": sorted(file.name for file in room_files()),
    }


def test_everything_that_the_room_and_the_gate_can_load_is_counted() -> None:
    reached = {file for entry in ("room.js", "gate.js") for file in graph(JS / entry, _STATIC, _DYNAMIC)}
    ours = {file for file in reached if file.parent == JS}
    assert ours | {JS / "theme.js", JS / "forms.js", WEB / "static" / "css" / "kasauti.css"} <= room_files()
    assert {file.name for file in reached - ours} == {"socket.io.esm.min.js"}


def test_the_socket_client_and_the_camera_are_counted() -> None:
    names = {file.name for file in graph(JS / "room.js", _STATIC, _DYNAMIC)}
    assert {"room.js", "save-queue.js", "camera.js", "proctor-link.js", "socket.io.esm.min.js"} <= names


def test_the_first_question_needs_neither_camera_nor_socket() -> None:
    names = {file.name for file in graph(JS / "room.js", _STATIC)}
    assert names.isdisjoint({"camera.js", "proctor-link.js", "socket.io.esm.min.js"})


def test_every_module_of_the_first_question_is_fetched_at_once() -> None:
    page = (WEB / "templates" / "learner" / "room.html").read_text(encoding="utf-8")
    listed = re.search(r"\{% for module in \[([^]]+)\] %\}", page)
    assert listed is not None
    preloaded = set(re.findall(r'"([^"]+)"', listed.group(1)))
    assert preloaded == {file.stem for file in graph(JS / "room.js", _STATIC)}


def test_the_room_brings_no_font() -> None:
    css = (WEB / "static" / "css" / "kasauti.css").read_text(encoding="utf-8")
    room = re.search(r"\n  \.room \{([^}]*)\}", css)
    assert room is not None
    assert "--font: var(--font-system)" in room.group(1)
    system = re.search(r"--font-system: ([^;]*);", css)
    assert system is not None
    assert "Mukta" not in system.group(1)
