# SPDX-License-Identifier: Apache-2.0
"""Browser modules and fonts of others: which files we serve, where they lie, and how they get there.

They come from npm packages at set-up (`package.json`, `package-lock.json`); each file served is named with
its SHA-256 in `browser_modules.lock.toml`. None is committed, and a browser fetches them from us alone.
No Flask here: `scripts/setup` runs this file before the rest of ours works.
"""

from __future__ import annotations

import hashlib
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from core.errors import Invalid, KasautiError, Unavailable

LOCK = Path(__file__).with_name("browser_modules.lock.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserFile:
    """One file served under /static/vendor/."""

    name: str
    """The file's name as served, without folders."""
    source: str
    """Where npm puts it, relative to `node_modules`."""
    sha256: str
    """Lower-case hexadecimal."""

    def matches(self, data: bytes) -> bool:
        """Whether these are the bytes the lock file names."""
        return hashlib.sha256(data).hexdigest() == self.sha256


def browser_dir() -> Path:
    """Folder of the files served, inside the environment that runs us."""
    return Path(sys.prefix) / "share" / "kasauti" / "browser"


def locked_files(lock: Path = LOCK) -> tuple[BrowserFile, ...]:
    """The files that the lock names, in its order."""
    document = tomllib.loads(lock.read_text(encoding="utf-8"))
    return tuple(
        BrowserFile(name=entry["name"], source=f"{package}/{entry['from']}", sha256=entry["sha256"])
        for package, part in document.items()
        for entry in part["files"]
    )


def fetch(node_modules: Path, target: Path, *, lock: Path = LOCK) -> tuple[str, ...]:
    """Copy the locked files from `node_modules` to `target`; the names copied.

    Each is written beside its place and renamed, so that a server never reads half a file. Nothing is copied
    unless every file is there and is the one that was locked.

    Raises:
        Unavailable: `browser_module_absent`, a file is not in `node_modules`.
        Invalid: `browser_module_altered`, a file is not the one that was locked.
    """
    contents: dict[str, bytes] = {}
    for file in locked_files(lock):
        source = node_modules / file.source
        if not source.is_file():
            raise Unavailable("browser_module_absent", file=file.source, folder=str(node_modules))
        data = source.read_bytes()
        if not file.matches(data):
            raise Invalid(
                "browser_module_altered",
                file=file.source,
                expected=file.sha256,
                found=hashlib.sha256(data).hexdigest(),
            )
        contents[file.name] = data
    target.mkdir(parents=True, exist_ok=True)
    for name, data in contents.items():
        part = target / f"{name}.part"
        part.write_bytes(data)
        part.replace(target / name)
    return tuple(contents)


def missing(target: Path | None = None, *, lock: Path = LOCK) -> list[str]:
    """Names of the locked files that `target` (else `browser_dir()`) lacks or holds in another version."""
    folder = browser_dir() if target is None else target
    return [
        file.name
        for file in locked_files(lock)
        if not (folder / file.name).is_file() or not file.matches((folder / file.name).read_bytes())
    ]


def main(arguments: list[str]) -> int:
    """`browser_modules.py NODE_MODULES`: fetch, and say in words what went wrong. The exit code."""
    if len(arguments) != 1:
        print("usage: browser_modules.py NODE_MODULES", file=sys.stderr)
        return 2
    try:
        names = fetch(Path(arguments[0]), browser_dir())
    except KasautiError as error:
        print(f"browser modules: {error}", file=sys.stderr)
        print("Run 'npm ci' in the project's folder, then 'make setup'.", file=sys.stderr)
        return 3
    print(f"browser modules: {len(names)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
