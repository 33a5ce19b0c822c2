# SPDX-License-Identifier: Apache-2.0
"""Cameras at work: the learners of the bench speak the line's protocol, and what detectors burn delays no answer."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest

from web.cli import bench_delivery as delivery
from web.cli.bench_clip import moving_clip
from web.cli.bench_learner import Learner
from web.cli.bench_proctor import admitted, serving
from web.cli.bench_streamer import Streamer

CROWD, FLOODS = 12, 2
"""Learners who send as much as is taken in, and further ones who send without end."""
SECONDS = 15.0
RATE = 4
"""Pictures a second that are taken in: two detectors cannot look at so many."""
USUAL_SAVE, SLOW_SAVE = 150.0, 1000.0
"""Milliseconds, the median and the 99th percentile: a machine that others use as well is no reason to fail."""
SHARES_APART = 0.25
Made = TypeVar("Made")


def apart(act: Callable[[], Made]) -> Made:
    """Run in a thread of its own: a browser of an earlier test may leave an event loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(act).result()


@pytest.fixture(scope="module")
def place(disk: Path) -> tuple[Path, list[Learner]]:
    """A folder of a server, and learners whose camera it will watch; the last one only writes."""
    folder = disk / "cameras"
    folder.mkdir()
    return folder, apart(lambda: admitted(folder, delivery.prepare(folder, CROWD + FLOODS + 1)))


@pytest.mark.alone
@pytest.mark.timeout(300)
def test_every_picture_and_claim_of_the_bench_is_acknowledged(place: tuple[Path, list[Learner]]) -> None:
    folder, learners = place
    clip = moving_clip(frames=6)
    with serving(folder, "prefiltered", cores=None) as server:
        for learner in learners[:4]:
            learner.port = server.port
        lines = [Streamer(learner, clip, claims=bool(turn % 2)) for turn, learner in enumerate(learners[:4])]

        async def drive() -> None:
            await asyncio.gather(*(one.connect() for one in lines))
            await asyncio.gather(*(one.stream(6) for one in lines))
            for one in lines:
                one.faces = 0  # "nobody there", of which the server wants to see the picture
            for one in lines:
                one.begin_again()
            await asyncio.gather(*(one.stream(2) for one in lines))
            for one in lines:
                one.close()

        apart(lambda: asyncio.run(drive()))
    for one in lines:
        assert (one.broken, one.refused) == (None, {})
        assert one.sent == 8
        assert len(one.seconds) == 8 if not one.claims else 2 <= len(one.seconds) < 8, (
            "pictures that left the page"
        )


@pytest.mark.alone
@pytest.mark.timeout(300)
def test_two_detectors_that_burn_both_cores_and_floods_delay_no_answer(
    place: tuple[Path, list[Learner]],
) -> None:
    folder, learners = place
    clip = moving_clip(frames=6)
    with serving(folder, "full", cores=None, more={"KASAUTI_VISION_WORKERS": "2"}) as server:
        spent: dict[str, list[float]] = {}
        for learner in learners:
            learner.port, learner.spent = server.port, spent
        crowd = [Streamer(learner, clip) for learner in learners[:CROWD]]
        floods = [Streamer(learner, clip) for learner in learners[CROWD:-1]]

        async def write() -> None:
            for _ in range(int(SECONDS * 5)):
                await learners[-1].save()
                await asyncio.sleep(0.15)

        async def drive() -> None:
            await asyncio.gather(*(one.connect() for one in (*crowd, *floods)))
            await asyncio.gather(
                *(one.stream(SECONDS, period=1 / RATE) for one in crowd),
                *(one.stream(SECONDS, period=0.0) for one in floods),
                write(),
            )
            for one in (*crowd, *floods):
                one.close()
            learners[-1].close()

        apart(lambda: asyncio.run(drive()))
    saves = spent["save"]
    slow = statistics.quantiles(saves, n=100, method="inclusive")[98]
    shares = [1 - one.dropped / max(one.sent - sum(one.refused.values()), 1) for one in crowd]
    print(
        f"{len(saves)} answers while {CROWD} cameras sent {RATE} pictures a second and {FLOODS} without end: median "
        f"{statistics.median(saves):.0f} ms, p99 {slow:.0f} ms; {min(shares):.0%} to {max(shares):.0%} looked at"
    )
    assert [one.broken for one in (*crowd, *floods)] == [None] * (CROWD + FLOODS)
    assert all(set(one.refused) <= {"event_too_fast", "frame_too_fast"} for one in (*crowd, *floods))
    assert all(sum(one.refused.values()) > one.sent / 2 for one in floods), "what is too much is turned away"
    assert statistics.median(saves) <= USUAL_SAVE
    assert slow <= SLOW_SAVE
    assert max(shares) - min(shares) <= SHARES_APART, "everybody loses alike"
