# SPDX-License-Identifier: Apache-2.0
"""Items on a real database: four eyes, tenants, projections, and what was altered behind our back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from core.audit import AuditRow
from core.errors import Forbidden
from core.uow import Actor, ActorKind
from item_bank import api
from item_bank.items.tables import ItemVersionRow
from scoring.api import score_item
from tests.db.banks import Bank, code_of, person
from tests.unit.item_bank.builders import item, text_item

# ------------------------------------------------------------------------------------------ review, tenants


def test_nobody_approves_their_own_item(bank: Bank) -> None:
    bank.bring(item())
    version = bank.submit(by=bank.reviewer)
    for actor in (bank.author, bank.reviewer):
        with bank.store.write(actor) as uow:
            with pytest.raises(Forbidden) as refusal:
                api.approve_item(uow, version.id)
            assert refusal.value.code == "own_item"
    with bank.store.write(Actor.system()) as uow:
        assert code_of(api.approve_item, uow, version.id) == "person_needed"
    with bank.store.write(person(bank.agency, "third")) as uow:
        assert api.approve_item(uow, version.id).state is api.ItemState.LIVE


def test_the_history_of_a_version_tells_who_did_what_and_why(bank: Bank) -> None:
    bank.bring(item())
    version = bank.submit()
    with bank.store.write(bank.reviewer) as uow:
        assert [one.version.id for one in api.review_queue(uow, owner_id=bank.agency)] == [version.id]
        assert code_of(api.reject_item, uow, version.id, comment=" ") == "comment_missing"
        assert api.reject_item(uow, version.id, comment="The key is C.").state is api.ItemState.DRAFT
    bank.make_live()
    with bank.store.write(bank.author) as uow:
        assert api.withdraw_item(uow, version.id, comment="Rule changed.").state is api.ItemState.WITHDRAWN
    with bank.store.read(bank.author) as uow:
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


def test_another_tenant_and_a_candidate_of_our_own_find_no_item(bank: Bank) -> None:
    bank.bring(item())
    version = bank.version()
    candidate = Actor(ActorKind.CANDIDATE, "candidate", bank.agency)
    for actor in (bank.stranger, bank.body, candidate):
        with bank.store.write(actor) as uow:
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
                assert code_of(call, uow, owner_id=bank.agency) == "organisation_unknown"
    with bank.store.read(bank.author) as uow:
        for call in (api.item_version, api.versions_of_item):
            assert code_of(call, uow, "nothing") == "item_unknown"
        assert code_of(api.item_versions, uow, ["nothing"]) == "item_unknown"


def test_the_bank_lists_by_pc_and_state(bank: Bank) -> None:
    bank.bring(item(), text_item(), item(id="SDP-PC1-02", seconds=50))
    bank.make_live("SDP-PC1-02")
    with bank.store.read(bank.author) as uow:

        def names(**only: Any) -> list[str]:
            return [one.external_id for one in api.newest_versions(uow, owner_id=bank.agency, **only)]

        assert names() == ["SDP-PC1-01", "SDP-PC1-02", "SDP-PC2-01"]
        assert names(pc="PC1", state=api.ItemState.DRAFT) == ["SDP-PC1-01"]
        assert names(state=api.ItemState.LIVE) == ["SDP-PC1-02"]
        assert names(credential_version_id="another") == []


# -------------------------------------------------------------------------------- projections and integrity


def test_the_scoring_view_scores_and_the_candidate_view_knows_no_key(bank: Bank) -> None:
    bank.bring(item(), text_item(key=["CANARY77"]))
    choice, entry = bank.version("SDP-PC1-01"), bank.version("SDP-PC2-01")
    with bank.store.read(Actor(ActorKind.CANDIDATE, "candidate")) as uow:
        scoring = api.scoring_view(uow, {one.id: one.content_hash for one in (choice, entry)})
        versions = api.item_versions(uow, [entry.id, choice.id, entry.id])
    assert score_item(scoring[choice.id], ("B",)).score == 1
    assert score_item(scoring[choice.id], ("A",)).score == 0
    assert score_item(scoring[entry.id], " CANARY77 ").score == 1
    opaque = api.opaque_ids(b"an attempt's own secret")
    assert "CANARY77" not in repr([api.candidate_view(one, opaque=opaque) for one in versions.values()])
    assert "CANARY77" not in repr(list(versions.values()))


def test_reading_content_never_touches_the_table_of_keys(bank: Bank) -> None:
    bank.bring(item())
    version = bank.version()
    with bank.store.write(Actor.system()) as uow:
        uow.db.execute(text("ALTER TABLE item_keys RENAME TO item_keys_away"))
    with bank.store.read(bank.author) as uow:
        assert api.item_versions(uow, [version.id])[version.id] == version
        assert api.newest_versions(uow, owner_id=bank.agency) == [version]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE item_versions SET seconds = 99",
        "UPDATE item_keys SET correct = '[\"A\"]'",
        "DELETE FROM item_keys",
    ],
)
def test_a_version_altered_behind_our_back_no_longer_makes_its_hash(bank: Bank, statement: str) -> None:
    bank.bring(item())
    version = bank.make_live()
    with bank.store.read(bank.author) as uow:
        assert api.altered_versions(uow, owner_id=bank.agency) == []
    with bank.store.write(Actor.system()) as uow:
        uow.db.execute(text(statement))
    with bank.store.read(bank.author) as uow:
        assert api.altered_versions(uow, owner_id=bank.agency) == [version.id]


def test_the_database_itself_refuses_two_live_versions_and_states_out_of_nowhere(bank: Bank) -> None:
    bank.bring(item())
    bank.make_live()
    bank.bring(item(seconds=40))
    for values in (
        {"state": api.ItemState.LIVE, "live_at": bank.store.clock.now()},
        {"state": api.ItemState.WITHDRAWN},
        {"state": api.ItemState.IN_REVIEW},
    ):
        with pytest.raises(IntegrityError), bank.store.write(Actor.system()) as uow:
            uow.db.execute(update(ItemVersionRow).where(ItemVersionRow.number == 2).values(**values))
    with pytest.raises(IntegrityError), bank.store.write(Actor.system()) as uow:
        uow.db.execute(text("UPDATE item_versions SET state = 'published'"))
