# SPDX-License-Identifier: Apache-2.0
"""A small world for the tests of `assessor`: the sample credential, its live bank, a batch, sittings and people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from assessor import api
from core.clock import FixedClock
from core.errors import KasautiError
from core.identity.model import OrganisationKind, Role
from core.identity.operations import add_organisation, add_person
from core.uow import Actor, ActorKind, Store, UnitOfWork
from item_bank import api as bank
from scoring.api import ItemScoring
from tests.databases import Databases, every_table, hurried

NOON = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
OPENS = NOON - timedelta(minutes=30)
CLOSES = NOON + timedelta(minutes=90)
PEPPER = b"p" * 32
KEY = b"k" * 32
GRACE = 10
TEST_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Names:
    """The ids of the world, by what they are."""

    body: str
    other_body: str
    agency: str
    other_agency: str
    manager: str
    assessor: str
    second_assessor: str
    proctor: str
    stranger: str
    credential: str
    blueprint: str
    assessment: str
    batch: str
    sitting: str
    watched_sitting: str


@dataclass(slots=True)
class World:
    """A database of its own, a clock that stands at noon, and short words for what tests do."""

    store: Store
    clock: FixedClock
    ids: Names

    # -------------------------------------------------------------------------------------- who acts

    def staff(self, person_id: str, *, organisation_id: str | None = None) -> Actor:
        return Actor(ActorKind.PERSON, person_id, organisation_id or self.ids.agency)

    @property
    def manager(self) -> Actor:
        return self.staff(self.ids.manager)

    @property
    def assessor(self) -> Actor:
        return self.staff(self.ids.assessor)

    @property
    def proctor(self) -> Actor:
        return self.staff(self.ids.proctor)

    @property
    def body(self) -> Actor:
        return Actor(ActorKind.API_CLIENT, "client", self.ids.body)

    def learner(self, enrolled: api.Enrolled) -> Actor:
        return Actor(ActorKind.CANDIDATE, enrolled.entry.id, self.ids.agency)

    # -------------------------------------------------------------------------------------- what happens

    def enrol(
        self, name: str = "Asha Rao", *, sitting_id: str | None = None, extra_minutes: int = 0
    ) -> api.Enrolled:
        with self.store.write(self.manager) as uow:
            return api.enrol(
                uow,
                sitting_id or self.ids.sitting,
                organisation_id=self.ids.agency,
                candidate=api.CandidatePlan(name=name, language=api.Language.HINDI),
                extra_minutes=extra_minutes,
                approval=api.Approval(entry_requirement_met=True),
                pepper=PEPPER,
            )

    def start(self, enrolled: api.Enrolled, *, proctoring_ready: bool = False) -> api.AttemptSummary:
        with self.store.write(self.learner(enrolled)) as uow:
            return api.start_attempt(
                uow, enrolled.entry.id, proctoring_ready=proctoring_ready, grace_seconds=GRACE
            )

    def lease(self, enrolled: api.Enrolled, device: str = "phone") -> int:
        with self.store.write(self.learner(enrolled)) as uow:
            return api.take_lease(uow, enrolled.attempt_id, device=device)

    def running(self, name: str = "Asha Rao", **more: Any) -> api.Enrolled:
        """An enrolled candidate who has started on a phone."""
        enrolled = self.enrol(name, **more)
        self.start(enrolled)
        self.lease(enrolled)
        return enrolled

    def save(
        self,
        enrolled: api.Enrolled,
        item: str,
        value: object,
        *,
        seq: int,
        device: str = "phone",
        epoch: int = 1,
        client_time: str = "",
    ) -> api.Receipt | api.Refusal:
        with self.store.write(self.learner(enrolled)) as uow:
            return api.save_response(
                uow,
                api.SaveResponse(
                    attempt_id=enrolled.attempt_id,
                    device=device,
                    epoch=epoch,
                    seq=seq,
                    item=item,
                    value=value,
                    client_time=client_time,
                ),
                key=KEY,
                grace_seconds=GRACE,
            )

    def state(self, enrolled: api.Enrolled, device: str = "phone") -> api.AttemptSnapshot:
        with self.store.read(self.learner(enrolled)) as uow:
            return api.attempt_state(uow, enrolled.attempt_id, device=device)

    def paper(self, enrolled: api.Enrolled) -> api.CandidatePaper:
        with self.store.read(self.learner(enrolled)) as uow:
            return api.candidate_paper(uow, enrolled.attempt_id)

    def submit(
        self, enrolled: api.Enrolled, *, ended_by: api.EndedBy = api.EndedBy.LEARNER
    ) -> api.AttemptSummary:
        with self.store.write(self.learner(enrolled)) as uow:
            return api.submit_attempt(uow, enrolled.attempt_id, ended_by=ended_by, grace_seconds=GRACE)

    def tasks(self, enrolled: api.Enrolled) -> dict[api.TaskComponent, str]:
        with self.store.read(self.assessor) as uow:
            found = api.tasks_of_assessor(uow, self.ids.assessor, organisation_id=self.ids.agency)
        return {task.component: task.id for task in found if task.entry.id == enrolled.entry.id}

    def mark(self, task_id: str, marks: Mapping[str, str] | None = None, *, default: str = "2") -> None:
        """Judge every criterion of a task and complete it."""
        with self.store.write(self.assessor) as uow:
            task = api.task(uow, task_id, person_id=self.ids.assessor, organisation_id=self.ids.agency)
            judged = {line.criterion.id: default for line in task.rubric.lines} | dict(marks or {})
            api.record_marks(uow, task_id, organisation_id=self.ids.agency, marks=judged)
            api.complete_task(uow, task_id, organisation_id=self.ids.agency)

    def key(self, enrolled: api.Enrolled) -> dict[str, object]:
        """The right answer to every item, under the names that the learner's browser knows."""
        with self.store.read(Actor.system()) as uow:
            line = api.entry_line(uow, enrolled.entry.id, organisation_id=self.ids.agency)
            form = next(
                form
                for form in api.forms(uow, line.entry.assessment_id, organisation_id=self.ids.agency)
                if form.id == line.entry.form_id
            )
            scoring = bank.scoring_view(uow, {item.version_id: item.sha256 for item in form.content.items})
            names = self._opaque(uow, enrolled)
        return {
            bank.item_ref(version_id, opaque=names): (
                [names(version_id, option) for option in view.correct] if view.options else view.correct[0]
            )
            for version_id, view in scoring.items()
            if isinstance(view, ItemScoring)
        }

    def _opaque(self, uow: UnitOfWork, enrolled: api.Enrolled) -> bank.Opaque:
        from assessor.attempts.tables import AttemptRow

        row = uow.db.get(AttemptRow, enrolled.attempt_id)
        assert row is not None
        return bank.opaque_ids(row.secret.encode())

    def sat(self, name: str = "Asha Rao", *, wrong: int = 0, **more: Any) -> api.Enrolled:
        """A candidate who answered everything right, but the first `wrong` items, and handed in."""
        enrolled = self.running(name, **more)
        key = self.key(enrolled)
        items = self.paper(enrolled).items
        with self.store.write(self.learner(enrolled)) as uow:
            for number, item in enumerate(items, start=1):
                save = api.SaveResponse(
                    attempt_id=enrolled.attempt_id,
                    device="phone",
                    epoch=1,
                    seq=number,
                    item=item.ref,
                    value=None if number <= wrong else key[item.ref],
                )
                api.save_response(uow, save, key=KEY, grace_seconds=GRACE)
        self.submit(enrolled)
        return enrolled

    def finished(self, name: str = "Asha Rao", **more: Any) -> api.ResultSummary:
        """A provisional result: sat, and marked in full."""
        enrolled = self.sat(name, **more)
        for task_id in self.tasks(enrolled).values():
            self.mark(task_id)
        return self.result(enrolled)

    def result(self, enrolled: api.Enrolled) -> api.ResultSummary:
        with self.store.read(self.manager) as uow:
            line = api.entry_line(uow, enrolled.entry.id, organisation_id=self.ids.agency)
        assert line.result is not None
        return line.result

    def declare(self, result_id: str) -> api.ResultSummary:
        with self.store.write(self.manager) as uow:
            return api.declare_result(uow, result_id, organisation_id=self.ids.agency)


