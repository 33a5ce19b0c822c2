# SPDX-License-Identifier: Apache-2.0
"""Drafts that change, documents that were altered, and credentials of one awarding body that another adopts."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import Conflict
from core.identity.model import OrganisationKind
from core.identity.operations import add_organisation
from core.uow import Actor
from item_bank import api
from item_bank.standards.adoption import (
    adoptable_credential,
    adoptable_credentials,
    adopted_document,
    adoption_permissions,
    overlay_of,
    permit_adoption,
)
from item_bank.standards.coverage import bank_facts
from item_bank.standards.operations import save_credential_draft
from item_bank.standards.queries import credential_json
from item_bank.standards.tables import CredentialAdoptionRow, CredentialPublicationRow, CredentialVersionRow
from tests.db.banks import Bank, code_of, person
from tests.unit.item_bank.builders import both, changed, credential, item, pc

CHILD = {"code": "OSC/MC/0701", "version": "1.0"}
KNOWLEDGE = ("nos", 0, "pcs", 0, "knowledge")


def draft_of(bank: Bank, **changes: Any) -> api.CredentialVersion:
    with bank.store.write(bank.body) as uow:
        document = credential(version="2.0", **changes)
        return api.add_credential_version(uow, owner_id=bank.body.organisation_id, document=document)


@pytest.fixture
def adopter(bank: Bank) -> Actor:
    with bank.store.write(Actor.system()) as uow:
        other = add_organisation(uow, name="Other Skills Council", kind=OrganisationKind.AWARDING_BODY)
    return person(other.id, "adopter")


# --------------------------------------------------------------------------------------------------- drafts


def test_a_draft_is_written_anew_until_it_is_live(bank: Bank) -> None:
    draft = draft_of(bank)
    longer = credential(version="2.1", purpose=both("To pay safely"))
    with bank.store.write(bank.body) as uow:
        saved = save_credential_draft(uow, draft.id, document=longer, replaces=draft.sha256)
        assert saved.document.version == "2.1"
        assert saved.sha256 != draft.sha256
        assert credential_json(uow, draft.id) == longer
        assert (
            save_credential_draft(uow, draft.id, document=longer, replaces="sha256:stale").sha256
            == saved.sha256
        )
        api.publish_credential(uow, draft.id)
        assert (
            code_of(save_credential_draft, uow, draft.id, document=longer, replaces=saved.sha256)
            == "credential_state"
        )
        publication = uow.db.get_one(CredentialPublicationRow, draft.id)
        assert publication.rulebook == "ncvet-micro-credentials-consultation/2"
        assert "nos_fraction" in publication.recorded


def test_a_draft_that_somebody_else_saved_is_not_overwritten(bank: Bank) -> None:
    draft = draft_of(bank)
    with bank.store.write(bank.body) as uow:
        other = credential(version="2.0", level="7")
        save_credential_draft(uow, draft.id, document=other, replaces=draft.sha256)
        mine = credential(version="2.0", level="8")
        assert (
            code_of(save_credential_draft, uow, draft.id, document=mine, replaces=draft.sha256)
            == "credential_changed"
        )
        assert credential_json(uow, draft.id)["level"] == "7"


def test_a_draft_does_not_take_the_name_of_another_version(bank: Bank) -> None:
    draft = draft_of(bank)
    with bank.store.write(bank.body) as uow:
        taken = credential(version="1.0")
        assert (
            code_of(save_credential_draft, uow, draft.id, document=taken, replaces=draft.sha256)
            == "credential_exists"
        )
        assert (
            code_of(save_credential_draft, uow, draft.id, document={}, replaces=draft.sha256)
            == "credential_malformed"
        )
    with bank.store.write(bank.author) as uow:
        assert (
            code_of(save_credential_draft, uow, draft.id, document=taken, replaces="") == "credential_unknown"
        )


def test_a_document_that_was_altered_in_the_database_is_refused_by_name(bank: Bank) -> None:
    with bank.store.write(Actor.system()) as uow:
        row = uow.db.get_one(CredentialVersionRow, bank.credential_id)
        row.document = {**row.document, "level": "8"}
    with bank.store.read(bank.body) as uow:
        assert code_of(api.credential_version, uow, bank.credential_id) == "credential_altered"
        assert code_of(credential_json, uow, bank.credential_id) == "credential_altered"


def test_an_engagement_lies_inside_the_recognised_territory(bank: Bank) -> None:
    draft = draft_of(bank, territory=["Kerala"])
    with bank.store.write(bank.body) as uow:
        live = api.publish_credential(uow, draft.id)
        terms = {
            "credential_version_id": live.id,
            "agency_id": bank.agency,
            "valid_from": uow.now,
            "valid_until": uow.now.replace(year=2030),
        }
        assert code_of(api.add_engagement, uow, territory="Goa", **terms) == "territory_outside"
        assert api.add_engagement(uow, territory="kerala", **terms).territory == "kerala"


def test_a_document_that_is_too_long_to_print_wants_a_reason(bank: Bank) -> None:
    draft = draft_of(bank)
    with bank.store.write(bank.body) as uow:
        assert code_of(api.publish_credential, uow, draft.id, pages=7) == "credential_warned"
        api.publish_credential(uow, draft.id, pages=7, warning_reasons={"concise": "Eight NOS."})
        assert uow.db.get_one(CredentialPublicationRow, draft.id).pages == 7


def test_live_items_are_counted_for_the_coverage(bank: Bank) -> None:
    bank.bring(item())
    bank.make_live()
    for actor in (bank.body, bank.author, Actor.system()):
        with bank.store.read(actor) as uow:
            facts = bank_facts(uow, bank.credential_id)
            assert facts.items_per_pc == {"PC1": 1, "PC2": 0}
            assert facts.item_types == {"choice_single"}
    with bank.store.read(bank.stranger) as uow:
        assert code_of(bank_facts, uow, bank.credential_id) == "credential_unknown"


# --------------------------------------------------------------------------------------------------- adoption


def adopt(bank: Bank, adopter: Actor, parent: str, **changes: Any) -> api.CredentialVersion:
    with bank.store.write(adopter) as uow:
        document = {**adopted_document(uow, parent, **CHILD), **changes}
        return api.add_credential_version(uow, owner_id=adopter.organisation_id or "", document=document)


def test_a_public_credential_is_adopted_with_a_pointer_and_no_difference(bank: Bank, adopter: Actor) -> None:
    with bank.store.read(adopter) as uow:
        assert [one.id for one in adoptable_credentials(uow)] == [bank.credential_id]
        assert adoptable_credential(uow, bank.credential_id).document.code == "SDP/MC/0701"
        assert code_of(api.credential_version, uow, bank.credential_id) == "credential_unknown"
    child = adopt(bank, adopter, bank.credential_id)
    assert child.document.awarding_body == "Other Skills Council"
    assert child.document.adoption is not None
    assert child.document.adoption.parent.code == "SDP/MC/0701"
    with bank.store.write(adopter) as uow:
        stored = uow.db.get_one(CredentialAdoptionRow, child.id)
        assert (stored.modified, stored.added) == ("0", "0")
        assert stored.parent_version_id == bank.credential_id
        assert api.publish_credential(uow, child.id).state is api.CredentialState.LIVE


def test_both_shares_are_renewed_with_each_save(bank: Bank, adopter: Actor) -> None:
    child = adopt(bank, adopter, bank.credential_id)
    with bank.store.write(adopter) as uow:
        document = credential_json(uow, child.id)
        more = pc("PC3", hours="0.75", threshold=None, marks={"theory": "1"}, mandatory=True)
        document["nos"][0]["pcs"].append({**more, "threshold": "7/10"})
        document["rule"]["rule"]["all_of"].append(
            {"share": {"scope": {"pc": "PC3"}, "component": "all", "basis": "raw", "at_least": "7/10"}}
        )
        save_credential_draft(uow, child.id, document=document, replaces=child.sha256)
        stored = uow.db.get_one(CredentialAdoptionRow, child.id)
        assert (stored.modified, stored.added) == ("1/10", "1/10")
        assert stored.report["added_pcs"] == ["PC3"]
        report = overlay_of(uow, child.id)
        assert report is not None
        assert report.frozen == ()
        api.publish_credential(uow, child.id)
        recorded = uow.db.get_one(CredentialPublicationRow, child.id).recorded
        assert "10 % modified, 10 % added" in recorded["adopted_from"]


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        (KNOWLEDGE, [both("something else")], "overlay_modified"),  # half of the hours
        (("level",), "5", "overlay_frozen"),
        (("nos", 0, "pcs", 0, "mandatory"), False, "overlay_keeps_mandatory"),
    ],
)
def test_what_an_adopter_may_not_change_is_not_published(
    bank: Bank, adopter: Actor, path: tuple[str | int, ...], value: Any, rule: str
) -> None:
    child = adopt(bank, adopter, bank.credential_id)
    with bank.store.write(adopter) as uow:
        document = changed(credential_json(uow, child.id), *path, to=value)
        save_credential_draft(uow, child.id, document=document, replaces=child.sha256)
        with pytest.raises(Conflict) as refusal:
            api.publish_credential(uow, child.id)
    found = refusal.value.facts["findings"]
    assert isinstance(found, list)
    assert rule in {one["rule"] for one in found}


def test_a_private_credential_is_adopted_only_with_a_permission(bank: Bank, adopter: Actor) -> None:
    private = draft_of(bank, visibility="private")
    with bank.store.write(bank.body) as uow:
        assert (
            code_of(permit_adoption, uow, private.id, body="Other Skills Council", reference="x")
            == "credential_state"
        )
        api.publish_credential(uow, private.id)
    with bank.store.read(adopter) as uow:
        assert private.id not in {one.id for one in adoptable_credentials(uow)}
        assert code_of(adopted_document, uow, private.id, **CHILD) == "credential_unknown"
    with bank.store.write(bank.body) as uow:
        assert (
            code_of(permit_adoption, uow, private.id, body="Nobody", reference="x") == "organisation_unknown"
        )
        own = "Nirantar Skills Council"
        assert code_of(permit_adoption, uow, private.id, body=own, reference="x") == "organisation_unknown"
        name = "Other Skills Council"
        assert code_of(permit_adoption, uow, private.id, body=name, reference=" ") == "permission_reference"
        given = permit_adoption(uow, private.id, body=name, reference="Minute 12")
        assert permit_adoption(uow, private.id, body=name, reference="Again").id == given.id
        assert [one.reference for one in adoption_permissions(uow, private.id)] == ["Minute 12"]
    child = adopt(bank, adopter, private.id)
    assert child.document.adoption is not None
    with bank.store.write(adopter) as uow:
        assert code_of(adoption_permissions, uow, private.id) == "credential_unknown"
        assert code_of(permit_adoption, uow, private.id, body="x", reference="x") == "credential_unknown"


def test_a_pointer_at_nothing_is_refused(bank: Bank, adopter: Actor) -> None:
    child = adopt(bank, adopter, bank.credential_id)
    with bank.store.write(adopter) as uow:
        document = credential_json(uow, child.id)
        wrong = changed(document, "adoption", "parent", "sha256", to="sha256:" + "0" * 64)
        assert (
            code_of(save_credential_draft, uow, child.id, document=wrong, replaces=child.sha256)
            == "parent_unknown"
        )
        own = {key: value for key, value in document.items() if key != "adoption"}
        save_credential_draft(uow, child.id, document=own, replaces=child.sha256)
        assert uow.db.get(CredentialAdoptionRow, child.id) is None
        assert overlay_of(uow, child.id) is None
    with bank.store.read(bank.author) as uow:
        assert adoptable_credentials(uow) == []
        assert code_of(overlay_of, uow, child.id) == "credential_unknown"
