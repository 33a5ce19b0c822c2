# SPDX-License-Identifier: Apache-2.0
"""The unit of work, the group writer, the outbox, identity and blobs on a real database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from core.audit import AuditRow
from core.blobs import BlobStore
from core.clock import FixedClock
from core.db import MOVED_BESIDE, make_engine, require_sqlite, tidy_log
from core.errors import Conflict, Invalid, NotFound, Unavailable
from core.events import Event
from core.identity import operations, queries
from core.identity.model import OrganisationKind, Role
from core.identity.tables import OrganisationRow
from core.outbox import MAXIMUM_TRIES, OutboxMessage, dead_letters, drain, waiting
from core.uow import Actor, Store, UnitOfWork
from core.writer import GroupWriter

SYSTEM = Actor.system()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rang(Event):
    name: ClassVar[str] = "bell_rang"
    loudness: int


def ring(uow: UnitOfWork, loudness: int = 3) -> None:
    uow.emit(Rang(organisation_id=None, subject_id="bell", loudness=loudness))


def organisations(store: Store) -> int:
    with store.read(SYSTEM) as uow:
        return uow.db.scalar(select(func.count()).select_from(OrganisationRow)) or 0


def test_an_event_leaves_one_audit_row_and_one_effect_in_the_same_transaction(store: Store) -> None:
    with store.write(SYSTEM) as uow:
        ring(uow)
    with store.read(SYSTEM) as uow:
        row = uow.db.scalars(select(AuditRow)).one()
        assert (row.name, row.payload, row.actor_kind) == ("bell_rang", {"loudness": 3}, "system")
    assert waiting(store) == 1


def test_a_failed_unit_leaves_nothing_behind(store: Store) -> None:
    heard: list[Event] = []
    store.on_commit.append(heard.extend)
    with pytest.raises(Conflict):  # noqa: PT012, SIM117 - the whole unit is meant
        with store.write(SYSTEM) as uow:
            ring(uow)
            raise Conflict("nothing_happened")
    assert waiting(store) == 0
    assert heard == []


def test_a_read_only_unit_can_neither_emit_nor_keep_changes(store: Store) -> None:
    with store.read(SYSTEM) as uow:
        with pytest.raises(RuntimeError):
            ring(uow)
        operations_row = OrganisationRow(
            id="x" * 26, name="Ghost", kind=OrganisationKind.OPERATOR, created_at=uow.now
        )
        uow.db.add(operations_row)
    assert organisations(store) == 0


def test_a_naive_instant_never_reaches_the_database(store: Store) -> None:
    with pytest.raises(Exception, match="naive datetime"), store.write(SYSTEM) as uow:
        uow.db.add(
            OrganisationRow(
                id="y" * 26,
                name="Naive",
                kind=OrganisationKind.OPERATOR,
                created_at=datetime(2026, 1, 1),  # noqa: DTZ001 - the point
            )
        )


def test_the_embedded_database_is_durable_and_new_enough(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'kasauti.db'}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()
    with pytest.raises(Unavailable, match="sqlite_too_old"):
        require_sqlite((3, 51, 2))


def test_one_refused_command_does_not_undo_its_neighbours_in_the_group(store: Store) -> None:
    writer = GroupWriter(store)
    outcomes: dict[int, str] = {}

    def act(number: int) -> None:
        def command(uow: UnitOfWork) -> str:
            operations.add_organisation(uow, name=f"Agency {number}", kind=OrganisationKind.ASSESSMENT_AGENCY)
            if number % 3 == 0:
                raise Conflict("every_third")
            return f"kept {number}"

        try:
            outcomes[number] = writer.submit(SYSTEM, command)
        except Conflict as refusal:
            outcomes[number] = refusal.code

    threads = [threading.Thread(target=act, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    writer.start()  # after the threads, so that many commands share a commit
    for thread in threads:
        thread.join()
    writer.stop()
    assert organisations(store) == 20
    assert [outcomes[number] for number in (1, 3)] == ["kept 1", "every_third"]


def test_a_row_that_the_database_refuses_only_when_it_is_sent_harms_no_neighbour(store: Store) -> None:
    writer = GroupWriter(store)
    told: dict[str, BaseException | str] = {}

    def broken(uow: UnitOfWork) -> str:
        uow.db.add(OrganisationRow(id="o" * 26))  # no name, no kind: sent with whatever comes next
        return "never"

    def sound(uow: UnitOfWork) -> str:
        return operations.add_organisation(uow, name="Agency", kind=OrganisationKind.ASSESSMENT_AGENCY).id

    def submit(name: str, act: Callable[[UnitOfWork], str]) -> None:
        try:
            told[name] = writer.submit(SYSTEM, act)
        except IntegrityError as error:
            told[name] = error

    threads = [threading.Thread(target=submit, args=one) for one in (("sound", sound), ("broken", broken))]
    for thread in threads:
        thread.start()
    writer.start()
    for thread in threads:
        thread.join()
    writer.stop()
    assert isinstance(told["sound"], str)
    assert isinstance(told["broken"], IntegrityError)
    assert organisations(store) == 1


def test_a_crashing_command_reports_its_own_error_and_nothing_else(store: Store) -> None:
    writer = GroupWriter(store)
    writer.start()
    with pytest.raises(ZeroDivisionError):
        writer.submit(SYSTEM, lambda uow: 1 // 0)
    assert writer.submit(SYSTEM, lambda uow: "still here") == "still here"
    writer.stop()


def test_nobody_is_told_saved_when_the_commit_fails(store: Store) -> None:
    class BrokenStore(Store):
        def write(self, actor: Actor, *, shared: bool = False):  # type: ignore[no-untyped-def]
            raise OSError("disk full")

    writer = GroupWriter(BrokenStore(store.engine, store.clock))
    writer.start()
    with pytest.raises(Unavailable, match="not_saved"):
        writer.submit(SYSTEM, lambda uow: "never")
    writer.stop()


def test_effects_are_retried_with_growing_pauses_and_end_as_dead_letters(
    store: Store, clock: FixedClock
) -> None:
    calls: list[str] = []

    def failing(message: OutboxMessage) -> None:
        calls.append(message.id)
        raise ConnectionError

    with store.write(SYSTEM) as uow:
        ring(uow)
    assert drain(store, {"bell_rang": failing}) == 1
    assert drain(store, {"bell_rang": failing}) == 0, "the next try waits"
    for _ in range(MAXIMUM_TRIES):
        clock.advance(24 * 3600)
        drain(store, {"bell_rang": failing})
    assert len(calls) == MAXIMUM_TRIES
    assert [letter.name for letter in dead_letters(store)] == ["bell_rang"]


def test_effects_reach_their_handler_once_and_in_order(store: Store) -> None:
    heard: list[int] = []
    for loudness in (1, 2, 3):
        with store.write(SYSTEM) as uow:
            ring(uow, loudness)
    drain(store, {"bell_rang": lambda message: heard.append(message.payload["loudness"])})
    drain(store, {"bell_rang": lambda message: heard.append(message.payload["loudness"])})
    assert heard == [1, 2, 3]


def test_a_password_opens_only_its_own_active_account(store: Store) -> None:
    with store.write(SYSTEM) as uow:
        agency = operations.add_organisation(uow, name="Agency", kind=OrganisationKind.ASSESSMENT_AGENCY)
        author = operations.add_person(
            uow,
            organisation_id=agency.id,
            name="Asha",
            email="Asha@Example.org",
            password="correct horse",
            roles=[Role.AUTHOR],
        )
    with store.read(SYSTEM) as uow:
        found = operations.check_password(uow, email="asha@example.ORG ", password="correct horse")
        assert found is not None
        assert found.roles == {Role.AUTHOR}
        assert operations.check_password(uow, email="asha@example.org", password="wrong") is None
        assert operations.check_password(uow, email="nobody@example.org", password="wrong") is None
    with store.write(SYSTEM) as uow:
        operations.set_password(uow, author.id, password="another horse")
        operations.disable_person(uow, author.id)
    with store.read(SYSTEM) as uow:
        assert operations.check_password(uow, email="asha@example.org", password="another horse") is None
        assert queries.person(uow, author.id) is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"email": "no-at-sign"}, "email_malformed"),
        ({"password": "short"}, "password_short"),
        ({"roles": [Role.AWARDING_BODY]}, "role_not_here"),
        ({"name": "  "}, "name_empty"),
        ({"organisation_id": "0" * 26}, "organisation_unknown"),
    ],
)
def test_a_person_is_refused_by_name(store: Store, change: dict[str, object], code: str) -> None:
    with store.write(SYSTEM) as uow:
        agency = operations.add_organisation(uow, name="Agency", kind=OrganisationKind.ASSESSMENT_AGENCY)
        arguments: dict[str, object] = {
            "organisation_id": agency.id,
            "name": "Asha",
            "email": "a@b.example",
            "password": "long enough now",
            "roles": [Role.AUTHOR],
        }
        with pytest.raises((Invalid, NotFound), match=code):
            operations.add_person(uow, **(arguments | change))  # type: ignore[arg-type]


def test_an_api_key_is_shown_once_stored_hashed_and_revocable(store: Store) -> None:
    with store.write(SYSTEM) as uow:
        body = operations.add_organisation(uow, name="Body", kind=OrganisationKind.AWARDING_BODY)
        issued = operations.issue_api_key(uow, body.id, label="nightly pull")
    with store.read(SYSTEM) as uow:
        found = queries.find_api_key(uow, issued.secret)
        assert found is not None
        assert found.organisation_id == body.id
        dump = b"".join(
            str(row).encode() for row in uow.db.connection().exec_driver_sql("SELECT * FROM api_keys").all()
        )
        assert issued.secret.encode() not in dump
    with store.write(SYSTEM) as uow:
        operations.revoke_api_key(uow, body.id, issued.key.id)
        with pytest.raises(NotFound):
            operations.revoke_api_key(uow, "0" * 26, issued.key.id)
    with store.read(SYSTEM) as uow:
        assert queries.find_api_key(uow, issued.secret) is None


def test_a_blob_is_unreadable_on_disk_checked_on_reading_and_gone_when_forgotten(
    store: Store, tmp_path: Path
) -> None:
    blobs = BlobStore(str(tmp_path / "evidence"), b"k" * 32)
    with store.write(SYSTEM) as uow:
        ref = blobs.put("attempt-1", b"a face" * 50, uow)
        assert blobs.get("attempt-1", ref.address, uow) == b"a face" * 50
    file = tmp_path / "evidence" / ref.address[:2] / ref.address
    assert b"a face" not in file.read_bytes()
    with store.write(SYSTEM) as uow:
        with pytest.raises(NotFound):
            blobs.get("attempt-2", ref.address, uow)
        with pytest.raises(NotFound):
            blobs.get("attempt-1", "../../etc/passwd", uow)
        with pytest.raises(Unavailable, match="blob_key_wrong"):
            BlobStore(str(tmp_path / "evidence"), b"x" * 32).get("attempt-1", ref.address, uow)
    file.write_bytes(file.read_bytes()[:-1] + b"\0")
    with store.write(SYSTEM) as uow:
        with pytest.raises(Unavailable, match="blob_damaged"):
            blobs.get("attempt-1", ref.address, uow)
        blobs.forget("attempt-1", uow)
    with store.read(SYSTEM) as uow, pytest.raises(NotFound, match="blob_forgotten"):
        blobs.get("attempt-1", ref.address, uow)


def test_consent_is_found_by_the_version_of_its_notice(store: Store) -> None:
    with store.write(SYSTEM) as uow:
        operations.record_consent(
            uow,
            "entry",
            organisation_id="o" * 26,
            notice_version="1",
            purposes={"photo", "webcam"},
            language="hi",
        )
    with store.read(SYSTEM) as uow:
        consent = queries.consent_of(uow, "entry", notice_version="1")
        assert consent is not None
        assert consent.purposes == ("photo", "webcam")
        assert queries.consent_of(uow, "entry", notice_version="2") is None


def test_the_log_of_sqlite_is_moved_into_the_database_beside_the_commits(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'tidy.db'}")

    def left() -> int:
        with engine.connect() as db:
            _, pages, moved = db.exec_driver_sql("PRAGMA wal_checkpoint(NOOP)").one()
        return int(pages - moved)

    with engine.execution_options(kasauti_writes=True).begin() as db:
        db.exec_driver_sql("CREATE TABLE heap (page BLOB)")
        db.exec_driver_sql("INSERT INTO heap VALUES (zeroblob(4096))")
    tidy_log(engine)
    assert 0 < left() < MOVED_BESIDE, "so little may wait"
    with engine.execution_options(kasauti_writes=True).begin() as db:
        for _ in range(MOVED_BESIDE):
            db.exec_driver_sql("INSERT INTO heap VALUES (zeroblob(4096))")
    assert left() >= MOVED_BESIDE, "no commit moved it"
    tidy_log(engine)
    assert left() == 0
    with engine.connect() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM heap").scalar() == MOVED_BESIDE + 1
    engine.dispose()
