# SPDX-License-Identifier: Apache-2.0
"""Sample data: two organisations, staff of every role, the credential "Secure Digital Payments" with its bank, a batch.

Everything is made by the same operations that people use, so the sample can be trusted as an example. Development only: the
passwords are printed at every start.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.config import Config
from core.errors import Forbidden
from core.identity import operations as identity
from core.identity import queries as identity_queries
from core.identity.model import OrganisationKind, Person, Role
from core.ids import derived_code
from core.uow import Actor, ActorKind, Store, UnitOfWork
from item_bank import api as bank
from web.demo_batches import BATCH, LEARNERS, PLACES, open_batch
from web.demo_finished import add_finished_batch
from web.wiring import Services

__all__ = [
    "AGENCY",
    "AWARDING_BODY",
    "BATCH",
    "LEARNERS",
    "PASSWORD",
    "PLACES",
    "STAFF",
    "SamplePerson",
    "describe",
    "fill",
    "is_empty",
    "is_filled",
    "require_development",
    "sample_key",
    "sign_ins",
]
PASSWORD = "touchstone and gold"  # noqa: S105 - a sample password, printed at every start, refused in production
AWARDING_BODY = "Nirantar Skills Council"
AGENCY = "Parakh Assessments"


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """A member of staff with one role. Where a role has several people, the first does what the sample needs."""

    role: Role
    name: str
    email: str
    language: str = "en"


STAFF = (
    SamplePerson(Role.MANAGER, "Meera Deshpande", "manager@parakh.example"),
    SamplePerson(Role.AUTHOR, "Arvind Rao", "author@parakh.example"),
    SamplePerson(Role.REVIEWER, "Sunita Iyer", "reviewer@parakh.example"),
    SamplePerson(Role.ASSESSOR, "Imran Qureshi", "assessor@parakh.example"),
    SamplePerson(Role.PROCTOR, "Kavya Nair", "proctor@parakh.example"),
    SamplePerson(Role.INTEGRITY_REVIEWER, "Joseph Lakra", "integrity@parakh.example"),
    SamplePerson(Role.INTEGRITY_REVIEWER, "Rukmini Pillai", "integrity2@parakh.example"),
    SamplePerson(Role.INTEGRITY_REVIEWER, "Tashi Norbu", "integrity3@parakh.example"),
    SamplePerson(Role.AWARDING_BODY, "Leela Banerjee", "results@nirantar.example"),
    SamplePerson(Role.ADMINISTRATOR, "Harish Menon", "admin@parakh.example"),
    SamplePerson(Role.ADMINISTRATOR, "Farida Khan", "admin@nirantar.example"),
)


def require_development(config: Config) -> None:
    """Forbidden(``demo_in_production``): sample passwords are known to everybody."""
    if config.secure:
        raise Forbidden("demo_in_production")


def is_empty(store: Store) -> bool:
    """Whether no organisation exists yet."""
    with store.read(Actor.system()) as uow:
        return not identity_queries.organisations(uow)


def is_filled(parts: Services) -> bool:
    """Whether the sample is in the database, and was made with this platform's secret: else its codes open nothing."""
    with parts.store.read(Actor.system()) as uow:
        return identity_queries.find_api_key(uow, sample_key(parts)) is not None


def fill(parts: Services, *, sample: bank.Sample | None = None, finished: int = 0) -> None:
    """Fill an empty database, in one transaction; ``sample`` takes the place of the one that comes with the package.

    ``finished`` is the number of learners of a second batch that is over (0: there is none).
    """
    sample = sample or bank.load_sample(bank.SECURE_DIGITAL_PAYMENTS)
    with parts.store.write(Actor.system()) as uow:
        body = identity.add_organisation(uow, name=AWARDING_BODY, kind=OrganisationKind.AWARDING_BODY)
        agency = identity.add_organisation(uow, name=AGENCY, kind=OrganisationKind.ASSESSMENT_AGENCY)
        homes = {"nirantar.example": body.id, "parakh.example": agency.id}
        people = dict[Role, Person]()
        for person in STAFF:
            added = _add_person(uow, person, homes[person.email.rpartition("@")[2]])
            people.setdefault(person.role, added)
        identity.add_api_key(uow, body.id, label="Sample: nightly pull", secret=sample_key(parts))
        credential = _publish_credential(uow, people, sample, agency_id=agency.id)
        _fill_bank(uow, people, sample, credential)
        open_batch(
            _acting(uow, people[Role.AWARDING_BODY]),
            _acting(uow, people[Role.MANAGER]),
            parts,
            people,
            credential,
            code_of=lambda name: _code(parts, name),
        )
        if finished:
            add_finished_batch(uow, parts, people, credential, sample=sample, learners=finished)


