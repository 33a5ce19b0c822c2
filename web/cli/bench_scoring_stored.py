# SPDX-License-Identifier: Apache-2.0
"""A million responses from a database on disk, scored, decided with everybody's trace, and written back in one transaction.

The rows are those of the application, of a closed cohort on one paper: an event for each answer, a result with its trace for
each entry. They stand in copies of its tables that refer to no others, so that nothing but this work is measured.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import JSON, Column, Engine, Index, MetaData, Table, Text, func, insert, select

from assessor import api as assessor
from core.db import Base, make_engine
from scoring.cohort import CohortRule, score_choices
from web.cli.bench import Figure, figure
from web.cli.bench_scoring_rules import paper

GOAL_SECONDS: Final = 2.0
_AT: Final = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
_META: Final = MetaData()


def _copy(name: str) -> Table:
    """The columns and the key of a table of the application; JSON as the text that it is on disk."""
    return Table(
        name,
        _META,
        *(
            Column(
                one.name,
                Text() if isinstance(one.type, JSON) else one.type,
                primary_key=one.primary_key,
                nullable=one.nullable,
            )
            for one in Base.metadata.tables[name].columns
        ),
    )


EVENTS: Final = _copy("response_events")
RESULTS: Final = _copy("results")
Index("ix_events_by_item", EVENTS.c.attempt_id, EVENTS.c.item_version_id)
Index("ix_results_by_entry", RESULTS.c.entry_id, unique=True)


def figures() -> list[Figure]:
    """How long it takes from the first row read to the commit."""
    compiled, choices, key = paper()
    with tempfile.TemporaryDirectory(prefix="kasauti-bench-") as folder:
        engine = make_engine(f"sqlite:///{folder}/cohort.db")
        fill(engine, choices)
        began, cpu = time.perf_counter(), time.process_time()
        written = rescored(engine, compiled, key)
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        with engine.connect() as line:
            stored = line.scalar(select(func.count()).select_from(RESULTS)) or 0
        engine.dispose()
    size = f"{choices.size:,} response events of {len(choices):,} attempts on one paper"
    return [
        figure(
            "million_responses_stored",
            seconds,
            "s",
            goal=GOAL_SECONDS,
            note=(
                f"{size} from SQLite on disk; {stored:,} results with verdict, trace and hash ({written / 1e6:.0f} MB), "
                f"one commit; {cpu:.2f} CPU-s; a result's whole document is not made here"
            ),
        )
    ]


def rescored(engine: Engine, compiled: CohortRule, key: Sequence[str]) -> int:
    """Score the last answer of each attempt to each item and store verdict and trace; the bytes of the traces."""
    items = item_ids(len(key))
    answers_of, right = itemgetter(*items), [_stored(choice) for choice in key]
    with engine.begin() as line:
        rows = line.execute(_LAST_ANSWERS).all()
        nothing = dict.fromkeys(items, "")
        choices = np.array([answers_of(nothing | json.loads(answers)) for _, answers in rows])
        traces = compiled.decide(score_choices(choices, right)).traces()
        results = [_result(attempt_id, trace) for (attempt_id, _), trace in zip(rows, traces, strict=True)]
        line.execute(insert(RESULTS), results)
    return sum(len(row["document"]) for row in results)


# A later answer to an item stands after an earlier one, and takes its place when the object is read.
_LAST_ANSWERS: Final = (
    select(
        EVENTS.c.attempt_id,
        func.json_group_object(EVENTS.c.item_version_id, EVENTS.c.value).aggregate_order_by(
            EVENTS.c.epoch, EVENTS.c.seq
        ),
    )
    .group_by(EVENTS.c.attempt_id)
    .order_by(EVENTS.c.attempt_id)
)


def _result(attempt_id: str, trace: dict[str, object]) -> dict[str, Any]:
    document = json.dumps(trace)
    return {
        "id": attempt_id,
        "entry_id": attempt_id,
        "agency_id": "",
        "awarding_body_id": "",
        "state": assessor.ResultState.PROVISIONAL,
        "passed": trace["verdict"] == "pass",
        "document": document,
        "sha256": "sha256:" + hashlib.sha256(document.encode()).hexdigest(),
        "created_at": _AT,
        "version": 1,
    }


def item_ids(count: int) -> list[str]:
    """The ids of the item versions of the paper."""
    return [f"item{number:022d}" for number in range(count)]


def attempt_ids(count: int) -> list[str]:
    """The ids of the attempts, in the order of the persons."""
    return [f"attempt{number:019d}" for number in range(count)]


def fill(engine: Engine, choices: NDArray[Any]) -> None:
    """Store an event for each answer, persons x items, and make room for results."""
    _META.create_all(engine)
    items = item_ids(choices.shape[1])
    at = _AT.replace(tzinfo=None).isoformat(" ", "microseconds")
    into = str(insert(EVENTS).compile(engine))
    with engine.begin() as line:
        for attempt_id, answers in zip(attempt_ids(len(choices)), choices.tolist(), strict=True):
            line.exec_driver_sql(
                into,
                [
                    (attempt_id, "phone", seq, 1, item, _stored(choice), 1, "", at)
                    for seq, (item, choice) in enumerate(zip(items, answers, strict=True), 1)
                ],
            )


def _stored(choice: str) -> str:
    """A choice as the application stores it: a list of one, as JSON."""
    return f'["{choice}"]'
