# SPDX-License-Identifier: Apache-2.0
"""``kasauti privacy``: what is due, deleting it, and the receipts, on a database with a finished test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from core.identity.model import Role
from core.uow import Actor
from proctor import api as proctor
from tests.web.site import SECRET, Site
from tests.web.world import acting_as, person, raise_an_incident
from web.cli import cli
from web.wiring import decide_incident


@pytest.fixture
def runner(site: Site, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    config = site.parts.config
    monkeypatch.setenv("KASAUTI_VAR", str(config.var))
    monkeypatch.setenv("KASAUTI_SECRET_KEY", SECRET)
    return CliRunner()


def said(runner: CliRunner, *arguments: str) -> Any:
    done = runner.invoke(cli, ["privacy", *arguments, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def dismiss(site: Site, incident_id: str) -> None:
    """The reviewer finds nothing in it."""
    with site.parts.store.write(Actor.system()) as uow:
        acting = acting_as(uow, person(uow, Role.INTEGRITY_REVIEWER))
        decide_incident(
            acting,
            incident_id,
            organisation_id=str(acting.actor.organisation_id),
            verdict=proctor.Verdict.DISMISSED,
            reason="Nobody else was there.",
        )


def close_long_ago(site: Site) -> None:
    """As if the sitting had closed years ago by the real clock, which commands use, and everybody had handed in."""
    with site.parts.store.write(Actor.system()) as uow:
        for change in (
            "UPDATE sittings SET opens_at = '2020-01-01 00:00:00', closes_at = '2020-01-01 02:00:00'",
            "UPDATE attempts SET state = 'submitted', ended_at = started_at, ended_by = 'learner' WHERE state = 'running'",
        ):
            uow.db.execute(text(change))


def test_what_is_due_is_listed_deleted_and_proved(site: Site, runner: CliRunner, tmp_path: Path) -> None:
    raise_an_incident(site, ids := dict[str, str]())
    dismiss(site, ids["incident_id"])
    close_long_ago(site)
    due = said(runner, "due")
    assert due["policy"] == "1"
    assert {one["class"] for one in due["due"]} == {"identity_pictures", "incident_pictures"}
    assert all(one["held_because"] == [] for one in due["due"])
    ran = said(runner, "run")
    assert (len(ran["receipts"]), ran["erasures"], ran["still_due"]) == (2, [], {})
    proved = said(runner, "receipts")["receipts"]
    assert {one["id"] for one in proved} == set(ran["receipts"])
    assert {key for one in proved for key in one["keys_destroyed"]} == {
        f"{ids['attempt_id']}:identity",
        f"{ids['attempt_id']}:incident",
    }
    assert said(runner, "receipts", "--organisation", "nobody")["receipts"] == []
    with site.parts.store.read(Actor.system()) as uow:
        assert proctor.evidence_of_attempts(uow, [ids["attempt_id"]]) == ()


def test_without_json_people_read_lines(site: Site, runner: CliRunner) -> None:
    for command, words in (("due", "0 due"), ("run", "0 receipts written"), ("receipts", "")):
        done = runner.invoke(cli, ["privacy", command])
        assert done.exit_code == 0, done.output
        assert words in done.stdout
