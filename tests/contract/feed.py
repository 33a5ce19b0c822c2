# SPDX-License-Identifier: Apache-2.0
"""The awarding body's program over HTTP, and the agency's work that gives it something to pull."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from assessor import api as assessor
from assessor.results.tables import ResultRow
from assessor.scheduling.tables import BatchRow, SittingRow
from core.identity import queries as identity
from core.identity.model import Person, Role
from core.uow import Actor, ActorKind, UnitOfWork
from tests.web.site import Site
from web.wiring import Services


@dataclass
class Feed:
    """A client of the interface with one key."""

    site: Site
    key: str

    def call(self, method: str, path: str, **arguments: Any) -> TestResponse:
        client = self.site.app.test_client()
        return client.open(path, method=method, headers={"Authorization": f"Bearer {self.key}"}, **arguments)

    def page(self, cursor: str | None = None, limit: int | None = None) -> dict[str, Any]:
        """One page."""
        query = {name: value for name, value in (("cursor", cursor), ("limit", limit)) if value is not None}
        answer = self.call("GET", "/api/v1/results", query_string=query)
        assert answer.status_code == 200, answer.text
        return dict(answer.json or {})

    def pull(self, cursor: str | None = None, limit: int | None = None) -> tuple[list[dict[str, Any]], str]:
        """Pages until there is no more; what came, and where to go on the next time."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.page(cursor, limit)
            found += page["results"]
            assert limit is None or len(page["results"]) <= limit
            cursor = page["next_cursor"]
            if not page["more"]:
                return found, str(cursor)

    def answer(self, result_id: str, decision: str, reason: str | None = None) -> TestResponse:
        """Acknowledge or return a result."""
        body = {"decision": decision} | ({} if reason is None else {"reason": reason})
        return self.call("POST", f"/api/v1/results/{result_id}/ack", json=body)


def mark_next(parts: Services, *, count: int) -> None:
    """Enrol so many in the sitting without a camera; each hands in at once and is marked in full."""
    with parts.store.write(Actor.system()) as uow:
        sitting_id, agency_id = uow.db.execute(
            select(SittingRow.id, BatchRow.agency_id)
            .join(BatchRow, BatchRow.id == SittingRow.batch_id)
            .where(SittingRow.proctored.is_(False))
        ).one()
        marker = acting(uow, person(uow, Role.ASSESSOR))
        for number in range(count):
            enrolled = assessor.enrol(
                uow,
                sitting_id,
                organisation_id=agency_id,
                candidate=assessor.CandidatePlan(
                    name=f"Candidate {number}", language=assessor.Language("en")
                ),
                approval=assessor.Approval(entry_requirement_met=True),
                pepper=parts.code_pepper,
            )
            assessor.start_attempt(uow, enrolled.entry.id, proctoring_ready=False, grace_seconds=10)
            assessor.take_lease(uow, enrolled.attempt_id, device="phone")
            assessor.submit_attempt(
                uow, enrolled.attempt_id, ended_by=assessor.EndedBy.LEARNER, grace_seconds=10
            )
        tasks = assessor.tasks_of_assessor(marker, marker.actor.id, organisation_id=agency_id)
        for overview in tasks:
            if overview.entry.candidate_name.startswith("Candidate "):
                task = assessor.task(
                    marker, overview.id, person_id=marker.actor.id, organisation_id=agency_id
                )
                marks = {line.criterion.id: "2" for line in task.rubric.lines}
                assessor.record_marks(marker, task.id, organisation_id=agency_id, marks=marks)
                assessor.complete_task(marker, task.id, organisation_id=agency_id)


def declare_next(parts: Services, *, count: int) -> list[str]:
    """Declare so many of the results that wait, each in a transaction of its own; their ids in that order."""
    done = []
    for result_id in waiting_results(parts)[:count]:
        declare(parts, result_id)
        done.append(result_id)
    return done


def declare(parts: Services, result_id: str) -> None:
    """Declare one result, as the manager does."""
    with parts.store.write(Actor.system()) as uow:
        manager = acting(uow, person(uow, Role.MANAGER))
        agency_id = str(manager.actor.organisation_id)
        assessor.declare_result(manager, result_id, organisation_id=agency_id)


def waiting_results(parts: Services) -> list[str]:
    """The provisional results, oldest first."""
    with parts.store.read(Actor.system()) as uow:
        query = select(ResultRow.id).where(ResultRow.state == assessor.ResultState.PROVISIONAL)
        return list(uow.db.scalars(query.order_by(ResultRow.id)))


def person(uow: UnitOfWork, role: Role) -> Person:
    """The sample person of a role."""
    return next(one for one in identity.all_people(uow) if role in one.roles)


def acting(uow: UnitOfWork, who: Person) -> UnitOfWork:
    """The same transaction in this person's name."""
    return UnitOfWork(
        uow.db, uow.now, Actor(ActorKind.PERSON, who.id, who.organisation_id, who.roles), emitted=uow.emitted
    )
