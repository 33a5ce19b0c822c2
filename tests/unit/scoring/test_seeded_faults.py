# SPDX-License-Identifier: Apache-2.0
"""Faults put into `scoring` on purpose are caught by its tests: four of them here, all of them in the battery."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = ROOT / "scripts" / "seeded-faults"
SAMPLE = (
    "bar-above-not-at",
    "compensation-without-balance",
    "rank-from-nought",
    "correction-takes-the-worse",
)


def run(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_there_are_thirty_faults_and_each_fits_the_source_in_one_place() -> None:
    with (ROOT / "scripts" / "seeded-faults.toml").open("rb") as file:
        faults = tomllib.load(file)["fault"]
    assert len(faults) >= 30
    assert len({one["name"] for one in faults}) == len(faults)
    assert all(one["right"] != one["wrong"] for one in faults)
    assert [
        name for one in faults for name in one["tests"] if not (Path(__file__).parent / name).is_file()
    ] == []
    assert {one["file"].partition("/")[0] for one in faults} >= {
        "decide.py", "cohort.py", "certainty", "classical", "irt", "diagnosis", "fairness", "linking", "forensics", "rescoring",
        "adaptive", "cut_scores",
    }  # fmt: skip
    code, said = run("--check")
    assert (code, said) == (0, "")


@pytest.mark.timeout(900)  # five runs of pytest, which a busy machine may make long
def test_four_faults_are_caught() -> None:
    code, said = run(*SAMPLE)
    assert code == 0, said
    assert "4 of 4 faults were caught" in said


def test_a_fault_that_nobody_knows_is_wrong_usage() -> None:
    code, said = run("no-such-fault")
    assert code == 2
    assert "no such fault: no-such-fault" in said


@pytest.mark.battery
def test_every_fault_is_caught() -> None:
    code, said = run()
    assert code == 0, said
    assert "UNSEEN" not in said
