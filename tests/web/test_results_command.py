# SPDX-License-Identifier: Apache-2.0
"""``kasauti results export``: the file of a batch's records, from which the script derives every verdict."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from assessor.results.correction_tables import ScoreRecordRow
from core.errors import NotFound
from core.uow import Actor
from tests.db.corrected import rederive
from tests.web.reported import sat_batch
from tests.web.site import SECRET, Site
from web.cli import cli


@pytest.fixture
def runner(site: Site, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("KASAUTI_VAR", str(site.parts.config.var))
    monkeypatch.setenv("KASAUTI_SECRET_KEY", SECRET)
    return CliRunner()


def export(runner: CliRunner, batch_id: str, file: Path, *more: str) -> Result:
    return runner.invoke(cli, ["results", "export", batch_id, str(file), *more])


def test_the_records_of_a_batch_are_written_and_derived_again(
    site: Site, runner: CliRunner, tmp_path: Path
) -> None:
    made = sat_batch(site, persons=5)
    done = export(runner, made.batch_id, tmp_path / "out.json", "--json")
    assert done.exit_code == 0, done.output
    document = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert json.loads(done.stdout) == {
        "records": 5,
        "head": document["head"],
        "whole": True,
        "first_broken": None,
        "unrecorded": [],
    }
    assert rederive(document, tmp_path)[0] == 0
    again = export(runner, made.batch_id, tmp_path / "again.json")
    assert again.stdout == f"5 records, head {document['head']}\n"


def test_an_altered_record_is_named_and_the_file_written_all_the_same(
    site: Site, runner: CliRunner, tmp_path: Path
) -> None:
    made = sat_batch(site, persons=3)
    assert export(runner, made.batch_id, tmp_path / "out.json").exit_code == 0
    with site.parts.store.write(Actor.system()) as uow:
        row = uow.db.scalars(select(ScoreRecordRow).where(ScoreRecordRow.sequence == 1)).one()
        row.document = {**row.document, "verdict": "incomplete"}
    done = export(runner, made.batch_id, tmp_path / "out.json")
    assert (done.exit_code, "record 1 was altered" in done.output) == (1, True)
    code, said = rederive(json.loads((tmp_path / "out.json").read_text("utf-8")), tmp_path)
    assert code == 1
    assert said.startswith("record 1: verdict, sha256\n")


def test_an_unknown_batch_is_refused_by_name(runner: CliRunner, tmp_path: Path) -> None:
    done = export(runner, "nothing", tmp_path / "out.json")
    assert isinstance(done.exception, NotFound), "the command's entrance says it in words and ends with 3"
    assert not (tmp_path / "out.json").exists()
