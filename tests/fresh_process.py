# SPDX-License-Identifier: Apache-2.0
"""What a process is after a restart: nothing that it kept is left."""

from __future__ import annotations

import gc

from core.kept import Kept


def forget_what_is_kept() -> None:
    """Empty everything that `core.kept` holds in this process."""
    for one in gc.get_objects():
        if isinstance(one, Kept):
            one.clear()
