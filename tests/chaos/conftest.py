# SPDX-License-Identifier: Apache-2.0
"""A folder on a disk: a kill must not be survived only because everything was in memory anyway."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
IN_MEMORY = {"tmpfs", "ramfs", "devtmpfs"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Servers are started here again and again, and a busy machine takes its time for each."""
    for item in items:
        if Path(__file__).parent in item.path.parents and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(400))


def file_system_of(folder: Path) -> str:
    """The type of the file system that a folder lies on, by the kernel's table; "" where there is none to read."""
    table = Path("/proc/self/mounts")
    if not table.exists():
        return ""
    best, kind = "", ""
    for line in table.read_text(encoding="utf-8").splitlines():
        _, place, found, *_ = line.split()
        inside = str(folder.resolve()).startswith(place.rstrip("/") + "/") or place == "/"
        if inside and len(place) >= len(best):
            best, kind = place, found
    return kind


@pytest.fixture(scope="session")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """pytest's own folder, or one under the repository's ``var`` where that one is in memory."""
    folder = tmp_path_factory.mktemp("disk")
    if file_system_of(folder) not in IN_MEMORY:
        yield folder
        return
    (REPOSITORY / "var").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="chaos-", dir=REPOSITORY / "var"))
    yield folder
    shutil.rmtree(folder)
