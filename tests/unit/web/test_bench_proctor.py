# SPDX-License-Identifier: Apache-2.0
"""What the bench of proctoring measures runs, and counts what it says; how fast that is, is no matter of tests."""

from __future__ import annotations

import pytest

from proctor import api as proctor
from tests.clips import jpeg_frames
from web.cli.bench_looking import memory, stages, watch

SECONDS = 12


@pytest.fixture(scope="module")
def clip() -> list[bytes]:
    """A picture for each second, each another one."""
    return list(jpeg_frames([("present", 20.0)], size=(160, 120)))


@pytest.mark.parametrize("mode", list(proctor.Mode))
def test_a_minute_of_the_whole_pipeline_is_measured_in_every_mode(
    clip: list[bytes], mode: proctor.Mode
) -> None:
    detector = proctor.ScriptedDetector(lambda _: 1)
    found = watch(clip, detector, mode, proctor.PERIODS, learners=8, seconds=SECONDS)
    assert found["cpu_ms"] > 0
    assert found["alerts"] == 0, "a calm learner"
    if mode is proctor.Mode.PREFILTERED:
        assert 0 < found["looks"] < 0.9, "most frames never leave the device"
    else:
        assert found["looks"] == 1.0, "each frame is looked at"


def test_every_learner_takes_memory_and_every_stage_time(clip: list[bytes]) -> None:
    assert memory(clip, learners=40) >= 0
    spent = stages(clip, proctor.ScriptedDetector(lambda _: 1))  # type: ignore[arg-type]
    assert spent["decode"] > 0
