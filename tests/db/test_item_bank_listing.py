# SPDX-License-Identifier: Apache-2.0
"""The bank is browsed through a listing that always says what the versions say."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text

from core.errors import NotFound
from item_bank import api
from item_bank.items.listing import (
    BankFilter,
    BankPage,
    ItemListingRow,
    bank_counts,
    bank_languages,
    find_items,
    refresh_listing,
    search_expression,
)
from item_bank.items.model import Difficulty, ItemState
from scoring.api import Interaction
from tests.db.banks import Bank
from tests.unit.item_bank.builders import item, text_item


def choice(name: str, **changes: Any) -> dict[str, Any]:
    return item(id=name, **changes)


def text_entry(name: str) -> dict[str, Any]:
    return text_item(id=name, pc="PC1")


def found(bank: Bank, *, offset: int = 0, limit: int | None = 50, **narrowed: Any) -> BankPage:
    with bank.store.read(bank.author) as uow:
        return find_items(uow, BankFilter(**narrowed), owner_id=bank.agency, offset=offset, limit=limit)


def names(bank: Bank, **narrowed: Any) -> list[str]:
    return [version.external_id for version in found(bank, **narrowed).versions]


@pytest.fixture
def shelf(bank: Bank) -> Bank:
    """Four items of two PCs and two kinds; the last has no Hindi."""
    english = choice("X-4", pc="PC2", difficulty="hard")
    del english["hi"]
    english["en"] = {**english["en"], "stem": "Who keeps the ledger of UPI-payments?"}
    hindi = {**choice("X-3", pc="PC2"), "tags": ["enemy:ledger"]}
    hindi["hi"] = {**hindi["hi"], "stem": "दुकानदार रसीद कहाँ रखता है?"}
    bank.bring(choice("X-1"), text_entry("X-2"), hindi)
    bank.bring(english)
    return bank


def test_the_bank_stands_by_pc_and_name(shelf: Bank) -> None:
    assert names(shelf) == ["X-1", "X-2", "X-3", "X-4"]
    assert found(shelf).total == 4


def test_a_page_is_a_part_of_the_whole(shelf: Bank) -> None:
    page = found(shelf, offset=1, limit=2)
    assert [version.external_id for version in page.versions] == ["X-2", "X-3"]
    assert page.total == 4
    assert len(found(shelf, limit=None).versions) == 4


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ({"pcs": ["PC2"]}, ["X-3", "X-4"]),
        ({"pcs": ["PC1", "PC2"]}, ["X-1", "X-2", "X-3", "X-4"]),
        ({"interaction": Interaction.TEXT_ENTRY}, ["X-2"]),
        ({"difficulty": Difficulty.HARD}, ["X-4"]),
        ({"language": "hi"}, ["X-1", "X-2", "X-3"]),
        ({"language": "h"}, []),
        ({"language": "%"}, []),
        ({"state": ItemState.DRAFT}, ["X-1", "X-2", "X-3", "X-4"]),
        ({"state": ItemState.LIVE}, []),
        ({"words": "ledger"}, ["X-3", "X-4"]),
        ({"words": "LEDG pay"}, ["X-4"]),
        ({"words": "upi-payments"}, ["X-4"]),
        ({"words": "x-3"}, ["X-3"]),
        ({"words": "रसीद"}, ["X-3"]),
        ({"words": "दुकान"}, ["X-3"]),
        ({"words": "दुकानदार रसीद nothing"}, []),
        ({"words": '" OR 1=1 *'}, []),
        ({"words": "((("}, []),
        ({"words": "  "}, ["X-1", "X-2", "X-3", "X-4"]),
        ({"credential_version_id": "other"}, []),
        ({"words": "ledger", "pcs": ["PC2"], "difficulty": Difficulty.HARD, "language": "en"}, ["X-4"]),
    ],
)
def test_a_filter_finds_what_it_says(shelf: Bank, narrowed: dict[str, Any], expected: list[str]) -> None:
    assert names(shelf, **narrowed) == expected


def test_a_changed_item_is_found_by_its_new_words_only(shelf: Bank) -> None:
    changed = choice("X-1")
    changed["en"] = {**changed["en"], "stem": "What does a zebra crossing mean?"}
    shelf.bring(changed)
    assert names(shelf, words="zebra") == ["X-1"]
    assert found(shelf).total == 4
    old = choice("X-1")["en"]["stem"].split()[0]
    assert "X-1" not in names(shelf, words=f"{old} {choice('X-1')['en']['stem'].split()[-1].strip('?.')}")


def test_each_step_of_review_is_in_the_listing(shelf: Bank) -> None:
    shelf.submit("X-1")
    assert names(shelf, state=ItemState.IN_REVIEW) == ["X-1"]
    shelf.make_live("X-2")
    assert names(shelf, state=ItemState.LIVE) == ["X-2"]
    changed = {**text_entry("X-2"), "seconds": 77}
    shelf.bring(changed)
    assert names(shelf, state=ItemState.LIVE) == ["X-2"], "an older version is live still"
    assert names(shelf, state=ItemState.DRAFT) == ["X-2", "X-3", "X-4"]
    with shelf.store.write(shelf.reviewer) as uow:
        api.withdraw_item(uow, found(shelf, words="x-3").versions[0].id)
    assert names(shelf, state=ItemState.WITHDRAWN) == ["X-3"]


def test_what_the_bank_holds_is_counted_by_pc_and_state(shelf: Bank) -> None:
    shelf.submit("X-4")
    with shelf.store.read(shelf.author) as uow:
        counts = bank_counts(uow, owner_id=shelf.agency, credential_version_id=shelf.credential_id)
        assert bank_counts(uow, owner_id=shelf.agency) == counts
        assert bank_languages(uow, owner_id=shelf.agency) == ("en", "hi")
    assert [(one.pc, one.state.value, one.items) for one in counts] == [
        ("PC1", "draft", 2), ("PC2", "draft", 1), ("PC2", "in_review", 1),
    ]  # fmt: skip


def test_another_agency_sees_nothing(shelf: Bank) -> None:
    with shelf.store.read(shelf.stranger) as uow, pytest.raises(NotFound):
        find_items(uow, BankFilter(), owner_id=shelf.agency)
    with shelf.store.read(shelf.stranger) as uow, pytest.raises(NotFound):
        bank_counts(uow, owner_id=shelf.agency)


def test_making_the_listing_anew_changes_nothing(shelf: Bank) -> None:
    def rows() -> list[tuple[Any, ...]]:
        columns = [column for column in ItemListingRow.__table__.columns if column.name != "id"]
        with shelf.store.read(shelf.author) as uow:
            return sorted(map(tuple, uow.db.execute(select(*columns))))

    shelf.submit("X-1")
    before = rows()
    with shelf.store.write(shelf.author) as uow:
        refresh_listing(uow, [row[0] for row in uow.db.execute(select(ItemListingRow.item_id))])
        indexed = uow.db.get_bind().dialect.name == "sqlite"
        words = uow.db.scalar(text("SELECT count(*) FROM item_search")) if indexed else None
    assert rows() == before
    assert words == (4 if indexed else None)


def test_what_is_typed_becomes_words_and_never_a_query() -> None:
    assert search_expression('UPI "drop" क़िस्त-१') == '"upi"* "drop"* "क़िस्त"* "१"*'
    assert search_expression("*() -") == ""


def test_the_findings_of_a_bank_name_its_items(shelf: Bank) -> None:
    changed = choice("X-1")
    changed["hi"] = {**changed["hi"], "stem": changed["en"]["stem"]}
    shelf.bring(changed)
    with shelf.store.read(shelf.author) as uow:
        report = api.lint_bank(uow, owner_id=shelf.agency)
    assert report.items == 4
    assert ("untranslated", "X-1") in {(one.rule, one.item) for one in report.findings}
