# SPDX-License-Identifier: Apache-2.0
"""The sample's finished batch: learners who sat, were marked and have results, so that reports have something to say.

They act through the operations that everybody uses, only earlier: each in a unit of work whose instant lies in the past.
Everything is made up.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from assessor import api as assessor
from core.identity.model import Person, Role
from core.ids import seeded
from core.uow import Actor, ActorKind, UnitOfWork
from item_bank import api as bank
from web import login
from web.tables import LoginKind
from web.wiring import Services

FINISHED: Final = "Pune, finished batch"
DAYS_AGO: Final = 6
ROOMS: Final = ("Pune centre, room 1", "Hadapsar centre, room 4")
BROWSERS: Final = ("Chrome, Android", "Chrome, Android", "Firefox, Windows", "")
_SEED: Final = 11
_FIRST: Final = {
    assessor.Gender.FEMALE: (
        *("Aarti", "Asma", "Bhavna", "Deepa", "Gita", "Jyoti", "Kamla", "Lata", "Meena", "Nasreen", "Pooja", "Radha"),
        *("Rekha", "Sangeeta", "Shabana", "Sunita", "Usha", "Vidya"),
    ),
    assessor.Gender.MALE: (
        *("Ajay", "Arif", "Balu", "Dinesh", "Ganesh", "Imran", "Kiran", "Mahesh", "Nitin", "Pravin", "Rahul", "Sameer"),
        *("Santosh", "Sanjay", "Tukaram", "Vijay", "Vinod", "Yusuf"),
    ),
}  # fmt: skip
_LAST: Final = (
    *(
        "Bhosale",
        "Chavan",
        "Gaikwad",
        "Inamdar",
        "Jadhav",
        "Kadam",
        "Kamble",
        "Khan",
        "Lokhande",
        "Mane",
        "More",
    ),
    *("Pathan", "Pawar", "Salunkhe", "Shaikh", "Shinde", "Thorat", "Waghmare"),
)


@dataclass(frozen=True, slots=True)
class _Question:
    """What a learner can know of an item: whether it is a hard one, and the right answers as they are written."""

    difficulty: float
    right: frozenset[str]


@dataclass(slots=True)
class _Finished:
    """Who acts in the batch, and when: one transaction, many instants."""

    uow: UnitOfWork
    parts: Services
    people: Mapping[Role, Person]
    questions: Mapping[str, _Question]
    random: Random
    day: datetime

    @property
    def agency(self) -> str:
        return self.people[Role.MANAGER].organisation_id

    def acting(self, role: Role, at: datetime) -> UnitOfWork:
        person = self.people[role]
        return self._unit(Actor(ActorKind.PERSON, person.id, person.organisation_id, person.roles), at)

    def learner(self, enrolled: assessor.Enrolled, at: datetime) -> UnitOfWork:
        return self._unit(Actor(ActorKind.CANDIDATE, enrolled.entry.id, self.agency), at)

    def _unit(self, actor: Actor, at: datetime) -> UnitOfWork:
        return UnitOfWork(self.uow.db, at, actor, emitted=self.uow.emitted)


def add_finished_batch(
    uow: UnitOfWork,
    parts: Services,
    people: Mapping[Role, Person],
    credential: bank.CredentialVersion,
    *,
    sample: bank.Sample,
    learners: int,
) -> None:
    """A batch of so many learners in two rooms, six days ago; all but a few handed in, each has a provisional result."""
    day = (uow.now - timedelta(days=DAYS_AGO)).replace(hour=4, minute=0, second=0, microsecond=0)
    random = seeded(_SEED)
    finished = _Finished(uow, parts, people, _questions(sample.items, random), random, day)
    before = finished.acting(Role.MANAGER, day - timedelta(days=3))
    definition = assessor.natural_assessment(
        before, organisation_id=finished.agency, credential_version_id=credential.id
    )
    batch = assessor.create_batch(
        before,
        organisation_id=finished.agency,
        assessment_id=definition.id,
        plan=assessor.BatchPlan(name=FINISHED, region="IN-MH"),
        seed=_SEED,
    )
    sittings = [_sitting(finished, before, batch.id, room) for room in ROOMS]
    entries = [
        _enrol(finished, before, sittings[number % len(sittings)], number) for number in range(learners)
    ]
    for number, enrolled in enumerate(entries):
        _sit(finished, enrolled, number)
    _mark(finished, {enrolled.entry.id for enrolled in entries})


def _questions(items: Sequence[Mapping[str, Any]], random: Random) -> dict[str, _Question]:
    """By the English stem: learners choose by what they read, as no key ever reaches them."""
    found = {}
    for item in items:
        options = item["en"].get("options", {})
        right = frozenset(options.get(one, one) for one in item["key"])
        found[item["en"]["stem"]] = _Question(random.gauss(_HARD[item["difficulty"]], 0.6), right)
    return found


_HARD: Final = {"easy": -1.9, "medium": -1.2, "hard": -0.3}


def _sitting(finished: _Finished, before: UnitOfWork, batch_id: str, room: str) -> str:
    plan = assessor.SittingPlan(
        opens_at=finished.day,
        closes_at=finished.day + timedelta(hours=3),
        time_zone="Asia/Kolkata",
        place=room,
        proctored=False,
    )
    sitting = assessor.schedule_sitting(before, batch_id, organisation_id=finished.agency, plan=plan)
    for role, duty in ((Role.ASSESSOR, assessor.Duty.ASSESSOR), (Role.PROCTOR, assessor.Duty.PROCTOR)):
        assessor.assign_staff(
            before,
            sitting.id,
            organisation_id=finished.agency,
            person_id=finished.people[role].id,
            duty=duty,
        )
    return sitting.id


def _enrol(finished: _Finished, before: UnitOfWork, sitting_id: str, number: int) -> assessor.Enrolled:
    random = finished.random
    gender = random.choice(list(_FIRST))
    candidate = assessor.CandidatePlan(
        name=f"{random.choice(_FIRST[gender])} {random.choice(_LAST)}",
        language=assessor.Language.ENGLISH if random.random() < 0.35 else assessor.Language.HINDI,
        date_of_birth=date(random.randint(1985, 2006), random.randint(1, 12), random.randint(1, 28)),
        gender=gender,
        disabled=False,
        agency_number=f"PF-{number + 1:03}",
        qualification=assessor.Qualification(school_class=10),
    )
    return assessor.enrol(
        before,
        sitting_id,
        organisation_id=finished.agency,
        candidate=candidate,
        approval=assessor.Approval(entry_requirement_met=True),
        pepper=finished.parts.code_pepper,
        person_key=finished.parts.person_key,
    )


def _sit(finished: _Finished, enrolled: assessor.Enrolled, number: int) -> None:
    """One learner's test: begun within ten minutes, each answer after some seconds, handed in."""
    random, grace = finished.random, finished.parts.config.grace_seconds
    ability = random.gauss(0.7, 1.0)
    at = finished.day + timedelta(seconds=random.randint(30, 600))
    uow = finished.learner(enrolled, at)
    browser = BROWSERS[number % len(BROWSERS)]
    if browser:
        login.begin_login(uow, LoginKind.CANDIDATE, enrolled.entry.id, hours=4, browser=browser)
    assessor.start_attempt(uow, enrolled.entry.id, proctoring_ready=False, grace_seconds=grace)
    assessor.take_lease(uow, enrolled.attempt_id, device="phone")
    paper = assessor.candidate_paper(uow, enrolled.attempt_id)
    hurry = number % 29 == 17  # clicks through, which a report should notice
    for seq, item in enumerate(paper.items, 1):
        at += timedelta(seconds=random.uniform(1, 2) if hurry else random.lognormvariate(3.3, 0.4))
        if random.random() < 0.02:
            continue
        value = _answer(finished, item, -4.0 if hurry else ability)
        save = assessor.SaveResponse(
            attempt_id=enrolled.attempt_id, device="phone", epoch=1, seq=seq, item=item.ref, value=value
        )
        saved = assessor.save_response(
            finished.learner(enrolled, at), save, key=finished.parts.receipt_key, grace_seconds=grace
        )
        if isinstance(saved, assessor.Refusal):
            raise RuntimeError(f"the sample's answer is refused: {saved}")  # noqa: TRY004 - a refusal, no wrong type
    done = finished.learner(enrolled, at + timedelta(seconds=15))
    assessor.submit_attempt(done, enrolled.attempt_id, ended_by=assessor.EndedBy.LEARNER, grace_seconds=grace)


