# SPDX-License-Identifier: Apache-2.0
"""How the parts are built: secrets, and a data folder that only its owner can open."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from core.config import Config, Mode
from core.errors import Invalid
from web import wiring
from web.uploads import keep_upload, take_upload

SECRET = "a secret for tests only, long enough"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_data_folder_and_the_secret_are_the_owners_alone(tmp_path: Path) -> None:
    var = tmp_path / "var"
    config = wiring.read_config({"KASAUTI_VAR": str(var)})
    wiring.build(config).engine.dispose()
    assert mode(var) == 0o700
    assert mode(var / wiring.SECRET_FILE) == 0o600
    assert wiring.read_config({"KASAUTI_VAR": str(var)}).secret_key == config.secret_key


def test_production_refuses_the_secret_that_development_made(tmp_path: Path) -> None:
    made = wiring.read_config({"KASAUTI_VAR": str(tmp_path)}).secret_key
    with pytest.raises(Invalid, match="secret_key_development"):
        wiring.build(Config(mode=Mode.PRODUCTION, var=tmp_path, secret_key=made))


def test_a_checked_file_is_taken_only_by_whoever_brought_it(tmp_path: Path) -> None:
    folder = tmp_path / "uploads"
    token = keep_upload(folder, "author", "items.csv", b"id,pc")
    assert mode(folder) == 0o700
    assert take_upload(folder, "author", token) == ("items.csv", b"id,pc")
    for owner, name in (("somebody else", token), ("author", "nothing"), ("author", "../secret")):
        with pytest.raises(Invalid, match="upload_gone"):
            take_upload(folder, owner, name)
