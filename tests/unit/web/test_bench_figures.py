# SPDX-License-Identifier: Apache-2.0
"""From what a bench measured to figures and rows: names, goals, units; and nothing it started outlives it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from datetime import date
from typing import Any

import pytest

from proctor import api as proctor
from web.cli.bench import figure
from web.cli.bench_proctor_figures import NO_ALERT_MS, Watched, floor_of, of_mode, of_stages
from web.cli.bench_rows import HEAD, rows

STAGES = {
    "decode": 0.25,
    "tamper": 0.2,
    "faces": 3.5,
    "faces_coarsely": 1.5,
    "second_opinion": 24.0,
    "mesh": 2.0,
    "pose": 0.4,
    "iris": 3.0,
    "identity": 12.0,
    "objects": 20.0,
}
MODE = {"cpu_ms": 6.0, "looking_ms": 5.0, "stages": {"faces": 3.0, "objects": 2.0}, "looks": 1.0, "alerts": 0}
FOUND: dict[str, Any] = {
    "stages": STAGES,
    "modes": {mode.value: MODE for mode in proctor.Mode},
    "without_tricks": {mode.value: {**MODE, "cpu_ms": 9.0} for mode in proctor.Mode},
    "everything": {"cpu_ms": 80.0},
    "memory_kb": 77.0,
}


def run(**changes: Any) -> Watched:
    """A run in which nothing went wrong."""
    usual: dict[str, Any] = {
        "learners": 150,
        "cpu_ms": 8.0,
        "core_share": 0.98,
        "looked_share": 1.0,
        "memory_mb": 600.0,
        "line_ms": [float(number) for number in range(1, 101)],
        "alerts": [("face_gone", float(number)) for number in range(100, 2100, 100)],
        "refused": {},
        "broken": 0,
    }
    return Watched(**(usual | changes))


def test_a_mode_has_its_learners_with_and_without_tricks_its_shares_and_its_delays() -> None:
    found = {one.name: one for one in of_mode("economy", FOUND, run())}
    per_core = found["economy_learners_per_core"]
    assert (per_core.value, per_core.unit, per_core.goal, per_core.met) == (125.0, "learners", 150, False)
    assert "98% of a core, 100% of the frames" in per_core.note
    without = found["economy_learners_per_core_without_tricks"]
    assert without.value == pytest.approx(1000 / 11), "the line costs the same with tricks and without"
    late = found["economy_alert_latency_p95"]
    assert (late.value, late.unit, late.goal, late.met) == (1900.0, "ms", 2000, True)
    assert found["economy_frame_answered_p99"].value == pytest.approx(99.01)
    shares = found["economy_share_of_networks"]
    assert shares.value == pytest.approx(100 * 5 / 8)
    assert shares.note == "faces 38 %, objects 25 %, line 25 %, decoding and rules 12 %"


def test_pictures_that_were_let_go_cost_their_way_and_no_look() -> None:
    found = {one.name: one for one in of_mode("economy", FOUND, run(cpu_ms=5.0, looked_share=0.5))}
    per_core = found["economy_learners_per_core"]
    assert per_core.value == pytest.approx(125.0), "2 for the way and 6 for the look"
    assert "8.00 CPU-ms" in per_core.note
    assert "line 25 %" in found["economy_share_of_networks"].note


def test_where_no_alert_came_that_is_a_missed_goal_and_no_crash() -> None:
    found = {one.name: one for one in of_mode("full", FOUND, run(alerts=[], line_ms=[]))}
    assert found["full_alert_latency_p95"].value == NO_ALERT_MS
    assert not found["full_alert_latency_p95"].met
    assert "full_frame_answered_p99" not in found


def test_what_went_wrong_stands_beside_the_figure() -> None:
    wrong = run(alerts=[("face_gone", 1.0), ("camera_frozen", 1.0)], refused={"frame_too_fast": 2}, broken=1)
    told = {one.name: one.note for one in of_mode("prefiltered", FOUND, wrong)}
    assert "refused frame_too_fast 2, lines broken 1" in told["prefiltered_learners_per_core"]
    assert "other alerts 1 camera_frozen" in told["prefiltered_alert_latency_p95"]


def test_the_floor_is_each_look_at_its_period() -> None:
    economy = floor_of(proctor.Mode.ECONOMY, STAGES)
    assert economy["faces"] == pytest.approx(3.5 / 5)
    assert economy["faces_coarsely"] == pytest.approx(1.5 * 4 / 5)
    assert economy["objects"] == pytest.approx(2.0)
    assert economy["mesh"] == pytest.approx(2 / 3)
    full, claimed = floor_of(proctor.Mode.FULL, STAGES), floor_of(proctor.Mode.PREFILTERED, STAGES)
    assert full["mesh"] == pytest.approx(2.0)
    assert claimed["mesh"] == pytest.approx(0.2), "one frame in ten"
    named = {one.name: one for one in of_stages(FOUND)}
    assert named["economy_floor"].value == pytest.approx(sum(economy.values()), abs=0.001)
    assert {f"{mode.value}_floor" for mode in proctor.Mode} <= set(named)
    assert (named["memory_per_learner"].value, named["memory_per_learner"].unit) == (77.0, "KB")
    assert named["stage_identity"].unit == "CPU-ms"


def test_rows_have_the_form_of_the_document() -> None:
    told = [
        {"name": one.name, "value": one.value, "unit": one.unit, "note": one.note}
        | {"goal": one.goal, "met": one.met, "at_least": one.at_least}
        for one in (
            figure("full_learners_per_core", 61.93, "learners", goal=60, at_least=True, note="a|b"),
            figure("answers_lost", 0, "answers", goal=0),
            figure("stage_faces", 3.3501, "CPU-ms"),
            figure("alert_latency_p95", 2124.2, "ms", goal=2000),
        )
    ]
    assert list(rows(told, loop_ms=117.7, on=date(2026, 11, 22))) == [
        HEAD,
        "| 2026-11-22 | 118 | full learners per core | 61.9 learners; a/b | ≥ 60, met |",
        "| 2026-11-22 | 118 | answers lost | 0 answers | 0, met |",
        "| 2026-11-22 | 118 | stage faces | 3.35 CPU-ms | |",
        "| 2026-11-22 | 118 | alert latency p95 | 2124 ms | ≤ 2000, missed |",
    ]


def test_what_a_bench_started_ends_when_the_bench_is_killed() -> None:
    program = (
        "import os, subprocess, sys\n"
        "from web.cli.bench_children import started\n"
        "wait = [sys.executable, '-c', 'import sys; sys.stdin.read()']\n"
        "child = started(wait, settings=os.environ, log=subprocess.DEVNULL)\n"
        "print(child.pid, flush=True)\n"
        "child.wait()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as bench:
        assert bench.stdout is not None
        child = os.pidfd_open(int(bench.stdout.readline()))
        bench.send_signal(signal.SIGKILL)
        bench.wait(20)
        ended, _, _ = select.select([child], [], [], 20)
        os.close(child)
    assert ended, "the child outlived it"
