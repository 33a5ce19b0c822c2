# SPDX-License-Identifier: Apache-2.0
"""Periods, receipts and erasures over simulated time, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from assessor import api
from core.blobs import BlobKeyRow
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.notices.queries import notices_of
from core.privacy import operations as privacy
from core.privacy.model import A_YEAR, NOTICE_AHEAD, DataClass, ErasureState, Hold, Mode, Settings
from core.privacy.queries import erasure, newest_erasure, receipts, settings_of
from core.uow import Actor
from proctor import api as proctor
from tests.db import private_lives as lives
from tests.db.private_lives import Life
from tests.unit.assessor.world import CLOSES, World, refused
from web.privacy import erasing, retention
from web.wiring import Services

DAY = 86_400


@pytest.fixture
def parts(world: World, tmp_path: Path) -> Iterator[Services]:
    built = lives.services(world, tmp_path)
    yield built
    built.engine.dispose()


@pytest.fixture
def life(world: World, parts: Services) -> Life:
    return lives.live(world, parts)


def kept(world: World, life: Life) -> dict[DataClass, int]:
    with world.store.read(Actor.system()) as uow:
        return {one.data_class: one.count for one in retention.kept_of(uow, [life.attempt_id])}


def of(world: World, life: Life) -> list[str]:
    with world.store.read(Actor.system()) as uow:
        return sorted(one.data_class.value for one in receipts(uow, subject_ids=[life.entry_id]))


def keys(world: World) -> set[str]:
    with world.store.read(Actor.system()) as uow:
        return {scope for (scope,) in uow.db.query(BlobKeyRow.scope)}


def after_closing(world: World, days: float) -> None:
    """Let the clock stand so many days behind the end of the sitting."""
    world.clock.advance((CLOSES - world.clock.now()).total_seconds() + days * DAY)


def test_what_is_kept_is_listed_class_by_class(world: World, parts: Services, life: Life) -> None:
    assert kept(world, life) == {
        DataClass.SAMPLES: 1,
        DataClass.SYSTEM_CHECKS: 1,
        DataClass.IDENTITY: 3,
        DataClass.INCIDENTS: 2,
        DataClass.MESSAGES: 1,
        DataClass.DEVICE_NOTES: 1,
    }
    assert retention.due(parts) == []
    assert retention.sweep(parts) == []


def test_no_picture_lies_readable_in_the_database_or_on_the_disk(
    world: World, parts: Services, life: Life, tmp_path: Path
) -> None:
    assert lives.plain_pictures(world, tmp_path) == []
    assert len(keys(world)) == 3, "a key for each class of pictures"


def test_clean_samples_go_first_and_a_receipt_says_so(world: World, parts: Services, life: Life) -> None:
    store = Path(parts.config.evidence_root)
    files = {file for file in store.rglob("*") if file.is_file()}
    lives.settle(world, life)
    after_closing(world, 14)
    (receipt_id,) = retention.sweep(parts)
    with world.store.read(Actor.system()) as uow:
        (receipt,) = receipts(uow, organisation_id=world.ids.agency)
    assert receipt.id == receipt_id
    assert (receipt.data_class, receipt.count, receipt.subject_id) == (DataClass.SAMPLES, 1, life.entry_id)
    assert (receipt.keys, receipt.policy_version) == ((f"{life.attempt_id}:sample",), "1")
    assert receipt.due_at == CLOSES + timedelta(days=14)
    assert receipt.digest.startswith("sha256:")
    assert len(files - {file for file in store.rglob("*") if file.is_file()}) == 1
    assert f"{life.attempt_id}:sample" not in keys(world)
    assert DataClass.SAMPLES not in kept(world, life)
    assert retention.sweep(parts) == [], "once"


def test_an_open_incident_keeps_what_shows_it_whatever_the_period(
    world: World, parts: Services, life: Life
) -> None:
    after_closing(world, 400)
    retention.sweep(parts)
    assert of(world, life) == ["system_checks"]
    held = [one for one in retention.due(parts) if one.held]
    assert {one.data_class for one in held} >= {
        DataClass.SAMPLES,
        DataClass.INCIDENTS,
        DataClass.IDENTITY,
        DataClass.MESSAGES,
    }
    assert all(Hold.INCIDENT_OPEN in one.holds for one in held)


def test_after_the_decision_and_the_time_to_appeal_everything_with_a_period_goes(
    world: World, parts: Services, life: Life
) -> None:
    lives.settle(world, life)
    world.clock.advance(14 * DAY)
    retention.sweep(parts)
    assert DataClass.INCIDENTS in kept(world, life), "the time to appeal runs"
    world.clock.advance(2 * DAY)
    retention.sweep(parts)
    assert kept(world, life).keys() == {DataClass.SYSTEM_CHECKS, DataClass.MESSAGES, DataClass.DEVICE_NOTES}
    world.clock.advance(30 * DAY)
    retention.sweep(parts)
    assert kept(world, life) == {}
    assert keys(world) == set()
    with world.store.read(world.manager) as uow:
        with pytest.raises(NotFound):
            proctor.read_evidence(uow, "gone", organisation_id=world.ids.agency, blobs=parts.blobs)
        assert api.entry_line(uow, life.entry_id, organisation_id=world.ids.agency).result is not None


def test_a_result_that_never_comes_ends_with_what_the_consent_promised(
    world: World, parts: Services, life: Life
) -> None:
    with world.store.write(world.staff(world.ids.second_assessor)) as uow:
        proctor.decide_incident(
            uow,
            life.incident_id,
            organisation_id=world.ids.agency,
            verdict=proctor.Verdict.DISMISSED,
            reason="Nobody else.",
        )
        api.release_hold(uow, cause_id=life.incident_id)
    after_closing(world, 179)
    retention.sweep(parts)
    assert DataClass.IDENTITY in kept(world, life)
    world.clock.advance(DAY)
    retention.sweep(parts)
    assert kept(world, life) == {}


def test_an_organisation_chooses_within_limits_and_by_which_clause(
    world: World, parts: Services, life: Life
) -> None:
    with world.store.write(world.manager) as uow:
        with refused(Invalid, "retention_days_out_of_range"):
            privacy.set_retention(uow, world.ids.agency, Settings(days={DataClass.SAMPLES: 91}))
        with refused(Invalid, "retention_class_unknown"):
            privacy.set_retention(uow, world.ids.agency, Settings(days={DataClass.RESULT: 3}))
        with refused(Invalid, "retention_days_out_of_range"):
            privacy.set_retention(uow, world.ids.agency, Settings(appeal_days=91))
        privacy.set_retention(uow, world.ids.agency, Settings(days={DataClass.SAMPLES: 2}))
        privacy.set_retention(uow, world.ids.agency, Settings(mode=Mode.KEEP_A_YEAR, days={}))
        assert settings_of(uow, world.ids.agency).mode is Mode.KEEP_A_YEAR
        assert settings_of(uow, world.ids.other_agency) == Settings()
    after_closing(world, 364)
    assert retention.sweep(parts) == []
    world.clock.advance(DAY)
    retention.sweep(parts)
    assert of(world, life) == ["system_checks"], "the incident is open, and keeps what shows the test"


def test_pictures_of_before_lie_under_the_attempts_own_key_and_are_still_read(
    world: World, parts: Services, life: Life
) -> None:
    with world.store.write(world.manager) as uow:
        ref = parts.blobs.put(life.attempt_id, lives.JPEG, uow)
        photo = next(
            one
            for one in proctor.evidence_of_attempts(uow, [life.attempt_id])
            if one.kind is proctor.EvidenceKind.IDENTITY_PHOTO
        )
        uow.db.execute(
            text(
                "UPDATE evidence SET scope = NULL, stored_sha256 = NULL, redaction = 'none', address = :a,"
                " sha256 = :h WHERE id = :i"
            ),
            {"a": ref.address, "h": ref.sha256, "i": photo.id},
        )
        uow.db.expire_all()
        seen = proctor.view_evidence(uow, photo.id, organisation_id=world.ids.agency, blobs=parts.blobs)
        assert (seen.data, seen.summary.redacted) == (lives.JPEG, False)
        gone = proctor.delete_data(uow, life.attempt_id, DataClass.IDENTITY, blobs=parts.blobs)
    assert ref.address in gone.addresses
    assert life.attempt_id in keys(world), "uploaded answers lie under the same key"


def test_whoever_looks_is_remembered_even_when_the_picture_is_gone(
    world: World, parts: Services, life: Life
) -> None:
    with world.store.write(world.proctor) as uow:
        pictures = proctor.evidence_of_attempts(uow, [life.attempt_id])
        sample = next(one for one in pictures if one.kind is proctor.EvidenceKind.SAMPLE)
        proctor.view_evidence(uow, sample.id, organisation_id=world.ids.agency, blobs=parts.blobs)
    after_closing(world, 20)
    retention.sweep(parts)
    with world.store.read(Actor.system()) as uow:
        (look,) = proctor.looks_of_attempts(uow, [life.attempt_id])
    assert (look.actor_id, look.kind) == (world.ids.proctor, proctor.EvidenceKind.SAMPLE)


# ------------------------------------------------------------------------------------------------ erasure


def confirmed(world: World, parts: Services, life: Life) -> str:
    with world.store.write(Actor.system()) as uow:
        erasure_id = erasing.ask(uow, life.entry_id, organisation_id=world.ids.agency, reason="By letter.").id
    with world.store.write(world.manager) as uow:
        erasing.confirm(uow, parts, erasure_id, organisation_id=world.ids.agency)
    return erasure_id


def test_an_erasure_waits_for_open_cases_and_results(world: World, parts: Services, life: Life) -> None:
    with world.store.write(world.manager) as uow:
        with refused(Invalid, "reason_required"):
            erasing.ask(uow, life.entry_id, organisation_id=world.ids.agency)
        first = erasing.ask(uow, life.entry_id, organisation_id=world.ids.agency, reason="By letter.")
        again = erasing.ask(uow, life.entry_id, organisation_id=world.ids.agency, reason="By letter.")
        assert first == again
        with refused(Conflict, "erasure_held") as info:
            erasing.confirm(uow, parts, first.id, organisation_id=world.ids.agency)
        assert info.value.facts["holds"] == ["incident_open", "result_not_declared"]
        with refused(NotFound, "erasure_unknown"):
            erasing.confirm(uow, parts, first.id, organisation_id=world.ids.other_agency)
        with refused(NotFound, "entry_unknown"):
            erasing.ask(uow, life.entry_id, organisation_id=world.ids.other_agency, reason="No.")


def test_only_a_person_confirms_or_refuses(world: World, parts: Services, life: Life) -> None:
    lives.settle(world, life)
    with world.store.write(Actor.system()) as uow:
        one = erasing.ask(uow, life.entry_id, organisation_id=world.ids.agency, reason="By letter.")
        with refused(Forbidden, "erasure_needs_a_person"):
            erasing.confirm(uow, parts, one.id, organisation_id=world.ids.agency)
        with refused(Forbidden, "erasure_needs_a_person"):
            privacy.refuse_erasure(uow, one.id, organisation_id=world.ids.agency, reason="No.")
    with world.store.write(world.manager) as uow:
        refusal = privacy.refuse_erasure(
            uow, one.id, organisation_id=world.ids.agency, reason="A court asked for it."
        )
        assert (refusal.state, refusal.answer) == (ErasureState.REFUSED, "A court asked for it.")
        with refused(Conflict, "erasure_over"):
            erasing.confirm(uow, parts, one.id, organisation_id=world.ids.agency)
        with refused(Conflict, "erasure_over"):
            privacy.take_back_erasure(uow, life.candidate_id, organisation_id=world.ids.agency)


def test_the_learner_is_told_48_hours_before_and_nothing_is_erased_earlier(
    world: World, parts: Services, life: Life
) -> None:
    lives.settle(world, life)
    erasure_id = confirmed(world, parts, life)
    with world.store.read(Actor.system()) as uow:
        told = notices_of(uow, [life.entry_id], organisation_id=world.ids.agency)
        assert [one.kind.value for one in told] == ["erasure_notice"]
        assert erasure(uow, erasure_id, organisation_id=None).erase_at == world.clock.now() + NOTICE_AHEAD
    world.clock.advance(NOTICE_AHEAD.total_seconds() - 1)
    assert erasing.carry_out_due(parts) == []
    with (
        world.store.write(Actor.system()) as uow,
        refused(Conflict, "erasure_too_early"),
        uow.db.begin_nested(),
    ):
        privacy.finish_erasure(uow, erasure_id, particulars=["x"], receipts=0, key=b"k" * 32)
    world.clock.advance(1)
    assert erasing.carry_out_due(parts) == [erasure_id]
    assert erasing.carry_out_due(parts) == [], "once"


def test_what_is_taken_back_in_time_is_not_erased(world: World, parts: Services, life: Life) -> None:
    lives.settle(world, life)
    confirmed(world, parts, life)
    with world.store.write(Actor.system()) as uow:
        privacy.take_back_erasure(uow, life.candidate_id, organisation_id=world.ids.agency)
    world.clock.advance(3 * DAY)
    assert erasing.carry_out_due(parts) == []
    with world.store.read(Actor.system()) as uow:
        assert api.contacts(uow, [life.entry_id], organisation_id=world.ids.agency)[0].name == lives.NAME


def test_a_case_that_opens_after_the_notice_keeps_the_data(world: World, parts: Services, life: Life) -> None:
    lives.settle(world, life)
    erasure_id = confirmed(world, parts, life)
    with world.store.write(Actor.system()) as uow:
        api.place_hold(uow, life.attempt_id, cause_id="another case")
    world.clock.advance(3 * DAY)
    assert erasing.carry_out_due(parts) == []
    with world.store.write(Actor.system()) as uow:
        api.release_hold(uow, cause_id="another case")
    assert erasing.carry_out_due(parts) == [erasure_id]


def test_who_keeps_a_year_by_law_erases_only_then(world: World, parts: Services, life: Life) -> None:
    lives.settle(world, life)
    with world.store.write(world.manager) as uow:
        privacy.set_retention(uow, world.ids.agency, Settings(mode=Mode.KEEP_A_YEAR))
    erasure_id = confirmed(world, parts, life)
    with world.store.read(Actor.system()) as uow:
        assert erasure(uow, erasure_id, organisation_id=None).erase_at == CLOSES + A_YEAR


def test_after_the_erasure_no_word_and_no_picture_of_the_person_is_anywhere(
    world: World, parts: Services, life: Life, tmp_path: Path
) -> None:
    lives.speak(world, life)
    lives.settle(world, life)
    sung = {place.partition(":")[0] for place in lives.found_in(world, tmp_path)}
    assert sung >= {
        "candidates.name",
        "candidates.guardian_name",
        "entries.agency_number",
        "findings.reason",
        "explanations.text",
        "watch_exemptions.reason",
        "hand_overs.note",
        "proctor_messages.text",
        "response_events.value",
    }, "the canaries sing before"
    erasure_id = confirmed(world, parts, life)
    world.clock.advance(3 * DAY)
    assert erasing.carry_out_due(parts) == [erasure_id]
    assert lives.found_in(world, tmp_path) == []
    assert keys(world) == set()
    store = Path(parts.config.evidence_root)
    assert [file for file in store.rglob("*") if file.is_file()] == []


def test_the_result_the_proof_and_the_receipts_stay(world: World, parts: Services, life: Life) -> None:
    lives.settle(world, life)
    with world.store.read(world.manager) as uow:
        before = api.entry_line(uow, life.entry_id, organisation_id=world.ids.agency).result
    erasure_id = confirmed(world, parts, life)
    world.clock.advance(3 * DAY)
    erasing.carry_out_due(parts)
    with world.store.read(world.manager) as uow:
        line = api.entry_line(uow, life.entry_id, organisation_id=world.ids.agency)
        assert line.result == before
        assert line.entry.candidate_name == api.ERASED_NAME
        done = newest_erasure(uow, life.candidate_id)
        assert done is not None
        assert (done.state, done.id) == (ErasureState.DONE, erasure_id)
        salt = uow.db.execute(text("SELECT salt FROM erasures")).scalar_one()
        known = privacy.prove(
            [lives.NAME, "2010-05-17", lives.EMAIL, lives.PHONE],
            salt=salt,
            key=parts.config.key("erasure-proof"),
        )
        assert done.proof == known, "whoever presents the same particulars can be answered"
        told = notices_of(uow, [life.entry_id], organisation_id=world.ids.agency)
        assert "erasure_done" in [one.kind.value for one in told]
        detail = proctor.incident(uow, life.incident_id, organisation_id=world.ids.agency)
        assert detail.findings[0].reason != lives.REASON
    assert of(world, life) == sorted(
        [
            "answers",
            "device_notes",
            "identity_pictures",
            "incident_pictures",
            "messages",
            "particulars",
            "samples",
            "system_checks",
        ]
    )
