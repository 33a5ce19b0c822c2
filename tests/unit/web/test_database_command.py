# SPDX-License-Identifier: Apache-2.0
"""``kasauti database copy``: the sample moves into another database, and nothing is written into one that is in use."""

from __future__ import annotations

from pathlib import Path

from tests.unit.web.shell import Shell


def test_a_database_is_copied_and_serves_the_same(agency: Shell, tmp_path: Path) -> None:
    before = agency("sample", "--json").out
    moved = agency("database", "copy", f"sqlite:///{tmp_path / 'moved.db'}")
    assert moved.code == 0
    assert "rows of" in moved.out
    agency.set("DATABASE", f"sqlite:///{tmp_path / 'moved.db'}")
    assert agency("sample", "--json").out == before


def test_a_database_in_use_is_not_written_into(agency: Shell) -> None:
    said = agency("database", "copy", f"sqlite:///{agency.var / 'kasauti.db'}")
    assert said.code == 3
    assert "not empty" in said.err