@contextmanager
def refused(error: type[KasautiError], code: str) -> Iterator[pytest.ExceptionInfo[KasautiError]]:
    """Expects this error with this code and nothing else."""
    with pytest.raises(error) as info:
        yield info
    assert info.value.code == code


def fresh_world(databases: Databases, own: Path) -> Iterator[World]:
    """A world for one test: a copy of one that is made once a run, because making it takes a second."""
    with databases.copy(own, fill_world) as (url, names):
        engine = hurried(url)
        clock = FixedClock(NOON)
        yield World(Store(engine, clock), clock, names)
        engine.dispose()


def fill_world(engine: Engine) -> Names:
    """Make the tables and everything in them."""
    every_table(engine)
    return _fill(Store(engine, FixedClock(NOON - timedelta(days=1))))


def _fill(store: Store) -> Names:
    with store.write(Actor.system()) as uow:
        body = add_organisation(uow, name="Nirantar Skills Council", kind=OrganisationKind.AWARDING_BODY).id
        other_body = add_organisation(uow, name="Other Council", kind=OrganisationKind.AWARDING_BODY).id
        agency = add_organisation(uow, name="Parakh Assessments", kind=OrganisationKind.ASSESSMENT_AGENCY).id
        other = add_organisation(uow, name="Other Assessments", kind=OrganisationKind.ASSESSMENT_AGENCY).id

        def person(name: str, role: Role, organisation_id: str = agency) -> str:
            return add_person(
                uow,
                organisation_id=organisation_id,
                name=name,
                email=f"{name.lower()}@example.org",
                password="correct horse battery",
                roles=[role],
            ).id

        manager = person("Meera", Role.MANAGER)
        assessor = person("Anil", Role.ASSESSOR)
        second = person("Bina", Role.ASSESSOR)
        proctor = person("Pavan", Role.PROCTOR)
        stranger = person("Sara", Role.ASSESSOR, other)
        author = person("Amit", Role.AUTHOR)
        reviewer = person("Ravi", Role.REVIEWER)
        credential, blueprint = _bank(uow, body=body, agency=agency, author=author, reviewer=reviewer)
    with store.write(Actor(ActorKind.PERSON, manager, agency)) as uow:
        assessment = api.define_assessment(uow, organisation_id=agency, blueprint_id=blueprint)
        batch = api.create_batch(
            uow,
            organisation_id=agency,
            assessment_id=assessment.id,
            plan=api.BatchPlan(name="November"),
            seed=7,
        )
        sittings = [
            api.schedule_sitting(uow, batch.id, organisation_id=agency, plan=plan(proctored=proctored))
            for proctored in (False, True)
        ]
        for sitting in sittings:
            api.assign_staff(
                uow, sitting.id, duty=api.Duty.ASSESSOR, organisation_id=agency, person_id=assessor
            )
        api.assign_staff(
            uow, sittings[1].id, duty=api.Duty.PROCTOR, organisation_id=agency, person_id=proctor
        )
    return Names(
        body=body,
        other_body=other_body,
        agency=agency,
        other_agency=other,
        manager=manager,
        assessor=assessor,
        second_assessor=second,
        proctor=proctor,
        stranger=stranger,
        credential=credential,
        blueprint=blueprint,
        assessment=assessment.id,
        batch=batch.id,
        sitting=sittings[0].id,
        watched_sitting=sittings[1].id,
    )


