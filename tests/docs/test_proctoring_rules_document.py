# SPDX-License-Identifier: Apache-2.0
"""docs/proctoring-rules.md says what the rules' data say, and names every column of the table of labels."""

from __future__ import annotations

import pytest

from proctor.labels import ALIASES, COUNTS, FLAGS, OTHERS
from proctor.rules.alerts import RuleName
from tests.docs.rules_table import DOCUMENT, exemption_rows, facts_rows, threshold_rows


@pytest.mark.parametrize("rows", [facts_rows(), threshold_rows(), exemption_rows()])
def test_the_tables_of_the_document_are_those_of_the_data(rows: list[str]) -> None:
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    assert rows[0] in lines, f"expected:\n{chr(10).join(rows)}"
    start = lines.index(rows[0])
    assert lines[start : start + len(rows)] == rows, f"expected:\n{chr(10).join(rows)}"
    assert not lines[start + len(rows)].startswith("|")


def test_every_rule_is_described_and_every_column_named() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for rule in RuleName:
        assert f"\n* **`{rule.value}`**" in text
    for column in (*COUNTS, *FLAGS, *OTHERS, *ALIASES):
        assert f"`{column}`" in text, column
