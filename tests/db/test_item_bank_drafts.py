# SPDX-License-Identifier: Apache-2.0
"""An author at work on a real database: drafts that are rewritten, versions that never are, stale saves and translations."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from core.audit import AuditRow
from core.errors import Conflict, Invalid
from core.uow import Actor
from item_bank import api
from item_bank.items.media import store_sources
from item_bank.items.parts import ItemSource
from tests.db.banks import Bank, code_of, person
from tests.unit.item_bank.builders import changed, item, read


def create(bank: Bank, document: dict[str, Any], *, actor: Actor | None = None) -> api.ItemVersion:
    with bank.store.write(actor or bank.author) as uow:
        return api.create_item(
            uow, read(document), owner_id=bank.agency, credential_version_id=bank.credential_id
        )


def save(
    bank: Bank,
    version_id: str,
    document: dict[str, Any],
    *,
    revision: int | None = None,
    actor: Actor | None = None,
    confirmed: tuple[str, ...] = (),
) -> api.ItemVersion:
    with bank.store.write(actor or bank.author) as uow:
        found = api.draft(uow, version_id).revision if revision is None else revision
        return api.save_draft(uow, version_id, read(document), expected_revision=found, confirmed=confirmed)


def draft(bank: Bank, version_id: str) -> api.Draft:
    with bank.store.read(bank.author) as uow:
        return api.draft(uow, version_id)


def codes(refusal: Invalid) -> list[str]:
    problems: Any = refusal.facts["problems"]
    return [problem["code"] for problem in problems]


def stem(text: str) -> dict[str, Any]:
    return changed(item(), "en", "stem", to=text)


def test_a_new_item_is_a_draft_of_its_author_and_is_told_of(bank: Bank) -> None:
    version = create(bank, item())
    assert (version.number, version.state, version.author_id) == (1, api.ItemState.DRAFT, "author")
    assert draft(bank, version.id).document == read(item())
    with bank.store.read(bank.author) as uow:
        told = uow.db.execute(
            select(AuditRow.payload).where(AuditRow.name == "item_draft_saved")
        ).scalar_one()
    assert told == {
        "item_id": version.item_id,
        "number": 1,
        "content_hash": version.content_hash,
        "rewritten": False,
    }


def test_the_author_rewrites_a_draft_in_place_until_it_is_submitted(bank: Bank) -> None:
    version = create(bank, item())
    saved = save(bank, version.id, stem("Which of these must stay secret?"))
    assert (saved.id, saved.number) == (version.id, 1)
    assert saved.content_hash == read(stem("Which of these must stay secret?")).content_hash
    assert draft(bank, version.id).document == read(stem("Which of these must stay secret?"))
    bank.submit()
    later = save(bank, version.id, stem("Which one is secret?"))
    assert (later.number, later.state) == (2, api.ItemState.DRAFT)
    with bank.store.read(bank.author) as uow:
        assert api.item_version(uow, version.id).state is api.ItemState.WITHDRAWN
        assert api.item_version(uow, version.id).content_hash == saved.content_hash


def test_saving_what_is_stored_already_writes_nothing(bank: Bank) -> None:
    version = create(bank, item())
    revision = draft(bank, version.id).revision
    assert save(bank, version.id, item()) == version
    assert draft(bank, version.id).revision == revision


@pytest.mark.parametrize("how", ["another author", "imported", "sent back"])
def test_a_draft_that_others_know_gets_a_new_number(bank: Bank, how: str) -> None:
    if how == "imported":
        version = create(bank, item())
        with bank.store.write(bank.author) as uow:
            store_sources(uow, {version.id: ItemSource("application/xml", "one.xml", b"<item/>")})
    else:
        version = create(bank, item())
    if how == "sent back":
        bank.submit()
        with bank.store.write(bank.reviewer) as uow:
            api.reject_item(uow, version.id, comment="Say which secret.")
    actor = person(bank.agency, "second author") if how == "another author" else bank.author
    saved = save(bank, version.id, stem("Which secret?"), actor=actor)
    assert (saved.number, saved.author_id) == (2, actor.id)
    with bank.store.read(bank.author) as uow:
        assert api.item_version(uow, version.id).state is api.ItemState.WITHDRAWN


def test_a_live_version_stays_live_while_its_successor_is_a_draft(bank: Bank) -> None:
    create(bank, item())
    live = bank.make_live()
    successor = save(bank, live.id, stem("Which secret?"))
    assert successor.number == 2
    with bank.store.read(bank.author) as uow:
        assert api.item_version(uow, live.id) == live
        assert api.altered_versions(uow, owner_id=bank.agency) == []


def test_no_operation_changes_what_was_submitted_or_is_live_or_withdrawn(bank: Bank) -> None:
    create(bank, item())
    live = bank.make_live()
    fixed = {live.id: live.content_hash}

    def check() -> None:
        with bank.store.read(bank.author) as uow:
            for version_id, content_hash in fixed.items():
                document = api.item_document(uow, version_id)
                assert document.content_hash == content_hash
                assert api.item_version(uow, version_id).content_hash == content_hash

    second = save(bank, live.id, stem("Second"))
    check()
    bank.submit()
    fixed[second.id] = second.content_hash
    third = save(bank, second.id, stem("Third"))  # withdraws the second
    check()
    with bank.store.write(bank.author) as uow:
        api.copy_item(uow, live.id, external_id="SDP-PC1-02")
        api.withdraw_item(uow, third.id)
    fixed[third.id] = third.content_hash
    check()
    bank.bring(stem("Imported"))
    check()
    bank.make_live()
    check()
    save(bank, bank.version().id, stem("Fifth"))
    check()
    with bank.store.write(bank.author) as uow:
        api.withdraw_item(uow, live.id) if api.item_version(uow, live.id).state.value == "live" else None
    check()


def test_a_stale_save_is_refused_and_names_the_newest_version(bank: Bank) -> None:
    version = create(bank, item())
    revision = draft(bank, version.id).revision
    save(bank, version.id, stem("Mine"), revision=revision)
    with pytest.raises(Conflict) as stale:
        save(bank, version.id, stem("Theirs"), revision=revision)
    assert (stale.value.code, stale.value.facts["newest"]) == ("draft_stale", version.id)
    assert draft(bank, version.id).document == read(stem("Mine"))
    bank.submit()
    newest = save(bank, version.id, stem("Newest"))
    with pytest.raises(Conflict) as old:
        save(bank, version.id, stem("On the old one"))
    assert (old.value.code, old.value.facts["newest"]) == ("draft_stale", newest.id)


def test_what_cannot_stand_in_the_bank_is_refused_by_name(bank: Bank) -> None:
    version = create(bank, item())
    with bank.store.write(bank.author) as uow:
        assert code_of(api.copy_item, uow, version.id, external_id="SDP-PC1-01") == "item_exists"
    with pytest.raises(Invalid) as refusal:
        create(bank, item(id="X-1", pc="PC99"))
    assert refusal.value.code == "item_malformed"
    assert codes(refusal.value) == ["unknown_pc"]
    with pytest.raises(Invalid) as renamed:
        save(bank, version.id, item(id="OTHER"))
    assert codes(renamed.value) == ["renamed"]


def test_a_picture_that_is_not_in_the_bank_is_refused(bank: Bank) -> None:
    with pytest.raises(Invalid) as refusal:
        create(
            bank, rich(media=[{"name": "a.png", "media_type": "image/png", "sha256": "0" * 64, "size": 9}])
        )
    assert codes(refusal.value) == ["media_missing"]


def rich(**changes: Any) -> dict[str, Any]:
    document = {
        "id": "SDP-PC1-07", "pc": "PC1", "type": "order", "difficulty": "hard", "seconds": 90, "marks": "2",
        "parts": [
            {"id": "RESPONSE", "kind": "order", "choices": [{"id": "A"}, {"id": "B"}], "shuffle": True, "most": 0}
        ],
        "key": {"parts": [{"part": "RESPONSE", "marks": "2", "correct": ["B", "A"]}]},
        "en": {"stem": "Put in order [[RESPONSE]]", "texts": {"RESPONSE.A": "Pay", "RESPONSE.B": "Check"}},
        "hi": {"stem": "क्रम में लगाएँ [[RESPONSE]]", "texts": {"RESPONSE.A": "भुगतान", "RESPONSE.B": "जाँच"}},
    }  # fmt: skip
    return {**document, **changes}


def test_a_rich_draft_is_rewritten_with_its_parts_and_keys(bank: Bank) -> None:
    version = create(bank, rich())
    after = changed(rich(), "key", "parts", to=[{"part": "RESPONSE", "marks": "2", "correct": ["A", "B"]}])
    saved = save(bank, version.id, after)
    assert saved.id == version.id
    assert draft(bank, version.id).document.to_document() == read(after).to_document()
    plain = save(bank, version.id, item(id="SDP-PC1-07"))
    assert plain.id == version.id
    assert draft(bank, version.id).document == read(item(id="SDP-PC1-07"))


def test_other_agencies_see_nothing_to_edit_and_write_nothing(bank: Bank) -> None:
    version = create(bank, item())
    with bank.store.write(bank.stranger) as uow:
        assert code_of(api.draft, uow, version.id) == "item_unknown"
        assert code_of(api.copy_item, uow, version.id, external_id="MINE") == "item_unknown"
        assert (
            code_of(
                api.create_item, uow, read(item(id="N-1")),
                owner_id=bank.agency, credential_version_id=bank.credential_id,
            )
            == "organisation_unknown"
        )  # fmt: skip


def test_a_translation_goes_stale_when_its_source_changes_and_fresh_when_it_is_confirmed(bank: Bank) -> None:
    version = create(bank, item())
    assert draft(bank, version.id).stale == frozenset()
    save(bank, version.id, stem("Which one must you never tell?"))
    assert draft(bank, version.id).stale == {("hi", "stem")}
    save(bank, version.id, changed(stem("Which one must you never tell?"), "seconds", to=40))
    assert draft(bank, version.id).stale == {("hi", "stem")}
    both = changed(stem("Which one must you never tell?"), "hi", "stem", to="किसे कभी नहीं बताना है?")
    save(bank, version.id, both)
    assert draft(bank, version.id).stale == frozenset()
    again = changed(both, "en", "options", "A", to="UPI address")
    save(bank, version.id, again)
    assert draft(bank, version.id).stale == {("hi", "RESPONSE.A")}
    save(bank, version.id, again, confirmed=("hi",))
    assert draft(bank, version.id).stale == frozenset()


def test_a_stale_mark_goes_with_the_next_version_and_with_a_copy(bank: Bank) -> None:
    version = create(bank, item())
    save(bank, version.id, stem("Which one must you never tell?"))
    bank.submit()
    second = save(bank, version.id, changed(stem("Which one must you never tell?"), "seconds", to=40))
    assert second.number == 2
    assert draft(bank, second.id).stale == {("hi", "stem")}
    with bank.store.write(bank.author) as uow:
        copy = api.copy_item(uow, second.id, external_id="SDP-PC1-09")
    assert draft(bank, copy.id).stale == {("hi", "stem")}
    assert copy.external_id == "SDP-PC1-09"
