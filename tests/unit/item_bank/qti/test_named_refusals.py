# SPDX-License-Identifier: Apache-2.0
"""Every code with which QTI is refused stands in the documentation, and nothing stands there that is never said."""

from __future__ import annotations

import re
from pathlib import Path

from item_bank.qti.names import REFUSED

ROOT = Path(__file__).parents[4]
SOURCES = sorted((ROOT / "item_bank" / "qti").glob("*.py"))
PAGE = ROOT / "docs" / "formats-qti.md"
SAID = (
    re.compile(r'\brefuse\(\s*[\w.]+,\s*"([a-z_]+)"'),
    re.compile(r'\bNoKey\(\s*"([a-z_]+)"'),
    re.compile(r'\bInvalid\(\s*"([a-z_]+)"'),
    re.compile(r'\bProblem\(\s*\(.*?\),\s*"([a-z_]+)"', re.DOTALL),
)
ELSEWHERE = {"key_not_an_option", "self_test"}
"""Said by the reader of items and by the import."""
OF_EVERY_IMPORT = {"file_empty"}
OF_THE_EXPORT = {"qti_version_unknown", "qti_nothing_to_export"}
"""Mistakes of a caller, not of an item."""


def said() -> set[str]:
    found = {code for code, _ in REFUSED.values()}
    for path in SOURCES:
        text = path.read_text("utf-8")
        for pattern in SAID:
            found |= set(pattern.findall(text))
    return found


def test_every_refusal_is_named_in_the_documentation() -> None:
    page = PAGE.read_text("utf-8")
    assert sorted(code for code in said() - OF_EVERY_IMPORT - OF_THE_EXPORT if f"`{code}`" not in page) == []


def test_the_documentation_names_no_refusal_that_is_never_said() -> None:
    table = PAGE.read_text("utf-8").partition("## What is refused, by name")[2]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = {code for cell in cells for code in re.findall(r"`([a-z_]+)`", cell)}
    assert sorted(named - said() - ELSEWHERE) == []
    assert len(named) > 30
