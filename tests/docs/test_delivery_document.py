# SPDX-License-Identifier: Apache-2.0
"""The tables of docs/delivery.md name tests that exist; nothing here says what those tests hold."""

from __future__ import annotations

import ast
import re

from tests.docs.tables import ROOT

DOCUMENT = (ROOT / "docs" / "delivery.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
THREADS = 15
BAD_THINGS = 17


def functions_of(path: str) -> set[str]:
    """The test functions of a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}


def rows_after(heading: str) -> list[str]:
    """The rows of the table under a heading, without its head."""
    part = DOCUMENT.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [line for line in part.splitlines() if line.startswith("|")][2:]


def test_every_test_that_the_tables_name_exists() -> None:
    missing = [
        f"{path}::{name}"
        for path, name in NAMED.findall(DOCUMENT)
        if not (ROOT / path).exists() or name not in functions_of(path)
    ]
    assert missing == []


def test_each_of_the_fifteen_threads_and_each_bad_thing_has_a_test() -> None:
    threads = rows_after("Fifteen ways in which others lost answers")
    assert [int(row.split("|")[1]) for row in threads] == list(range(1, THREADS + 1))
    bad = rows_after("Bad things tried")
    assert len(bad) == BAD_THINGS
    assert [row for row in [*threads, *bad] if not NAMED.search(row)] == []
