# SPDX-License-Identifier: Apache-2.0
"""Every page of test_pages.py on a desktop, in English and dark colours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.test_pages import DESKTOP, look_at_all
from tests.web.conftest import sample_folder

__all__ = ["sample_folder"]  # the fixture, used by name


@pytest.mark.timeout(400)
def test_every_page_is_accessible_and_fits_a_desktop(
    sample_folder: Path, tmp_path: Path, launch: Callable[[Path | None], Browser]
) -> None:
    look_at_all(sample_folder, tmp_path, launch(None), DESKTOP)