def plan(**changes: Any) -> api.SittingPlan:
    """A sitting that is open at noon."""
    held: dict[str, Any] = {
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "time_zone": "Asia/Kolkata",
        "place": "Pune centre",
        "proctored": False,
    }
    return api.SittingPlan(**{**held, **changes})


def _bank(uow: UnitOfWork, *, body: str, agency: str, author: str, reviewer: str) -> tuple[str, str]:
    sample = bank.load_sample()
    version = bank.add_credential_version(uow, owner_id=body, document=sample.credential)
    bank.publish_credential(uow, version.id)
    bank.add_engagement(
        uow,
        credential_version_id=version.id,
        agency_id=agency,
        territory="India",
        valid_from=uow.now,
        valid_until=uow.now + timedelta(days=365),
    )
    uow.actor = Actor(ActorKind.PERSON, author, agency)
    bank.import_items(
        uow,
        owner_id=agency,
        credential_version_id=version.id,
        parsed=bank.parse_item_documents(list(sample.items)),
        mode=bank.ImportMode.ALL_OR_NOTHING,
    )
    drafts = bank.newest_versions(uow, owner_id=agency)
    for draft in drafts:
        bank.submit_for_review(uow, draft.id)
    uow.actor = Actor(ActorKind.PERSON, reviewer, agency)
    for draft in drafts:
        bank.approve_item(uow, draft.id)
    natural = bank.natural_blueprint(version.document, component="theory")
    stored = bank.add_blueprint(
        uow,
        owner_id=agency,
        credential_version_id=version.id,
        name="Standard paper",
        document=natural.to_document(),
    )
    return version.id, stored.id
