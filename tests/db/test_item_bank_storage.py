# SPDX-License-Identifier: Apache-2.0
"""The bank on a real database: versions, four eyes, imports, tenants."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

from core.audit import AuditRow
from core.clock import FixedClock
from core.errors import Conflict, Forbidden, Invalid, KasautiError, NotFound
from core.identity.model import OrganisationKind
from core.identity.operations import add_organisation
from core.ids import seeded
from core.outbox import OutboxRow
from core.uow import Actor, ActorKind, Store, UnitOfWork
from item_bank import api
from item_bank.items.tables import ItemKeyRow, ItemRow, ItemVersionRow
from item_bank.standards.tables import CredentialVersionRow
from scoring.api import score_item
from tests.unit.item_bank.builders import changed, credential, item, text_item, xlsx

BLUEPRINT = {
    "version": 1,
    "component": "theory",
    "seconds": 900,
    "pcs": [{"pc": "PC1", "items": 4}, {"pc": "PC2", "items": 4}],
}


@dataclass(frozen=True, slots=True)
class World:
    """An awarding body, an agency engaged for one live credential, another agency, and people of each."""

    store: Store
    body: Actor
    author: Actor
    reviewer: Actor
    stranger: Actor
    credential_id: str

    @property
    def agency(self) -> str:
        assert self.author.organisation_id is not None
        return self.author.organisation_id

    def bring(
        self, *documents: dict[str, Any], mode: str = "all_or_nothing", actor: Actor | None = None
    ) -> api.ImportReport:
        parsed = api.parse_items(json.dumps(documents).encode(), filename="bank.json")
        with self.store.write(actor or self.author) as uow:
            return api.import_items(
                uow,
                owner_id=self.agency,
                credential_version_id=self.credential_id,
                parsed=parsed,
                mode=api.ImportMode(mode),
            )

    def version(self, external_id: str = "SDP-PC1-01") -> api.ItemVersion:
        with self.store.read(self.author) as uow:
            newest = api.newest_versions(uow, owner_id=self.agency)
        return next(version for version in newest if version.external_id == external_id)

    def make_live(self, external_id: str = "SDP-PC1-01") -> api.ItemVersion:
        version = self.version(external_id)
        with self.store.write(self.author) as uow:
            api.submit_for_review(uow, version.id)
        with self.store.write(self.reviewer) as uow:
            return api.approve_item(uow, version.id)


def person(organisation_id: str, name: str) -> Actor:
    return Actor(ActorKind.PERSON, name, organisation_id)


@pytest.fixture
def world(store: Store) -> World:
    with store.write(Actor.system()) as uow:
        body = add_organisation(uow, name="Nirantar Skills Council", kind=OrganisationKind.AWARDING_BODY)
        agency = add_organisation(uow, name="Parakh Assessments", kind=OrganisationKind.ASSESSMENT_AGENCY)
        other = add_organisation(uow, name="Other Assessments", kind=OrganisationKind.ASSESSMENT_AGENCY)
        version = api.add_credential_version(uow, owner_id=body.id, document=credential())
        api.publish_credential(uow, version.id)
        api.add_engagement(
            uow,
            credential_version_id=version.id,
            agency_id=agency.id,
            territory="India",
            valid_from=uow.now,
            valid_until=uow.now + timedelta(days=365),
        )
    return World(
        store=store,
        body=person(body.id, "body"),
        author=person(agency.id, "author"),
        reviewer=person(agency.id, "reviewer"),
        stranger=person(other.id, "stranger"),
        credential_id=version.id,
    )


def code_of(call: Any, *arguments: Any, **more: Any) -> str:
    with pytest.raises(KasautiError) as refusal:
        call(*arguments, **more)
    return refusal.value.code


def count(uow: UnitOfWork, table: Any) -> int:
    return uow.db.scalar(select(func.count()).select_from(table)) or 0


# ------------------------------------------------------------------------------------------- credentials


def test_the_same_credential_again_is_the_same_version_and_other_content_is_refused(world: World) -> None:
    owner = world.body.organisation_id
    with world.store.write(world.body) as uow:
        again = api.add_credential_version(uow, owner_id=owner, document=credential())
        assert again.id == world.credential_id
        other = changed(credential(), "level", to="7")
        assert code_of(api.add_credential_version, uow, owner_id=owner, document=other) == "credential_exists"
        newer = api.add_credential_version(uow, owner_id=owner, document={**other, "version": "1.1"})
        assert newer.state is api.CredentialState.DRAFT


def test_a_credential_with_a_blocking_finding_is_not_published(world: World) -> None:
    document = changed(credential(version="2.0"), "hours", "ojt", to="1")
    with world.store.write(world.body) as uow:
        draft = api.add_credential_version(uow, owner_id=world.body.organisation_id, document=document)
        with pytest.raises(Conflict) as refusal:
            api.publish_credential(uow, draft.id)
    assert refusal.value.code == "credential_blocked"
    findings = refusal.value.facts["findings"]
    assert isinstance(findings, list)
    assert [found["rule"] for found in findings] == ["hours_add_up"]
    assert findings[0]["what_to_do"]


def test_a_warning_wants_a_recorded_reason(world: World) -> None:
    with world.store.write(world.body) as uow:
        draft = api.add_credential_version(
            uow, owner_id=world.body.organisation_id, document=credential(version="2.0", level="5")
        )
        assert code_of(api.publish_credential, uow, draft.id) == "credential_warned"
        assert (
            code_of(api.publish_credential, uow, draft.id, warning_reasons={"short_and_low": " "})
            == "credential_warned"
        )
        live = api.publish_credential(
            uow, draft.id, warning_reasons={"short_and_low": "A pilot.", "other": "x"}
        )
        assert live.state is api.CredentialState.LIVE
        row = uow.db.get(CredentialVersionRow, draft.id)
        assert row is not None
        assert row.warning_reasons == {"short_and_low": "A pilot."}


def test_a_live_credential_is_not_published_again_and_a_withdrawn_one_stays_so(world: World) -> None:
    with world.store.write(world.body) as uow:
        assert code_of(api.publish_credential, uow, world.credential_id) == "credential_state"
        assert api.withdraw_credential(uow, world.credential_id).state is api.CredentialState.WITHDRAWN
        assert code_of(api.withdraw_credential, uow, world.credential_id) == "credential_state"
    assert code_of(world.bring, item()) == "credential_state"


def test_only_an_awarding_body_owns_credentials_and_only_its_own(world: World) -> None:
    with world.store.write(world.author) as uow:
        for owner in (world.agency, world.body.organisation_id, "nobody"):
            assert (
                code_of(api.add_credential_version, uow, owner_id=owner, document=credential())
                == "organisation_unknown"
            )
        assert code_of(api.publish_credential, uow, world.credential_id) == "credential_unknown"
        assert code_of(api.withdraw_credential, uow, "nothing") == "credential_unknown"


def test_a_malformed_credential_leaves_nothing_behind(world: World) -> None:
    with pytest.raises(Invalid), world.store.write(world.body) as uow:
        api.add_credential_version(uow, owner_id=world.body.organisation_id, document={"code": "x"})
    with world.store.read(Actor.system()) as uow:
        assert count(uow, CredentialVersionRow) == 1


def test_an_agency_reads_a_credential_only_through_its_engagement(world: World) -> None:
    for actor in (world.author, world.body, Actor.system()):
        with world.store.read(actor) as uow:
            assert api.credential_version(uow, world.credential_id).document.code == "SDP/MC/0701"
            assert len(api.credential_versions(uow, state=api.CredentialState.LIVE)) == 1
            assert api.find_credential_version(uow, code="SDP/MC/0701", version="1.0") is not None
            assert len(api.engagements(uow)) == 1
    with world.store.read(world.stranger) as uow:
        assert code_of(api.credential_version, uow, world.credential_id) == "credential_unknown"
        assert api.credential_versions(uow) == []
        assert api.find_credential_version(uow, code="SDP/MC/0701", version="1.0") is None
        assert api.engagements(uow) == []
        assert (
            api.engagement_between(uow, agency_id=world.agency, credential_version_id=world.credential_id)
            is None
        )


def test_an_actor_without_an_organisation_sees_no_credential(world: World) -> None:
    with world.store.read(Actor(ActorKind.CANDIDATE, "candidate")) as uow:
        assert api.credential_versions(uow) == []


def test_an_ended_engagement_explains_old_results_but_brings_in_nothing_new(
    world: World, clock: FixedClock
) -> None:
    clock.advance(366 * 86_400)
    with world.store.read(world.author) as uow:
        assert api.credential_version(uow, world.credential_id).id == world.credential_id
        assert (
            api.engagement_between(uow, agency_id=world.agency, credential_version_id=world.credential_id)
            is None
        )
    assert code_of(world.bring, item()) == "no_engagement"


def test_an_engagement_is_between_an_owner_and_an_agency_for_a_time_that_is_free(world: World) -> None:
    def engage(uow: UnitOfWork, **changes: Any) -> str:
        terms = {
            "credential_version_id": world.credential_id,
            "agency_id": world.stranger.organisation_id,
            "territory": "India",
            "valid_from": uow.now,
            "valid_until": uow.now + timedelta(days=1),
        }
        return code_of(api.add_engagement, uow, **{**terms, **changes})

    with world.store.write(world.body) as uow:
        assert engage(uow, agency_id=world.body.organisation_id) == "organisation_unknown"
        assert engage(uow, agency_id="nobody") == "organisation_unknown"
        assert engage(uow, territory=" ") == "territory"
        assert engage(uow, valid_until=uow.now) == "engagement_dates"
        assert engage(uow, agency_id=world.agency) == "engagement_exists"
        draft = api.add_credential_version(
            uow, owner_id=world.body.organisation_id, document=credential(version="3.0")
        )
        assert engage(uow, credential_version_id=draft.id) == "credential_state"
    with world.store.write(world.author) as uow:
        assert engage(uow) == "credential_unknown"


# ---------------------------------------------------------------------------------------------- imports


def test_an_import_makes_drafts_and_the_same_again_makes_nothing(world: World) -> None:
    first = world.bring(item(), text_item())
    assert (first.read, first.imported, first.unchanged, first.written) == (2, 2, 0, True)
    assert first.self_test == api.SelfTest(2)
    again = world.bring(item(), text_item())
    assert (again.read, again.imported, again.unchanged, again.written) == (2, 0, 2, False)
    with world.store.read(world.author) as uow:
        assert count(uow, ItemVersionRow) == 2
        for log in (AuditRow, OutboxRow):
            assert uow.db.scalars(select(log.payload).where(log.name == "items_imported")).all() == [
                {"format": "json", "new_items": 2, "new_versions": 0, "unchanged": 0, "refused": 0}
            ]
        assert api.item_document(uow, world.version().id).to_document()["key"] == ["B"]
    version = world.version()
    assert (version.state, version.number, version.author_id) == (api.ItemState.DRAFT, 1, "author")


def test_changed_content_makes_a_new_version_of_the_same_item(world: World) -> None:
    world.bring(item())
    first = world.version()
    report = world.bring(item(key=["A"]))
    assert (report.imported, report.unchanged) == (1, 0)
    second = world.version()
    assert (second.item_id, second.number, second.state) == (first.item_id, 2, api.ItemState.DRAFT)
    assert second.content_hash != first.content_hash
    with world.store.read(world.author) as uow:
        assert [one.state for one in api.versions_of_item(uow, first.item_id)] == [
            api.ItemState.DRAFT,
            api.ItemState.WITHDRAWN,
        ]
        assert count(uow, ItemRow) == 1


def test_a_live_version_stays_live_until_its_successor_is_approved(world: World) -> None:
    world.bring(item())
    live = world.make_live()
    world.bring(item(seconds=40))
    with world.store.read(world.author) as uow:
        assert api.item_version(uow, live.id).state is api.ItemState.LIVE
    successor = world.make_live()
    assert (successor.number, successor.state) == (2, api.ItemState.LIVE)
    with world.store.read(world.author) as uow:
        assert api.item_version(uow, live.id).state is api.ItemState.WITHDRAWN
        assert [one.version_id for one in _bank(uow, world)] == [successor.id]


def test_a_version_in_review_gives_way_to_what_is_imported_after_it(world: World) -> None:
    world.bring(item())
    waiting = world.version()
    with world.store.write(world.author) as uow:
        api.submit_for_review(uow, waiting.id)
    world.bring(item(seconds=40))
    with world.store.write(world.reviewer) as uow:
        assert code_of(api.approve_item, uow, waiting.id) == "item_state"
        assert api.review_queue(uow, owner_id=world.agency) == []


def test_one_refusal_stops_the_whole_import_unless_the_good_rows_are_asked_for(world: World) -> None:
    bad = item(id="BAD", pc="PC9")
    stopped = world.bring(item(), bad)
    assert (stopped.read, stopped.imported, stopped.refused_items, stopped.written) == (2, 0, 1, False)
    assert [(one.where, one.code) for one in stopped.refused] == [("$[1].pc", "unknown_pc")]
    with world.store.read(world.author) as uow:
        assert count(uow, ItemRow) == count(uow, ItemVersionRow) == count(uow, ItemKeyRow) == 0
    skipped = world.bring(item(), bad, mode="skip_refused")
    assert (skipped.imported, skipped.refused_items, skipped.written) == (1, 1, True)


def test_a_dry_run_reports_the_same_and_writes_nothing_even_in_a_read_only_unit(world: World) -> None:
    parsed = api.parse_items(json.dumps([item(), item(id="BAD", key=[])]).encode(), filename="bank.json")
    with world.store.read(world.author) as uow:
        report = api.import_items(
            uow,
            owner_id=world.agency,
            credential_version_id=world.credential_id,
            parsed=parsed,
            mode=api.ImportMode.DRY_RUN,
        )
        assert count(uow, ItemRow) == 0
    document = report.to_document()
    assert document["refused"] == [
        {"where": "$[1].key", "code": "no_key", "reason": "no correct answer is given"}
    ]
    assert (document["read"], document["imported"], document["written"]) == (2, 1, False)
    assert document["self_test"] == {"maximum_reached": 1, "not_reached": []}


def test_a_language_that_the_credential_needs_is_missed(world: World) -> None:
    english = {key: value for key, value in item().items() if key != "hi"}
    report = world.bring(english)
    assert [(one.where, one.code) for one in report.refused] == [("$[0].hi", "language_missing")]
    sheet = xlsx(
        [
            ["id", "pc", "type", "difficulty", "seconds", "key", "stem_en"],
            ["a", "PC1", "text_entry", "easy", 20, "x", "y"],
        ]
    )
    parsed = api.parse_items(sheet, filename="x.xlsx")
    with world.store.write(world.author) as uow:
        report = api.import_items(
            uow,
            owner_id=world.agency,
            credential_version_id=world.credential_id,
            parsed=parsed,
            mode=api.ImportMode.ALL_OR_NOTHING,
        )
    assert [(one.where, one.code) for one in report.refused] == [
        ("row 2, column stem_hi", "language_missing")
    ]


def test_an_item_in_no_language_is_told_so_once(world: World) -> None:
    bare = {key: value for key, value in item().items() if key not in ("en", "hi")}
    assert [(one.where, one.code) for one in world.bring(bare).refused] == [("$[0]", "no_language")]


def test_an_item_whose_own_answer_would_not_score_is_refused_by_the_self_test(world: World) -> None:
    [sound] = api.parse_item_documents([item()]).items
    keyless = replace(sound, document=replace(sound.document, key=api.ItemKey(correct=("Z",))))
    with world.store.write(world.author) as uow:
        report = api.import_items(
            uow,
            owner_id=world.agency,
            credential_version_id=world.credential_id,
            parsed=api.ParsedFile("json", (keyless,)),
            mode=api.ImportMode.SKIP_REFUSED,
        )
    assert report.self_test == api.SelfTest(0, ("SDP-PC1-01",))
    assert [(one.where, one.code) for one in report.refused] == [("$[0].key", "self_test")]
    assert (report.imported, report.written) == (0, False)


def test_the_template_goes_all_the_way_into_the_bank(world: World) -> None:
    parsed = api.parse_items(api.template_xlsx(), filename="template.xlsx")
    with world.store.write(world.author) as uow:
        report = api.import_items(
            uow,
            owner_id=world.agency,
            credential_version_id=world.credential_id,
            parsed=parsed,
            mode=api.ImportMode.ALL_OR_NOTHING,
        )
    assert (report.format, report.imported, report.refused, report.losses) == ("xlsx", 3, (), ())
    assert report.self_test == api.SelfTest(3)


def test_an_agency_without_an_engagement_or_of_another_tenant_imports_nothing(world: World) -> None:
    assert code_of(world.bring, item(), actor=world.stranger) == "organisation_unknown"
    assert code_of(world.bring, item(), actor=world.body) == "organisation_unknown"
    parsed = api.parse_item_documents([item()])
    with world.store.write(world.stranger) as uow:
        arguments = {
            "credential_version_id": world.credential_id,
            "parsed": parsed,
            "mode": api.ImportMode.SKIP_REFUSED,
        }
        assert (
            code_of(api.import_items, uow, owner_id=world.stranger.organisation_id, **arguments)
            == "credential_unknown"
        )


# ---------------------------------------------------------------------------------------- review, tenants


def test_nobody_approves_their_own_item(world: World) -> None:
    world.bring(item())
    version = world.version()
    with world.store.write(world.reviewer) as uow:
        api.submit_for_review(uow, version.id)
    for actor in (world.author, world.reviewer):
        with world.store.write(actor) as uow:
            with pytest.raises(Forbidden) as refusal:
                api.approve_item(uow, version.id)
            assert refusal.value.code == "own_item"
    with world.store.write(Actor.system()) as uow:
        assert code_of(api.approve_item, uow, version.id) == "person_needed"
    with world.store.write(person(world.agency, "third")) as uow:
        assert api.approve_item(uow, version.id).state is api.ItemState.LIVE


def test_the_history_of_a_version_tells_who_did_what_and_why(world: World) -> None:
    world.bring(item())
    version = world.version()
    with world.store.write(world.author) as uow:
        api.submit_for_review(uow, version.id)
    with world.store.write(world.reviewer) as uow:
        assert [one.id for one in api.review_queue(uow, owner_id=world.agency)] == [version.id]
        assert code_of(api.reject_item, uow, version.id, comment=" ") == "comment_missing"
        assert api.reject_item(uow, version.id, comment="The key is C.").state is api.ItemState.DRAFT
    world.make_live()
    with world.store.write(world.author) as uow:
        assert api.withdraw_item(uow, version.id, comment="Rule changed.").state is api.ItemState.WITHDRAWN
    with world.store.read(world.author) as uow:
        told = [
            (entry.step.value, entry.actor_id, entry.comment) for entry in api.review_history(uow, version.id)
        ]
        events = uow.db.scalars(
            select(AuditRow.name).where(AuditRow.subject_id == version.id).order_by(AuditRow.id)
        ).all()
    assert told == [
        ("submitted", "author", ""),
        ("rejected", "reviewer", "The key is C."),
        ("submitted", "author", ""),
        ("approved", "reviewer", ""),
        ("withdrawn", "author", "Rule changed."),
    ]
    assert events == ["item_submitted", "item_rejected", "item_submitted", "item_approved", "item_withdrawn"]


def test_another_tenant_and_a_candidate_of_our_own_find_no_item(world: World) -> None:
    world.bring(item())
    version = world.version()
    candidate = Actor(ActorKind.CANDIDATE, "candidate", world.agency)
    for actor in (world.stranger, world.body, candidate):
        with world.store.write(actor) as uow:
            for call in (
                api.item_version,
                api.item_document,
                api.submit_for_review,
                api.review_history,
                api.withdraw_item,
            ):
                assert code_of(call, uow, version.id) == "item_unknown"
            assert code_of(api.versions_of_item, uow, version.item_id) == "item_unknown"
            for call in (api.newest_versions, api.review_queue, api.altered_versions):
                assert code_of(call, uow, owner_id=world.agency) == "organisation_unknown"
    with world.store.read(world.author) as uow:
        for call in (api.item_version, api.versions_of_item):
            assert code_of(call, uow, "nothing") == "item_unknown"
        assert code_of(api.item_versions, uow, ["nothing"]) == "item_unknown"


def test_the_bank_lists_by_pc_and_state(world: World) -> None:
    world.bring(item(), text_item(), item(id="SDP-PC1-02", seconds=50))
    world.make_live("SDP-PC1-02")
    with world.store.read(world.author) as uow:

        def names(**only: Any) -> list[str]:
            return [one.external_id for one in api.newest_versions(uow, owner_id=world.agency, **only)]

        assert names() == ["SDP-PC1-01", "SDP-PC1-02", "SDP-PC2-01"]
        assert names(pc="PC1", state=api.ItemState.DRAFT) == ["SDP-PC1-01"]
        assert names(state=api.ItemState.LIVE) == ["SDP-PC1-02"]
        assert names(credential_version_id="another") == []


# -------------------------------------------------------------------------------- projections and integrity


def test_the_scoring_view_scores_and_the_candidate_view_knows_no_key(world: World) -> None:
    world.bring(item(), text_item(key=["CANARY77"]))
    choice, entry = world.version("SDP-PC1-01"), world.version("SDP-PC2-01")
    with world.store.read(Actor(ActorKind.CANDIDATE, "candidate")) as uow:
        scoring = api.scoring_view(uow, [choice.id, entry.id])
        versions = api.item_versions(uow, [entry.id, choice.id, entry.id])
    assert score_item(scoring[choice.id], ("B",)).score == 1
    assert score_item(scoring[choice.id], ("A",)).score == 0
    assert score_item(scoring[entry.id], " CANARY77 ").score == 1
    opaque = api.opaque_ids(b"an attempt's own secret")
    assert "CANARY77" not in repr([api.candidate_view(one, opaque=opaque) for one in versions.values()])
    assert "CANARY77" not in repr(list(versions.values()))


def test_reading_content_never_touches_the_table_of_keys(world: World) -> None:
    world.bring(item())
    version = world.version()
    with world.store.write(Actor.system()) as uow:
        uow.db.execute(text("ALTER TABLE item_keys RENAME TO item_keys_away"))
    with world.store.read(world.author) as uow:
        assert api.item_versions(uow, [version.id])[version.id] == version
        assert api.newest_versions(uow, owner_id=world.agency) == [version]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE item_versions SET seconds = 99",
        "UPDATE item_keys SET correct = '[\"A\"]'",
        "DELETE FROM item_keys",
    ],
)
def test_a_version_altered_behind_our_back_no_longer_makes_its_hash(world: World, statement: str) -> None:
    world.bring(item())
    version = world.make_live()
    with world.store.read(world.author) as uow:
        assert api.altered_versions(uow, owner_id=world.agency) == []
    with world.store.write(Actor.system()) as uow:
        uow.db.execute(text(statement))
    with world.store.read(world.author) as uow:
        assert api.altered_versions(uow, owner_id=world.agency) == [version.id]


def test_the_database_itself_refuses_two_live_versions_and_states_out_of_nowhere(world: World) -> None:
    world.bring(item())
    world.make_live()
    world.bring(item(seconds=40))
    for values in (
        {"state": api.ItemState.LIVE, "live_at": world.store.clock.now()},
        {"state": api.ItemState.WITHDRAWN},
        {"state": api.ItemState.IN_REVIEW},
    ):
        with pytest.raises(IntegrityError), world.store.write(Actor.system()) as uow:
            uow.db.execute(update(ItemVersionRow).where(ItemVersionRow.number == 2).values(**values))
    with pytest.raises(IntegrityError), world.store.write(Actor.system()) as uow:
        uow.db.execute(text("UPDATE item_versions SET state = 'published'"))


# ------------------------------------------------------------------------------------------- blueprints


def _bank(uow: UnitOfWork, world: World) -> list[api.BankItem]:
    return api.live_bank(uow, owner_id=world.agency, credential_version_id=world.credential_id)


def add_blueprint(uow: UnitOfWork, world: World, **changes: Any) -> api.StoredBlueprint:
    arguments = {
        "owner_id": world.agency,
        "credential_version_id": world.credential_id,
        "name": "Theory paper",
        "document": BLUEPRINT,
    }
    return api.add_blueprint(uow, **{**arguments, **changes})


def test_a_paper_is_drawn_from_live_versions_only(world: World) -> None:
    world.bring(*[item(id=f"A{n}", en={**item()["en"], "stem": f"Which {n}?"}) for n in range(5)])
    world.bring(*[text_item(id=f"B{n}", key=[str(n)]) for n in range(4)])
    for name in ("A0", "A1", "A2", "A3", "B0", "B1", "B2"):
        world.make_live(name)
    with world.store.write(world.author) as uow:
        blueprint = add_blueprint(uow, world).blueprint
        with pytest.raises(Conflict) as refusal:
            api.assemble(_bank(uow, world), blueprint, generator=seeded(1))
        assert refusal.value.facts == {"PC2": {"needed": 4, "live": 3}}
    last = world.make_live("B3")
    with world.store.read(world.author) as uow:
        paper = api.assemble(_bank(uow, world), blueprint, generator=seeded(1))
        live = {one.id for one in api.newest_versions(uow, owner_id=world.agency, state=api.ItemState.LIVE)}
    assert set(paper) == live
    assert last.id in paper


def test_a_blueprint_is_stored_once_and_read_by_its_owner(world: World) -> None:
    with world.store.write(world.author) as uow:
        stored = add_blueprint(uow, world)
        assert add_blueprint(uow, world).id == stored.id
        shorter = {**BLUEPRINT, "seconds": 800}
        assert code_of(add_blueprint, uow, world, document=shorter) == "blueprint_exists"
        assert code_of(add_blueprint, uow, world, name=" ") == "blueprint_name"
        assert code_of(add_blueprint, uow, world, document={}) == "blueprint_malformed"
    with world.store.read(Actor(ActorKind.CANDIDATE, "candidate", world.agency)) as uow:
        assert api.blueprint(uow, stored.id) == stored
    with world.store.read(world.author) as uow:
        assert api.blueprint(uow, stored.id) == stored
        assert api.blueprints(uow, owner_id=world.agency, credential_version_id=world.credential_id) == [
            stored
        ]
        assert stored.blueprint == api.natural_blueprint(
            api.credential_version(uow, world.credential_id).document, component="theory"
        )
        assert code_of(api.blueprint, uow, "nothing") == "blueprint_unknown"
    with world.store.write(world.stranger) as uow:
        assert code_of(api.blueprint, uow, stored.id) == "blueprint_unknown"
        assert code_of(add_blueprint, uow, world) == "organisation_unknown"
        assert (
            code_of(add_blueprint, uow, world, owner_id=world.stranger.organisation_id)
            == "credential_unknown"
        )


def test_no_blueprint_is_made_for_a_credential_out_of_use_or_after_the_engagement(
    world: World, clock: FixedClock
) -> None:
    clock.advance(366 * 86_400)
    with world.store.write(world.author) as uow:
        assert code_of(add_blueprint, uow, world) == "no_engagement"
    with world.store.write(world.body) as uow:
        api.withdraw_credential(uow, world.credential_id)
    with world.store.write(world.author) as uow:
        assert code_of(add_blueprint, uow, world) == "credential_state"


def test_what_is_not_there_is_not_found_for_anyone(world: World) -> None:
    with world.store.read(world.author) as uow, pytest.raises(NotFound):
        api.credential_version(uow, "nothing")
