# SPDX-License-Identifier: Apache-2.0
"""``kasauti bench scoring``: every figure that scoring promises, beside what a user would pick instead where that is installed.

What is measured is in the modules ``bench_scoring_…``; here they only take turns.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from web.cli import (
    bench_scoring_diagnosis,
    bench_scoring_gathered,
    bench_scoring_irt,
    bench_scoring_pairs,
    bench_scoring_rules,
    bench_scoring_stored,
)
from web.cli.bench import Figure, figure

#: What ours is held against, and the version that the goals speak of.
OTHERS = {"mirt": "1.2.0", "girth": "0.8.0"}
PARTS = (
    bench_scoring_rules,
    bench_scoring_stored,
    bench_scoring_gathered,
    bench_scoring_irt,
    bench_scoring_pairs,
    bench_scoring_diagnosis,
)


def scoring_figures() -> list[Figure]:
    """Rules, stored answers, models of ability, pairs and diagnosis; first, which other packages the figures stand beside."""
    return [beside(), *(one for part in PARTS for one in part.figures())]


def beside() -> Figure:
    """How many of the packages are there to be compared with, and which."""
    found = {name: _installed(name) for name in OTHERS}
    missing = [name for name, there in found.items() if there is None]
    told = ", ".join(f"{name} {there}" for name, there in found.items() if there) or "nothing"
    note = f"beside {told}"
    if missing:
        # The goals that compare cannot be met or missed without what they compare with.
        note += (
            f"; not installed, so not compared with: {', '.join(f'{one} {OTHERS[one]}' for one in missing)}"
        )
    return figure("packages_compared_with", len(OTHERS) - len(missing), "packages", note=note)


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
