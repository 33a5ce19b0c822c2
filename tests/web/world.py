# SPDX-License-Identifier: Apache-2.0
"""A site in the middle of its work, with something of every kind, and a second tenant of every kind beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from assessor import api as assessor
from assessor.scheduling.tables import SittingRow
from core.identity import consents, staff
from core.identity import operations as identity
from core.identity import queries as identity_queries
from core.identity.model import OrganisationKind, Person, Role
from core.notices.model import NoticeKind
from core.notices.operations import queue_notice
from core.uow import Actor, ActorKind, UnitOfWork
from item_bank import api as bank
from proctor import api as proctor
from proctor.evidence.model import KeptFrame
from tests import clips
from tests.web import sitting
from tests.web.correcting import add_corrections
from tests.web.panelled import add_panels
from tests.web.site import Site
from web import demo
from web.lti.platforms import PlatformPlan, register_platform
from web.privacy import erasing
from web.wiring import Services

OTHER_BODY = "Dusra Skills Council"
OTHER_AGENCY = "Anya Assessments"
OPERATOR = "Kasauti Platform Operations"

WATCHED, DECLARED, MARKED, RUNNING = "Fatima Sheikh", "Gurpreet Kaur", "Mohan Lal", "Ananya Das"
UNTOUCHED, UNTOUCHED_WATCHED = "Abdul Karim", "Tenzin Dolma"


@dataclass(frozen=True)
class World:
    """The ids of what was made; every id of the sample's tenants, and addresses of further people."""

    ids: dict[str, str]
    emails: dict[str, str]
    keys: dict[str, str]


def prepare(site: Site) -> World:
    """Bring the sample to where every page of every role has something to show."""
    from tests.web.reviewed import add_reviewed  # which is written on top of the names in here

    ids: dict[str, str] = {}
    emails = _add_strangers(site)
    add_reviewed(site, ids)
    raise_an_incident(site, ids)
    _finish(site, DECLARED)
    _finish(site, MARKED)
    sitting.begin(site.learner(RUNNING))
    _collect(site, ids)
    _add_a_report(site, ids)
    return World(ids, emails, _issue_keys(site, ids))


def _add_a_report(site: Site, ids: dict[str, str]) -> None:
    from tests.web.reported import add_reports  # it draws a batch, which few tests need

    made = add_reports(site, ids["batch_id"], [assessor.ReportKind.PAPER])
    ids["report_id"] = made["paper"]


def _add_strangers(site: Site) -> dict[str, str]:
    """A second awarding body and agency with somebody in every role, an operator, and people without a duty."""
    emails: dict[str, str] = {}
    with site.parts.store.write(Actor.system()) as uow:
        mine = identity_queries.organisations(uow, kind=OrganisationKind.ASSESSMENT_AGENCY)[0]
        kinds = {
            OrganisationKind.AWARDING_BODY: OTHER_BODY,
            OrganisationKind.ASSESSMENT_AGENCY: OTHER_AGENCY,
            OrganisationKind.OPERATOR: OPERATOR,
        }
        homes = {
            kind: identity.add_organisation(uow, name=name, kind=kind).id for kind, name in kinds.items()
        }
        wanted = [
            (f"other {role.value}", role, homes[home_of(role)]) for role in Role if role is not Role.OPERATOR
        ]
        wanted += [
            ("operator", Role.OPERATOR, homes[OrganisationKind.OPERATOR]),
            ("unassigned proctor", Role.PROCTOR, mine.id),
            ("unassigned assessor", Role.ASSESSOR, mine.id),
        ]
        for number, (name, role, home) in enumerate(wanted):
            person = identity.add_person(
                uow,
                organisation_id=home,
                name=f"Stranger {number}",
                email=f"stranger{number}@elsewhere.example",
                password=demo.PASSWORD,
                roles=[role],
            )
            emails[name] = person.email
    return emails


def home_of(role: Role) -> OrganisationKind:
    """Where the stranger of a role works; administrators exist everywhere, this one in the agency."""
    kinds = role.organisation_kinds
    return next(iter(kinds)) if len(kinds) == 1 else OrganisationKind.ASSESSMENT_AGENCY


