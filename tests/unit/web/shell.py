# SPDX-License-Identifier: Apache-2.0
"""The command line without processes: commands run here, and what they print is caught."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pysqlite3
import pytest

from web.cli import run


@dataclass(frozen=True)
class Said:
    """What a command ended with and printed."""

    code: int
    out: str
    err: str


class Shell:
    """Runs commands in this process, on a folder of their own."""

    def __init__(
        self, var: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.var = var
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        for name in [name for name in os.environ if name.startswith("KASAUTI_")]:
            monkeypatch.delenv(name)
        self.set("VAR", str(var))

    def set(self, name: str, value: str) -> None:
        self._monkeypatch.setenv(f"KASAUTI_{name}", value)

    def __call__(self, *arguments: str) -> Said:
        self._capsys.readouterr()
        code = run(arguments)
        printed = self._capsys.readouterr()
        assert "Traceback" not in printed.err
        return Said(code, printed.out, printed.err)

    def count(self, table: str) -> int:
        db = pysqlite3.connect(str(self.var / "kasauti.db"))
        (found,) = db.execute(f"SELECT count(*) FROM {table}").fetchone()
        db.close()
        return int(found)
