# SPDX-License-Identifier: Apache-2.0
"""Matrix products take one thread each, in the command and in the server, unless the person who runs them asks for more."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from web.one_thread import SETTINGS, compute_in_one_thread

PROGRAM = (
    "import json, {first}\n"
    "import numpy, scipy.linalg\n"
    "from threadpoolctl import threadpool_info\n"
    "print(json.dumps([one['num_threads'] for one in threadpool_info() if one['user_api'] == 'blas']))\n"
)


def threads(first: str, **settings: str) -> list[int]:
    """How many threads each library of matrix products has in a process that came in by ``first``."""
    environment = {name: value for name, value in os.environ.items() if name not in SETTINGS} | settings
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(first=first)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[int] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("first", ["web.cli", "web.server"])
def test_every_way_in_computes_in_one_thread(first: str) -> None:
    found = threads(first)
    assert found
    assert set(found) == {1}


def test_whoever_asks_for_more_gets_as_many_as_there_are_cores() -> None:
    cores = len(os.sched_getaffinity(0))
    assert set(threads("web.cli", OPENBLAS_NUM_THREADS="2")) == {min(2, cores)}


def test_what_was_asked_for_stays() -> None:
    environment = {"OMP_NUM_THREADS": "4", "HOME": "x"}
    compute_in_one_thread(environment)
    assert environment == dict.fromkeys(SETTINGS, "1") | {"OMP_NUM_THREADS": "4", "HOME": "x"}