def _answer(finished: _Finished, item: bank.CandidateItem, ability: float) -> object:
    """What this learner answers: the more able and the easier the item, the more often the right thing."""
    body = next(one for one in item.bodies if one.language == "en")
    question, random = finished.questions[body.stem], finished.random
    knows = random.random() < 1 / (1 + 2.718281828 ** (-1.3 * (ability - question.difficulty)))
    if not body.options:
        return next(iter(question.right)) if knows else "?"
    options = sorted(body.options, key=lambda one: one.text)  # each learner is shown another order
    if knows:
        return [one.id for one in options if one.text in question.right]
    # Half of those who do not know fall for the same wrong option; the others guess.
    trap = next(one for one in options if one.text not in question.right)
    return [trap.id if random.random() < 0.5 else random.choice(options).id]


def _mark(finished: _Finished, entries: Collection[str]) -> None:
    """The assessor marks what people must mark, the next morning; better learners do better there too."""
    acting = finished.acting(Role.ASSESSOR, finished.day + timedelta(days=1))
    person = finished.people[Role.ASSESSOR]
    for task in assessor.tasks_of_assessor(acting, person.id, organisation_id=finished.agency):
        if task.entry.id not in entries:
            continue  # of the batch that is still to come
        whole = assessor.task(acting, task.id, person_id=person.id, organisation_id=finished.agency)
        marks = {line.criterion.id: finished.random.choice(_MARKS) for line in whole.rubric.lines}
        assessor.record_marks(acting, task.id, organisation_id=finished.agency, marks=marks)
        assessor.complete_task(acting, task.id, organisation_id=finished.agency)


_MARKS: Final = ("2", "2", "2", "2", "2", "2", "1", "2", "1", "0")
