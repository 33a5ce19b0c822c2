# SPDX-License-Identifier: Apache-2.0
"""One learner with something of every class of personal data, in words that stand nowhere else, and who finds them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select

from assessor import api
from core.blobs import BlobStore
from core.config import Config
from core.db import Base
from core.identity.operations import record_consent
from core.ids import new_id
from core.notices.model import Address
from core.uow import Actor
from proctor import api as proctor
from proctor.appeals.model import Explanation
from proctor.appeals.tables import ExplanationRow
from proctor.plans.exemption_model import ProofSeen
from proctor.plans.tables import WatchExemptionRow
from proctor.shifts.model import HandOverState
from proctor.shifts.tables import HandOverRow
from proctor.vision.observation import Box
from tests.clips import picture, to_jpeg
from tests.unit.assessor.world import PEPPER, World
from web import wiring
from web.wiring import Services

NAME, EMAIL, PHONE = "Kanarie Vogelsang", "kanarie@private.example", "+919812345670"
GUARDIAN, REASON = "Zeisig Vogelsang", "Kanarie spoke to her brother"
NUMBER, WORD = "KANARIE-77", "kanarie says hello"
CANARIES = ("kanarie", "vogelsang", "9812345670", "zeisig")
JPEG = to_jpeg(picture("present"), quality=80)
FACE = Box(100, 60, 80, 80)
KINDS = proctor.EvidenceKind


def services(world: World, folder: Path) -> Services:
    """The wired parts over a world's database, with a store of files of their own."""
    url = world.store.engine.url.render_as_string(hide_password=False)
    config = Config(var=folder / "var", secret_key="a secret for tests only, long enough", database=url)
    return wiring.build(config, clock=world.clock)


@dataclass(frozen=True)
class Life:
    """The ids of what there is of one learner."""

    entry_id: str
    attempt_id: str
    candidate_id: str
    session_id: str
    incident_id: str


def live(world: World, parts: Services) -> Life:
    """A watched test that was sat and handed in, with an open incident, messages, notes of the browser, a device check."""
    with world.store.write(world.manager) as uow:
        enrolled = api.enrol(
            uow,
            world.ids.watched_sitting,
            organisation_id=world.ids.agency,
            candidate=api.CandidatePlan(
                name=NAME,
                language=api.Language.ENGLISH,
                date_of_birth=date(2010, 5, 17),
                email=EMAIL,
                phone=PHONE,
                agency_number=NUMBER,
                guardian=api.Guardian(name=GUARDIAN, contact=PHONE),
            ),
            approval=api.Approval(entry_requirement_met=True, reasons={"minor": REASON, "duplicate": REASON}),
            pepper=PEPPER,
            person_key=parts.person_key,
        )
    entry = enrolled.entry
    with world.store.write(world.learner(enrolled)) as uow:
        consent = record_consent(
            uow,
            entry.id,
            organisation_id=world.ids.agency,
            notice_version="1",
            purposes=["answers", "photo", "camera"],
            language="en",
        )
        api.record_system_check(uow, entry.id, found={"camera": "ok"})
        session = proctor.open_session(
            uow, enrolled.attempt_id, organisation_id=world.ids.agency, sitting_id=entry.sitting.id
        )
        proctor.record_consent_reference(uow, session.id, consent_id=consent.id)
        frame = proctor.CapturedFrame(0, uow.now, JPEG)
        photo = proctor.CheckedPhoto(frame, proctor.Face(FACE, 0.9), "0" * 64)
        proctor.store_identity_photo(uow, session.id, photo=photo, blobs=parts.blobs)
        proctor.activate_session(uow, session.id)
    world.start(enrolled, proctoring_ready=True)
    world.lease(enrolled)
    _answer(world, enrolled)
    incident_id = _watched(world, parts, enrolled.attempt_id)
    world.submit(enrolled)
    for task_id in world.tasks(enrolled).values():
        world.mark(task_id)
    with world.store.read(world.manager) as uow:
        candidate_id = api.candidate_of(uow, entry.id, organisation_id=world.ids.agency)
    return Life(entry.id, enrolled.attempt_id, candidate_id, session.id, incident_id)


def _answer(world: World, enrolled: api.Enrolled) -> None:
    for number, (item, value) in enumerate(world.key(enrolled).items(), start=1):
        world.save(enrolled, item, WORD if isinstance(value, str) else value, seq=number)


