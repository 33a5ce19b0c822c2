# SPDX-License-Identifier: Apache-2.0
"""The bench of scoring gives the right verdicts, and says what it was compared with; how fast it is, is no matter of tests."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from core.db import make_engine
from scoring.api import Verdict
from web.cli import bench_scoring
from web.cli.bench_scoring_rules import PCS, paper
from web.cli.bench_scoring_stored import attempt_ids, fill, rescored


def test_stored_answers_come_back_with_the_verdict_and_trace_of_each(tmp_path: Path) -> None:
    compiled, choices, key = paper()
    few = choices[:40]
    engine = make_engine(f"sqlite:///{tmp_path}/cohort.db")
    fill(engine, few)
    assert rescored(engine, compiled, key) > 0
    with engine.connect() as line:
        rows = line.execute(text("SELECT entry_id, passed, document, sha256 FROM results ORDER BY id")).all()
    engine.dispose()
    assert [attempt_id for attempt_id, *_ in rows] == attempt_ids(40)
    for answers, (_, stored, document, sha256) in zip(few, rows, strict=True):
        right = [int(choice == "A") for choice in answers]
        of_pcs = [sum(right[pc::PCS]) for pc in range(PCS)]  # five items a PC, of which 70 % are four
        passed = all(marks >= 4 for marks in of_pcs) and sum(right) >= 35
        assert bool(stored) is passed
        told = json.loads(document)
        assert told["verdict"] == (Verdict.PASS if passed else Verdict.FAIL)
        assert len(told["bars"]) == PCS + 1
        assert sha256 == "sha256:" + hashlib.sha256(document.encode()).hexdigest()


def test_of_several_answers_to_one_item_the_last_one_counts(tmp_path: Path) -> None:
    compiled, choices, key = paper()
    wrong = np.full((1, choices.shape[1]), "B")
    engine = make_engine(f"sqlite:///{tmp_path}/cohort.db")
    fill(engine, wrong)
    with engine.begin() as line:  # each item again, from another device that took over
        line.execute(
            text(
                "INSERT INTO response_events SELECT attempt_id, 'a tablet', seq, 2, item_version_id, '[\"A\"]', 2, '', "
                "received_at FROM response_events"
            )
        )
    rescored(engine, compiled, key)
    with engine.connect() as line:
        passed = line.execute(text("SELECT passed FROM results")).scalar_one()
    engine.dispose()
    assert passed


def test_the_bench_says_what_it_was_compared_with_and_what_is_not_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bench_scoring, "OTHERS", {"numpy": "2", "no-such-package": "1.0"})
    told = bench_scoring.beside()
    assert (told.value, told.goal, told.met) == (1, None, True)
    assert told.note.startswith("beside numpy ")
    assert told.note.endswith("not installed, so not compared with: no-such-package 1.0")
    monkeypatch.setattr(bench_scoring, "OTHERS", {"no-such-package": "1.0"})
    assert bench_scoring.beside().note.startswith("beside nothing; not installed")


def test_every_part_has_figures() -> None:
    assert [part.__name__.rpartition("_")[2] for part in bench_scoring.PARTS] == [
        "rules",
        "stored",
        "gathered",
        "irt",
        "pairs",
        "diagnosis",
    ]
    assert all(callable(part.figures) for part in bench_scoring.PARTS)