def raise_an_incident(site: Site, ids: dict[str, str]) -> None:
    """A watched learner with an open incident that holds the result."""
    visitor = site.learner(WATCHED)
    sitting.begin(visitor, proctored=True)
    ids["attempt_id"] = site.attempt_of(visitor)
    with site.parts.store.write(Actor.system()) as uow:
        session = proctor.session_of_attempt(uow, ids["attempt_id"])
        assert session is not None
        frame = proctor.CapturedFrame(1, uow.now, clips.to_jpeg(clips.picture("gone")))
        alert = proctor.Alert(
            rule=proctor.RuleName.FACE_GONE,
            number=1,
            onset_at=uow.now - timedelta(seconds=5),
            raised_at=uow.now,
            numbers={"seconds": 5.0},
            thresholds={"onset_seconds": 3.75},
            rule_version="1",
            model_sha256="0" * 64,
            weight=proctor.Weight.INCIDENT,
        )
        raised = proctor.AlertRaised(
            session=session.ref, alert=alert, frames=(KeptFrame(proctor.EvidenceKind.ONSET, frame),)
        )
        incident = proctor.raise_incident(uow, raised, blobs=site.parts.blobs)
        assessor.place_hold(uow, incident.attempt_id, cause_id=incident.id)
        ids["session_id"], ids["incident_id"] = session.id, incident.id
        ids["sitting_id"] = session.sitting_id
        assert session.photo_id is not None
        ids["photo_id"] = session.photo_id
        detail = proctor.incident(uow, incident.id, organisation_id=incident.organisation_id)
        ids["evidence_id"] = detail.evidence[0].id
        note = replace(alert, rule=proctor.RuleName.LOOKING_AWAY, weight=proctor.Weight.NOTE, validated=False)
        noted = proctor.AlertRaised(session=session.ref, alert=note)
        ids["alert_id"] = proctor.record_alert(uow, noted, blobs=site.parts.blobs).id
        watcher = person(uow, Role.PROCTOR).id
        ids["hand_over_id"] = proctor.offer_hand_over(
            acting_as(uow, person(uow, Role.MANAGER)),
            session.sitting_id,
            organisation_id=session.organisation_id,
            to_id=watcher,
            note="The learner at window two is unwell.",
            chosen=[session.attempt_id],
            crew={watcher},
            roster={session.attempt_id},
        ).id


def _finish(site: Site, name: str) -> None:
    visitor = site.learner(name)
    room = sitting.begin(visitor)
    room.answer_everything()
    assert room.hand_in().status_code == 200
    sitting.mark_everything(site, name)


def declare_one(site: Site) -> str:
    """One learner all the way to a declared result; its id."""
    _finish(site, DECLARED)
    with site.parts.store.write(Actor.system()) as uow:
        manager = person(uow, Role.MANAGER)
        acting = acting_as(uow, manager)
        batch = assessor.batch_overviews(acting, organisation_id=manager.organisation_id)[0].batch
        page = assessor.batch_page(acting, batch.id, organisation_id=manager.organisation_id)
        (result,) = [line.result for line in page.lines if line.result is not None]
        return assessor.declare_result(acting, result.id, organisation_id=manager.organisation_id).id


