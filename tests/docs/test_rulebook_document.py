# SPDX-License-Identifier: Apache-2.0
"""docs/rulebook.md lists every rule with its clause, severity and moment."""

from __future__ import annotations

from item_bank.api import current_rulebook
from tests.docs.tables import ROOT


def test_every_rule_has_its_row_and_no_row_is_left_over() -> None:
    book = current_rulebook()
    document = (ROOT / "docs" / "rulebook.md").read_text(encoding="utf-8")
    rows = [line for line in document.splitlines() if line.startswith("| ") and line.count("|") == 6][1:]
    expected = [
        f"| {rule.clause} | {rule.severity.value} | {rule.moment.value} | `{rule.id}` | {rule.text} |"
        for rule in book.rules
    ]
    assert rows == expected
    assert f"version {book.version} of `{book.id}`" in document
