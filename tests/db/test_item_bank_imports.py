# SPDX-License-Identifier: Apache-2.0
"""Imports on a real database: new versions, refused rows, dry runs, the self-test."""

from __future__ import annotations

import json
from dataclasses import replace

from sqlalchemy import select

from core.audit import AuditRow
from core.outbox import OutboxRow
from item_bank import api
from item_bank.items.tables import ItemKeyRow, ItemRow, ItemVersionRow
from tests.db.banks import Bank, code_of, count, live_items
from tests.unit.item_bank.builders import item, text_item, xlsx


def refusals(report: api.ImportReport) -> list[tuple[str, str]]:
    return [(one.where, one.code) for one in report.refused]


def test_an_import_makes_drafts_and_the_same_again_makes_nothing(bank: Bank) -> None:
    first = bank.bring(item(), text_item())
    assert (first.read, first.imported, first.unchanged, first.written) == (2, 2, 0, True)
    assert first.self_test == api.SelfTest(2)
    again = bank.bring(item(), text_item())
    assert (again.read, again.imported, again.unchanged, again.written) == (2, 0, 2, False)
    with bank.store.read(bank.author) as uow:
        assert count(uow, ItemVersionRow) == 2
        for log in (AuditRow, OutboxRow):
            assert uow.db.scalars(select(log.payload).where(log.name == "items_imported")).all() == [
                {"format": "json", "new_items": 2, "new_versions": 0, "unchanged": 0, "refused": 0}
            ]
        assert api.item_document(uow, bank.version().id).to_document()["key"] == ["B"]
    version = bank.version()
    assert (version.state, version.number, version.author_id) == (api.ItemState.DRAFT, 1, "author")


def test_changed_content_makes_a_new_version_of_the_same_item(bank: Bank) -> None:
    bank.bring(item())
    first = bank.version()
    report = bank.bring(item(key=["A"]))
    assert (report.imported, report.unchanged) == (1, 0)
    second = bank.version()
    assert (second.item_id, second.number, second.state) == (first.item_id, 2, api.ItemState.DRAFT)
    assert second.content_hash != first.content_hash
    with bank.store.read(bank.author) as uow:
        assert [one.state for one in api.versions_of_item(uow, first.item_id)] == [
            api.ItemState.DRAFT,
            api.ItemState.WITHDRAWN,
        ]
        assert count(uow, ItemRow) == 1


def test_a_live_version_stays_live_until_its_successor_is_approved(bank: Bank) -> None:
    bank.bring(item())
    live = bank.make_live()
    bank.bring(item(seconds=40))
    with bank.store.read(bank.author) as uow:
        assert api.item_version(uow, live.id).state is api.ItemState.LIVE
    successor = bank.make_live()
    assert (successor.number, successor.state) == (2, api.ItemState.LIVE)
    with bank.store.read(bank.author) as uow:
        assert api.item_version(uow, live.id).state is api.ItemState.WITHDRAWN
        assert [one.version_id for one in live_items(uow, bank)] == [successor.id]


def test_a_version_in_review_gives_way_to_what_is_imported_after_it(bank: Bank) -> None:
    bank.bring(item())
    waiting = bank.submit()
    bank.bring(item(seconds=40))
    with bank.store.write(bank.reviewer) as uow:
        assert code_of(api.approve_item, uow, waiting.id) == "item_state"
        assert api.review_queue(uow, owner_id=bank.agency) == []


def test_one_refusal_stops_the_whole_import_unless_the_good_rows_are_asked_for(bank: Bank) -> None:
    bad = item(id="BAD", pc="PC9")
    stopped = bank.bring(item(), bad)
    assert (stopped.read, stopped.imported, stopped.refused_items, stopped.written) == (2, 0, 1, False)
    assert refusals(stopped) == [("$[1].pc", "unknown_pc")]
    with bank.store.read(bank.author) as uow:
        assert count(uow, ItemRow) == count(uow, ItemVersionRow) == count(uow, ItemKeyRow) == 0
    skipped = bank.bring(item(), bad, mode="skip_refused")
    assert (skipped.imported, skipped.refused_items, skipped.written) == (1, 1, True)


