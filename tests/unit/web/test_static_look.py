# SPDX-License-Identifier: Apache-2.0
"""Promises of the look that can be reckoned without a browser: contrast, icons that exist, no inline script or style."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

WEB = Path(__file__).parents[3] / "web"
CSS = (WEB / "static" / "css" / "kasauti.css").read_text(encoding="utf-8")
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
SYMBOLS = set(re.findall(r'<symbol id="([^"]+)"', (WEB / "static" / "icons.svg").read_text(encoding="utf-8")))

Tokens = dict[str, str]
_TOKEN = re.compile(r"--([\w-]+): (#[0-9a-f]{3,6})\b")


def block(selector: str) -> Tokens:
    """The colour tokens of the first rule with this selector."""
    start = CSS.index(selector + " {")
    return dict(_TOKEN.findall(CSS[start : CSS.index("}", start)]))


LIGHT = block("\n  :root")
DARK = LIGHT | block('\n  :root[data-theme="dark"]')
ROOM_LIGHT = LIGHT | block("\n  .room")
ROOM_DARK = DARK | block('\n  :root[data-theme="dark"] .room')


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2, definition of the same name)."""
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT_ON = [
    *product(["ink", "ink-2", "ink-3", "gold", "success", "warning", "danger", "info"], ["paper", "surface"]),
    *product(
        ["ink", "ink-2"], ["sunken", "success-soft", "warning-soft", "danger-soft", "info-soft", "gold-soft"]
    ),
    ("success", "success-soft"),
    ("warning", "warning-soft"),
    ("danger", "danger-soft"),
    ("info", "info-soft"),
    ("gold-deep", "gold-soft"),
    ("on-stone", "stone"),
    ("on-band", "band"),
    ("on-band-2", "band"),
]


@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read(tokens: Tokens, text: str, ground: str) -> None:
    assert contrast(tokens[text], tokens[ground]) >= 4.5


@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
@pytest.mark.parametrize("tokens", [ROOM_LIGHT, ROOM_DARK], ids=["light", "dark"])
def test_text_in_the_room_can_be_read_with_weak_eyes(tokens: Tokens, text: str, ground: str) -> None:
    assert contrast(tokens[text], tokens[ground]) >= 7


@pytest.mark.parametrize("tokens", [LIGHT, DARK, ROOM_LIGHT, ROOM_DARK])
def test_edges_of_controls_and_the_focus_ring_are_seen(tokens: Tokens) -> None:
    for edge, ground in product(["line-strong", "focus"], ["paper", "surface"]):
        assert contrast(tokens[edge], tokens[ground]) >= 3


def test_both_ways_to_the_dark_theme_have_the_same_colours() -> None:
    assert block('\n    :root:not([data-theme="light"])') == block('\n  :root[data-theme="dark"]')
    assert block('\n    :root:not([data-theme="light"]) .room') == block('\n  :root[data-theme="dark"] .room')


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_named_icon_is_drawn(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    named = set(re.findall(r'\bicon\("([^"]+)"', text)) | set(re.findall(r'icon_name="([^"]+)"', text))
    assert named <= SYMBOLS


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_page_has_no_inline_script_or_style(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"<[^>]+\sstyle=|<style\b|<[a-z][^>]*\son[a-z]+=", text)
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert " src=" in tag or 'type="application/json"' in tag


def test_there_are_six_sizes_of_type() -> None:
    assert len(set(re.findall(r"--size-(\d)\b", CSS))) == 6