def _watched(world: World, parts: Services, attempt_id: str) -> str:
    with world.store.write(Actor.system()) as uow:
        session = proctor.session_of_attempt(uow, attempt_id)
        assert session is not None
        alert = proctor.Alert(
            rule=proctor.RuleName.FACE_GONE,
            number=1,
            onset_at=uow.now,
            raised_at=uow.now + timedelta(seconds=4),
            numbers={"seconds": 4.0},
            thresholds={"onset_seconds": 3.75},
            rule_version="1",
            model_sha256="0" * 64,
            weight=proctor.Weight.INCIDENT,
        )
        frame = proctor.CapturedFrame(3, uow.now, JPEG)
        frames = tuple(proctor.KeptFrame(kind, frame, ()) for kind in (KINDS.BEFORE, KINDS.ONSET))
        incident = proctor.raise_incident(
            uow,
            proctor.AlertRaised(session=session.ref, alert=alert, frames=frames),
            blobs=parts.blobs,
        )
        api.place_hold(uow, attempt_id, cause_id=incident.id)
        for seq, kind in enumerate((KINDS.ID_CARD, KINDS.CHECK_IN, KINDS.SAMPLE), start=1):
            keep(uow, parts.blobs, session, kind, seq)
        notes = proctor.read_batch(
            {"device": "phone", "sent_ms": 5, "notes": [{"number": 1, "kind": "blur", "typing": False}]}
        )[1]
        proctor.store_telemetry(
            uow, attempt_id, organisation_id=world.ids.agency, device="phone", notes=notes
        )
    with world.store.write(world.proctor) as uow:
        proctor.send_message(
            uow, attempt_id, organisation_id=world.ids.agency, text=f"Dear {NAME}, look here"
        )
    return incident.id


def speak(world: World, life: Life) -> None:
    """What other slices keep in words about this learner, as their rows: an explanation, an exemption, a hand-over."""
    shared = {"organisation_id": world.ids.agency, "attempt_id": life.attempt_id}
    with world.store.write(Actor.system()) as uow:
        uow.db.add(
            ExplanationRow(
                id=new_id(),
                incident_id=life.incident_id,
                reason=next(iter(Explanation)),
                text=REASON,
                at=uow.now,
                **shared,
            )
        )
        uow.db.add(
            WatchExemptionRow(
                id=new_id(),
                profile="veil",
                proof=next(iter(ProofSeen)),
                reason=REASON,
                granted_by=world.ids.manager,
                granted_at=uow.now,
                **shared,
            )
        )
        uow.db.add(
            HandOverRow(
                id=new_id(),
                organisation_id=world.ids.agency,
                sitting_id=world.ids.watched_sitting,
                from_id=world.ids.proctor,
                to_id=world.ids.manager,
                note=REASON,
                attempt_ids=[life.attempt_id],
                state=HandOverState.OFFERED,
                offered_at=uow.now,
            )
        )


def keep(
    uow: object, blobs: BlobStore, session: proctor.SessionSummary, kind: proctor.EvidenceKind, seq: int
) -> None:
    """Keep one picture that belongs to no alert."""
    from proctor.evidence.operations import keep_frame

    frame = proctor.CapturedFrame(seq, uow.now, JPEG)  # type: ignore[attr-defined]
    keep_frame(
        uow,  # type: ignore[arg-type]
        proctor.KeptFrame(kind, frame, (FACE,)),
        session_id=session.id,
        attempt_id=session.attempt_id,
        organisation_id=session.organisation_id,
        incident_id=None,
        blobs=blobs,
    )


def settle(world: World, life: Life) -> None:
    """The incident is dismissed, the result declared, and pulled by the awarding body."""
    from tests.db.results import pull

    with world.store.write(world.staff(world.ids.second_assessor)) as uow:
        proctor.decide_incident(
            uow,
            life.incident_id,
            organisation_id=world.ids.agency,
            verdict=proctor.Verdict.DISMISSED,
            reason=REASON,
        )
        api.release_hold(uow, cause_id=life.incident_id)
    with world.store.read(world.manager) as uow:
        result = api.entry_line(uow, life.entry_id, organisation_id=world.ids.agency).result
    assert result is not None
    world.declare(result.id)
    pull(world)


def address() -> Address:
    """Where this learner is written to."""
    return Address.email(EMAIL)


def found_in(world: World, folder: Path) -> list[str]:
    """Where a canary stands: any value of any table, any byte of any file under the folder."""
    return [*_in_tables(world), *_in_files(folder)]


def plain_pictures(world: World, folder: Path) -> list[str]:
    """Where the beginning of a JPEG stands."""
    found = [
        f"{table}.{column}"
        for table, column, value in _values(world)
        if isinstance(value, bytes) and b"\xff\xd8\xff" in value
    ]
    return found + [str(file) for file in _files(folder) if b"\xff\xd8\xff" in file.read_bytes()]


def _in_tables(world: World) -> Iterator[str]:
    for table, column, value in _values(world):
        text = (value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)).lower()
        yield from (f"{table}.{column}: {one}" for one in CANARIES if one in text)


def _values(world: World) -> Iterator[tuple[str, str, object]]:
    with world.store.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                yield from ((table.name, name, value) for name, value in row.items() if value is not None)


def _in_files(folder: Path) -> Iterator[str]:
    for file in _files(folder):
        data = file.read_bytes().lower()
        yield from (f"{file.name}: {one}" for one in CANARIES if one.encode() in data)


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())
