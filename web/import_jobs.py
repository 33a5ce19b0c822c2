# SPDX-License-Identifier: Apache-2.0
"""Imports of files that were uploaded: their settings, the run itself, and how far a long one is.

Settings and progress lie beside the upload, so that any process can answer for a run; the run is a thread of the process that
was asked for it. Nothing here knows of requests.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import structlog

from core.errors import Invalid, KasautiError, Unavailable
from core.uow import Actor
from item_bank import api as bank
from web.uploads import take_upload
from web.wiring import Services

LARGE: Final = 200_000
"""Files of this many bytes take longer than people like to stare at a page that loads."""
_log = structlog.get_logger()
_running: dict[str, threading.Thread] = {}


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person said about an uploaded file."""

    credential_version_id: str = ""
    pc: str = ""
    difficulty: str = ""
    seconds: int | None = None
    language: str = ""
    columns: dict[str, str] = field(default_factory=dict)

    @property
    def defaults(self) -> bank.ImportDefaults:
        """What fills the gaps of the file."""
        return bank.ImportDefaults(self.pc, self.difficulty, self.seconds, self.language)

    @property
    def mapping(self) -> bank.ColumnMapping | None:
        """What the columns of a sheet mean, where it is not the template."""
        return bank.parse_mapping({"columns": self.columns}) if self.columns else None


@dataclass(frozen=True, slots=True)
class Run:
    """A checked or imported file: what was read, and the report on it."""

    parsed: bank.ParsedFile
    report: bank.ImportReport


def folder_of(services: Services) -> Path:
    """Where uploads lie."""
    return services.config.var / "uploads"


def keep_settings(services: Services, token: str, settings: Settings) -> None:
    """Remember what was said about a file."""
    _write(folder_of(services) / f"{token}.settings", asdict(settings))


def settings_of(services: Services, token: str) -> Settings:
    """What was said about a file; Invalid(``upload_gone``)."""
    found = _read(folder_of(services) / f"{token}.settings")
    if found is None:
        raise Invalid("upload_gone")
    return Settings(**found)


def run(
    services: Services,
    actor: Actor,
    token: str,
    *,
    mode: bank.ImportMode,
    progress: Callable[[str, int, int], None] = lambda _stage, _done, _all: None,
) -> Run:
    """Read an upload and check or import it; errors as ``parse_items`` and ``import_items``, Invalid(``upload_gone``)."""
    settings = settings_of(services, token)
    filename, data = take_upload(folder_of(services), actor.id, token)
    progress("reading", 0, 0)
    parsed = bank.parse_items(data, filename=filename, defaults=settings.defaults, mapping=settings.mapping)
    store = services.store
    with store.read(actor) if mode is bank.ImportMode.DRY_RUN else store.write(actor) as uow:
        report = bank.import_items(
            uow,
            owner_id=actor.organisation_id or "",
            credential_version_id=settings.credential_version_id,
            parsed=parsed,
            mode=mode,
            progress=progress,
        )
    return Run(parsed, report)


def start(services: Services, actor: Actor, token: str, *, mode: bank.ImportMode) -> None:
    """Run it in a thread; ``state_of`` says how far it is."""
    state: dict[str, Any] = {"owner": actor.id, "mode": mode.value, "stage": "reading", "done": 0, "all": 0}
    _write(_state_file(services, token), state)
    thread = threading.Thread(
        target=_work, args=(services, actor, token, mode, state), name=f"import-{token[:6]}", daemon=True
    )
    _running[token] = thread
    thread.start()


def wait(token: str, seconds: float = 60) -> None:
    """Until a run of this process is over."""
    thread = _running.get(token)
    if thread is not None:
        thread.join(seconds)


def state_of(services: Services, actor: Actor, token: str) -> dict[str, Any]:
    """How far a run is, and at its end its report or error.

    ``stage`` is ``reading``, ``checking``, ``storing``, ``done`` or ``failed``.
    Invalid(``upload_gone``) for an unknown or foreign token.
    """
    take_upload(folder_of(services), actor.id, token)
    found = _read(_state_file(services, token))
    if found is None or found["owner"] != actor.id:
        raise Invalid("upload_gone")
    return found


def _work(services: Services, actor: Actor, token: str, mode: bank.ImportMode, state: dict[str, Any]) -> None:
    file = _state_file(services, token)

    def tell(stage: str, done: int, everything: int) -> None:
        state.update(stage=stage, done=done, all=everything)
        _write(file, state)

    try:
        found = run(services, actor, token, mode=mode, progress=tell)
        state.update(stage="done", report=shown_report(found))
    except KasautiError as refusal:
        state.update(
            stage="failed", code=refusal.code, facts=json.loads(json.dumps(refusal.facts, default=str))
        )
    except Exception:  # noqa: BLE001 - the thread's last line: the page must hear of it
        _log.exception("import_failed")
        state.update(stage="failed", code=Unavailable("import_failed").code, facts={})
    try:
        # On disk before the run counts as over: whoever waited for it reads its end, not its middle.
        _write(file, state)
    finally:
        _running.pop(token, None)


def shown_report(found: Run) -> dict[str, Any]:
    """A report as the page needs it."""
    return {**found.report.to_document(), "rejects": len(found.report.rejects)}


def _state_file(services: Services, token: str) -> Path:
    return folder_of(services) / f"{token}.state"


def _write(file: Path, value: dict[str, Any]) -> None:
    """All of it or nothing: a reader never sees half a file."""
    beside = file.with_suffix(f"{file.suffix}.new")
    beside.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    beside.replace(file)


def _read(file: Path) -> dict[str, Any] | None:
    if not file.stem.replace("-", "").replace("_", "").isalnum() or len(file.stem) > 64:
        return None
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None
