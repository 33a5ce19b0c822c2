# SPDX-License-Identifier: Apache-2.0
"""From the stored attempts of a closed batch to the arrays that its reports are made from: how long the reading takes.

Some learners of the sample sit a long paper by the operations that everybody uses; their rows are then there many times over.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table, insert, select

from assessor import api as assessor
from core import ids
from core.config import Config
from core.db import Base
from core.uow import Actor
from item_bank import api as bank
from web import demo, wiring
from web.cli.bench import Figure, figure
from web.demo_finished import FINISHED
from web.migrate import migrate

SITTERS: Final = 20
COPIES: Final = 100
OF_PC: Final = 10
"""Items of each of the six PCs in a paper."""
GOAL_SECONDS: Final = 3.0
_TABLES: Final = (
    *("candidates", "entries", "attempts", "attempt_leases", "response_events", "marking_tasks", "marks"),
    "results",
)
_OWN: Final = ("code_key", "secret", "agency_number")
"""What no two entries or attempts share."""


def figures() -> list[Figure]:
    """The time of one reading, after one that was not measured."""
    with tempfile.TemporaryDirectory(prefix="kasauti-bench-") as folder:
        parts = wiring.build(Config(var=Path(folder), secret_key=ids.secret_token()))
        try:
            batch_id, agency_id = prepare(parts, sitters=SITTERS, copies=COPIES)
            gathered(parts, batch_id, agency_id)
            began, cpu = time.perf_counter(), time.process_time()
            data = gathered(parts, batch_id, agency_id)
            seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        finally:
            parts.engine.dispose()
    return [
        figure(
            "batch_gathered_for_reports",
            cpu,
            "CPU-s",
            goal=GOAL_SECONDS,
            note=(
                f"{len(data.persons)} learners x {int(data.presented[0].sum())} items, {int(data.answered.sum())} answers, "
                f"{len(data.forms)} papers: marks, choices, times, changes, results; {seconds:.1f} s by the clock"
            ),
        )
    ]


def gathered(parts: wiring.Services, batch_id: str, agency_id: str) -> assessor.BatchData:
    """What the reports of a batch are made from."""
    with parts.store.read(Actor.system()) as uow:
        return assessor.gather_batch(uow, batch_id, organisation_id=agency_id)


def prepare(parts: wiring.Services, *, sitters: int, copies: int) -> tuple[str, str]:
    """A closed batch of ``sitters`` learners, each there ``copies`` times; the batch and its agency."""
    migrate(parts.engine)
    demo.fill(parts, sample=long_sample(), finished=sitters)
    with parts.engine.begin() as line:
        batches = Base.metadata.tables["batches"]
        row = line.execute(select(batches).where(batches.c.name == FINISHED)).mappings().one()
        rows = dict(_rows(line, str(row["id"])))
        for _ in range(copies - 1):
            _copy(line, rows)
    return str(row["id"]), str(row["agency_id"])


def long_sample() -> bank.Sample:
    """The sample with papers of ten items for each PC, and a bank that is large enough for several of them."""
    sample = bank.load_sample()
    credential: dict[str, Any] = json.loads(json.dumps(sample.credential))
    for nos in credential["nos"]:
        for pc in nos["pcs"]:
            pc["marks"]["theory"] = str(OF_PC)
    # Half an hour of assessment for every 7.5 hours.
    credential["hours"].update(total="30", theory="25.5")
    credential["components"][0]["minutes"], credential["assessment_minutes"] = 90, 105
    return bank.Sample(
        credential, tuple(_another(item, number) for number in range(4) for item in sample.items)
    )


def _another(item: Mapping[str, Any], number: int) -> dict[str, Any]:
    """The same item under another name and with another stem."""
    texts = {name: {**item[name], "stem": f"{item[name]['stem']} ({number})"} for name in ("en", "hi")}
    return {**item, **texts, "id": f"{item['id']}-{number}"}


def _rows(line: Connection, batch_id: str) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """Everything that the learners of a batch left, by table."""
    own = {batch_id}
    known = Base.metadata.tables
    sittings = known["sittings"]
    own.update(line.scalars(select(sittings.c.id).where(sittings.c.batch_id == batch_id)))
    entries = known["entries"]
    people = line.execute(
        select(entries.c.id, entries.c.candidate_id).where(entries.c.sitting_id.in_(own))
    ).all()
    own = {one for row in people for one in row}
    for name in _TABLES:
        table = known[name]
        found = [
            dict(row)
            for row in line.execute(select(table)).mappings()
            if own & {str(row.get(column)) for column in ("id", "entry_id", "attempt_id", "task_id")}
        ]
        own |= {str(row["id"]) for row in found if "id" in row}
        yield table, found


def _copy(line: Connection, rows: Mapping[Table, list[dict[str, Any]]]) -> None:
    """Once more the same rows, of other people."""
    fresh = {str(row["id"]): ids.new_id() for own in rows.values() for row in own if "id" in row}
    for table, own in rows.items():
        made = []
        for row in own:
            copied = {
                name: fresh.get(value, value) if isinstance(value, str) else value
                for name, value in row.items()
            }
            made.append(copied | {name: ids.secret_token() for name in _OWN if name in copied})
        line.execute(insert(table), made)
