# SPDX-License-Identifier: Apache-2.0
"""Credentials and engagements on a real database: versions, findings, and who reads them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.clock import FixedClock
from core.errors import Conflict, Invalid, NotFound
from core.uow import Actor, ActorKind, UnitOfWork
from item_bank import api
from item_bank.standards.tables import CredentialVersionRow
from tests.db.banks import Bank, code_of, count
from tests.unit.item_bank.builders import changed, credential, item

# ---------------------------------------------------------------------------------------------- credentials


def test_the_same_credential_again_is_the_same_version_and_other_content_is_refused(bank: Bank) -> None:
    owner = bank.body.organisation_id
    with bank.store.write(bank.body) as uow:
        again = api.add_credential_version(uow, owner_id=owner, document=credential())
        assert again.id == bank.credential_id
        other = changed(credential(), "level", to="7")
        assert code_of(api.add_credential_version, uow, owner_id=owner, document=other) == "credential_exists"
        newer = api.add_credential_version(uow, owner_id=owner, document={**other, "version": "1.1"})
        assert newer.state is api.CredentialState.DRAFT


def test_a_credential_with_a_blocking_finding_is_not_published(bank: Bank) -> None:
    document = changed(credential(version="2.0"), "hours", "ojt", to="1")
    with bank.store.write(bank.body) as uow:
        draft = api.add_credential_version(uow, owner_id=bank.body.organisation_id, document=document)
        with pytest.raises(Conflict) as refusal:
            api.publish_credential(uow, draft.id)
    assert refusal.value.code == "credential_blocked"
    findings = refusal.value.facts["findings"]
    assert isinstance(findings, list)
    assert [found["rule"] for found in findings] == ["hours_add_up"]
    assert findings[0]["what_to_do"]


def test_a_warning_wants_a_recorded_reason(bank: Bank) -> None:
    with bank.store.write(bank.body) as uow:
        draft = api.add_credential_version(
            uow, owner_id=bank.body.organisation_id, document=credential(version="2.0", level="5")
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


def test_a_live_credential_is_not_published_again_and_a_withdrawn_one_stays_so(bank: Bank) -> None:
    with bank.store.write(bank.body) as uow:
        assert code_of(api.publish_credential, uow, bank.credential_id) == "credential_state"
        assert api.withdraw_credential(uow, bank.credential_id).state is api.CredentialState.WITHDRAWN
        assert code_of(api.withdraw_credential, uow, bank.credential_id) == "credential_state"
    assert code_of(bank.bring, item()) == "credential_state"


def test_only_an_awarding_body_owns_credentials_and_only_its_own(bank: Bank) -> None:
    with bank.store.write(bank.author) as uow:
        for owner in (bank.agency, bank.body.organisation_id, "nobody"):
            assert (
                code_of(api.add_credential_version, uow, owner_id=owner, document=credential())
                == "organisation_unknown"
            )
        assert code_of(api.publish_credential, uow, bank.credential_id) == "credential_unknown"
        assert code_of(api.withdraw_credential, uow, "nothing") == "credential_unknown"


def test_a_malformed_credential_leaves_nothing_behind(bank: Bank) -> None:
    with pytest.raises(Invalid), bank.store.write(bank.body) as uow:
        api.add_credential_version(uow, owner_id=bank.body.organisation_id, document={"code": "x"})
    with bank.store.read(Actor.system()) as uow:
        assert count(uow, CredentialVersionRow) == 1


def test_what_is_not_there_is_not_found_for_anyone(bank: Bank) -> None:
    with bank.store.read(bank.author) as uow, pytest.raises(NotFound):
        api.credential_version(uow, "nothing")


# ---------------------------------------------------------------------------------------------- engagements


def test_an_agency_reads_a_credential_only_through_its_engagement(bank: Bank) -> None:
    for actor in (bank.author, bank.body, Actor.system()):
        with bank.store.read(actor) as uow:
            assert api.credential_version(uow, bank.credential_id).document.code == "SDP/MC/0701"
            assert len(api.credential_versions(uow, state=api.CredentialState.LIVE)) == 1
            assert api.find_credential_version(uow, code="SDP/MC/0701", version="1.0") is not None
            assert len(api.engagements(uow)) == 1
    with bank.store.read(bank.stranger) as uow:
        assert code_of(api.credential_version, uow, bank.credential_id) == "credential_unknown"
        assert api.credential_versions(uow) == []
        assert api.find_credential_version(uow, code="SDP/MC/0701", version="1.0") is None
        assert api.engagements(uow) == []
        assert (
            api.engagement_between(uow, agency_id=bank.agency, credential_version_id=bank.credential_id)
            is None
        )


def test_an_actor_without_an_organisation_sees_no_credential(bank: Bank) -> None:
    with bank.store.read(Actor(ActorKind.CANDIDATE, "candidate")) as uow:
        assert api.credential_versions(uow) == []


def test_an_ended_engagement_explains_old_results_but_brings_in_nothing_new(
    bank: Bank, clock: FixedClock
) -> None:
    clock.advance(366 * 86_400)
    with bank.store.read(bank.author) as uow:
        assert api.credential_version(uow, bank.credential_id).id == bank.credential_id
        assert (
            api.engagement_between(uow, agency_id=bank.agency, credential_version_id=bank.credential_id)
            is None
        )
    assert code_of(bank.bring, item()) == "no_engagement"


def test_an_engagement_is_between_an_owner_and_an_agency_for_a_time_that_is_free(bank: Bank) -> None:
    def engage(uow: UnitOfWork, **changes: Any) -> str:
        terms = {
            "credential_version_id": bank.credential_id,
            "agency_id": bank.stranger.organisation_id,
            "territory": "India",
            "valid_from": uow.now,
            "valid_until": uow.now + timedelta(days=1),
        }
        return code_of(api.add_engagement, uow, **{**terms, **changes})

    with bank.store.write(bank.body) as uow:
        assert engage(uow, agency_id=bank.body.organisation_id) == "organisation_unknown"
        assert engage(uow, agency_id="nobody") == "organisation_unknown"
        assert engage(uow, territory=" ") == "territory"
        assert engage(uow, valid_until=uow.now) == "engagement_dates"
        assert engage(uow, agency_id=bank.agency) == "engagement_exists"
        draft = api.add_credential_version(
            uow, owner_id=bank.body.organisation_id, document=credential(version="3.0")
        )
        assert engage(uow, credential_version_id=draft.id) == "credential_state"
    with bank.store.write(bank.author) as uow:
        assert engage(uow) == "credential_unknown"
