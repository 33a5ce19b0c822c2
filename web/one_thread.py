# SPDX-License-Identifier: Apache-2.0
"""Lets the libraries of matrix products compute in one thread each. They read this once, when numpy is first imported.

Nothing but the standard library may be imported here.
"""

from __future__ import annotations

from collections.abc import MutableMapping

#: OpenBLAS, OpenMP, MKL, BLIS and Accelerate, each by the name that it looks for.
SETTINGS = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def compute_in_one_thread(environment: MutableMapping[str, str]) -> None:
    """Ask for one thread wherever nothing else was asked for.

    The products here are small: threads of a library gain nothing on an idle machine, and on a busy one they wait for each
    other spinning, so that fitting a model takes ten times as long. Requests and processes use the cores.
    """
    for name in SETTINGS:
        environment.setdefault(name, "1")
