# SPDX-License-Identifier: Apache-2.0
"""The files served to browsers are exactly the locked ones, or a named reason."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from core.errors import Invalid, Unavailable
from web.browser_modules import fetch, locked_files, missing


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """A lock of two files: `client.js` of one package and `bold.woff2` of another."""
    path = tmp_path / "lock.toml"
    rows = {"client": ("client.js", "dist/c.min.js"), "@fonts/m": ("bold.woff2", "files/b.woff2")}
    lines = []
    for (package, (name, source)), content in zip(rows.items(), (b"client", b"bold"), strict=True):
        digest = hashlib.sha256(content).hexdigest()
        lines.append(
            f'["{package}"]\nfiles = [{{ name = "{name}", from = "{source}", sha256 = "{digest}" }}]'
        )
    path.write_text("\n".join(lines))
    return path


@pytest.fixture
def node_modules(tmp_path: Path) -> Path:
    folder = tmp_path / "node modules"
    for name, data in {"client/dist/c.min.js": b"client", "@fonts/m/files/b.woff2": b"bold"}.items():
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(data)
    return folder


def test_fetched_files_carry_their_served_names_and_none_is_missing(
    lock: Path, node_modules: Path, tmp_path: Path
) -> None:
    target = tmp_path / "served"
    assert missing(target, lock=lock) == ["client.js", "bold.woff2"]
    assert fetch(node_modules, target, lock=lock) == ("client.js", "bold.woff2")
    assert missing(target, lock=lock) == []
    assert sorted(path.name for path in target.iterdir()) == ["bold.woff2", "client.js"]


def test_an_altered_file_is_refused_and_nothing_is_copied(
    lock: Path, node_modules: Path, tmp_path: Path
) -> None:
    (node_modules / "@fonts/m/files/b.woff2").write_bytes(b"bolder")
    with pytest.raises(Invalid) as refusal:
        fetch(node_modules, tmp_path / "served", lock=lock)
    assert refusal.value.code == "browser_module_altered"
    assert refusal.value.facts["file"] == "@fonts/m/files/b.woff2"
    assert not (tmp_path / "served").exists()


def test_a_file_that_npm_did_not_bring_is_named(lock: Path, node_modules: Path, tmp_path: Path) -> None:
    (node_modules / "client/dist/c.min.js").unlink()
    with pytest.raises(Unavailable) as refusal:
        fetch(node_modules, tmp_path / "served", lock=lock)
    assert refusal.value.code == "browser_module_absent"
    assert refusal.value.facts["file"] == "client/dist/c.min.js"


def test_a_served_file_of_another_version_counts_as_missing(
    lock: Path, node_modules: Path, tmp_path: Path
) -> None:
    fetch(node_modules, tmp_path, lock=lock)
    (tmp_path / "client.js").write_bytes(b"older client")
    assert missing(tmp_path, lock=lock) == ["client.js"]


def test_the_real_lock_names_the_socket_client_and_both_scripts_of_the_typeface() -> None:
    names = {file.name for file in locked_files()}
    assert "socket.io.esm.min.js" in names
    assert {
        f"mukta-{script}-{weight}-normal.woff2"
        for script in ("latin", "devanagari")
        for weight in (400, 600, 700)
    } < names
    assert all(len(file.sha256) == 64 for file in locked_files())