def _collect(site: Site, ids: dict[str, str]) -> None:
    """The ids that pages are asked for, read as the people who own them."""
    with site.parts.store.write(Actor.system()) as uow:
        manager = person(uow, Role.MANAGER)
        acting = acting_as(uow, manager)
        batch = assessor.batch_overviews(acting, organisation_id=manager.organisation_id)[0].batch
        page = assessor.batch_page(acting, batch.id, organisation_id=manager.organisation_id)
        lines = {line.entry.candidate_name: line for line in page.lines}
        drafts = bank.credential_versions(uow, state=bank.CredentialState.DRAFT)
        ids["draft_credential_id"] = drafts[0].id
        ids["batch_id"] = batch.id
        ids["entry_id"] = lines[UNTOUCHED].entry.id
        ids["watched_entry_id"] = lines[UNTOUCHED_WATCHED].entry.id
        ids["agreed_entry_id"] = lines[MARKED].entry.id
        ids["notice_version"] = consents.consents_of(uow, ids["agreed_entry_id"])[0].notice_version
        ids["exemption_id"] = proctor.grant_exemption(
            acting,
            lines[UNTOUCHED_WATCHED].attempt.id,
            organisation_id=manager.organisation_id,
            profile="veil",
            proof=proctor.ProofSeen.OWN_WORD,
            reason="By her own word",
        ).id
        ids["later_sitting_id"] = assessor.schedule_sitting(
            acting,
            batch.id,
            organisation_id=manager.organisation_id,
            plan=assessor.SittingPlan(
                opens_at=uow.now + timedelta(days=1),
                closes_at=uow.now + timedelta(days=2),
                time_zone="Asia/Kolkata",
                place="A centre where nobody has begun",
                proctored=False,
            ),
        ).id
        ids["notice_id"] = queue_notice(
            uow,
            organisation_id=lines[UNTOUCHED].entry.agency_id,
            subject_id=ids["entry_id"],
            kind=NoticeKind.DECISION_MADE,
            language="hi",
            address=None,
            words={"name": UNTOUCHED, "title": "Payments", "about": "incident"},
            key=site.parts.config.key("notices"),
        )
        asked = erasing.ask(
            acting,
            ids["entry_id"],
            organisation_id=manager.organisation_id,
            reason="By letter of 3 November.",
        )
        ids["erasure_id"] = asked.id
        agencies = identity_queries.organisations(uow, kind=OrganisationKind.ASSESSMENT_AGENCY)
        ids["other_agency_id"] = next(one.id for one in agencies if one.name == OTHER_AGENCY)
        offered = assessor.allocations(acting, organisation_id=manager.organisation_id)[0]
        ids["allocation_id"], ids["engagement_id"] = offered.id, offered.engagement_id
        marked, declared = lines[MARKED].result, lines[DECLARED].result
        assert marked is not None
        assert declared is not None
        ids["provisional_id"] = marked.id
        assessor.declare_result(acting, declared.id, organisation_id=manager.organisation_id)
        ids["result_id"] = declared.id
        marker = person(uow, Role.ASSESSOR)
        ids["assessor_id"] = marker.id
        ids["platform_id"] = register_platform(
            uow,
            manager.organisation_id,
            PlatformPlan(
                name="Study platform",
                issuer="https://study.example",
                client_id="tool-7",
                deployments=["1"],
                authorization_url="https://study.example/authorize",
                token_url="https://study.example/token",
                keys_url="https://study.example/keys",
            ),
        ).id
        ids["person_id"] = person(uow, Role.AUTHOR).id
        ids["invitation_id"] = staff.invite(
            acting_as(uow, person(uow, Role.ADMINISTRATOR)),
            manager.organisation_id,
            name="Sana Khan",
            email="sana@parakh.example",
            roles=[Role.AUTHOR],
            language="en",
        ).invitation.id
        tasks = assessor.tasks_of_assessor(
            acting_as(uow, marker), marker.id, organisation_id=marker.organisation_id
        )
        ids["task_id"] = next(task.id for task in tasks if task.entry.candidate_name == RUNNING)
        _write_items(uow, ids)
        _draw_a_paper(uow, ids)
        add_corrections(uow, ids)
        add_panels(uow, ids)


def _draw_a_paper(uow: UnitOfWork, ids: dict[str, str]) -> None:
    """A blueprint of version 2 with one draw."""
    manager = acting_as(uow, person(uow, Role.MANAGER))
    agency = str(manager.actor.organisation_id)
    credential = bank.credential_version(manager, ids["credential_id"])
    stored = bank.add_blueprint(
        manager,
        owner_id=agency,
        credential_version_id=credential.id,
        name="Compiled",
        document=bank.natural_plan(credential.document, component="theory").to_document(),
    )
    definition = assessor.define_assessment(manager, organisation_id=agency, blueprint_id=stored.id)
    assessor.assemble_forms(manager, definition.id, organisation_id=agency, count=1, seed=1)
    ids["blueprint_id"] = stored.id
    ids["draw_id"] = assessor.draws(manager, definition.id, organisation_id=agency)[0].id


