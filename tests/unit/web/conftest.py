# SPDX-License-Identifier: Apache-2.0
"""Fixtures for the command line: an empty folder, and one with the sample data."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.unit.web.shell import Shell
from web import demo, wiring
from web.migrate import migrate


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Commands on an empty folder."""
    return Shell(tmp_path / "var", monkeypatch, capsys)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample data, made once."""
    var = tmp_path_factory.mktemp("filled")
    parts = wiring.build(wiring.read_config({"KASAUTI_VAR": str(var)}))
    migrate(parts.engine)
    demo.fill(parts)
    parts.engine.dispose()
    return var


@pytest.fixture
def agency(filled: Path, shell: Shell) -> Shell:
    """Commands on a copy of the sample data."""
    shutil.copytree(filled, shell.var)
    return shell