def sign_ins(parts: Services, *, address: str) -> list[str]:
    """What a newcomer needs to see: addresses, sample sign-ins of every role, access codes."""
    sample = describe(parts, address=address)
    width = max(len(person["role"]) for person in sample["staff"])
    lines = ["", f"  Kasauti is ready: {address}", ""]
    lines += [f"  Staff sign in at {address}/sign-in with the password: {PASSWORD}"]
    lines += [f"    {person['role']:<{width}}  {person['email']}" for person in sample["staff"]]
    for proctored, title in ((True, "with camera"), (False, "without camera")):
        lines += ["", f"  Learners type an access code at {address} (sitting {title})"]
        lines += [
            f"    {learner['code']}  {learner['name']} ({learner['language']})"
            for learner in sample["learners"]
            if learner["proctored"] is proctored
        ]
    lines += ["", "  The awarding body's program pulls results:"]
    lines += [f"    curl -H 'Authorization: Bearer {sample['api_key']}' {address}/api/v1/results", ""]
    return [*lines, "  Ctrl-C ends the server.", ""]


def describe(parts: Services, *, address: str) -> dict[str, Any]:
    """The sample sign-ins as a document."""
    return {
        "address": address,
        "password": PASSWORD,
        "staff": [
            {"role": person.role.value, "name": person.name, "email": person.email} for person in STAFF
        ],
        "learners": [
            {
                "name": name,
                "language": language,
                "extra_minutes": extra,
                "proctored": proctored,
                "code": _code(parts, name),
            }
            for proctored, learners in LEARNERS.items()
            for name, language, extra in learners
        ],
        "api_key": sample_key(parts),
    }


def sample_key(parts: Services) -> str:
    """The sample API key, derived from the platform's secret so that it can be printed at every start."""
    return identity.KEY_PREFIX + parts.config.key("sample-api-key").hex()


def _code(parts: Services, name: str) -> str:
    return derived_code(parts.config.key("sample-codes"), name)


def _add_person(uow: UnitOfWork, person: SamplePerson, organisation_id: str) -> Person:
    return identity.add_person(
        uow,
        organisation_id=organisation_id,
        name=person.name,
        email=person.email,
        password=PASSWORD,
        roles=[person.role],
        language=person.language,
    )


def _acting(uow: UnitOfWork, person: Person) -> UnitOfWork:
    """The same transaction, acted in by a sample person: reviews need two different people."""
    actor = Actor(ActorKind.PERSON, person.id, person.organisation_id, person.roles)
    return UnitOfWork(uow.db, uow.now, actor, emitted=uow.emitted)


def _publish_credential(
    uow: UnitOfWork, people: dict[Role, Person], sample: bank.Sample, *, agency_id: str
) -> bank.CredentialVersion:
    acting = _acting(uow, people[Role.AWARDING_BODY])
    draft = bank.add_credential_version(
        acting, owner_id=people[Role.AWARDING_BODY].organisation_id, document=sample.credential
    )
    reasons = {finding.rule: "Sample credential." for finding in bank.findings(draft.document)}
    credential = bank.publish_credential(acting, draft.id, warning_reasons=reasons)
    # A large pack as a draft: its table of marks is published, its texts and its practical task are not ours to give.
    large = bank.load_sample(bank.ASSISTANT_ELECTRICIAN).credential
    bank.add_credential_version(acting, owner_id=credential.owner_id, document=large)
    bank.add_engagement(
        acting,
        credential_version_id=credential.id,
        agency_id=agency_id,
        territory="Maharashtra",
        valid_from=uow.now - timedelta(days=30),  # a sitting may have been opened before the sample was made
        valid_until=uow.now + timedelta(days=3 * 365),
    )
    return credential


def _fill_bank(
    uow: UnitOfWork, people: dict[Role, Person], sample: bank.Sample, credential: bank.CredentialVersion
) -> None:
    author, reviewer = _acting(uow, people[Role.AUTHOR]), _acting(uow, people[Role.REVIEWER])
    owner = people[Role.AUTHOR].organisation_id
    report = bank.import_items(
        author,
        owner_id=owner,
        credential_version_id=credential.id,
        parsed=bank.parse_item_documents(list(sample.items)),
        mode=bank.ImportMode.ALL_OR_NOTHING,
    )
    if report.refused:
        raise RuntimeError(f"the sample bank is refused: {report.refused[0]}")
    for version in bank.newest_versions(author, owner_id=owner):
        bank.submit_for_review(author, version.id)
        bank.approve_item(reviewer, version.id)