def _write_items(uow: UnitOfWork, ids: dict[str, str]) -> None:
    """A draft, one in review (its second version), and a live one."""
    author = acting_as(uow, person(uow, Role.AUTHOR))
    owner = str(author.actor.organisation_id)
    credential = bank.credential_versions(author)[0]
    ids["credential_id"] = credential.id
    live = bank.newest_versions(author, owner_id=owner)
    ids["item_id"] = live[0].id
    documents = []
    for number, version in enumerate(live[:2]):
        document: dict[str, Any] = bank.item_document(author, version.id).to_document()
        document["id"] = f"NEW-{number}"
        document["en"]["stem"] = f"New item {number}: {document['en']['stem']}"
        documents.append(document)
    changed = {
        **documents[1],
        "en": {**documents[1]["en"], "stem": documents[1]["en"]["stem"] + " Choose one."},
    }
    for batch in (documents, [changed]):
        report = bank.import_items(
            author,
            owner_id=owner,
            credential_version_id=credential.id,
            parsed=bank.parse_item_documents(batch),
            mode=bank.ImportMode.ALL_OR_NOTHING,
        )
        assert not report.refused, report.refused
    new = {one.external_id: one.id for one in bank.newest_versions(author, owner_id=owner)}
    ids["draft_id"], ids["in_review_id"] = new["NEW-0"], new["NEW-1"]
    bank.submit_for_review(author, ids["in_review_id"])


def _issue_keys(site: Site, ids: dict[str, str]) -> dict[str, str]:
    """A live, a revoked and another body's key, beside the sample's."""
    keys = {"api_key": demo.sample_key(site.parts)}
    with site.parts.store.write(Actor.system()) as uow:
        body = person(uow, Role.AWARDING_BODY).organisation_id
        revoked = identity.issue_api_key(uow, body, label="Revoked")
        identity.revoke_api_key(uow, body, revoked.key.id)
        keys["revoked_key"] = revoked.secret
        ids["key_id"] = identity.issue_api_key(uow, body, label="To be revoked").key.id
        bodies = identity_queries.organisations(uow, kind=OrganisationKind.AWARDING_BODY)
        other = next(one for one in bodies if one.name == OTHER_BODY)
        keys["other_key"] = identity.issue_api_key(uow, other.id, label="Another body's").secret
    return keys


def person(uow: UnitOfWork, role: Role) -> Person:
    """The sample person of a role."""
    email = next(one.email for one in demo.STAFF if one.role is role)
    found = identity.check_password(uow, email=email, password=demo.PASSWORD)
    assert found is not None
    return found


def acting_as(uow: UnitOfWork, who: Person) -> UnitOfWork:
    """The same transaction in this person's name."""
    actor = Actor(ActorKind.PERSON, who.id, who.organisation_id, who.roles)
    return UnitOfWork(uow.db, uow.now, actor, emitted=uow.emitted)


def enrol_one(
    parts: Services, *, name: str, proctored: bool, language: str = "en", code: str | None = None
) -> None:
    """One more learner of the sample's first sitting with or without a camera, enrolled by its manager."""
    with parts.store.write(Actor.system()) as platform:
        uow = acting_as(platform, person(platform, Role.MANAGER))
        sitting_id = uow.db.scalars(
            select(SittingRow.id).where(SittingRow.proctored.is_(proctored)).order_by(SittingRow.id)
        ).first()
        assert sitting_id is not None
        assessor.enrol(
            uow,
            sitting_id,
            organisation_id=str(uow.actor.organisation_id),
            candidate=assessor.CandidatePlan(name=name, language=assessor.Language(language)),
            approval=assessor.Approval(entry_requirement_met=True),
            pepper=parts.code_pepper,
            code=code,
        )
