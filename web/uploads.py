# SPDX-License-Identifier: Apache-2.0
"""A checked file waits here between "check" and "import", so that what is imported is what was checked."""

from __future__ import annotations

import json
from pathlib import Path

from core.errors import Invalid
from core.ids import secret_token

_KEPT_SECONDS = 24 * 3600
_KEPT_FILES = 200


def keep_upload(folder: Path, owner_id: str, filename: str, data: bytes) -> str:
    """Store a file for its owner and return the token that opens it; old ones are cleared away."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _clear(folder)
    token = secret_token(18)
    (folder / f"{token}.json").write_text(
        json.dumps({"owner": owner_id, "name": filename[-200:]}), encoding="utf-8"
    )
    (folder / f"{token}.bin").write_bytes(data)
    return token


def take_upload(folder: Path, owner_id: str, token: str) -> tuple[str, bytes]:
    """The file's name and bytes. Invalid(``upload_gone``) for an unknown, foreign or old token."""
    if not token.replace("-", "").replace("_", "").isalnum() or len(token) > 64:
        raise Invalid("upload_gone")
    try:
        facts = json.loads((folder / f"{token}.json").read_text(encoding="utf-8"))
        data = (folder / f"{token}.bin").read_bytes()
    except OSError as error:
        raise Invalid("upload_gone") from error
    if facts["owner"] != owner_id:
        raise Invalid("upload_gone")
    return str(facts["name"]), data


def _clear(folder: Path) -> None:
    files = sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime)
    newest = files[-1].stat().st_mtime if files else 0.0
    for number, file in enumerate(files):
        if newest - file.stat().st_mtime > _KEPT_SECONDS or len(files) - number > _KEPT_FILES:
            file.unlink(missing_ok=True)