def test_a_dry_run_reports_the_same_and_writes_nothing_even_in_a_read_only_unit(bank: Bank) -> None:
    parsed = api.parse_items(json.dumps([item(), item(id="BAD", key=[])]).encode(), filename="bank.json")
    with bank.store.read(bank.author) as uow:
        report = api.import_items(
            uow,
            owner_id=bank.agency,
            credential_version_id=bank.credential_id,
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


def test_a_language_that_other_items_of_the_file_have_is_missed(bank: Bank) -> None:
    english = {key: value for key, value in item(id="EN").items() if key != "hi"}
    assert refusals(bank.bring(item(), english)) == [("$[1].hi", "language_missing")]
    columns = ["id", "pc", "type", "difficulty", "seconds", "key", "stem_en", "stem_hi"]
    rows = [
        columns,
        ["a", "PC1", "text_entry", "easy", 20, "x", "y", "z"],
        ["b", "PC1", "text_entry", "easy", 20, "x", "y"],
    ]
    report = bank.take_in(api.parse_items(xlsx(rows), filename="x.xlsx"))
    assert refusals(report) == [("row 3, column stem_hi", "language_missing")]


def test_a_file_in_one_language_is_taken_and_what_it_lacks_is_named(bank: Bank) -> None:
    english = {key: value for key, value in item().items() if key != "hi"}
    report = bank.bring(english)
    assert (report.imported, report.refused) == (1, ())
    assert ["'hi'" in loss.what for loss in report.losses] == [True]
    other = {**english, "id": "BN", "bn": english["en"]}
    del other["en"]
    report = bank.bring(
        other
    )  # a language that the credential does not have: kept, and what it lacks is named
    assert (report.imported, report.refused) == (1, ())
    assert len(report.losses) == 2


def test_questions_of_one_language_each_are_taken_as_they_are(bank: Bank) -> None:
    parsed = api.parse_items(
        "Yes?{T}\n\nहाँ?{T}".encode(), filename="q.gift", defaults=api.ImportDefaults(pc="PC1")
    )
    report = bank.take_in(parsed)
    assert (report.imported, report.refused, len(report.losses)) == (2, (), 2)
    again = bank.take_in(parsed)
    assert (again.imported, again.unchanged) == (0, 2)


def test_an_edited_question_with_a_name_becomes_a_new_version(bank: Bank) -> None:
    def bring(text: str) -> api.ImportReport:
        return bank.take_in(
            api.parse_items(text.encode(), filename="q.gift", defaults=api.ImportDefaults(pc="PC1"))
        )

    bring("::Pay::Is it safe?{T}")
    assert bring("::Pay::Is it safe?{F}").imported == 1
    assert bank.version("Pay").number == 2
    assert bring("::Pay::Is it safe?{F}").unchanged == 1


def test_saved_columns_belong_to_their_organisation(bank: Bank) -> None:
    ours = api.parse_mapping({"name": "Ours", "columns": {"Question": "stem_en", "Answer": "key"}})
    with bank.store.write(bank.author) as uow:
        key = api.save_mapping(uow, ours, owner_id=bank.agency)
        more = api.parse_mapping({"name": "Ours", "columns": {"Question": "stem_en", "Right": "key"}})
        assert api.save_mapping(uow, more, owner_id=bank.agency) == key
    with bank.store.read(bank.author) as uow:
        assert api.saved_mapping(uow, key, owner_id=bank.agency) == more
        assert api.fitting_mapping(uow, ["Question", "Right", "Other"], owner_id=bank.agency) == (key, more)
        assert api.fitting_mapping(uow, ["Question"], owner_id=bank.agency) is None
    with bank.store.write(bank.stranger) as uow:
        stranger = str(bank.stranger.organisation_id)
        assert api.saved_mappings(uow, owner_id=stranger) == []
        assert code_of(api.forget_mapping, uow, key, owner_id=stranger) == "mapping_unknown"
        assert code_of(api.saved_mappings, uow, owner_id=bank.agency) == "organisation_unknown"
    with bank.store.write(bank.author) as uow:
        api.forget_mapping(uow, key, owner_id=bank.agency)
        assert api.saved_mappings(uow, owner_id=bank.agency) == []


def test_an_item_in_no_language_is_told_so_once(bank: Bank) -> None:
    bare = {key: value for key, value in item().items() if key not in ("en", "hi")}
    assert refusals(bank.bring(bare)) == [("$[0]", "no_language")]


def test_an_item_whose_own_answer_would_not_score_is_refused_by_the_self_test(bank: Bank) -> None:
    [sound] = api.parse_item_documents([item()]).items
    keyless = replace(sound, document=replace(sound.document, key=api.ItemKey(correct=("Z",))))
    report = bank.take_in(api.ParsedFile("json", (keyless,)), mode="skip_refused")
    assert report.self_test == api.SelfTest(0, ("SDP-PC1-01",))
    assert refusals(report) == [("$[0].key", "self_test")]
    assert (report.imported, report.written) == (0, False)


def test_the_template_goes_all_the_way_into_the_bank(bank: Bank) -> None:
    parsed = api.parse_items(api.template_xlsx(), filename="template.xlsx")
    report = bank.take_in(parsed)
    assert (report.format, report.imported, report.refused, report.losses) == ("xlsx", 8, (), ())
    assert report.self_test == api.SelfTest(8)


def test_an_agency_without_an_engagement_or_of_another_tenant_imports_nothing(bank: Bank) -> None:
    assert code_of(bank.bring, item(), actor=bank.stranger) == "organisation_unknown"
    assert code_of(bank.bring, item(), actor=bank.body) == "organisation_unknown"
    parsed = api.parse_item_documents([item()])
    with bank.store.write(bank.stranger) as uow:
        arguments = {
            "credential_version_id": bank.credential_id,
            "parsed": parsed,
            "mode": api.ImportMode.SKIP_REFUSED,
        }
        assert (
            code_of(api.import_items, uow, owner_id=bank.stranger.organisation_id, **arguments)
            == "credential_unknown"
        )


def test_a_translation_that_stayed_while_its_source_changed_is_stale_after_the_import(bank: Bank) -> None:
    bank.bring(item())
    changed = item()
    changed["en"] = {**changed["en"], "stem": "Another question altogether?"}
    bank.bring(changed)
    with bank.store.read(bank.author) as uow:
        report = api.lint_bank(uow, owner_id=bank.agency)
        assert [one.where for one in report.findings if one.rule == "stale_translation"] == [
            "SDP-PC1-01 hi stem"
        ]
    again = {**changed, "hi": {**changed["hi"], "stem": "बिल्कुल दूसरा सवाल?"}}
    bank.bring(again)
    with bank.store.read(bank.author) as uow:
        report = api.lint_bank(uow, owner_id=bank.agency)
    assert [one for one in report.findings if one.rule == "stale_translation"] == []


def test_an_item_without_a_criterion_comes_in_and_goes_to_review_only_with_one(bank: Bank) -> None:
    report = bank.take_in(api.parse_items(b"::Pay::Is it safe?{T}", filename="q.gift"))
    assert (report.imported, report.refused) == (1, ())
    assert "no performance criterion" in report.losses[0].what
    with bank.store.write(bank.author) as uow:
        assert code_of(api.submit_for_review, uow, bank.version("Pay").id) == "pc_unassigned"
    named = api.parse_items(
        b"::Pay::Is it safe?{T}", filename="q.gift", defaults=api.ImportDefaults(pc="PC1")
    )
    assert bank.take_in(named).imported == 1
    assert bank.submit("Pay").state is api.ItemState.IN_REVIEW


def test_a_file_alone_is_checked_like_an_import_without_its_credential() -> None:
    report = api.check_file(api.parse_items(b"Is it safe?{T}\n\nWhich?{~a ~b}", filename="q.gift"))
    assert (report.read, report.imported, report.refused_items, report.written) == (2, 1, 1, False)
    assert report.self_test.maximum_reached == 1
